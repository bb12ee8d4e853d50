"""The references of one configuration, resolved while it is read."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, final

from jwtgate.errors import ConfigurationError, SecretUnavailable
from jwtgate.masked import Secret
from jwtgate.secrets.grammar import Reference, parse
from jwtgate.secrets.local import find_here, written

if TYPE_CHECKING:
    from jwtgate.secrets.resolving import Secrets

__all__ = ["References"]


@final
class References:
    """Resolves the references of one configuration.

    Args:
        folder: Where paths that are not absolute begin.
        environ: The environment variables.
        before: What the references to managers stood for at the reading before.
        is_refresh: The configuration is as it was, and its references alone are not.

    Attributes:
        files: Those that were looked at so far, each with what
            :func:`jwtgate.secrets.written` told of it before it was read.
        managers: Who resolves the references to a manager, by its name.
        values: What references to managers stand for, by their text.
        excused: Those of them of which nothing is a mistake in the configuration, and
            what is wrong: a reference that stands for nothing any more, for which what
            it stood for before is given; and in a refresh all of them.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        before: Mapping[str, Secret] = MappingProxyType({}),
        *,
        is_refresh: bool = False,
    ) -> None:
        self._folder = folder
        self._environ = environ
        self._before = before
        self._is_refresh = is_refresh
        self.files: dict[Path, Hashable] = {}
        self.managers: dict[str, Secrets] = {}
        self.values: dict[str, Secret] = {}
        self.excused: dict[str, str] = {}

    def resolve(self, text: str) -> str:
        """Give what a text stands for: the text itself, if it is no reference.

        Raises:
            ConfigurationError: It looks like a reference and cannot be resolved. The
                error never has the text that was found.
            SecretUnavailable: Its manager does not answer, and what the reference
                stood for was not known before.
        """
        reference = parse(text)
        if reference is None:
            return text
        if reference.source == "secret":
            return self._managed(reference)
        return self._local(reference)

    def path(self, name: str) -> str:
        """Give the path of a file, which may begin at the configuration's folder."""
        return str(self._folder / name)

    def resolve_here(self, text: str) -> str:
        """Give what a text stands for, without asking any manager.

        Raises:
            ConfigurationError: It looks like a reference and cannot be resolved, or
                is one to a manager.
        """
        reference = parse(text)
        if reference is None:
            return text
        if reference.source == "secret":
            raise ConfigurationError(
                "is a reference to a secret manager, which would be asked before it "
                "is known; expected $env://NAME or $file://path"
            )
        return self._local(reference)

    def _local(self, reference: Reference) -> str:
        if reference.source == "file":
            path = self._folder / reference.name
            self.files[path] = written(path)
        return find_here(reference, self._folder, self._environ)

    def _managed(self, reference: Reference) -> str:
        text = reference.text
        before = self._before.get(text)
        try:
            found = self._asked(reference)
        except (ConfigurationError, SecretUnavailable) as error:
            if before is None:
                raise
            # It was good once: what changed is not the configuration.
            self.excused[text] = str(error)
            found = before.reveal().decode()
        else:
            if self._is_refresh:
                self.excused[text] = ""
        self.values[text] = Secret(found)
        return found

    def _asked(self, reference: Reference) -> str:
        secrets = self.managers.get(reference.name)
        if secrets is None:
            raise ConfigurationError(
                f"$secret://{reference.name} is no secret manager that is configured"
            )
        return secrets.resolve(reference.text, follow=False)
