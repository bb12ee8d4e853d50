"""Each carrier gets in where a token is looked for carelessly."""

from collections.abc import Callable

import pytest

from jwtgate import Authenticated, Gate, Policy, RequestView, authenticate
from jwtgate.testing import attack_matrix
from jwtgate.testing.attacks.carriers import ATTACKS
from tests.kit import SECRET, credential, make_gate
from tests.testing.careless import (
    Environ,
    Hole,
    anywhere,
    app_with,
    got_in,
    two_gate,
)

EVERY = {attack.name for attack in ATTACKS}
TOKEN = r"(eyJ[\w-]+\.[\w-]+\.[\w-]+)"


def _taken(gate: Gate, token: str) -> str | None:
    """Tell whose a token is, by the gate itself."""
    headers = [(b"authorization", b"Bearer " + token.encode("latin-1"))]
    outcome = authenticate(gate, RequestView("GET", headers=headers))
    return outcome.consumer.username if isinstance(outcome, Authenticated) else None


def _finds(find: Callable[[str], str], name: str = "HTTP_AUTHORIZATION") -> Hole:
    """Verify well what is found carelessly."""
    gate = two_gate()

    def hole(environ: Environ) -> str | None:
        return _taken(gate, find(environ.get(name, "")))

    return hole


def test_searching_for_a_token() -> None:
    """Not anchored: whatever is around it."""
    assert got_in(_finds(anywhere(TOKEN))) == {
        *("scheme-basic", "scheme-unanchored", "scheme-behind", "scheme-twice"),
        *("scheme-none", "bearer-two-words", "bearer-quoted", "bearer-parameter"),
        *("bearer-tab", "bearer-line-feed", "bearer-nul", "bearer-control"),
        *("bearer-no-break-space", "bearer-latin-1", "bearer-look-alike"),
        *("bearer-comma", "lines-good-forged", "joined-good-forged"),
        # By parsers of tokens, that a search is as well.
        *("token-padding", "token-text-behind", "token-four-segments"),
    }


HEADERS: dict[str, tuple[Callable[[str], str], set[str]]] = {
    "the last word": (
        lambda value: value.split()[-1] if value else "",
        {"scheme-basic", "scheme-unanchored", "scheme-none", "bearer-tab"},
    ),
    "the first line": (
        lambda value: value.partition(",")[0].removeprefix("Bearer "),
        {"lines-good-forged", "joined-good-forged", "bearer-comma", "scheme-none"},
    ),
    "the last line": (
        lambda value: value.rpartition(",")[2].removeprefix("Bearer "),
        {"lines-forged-good", "joined-forged-good"},
    ),
    "quotes taken away": (
        lambda value: value.removeprefix("Bearer ").strip('"'),
        {"bearer-quoted"},
    ),
}


@pytest.mark.parametrize(("find", "names"), HEADERS.values(), ids=HEADERS)
def test_reading_a_header_carelessly(
    find: Callable[[str], str], names: set[str]
) -> None:
    """Each way of reading lets its own in."""
    assert names <= got_in(_finds(find))


@pytest.mark.parametrize(
    ("key", "pattern", "name"),
    [
        ("HTTP_COOKIE", rf"(?:^|; )token={TOKEN}", "cookie-unasked"),
        ("QUERY_STRING", rf"access_token={TOKEN}", "query-unasked"),
        ("QUERY_STRING", rf"jwt={TOKEN}", "query-jwt-unasked"),
        ("HTTP_PROXY_AUTHORIZATION", f"Bearer {TOKEN}", "proxy-authorization"),
        ("HTTP_X_AUTHORIZATION", f"Bearer {TOKEN}", "x-authorization"),
        ("HTTP_X_ACCESS_TOKEN", TOKEN, "x-access-token"),
    ],
    ids=str,
)
def test_looking_in_more_places(key: str, pattern: str, name: str) -> None:
    """Where nobody said that tokens are looked for."""
    assert got_in(_finds(anywhere(pattern), key)) == {name}


ABSENT = {
    *("no-token", "bearer-alone", "bearer-empty", "authorization-empty"),
    *("bearer-null", "basic-password", "many-headers", "bearer-64-kib"),
}


def test_guarding_nothing() -> None:
    """What has no token gets in first of all."""
    assert got_in(lambda _: "whoever") >= ABSENT


def test_taking_any_secret_of_ours() -> None:
    """RFC 8725 3.8: ann signs, and says that she is jack."""
    careless = make_gate(credential(secret=SECRET[::-1]))

    def hole(environ: Environ) -> str | None:
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        return _taken(careless, token)

    assert got_in(hole, other="ann-key") == {"name-of-another"}


SEVERAL = Policy(query_names=["jwt"], cookie_names=["jwt"])


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("HTTP_AUTHORIZATION", "carriers-good-forged"),
        ("QUERY_STRING", "carriers-forged-good"),
    ],
)
def test_looking_in_one_place_of_several(key: str, name: str) -> None:
    """RFC 6750 2: who reads the other one sees another token."""
    gate = make_gate(policy=SEVERAL)
    hole = _finds(anywhere(TOKEN), key)
    assert name in got_in(hole, gate)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_taking_cookies_from_other_sites(method: str) -> None:
    """A browser sends them by itself, for a page of anybody."""
    gate = make_gate(policy=Policy(cookie_names=["jwt"]))
    hole = _finds(anywhere(rf"(?:^|; )jwt={TOKEN}"), "HTTP_COOKIE")
    names = got_in(hole, gate, method=method)
    assert names == {"cookie-across-sites", "carriers-forged-good"}


def test_a_policy_without_headers_is_attacked_in_its_own_carrier() -> None:
    """Tokens go where they are looked for."""
    gate = make_gate(policy=Policy(header_names=[], cookie_names=["jwt"]))

    def app(environ: Environ, start_response: Callable[..., object]) -> list[bytes]:
        headers = [(b"cookie", environ.get("HTTP_COOKIE", "").encode())]
        outcome = authenticate(gate, RequestView("GET", headers=headers))
        passes = isinstance(outcome, Authenticated)
        start_response("200 OK" if passes else "401 Unauthorized", [])
        return []

    report = attack_matrix(app, "/me", gate, "jack-key")
    # The app looks at no other header, that of the browser about the site among them.
    assert {each.name for each in report.failures} == {"cookie-across-sites"}
    made = {each.name: each.verdict for each in report.results}
    assert made["wrong-key"] == "repelled"
    assert made["scheme-basic"] == made["lines-good-forged"] == "skipped"
    assert made["scheme-none"] == "skipped"


def test_apisix_takes_a_bare_token() -> None:
    """That is no attack there."""
    gate = make_gate(policy=Policy.apisix(key_claim="iss", required_claims=["exp"]))
    names = got_in(lambda _: None, gate, allow=["cookie-across-sites"])
    # The gateway takes what comes first, and looks no further.
    assert names == {"carriers-good-forged"}


def test_a_carrier_of_the_policy_is_no_other_place() -> None:
    """A good token is good there."""
    policy = Policy(header_names=["X-Authorization"], query_names=["jwt"])
    gate = make_gate(policy=policy)
    report = attack_matrix(app_with(lambda _: None, gate), "/me", gate, "jack-key")
    report.assert_safe()
    made = {each.name: each.verdict for each in report.results}
    assert made["x-authorization"] == made["query-jwt-unasked"] == "skipped"
    assert made["proxy-authorization"] == "repelled"


TRIED = {
    *("lines-good-forged", "lines-forged-good"),
    *("joined-good-forged", "joined-forged-good"),
    *("carriers-good-forged", "carriers-forged-good", "name-of-another"),
    *("cookie-across-sites", "cookie-unasked", "query-unasked", "query-jwt-unasked"),
    *("proxy-authorization", "x-authorization", "x-access-token"),
}


def test_every_attack_was_tried_above() -> None:
    """Each one by an app that it gets by."""
    odd = {name for name in EVERY if name.startswith(("scheme-", "bearer-"))}
    assert TRIED | ABSENT | odd == EVERY
