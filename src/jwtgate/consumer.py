"""Consumers: who may call."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import final

from jwtgate.errors import ConfigurationError
from jwtgate.identity import is_header_safe
from jwtgate.quota import Quota
from jwtgate.record import Record
from jwtgate.values import as_texts, is_name, is_switch

__all__ = ["Consumer", "is_named", "named_by_claim"]

# Kong derives the ids of consumers that a file names without one like this, so that
# every node agrees; we do the same for every consumer without an id.
# The name space is uuid5("fd02801f-0957-4a15-a55a-c8d9606f30b5", "consumers").
_CONSUMERS = bytes.fromhex("7e5adc17c0565c5498c07f88774fccf6")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Consumer(Record):
    """Who may call.

    Attributes:
        username: A unique name; this or ``custom_id`` is required.
        custom_id: The id this consumer has in your own system; unique.
        id: Left out, it is Kong's uuid5 of the username (else of the custom_id): the
            same on every request and machine.
        groups: Names of groups, without commas.
        tags: For finding consumers again in a store.
        quota: How many requests it may make, as ``"3/30s"`` or a :class:`Quota`; in
            place of the policy's.
        enabled: False makes every token of this consumer fail, and keeps it from
            standing in as the anonymous one.
        issuer: The key of the issuer's credential, for a consumer whom a claim names;
            its username is that issuer's choice.

    Raises:
        ConfigurationError: No name, a text with CR, LF or NUL, a group with a comma.

    Source: Kong's consumer entity; design words of both gateways.
    """

    username: str | None = None
    custom_id: str | None = None
    id: str = ""
    groups: Sequence[str] = ()
    tags: Sequence[str] = ()
    quota: Quota | str | None = None
    enabled: bool = True
    issuer: str | None = None

    def __post_init__(self) -> None:
        """Check the texts, derive the id."""
        name = self.username or self.custom_id
        if not name:
            raise ConfigurationError("a consumer needs a username or a custom_id")
        if not (self.enabled is True or is_switch(self.enabled)):
            raise ConfigurationError("enabled must be True or False")
        if not (self.issuer is None or is_name(self.issuer)):
            raise ConfigurationError("issuer must be a text that is not empty, or None")
        set_field = object.__setattr__
        if self.groups != ():
            set_field(self, "groups", as_texts("groups", self.groups))
        if self.tags != ():
            set_field(self, "tags", as_texts("tags", self.tags))
        if self.quota is not None:
            set_field(self, "quota", Quota.of(self.quota))
        _check_texts(self)
        if not self.id:
            set_field(self, "id", _uuid5(_CONSUMERS, name))


# RFC 9562 4.1: the first two bits of this digit are 10.
_VARIANT = dict(zip("0123456789abcdef", 4 * "89ab", strict=True))


def _uuid5(namespace: bytes, name: str) -> str:
    # RFC 9562 5.5; the text alone, without the object that uuid.uuid5 makes first.
    text = sha1(namespace + name.encode(), usedforsecurity=False).hexdigest()
    variant = _VARIANT[text[16]]
    return (
        f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"
    )


def _check_texts(consumer: Consumer) -> None:
    for text in (consumer.username, consumer.custom_id, consumer.id, *consumer.groups):
        if not (text is None or is_header_safe(text)):
            raise ConfigurationError(
                "names, ids and groups of a consumer go into headers: they must "
                "be texts without CR, LF or NUL"
            )
    if consumer.groups and "," in "".join(consumer.groups):
        raise ConfigurationError("a group's name may not have a comma")


def named_by_claim(issuer: str, value: str, template: Consumer) -> Consumer:
    """Make the consumer whom a claim of a verified token names.

    Its id is a uuid5 of issuer and value, so one issuer's ``admin`` is never
    another's, nor a consumer of a store; groups, tags and quota are the
    template's.

    Args:
        issuer: The key of the credential that verified the token.
        value: The claim's value, safe as a header.
        template: The credential's own consumer.
    """
    users = bytes.fromhex(_uuid5(_CONSUMERS, issuer).replace("-", ""))
    return Consumer(
        id=_uuid5(users, value),
        username=value,
        groups=template.groups,
        tags=template.tags,
        quota=template.quota,
        issuer=issuer,
    )


def is_named(consumer: Consumer, name: str) -> bool:
    """Whether a name in a configuration means this consumer.

    Its id does; its username only if no issuer chose it.
    """
    if consumer.id == name:
        return True
    return consumer.issuer is None and consumer.username == name
