import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.secrets.contents import Content
from jwtgate.secrets.grammar import managed, parse


def text(content: Content, member: str | None = None) -> str:
    """Give one of its texts."""
    reference = parse(managed("own/main", "jack", member))
    assert reference is not None
    return content.text(reference)


def why_not(content: Content, member: str | None = None) -> str:
    """Tell why it has no such text."""
    with pytest.raises(ConfigurationError) as caught:
        text(content, member)
    return str(caught.value)


def test_a_text_is_given_as_a_whole() -> None:
    """JSON or not."""
    assert text(Content.of("plain")) == "plain"
    assert text(Content.of('{"a": "b"}')) == '{"a": "b"}'


@pytest.mark.parametrize("found", [{"a": "b"}, '{"a": "b"}'], ids=["mapping", "JSON"])
def test_a_member_is_given(found: object) -> None:
    """Of a mapping, or of a text that is a JSON object."""
    assert text(Content.of(found), "a") == "b"


def test_a_mapping_is_no_text() -> None:
    """Which of its members was meant?"""
    assert why_not(Content.of({"a": "b"})) == (
        "$secret://own/main/jack has members; expected the name of one behind a slash"
    )


@pytest.mark.parametrize(
    "found",
    [
        "plain",
        "",
        "[]",
        "5",
        "{",
        '{"a": 5}',
        '{"a": null}',
        '{"a": "one", "a": "two"}',
        '{"a": "\\ud800"}',
        "[" * 100_000,
        "1" * 10_000,
        {"a": 5},
        {"a": b"octets"},
        {"a": {"a": "b"}},
        {"b": "a"},
        {5: "b"},
    ],
    ids=lambda found: repr(found)[:20],
)
def test_a_member_that_is_no_text(found: Any) -> None:
    """Nothing is guessed, and of two with one name neither is taken."""
    assert why_not(Content.of(found), "a") == (
        "$secret://own/main/jack has no text 'a'; expected a member of that name"
    )


def test_an_empty_text_is_no_secret() -> None:
    """Anyone could sign with it."""
    assert why_not(Content.of({"a": ""}), "a") == "$secret://own/main/jack/a is empty"


@pytest.mark.parametrize("chain", ["$env://A", "$secret://own/main/x", "{vault://a}"])
def test_a_chain_of_references(chain: str) -> None:
    """It has no place to end, and none was meant."""
    assert why_not(Content.of({"a": chain}), "a").endswith("expected a value")


@pytest.mark.parametrize("found", [None, 5, b"octets", ["a"]], ids=repr)
def test_what_is_no_document(found: object) -> None:
    """A manager of a user's own may give anything."""
    with pytest.raises(TypeError):
        Content.of(found)


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    """Nor is what has one in it."""
    assert "has members" in why_not(Content.of("\ud800"))


def test_nothing_of_it_is_shown() -> None:
    """Neither as a whole nor by its members."""
    assert "hunter2" not in repr(Content.of("hunter2"))


@given(found=st.text() | st.dictionaries(st.text(), st.text()))
def test_what_is_equal_is_the_same(found: Any) -> None:
    """And what has another text is not."""
    other = found + "x" if isinstance(found, str) else {**found, "x": "yy"}
    assert Content.of(found).is_same(Content.of(found))
    assert not Content.of({"x": "y"}).is_same(Content.of(other))


@given(found=st.dictionaries(st.text(), st.text(min_size=1) | st.integers()))
def test_the_members_of_json_are_those_of_the_mapping(found: dict[str, Any]) -> None:
    """As long as there are texts."""
    one, other = Content.of(found), Content.of(json.dumps(found))
    for name in found:
        assert one._members.keys() == other._members.keys(), name  # noqa: SLF001
