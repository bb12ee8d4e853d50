import pytest

from jwtgate.jose import ALGORITHMS, parse_compact
from jwtgate.jose.decoy import decoy_key, verify_in_vain
from tests.kit import mint, segment, signature


def held_by_the_decoy() -> str:
    """Make a token whose signature the decoy of HS256 holds for good."""
    return mint(secret=bytes(64))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_has_a_decoy(algorithm: str) -> None:
    """There is a decoy for each algorithm, bound to it as any key is."""
    assert decoy_key(algorithm).algorithm == algorithm


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_decoy_is_parsed_once(algorithm: str) -> None:
    """Parsing a key at each refusal would give away that it was a decoy."""
    assert decoy_key(algorithm) is decoy_key(algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_decoy_does_not_hold_what_others_sign(algorithm: str) -> None:
    """A decoy is nobody's key."""
    signed = signature(algorithm, b"octets", b"x" * 64)
    assert not decoy_key(algorithm).verify(signed, b"octets")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_work_is_done_with_the_algorithm_of_the_token(algorithm: str) -> None:
    """The work is that of the token's own algorithm, so that it takes as long."""
    decoy_key.cache_clear()
    verify_in_vain(parse_compact(mint(algorithm=algorithm).encode()))
    misses = decoy_key.cache_info().misses
    decoy_key(algorithm)
    assert (misses, decoy_key.cache_info().misses) == (1, 1)


def test_result_is_thrown_away() -> None:
    """A signature that the decoy holds for good gains nothing."""
    token = parse_compact(held_by_the_decoy().encode())
    verify_in_vain(token)
    assert decoy_key("HS256").verify(token.signature or b"", token.signing_input)


@pytest.mark.parametrize("end", ["=", "A", "\u00e9"], ids=ascii)
def test_malformed_signature_is_no_work(end: str) -> None:
    """A signature that is not base64url is checked under no key, decoys included."""
    decoy_key.cache_clear()
    signing_input = held_by_the_decoy().rpartition(".")[0]
    verify_in_vain(parse_compact(f"{signing_input}.{end}".encode()))
    assert decoy_key.cache_info().misses == 0


@pytest.mark.parametrize("alg", [None, 1, ["HS256"]], ids=str)
def test_missing_algorithm_is_no_work(alg: object) -> None:
    """A token without an algorithm has no decoy, and raises nothing."""
    decoy_key.cache_clear()
    token = b".".join([segment({"alg": alg}), segment({}), b""])
    verify_in_vain(parse_compact(token))
    assert decoy_key.cache_info().misses == 0
