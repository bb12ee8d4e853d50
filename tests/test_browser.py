from typing import Literal

import pytest

from jwtgate import RequestView
from jwtgate.browser import is_cross_site, is_preflight

TRUSTED = frozenset({b"https://partner.example"})
OWN = ("Origin", "https://app.example")
EVIL = ("Origin", "https://evil.example")
PARTNER = ("Origin", "https://partner.example")
HOST = ("Host", "app.example")
ASKS = ("Access-Control-Request-Method", "PUT")
SAME = ("Sec-Fetch-Site", "same-origin")
CROSS = ("Sec-Fetch-Site", "cross-site")


def request(
    method: str = "POST",
    *lines: tuple[str, str],
    scheme: str = "https",
    kind: Literal["http", "websocket"] = "http",
) -> RequestView:
    """Make a request of a method and header lines."""
    headers = [(name.encode(), value.encode()) for name, value in lines]
    return RequestView(method, headers=headers, scheme=scheme, kind=kind)


def handshake(*lines: tuple[str, str], scheme: str = "wss") -> RequestView:
    """Make a WebSocket handshake."""
    return request("GET", *lines, scheme=scheme, kind="websocket")


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(request("OPTIONS", EVIL, ASKS), id="fetch"),
        pytest.param(
            request("OPTIONS", ("origin", "null"), ASKS), id="origin-is-opaque"
        ),
        pytest.param(
            request("OPTIONS", EVIL, ("access_control_request_method", "PUT")),
            id="folded-name",
        ),
    ],
)
def test_preflights(view: RequestView) -> None:
    """A preflight is OPTIONS with an origin and the method that it asks for."""
    assert is_preflight(view)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(request("OPTIONS"), id="options"),
        pytest.param(request("OPTIONS", EVIL), id="no-method-asked-for"),
        pytest.param(request("OPTIONS", ASKS), id="no-origin"),
        pytest.param(request("GET", EVIL, ASKS), id="get"),
        pytest.param(request("options", EVIL, ASKS), id="lower-case-method"),
        pytest.param(request(" OPTIONS", EVIL, ASKS), id="blank-before-method"),
        pytest.param(request("OPTIONS", OWN, EVIL, ASKS), id="two-origins"),
        pytest.param(request("OPTIONS", EVIL, ASKS, ASKS), id="two-methods"),
        pytest.param(
            request("OPTIONS", EVIL, ("X-HTTP-Method-Override", "PUT")), id="override"
        ),
        pytest.param(request("OPTIONS", EVIL, ASKS, kind="websocket"), id="handshake"),
    ],
)
def test_what_is_no_preflight(view: RequestView) -> None:
    """No other OPTIONS passes as a preflight, nor does another method."""
    assert not is_preflight(view)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(
            request("OPTIONS", ("Origin", "https://a.example,https://b.example"), ASKS),
            id="origin",
        ),
        pytest.param(
            request("OPTIONS", EVIL, ("Access-Control-Request-Method", "PUT, PUT")),
            id="method",
        ),
    ],
)
def test_lines_joined_by_the_server_make_no_preflight(view: RequestView) -> None:
    """Lines that came twice are as good as none, joined by a comma as well."""
    assert not is_preflight(view)


@pytest.mark.parametrize(
    "view",
    [
        *(
            pytest.param(request(method, EVIL, CROSS), id=method)
            for method in ("GET", "HEAD", "OPTIONS", "TRACE")
        ),
        pytest.param(request("POST", SAME), id="same-origin"),
        pytest.param(request("POST", SAME, EVIL), id="same-origin-behind-a-proxy"),
        pytest.param(request("POST", PARTNER), id="trusted-origin"),
        pytest.param(request("POST", PARTNER, CROSS), id="trusted-though-cross-site"),
        pytest.param(request("POST", OWN, HOST), id="own-origin"),
        pytest.param(
            request("POST", ("Origin", "HTTPS://App.Example"), HOST), id="case-of-host"
        ),
        pytest.param(
            request(
                "POST",
                ("Origin", "http://app.example:8000"),
                ("Host", "app.example:8000"),
                scheme="http",
            ),
            id="own-port",
        ),
        pytest.param(request("POST", SAME, SAME, OWN, HOST), id="two-site-lines"),
        pytest.param(handshake(SAME), id="handshake-same-origin"),
        pytest.param(handshake(PARTNER), id="handshake-trusted"),
        pytest.param(handshake(OWN, HOST), id="handshake-own-origin"),
        pytest.param(
            handshake(("Origin", "http://app.example"), HOST, scheme="ws"),
            id="handshake-in-clear",
        ),
    ],
)
def test_requests_of_the_site_itself_pass(view: RequestView) -> None:
    """Safe methods, same-origin requests, and those of trusted origins may be sent."""
    assert not is_cross_site(view, TRUSTED)


@pytest.mark.parametrize(
    "view",
    [
        *(
            pytest.param(request(method), id=method)
            for method in ("POST", "PUT", "PATCH", "DELETE", "get", "QUERY", "")
        ),
        pytest.param(request("POST", CROSS), id="cross-site"),
        pytest.param(request("POST", ("Sec-Fetch-Site", "same-site")), id="same-site"),
        pytest.param(request("POST", ("Sec-Fetch-Site", "none")), id="none"),
        pytest.param(request("POST", ("Sec-Fetch-Site", "")), id="empty-site"),
        pytest.param(
            request("POST", ("Sec-Fetch-Site", "Same-Origin")), id="site-in-other-case"
        ),
        pytest.param(request("POST", CROSS, OWN, HOST), id="cross-site-own-origin"),
        pytest.param(request("POST", EVIL, HOST), id="evil-origin"),
        pytest.param(request("POST", ("Origin", "null"), HOST), id="null-origin"),
        pytest.param(request("POST", OWN), id="no-host"),
        pytest.param(request("POST", HOST), id="no-origin"),
        pytest.param(request("POST", OWN, OWN, HOST), id="two-origins"),
        pytest.param(request("POST", PARTNER, PARTNER), id="two-trusted-origins"),
        pytest.param(request("POST", OWN, HOST, HOST), id="two-hosts"),
        pytest.param(request("POST", OWN, HOST, scheme="http"), id="other-scheme"),
        pytest.param(
            request("POST", ("Origin", "https://app.example:444"), HOST),
            id="other-port",
        ),
        pytest.param(
            request("POST", ("Origin", "https://app.example.evil"), HOST),
            id="host-as-prefix",
        ),
        pytest.param(
            request("POST", ("Origin", "https://xapp.example"), HOST),
            id="host-as-suffix",
        ),
        pytest.param(request("POST", OWN, HOST, scheme="gopher"), id="unknown-scheme"),
        pytest.param(handshake(), id="handshake-without-origin"),
        pytest.param(handshake(EVIL, HOST), id="handshake-evil"),
        pytest.param(handshake(EVIL, CROSS), id="handshake-cross-site"),
        pytest.param(handshake(OWN, HOST, scheme="ws"), id="handshake-other-scheme"),
    ],
)
def test_cross_site_request_forgery(view: RequestView) -> None:
    """What another site may have made a browser send is told from our own."""
    assert is_cross_site(view, TRUSTED)


def test_site_lines_joined_by_the_server_are_as_good_as_none() -> None:
    """Of two lines joined by a comma the origin decides, as of two lines apart."""
    joined = ("Sec-Fetch-Site", "same-origin,same-origin")
    assert not is_cross_site(request("POST", joined, OWN, HOST), TRUSTED)


def test_without_trusted_origins_no_other_origin_passes() -> None:
    """An origin is trusted only where it is listed."""
    assert is_cross_site(request("POST", PARTNER, HOST), frozenset())
