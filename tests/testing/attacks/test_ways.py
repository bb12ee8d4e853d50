"""Other ways to a path get in where a guard and an app read it in two ways."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

import pytest

from jwtgate import Policy
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.testing import attack_matrix
from jwtgate.testing.attacks.ways import ATTACKS
from tests.kit import make_gate
from tests.testing.careless import Environ, Hole, app_with, got_in, two_gate

EVERY = {attack.name for attack in ATTACKS}


def _method(*methods: str) -> Hole:
    return lambda environ: "jack" if environ["REQUEST_METHOD"] in methods else None


@pytest.mark.parametrize(
    ("methods", "names"),
    [
        (("HEAD",), {"head"}),
        (("OPTIONS",), {"options", "preflight"}),
        (("get",), {"method-lower"}),
        (("BREW",), {"method-unknown"}),
        (("TRACE",), {"trace"}),
    ],
    ids=str,
)
def test_guarding_some_methods(methods: tuple[str, ...], names: set[str]) -> None:
    """The others come to the view as well."""
    assert got_in(_method(*methods)) == names


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_exempting_a_method_that_a_header_says(name: str) -> None:
    """Somebody further in reads it."""
    key = f"HTTP_{name.upper().replace('-', '_')}"
    names = got_in(lambda environ: "jack" if environ.get(key) == "OPTIONS" else None)
    assert names == {f"{name.lower()}-options"}


def test_reading_the_method_of_a_header() -> None:
    """The guard is on POST alone, and the app goes by the header."""
    key = "HTTP_X_HTTP_METHOD_OVERRIDE"
    names = got_in(lambda environ: "jack" if environ.get(key) == "GET" else None)
    assert names == {"x-http-method-override-get"}


def test_an_answer_to_a_preflight_is_no_entry() -> None:
    """What comes of it is not what the view shows."""

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "OPTIONS":
            start_response("200 OK", [])
            return [b"Disallowed CORS headers"]
        return app_with(lambda _: None, gate)(environ, start_response)

    gate = two_gate()
    attack_matrix(app, "/me", gate, "jack-key").assert_safe()


def _guarding(one: str, norm: Callable[[str], str]) -> Hole:
    """Guard one spelling of a path, and serve what another reading makes of it."""

    def hole(environ: Environ) -> str | None:
        path = environ["PATH_INFO"]
        return "jack" if path != one and norm(path) == one else None

    return hole


def _resolved(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


READINGS: dict[str, tuple[Callable[[str], str], set[str]]] = {
    "resolved": (
        _resolved,
        {
            *("path-slashes", "path-slash-behind", "path-dot", "path-dots"),
            *("path-dots-encoded", "path-slash-encoded"),
        },
    ),
    "without parameters": (lambda path: path.partition(";")[0], {"path-parameter"}),
    "resolved, without parameters": (
        lambda path: _resolved(path.replace("..;", "..")),
        {"path-dots-parameter"},
    ),
    "decoded again": (
        lambda path: _resolved(unquote(path)),
        {"path-dots-encoded-twice"},
    ),
    "in lower case": (str.lower, {"path-upper"}),
    "stripped": (str.strip, {"path-blank-behind", "path-line-feed"}),
    "cut at NUL": (lambda path: path.partition("\0")[0], {"path-nul"}),
    "without a dot behind": (lambda path: path.rstrip("."), {"path-dot-behind"}),
    "without its extension": (lambda path: path.rpartition(".")[0], {"path-extension"}),
    "with backslashes": (
        lambda path: path.replace("\\", "/").replace("//", "/"),
        {"path-backslash"},
    ),
    "cut at a question": (lambda path: path.partition("?")[0], {"path-question"}),
    "without odd octets": (
        lambda path: path.encode("ascii", "ignore").decode(),
        {"path-octet"},
    ),
}


@pytest.mark.parametrize(("norm", "names"), READINGS.values(), ids=READINGS)
def test_guarding_one_spelling_of_a_path(
    norm: Callable[[str], str], names: set[str]
) -> None:
    """The view is behind another spelling, too."""
    assert names <= got_in(_guarding("/me", norm))


def test_guarding_the_target_as_it_was_sent() -> None:
    """The app decodes it."""

    def hole(environ: Environ) -> str | None:
        raw = environ["RAW_URI"].partition("?")[0]
        return "jack" if raw != "/me" and environ["PATH_INFO"] == "/me" else None

    assert got_in(hole) == {"path-encoded"}


def test_a_page_for_every_path_is_no_entry() -> None:
    """What is shown to anybody for any path tells nobody anything."""
    gate = two_gate()

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/me":
            start_response("200 OK", [])
            return [b"<title>Not here</title>"]
        return app_with(lambda _: None, gate)(environ, start_response)

    attack_matrix(app, "/me", gate, "jack-key").assert_safe()


@pytest.mark.parametrize("name", ["X-Original-URL", "X-Rewrite-URL"])
def test_taking_the_path_from_a_header(name: str) -> None:
    """CVE-2018-14773: the guard looked at the other one."""
    key = f"HTTP_{name.upper().replace('-', '_')}"
    names = got_in(lambda environ: "jack" if environ.get(key) == "/me" else None)
    assert names == {name.lower()}


async def _room(scope: Any, receive: Any, send: Any) -> None:
    """Show who calls, or let a handshake in."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    who = scope["jwtgate"].consumer.username if "jwtgate" in scope else "?"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": who.encode()})


def test_guarding_no_handshakes() -> None:
    """A guard of requests alone leaves them open."""
    gate = make_gate()
    guarded = JWTGateMiddleware(_room, gate)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        inner = _room if scope["type"] == "websocket" else guarded
        await inner(scope, receive, send)

    report = attack_matrix(app, "/me", gate, "jack-key", websocket="/room")
    assert {each.name for each in report.failures} == {
        *("websocket", "websocket-forged", "websocket-expired"),
    }


@pytest.mark.parametrize("extended", [True, False])
def test_a_gate_guards_handshakes(extended: bool) -> None:  # noqa: FBT001 - a case
    """By an answer where the server can send one, else by closing."""
    gate = make_gate()
    guarded = JWTGateMiddleware(_room, gate)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        extensions = scope["extensions"] if extended else {}
        await guarded({**scope, "extensions": extensions}, receive, send)

    report = attack_matrix(app, "/me", gate, "jack-key", websocket="/room")
    report.assert_safe()
    made = {each.name: each.answer for each in report.results}
    assert made["websocket"] == ("401" if extended else "403")


def test_a_policy_may_exempt_preflights() -> None:
    """Then the view runs for them: behind the bare middleware there is no CORS."""
    gate = make_gate(policy=Policy(run_on_preflight=False))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        exempt = not hasattr(scope["jwtgate"], "consumer")
        if not exempt:
            await _room(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    guarded = JWTGateMiddleware(app, gate)
    attack_matrix(guarded, "/me", gate, "jack-key").assert_safe()


def test_every_attack_was_tried_above() -> None:
    """Each one by an app that it gets by."""
    tried = {"head", "options", "preflight", "method-lower", "method-unknown", "trace"}
    tried |= {f"x-http-method-override-{name}" for name in ("options", "get")}
    tried |= {"x-method-override-options", "path-encoded"}
    tried |= {"x-original-url", "x-rewrite-url"}
    tried |= {"websocket", "websocket-forged", "websocket-expired"}
    assert tried.union(*(names for _, names in READINGS.values())) == EVERY
