"""Where a token is looked for, and what counts as one."""

from tests.gateways.kong_configs import (
    DEFAULT,
    OTHER_TOKEN,
    TOKEN,
    authorization,
    bearer,
    cookie,
    guarded,
    passes,
    query,
    refused,
    without_token,
)
from tests.kit import Sent

MULTIPLE = "Multiple tokens provided"
BAD_JSON = "Bad token; invalid JSON"

_PLUGIN = "1. Plugin config"
_FLOW = "4. Request flow, 3: collect"
_COUNT = "4. Request flow, 4: how many"

_COOKIE = guarded(cookie_names=["jwt"])
_TWO_COOKIES = guarded(cookie_names=["jwt", "session"])
_TWO_QUERIES = guarded(uri_param_names=["jwt", "token"])
_X_TOKEN = guarded(header_names=["X-Token"])
_TWO_HEADERS = guarded(header_names=["Authorization", "X-Token"])
_EVERYWHERE = guarded(cookie_names=["jwt"], header_names=["authorization", "x-token"])

_DOTTED = TOKEN.replace(".", "%2E")

QUERIES = (
    passes("the query is read by default", _PLUGIN, DEFAULT, query(f"jwt={TOKEN}")),
    passes(
        "another parameter may be configured",
        _PLUGIN,
        guarded(uri_param_names=["token"]),
        query(f"token={TOKEN}"),
    ),
    without_token(
        "the default parameter is not read once others are configured",
        _PLUGIN,
        guarded(uri_param_names=["token"]),
        query(f"jwt={TOKEN}"),
    ),
    without_token(
        "an empty list of parameters switches the query off",
        _PLUGIN,
        guarded(uri_param_names=[]),
        query(f"jwt={TOKEN}"),
    ),
    passes(
        "the header is still read with the query switched off",
        _PLUGIN,
        guarded(uri_param_names=[]),
        bearer(),
    ),
    passes(
        "the second of two parameters is read",
        _PLUGIN,
        _TWO_QUERIES,
        query(f"token={TOKEN}"),
    ),
    passes(
        "duplicates in a list of names are dropped",
        _PLUGIN,
        guarded(uri_param_names=["token", "token"]),
        query(f"token={TOKEN}"),
    ),
    refused(
        "differing tokens in two parameters",
        _COUNT,
        _TWO_QUERIES,
        query(f"jwt={TOKEN}&token={OTHER_TOKEN}"),
        MULTIPLE,
    ),
    passes(
        "equal tokens in two parameters count once",
        _COUNT,
        _TWO_QUERIES,
        query(f"jwt={TOKEN}&token={TOKEN}"),
    ),
    without_token(
        "names of parameters are case-sensitive",
        _FLOW,
        DEFAULT,
        query(f"JWT={TOKEN}"),
    ),
    passes(
        "the name of a parameter is decoded", _FLOW, DEFAULT, query(f"%6Awt={TOKEN}")
    ),
    passes(
        "the value of a parameter is decoded", _FLOW, DEFAULT, query(f"jwt={_DOTTED}")
    ),
    passes(
        "two spellings of one value count once",
        _COUNT,
        DEFAULT,
        query(f"jwt={TOKEN}&jwt={_DOTTED}"),
    ),
    passes(
        "other parameters do not matter",
        _FLOW,
        DEFAULT,
        query(f"a=1&jwt={TOKEN}&b=2"),
    ),
    passes(
        "a repeated parameter with equal values counts once",
        _COUNT,
        DEFAULT,
        query(f"jwt={TOKEN}&jwt={TOKEN}"),
    ),
    refused(
        "a repeated parameter with differing tokens",
        _FLOW,
        DEFAULT,
        query(f"jwt={TOKEN}&jwt={OTHER_TOKEN}"),
        MULTIPLE,
    ),
    refused(
        "garbage beside a token counts as a token",
        _COUNT,
        DEFAULT,
        query(f"jwt={TOKEN}&jwt=garbage"),
        MULTIPLE,
    ),
    without_token("an empty parameter is ignored", _FLOW, DEFAULT, query("jwt=")),
    passes(
        "an empty parameter beside a token is ignored",
        _FLOW,
        DEFAULT,
        query(f"jwt=&jwt={TOKEN}"),
    ),
    refused(
        "a parameter without a value is unusable",
        _COUNT,
        DEFAULT,
        query("jwt"),
        "Unrecognizable token",
    ),
    refused(
        "a parameter without a value counts beside a token",
        _COUNT,
        DEFAULT,
        query(f"jwt&jwt={TOKEN}"),
        MULTIPLE,
    ),
    refused(
        "a parameter without a value counts beside a header",
        _COUNT,
        DEFAULT,
        bearer(query="jwt"),
        MULTIPLE,
    ),
    refused(
        "parameters without a value count once",
        _COUNT,
        DEFAULT,
        query("jwt&jwt"),
        "Unrecognizable token",
    ),
    refused(
        "an empty parameter does not save one without a value",
        _COUNT,
        DEFAULT,
        query("jwt=&jwt"),
        "Unrecognizable token",
    ),
    refused(
        "a plus sign in a parameter is a blank",
        _FLOW,
        DEFAULT,
        query("jwt=a+b"),
        BAD_JSON,
    ),
    without_token(
        "a semicolon does not separate parameters",
        _FLOW,
        DEFAULT,
        query(f"a=1;jwt={TOKEN}"),
    ),
    without_token(
        "a parameter of an array is another parameter",
        _FLOW,
        DEFAULT,
        query(f"jwt[]={TOKEN}"),
    ),
    refused(
        "a parameter has no scheme",
        _FLOW,
        DEFAULT,
        query(f"jwt=Bearer%20{TOKEN}"),
        BAD_JSON,
    ),
    refused(
        "a second token hidden behind a hundred parameters",
        _FLOW,
        DEFAULT,
        query(f"jwt={TOKEN}&" + "a=1&" * 100 + f"jwt={OTHER_TOKEN}"),
        MULTIPLE,
        why="Kong parses the first 100 arguments only, and passes the first token",
    ),
)

COOKIES = (
    without_token(
        "no cookie is read by default", _PLUGIN, DEFAULT, cookie(f"jwt={TOKEN}")
    ),
    without_token(
        "an empty list of cookies reads none",
        _PLUGIN,
        guarded(cookie_names=[]),
        cookie(f"jwt={TOKEN}"),
    ),
    passes("a configured cookie is read", _PLUGIN, _COOKIE, cookie(f"jwt={TOKEN}")),
    passes(
        "the second of two cookies is read",
        _PLUGIN,
        _TWO_COOKIES,
        cookie(f"session={TOKEN}"),
    ),
    passes(
        "the query is still read beside cookies",
        _PLUGIN,
        _COOKIE,
        query(f"jwt={TOKEN}"),
    ),
    passes(
        "the name of a cookie matches in any case",
        _FLOW,
        _COOKIE,
        cookie(f"JwT={TOKEN}"),
    ),
    passes(
        "the configured name of a cookie matches in any case",
        _FLOW,
        guarded(cookie_names=["JWT"]),
        cookie(f"jwt={TOKEN}"),
    ),
    passes(
        "a cookie among others is found",
        _FLOW,
        _COOKIE,
        cookie(f"a=1; jwt={TOKEN}; b=2"),
    ),
    without_token("an empty cookie is ignored", _FLOW, _COOKIE, cookie("jwt=")),
    without_token("a cookie without a value is none", _FLOW, _COOKIE, cookie("jwt")),
    without_token(
        "a cookie whose name ends alike is another",
        _FLOW,
        _COOKIE,
        cookie(f"xjwt={TOKEN}"),
    ),
    refused(
        "the value of a cookie is not decoded",
        _FLOW,
        _COOKIE,
        cookie(f"jwt={_DOTTED}"),
        BAD_JSON,
    ),
    refused(
        "a cookie has no scheme",
        _FLOW,
        _COOKIE,
        cookie(f"jwt=Bearer {TOKEN}"),
        BAD_JSON,
    ),
    refused(
        "another token in a quoted cookie differs from the header's",
        _COUNT,
        _COOKIE,
        bearer(TOKEN, ("Cookie", f'jwt="{OTHER_TOKEN}"')),
        MULTIPLE,
    ),
    refused(
        "differing tokens in two cookies",
        _COUNT,
        _TWO_COOKIES,
        cookie(f"jwt={TOKEN}; session={OTHER_TOKEN}"),
        MULTIPLE,
    ),
    passes(
        "equal tokens in two cookies count once",
        _COUNT,
        _TWO_COOKIES,
        cookie(f"jwt={TOKEN}; session={TOKEN}"),
    ),
    passes(
        "a repeated cookie with equal values",
        _FLOW,
        _COOKIE,
        cookie(f"jwt={TOKEN}; jwt={TOKEN}"),
    ),
    refused(
        "a second cookie of the same name",
        _FLOW,
        _COOKIE,
        cookie(f"jwt={TOKEN}; jwt={OTHER_TOKEN}"),
        MULTIPLE,
        why="Kong reads the first occurrence of a cookie only, and passes",
    ),
    refused(
        "a second cookie in another case",
        _FLOW,
        _COOKIE,
        cookie(f"jwt={TOKEN}; JWT={OTHER_TOKEN}"),
        MULTIPLE,
        why="Kong reads the first occurrence of a cookie only, and passes",
    ),
    refused(
        "a second cookie in a second line",
        "11. In process: WSGI joins lines",
        _COOKIE,
        cookie(f"jwt={TOKEN}", f"jwt={OTHER_TOKEN}"),
        MULTIPLE,
        why="Kong reads the first occurrence of a cookie only, and passes",
    ),
)

HEADERS = (
    without_token("no token anywhere", _COUNT, DEFAULT, Sent()),
    passes("Bearer", _FLOW, DEFAULT, authorization(f"Bearer {TOKEN}")),
    passes("bearer", _FLOW, DEFAULT, authorization(f"bearer {TOKEN}")),
    without_token("BEARER", _FLOW, DEFAULT, authorization(f"BEARER {TOKEN}")),
    without_token("bEARER", _FLOW, DEFAULT, authorization(f"bEARER {TOKEN}")),
    passes(
        "the header itself in capitals",
        _PLUGIN,
        DEFAULT,
        Sent(headers=[("AUTHORIZATION", f"Bearer {TOKEN}")]),
    ),
    passes(
        "blanks before the scheme", _FLOW, DEFAULT, authorization(f"  Bearer {TOKEN}")
    ),
    passes(
        "blanks behind the scheme", _FLOW, DEFAULT, authorization(f"Bearer   {TOKEN}")
    ),
    without_token("the scheme alone", _FLOW, DEFAULT, authorization("Bearer")),
    without_token(
        "the scheme and a blank alone", _FLOW, DEFAULT, authorization("Bearer ")
    ),
    without_token("an empty header", _FLOW, DEFAULT, authorization("")),
    without_token(
        "a token without a scheme is none", _FLOW, DEFAULT, authorization(TOKEN)
    ),
    without_token(
        "no blank behind the scheme", _FLOW, DEFAULT, authorization(f"Bearer{TOKEN}")
    ),
    without_token(
        "another scheme is no token", _FLOW, DEFAULT, authorization("Basic amFjazpk")
    ),
    passes(
        "another scheme beside a token in the query",
        _FLOW,
        DEFAULT,
        Sent(query=f"jwt={TOKEN}", headers=[("Authorization", "Basic amFjazpk")]),
    ),
    without_token(
        "Proxy-Authorization is not read",
        _PLUGIN,
        DEFAULT,
        Sent(headers=[("Proxy-Authorization", f"Bearer {TOKEN}")]),
    ),
    without_token(
        "a scheme that ends in Bearer",
        _FLOW,
        DEFAULT,
        authorization(f"NotABearer {TOKEN}"),
        why="Kong's pattern is not anchored: it takes the token",
    ),
    refused(
        "a token behind another scheme's parameters",
        _FLOW,
        DEFAULT,
        authorization(f"Basic amFjazpk, Bearer {TOKEN}"),
        MULTIPLE,
        why="Kong's pattern is not anchored: it takes the token",
    ),
    refused(
        "a tab behind the scheme",
        _FLOW,
        DEFAULT,
        authorization(f"Bearer\t{TOKEN}"),
        BAD_JSON,
        why="Kong takes any white space for the blank, and passes",
    ),
    refused(
        "two tokens in one line",
        _FLOW,
        DEFAULT,
        authorization(f"Bearer {TOKEN}, Bearer {TOKEN}"),
        MULTIPLE,
        why="Kong takes it for one token with an invalid signature",
    ),
    refused(
        "text behind the token belongs to its signature",
        _FLOW,
        DEFAULT,
        authorization(f"Bearer {TOKEN} trailing"),
        "Bad token; invalid signature",
    ),
    refused(
        "two words that are no token",
        _FLOW,
        DEFAULT,
        authorization("Bearer a b"),
        BAD_JSON,
    ),
    refused(
        "two equal Authorization lines",
        _FLOW,
        DEFAULT,
        authorization(f"Bearer {TOKEN}", f"Bearer {TOKEN}"),
        MULTIPLE,
        why="they never reach Kong: nginx answers 400",
    ),
    refused(
        "two differing Authorization lines",
        _FLOW,
        DEFAULT,
        authorization(f"Bearer {TOKEN}", f"Bearer {OTHER_TOKEN}"),
        MULTIPLE,
        why="they never reach Kong: nginx answers 400",
    ),
    passes(
        "another header may be configured",
        _PLUGIN,
        _X_TOKEN,
        Sent(headers=[("X-Token", f"Bearer {TOKEN}")]),
    ),
    passes(
        "names of headers match in any case",
        _PLUGIN,
        _X_TOKEN,
        Sent(headers=[("x-ToKEN", f"Bearer {TOKEN}")]),
    ),
    without_token(
        "Authorization is not read once other headers are configured",
        _PLUGIN,
        _X_TOKEN,
        bearer(),
    ),
    without_token(
        "a configured header needs the scheme as well",
        _FLOW,
        _X_TOKEN,
        Sent(headers=[("X-Token", TOKEN)]),
    ),
    without_token(
        "an empty list of headers switches them off",
        _PLUGIN,
        guarded(header_names=[]),
        bearer(),
    ),
    refused(
        "differing tokens in two headers",
        _COUNT,
        _TWO_HEADERS,
        bearer(TOKEN, ("X-Token", f"Bearer {OTHER_TOKEN}")),
        MULTIPLE,
    ),
    passes(
        "equal tokens in two headers count once",
        _COUNT,
        _TWO_HEADERS,
        bearer(TOKEN, ("X-Token", f"Bearer {TOKEN}")),
    ),
    passes(
        "the second of two headers is read",
        _PLUGIN,
        _TWO_HEADERS,
        Sent(headers=[("X-Token", f"bearer {TOKEN}")]),
    ),
    refused(
        "a second line of a configured header",
        _FLOW,
        _X_TOKEN,
        Sent(
            headers=[
                ("X-Token", f"Bearer {TOKEN}"),
                ("X-Token", f"Bearer {OTHER_TOKEN}"),
            ]
        ),
        MULTIPLE,
        why="Kong reads the first line of a header only, and passes",
    ),
    refused(
        "another token in another spelling of a configured header",
        "11. In process: WSGI folds names",
        _X_TOKEN,
        Sent(
            headers=[
                ("X-Token", f"Bearer {TOKEN}"),
                ("X_Token", f"Bearer {OTHER_TOKEN}"),
            ]
        ),
        MULTIPLE,
        why="Kong takes it for another header, and passes; to a WSGI app it is not",
    ),
)

COMBINATIONS = (
    refused(
        "differing tokens in header and query, both valid",
        _COUNT,
        DEFAULT,
        bearer(TOKEN, query=f"jwt={OTHER_TOKEN}"),
        MULTIPLE,
    ),
    passes(
        "equal tokens in header and query count once",
        _COUNT,
        DEFAULT,
        bearer(TOKEN, query=f"jwt={TOKEN}"),
    ),
    passes(
        "an empty parameter beside a header",
        _COUNT,
        DEFAULT,
        bearer(TOKEN, query="jwt="),
    ),
    refused(
        "a garbled header beside a good token in the query",
        _COUNT,
        DEFAULT,
        bearer("garbled", query=f"jwt={TOKEN}"),
        MULTIPLE,
    ),
    refused(
        "differing tokens in header and cookie",
        _COUNT,
        _COOKIE,
        bearer(TOKEN, ("Cookie", f"jwt={OTHER_TOKEN}")),
        MULTIPLE,
    ),
    refused(
        "differing tokens in query and cookie",
        _COUNT,
        _COOKIE,
        cookie(f"jwt={TOKEN}", query=f"jwt={OTHER_TOKEN}"),
        MULTIPLE,
    ),
    passes(
        "one token in all carriers",
        _COUNT,
        _EVERYWHERE,
        bearer(
            TOKEN,
            ("X-Token", f"Bearer {TOKEN}"),
            ("Cookie", f"jwt={TOKEN}"),
            query=f"jwt={TOKEN}",
        ),
    ),
    passes(
        "a token in a cookie that is not configured is none",
        _COUNT,
        DEFAULT,
        bearer(TOKEN, ("Cookie", f"jwt={OTHER_TOKEN}")),
    ),
)

CASES = (*QUERIES, *COOKIES, *HEADERS, *COMBINATIONS)
