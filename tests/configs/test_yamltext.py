import sys
import tracemalloc
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.configs.native.overrides import override
from jwtgate.configs.problems import Problems
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
def test_a_name_that_occurs_twice_is_kept_in_mind() -> None:
    """It is refused later, with its place."""
    found = parse_yaml("a: 1\nb: 2\na: 3")
    assert isinstance(found, Table)
    assert found.repeated == ["a"]


REFUSED = {
    "no anchor": ("a: 1\nb: *x", "line 2: expected an anchor before its alias"),
    "anchor below": ("a: *x\nb: &x 1", "line 1: expected an anchor before its alias"),
    "in itself": ("a: &x\n- [*x]", "line 2: expected no alias inside of its own"),
    "in itself, root": ("&x {a: *x}", "line 1: expected no alias inside of its own"),
    "in itself, name": ("&x {*x : 1}", "line 1: expected no alias inside of its own"),
    "in itself, merged": ("&x {<<: *x}", "line 1: expected no alias inside of its own"),
    "in itself, again": ("- &x 1\n- &x [*x]", "line 2: expected no alias inside of"),
    "merged text": ("a: 1\n<<: b", "line 2: expected a table, or a list of tables"),
    "merged quoted name": ("<<: '<<'", "line 1: expected a table, or a list of"),
    "merged nothing": ("<<:", "line 1: expected a table, or a list of tables"),
    "merged list": ("<<: [[{}]]", "line 1: expected a table, or a list of tables"),
    "merged alias": ("a: &a 1\n<<: *a", "line 2: expected a table, or a list of"),
    "merged, one text": ("<<: [{}, a]", "line 1: expected a table, or a list of"),
    "tag": ("a: !!str 1", "line 1: expected no tag"),
    "tag of an object": ("!!python/object:os.system {}", "line 1: expected no tag"),
    "own tag": ("\n- !secret x", "line 2: expected no tag"),
    "bare tag": ("! 1", "line 1: expected no tag"),
    "merge tag": ("? !!merge x\n: {}", "line 1: expected no tag"),
    "bare tag of a merge key": ("! <<: {}", "line 1: expected no tag"),
    "tag beside an anchor": ("&a !!str 1", "line 1: expected no tag"),
    "second document": ("a: 1\n---\nb: 2", "line 2: expected one document"),
    "number as name": ("a: 1\n2: b", "line 2: expected a text as name"),
    "null as name": ("~: b", "line 1: expected a text as name"),
    "bool as name": ("true: b", "line 1: expected a text as name"),
    "alias of a number as name": (
        "- &a 1\n- *a : 1",
        "line 2: expected a text as name",
    ),
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


@both_parsers
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[&a 1, *a]", [1, 1]),
        ("[&a '1', *a]", ["1", "1"]),
        ("a: &a\nb: *a", {"a": None, "b": None}),
        ("[&a [1, &b {c: 2}], *a, *b]", [[1, {"c": 2}], [1, {"c": 2}], {"c": 2}]),
        ("&a b: *a", {"b": "b"}),
        ("{a: &a b, *a : 1}", {"a": "b", "b": 1}),
        ("[&a 1, *a, &a 2, *a]", [1, 1, 2, 2]),
        ("[&a [&a 1, *a], *a]", [[1, 1], 1]),
    ],
)
def test_an_alias_repeats_the_latest_node_of_its_anchor(
    text: str, value: object
) -> None:
    """Scalars, lists and tables alike, and names."""
    assert parse_yaml(text) == value


@both_parsers
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<<: {a: 1}\nb: 2", {"a": 1, "b": 2}),
        ("b: 2\n<<: {a: 1}", {"a": 1, "b": 2}),
        ("<<: {a: 1}\na: 2", {"a": 2}),
        ("a: 2\n<<: {a: 1}", {"a": 2}),
        ("<<: [{a: 1}, {a: 2, b: 2}]", {"a": 1, "b": 2}),
        ("<<: []\na: 1", {"a": 1}),
        ("<<: {<<: {a: 1, b: 1}, a: 2}", {"a": 2, "b": 1}),
        ("[&a {a: {b: 1}}, {<<: *a}]", [{"a": {"b": 1}}] * 2),
        ("[&a [{a: 1}, {a: 2}], {<<: *a}]", [[{"a": 1}, {"a": 2}], {"a": 1}]),
        ("[&a {a: 1}, {<<: [*a, *a]}]", [{"a": 1}, {"a": 1}]),
        ("&a <<: {a: 1}", {"a": 1}),
    ],
)
def test_a_merge_key_adds_the_members_of_other_tables(text: str, value: object) -> None:
    """A table's own win, then those of an earlier one, wherever the key stands."""
    assert parse_yaml(text) == value


@both_parsers
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'<<': {a: 1}", {"<<": {"a": 1}}),
        ('"<<": 1\n<<: {a: 2}', {"<<": 1, "a": 2}),
        ("? |-\n  <<\n: {a: 1}", {"<<": {"a": 1}}),
        ("a: <<", {"a": "<<"}),
        ("{a: &a <<, *a : {b: 1}}", {"a": "<<", "<<": {"b": 1}}),
    ],
)
def test_a_merge_key_is_plain_and_stands_as_a_name(text: str, value: object) -> None:
    """Quoted, as a value, or as an alias it is a text like another."""
    found = parse_yaml(text)
    assert found == value
    assert isinstance(found, Table)
    assert found.repeated == []


@both_parsers
@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("a: 1\n<<: {a: 2}", []),
        ("<<: [{a: 1}, {a: 2}]", []),
        ("<<: {a: 1}\n<<: {b: 1}", ["<<"]),
        ("<<: {}\n<<: {}\n<<: []", ["<<", "<<"]),
        ("a: 1\na: 2\n<<: {a: 3}", ["a"]),
        ("<<: {a: 1, a: 2}", ["a"]),
    ],
)
def test_what_is_merged_is_not_repeated(text: str, repeated: list[str]) -> None:
    """A second merge key is, and so is what the merged table itself repeats."""
    found = parse_yaml(text)
    assert isinstance(found, Table)
    assert found.repeated == repeated


def test_an_alias_of_a_table_repeats_what_occurs_twice() -> None:
    """It is refused in either place."""
    found = parse_yaml("[&a {b: 1, b: 2}, *a]")
    assert isinstance(found, list)
    assert [table.repeated for table in found] == [["b"], ["b"]]


def test_an_override_changes_the_one_table_it_names() -> None:
    """Tables are changed in place, so no alias may share one."""
    tree = parse_yaml(
        "policy: &p {realm: shop, anonymous: &c {username: guest}}\n"
        "routes: [{path: /a, policy: *p}, {path: /b, policy: {<<: *p, mode: report}}]\n"
        "consumers: [*c]"
    )
    environ = {
        "JWTGATE_POLICY__REALM": "x",
        "JWTGATE_POLICY__ANONYMOUS__USERNAME": "x",
    }
    override(tree, environ, Problems())
    policy = {"realm": "shop", "anonymous": {"username": "guest"}}
    assert tree == {
        "policy": {"realm": "x", "anonymous": {"username": "x"}},
        "routes": [
            {"path": "/a", "policy": policy},
            {"path": "/b", "policy": {**policy, "mode": "report"}},
        ],
        "consumers": [{"username": "guest"}],
    }


def lines(first: str, each: str, count: int = 20) -> str:
    """Write lines that name the line before them as ``*a``."""
    rest = (
        f"a{number}: &a{number} {each.replace('*a', f'*a{number - 1}')}"
        for number in range(1, count)
    )
    return "\n".join([f"a0: &a0 {first}", *rest])


TEN = "[" + "*a, " * 10 + "]"
TEN_NAMES = "{" + ", ".join(f"k{number}: *a" for number in range(10)) + "}"
WIDE = "{" + ", ".join(f"k{number}: 1" for number in range(1_000)) + "}"

ATTACKS = {
    "exponential, lists": (lines("[x]", TEN), 7, "nodes"),
    "exponential, tables": (lines("{x: y}", TEN_NAMES), 7, "nodes"),
    "exponential, merged": (lines("{x: y}", f"{{<<: {TEN}}}"), 7, "nodes"),
    "exponential, texts": (lines("x" * 2_000, TEN), 5, "characters"),
    "quadratic": (lines(f"[{'x, ' * 2_000}]", f"[{'*a, ' * 2_000}]"), 2, "nodes"),
    "quadratic, merged": (lines(WIDE, f"[{'{<<: *a}, ' * 1_000}]"), 2, "nodes"),
    "quadratic, texts": (lines("x" * 9_999, f"[{'*a, ' * 2_000}]"), 2, "characters"),
    "quadratic, names": (
        lines(f"{{{'x' * 999}: 1}}", f"[{'*a, ' * 20_000}]"),
        2,
        "characters",
    ),
    "deep": (lines("[x]", "[*a]", 100), 32, "levels"),
    "deep, merged": (lines("{x: y}", "{k: {<<: *a}}", 100), 17, "levels"),
}


@pytest.mark.parametrize(
    ("text", "line", "units"), ATTACKS.values(), ids=ATTACKS.keys()
)
def test_a_few_lines_that_mean_too_much_are_refused(
    text: str, line: int, units: str
) -> None:
    """With the line where it was too much."""
    with pytest.raises(Flaw, match=f"^line {line}: expected [0-9]+ {units} at"):
        parse_yaml(text)


@pytest.mark.parametrize("text", [case[0] for case in ATTACKS.values()], ids=ATTACKS)
def test_what_means_too_much_is_refused_before_it_is_built(text: str) -> None:
    """It takes no more memory than a plain text of its length would."""
    tracemalloc.start()
    try:
        with pytest.raises(Flaw):
            parse_yaml(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000 + 30 * len(text)


@both_parsers
def test_levels_that_an_alias_repeats_add_to_those_above_it() -> None:
    """Together they may be as many as are allowed."""
    text = f"[&a {'[' * 16 + ']' * 16}, {'[' * 15}*a{']' * 15}]"
    assert isinstance(parse_yaml(text), list)


@both_parsers
def test_one_level_more_above_an_alias_is_refused() -> None:
    """What comes later goes through the levels of the tree, not of the text."""
    text = f"[&a {'[' * 16 + ']' * 16},\n{'[' * 16}*a{']' * 16}]"
    with pytest.raises(Flaw, match=r"^line 2: expected 32 levels at most"):
        parse_yaml(text)


@both_parsers
def test_a_scalar_below_32_levels_may_be_an_alias() -> None:
    """It has no level of its own."""
    text = f"[&a x, {'[' * 31}*a{']' * 31}]"
    assert isinstance(parse_yaml(text), list)


def test_without_pyyaml_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mend is one command."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ConfigurationError, match=r'pip install "jwtgate\[yaml\]"'):
        parse_yaml("a: 1")


class Dumper(yaml.SafeDumper):
    """Writes an anchor for all that occurs twice, names and other scalars too."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's
        """Ignore none."""
        return False


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


Dumper.add_representer(str, _quoted)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.sampled_from(["<<", "no", "1", "*a", "&a", "~"])
)


@st.composite
def shared_trees(draw: st.DrawFn) -> object:
    """Make a tree of which parts occur in several places, as the same objects."""
    parts: list[object] = draw(st.lists(SCALARS, min_size=1, max_size=4))
    for _ in range(draw(st.integers(0, 6))):
        members = draw(st.lists(st.sampled_from(range(len(parts))), max_size=4))
        names = [each for each in parts if isinstance(each, str)]
        as_table: bool = draw(st.booleans())
        if names and as_table:
            parts.append({draw(st.sampled_from(names)): parts[n] for n in members})
        else:
            parts.append([parts[number] for number in members])
    return parts[-1]


def collections_in(value: object) -> Iterator[int]:
    """Tell the identity of each list and table in a tree."""
    if isinstance(value, dict | list):
        yield id(value)
        for each in value.values() if isinstance(value, dict) else value:
            yield from collections_in(each)


@given(tree=shared_trees())
def test_what_is_written_with_anchors_is_read_back(tree: object) -> None:
    """PyYAML writes an alias for each further occurrence; none is shared then."""
    found = parse_yaml(yaml.dump(tree, Dumper=Dumper))
    assert found == tree
    identities = list(collections_in(found))
    assert len(identities) == len(set(identities))


@st.composite
def merging_texts(draw: st.DrawFn) -> str:
    """Write tables that merge earlier ones, in flow style."""
    tables: list[str] = []
    for number in range(draw(st.integers(1, 6))):
        names: list[str] = draw(st.lists(st.sampled_from("abcdef"), unique=True))
        members = [f"{name}: {number}" for name in names]
        if number:
            earlier = st.integers(0, number - 1).map("*m{}".format)
            several = st.lists(earlier, max_size=3).map(", ".join).map("[{}]".format)
            members.append(f"<<: {draw(earlier | several)}")
        table = ", ".join(draw(st.permutations(members)))
        tables.append(f"- &m{number} {{{table}}}")
    return "\n".join(tables)


@given(text=merging_texts())
def test_tables_are_merged_as_pyyaml_merges_them(text: str) -> None:
    """In whatever order, and through several tables."""
    found = parse_yaml(text)
    assert found == yaml.safe_load(text)
    assert isinstance(found, list)
    assert [table.repeated for table in found] == [[]] * len(found)


@given(text=st.text(alphabet="a1:-[]{}&*!|>'\"#%@`,?~ \n\t\x00\u00e9"))
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    """Nothing else comes out of the parser."""
    try:
        parse_yaml(text)
    except Flaw as error:
        assert str(error).startswith("line ")  # noqa: PT017 - it need not come
