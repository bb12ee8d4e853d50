import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.errors import SecretUnavailable
from jwtgate.secrets import Leased
from jwtgate.secrets.documents import MAX_DOCUMENTS, Documents
from jwtgate.secrets.grammar import parse
from jwtgate.secrets.kept import Ages
from tests.secrets.fakes import Clock, Manager, Slow

AGES = Ages(refresh_every=60, keep_for=3600, retry_after=5)
KEY = ("own/main", "jack")


class Kept:
    """Documents of one manager, or of two, at a test's time."""

    def __init__(self, manager: Any = None, other: Any = None) -> None:
        self.manager = manager or Manager(jack={"key": "one"})
        self.clock = Clock()
        managers = {"own/main": self.manager}
        if other is not None:
            managers["own/other"] = other
        self.documents = Documents(managers, AGES, self.clock)

    def get(self, path: str = "jack", *, fixed: bool = False) -> str:
        """Give the member ``key`` of a document."""
        reference = parse("$secret://own/main/jack/key")
        assert reference is not None
        content = self.documents.get(("own/main", path), fixed=fixed)
        return content.text(reference)

    def after(self, seconds: float) -> int:
        """Let time pass, refresh, and tell the version."""
        self.clock.now += seconds
        self.documents.refresh()
        return self.documents.version


@pytest.fixture(name="errors")
def _errors(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Take what is logged from INFO on."""
    with caplog.at_level(logging.INFO, "jwtgate"):
        yield caplog


def test_a_document_is_asked_for_once() -> None:
    """Then it is there, and may be peeked at."""
    kept = Kept()
    assert kept.documents.peek(KEY) is None
    assert [kept.get() for _ in range(3)] == ["one"] * 3
    assert kept.documents.peek(KEY) is not None
    assert kept.manager.asked == ["jack"]


def test_a_document_is_asked_for_again_when_it_is_due() -> None:
    """And not before; the version tells that it is another."""
    kept = Kept()
    kept.get()
    kept.manager.kept["jack"] = {"key": "two"}
    assert kept.after(59) == 0
    assert kept.get() == "one"
    assert kept.after(1) == 1
    assert kept.get() == "two"


def test_an_unchanged_document_is_no_change() -> None:
    """However often it is asked for."""
    kept = Kept()
    kept.get()
    assert [kept.after(60) for _ in range(3)] == [0, 0, 0]
    assert len(kept.manager.asked) == 4


@pytest.mark.parametrize(("lease", "due"), [(20, 10), (1000, 60), (0, 1), (-5, 1)])
def test_a_lease_is_kept_for_half_of_its_time(lease: float, due: float) -> None:
    """But for a second at least, and never longer than others."""
    kept = Kept(Manager(jack=Leased({"key": "one"}, lease)))
    assert kept.get() == "one"
    kept.after(due - 0.1)
    assert len(kept.manager.asked) == 1
    kept.after(0.2)
    assert len(kept.manager.asked) == 2


def test_what_a_manager_gave_is_kept_while_it_does_not_answer() -> None:
    """Until it is too old; then it is lost, and had again as soon as it answers."""
    kept = Kept()
    kept.get()
    kept.manager.error = TimeoutError()
    assert kept.after(3599) == 0
    assert kept.get() == "one"
    assert kept.after(1) == 1
    with pytest.raises(SecretUnavailable, match=r"does not answer \(TimeoutError\)"):
        kept.get()
    assert kept.documents.peek(KEY) is None
    kept.manager.error = None
    assert kept.after(5) == 2
    assert kept.get() == "one"


def test_what_is_too_old_is_noticed_though_nobody_refreshes() -> None:
    """A manager that hangs must not make it last longer."""
    kept = Kept()
    kept.get()
    kept.clock.now += 3600
    assert kept.documents.version == 1
    assert kept.documents.version == 1
    assert kept.documents.peek(KEY) is None


def test_a_manager_that_failed_is_not_asked_for_a_while() -> None:
    """Neither for that document nor for another."""
    manager = Manager(jack={"key": "one"}, jill={"key": "two"})
    manager.error = TimeoutError()
    kept = Kept(manager)
    for path in ("jack", "jack", "jill", "jill"):
        with pytest.raises(SecretUnavailable, match="does not answer"):
            kept.get(path)
    assert manager.asked == ["jack"]
    manager.error = None
    assert kept.after(5) == 2
    assert [kept.get("jack"), kept.get("jill")] == ["one", "two"]


def test_an_outage_of_one_manager_is_none_of_another() -> None:
    """The other is asked as ever, in the same round."""
    broken, well = Manager(a={}, b={}, c={}), Manager(jack={"key": "one"})
    kept = Kept(broken, well)
    for path in ("a", "b", "c"):
        kept.documents.get(("own/main", path))
    kept.documents.get(("own/other", "jack"))
    broken.error = TimeoutError()
    kept.after(60)
    assert (len(broken.asked), len(well.asked)) == (4, 2)


def test_one_document_that_fails_keeps_no_other_from_its_turn() -> None:
    """It goes to the end of the row, though it lets its manager rest each time."""
    manager = Manager(a={"key": "1"}, b={"key": "1"}, c={"key": "1"})
    kept = Kept(manager)
    for path in "abc":
        kept.get(path)
    manager.kept |= {"a": OSError(), "b": {"key": "2"}, "c": {"key": "2"}}
    for _ in range(3):
        kept.after(60)
    assert [kept.get(path) for path in "abc"] == ["1", "2", "2"]


def test_a_document_that_may_not_be_read_stops_no_other() -> None:
    """A manager that says so answers; it is asked again for this one after a while."""
    manager = Manager(jack=PermissionError(), jill={"key": "two"})
    kept = Kept(manager)
    with pytest.raises(SecretUnavailable, match="jack may not be read"):
        kept.get()
    assert kept.get("jill") == "two"
    manager.kept["jack"] = {"key": "one"}
    kept.after(5)
    assert kept.get() == "one"


def test_a_document_that_may_not_be_read_any_more_is_kept_for_a_while() -> None:
    """A policy that was changed by mistake stops nobody at once."""
    kept = Kept()
    kept.get()
    kept.manager.kept["jack"] = PermissionError()
    assert kept.after(60) == 0
    assert kept.get() == "one"


def test_a_document_that_is_gone_is_gone_at_once() -> None:
    """It was deleted so that nobody comes in by it."""
    kept = Kept()
    kept.get()
    del kept.manager.kept["jack"]
    assert kept.after(60) == 1
    with pytest.raises(ConfigurationError, match="jack is not there"):
        kept.get()
    kept.manager.kept["jack"] = {"key": "two"}
    assert kept.after(60) == 2
    assert kept.get() == "two"


@pytest.mark.parametrize("junk", [None, 5, b"octets", Leased(5, 5), Leased("a", "b")])  # type: ignore[arg-type]
def test_a_manager_that_gives_junk_does_not_answer(junk: Any) -> None:
    """What it gave before is kept."""
    kept = Kept()
    kept.get()
    kept.manager.kept["jack"] = junk
    kept.after(60)
    assert kept.get() == "one"


def test_a_configuration_asks_again_for_what_is_due() -> None:
    """Nobody may refresh it before: there is no thread yet."""
    kept = Kept()
    assert kept.get(fixed=True) == "one"
    kept.manager.kept["jack"] = {"key": "two"}
    kept.clock.now += 60
    assert kept.get() == "one"
    assert kept.get(fixed=True) == "two"


def test_everything_can_be_refreshed_at_once() -> None:
    """By who knows that it was changed."""
    kept = Kept()
    kept.get()
    kept.manager.kept["jack"] = {"key": "two"}
    kept.documents.refresh(everything=True)
    assert kept.get() == "two"


def test_who_asks_at_the_same_time_waits_for_one_answer() -> None:
    """The manager is asked once for all."""
    slow = Slow(jack={"key": "one"})
    kept = Kept(slow)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(kept.get) for _ in range(8)]
        assert slow.began.wait(10)
        slow.may_go_on.set()
        assert [each.result(10) for each in asked] == ["one"] * 8
    assert slow.asked == ["jack"]


class Behind(Slow):
    """Gives what was there when it was asked."""

    def fetch(self, path: str) -> Any:
        """Look, then wait."""
        found = self.kept[path]
        super().fetch(path)
        return found


def test_what_is_refreshed_by_hand_is_what_is_there_now() -> None:
    """Who was asking already may have what was there before."""
    behind = Behind(jack={"key": "one"})
    kept = Kept(behind)
    behind.may_go_on.set()
    kept.get()
    behind.may_go_on.clear()
    behind.began.clear()
    with ThreadPoolExecutor(2) as threads:
        early = threads.submit(kept.after, 60)
        assert behind.began.wait(10)
        behind.kept["jack"] = {"key": "two"}
        late = threads.submit(kept.documents.refresh, everything=True)
        behind.may_go_on.set()
        early.result(10)
        late.result(10)
    assert kept.get() == "two"


class Interrupted(Manager):
    """Is interrupted while it is asked."""

    def fetch(self, path: str) -> Any:
        """Raise what no code catches."""
        self.asked.append(path)
        raise KeyboardInterrupt


def test_an_interruption_passes_and_leaves_nothing_behind() -> None:
    """Who asks next, asks."""
    kept = Kept(Interrupted())
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            kept.get()


class Full(Manager):
    """Has a document of every name."""

    def fetch(self, path: str) -> Any:
        """Give the name."""
        return {"key": path}


def test_documents_are_bounded() -> None:
    """The oldest is forgotten, but for those of a configuration."""
    kept = Kept(Full())
    kept.get("fixed", fixed=True)
    for number in range(MAX_DOCUMENTS):
        kept.get(str(number))
    assert kept.documents.peek(("own/main", "0")) is None
    assert kept.documents.peek(("own/main", "1")) is not None
    assert kept.documents.peek(("own/main", "fixed")) is not None


def test_a_configuration_with_too_many_documents() -> None:
    """Not all of them could be kept fresh; it is told, and nothing is forgotten."""
    kept = Kept(Full())
    for number in range(MAX_DOCUMENTS):
        kept.get(str(number), fixed=True)
    with pytest.raises(ConfigurationError, match="one document of secret managers too"):
        kept.get("more", fixed=True)
    assert kept.get("more") == "more"
    assert kept.get("0", fixed=True) == "0"


def test_what_happens_is_told_once(errors: pytest.LogCaptureFixture) -> None:
    """By the name of the document, and never what is in it."""
    kept = Kept(Manager(jack={"key": "hunter2"}, jill={"key": "hunter2"}))
    kept.get()
    kept.get("jill")
    kept.manager.kept["jack"] = PermissionError("hunter2")
    for _ in range(3):
        kept.after(60)
    kept.manager.kept["jack"] = {"key": "hunter2"}
    kept.after(60)
    del kept.manager.kept["jill"]
    kept.after(60)
    kept.manager.error = ConnectionError("hunter2")
    for _ in range(3):
        kept.after(1800)
    told = [each.getMessage() for each in errors.records]
    assert told == [
        "$secret://own/main/jack may not be read",
        "$secret://own/main/jack is back",
        "$secret://own/main/jill is not there",
        (
            "the secret manager own/main does not answer (ConnectionError); what it "
            "gave is used until it is 3600 seconds old"
        ),
        "$secret://own/main/jack is older than 3600 seconds, and is not used any more",
    ]
