"""The chat example, by programs; a browser is in test_browser_page.py."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from examples import chat
from examples.serving import serving
from jwtgate import Gate
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.issue import issue
from tests.kit import ListStore, credential, mint

PATIENCE = 10.0
"""Seconds after which a chat that says nothing fails its test."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the chat."""
    with serving(chat.app) as http:
        yield http.replace("http", "ws") + "/chat"


def token_of(name: str) -> str:
    """Sign a token for a member."""
    return issue(chat.credentials[name], expires_in=300)


def joined(address: str, name: str) -> ClientConnection:
    """Join with a bearer token, when everything said before is forgotten."""
    chat.said.clear()
    headers = {"Authorization": f"Bearer {token_of(name)}"}
    return connect(address, additional_headers=headers)


def heard(member: ClientConnection) -> Any:
    """Give what a member hears next."""
    return json.loads(member.recv(PATIENCE))


def refused(address: str, **headers: str) -> int:
    """Give the status of a handshake that is refused."""
    with pytest.raises(InvalidStatus) as error:
        connect(address, additional_headers=headers)
    return error.value.response.status_code


def test_everybody_hears_who_spoke(address: str) -> None:
    """What one member says reaches the other with the speaker's username."""
    with joined(address, "jack") as jack, joined(address, "jill") as jill:
        jill.send("one")
        assert heard(jill) == {"from": "jill", "text": "one"}
        jack.send("two")
        assert heard(jill) == {"from": "jack", "text": "two"}


def test_a_member_hears_what_was_said_before(address: str) -> None:
    """What was said before is told on joining."""
    with joined(address, "jack") as jack:
        jack.send("early")
        heard(jack)
        headers = {"Authorization": f"Bearer {token_of('jill')}"}
        with connect(address, additional_headers=headers) as jill:
            assert heard(jill) == {"from": "jack", "text": "early"}


def test_octets_are_an_empty_message(address: str) -> None:
    """A frame that is no text does not end the chat."""
    with joined(address, "jack") as jack:
        jack.send(b"\xff")
        assert heard(jack) == {"from": "jack", "text": ""}


def test_no_token_joins_nothing(address: str) -> None:
    """Without a token the handshake is refused."""
    assert refused(address) == 401


@pytest.mark.parametrize(
    "origin",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {}],
    ids=["another", "opaque", "none"],
)
def test_cross_site_websocket_hijacking(address: str, origin: dict[str, str]) -> None:
    """A cookie joins from the chat's own origin alone."""
    cookie = f"__Host-session={token_of('jack')}"
    assert refused(address, Cookie=cookie, **origin) == 403


def test_a_cookie_joins_from_the_own_origin(address: str) -> None:
    """The Origin that a browser sends for the chat's own page passes."""
    origin = address.replace("ws", "http").removesuffix("/chat")
    lines = {"Cookie": f"__Host-session={token_of('jack')}", "Origin": origin}
    chat.said.clear()
    with connect(address, additional_headers=lines) as jack:
        jack.send("here")
        assert heard(jack) == {"from": "jack", "text": "here"}


@contextmanager
def behind_a_late_gate() -> Iterator[str]:
    """Serve the chat behind a gate whose clock is an hour late."""
    gate = Gate(ListStore(credential()), clock=lambda: time.time() - 3600)
    late = Starlette(
        routes=[WebSocketRoute("/chat", chat.chat)],
        middleware=[Middleware(JWTGateMiddleware, gate=gate)],
    )
    with serving(late) as http:
        yield http.replace("http", "ws") + "/chat"


def test_a_connection_ends_with_its_token() -> None:
    """When the token has expired the member is put out, with 1008."""
    expired = {"Authorization": f"Bearer {mint(exp=time.time() - 60)}"}
    chat.said.clear()
    with (
        behind_a_late_gate() as address,
        connect(address, additional_headers=expired) as jack,
        pytest.raises(ConnectionClosedError) as closed,
    ):
        jack.recv(PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
