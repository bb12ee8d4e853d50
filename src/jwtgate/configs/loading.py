"""``load()``: from a file to a gate that follows it."""

import os
import time
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal, TypeAlias, final, get_args

from jwtgate._log import log_note
from jwtgate.configs.context import Context
from jwtgate.configs.reading import parse_tree, read_text
from jwtgate.configs.templates import blanked
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.secrets import References, written
from jwtgate.settings import Settings

__all__ = ["FileSource", "Format", "Options", "load"]

Format: TypeAlias = Literal["native", "kong", "apisix"]

_APISIX = frozenset(
    {
        *("consumers", "consumer_groups", "global_rules", "plugin_configs"),
        *("plugin_metadata", "plugins", "routes", "secrets", "services", "upstreams"),
    }
)
_Reader: TypeAlias = Callable[[Path, str, object, Context], Settings]


def load(
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002 - what it is
    environ: Mapping[str, str] | None = None,
    watch: bool = False,
    allow_dropped: Collection[str] = (),
    strict: bool = False,
    quota_storage: str | None = None,
    clock: Callable[[], float] = time.time,
) -> Gate:
    """Make a gate of a configuration file: jwtgate's own, Kong's or APISIX's.

    Args:
        path: A file whose name ends in ``.toml``, ``.json``, ``.yaml`` or ``.yml``;
            the last two need the extra ``yaml``.
        format: Whose format it is; None finds out: a file with ``_format_version``
            is Kong's or decK's, one with ``version`` is jwtgate's, else it is
            APISIX's standalone file.
        environ: Variables for references such as ``$env://NAME``, for variables in
            the text of a gateway's file, and for overrides of jwtgate's own such as
            ``JWTGATE_POLICY__REALM``; the process's own if left out.
        watch: Follow the file, and those that ``$file://`` references name: within
            about a second of a change the gate decides by it. A file that cannot
            work leaves the gate as it was and is logged once. Each process looks for
            itself, from its first request on.
        allow_dropped: Plugins of a gateway's file that restrict access, are not
            carried over, and may be left out all the same: ``["ip-restriction"]``.
        strict: Refuse a file of APISIX's for an entry that APISIX would skip.
        quota_storage: Where quotas count for which the file says nothing else than
            this process: ``redis://...`` for several processes.
        clock: Gives seconds since the epoch.

    Returns:
        A gate over a store with the file's consumers; its ``reload()`` reads the file
        again, and its ``load_report`` tells what was not carried over.

    Raises:
        ConfigurationError: Every problem of the file, each with its path in the file
            and what was expected; never with a secret.
    """
    if format not in (None, *get_args(Format)):
        raise ConfigurationError(
            f"format must be one of: {', '.join(get_args(Format))}, or None"
        )
    if isinstance(allow_dropped, str):
        raise ConfigurationError("allow_dropped must be several names, not one text")
    options = Options(
        format=format,
        environ=os.environ if environ is None else environ,
        allow_dropped=frozenset(allow_dropped),
        strict=strict,
        quota_storage=quota_storage,
    )
    source = FileSource(Path(path).absolute(), options)
    gate = Gate.of(source.read(), clock=clock)
    gate.follow(source, watch=watch)
    return gate


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a file is read; see :func:`load`."""

    environ: Mapping[str, str]
    format: Format | None = None
    allow_dropped: frozenset[str] = frozenset()
    strict: bool = False
    quota_storage: str | None = None


@final
class FileSource:
    """A configuration file as a source of settings.

    Args:
        path: The file.
        options: How it is read; the variables are those at each reading.
    """

    def __init__(self, path: Path, options: Options) -> None:
        self._path = path
        self._options = options
        self.version_read: dict[Path, Hashable] = {path: None}

    def read(self) -> Settings:
        """Read the file and what it refers to; see :func:`load` for the errors."""
        options = self._options
        references = References(self._path.parent, options.environ)
        context = Context(
            references=references,
            environ=options.environ,
            allow_dropped=options.allow_dropped,
            strict=options.strict,
            quota_storage=options.quota_storage,
        )
        # Told before anything can fail, and before it is read: what is written while
        # it is read is a change, and so is a file that comes where none was found.
        self.version_read = {self._path: written(self._path)}
        try:
            text = read_text(self._path)
            is_native = options.format == "native"
            tree = parse_tree(self._path, text if is_native else blanked(text))
            read = _reader(options.format or _format_of(self._path, tree))
            settings = read(self._path, text, tree, context)
        finally:
            self.version_read |= references.files
        for note in settings.report:
            log_note(f"{self._path.name}: {note}", harmless=note.kind == "dropped")
        return settings

    def version(self) -> dict[Path, Hashable]:
        """Tell when the file, and those it refers to, were last written.

        Compared by when it was written, its size and its number: a file that was
        replaced by a rename, or by a link that points elsewhere, has another one.
        """
        return {path: written(path) for path in self.version_read}


def _reader(format_: Format) -> _Reader:
    # Imported here: only who has such a file pays for it.
    read: _Reader = import_module(f"jwtgate.configs.{format_}").read
    return read


def _format_of(path: Path, tree: object) -> Format:
    if path.suffix.lower() == ".toml" or not isinstance(tree, dict):
        return "native"
    if "_format_version" in tree:
        return "kong"
    # APISIX's has no mark of its own; what has none of its members is a slip.
    is_apisix = "version" not in tree and not tree.keys().isdisjoint(_APISIX)
    return "apisix" if is_apisix else "native"
