"""Encryption at rest: the keys that secrets of a store are sealed with."""

import os
import re
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from pathlib import Path
from typing import Self, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jwtgate.errors import ConfigurationError, SecretUnavailable
from jwtgate.masked import Secret

__all__ = ["MARK", "Keyring"]

MARK = "jwtgate:v1:"
"""What an envelope begins with; then the id of its key, a colon, and base64url."""

_KEY_OCTETS = 32  # AES-256
_NONCE_OCTETS = 12  # NIST SP 800-38D section 8.2: 96 bits, at random
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ENTRY = "a line for each key, the newest first: its id, a colon, base64 of 32 octets"


@final
class Keyring:
    """Keys of AES-256-GCM, by id: the first one seals, all of them open.

    An envelope holds for the context that it was sealed in, and for no other: moved
    into another row, it does not open.

    To change the key, put a new one second, and restart every process; put it first,
    and restart them again; call ``store.reencrypt()``, and take the old one out. A
    process that does not have the key yet cannot open what others seal with it.

    Args:
        keys: The keys by id, the newest first; each 32 octets, or base64 of them.
            An id has 1 to 64 letters, digits, dots, dashes and underscores.

    Raises:
        ConfigurationError: No key, or one that cannot be used; never shows it.

    Source: NIST SP 800-38D; RFC 5116 section 5.2.
    """

    def __init__(self, keys: Mapping[str, bytes | str]) -> None:
        if not keys:
            raise ConfigurationError("a keyring needs one key, or more")
        self._keys = {
            _id(name): Secret(_octets(place, key))
            for place, (name, key) in enumerate(keys.items(), 1)
        }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a keyring: a line for each key, the newest first.

        ``2026-11:qH0…=`` is an id, a colon and base64 of 32 octets. A comma may stand
        between two keys; empty lines, and those that begin with ``#``, are left out.

        Raises:
            ConfigurationError: A line that is no key, or an id that comes twice.
        """
        keys: dict[str, bytes | str] = {}
        lines = [line for line in text.splitlines() if not _is_comment(line)]
        for entry in filter(None, map(str.strip, ",".join(lines).split(","))):
            name, colon, key = entry.partition(":")
            if not colon or name in keys:
                raise ConfigurationError(f"a keyring has {_ENTRY}; each id once")
            keys[name] = key.strip()
        return cls(keys)

    @classmethod
    def from_env(
        cls, name: str = "JWTGATE_KEYRING", environ: Mapping[str, str] | None = None
    ) -> Self:
        """Read a keyring of an environment variable; see :meth:`from_text`.

        Raises:
            ConfigurationError: It is not set, or holds no keyring.
        """
        text = (os.environ if environ is None else environ).get(name)
        if text is None:
            raise ConfigurationError(f"{name} is not set; expected {_ENTRY}")
        return cls.from_text(text)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Read a keyring of a file; see :meth:`from_text`.

        Raises:
            ConfigurationError: It cannot be read, or holds no keyring.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise ConfigurationError(
                f"the keyring {os.fspath(path)} cannot be read; expected {_ENTRY}"
            ) from None
        return cls.from_text(text)

    @staticmethod
    def new_key() -> str:
        """Make a key: base64 of 32 octets of the system's randomness."""
        return b64encode(os.urandom(_KEY_OCTETS)).decode()

    def seal(self, octets: bytes, context: bytes) -> str:
        """Encrypt with the newest key.

        Args:
            octets: What to hide.
            context: What the envelope is bound to; not hidden, and not part of it.

        Returns:
            An envelope of ASCII: about 4/3 of the octets, and 60 characters.
        """
        name = next(iter(self._keys))
        nonce = os.urandom(_NONCE_OCTETS)
        sealed = self._cipher(name).encrypt(nonce, octets, _bound(name, context))
        return f"{MARK}{name}:{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, envelope: str, context: bytes) -> bytes:
        """Decrypt an envelope.

        Args:
            envelope: What :meth:`seal` gave.
            context: The same as then.

        Raises:
            SecretUnavailable: It is no envelope, its key is not in this keyring, or it
                does not open: another key, another context, or changed octets.
        """
        name, colon, text = envelope.removeprefix(MARK).partition(":")
        if not (envelope.startswith(MARK) and colon):
            raise SecretUnavailable("a secret is not sealed, and has to be")
        if name not in self._keys:
            known = name if _ID.fullmatch(name) else "?"
            raise SecretUnavailable(f"a secret is sealed by the key {known}, not here")
        try:
            octets = urlsafe_b64decode(text)
            return self._cipher(name).decrypt(
                octets[:_NONCE_OCTETS], octets[_NONCE_OCTETS:], _bound(name, context)
            )
        except (ValueError, InvalidTag):
            raise SecretUnavailable(
                f"a secret does not open by the key {name}: it is another key, or the "
                "row was changed"
            ) from None

    def is_current(self, envelope: str) -> bool:
        """Whether an envelope was sealed with the newest key."""
        return envelope.startswith(f"{MARK}{next(iter(self._keys))}:")

    def __repr__(self) -> str:
        """Show the ids of the keys."""
        return f"Keyring({', '.join(self._keys)})"

    def _cipher(self, name: str) -> AESGCM:
        return AESGCM(self._keys[name].reveal())


def _bound(name: str, context: bytes) -> bytes:
    return f"{MARK}{name}:".encode() + context


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _id(name: str) -> str:
    if not _ID.fullmatch(name):
        raise ConfigurationError(
            "the id of a key has 1 to 64 letters, digits, dots, dashes and underscores"
        )
    return name


def _octets(place: int, key: bytes | str) -> bytes:
    octets: object = key
    if isinstance(octets, str):
        try:
            octets = a2b_base64(octets, strict_mode=True)
        except ValueError:
            octets = b""
    if not isinstance(octets, bytes) or len(octets) != _KEY_OCTETS:
        # Told by its place: who takes the id for the key has the key where the id is.
        raise ConfigurationError(
            f"key {place} of a keyring must have {_KEY_OCTETS} octets, or be base64 of "
            "as many; Keyring.new_key() makes one"
        )
    return octets
