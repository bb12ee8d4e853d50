"""References to secrets, which a configuration holds in their place."""

from jwtgate.secrets.references import MAX_FILE_OCTETS, References, written

__all__ = ["MAX_FILE_OCTETS", "References", "written"]
