"""Files that are read, and files that are created, never overwritten."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final, final

from jwtgate.cli.errors import Refused, UsageError

__all__ = [
    "PRIVATE",
    "PUBLIC",
    "NewFile",
    "create",
    "make_folder",
    "read_text",
    "reserved",
    "standard_input",
]

PRIVATE: Final = 0o600
"""For the owner alone."""

PUBLIC: Final = 0o644
"""For everybody to read."""

_MOST: Final = 1024 * 1024


@final
@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is to be.

    Attributes:
        path: Where.
        text: What it holds; never shown.
        mode: Who may read it.
    """

    path: Path
    text: str = field(repr=False)
    mode: int = PRIVATE


def create(files: Sequence[NewFile]) -> None:
    """Create files: all of them, or none.

    What is there already is never overwritten, and a link that somebody put there is
    not followed: he would choose where the key goes, or read it (CWE-59, CWE-377).

    Raises:
        Refused: One is there, or cannot be created.
    """
    made: list[Path] = []
    try:
        for each in files:
            with _opened(each) as handle:
                made.append(each.path)
                _fill(handle, each)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where there are none.

    Raises:
        Refused: It cannot be made.
        UsageError: Its name cannot be one.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{path} cannot be made: {error.strerror}") from None
    except ValueError:
        raise UsageError("a name of a folder has a NUL") from None


@contextmanager
def reserved(path: Path) -> Iterator[Callable[[str], None]]:
    """Create a file for the owner alone, that is filled later, or is gone again.

    For what is made where nothing can be undone: that it can be written is known then.

    Yields:
        What fills it with a text.

    Raises:
        Refused: It is there, or cannot be created or written.
    """
    file, filled = NewFile(path, ""), False

    def fill(text: str) -> None:
        nonlocal filled
        _fill(handle, replace(file, text=text))
        filled = True

    with _opened(file) as handle:
        try:
            yield fill
        finally:
            if not filled:
                path.unlink(missing_ok=True)


@contextmanager
def _opened(file: NewFile) -> Iterator[int]:
    # O_EXCL refuses links, too, and the mode holds before there is an octet inside.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(file.path, flags, file.mode)
    except FileExistsError:
        raise Refused(f"{file.path} is there, and is not overwritten") from None
    except OSError as error:
        raise _unwritable(file, error) from None
    except ValueError:
        raise UsageError("a name of a file has a NUL") from None
    try:
        yield handle
    finally:
        os.close(handle)


def _fill(handle: int, file: NewFile) -> None:
    rest = file.text.encode()
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError as error:
        raise _unwritable(file, error) from None


def _unwritable(file: NewFile, error: OSError) -> Refused:
    return Refused(f"{file.path} cannot be written: {error.strerror}")


def read_text(name: str) -> str:
    """Read a file of text, or standard input for ``-``.

    Raises:
        UsageError: It cannot be read, is larger than a megabyte, or is not UTF-8.
    """
    try:
        if name == "-":
            octets = standard_input().read(_MOST + 1)
        else:
            with Path(name).open("rb") as file:
                octets = file.read(_MOST + 1)
        text = octets.decode()
    except OSError as error:
        raise UsageError(f"{_shown(name)} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{_shown(name)} is not UTF-8") from None
    except ValueError:
        raise UsageError("a name of a file has a NUL") from None
    if len(octets) > _MOST:
        raise UsageError(f"{_shown(name)} is too large; expected {_MOST} octets")
    return text


def standard_input() -> BinaryIO:
    """Give standard input.

    Raises:
        UsageError: It was closed before the command began.
    """
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name
