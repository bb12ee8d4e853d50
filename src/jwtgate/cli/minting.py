"""Which credential signs a token, and what its gate expects of it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast, final

from jwtgate.backend import AnyStore
from jwtgate.cli.errors import Refused
from jwtgate.cli.sources import FileRows, Row
from jwtgate.configs.native.snapshots import fixed
from jwtgate.credential import Credential
from jwtgate.errors import NotFound, Rejection
from jwtgate.extraction import RequestView
from jwtgate.gate import Gate
from jwtgate.policy import Policy
from jwtgate.stores import FixedStore, MemoryStore

__all__ = ["Plan", "Wish", "choose", "is_usable", "plan_of_gate"]

_NONE: Final = "no such consumer, or it has no such credential that can be used"
_DIFFER: Final = (
    "routes of this file demand different tokens of this consumer; say by --path for "
    "which one it is"
)


@final
@dataclass(frozen=True, slots=True)
class Wish:
    """Whose token it is to be.

    Attributes:
        consumer: Its id or username.
        key: Of which credential; None if there is but one.
        kid: Of which of those with this key; None for the newest.
    """

    consumer: str
    key: str | None = None
    kid: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """What a token is signed with.

    Attributes:
        credential: Whose it is.
        key_claim: The claim that names the credential.
        at_most: Seconds that ``exp`` may be ahead; None if that is not limited.
    """

    credential: Credential
    key_claim: str = "iss"
    at_most: float | None = None


def choose(rows: Iterable[Row], wish: Wish, now: float) -> Credential:
    """Choose a consumer's credential: the newest that may be used, of one key.

    Args:
        rows: The consumer's, in the order of their creation.
        wish: What was asked for.
        now: Seconds since the epoch.

    Raises:
        NotFound: There is none such.
        Refused: There are several keys.
    """
    found = [
        row
        for row in rows
        if isinstance(row, Credential)
        and wish.key in (None, row.key)
        and wish.kid in (None, row.kid)
    ]
    if not found:
        raise NotFound(_NONE)
    usable = [row for row in found if is_usable(row, now)] or found
    keys = dict.fromkeys(row.key for row in usable)
    if len(keys) > 1:
        raise Refused(
            f"this consumer has several keys; --key is one of {', '.join(keys)}"
        )
    return usable[-1]


def is_usable(credential: Credential, now: float) -> bool:
    """Whether a gate takes tokens of a credential at a time."""
    begin, end = credential.not_before, credential.retire_after
    return (
        credential.enabled
        and credential.consumer.enabled
        and (begin is None or begin <= now)
        and (end is None or now < end)
    )


def plan_of_gate(
    gate: Gate, wish: Wish, *, path: str | None, method: str, now: float
) -> Plan:
    """Plan a token for the gate of a file.

    Args:
        gate: The gate.
        wish: Whose token it is to be.
        path: The path of the request that it is for; None for any.
        method: The method of that request.
        now: Seconds since the epoch.

    Raises:
        NotFound: No such consumer or credential.
        Refused: Several keys, a path where no token is demanded, or routes that demand
            what no one token has.
    """
    plans = list(_plans(_demands(gate, path, method), wish, now))
    if not plans:
        raise NotFound(_NONE)
    if len({(plan.credential.secret_is_base64, plan.key_claim) for plan in plans}) > 1:
        raise Refused(_DIFFER)
    limits = [plan.at_most for plan in plans if plan.at_most is not None]
    first = plans[0]
    return Plan(first.credential, first.key_claim, min(limits, default=None))


def _plans(
    demands: Iterable[tuple[FixedStore, Policy]], wish: Wish, now: float
) -> Iterator[Plan]:
    for store, policy in demands:
        # Read as base64, as one route may want it, a secret may be none.
        with suppress(NotFound):
            rows = FileRows(store).credentials(wish.consumer)
            chosen = choose(rows, wish, now)
            yield Plan(chosen, policy.key_claim, policy.maximum_expiration)


def _demands(
    gate: Gate, path: str | None, method: str
) -> Iterator[tuple[FixedStore, Policy]]:
    """Give where a path's credentials are, and its policy; of all paths if None."""
    settings = gate.settings
    if path is not None:
        yield _demand_of(gate, RequestView(method, path))
        return
    if settings.unrouted != "refuse":
        yield _fixed(settings.store), settings.policy
    for route in settings.routes:
        if not route.public:
            yield _fixed(route.store or settings.store), route.policy or settings.policy


def _demand_of(gate: Gate, request: RequestView) -> tuple[FixedStore, Policy]:
    try:
        route, guard = gate.ready.match(request)
    except Rejection as rejection:
        raise Refused(f"--path: {rejection.reason.text}") from None
    if route is not None and route.public:
        raise Refused("--path: no token is demanded there")
    return _fixed(guard.store), guard.policy


def _fixed(store: AnyStore) -> FixedStore:
    # A file's gate has no others.
    return fixed(cast("MemoryStore | FixedStore", store))
