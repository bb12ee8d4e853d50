"""References to secrets, which stand in their place, and where they are kept."""

from typing import TYPE_CHECKING, Any

from jwtgate.secrets.grammar import is_like_a_reference
from jwtgate.secrets.local import MAX_FILE_OCTETS, written
from jwtgate.secrets.managers import Leased, SecretManager
from jwtgate.secrets.references import References
from jwtgate.secrets.resolving import Secrets

if TYPE_CHECKING:
    from jwtgate.secrets.keyring import Keyring

__all__ = [
    "MAX_FILE_OCTETS",
    "Keyring",
    "Leased",
    "References",
    "SecretManager",
    "Secrets",
    "is_like_a_reference",
    "written",
]


def __getattr__(name: str) -> Any:
    # Imported here: it brings cryptography, which reading a file does not need.
    if name == "Keyring":
        from jwtgate.secrets.keyring import Keyring  # noqa: PLC0415

        return Keyring
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
