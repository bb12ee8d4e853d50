"""Other ways to a guarded path, without a token: methods, spellings, handshakes."""

from collections.abc import Callable

from jwtgate.testing.attacks.attack import Attack, Sign
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.minting import token_of
from jwtgate.testing.requests import Line, Request

__all__ = ["ATTACKS"]

_ORIGIN = (b"Origin", b"https://evil.example")
_ASKED = (b"Access-Control-Request-Method", b"GET")


def _method(
    name: str, about: str, method: str, *lines: Line, succeeds: Sign = "enters"
) -> Attack:
    return Attack(
        name=name,
        about=about,
        request=lambda target: target.request(*lines, method=method),
        succeeds=succeeds,
    )


def _overridden(header: str, method: str) -> Attack:
    return _method(
        f"{header.lower()}-{method.lower()}",
        f"{header}: {method}",
        "POST",
        (header.encode(), method.encode()),
    )


def _path(name: str, about: str, spell: Callable[[str], str]) -> Attack:
    def request(target: Target) -> Request | None:
        path = target.usual.path
        spelled = spell(path)
        return None if spelled == path else target.request(path=spelled)

    return Attack(name=name, about=about, request=request, succeeds="is page")


def _last(path: str, put: Callable[[str], str]) -> str:
    head, slash, tail = path.rpartition("/")
    return f"{head}{slash}{put(tail)}" if tail else path


def _encoded(text: str) -> str:
    return f"%{ord(text[0]):02x}{text[1:]}"


def _rewritten(header: bytes) -> Callable[[Target], Request]:
    def request(target: Target) -> Request:
        return target.request((header, target.usual.path.encode()), path="/")

    return request


def _shaken(
    tokens: Callable[[Target], tuple[str, ...]],
) -> Callable[[Target], Request | None]:
    return lambda target: target.handshake(*tokens(target))


ATTACKS = (
    _method("head", "HEAD is GET without a body (RFC 9110 9.3.2)", "HEAD"),
    _method("options", "OPTIONS of no browser", "OPTIONS", succeeds="is view"),
    _method("preflight", "a preflight", "OPTIONS", _ORIGIN, _ASKED, succeeds="is view"),
    _method("method-lower", "the method in lower case", "get"),
    _method("method-unknown", "a method that there is not", "BREW"),
    _method("trace", "the method TRACE", "TRACE"),
    _overridden("X-HTTP-Method-Override", "OPTIONS"),
    _overridden("X-HTTP-Method-Override", "GET"),
    _overridden("X-Method-Override", "OPTIONS"),
    _path("path-slashes", "the path behind //", lambda path: f"/{path}"),
    _path("path-slash-behind", "/ behind the path", lambda path: f"{path}/"),
    _path("path-dot", "the path behind /./", lambda path: f"/.{path}"),
    _path("path-dots", "the path behind /x/../", lambda path: f"/x/..{path}"),
    _path(
        "path-dots-encoded",
        "the path behind /x/%2e%2e/",
        lambda path: f"/x/%2e%2e{path}",
    ),
    _path(
        "path-dots-encoded-twice",
        "the same, encoded twice",
        lambda path: f"/x/%252e%252e{path}",
    ),
    _path(
        "path-dots-parameter", "the path behind /x/..;/", lambda path: f"/x/..;{path}"
    ),
    _path("path-parameter", ";x=1 behind the path", lambda path: f"{path};x=1"),
    _path("path-dot-behind", "a dot behind the path", lambda path: f"{path}."),
    _path("path-blank-behind", "%20 behind the path", lambda path: f"{path}%20"),
    _path("path-nul", "%00 behind the path", lambda path: f"{path}%00"),
    _path("path-line-feed", "%0a behind the path", lambda path: f"{path}%0a"),
    _path("path-extension", ".css behind the path", lambda path: f"{path}.css"),
    _path("path-upper", "the path in upper case", str.upper),
    _path(
        "path-encoded",
        "a letter of the path encoded",
        lambda path: _last(path, _encoded),
    ),
    _path("path-slash-encoded", "the path behind /%2f", lambda path: f"/%2f{path[1:]}"),
    _path(
        "path-backslash", "the path behind a backslash", lambda path: f"/%5c{path[1:]}"
    ),
    _path(
        "path-question",
        "an encoded ? and a file behind the path",
        lambda path: f"{path}%3f/static/x.css",
    ),
    _path(
        "path-octet",
        "an octet that is not UTF-8 behind the path",
        lambda path: f"{path}%ff",
    ),
    Attack(
        name="x-original-url",
        about="the path in a header (CVE-2018-14773)",
        request=_rewritten(b"X-Original-URL"),
        succeeds="is view",
    ),
    Attack(
        name="x-rewrite-url",
        about="the same in another (CVE-2018-14773)",
        request=_rewritten(b"X-Rewrite-URL"),
        succeeds="is view",
    ),
    Attack(
        name="websocket",
        about="a handshake without a token",
        request=_shaken(lambda _: ()),
    ),
    Attack(
        name="websocket-forged",
        about="a handshake with a forged one",
        request=_shaken(lambda target: (token_of(target.forge, "wrong_key"),)),
    ),
    Attack(
        name="websocket-expired",
        about="a handshake with one that is over",
        request=_shaken(lambda target: (token_of(target.forge, "expired"),)),
    ),
)
"""Other ways in."""
