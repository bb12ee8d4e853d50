import argparse
import io
import sys
from pathlib import Path

import pytest

from jwtgate.cli.errors import UsageError
from jwtgate.cli.secrets import add_secret, given_secret
from tests.kit import SECRET


def given(*argv: str) -> str | None:
    """Read a secret as a command would."""
    parser = argparse.ArgumentParser()
    add_secret(parser, otherwise="none is made")
    return given_secret(parser.parse_args(argv))


def test_no_secret_is_none() -> None:
    """Then one is made, or none is needed."""
    assert given() is None


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_s_text_less_its_line_end_is_a_secret(tmp_path: Path, end: str) -> None:
    """Editors add one; a blank may be of the secret."""
    file = tmp_path / "secret"
    file.write_text(f" {SECRET} {end}", newline="")
    assert given("--secret-file", str(file)) == f" {SECRET} "


def test_a_secret_comes_by_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """As from a password manager."""
    stdin = io.TextIOWrapper(io.BytesIO(SECRET.encode() + b"\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert given("--secret-file", "-") == SECRET


def test_a_secret_comes_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in CI."""
    monkeypatch.setenv("JACK_SECRET", SECRET)
    assert given("--secret-env", "JACK_SECRET") == SECRET


def test_a_secret_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without being shown."""
    monkeypatch.setattr("jwtgate.cli.secrets.getpass", lambda _: SECRET)
    assert given("--secret-prompt") == SECRET


def test_a_prompt_that_nobody_answers_is_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The end of the input is no traceback."""

    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("jwtgate.cli.secrets.getpass", ended)
    with pytest.raises(UsageError, match="empty"):
        given("--secret-prompt")


def test_an_empty_secret_is_usage(tmp_path: Path) -> None:
    """An empty file, and a variable that is not set."""
    (tmp_path / "empty").write_text("\n")
    for argv in (("--secret-file", str(tmp_path / "empty")), ("--secret-env", "NONE")):
        with pytest.raises(UsageError, match="empty, or is not there"):
            given(*argv)
