import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jwtgate.stores.sql import SQLStore
from tests.cli.running import CLI
from tests.kit import KEY, SECRET, public_pem

OVERVIEW = Path(__file__).parents[2] / "examples" / "from_kong" / "overview.yml"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file with consumers."""

    def writing(*consumers: Any) -> Path:
        file = tmp_path / "gate.json"
        file.write_text(json.dumps({"version": 1, "consumers": consumers}))
        return file

    return writing


def jacks(**fields: Any) -> dict[str, Any]:
    """Give jack as a file has him."""
    return {
        "username": "jack",
        "credentials": [{"key": KEY, "secret": SECRET, **fields}],
    }


def test_a_file_goes_into_a_store_whole(
    cli: CLI, store: SQLStore, write: Write
) -> None:
    """Every field of every row."""
    pem = {"key": "es", "algorithm": "ES256", "public_key": public_pem("ES256")}
    ann = {"username": "ann", "groups": ["staff"], "quota": "3/30s", "tags": ["t"]}
    row = {"kid": "7", "id": "c-7", "tags": ["t"], "audience": ["a"]}
    ran = cli("consumers", "import", write(jacks(**row), {**ann, "credentials": [pem]}))
    assert ran.code == 0
    assert ran.out == "added 2 consumers and 2 credentials; 0 were there\n"
    found = store.get_credential(KEY, "7")
    assert (found.id, found.tags, found.audience) == ("c-7", ("t",), ("a",))
    assert found.reveal_secret() == SECRET.encode()
    assert store.get_credential("es").consumer.groups == ("staff",)


def test_a_second_time_changes_nothing(cli: CLI, store: SQLStore, write: Write) -> None:
    """So that it can go on where it was cut short."""
    file = write(jacks())
    cli("consumers", "import", file)
    ran = cli("consumers", "import", file, "--json")
    assert json.loads(ran.out) == {"consumers": 0, "credentials": 0, "unchanged": 2}
    store.delete_credential(KEY)
    ran = cli("consumers", "import", file, "--json")
    assert json.loads(ran.out) == {"consumers": 0, "credentials": 1, "unchanged": 1}


def test_a_dry_run_changes_nothing(cli: CLI, store: SQLStore, write: Write) -> None:
    """It tells what would be done."""
    ran = cli("consumers", "import", write(jacks()), "--dry-run")
    assert ran.out == "would add 1 consumers and 1 credentials; 0 were there\n"
    assert store.list_consumers().items == ()


@pytest.mark.parametrize(
    ("consumer", "why"),
    [
        (jacks(secret=f"{SECRET}!"), f"credential {KEY}: the store has another secret"),
        (
            jacks(token_lifetime=5, id="x"),
            f"credential {KEY}: the store has another id, token_lifetime",
        ),
        (
            {"username": "jack", "groups": ["a"]},
            "consumer jack: the store has another groups",
        ),
        (
            {"username": "jack", "id": "other"},
            "consumer jack: the store has another id",
        ),
        (
            {**jacks(), "username": "ann"},
            f"credential {KEY}: the key is another consumer's",
        ),
    ],
)
def test_what_is_there_otherwise_is_refused(
    cli: CLI, store: SQLStore, write: Write, consumer: Any, why: str
) -> None:
    """Nothing is overwritten, and nothing else is written."""
    cli("consumers", "import", write(jacks()))
    ran = cli("consumers", "import", write({"username": "new"}, consumer))
    assert ran.code == 1
    assert ran.err == f"jwtgate: nothing was written: {why}\n"
    assert store.find_consumer("new") is None


def test_many_conflicts_are_told_by_some(
    cli: CLI, store: SQLStore, write: Write
) -> None:
    """A screen of them is enough."""
    for number in range(25):
        store.create_consumer(username=f"c{number}")
    rows = [{"username": f"c{number}", "tags": ["t"]} for number in range(25)]
    ran = cli("consumers", "import", write(*rows))
    assert ran.err.count("another tags") == 20
    assert ran.err.endswith("; and 5 more\n")


@pytest.mark.usefixtures("store")
def test_a_row_that_cannot_be_read_is_a_conflict(
    cli: CLI, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the same, or not: here its key is elsewhere."""
    file = write(jacks())
    keyring = "2026:" + "A" * 43 + "="
    monkeypatch.setenv("JWTGATE_KEYRING", keyring)
    cli("consumers", "import", file)
    monkeypatch.delenv("JWTGATE_KEYRING")
    ran = cli("consumers", "import", file)
    assert ran.err.endswith(f"credential {KEY}: the one that is there cannot be used\n")


def test_another_kid_of_a_key_is_another_credential(
    cli: CLI, store: SQLStore, write: Write
) -> None:
    """Both verify."""
    cli("consumers", "import", write(jacks()))
    cli("consumers", "import", write(jacks(kid="7")))
    assert len(store.find(KEY)) == 2


def test_a_name_that_is_taken_is_told_with_what_was_done(
    cli: CLI, store: SQLStore, write: Write
) -> None:
    """Who was first has his custom_id; the import goes on when that is mended."""
    store.create_consumer(username="ann", custom_id="7")
    rows = {"username": "bob"}, {"username": "jack", "custom_id": "7"}
    ran = cli("consumers", "import", write(*rows))
    assert ran.code == 1
    assert ran.err.endswith(
        "; 1 of 2 were written, and are left alone when this is run again\n"
    )
    assert store.find_consumer("bob") is not None


def test_a_quota_that_no_store_keeps_is_usage(
    cli: CLI, store: SQLStore, write: Write
) -> None:
    """Before anything is written."""
    quota = {"rates": "3/m", "when_down": "refuse"}
    ran = cli("consumers", "import", write({"username": "jack", "quota": quota}))
    assert ran.code == 2
    assert store.list_consumers().items == ()


@pytest.mark.usefixtures("url")
def test_a_file_that_reads_a_secret_in_two_ways_is_warned_of(cli: CLI) -> None:
    """Kong's routes may; a store has one way."""
    ran = cli("consumers", "import", OVERVIEW)
    assert ran.code == 0
    assert ran.err.startswith("warning: routes of this file read its secrets in two")


@pytest.mark.usefixtures("url")
def test_what_a_file_cannot_use_is_left_out(cli: CLI, tmp_path: Path) -> None:
    """And told, without any secret."""
    file = tmp_path / "kong.yml"
    file.write_text(
        '_format_version: "3.0"\nplugins: [{name: jwt, config: '
        "{secret_is_base64: true}}]\nconsumers:\n- username: jack\n"
        "  jwt_secrets: [{key: k, secret: 'no base64!'}]\n"
    )
    cli.secrets.add("no base64!")
    ran = cli("consumers", "import", file, "--json")
    assert json.loads(ran.out)["credentials"] == 0
    assert ran.err.startswith("warning: credential 1 of the file is left out: ")
