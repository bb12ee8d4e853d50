from uuid import UUID, uuid5

import pytest

from jwtgate import Consumer, Credential, Policy, Reason
from jwtgate.admission import Admission, caller
from jwtgate.consumer import named_by_claim
from jwtgate.errors import ClaimRejected
from jwtgate.extraction import Carrier, Hiding
from jwtgate.jose import VerifiedToken, parse_compact, verify
from tests.kit import credential, jack, mint

GATE = object()
GUARD = object()
NOTHING = Hiding()


def verified(signer: Credential, **claims: object) -> VerifiedToken:
    """Verify a token with these claims."""
    token = parse_compact(mint(claims).encode())
    return verify(token, signer.verification_key)


def test_the_credentials_consumer_calls() -> None:
    """Without a consumer claim the consumer is the credential's own."""
    signer = credential()
    assert caller(signer, verified(signer, sub="admin")) is signer.consumer


def test_a_claim_names_the_consumer() -> None:
    """An issuer's user has the claim's value as name, and the template's groups."""
    signer = credential(consumer=jack(groups=["staff"]), consumer_claim="sub")
    found = caller(signer, verified(signer, sub="ann"))
    assert (found.username, tuple(found.groups)) == ("ann", ("staff",))


def test_one_issuers_admin_is_not_anothers() -> None:
    """The id comes of issuer and name, and is no consumer's of a store."""
    names = {
        named_by_claim("issuer-a", "admin", jack()).id,
        named_by_claim("issuer-b", "admin", jack()).id,
        Consumer(username="admin").id,
    }
    assert len(names) == 3


def test_the_id_of_a_named_consumer_is_a_uuid5() -> None:
    """It is uuid5 of uuid5 of Kong's namespace for consumers."""
    kong = uuid5(UUID("fd02801f-0957-4a15-a55a-c8d9606f30b5"), "consumers")
    expected = uuid5(uuid5(kong, "issuer-a"), "ann")
    assert named_by_claim("issuer-a", "ann", jack()).id == str(expected)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        pytest.param({}, Reason.CLAIM_MISSING, id="missing"),
        pytest.param({"sub": ""}, Reason.CLAIM_INVALID, id="empty"),
        pytest.param({"sub": 7}, Reason.CLAIM_INVALID, id="number"),
        pytest.param({"sub": ["ann"]}, Reason.CLAIM_INVALID, id="array"),
        pytest.param({"sub": "a\r\nX: y"}, Reason.CLAIM_INVALID, id="CRLF"),
        pytest.param({"sub": "a\0"}, Reason.CLAIM_INVALID, id="NUL"),
        pytest.param({"sub": "a" * 513}, Reason.CLAIM_INVALID, id="513 octets"),
    ],
)
def test_a_claim_that_names_nobody(claims: dict[str, object], reason: Reason) -> None:
    """A consumer claim must be a printable text of 1 to 512 octets."""
    signer = credential(consumer_claim="sub")
    with pytest.raises(ClaimRejected) as caught:
        caller(signer, verified(signer, **claims))
    assert (caught.value.reason, caught.value.claim) == (reason, "sub")


@pytest.mark.parametrize(
    ("carrier", "headers"),
    [
        pytest.param("header", (), id="header"),
        pytest.param("cookie", (), id="cookie"),
        pytest.param("query", (("Cache-Control", "no-store"),), id="query"),
    ],
)
def test_an_answer_to_a_url_with_a_token_is_not_stored(
    carrier: Carrier, headers: tuple[tuple[str, str], ...]
) -> None:
    """RFC 6750 2.3: caches must not keep what a token in the query asked for."""
    signer = credential()
    admission = Admission(Policy(), GATE, GUARD)
    outcome = admission.admit(signer, verified(signer), {carrier}, NOTHING)
    assert outcome.response_headers == headers


def test_outcome_has_all_that_is_known() -> None:
    """Consumer, view of the credential, claims, header and gate are handed on."""
    signer = credential(id="cred-jack")
    token = verified(signer, sub="ann")
    admission = Admission(Policy.apisix(), GATE, GUARD)
    outcome = admission.admit(signer, token, {"header"}, NOTHING)
    assert outcome.credential == signer.view
    assert (outcome.claims, outcome.header) == (token.claims, token.header.members)
    assert (outcome.gate, outcome.guard, outcome.hiding) == (GATE, GUARD, NOTHING)
    assert ("X-Credential-Identifier", "cred-jack") in outcome.request_headers


def test_credentials_that_live_for_one_request_are_not_mixed_up() -> None:
    """Though the next one may be where the last one was in memory."""
    admission = Admission(Policy(), GATE, GUARD)
    token = verified(credential())
    for number in range(3 * 1024):
        named = f"consumer-{number}"
        signer = credential(consumer=Consumer(username=named), key=named)
        outcome = admission.admit(signer, token, {"header"}, NOTHING)
        assert outcome.credential.key == named
        assert ("X-Consumer-Username", named) in outcome.request_headers
        del signer, outcome
