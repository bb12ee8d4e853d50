import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, TypeAlias

import pytest
from sqlalchemy import create_engine

from jwtgate import ConfigurationError
from jwtgate.denylist import KINDS, Subject
from jwtgate.denylists.sql import AsyncSQLDenylist, SQLDenylist
from tests.databases import (
    DRIVERS,
    SYNC_DRIVERS,
    AnyStore,
    Place,
    Places,
    counted,
    opened,
)
from tests.kit import NOW
from tests.stores.sql.test_consumers import at_once

JACK = Subject.consumer("jack")
JTI = Subject.jti("jack-key", "1")
MARGIN = 10.0

Make: TypeAlias = Callable[..., AnyStore]


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Give the databases of this run."""
    made = Places(tmp_path_factory.mktemp("databases"))
    yield made
    made.drop()


@pytest.fixture(params=DRIVERS)
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """Give an empty database, for each driver in turn."""
    return places.place(request.param)


class Hands:
    """A clock that tests set."""

    now = NOW

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def hands() -> Hands:
    """Give the clock of the lists."""
    return Hands()


@pytest.fixture
def make(place: Place, hands: Hands) -> Iterator[Make]:
    """Make lists in the place."""
    kind: Any = AsyncSQLDenylist if place.is_async else SQLDenylist
    with ExitStack() as stack:

        def make(database: Any = None, **more: Any) -> AnyStore:
            given = {"clock": hands, "margin": MARGIN, **more}
            return stack.enter_context(opened(kind(database or place.url, **given)))

        yield make


@pytest.fixture
def denylist(make: Make) -> AnyStore:
    """Give a list."""
    return make()


sync_only = pytest.mark.parametrize("place", SYNC_DRIVERS, indirect=True)


def denials(denylist: AnyStore, *subjects: Subject) -> Any:
    """Look subjects up; jack if none is named."""
    return denylist.look_up([each.text for each in subjects or (JACK,)])


def test_whoever_is_denied_is_found(denylist: AnyStore) -> None:
    """And nobody else."""
    denylist.deny(JACK)
    denylist.deny(Subject.everyone(), issued_before=NOW)
    subjects = (JTI, JACK, Subject.consumer("Jack"), Subject.everyone())
    assert denials(denylist, *subjects) == {JACK.text: None, "everyone": NOW}


def test_whoever_is_allowed_again_is_not_found(denylist: AnyStore) -> None:
    """Allowing who is not denied does nothing."""
    denylist.deny(JACK)
    denylist.allow(JACK)
    denylist.allow(JTI)
    assert denials(denylist) == {}


def test_an_entry_outlives_its_token_by_a_margin(
    denylist: AnyStore, hands: Hands
) -> None:
    """A gate may take a token with leeway."""
    denylist.deny(JACK, until=NOW + 5)
    hands.now = NOW + 5 + MARGIN - 0.001
    assert denials(denylist) == {JACK.text: None}
    hands.now = NOW + 5 + MARGIN
    assert denials(denylist) == {}


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ({}, {"issued_before": NOW}, None),
        ({"issued_before": NOW}, {}, None),
        ({"issued_before": NOW}, {"issued_before": NOW - 1}, NOW),
        ({"issued_before": NOW - 1}, {"issued_before": NOW}, NOW),
    ],
    ids=["all", "all later", "earlier", "later"],
)
@sync_only
def test_the_stricter_of_two_holds(
    denylist: AnyStore,
    first: dict[str, float],
    second: dict[str, float],
    result: float | None,
) -> None:
    """What either denies is denied."""
    denylist.deny(JACK, **first)
    denylist.deny(JACK, **second)
    assert denials(denylist) == {JACK.text: result}


@pytest.mark.parametrize(
    ("first", "second"),
    [(NOW, None), (None, NOW), (NOW, NOW + 99), (NOW + 99, NOW)],
)
@sync_only
def test_the_longer_of_two_holds(
    denylist: AnyStore, hands: Hands, first: float | None, second: float | None
) -> None:
    """None is for ever."""
    denylist.deny(JACK, until=first)
    denylist.deny(JACK, until=second)
    hands.now = NOW + 99
    assert denials(denylist) == {JACK.text: None}


@sync_only
def test_an_entry_that_is_over_does_not_count(denylist: AnyStore, hands: Hands) -> None:
    """Whoever is denied anew is denied as is said now."""
    denylist.deny(JACK, until=NOW)
    hands.now = NOW + MARGIN
    denylist.deny(JACK, issued_before=NOW)
    assert denials(denylist) == {JACK.text: NOW}


@sync_only
def test_entries_that_are_over_are_removed_with_new_ones(
    denylist: AnyStore, hands: Hands, place: Place
) -> None:
    """So that the table does not grow for ever."""
    for number in range(3):
        denylist.deny(Subject.jti("jack-key", f"{number}"), until=NOW)
    hands.now = NOW + MARGIN
    denylist.deny(JACK)
    assert place.rows("SELECT subject FROM jwtgate_denied") == [(JACK.text,)]


def test_all_that_are_over_can_be_removed(
    denylist: AnyStore, hands: Hands, place: Place
) -> None:
    """More than one transaction takes; those that are not stay."""
    rows = ", ".join(f"('{number}', {NOW})" for number in range(1001))
    place.run(f"INSERT INTO jwtgate_denied (subject, until) VALUES {rows}")  # noqa: S608 - numbers
    denylist.deny(JACK)
    assert denylist.purge() == 0
    hands.now = NOW + MARGIN
    assert denylist.purge() == 1001
    assert denials(denylist) == {JACK.text: None}


@sync_only
def test_many_who_deny_the_same_agree(denylist: AnyStore) -> None:
    """The strictest holds, whoever comes last."""
    times = range(8)
    outcomes = at_once(
        *(
            lambda time=time: denylist.deny(JACK, issued_before=NOW + time)
            for time in times
        )
    )
    assert outcomes == [None] * len(times)
    assert denials(denylist) == {JACK.text: NOW + 7}


@pytest.mark.parametrize("number", [0, 1, 4, 40])
@sync_only
def test_any_number_of_subjects_is_looked_up(denylist: AnyStore, number: int) -> None:
    """None of those that are denied is left out."""
    subjects = [Subject.jti("jack-key", f"{each}") for each in range(number)]
    for each in subjects:
        denylist.deny(each)
    assert len(denylist.look_up([each.text for each in subjects])) == number


@pytest.mark.parametrize("text", ["jti:" + "a" * 77, "jti:\u00e9"])
@sync_only
def test_a_subject_that_is_none_is_refused(denylist: AnyStore, text: str) -> None:
    """A database that cut it off would deny another one."""
    with pytest.raises(ConfigurationError):
        denylist.deny(Subject(text))


def test_a_token_that_expires_after_all_clocks_is_denied(denylist: AnyStore) -> None:
    """Its ``exp`` is any number that its issuer wrote."""
    denylist.deny(JACK, until=10**400)
    assert denials(denylist) == {JACK.text: None}


@pytest.mark.parametrize("times", [{"until": "x"}, {"issued_before": float("nan")}])
def test_what_is_no_time_is_refused(denylist: AnyStore, times: dict[str, Any]) -> None:
    """And nothing is denied."""
    with pytest.raises(ConfigurationError):
        denylist.deny(JACK, **times)
    assert denials(denylist) == {}


@sync_only
def test_a_table_that_is_not_there_is_an_error(
    denylist: AnyStore, place: Place
) -> None:
    """A 503: that nobody is denied would be wrong."""
    place.run("ALTER TABLE jwtgate_denied RENAME TO away")
    try:
        with pytest.raises(Exception, match="jwtgate_denied"):
            denials(denylist)
    finally:
        place.run("ALTER TABLE away RENAME TO jwtgate_denied")


@pytest.mark.parametrize(
    ("place", "port"),
    [("psycopg", 5432), ("asyncpg", 5432), ("pymysql", 3306), ("asyncmy", 3306)],
    indirect=["place"],
)
def test_a_look_up_is_one_trip_to_the_database(
    make: Make, place: Place, port: int
) -> None:
    """However many subjects a token has."""
    with counted(port) as trips:
        denylist = make(place.url.replace("@127.0.0.1", f"@127.0.0.1:{trips.port}"))
        for _ in range(9):  # psycopg prepares a statement that comes often
            denials(denylist, JACK, JTI)
        before = trips.number
        denials(denylist, JACK, JTI)
        assert trips.number == before + 1
        denylist.close()


def test_what_tokens_are_revoked_by() -> None:
    """All kinds, unless it is said otherwise."""
    assert SQLDenylist("sqlite:///x.db").by == KINDS
    assert AsyncSQLDenylist("sqlite+aiosqlite:///x.db", by={"jti"}).by == {"jti"}
    with pytest.raises(ConfigurationError):
        SQLDenylist("sqlite:///x.db", by={"name"})


def test_a_password_is_not_shown() -> None:
    """Nor anything else of the URL."""
    where = "jack:hunter2@db/x"
    assert repr(SQLDenylist(f"mysql+pymysql://{where}")) == "SQLDenylist('mysql')"
    made = AsyncSQLDenylist(f"postgresql+asyncpg://{where}")
    assert repr(made) == "AsyncSQLDenylist('postgresql')"


def test_asynchronous_connections_are_closed(places: Places) -> None:
    """Those of the running loop."""

    async def use() -> Any:
        denylist = AsyncSQLDenylist(places.place("asyncpg").url)
        found = await denylist.alook_up([JACK.text])
        await denylist.aclose()
        return found

    assert asyncio.run(use()) == {}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_an_engine_may_be_given(make: Make, place: Place) -> None:
    """It is used as it is."""
    engine = create_engine(place.url)
    denylist = make(engine)
    denylist.deny(JACK)
    assert denials(denylist) == {JACK.text: None}
    engine.dispose()
