import json
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from jwtgate.configs.fields import CONSUMER, CREDENTIAL, POLICY, ROUTE, Kind
from jwtgate.configs.native import MEMBERS
from jwtgate.jose import ALGORITHMS
from tests.configs.files import consumer, credential, problems_of

SCHEMA: Any = json.loads(
    resources.files("jwtgate.configs").joinpath("native.schema.json").read_text()
)
VALIDATOR = Draft202012Validator(SCHEMA)
EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("**/jwtgate.*"))


def test_the_schema_is_a_schema() -> None:
    """Of draft 2020-12, as it says."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def read(file: Path) -> Any:
    """Read a file of ours, by foreign parsers."""
    text = file.read_text()
    if file.suffix == ".toml":
        return tomllib.loads(text)
    return yaml.safe_load(text) if file.suffix == ".yaml" else json.loads(text)


@pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_an_example_is_valid(file: Path) -> None:
    """Every file of the examples, that of the demo too."""
    VALIDATOR.validate(read(file))


def test_there_are_examples() -> None:
    """In each notation."""
    assert {file.suffix for file in FILES} == {".toml", ".json", ".yaml"}


LISTED: dict[str, tuple[Mapping[str, Kind], set[str]]] = {
    "policy": (POLICY, set()),
    "consumer": (CONSUMER, {"credentials"}),
    "anonymous": (CONSUMER, set()),
    "credential": (CREDENTIAL, set()),
    "route": (ROUTE, {"policy"}),
}


@pytest.mark.parametrize("name", LISTED)
def test_a_table_of_the_schema_has_the_members_of_the_file(name: str) -> None:
    """No more and no fewer; any other is refused."""
    kinds, more = LISTED[name]
    table = SCHEMA["$defs"][name]
    assert table["properties"].keys() == kinds.keys() | more
    assert table["additionalProperties"] is False


def test_the_file_has_the_members_of_the_schema() -> None:
    """On its first level."""
    assert tuple(SCHEMA["properties"]) == MEMBERS


@pytest.mark.parametrize("name", LISTED)
def test_every_member_is_described(name: str) -> None:
    """Editors show it."""
    members = SCHEMA["$defs"][name]["properties"].values()
    assert all(each.get("description", "").endswith(".") for each in members)


def test_the_schema_has_every_algorithm() -> None:
    """The 13."""
    listed = SCHEMA["$defs"]["credential"]["properties"]["algorithm"]["anyOf"][0]
    assert listed["enum"] == list(ALGORITHMS)


VALUES: tuple[object, ...] = ("$env://A", 1, 1.5, True, None, ["$env://A"], {"a": 1})


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("name", LISTED)
def test_the_schema_takes_no_other_kinds_than_the_file(
    name: str, value: object
) -> None:
    """What loads is never called invalid for its kind, nor the other way round."""
    kinds, _ = LISTED[name]
    properties = SCHEMA["$defs"][name]["properties"]
    reference = "a" if value == "$env://A" else value
    differ = [
        member
        for member, kind in kinds.items()
        if member not in ("gateway", "anonymous")
        and is_of_kind(properties[member], value) != kind.fits(reference)
    ]
    assert differ == []


def is_of_kind(schema: Any, value: object) -> bool:
    """Whether a schema takes a value, its bounds left aside."""
    errors = Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]}).iter_errors(
        value
    )
    bounds = {"minimum", "exclusiveMinimum", "minLength", "minItems"}
    return all(error.validator in bounds for error in errors)


WRONG: dict[str, dict[str, Any]] = {
    "version": {"version": 2},
    "unknown": {"policyx": {}},
    "a policy's": {"policy": {"mode": "off"}},
    "no username": {"consumers": [{"groups": ["a"]}]},
    "no key": {"consumers": [consumer(credentials=[{"secret": "a" * 64}])]},
    "a credential's": {"consumers": [consumer(credentials=[credential(kid=5)])]},
    "no path": {"routes": [{"public": True}]},
}


@pytest.mark.parametrize("members", WRONG.values(), ids=WRONG.keys())
def test_what_the_schema_refuses_is_refused_at_load(members: dict[str, Any]) -> None:
    """An editor's error is no false alarm."""
    assert not VALIDATOR.is_valid({"version": 1, **members})
    assert problems_of(**members)
