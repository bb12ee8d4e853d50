import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import redis

from jwtgate import Credential, StoreError, UnusableCredential
from jwtgate.secrets.keyring import Keyring
from jwtgate.stores.records import consumer_record
from jwtgate.stores.redis.documents import KeyDocument
from jwtgate.stores.redis.opening import (
    Memo,
    Opened,
    aopen_all,
    is_of_another_type,
    open_all,
    unreadable,
)
from jwtgate.stores.strongbox import Strongbox
from tests.kit import KEY, SECRET, jack
from tests.stores.redis.worlds import OLD

PLAIN = Strongbox(None, None)
SEALING = Strongbox(Keyring({"old": OLD}), None)

Opens = Callable[[Strongbox, KeyDocument], Opened]


def await_all(box: Strongbox, document: KeyDocument) -> Opened:
    """Open a document in an event loop of its own."""
    return asyncio.run(aopen_all(box, document))


both = pytest.mark.parametrize("opens", [open_all, await_all])


def row_of(box: Strongbox = PLAIN, key: str = KEY, **more: Any) -> dict[str, Any]:
    """Draft a record."""
    return box.draft(jack(), {"key": key, "secret": SECRET})[1] | more


def document_of(*rows: dict[str, Any], key: str = KEY, **owner: Any) -> KeyDocument:
    """Make the document of a key."""
    return KeyDocument(key, consumer_record(jack()) | owner, rows)


def is_usable(found: Credential | UnusableCredential) -> bool:
    """Whether a gate can verify with it."""
    return type(found) is Credential and found.key == KEY


@both
def test_a_document_gives_its_credentials(opens: Opens) -> None:
    """In its order."""
    found = opens(PLAIN, document_of(row_of(kid="b"), row_of()))
    assert [isinstance(each, Credential) and each.kid for each in found] == ["b", None]
    assert all(map(is_usable, found))


JUNK: dict[str, dict[str, Any]] = {
    "empty": {},
    "half": {"key": KEY},
    "algorithm": row_of(algorithm="none"),
    "numbers": dict.fromkeys(row_of(), 7),
    "nothing": dict.fromkeys(row_of()),
    "no secret": row_of(secret=None),
    "an odd secret": row_of(secret="jwtgate:?"),
    "a sealed secret": row_of(SEALING),
    "a reference": row_of(secret="$env://SECRET"),
    "another key": row_of(key="other"),
}


@both
@pytest.mark.parametrize("row", JUNK.values(), ids=JUNK)
def test_junk_is_unusable_and_others_live_on(opens: Opens, row: dict[str, Any]) -> None:
    """It is a 503, unless another one verifies."""
    junk, good = opens(PLAIN, document_of(row, row_of()))
    assert isinstance(junk, UnusableCredential)
    assert (junk.key, junk.refuses) == (KEY, False)
    assert SECRET not in repr(junk)
    assert is_usable(good)


@both
@pytest.mark.parametrize("owner", [{"enabled": 7}, {"groups": 7}, {"username": "\n"}])
def test_a_consumer_that_is_junk_makes_no_credential(
    opens: Opens, owner: dict[str, Any]
) -> None:
    """Whoever it was."""
    (found,) = opens(PLAIN, document_of(row_of(), **owner))
    assert isinstance(found, UnusableCredential)


@both
def test_a_document_copied_to_another_key_is_not_served(opens: Opens) -> None:
    """The attack is to make one's own credential answer for another issuer."""
    (found,) = opens(PLAIN, document_of(row_of(), key="another"))
    assert isinstance(found, UnusableCredential)
    assert found.key == "another"


@both
def test_a_copied_record_with_the_key_changed_does_not_open(opens: Opens) -> None:
    """The envelope is bound to the key."""
    row = row_of(SEALING) | {"key": "another"}
    (found,) = opens(SEALING, document_of(row, key="another"))
    assert isinstance(found, UnusableCredential)


@both
def test_a_credential_put_under_another_consumer_does_not_open(opens: Opens) -> None:
    """The envelope is bound to the consumer."""
    (found,) = opens(SEALING, document_of(row_of(SEALING), id="admin"))
    assert isinstance(found, UnusableCredential)


@both
def test_a_plain_secret_is_refused_where_secrets_are_sealed(opens: Opens) -> None:
    """The attack is to write one's own."""
    (found,) = opens(SEALING, document_of(row_of(PLAIN)))
    assert isinstance(found, UnusableCredential)


# What is no document


def test_what_cannot_be_read_is_one_that_cannot_be_used() -> None:
    """It says why, and is a 503."""
    assert unreadable(KEY, StoreError("junk")) == (
        UnusableCredential(key=KEY, why="junk", refuses=False),
    )


def test_a_value_of_another_type_is_told_from_a_redis_that_fails() -> None:
    """The one is of one key, the other of all."""
    assert is_of_another_type(redis.ResponseError("WRONGTYPE Operation against a key"))
    assert not is_of_another_type(redis.ResponseError("LOADING"))
    assert not is_of_another_type(ConnectionError("refused"))


# The memo


class Remembered:
    """A memo that keeps documents."""

    def __init__(self, box: Strongbox = PLAIN) -> None:
        self.box = box
        self.memo = Memo(box)

    def keep(self, document: KeyDocument) -> Opened:
        """Open and keep one."""
        opened = open_all(self.box, document)
        return self.memo.keep(document, document.written(), opened)

    def has(self, document: KeyDocument) -> bool:
        """Whether it is known without opening it."""
        return self.memo.get(document.key, document.written()) is not None


def test_a_document_that_has_not_changed_is_opened_once() -> None:
    """The same objects are given."""
    document, remembered = document_of(row_of()), Remembered()
    opened = remembered.keep(document)
    assert remembered.memo.get(KEY, document.written()) is opened


def test_one_that_has_changed_is_opened_again() -> None:
    """And the one before is not kept."""
    remembered, before, after = Remembered(), document_of(row_of()), document_of()
    remembered.keep(before)
    assert not remembered.has(after)
    remembered.keep(after)
    assert not remembered.has(before)


def test_the_document_of_another_key_is_another() -> None:
    """Even if it is the same."""
    remembered = Remembered()
    remembered.keep(document_of(row_of()))
    assert not remembered.has(document_of(row_of(), key="another"))


def test_a_key_that_is_gone_is_forgotten() -> None:
    """Its secret is not kept any longer than it is good."""
    document, remembered = document_of(row_of()), Remembered()
    remembered.keep(document)
    assert remembered.memo.get(KEY, None) == ()
    assert not remembered.has(document)


@pytest.mark.parametrize(
    "row",
    [{}, row_of(tags=["t" * 20_000])],
    ids=["unusable", "large"],
)
def test_what_cannot_be_used_or_is_large_is_not_kept(row: dict[str, Any]) -> None:
    """The one may be mended without a change, the other would take much memory."""
    document, remembered = document_of(row), Remembered()
    remembered.keep(document)
    assert not remembered.has(document)


class Manager:
    """A secret manager that knows one secret."""

    def resolve(self, _: str) -> str:
        """Give it."""
        return SECRET


def test_what_a_reference_stands_for_is_asked_each_time() -> None:
    """It may be another one by now."""
    manager: Any = Manager()
    document = document_of(row_of(secret="$env://SECRET"))
    remembered = Remembered(Strongbox(None, manager))
    (opened,) = remembered.keep(document)
    assert is_usable(opened)
    assert not remembered.has(document)


def test_a_bounded_number_of_keys_is_kept() -> None:
    """Unlike those that there are."""
    remembered, opened = Remembered(), ()
    for number in range(1030):
        document = document_of(key=str(number))
        remembered.memo.keep(document, document.written(), opened)
    kept = [remembered.has(document_of(key=str(number))) for number in range(1030)]
    assert sum(kept) <= 1024
    assert kept[-1]
