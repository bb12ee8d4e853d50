"""A configuration file, and what it tells that its gate does not."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self, final

from jwtgate.configs.formats import Format, format_of
from jwtgate.configs.problems import Path as Place
from jwtgate.configs.problems import shown
from jwtgate.configs.reading import parse_tree, read_text
from jwtgate.configs.templates import blanked
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.secrets import References

__all__ = ["ConfigFile", "Member"]

# Lists of credentials in the three formats; in APISIX a plugin of a consumer is one.
_LISTS = ("credentials", "jwt_secrets")
_PLUGIN = "jwt-auth"


@final
@dataclass(frozen=True, slots=True)
class Member:
    """A text in a file.

    Attributes:
        path: Where it is, the name of the member last.
        text: The text, references as they are written.
    """

    path: Place
    text: str

    @property
    def name(self) -> str:
        """The name of the member, or of the list that the text is in."""
        return str(next(step for step in reversed(self.path) if isinstance(step, str)))


@final
@dataclass(frozen=True, kw_only=True)
class ConfigFile:
    """A configuration file as it is written.

    Attributes:
        path: The file.
        format: Whose format it is.
        tree: What it holds, nothing of it resolved; empty if it cannot be read.
        environ: The variables of its references.
    """

    path: Path
    format: Format
    tree: object = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)

    @classmethod
    def read(
        cls, path: Path, environ: Mapping[str, str], format_: Format | None = None
    ) -> Self:
        """Read a file as far as that goes: what is wrong with it is for others to say.

        Args:
            path: The file.
            environ: The variables of its references.
            format_: Whose format it is; None finds out.
        """
        tree: object = {}
        with suppress(ConfigurationError):
            # Variables of a gateway's tools stand for a word.
            tree = parse_tree(path, blanked(read_text(path)))
        chosen = format_ or format_of(path, tree)
        return cls(path=path, format=chosen, tree=tree, environ=environ)

    def members(self) -> Iterator[Member]:
        """Give every text of the file."""
        yield from _members(self.tree, ())

    def place_of(self, credential: Credential) -> str | None:
        """Tell where a credential is; None if it is not found."""
        alike = self._credentials.get(credential.key, ())
        exact = [place for kid, place in alike if kid == credential.kid]
        return next(iter([*exact, *(place for _, place in alike)]), None)

    @cached_property
    def places_of_policies(self) -> Sequence[str]:
        """Where a gateway's file has policies: its plugin's configurations."""
        tables = list(_tables(self.tree, ()))
        of_kong = [
            (*path, "config")
            for path, table in tables
            if path[-2:-1] == ("plugins",) and table.get("name") == "jwt"
        ]
        of_apisix = [
            path
            for path, table in tables
            if path[-1:] == (_PLUGIN,) and "key" not in table
        ]
        return list(map(shown, (*of_kong, *of_apisix)))

    @cached_property
    def _credentials(self) -> Mapping[object, Sequence[tuple[object, str]]]:
        # By key: a file may have a hundred thousand.
        found: defaultdict[object, list[tuple[object, str]]] = defaultdict(list)
        for path, table in _tables(self.tree, ()):
            if _holds_credential(path):
                found[self._resolved(table)].append((table.get("kid"), shown(path)))
        return found

    def _resolved(self, table: Mapping[str, object]) -> object:
        key = table.get("key")
        if isinstance(key, str):
            with suppress(ConfigurationError):
                here = References(self.path.parent, self.environ)
                return here.resolve_here(key)
        return None


def _holds_credential(path: Place) -> bool:
    in_list = len(path) > 1 and path[-2] in _LISTS
    return in_list or path[-1:] == (_PLUGIN,)


def _tables(value: object, at: Place) -> Iterator[tuple[Place, dict[str, object]]]:
    if isinstance(value, dict):
        yield at, value
        for name, each in value.items():
            yield from _tables(each, (*at, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _tables(each, (*at, index))


def _members(value: object, at: Place) -> Iterator[Member]:
    if isinstance(value, str):
        yield Member(at, value)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _members(each, (*at, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _members(each, (*at, index))
