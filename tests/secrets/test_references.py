from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from jwtgate import ConfigurationError
from jwtgate.errors import SecretUnavailable
from jwtgate.masked import Secret
from jwtgate.secrets import References, written
from tests.secrets.fakes import Clock, Manager, secrets_of

TEXT = "$secret://own/main/jack/key"
NOTHING: Mapping[str, Secret] = MappingProxyType({})


def references(
    manager: Manager,
    before: Mapping[str, Secret] = NOTHING,
    *,
    is_refresh: bool = False,
) -> References:
    """Make references that a manager resolves."""
    made = References(Path(), {}, before, is_refresh=is_refresh)
    made.managers["own/main"] = secrets_of(manager)
    return made


def known(text: str = "old") -> dict[str, Secret]:
    """Give what the reference stood for before."""
    return {TEXT: Secret(text)}


def test_a_text_that_is_no_reference_stays() -> None:
    """Only what begins as a reference is one."""
    assert References(Path(), {"A": "b"}).resolve("a $env://A") == "a $env://A"


def test_a_variable_is_resolved() -> None:
    """Of those that were given."""
    assert References(Path(), {"A": "b"}).resolve("$env://A") == "b"


def test_the_files_that_were_looked_at_are_known(tmp_path: Path) -> None:
    """Found or not: a file that comes later is a change."""
    (tmp_path / "a").write_text("x")
    made = References(tmp_path, {})
    assert made.resolve("$file://a") == "x"
    with pytest.raises(ConfigurationError):
        made.resolve("$file://b")
    assert made.files == {
        tmp_path / "a": written(tmp_path / "a"),
        tmp_path / "b": None,
    }


def test_a_path_begins_at_the_folder(tmp_path: Path) -> None:
    """Of files that are named without a reference, too."""
    assert References(tmp_path, {}).path("a") == str(tmp_path / "a")


def test_a_manager_resolves_its_own() -> None:
    """What it gave is remembered, masked, and nothing is wrong with it."""
    made = references(Manager(jack={"key": "new"}))
    assert made.resolve(TEXT) == "new"
    assert made.values[TEXT].reveal() == b"new"
    assert made.excused == {}


def test_an_unknown_manager_is_refused() -> None:
    """A slip in its name, or none was configured."""
    with pytest.raises(ConfigurationError) as caught:
        References(Path(), {}).resolve("$secret://vault/1/jack")
    assert str(caught.value) == (
        "$secret://vault/1 is no secret manager that is configured"
    )


def test_what_was_never_known_and_cannot_be_had() -> None:
    """Nobody can say what it stands for."""
    manager = Manager()
    manager.error = TimeoutError()
    with pytest.raises(SecretUnavailable):
        references(manager).resolve(TEXT)


def test_what_was_known_and_cannot_be_had_is_as_before() -> None:
    """It is told that it is so."""
    manager = Manager()
    manager.error = TimeoutError()
    made = references(manager, known())
    assert made.resolve(TEXT) == "old"
    assert made.excused == {
        TEXT: (
            "$secret://own/main/jack cannot be had: its manager does not answer "
            "(TimeoutError)"
        )
    }


def test_what_was_known_and_is_gone_is_no_mistake_of_the_configuration() -> None:
    """Which was right once."""
    made = references(Manager(jack={"another": "x"}), known())
    assert made.resolve(TEXT) == "old"
    assert "has no text 'key'" in made.excused[TEXT]


def test_what_is_known_again_is_as_it_is() -> None:
    """What stood in for it is forgotten."""
    made = references(Manager(jack={"key": "new"}), known())
    assert made.resolve(TEXT) == "new"
    assert made.excused == {}


def test_in_a_refresh_nothing_that_a_manager_gives_is_a_mistake() -> None:
    """The configuration is as it was when it worked."""
    made = references(Manager(jack={"key": "new"}), is_refresh=True)
    assert made.resolve(TEXT) == "new"
    assert made.excused == {TEXT: ""}


def test_managers_start_no_thread() -> None:
    """A configuration is read before servers fork."""
    clock, manager = Clock(), Manager(jack={"key": "new"})
    made = references(manager)
    made.managers["own/main"] = secrets_of(manager, clock)
    made.resolve(TEXT)
    clock.now += 61
    assert made.resolve(TEXT) == "new"
    assert manager.asked == ["jack", "jack"]


def test_a_managers_own_token_is_resolved_without_a_manager() -> None:
    """Of two, each could wait for the other."""
    made = References(Path(), {"A": "b"})
    assert made.resolve_here("$env://A") == "b"
    assert made.resolve_here("plain") == "plain"
    with pytest.raises(ConfigurationError, match="would be asked before it is known"):
        made.resolve_here(TEXT)
