import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.http import StreamingHttpResponse

from jwtgate import ConfigurationError
from jwtgate.testing import Answer, Request, signed_in
from jwtgate.testing.requests import Unsendable
from jwtgate.testing.senders import sender
from tests.kit import make_gate, mint
from tests.testing.frameworks import ATTACKED, asgi_app

TOKEN = mint()
GOOD = Request(path="/me", headers=((b"Authorization", f"Bearer {TOKEN}".encode()),))
HANDSHAKE = Request(path="/room", websocket=True)

every_client = pytest.mark.parametrize("made", ATTACKED.values(), ids=ATTACKED)


@every_client
def test_a_request_comes_to_the_app(made: Callable[..., Any]) -> None:
    """Of each client, and its answer comes back."""
    with made(make_gate()) as client, sender(client) as send:
        answer = send(GOOD)
        assert (answer.status, answer.error) == (200, "")
        assert b"jack" in answer.body
        assert send(Request(path="/me")).status == 401


@every_client
def test_challenges_come_back(made: Callable[..., Any]) -> None:
    """Names of headers are in lower case."""
    with made(make_gate()) as client, sender(client) as send:
        headers = dict(send(Request(path="/me")).headers)
        assert headers[b"www-authenticate"].startswith(b"Bearer")


@pytest.mark.parametrize(
    "name", ["flask", "django", "django async", "werkzeug", "wsgi", "httpx"]
)
def test_handshakes_are_for_asgi(name: str) -> None:
    """Nothing else has any."""
    with (
        ATTACKED[name](make_gate()) as client,
        sender(client) as send,
        pytest.raises(Unsendable),
    ):
        send(HANDSHAKE)


def test_an_app_that_is_alive_has_its_state() -> None:
    """That of its lifespan, in the loop that it runs in."""
    with ATTACKED["starlette alive"](make_gate()) as client, sender(client) as send:
        assert send(GOOD).body == b"I am jack"


def test_a_function_may_send() -> None:
    """And give an answer, or a status alone."""
    with sender(lambda request: len(request.path)) as send:
        assert send(Request(path="/12")) == Answer(status=3)
    answer = Answer(status=204)
    with sender(lambda _request: answer) as send:
        assert send(Request()) is answer


@pytest.mark.parametrize("app", [asgi_app, "django async"])
def test_a_loop_that_runs_is_not_blocked(app: Any) -> None:
    """It is said what to do; a thread has a loop of its own."""

    def use(client: Any) -> int:
        with sender(client) as send:
            return send(GOOD).status

    async def main() -> int:
        with ATTACKED["asgi" if app is asgi_app else app](make_gate()) as client:
            with pytest.raises(ConfigurationError, match="to_thread"):
                use(client)
            return await asyncio.to_thread(use, client)

    assert asyncio.run(main()) == 200


@pytest.mark.parametrize("thing", [None, {}, "app:app"])
def test_what_is_no_client_is_an_error(thing: object) -> None:
    """It tells what is."""
    with pytest.raises(ConfigurationError, match="cannot be attacked"), sender(thing):
        pass


def test_a_streaming_answer_of_django_is_read() -> None:
    """An asynchronous one has no body here."""

    class Client:
        def __init__(self, response: Any) -> None:
            self.handler = lambda _environ: response

    async def parts() -> Any:
        yield b"a"

    for body, read in ((iter([b"a", b"b"]), b"ab"), (parts(), b"")):
        with sender(Client(StreamingHttpResponse(body))) as send:
            assert send(Request()).body == read


def _by(handle: Callable[[httpx2.Request], httpx2.Response], **options: Any) -> Any:
    transport = httpx2.MockTransport(handle)
    return httpx2.Client(transport=transport, base_url="http://x/base", **options)


@pytest.mark.parametrize("name", ["flask", "django", "fastapi", "httpx"])
def test_a_client_that_is_signed_in_sends_no_token_of_its_own(name: str) -> None:
    """Or every attack would have one."""
    gate = make_gate()
    with ATTACKED[name](gate) as client:
        jack = signed_in(client, gate, "jack-key")
        with sender(jack) as send:
            assert send(Request(path="/me")).status == 401


def test_an_asynchronous_client_of_httpx_cannot_send() -> None:
    """It is said what to do."""
    with (
        pytest.raises(ConfigurationError, match="give the app itself"),
        sender(httpx2.AsyncClient()),
    ):
        pass


def test_a_client_of_httpx_sends_a_target_as_it_is() -> None:
    """Below its base, and nothing that would let it in."""
    seen: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(302, headers={"Location": "/elsewhere"})

    options = {"headers": {"Authorization": "Bearer x"}, "cookies": {"a": "b"}}
    with sender(_by(handle, auth=("a", "b"), **options)) as send:
        assert send(Request(path="/x/%2e%2e/me", query="c")).status == 302
    assert seen[0].extensions["target"] == b"/base/x/%2e%2e/me?c"
    assert "authorization" not in seen[0].headers
    assert "cookie" not in seen[0].headers


def test_lines_of_a_request_are_sent_by_httpx() -> None:
    """Each of them."""
    seen: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200)

    lines = ((b"Authorization", b"a"), (b"authorization", b"b"), (b"Cookie", b"c=d"))
    with sender(_by(handle)) as send:
        send(Request(headers=lines))
    assert seen[0].headers.get_list("authorization") == ["a", "b"]
    assert seen[0].headers["cookie"] == "c=d"


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (httpx2.RemoteProtocolError("sesame"), ""),
        (httpx2.ReadError("sesame"), ""),
        (LookupError("sesame"), "LookupError"),
    ],
    ids=str,
)
def test_a_connection_that_is_closed_is_no_answer(
    raised: Exception, error: str
) -> None:
    """Servers refuse so what is no HTTP; anything else is the app's failure."""

    def handle(_request: httpx2.Request) -> httpx2.Response:
        raise raised

    with sender(_by(handle)) as send:
        assert send(Request()) == Answer(error=error)


@pytest.mark.parametrize(
    "raised", [httpx2.LocalProtocolError("x"), httpx2.InvalidURL("x")], ids=str
)
def test_what_httpx_refuses_is_not_sent(raised: Exception) -> None:
    """Illegal octets, say."""

    def handle(_request: httpx2.Request) -> httpx2.Response:
        raise raised

    with sender(_by(handle)) as send, pytest.raises(Unsendable):
        send(Request())
