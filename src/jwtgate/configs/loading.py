"""``load()``: from a file to a gate that follows it."""

import os
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Literal, final

from jwtgate.configs.native import build
from jwtgate.configs.overrides import override
from jwtgate.configs.problems import Problems
from jwtgate.configs.reading import read_tree
from jwtgate.configs.tree import sound
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.secrets import References, written
from jwtgate.settings import Settings

__all__ = ["load"]


def load(
    path: str | os.PathLike[str],
    *,
    format: Literal["native"] | None = None,  # noqa: A002 - what it is
    environ: Mapping[str, str] | None = None,
    watch: bool = False,
) -> Gate:
    """Make a gate of a configuration file.

    Args:
        path: A file whose name ends in ``.toml``, ``.json``, ``.yaml`` or ``.yml``;
            the last two need the extra ``yaml``.
        format: Whose format it is; None finds out.
        environ: Variables for ``$env://`` references and for overrides such as
            ``JWTGATE_POLICY__REALM``; the process's own if left out.
        watch: Follow the file, and those that ``$file://`` references name: within
            about a second of a change the gate decides by it. A file that cannot
            work leaves the gate as it was and is logged once. Each process looks for
            itself, from its first request on.

    Returns:
        A gate over a :class:`jwtgate.MemoryStore` with the file's consumers; its
        ``reload()`` reads the file again.

    Raises:
        ConfigurationError: Every problem of the file, each with its path in the file
            and what was expected; never with a secret.
    """
    if format not in (None, "native"):
        raise ConfigurationError("format must be 'native', or None")
    source = FileSource(
        Path(path).absolute(), os.environ if environ is None else environ
    )
    settings = source.read()
    gate = Gate(settings.store, settings.policy, routes=settings.routes)
    gate.follow(source, watch=watch)
    return gate


@final
class FileSource:
    """A configuration file as a source of settings.

    Args:
        path: The file.
        environ: Variables for references and overrides, as they are at each reading.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self.version_read: dict[Path, Hashable] = {path: None}

    def read(self) -> Settings:
        """Read the file and what it refers to; see :func:`load` for the errors."""
        problems = Problems()
        references = References(self._path.parent, self._environ)
        # Told before anything can fail, and before it is read: what is written while
        # it is read is a change, and so is a file that comes where none was found.
        self.version_read = {self._path: written(self._path)}
        tree = override(read_tree(self._path), self._environ, problems)
        values = sound(tree, problems, references)
        self.version_read |= references.files
        return build(values, problems)

    def version(self) -> dict[Path, Hashable]:
        """Tell when the file, and those it refers to, were last written.

        Compared by when it was written, its size and its number: a file that was
        replaced by a rename, or by a link that points elsewhere, has another one.
        """
        return {path: written(path) for path in self.version_read}
