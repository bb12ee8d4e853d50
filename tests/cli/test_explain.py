import io
import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.cli.running import CLI, run_process
from tests.kit import NOW, mint

AT = ("--at", int(NOW))
LAB = """
_format_version: "3.0"
services:
- name: fastapi
  url: http://localhost:8000
  routes:
  - {name: healthy, paths: [/kong/healthy], strip_path: false}
plugins:
- name: jwt
  config: {claims_to_verify: [exp], key_claim_name: iss, maximum_expiration: 600}
consumers:
- username: fastapi
  jwt_secrets: [{key: jwttoken, secret: "!Qwaszxerdfcv", algorithm: HS256}]
"""


@pytest.fixture
def signed(cli: CLI) -> str:
    """Give a good token, whose signature may be in no output."""
    token = mint()
    cli.secrets.add(token.rpartition(".")[2])
    return token


def test_a_good_token_ends_with_0(cli: CLI, config: Path, signed: str) -> None:
    """And every step is told."""
    ran = cli("explain", signed, "--config", config, "--request", "GET /x", *AT)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("GET /x: authenticated\n")
    assert "+ signature             holds\n" in ran.out


def test_a_refusal_ends_with_1(cli: CLI, config: Path, signed: str) -> None:
    """What is wrong is the second line."""
    ran = cli("explain", signed, "--config", config, "--at", int(NOW) + 607)
    lines = ran.out.split("\n")
    assert ran.code == 1
    assert lines[0] == "GET /: refused, 401 token_expired"
    assert lines[1].startswith("The token expired 7 s ago and has no iat:")


def test_the_token_is_read_from_standard_input(
    cli: CLI, config: Path, signed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody else sees it; the line end is none of it."""
    sent = io.TextIOWrapper(io.BytesIO(f"{signed}\n".encode()))
    monkeypatch.setattr(sys, "stdin", sent)
    assert cli("explain", "-", "--config", config, *AT).code == 0


def test_the_explanation_is_json_for_scripts(
    cli: CLI, config: Path, signed: str
) -> None:
    """The same as ``to_dict()``."""
    found = json.loads(cli("explain", signed, "--config", config, "--json", *AT).out)
    assert (found["outcome"], found["reason"], found["at"]) == (
        "authenticated",
        None,
        NOW,
    )


def test_a_header_may_have_the_token(cli: CLI, config: Path, signed: str) -> None:
    """As it was sent."""
    header = ("--header", f"Authorization: Bearer {signed}")
    assert cli("explain", "--config", config, *header, *AT).code == 0
    twice = cli("explain", signed, "--config", config, *header, *AT)
    assert "token_repeated" in twice.out


def test_without_any_token_it_is_missing(cli: CLI, config: Path) -> None:
    """As the client would be told."""
    ran = cli("explain", "--config", config)
    assert ran.code == 1
    assert "token_missing" in ran.out


def test_the_usual_file_is_taken(cli: CLI, config: Path, signed: str) -> None:
    """If none is named."""
    config.rename("jwtgate.toml")
    assert cli("explain", signed, *AT).code == 0


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--config", "nowhere.toml"), "nowhere.toml"),
        (("--request", "nowhere"), "a request must be such as 'GET /orders?page=2'"),
        (("--header", "nothing"), "a header must be such as 'Cookie: name=value'"),
        (("--at", "soon"), "argument --at"),
    ],
    ids=["file", "request", "header", "time"],
)
def test_a_call_that_cannot_work_ends_with_2(
    cli: CLI, config: Path, words: tuple[str, ...], problem: str
) -> None:
    """It says why."""
    ran = cli("explain", "x", "--config", config, *words)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err


def test_terminal_escape_attack_in_a_claim_is_written_out(
    cli: CLI, config: Path
) -> None:
    """A claim may hold what clears the screen, and a green line."""
    token = mint(evil="\x1b[2J\x1b[32mauthenticated\u202e\n", exp=1)
    for words in ((), ("--json",)):
        ran = cli("explain", token, "--config", config, *words, *AT)
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out
        assert ran.code == 1


def test_a_token_that_is_no_text_is_explained(cli: CLI, config: Path) -> None:
    """A shell passes any octets on."""
    ran = cli("explain", "a\udcff.b", "--config", config)
    assert "token_malformed" in ran.out


def test_the_help_says_that_arguments_are_seen(cli: CLI) -> None:
    """And what to do instead."""
    assert "reads it from standard input" in cli("explain", "--help").out


def test_the_page_shows_what_is_printed(
    cli: CLI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The howto's file, its command, and every line that it says comes of them."""
    page = (Path(__file__).parents[2] / "docs" / "howto" / "explain.md").read_text()
    blocks = dict(re.findall(r"```(yaml|console)\n(.*?)```", page, re.DOTALL)[:2])
    command, _, printed = blocks["console"].partition(" < token.txt\n")
    token = mint({"exp": 1733279271, "iss": "jwttoken"}, secret="!Qwaszxerdfcv")
    Path("kong.yml").write_text(blocks["yaml"])
    monkeypatch.setenv("JACK_SECRET", "!Qwaszxerdfcv")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(token.encode())))
    ran = cli(*shlex.split(command.removeprefix("$ jwtgate ")))
    assert (ran.code, ran.out) == (1, printed)


def test_the_lab_s_story_in_a_process() -> None:
    """The token expired at once, because exp was set to now; one line says so."""
    Path("kong.yml").write_text(LAB)
    token = mint({"exp": 1733279271, "iss": "jwttoken"}, secret="!Qwaszxerdfcv")
    ran = run_process(
        *("explain", "-", "--config", "kong.yml"),
        *("--request", "GET /kong/healthy", "--at", "2024-12-04T02:27:54Z"),
        input=token,
    )
    _, line, *rest = ran.stdout.split("\n")
    assert ran.returncode == 1
    assert "expired 3 s ago" in line
    assert "it expired the moment it was issued, as exp was set to now" in line
    assert "x exp" in "\n".join(rest)
    assert "\x1b" not in ran.stdout
    assert "!Qwaszxerdfcv" not in ran.stdout + ran.stderr
    assert token.rpartition(".")[2] not in ran.stdout + ran.stderr
