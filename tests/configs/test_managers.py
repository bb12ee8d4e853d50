from pathlib import Path

import pytest

from jwtgate import ConfigurationError
from jwtgate.configs.managers import Entry, Managers
from jwtgate.secrets import References, Secrets
from tests.secrets.fakes import Manager, secrets_of

NAME = "vault/main"


def entry(name: str = NAME, **more: object) -> Entry:
    """Give an entry for a Vault that nobody asks."""
    arguments = {"url": "http://127.0.0.1:1", **more}
    return Entry(name=name, arguments=arguments, asked_for={"token": "$env://TOKEN"})


def here() -> References:
    """Give references with a token in a variable."""
    return References(Path(), {"TOKEN": "hunter2"})


def test_a_manager_of_a_file_resolves_its_references() -> None:
    """By its name."""
    references, managers = here(), Managers()
    managers.open(entry(), references)
    assert repr(references.managers[NAME]) == "Secrets(vault/main)"
    assert managers


def test_one_that_cannot_work_is_refused() -> None:
    """When it is opened."""
    with pytest.raises(ConfigurationError, match="url must be http"):
        Managers().open(entry(url="here"), here())


def test_an_entry_shows_nothing_that_opens_it() -> None:
    """Neither a token nor a key."""
    assert "TOKEN" not in repr(entry(secret="hunter2"))
    assert "hunter2" not in repr(entry(secret="hunter2"))


def test_what_is_as_it_was_stays_with_what_it_knows() -> None:
    """And is not closed; another one takes the place of what is another."""
    first, second, third = Managers(), here(), here()
    first.open(entry(), second)
    after = Managers(None, first)
    after.open(entry(), third)
    assert third.managers[NAME] is second.managers[NAME]
    changed = here()
    last = Managers(None, after)
    last.open(entry(mount="kv"), changed)
    assert changed.managers[NAME] is not second.managers[NAME]


def test_what_another_reading_has_is_not_closed() -> None:
    """The others are."""
    manager = Manager(jack="x")
    kept, gone = secrets_of(manager), secrets_of(Manager())
    before, after = Managers(), Managers()
    before.opened |= {NAME: (entry(), kept), "vault/old": (entry(), gone)}
    after.opened[NAME] = entry(), kept
    before.close(but_for=after)
    assert not manager.is_closed
    after.close(but_for=Managers())
    assert manager.is_closed


def test_those_of_the_user_stand_in_for_those_of_the_file() -> None:
    """Who tries a file out has no Vault, perhaps; nothing of theirs is closed."""
    manager = Manager(jack="x")
    given = Secrets({NAME: manager})
    references, managers = here(), Managers(given)
    managers.give(references)
    managers.open(entry(url="not looked at"), references)
    assert references.managers == {NAME: given}
    managers.close(but_for=Managers())
    assert not manager.is_closed


def test_without_any_there_is_nothing_to_follow() -> None:
    """Nor with a user's that has none."""
    references = here()
    for managers in (Managers(), Managers(Secrets())):
        managers.give(references)
        managers.start()
        managers.refresh()
        assert not managers
        assert managers.version() == managers.version_read == {}


def test_the_version_is_that_of_all() -> None:
    """Of what is given, and of each of the file's."""
    manager = Manager(jack="x")
    given = secrets_of(manager)
    managers = Managers(given)
    managers.opened["vault/other"] = entry("vault/other"), secrets_of(Manager())
    assert managers.version() == {"": 0, "vault/other": 0}
    given.resolve("$secret://own/main/jack", follow=False)
    manager.kept["jack"] = "y"
    managers.refresh()
    assert managers.version() == {"": 1, "vault/other": 0}
