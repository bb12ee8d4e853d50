import itertools
import json
import sys

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate.errors import KeyRejected, MalformedToken
from jwtgate.jose import (
    ALGORITHMS,
    UnverifiedToken,
    VerificationKey,
    VerifiedToken,
    base64url,
    load_key,
    parse_compact,
    verify,
)
from jwtgate.jose.verify import share
from jwtgate.reason import Reason
from tests.kit import SECRET, mint, private_pem, public_pem, segment

HMAC = ["HS256", "HS384", "HS512"]
RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
CURVES = ["ES256", "ES384", "ES512", "EdDSA"]
EACH_FAMILY = ["HS256", "RS256", "PS256", "ES256", "EdDSA"]


def key(algorithm: str) -> VerificationKey:
    """Load the key of the tests for an algorithm."""
    if ALGORITHMS[algorithm].symmetric:
        return load_key(algorithm, SECRET.encode())
    return load_key(algorithm, public_pem(algorithm).encode())


def verified(token: str | bytes, algorithm: str) -> VerifiedToken:
    """Parse a token and verify it under the key of an algorithm."""
    octets = token.encode() if isinstance(token, str) else token
    return verify(parse_compact(octets), key(algorithm))


def refusal(token: str | bytes, algorithm: str = "HS256") -> Reason:
    """Verify a bad token and give the reason of its refusal."""
    with pytest.raises(KeyRejected) as refused:
        verified(token, algorithm)
    return refused.value.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_good_token_is_verified(algorithm: str) -> None:
    """A token signed with the key's algorithm and key is verified."""
    token = mint({"sub": "joe"}, algorithm=algorithm)
    assert verified(token, algorithm).claims["sub"] == "joe"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_token_of_pyjwt_is_verified(algorithm: str) -> None:
    """What another library signs is verified here."""
    symmetric = ALGORITHMS[algorithm].symmetric
    signing_key = SECRET if symmetric else private_pem(algorithm)
    token = jwt.encode({"sub": "joe"}, signing_key, algorithm=algorithm)
    assert verified(token, algorithm).claims == {"sub": "joe"}


def test_verified_token_is_the_one_that_was_read() -> None:
    """Header and claims are handed on as they were parsed, not parsed again."""
    token = parse_compact(mint().encode())
    result = verify(token, key("HS256"))
    assert (result.header, result.claims) == (token.header, token.claims)


# The algorithm.


@pytest.mark.parametrize(
    ("claimed", "real"),
    [
        *itertools.permutations(HMAC, 2),
        *itertools.permutations(RSA, 2),
        *itertools.permutations(CURVES, 2),
    ],
)
def test_other_alg_is_refused_though_the_signature_holds(
    claimed: str, real: str
) -> None:
    """A token that says RS256 is none for a PS256 key, even if that key signed it."""
    token = mint(header={"alg": claimed}, algorithm=real)
    assert refusal(token, real) is Reason.ALGORITHM_MISMATCH


@pytest.mark.parametrize(
    ("claimed", "bound"),
    [*itertools.permutations(HMAC, 2), *itertools.permutations(RSA, 2)],
)
def test_good_token_is_refused_by_a_key_of_another_algorithm(
    claimed: str, bound: str
) -> None:
    """The key's own algorithm decides, not the one that the token was made with."""
    assert refusal(mint(algorithm=claimed), bound) is Reason.ALGORITHM_MISMATCH


@pytest.mark.parametrize(
    "alg",
    [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "hs256",
        "Hs256",
        "HS256 ",
        " HS256",
        "HS256\x00",
        "HS-256",
        "\uff28S256",
        None,
        True,
        256,
        ["HS256"],
        {"alg": "HS256"},
    ],
    ids=ascii,
)
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_alg_that_is_not_exactly_the_keys_is_refused(
    alg: object,
    signed: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    """No spelling of none, no other case and no other type passes, signed or not."""
    token = mint(header={"alg": alg})
    sent = token if signed else token.rpartition(".")[0] + "."
    assert refusal(sent) is Reason.ALGORITHM_MISMATCH


def test_missing_alg_is_refused() -> None:
    """A token without alg is not given the key's."""
    assert refusal(mint(header={"typ": "JWT"})) is Reason.ALGORITHM_MISMATCH


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_public_key_used_as_hmac_secret_is_refused(algorithm: str) -> None:
    """Algorithm confusion (CVE-2016-5431): HS256 with the PEM that everyone has."""
    forged = mint(algorithm="HS256", secret=public_pem(algorithm))
    assert refusal(forged, algorithm) is Reason.ALGORITHM_MISMATCH


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_mac_under_another_alg_is_refused(algorithm: str) -> None:
    """Algorithm confusion, second guise: the header says what the key wants."""
    mac = mint(header={"alg": algorithm}, secret=public_pem(algorithm))
    assert refusal(mac, algorithm) is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c", "kid"])
def test_key_in_the_header_is_not_used(member: str) -> None:
    """Key injection (CVE-2018-0114): a token never brings the key it is checked by."""
    own = {"kty": "oct", "k": base64url.encode(b"own" * 20).decode()}
    header = {"alg": "HS256", member: json.dumps(own)}
    forged = mint(header=header, secret=b"own" * 20)
    assert refusal(forged) is Reason.SIGNATURE_INVALID


def test_algorithm_is_compared_before_the_signature_is_read() -> None:
    """A mismatch is told whatever the signature is."""
    assert refusal(mint(header={"alg": "HS512"}) + "=") is Reason.ALGORITHM_MISMATCH


# The signature.


@pytest.mark.parametrize(
    "end", ["=", "==", " ", "\n", "\x00", "!", "\u00e9"], ids=ascii
)
@pytest.mark.parametrize("algorithm", EACH_FAMILY)
def test_signature_that_is_not_base64url_is_refused(algorithm: str, end: str) -> None:
    """A good signature with anything after it has another spelling, and is refused."""
    token = mint(algorithm=algorithm) + end
    assert refusal(token, algorithm) is Reason.SIGNATURE_MALFORMED


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_stripped_signature_is_refused(algorithm: str) -> None:
    """A token whose signature was taken off is refused."""
    unsigned = mint(algorithm=algorithm).rpartition(".")[0] + "."
    assert refusal(unsigned, algorithm) is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_changed_claims_are_refused(algorithm: str) -> None:
    """The signature of one Claims Set does not hold for another."""
    header, _, signed = mint({"sub": "joe"}, algorithm=algorithm).split(".")
    forged = ".".join([header, segment({"sub": "root"}).decode(), signed])
    assert refusal(forged, algorithm) is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_changed_header_is_refused(algorithm: str) -> None:
    """The signature covers the header, members that nobody reads included."""
    _, claims, signed = mint(algorithm=algorithm).split(".")
    header = segment({"alg": algorithm, "typ": "at+jwt"}).decode()
    forged = f"{header}.{claims}.{signed}"
    assert refusal(forged, algorithm) is Reason.SIGNATURE_INVALID


def test_equal_json_of_another_spelling_is_refused() -> None:
    """The signature covers the octets that were sent, not what they mean."""
    header, claims, signed = mint().split(".")
    spaced = segment(base64url.decode(claims.encode()) + b" ").decode()
    assert refusal(f"{header}.{spaced}.{signed}") is Reason.SIGNATURE_INVALID


def test_signature_of_another_secret_is_refused() -> None:
    """A token that somebody else signed is refused."""
    assert refusal(mint(secret="x" * 64)) is Reason.SIGNATURE_INVALID


GOOD = {algorithm: mint(algorithm=algorithm).encode() for algorithm in EACH_FAMILY}


@pytest.mark.parametrize("algorithm", EACH_FAMILY)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_flipped_bit_is_refused(algorithm: str, data: st.DataObject) -> None:
    """Whatever bit of a token is flipped, it is refused."""
    token = bytearray(GOOD[algorithm])
    bit = data.draw(st.integers(0, 8 * len(token) - 1))
    token[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedToken, KeyRejected)):
        verified(bytes(token), algorithm)


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text()))
def test_what_is_verified_pyjwt_reads_alike(claims: dict[str, object]) -> None:
    """A token that passes here gives the claims that PyJWT reads from it."""
    token = mint(json.dumps(claims).encode())
    read = jwt.decode_complete(token, options={"verify_signature": False})["payload"]
    assert verified(token, "HS256").claims == read


# What several requests may have.


def shared(token: str) -> UnverifiedToken:
    """Verify a token, and make it one that several requests may have."""
    read = parse_compact(token.encode())
    verify(read, key("HS256"))
    assert share(read, read.claims["iss"])
    return read


def test_texts_of_tokens_are_kept_once() -> None:
    """Most tokens have the same names, and many the same key."""
    one, other = shared(mint(sub="a")), shared(mint(sub="b"))
    assert one.named is other.named
    assert list(map(id, one.claims)) == list(map(id, other.claims))


def test_names_made_up_by_a_signer_are_not_kept_for_ever() -> None:
    """As Python 3.12.0 keeps what is interned."""
    token = shared(mint({"made-up": 1}))
    (name,) = (name for name in token.claims if name == "made-up")
    assert sys.intern("".join(list(name))) is not name
