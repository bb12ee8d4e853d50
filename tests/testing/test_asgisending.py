import asyncio
from typing import Any

import pytest

from jwtgate.testing import Answer, Request, asgisending
from jwtgate.testing.asgisending import scope_of, send_asgi

SENT = Request(
    method="POST",
    path="/a%2F%ff",
    query="b=c",
    headers=((b"Host", b"x"), (b"X-One", b"1"), (b"x-one", b"\xff")),
    body=b"body",
)


def test_a_scope_has_what_was_sent() -> None:
    """Octet by octet; names in lower case, as servers give them."""
    scope = scope_of(SENT)
    assert scope["type"] == "http"
    assert scope["method"] == "POST"
    assert (scope["path"], scope["raw_path"]) == ("/a/\ufffd", b"/a%2F%ff")
    assert scope["query_string"] == b"b=c"
    assert scope["headers"] == [
        *((b"host", b"x"), (b"x-one", b"1"), (b"x-one", b"\xff"))
    ]


def test_the_scope_of_a_handshake_has_no_method() -> None:
    """ASGI: WebSocket connection scope."""
    scope = scope_of(Request(websocket=True))
    assert (scope["type"], scope["scheme"]) == ("websocket", "ws")
    assert "method" not in scope


def sent_to(app: Any, request: Request = SENT, **more: Any) -> Answer:
    """Send a request, as the matrix does."""
    return asyncio.run(send_asgi(app, request, **more))


def test_an_app_reads_the_body_and_answers() -> None:
    """In parts, if it likes; then it is told that nobody listens any more."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["state"])
        seen.append(await receive())
        headers = [(b"X-A", b"b")]
        start = {"type": "http.response.start", "status": 201, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})
        seen.append(await receive())

    answer = sent_to(app, state={"a": 1})
    assert answer == Answer(status=201, headers=((b"x-a", b"b"),), body=b"ab")
    assert seen == [
        {"a": 1},
        {"type": "http.request", "body": b"body", "more_body": False},
        {"type": "http.disconnect"},
    ]


def test_what_an_app_raises_is_told_by_its_name() -> None:
    """With the status, if it had answered before; without its text."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500})
        raise LookupError("sesame")

    assert sent_to(app) == Answer(status=500, error="LookupError")


def test_an_app_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It waits for more of the request, say."""
    monkeypatch.setattr(asgisending, "_PATIENCE", 0.01)

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        while True:
            await receive()

    assert sent_to(app) == Answer(error="TimeoutError")


@pytest.mark.parametrize(
    ("messages", "status"),
    [
        ([{"type": "websocket.accept"}, {"type": "websocket.close"}], 101),
        ([{"type": "websocket.close"}], 403),
        (
            [
                {"type": "websocket.http.response.start", "status": 401},
                {"type": "websocket.http.response.body"},
            ],
            401,
        ),
        ([{"type": "websocket.accept"}, {"type": "websocket.send", "text": "x"}], 101),
        ([], 0),
    ],
    ids=["accepted", "closed", "denied", "spoken to", "left"],
)
def test_a_handshake_has_a_status(messages: list[Any], status: int) -> None:
    """That of the answer that a browser would get."""
    seen: list[Any] = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        seen.append(await receive())
        for message in messages:
            await send(message)
        if status == 101:
            seen.append(await receive())

    assert sent_to(app, Request(websocket=True)).status == status
    assert [message["type"] for message in seen][:1] == ["websocket.connect"]
