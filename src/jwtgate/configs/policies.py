"""``policy``: what is demanded of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast, final

from jwtgate.configs.consumers import read_consumer
from jwtgate.configs.fields import POLICY, read_fields, read_table, refuse_unknown
from jwtgate.configs.problems import Path, Problems
from jwtgate.errors import ConfigurationError
from jwtgate.policy import Policy
from jwtgate.stores import MemoryStore

if TYPE_CHECKING:
    from jwtgate.policy import PolicySettings

__all__ = ["FilePolicy", "read_policy"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FilePolicy:
    """A policy, and what it was made of.

    Attributes:
        policy: The default one, if this one has problems.
        settings: The members of the file that it was made of.
        problems: What is wrong with them together; reported already.
    """

    policy: Policy = field(default_factory=Policy)
    settings: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_policy(
    parent: Mapping[str, object],
    at: Path,
    problems: Problems,
    *,
    store: MemoryStore | None,
    below: FilePolicy | None = None,
) -> FilePolicy:
    """Make a policy of the member ``policy`` of a table.

    Args:
        parent: The table.
        at: Where the table is.
        problems: Takes what is wrong.
        store: Where an anonymous consumer that is named must be; None if the store
            lacks some of the file's, so that nothing can be said.
        below: The policy whose members hold where this one has none.
    """
    table = read_table(parent, "policy", at, problems)
    at = (*at, "policy")
    own = _read_settings(table, at, problems, store)
    below = below or FilePolicy()
    settings = {**below.settings, **own}
    if "strict" in own and settings.get("gateway", "native") == "native":
        problems.add((*at, "strict"), 'expected gateway = "kong" or "apisix" beside it')
    try:
        return FilePolicy(policy=_make(settings), settings=settings)
    except ConfigurationError as error:
        fresh = [each for each in error.problems if each not in below.problems]
        problems.add_all(at, fresh, own)
        return FilePolicy(settings=settings, problems=error.problems)


def _read_settings(
    table: Mapping[str, object], at: Path, problems: Problems, store: MemoryStore | None
) -> Mapping[str, object]:
    refuse_unknown(table, POLICY, at, problems)
    settings, _ = read_fields(table, POLICY, at, problems)
    anonymous = settings.get("anonymous")
    at = (*at, "anonymous")
    if isinstance(anonymous, dict):
        settings["anonymous"] = read_consumer(anonymous, at, problems)
    elif isinstance(anonymous, str) and store and not store.find_consumer(anonymous):
        problems.add(at, "expected the id or username of a consumer of this file")
    return settings


def _make(settings: Mapping[str, object]) -> Policy:
    fields = dict(settings)
    gateway = fields.pop("gateway", "native")
    strict = bool(fields.pop("strict", False))
    chosen = cast("PolicySettings", fields)
    if gateway == "kong":
        return Policy.kong(strict=strict, **chosen)
    if gateway == "apisix":
        return Policy.apisix(strict=strict, **chosen)
    return Policy(**chosen)
