import subprocess
import sys
from inspect import getsource

import pytest

from jwtgate import MemoryStore
from jwtgate.testing import (
    ConsumerStoreContract,
    ManagedStoreContract,
    StoreContract,
)


def rules_of(contract: type) -> set[str]:
    """Give the names of a contract's tests."""
    return {name for name in dir(contract) if name.startswith("test_")}


def test_each_contract_has_those_of_the_one_before() -> None:
    """Who can do more keeps to more."""
    find, consumers, managed = map(
        rules_of, (StoreContract, ConsumerStoreContract, ManagedStoreContract)
    )
    assert find < consumers < managed


@pytest.mark.parametrize(
    "contract", [StoreContract, ConsumerStoreContract, ManagedStoreContract]
)
def test_a_contract_is_not_collected_itself(contract: type) -> None:
    """It is imported into modules of tests."""
    assert not contract.__name__.startswith("Test")


@pytest.mark.parametrize(
    "contract", [StoreContract, ConsumerStoreContract, ManagedStoreContract]
)
def test_every_rule_is_written_down(contract: type) -> None:
    """The tests are what an author of a store reads."""
    assert all(getattr(contract, name).__doc__ for name in rules_of(contract))


def test_every_method_of_a_managed_store_is_called() -> None:
    """What the contract does not ask may be forgotten."""
    methods = {name for name in vars(MemoryStore) if not name.startswith("_")}
    asked = "".join(_source(ManagedStoreContract))
    missing = {name for name in methods - {"blocking"} if name not in asked}
    assert missing == set()


def _source(contract: type) -> list[str]:
    return [
        getsource(each)
        for each in contract.__mro__
        if each.__module__.startswith("jwtgate")
    ]


def test_importing_the_core_does_not_load_the_contracts() -> None:
    """They need pytest, which no gate has."""
    code = (
        "import sys, jwtgate; "
        "sys.exit(any(n in sys.modules for n in ('pytest', 'jwtgate.testing')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - this interpreter, on a text above
