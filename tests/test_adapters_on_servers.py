"""Every adapter over every server: what one refuses, all refuse, and nothing is forged.

What servers make of the same bytes: two lines of a header, names with ``_``, cookies.
"""

import json
from collections.abc import Iterator

import pytest

from tests.kit import mint
from tests.servers import ask, running

WSGI = ("django", "flask", "wsgi")
ASGI = ("asgi", "backend", "django", "fastapi", "starlette")
_OWN = "tests.everywhere {} {{port}}"
SERVERS = {
    "uvicorn h11": ("uvicorn tests.everywhere:asgi --port {port} --http h11", ASGI),
    "uvicorn httptools": (
        "uvicorn tests.everywhere:asgi --port {port} --http httptools",
        ASGI,
    ),
    "hypercorn": ("hypercorn tests.everywhere:asgi --bind 127.0.0.1:{port}", ASGI),
    "granian asgi": (
        "granian tests.everywhere:asgi --port {port} --interface asgi",
        ASGI,
    ),
    "daphne": ("daphne tests.everywhere:asgi --port {port}", ASGI),
    "granian wsgi": (
        "granian tests.everywhere:wsgi --port {port} --interface wsgi",
        WSGI,
    ),
    "gunicorn": ("gunicorn tests.everywhere:wsgi --bind 127.0.0.1:{port}", WSGI),
    "waitress": ("waitress --listen 127.0.0.1:{port} tests.everywhere:wsgi", WSGI),
    "werkzeug": (_OWN.format("werkzeug"), WSGI),
    "wsgiref": (_OWN.format("wsgiref"), WSGI),
    "cheroot": (_OWN.format("cheroot"), WSGI),
}
"""What runs each server, and the adapters that it serves."""

PAIRS = [(server, adapter) for server, (_, all_) in SERVERS.items() for adapter in all_]
EVERY = pytest.mark.parametrize(("server", "adapter"), PAIRS)

GOOD, OTHER = mint(), mint(sub="other")
BEARER = f"Authorization: Bearer {GOOD}"
FORGED = (
    "X-Consumer-ID: forged",
    "X_Consumer_ID: forged",
    "X-Consumer_Username: forged",
    "X_CONSUMER_USERNAME: forged",
    "X-Consumer-Groups: forged",
    "X_Credential_Identifier: forged",
    "X_Anonymous_Consumer: true",
)
HIDES_FIRST = "cheroot"
"""Hands on the last of two lines alone: nobody behind it can tell."""

NONE = "A bearer token is required"
TWICE = "The header of the token was sent more than once"
DIFFER = "The request carries more than one token"
REFUSED = {
    "no token": (NONE,),
    "forged headers alone": (NONE, *FORGED),
    "two Authorization lines": (TWICE, BEARER, f"Authorization: Bearer {OTHER}"),
    "two equal Authorization lines": (TWICE, BEARER, BEARER),
    "two schemes": (TWICE, "Authorization: Basic eDp5", BEARER),
    "Authorization joined by a comma": (TWICE, f"{BEARER}, Bearer {OTHER}"),
    "two cookies of one name": (DIFFER, f"Cookie: jwt={GOOD}; jwt={OTHER}"),
    "two Cookie lines": (DIFFER, f"Cookie: jwt={GOOD}", f"Cookie: jwt={OTHER}"),
    "cookies joined by a comma": (DIFFER, f"Cookie: jwt={GOOD},jwt={OTHER}"),
    "header and cookie differ": (DIFFER, BEARER, f"Cookie: jwt={OTHER}"),
}
"""What the client is told, and the lines of its request."""

LOST = {name for name in REFUSED if name.startswith("two ")}
LOST -= {"two cookies of one name"}


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """Run every server, and give their ports."""
    with running({name: command for name, (command, _) in SERVERS.items()}) as found:
        yield found


def told(port: int, kind: str, adapter: str, *lines: str) -> dict[str, str]:
    """Give the identity headers that a view of an adapter sees."""
    status, body = ask(port, f"/{kind}/{adapter}", "Host: a.example", *lines)
    assert status == 200
    seen: dict[str, str] = json.loads(body)
    return seen


@EVERY
def test_forged_headers_beside_a_token(
    ports: dict[str, int], server: str, adapter: str
) -> None:
    """Whatever spelling a server lets through, the view reads who really calls."""
    seen = told(ports[server], "guarded", adapter, *FORGED, BEARER, *FORGED)
    assert seen["X-Consumer-Username"] == "jack"
    assert "forged" not in seen.values()
    assert "X-Anonymous-Consumer" not in seen


@EVERY
def test_forged_headers_of_a_guest(
    ports: dict[str, int], server: str, adapter: str
) -> None:
    """The anonymous consumer is told, and nobody else."""
    seen = told(ports[server], "guest", adapter, *FORGED)
    assert seen["X-Consumer-Username"] == "guest"
    assert "forged" not in seen.values()


@EVERY
def test_forged_headers_on_a_public_path(
    ports: dict[str, int], server: str, adapter: str
) -> None:
    """Where nobody is asked who calls, nobody is told."""
    assert told(ports[server], "public", adapter, *FORGED) == {}


@EVERY
@pytest.mark.parametrize("attack", REFUSED)
def test_attack_is_refused(
    ports: dict[str, int], server: str, adapter: str, attack: str
) -> None:
    """What one adapter refuses over one server, all refuse over all."""
    if server == HIDES_FIRST and attack in LOST:
        pytest.skip("the server hands on the last line alone")
    text, *lines = REFUSED[attack]
    status, body = ask(ports[server], f"/guarded/{adapter}", "Host: a.example", *lines)
    assert (status, text.encode() in body) == (401, True)
