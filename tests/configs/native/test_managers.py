from pathlib import Path
from typing import Any

import pytest

from jwtgate import load
from jwtgate.configs.context import Context
from jwtgate.configs.native.managers import open_managers, read_managers
from jwtgate.configs.problems import Problems
from jwtgate.secrets import References, Secrets
from tests.configs.files import problems_of, told, write
from tests.secrets.fakes import Manager

VAULT = {"url": "http://127.0.0.1:1", "token": "$env://TOKEN"}
ENVIRON = {"TOKEN": "hunter2", "REGION": "us-east-1", "EMPTY": ""}


def opened(folder: Path = Path(), **secrets: Any) -> Context:
    """Open the managers of a file with this table."""
    context = Context(references=References(folder, ENVIRON))
    root: dict[str, Any] = {"version": 1, "secrets": secrets}
    open_managers(root, context)
    assert root == {"version": 1}
    return context


def problems(folder: Path = Path(), **secrets: Any) -> tuple[str, ...]:
    """Give the problems of a file with this table."""
    return opened(folder, **secrets).problems.error().problems


def test_a_file_without_managers_has_none() -> None:
    """As most have."""
    context = Context(references=References(Path(), {}))
    open_managers({"version": 1}, context)
    assert context.references.managers == {}
    assert not context.problems


def test_managers_are_opened_by_kind_and_name() -> None:
    """Several of each."""
    context = opened(
        vault={"main": VAULT, "other": {**VAULT, "token": "t", "version": 1}},
        aws={"main": {"region": "$env://REGION"}},
        gcp={"main": {"project": "shop"}},
    )
    assert not context.problems
    names = ["aws/main", "gcp/main", "vault/main", "vault/other"]
    assert sorted(context.references.managers) == names


def test_ages_hold_for_all() -> None:
    """They stand beside the managers."""
    context = opened(vault={"main": VAULT}, refresh_every=5, keep_for=10)
    ((entry, _),) = context.managers.opened.values()
    assert entry.ages == {"refresh_every": 5, "keep_for": 10}


def test_a_token_is_read_again_when_it_is_needed(tmp_path: Path) -> None:
    """An agent writes another one into its file."""
    (tmp_path / "token").write_text("one")
    context = opened(tmp_path, vault={"main": {**VAULT, "token": "$file://token"}})
    ((entry, _),) = context.managers.opened.values()
    assert entry.asked_for == {"token": "$file://token"}
    (tmp_path / "token").write_text("two")
    assert not context.problems


def test_a_file_is_relative_to_the_configuration(tmp_path: Path) -> None:
    """As those of references are."""
    (tmp_path / "ca.pem").write_text("x")
    assert not opened(tmp_path, vault={"main": {**VAULT, "ca_cert": "ca.pem"}}).problems


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "kind": ({"vaults": {}}, "secrets.vaults: unknown; did you mean vault?"),
    "no table": ({"vault": 5}, "secrets.vault: expected a table"),
    "no tables": ({"vault": {"main": 5}}, "secrets.vault.main: expected a table"),
    "member": (
        {"vault": {"main": {**VAULT, "uri": "x"}}},
        "secrets.vault.main.uri: unknown; did you mean url?",
    ),
    "kind of a member": (
        {"aws": {"main": {"region": 5}}},
        "secrets.aws.main.region: expected a text",
    ),
    "missing": (
        {"gcp": {"main": {}}},
        "secrets.gcp.main.project: is missing; expected a text",
    ),
    "name": (
        {"aws": {"a b": {"region": "x"}}},
        'secrets.aws["a b"]: expected a name of letters, digits, dots, dashes and _',
    ),
    "age": ({"keep_for": "5"}, "secrets.keep_for: expected a number of seconds"),
    "ages": (
        {"keep_for": 5, "refresh_every": 60},
        "secrets.keep_for: must be refresh_every or more",
    ),
    "value": (
        {"vault": {"main": {**VAULT, "url": "vault:8200"}}},
        (
            "secrets.vault.main.url: must be http:// or https:// and a host, and no "
            "password"
        ),
    ),
    "no token": (
        {"vault": {"main": {"url": "http://127.0.0.1:1"}}},
        "secrets.vault.main: either token or role_id must be given",
    ),
    "unset": (
        {"vault": {"main": {**VAULT, "token": "$env://NO"}}},
        (
            "secrets.vault.main.token: $env://NO is not set; expected an environment "
            "variable NO"
        ),
    ),
    "of a manager": (
        {"vault": {"main": {**VAULT, "token": "$secret://vault/main/a/b"}}},
        (
            "secrets.vault.main.token: is a reference to a secret manager, which would "
            "be asked before it is known; expected $env://NAME or $file://path"
        ),
    ),
}


@pytest.mark.parametrize(("secrets", "problem"), WRONG.values(), ids=WRONG)
def test_what_cannot_work_is_told(secrets: dict[str, Any], problem: str) -> None:
    """With its path, once."""
    assert problems(**secrets) == (problem,)


def test_what_is_no_table_is_told_by_who_builds_alone() -> None:
    """As part of the whole file."""
    assert problems_of(secrets=5) == ("secrets: expected a table",)
    assert problems_of(secrets={"vault": {"main": {}}}) == (
        "secrets.vault.main.url: is missing; expected a text",
    )


def test_a_list_that_is_broken_is_told_once() -> None:
    """A date in it, for one."""
    found = Problems()
    assert read_managers({"secrets": {"vault": {"main": VAULT}}}, found)
    assert problems(vault={"main": float("nan")}) == (
        "secrets.vault.main: expected a finite number",
    )


def test_what_is_no_table_has_no_managers(tmp_path: Path) -> None:
    """It is told as a whole."""
    path = write(tmp_path, [])
    assert told(lambda: load(path, environ={})) == (
        "the file: expected a table that begins with version = 1",
    )


def test_an_unknown_manager_is_told_with_the_place(tmp_path: Path) -> None:
    """Of what refers to it."""
    policy = {"realm": "$secret://vault/other/realm/name"}
    path = write(tmp_path, {"version": 1, "policy": policy})
    assert told(lambda: load(path, environ=ENVIRON)) == (
        "policy.realm: $secret://vault/other is no secret manager that is configured",
    )


def test_a_manager_of_the_user_stands_in_for_that_of_the_file(tmp_path: Path) -> None:
    """Who tries it out need not have a Vault."""
    tree = {
        "version": 1,
        "secrets": {"vault": {"main": VAULT}},
        "policy": {"realm": "$secret://vault/main/realm/name"},
    }
    secrets = Secrets({"vault/main": Manager(realm={"name": "shop"})})
    gate = load(write(tmp_path, tree), environ=ENVIRON, secrets=secrets)
    assert gate.policy.realm == "shop"
    secrets.close()
