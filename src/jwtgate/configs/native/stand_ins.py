"""What is written in place of secrets: themselves, or references to variables."""

import re
from binascii import b2a_base64
from typing import final

from jwtgate.credential import Credential
from jwtgate.secrets import is_like_a_reference

__all__ = ["StandIns", "as_text"]

_FOREIGN = re.compile(r"[^A-Z0-9]+")


@final
class StandIns:
    """Gives what is written in place of a secret.

    Args:
        references: Write ``$env://NAME``, and keep the secret in ``variables``.

    Attributes:
        variables: The value that each variable must have.
    """

    def __init__(self, *, references: bool) -> None:
        self._references = references
        self.variables: dict[str, str] = {}

    def secret(self, credential: Credential) -> dict[str, object]:
        """Give the members of a credential that say its secret."""
        octets = credential.reveal_secret() or b""
        text = as_text(octets)
        members: dict[str, object] = {}
        if text is None:
            text = b2a_base64(octets, newline=False).decode()
            members["secret_is_base64"] = True
        members["secret"] = self._stand_in(f"JWTGATE_SECRET_{credential.key}", text)
        return members

    def storage(self, url: str) -> str:
        """Give what says where a quota counts: a URL may have a password."""
        return self._stand_in("JWTGATE_QUOTA_STORAGE", url)

    def _stand_in(self, name: str, value: str) -> str:
        if not self._references:
            return value
        stem = _FOREIGN.sub("_", name.upper())[:128].rstrip("_")
        variable, number = stem, 1
        while self.variables.get(variable, value) != value:
            number += 1
            variable = f"{stem}_{number}"
        self.variables[variable] = value
        return f"$env://{variable}"


def as_text(octets: bytes) -> str | None:
    """Give a secret as a file may have it.

    Returns:
        None if no text can say it, or one that would be taken for something else.
    """
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return None
    # A NUL is in no environment variable.
    return None if "\0" in text or is_like_a_reference(text) else text
