"""Files as octets, read into tables and lists."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from jwtgate.configs.tree import Table
from jwtgate.configs.yamltext import Flaw, parse_yaml
from jwtgate.errors import ConfigurationError

__all__ = ["MAX_OCTETS", "parse_json", "parse_tree", "read_text"]

MAX_OCTETS = 16 * 1024 * 1024
"""Octets that a file may have."""

_PLACE = re.compile(r"\(at (?:line ([0-9]+), column [0-9]+|end of document)\)")
_NEW_LINE = "\n"


def parse_json(text: str) -> object:
    """Read JSON; a table knows which of its names occurred twice.

    ``NaN`` and infinities are read, as numbers that are refused later, with their
    place.

    Raises:
        ValueError: Not JSON.
        RecursionError: Nested too deeply.
    """
    return json.loads(text, object_pairs_hook=Table)


def _parse_toml(text: str) -> object:
    # Imported here: only who loads such a file pays for it.
    import tomllib  # noqa: PLC0415

    return tomllib.loads(text)


_PARSERS = MappingProxyType[str, Callable[[str], object]](
    {
        ".toml": _parse_toml,
        ".json": parse_json,
        ".yaml": parse_yaml,
        ".yml": parse_yaml,
    }
)


def parse_tree(path: Path, text: str) -> object:
    """Read the text of a file; the end of its name says how.

    Returns:
        What the file holds, nothing of it checked.

    Raises:
        ConfigurationError: It is not what its name says; with the line, where there
            is one, and never with the text.
    """
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        raise ConfigurationError(
            f"{path}: expected a name that ends in {', '.join(_PARSERS)}"
        )
    # Raised outside of the handler: a JSONDecodeError or TOMLDecodeError keeps the
    # whole text, with the secrets, which must not travel along as the context.
    try:
        return parse(text)
    except (ValueError, RecursionError) as error:
        flaw = _flaw(error, text)
    raise ConfigurationError(f"{path}: {flaw}")


def read_text(path: Path) -> str:
    """Read a file.

    Raises:
        ConfigurationError: No such file, too large, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise ConfigurationError("the path has a NUL; expected one of a file") from None
    if len(octets) > MAX_OCTETS:
        raise ConfigurationError(
            f"{path}: too large; expected {MAX_OCTETS} octets at most"
        )
    text = octets.decode(errors="replace")
    if text.encode() != octets:
        raise ConfigurationError(f"{path}: not UTF-8")
    return text


def _flaw(error: ValueError | RecursionError, text: str) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, Flaw):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}: expected JSON (RFC 8259)"
    # Before Python 3.14 the error of TOML tells its place in its text alone.
    place = _PLACE.search(str(error))
    if place is None:
        return "has a number of too many digits"
    return f"line {place[1] or text.count(_NEW_LINE) + 1}: expected TOML 1.0"
