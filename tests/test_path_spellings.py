"""No spelling of a guarded path comes to the app as a public one.

Against the readings of careless apps in ``tests/servers.py``: in process by properties,
and by a fixed list of targets in process and through real servers.
"""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Consumer, Gate, Policy, Route
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.kit import ListStore, clock, mint
from tests.servers import (
    OPEN,
    READINGS,
    SERVERS,
    ask,
    base_of,
    guarded_readings,
    opened,
    running,
)

BEARER = f"Bearer {mint()}"
GUARDED = ["/admin", "/admin/keys", "/secret", "/api/v1/tasks"]

CONFUSED = {
    "plain": [
        "/admin",
        "/admin/",
        "/admin/keys",
        "/secret",
        "/secret/",
        "/api/v1",
        "/api/v1/x",
        "/secret?/public",
        "/secret#/public",
    ],
    "in another case": [
        "/ADMIN",
        "/Admin/Keys",
        "/SECRET",
        "/Api/V1/x",
        "/admin/LOGIN",
        "/admin/login/",
        "/%41dmin",
        "/%53ecret",
        "/%C5%BFecret",
        "/admin/%E2%84%AAeys",
        "/adm%C4%B0n/x",
        "/adm%C4%B1n/x",
        "/ap%C4%B1/v1/x",
    ],
    "encoded": [
        "/%61dmin",
        "/%61%64%6d%69%6E/keys",
        "/secre%74",
        "/admin%2fkeys",
        "/admin%2Fkeys",
        "/api%2fv1%2fx",
        "/%2fadmin",
        "/admin%5ckeys",
        "/admin%00",
        "/secret%00.html",
        "/secre%u0074",
        "/%e0%80%afadmin",
        "/%c0%afadmin",
        "/public/%c0%ae%c0%ae/admin",
    ],
    "encoded twice": [
        "/%2561dmin",
        "/secre%2574",
        "/admin%252fkeys",
        "/public/%252e%252e/secret",
        "/public%252f..%252fadmin",
        "/public/%25%32%65%25%32%65/admin",
    ],
    "with dots": [
        "/./admin",
        "/admin/.",
        "/public/../admin",
        "/public/../../admin",
        "/admin/login/../keys",
        "/public/%2e%2e/admin",
        "/public/.%2E/secret",
        "/public/%2e%2e%2fadmin",
        "/public/..%5cadmin",
        "/secret/.",
        "/secret/x/..",
        "/%2e/secret",
        "../admin",
    ],
    "with slashes": [
        "//admin",
        "///secret",
        "/admin//keys",
        "/api//v1/x",
        "/secret//",
        "//a/../admin",
        "//evil.example/admin",
        "/\\admin",
        "\\admin",
        "/public\\..\\admin",
        "/api\\v1\\x",
    ],
    "with parameters": [
        "/admin;x=1",
        "/admin;/keys",
        "/secret;jsessionid=1",
        "/;/admin",
        "/public/..;/admin",
        "/public/..;x=1/secret",
        "/api;a/v1;b/x",
        "/%3b/admin",
    ],
    "with octets that some drop": [
        "/secret%0a",
        "/admin%0a",
        "/api/v1%0A",
        "/sec%FFret",
        "/adm%80in/x",
        "/api%ff/v1/x",
        "/public/.%ff./admin",
        "/%f0%9fadmin",
    ],
    "with an authority": [
        "http://a/admin",
        "http://a/secret",
        "HTTP://a//admin",
        "http://a/public/../admin",
        "https://evil.example/admin",
        "http://a:80/adm%69n",
        "a/admin",
        "a:80",
        "*",
    ],
}
"""Targets whose resource is guarded, or would be if they were read carelessly."""

TARGETS = [
    pytest.param(target, id=f"{kind}: {ascii(target)[1:-1]}")
    for kind, targets in CONFUSED.items()
    for target in targets
]

Served = tuple[int, str | None]
"""The status, and the path that came to the app."""


def through_asgi(
    gate: Gate, target: str, mount: str = "", method: str = "GET", **headers: str
) -> Served:
    """Send a target through the ASGI middleware, mounted as uvicorn mounts."""
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        below = scope["path"].removeprefix(scope["root_path"])
        seen.append(below if below[:1] in ("", "/") else scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    raw = target.partition("?")[0]
    status = _run(
        ASGIGate(app, gate),
        method=method,
        path=mount + unquote(raw),
        raw_path=(mount + raw).encode(),
        root_path=mount,
        headers=[(name.encode(), text.encode()) for name, text in headers.items()],
    )
    return status, seen[0] if seen else None


def _run(app: ASGIGate, **scope: Any) -> int:
    statuses: list[int] = []

    async def receive() -> Any:
        raise AssertionError("nobody reads the body")

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asyncio.run(app({"type": "http", "headers": [], **scope}, receive, send))
    return statuses[0]


def through_wsgi(
    gate: Gate, target: str, mount: str = "", method: str = "GET", **headers: str
) -> Served:
    """Send a target through the WSGI middleware, mounted as PEP 3333 says."""
    statuses: list[int] = []
    seen: list[str] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        octets = environ["PATH_INFO"].encode("latin-1")
        seen.append(octets.decode("utf-8", "replace"))
        start_response("200 OK", [])
        return []

    def start_response(status: str, _headers: Any, _exc_info: Any = None) -> Any:
        statuses.append(int(status[:3]))

    raw = target.partition("?")[0]
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": mount,
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"),
        "RAW_URI": mount + target,
        **{f"HTTP_{name.upper()}": text for name, text in headers.items()},
    }
    list(WSGIGate(app, gate)(environ, start_response))
    return statuses[0], seen[0] if seen else None


THROUGH = {"asgi": through_asgi, "wsgi": through_wsgi}
through = pytest.mark.parametrize("via", THROUGH.values(), ids=THROUGH)

# Spellings: a path, with up to three things done to it anywhere.

INSERTED = [
    *("/", "//", "/.", "/./", "/x/..", "/..", "\\", "%5c", "%2f", "%252f", "%2e", "."),
    *(";", ";x=1", "..;/", "%3b", "%00", "%0a", "%0d", "%ff", "%c0%af", "%25", "%"),
    *("?", "#", "%3f", "%23", " ", "%20", "*", "%cc%87"),
]
LOOKALIKES = {"i": ["%c4%b1", "%C4%B0"], "s": ["%C5%BF"], "k": ["%e2%84%aa"]}
PREFIXES = ["/public/..", "/public/%2e%2e", "/public/%252e%252e", "/public/..;", "/."]
MOUNTS = ["", "/app", "/app/", "/admin", "/public", "/A"]


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """Draw what is public, and a spelling of a guarded path in it."""
    public = draw(st.sampled_from(sorted(OPEN)))
    parts = [
        draw(st.sampled_from(["", "", *PREFIXES])),
        *base_of(public),
        *draw(st.sampled_from(GUARDED)),
    ]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(parts) - 1))
        parts[at] = draw(st.sampled_from(_spelled(parts[at])))
    return public, "".join(parts)


def _spelled(part: str) -> list[str]:
    once = "".join(f"%{octet:02x}" for octet in part.encode())
    return [
        part.upper(),
        once,
        once.upper(),
        once.replace("%", "%25"),
        *LOOKALIKES.get(part, ()),
        *(part + more for more in INSERTED),
    ]


@through
@pytest.mark.parametrize("reading", READINGS)
@settings(max_examples=200, deadline=None)
@given(drawn=spellings(), mount=st.sampled_from(MOUNTS))
def test_path_confusion_no_spelling_of_a_guarded_path_is_public(
    via: Any, reading: str, drawn: tuple[str, str], mount: str
) -> None:
    """Without token the app runs for what every reading of the path says is public."""
    public, target = drawn
    status, seen = via(opened(public), target, mount)
    assert status in (200, 400, 401)
    assert seen is None or guarded_readings(seen, reading, public) == set()


@through
@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from([*GUARDED, "/about/us", "/admin/login"]),
    at=st.integers(0, 12),
    odd=st.sampled_from(
        ["//", "/./", "/../", "/%2e/", "/%2e%2E/", "\\", "%5c", "%2f", "%2F", "%00"]
    ),
    mount=st.sampled_from(MOUNTS),
)
def test_path_confusion_an_ambiguous_path_is_refused(
    via: Any, path: str, at: int, odd: str, mount: str
) -> None:
    """Wherever that is in it, and with a good token as well."""
    target = path[:at] + odd + path[at:]
    status, _ = via(opened("/*"), target, mount, authorization=BEARER)
    assert status == 400


@through
@pytest.mark.parametrize("target", TARGETS)
def test_path_confusion(via: Any, target: str) -> None:
    """None of these targets shows a careless app a guarded resource."""
    _, seen = via(opened("/*"), target)
    assert seen is None or not any(guarded_readings(seen, each) for each in READINGS)


@through
@pytest.mark.parametrize("target", ["/", "/about", "/admin/login", "/administrator"])
def test_a_public_page_needs_no_token(via: Any, target: str) -> None:
    """What is refused is refused for its path, not always."""
    assert via(opened("/*"), target) == (200, target)


@through
@pytest.mark.parametrize("method", ["get", "Head", "POST", "OPTIONS", "PROPFIND", ""])
def test_no_method_opens_a_guarded_path(via: Any, method: str) -> None:
    """A public route for other methods, or none, says nothing of this one."""
    assert via(opened("/*"), "/secret", method=method)[0] == 401


@through
@pytest.mark.parametrize("method", ["POST", "post", "GETS", "", " GET", "PUT\t"])
def test_a_page_that_is_public_for_get_is_not_for_others(via: Any, method: str) -> None:
    """However those are spelled."""
    routes = [Route(path="/*", methods=["GET"], public=True)]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    assert via(gate, "/", method=method)[0] == 401


@through
@pytest.mark.parametrize("method", ["POST", "post", "pOsT"])
def test_a_page_that_is_guarded_for_post_is_so_in_any_case(
    via: Any, method: str
) -> None:
    """Some servers and frameworks change the case of a method."""
    routes = [Route(path="/*", public=True), Route(path="/*", methods=["POST"])]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    assert via(gate, "/", method=method)[0] == 401


HOSTS = [
    *("admin.example", "ADMIN.example", "admin.example.", "admin.example:80"),
    *("admin.example:", "Admin.Example.:443", "admin.example..", "admin.example:80:80"),
    *("admin.example:80]", "admin.example ", " admin.example", "admin.example\t:80"),
    *("admin.example,x.example", "x@admin.example", "admin.example/x", ""),
]


@through
@pytest.mark.parametrize("host", HOSTS, ids=ascii)
def test_host_confusion_no_spelling_of_a_guarded_host_is_another(
    via: Any, host: str
) -> None:
    """Apps cut at the first colon, or the last, and strip what they like."""
    routes = [Route(path="/*", public=True), Route(path="/*", hosts=["admin.example"])]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    assert via(gate, "/", host=host)[0] in (400, 401)


@through
@pytest.mark.parametrize(
    "target", ["/admin%2Fkeys", "//admin", "/x/../admin", "/admin\\keys"], ids=ascii
)
def test_report_mode_of_the_gate_opens_no_route_that_enforces(
    via: Any, target: str
) -> None:
    """A path that may be that route's is refused as that route would."""
    routes = [Route(path="/admin/*", policy=Policy())]
    gate = Gate(ListStore(), Policy(mode="report"), routes=routes, clock=clock)
    assert via(gate, target)[1] is None


def test_mount_confusion_a_path_across_the_end_of_its_mount_is_refused() -> None:
    """Some cut the length of the mount off, whatever comes after it."""
    assert through_asgi(opened("/*"), "secret", "/app")[0] == 400


def test_mount_confusion_the_outcome_of_another_route_does_not_stand() -> None:
    """A gate on a mounted app has other paths than the same gate outside."""
    guest = Policy(anonymous=Consumer(username="guest"))
    routes = [Route(path="/shop/*", policy=guest), Route(path="/secret")]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def shop(scope: Any, receive: Any, send: Any) -> None:
        await ASGIGate(app, gate)({**scope, "root_path": "/shop"}, receive, send)

    _run(ASGIGate(shop, gate), path="/shop/secret")
    assert seen == []


@pytest.mark.parametrize(
    "path", ["/my%20files/*", "/users/{id}", "/users/<int:id>", "/a?x=1", "/a#b"]
)
def test_a_route_written_as_no_decoded_path_is_refused(path: str) -> None:
    """It would match nothing, and leave open what it is to guard."""
    with pytest.raises(ConfigurationError):
        Route(path=path)


@pytest.mark.parametrize(
    ("public", "guarded"), [("/", "/"), ("/a/", "/a/"), ("/a/", "/a"), ("/A/", "/a")]
)
def test_a_path_that_is_public_and_guarded_is_an_error(
    public: str, guarded: str
) -> None:
    """A guarded route matches with a slash at its end, so these two meet."""
    routes = [Route(path=public, public=True), Route(path=guarded)]
    with pytest.raises(ConfigurationError, match="equally well"):
        Gate(ListStore(), routes=routes)


# The same through real servers.


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """Run every server once, and give their ports by name."""
    with running() as found:
        yield found


servers = pytest.mark.parametrize("server", SERVERS)


@servers
@pytest.mark.parametrize("target", TARGETS)
def test_path_confusion_through_a_server(
    ports: dict[str, int], server: str, target: str
) -> None:
    """No server makes a public path of a guarded one, nor an error of either."""
    status, body = ask(ports[server], target, "Host: a")
    assert (status, body) == (200, b"public") or status in (0, 400, 401, 404)


@servers
@settings(max_examples=60)
@given(drawn=spellings())
def test_path_confusion_no_spelling_is_public_through_a_server(
    ports: dict[str, int], server: str, drawn: tuple[str, str]
) -> None:
    """What a server makes of a target before the gate sees it opens nothing."""
    status, body = ask(ports[server], drawn[1], "Host: a")
    assert (status, body) == (200, b"public") or status in (0, 400, 401, 404)


@servers
@pytest.mark.parametrize(
    "target", ["/admin/keys", "/secret", "/api/v1/tasks", "/%61dmin", "/SECRET/"]
)
def test_a_good_token_opens_a_guarded_path(
    ports: dict[str, int], server: str, target: str
) -> None:
    """Through every server."""
    lines = ("Host: a", f"Authorization: {BEARER}")
    assert ask(ports[server], target, *lines) == (200, b"guarded")


@servers
@pytest.mark.parametrize(
    "target", ["/", "/about?x=/admin", "/admin/login", "/caf%C3%A9"]
)
def test_a_public_page_needs_no_token_through_a_server(
    ports: dict[str, int], server: str, target: str
) -> None:
    """Through every server."""
    assert ask(ports[server], target, "Host: a") == (200, b"public")


@servers
@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "get", "PROPFIND"])
def test_no_method_opens_a_guarded_path_through_a_server(
    ports: dict[str, int], server: str, method: str
) -> None:
    """Servers refuse some, and some change their case."""
    lines = ("Host: a", "Content-Length: 0")
    assert ask(ports[server], "/secret", *lines, method=method)[0] in (400, 401)
