import pytest

from jwtgate.configs.tree import MAX_DEPTH, Table
from jwtgate.configs.yamlnodes import (
    EMPTY,
    MAX_CHARACTERS,
    MAX_NODES,
    Flaw,
    Graph,
    Members,
    Node,
    as_tree,
)

ONE = Node("one", characters=3)
TWO = Node([], nodes=5, characters=7, levels=2)


def test_a_flaw_tells_the_line() -> None:
    """And what was expected there."""
    assert str(Flaw(3, "expected no tag")) == "line 3: expected no tag"


def test_a_scalar_is_one_node_without_levels() -> None:
    """Whatever it holds."""
    assert (ONE.nodes, ONE.levels) == (1, 0)


def test_a_collection_is_as_large_as_all_that_is_in_it() -> None:
    """Itself is one node and one level more."""
    node = Node.above([ONE, TWO, TWO], [ONE, TWO, TWO])
    assert (node.nodes, node.characters, node.levels) == (12, 17, 3)


def test_a_collection_with_nothing_in_it_is_a_node_and_a_level() -> None:
    """The same as is added before what is in it is known."""
    node = Node.above([], [])
    assert (node.nodes, node.characters, node.levels) == (1, 0, 1)
    assert (EMPTY.nodes, EMPTY.characters, EMPTY.levels) == (1, 0, 1)


BOUNDS = {
    "nodes": (Node("", nodes=MAX_NODES - 1), Node("")),
    "characters": (Node("", characters=MAX_CHARACTERS - 1), Node("", characters=1)),
}


@pytest.mark.parametrize(("much", "little"), BOUNDS.values(), ids=BOUNDS)
def test_a_tree_may_be_as_large_as_its_bounds(much: Node, little: Node) -> None:
    """The bound itself is within."""
    graph = Graph()
    graph.add(much, 0, 1)
    assert graph.add(little, 0, 2) is little


@pytest.mark.parametrize("units", BOUNDS)
def test_one_more_is_refused_where_it_stands(units: str) -> None:
    """What came before is counted, wherever it was."""
    much, little = BOUNDS[units]
    graph = Graph()
    graph.add(much, 0, 1)
    graph.add(little, 0, 2)
    with pytest.raises(Flaw, match=f"^line 3: expected [0-9]+ {units} at most"):
        graph.add(little, 0, 3)


def test_levels_add_to_those_above() -> None:
    """They are not summed up: only the deepest place counts."""
    graph = Graph()
    for _ in range(3):
        graph.add(TWO, MAX_DEPTH - 2, 1)
    with pytest.raises(Flaw, match=r"^line 2: expected 32 levels at most"):
        graph.add(TWO, MAX_DEPTH - 1, 2)


def test_an_anchor_is_repeated_by_its_node() -> None:
    """Nothing is copied yet."""
    graph = Graph()
    graph.open("a")
    graph.close("a", ONE)
    assert graph.repeat("a", 0, 1) is ONE


def test_what_is_repeated_counts_again_each_time() -> None:
    """With all that is below it."""
    graph = Graph()
    graph.open("a")
    graph.close("a", Node([], nodes=MAX_NODES // 2, levels=1))
    graph.repeat("a", 0, 1)
    graph.repeat("a", 0, 2)
    with pytest.raises(Flaw, match=r"^line 3: expected 1000000 nodes at most"):
        graph.repeat("a", 0, 3)


def test_an_alias_of_no_anchor_is_refused() -> None:
    """There is nothing to repeat."""
    with pytest.raises(Flaw, match=r"^line 4: expected an anchor before its alias"):
        Graph().repeat("a", 0, 4)


def test_an_alias_inside_of_its_own_anchor_is_refused() -> None:
    """Its tree would have no end."""
    graph = Graph()
    graph.open("a")
    with pytest.raises(Flaw, match=r"^line 4: expected no alias inside of its own"):
        graph.repeat("a", 0, 4)


def test_a_later_anchor_takes_the_place_of_an_earlier_one() -> None:
    """YAML 1.2.2 section 3.2.2.2: the latest node is meant."""
    graph = Graph()
    for node in (ONE, TWO):
        graph.open("a")
        graph.close("a", node)
    assert graph.repeat("a", 0, 1) is TWO


def test_of_two_nested_anchors_the_inner_began_later() -> None:
    """The outer one's end does not bring it back."""
    graph = Graph()
    graph.open("a")
    graph.open("a")
    graph.close("a", ONE)
    graph.close("a", TWO)
    assert graph.repeat("a", 0, 1) is ONE


@pytest.mark.parametrize("value", ["text", "", 1, 1.5, True, None], ids=repr)
def test_a_scalar_is_its_own_tree(value: str | float | None) -> None:
    """It cannot be changed."""
    assert as_tree(Node(value)) is value


def test_a_node_in_two_places_becomes_two_values() -> None:
    """One may be changed without the other."""
    inner = Node(Members([("a", Node([ONE]))]))
    tree = as_tree(Node([inner, inner]))
    assert tree == [{"a": ["one"]}, {"a": ["one"]}]
    assert isinstance(tree, list)
    assert tree[0] is not tree[1]
    assert tree[0]["a"] is not tree[1]["a"]


def table(members: Members) -> Table:
    """Write out a mapping."""
    tree = as_tree(Node(members))
    assert isinstance(tree, Table)
    return tree


FIRST = Members([("a", Node(1)), ("b", Node(1))])
SECOND = Members([("b", Node(2)), ("c", Node(2))])


@pytest.mark.parametrize(
    ("own", "merged", "value"),
    [
        ([], [[FIRST]], {"a": 1, "b": 1}),
        ([], [[FIRST, SECOND]], {"a": 1, "b": 1, "c": 2}),
        ([], [[SECOND, FIRST]], {"a": 1, "b": 2, "c": 2}),
        ([("b", Node(0))], [[FIRST, SECOND]], {"a": 1, "b": 0, "c": 2}),
        ([("a", Node(None))], [[FIRST]], {"a": None, "b": 1}),
        ([("d", Node(0))], [[]], {"d": 0}),
    ],
)
def test_own_members_win_over_merged_and_earlier_over_later(
    own: list[tuple[str, Node]], merged: list[list[Members]], value: object
) -> None:
    """None of them counts as repeated."""
    found = table(Members(own, merged))
    assert found == value
    assert found.repeated == []


def test_what_is_merged_is_not_shared() -> None:
    """A merged member may be changed without the one it came from."""
    source = Members([("a", Node([]))])
    tree = as_tree(Node([Node(source), Node(Members([], [[source]]))]))
    assert isinstance(tree, list)
    assert tree[0]["a"] is not tree[1]["a"]


def test_a_name_that_occurs_twice_is_kept_in_mind() -> None:
    """The table says so."""
    twice = Members([("a", ONE), ("a", ONE)])
    assert table(twice).repeated == ["a"]


def test_a_merged_table_brings_what_it_repeats() -> None:
    """It may stand nowhere else."""
    twice = Members([("a", ONE), ("a", ONE)])
    assert table(Members([], [[FIRST, twice]])).repeated == ["a"]


def test_each_merge_key_but_the_first_is_repeated() -> None:
    """It is a name, too."""
    assert table(Members([], [[], [FIRST], []])).repeated == ["<<", "<<"]
