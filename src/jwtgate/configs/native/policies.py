"""``policy``: what is demanded of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict, cast, final

from jwtgate.configs.native.consumers import read_consumer
from jwtgate.configs.native.fields import read_fields, read_table, refuse_unknown
from jwtgate.configs.native.kinds import POLICY
from jwtgate.configs.native.terms import read_terms
from jwtgate.configs.problems import Path, Problems
from jwtgate.errors import ConfigurationError
from jwtgate.policy import Policy
from jwtgate.quota import Quota, as_quotas
from jwtgate.stores import FixedStore, MemoryStore
from jwtgate.terms import Terms

if TYPE_CHECKING:
    from jwtgate.policy import PolicySettings

__all__ = ["FilePolicy", "SharedTerms", "make_policy", "read_policy", "shared_terms"]


class SharedTerms(TypedDict):
    """Those members of a policy that count."""

    quota: tuple[Quota, ...]
    consumer_terms: Mapping[str, Terms]


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

    @property
    def secret_is_base64(self) -> bool | None:
        """How all secrets are read under it; None leaves it to each credential."""
        return cast("bool | None", self.settings.get("secret_is_base64"))

    def shared(self) -> "FilePolicy":
        """Count what it counts over all routes that take it over, as a file's own."""
        terms = shared_terms(self.policy)
        return replace(
            self,
            policy=replace(self.policy, **terms),
            settings={**self.settings, **terms},
        )


def read_policy(
    parent: Mapping[str, object],
    at: Path,
    problems: Problems,
    *,
    store: MemoryStore | FixedStore | None,
    below: FilePolicy | None = None,
    quotas: Mapping[str, object] = MappingProxyType({}),
) -> FilePolicy:
    """Make a policy of the member ``policy`` of a table.

    Args:
        parent: The table.
        at: Where the table is.
        problems: Takes what is wrong.
        store: Where an anonymous consumer that is named must be; None if the store
            lacks some of the file's, so that nothing can be said.
        below: The policy whose members hold where this one has none.
        quotas: Members of every quota that does not say otherwise.
    """
    table = read_table(parent, "policy", at, problems)
    at = (*at, "policy")
    own = _read_settings(table, at, problems, store, quotas)
    read_terms(own, at, problems, defaults=quotas)
    below = below or FilePolicy()
    settings = {**below.settings, **own}
    if "strict" in own and settings.get("gateway", "native") == "native":
        problems.add((*at, "strict"), 'expected gateway = "kong" or "apisix" beside it')
    try:
        return FilePolicy(policy=make_policy(settings), settings=settings)
    except ConfigurationError as error:
        fresh = [each for each in error.problems if each not in below.problems]
        problems.add_all(at, fresh, own)
        return FilePolicy(settings=settings, problems=error.problems)


def _read_settings(
    table: Mapping[str, object],
    at: Path,
    problems: Problems,
    store: MemoryStore | FixedStore | None,
    quotas: Mapping[str, object],
) -> dict[str, object]:
    refuse_unknown(table, POLICY, at, problems)
    settings, _ = read_fields(table, POLICY, at, problems)
    anonymous = settings.get("anonymous")
    at = (*at, "anonymous")
    if isinstance(anonymous, dict):
        settings["anonymous"] = read_consumer(anonymous, at, problems, quotas)
    elif isinstance(anonymous, str) and store and not store.find_consumer(anonymous):
        problems.add(at, "expected the id or username of a consumer of this file")
    return settings


def make_policy(settings: Mapping[str, object]) -> Policy:
    """Make a policy of the members of a file, as values.

    Raises:
        ConfigurationError: Every contradiction.
    """
    fields = dict(settings)
    gateway = fields.pop("gateway", "native")
    strict = bool(fields.pop("strict", False))
    fields.pop("secret_is_base64", None)  # a store's matter; see the reader of files
    chosen = cast("PolicySettings", fields)
    if gateway == "kong":
        return Policy.kong(strict=strict, **chosen)
    if gateway == "apisix":
        return Policy.apisix(strict=strict, **chosen)
    return Policy(**chosen)


def shared_terms(policy: Policy) -> SharedTerms:
    """Give the quotas of a file's own policy: one scope, wherever they hold."""
    return {
        "quota": _within(policy.quota, "gate"),
        "consumer_terms": MappingProxyType(
            {
                name: terms
                if terms.quota is None
                else replace(terms, quota=_within(terms.quota, f"gate {name}"))
                for name, terms in policy.consumer_terms.items()
            }
        ),
    }


def _within(quotas: object, scope: str) -> tuple[Quota, ...]:
    return tuple(quota.within(scope) for quota in as_quotas(quotas))
