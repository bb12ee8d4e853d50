import asyncio
import logging
import os
import threading
from typing import Any

import pytest

from jwtgate import Credential, StoreError, UnusableCredential
from jwtgate.stores.jwks.flight import Flight
from jwtgate.stores.jwks.keyset import read_keys
from jwtgate.stores.jwks.leash import Leash
from jwtgate.stores.jwks.refresher import Refresher
from jwtgate.stores.jwks.source import Fetched
from jwtgate.stores.jwks.waiting import Room, Wait
from tests.stores.jwks.provider import Clock, Source, document, is_idle, jwk, until
from tests.stores.jwks.test_issuer import NAME, issuer
from tests.stores.jwks.test_limits import limits

A, B = document(jwk("ES256", kid="a")), document(jwk("EdDSA", kid="b"))
BOTH = document(jwk("ES256", kid="a"), jwk("EdDSA", kid="b"))
DOWN = StoreError("it is down")


class Subject:
    """A refresher, its source and its clock."""

    def __init__(self, *answers: Any, **fields: Any) -> None:
        self.source = Source(*answers)
        self.clock = Clock()
        self.refresher = Refresher(
            NAME,
            self.source,
            lambda octets: read_keys(octets, issuer(), max_keys=9),
            limits=limits(**fields),
            clock=self.clock,
        )

    def find(self, kid: str | None = "a") -> Any:
        """Look a kid up, waiting if need be."""
        wait = self.refresher.need(kid)
        if wait is not None:
            wait.wait()
            self.refresher.settle(wait.flight)
        return self.refresher.find(kid, wait)

    def wait(self, flight: Flight) -> None:
        """Wait for a flight."""
        flight.wait()
        self.refresher.settle(flight)

    def need(self, kid: str | None = "a") -> Wait:
        """Look a kid up that somebody has to wait for; do not wait yet."""
        wait = self.refresher.need(kid)
        assert wait is not None
        return wait

    def kids(self, kid: str | None = "a") -> list[str | None]:
        """Look a kid up; give the kids of what is found."""
        return [each.kid for each in self.find(kid)]

    def fails(self, kid: str | None = "a") -> str:
        """Look a kid up, which must fail; tell why."""
        with pytest.raises(StoreError) as caught:
            self.find(kid)
        return str(caught.value)

    def settled(self) -> None:
        """Wait for what runs in the background."""
        until(is_idle)


# The first look-up


def test_nothing_runs_before_keys_are_asked_for() -> None:
    """Nor before a server forks."""
    assert Subject(A).source.asked == 0


def test_the_first_look_up_fetches() -> None:
    """And waits."""
    one = Subject(A)
    assert one.kids() == ["a"]
    assert one.source.asked == 1


def test_a_stampede_at_the_start_is_one_fetch() -> None:
    """All wait for it."""
    one = Subject(A)
    one.source.let.clear()
    flights = [one.refresher.need("a") for _ in range(50)]
    assert len(set(flights)) == 1
    one.source.let.set()
    assert one.kids() == ["a"]
    assert one.source.asked == 1


def test_a_stampede_of_threads_is_one_fetch() -> None:
    """Which all of them see the keys of."""
    one = Subject(A)
    found: list[Any] = []
    one.source.let.clear()
    threads = [
        threading.Thread(target=lambda: found.append(one.kids())) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    one.source.let.set()
    for thread in threads:
        thread.join()
    assert (found, one.source.asked) == ([["a"]] * 20, 1)


def test_without_keys_a_look_up_fails() -> None:
    """It is no unknown key."""
    assert Subject(DOWN).fails() == f"the keys of {NAME!r} cannot be had: it is down"


def test_without_keys_it_is_tried_again_soon() -> None:
    """Not for each request."""
    one = Subject(DOWN, A)
    one.fails()
    one.fails("b")
    one.clock.pass_by(1.9)
    one.fails()
    assert one.source.asked == 1
    one.clock.pass_by(0.1)
    assert one.kids() == ["a"]


def test_an_error_that_nobody_foresaw_is_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who waits is told, and the log has the traceback."""
    assert Subject(ZeroDivisionError("x")).fails().endswith(": ZeroDivisionError")
    assert "Traceback" in caplog.text


# Refreshing


def test_fresh_keys_are_not_fetched_again() -> None:
    """Nobody is asked for anything."""
    one = Subject(A)
    one.find()
    one.clock.pass_by(299)
    assert one.refresher.need("a") is None
    one.settled()
    assert one.source.asked == 1


def test_keys_that_are_due_are_fetched_in_the_background() -> None:
    """Requests go on with those of before."""
    one = Subject(A, BOTH)
    one.find()
    one.clock.pass_by(300)
    one.source.let.clear()
    for _ in range(5):
        assert one.refresher.need("a") is None
        assert one.kids() == ["a"]
    one.source.let.set()
    one.settled()
    assert one.kids("b") == ["b"]
    assert one.source.asked == 2


def test_a_key_that_is_gone_is_gone_after_the_next_fetch() -> None:
    """It is taken back."""
    one = Subject(A, B)
    one.find()
    one.clock.pass_by(300)
    one.find()
    one.settled()
    one.clock.pass_by(29)
    assert one.kids("a") == ["b"]  # one that cannot match


def test_a_key_that_was_taken_back_while_nobody_came_is_gone() -> None:
    """Its thief may be the first who comes."""
    one = Subject(A, B)
    one.find()
    one.clock.pass_by(330)
    assert one.kids("a") == ["b"]  # one that cannot match


def test_a_key_that_was_taken_back_after_an_outage_is_gone() -> None:
    """The fetch of before failed, and nobody came since."""
    one = Subject(A, DOWN, B)
    one.find()
    one.clock.pass_by(300)
    assert one.kids("a") == ["a"]
    one.settled()
    one.clock.pass_by(330)
    one.wait(one.need("a").flight)
    assert one.kids("a") == ["b"]  # one that cannot match


def test_keys_that_nobody_asked_for_are_used_if_they_cannot_be_fetched() -> None:
    """One look-up waits, the others do not."""
    one = Subject(A, DOWN)
    one.find()
    one.clock.pass_by(330)
    assert one.kids() == ["a"]
    one.clock.pass_by(329)
    one.source.let.clear()
    assert one.refresher.need("a") is None
    assert one.kids() == ["a"]
    one.source.let.set()
    one.settled()


def test_who_comes_while_a_failed_fetch_is_tried_again_in_time_does_not_wait() -> None:
    """However long that takes: a file that hangs is looked at once a second."""
    one = Subject(A, DOWN, refresh_every=1, cooldown=1)
    one.find()
    one.clock.pass_by(1)
    assert one.kids() == ["a"]
    one.settled()
    one.source.let.clear()
    for _ in range(3):
        one.clock.pass_by(1)
        assert one.refresher.need("a") is None
    one.source.let.set()
    one.settled()


def test_a_provider_may_ask_for_shorter_times() -> None:
    """By max-age."""
    one = Subject(Fetched(A, 60), A)
    one.find()
    one.clock.pass_by(60)
    one.find()
    one.settled()
    assert one.source.asked == 2


def test_a_provider_that_is_down_is_asked_once_per_cooldown() -> None:
    """However many requests come."""
    one = Subject(A, DOWN)
    one.find()
    one.clock.pass_by(300)
    for _ in range(3):
        for _ in range(20):
            assert one.kids() == ["a"]
        one.settled()
        one.clock.pass_by(30)
    assert one.source.asked == 4


def test_stale_keys_are_used_for_a_bounded_time() -> None:
    """Then the look-up fails: nobody is told that his token is bad."""
    one = Subject(A, DOWN)
    one.find()
    one.clock.pass_by(3899)
    assert one.kids() == ["a"]
    one.settled()
    one.clock.pass_by(30)
    assert one.fails().endswith("cannot be had: it is down")


def test_a_provider_that_comes_back_is_noticed() -> None:
    """After expired keys, too."""
    one = Subject(A, DOWN, B)
    one.find()
    one.clock.pass_by(4000)
    one.fails()
    one.clock.pass_by(2)
    assert one.kids("b") == ["b"]


def test_keys_that_expire_before_they_come_are_none() -> None:
    """As with a timeout longer than their life."""
    one = Subject(A, refresh_every=1, cooldown=1, max_stale=0)

    def slow(_: Leash) -> bytes:
        one.clock.pass_by(2)
        return A

    one.source.answers = [slow]
    assert one.fails().endswith("they have expired")


# Unknown kids


def test_a_new_kid_is_fetched_for() -> None:
    """A token of a rotated key passes at once."""
    one = Subject(A, BOTH)
    one.find()
    one.clock.pass_by(30)
    assert one.kids("b") == ["b"]


def test_kid_flood_the_provider_is_asked_once_per_cooldown() -> None:
    """Whoever sends what."""
    one = Subject(A)
    one.find()
    for _ in range(3):
        one.clock.pass_by(30)
        for number in range(100):
            assert one.kids(str(number)) == ["a"]  # one that cannot match
    assert one.source.asked == 4


def test_kid_flood_known_kids_wait_for_nothing() -> None:
    """Even while the provider stalls."""
    one = Subject(A)
    one.find()
    one.clock.pass_by(30)
    one.source.let.clear()
    wait = one.need("x")
    assert one.refresher.need("a") is None
    assert one.kids("a") == ["a"]
    one.source.let.set()
    one.wait(wait.flight)


def test_kid_flood_who_waits_for_a_kid_waits_a_second_at_most() -> None:
    """However long the fetch may take; his token is not denied."""
    one = Subject(A, timeout=10, patience=0.02)
    one.find()
    one.clock.pass_by(30)
    one.source.let.clear()
    (found,) = one.find("x")
    assert isinstance(found, UnusableCredential)
    assert (found.key, found.refuses) == (NAME, False)
    assert found.why.endswith("cannot be had: they have not come yet")
    one.source.let.set()
    one.settled()
    assert one.kids("x") == ["a"]  # one that cannot match


def test_kid_flood_few_wait_at_once() -> None:
    """The others are told at once that nothing is known, threads and loops alike."""
    one = Subject(document(jwk("ES256")), BOTH, timeout=10, kid_seats=2)
    one.find(None)
    one.clock.pass_by(30)
    one.source.let.clear()
    patient = [one.need(str(number)) for number in range(2)]
    with patient[0].room.seat(), patient[1].room.seat():
        keyless, unusable = one.find("b")
        assert isinstance(keyless, Credential)
        assert isinstance(unusable, UnusableCredential)
        asyncio.run(one.need("b").await_landing())
    one.source.let.set()
    assert one.kids("b") == ["b"]
    assert one.source.asked == 2


def test_kid_flood_takes_no_seat_from_who_waits_for_any_key() -> None:
    """Nobody is let in without one; they wait elsewhere."""
    one = Subject(A, B, kid_seats=1)
    one.find()
    one.clock.pass_by(330)
    one.source.let.clear()
    with one.need("x").room.seat():
        old = one.need("a")
        with old.room.seat() as has_one:
            assert has_one
    one.source.let.set()
    one.wait(old.flight)


def test_a_key_that_comes_at_the_last_moment_is_found() -> None:
    """Just after somebody gave up waiting for it."""
    one = Subject(A)
    one.find()
    gave_up = Wait(Flight(began=0, seconds=10), Room(seats=1, seconds=1))
    assert one.refresher.find("a", gave_up) == one.refresher.find("a")


def test_a_stampede_without_keys_is_bounded() -> None:
    """Who finds no seat is told at once that there are no keys."""
    one = Subject(A, timeout=10, seats=1)
    one.source.let.clear()
    with one.need("a").room.seat():
        assert one.fails().endswith("they have not come yet")
    one.source.let.set()
    assert one.kids() == ["a"]


def test_a_stampede_on_old_keys_passes_no_key_that_was_taken_back() -> None:
    """Who finds no seat is not let in by keys that nobody looked after for long."""
    one = Subject(A, B, timeout=10, seats=1)
    one.find()
    one.clock.pass_by(330)
    one.source.let.clear()
    with one.need("a").room.seat():
        assert one.fails("a").endswith("they have not come yet")
    one.source.let.set()
    assert one.kids("a") == ["b"]  # one that cannot match


def test_a_kid_that_could_not_be_looked_up_is_not_denied() -> None:
    """A 401 would make a client throw a good token away."""
    one = Subject(A, DOWN)
    one.find()
    one.clock.pass_by(30)
    (found,) = one.find("b")
    assert isinstance(found, UnusableCredential)
    assert (found.key, found.refuses) == (NAME, False)
    assert found.why.endswith("it is down")


def test_kid_flood_while_it_is_down_known_kids_are_served() -> None:
    """Who sends others changes nothing for them."""
    one = Subject(A, DOWN)
    one.find()
    one.clock.pass_by(30)
    one.find("x")
    assert one.kids("a") == ["a"]
    assert one.kids(None) == ["a"]


def test_a_key_without_a_kid_may_still_be_what_it_is() -> None:
    """It is tried, and only if it fails is nothing known."""
    one = Subject(document(jwk("ES256")), DOWN)
    one.find(None)
    one.clock.pass_by(30)
    first, second = one.find("b")
    assert isinstance(first, Credential)
    assert isinstance(second, UnusableCredential)


# Time


def test_a_fetch_that_hangs_is_given_up() -> None:
    """Whatever it hangs in."""
    one = Subject(A, timeout=0.05)
    one.source.let.clear()
    assert one.fails().endswith("there was no answer in time")
    one.source.let.set()


def test_a_fetch_that_was_given_up_comes_too_late() -> None:
    """Another may have been under way, and be newer."""
    one = Subject(A, timeout=0.05)
    one.source.let.clear()
    one.fails()
    one.source.let.set()
    one.settled()
    assert one.fails().endswith("there was no answer in time")
    one.clock.pass_by(2)
    assert one.kids() == ["a"]


def test_one_that_nobody_waits_for_is_given_up_by_the_next() -> None:
    """A background fetch, too, must not hang for ever."""
    one = Subject(A, timeout=0.05)
    one.find()
    one.clock.pass_by(300)
    one.source.let.clear()
    one.find()
    flight = one.need("b").flight
    until(lambda: flight.is_overdue)
    one.find()
    assert "no answer in time" in one.find("b")[0].why
    one.source.let.set()
    one.settled()


def test_a_system_without_threads_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a look-up that waits."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    one = Subject(A)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert one.fails().endswith("no thread could be started")
    one.clock.pass_by(2)
    assert one.kids() == ["a"]


# Forks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_has_a_fetch_of_its_own() -> None:
    """Though one is under way, and its lock held, at the fork."""
    one = Subject(A, timeout=5)
    one.source.let.clear()
    wait = one.need("a")
    pid = os.fork()
    if pid == 0:  # pragma: no cover - another process
        one.source.let = threading.Event()
        one.source.let.set()
        os._exit(0 if one.kids() == ["a"] else 1)
    one.source.let.set()
    assert os.waitpid(pid, 0)[1] == 0
    one.wait(wait.flight)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_has_seats_of_its_own() -> None:
    """Who waits at the fork waits on in his own process."""
    one = Subject(A, BOTH, kid_seats=1)
    one.find()
    one.clock.pass_by(30)
    one.source.let.clear()
    wait = one.need("b")
    with wait.room.seat():
        pid = os.fork()
        if pid == 0:  # pragma: no cover - another process
            one.source.let = threading.Event()
            one.source.let.set()
            os._exit(0 if one.kids("b") == ["b"] else 1)
    one.source.let.set()
    assert os.waitpid(pid, 0)[1] == 0
    one.wait(wait.flight)


# By hand


def test_a_refresh_by_hand_does_not_wait_for_its_turn() -> None:
    """Whoever asks for it is no client."""
    one = Subject(A, BOTH)
    one.find()
    flight = one.refresher.force()
    assert flight is not None
    one.wait(flight)
    one.refresher.require()
    assert one.kids("b") == ["b"]


def test_a_refresh_by_hand_says_what_failed() -> None:
    """The keys of before stay."""
    one = Subject(A, DOWN)
    one.find()
    flight = one.refresher.force()
    assert flight is not None
    one.wait(flight)
    with pytest.raises(StoreError, match="it is down"):
        one.refresher.require()
    assert one.kids() == ["a"]


def test_what_is_closed_fetches_nothing() -> None:
    """And finds nothing."""
    one = Subject(A)
    one.find()
    one.refresher.close()
    assert one.refresher.force() is None
    assert one.fails("b").endswith("their store is closed")
    assert one.fails("a").endswith("their store is closed")
    assert one.source.asked == 1


def test_closing_cuts_what_is_under_way() -> None:
    """Its thread ends."""
    cut = threading.Event()

    def hang(leash: Leash) -> bytes:
        until(lambda: leash.is_cut)
        cut.set()
        raise DOWN

    one = Subject(hang)
    one.need("a")
    until(lambda: one.source.asked)
    one.refresher.close()
    assert cut.wait(5)
    one.settled()


# The log


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Give what was logged."""
    return [(each.levelname, each.getMessage()) for each in caplog.records]


def test_an_outage_is_logged_once_and_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not at each attempt."""
    one = Subject(A, DOWN, DOWN, A)
    with caplog.at_level(logging.INFO):
        one.find()
        for _ in range(3):
            one.clock.pass_by(300)
            one.find()
            one.settled()
    assert told(caplog) == [
        ("ERROR", f"the keys of {NAME!r} cannot be had: it is down"),
        ("INFO", f"the keys of {NAME!r} can be had again"),
    ]


def test_a_key_that_is_passed_over_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Though its document changes."""
    weak, other = jwk("ES256", crv="P-384"), jwk("RS256", use="enc")
    good = jwk("ES256", kid="a")
    one = Subject(document(good, weak), document(good, weak, other))
    with caplog.at_level(logging.INFO):
        one.find()
        one.clock.pass_by(300)
        one.find()
        one.settled()
    of = f"of the keys of {NAME!r}, key"
    assert told(caplog) == [
        ("WARNING", f"{of} 2 is passed over: public_key cannot be read"),
        ("INFO", f"{of} 3 is passed over: its use is not sig"),
    ]


# Event loops


def test_an_event_loop_goes_on_while_keys_are_fetched() -> None:
    """And is told when they are there."""
    one = Subject(A)
    one.source.let.clear()

    async def look() -> None:
        waiting = asyncio.ensure_future(one.need("a").await_landing())
        await asyncio.sleep(0)
        assert not waiting.done()
        one.source.let.set()
        await waiting

    asyncio.run(look())
    assert one.refresher.find("a")
