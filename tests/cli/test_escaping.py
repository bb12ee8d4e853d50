import json

import pytest

from jwtgate.cli.escaping import as_json, escaped, fitting


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("jack é 😀", "jack é 😀"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
    ],
    ids=["plain", "escape", "line end", "C1", "bidi", "surrogate"],
)
def test_terminal_escape_attack_is_shown_as_an_escape(text: str, shown: str) -> None:
    """What a terminal would obey is written out; what people write stays."""
    assert escaped(text) == shown


def test_what_an_encoding_lacks_is_an_escape() -> None:
    """An ASCII terminal gets ASCII; one without an encoding gets UTF-8."""
    assert fitting("é", "ascii") == "\\xe9"
    assert fitting("é", None) == "é"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_terminal_escape_attack_in_json_comes_back_whole(encoding: str) -> None:
    """JSON does nothing to a terminal, and says the same to a script."""
    value = {"name": "é\x1b\x9b\u202e\ud800"}
    text = as_json(value, encoding)
    assert json.loads(text) == value
    assert all(each.isprintable() or each == "\n" for each in text)
    text.encode(encoding)
