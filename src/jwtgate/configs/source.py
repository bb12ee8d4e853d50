"""A configuration file, and the secrets it refers to, as a source of settings."""

from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock, local
from typing import final
from weakref import ref

from jwtgate._log import log_note
from jwtgate.configs.context import Context
from jwtgate.configs.formats import OVERRIDES, Format, format_of, reader_of
from jwtgate.configs.managers import Managers
from jwtgate.configs.reading import parse_tree, read_text
from jwtgate.configs.templates import blanked
from jwtgate.denylist import AnyDenylist
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.masked import Secret
from jwtgate.report import LoadReport
from jwtgate.secrets import References, Secrets, written
from jwtgate.secrets.perprocess import PerProcess
from jwtgate.settings import Settings

__all__ = ["FileSource", "Options"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a file is read; see :func:`jwtgate.load`."""

    environ: Mapping[str, str]
    format: Format | None = None
    allow_dropped: frozenset[str] = frozenset()
    strict: bool = False
    quota_storage: str | None = None
    watch: bool = True
    secrets: Secrets | None = None
    denylist: AnyDenylist | None = None


@final
@dataclass(frozen=True, slots=True)
class _Version:
    """The state of the files, and of the secret managers' values."""

    files: Mapping[Path, Hashable]
    secrets: Mapping[str, int]


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
        self._managers = Managers(options.secrets)
        self._values: Mapping[str, Secret] = {}
        self._good = Secret("")
        self._told = LoadReport()
        # Of the thread that asks for the version: another that reads wants the file.
        self._asked = local()
        self._gate: Callable[[], Gate | None] = lambda: None
        self._is_followed = False
        # A fork must not find it taken.
        self._reading = PerProcess(Lock)
        self.version_read = _Version({path: None}, {})

    def lead(self, gate: Gate) -> None:
        """Have a gate follow this, as far as there is something to follow."""
        self._gate = ref(gate)
        gate.follow(self, watch=self._needs_watch)
        self._is_followed = self._needs_watch

    @property
    def _needs_watch(self) -> bool:
        return self._options.watch or bool(self._managers)

    def read(self) -> Settings:
        """Read the file and what it refers to; see :func:`jwtgate.load`."""
        is_refresh = vars(self._asked).pop("is_refresh", False)
        with self._reading.get():
            if is_refresh:
                return self._refreshed()
            self._managers.refresh()
            return self._read(self._text())

    def version(self) -> _Version:
        """Tell when the file, and those it refers to, were last written.

        Compared by when it was written, its size and its number: a file that was
        replaced by a rename, or by a link that points elsewhere, has another one.
        With it goes the state of what the secret managers gave. The thread that asks
        for the version reads next: what has changed by now is what is read then.
        """
        self._managers.start()
        before = self.version_read
        files = before.files
        if self._options.watch:
            files = {path: written(path) for path in files}
        found = _Version(files, self._managers.version())
        is_refresh = files == before.files and found.secrets != before.secrets
        self._asked.is_refresh = is_refresh
        return found

    def _text(self) -> str:
        # Told before anything can fail, and before it is read: what is written while
        # it is read is a change, and so is a file that comes where none was found.
        self.version_read = _Version(
            {self._path: written(self._path)}, self._managers.version()
        )
        return read_text(self._path)

    def _refreshed(self) -> Settings:
        """Make the settings anew, as what references stand for is not what it was.

        A file that does not work, which was told when it changed, keeps nobody from the
        secrets of the one that did; it may do with these.
        """
        good = self._good.reveal().decode()
        self.version_read = _Version(self.version_read.files, self._managers.version())
        if self._options.watch:
            with suppress(ConfigurationError):
                text = read_text(self._path)
                if text != good:
                    return self._read(text)
        return self._read(good, is_refresh=True)

    def _read(self, text: str, *, is_refresh: bool = False) -> Settings:
        options = self._options
        references = References(
            self._path.parent, options.environ, self._values, is_refresh=is_refresh
        )
        managers = Managers(options.secrets, self._managers)
        managers.give(references)
        context = Context(
            references=references,
            managers=managers,
            environ=options.environ,
            allow_dropped=options.allow_dropped,
            strict=options.strict,
            quota_storage=options.quota_storage,
        )
        try:
            settings = self._made(text, context)
        except BaseException:
            managers.close(but_for=self._managers)
            raise
        finally:
            before = self.version_read
            files = {**before.files, **references.files}
            self.version_read = _Version(files, before.secrets)
        self._managers.close(but_for=managers)
        self._managers, self._values = managers, references.values
        self._good = Secret(text)
        self.version_read = _Version(files, managers.version_read)
        self._tell(settings.report, is_refresh=is_refresh)
        gate = self._gate()
        if gate is not None and self._needs_watch and not self._is_followed:
            self.lead(gate)  # there were no managers before
        return settings

    def _made(self, text: str, context: Context) -> Settings:
        tree = self._tree(text)
        format_ = self._options.format or format_of(self._path, tree)
        if format_ != "native":
            _refuse_overrides(context)
        settings = reader_of(format_)(self._path, text, tree, context)
        return replace(settings, denylist=self._options.denylist)

    def _tree(self, text: str) -> object:
        # As it is, if that can be: what begins like a variable may be a text as others.
        with suppress(ConfigurationError):
            return parse_tree(self._path, text)
        return parse_tree(self._path, blanked(text))

    def _tell(self, report: LoadReport, *, is_refresh: bool) -> None:
        told = set(self._told) if is_refresh else set()
        for note in report:
            if note not in told:
                harmless = note.kind == "dropped"
                log_note(f"{self._path.name}: {note}", harmless=harmless)
        self._told = report


def _refuse_overrides(context: Context) -> None:
    for name in sorted(context.environ):
        if name.startswith(OVERRIDES):
            # What was to be stricter by it would not be.
            context.problems.add(
                (name,),
                "sets the policy of a file of jwtgate's own, and this is a gateway's; "
                "unset it until the file is converted",
            )
