"""Whose token a test asks for: from a name to a credential of a gate."""

from collections.abc import Iterable, Sequence
from inspect import iscoroutinefunction
from typing import NamedTuple

from jwtgate.backend import AnyStore
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError, NotFound
from jwtgate.gate import Gate
from jwtgate.policy import Policy
from jwtgate.stores.fitting import is_retired
from jwtgate.testing.clocks import now_of

__all__ = ["Holder", "holder_of"]


class Holder(NamedTuple):
    """A credential, where it was found, and by which policy it is used there."""

    credential: Credential
    store: AnyStore
    policy: Policy


def holder_of(gate: Gate, whose: Consumer | Credential | str) -> Holder:
    """Find a credential of a gate that can sign a good token.

    Args:
        gate: The gate; its own store is asked first, then those of its routes.
        whose: A credential; a consumer, or its id or username; or a credential's key.
            Of several, the first that is live now.

    Raises:
        ConfigurationError: There is none, or the store cannot tell synchronous code.
    """
    places = _places(gate)
    if isinstance(whose, Credential):
        return Holder(whose, *places[0])
    name = whose.id if isinstance(whose, Consumer) else whose
    now = now_of(gate)
    for store, policy in places:
        rows = _credentials(store, name)
        found = [row for row in rows if isinstance(row, Credential)]
        if found:
            live = (row for row in found if _is_live(row, now))
            return Holder(next(live, found[0]), store, policy)
    if all(not hasattr(store, "find") for store, _ in places):
        raise ConfigurationError(
            "the gate's store is asynchronous only: give the credential itself, as in "
            "(await store.afind(key))[0]"
        )
    raise ConfigurationError(
        f"the gate's store knows no consumer and no key {name!r:.80}, or cannot list a "
        "consumer's credentials: give a credential, or its key"
    )


def _places(gate: Gate) -> list[tuple[AnyStore, Policy]]:
    settings = gate.settings
    own = [(settings.store, settings.policy)]
    return own + [
        (route.store, route.policy or settings.policy)
        for route in settings.routes
        if route.store is not None
    ]


def _credentials(store: AnyStore, name: str) -> Sequence[object]:
    return [*_owned(store, name), *_keyed(store, name)]


def _owned(store: AnyStore, name: str) -> Iterable[object]:
    # What can be listed: a fixed store holds all, one that is managed gives pages.
    if isinstance(held := getattr(store, "credentials", None), Sequence):
        return [row for row in held if _is_whose(row, name)]
    list_credentials = getattr(store, "list_credentials", None)
    if list_credentials is None or iscoroutinefunction(list_credentials):
        return ()
    try:
        owned: Iterable[object] = list_credentials(consumer=name).items
    except NotFound:
        return ()
    return owned


def _keyed(store: AnyStore, name: str) -> Iterable[object]:
    find = getattr(store, "find", None)
    return () if find is None else find(name)


def _is_whose(row: object, name: str) -> bool:
    owner = getattr(row, "consumer", None)
    return isinstance(owner, Consumer) and name in (owner.id, owner.username)


def _is_live(credential: Credential, now: float) -> bool:
    begun = credential.not_before is None or credential.not_before <= now
    enabled = credential.enabled and credential.consumer.enabled
    return enabled and begun and not is_retired(credential, now)
