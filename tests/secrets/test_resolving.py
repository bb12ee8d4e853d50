import asyncio
import copy
import gc
import logging
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from threading import enumerate as threads
from typing import Any
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, JWTGateError
from jwtgate.errors import SecretUnavailable
from jwtgate.secrets import Secrets
from tests.secrets.fakes import Clock, Manager, Slow, secrets_of

TEXT = "$secret://own/main/jack/key"

_FORKED = """
import os
from threading import enumerate as threads
from jwtgate.secrets import Secrets

class Manager:
    def fetch(self, path):
        return str(os.getpid())

def running():
    return [each.name for each in threads()].count("jwtgate-secrets")

secrets = Secrets({"own/main": Manager()})
kept = secrets.resolve("$secret://own/main/pid", follow=False)
assert running() == 0
if os.fork() == 0:
    good = secrets.resolve("$secret://own/main/pid") == kept and running() == 1
    secrets.refresh()
    good = good and secrets.resolve("$secret://own/main/pid") == str(os.getpid())
    os._exit(0 if good else 1)
print(os.waitstatus_to_exitcode(os.wait()[1]), running())
"""


def running() -> list[Thread]:
    """Give the threads that refresh."""
    return [each for each in threads() if each.name == "jwtgate-secrets"]


def why_not(secrets: Secrets, text: str = TEXT) -> str:
    """Tell why a text stands for nothing."""
    with pytest.raises(ConfigurationError) as caught:
        secrets.resolve(text)
    return str(caught.value)


def test_a_text_that_is_no_reference_stays() -> None:
    """However it is asked for."""
    secrets = Secrets()
    assert secrets.resolve("plain") == "plain"
    assert secrets.peek("plain") == "plain"
    assert asyncio.run(secrets.aresolve("plain")) == "plain"


def test_a_manager_is_asked_once() -> None:
    """For all members of a document."""
    manager = Manager(jack={"key": "one", "other": "two"})
    secrets = secrets_of(manager)
    assert secrets.resolve(TEXT) == "one"
    assert secrets.resolve("$secret://own/main/jack/other") == "two"
    assert manager.asked == ["jack"]
    secrets.close()


def test_variables_and_files_are_resolved(tmp_path: Path) -> None:
    """Each time as they are by then."""
    environ = {"A": '{"b": "c"}'}
    secrets = Secrets(folder=tmp_path, environ=environ)
    for text in ("one", "two"):
        (tmp_path / "key").write_text(text)
        assert secrets.resolve("$file://key") == text
    assert secrets.peek("$env://A/b") == "c"


def test_variables_are_those_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless others are given."""
    monkeypatch.setenv("JWTGATE_TEST", "one")
    assert Secrets().resolve("$env://JWTGATE_TEST") == "one"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$secret://own/main", "names no secret of a manager"),
        ("$secret://own/other/jack/key", "is no secret manager that is configured"),
        ("$secret://vault/main/jack/key", "is no secret manager that is configured"),
        ("$secret://own/main/jill/key", "$secret://own/main/jill is not there"),
        ("$secret://own/main/jack/more", "has no text 'more'"),
        ("$secret://own/main/jack", "has members; expected the name of one"),
        ("$env://NOT_SET", "is not set"),
        ("$file://absent", "cannot be read"),
        ("$vault://jack", "looks like a reference and is none"),
    ],
)
def test_what_a_reference_does_not_find_is_told(text: str, why: str) -> None:
    """The same, however it is asked for."""
    secrets = secrets_of(Manager(jack={"key": "one"}), environ={})
    assert why in why_not(secrets, text)
    with pytest.raises(ConfigurationError):
        asyncio.run(secrets.aresolve(text))
    secrets.close()


def test_a_manager_that_does_not_answer() -> None:
    """That is no mistake of who configured it."""
    manager = Manager()
    manager.error = TimeoutError()
    secrets = secrets_of(manager)
    with pytest.raises(SecretUnavailable):
        secrets.resolve(TEXT)
    assert secrets.peek(TEXT) is None
    secrets.close()


def test_an_error_of_a_manager_is_not_passed_on() -> None:
    """Its text, or what it was raised from, may have a token."""
    manager = Manager()
    manager.error = ValueError("hunter2")
    secrets = secrets_of(manager)
    with pytest.raises(SecretUnavailable) as caught:
        secrets.resolve(TEXT)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None
    secrets.close()


def test_it_is_asked_for_in_a_thread() -> None:
    """So that the loop goes on; then it is given without one."""
    slow = Slow(jack={"key": "one"})
    secrets = secrets_of(slow)

    async def ask() -> list[str]:
        asked = [asyncio.create_task(secrets.aresolve(TEXT)) for _ in range(8)]
        assert await asyncio.to_thread(slow.began.wait, 10)
        slow.may_go_on.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == ["one"] * 8
    assert asyncio.run(secrets.aresolve(TEXT)) == "one"
    assert slow.asked == ["jack"]
    secrets.close()


def test_who_is_cancelled_stops_nobody_else() -> None:
    """What was asked for comes all the same."""
    slow = Slow(jack={"key": "one"})
    secrets = secrets_of(slow)

    async def ask() -> str:
        first = asyncio.create_task(secrets.aresolve(TEXT))
        assert await asyncio.to_thread(slow.began.wait, 10)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        slow.may_go_on.set()
        return await secrets.aresolve(TEXT)

    assert asyncio.run(ask()) == "one"
    assert slow.asked == ["jack"]
    secrets.close()


def test_the_version_tells_of_changes() -> None:
    """Of what managers give, after a refresh."""
    clock, manager = Clock(), Manager(jack={"key": "one"})
    secrets = secrets_of(manager, clock)
    secrets.resolve(TEXT, follow=False)
    before = secrets.version
    manager.kept["jack"] = {"key": "two"}
    secrets.refresh(everything=False)
    assert secrets.version == before
    secrets.refresh()
    assert secrets.version != before
    assert secrets.peek(TEXT) == "two"
    secrets.close()


def test_what_is_too_old_is_unavailable() -> None:
    """Though it was known."""
    clock, manager = Clock(), Manager(jack={"key": "one"})
    secrets = secrets_of(manager, clock, refresh_every=10, keep_for=20, retry_after=5)
    secrets.resolve(TEXT, follow=False)
    manager.error = TimeoutError()
    clock.now += 20
    with pytest.raises(SecretUnavailable):
        secrets.resolve(TEXT, follow=False)
    assert secrets.peek(TEXT) is None


def test_a_thread_begins_with_the_first_look_up() -> None:
    """Not with the object, nor where none is wanted; it ends with the object."""
    before = set(running())
    secrets = secrets_of(Manager(jack={"key": "one"}))
    secrets.resolve(TEXT, follow=False)
    assert set(running()) == before
    assert secrets.peek(TEXT) == "one"
    [thread] = set(running()) - before
    gone = ref(secrets)
    del secrets
    gc.collect()
    assert gone() is None
    thread.join(10)
    assert not thread.is_alive()


def test_a_forked_process_goes_on_with_what_is_known() -> None:
    """And refreshes for itself."""
    command = [sys.executable, "-c", _FORKED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "0 0\n"


def test_it_is_closed_with_its_managers() -> None:
    """Those that can be."""
    manager = Manager(jack={"key": "one"})

    class Bare:
        def fetch(self, path: str) -> str:
            return path

    secrets = Secrets({"own/main": manager, "own/bare": Bare()})
    assert secrets.managers == ("own/main", "own/bare")
    assert asyncio.run(secrets.aresolve("$secret://own/bare/a")) == "a"
    secrets.close()
    assert manager.is_closed


@pytest.mark.parametrize("name", ["", "vault", "a/b/c", "a b/c"])
def test_a_name_that_no_reference_has(name: str) -> None:
    """It could never be asked for."""
    with pytest.raises(ConfigurationError, match="of a form such as vault/main"):
        Secrets({name: Manager()})


def test_what_is_no_manager() -> None:
    """It is told when it is given, not when it is needed."""
    manager: Any = object()
    with pytest.raises(ConfigurationError, match=r"must have fetch\(path\)"):
        Secrets({"own/main": manager})


def test_ages_are_checked() -> None:
    """When they are given."""
    with pytest.raises(ConfigurationError, match="keep_for must be refresh_every"):
        Secrets(refresh_every=60, keep_for=5)


def test_secrets_in_a_repr_a_log_a_copy_and_a_pickle(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Names alone are shown, and nothing leaves the process."""
    secrets = secrets_of(Manager(jack={"key": "hunter2"}), environ={})
    with caplog.at_level(logging.DEBUG):
        secrets.resolve(TEXT, follow=False)
        secrets.refresh()
    assert repr(secrets) == "Secrets(own/main)"
    assert "hunter2" not in caplog.text + repr(vars(secrets))
    for act in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="secrets cannot be pickled"):
            act(secrets)


@pytest.mark.parametrize("value", ["", "$env://A", "$secret://own/main/jack/key"])
def test_chain_of_references_and_empty_secret_of_a_manager(value: str) -> None:
    """Neither is a secret."""
    secrets = secrets_of(Manager(jack={"key": value}), environ={"A": "b"})
    assert TEXT in why_not(secrets)
    secrets.close()


@given(text=st.text() | st.text("ab/%.$").map("$secret://own/main/".__add__))
def test_a_text_is_given_or_refused(text: str) -> None:
    """Whatever it is; a reference is never given as it is."""
    secrets = Secrets({"own/main": Manager()}, environ={})
    try:
        found = secrets.resolve(text, follow=False)
    except JWTGateError:
        return
    assert found == text
    assert not text.startswith("$secret://")


def test_many_threads_have_each_their_own() -> None:
    """While it is refreshed, no document is taken for another."""
    manager = Manager(**{name: {"key": name} for name in "abcdefgh"})
    secrets = secrets_of(manager)

    def ask(number: int) -> bool:
        name = "abcdefgh"[number % 8]
        if number % 50 == 0:
            secrets.refresh()
        return secrets.resolve(f"$secret://own/main/{name}/key") == name

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(4000)))
    secrets.close()
