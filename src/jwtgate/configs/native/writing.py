"""Values written as the tables of a native file that would give them again."""

from binascii import b2a_base64
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.native.kinds import (
    ACCESS,
    ANSWER,
    CONSUMER,
    CREDENTIAL,
    QUOTA,
    ROUTE,
)
from jwtgate.configs.native.kinds import TERMS as TERM_KINDS
from jwtgate.configs.native.stand_ins import StandIns
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.quota import MEMORY, Quota
from jwtgate.routes import Route
from jwtgate.secrets import is_like_a_reference
from jwtgate.terms import Terms

__all__ = ["Members", "Writer"]

Members = dict[str, object]
"""A table of a file."""

_KINDS: Mapping[type, Collection[str]] = MappingProxyType(
    {
        Access: ACCESS,
        Answer: ANSWER,
        Consumer: CONSUMER,
        Credential: CREDENTIAL,
        Quota: QUOTA,
        Route: ROUTE,
        Terms: TERM_KINDS,
    }
)
_SECRET: Final = "-" * 64
_PLAIN: Mapping[type, object] = MappingProxyType(
    {
        Access: Access(allow_groups=["-"]),
        Answer: Answer(status=403),
        Consumer: Consumer(username="-"),
        Credential: Credential(
            consumer=Consumer(username="-"), key="-", secret=_SECRET
        ),
        Quota: Quota(rates="1/s"),
        Route: Route(path="/-"),
        Terms: Terms(),
    }
)
# What a table without it would not be what it is, or not what is meant.
_ALWAYS: Mapping[type, Collection[str]] = MappingProxyType(
    {
        Access: ("allow_groups",),
        Answer: ("status",),
        Consumer: ("username",),
        Credential: ("key",),
        Quota: ("rates",),
        Route: ("path",),
    }
)
"""Members that are written even if they are as in the plain one."""


class Writer:
    """Writes values as tables.

    Args:
        stand_ins: What is written in place of secrets.
    """

    def __init__(self, stand_ins: StandIns) -> None:
        self._stand_ins = stand_ins

    def write(self, value: object) -> object:
        """Write a value: a table for what has members, else what JSON has for it."""
        if isinstance(value, Quota):
            return self._quota(value)
        if type(value) in _KINDS:
            return self.table(value)
        if isinstance(value, Mapping):
            return {str(name): self.write(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.write(each) for each in value]
        return _scalar(value)

    def table(self, value: object) -> Members:
        """Write a value that has members."""
        if isinstance(value, Credential):
            return self._credential(value)
        if isinstance(value, Consumer):
            return self._consumer(value)
        return self._members(value)

    def _members(self, value: object, but_for: Collection[str] = ()) -> Members:
        plain = _PLAIN[type(value)]
        always = _ALWAYS.get(type(value), ())
        return {
            name: self.write(getattr(value, name))
            for name in _KINDS[type(value)]
            if name not in but_for
            and (name in always or getattr(value, name) != getattr(plain, name))
        }

    def _consumer(self, consumer: Consumer) -> Members:
        if consumer.issuer is not None:
            raise ConfigurationError(
                "a consumer is one whom a claim names, which no file can say"
            )
        members = self._members(consumer, but_for=("id",))
        if consumer.username is None:
            del members["username"]
        derived = Consumer(username=consumer.username, custom_id=consumer.custom_id)
        if consumer.id != derived.id:
            members["id"] = self.write(consumer.id)
        return members

    def _credential(self, credential: Credential) -> Members:
        members = self._members(credential, but_for=("secret",))
        if isinstance(credential.secret, Secret):
            members |= self._stand_ins.secret(credential)
        return members

    def _quota(self, quota: Quota) -> object:
        rates = ", ".join(map(str, quota.limits))
        members: Members = {
            **self._members(quota, but_for=("rates", "storage")),
            "rates": rates,
        }
        if quota.storage != MEMORY:
            members["storage"] = self._stand_ins.storage(quota.storage)
        return rates if len(members) == 1 else members


def _scalar(value: object) -> object:
    if isinstance(value, bytes):
        value = _text(value)
    if isinstance(value, str) and is_like_a_reference(value):
        raise ConfigurationError(
            "a text looks like a reference such as $env://NAME, and a file would take "
            "it for one"
        )
    return value


def _text(public_key: bytes) -> str:
    try:
        return public_key.decode()
    except UnicodeDecodeError:
        # A PEM may stand between other octets, and base64 of it says the same.
        return b2a_base64(public_key, newline=False).decode()
