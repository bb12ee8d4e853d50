"""The material of a credential, sealed to the record that it is in."""

import json
from typing import TYPE_CHECKING, Final, cast, final

from jwtgate.errors import ConfigurationError, SecretUnavailable
from jwtgate.secrets.keyring import MARK
from jwtgate.stores.records import Record

if TYPE_CHECKING:
    from jwtgate.secrets.keyring import Keyring

__all__ = ["MATERIAL", "Sealing"]

MATERIAL: Final = ("secret", "public_key")
"""The fields that are sealed: a public key, too, lest it be exchanged."""

# What says whose the material is, what it is good for, and how it is read.
_BOUND: Final = (
    *("id", "key", "kid", "algorithm", "secret_is_base64", "allow_weak_secret"),
    *("consumer_claim", "audience", "types"),
)


@final
class Sealing:
    """Seals the material of records, and opens it.

    With a keyring, material that is not sealed does not open: who may write rows, and
    has no key, could put it there. Nor does an envelope from another record, or from
    this one if a field that it is bound to was another then.

    Args:
        keyring: Holds the keys; None leaves material as it is.
    """

    def __init__(self, keyring: "Keyring | None") -> None:
        self._keyring = keyring

    def sealed(self, name: str, text: str | None, record: Record) -> str | None:
        """Seal a text.

        Args:
            name: Of the field.
            text: As :func:`jwtgate.stores.records.stored` has written it.
            record: Where it goes; its consumer's record is in it.
        """
        if text is None or self._keyring is None:
            return text
        return self._keyring.seal(text.encode(), _context(name, record))

    def opened(self, name: str, record: Record) -> str | None:
        """Give the text of a field.

        Raises:
            SecretUnavailable: It does not open.
        """
        kept = record[name]
        if kept is None:
            return None
        if self._keyring is None:
            if _is_sealed(kept):
                raise SecretUnavailable(
                    f"its {name} is sealed, and there is no keyring"
                )
            return cast("str", kept)
        return self._keyring.open(kept, _context(name, record)).decode()

    def resealed(self, record: Record, *, plain: bool) -> dict[str, str]:
        """Seal with the newest key what is not.

        Args:
            record: With its consumer's.
            plain: Seal what is not sealed at all, too: as good as it may be.

        Returns:
            The new envelopes by field; none, if all is as it should be.

        Raises:
            ConfigurationError: There is no keyring.
            SecretUnavailable: Something does not open, or is not sealed.
        """
        if self._keyring is None:
            raise ConfigurationError("this store has no keyring to seal secrets with")
        found = {}
        for name in MATERIAL:
            kept = record[name]
            if kept is None:
                continue
            is_plain = plain and not _is_sealed(kept)
            text = kept if is_plain else self.opened(name, record)
            if not self._keyring.is_current(kept):
                envelope = self.sealed(name, text, record)
                found[name] = cast("str", envelope)
        return found


def _is_sealed(kept: str) -> bool:
    return kept.startswith(MARK)


def _context(name: str, record: Record) -> bytes:
    grace = record["lifetime_grace_period"]
    bound = [
        *(record[each] for each in _BOUND),
        # Databases turn 5.0 to 5, or back, and -0.0 to 0.
        None if grace is None else float(grace) + 0,
        record["consumer"]["id"],
    ]
    return json.dumps([name, *bound]).encode()
