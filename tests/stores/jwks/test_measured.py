from http.client import HTTPResponse
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from jwtgate import StoreError
from jwtgate.stores.jwks.measured import MAX_FRAMING, measured

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
MOST = 100 + MAX_FRAMING - len(HEAD)


def answer(octets: bytes) -> tuple[HTTPResponse, BytesIO]:
    """Begin to read an answer whose document may have 100 octets."""
    sent = BytesIO(HEAD + octets)
    connection: Any = SimpleNamespace(makefile=lambda _: sent)
    made = measured(100)(connection, method="GET")
    made.begin()
    return made, sent


@pytest.mark.parametrize("length", [0, 100, MOST])
def test_an_answer_is_what_was_sent(length: int) -> None:
    """Its frames may have more octets than a document."""
    found, sent = answer(b"x" * length)
    assert found.read() == b"x" * length
    assert sent.closed


def test_an_answer_with_too_many_octets_is_not_read_to_its_end() -> None:
    """Even when all of it is asked for at once."""
    found, sent = answer(b"x" * MOST * 4)
    with pytest.raises(StoreError, match="too many octets"):
        found.read()
    assert sent.tell() < MOST * 2
    found.close()
