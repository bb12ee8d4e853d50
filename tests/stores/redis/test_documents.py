import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import Consumer, NotFound, StoreError
from jwtgate.stores.redis.documents import (
    ConsumerDocument,
    KeyDocument,
    Member,
    read_id,
)
from tests.kit import jack

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
RAW = st.binary() | st.text() | JSON.map(json.dumps)
ROW = {
    "number": 7,
    "id": "i",
    "kid": None,
    "secret": None,
    "tags": [],
    "retire_after": None,
    "algorithm": "HS256",
}


def read_key(raw: bytes | str) -> KeyDocument:
    """Read the document of a key, for changing it."""
    return KeyDocument.read("k", raw).checked()


READERS: dict[str, Callable[[bytes | str], Any]] = {
    "consumer": ConsumerDocument.read,
    "key": read_key,
    "member": Member.read,
    "id": read_id,
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@given(RAW)
def test_any_octets_are_read_or_a_store_error(
    read: Callable[[bytes | str], Any], raw: bytes | str
) -> None:
    """So that what is not ours becomes a 503, not an unknown key."""
    with suppress(StoreError):
        read(raw)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"null", b"{}", b"[]", b"[" * 100_000, b"\xff", b'{"consumer": {}}'),
        b'{"consumer": {}, "credentials": [7]}',
    ],
    ids=["nothing", "null", "object", "list", "deep", "no UTF-8", "half", "number"],
)
def test_junk_is_a_store_error(read: Callable[[bytes], Any], raw: bytes) -> None:
    """Never None, which would be an unknown key."""
    with pytest.raises(StoreError):
        read(raw)


def test_a_consumer_is_written_and_read() -> None:
    """With its number."""
    document = ConsumerDocument.of(7, jack(groups=["staff"], quota="3/30s"))
    found = ConsumerDocument.read(document.written())
    assert (found.number, found.consumer()) == (7, document.consumer())


def test_a_key_is_written_and_read() -> None:
    """But for the key itself, which names the document."""
    document = KeyDocument("k", {"id": "i"}, (ROW,))
    assert KeyDocument.read("k", document.written()).checked() == document


def test_a_key_without_credentials_is_junk() -> None:
    """It would be an unknown key."""
    with pytest.raises(StoreError):
        KeyDocument.read("k", '{"consumer": {}, "credentials": []}')


@pytest.mark.parametrize("name", ROW)
def test_a_record_that_lacks_a_field_is_not_changed(name: str) -> None:
    """What could be lost with it is not known."""
    row = {field: value for field, value in ROW.items() if field != name}
    raw = json.dumps({"consumer": {"id": "i"}, "credentials": [row]})
    with pytest.raises(StoreError):
        read_key(raw)


def test_a_record_is_found_by_its_kid() -> None:
    """By exactly this one."""
    document = KeyDocument("k", {}, (ROW, {**ROW, "kid": "b"}))
    assert document.row("b")["kid"] == "b"


def test_an_unknown_kid_is_not_found() -> None:
    """None is a kid, too."""
    with pytest.raises(NotFound):
        KeyDocument("k", {}, ({**ROW, "kid": "b"},)).row(None)


def test_equal_records_are_told_apart() -> None:
    """Only the one that is meant goes."""
    one, other = dict(ROW), dict(ROW)
    assert KeyDocument("k", {}, (one, other)).without(one).rows == (other,)


@pytest.mark.parametrize("kid", ["b", None])
def test_a_member_is_written_and_read(kid: str | None) -> None:
    """Of a list of credentials."""
    member = Member(7, 'k"]', kid)
    assert Member.read(member.written().encode()) == member


@given(st.text())
def test_an_id_is_written_and_read(text: str) -> None:
    """Whatever a consumer is called."""
    assert read_id(json.dumps(text)) == text


def test_a_document_is_ascii() -> None:
    """So a client's encoding does not matter."""
    document = ConsumerDocument.of(7, Consumer(username="já\N{SNOWMAN}ck"))
    assert document.written().isascii()


def test_no_record_is_shown() -> None:
    """Secrets may be in it."""
    row = {**ROW, "secret": "s3cret"}
    assert "s3cret" not in repr(KeyDocument("k", {}, (row,)))
