"""The names that the keys of a store have in Redis."""

import json
from typing import Final, final

from jwtgate.errors import ConfigurationError
from jwtgate.keytext import is_key_text

__all__ = ["PREFIX", "Names"]

PREFIX: Final = "jwtgate"
"""The prefix of stores and denylists, if none is named."""


@final
class Names:
    """Names of keys, as octets: what encoding a client has does not matter.

    Each ends with the one text that is not ours, or with JSON of two, so no two things
    ever have one name. A cluster hashes what is between the first brace and the next,
    which is the prefix, whatever a text holds.

    Args:
        prefix: A printable text without braces.

    Raises:
        ConfigurationError: Another prefix.
    """

    def __init__(self, prefix: str) -> None:
        if not is_key_text(prefix) or not {"{", "}"}.isdisjoint(prefix):
            raise ConfigurationError("prefix must be a printable text without braces")
        self._root = _octets(f"{{{prefix}}}:")
        self._keys = self._root + b"key:"
        self.number = self._root + b"number"

    def key(self, key: str) -> bytes:
        """Name the document of a key."""
        return self._keys + _octets(key)

    def consumer(self, id_: str) -> bytes:
        """Name the document of a consumer."""
        return self._name("consumer:", id_)

    def username(self, username: str) -> bytes:
        """Name the id of the consumer with this username."""
        return self._name("username:", username)

    def custom_id(self, custom_id: str) -> bytes:
        """Name the id of the consumer with this custom_id."""
        return self._name("custom_id:", custom_id)

    def consumers(self, tag: str | None = None) -> bytes:
        """Name the list of consumers, or that of a tag."""
        return self._name("consumers", "" if tag is None else f":tag:{tag}")

    def credentials(self, owner: str | None = None, tag: str | None = None) -> bytes:
        """Name the list of credentials, or that of a consumer's id, a tag, or both."""
        if owner is None:
            return self._name("credentials", "" if tag is None else f":tag:{tag}")
        if tag is None:
            return self._name("credentials:of:", owner)
        return self._name("credentials:both:", json.dumps([owner, tag]))

    def commit(self, name: str) -> bytes:
        """Name a change that was made."""
        return self._name("commit:", name)

    def denied(self, subject: str) -> bytes:
        """Name the entry of a list of revoked tokens."""
        return self._name("denied:", subject)

    def _name(self, kind: str, text: str) -> bytes:
        return self._root + _octets(kind + text)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # total: any text has octets
