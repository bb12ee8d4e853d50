"""The command as a process: what a terminal, a pipe and a script see of it."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import run_process
from tests.kit import SECRET

LAB = Path(__file__).parents[2] / "examples" / "from_kong" / "lab.yml"
COMMAND = [sys.executable, "-m", "jwtgate"]

HELP = """\
usage: jwtgate COMMAND [...]

Authenticate the consumers of an app by JWT.

options:
  -h, --help  show this help message and exit
  --version   show program's version number and exit

commands:
  keygen       make a key pair or a secret
  init         write a starting jwtgate.toml
  token        sign a token for a consumer of a file or a store
  explain      tell why a request is let through or refused
  doctor       look for what is weak in a policy and its credentials
  consumers    list, add, change and import who may call
  credentials  list, add, rotate and change what proves who calls
  convert      write a gateway's file in jwtgate's own format
  routes       list the routes of an app, and what guards them
  demo         serve a gate on this machine, to try it by hand

jwtgate COMMAND --help tells more.
"""
CONSUMERS = """\
username          custom_id  groups  quota  state  id
fastapi-consumer  -          -       -      live   2585e333-dccb-51ea-8440-4299f114b737
"""
CREDENTIALS = """\
key       kid  consumer          algorithm  state  tags
jwttoken  -    fastapi-consumer  HS256      live   -
"""
NO_TABLES = """\
jwtgate: the store failed: OperationalError: no such table: jwtgate_consumers; \
consumers add --create-tables makes it
"""
MADE = """\
private  jack.private.pem (for you alone)
public   jack.public.pem (for everybody)
"""


@pytest.mark.parametrize(
    ("argv", "code", "out", "err"),
    [
        (["--help"], 0, HELP, ""),
        (["--version"], 0, "jwtgate 0.1.0\n", ""),
        (["keygen", "ES256", "--out", "jack"], 0, MADE, ""),
        (["consumers", "list", "--config", str(LAB)], 0, CONSUMERS, ""),
        (["credentials", "list", "--config", str(LAB)], 0, CREDENTIALS, ""),
        (["consumers", "list", "--store", "sqlite:///x.db"], 1, "", NO_TABLES),
        (["consumers"], 2, "", None),
        (["tokn"], 2, "", None),
    ],
    ids=[
        *("help", "version", "keygen", "consumers", "credentials"),
        *("no tables", "no action", "no command"),
    ],
)
def test_a_command_ends_and_writes_as_it_did(
    argv: list[str], code: int, out: str, err: str | None
) -> None:
    """Codes, results on one stream, all else on the other, and no colour."""
    ran = run_process(*argv)
    assert (ran.returncode, ran.stdout) == (code, out)
    assert err is None or ran.stderr == err
    assert "\x1b" not in ran.stdout + ran.stderr
    assert SECRET not in ran.stdout + ran.stderr


def test_the_script_is_the_same_command() -> None:
    """``jwtgate`` is what the package installs."""
    script = shutil.which("jwtgate", path=str(Path(sys.executable).parent))
    assert script is not None
    ran = subprocess.run(  # noqa: S603 - our own script
        [script, "--version"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "jwtgate 0.1.0\n")


def test_a_closed_pipe_is_quiet() -> None:
    """``jwtgate consumers list --json | head -1``: no traceback, no complaint."""
    argv = [*COMMAND, "consumers", "list", "--config", str(LAB), "--json"]
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(  # noqa: S603 - this interpreter, on our own module
        argv, stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (ran.returncode, ran.stderr) == (141, "")


def test_ctrl_c_ends_a_demo() -> None:
    """It serves until then, and that is no failure."""
    with subprocess.Popen(  # noqa: S603 - this interpreter, on our own module
        [*COMMAND, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stdout is not None
        assert served.stdout.readline().startswith("serving http://127.0.0.1:")
        served.send_signal(signal.SIGINT)
        _, err = served.communicate(timeout=30)
    assert (served.returncode, err) == (0, "")


def test_a_token_goes_through_a_pipe_to_a_script() -> None:
    """JSON on the standard output, whatever is told beside."""
    ran = run_process("token", "fastapi-consumer", "--config", str(LAB), "--json")
    assert json.loads(ran.stdout)["algorithm"] == "HS256"


def on_terminal(*argv: str, **environ: str) -> str:
    """Run the command on a terminal of its own, and give what it showed there."""
    ours, its = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - this interpreter, on our own module
        [*COMMAND, *argv],
        stdin=its,
        stdout=its,
        stderr=its,
        env={**os.environ, "TERM": "xterm-256color", **environ},
    ) as process:
        os.close(its)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        process.wait(timeout=30)
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so where its other end was closed
        return b""


def test_a_terminal_has_colour() -> None:
    """The head of a table is bold, and the times of a token are told."""
    shown = on_terminal("credentials", "list", "--config", str(LAB))
    assert "\x1b[1m" in shown
    told = on_terminal("token", "fastapi-consumer", "--config", str(LAB))
    assert "Z (in 10m)" in told


def test_a_terminal_that_wants_no_colour_has_none() -> None:
    """https://no-color.org."""
    shown = on_terminal("credentials", "list", "--config", str(LAB), NO_COLOR="1")
    assert "\x1b" not in shown
    assert shown.replace("\r\n", "\n") == CREDENTIALS
