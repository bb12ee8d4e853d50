import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest

from jwtgate.stores.jwks.leash import Leash
from tests.stores.jwks.provider import until

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Make two ends of a connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_reader_is_let_go_when_time_is_over(pair: Pair) -> None:
    """Whatever it waits for."""
    with Leash(0.05) as leash:
        leash.hold(pair[0])
        assert pair[0].recv(1) == b""
        assert leash.is_cut


def test_octets_now_and_then_gain_no_time(pair: Pair) -> None:
    """They would with the timeout of a socket."""
    ours, theirs = pair
    heard = Event()

    def talk() -> None:
        with suppress(OSError):
            while not heard.wait(0.005):
                theirs.send(b"x")

    thread = Thread(target=talk)
    with Leash(0.1) as leash:
        leash.hold(ours)
        thread.start()
        while ours.recv(1):
            assert not heard.is_set()
    heard.set()
    thread.join()
    assert leash.is_cut


def test_a_connection_that_comes_too_late_is_cut_at_once(pair: Pair) -> None:
    """As when a name was looked up for long."""
    with Leash(5) as leash:
        leash.cut()
        leash.hold(pair[0])
        assert pair[0].recv(1) == b""


def test_in_time_nothing_is_cut(pair: Pair) -> None:
    """The connection is the caller's again."""
    ours, theirs = pair
    with Leash(5) as leash:
        leash.hold(ours)
        assert leash.left > 4
    theirs.send(b"x")
    assert (ours.recv(1), leash.is_cut) == (b"x", False)


def test_the_last_connection_is_on_the_leash(pair: Pair) -> None:
    """One is under way at a time."""
    ours, theirs = pair
    with Leash(5) as leash:
        leash.hold(theirs)
        leash.hold(ours)
        leash.cut()
    assert ours.recv(1) == b""


def test_a_connection_that_ended_by_itself_is_left_alone(pair: Pair) -> None:
    """There is nothing to cut."""
    with Leash(5) as leash:
        leash.hold(pair[0])
        pair[0].shutdown(socket.SHUT_RDWR)
        pair[1].close()
        leash.cut()
        leash.cut()
    assert leash.is_cut


def test_what_is_not_held_is_not_cut() -> None:
    """The time is over all the same."""
    with Leash(0.01) as leash:
        until(lambda: leash.is_cut)
    assert leash.left == 0
