"""No output has a secret; every test of a command that uses ``cli`` holds that, too."""

from pathlib import Path

import pytest

from jwtgate.stores.sql import SQLStore
from tests.cli.running import CLI
from tests.kit import KEY, SECRET

CONFIG = ("--config", "gate.toml")


def test_a_secret_in_an_output_would_be_found(cli: CLI) -> None:
    """What searches the outputs of these tests is no blind watchman."""
    cli.outputs.append(f"secret: {SECRET}\n")
    assert cli.leaks() == [SECRET]
    cli.outputs.clear()


def test_a_secret_of_a_file_in_an_output_would_be_found(cli: CLI) -> None:
    """Those that commands make are searched for as well."""
    cli("keygen", "HS256", "--out", "jack")
    made = Path("jack.secret").read_text().strip()
    cli.outputs.append(made)
    cli.collect()
    assert cli.leaks() == [made]
    cli.outputs.clear()


@pytest.mark.parametrize(
    "argv",
    [
        ("token", "jack", *CONFIG, "--json"),
        ("consumers", "list", *CONFIG),
        ("consumers", "list", "--json"),
        ("consumers", "add", "ann", "--json"),
        ("consumers", "import", "gate.toml"),
        ("consumers", "disable", "jack"),
        ("consumers", "delete", "jack"),
        ("credentials", "list", *CONFIG, "--json"),
        ("credentials", "list"),
        ("credentials", "list", "--json"),
        ("credentials", "add", "jack", "--json"),
        ("credentials", "rotate", KEY, "--overlap", "1h", "--json"),
        ("credentials", "retire", KEY),
        ("credentials", "disable", KEY),
        ("credentials", "delete", KEY),
        ("convert", "gate.toml"),
        ("doctor", "gate.toml"),
        ("explain", "x.y.z", *CONFIG),
        ("explain", "x.y.z", *CONFIG, "--json"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("config")
def test_a_command_shows_no_secret(
    cli: CLI, jack: SQLStore, argv: tuple[str, ...]
) -> None:
    """On a file, and on a store, whose secrets are known."""
    before = jack.get_credential(KEY).reveal_secret()
    assert before == SECRET.encode()
    cli(*argv)
    for row in jack.list_credentials().items:
        cli.secrets.add((row.reveal_secret() or b"").decode())  # type: ignore[union-attr]
    assert cli.leaks() == []
