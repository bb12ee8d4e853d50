"""How a reference is written: a text that stands for another."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, cast, final
from urllib.parse import quote, unquote

from jwtgate.errors import ConfigurationError

__all__ = ["Reference", "is_like_a_reference", "is_manager", "managed", "parse"]

_Source: TypeAlias = Literal["env", "file", "secret"]

# Wider than what is resolved, Kong's {vault://...} included: a reference with a slip
# in it must not become a secret that everyone who sees the file can guess.
_LIKE_A_REFERENCE = re.compile(r"\s*[${]\s*[A-Za-z][A-Za-z0-9+._-]*:/")
_REFERENCE = re.compile(r"\$(env|file|secret)://(.+)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_CHARACTERS = 2048
_EXPECTED = "expected $env://NAME, $file://path or $secret://MANAGER/ENTRY/PATH/MEMBER"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a reference says.

    Attributes:
        text: As it was written.
        source: Where what it stands for is.
        name: Of the variable, the path of the file, or of the manager: ``vault/main``.
        path: Of the document that a manager holds; empty for the others.
        member: The one text of several; None means the whole.
    """

    text: str
    source: _Source
    name: str
    path: str = ""
    member: str | None = None


def is_like_a_reference(text: str) -> bool:
    """Whether a text is a reference, or was meant to be one."""
    return _LIKE_A_REFERENCE.match(text) is not None


def is_manager(name: object) -> bool:
    """Whether a manager can have this name: two names with a slash between."""
    if not isinstance(name, str):
        return False
    kind, _, entry = name.partition("/")
    return bool(_NAME.fullmatch(kind) and _NAME.fullmatch(entry))


def parse(text: str) -> Reference | None:
    """Read a reference; None if the text is none.

    Parts of ``$secret://`` and the member of ``$env://`` are percent-decoded, so that
    a name with a slash can be written: ``prod%2Fjack``.

    Raises:
        ConfigurationError: It looks like a reference and is none that can be.
    """
    if not is_like_a_reference(text):
        return None
    return _parsed(text)


# A row of a store has the same one at each request. What is no reference, and may be a
# secret, does not come here.
@lru_cache(maxsize=1024)
def _parsed(text: str) -> Reference:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise ConfigurationError(f"looks like a reference and is none; {_EXPECTED}")
    source, rest = cast("tuple[_Source, str]", found.groups())
    if source == "file":
        return Reference(text=text, source=source, name=rest)
    if source == "env":
        return _variable(text, rest)
    return _managed(text, rest)


def managed(manager: str, path: str, member: str | None = None) -> str:
    """Write a reference to what a manager holds; :func:`parse` reads it again."""
    parts = [path] if member is None else [path, member]
    return "/".join((f"$secret://{manager}", *(quote(each, safe="") for each in parts)))


def _variable(text: str, rest: str) -> Reference:
    name, slash, member = rest.partition("/")
    if not _VARIABLE.fullmatch(name):
        raise ConfigurationError(
            f"$env://{name} names no variable; expected letters, digits and _"
        )
    return Reference(
        text=text, source="env", name=name, member=_decoded(member) if slash else None
    )


def _managed(text: str, rest: str) -> Reference:
    manager, _, rest = rest.partition("/")
    entry, _, rest = rest.partition("/")
    is_named = is_manager(f"{manager}/{entry}") and len(text) <= _MAX_CHARACTERS
    if not (is_named and rest):
        raise ConfigurationError(
            "names no secret of a manager; expected "
            "$secret://MANAGER/ENTRY/PATH/MEMBER, as $secret://vault/main/jack/secret"
        )
    *path, last = map(_decoded, rest.split("/"))
    pieces = "/".join(path or [last]).split("/")
    # What a client of HTTP, or a server, resolves would lead out of a prefix.
    if any(piece in ("", ".", "..") for piece in pieces):
        raise ConfigurationError(
            "has a path that cannot be; expected names between single slashes, none "
            "of them . or .."
        )
    return Reference(
        text=text,
        source="secret",
        name=f"{manager}/{entry}",
        path="/".join(pieces),
        member=last if path else None,
    )


def _decoded(part: str) -> str:
    try:
        text = unquote(part, errors="strict")
    except UnicodeDecodeError:
        text = ""
    # A line end would go into a request or a log.
    if not text.isprintable() or not text or _STRAY_PERCENT.search(part):
        raise ConfigurationError(
            "has a part that cannot be; expected printable text, a per cent sign "
            "written as %25"
        )
    return text
