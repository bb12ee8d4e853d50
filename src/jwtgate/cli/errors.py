"""What commands raise, and what it ends with."""

from typing import Final, final

from jwtgate.errors import JWTGateError

__all__ = ["INTERRUPTED", "OK", "REFUSED", "USAGE", "Refused", "UsageError"]

OK: Final = 0
"""It is done, and nothing was found."""

REFUSED: Final = 1
"""It was refused, or something was found: the same call may be fine tomorrow."""

USAGE: Final = 2
"""The call, or a file it names, cannot work: the same call never will."""

INTERRUPTED: Final = 130
"""Ctrl-C: 128 and the number of SIGINT, as shells count."""


@final
class UsageError(JWTGateError):
    """Arguments that do not go together; ends with 2."""


@final
class Refused(JWTGateError):
    """What was asked for is not done, and says why; ends with 1."""
