import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
INCLUDED: list[str] = _PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]


def test_the_source_has_what_its_targets_need() -> None:
    """``make frameworks`` works in an unpacked sdist, as the README says."""
    makefile = (ROOT / "Makefile").read_text()
    needed = {*re.findall(r"\.ci/[\w.]+", makefile), ".ci/oldest.txt"}
    assert len(needed) > 1
    assert {each for each in needed if not {each, ".ci"} & {*INCLUDED}} == set()
