import copy
import json
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate.jose.strictjson import (
    MAX_DEPTH,
    JSONObject,
    NotAnObjectError,
    parse_object,
)

NO_OBJECT = "NotAnObjectError: not a JSON object"

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(), VALUES)
# Random octets are seldom JSON; random pieces of JSON often nearly are.
PIECES = st.lists(
    st.sampled_from(
        [*'{}[]",: -.0e\\', '"a":', '{"a":', "\\u", "d800", "NaN", "true", "1", "é"]
    )
).map("".join)


def verdict(octets: bytes) -> str:
    """Say what octets are: the type of what is read, or the words of the refusal."""
    try:
        return type(parse_object(octets)).__name__
    except NotAnObjectError as error:
        return f"NotAnObjectError: {error}"
    except ValueError as error:
        return str(error)


def refuses(text: str | bytes) -> bool:
    """Whether a text is refused as unsound, with the one error there is for that."""
    octets = text.encode() if isinstance(text, str) else text
    return verdict(octets) == "not strict JSON"


def dicts_and_lists(value: object) -> list[object]:
    """Collect the objects and arrays inside a value, itself included."""
    if isinstance(value, dict):
        return [value, *(part for v in value.values() for part in dicts_and_lists(v))]
    if isinstance(value, list | tuple):
        return [value, *(part for v in value for part in dicts_and_lists(v))]
    return []


# What is read.


def test_object_is_read() -> None:
    """Each kind of JSON value becomes what Python has for it, arrays become tuples."""
    text = rb'{"a": null, "b": [true, 1, -0.5e1, "\u00e9\ud83d\ude00"], "c": {}}'
    expected: dict[str, object] = {
        "a": None,
        "b": (True, 1, -5.0, "é\U0001f600"),
        "c": {},
    }
    assert parse_object(text) == expected


def test_utf_8_is_read() -> None:
    """Characters beyond ASCII may stand as they are."""
    assert parse_object('{"é": "\U0001f600"}'.encode()) == {"é": "\U0001f600"}


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\r", " \t\r\n"], ids=ascii)
def test_json_blanks_may_surround_the_object(blank: str) -> None:
    """The four blanks of RFC 8259 section 2 are no part of the object."""
    assert parse_object(f'{blank}{{"a":{blank}1}}{blank}'.encode()) == {"a": 1}


def test_large_integer_is_kept_whole() -> None:
    """An integer beyond 53 bits is not rounded."""
    assert parse_object(b'{"a": 9007199254740993}')["a"] == 2**53 + 1


def test_names_are_compared_as_they_are() -> None:
    """Names that look alike are two names: nothing is normalised."""
    text = r'{"\u00e9": 1, "e\u0301": 2, "": 3}'
    assert len(parse_object(text.encode())) == 3


@given(OBJECTS, st.booleans())
@settings(max_examples=60)
def test_what_json_writes_is_read(value: dict[str, Any], ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    """Any object that the standard library writes comes back equal."""
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert json.loads(json.dumps(parse_object(text.encode()))) == value


@given(st.binary() | PIECES.map(str.encode))
@settings(max_examples=300)
def test_any_octets_give_an_object_or_are_refused(octets: bytes) -> None:
    """No octets raise anything but the two errors."""
    assert verdict(octets) in {"JSONObject", "not strict JSON", NO_OBJECT}


@given(PIECES | VALUES.map(json.dumps))
def test_whatever_is_read_json_reads_alike(text: str) -> None:
    """What is read at all is read as the standard library reads it."""
    octets = b'{"a":' + text.encode() + b"}"
    if not refuses(octets):
        assert json.loads(json.dumps(parse_object(octets))) == json.loads(octets)


# What is refused.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"iss": "a", "iss": "b"}', id="top"),
        pytest.param('{"iss": "a", "iss": "a"}', id="equal-values"),
        pytest.param('{"a": 1, "b": 2, "a": 3}', id="apart"),
        pytest.param('{"": 1, "": 2}', id="empty-name"),
        pytest.param('{"a": {"b": 1, "b": 2}}', id="in-an-object"),
        pytest.param('{"a": [[{"b": 1, "b": 2}]]}', id="in-arrays"),
        pytest.param(r'{"iss": "a", "\u0069ss": "b"}', id="escaped-letter"),
        pytest.param(r'{"\u0069ss": "a", "is\u0073": "b"}', id="escaped-twice"),
        pytest.param(r'{"a/b": 1, "a\/b": 2}', id="escaped-slash"),
    ],
)
def test_repeated_name_is_refused(text: str) -> None:
    """A member name that occurs twice lets two parsers read two values."""
    assert refuses(text)


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1" + "0" * 400 + ".0"],
    ids=lambda number: number[:9],
)
@pytest.mark.parametrize("shape", ['{"exp": %s}', '{"a": [{"b": %s}]}'])
def test_number_that_is_not_finite_is_refused(shape: str, number: str) -> None:
    """A NaN compares false with any time, so that an exp of NaN never passes."""
    assert refuses(shape % number)


def test_integer_of_5000_digits_is_refused() -> None:
    """Python reads no integer above 4300 digits, and says so by a ValueError."""
    assert refuses('{"exp": ' + "9" * 5000 + "}")


@pytest.mark.parametrize(
    "literal",
    ["+1", "01", "-", ".5", "1.", "1e", "0x1", "1_0", "\u0661", "nan", "-NaN", "inf"],
)
def test_number_of_another_grammar_is_refused(literal: str) -> None:
    """What int() or float() would read is not yet a JSON number."""
    assert refuses(f'{{"exp": {literal}}}')


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', id="byte-order-mark"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="utf-16-with-mark"),
        pytest.param('{"a": 1}'.encode("utf-16-le"), id="utf-16-le"),
        pytest.param('{"a": 1}'.encode("utf-16-be"), id="utf-16-be"),
        pytest.param('{"a": 1}'.encode("utf-32"), id="utf-32"),
        pytest.param('{"é": 1}'.encode("latin-1"), id="latin-1"),
        pytest.param(b'{"a": "\xc0\xaf"}', id="overlong-slash"),
        pytest.param(b'{"a": "\xc0\x80"}', id="overlong-nul"),
        pytest.param(b'{"a": "\xc1\xa9ss"}', id="overlong-letter"),
        pytest.param(b'{"a": "\xe0\x80\xaf"}', id="overlong-in-three"),
        pytest.param(b'{"a": "\xed\xa0\x80"}', id="surrogate-in-three"),
        pytest.param(b'{"a": "\xf4\x90\x80\x80"}', id="beyond-unicode"),
        pytest.param(b'{"a": "\xc3"}', id="cut"),
        pytest.param(b'{"a": "\xff"}', id="never-utf-8"),
    ],
)
def test_octets_that_are_not_utf_8_are_refused(octets: bytes) -> None:
    """No other encoding is guessed and no spelling of a character but the shortest."""
    assert refuses(octets)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r'{"a": "\ud800"}', id="value"),
        pytest.param(r'{"a": "x\udfff"}', id="low"),
        pytest.param(r'{"a": "\udc00\ud800"}', id="reversed"),
        pytest.param(r'{"a": "\ud800\u0041"}', id="followed-by-a-letter"),
        pytest.param(r'{"\ud800": 1}', id="name"),
        pytest.param(r'{"a": {"b": {"\udfff": 1}}}', id="nested-name"),
        pytest.param(r'{"a": [["\uDBFF"]]}', id="nested-value"),
    ],
)
def test_lone_surrogate_is_refused(text: str) -> None:
    """Half of a pair is no character: what encodes it later would fail."""
    assert refuses(text)


def test_escaped_backslash_is_no_surrogate() -> None:
    """A backslash followed by letters is a text like any other."""
    assert parse_object(rb'{"a": "\\ud800"}') == {"a": r"\ud800"}


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        ' [{"a": 1}] ',
        '"a"',
        '"{}"',
        '"' + "[" * 100 + '"',
        "1",
        "1.5",
        "true",
        "null",
    ],
    ids=lambda text: text[:12],
)
def test_other_kind_of_json_is_told(text: str) -> None:
    """An array, a text, a number or null is sound, and no object."""
    assert verdict(text.encode()) == NO_OBJECT


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" ", id="blank"),
        pytest.param("NaN", id="nan"),
        pytest.param("1 1", id="two-numbers"),
        pytest.param("[1e400]", id="infinite-in-array"),
        pytest.param(r'"\ud800"', id="surrogate"),
        pytest.param('[{"a": 1, "a": 2}]', id="repeated-in-array"),
        pytest.param("[" * 33 + "]" * 33, id="deep-array"),
        pytest.param("[" * 100_000, id="open-arrays"),
    ],
)
def test_unsound_json_is_told_first(text: str) -> None:
    """What is neither sound nor an object is unsound."""
    assert refuses(text)


@pytest.mark.parametrize(
    "junk",
    [
        "x",
        "{}",
        ",",
        "]",
        "}",
        "\x00",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\xa0",
        "\u2003",
        "\u2028",
        "\u3000",
        "\ufeff",
        "//",
        "# ",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("shape", ['{"a": 1}%s', '%s{"a": 1}', '{"a": %s1}'])
def test_junk_around_or_inside_is_refused(shape: str, junk: str) -> None:
    """Nothing but a JSON blank is skipped, whatever Python calls white space."""
    assert refuses(shape % junk)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="open"),
        pytest.param('{"a"}', id="no-value"),
        pytest.param('{"a": 1,}', id="trailing-comma"),
        pytest.param('{"a": [1,]}', id="trailing-comma-in-array"),
        pytest.param("{'a': 1}", id="single-quotes"),
        pytest.param("{a: 1}", id="bare-name"),
        pytest.param("{1: 1}", id="number-as-name"),
        pytest.param('{"a": True}', id="python-literal"),
        pytest.param('{"a": 1 /* b */}', id="comment"),
        pytest.param('{"a": "\n"}', id="raw-line-feed"),
        pytest.param('{"a": "\x00"}', id="raw-nul"),
        pytest.param(r'{"a": "\x41"}', id="unknown-escape"),
        pytest.param(r'{"a": "\u00"}', id="short-escape"),
        pytest.param(r'{"a": "\u+041"}', id="signed-escape"),
    ],
)
def test_what_rfc_8259_refuses_is_refused(text: str) -> None:
    """No extension of JSON is read."""
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b'{"a": "private-part"', id="not-json"),
        pytest.param(b'{"a": "private-part\xff"}', id="not-utf-8"),
        pytest.param(b'{"a": "private-part", "a": 1}', id="repeated"),
        pytest.param(b'{"a": ["private-part", NaN]}', id="constant"),
        pytest.param(b'{"a": ["private-part", 1e400]}', id="infinite"),
        pytest.param(rb'{"a": "private-part\ud800"}', id="surrogate"),
        pytest.param(b'{"private-part":' * 100_000, id="deep"),
        pytest.param(b'["private-part"]', id="array"),
    ],
)
def test_error_does_not_carry_the_text(text: bytes) -> None:
    """Neither message, cause nor context of the error lead to the text."""
    with pytest.raises(
        ValueError, match=r"^not (strict JSON|a JSON object)$"
    ) as refused:
        parse_object(text)
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)


# Depth.


def objects(depth: int) -> str:
    """Write so many objects inside one another."""
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


def arrays(depth: int) -> str:
    """Write arrays inside one object, so many levels in all."""
    return '{"a":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


def both(depth: int) -> str:
    """Write objects and arrays in turn, so many levels in all."""
    levels = ['{"a":' if level % 2 == 0 else "[" for level in range(depth)]
    ends = ["}" if level % 2 == 0 else "]" for level in range(depth)]
    return "".join(levels) + "0" + "".join(reversed(ends))


SHAPES = pytest.mark.parametrize("shape", [objects, arrays, both])


@SHAPES
def test_greatest_depth_is_read(shape: Callable[[int], str]) -> None:
    """32 levels of objects and arrays are read."""
    assert len(dicts_and_lists(parse_object(shape(MAX_DEPTH).encode()))) == 32


@SHAPES
def test_one_level_more_is_refused(shape: Callable[[int], str]) -> None:
    """33 levels of objects and arrays are refused."""
    assert refuses(shape(MAX_DEPTH + 1))


@SHAPES
def test_depth_of_100000_is_refused(shape: Callable[[int], str]) -> None:
    """A depth that exhausts the interpreter's stack is refused like any other."""
    assert refuses(shape(100_000))


def test_many_shallow_values_are_read() -> None:
    """The depth counts, not the number of objects and arrays."""
    text = '{"a": [' + ", ".join(["[{}]"] * 100) + "]}"
    assert parse_object(text.encode())["a"] == (({},),) * 100


def test_brackets_in_a_text_are_no_levels() -> None:
    """Brackets that stand in a text do not count as depth."""
    assert parse_object(b'{"a": "' + b"[{" * 100 + b'"}')["a"] == "[{" * 100


# Read-only.

NESTED = parse_object(b'{"a": {"a": 1}, "b": [[{"a": 1}], []]}')

MUTATORS: dict[str, Callable[[dict[str, Any]], object]] = {
    "setitem": lambda value: operator.setitem(value, "a", 2),
    "new-item": lambda value: operator.setitem(value, "z", 2),
    "delitem": lambda value: operator.delitem(value, "a"),
    "or-and-assign": lambda value: value.__ior__({"a": 2}),
    "clear": lambda value: value.clear(),
    "pop": lambda value: value.pop("a"),
    "pop-default": lambda value: value.pop("z", None),
    "popitem": lambda value: value.popitem(),
    "setdefault": lambda value: value.setdefault("z", 2),
    "update": lambda value: value.update({"a": 2}),
    "update-by-name": lambda value: value.update(a=2),
}


@pytest.mark.parametrize("mutate", MUTATORS.values(), ids=MUTATORS.keys())
@pytest.mark.parametrize(
    "value",
    [NESTED, NESTED["a"], NESTED["b"][0][0]],
    ids=["top", "in-object", "in-array"],
)
def test_object_cannot_be_changed(
    value: dict[str, Any], mutate: Callable[[dict[str, Any]], object]
) -> None:
    """Each way in which a dict changes is closed, at every depth."""
    before = dict(value)
    with pytest.raises(TypeError, match="read-only"):
        mutate(value)
    assert value == before


def test_object_takes_no_attributes() -> None:
    """Nothing can be hung on an object either."""
    with pytest.raises(AttributeError):
        setattr(NESTED, "extra", 1)  # noqa: B010 - a type checker knows it, too


@given(OBJECTS)
@settings(max_examples=60)
def test_nothing_inside_can_be_changed(value: dict[str, Any]) -> None:
    """An object holds read-only objects and tuples, and never a dict or list."""
    parts = dicts_and_lists(parse_object(json.dumps(value).encode()))
    assert {type(part) for part in parts} <= {JSONObject, tuple}


@pytest.mark.parametrize(
    "duplicate",
    [dict, dict.copy, lambda value: value | {}],
    ids=["dict", "copy-method", "or"],
)
def test_copy_can_be_changed(
    duplicate: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """A copy made as one copies a dict is a plain one, apart from the object."""
    changed = duplicate(NESTED)
    changed["a"] = 2
    assert (changed["a"], NESTED["a"]) == (2, {"a": 1})


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.copy,
        copy.deepcopy,
        lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own
    ],
    ids=["copy", "deepcopy", "pickle"],
)
def test_faithful_copy_is_as_read_only(
    duplicate: Callable[[JSONObject], JSONObject],
) -> None:
    """Copied by module copy or pickle, an object stays what it is at every depth."""
    again = duplicate(NESTED)
    kinds = [type(part) for part in dicts_and_lists(again)]
    assert (again, kinds) == (NESTED, [type(part) for part in dicts_and_lists(NESTED)])


def test_object_can_be_written_as_json() -> None:
    """An object goes into json.dumps as it is."""
    text = '{"a": {"a": 1}, "b": [[{"a": 1}], []]}'
    assert json.dumps(NESTED) == text
