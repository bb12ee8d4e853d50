from dataclasses import fields
from typing import Any

import pytest

from jwtgate import ConfigurationError, Credential
from jwtgate.credentialproblems import CHECKS, credential_problems
from tests.kit import credential

OF_ALL = {"consumer", "algorithm", "key", "secret"}
DEFAULTS = {each.name: each.default for each in fields(Credential)}
USUAL = {name: fits for name, fits, _ in CHECKS if name not in OF_ALL}


class Alike:
    """Equals another value."""

    def __init__(self, other: object) -> None:
        self.other = other

    def __eq__(self, other: object) -> bool:
        """Whether the other value equals what this one is like."""
        return other == self.other

    __hash__ = object.__hash__


@pytest.mark.parametrize("name", USUAL)
def test_a_default_fits(name: str) -> None:
    """So it need not be looked at in each credential."""
    assert USUAL[name](DEFAULTS[name])


@pytest.mark.parametrize("name", USUAL)
def test_what_only_equals_a_default_is_looked_at(name: str) -> None:
    """As 1 equals True, and is no switch."""
    with pytest.raises(ConfigurationError, match=f"^{name} must be"):
        credential(**{name: Alike(DEFAULTS[name])})


@pytest.mark.parametrize("algorithm", ["HS512", "ES256"])
@pytest.mark.parametrize("fields", [{}, {"kid": "k1", "token_lifetime": 60}], ids=str)
def test_a_credential_that_exists_has_no_problem(
    algorithm: str, fields: dict[str, Any]
) -> None:
    """It could not be built otherwise."""
    assert credential_problems(credential(algorithm=algorithm, **fields)) == []
