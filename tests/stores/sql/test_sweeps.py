from functools import partial
from typing import Any

import pytest

from jwtgate import ConfigurationError, NotFound, StoreError, UnusableCredential
from jwtgate.secrets.keyring import MARK, Keyring
from jwtgate.stores.sql.credentials import Credentials
from jwtgate.stores.sql.database import Database
from jwtgate.stores.sql.sweeps import resealed
from jwtgate.stores.sql.transaction import Transaction
from jwtgate.stores.strongbox import Strongbox
from tests.databases import AnyStore, Place
from tests.kit import SECRET, clock
from tests.stores.sql.conftest import Make
from tests.stores.sql.test_consumers import sync_only

OLD, NEW = Keyring.new_key(), Keyring.new_key()
BEFORE, AFTER = Keyring({"old": OLD}), Keyring({"new": NEW, "old": OLD})
EVEN = "WHERE tags LIKE '%even%'"
SECRETS = "SELECT secret FROM jwtgate_credentials ORDER BY number"


def fill(store: AnyStore, number: int = 3) -> None:
    """Add so many credentials of jack's, each of its own key and tags."""
    store.create_consumer(username="jack")
    for each in range(number):
        tags = ["all", "even"] if each % 2 == 0 else ["all"]
        store.create_credential("jack", key=f"key-{each}", secret=SECRET, tags=tags)


def kept(place: Place) -> list[str]:
    """Give the secrets that are in the table."""
    return [row[0] for row in place.rows(SECRETS)]


# Lists


def test_lists_are_paged_in_the_order_of_creation(store: AnyStore) -> None:
    """Each row once."""
    fill(store)
    page = store.list_credentials(limit=2)
    rest = store.list_credentials(limit=2, cursor=page.cursor)
    keys = [each.key for each in (*page.items, *rest.items)]
    assert (keys, rest.cursor) == (["key-0", "key-1", "key-2"], None)


@sync_only
def test_a_list_of_a_tag_and_a_consumer(store: AnyStore) -> None:
    """Both have to be."""
    fill(store)
    jill = store.create_consumer(username="jill")
    store.create_credential(jill, key="jill-key", secret=SECRET, tags=["even"])
    found = store.list_credentials(consumer="jack", tag="even").items
    assert [each.key for each in found] == ["key-0", "key-2"]
    (found,) = store.list_credentials(consumer=jill).items
    assert found.key == "jill-key"


@sync_only
def test_a_list_of_a_tag_is_paged(store: AnyStore) -> None:
    """By the rows that have it."""
    fill(store)
    page = store.list_credentials(tag="even", limit=1)
    (found,) = store.list_credentials(tag="even", limit=1, cursor=page.cursor).items
    assert found.key == "key-2"


@pytest.mark.parametrize("tag", ["a\0", "\ud800", "a" * 513], ids=ascii)
@sync_only
def test_a_tag_that_is_in_no_table_has_no_credentials(
    store: AnyStore, tag: str
) -> None:
    """Drivers fail on some of them."""
    fill(store, 1)
    assert store.list_credentials(tag=tag).items == ()


@sync_only
def test_a_list_of_nobody_is_not_found(store: AnyStore) -> None:
    """Nor is one with a limit that cannot be."""
    with pytest.raises(NotFound):
        store.list_credentials(consumer="nobody")
    with pytest.raises(StoreError):
        store.list_credentials(limit=0)


def test_what_cannot_be_used_is_listed(store: AnyStore, place: Place) -> None:
    """One row that is spoilt does not hide the others."""
    fill(store)
    place.run(f"UPDATE jwtgate_credentials SET secret = 'short' {EVEN}")  # noqa: S608 - above
    found = store.list_credentials().items
    assert [type(each) is UnusableCredential for each in found] == [True, False, True]


# Sealing anew


def test_every_secret_is_sealed_anew(make: Make, place: Place) -> None:
    """Then the old key is of no more use."""
    fill(make(keyring=BEFORE))
    assert make(keyring=AFTER).reencrypt() == 3
    assert all(each.startswith(f"{MARK}new:") for each in kept(place))
    (found,) = make(keyring=Keyring({"new": NEW})).find("key-1")
    assert found.reveal_secret() == SECRET.encode()


@sync_only
def test_what_is_sealed_so_already_stays(make: Make, place: Place) -> None:
    """Nothing is written."""
    store = make(keyring=AFTER)
    fill(store)
    before = kept(place)
    assert store.reencrypt() == 0
    assert kept(place) == before


@sync_only
def test_plain_secrets_become_sealed_ones(make: Make, place: Place) -> None:
    """Those of before there was a keyring, if it is asked for."""
    fill(make())
    assert make(keyring=AFTER).reencrypt(plain=True) == 3
    assert SECRET not in "".join(kept(place))


@sync_only
def test_attack_with_a_plain_secret_that_waits_to_be_sealed(
    make: Make, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """Who may write rows, and has no key, does not have the operator seal one."""
    fill(make(keyring=BEFORE))
    place.run(f"UPDATE jwtgate_credentials SET secret = '{SECRET}' {EVEN}")  # noqa: S608 - above
    assert make(keyring=AFTER).reencrypt() == 1
    assert caplog.text.count("is not sealed, and has to be") == 2
    assert SECRET not in caplog.text


@sync_only
def test_without_a_keyring_nothing_is_sealed(store: AnyStore) -> None:
    """Not even where there is nothing to seal."""
    with pytest.raises(ConfigurationError, match="keyring"):
        store.reencrypt()


@sync_only
def test_what_does_not_open_is_left_and_reported(
    make: Make, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """By its id; the others are sealed."""
    fill(make(keyring=BEFORE))
    place.run(f"UPDATE jwtgate_credentials SET id = 'lost-id' {EVEN}")  # noqa: S608 - above
    assert make(keyring=AFTER).reencrypt() == 1
    assert caplog.text.count("lost-id") == 2


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_what_is_no_secret_at_all_is_left_and_reported(
    make: Make, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """A row may hold anything."""
    fill(make(keyring=BEFORE), 2)
    place.run(f"UPDATE jwtgate_credentials SET secret = x'ff' {EVEN}")  # noqa: S608 - above
    assert make(keyring=AFTER).reencrypt() == 1
    assert "not sealed anew: " in caplog.text


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_whatever_sealing_raises_is_reported(
    store: AnyStore, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are sealed, and the log shows no more than the kind of error."""
    fill(store, 2)

    class Failing:
        """Fails at a row, as at one that holds what nobody thought of."""

        def resealed(self, record: Any, **_: Any) -> dict[str, str]:
            """Give an envelope, or fail."""
            if record["secret"] is None:
                return {}
            if record["key"] == "key-0":
                raise ZeroDivisionError(record["secret"])
            return {"secret": "envelope"}

    box: Any = Failing()
    work = partial(resealed, box=box, after=0, plain=True)
    assert Database(place.url).change(work) == (1, None)
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_more_are_sealed_than_one_transaction_takes(make: Make, place: Place) -> None:
    """Others change something in between."""
    fill(make(), 0)
    create = Credentials(Strongbox(None, None), clock).create

    def add(now: Transaction) -> None:
        for number in range(101):
            create(now, "jack", {"key": f"{number}", "secret": SECRET})

    Database(place.url).change(add)
    assert make(keyring=AFTER).reencrypt(plain=True) == 101


@pytest.mark.parametrize("place", ["psycopg", "pymysql"], indirect=True)
def test_what_another_one_changes_meanwhile_is_not_overwritten(
    store: AnyStore, place: Place
) -> None:
    """A secret that was replaced, since it was known, must not come back."""
    fill(store, 1)

    class Slow:
        """Seals, while another one changes the row."""

        def resealed(self, record: Any, *, plain: bool) -> dict[str, str]:
            """Give an envelope."""
            if plain or record["secret"] is None:
                return {}
            place.run("UPDATE jwtgate_credentials SET secret = 'another'")
            return {"secret": "envelope"}

    box: Any = Slow()
    database = Database(place.url)
    assert database.change(lambda now: resealed(now, box, 0, plain=False)) == (0, None)
    assert kept(place) == ["another"]
