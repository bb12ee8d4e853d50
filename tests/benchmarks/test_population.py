from benchmarks.population import MATERIALS, add, key_of
from jwtgate import MemoryStore


def test_rsa_keys_that_nobody_has_are_loaded_as_others_are() -> None:
    """A modulus is not looked into, so a random one costs what a real one does."""
    store = MemoryStore()
    credential = add(store, 1, "RS256", MATERIALS["RS256"]())
    assert credential.algorithm == "RS256"
    assert store.find(key_of(1)) == (credential,)


def test_no_two_keys_are_equal() -> None:
    """Equal ones would be parsed and kept once."""
    for make in MATERIALS.values():
        assert make() != make()


def test_keys_are_as_long_as_those_that_stores_make() -> None:
    """What is looked up is hashed and compared at full length."""
    assert len(key_of(999_999)) == 32
