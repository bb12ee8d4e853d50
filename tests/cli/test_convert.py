import json
import shlex
import stat
from pathlib import Path

import pytest

from jwtgate import load
from tests.cli.running import CLI
from tests.kit import KEY, SECRET

EXAMPLES = Path(__file__).parents[2] / "examples"
KONG = f"""
_format_version: "3.0"
consumers:
- username: jack
  jwt_secrets: [{{key: {KEY}, secret: {SECRET}}}]
plugins:
- name: jwt
"""


@pytest.fixture
def kong(tmp_path: Path) -> Path:
    """Write a file of Kong's."""
    file = tmp_path / "kong.yml"
    file.write_text(KONG)
    return file


def environ_of(file: Path) -> dict[str, str]:
    """Read a file of variables, as a shell would."""
    lines = (shlex.split(line)[0] for line in file.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines)


def test_a_file_is_printed_with_references(cli: CLI, kong: Path) -> None:
    """And the variables that it needs are named."""
    ran = cli("convert", kong)
    assert ran.code == 0
    assert json.loads(ran.out)["policy"]["gateway"] == "kong"
    assert ran.err == (
        "it needs the variables JWTGATE_SECRET_JACK_KEY; --env FILE writes them\n"
    )


def test_what_is_written_gives_the_same_gate(
    cli: CLI, kong: Path, tmp_path: Path
) -> None:
    """With the secrets in a file for the shell."""
    ran = cli("convert", kong, "--out", "new.json", "--env", "new.env")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "wrote new.json\nwrote new.env\n"
    gate = load("new.json", environ=environ_of(tmp_path / "new.env"))
    assert gate.policy == load(kong, environ={}).policy
    assert stat.S_IMODE((tmp_path / "new.env").stat().st_mode) == 0o600
    assert SECRET not in (tmp_path / "new.json").read_text()


def test_secrets_are_in_the_file_if_asked_for(
    cli: CLI, kong: Path, tmp_path: Path
) -> None:
    """It is for its owner alone then."""
    ran = cli("convert", kong, "--out", "new.json", "--with-secrets")
    assert ran.err == "wrote new.json\n"
    assert SECRET in (tmp_path / "new.json").read_text()
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "file",
    [EXAMPLES / "from_apisix" / "apisix.yaml", EXAMPLES / "from_kong" / "lab.yml"],
    ids=lambda path: path.name,
)
def test_the_gateways_own_files_are_converted(cli: CLI, file: Path) -> None:
    """Warnings are told, and refuse nothing."""
    assert cli("convert", file, "--strict").code == 0


def test_what_is_left_out_is_told(cli: CLI, kong: Path) -> None:
    """Something else does that plugin's work from now on."""
    kong.write_text(KONG + "- name: prometheus\n")
    ran = cli("convert", kong)
    assert ran.code == 0
    assert ran.err.startswith("dropped: plugins[1]: ")


def test_strictness_writes_nothing_if_anything_is_left_out(
    cli: CLI, kong: Path, tmp_path: Path
) -> None:
    """For CI."""
    kong.write_text(KONG + "- name: prometheus\n")
    ran = cli("convert", kong, "--strict", "--out", "new.json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("something is left out, and nothing was written\n")
    assert not (tmp_path / "new.json").exists()


def test_what_a_native_file_cannot_say_is_told(cli: CLI, tmp_path: Path) -> None:
    """A credential that could never be used."""
    file = tmp_path / "kong.yml"
    base64 = KONG.replace("name: jwt", "name: jwt\n  config: {secret_is_base64: true}")
    file.write_text(base64.replace(SECRET, f"'{SECRET}!'"))
    ran = cli("convert", file)
    assert "skipped: credential 1 of the store is left out: " in ran.err
    assert cli("convert", file, "--strict").code == 1


def test_a_file_that_is_there_is_kept(cli: CLI, kong: Path, tmp_path: Path) -> None:
    """And the other is not made, either."""
    (tmp_path / "new.env").write_text("old")
    ran = cli("convert", kong, "--out", "new.json", "--env", "new.env")
    assert ran.code == 1
    assert (tmp_path / "new.env").read_text() == "old"
    assert not (tmp_path / "new.json").exists()


def test_a_name_that_says_another_notation_is_usage(cli: CLI, kong: Path) -> None:
    """JSON in a file named .toml would not load."""
    ran = cli("convert", kong, "--out", "new.toml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("jwtgate: --out: the name has to end in .json")
