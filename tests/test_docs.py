"""The code of README and docs runs, its links lead somewhere, its tables are true."""

import doctest
import re
from collections import deque
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

import pytest

from jwtgate import Policy, Reason, load
from tests.kit import SECRET

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
INCLUDED = re.compile(
    r"^<!-- (examples/\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
SOURCE = re.compile(r"`(src/jwtgate/[\w/]+\.py)`")
# Classes, and what is called: not the names of metrics and checks.
NAME = re.compile(r"`(jwtgate(?:\.\w+)*\.(?:[A-Z][a-z]\w+|\w+(?=\()))")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def run(kind: str, code: str, names: dict[str, Any], page: str) -> int:
    """Run one block in the names of its page; return how many examples failed."""
    if kind == "python":
        exec(compile(code, page, "exec"), names)  # noqa: S102 - our own pages
        return 0
    example = doctest.DocTestParser().get_doctest(code, names, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    failed = runner.run(example, clear_globs=False).failed
    names.update(example.globs)
    return failed


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_code_of_a_page_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block of a page runs, in order, in one set of names."""
    monkeypatch.setattr("logging.basicConfig", lambda **_: None)
    # What other tests said in the chat of the examples is no part of a page.
    monkeypatch.setattr("examples.chat.said", deque(maxlen=100))
    module = ModuleType(page.stem)
    failed = [
        run(kind, code, module.__dict__, page.name)
        for kind, code in BLOCK.findall(page.read_text())
    ]
    assert not any(failed)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    """A link to a file of ours finds it."""
    targets = [each for each in LINK.findall(page.read_text()) if "://" not in each]
    assert [each for each in targets if not (page.parent / each).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_to_a_heading_find_it(page: Path) -> None:
    """By what a heading becomes: small letters, digits and dashes."""
    lost = []
    for target, heading in re.findall(r"\]\(([^)#\s:]*)#([^)]+)\)", page.read_text()):
        text = (page.parent / target if target else page).read_text()
        names = (re.sub(r"[^\w -]", "", each).lower() for each in HEADING.findall(text))
        if heading not in {each.replace(" ", "-") for each in names}:
            lost.append(f"{target}#{heading}")
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_names_of_ours_in_a_page_can_be_imported(page: Path) -> None:
    """From where the page says that they are."""
    for name in NAME.findall(page.read_text()):
        assert resolve_name(name) is not None


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_tests_and_sources_that_a_page_names_exist(page: Path) -> None:
    """A page that says which test holds a rule names a test that is there."""
    text = page.read_text()
    missing = [each for each in SOURCE.findall(text) if not (ROOT / each).exists()]
    for path, name in TEST.findall(text):
        file = ROOT / path
        if not file.exists() or f"def {name}" not in file.read_text():
            missing.append(f"{path}::{name}")
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_examples_that_a_page_shows_are_the_examples(page: Path) -> None:
    """A page that shows a file shows all of it, as it is."""
    shown = INCLUDED.findall(page.read_text())
    assert [file for file, text in shown if (ROOT / file).read_text() != text] == []


def test_table_of_reasons_is_complete() -> None:
    """The page on decisions lists every reason as it is."""
    page = (ROOT / "docs" / "decision.md").read_text()
    rows = [
        f"| `{each.code}` | {each.status} | "
        f"{f'`{each.bearer_error}`' if each.bearer_error else ''} | {each.text} |"
        for each in Reason
    ]
    assert [row for row in rows if row not in page] == []


def test_readme_shows_the_first_code_early() -> None:
    """A reader sees code by line 12."""
    lines = (ROOT / "README.md").read_text().splitlines()
    assert any(line.startswith("```") for line in lines[:12])


def test_readme_lists_every_field_of_a_policy() -> None:
    """The table of the policy leaves out no field but the origins of csrf."""
    text = (ROOT / "README.md").read_text()
    fields = [name for name in Policy.__slots__ if not name.startswith("_")]
    assert [name for name in fields if f"`{name}" not in text] == ["trusted_origins"]


def test_readme_s_file_is_a_gate(tmp_path: Path) -> None:
    """The file that the README prints loads as it is."""
    text = (ROOT / "README.md").read_text()
    printed = re.search(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert printed is not None
    file = tmp_path / "jwtgate.toml"
    file.write_text(printed[1])
    gate = load(file, environ={"JACK_SECRET": SECRET})
    assert gate.policy.realm == "shop"
