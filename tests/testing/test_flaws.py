from typing import Any, get_args

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm

from jwtgate import Denied, Gate, Policy, Reason, RequestView, authenticate
from jwtgate.jose import ALGORITHMS
from jwtgate.testing import Flaw, mint
from jwtgate.testing.flaws import FLAWS
from tests.kit import (
    SECRET,
    credential,
    make_gate,
    private_key,
    private_pem,
    public_pem,
)

REASONS: dict[Flaw, Reason] = {
    "expired": Reason.TOKEN_EXPIRED,
    "not_yet_valid": Reason.TOKEN_NOT_YET_VALID,
    "wrong_key": Reason.SIGNATURE_INVALID,
    "tampered_header": Reason.SIGNATURE_INVALID,
    "tampered_payload": Reason.SIGNATURE_INVALID,
    "tampered_signature": Reason.SIGNATURE_INVALID,
    "no_signature": Reason.SIGNATURE_INVALID,
    "alg_none": Reason.ALGORITHM_UNSUPPORTED,
    "alg_None": Reason.ALGORITHM_UNSUPPORTED,
    "alg_nOnE": Reason.ALGORITHM_UNSUPPORTED,
    "alg_confusion": Reason.ALGORITHM_MISMATCH,
    "missing_claims": Reason.CLAIM_MISSING,
    "missing_key": Reason.KEY_CLAIM_MISSING,
    "unknown_key": Reason.KEY_UNKNOWN,
    "unknown_kid": Reason.KID_UNKNOWN,
}
"""Why a gate refuses each: the flaw is what it is called."""


def refused(gate: Gate, token: str) -> Reason | None:
    """Tell why a gate refuses a token."""
    headers = [(b"authorization", b"Bearer " + token.encode())]
    outcome = authenticate(gate, RequestView("GET", headers=headers))
    return outcome.reason if isinstance(outcome, Denied) else None


def test_every_flaw_is_in_the_table() -> None:
    """And in the type that an editor completes from."""
    assert set(FLAWS) == set(get_args(Flaw)) == set(REASONS)


@pytest.mark.parametrize("flaw", FLAWS)
@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES384", "EdDSA"])
def test_a_flaw_is_what_it_says(algorithm: str, flaw: Flaw) -> None:
    """For keys of every kind."""
    gate = make_gate(credential(algorithm=algorithm, kid="2027"))
    key = None if algorithm == "HS256" else private_pem(algorithm)
    token = mint(gate, "jack-key", flaw, private_key=key)
    assert refused(gate, token) is REASONS[flaw]


@pytest.mark.parametrize("flaw", ["expired", "not_yet_valid"])
def test_times_are_beyond_the_leeway(flaw: Flaw) -> None:
    """A grace of fractions as well."""
    gate = make_gate(policy=Policy(leeway=90.5))
    assert refused(gate, mint(gate, "jack-key", flaw)) is REASONS[flaw]


@pytest.mark.parametrize("flaw", ["missing_claims", "missing_key", "unknown_key"])
def test_a_key_claim_may_be_in_the_header(flaw: Flaw) -> None:
    """Then the flaw is there."""
    policy = Policy(key_claim="key", key_claim_in=["header"])
    gate = make_gate(policy=policy)
    assert refused(gate, mint(gate, "jack-key", flaw)) is REASONS[flaw]


@pytest.mark.parametrize("algorithm", [each for each in ALGORITHMS if each[0] == "H"])
@pytest.mark.parametrize("is_base64", [False, True])
def test_another_hash_of_a_secret_is_confusion(
    algorithm: str,
    is_base64: bool,  # noqa: FBT001 - a case
) -> None:
    """Its octets are those that the HMAC is keyed with."""
    secret = "c2VjcmV0" * 12 if is_base64 else SECRET
    fields = {"secret": secret, "secret_is_base64": is_base64}
    gate = make_gate(credential(algorithm=algorithm, **fields))
    token = mint(gate, "jack-key", "alg_confusion")
    assert refused(gate, token) is Reason.ALGORITHM_MISMATCH
    other = "HS512" if algorithm == "HS256" else "HS256"
    careless = make_gate(credential(algorithm=other, **fields))
    assert refused(careless, token) is None


@pytest.mark.parametrize(
    "form", [str, str.encode, lambda _: _jwk()], ids=["text", "octets", "jwk"]
)
def test_a_public_key_in_any_form_is_a_secret(form: object) -> None:
    """That is what some have taken it for."""
    public = form(public_pem("ES256"))  # type: ignore[operator]
    gate = make_gate(credential(algorithm="ES256", public_key=public))
    token = mint(gate, "jack-key", "alg_confusion", private_key=private_pem("ES256"))
    assert refused(gate, token) is Reason.ALGORITHM_MISMATCH


def _jwk() -> dict[str, Any]:
    key = private_key("ES256").public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    return ECAlgorithm.to_jwk(key, as_dict=True)
