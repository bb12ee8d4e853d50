"""What references stand for in this machine: environment variables, and files."""

from collections.abc import Hashable, Mapping
from pathlib import Path

from jwtgate.errors import ConfigurationError
from jwtgate.secrets.contents import Content
from jwtgate.secrets.grammar import Reference
from jwtgate.values import is_unicode

__all__ = ["MAX_FILE_OCTETS", "find_here", "written"]

MAX_FILE_OCTETS = 65_536
"""Octets that a file may have to which a reference points."""


def find_here(reference: Reference, folder: Path, environ: Mapping[str, str]) -> str:
    """Give what a reference to a variable or a file stands for.

    A file's text is taken as it is, less one line end at its end.

    Args:
        reference: The reference.
        folder: Where paths that are not absolute begin.
        environ: The variables.

    Raises:
        ConfigurationError: It cannot be resolved; never with what was found.
    """
    if reference.source == "env":
        found = _variable(reference.name, environ)
    else:
        found = _text_of(reference.name, folder)
    return Content.of(found).text(reference)


def written(path: Path) -> Hashable:
    """Tell when a file was written, its size and its number; None if there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _variable(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name)
    if value is None:
        raise ConfigurationError(
            f"$env://{name} is not set; expected an environment variable {name}"
        )
    if not is_unicode(value):  # octets that are none come as surrogates (PEP 383)
        raise ConfigurationError(f"$env://{name} is not UTF-8")
    return value


def _text_of(name: str, folder: Path) -> str:
    octets = _read(folder / name)
    if octets is None:
        raise ConfigurationError(
            f"$file://{name} cannot be read; expected a file, its path relative "
            "to the configuration's folder"
        )
    if len(octets) > MAX_FILE_OCTETS:
        raise ConfigurationError(
            f"$file://{name} is too large; expected {MAX_FILE_OCTETS} octets at most"
        )
    text = octets.decode(errors="replace")
    if text.encode() != octets:
        raise ConfigurationError(f"$file://{name} is not UTF-8")
    return text.removesuffix("\n").removesuffix("\r")


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
