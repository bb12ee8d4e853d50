from dataclasses import FrozenInstanceError

import pytest

from jwtgate.configs.kong.document import read_document
from jwtgate.configs.kong.parts import Parts
from jwtgate.configs.kong.policies import Policies
from jwtgate.stores.fixed import FixedStore
from tests.configs.kong.kit import context, root


def test_parts_are_what_was_read() -> None:
    """And stay so."""
    given = context()
    policies = Policies([], {}, given)
    parts = Parts(read_document(root(), given), [], policies, {False: FixedStore()})
    with pytest.raises(FrozenInstanceError):
        parts.policies = policies  # type: ignore[misc]
