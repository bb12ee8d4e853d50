import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.configs.tree import Table
from jwtgate.configs.yamltext import Flaw, parse_yaml


@pytest.fixture(params=["C", "Python"])
def _parsers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the parser in C, and with a PyYAML that has none."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


both_parsers = pytest.mark.usefixtures("_parsers")


@both_parsers
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("''", ""),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("'1'", "1"),
        ('"true"', "true"),
        ("|\n  line", "line"),
        ("", None),
        ("[1, [a]]", [1, ["a"]]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
        ("a:\nb: 1", {"a": None, "b": 1}),
        ("---\na: 1\n...\n", {"a": 1}),
    ],
)
def test_what_json_can_say_is_read(text: str, value: object) -> None:
    """The scalars are those of JSON."""
    found = parse_yaml(text)
    assert found == value
    assert type(found) in (type(value), Table)


@both_parsers
@pytest.mark.parametrize(
    "text",
    [
        *("no", "yes", "on", "off", "No", "True", "FALSE", "Null", "y"),
        *("2026-01-01", "2026-01-01T00:00:00Z", "12:30:45", "1_000", "0x10", "010"),
        *(".nan", ".inf", "+1", "1.", ".5", "0o7", "<<"),
    ],
)
def test_what_yaml_1_1_makes_of_texts_stays_a_text(text: str) -> None:
    """A country's code is no switch, and a day no object."""
    assert parse_yaml(text) == text


@both_parsers
def test_a_merge_key_is_a_name_like_another() -> None:
    """What a table has is written in it."""
    assert parse_yaml("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


@both_parsers
def test_a_name_that_occurs_twice_is_kept_in_mind() -> None:
    """It is refused later, with its place."""
    found = parse_yaml("a: 1\nb: 2\na: 3")
    assert isinstance(found, Table)
    assert found.repeated == ["a"]


REFUSED = {
    "alias": ("a: &x 1\nb: *x", "line 1: expected no anchor or alias"),
    "alias without anchor": ("a: 1\nb: *x", "line 2: expected no anchor or alias"),
    "anchor of a list": ("a:\n- &x [1]", "line 2: expected no anchor or alias"),
    "billion laughs": ("a: &a [x]\nb: &b [*a, *a]", "line 1: expected no anchor"),
    "tag": ("a: !!str 1", "line 1: expected no tag"),
    "tag of an object": ("!!python/object:os.system {}", "line 1: expected no tag"),
    "own tag": ("\n- !secret x", "line 2: expected no tag"),
    "bare tag": ("! 1", "line 1: expected no tag"),
    "merge tag": ("? !!merge x\n: {}", "line 1: expected no tag"),
    "second document": ("a: 1\n---\nb: 2", "line 2: expected one document"),
    "number as name": ("a: 1\n2: b", "line 2: expected a text as name"),
    "null as name": ("~: b", "line 1: expected a text as name"),
    "list as name": ("? [a]\n: b", "line 1: expected a text as name"),
    "no YAML": ("a: 1\n b: : 2", "line 2: expected YAML"),
    "open list": ("a: [1,\n", "expected YAML"),
    "tabs": ("a:\n\t- 1", "line 2: expected YAML"),
    "control": ("a: \x01", "line 1: expected YAML"),
    "directive": ("%YAML 3.0\n---\na: 1", "expected YAML"),
    "33 levels": ("[" * 33 + "]" * 33, "line 1: expected 32 levels at most"),
    "a flood of levels": ("[" * 100_000, "line 1: expected 32 levels at most"),
}


@both_parsers
@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_surprises_is_refused(text: str, why: str) -> None:
    """With the line, and never with the text."""
    with pytest.raises(Flaw) as caught:
        parse_yaml(text)
    assert why in str(caught.value)


@both_parsers
def test_levels_up_to_the_bound_are_read() -> None:
    """The bound itself is within."""
    assert isinstance(parse_yaml("[" * 32 + "1" + "]" * 32), list)


def test_without_pyyaml_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mend is one command."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ConfigurationError, match=r'pip install "jwtgate\[yaml\]"'):
        parse_yaml("a: 1")


@given(text=st.text(alphabet="a1:-[]{}&*!|>'\"#%@`,?~ \n\t\x00\u00e9"))
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    """Nothing else comes out of the parser."""
    try:
        parse_yaml(text)
    except Flaw as error:
        assert str(error).startswith("line ")  # noqa: PT017 - it need not come
