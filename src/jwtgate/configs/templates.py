"""Variables that the gateways' tools put into the text of a file before it is read.

APISIX replaces ``${{NAME}}`` and ``${{NAME:=default}}``, decK what has the form
``${{ env "DECK_NAME" }}``.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from jwtgate.configs.problems import Problems

__all__ = ["blanked", "substitute_apisix", "substitute_deck"]

# What begins one and does not end it is found, too: left as it is, it could become a
# secret that everyone knows who sees the file.
_TEMPLATE = re.compile(
    r'(?P<open>(?<!\\)")?\$\{\{(?:(?P<inside>[^\n]{0,4096}?)\}\}(?P<close>")?)?'
)
_APISIX = re.compile(
    r"\s*(?P<name>[^:{}\s]{1,256})\s*(?::=\s*(?P<default>.*?))?\s*", re.DOTALL
)
_DECK = re.compile(r"""\s*env\s+\\?["'](?P<name>DECK_[A-Za-z0-9_]{1,256})\\?["']\s*""")
_JSON_WORD = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|true|false")


def blanked(text: str) -> str:
    """Put a word in the place of each variable, so that the rest can be looked at."""

    def word(found: re.Match[str]) -> str:
        if found["inside"] is None:
            return found[0]
        return f"{found['open'] or ''}x{found['close'] or ''}"

    return _TEMPLATE.sub(word, text) if "${{" in text else text


def substitute_apisix(
    path: Path, text: str, environ: Mapping[str, str], problems: Problems
) -> str:
    """Put in the variables of an APISIX file.

    In JSON a text that is a variable alone becomes a number, true or false where the
    variable is one.

    Args:
        path: The file; its name tells JSON.
        text: What it holds.
        environ: The variables.
        problems: Takes those that are not set and have no default, and what is no
            variable.

    Source: APISIX ``apisix/cli/file.lua`` (resolve_conf_var).
    """
    is_json = path.suffix.lower() == ".json"
    expected = "${{NAME}} or ${{NAME:=default}}"
    return _Substitution(
        _APISIX, expected, environ, problems, is_json=is_json, converts=is_json
    ).apply(text)


def substitute_deck(
    path: Path, text: str, environ: Mapping[str, str], problems: Problems
) -> str:
    """Put in the variables of a decK file; their names begin with ``DECK_``."""
    is_json = path.suffix.lower() == ".json"
    expected = '${{ env "DECK_NAME" }}'
    return _Substitution(
        _DECK, expected, environ, problems, is_json=is_json, converts=False
    ).apply(text)


class _Substitution:
    """How the variables of one file are put in."""

    def __init__(
        self,
        pattern: re.Pattern[str],
        expected: str,
        environ: Mapping[str, str],
        problems: Problems,
        *,
        is_json: bool,
        converts: bool,
    ) -> None:
        self._pattern = pattern
        self._expected = expected
        self._environ = environ
        self._problems = problems
        self._is_json = is_json
        self._converts = converts

    def apply(self, text: str) -> str:
        return _TEMPLATE.sub(self._put, text)

    def _put(self, found: re.Match[str]) -> str:
        value = self._value(found)
        if value is None:
            return found[0]
        whole = found["open"] is not None and found["close"] is not None
        if whole and self._converts and _JSON_WORD.fullmatch(value):
            return value
        return f"{found['open'] or ''}{value}{found['close'] or ''}"

    def _value(self, found: re.Match[str]) -> str | None:
        """Give what is put in, as it is written there; None is a problem."""
        variable = self._pattern.fullmatch(found["inside"] or "")
        if variable is None:
            line = found.string.count("\n", 0, found.start()) + 1
            self._problems.add(
                (), f"line {line} has a variable; expected {self._expected}"
            )
            return None
        name = variable["name"]
        value = self._environ.get(name)
        if value is not None:
            return json.dumps(value)[1:-1] if self._is_json else value
        default = variable.groupdict().get("default")
        if default is None:
            self._problems.add(
                (), f"{name[:64]} is not set; expected an environment variable"
            )
        # A default is in the text already, and written as the text is.
        return default
