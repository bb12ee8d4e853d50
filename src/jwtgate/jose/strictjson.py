"""One JSON object, read so that no two parsers can disagree about it.

Refused beside what RFC 8259 refuses: a byte order mark, a member name that occurs
twice at any depth, NaN and infinities, a number that overflows to infinity, lone
surrogates, more than ``MAX_DEPTH`` levels (RFC 8725 section 3.7; RFC 7493 section 2).
"""

import json
import math
from collections.abc import Callable
from json.scanner import make_scanner
from typing import Any, NoReturn

MAX_DEPTH = 32
"""Levels of objects and arrays, the outermost included."""

_BLANK = " \t\n\r"  # RFC 8259 2


class NotAnObjectError(ValueError):
    """JSON that is sound, and no object."""


class JSONObject(dict[str, Any]):
    """A JSON object that is read-only at every depth; its arrays are tuples.

    It is a ``dict``, so that ``json.dumps`` and frameworks take it as it is;
    ``dict(value)`` makes a copy that can be changed.
    """

    __slots__ = ()

    def _read_only(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("claims are read-only; dict(claims) makes a copy")

    __setitem__ = __delitem__ = __ior__ = _read_only
    clear = pop = popitem = setdefault = update = _read_only

    def __reduce__(self) -> tuple[type["JSONObject"], tuple[dict[str, Any]]]:
        """Pickle and deep-copy by construction, since items cannot be set."""
        return JSONObject, (dict(self),)


_NESTED = frozenset({JSONObject, tuple})


def is_flat(found: JSONObject) -> bool:
    """Whether no object and no array is within."""
    return _NESTED.isdisjoint(map(type, found.values()))


def copied(found: JSONObject) -> JSONObject:
    """Give an equal one that has nothing in common with this one.

    ``dict.update(claims, ...)`` gets past what is read-only to all others; what one
    request does, no other may see.
    """
    return JSONObject((name, _copied(value)) for name, value in found.items())


def _copied(value: Any) -> Any:
    if type(value) is JSONObject:
        return copied(value)
    return tuple(map(_copied, value)) if type(value) is tuple else value


def parse_object(octets: bytes) -> JSONObject:
    """Read one JSON object from UTF-8.

    Args:
        octets: The whole text; its length is bounded by the caller.

    Returns:
        The object, read-only at every depth.

    Raises:
        ValueError: Not UTF-8, not JSON, or refused for a reason listed in the module's
            docstring; :class:`NotAnObjectError` for another kind of JSON. The error
            never carries the text.

    Source: RFC 8259; RFC 7515 sections 4 and 5.2; RFC 7519 section 4.
    """
    sound, value = False, None
    try:
        text = octets.decode().strip(_BLANK)
        has_arrays = "[" in text
        value, end = (_scan_arrays if has_arrays else _scan)(text, 0)
        # Most tokens hold one object of plain members, which three scans in C tell.
        sound = (
            end == len(text)
            and ("\\" not in text or _is_unicode(value))
            and ((not has_arrays and text.rfind("{") == 0) or _is_shallow(text, value))
        )
    except (ValueError, RecursionError, StopIteration):
        pass
    # Raised outside of the handler: a UnicodeDecodeError or JSONDecodeError keeps the
    # whole text, which must not travel along as the context of this error.
    if not sound:
        raise ValueError("not strict JSON")
    if not isinstance(value, JSONObject):
        raise NotAnObjectError("not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> JSONObject:
    found = JSONObject(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member name occurs twice")
    return found


def _unique_with_arrays(pairs: list[tuple[str, Any]]) -> JSONObject:
    return _unique([(name, _frozen(value)) for name, value in pairs])


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if type(value) is list else value


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is out of range")
    return number


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _scanner(
    hook: Callable[[list[tuple[str, Any]]], JSONObject] | None,
) -> Callable[[str, int], tuple[Any, int]]:
    # Kept, since json.loads with hooks makes a decoder for each call.
    decoder: Any = json.JSONDecoder(
        object_pairs_hook=hook, parse_float=_finite, parse_constant=_refuse
    )
    return make_scanner(decoder)


_scan, _scan_arrays = _scanner(_unique), _scanner(_unique_with_arrays)
scan_loosely = _scanner(None)
"""Reads a JSON value that may have a name twice, and gives where it ends."""


def _is_unicode(value: Any) -> bool:
    # "\ud800" is legal JSON and no character: drivers, headers and logs of the app
    # would raise UnicodeEncodeError on it.
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_shallow(text: str, value: Any) -> bool:
    # The sum of both is a bound on the depth that costs less than to measure it.
    bound = text.count("{") + text.count("[")
    return bound <= MAX_DEPTH or not _is_deep(value)


def _is_deep(value: Any) -> bool:
    level = [value]
    # No further than matters: Python 3.12 and later read thousands of levels.
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, tuple, list))
        ]
    return level != []
