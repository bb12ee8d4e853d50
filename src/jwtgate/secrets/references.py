"""``$env://NAME`` and ``$file://path``: texts that stand for others."""

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import final

from jwtgate.errors import ConfigurationError

__all__ = ["MAX_FILE_OCTETS", "References", "is_like_a_reference", "written"]

MAX_FILE_OCTETS = 65_536
"""Octets that a file may have to which a reference points."""

# Wider than what is resolved, Kong's {vault://...} included: a reference with a slip
# in it must not become a secret that everyone who sees the file can guess.
_LIKE_A_REFERENCE = re.compile(r"\s*[${]\s*[A-Za-z][A-Za-z0-9+._-]*:/")
_REFERENCE = re.compile(r"\$(env|file)://(.+)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@final
class References:
    """Resolves the references of one configuration.

    Args:
        folder: Where paths that are not absolute begin.
        environ: The environment variables.

    Attributes:
        files: Those that were looked at so far, each with what :func:`written` told of
            it before it was read.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self.files: dict[Path, Hashable] = {}

    def resolve(self, text: str) -> str:
        """Give what a text stands for: the text itself, if it is no reference.

        A file's text is taken as it is, less one line end at its end.

        Raises:
            ConfigurationError: It looks like a reference and cannot be resolved. The
                error never has the text that was found.
        """
        if not is_like_a_reference(text):
            return text
        reference = _REFERENCE.fullmatch(text)
        if reference is None:
            raise ConfigurationError(
                "looks like a reference and is none; expected $env://NAME or "
                "$file://path"
            )
        source, name = reference.groups()
        found = self._variable(name) if source == "env" else self._file(name)
        if not found:
            raise ConfigurationError(f"{text} is empty")
        # A chain of references has no place to end, and none was meant.
        if is_like_a_reference(found):
            raise ConfigurationError(f"{text} holds a reference; expected a value")
        return found

    def _variable(self, name: str) -> str:
        if not _VARIABLE.fullmatch(name):
            raise ConfigurationError(
                f"$env://{name} names no variable; expected letters, digits and _"
            )
        value = self._environ.get(name)
        if value is None:
            raise ConfigurationError(
                f"$env://{name} is not set; expected an environment variable {name}"
            )
        if not _is_unicode(value):
            raise ConfigurationError(f"$env://{name} is not UTF-8")
        return value

    def _file(self, name: str) -> str:
        path = self._folder / name
        self.files[path] = written(path)
        octets = _read(path)
        if octets is None:
            raise ConfigurationError(
                f"$file://{name} cannot be read; expected a file, its path relative "
                "to the configuration's folder"
            )
        if len(octets) > MAX_FILE_OCTETS:
            raise ConfigurationError(
                f"$file://{name} is too large; expected {MAX_FILE_OCTETS} octets at "
                "most"
            )
        text = octets.decode(errors="replace")
        if text.encode() != octets:
            raise ConfigurationError(f"$file://{name} is not UTF-8")
        return text.removesuffix("\n").removesuffix("\r")


def is_like_a_reference(text: str) -> bool:
    """Whether a text is a reference, or was meant to be one."""
    return _LIKE_A_REFERENCE.match(text) is not None


def written(path: Path) -> Hashable:
    """Tell when a file was written, its size and its number; None if there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> bytes | None:
    # One octet above the bound tells a file that is too large, however large it is;
    # what is no file, as a pipe, could wait for ever.
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(MAX_FILE_OCTETS + 1)
    except (OSError, ValueError):
        return None


def _is_unicode(text: str) -> bool:
    # Octets of a variable that are not UTF-8 come as surrogates (PEP 383).
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
