"""Routes: what is demanded on which paths."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from jwtgate.backend import AnyStore
from jwtgate.errors import ConfigurationError
from jwtgate.paths import is_ambiguous
from jwtgate.policy import Policy
from jwtgate.record import Record
from jwtgate.values import as_texts, is_switch

__all__ = ["Route"]

_FOREIGN = frozenset("%?#{}<>;")
# Compiled when the first route has any.
_METHOD = r"[A-Z][A-Z-]*"
_HOST = r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]"


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Route(Record):
    """What is demanded on some paths; the closest match counts.

    Attributes:
        path: ``/orders`` is that path, ``/orders/*`` is it and all below, ``/ord*`` is
            all that begins with it. Compared with the decoded path, less where the
            app is mounted.
        prefix: All that begins with the path, as it is written: ``/orders/`` is then
            everything below ``/orders``, and not that path itself. As the gateways.
        methods: Such as ``GET`` (which covers HEAD); empty for all.
        hosts: Such as ``api.example`` or ``*.example``; empty for all.
        public: No token is demanded, and no identity is passed on.
        priority: Routes with a higher one are looked at first; of equal ones the
            closest match counts.
        policy: What is demanded; the gate's own policy if None. Of a public route's
            policy hold ``quota``, ``termination`` and ``access``, and of its dialect
            the form of answers; none holds if None.
        store: Where credentials are; the gate's own store if None.

    Raises:
        ConfigurationError: A path, method or host that cannot match, or a public route
            with a store.
    """

    path: str
    prefix: bool = False
    methods: Sequence[str] = ()
    hosts: Sequence[str] = ()
    public: bool = False
    priority: int = 0
    policy: Policy | None = None
    store: AnyStore | None = None

    def __post_init__(self) -> None:
        """Make tuples of the sequences, then check everything."""
        object.__setattr__(self, "methods", as_texts("methods", self.methods))
        object.__setattr__(self, "hosts", as_texts("hosts", self.hosts))
        problems = tuple(_problems(self))
        if problems:
            raise ConfigurationError(*problems)


def _problems(route: Route) -> list[str]:
    problems = []
    if not _is_path(route.path):
        problems.append(
            f"path has {route.path!r}; expected a decoded one that begins with '/', "
            "without '//', '.' or '..', parameters or placeholders, and with '*' at "
            "its end only"
        )
    problems += [
        f"methods has {method!r}; expected capital letters, as in GET"
        for method in route.methods
        if not re.fullmatch(_METHOD, method)
    ]
    problems += [
        f"hosts has {host!r}; expected a name in lower case, without port"
        for host in route.hosts
        if not re.fullmatch(_HOST, host)
    ]
    problems += [
        f"{name} must be True or False"
        for name in ("prefix", "public")
        if not is_switch(getattr(route, name))
    ]
    if route.prefix and str(route.path).endswith("*"):
        problems.append("prefix goes without '*' at the end of the path")
    if type(route.priority) is not int:
        problems.append("priority must be a whole number")
    policy: object = route.policy
    if not (policy is None or isinstance(policy, Policy)):
        problems.append("policy must be a Policy, or None")
    if route.public and route.store is not None:
        problems.append("public demands no token, so it takes no store")
    return problems


def _is_path(path: object) -> bool:
    return (
        isinstance(path, str)
        and "*" not in path[:-1]
        and not is_ambiguous(path.removesuffix("*"))
        # What other routers write, and what no decoded path has.
        and _FOREIGN.isdisjoint(path)
    )
