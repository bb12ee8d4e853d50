from collections.abc import Callable
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from jwtgate import ConfigurationError, Gate, Policy
from jwtgate.counting import Counter
from jwtgate.current import Current
from jwtgate.memo import Memos
from jwtgate.ready import Ready, make_ready
from jwtgate.settings import Settings
from tests.kit import ListStore, WaitingStore, clock


def make(settings: Settings, *, clock: Callable[[], float]) -> Ready:
    """Make settings ready, as a gate does."""
    return make_ready(
        settings, gate=None, clock=clock, counter=Counter(), memos=Memos(0)
    )


def settings_of(realm: str | None = None, store: Any = None) -> Settings:
    """Make settings that a test can tell apart."""
    return Settings(store=store or ListStore(), policy=Policy(realm=realm))


def current(**fields: Any) -> Current:
    """Make the first ones ready."""
    return Current(make, settings_of(**fields), clock)


def realm_of(subject: Current) -> str | None:
    """Tell by which settings is decided."""
    return subject.ready.settings.policy.realm


def other_clock() -> float:
    """Tell another time."""
    return 5.0


class File:
    """A source that a test writes to."""

    version_read = 1

    def __init__(self, realm: str = "file") -> None:
        self.realm = realm
        self.looked = Event()

    def read(self) -> Settings:
        """Give settings with its realm."""
        return settings_of(self.realm)

    def version(self) -> int:
        """Tell that nothing has changed, and that somebody asked."""
        self.looked.set()
        return 1


class Marked(ListStore):
    """A store that a test can tell apart."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark


def gate() -> Gate:
    """Make a gate to be reloaded."""
    return Gate(ListStore(), clock=clock)


# Making and replacing


def test_the_first_settings_are_ready_at_once() -> None:
    """No request waits for them."""
    subject = current(realm="first")
    assert realm_of(subject) == "first"
    assert subject.begin() is subject.ready


def test_settings_that_cannot_work_are_refused() -> None:
    """Before there is anything to decide by."""
    with pytest.raises(ConfigurationError, match="a store needs"):
        Current(make, settings_of(store=object()), clock)


def test_settings_are_replaced() -> None:
    """In one step."""
    subject = current()
    subject.replace(settings_of("second"))
    assert realm_of(subject) == "second"


def test_settings_that_cannot_work_do_not_replace_any() -> None:
    """All stays as it was."""
    subject = current(realm="first")
    with pytest.raises(ConfigurationError, match="a store needs"):
        subject.replace(settings_of(store=object()), other_clock)
    assert (realm_of(subject), subject.clock) == ("first", clock)


def test_a_request_holds_on_to_what_it_began_with() -> None:
    """It sees the old settings or the new, never some of both."""
    subject = current(realm="first")
    begun = subject.begin()
    subject.replace(settings_of("second"))
    assert begun.settings.policy.realm == "first"


def test_a_clock_may_be_replaced_too() -> None:
    """By one that is given."""
    subject = current()
    subject.replace(settings_of(), other_clock)
    assert subject.clock() == 5.0


def test_a_clock_stays_unless_one_is_given() -> None:
    """Also with other settings."""
    subject = current()
    subject.replace(settings_of())
    assert subject.clock is clock


# What a mount needs


def test_a_store_that_would_block_is_refused_where_it_may_not() -> None:
    """When the gate is mounted."""
    with pytest.raises(ConfigurationError, match="in_thread"):
        current(store=WaitingStore()).require("async")


def test_what_was_mounted_is_demanded_of_what_comes_later() -> None:
    """A reload must not bring what would block the event loop."""
    subject = current(realm="first")
    subject.require("async")
    with pytest.raises(ConfigurationError, match="in_thread"):
        subject.replace(settings_of("second", WaitingStore()))
    assert realm_of(subject) == "first"


def test_what_was_not_mounted_is_not_demanded() -> None:
    """The store suits what is there."""
    subject = current()
    subject.require("sync")
    subject.replace(settings_of("second", WaitingStore()))
    assert realm_of(subject) == "second"


def test_what_could_not_be_mounted_is_not_demanded_later() -> None:
    """Nobody uses it."""
    subject = current(store=WaitingStore())
    with pytest.raises(ConfigurationError):
        subject.require("async")
    subject.replace(settings_of("second", WaitingStore()))
    assert realm_of(subject) == "second"


def test_a_store_is_asked_about_once() -> None:
    """A second mount asks nothing, though nothing is ready any more."""
    subject = current()
    subject.require("sync")
    nothing: Any = None
    subject.ready = nothing
    subject.require("sync")


# Reloading


def test_without_a_source_nothing_is_reloaded() -> None:
    """And it is said why."""
    with pytest.raises(ConfigurationError, match="not loaded from a file"):
        current().reload()


def test_a_reload_reads_the_source() -> None:
    """As it is now."""
    subject, file = current(), File()
    subject.follow(gate(), file, watch=False)
    file.realm = "changed"
    subject.reload()
    assert realm_of(subject) == "changed"


class Overtaken(File):
    """A source that changes, and is read by another one, while it is read."""

    def __init__(self, subject: Current) -> None:
        super().__init__()
        self.subject = subject

    def read(self) -> Settings:
        """Give what was there before; the first time, let the other one read, too."""
        realm, self.realm = self.realm, "newer"
        if realm != "newer":
            self.subject.reload()
        return settings_of(realm)


def test_a_reload_that_was_overtaken_does_not_count() -> None:
    """What began to be read earlier is older, though it is ready later."""
    subject = current()
    subject.follow(gate(), Overtaken(subject), watch=False)
    subject.reload()
    assert realm_of(subject) == "newer"


class Slow(File):
    """A source that takes its time to be read."""

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.done = Event(), Event()

    def read(self) -> Settings:
        """Wait until the test says that it is read."""
        self.reading.set()
        assert self.done.wait(10)
        return settings_of("slow")


def test_no_request_waits_for_a_source_that_is_read() -> None:
    """Nor does a mount."""
    subject, slow = current(realm="first"), Slow()
    subject.follow(gate(), slow, watch=False)
    reloading = Thread(target=subject.reload)
    reloading.start()
    assert slow.reading.wait(10)
    subject.require("sync")
    began = subject.begin().settings.policy.realm
    slow.done.set()
    reloading.join()
    assert (began, realm_of(subject)) == ("first", "slow")


# Watching


def test_without_watching_nothing_looks_at_the_source() -> None:
    """A reload is asked for."""
    subject = current()
    subject.follow(gate(), File(), watch=False)
    subject.begin()
    assert subject.watch is None


def test_watching_begins_with_the_first_request() -> None:
    """Not before a server forks."""
    subject, file, watched = current(), File(), gate()
    subject.follow(watched, file, watch=True)
    assert not file.looked.is_set()
    subject.begin()
    assert file.looked.wait(10)
    assert subject.watch is not None
    subject.watch.stop()


@pytest.mark.parametrize("watch", [True, False], ids=["watched", "not watched"])
def test_another_source_ends_the_watch_of_the_one_before(
    watch: bool,  # noqa: FBT001 - pytest's
) -> None:
    """Its changes say nothing any more."""
    subject, watched = current(), gate()
    subject.follow(watched, File(), watch=True)
    before = subject.watch
    subject.follow(watched, File(), watch=watch)
    assert before is not None
    assert not before.look()
    assert (subject.watch is not None) is watch


def test_many_threads_replace_and_decide() -> None:
    """Each sees whole settings: a realm and the store that came with it."""
    subject = current(realm="0", store=Marked("0"))
    begin = Barrier(8)
    seen: list[tuple[object, object]] = []

    def work(number: int) -> None:
        begin.wait()
        for turn in range(50):
            realm = f"{number}.{turn}"
            subject.replace(settings_of(realm, Marked(realm)))
            found = subject.begin().settings
            seen.append((found.policy.realm, getattr(found.store, "mark", None)))

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [pair for pair in seen if pair[0] != pair[1]] == []
