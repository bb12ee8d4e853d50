"""``secrets``: the secret managers that references of a file name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast, final

from jwtgate.configs.context import Context
from jwtgate.configs.managers import AgesGiven, Entry
from jwtgate.configs.native.fields import read_fields, read_table, refuse_unknown
from jwtgate.configs.native.kind import Kind
from jwtgate.configs.native.kinds import AGES, AWS, GCP, VAULT
from jwtgate.configs.problems import Path, Problems
from jwtgate.configs.tree import BROKEN, is_broken, sound
from jwtgate.errors import ConfigurationError
from jwtgate.secrets import References, Secrets
from jwtgate.secrets.grammar import is_manager

__all__ = ["open_managers", "read_managers"]

_KINDS: Mapping[str, Mapping[str, Kind]] = MappingProxyType(
    {"vault": VAULT, "aws": AWS, "gcp": GCP}
)
_REQUIRED = MappingProxyType({"vault": ("url",), "aws": (), "gcp": ("project",)})
_ASKED_FOR = ("token", "secret_id")
_FILES = ("ca_cert", "credentials_file")


class _Here:
    """Resolves references that no secret manager is asked for."""

    excused: Mapping[str, str] = MappingProxyType({})

    def __init__(self, references: References) -> None:
        self.resolve = references.resolve_here


@final
@dataclass(frozen=True, slots=True)
class _Named:
    """A manager as a file names it, without problems of form."""

    at: Path
    members: Mapping[str, object]
    ages: AgesGiven


def open_managers(root: dict[str, object], context: Context) -> None:
    """Let the managers of a file resolve its references.

    Args:
        root: The file; its member ``secrets`` is taken out.
        context: Takes the managers, and what is wrong with them.
    """
    references, problems = context.references, context.problems
    written = root.pop("secrets", {})
    resolved = sound(written, problems, _Here(references), ("secrets",))
    for named in read_managers({"secrets": resolved}, problems):
        _, kind, name = named.at
        arguments = {
            member: references.path(str(value)) if member in _FILES else value
            for member, value in named.members.items()
        }
        entry = Entry(
            name=f"{kind}/{name}",
            arguments=arguments,
            asked_for=_asked_for(written, named),
            ages=named.ages,
        )
        try:
            context.managers.open(entry, references)
        except ConfigurationError as error:
            problems.add_all(named.at, error.problems, _KINDS[str(kind)])


def read_managers(root: Mapping[str, object], problems: Problems) -> list[_Named]:
    """Read what the file names, references resolved; open none.

    Args:
        root: What has the member ``secrets``.
        problems: Takes what is wrong.
    """
    at: Path = ("secrets",)
    table = read_table(root, "secrets", (), problems)
    refuse_unknown(table, (*_KINDS, *AGES), at, problems)
    fields, _ = read_fields(table, AGES, at, problems)
    ages = cast("AgesGiven", fields)
    try:
        Secrets(**ages)
    except ConfigurationError as error:
        problems.add_all(at, error.problems, AGES)
    found = [
        _named(members, (*at, kind, name), ages, problems)
        for kind in _KINDS
        for name, members in read_table(table, kind, at, problems).items()
    ]
    return [each for each in found if each is not None]


def _named(
    members: object, at: Path, ages: AgesGiven, problems: Problems
) -> _Named | None:
    kind, name = map(str, at[1:])
    before = len(problems)
    if not is_manager(f"{kind}/{name}"):
        problems.add(at, "expected a name of letters, digits, dots, dashes and _")
    if isinstance(members, dict):
        refuse_unknown(members, _KINDS[kind], at, problems)
        fields, _ = read_fields(members, _KINDS[kind], at, problems)
        for required in _REQUIRED[kind]:
            if required not in members:
                problems.add((*at, required), "is missing; expected a text")
        if len(problems) == before and not is_broken(members):
            return _Named(at, fields, ages)
    elif members is not BROKEN:
        problems.add(at, "expected a table")
    return None


def _asked_for(written: object, named: _Named) -> Mapping[str, str]:
    """Give those members as the file has them, whose references are resolved later."""
    table = cast("dict[str, dict[str, dict[str, str]]]", written)
    _, kind, name = map(str, named.at)
    return {
        member: table[kind][name][member]
        for member in _ASKED_FOR
        if member in named.members
    }
