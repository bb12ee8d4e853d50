import io
import json
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from tests.kit import NOW, SECRET, make_gate, mint

TOKEN = mint()


@pytest.fixture(autouse=True)
def _project() -> Iterator[None]:
    """Give the project a gate."""
    with override_settings(JWTGATE={"GATE": make_gate()}):
        yield


def run(*words: str) -> str:
    """Run the command as from a shell, and give what it printed."""
    out = StringIO()
    call_command("jwtgate_explain", *words, stdout=out)
    assert SECRET not in out.getvalue()
    assert TOKEN.rpartition(".")[2] not in out.getvalue()
    return out.getvalue()


def test_a_good_token_is_explained() -> None:
    """By the gate of the project, at its time."""
    assert run(TOKEN, "--request", "GET /x").startswith("GET /x: authenticated\n")


def test_a_refusal_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts."""
    with pytest.raises(SystemExit) as ended:
        call_command("jwtgate_explain", TOKEN, "--at", str(NOW + 600))
    assert ended.value.code == 1
    assert "token_expired" in capsys.readouterr().out


@pytest.mark.parametrize(
    "time", ["2027-01-15T08:00:00Z", "2027-01-15T02:00:00", "1800000000"], ids=str
)
def test_the_time_is_taken_in_any_form(time: str) -> None:
    """In the zone of the settings, if it has none: Chicago, unless it is set."""
    assert json.loads(run(TOKEN, "--at", time, "--json"))["at"] == NOW


def test_the_token_is_read_from_standard_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nobody else sees it."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TOKEN}\n"))
    assert "authenticated" in run("-")


def test_a_header_may_have_the_token() -> None:
    """As it was sent."""
    assert "authenticated" in run("--header", f"Authorization: Bearer {TOKEN}")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--request", "nowhere"), "a request must be such as"),
        (("--at", "soon"), "invalid moment value"),
    ],
    ids=["request", "time"],
)
def test_a_call_that_cannot_work_is_a_sentence(
    words: tuple[str, ...], problem: str
) -> None:
    """Not a traceback."""
    with pytest.raises(CommandError, match=problem):
        run(*words)


def test_a_project_without_a_gate_is_told() -> None:
    """There is nothing to explain."""
    with (
        override_settings(JWTGATE=None),
        pytest.raises(CommandError, match="set JWTGATE"),
    ):
        run(TOKEN)
