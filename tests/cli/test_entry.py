import logging
import os
import sys
from pathlib import Path

import pytest

from jwtgate.cli import entry, main
from jwtgate.cli.commands import COMMANDS
from tests.cli.running import CLI
from tests.kit import SECRET


def test_help_lists_every_command(cli: CLI) -> None:
    """And says what each does."""
    ran = cli("--help")
    assert ran.code == 0
    assert [name for name in COMMANDS if f"  {name}" not in ran.out] == []


def test_nothing_is_a_call_for_help(cli: CLI) -> None:
    """Who does not know what to say is told."""
    assert cli() == cli("--help")


def test_version_is_told(cli: CLI) -> None:
    """It is the package's."""
    ran = cli("--version")
    assert (ran.code, ran.out) == (0, "jwtgate 0.1.0\n")


def test_help_of_one_command_imports_no_other(cli: CLI) -> None:
    """The help of all imports none."""
    before = {name for name in sys.modules if name.startswith("jwtgate.cli.")}
    cli("--help")
    after = {name for name in sys.modules if name.startswith("jwtgate.cli.")}
    assert after == before


@pytest.mark.parametrize(
    ("word", "err"),
    [
        ("tokn", "jwtgate: no such command; did you mean token?\n"),
        ("--verbose", "jwtgate: unknown: --verbose\n"),
    ],
)
def test_an_unknown_word_is_usage(cli: CLI, word: str, err: str) -> None:
    """It names what was meant, and where help is."""
    ran = cli(word)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{err}see: jwtgate --help\n"


@pytest.mark.parametrize(
    ("argv", "err"),
    [
        ([SECRET], "no such command; expected one of: keygen, init"),
        (["token", "jack", "--secret", SECRET], "unknown: --secret, what is not shown"),
        (["token", "jack", f"--secret={SECRET}"], "unknown: --secret\n"),
        (["consumers", "list", SECRET], "unknown: what is not shown here\n"),
        (["consumers", SECRET], "argument ACTION: unknown; expected one of: list, add"),
        (["keygen", SECRET], "argument ALGORITHM: unknown; expected one of: HS256"),
        (["keygen", "HS25"], "argument ALGORITHM: unknown; did you mean HS256?"),
        (
            ["credentials", "add", "jack", f"--secret-prompt={SECRET}"],
            "argument --secret-prompt: takes no value\n",
        ),
        (["keygen", "RS256", "--bits", SECRET], "argument --bits: expected 2048"),
        (["token", "jack", "--at", SECRET], "argument --at: expected now, +10m"),
        (["token", "jack", "--claim", SECRET], "argument --claim: expected such as"),
    ],
    ids=lambda value: " ".join(value[:-1]) if isinstance(value, list) else None,
)
def test_a_secret_that_went_astray_is_not_shown(
    cli: CLI, argv: list[str], err: str
) -> None:
    """A slip in a script of CI must not put it into the log."""
    ran = cli(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"jwtgate: {err}")


def test_terminal_escape_attack_in_an_argument_is_not_shown(cli: CLI) -> None:
    """What was pasted does nothing."""
    assert "\x1b" not in cli("keygen", "HS256", "\x1b[2J").err


def test_options_are_written_out(cli: CLI) -> None:
    """An abbreviation may mean another option tomorrow."""
    assert cli("keygen", "HS256", "--js").code == 2


def test_every_problem_of_a_file_is_told(cli: CLI, tmp_path: Path) -> None:
    """One line each; such a file never works."""
    file = tmp_path / "gate.toml"
    file.write_text("version = 1\npolicy.realn = 'x'\npolicy.leewax = 1\n")
    ran = cli("consumers", "list", "--config", file)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "jwtgate: policy.realn: unknown; did you mean realm?\n"
        "jwtgate: policy.leewax: unknown; did you mean leeway?\n"
    )


@pytest.mark.usefixtures("url")
def test_what_a_store_refuses_is_1(cli: CLI) -> None:
    """The same call may be fine tomorrow."""
    ran = cli("consumers", "delete", "jack")
    assert (ran.code, ran.err) == (1, "jwtgate: no such consumer\n")


@pytest.mark.usefixtures("url")
def test_a_missing_extra_names_the_line_that_installs_it(
    cli: CLI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare install says what it lacks."""
    for name in [each for each in sys.modules if each.startswith("jwtgate.stores.sql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    ran = cli("consumers", "list")
    assert ran.code == 2
    assert ran.err.endswith("pip install 'jwtgate[sql]'\n")


def test_ctrl_c_is_130(cli: CLI, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no traceback."""

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "_run", interrupted)
    ran = cli("--help")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_closed_pipe_is_141(monkeypatch: pytest.MonkeyPatch) -> None:
    """``jwtgate ... | head -1`` is no error to complain of."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert main(["--help"]) == 141


def test_a_closed_pipe_for_problems_is_141(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the other stream was closed before the command began."""
    read, write = os.pipe()
    os.close(read)
    closed = os.fdopen(write, "w", buffering=1)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", closed)
    assert main(["tokn"]) == 141
    with pytest.raises(BrokenPipeError):
        closed.close()


def test_a_full_disk_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And is not taken for a refusal, which is 1."""
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["--help"]) == 2
    assert capsys.readouterr().err == "jwtgate: [Errno 28] No space left on device\n"


def test_closed_streams_take_nothing(
    monkeypatch: pytest.MonkeyPatch, config: Path
) -> None:
    """``>&- 2>&-``: Python has None for them, and the command ends as it would."""
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert main(["consumers", "list", "--config", str(config)]) == 0
    assert main(["consumers", "list", "--config", "no"]) == 2
    assert main(["tokn"]) == 2


def test_the_log_is_left_as_it_was(cli: CLI, config: Path) -> None:
    """A process that calls main() logs as before."""
    before = list(logging.getLogger("jwtgate").handlers)
    cli("consumers", "list", "--config", config)
    assert logging.getLogger("jwtgate").handlers == before
