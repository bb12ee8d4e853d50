from threading import Barrier, Thread
from typing import Any

import pytest

from jwtgate import ConfigurationError, Conflict, Consumer, NotFound
from tests.databases import AnyStore, Place
from tests.kit import KEY, SECRET
from tests.stores.sql.conftest import Make

# Which folding, padding or normalising collations take for "j\u00e4ck".
NEAR = [
    "J\u00c4CK",
    "jack",
    "j\u00e4ck ",
    " j\u00e4ck",
    "ja\u0308ck",
    "\uff4a\u00e4ck",
]

TABLES = [
    "jwtgate_consumers",
    "jwtgate_consumer_names",
    "jwtgate_consumer_tags",
    "jwtgate_keys",
    "jwtgate_credentials",
    "jwtgate_credential_tags",
]

sync_only = pytest.mark.parametrize(
    "place", ["sqlite", "psycopg", "pymysql"], indirect=True
)
sqlite_only = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def at_once(*calls: Any) -> list[Any]:
    """Make calls in threads, and give what they returned or raised."""
    barrier = Barrier(len(calls))
    outcomes: list[Any] = []

    def make(call: Any) -> None:
        barrier.wait(10)
        try:
            outcomes.append(call())
        except Exception as error:  # noqa: BLE001 - the test judges it
            outcomes.append(error)

    threads = [Thread(target=make, args=(call,)) for call in calls]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return outcomes


def counts(place: Place) -> list[int]:
    """Count the rows of each table."""
    return [place.rows(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES]  # noqa: S608 - names above


def test_names_are_compared_exactly(store: AnyStore) -> None:
    """Octet by octet, whatever the database does with texts otherwise."""
    made = [store.create_consumer(username=name, custom_id=name) for name in NEAR]
    assert [store.get_consumer(name) for name in NEAR] == made
    assert [store.find_consumer(name) for name in NEAR] == made
    assert store.find_consumer("j\u00e4ck") is None


def test_tags_are_compared_exactly(store: AnyStore) -> None:
    """As names are; nobody has two that are one."""
    store.create_consumer(username="jack", tags=[*NEAR, *NEAR])
    for tag in NEAR:
        assert len(store.list_consumers(tag=tag).items) == 1
    assert store.list_consumers(tag="j\u00e4ck").items == ()


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "a" * 513], ids=ascii)
@sync_only
def test_a_name_that_is_in_no_table_is_not_found(store: AnyStore, name: str) -> None:
    """Drivers fail on some of them, which would be a 503."""
    assert store.find_consumer(name) is None
    assert store.list_consumers(tag=name).items == ()
    with pytest.raises(NotFound):
        store.get_consumer(name)
    with pytest.raises(NotFound):
        store.delete_consumer(name)


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "a" * 513},
        {"custom_id": "\u00e9" * 257},
        {"username": "a", "id": "a" * 513},
        {"username": "a", "tags": ["a" * 513]},
    ],
    ids=["username", "custom_id", "id", "tag"],
)
@sync_only
def test_a_text_that_is_too_long_is_refused(
    store: AnyStore, place: Place, fields: dict[str, Any]
) -> None:
    """A database that cut it off would make it another one's."""
    with pytest.raises(ConfigurationError, match="octets"):
        store.create_consumer(**fields)
    assert sum(counts(place)) == 0


@sync_only
def test_the_id_of_a_consumer_stays(store: AnyStore) -> None:
    """Secrets are sealed for it, and tokens of others name it."""
    store.create_consumer(username="jack")
    with pytest.raises(ConfigurationError, match="id"):
        store.update_consumer("jack", id="other")


@sync_only
def test_who_is_his_own_namesake_has_one_name(store: AnyStore) -> None:
    """A consumer whose id is its username."""
    store.create_consumer(username="jack", id="jack")
    changed = store.update_consumer("jack", username="john")
    assert store.find_consumer("jack") == store.find_consumer("john") == changed


@sync_only
def test_a_name_that_is_given_up_is_free(store: AnyStore) -> None:
    """For another one, at once."""
    jack = store.create_consumer(username="jack", custom_id="1")
    store.update_consumer(jack, username="john", custom_id="2")
    assert store.find_consumer("jack") is None
    store.create_consumer(username="jack", id="other", custom_id="1")


@sync_only
def test_nothing_is_left_of_a_consumer(store: AnyStore, place: Place) -> None:
    """Even where the database is not told to heed foreign keys."""
    store.create_consumer(username="jack", tags=["t"])
    for kid in ("a", "b"):
        store.create_credential("jack", key=KEY, kid=kid, secret=SECRET, tags=["t"])
    assert counts(place) == [1, 2, 1, 1, 2, 2]
    store.delete_consumer("jack")
    assert counts(place) == [0, 0, 0, 0, 0, 0]


@sqlite_only
def test_nothing_is_left_if_foreign_keys_are_not_heeded(
    make: Make, place: Place
) -> None:
    """As in SQLite by an engine of the user's."""
    store = make(place.engine)
    store.create_consumer(username="jack", tags=["t"])
    store.create_credential("jack", key=KEY, secret=SECRET, tags=["t"])
    store.delete_consumer("jack")
    assert counts(place) == [0, 0, 0, 0, 0, 0]


@sync_only
def test_a_number_is_not_used_twice(store: AnyStore) -> None:
    """A cursor stays good though the last rows of its page go."""
    for name in ("a", "b"):
        store.create_consumer(username=name)
    page = store.list_consumers(limit=1)
    store.delete_consumer("a")
    store.delete_consumer("b")
    store.create_consumer(username="c")
    (found,) = store.list_consumers(cursor=page.cursor).items
    assert found.username == "c"


@sync_only
def test_lists_of_a_tag_are_paged(store: AnyStore) -> None:
    """In the order of creation."""
    for number in range(5):
        store.create_consumer(username=f"{number}", tags=["even"] if number % 2 else [])
    page = store.list_consumers(tag="even", limit=1)
    rest = store.list_consumers(tag="even", limit=1, cursor=page.cursor)
    names = [each.username for each in (*page.items, *rest.items)]
    assert (names, rest.cursor) == (["1", "3"], None)


@sync_only
def test_a_row_that_somebody_spoilt_is_mended_by_a_change(
    store: AnyStore, place: Place
) -> None:
    """Looking it up fails: it is not known who may do what."""
    store.create_consumer(username="jack")
    place.run("UPDATE jwtgate_consumers SET quota = 'many'")
    with pytest.raises(ConfigurationError):
        store.find_consumer("jack")
    store.update_consumer("jack", quota="3/30s")
    assert store.find_consumer("jack").quota == store.get_consumer("jack").quota


# Many at once


@sync_only
def test_a_name_goes_to_one_of_many(store: AnyStore) -> None:
    """As its id or as its username."""
    outcomes = at_once(
        *(
            lambda number=number: store.create_consumer(
                **{"username": "jack", "id": f"{number}"}
                if number % 2
                else {"username": f"{number}", "id": "jack"}
            )
            for number in range(8)
        )
    )
    won = [each for each in outcomes if isinstance(each, Consumer)]
    assert len(won) == 1
    assert {type(each) for each in outcomes} == {Consumer, Conflict}


@sync_only
def test_a_rename_against_a_look_up_by_the_old_name(store: AnyStore) -> None:
    """Who waited for it does not change what has another name by then."""
    jack = store.create_consumer(username="jack")
    outcomes = at_once(
        *(lambda: store.update_consumer("jack", username="john") for _ in range(8))
    )
    assert {type(each) for each in outcomes} == {Consumer, NotFound}
    assert [each for each in outcomes if isinstance(each, Consumer)] == [
        Consumer(id=jack.id, username="john")
    ]


@sync_only
def test_a_deletion_against_new_credentials(store: AnyStore, place: Place) -> None:
    """None of them is left without its consumer."""
    store.create_consumer(username="jack")
    outcomes = at_once(
        lambda: store.delete_consumer("jack"),
        *(lambda: store.create_credential("jack", secret=SECRET) for _ in range(7)),
    )
    assert all(
        not isinstance(each, Exception) or type(each) is NotFound for each in outcomes
    )
    assert counts(place) == [0, 0, 0, 0, 0, 0]
