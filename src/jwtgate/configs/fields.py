"""The members that the tables of a file may have, and what each holds."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from jwtgate.configs.problems import Path, Problems
from jwtgate.configs.tree import BROKEN, is_broken

__all__ = [
    "CONSUMER",
    "CREDENTIAL",
    "POLICY",
    "ROUTE",
    "Kind",
    "read_fields",
    "read_table",
    "read_tables",
    "refuse_unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a member may hold.

    Attributes:
        expected: Its words.
        fits: Whether a value is one. What it means is checked by whoever takes it.
    """

    expected: str
    fits: Callable[[object], bool]

    def or_null(self) -> "Kind":
        """Take null beside, which switches something off."""
        fits = self.fits
        return replace(
            self,
            expected=f"{self.expected}, or null",
            fits=lambda value: value is None or fits(value),
        )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_TEXT = Kind(expected="a text", fits=lambda value: isinstance(value, str))
_TEXTS = Kind(expected="a list of texts", fits=_is_texts)
_SWITCH = Kind(expected="true or false", fits=lambda value: type(value) is bool)
_SECONDS = Kind(
    expected="a number of seconds", fits=lambda value: type(value) in (int, float)
)
_WHOLE_SECONDS = Kind(
    expected="a whole number of seconds", fits=lambda value: type(value) is int
)
_KEY = Kind(
    expected="a text (a PEM or a JWK), or a table (a JWK)",
    fits=lambda value: isinstance(value, str | dict),
)
_CONSUMER = Kind(
    expected="the id or username of a consumer, or a table (a consumer)",
    fits=lambda value: isinstance(value, str | dict),
)
_GATEWAY = Kind(
    expected='"native", "kong" or "apisix"',
    fits=lambda value: value in ("native", "kong", "apisix"),
)

POLICY: Mapping[str, Kind] = MappingProxyType(
    {
        "gateway": _GATEWAY,
        "strict": _SWITCH,
        "header_names": _TEXTS,
        "query_names": _TEXTS,
        "cookie_names": _TEXTS,
        "multiple_tokens": _TEXT,
        "key_claim": _TEXT,
        "key_claim_in": _TEXTS,
        "claims_to_verify": _TEXTS,
        "required_claims": _TEXTS,
        "leeway": _SECONDS,
        "maximum_expiration": _SECONDS.or_null(),
        "issuer": _TEXTS,
        "audience": _TEXTS,
        "types": _TEXTS,
        "algorithms": _TEXTS,
        "anonymous": _CONSUMER.or_null(),
        "anonymous_for": _TEXT,
        "run_on_preflight": _SWITCH,
        "hide_credentials": _SWITCH,
        "csrf": _SWITCH,
        "trusted_origins": _TEXTS,
        "realm": _TEXT.or_null(),
        "mode": _TEXT,
    }
)
"""The members of ``policy``: the fields of a policy, and whose constructor."""

CONSUMER: Mapping[str, Kind] = MappingProxyType(
    {
        "username": _TEXT.or_null(),
        "custom_id": _TEXT.or_null(),
        "id": _TEXT,
        "groups": _TEXTS,
        "tags": _TEXTS,
        "enabled": _SWITCH,
    }
)
"""The members of a consumer, but for its credentials."""

CREDENTIAL: Mapping[str, Kind] = MappingProxyType(
    {
        "key": _TEXT,
        "algorithm": _TEXT,
        "secret": _TEXT.or_null(),
        "public_key": _KEY.or_null(),
        "secret_is_base64": _SWITCH,
        "kid": _TEXT.or_null(),
        "id": _TEXT.or_null(),
        "tags": _TEXTS,
        "token_lifetime": _WHOLE_SECONDS,
        "lifetime_grace_period": _SECONDS.or_null(),
        "not_before": _SECONDS.or_null(),
        "retire_after": _SECONDS.or_null(),
        "enabled": _SWITCH,
        "consumer_claim": _TEXT.or_null(),
        "allow_weak_secret": _SWITCH,
    }
)
"""The members of a credential."""

ROUTE: Mapping[str, Kind] = MappingProxyType(
    {"path": _TEXT, "methods": _TEXTS, "hosts": _TEXTS, "public": _SWITCH}
)
"""The members of a route, but for its policy."""


def read_fields(
    table: Mapping[str, object], kinds: Mapping[str, Kind], at: Path, problems: Problems
) -> tuple[dict[str, object], bool]:
    """Read the members of a table that are of these kinds.

    Returns:
        Those that hold what they may, and whether that is all of them.
    """
    fields = {
        name: value
        for name, value in table.items()
        if name in kinds and _fits(value, kinds[name], (*at, name), problems)
    }
    return fields, len(fields) == len(table.keys() & kinds.keys())


def _fits(value: object, kind: Kind, at: Path, problems: Problems) -> bool:
    if is_broken(value):
        return False
    if not kind.fits(value):
        problems.add(at, f"expected {kind.expected}")
        return False
    return True


def read_table(
    table: Mapping[str, object], name: str, at: Path, problems: Problems
) -> Mapping[str, object]:
    """Give the table that a member holds; an empty one if there is none."""
    value = table.get(name, {})
    if isinstance(value, dict):
        return value
    if value is not BROKEN:
        problems.add((*at, name), "expected a table")
    return {}


def read_tables(
    table: Mapping[str, object], name: str, at: Path, problems: Problems
) -> Iterator[tuple[Path, dict[str, object]]]:
    """Give each table of the list that a member holds, with its path."""
    value = table.get(name, [])
    if value is BROKEN:
        return
    if not isinstance(value, list):
        problems.add((*at, name), "expected a list of tables")
        return
    for index, each in enumerate(value):
        if isinstance(each, dict):
            yield (*at, name, index), each
        elif each is not BROKEN:
            problems.add((*at, name, index), "expected a table")


def refuse_unknown(
    table: Mapping[str, object], known: Collection[str], at: Path, problems: Problems
) -> None:
    """Report the members that have another name."""
    for name in table:
        if name not in known:
            problems.add_unknown((*at, name), known)
