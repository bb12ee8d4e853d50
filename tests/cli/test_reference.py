import argparse
import runpy
import sys
from pathlib import Path

import pytest

from jwtgate.cli import reference
from jwtgate.cli.commands import COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_is_what_the_parsers_take() -> None:
    """``python -m jwtgate.cli.reference > docs/cli.md`` mends it."""
    assert PAGE.read_text() == reference.page()


def test_the_page_is_written_by_a_module(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the standard output."""
    monkeypatch.delitem(sys.modules, "jwtgate.cli.reference")
    runpy.run_module("jwtgate.cli.reference", run_name="__main__")
    assert capsys.readouterr().out == reference.page()


def test_the_page_has_every_command() -> None:
    """Each with a section of its own."""
    text = reference.page()
    assert [name for name in COMMANDS if f"## `jwtgate {name}`\n" not in text] == []


def test_what_is_hidden_from_the_help_is_not_on_the_page() -> None:
    """And defaults stand where the help names them."""
    parser = argparse.ArgumentParser("jwtgate x", description="Do.")
    parser.add_argument("--hidden", help=argparse.SUPPRESS)
    parser.add_argument("--port", default=80, choices=(80, 90), help="%(default)s|x")
    assert list(reference.section(parser, 2)) == [
        "## `jwtgate x`\n",
        "Do.\n",
        "```console\n$ jwtgate x [--port 80|90]\n```\n",
        "| argument | what |\n|---|---|",
        r"| `--port 80\|90` | 80\|x |",
        "",
    ]
