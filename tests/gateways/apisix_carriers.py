"""Section 4 of APISIX's page: where a token may be, and what of it reaches the app."""

from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    INVALID,
    JACK,
    JILL,
    JILLS,
    MISSING,
    ROTTEN,
    bearing,
    cookie,
    guarded,
    header,
    passes,
    query,
    refused,
    safer,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import Sent

_TWO = guarded((*JACK, *JILL))
_OWN = guarded(header="jwt-auth-header", query="jwt-query", cookie="jwt-cookie")
_HIDING = guarded(hide_credentials=True)
_HIDING_OWN = guarded(
    header="jwt-auth-header",
    query="jwt-query",
    cookie="jwt-cookie",
    hide_credentials=True,
)
_DOTS = GOOD.replace(".", "%2E")


def _with(headers: tuple[tuple[str, str], ...], text: str = "") -> Sent:
    return Sent(headers=headers, query=text)


_AUTHORIZATION = ("Authorization", f"Bearer {GOOD}")
_COOKIE = ("Cookie", f"jwt={GOOD}")

_HEADER = (
    passes("Bearer before the token", "4, header", header(f"Bearer {GOOD}")),
    passes("bearer before the token", "4, header", header(f"bearer {GOOD}")),
    passes("the bare token", "4, header", header(GOOD)),
    passes("blanks around the bare token", "4, header", header(f"  {GOOD}\t ")),
    passes(
        "the name of the header in capitals",
        "4, header name case-insensitive",
        header(GOOD, "AUTHORIZATION"),
    ),
    passes(
        "the name of the header in small letters",
        "4, header name case-insensitive",
        header(GOOD, "authorization"),
    ),
    *(
        refused(f"{what} before the token", "4, header", header(value), INVALID)
        for what, value in {
            "BEARER": f"BEARER {GOOD}",
            "BeArEr": f"BeArEr {GOOD}",
            "Bearer and two blanks": f"Bearer  {GOOD}",
            "Bearer and a tab": f"Bearer\t{GOOD}",
            "Bearer and a colon": f"Bearer:{GOOD}",
            "Bearer without a blank": f"Bearer{GOOD}",
            "Bearer twice": f"Bearer Bearer {GOOD}",
            "another scheme that ends in Bearer": f"FooBearer {GOOD}",
            "Basic": f"Basic {GOOD}",
            "Token": f"Token {GOOD}",
            "JWT": f"JWT {GOOD}",
        }.items()
    ),
    *(
        refused(f"an Authorization of {what}", "4, header", header(value), INVALID)
        for what, value in {
            "nothing": "",
            "a blank": " ",
            "Bearer alone": "Bearer",
            "Bearer and a blank": "Bearer ",
            "a name and password": "Basic amFjazpzZWNyZXQ=",
            "the token in quotes": f'"{GOOD}"',
            "what is no ASCII": "Bearer \xe9\xe8\xea",
        }.items()
    ),
)

_LINES = (
    refused(
        "an Authorization of the token and a word",
        "4, header; 3, signature not base64url",
        header(f"Bearer {GOOD} and"),
        FAILED,
    ),
    refused(
        "the token in two lines",
        "4, repeated lines",
        _with((_AUTHORIZATION, _AUTHORIZATION)),
        INVALID,
        **safer("the first counts, and what stands before or behind may read another"),
    ),
    refused(
        "a good token's line before another",
        "4, repeated lines",
        _with((_AUTHORIZATION, ("Authorization", f"Bearer {JILLS}"))),
        INVALID,
        config=_TWO,
        **safer("the first counts, and what stands before or behind may read another"),
    ),
    refused(
        "a good token's line behind another scheme's",
        "4, repeated lines",
        _with((("Authorization", "Basic eA=="), _AUTHORIZATION)),
        INVALID,
    ),
    refused(
        "two tokens in one line",
        "4, header",
        header(f"Bearer {GOOD}, Bearer {GOOD}"),
        INVALID,
    ),
    refused(
        "an own header in two spellings that servers fold into one",
        "4, header",
        _with((("jwt-auth-header", GOOD), ("jwt_auth_header", GOOD))),
        INVALID,
        config=_OWN,
        **safer("the one with dashes counts, and the app may read the other"),
    ),
)

_QUERY = (
    passes("a query with the token", "4, query", query(f"jwt={GOOD}")),
    passes(
        "a query's token among other parameters",
        "4, query",
        query(f"a=1&jwt={GOOD}&b=2"),
    ),
    passes("a query's token with escapes", "4, percent-decoded", query(f"jwt={_DOTS}")),
    passes(
        "a query's token under an escaped name",
        "4, percent-decoded",
        query(f"%6Awt={GOOD}"),
    ),
    passes(
        "what a URL with a token gives is not for caches",
        "4, query",
        query(f"jwt={GOOD}"),
        headers={"cache-control": "no-store"},
        **safer("caches are told nothing (RFC 6750 2.3)"),
    ),
    *(
        refused(f"a query's name that is {what}", "4, query", query(text), MISSING)
        for what, text in {
            "in capitals": f"JWT={GOOD}",
            "in mixed letters": f"Jwt={GOOD}",
            "longer": f"jwts={GOOD}",
            "with brackets": f"jwt[]={GOOD}",
            "Kong's access_token": f"access_token={GOOD}",
        }.items()
    ),
    *(
        refused(f"a query of {what}", "4, query", query(text), INVALID)
        for what, text in {
            "the name with nothing behind it": "jwt=",
            "the name without a sign": "jwt",
            "a word": "jwt=abc",
            "Bearer and the token": f"jwt=Bearer%20{GOOD}",
            "Bearer, a plus and the token": f"jwt=Bearer+{GOOD}",
            "the token twice": f"jwt={GOOD}&jwt={GOOD}",
            "the token and another": f"jwt={GOOD}&jwt={JILLS}",
            "the token and nothing": f"jwt={GOOD}&jwt=",
            "the token and the bare name": f"jwt={GOOD}&jwt",
            "the token and an escaped name": f"jwt={GOOD}&%6awt={GOOD}",
            "the token escaped twice": f"jwt={GOOD.replace('.', '%252E')}",
            "the token in quotes": f"jwt=%22{GOOD}%22",
        }.items()
    ),
    refused(
        "a query's token with a wrong signature",
        "4, query",
        query(f"jwt={ROTTEN}"),
        FAILED,
    ),
)

_COOKIES = (
    passes("a cookie with the token", "4, cookie", cookie(f"jwt={GOOD}")),
    passes(
        "a cookie with the token among others",
        "4, cookie",
        cookie(f"a=1; jwt={GOOD}; b=2"),
    ),
    passes(
        "a cookie with the token and no blank before it",
        "4, cookie",
        cookie(f"a=1;jwt={GOOD}"),
    ),
    passes(
        "a cookie with the token in a second line",
        "4, cookie",
        _with((("Cookie", "a=1"), _COOKIE)),
    ),
    passes(
        "a cookie with the token twice, the same",
        "4, last counts",
        cookie(f"jwt={GOOD}; jwt={GOOD}"),
    ),
    refused(
        "a cookie with the token behind another",
        "4, last counts",
        cookie(f"jwt={JILLS}; jwt={GOOD}"),
        INVALID,
        config=_TWO,
        **safer("the last counts, where the app may read the first"),
    ),
    refused(
        "a cookie with the token before another",
        "4, last counts",
        cookie(f"jwt={GOOD}; jwt=abc"),
        INVALID,
    ),
    refused(
        "a cookie with the token in one line, another in the next",
        "4, last counts",
        _with((("Cookie", f"jwt={JILLS}"), _COOKIE)),
        INVALID,
        config=_TWO,
        **safer("the last counts, where the app may read the first"),
    ),
    passes(
        "a cookie with the token behind a nameless part",
        "4, issue 9407",
        cookie(f"nameless; jwt={GOOD}"),
        **safer("the part can swallow the cookie behind it: a good token is lost"),
    ),
    passes(
        "a cookie with the token behind an empty part",
        "4, issue 9407",
        cookie(f"; jwt={GOOD}"),
        **safer("the part can swallow the cookie behind it: a good token is lost"),
    ),
    passes(
        "a cookie with the token behind JSON",
        "4, cookie",
        cookie(f'prefs={{"a":"b"}}; jwt={GOOD}'),
    ),
    *(
        refused(f"a cookie's name that is {what}", "4, cookie", cookie(text), MISSING)
        for what, text in {
            "in capitals": f"JWT={GOOD}",
            "in mixed letters": f"Jwt={GOOD}",
            "longer": f"xjwt={GOOD}",
            "escaped": f"%6Awt={GOOD}",
        }.items()
    ),
    *(
        refused(f"a cookie of {what}", "4, cookie", cookie(text), INVALID)
        for what, text in {
            "the name with nothing behind it": "jwt=",
            "a word": "jwt=abc",
            "Bearer and the token": f"jwt=Bearer {GOOD}",
            "the token with escapes": f"jwt={_DOTS}",
            "the token in quotes": f'jwt="{GOOD}"',
        }.items()
    ),
    refused(
        "a cookie's token with a wrong signature",
        "4, cookie",
        cookie(f"jwt={ROTTEN}"),
        FAILED,
    ),
)

_FIRST = (
    passes(
        "a good header before a bad query",
        "2; 4, first carrier decides",
        bearing(query="jwt=abc"),
    ),
    passes(
        "a good header before a bad cookie",
        "2; 4, first carrier decides",
        bearing(GOOD, ("Cookie", "jwt=abc")),
    ),
    passes(
        "a good query before a bad cookie",
        "2; 4, first carrier decides",
        Sent(query=f"jwt={GOOD}", headers=(("Cookie", "jwt=abc"),)),
    ),
    passes(
        "another's token in the query behind one in the header",
        "4, no comparison",
        bearing(query=f"jwt={JILLS}"),
        config=_TWO,
    ),
    passes(
        "another's token in the cookie behind one in the query",
        "4, no comparison",
        Sent(query=f"jwt={JILLS}", headers=(_COOKIE,)),
        config=_TWO,
        who="jill",
    ),
    passes(
        "a repeated parameter behind a good header",
        "4, first carrier decides",
        bearing(query="jwt=a&jwt=b"),
    ),
    *(
        refused(
            f"{what} blocks a good query",
            "2; 4, present is not skipped",
            header(value, query=f"jwt={GOOD}"),
            message,
        )
        for what, value, message in (
            ("an empty header", "", INVALID),
            ("Bearer alone", "Bearer", INVALID),
            ("Basic", "Basic eA==", INVALID),
            ("Token", f"Token {GOOD}", INVALID),
            ("BEARER", f"BEARER {GOOD}", INVALID),
            ("a header with a wrong signature", ROTTEN, FAILED),
        )
    ),
    *(
        refused(
            f"{what} blocks a good cookie",
            "2; 4, present is not skipped",
            request,
            INVALID,
        )
        for what, request in (
            ("an empty header", _with((("Authorization", ""), _COOKIE))),
            ("Basic", _with((("Authorization", "Basic eA=="), _COOKIE))),
            ("an empty query", _with((_COOKIE,), "jwt=")),
            ("a query of the bare name", _with((_COOKIE,), "jwt")),
            ("a repeated query", _with((_COOKIE,), f"jwt={GOOD}&jwt={GOOD}")),
        )
    ),
)

_NAMED = (
    passes(
        "a header of another name",
        "1, header",
        header(GOOD, "jwt-auth-header"),
        config=_OWN,
    ),
    passes(
        "a header of another name in other capitals",
        "4, header name case-insensitive",
        header(GOOD, "Jwt-Auth-Header"),
        config=_OWN,
    ),
    passes(
        "Bearer in a header of another name",
        "4, prefix is cut",
        header(f"Bearer {GOOD}", "jwt-auth-header"),
        config=_OWN,
    ),
    passes(
        "a query of another name", "1, query", query(f"jwt-query={GOOD}"), config=_OWN
    ),
    passes(
        "a cookie of another name",
        "1, cookie",
        cookie(f"jwt-cookie={GOOD}"),
        config=_OWN,
    ),
    refused(
        "Authorization where another header is named",
        "1, one each",
        bearing(),
        MISSING,
        config=_OWN,
    ),
    refused(
        "the default query where another is named",
        "1, one each",
        query(f"jwt={GOOD}"),
        MISSING,
        config=_OWN,
    ),
    refused(
        "the default cookie where another is named",
        "1, one each",
        cookie(f"jwt={GOOD}"),
        MISSING,
        config=_OWN,
    ),
    passes(
        "Basic in Authorization where another header is named",
        "1, header",
        _with((("Authorization", "Basic eA=="), ("jwt-auth-header", GOOD))),
        config=_OWN,
    ),
    passes(
        "a header of another name, and the other carriers as they are",
        "1, header",
        cookie(f"jwt={GOOD}"),
        config=guarded(header="x-token"),
    ),
)

_METHODS = (
    *(
        refused(
            f"{method} without a token",
            "4, OPTIONS; 3",
            Sent(method=method),
            MISSING,
        )
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE")
    ),
    refused(
        "a CORS preflight without a token",
        "4, OPTIONS is not exempt",
        Sent(
            method="OPTIONS",
            headers=(
                ("Origin", "https://app.example"),
                ("Access-Control-Request-Method", "GET"),
            ),
        ),
        MISSING,
    ),
    passes("OPTIONS with a token", "4, OPTIONS", bearing(method="OPTIONS")),
    passes("POST with a token", "4", bearing(method="POST")),
    refused(
        "a token in a form's body",
        "4, bodies are not read",
        Sent(
            method="POST",
            headers=(("Content-Type", "application/x-www-form-urlencoded"),),
            body=f"jwt={GOOD}".encode(),
        ),
        MISSING,
    ),
    Case(
        name="HEAD without a token has the headers and no body",
        source="3",
        config=guarded(),
        request=Sent(method="HEAD"),
        status=401,
        body="",
        headers={"www-authenticate": 'Bearer realm="jwt"'},
    ),
)

_HIDDEN = (
    passes(
        "the token reaches the app by default",
        "1, hide_credentials false",
        bearing(),
        seen={"authorization": f"Bearer {GOOD}"},
    ),
    passes(
        "a cookie's token reaches the app by default",
        "1, hide_credentials false",
        cookie(f"jwt={GOOD}"),
        seen={"cookie": f"jwt={GOOD}"},
    ),
    passes(
        "a hidden header",
        "4, hide_credentials",
        bearing(),
        config=_HIDING,
        seen={"authorization": ABSENT},
    ),
    passes(
        "a hidden bare token",
        "4, hide_credentials",
        header(GOOD),
        config=_HIDING,
        seen={"authorization": ABSENT},
    ),
    passes(
        "a hidden cookie",
        "4, hide_credentials",
        cookie(f"jwt={GOOD}"),
        config=_HIDING,
        seen={"cookie": ABSENT},
    ),
    passes(
        "a hidden cookie among others",
        "4, hide_credentials",
        cookie(f"a=1; jwt={GOOD}; b=2"),
        config=_HIDING,
        seen={"cookie": "a=1; b=2"},
    ),
    passes(
        "a hidden cookie beside one with other characters",
        "4, narrow character class",
        cookie(f'prefs={{"a":"ü/+"}}; jwt={GOOD}; q="x y"'),
        config=_HIDING,
        seen={"cookie": 'prefs={"a":"ü/+"}; q="x y"'},
        **safer("other cookies' values are cut at characters it does not know"),
    ),
    passes(
        "a hidden header leaves the cookie",
        "4, only the carrier that was used",
        bearing(GOOD, _COOKIE),
        config=_HIDING,
        seen={"authorization": ABSENT, "cookie": f"jwt={GOOD}"},
    ),
    passes(
        "a hidden header of another name leaves Authorization",
        "4, hide_credentials",
        _with((("jwt-auth-header", GOOD), ("Authorization", "Basic eA=="))),
        config=_HIDING_OWN,
        seen={"jwt-auth-header": ABSENT, "authorization": "Basic eA=="},
    ),
    passes(
        "a hidden cookie of another name leaves the default one",
        "4, hide_credentials",
        cookie(f"jwt=other; jwt-cookie={GOOD}"),
        config=_HIDING_OWN,
        seen={"cookie": "jwt=other"},
    ),
    passes(
        "a hidden cookie that was sent twice",
        "4, hide_credentials",
        cookie(f"jwt={GOOD}; a=1; jwt={GOOD}"),
        config=_HIDING,
        seen={"cookie": "a=1"},
    ),
)

HIDDEN_QUERIES = (
    ("alone", f"jwt={GOOD}", ""),
    ("among others, whose order is kept", f"b=2&jwt={GOOD}&a=1", "b=2&a=1"),
    ("under an escaped name", f"a=1&%6Awt={GOOD}", "a=1"),
    ("beside odd escapes, which stay", f"q=%zz%2F+&jwt={GOOD}", "q=%zz%2F+"),
    ("beside a longer name", f"jwts=1&jwt={GOOD}", "jwts=1"),
)
"""Of a query whose token is hidden: what is told, what is sent, what the app sees."""

HIDING = _HIDING
"""A file that hides the token."""

CASES: tuple[Case, ...] = (
    *_HEADER,
    *_LINES,
    *_QUERY,
    *_COOKIES,
    *_FIRST,
    *_NAMED,
    *_METHODS,
    *_HIDDEN,
)
