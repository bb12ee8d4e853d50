"""Texts of others, made fit for a terminal.

A claim or a name is what somebody chose, and a terminal obeys what it is sent: an
escape sequence may clear the screen, or write a green line where a red one was.
"""

import json
import re

__all__ = ["as_json", "escaped", "fitting"]

# JSON escapes the others itself: C0. These are DEL and C1, and what turns the direction
# of a text or ends a line in some readers.
_FOREIGN = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def escaped(text: str) -> str:
    r"""Write what is not printed as itself as ``\x1b``: a line stays one line."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in text
    )


def fitting(text: str, encoding: str | None) -> str:
    """Write what an encoding lacks as escapes; None stands for UTF-8."""
    known = encoding or "utf-8"
    return text.encode(known, "backslashreplace").decode(known)


def as_json(value: object, encoding: str | None) -> str:
    """Write JSON, indented by 2, that does nothing to a terminal.

    Args:
        value: What JSON has; names in the order given.
        encoding: What it will be written in; ASCII alone if that lacks a character.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False)
    text = _FOREIGN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if fitting(text, encoding) == text:
        return text
    return json.dumps(value, indent=2)
