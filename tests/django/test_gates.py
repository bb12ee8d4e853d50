from pathlib import Path
from typing import Any

import pytest

from jwtgate import Credential, Gate, Policy
from jwtgate.denylists import MemoryDenylist
from jwtgate.django.gates import Problems, gate_of, named
from jwtgate.errors import ConfigurationError
from jwtgate.events import Events
from tests.kit import SECRET, ListStore, credential, make_gate

GATE = make_gate()
STORE = ListStore(credential())
DENYLIST = MemoryDenylist()
HERE = __name__
FILE = """version = 1
[[consumers]]
username = "jack"
[[consumers.credentials]]
key = "jack-key"
secret = "$env://DJANGO_TEST_SECRET"
"""


class NoArguments(ListStore):
    """A store that is made of nothing."""


class OnlyAsync:
    """An asynchronous store."""

    async def afind(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find nothing."""
        raise NotImplementedError


def make_store() -> ListStore:
    """Make a store."""
    return STORE


def made(**chosen: Any) -> Gate:
    """Make the gate of a setting."""
    problems = Problems()
    gate = gate_of(chosen, problems)
    assert problems == []
    assert gate is not None
    return gate


def problems_of(**chosen: Any) -> list[str]:
    """Give the problems of a setting."""
    problems = Problems()
    assert gate_of(chosen, problems) is None
    return problems


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a file of jwtgate's own."""
    monkeypatch.setenv("DJANGO_TEST_SECRET", SECRET)
    written = tmp_path / "gate.toml"
    written.write_text(FILE)
    return written


@pytest.mark.parametrize(
    "value",
    [GATE, lambda: GATE, f"{HERE}.GATE", f"{HERE}.make_it"],
    ids=["gate", "function", "path", "path-of-function"],
)
def test_gate(value: object) -> None:
    """A gate, a function that returns one, or where either is."""
    assert made(GATE=value) is GATE


def make_it() -> Gate:
    """Give the gate."""
    return GATE


@pytest.mark.parametrize("value", [1, None, lambda: 1, f"{HERE}.STORE"])
def test_gate_that_is_none(value: object) -> None:
    """Anything else is told."""
    assert problems_of(GATE=value)[0].startswith("JWTGATE['GATE']: expected a Gate")


def test_config(file: Path) -> None:
    """A file is loaded."""
    assert made(CONFIG=str(file)).store is not None


def test_config_of_a_format_that_is_said(tmp_path: Path) -> None:
    """``FORMAT`` says whose the file is, where nothing in it does."""
    file = tmp_path / "kong.json"
    file.write_text('{"_format_version": "3.0"}')
    assert "version" in problems_of(CONFIG=file, FORMAT="native")[0]


def test_config_is_watched(file: Path) -> None:
    """``WATCH`` follows the file; the gate can be reloaded either way."""
    made(CONFIG=file, WATCH=True).reload()


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"CONFIG": "nowhere.toml"}, "cannot be read"),
        ({"CONFIG": 1}, "the path of a file"),
        ({"CONFIG": "a.toml", "WATCH": "yes"}, "WATCH must be True or False"),
        ({"CONFIG": "a.toml", "FORMAT": "tyk"}, "format must be one of"),
    ],
    ids=["absent", "number", "watch", "format"],
)
def test_config_that_cannot_work(chosen: dict[str, Any], told: str) -> None:
    """What is wrong with a file or its keys is told."""
    assert told in problems_of(**chosen)[0]


@pytest.mark.parametrize(
    "value",
    [STORE, make_store, NoArguments, f"{HERE}.STORE", f"{HERE}.NoArguments", OnlyAsync],
    ids=["store", "function", "class", "path", "path-of-class", "async"],
)
def test_store(value: object) -> None:
    """A store, or what makes one, or where either is."""
    assert made(STORE=value).policy == Policy()


@pytest.mark.parametrize("value", [1, dict, lambda: 1])
def test_store_that_is_none(value: object) -> None:
    """Anything else is told."""
    assert problems_of(STORE=value)[0].startswith("JWTGATE['STORE']: expected a store")


def test_policy_and_routes() -> None:
    """They go with a store."""
    policy, routes = {"realm": "shop"}, [{"path": "/health", "public": True}]
    gate = made(STORE=STORE, POLICY=policy, ROUTES=routes)
    assert (gate.policy.realm, gate.settings.routes[0].path) == ("shop", "/health")


def test_dialect() -> None:
    """It is the policy's."""
    assert made(STORE=STORE, DIALECT="kong").policy.query_names == ("jwt",)


def test_problems_of_store_policy_and_routes() -> None:
    """All are told together."""
    told = problems_of(STORE=1, POLICY={"leeway": "x"}, ROUTES=[{}])
    assert [each.partition(":")[0] for each in told] == [
        "JWTGATE['STORE']",
        "JWTGATE['POLICY']",
        "JWTGATE['ROUTES']",
    ]


def test_routes_of_which_none_is_the_closest() -> None:
    """What only shows together is told, too."""
    route = {"path": "/a"}
    assert "equally well" in problems_of(STORE=STORE, ROUTES=[route, route])[0]


@pytest.mark.parametrize(
    "chosen",
    [{}, {"GATE": GATE, "STORE": STORE}, {"GATE": GATE, "CONFIG": "a.toml"}],
    ids=["none", "gate-store", "gate-config"],
)
def test_exactly_one_source(chosen: dict[str, Any]) -> None:
    """None guards nothing, and of two nobody knows which counts."""
    assert problems_of(**chosen)[0].startswith("JWTGATE needs exactly one of")


@pytest.mark.parametrize("key", ["WATCH", "FORMAT", "POLICY", "DIALECT", "ROUTES"])
def test_key_beside_a_gate(key: str) -> None:
    """What would be ignored in silence is refused."""
    told = problems_of(GATE=GATE, **{key: True})
    assert [f"JWTGATE[{key!r}] goes with" in each for each in told] == [True]


def test_named_gives_back_what_is_no_path() -> None:
    """Objects need not be imported."""
    assert named(STORE) is STORE


@pytest.mark.parametrize("dotted", ["nowhere.x", "os.nothing", "nodots"])
def test_named_nowhere(dotted: str) -> None:
    """A path that leads nowhere is told."""
    with pytest.raises(ConfigurationError, match="cannot be imported"):
        named(dotted)


def test_error_of_a_factory_comes_through() -> None:
    """A function that fails shows its own error, with its place."""

    def fails() -> Gate:
        raise LookupError

    with pytest.raises(LookupError):
        gate_of({"GATE": fails}, Problems())


def test_a_denylist_goes_with_a_store_and_with_a_file(file: Path) -> None:
    """It is asked for each token that holds."""
    denylist = MemoryDenylist()
    assert made(STORE=STORE, DENYLIST=denylist).settings.denylist is denylist
    loaded = made(CONFIG=file, DENYLIST=f"{HERE}.DENYLIST")
    assert loaded.settings.denylist is DENYLIST


def test_what_is_no_denylist_is_a_problem(file: Path) -> None:
    """In silence, every revoked token would pass."""
    assert problems_of(STORE=STORE, DENYLIST=object())
    assert problems_of(STORE=STORE, DENYLIST="nowhere.at_all")
    assert problems_of(CONFIG=file, DENYLIST="nowhere.at_all")
    assert problems_of(CONFIG=file, DENYLIST=object())


def test_how_many_tokens_are_remembered(file: Path) -> None:
    """It goes with what a gate is made of here."""
    assert made(STORE=STORE, MEMO=0).settings.store is not None
    assert made(CONFIG=file, MEMO=0).settings.store is not None
    assert problems_of(STORE=STORE, MEMO=-1)
    assert problems_of(CONFIG=file, MEMO="many")
    assert problems_of(GATE=GATE, MEMO=0)


def test_a_denylist_does_not_go_with_a_gate() -> None:
    """A gate has its own."""
    (problem,) = problems_of(GATE=GATE, DENYLIST=DENYLIST)
    assert problem == "JWTGATE['DENYLIST'] goes with CONFIG or STORE only"


EVENTS = Events(references=True)


def test_what_is_told_of_decisions(file: Path) -> None:
    """By itself, or by its dotted path."""
    assert made(STORE=STORE, EVENTS=EVENTS).settings.store is not None
    assert made(CONFIG=file, EVENTS=f"{HERE}.EVENTS").settings.store is not None
    assert problems_of(STORE=STORE, EVENTS="loud")
    assert problems_of(CONFIG=file, EVENTS=print)
