"""Who may pass, in words."""

from collections.abc import Iterator, Sequence
from functools import partial

from jwtgate.access import Access, as_access
from jwtgate.policy import Policy
from jwtgate.requirement import Requirement

__all__ = ["admitted_by_policy", "admitted_by_requirement", "name_of"]


def admitted_by_policy(policy: Policy) -> tuple[str, ...]:
    """Say whom the access rules of a policy let pass; nothing where all may."""
    return tuple(map(_rule, as_access(policy.access)))


def admitted_by_requirement(demands: Requirement) -> tuple[str, ...]:
    """Say what a view demands of callers; nothing where any will do."""
    return tuple(_demands(demands))


def name_of(view: object) -> str:
    """Name a view, a class or an app as Python does."""
    while isinstance(view, partial):
        view = view.func
    named = view if hasattr(view, "__qualname__") else type(view)
    module = getattr(named, "__module__", None)
    name: str = getattr(named, "__qualname__", "")
    return f"{module}.{name}" if module else name


def _rule(rule: Access) -> str:
    allowed = [
        *_listed("consumers", rule.allow_consumers),
        *_listed("groups", rule.allow_groups),
    ]
    denied = [
        *_listed("consumers", rule.deny_consumers),
        *_listed("groups", rule.deny_groups),
    ]
    said = [" or ".join(allowed)] if allowed else []
    if denied:
        said.append(f"not {' nor '.join(denied)}")
    said += [
        f"{name} by {', '.join(methods) or 'no method'}"
        for name, methods in rule.allow_methods.items()
    ]
    return ", ".join(said)


def _demands(demands: Requirement) -> Iterator[str]:
    yield from _listed("consumers", demands.consumers or ())
    yield from _listed("groups", demands.groups or ())
    yield from _listed("scopes", demands.scopes or ())
    if demands.when is not None:
        yield f"when {name_of(demands.when)}"


def _listed(what: str, names: Sequence[str]) -> list[str]:
    return [f"{what} {', '.join(names)}"] if names else []
