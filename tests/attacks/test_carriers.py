"""Where a token is carried is the attack (R20 to R25; T4, T17 to T22, T27 to T32)."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from jwtgate import (
    Anonymous,
    Authenticated,
    ConfigurationError,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Policy,
    Reason,
)
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.attacks.harness import Via, admitted, attacks, both, refused
from tests.kit import (
    KEY,
    NOW,
    Header,
    ListStore,
    Sent,
    credential,
    jack,
    make_gate,
    mint,
    via_asgi,
    via_wsgi,
)

GOOD = mint()
OTHER = mint({"iss": "mallory-key"})
ALSO_JACKS = mint(exp=int(NOW) + 601)

NATIVE = Policy(
    header_names=["Authorization", "X-JWT"],
    query_names=["jwt", "access_token"],
    cookie_names=["jwt", "session"],
    csrf=False,
)
KONG = Policy.kong(cookie_names=["jwt"])
APISIX = Policy.apisix(key_claim="iss")

BEARER: Header = ("Authorization", f"Bearer {GOOD}")
NOBODY = Consumer(username="nobody")


def _sent(*headers: Header, query: str = "", **fields: Any) -> Sent:
    return Sent(headers=headers, query=query, **fields)


# T17, T18, R20: one request, two tokens; each reader on the way could read another.
SMUGGLED: dict[str, Sent] = {
    "header-and-query": _sent(BEARER, query=f"jwt={OTHER}"),
    "header-and-second-parameter": _sent(BEARER, query=f"access_token={OTHER}"),
    "header-and-encoded-name": _sent(BEARER, query=f"%6Awt={OTHER}"),
    "header-and-wholly-encoded-name": _sent(
        BEARER, query=f"%6a%57%74=x&%6a%77%74={OTHER}"
    ),
    "header-and-cookie": _sent(BEARER, ("Cookie", f"jwt={OTHER}")),
    "header-and-second-cookie": _sent(BEARER, ("Cookie", f"session={OTHER}")),
    "header-and-header": _sent(BEARER, ("X-JWT", f"Bearer {OTHER}")),
    "header-and-underscored-header": _sent(BEARER, ("X_JWT", f"Bearer {OTHER}")),
    "header-and-garbage": _sent(BEARER, query="jwt=garbage"),
    "header-and-a-blank": _sent(BEARER, query="jwt=+"),
    "header-and-a-nul": _sent(BEARER, query="jwt=%00"),
    "header-and-another-good-token": _sent(BEARER, query=f"jwt={ALSO_JACKS}"),
    "header-and-itself-in-quotes": _sent(BEARER, query=f"jwt=%22{GOOD}%22"),
    "header-and-itself-encoded-twice": _sent(
        BEARER, query="jwt=" + GOOD.replace(".", "%252E")
    ),
    "header-and-itself-longer": _sent(BEARER, query=f"jwt={GOOD}."),
    "header-and-itself-with-scheme": _sent(BEARER, query=f"jwt=Bearer+{GOOD}"),
    "parameter-twice": _sent(query=f"jwt={GOOD}&jwt={OTHER}"),
    "parameter-twice-bad-first": _sent(query=f"jwt={OTHER}&jwt={GOOD}"),
    "parameter-twice-far-apart": _sent(query=f"jwt={GOOD}&{'a=1&' * 2000}jwt={OTHER}"),
    "parameter-encoded-and-not": _sent(query=f"jwt={GOOD}&j%77t={OTHER}"),
    "parameter-and-parameter": _sent(query=f"jwt={GOOD}&access_token={OTHER}"),
    "parameter-first-empty": _sent(query=f"jwt=&jwt={GOOD}&jwt={OTHER}"),
    "parameter-101st": _sent(query=f"jwt={GOOD}&{'&'.join('a' * 100)}&jwt={OTHER}"),
    "parameter-with-semicolon": _sent(query=f"jwt={GOOD}&jwt={GOOD};jwt={OTHER}"),
    "parameter-with-equals": _sent(query=f"jwt={GOOD}&jwt=={GOOD}"),
    "17-parameters": _sent(query="&".join([f"jwt={GOOD}"] * 17)),
    "100-empty-parameters": _sent(BEARER, query="&".join(["jwt="] * 100)),
    "cookie-twice": _sent(("Cookie", f"jwt={GOOD}; jwt={OTHER}")),
    "cookie-twice-bad-first": _sent(("Cookie", f"jwt={OTHER}; jwt={GOOD}")),
    "cookie-twice-without-blank": _sent(("Cookie", f"jwt={GOOD};jwt={OTHER}")),
    "cookie-twice-joined-by-comma": _sent(("Cookie", f"jwt={GOOD},jwt={OTHER}")),
    "cookie-in-two-lines": _sent(("Cookie", f"jwt={GOOD}"), ("Cookie", f"jwt={OTHER}")),
    "cookie-and-cookie": _sent(("Cookie", f"jwt={GOOD}; session={OTHER}")),
    "cookie-behind-a-json-cookie": _sent(
        ("Cookie", f'jwt={GOOD}; a={{"b":1,"c":2}}; jwt={OTHER}')
    ),
    "cookie-behind-a-colon": _sent(("Cookie", f"jwt={GOOD}; ab:cd=1; jwt={OTHER}")),
    "cookie-behind-path": _sent(("Cookie", f"jwt={GOOD}; path=/; jwt={OTHER}")),
    "cookie-inside-quotes": _sent(("Cookie", f'jwt={GOOD}; a="b; jwt={OTHER}; c"')),
    "cookie-nameless-before": _sent(("Cookie", f"=x; jwt={GOOD}; =; jwt={OTHER}")),
    "cookie-with-blanks-around-its-name": _sent(
        ("Cookie", f"jwt={GOOD};   jwt  ={OTHER}")
    ),
    "cookie-after-a-tab": _sent(("Cookie", f"jwt={GOOD};\tjwt={OTHER}")),
    "cookie-after-a-no-break-space": _sent(("Cookie", f"jwt={GOOD};\xa0jwt={OTHER}")),
    "cookie-after-a-next-line": _sent(("Cookie", f"jwt={GOOD};\x85jwt={OTHER}")),
    "cookie-after-a-separator": _sent(("Cookie", f"jwt={GOOD};\x1cjwt={OTHER}")),
    "cookie-with-octal-escapes": _sent(
        ("Cookie", f'jwt={GOOD}; jwt="{OTHER}"'.replace(".", "\\056"))
    ),
    "cookie-quoted-and-another": _sent(("Cookie", f'jwt="{GOOD}"; jwt={OTHER}')),
    "cookie-with-half-a-quote": _sent(("Cookie", f'jwt={GOOD}; jwt="{GOOD}')),
    "cookie-in-underscored-line": _sent(
        ("Cookie", f"jwt={GOOD}"), ("cookie", f"jwt={OTHER}")
    ),
    "17-cookies": _sent(("Cookie", "; ".join([f"jwt={GOOD}"] * 17))),
    "query-and-cookie": _sent(("Cookie", f"jwt={OTHER}"), query=f"jwt={GOOD}"),
    "three-carriers": _sent(BEARER, ("Cookie", f"jwt={GOOD}"), query=f"jwt={OTHER}"),
}


@both
@attacks("sent", SMUGGLED)
def test_smuggled_token(via: Via, sent: Sent, caplog: pytest.LogCaptureFixture) -> None:
    """R20, R24, T17 to T20: every copy is found, and two that differ refuse."""
    gate = make_gate(policy=NATIVE)
    got = refused(via, sent, caplog, Reason.TOKENS_DIFFER, gate)
    assert 'error="invalid_request"' in got.headers["www-authenticate"]


KONG_MISSES = [
    "header-and-query",
    "header-and-encoded-name",
    "header-and-cookie",
    "parameter-twice",
    "parameter-101st",
    "cookie-twice",
    "cookie-in-two-lines",
    "cookie-behind-a-json-cookie",
    "cookie-after-a-tab",
    "three-carriers",
]


@both
@pytest.mark.parametrize("name", KONG_MISSES)
def test_smuggled_token_for_kong(
    via: Via, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T17: Kong reads the first cookie and 100 parameters; its policy reads all."""
    gate = make_gate(policy=KONG)
    got = refused(via, SMUGGLED[name], caplog, Reason.TOKENS_DIFFER, gate)
    assert got.message == {"message": "Multiple tokens provided"}


KONG_ALONE: dict[str, Sent] = {
    "cookie-of-another-case": _sent(("Cookie", f"jwt={GOOD}; JWT={OTHER}")),
    "valueless-parameter-and-header": _sent(BEARER, query="jwt"),
    "valueless-and-valued-parameter": _sent(query=f"jwt&jwt={GOOD}"),
}


@both
@attacks("sent", KONG_ALONE)
def test_smuggled_token_in_kongs_own_ways(
    via: Via, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """T17: what Kong takes for a token counts as one."""
    refused(via, sent, caplog, Reason.TOKENS_DIFFER, make_gate(policy=KONG))


@both
def test_valueless_parameter_for_kong(
    via: Via, caplog: pytest.LogCaptureFixture
) -> None:
    """T17: alone it is Kong's "Unrecognizable token"."""
    gate = make_gate(policy=KONG)
    refused(via, _sent(query="jwt"), caplog, Reason.TOKEN_UNRECOGNIZABLE, gate)


APISIX_REPEATS: dict[str, Sent] = {
    "parameter-twice": SMUGGLED["parameter-twice"],
    "parameter-twice-the-same": _sent(query=f"jwt={GOOD}&jwt={GOOD}"),
    "parameter-encoded-and-not": SMUGGLED["parameter-encoded-and-not"],
    "cookie-twice": SMUGGLED["cookie-twice"],
    "cookie-in-two-lines": SMUGGLED["cookie-in-two-lines"],
    "cookie-nameless-before": SMUGGLED["cookie-nameless-before"],
    "17-cookies": SMUGGLED["17-cookies"],
}


@both
@attacks("sent", APISIX_REPEATS)
def test_repeated_token_for_apisix(
    via: Via, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """T17: within the carrier that decides, two copies are never "first" or "last"."""
    refused(via, sent, caplog, Reason.TOKENS_DIFFER, make_gate(policy=APISIX))


FIRST_IS_BAD: dict[str, tuple[Sent, Reason]] = {
    "another-scheme": (
        _sent(("Authorization", "Basic eA"), query=f"jwt={GOOD}"),
        Reason.TOKEN_MALFORMED,
    ),
    "empty-header": (
        _sent(("Authorization", ""), query=f"jwt={GOOD}"),
        Reason.TOKEN_MALFORMED,
    ),
    "scheme-in-capitals": (
        _sent(("Authorization", f"BEARER {GOOD}"), query=f"jwt={GOOD}"),
        Reason.TOKEN_MALFORMED,
    ),
    "two-blanks": (
        _sent(("Authorization", f"Bearer  {GOOD}")),
        Reason.TOKEN_MALFORMED,
    ),
    "unknown-token": (
        _sent(("Authorization", OTHER), query=f"jwt={GOOD}"),
        Reason.KEY_UNKNOWN,
    ),
    "empty-parameter": (
        _sent(("Cookie", f"jwt={GOOD}"), query="jwt="),
        Reason.TOKEN_MALFORMED,
    ),
    "valueless-parameter": (
        _sent(("Cookie", f"jwt={GOOD}"), query="jwt"),
        Reason.TOKEN_UNRECOGNIZABLE,
    ),
}


@both
@attacks("row", FIRST_IS_BAD)
def test_first_carrier_for_apisix_is_not_skipped(
    via: Via, row: tuple[Sent, Reason], caplog: pytest.LogCaptureFixture
) -> None:
    """R20: the first carrier that is there decides, however bad it is."""
    sent, reason = row
    refused(via, sent, caplog, reason, make_gate(policy=APISIX))


REPEATED: dict[str, Sent] = {
    "twice": _sent(BEARER, ("Authorization", f"Bearer {OTHER}")),
    "twice-the-same": _sent(BEARER, BEARER),
    "good-behind-basic": _sent(("Authorization", "Basic eA"), BEARER),
    "basic-behind-good": _sent(BEARER, ("Authorization", "Basic eA")),
    "empty-before-good": _sent(("Authorization", ""), BEARER),
    "empty-behind-good": _sent(BEARER, ("Authorization", "")),
    "joined-by-comma": _sent(("Authorization", f"Bearer {GOOD},Bearer {OTHER}")),
    "joined-by-comma-and-blank": _sent(
        ("Authorization", f"Bearer {GOOD}, Bearer {OTHER}")
    ),
    "basic-list": _sent(("Authorization", f"Basic eA, Bearer {GOOD}")),
    "trailing-comma": _sent(("Authorization", f"Bearer {GOOD},")),
    "leading-comma": _sent(("Authorization", f",Bearer {GOOD}")),
    "parameters": _sent(("Authorization", f'Bearer {GOOD}, realm="x"')),
    "digest-with-a-token-inside": _sent(
        ("Authorization", f'Digest username="x", response="Bearer {GOOD}"')
    ),
    "other-case-of-the-name": _sent(BEARER, ("AUTHORIZATION", f"Bearer {OTHER}")),
    "json-serialization": _sent(
        ("Authorization", 'Bearer {"payload":"e30","signatures":[]}')
    ),
    "17-times": _sent(*[BEARER] * 17),
}


@both
@attacks("policy", {"native": NATIVE, "kong": KONG, "apisix": APISIX})
@attacks("sent", REPEATED)
def test_repeated_header(
    via: Via, policy: Policy, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """R20, T17, T18, T21: a second line, or a list, is refused, equal or not."""
    refused(via, sent, caplog, Reason.TOKEN_REPEATED, make_gate(policy=policy))


@both
@attacks(
    "names",
    {
        "twice": ("X-JWT", "X-JWT"),
        "dashed-and-underscored": ("X-JWT", "X_JWT"),
        "two-cases": ("x-jwt", "X-JWT"),
    },
)
def test_repeated_header_of_another_name(
    via: Via, names: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """R20, T17, T23: names are folded before lines are counted."""
    sent = _sent(*[(name, f"Bearer {GOOD}") for name in names])
    refused(via, sent, caplog, Reason.TOKEN_REPEATED, make_gate(policy=NATIVE))


NO_BEARER: dict[str, str] = {
    "bare-token": GOOD,
    "basic": "Basic amFjazpzZWNyZXQ=",
    "basic-with-the-token": f"Basic {GOOD}",
    "digest": f"Digest {GOOD}",
    "negotiate": f"Negotiate {GOOD}",
    "token-scheme": f"Token {GOOD}",
    "jwt-scheme": f"JWT {GOOD}",
    "dpop": f"DPoP {GOOD}",
    "unanchored-scheme": f"NotABearer {GOOD}",
    "x-bearer": f"X-Bearer {GOOD}",
    "bearer-inside-basic": f"Basic eA Bearer {GOOD}",
    "bearer-glued": f"Bearer{GOOD}",
    "bearer-dash": f"Bearer-{GOOD}",
    "bearer-dot": f"Bearer.{GOOD}",
    "bearers": f"Bearers {GOOD}",
    "quoted-scheme": f'"Bearer" {GOOD}',
    "full-width-scheme": f"\xef\xbc\xa2earer {GOOD}",
    "scheme-alone": "Bearer",
    "scheme-and-blanks": "Bearer   ",
    "empty": "",
    "blank": " ",
}


@both
@attacks("value", NO_BEARER)
def test_header_that_is_no_bearer(
    via: Via, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R21, R23, T21: the scheme is anchored and whole; the challenge has no error."""
    got = refused(via, _sent(("Authorization", value)), caplog, Reason.TOKEN_MISSING)
    assert got.headers["www-authenticate"] == "Bearer"


UNANCHORED = ["unanchored-scheme", "x-bearer", "bearer-inside-basic", "bearer-glued"]


@both
@pytest.mark.parametrize("name", UNANCHORED)
def test_unanchored_bearer_for_kong(
    via: Via, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R21: Kong finds a token anywhere behind "bearer"; its policy does not."""
    sent = _sent(("Authorization", NO_BEARER[name]))
    refused(via, sent, caplog, Reason.TOKEN_MISSING, make_gate(policy=KONG))


ODD_BEARER: dict[str, str] = {
    "tab": f"Bearer\t{GOOD}",
    "blank-and-tab": f"Bearer \t{GOOD}",
    "no-break-space": f"Bearer\xa0{GOOD}",
    "vertical-tab": f"Bearer\x0b{GOOD}",
    "nul": f"Bearer\0{GOOD}",
    "colon": f"Bearer: {GOOD}",
    "equals": f"Bearer={GOOD}",
    "quotes": f'Bearer "{GOOD}"',
    "two-words": f"Bearer {GOOD} {GOOD}",
    "scheme-twice": f"Bearer Bearer {GOOD}",
    "named": f"Bearer token={GOOD}",
    "brackets": f"Bearer <{GOOD}>",
    "obs-fold": f"Bearer\r\n\t{GOOD}",
    "no-break-space-behind-the-blank": f"Bearer \xa0{GOOD}",
}


@both
@attacks("policy", {"native": NATIVE, "kong": KONG, "apisix": APISIX})
@pytest.mark.parametrize("name", ODD_BEARER)
def test_bearer_with_odd_blanks(
    via: Via, policy: Policy, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R21, T21: blanks are SP alone; what another reader may strip is refused."""
    # To Kong all behind the second dot is a signature, which is none then.
    is_signature = policy is KONG and name == "two-words"
    reason = Reason.SIGNATURE_MALFORMED if is_signature else Reason.TOKEN_MALFORMED
    sent = _sent(("Authorization", ODD_BEARER[name]))
    refused(via, sent, caplog, reason, make_gate(policy=policy))


@both
@pytest.mark.parametrize("blank", ["\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0"])
def test_bearer_hidden_by_a_blank_that_apps_strip(
    via: Via, blank: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T17, T21: str.strip() and str.split() of an app would find this second token."""
    sent = _sent(("Authorization", f"{blank}Bearer {OTHER}"), query=f"jwt={GOOD}")
    refused(via, sent, caplog, Reason.TOKENS_DIFFER, make_gate(policy=NATIVE))


@both
@pytest.mark.parametrize("blank", ["\n", "\r\n ", "\r"])
def test_cookie_hidden_by_a_folded_line(
    via: Via, blank: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T20: wsgiref hands on folded lines as they are; str.strip() finds the cookie."""
    sent = _sent(("Cookie", f"jwt={GOOD};{blank}jwt={OTHER}"))
    refused(via, sent, caplog, Reason.TOKENS_DIFFER, make_gate(policy=NATIVE))


NOT_THE_PARAMETER: dict[str, str] = {
    "upper": f"JWT={GOOD}",
    "array": f"jwt[]={GOOD}",
    "encoded-array": f"jwt%5B%5D={GOOD}",
    "index": f"jwt[0]={GOOD}",
    "blank-before": f"+jwt={GOOD}",
    "blank-behind": f"jwt+={GOOD}",
    "semicolon": f"a=1;jwt={GOOD}",
    "encoded-ampersand": f"a=1%26jwt={GOOD}",
    "encoded-equals": f"jwt%3D{GOOD}",
    "name-encoded-twice": f"%256Awt={GOOD}",
    "value-of-another": f"a=jwt={GOOD}",
    "suffix": f"xjwt={GOOD}",
    "prefix": f"jwtx={GOOD}",
    "nul-behind": f"jwt%00={GOOD}",
    "question-mark": f"?jwt={GOOD}",
    "fragment": f"#jwt={GOOD}",
    "empty": "jwt=",
    "empty-twice": "jwt=&jwt=",
    "valueless": "jwt",
    "utf-16-name": f"j%00w%00t%00={GOOD}",
}


@both
@attacks("query", NOT_THE_PARAMETER)
def test_query_without_the_parameter(
    via: Via, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R22, T19: names are case-sensitive, & alone separates, decoding happens once."""
    gate = make_gate(policy=NATIVE)
    refused(via, _sent(query=query), caplog, Reason.TOKEN_MISSING, gate)


NOT_THE_COOKIE: dict[str, str] = {
    "upper": f"JWT={GOOD}",
    "prefix": f"jwtx={GOOD}",
    "suffix": f"xjwt={GOOD}",
    "host-prefix": f"__Host-jwt={GOOD}",
    "dollar": f"$jwt={GOOD}",
    "quoted-name": f'"jwt"={GOOD}',
    "percent-encoded-name": f"%6Awt={GOOD}",
    "value-of-another": f"a=jwt={GOOD}",
    "nameless": GOOD,
    "valueless": "jwt",
    "empty": "jwt=",
    "empty-quotes": 'jwt=""',
    "nul-in-the-name": f"jw\0t={GOOD}",
    "colon": f"jwt:{GOOD}",
    "ampersand": f"a=1&jwt={GOOD}",
}


@both
@attacks("cookie", NOT_THE_COOKIE)
def test_cookie_line_without_the_cookie(
    via: Via, cookie: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T20: cookies' names are exact and not decoded."""
    sent = _sent(("Cookie", cookie))
    refused(via, sent, caplog, Reason.TOKEN_MISSING, make_gate(policy=NATIVE))


NAMES_AS_PATTERNS = ["j.t", "j*t", "jw+t", "^jwt", "a|jwt", "jwt$"]


@both
@pytest.mark.parametrize("name", NAMES_AS_PATTERNS)
def test_cookie_name_is_no_pattern(
    via: Via, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T20: characters of a configured name that mean something to a pattern do not."""
    gate = make_gate(policy=Policy(cookie_names=[name], query_names=[name]))
    sent = _sent(("Cookie", f"jwt={GOOD}; jat={GOOD}"), query=f"jwt={GOOD}")
    refused(via, sent, caplog, Reason.TOKEN_MISSING, gate)


DEFAULT_OFF: dict[str, Sent] = {
    "query": _sent(query=f"jwt={GOOD}"),
    "access-token": _sent(query=f"access_token={GOOD}"),
    "cookie": _sent(("Cookie", f"jwt={GOOD}")),
    "x-header": _sent(("X-Authorization", f"Bearer {GOOD}")),
    "proxy-header": _sent(("Proxy-Authorization", f"Bearer {GOOD}")),
    "forwarded-header": _sent(("X-Forwarded-Authorization", f"Bearer {GOOD}")),
    "http-header": _sent(("HTTP_AUTHORIZATION", f"Bearer {GOOD}")),
    "redirect-header": _sent(("REDIRECT_HTTP_AUTHORIZATION", f"Bearer {GOOD}")),
    "trailing-underscore": _sent(("Authorization_", f"Bearer {GOOD}")),
    "websocket-protocol": _sent(("Sec-WebSocket-Protocol", f"bearer, {GOOD}")),
    "path": _sent(path=f"/;jwt={GOOD}"),
    "body": _sent(method="POST", body=f"access_token={GOOD}".encode()),
    "referer": _sent(("Referer", f"https://x.example/?jwt={GOOD}")),
}


@both
@attacks("sent", DEFAULT_OFF)
def test_carrier_that_is_off(
    via: Via, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """R20, R22: a token counts only where the policy looks for it."""
    refused(via, sent, caplog, Reason.TOKEN_MISSING)


HUGE: dict[str, Sent] = {
    "query-of-64-kib": _sent(query=f"jwt={GOOD}&" + "a" * 65_536),
    "query-of-1-mib-of-ampersands": _sent(BEARER, query="&" * 1_048_576),
    "query-of-1-mib-of-tokens": _sent(query=f"jwt={GOOD}&" * 9_000),
    "cookies-of-64-kib": _sent(("Cookie", f"jwt={GOOD}; a=" + "a" * 65_536)),
    "cookies-of-1-mib-of-separators": _sent(BEARER, ("Cookie", ";" * 1_048_576)),
    "cookies-of-1-mib-of-backslashes": _sent(
        BEARER, ("Cookie", 'a="' + "\\" * 1_048_576)
    ),
    "cookies-in-many-lines": _sent(BEARER, *[("Cookie", "a=" + "a" * 998)] * 70),
}


@both
@attacks("sent", HUGE)
def test_carrier_too_long(
    via: Via, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """T4, T19, T20, CVE-2024-7592: carriers are bounded before they are searched."""
    gate = make_gate(policy=NATIVE)
    refused(via, sent, caplog, Reason.CARRIER_TOO_LONG, gate)


# T22: hiding.

HIDING = Policy(
    query_names=["jwt"], cookie_names=["jwt"], csrf=False, hide_credentials=True
)


@both
@attacks(
    "query",
    {
        "alone": f"jwt={GOOD}",
        "twice": f"jwt={GOOD}&jwt={GOOD}",
        "encoded-name": f"a=1&%6Awt={GOOD}",
        "all-spellings": f"j%77t={GOOD}&a=1&jw%74={GOOD}",
        "encoded-value": f"jwt={GOOD}".replace(".", "%2E"),
        "with-an-empty-one": f"jwt=&jwt={GOOD}&jwt",
    },
)
def test_hidden_in_every_spelling_of_the_query(via: Via, query: str) -> None:
    """T22: no copy of the token reaches the app by the query."""
    got = admitted(via, _sent(query=query), make_gate(policy=HIDING))
    assert got.seen_query in ("", "a=1")


@both
@attacks(
    "cookie",
    {
        "alone": f"jwt={GOOD}",
        "quoted": f'jwt="{GOOD}"',
        "twice": f"jwt={GOOD}; jwt={GOOD}",
        "three-times-around-another": f"jwt={GOOD}; a=1; jwt={GOOD};jwt={GOOD}",
        "behind-a-comma": f"a=1,jwt={GOOD}",
        "blanks": f"a=1;\tjwt ={GOOD}",
    },
)
def test_hidden_in_every_cookie(via: Via, cookie: str) -> None:
    """T22: nor by a cookie."""
    got = admitted(via, _sent(("Cookie", cookie)), make_gate(policy=HIDING))
    assert got.seen_headers is not None
    assert got.seen_headers.get("cookie") in (None, "a=1")


@both
@attacks(
    "sent",
    {
        "empty-parameter-and-cookie": _sent(("Cookie", f"jwt={GOOD}"), query="jwt="),
        "empty-bearer-and-parameter": _sent(
            ("Authorization", "Bearer "), query=f"jwt={GOOD}"
        ),
        "empty-bearer-and-cookie": _sent(
            ("Authorization", "Bearer"), ("Cookie", f"jwt={GOOD}")
        ),
    },
)
def test_hidden_where_the_first_carrier_is_empty(via: Via, sent: Sent) -> None:
    """T22: the carrier that decided is the one that is hidden, not an empty one."""
    policy = Policy(
        query_names=["jwt"],
        cookie_names=["jwt"],
        csrf=False,
        multiple_tokens="first",
        hide_credentials=True,
    )
    got = admitted(via, sent, make_gate(policy=policy))
    assert GOOD not in f"{got.seen_query} {got.seen_headers}"


@both
def test_hiding_megabytes_of_cookies(via: Via) -> None:
    """T4, T22: hiding works through whatever a server hands on, copy by copy."""
    policy = Policy(
        cookie_names=["jwt"],
        hide_credentials=True,
        anonymous=NOBODY,
        anonymous_for="any",
    )
    got = via(make_gate(policy=policy), _sent(("Cookie", "jwt=;a=1;" * 200_000)))
    assert got.seen_headers is not None
    assert got.seen_headers["cookie"] == ("a=1;" * 200_000).rstrip(";") + ";"


# CSRF: a cookie token that the browser of the victim sends along by itself.

SITE = Policy(cookie_names=["jwt"], query_names=["jwt"])
TRUSTING = Policy(cookie_names=["jwt"], trusted_origins=["https://app.example"])
COOKIE: Header = ("Cookie", f"jwt={GOOD}")
HOST: Header = ("Host", "api.example")


def _cross(*headers: Header, **fields: Any) -> Sent:
    return _sent(COOKIE, HOST, *headers, **{"method": "POST", **fields})


CROSS_SITE: dict[str, Sent] = {
    "no-hint": _cross(),
    "cross-site": _cross(("Sec-Fetch-Site", "cross-site")),
    "same-site": _cross(("Sec-Fetch-Site", "same-site")),
    "none": _cross(("Sec-Fetch-Site", "none")),
    "capitals": _cross(("Sec-Fetch-Site", "Same-Origin")),
    "list": _cross(("Sec-Fetch-Site", "same-origin, cross-site")),
    "empty": _cross(("Sec-Fetch-Site", "")),
    "twice": _cross(
        ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")
    ),
    "underscored": _cross(
        ("Sec-Fetch-Site", "cross-site"), ("Sec_Fetch_Site", "same-origin")
    ),
    "origin-of-evil": _cross(("Origin", "https://evil.example")),
    "origin-null": _cross(("Origin", "null")),
    "origin-empty": _cross(("Origin", "")),
    "origin-of-another-scheme": _cross(("Origin", "https://api.example")),
    "origin-of-another-port": _cross(("Origin", "http://api.example:8080")),
    "origin-prefix": _cross(("Origin", "http://api.example.evil")),
    "origin-suffix": _cross(("Origin", "http://evil-api.example")),
    "origin-userinfo": _cross(("Origin", "http://api.example@evil.example")),
    "origin-with-path": _cross(("Origin", "http://api.example/")),
    "origin-subdomain": _cross(("Origin", "http://x.api.example")),
    "origin-twice": _cross(
        ("Origin", "http://api.example"), ("Origin", "http://evil.example")
    ),
    "origin-list": _cross(("Origin", "http://api.example http://evil.example")),
    "origin-same-though-fetch-is-cross": _cross(
        ("Origin", "http://api.example"), ("Sec-Fetch-Site", "cross-site")
    ),
    "referer-alone": _cross(("Referer", "http://api.example/")),
    "forwarded-host": _cross(
        ("Origin", "http://evil.example"), ("X-Forwarded-Host", "evil.example")
    ),
    "x-requested-with": _cross(("X-Requested-With", "XMLHttpRequest")),
    "two-hosts": _cross(("Host", "evil.example"), ("Origin", "http://evil.example")),
    "method-in-lower-case": _cross(method="get"),
    "method-put": _cross(method="PUT"),
    "method-delete": _cross(method="DELETE"),
    "method-unknown": _cross(method="FOO"),
    "method-empty": _cross(method=""),
    "override-header": _cross(("X-HTTP-Method-Override", "GET")),
    "empty-parameter-beside": _cross(query="jwt="),
    "valueless-parameter-beside": _cross(query="jwt"),
    "empty-bearer-beside": _cross(("Authorization", "Bearer")),
    "basic-beside": _cross(("Authorization", "Basic eA")),
}


@both
@attacks("sent", CROSS_SITE)
def test_cross_site_request(
    via: Via, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """A token that came by cookie alone must come from this very site."""
    got = refused(via, sent, caplog, Reason.CROSS_SITE, make_gate(policy=SITE))
    assert got.status == 403


@both
@attacks(
    "origin",
    {
        "scheme": "http://app.example",
        "capital": "https://App.example",
        "port": "https://app.example:8443",
        "subdomain": "https://x.app.example",
        "suffix": "https://app.example.evil",
        "slash": "https://app.example/",
    },
)
def test_origin_that_is_almost_trusted(
    via: Via, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Trusted origins are compared exactly."""
    sent = _cross(("Origin", origin))
    refused(via, sent, caplog, Reason.CROSS_SITE, make_gate(policy=TRUSTING))


HANDSHAKE = (
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
)


def test_cross_site_websocket_through_wsgi(caplog: pytest.LogCaptureFixture) -> None:
    """T27: WSGI apps accept WebSockets too, by a GET that any site may make."""
    sent = _cross(*HANDSHAKE, ("Origin", "https://evil.example"), method="GET")
    refused(via_wsgi, sent, caplog, Reason.CROSS_SITE, make_gate(policy=SITE))


# T27: the other kinds of ASGI scopes.


async def _quiet_app(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})


def _websocket(
    policy: Policy | None, headers: Sequence[Header], **scope: Any
) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    whole = {
        "type": "websocket",
        "path": "/",
        "query_string": b"",
        "scheme": "ws",
        "headers": [(n.lower().encode(), v.encode()) for n, v in headers],
        **scope,
    }
    asyncio.run(ASGIGate(_quiet_app, make_gate(policy=policy))(whole, receive, send))
    return sent


WEBSOCKETS: dict[str, tuple[Policy | None, list[Header]]] = {
    "no-token": (None, []),
    "bad-token": (None, [("Authorization", f"Bearer {OTHER}")]),
    "two-tokens": (None, [BEARER, BEARER]),
    "token-as-protocol": (None, [("Sec-WebSocket-Protocol", f"jwt, {GOOD}")]),
    "cookie-without-origin": (SITE, [COOKIE, HOST]),
    "cookie-of-another-origin": (
        SITE,
        [COOKIE, HOST, ("Origin", "http://evil.example")],
    ),
    "cookie-and-cross-site": (
        SITE,
        [COOKIE, HOST, ("Sec-Fetch-Site", "cross-site")],
    ),
    "cookie-of-null-origin": (SITE, [COOKIE, HOST, ("Origin", "null")]),
    "preflight-headers": (
        Policy(run_on_preflight=False),
        [("Origin", "http://x"), ("Access-Control-Request-Method", "GET")],
    ),
    "kong-without-preflight": (Policy.kong(run_on_preflight=False), []),
}


@attacks("row", WEBSOCKETS)
def test_websocket_is_closed(row: tuple[Policy | None, list[Header]]) -> None:
    """R25, T27: a handshake is refused before it is accepted, as policy violation."""
    assert _websocket(*row) == [{"type": "websocket.close", "code": 1008}]


@attacks("row", WEBSOCKETS)
def test_websocket_is_denied(row: tuple[Policy | None, list[Header]]) -> None:
    """T27: where the server can send a response, it is the same as over HTTP."""
    sent = _websocket(*row, extensions={"websocket.http.response": {}})
    assert [message["type"] for message in sent] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert sent[0]["status"] in (401, 403)


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_websocket_is_no_preflight(method: str) -> None:
    """R25: not even with a method in its scope."""
    sent = _websocket(Policy.kong(run_on_preflight=False), [], method=method)
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("kind", ["webtransport", "http2", "HTTP", "", "sse"])
def test_unknown_kind_of_scope(kind: str) -> None:
    """T27: what the gate does not understand does not pass."""
    with pytest.raises(ConfigurationError, match="another kind of scope"):
        _websocket(None, [BEARER], type=kind)


def test_lifespan_passes() -> None:
    """T27: lifespan asks for nobody."""
    assert _websocket(None, [], type="lifespan") == [{"type": "websocket.accept"}]


# R25, T28: what poses as a preflight.

EXEMPTING = Policy(run_on_preflight=False)
ORIGIN: Header = ("Origin", "https://app.example")
ASKED: Header = ("Access-Control-Request-Method", "DELETE")

NO_PREFLIGHT: dict[str, Sent] = {
    "options-alone": _sent(method="OPTIONS"),
    "options-and-origin": _sent(ORIGIN, method="OPTIONS"),
    "options-and-method": _sent(ASKED, method="OPTIONS"),
    "get": _sent(ORIGIN, ASKED),
    "post": _sent(ORIGIN, ASKED, method="POST"),
    "head": _sent(ORIGIN, ASKED, method="HEAD"),
    "trace": _sent(ORIGIN, ASKED, method="TRACE"),
    "lower-case": _sent(ORIGIN, ASKED, method="options"),
    "blank-behind": _sent(ORIGIN, ASKED, method="OPTIONS "),
    "blank-before": _sent(ORIGIN, ASKED, method=" OPTIONS"),
    "nul-behind": _sent(ORIGIN, ASKED, method="OPTIONS\0"),
    "override-to-options": _sent(
        ORIGIN, ASKED, ("X-HTTP-Method-Override", "OPTIONS"), method="POST"
    ),
    "override-in-the-query": _sent(ORIGIN, ASKED, query="_method=OPTIONS"),
    "origin-in-the-query": _sent(
        ASKED, method="OPTIONS", query="Origin=https://app.example"
    ),
    "options-and-requested-headers": _sent(
        ORIGIN, ("Access-Control-Request-Headers", "authorization"), method="OPTIONS"
    ),
}


@both
@attacks("sent", NO_PREFLIGHT)
def test_request_that_is_no_preflight(
    via: Via, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """R25, T28: only OPTIONS with both headers of a CORS preflight is exempt."""
    gate = make_gate(policy=EXEMPTING)
    refused(via, sent, caplog, Reason.TOKEN_MISSING, gate)


@both
@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
)
def test_preflight_that_becomes_another_method(
    via: Via, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T28: a preflight with a method override would reach the app as a DELETE."""
    sent = _sent(ORIGIN, ASKED, (name, "DELETE"), method="OPTIONS")
    gate = make_gate(policy=EXEMPTING)
    refused(via, sent, caplog, Reason.TOKEN_MISSING, gate)


@both
@attacks(
    "headers",
    {
        "origin-twice": [ORIGIN, ORIGIN, ASKED],
        "method-twice": [ORIGIN, ASKED, ASKED],
        "origin-in-two-spellings": [ORIGIN, ("ORIGIN", "https://evil.example"), ASKED],
    },
)
def test_preflight_with_a_repeated_header(
    via: Via, headers: list[Header], caplog: pytest.LogCaptureFixture
) -> None:
    """R25: no browser sends these twice; both middlewares refuse alike."""
    gate = make_gate(policy=EXEMPTING)
    sent = _sent(*headers, method="OPTIONS")
    refused(via, sent, caplog, Reason.TOKEN_MISSING, gate)


@both
@pytest.mark.parametrize("method", ["options", "OPTIONS ", "GET", "HEAD", "POST"])
def test_request_that_is_no_options_for_kong(
    via: Via, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T28: Kong exempts every OPTIONS, and nothing else."""
    gate = make_gate(policy=Policy.kong(run_on_preflight=False))
    refused(via, _sent(method=method), caplog, Reason.TOKEN_MISSING, gate)


@both
def test_options_for_apisix(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T28: APISIX exempts none."""
    sent = _sent(ORIGIN, ASKED, method="OPTIONS")
    refused(via, sent, caplog, Reason.TOKEN_MISSING, make_gate(policy=APISIX))


# T29: no path is special to a gate without routes.


@both
@pytest.mark.parametrize(
    "path", ["//", "/..", "/%2e%2e", "/health", "/a/../b", "http://x/", "*", "", "/\0"]
)
def test_path_that_might_be_exempt(
    via: Via, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T29: every path is guarded, however it is written."""
    refused(via, _sent(path=path), caplog, Reason.TOKEN_MISSING)


# T31: from a bad token to the anonymous consumer.

DOWNGRADES: dict[str, tuple[Sent, Reason]] = {
    "malformed": (Sent.bearer("x.y"), Reason.TOKEN_MALFORMED),
    "expired": (Sent.bearer(mint(exp=1)), Reason.TOKEN_EXPIRED),
    "unknown-key": (Sent.bearer(OTHER), Reason.KEY_UNKNOWN),
    "bad-signature": (Sent.bearer(f"{GOOD[:-9]}AAAAAAAAA"), Reason.SIGNATURE_INVALID),
    "none": (Sent.bearer(mint(header={"alg": "none"})), Reason.ALGORITHM_UNSUPPORTED),
    "crit": (
        Sent.bearer(mint(header={"alg": "HS256", "crit": []})),
        Reason.EXTENSION_UNSUPPORTED,
    ),
    "two-headers": (_sent(BEARER, BEARER), Reason.TOKEN_REPEATED),
    "two-tokens": (_sent(BEARER, query=f"jwt={OTHER}"), Reason.TOKENS_DIFFER),
    "tab": (_sent(("Authorization", f"Bearer\t{GOOD}")), Reason.TOKEN_MALFORMED),
    "cross-site-cookie": (
        _sent(COOKIE, HOST, method="POST"),
        Reason.CROSS_SITE,
    ),
    "too-long-query": (_sent(query="a" * 65_537), Reason.CARRIER_TOO_LONG),
}


@both
@attacks("row", DOWNGRADES)
def test_downgrade_to_anonymous(
    via: Via, row: tuple[Sent, Reason], caplog: pytest.LogCaptureFixture
) -> None:
    """T31: natively a bad token is never as good as none."""
    sent, reason = row
    policy = Policy(query_names=["jwt"], cookie_names=["jwt"], anonymous=NOBODY)
    refused(via, sent, caplog, reason, make_gate(policy=policy))


class BrokenStore(ListStore):
    """A store whose look-ups fail."""

    def find(self, key: str, kid: str | None = None) -> list[Any]:
        """Fail as a lost connection does, with words that must not be told."""
        raise ConnectionError(f"{key} {kid} password=hunter2-hunter2-hunter2-x")


FAILING = {
    "native": Policy(anonymous=NOBODY),
    "any": Policy(anonymous=NOBODY, anonymous_for="any"),
    "kong": Policy.kong(anonymous=NOBODY),
    "apisix": Policy.apisix(key_claim="iss", anonymous=NOBODY),
    "report": Policy(mode="report"),
}


@both
@attacks("policy", FAILING)
def test_failing_store_lets_nobody_pass(via: Via, policy: Policy) -> None:
    """T31, T32: a store that fails is a 503: no 401, nobody anonymous, no report."""
    got = via(Gate(BrokenStore(), policy, clock=lambda: NOW), Sent.bearer(GOOD))
    assert isinstance(got.outcome, Denied)
    assert (got.status, got.app_ran) == (503, False)
    assert got.outcome.reason is Reason.STORE_UNAVAILABLE
    assert "retry-after" in got.headers
    assert b"hunter2" not in got.body


class JunkStore(ListStore):
    """A store that answers with what is no credential."""

    def __init__(self, junk: Any) -> None:
        super().__init__()
        self.junk = junk

    def find(self, key: str, kid: str | None = None) -> Any:
        """Give the junk, whoever is asked for."""
        self.asked.append((key, kid))
        return self.junk


@both
@attacks(
    "junk",
    {
        "none": None,
        "true": True,
        "text": "mallory",
        "row": [("jack-key", "secret")],
        "row-of-none": [None],
        "number": 7,
        "object-like-a-credential": [credential().view],
    },
)
def test_store_that_gives_junk(via: Via, junk: object) -> None:
    """T32: what a store gives by mistake is nobody's identity, and no exception."""
    got = via(Gate(JunkStore(junk), clock=lambda: NOW), Sent.bearer(GOOD))
    assert isinstance(got.outcome, Denied)
    assert (got.status, got.app_ran) == (503, False)


@both
def test_credential_of_another_key(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """R17: a store that gives a row of another key finds nobody."""
    gate = Gate(JunkStore([credential(key="other")]), clock=lambda: NOW)
    refused(via, Sent.bearer(GOOD), caplog, Reason.KEY_UNKNOWN, gate)


# T30: two gates around one app.


def _through_two(outer: Gate, inner: Gate, sent: Sent, via: Via) -> Any:
    """Send a request through both; give what the inner one decided."""
    seen: list[Any] = []
    if via is via_asgi:

        async def app(scope: Any, _receive: Any, _send: Any) -> None:
            seen.append(scope["jwtgate"])

        async def nothing(*_: Any) -> Any:
            return None

        scope: dict[str, Any] = {
            "type": "http",
            "method": sent.method,
            "path": "/",
            "query_string": sent.query.encode(),
            "headers": [(n.lower().encode(), v.encode()) for n, v in sent.headers],
            "state": {},
        }
        asyncio.run(ASGIGate(ASGIGate(app, inner), outer)(scope, nothing, nothing))
        return seen[0] if seen else scope["state"]["jwtgate"]

    def wsgi_app(environ: Any, _start_response: Any) -> list[bytes]:
        seen.append(environ["jwtgate"])
        return []

    def watched(environ: Any, start_response: Any) -> Any:
        answer = WSGIGate(wsgi_app, inner)(environ, start_response)
        seen.append(environ["jwtgate"])
        return answer

    environ = {"REQUEST_METHOD": sent.method, "QUERY_STRING": sent.query}
    environ |= {
        "HTTP_" + n.upper().replace("-", "_"): value for n, value in sent.headers
    }
    WSGIGate(watched, outer)(environ, lambda *_: lambda _: None)
    return seen[0] if seen else environ["jwtgate"]


@both
def test_report_mode_outside_vouches_for_nobody(via: Via) -> None:
    """T30: what an outer gate in report mode let pass is refused by an inner one."""
    outer = make_gate(policy=Policy(mode="report"))
    outcome = _through_two(outer, make_gate(), Sent.bearer(OTHER), via)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.KEY_UNKNOWN


@both
def test_anonymous_outside_vouches_for_nobody(via: Via) -> None:
    """T30: another gate's anonymous consumer means nothing to an inner gate."""
    outer = make_gate(policy=Policy(anonymous=NOBODY))
    outcome = _through_two(outer, make_gate(), Sent(), via)
    assert isinstance(outcome, Denied)


@both
def test_same_store_and_another_policy(via: Via) -> None:
    """T30: an outcome counts for the very gate that decided, not for its store."""
    store = ListStore(credential())
    outer = Gate(store, clock=lambda: NOW)
    inner = Gate(store, Policy(audience=["api"]), clock=lambda: NOW)
    outcome = _through_two(outer, inner, Sent.bearer(GOOD), via)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.AUDIENCE_MISMATCH


@both
def test_hiding_outside_in_report_mode(via: Via) -> None:
    """T30, T31: a bad token is not hidden, or an inner gate would see none at all."""
    outer = make_gate(policy=Policy(mode="report", hide_credentials=True))
    inner = make_gate(policy=Policy(anonymous=NOBODY))
    outcome = _through_two(outer, inner, Sent.bearer(OTHER), via)
    assert isinstance(outcome, Denied)


@both
def test_same_gate_twice(via: Via) -> None:
    """T30: one gate twice decides once, also where the first hid the token."""
    gate = make_gate(policy=Policy(hide_credentials=True))
    outcome = _through_two(gate, gate, Sent.bearer(GOOD), via)
    assert isinstance(outcome, Authenticated)
    assert outcome.gate is gate


@both
@attacks(
    "forged",
    {
        "text": "jack",
        "mapping": {"consumer": {"username": "admin"}},
        "consumer": Consumer(username="admin"),
        "none": None,
        "exempt": Exempt("preflight", None, None),
        "authenticated-of-no-gate": Authenticated(
            Consumer(username="admin"),
            credential().view,
            {},  # type: ignore[arg-type]
            {},  # type: ignore[arg-type]
            (),
            (),
            None,
        ),
        "anonymous-of-no-gate": Anonymous(
            Consumer(username="admin"), Reason.TOKEN_MISSING, (), (), object()
        ),
    },
)
def test_forged_outcome(via: Via, forged: object) -> None:
    """T26, T30: only an outcome of this very gate stands."""
    gate = make_gate()
    if via is via_asgi:
        scope = {"jwtgate": forged}
        sent = _websocket(None, [], **scope)
        assert sent == [{"type": "websocket.close", "code": 1008}]
        return
    environ = {"REQUEST_METHOD": "GET", "jwtgate": forged}
    told: list[str] = []
    WSGIGate(lambda *_: [b"app"], gate)(
        environ,
        lambda status, *_: told.append(status),  # type: ignore[arg-type]
    )
    assert told == ["401 Unauthorized"]


@both
def test_jack_through_all(via: Via) -> None:
    """The requests of this file that are refused are near to this one, which is not."""
    gate = make_gate(credential(consumer=jack(), key=KEY), policy=NATIVE)
    sent = _sent(
        BEARER,
        ("X-JWT", f"bearer   {GOOD}"),
        ("Cookie", f'a=b; jwt="{GOOD}"; session={GOOD}'),
        query=f"jwt={GOOD}&%6Awt={GOOD}&access_token={GOOD}&jwt=",
    )
    admitted(via, sent, gate)
