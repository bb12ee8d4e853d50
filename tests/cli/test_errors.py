from jwtgate import JWTGateError
from jwtgate.cli.errors import INTERRUPTED, OK, REFUSED, USAGE, Refused, UsageError


def test_exit_codes_are_those_of_shells() -> None:
    """Scripts rely on them."""
    assert (OK, REFUSED, USAGE, INTERRUPTED) == (0, 1, 2, 130)


def test_errors_of_commands_are_of_the_tree() -> None:
    """One root for all."""
    assert issubclass(Refused, JWTGateError)
    assert issubclass(UsageError, JWTGateError)
