"""One segment of a token that holds a JSON object, read in one step if it is usual."""

from binascii import a2b_base64

from jwtgate.jose.base64url import FINAL, PADDING, TO_STANDARD
from jwtgate.jose.strictjson import JSONObject, scan_loosely

__all__ = ["read_usual"]


def read_usual(segment: bytes) -> JSONObject | None:
    """Read what nearly every token holds: one object of plain members, no escapes.

    It takes nothing that the steps would refuse, which are :func:`base64url.decode`
    and :func:`strictjson.parse_object`; they tell what is wrong with the rest, and
    read what is rare.

    Returns:
        The object; None if it takes the steps to read it, or to refuse it.
    """
    text = segment.translate(TO_STANDARD)
    tail = len(text) % 4
    try:
        if text[-1] not in FINAL[tail]:
            return None
        plain = a2b_base64(text + PADDING[tail], strict_mode=True).decode()
        # One brace, at the start, and no bracket: one level, whatever its texts hold.
        if plain.rfind("{") or "[" in plain or "\\" in plain:
            return None
        found, end = scan_loosely(plain, 0)
    except (ValueError, IndexError, StopIteration):
        return None
    # Members are at most one more than the commas: so many names, each of them once.
    if end != len(plain) or len(found) != plain.count(",") + 1:
        return None
    return JSONObject(found)
