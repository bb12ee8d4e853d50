from collections.abc import Iterator
from typing import Any
from wsgiref.validate import validator

from jwtgate.testing import Answer, Request
from jwtgate.testing.wsgisending import environ_of, send_wsgi


def test_an_environ_has_what_was_sent() -> None:
    """Octets as latin-1, as PEP 3333 has them."""
    environ = environ_of(Request(method="POST", path="/a%2F%ff", query="b", body=b"c"))
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["PATH_INFO"] == "/a/\xff"
    assert environ["RAW_URI"] == "/a%2F%ff?b"
    assert environ["QUERY_STRING"] == "b"
    assert environ["CONTENT_LENGTH"] == "1"
    assert environ["wsgi.input"].read() == b"c"


def test_names_fold_and_lines_join() -> None:
    """As under servers that let underscores pass."""
    headers = (
        *((b"X-A", b"1"), (b"x_a", b"\xff")),
        *((b"Cookie", b"a"), (b"Cookie", b"b"), (b"Content-Type", b"x/y")),
    )
    environ = environ_of(Request(headers=headers))
    assert environ["HTTP_X_A"] == "1,\xff"
    assert environ["HTTP_COOKIE"] == "a,b"
    assert environ["CONTENT_TYPE"] == "x/y"


def test_an_app_answers_by_the_rules() -> None:
    """Those of PEP 3333 are kept, says the standard library."""

    def app(_environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("201 Created", [("Content-Type", "text/plain")])
        write(b"a")
        return [b"b"]

    sent = Request(method="GET", path="/")
    answer = send_wsgi(validator(app), sent)
    headers = ((b"content-type", b"text/plain"),)
    assert answer == Answer(status=201, headers=headers, body=b"ab")


def test_what_an_app_raises_is_told_by_its_name() -> None:
    """Also in its body, which is closed all the same."""
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            yield b"a"
            raise LookupError("sesame")

        def close(self) -> None:
            closed.append(True)

    def app(_environ: Any, start_response: Any) -> Body:
        start_response("200 OK", [])
        return Body()

    answer = send_wsgi(app, Request())
    assert (answer.status, answer.error, closed) == (200, "LookupError", [True])
