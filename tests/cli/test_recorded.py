import io
import json
import logging
import sys
from pathlib import Path

import pytest

from jwtgate import Denied, Gate, RequestView, authenticate
from jwtgate.events import Events
from jwtgate.jsonlog import JSONLines
from jwtgate.telling import REFERENCE
from tests.cli.running import CLI
from tests.kit import NOW, ListStore, clock, credential, mint


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Name a file for a log."""
    return tmp_path / "app.log"


@pytest.fixture
def reference(log: Path) -> str:
    """Let a gate refuse a token; give what its client would quote."""
    handler = logging.FileHandler(log)
    handler.setFormatter(JSONLines())
    logger = logging.getLogger("jwtgate")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    gate = Gate(ListStore(credential()), clock=clock, events=Events(references=True))
    try:
        outcome = authenticate(gate, RequestView.get("/x", token=mint(exp=NOW - 3)))
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)
        handler.close()
    assert isinstance(outcome, Denied)
    return dict(outcome.response_headers)[REFERENCE]


def test_a_refusal_is_found_by_what_the_client_quotes(
    cli: CLI, log: Path, reference: str
) -> None:
    """With its reason, and what to do."""
    ran = cli("explain", "--log", log, "--reference", reference)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "refused a request: token_expired (denied)"
    assert lines[1].startswith("Get a new token")
    assert any(line.split() == ["reason", "token_expired"] for line in lines)
    assert any(line.split() == ["carriers", "header"] for line in lines)


def test_a_refusal_is_found_in_json(cli: CLI, log: Path, reference: str) -> None:
    """With the members of the record."""
    ran = cli("explain", "--log", log, "--reference", reference, "--json")
    told = json.loads(ran.out)
    assert told["jwtgate_reason"] == "token_expired"
    assert told["advice"].startswith("Get a new token")


def test_the_log_is_read_from_standard_input(
    cli: CLI, log: Path, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it comes from other tools, whatever else is in it."""
    octets = io.BytesIO(b"\xff\n" + log.read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(octets, "utf-8"))
    assert cli("explain", "--log", "-", "--reference", reference).code == 0


def test_a_reference_that_no_record_has(cli: CLI, log: Path) -> None:
    """Lines of another kind are passed over."""
    log.write_text("no JSON\n")
    ran = cli("explain", "--log", log, "--reference", "00")
    assert (ran.code, ran.out) == (1, "")
    assert "no record" in ran.err


def test_a_record_of_another_version(cli: CLI, log: Path) -> None:
    """Of a reason that is not known, there is no advice."""
    record = {"message": "refused", "jwtgate_reference": "00", "jwtgate_reason": "new"}
    log.write_text(json.dumps(record) + "\n")
    ran = cli("explain", "--log", log, "--reference", "00")
    assert (ran.code, ran.out.splitlines()[:2]) == (0, ["refused", ""])


def test_a_record_without_a_reason(cli: CLI, log: Path) -> None:
    """Nobody else's record is believed to have one."""
    log.write_text(json.dumps({"jwtgate_reference": "00", "jwtgate_reason": 7}))
    assert cli("explain", "--log", log, "--reference", "00").code == 0


def test_log_injection_by_a_record(cli: CLI, log: Path) -> None:
    """What it holds is escaped at the terminal."""
    record = {"message": "\x1b[31mred", "jwtgate_reference": "00"}
    log.write_text(json.dumps(record) + "\n")
    assert "\x1b" not in cli("explain", "--log", log, "--reference", "00").out


@pytest.mark.parametrize(
    "words", [("--log", "x"), ("--reference", "x"), ("--log", "no", "--reference", "x")]
)
def test_a_log_and_a_reference_go_together(cli: CLI, words: tuple[str, ...]) -> None:
    """And the log has to be there."""
    assert cli("explain", *words).code == 2
