import pytest

from jwtgate import InvalidKey
from jwtgate.issue import generate_keypair
from jwtgate.jose import ALGORITHMS
from jwtgate.testing.signing import keypair, signer, stranger
from tests.kit import credential, private_pem


def _private(algorithm: str) -> str | None:
    return None if algorithm.startswith("HS") else private_pem(algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_holder_s_signature_holds(algorithm: str) -> None:
    """And a stranger's does not, of any algorithm."""
    owned = credential(algorithm=algorithm)
    sign, other = signer(owned, _private(algorithm)), stranger(algorithm)
    key = owned.verification_key
    assert key.verify(sign(b"text"), b"text")
    assert len(other(b"text")) in range(32, 513)
    assert not key.verify(other(b"text"), b"text")


@pytest.mark.parametrize(
    "write", [str, str.encode, lambda pem: pem.replace("\n", "\\n")]
)
def test_a_private_key_is_text_or_octets(write: object) -> None:
    """Also as environment variables hold it."""
    owned = credential(algorithm="ES256")
    sign = signer(owned, write(private_pem("ES256")))  # type: ignore[operator]
    assert owned.verification_key.verify(sign(b"text"), b"text")


def test_a_public_key_alone_signs_nothing() -> None:
    """It is said what to do."""
    with pytest.raises(InvalidKey, match=r"private_key=\.\.\., or let with_keypair"):
        signer(credential(algorithm="ES256"))


@pytest.mark.parametrize(
    ("algorithm", "words"),
    [("HS256", "takes no private_key"), ("ES256", "not the other half")],
)
def test_a_private_key_that_does_not_fit_is_an_error(
    algorithm: str, words: str
) -> None:
    """It does not show the key."""
    private_key = generate_keypair("ES256").private_key
    with pytest.raises(InvalidKey, match=words) as caught:
        signer(credential(algorithm=algorithm), private_key)
    assert private_key.splitlines()[1] not in str(caught.value)


def test_key_pairs_are_made_once() -> None:
    """Those of RSA take long; each owner has its own."""
    assert keypair("RS256", "kit") is keypair("PS512", "kit")
    assert keypair("ES256", "kit") != keypair("ES256", "stranger")
