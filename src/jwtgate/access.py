"""Access: which consumers may pass, once it is known who calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import final

from jwtgate.answer import Answer, is_answer
from jwtgate.consumer import Consumer, is_named
from jwtgate.errors import ConfigurationError
from jwtgate.record import Record
from jwtgate.values import as_texts, is_name

__all__ = ["Access", "as_access"]

_LISTS = ("allow_consumers", "deny_consumers", "allow_groups", "deny_groups")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Access(Record):
    """Which consumers may pass; the others get 403.

    A consumer is named by its id or username. To one whom a claim names, whose issuer
    chose the username, nothing is allowed by that name; it is denied by it all the
    same.

    Attributes:
        allow_consumers: These may pass; empty with ``allow_groups`` lets all.
        deny_consumers: These may not.
        allow_groups: Members of any of these may pass.
        deny_groups: Members of any of these may not.
        allow_methods: The HTTP methods that a consumer may use, by its name; who is
            not named may use all. Whoever ``allow_consumers`` or ``allow_groups`` name
            may, too.
        answer: What those who may not pass are told, if not the usual.

    Raises:
        ConfigurationError: Nothing that restricts, or a field that cannot work.

    Source: Kong ``acl``; APISIX ``consumer-restriction``.
    """

    allow_consumers: Sequence[str] = ()
    deny_consumers: Sequence[str] = ()
    allow_groups: Sequence[str] = ()
    deny_groups: Sequence[str] = ()
    allow_methods: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    answer: Answer | None = None

    def __post_init__(self) -> None:
        """Make tuples of the sequences, then check everything."""
        set_field = object.__setattr__
        for name in _LISTS:
            set_field(self, name, as_texts(name, getattr(self, name)))
        set_field(self, "allow_methods", _methods(self.allow_methods))
        if not is_answer(self.answer):
            raise ConfigurationError("answer must be an Answer, or None")
        if not (self.allow_methods or any(getattr(self, name) for name in _LISTS)):
            raise ConfigurationError(
                "access restricts nobody; expected one of: "
                f"{', '.join(_LISTS)}, allow_methods"
            )

    def allows(self, consumer: Consumer, method: str) -> bool:
        """Whether a consumer may pass with a request of this method."""
        if consumer.username in self.deny_consumers or _is_listed(
            consumer, self.deny_consumers, self.deny_groups
        ):
            return False
        if _is_listed(consumer, self.allow_consumers, self.allow_groups):
            return True
        if self.allow_consumers or self.allow_groups:
            return False
        return all(
            method in methods
            for name, methods in self.allow_methods.items()
            if is_named(consumer, name)
        )


def as_access(value: object) -> tuple[Access, ...]:
    """Make a tuple of one rule, several, or none (None).

    Raises:
        ConfigurationError: Something that is no Access.
    """
    rules = () if value is None else value
    if not isinstance(rules, list | tuple):
        rules = (rules,)
    if not all(isinstance(rule, Access) for rule in rules):
        raise ConfigurationError("access must be an Access, or several")
    return tuple(rules)


def _is_listed(consumer: Consumer, names: Sequence[str], groups: Sequence[str]) -> bool:
    return any(is_named(consumer, name) for name in names) or any(
        group in groups for group in consumer.groups
    )


def _methods(given: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(given, Mapping) or not all(map(is_name, given)):
        raise ConfigurationError("allow_methods must be methods by consumer")
    return MappingProxyType(
        {name: as_texts("allow_methods", methods) for name, methods in given.items()}
    )
