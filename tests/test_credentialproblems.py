from collections.abc import Callable
from dataclasses import fields

import pytest

from jwtgate import Credential
from jwtgate.credentialproblems import CHECKS, credential_problems
from tests.kit import credential

DEFAULTS = {each.name: each.default for each in fields(Credential)}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check[0])
def test_a_value_that_is_not_looked_at_fits(
    check: tuple[str, object, Callable[[object], bool], str],
) -> None:
    """It is the default itself, of which most credentials have most."""
    name, usual, fits, _ = check
    assert name in {"consumer", "key"} or (usual is DEFAULTS[name] and fits(usual))


@pytest.mark.parametrize("algorithm", ["HS512", "ES256"])
def test_a_credential_that_exists_has_no_problem(algorithm: str) -> None:
    """It could not be built otherwise."""
    assert credential_problems(credential(algorithm=algorithm)) == []
