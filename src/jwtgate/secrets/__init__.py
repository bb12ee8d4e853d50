"""References to secrets, which a configuration holds in their place."""

from jwtgate.secrets.references import (
    MAX_FILE_OCTETS,
    References,
    is_like_a_reference,
    written,
)

__all__ = ["MAX_FILE_OCTETS", "References", "is_like_a_reference", "written"]
