import asyncio
from typing import Any

import pytest

from jwtgate import Credential, StoreError, UnusableCredential
from jwtgate.errors import ConfigurationError
from jwtgate.stores.paging import Page
from jwtgate.stores.records import Record
from jwtgate.stores.sql.opening import Opener, usable
from jwtgate.stores.strongbox import Strongbox
from tests.kit import KEY, SECRET, credential
from tests.stores.sql.test_rows import raw


class Manager:
    """What references stand for, as a store asks it; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def resolve(self, text: str) -> str:
        """Give it."""
        self.asked += 1
        if "nowhere" in text:
            raise ConfigurationError("nothing is there")
        return SECRET

    async def aresolve(self, text: str) -> str:
        """Give the same."""
        return self.resolve(text)

    def peek(self, text: str) -> str | None:
        """Give what is known."""
        return None if "nowhere" in text else SECRET


def opener(secrets: Any = None) -> Opener:
    """Make what opens rows."""
    return Opener(Strongbox(None, secrets))


def row(**changes: Any) -> tuple[Any, ...]:
    """Give a row that can be used."""
    return raw(**{"kid": "", "secret": SECRET, **changes})


@pytest.fixture(params=["open", "aopen"])
def opened(request: pytest.FixtureRequest) -> Any:
    """Open rows in each world."""

    def opened(by: Opener, *rows: tuple[Any, ...]) -> tuple[Any, ...]:
        if request.param == "open":
            return by.open(rows)
        return asyncio.run(by.aopen(rows))

    return opened


def test_a_row_becomes_a_credential(opened: Any) -> None:
    """With its secret."""
    (made,) = opened(opener(), row())
    assert (made.key, made.reveal_secret()) == (KEY, SECRET.encode())


def test_a_row_that_has_not_changed_is_opened_once(opened: Any) -> None:
    """It always gives the same."""
    by = opener()
    (first,), (second,) = opened(by, row()), opened(by, row())
    assert first is second


def test_a_row_that_has_changed_is_opened_anew(opened: Any) -> None:
    """Whatever has: the consumer's, too."""
    by = opener()
    opened(by, row())
    assert not opened(by, row(enabled=False))[0].enabled
    assert not opened(by, row(consumer_enabled=False))[0].consumer.enabled


def test_a_row_with_a_reference_is_resolved_each_time(opened: Any) -> None:
    """What it stands for may be another one by now."""
    manager = Manager()
    by = opener(manager)
    for _ in range(2):
        (made,) = opened(by, row(secret="$env://SECRET"))
        assert made.reveal_secret() == SECRET.encode()
    assert manager.asked == 2


def test_a_row_without_one_asks_nobody(opened: Any) -> None:
    """Though others have references."""
    manager = Manager()
    opened(opener(manager), row())
    assert manager.asked == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": None},
        {"secret": "short"},
        {"secret": b"\xff"},
        {"secret": "$env://nowhere"},
        {"secret": "jwtgate:v1:lost:AAAA"},
        {"algorithm": "none"},
        {"algorithm": None},
        {"tags": "{"},
        {"token_lifetime": 0},
        {"retire_after": float("nan")},
        {"enabled": 5},
        {"consumer_username": None, "consumer_custom_id": None},
        {"consumer_groups": "staff"},
        {"consumer_quota": "many"},
    ],
    ids=str,
)
def test_a_row_that_cannot_be_used_is_no_exception(
    opened: Any, changes: dict[str, Any]
) -> None:
    """Others live on; the gate answers 503 if none of them verifies."""
    spoilt, good = opened(opener(Manager()), row(**changes), row())
    assert (type(spoilt), spoilt.key) == (UnusableCredential, KEY)
    assert type(good) is Credential


def test_what_is_remembered_is_bounded(opened: Any) -> None:
    """It is a help, not a cache of all that there is."""
    by = Opener(Strongbox(None, None), most=2)
    rows = [row(id=f"{number}") for number in range(3)]
    made = opened(by, *rows)
    again = opened(by, *reversed(rows))
    assert [one is other for one, other in zip(made, reversed(again), strict=True)] == [
        False,
        False,
        True,
    ]


def test_a_page_is_opened_in_either_world() -> None:
    """Its cursor stays."""
    page: Page[Any] = Page((row(),), "next")
    by = opener()
    assert by.open_page(page) == asyncio.run(by.aopen_page(page))
    assert by.open_page(page).cursor == "next"


def test_the_one_that_was_asked_for_can_be_used() -> None:
    """Else whoever asked is told why."""
    assert usable([credential()]) == credential()
    lost = UnusableCredential(key=KEY, why="its secret does not open")
    with pytest.raises(StoreError, match="does not open"):
        usable([lost])


def test_a_record_is_what_the_strongbox_takes() -> None:
    """The row's number and owner are no part of it."""
    seen: list[Record] = []

    class Box:
        """Looks at records."""

        def open(self, record: Record) -> Any:
            """See one."""
            seen.append(record)
            return UnusableCredential(key=KEY, why="")

    box: Any = Box()
    Opener(box).open([row()])
    assert not {"number", "owner"} & seen[0].keys()
