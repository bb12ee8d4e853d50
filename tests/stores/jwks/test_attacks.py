"""Attacks on a gate that takes the tokens of identity providers."""

from collections.abc import Iterator
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate import Gate, Reason
from jwtgate.stores.chain import ChainStore
from jwtgate.stores.jwks import JWKSStore
from tests.kit import BOTH, Got, Sent, clock, mint, private_key, public_pem
from tests.stores.jwks.provider import (
    KEYS,
    Clock,
    Provider,
    document,
    jwk,
    provider,
    stranger,
    until,
)
from tests.stores.jwks.test_store import Send, each_server, store_of, token

ONE, TWO = "https://one.example", "https://two.example"


@pytest.fixture
def there() -> Iterator[Provider]:
    """Run a provider of a key for ES256."""
    with provider(jwk("ES256", kid="a")) as running:
        yield running


def of_files(tmp_path: Any, **keys: list[Any]) -> Gate:
    """Make a gate over the issuers ONE and TWO, with these keys."""
    stores = []
    for issuer, name in ((ONE, "one"), (TWO, "two")):
        file = tmp_path / f"{name}.json"
        file.write_bytes(document(*keys[name]))
        stores.append(JWKSStore(issuer=issuer, audience=["api"], file=file))
    return Gate(ChainStore(*stores), clock=clock)


def refused(got: Got, reason: Reason) -> bool:
    """Whether it was refused for this reason, before the app."""
    return (got.status, got.outcome.reason, got.app_ran) == (401, reason, False)


@each_server
@pytest.mark.parametrize("kid", ["a", "b", None])
def test_key_confusion_one_issuer_s_key_signs_for_no_other(
    send: Send, kid: str | None, tmp_path: Any
) -> None:
    """Whatever kid the token has."""
    keys = {"one": [jwk("ES256", kid="a")], "two": [stranger(kid="b")]}
    gate = of_files(tmp_path, **keys)
    assert send(gate, Sent.bearer(token(ONE, kid="a"))).status == 200
    got = send(gate, Sent.bearer(token(TWO, kid=kid)))
    said = Reason.KID_UNKNOWN if kid == "a" else Reason.SIGNATURE_INVALID
    assert refused(got, said)


@each_server
def test_issuer_confusion_the_same_sub_of_two_issuers_is_two_consumers(
    send: Send, tmp_path: Any
) -> None:
    """Their ids differ."""
    same = [jwk("ES256", kid="a")]
    gate = of_files(tmp_path, one=same, two=same)
    ids = {
        send(gate, Sent.bearer(token(issuer))).outcome.consumer.id
        for issuer in (ONE, TWO)
    }
    assert len(ids) == 2


@each_server
def test_an_issuer_that_nobody_named_is_unknown(send: Send, tmp_path: Any) -> None:
    """Though its token is good elsewhere."""
    same = [jwk("ES256", kid="a")]
    got = send(
        of_files(tmp_path, one=same, two=same),
        Sent.bearer(token("https://evil.example")),
    )
    assert refused(got, Reason.KEY_UNKNOWN)


def forms_of_the_key() -> list[bytes]:
    """Write the public key of RS256 as an attacker may take it for a secret."""
    key = private_key("RS256").public_key()
    return [
        public_pem("RS256").encode(),
        public_pem("RS256").strip().encode(),
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        document(jwk("RS256", kid="a")),
    ]


@each_server
@pytest.mark.parametrize("form", range(4))
def test_key_confusion_the_public_key_is_no_secret(send: Send, form: int) -> None:
    """A token signed by HMAC with it is none of the issuer's."""
    with provider(jwk("RS256", kid="a")) as there:
        forged = mint(
            {"iss": there.url, "aud": "api", "sub": "jill"},
            algorithm="HS256",
            secret=forms_of_the_key()[form],
            header={"alg": "HS256", "typ": "JWT", "kid": "a"},
        )
        got = send(Gate(store_of(there), clock=clock), Sent.bearer(forged))
    assert refused(got, Reason.ALGORITHM_MISMATCH)


@each_server
def test_key_confusion_a_token_has_the_algorithm_of_its_key(send: Send) -> None:
    """Though the signature would hold by another one."""
    with provider(jwk("RS256", kid="a")) as there:
        gate = Gate(store_of(there), clock=clock)
        assert send(gate, Sent.bearer(token(there.url, "RS256"))).status == 200
        got = send(gate, Sent.bearer(token(there.url, "PS256")))
    assert refused(got, Reason.ALGORITHM_MISMATCH)


@each_server
def test_kid_flood_the_provider_is_asked_once_per_cooldown(
    send: Send, there: Provider
) -> None:
    """And tokens with a known kid pass meanwhile."""
    time = Clock()
    gate = Gate(store_of(there, clock=time), clock=clock)
    good = Sent.bearer(token(there.url))
    assert send(gate, good).status == 200
    for _ in range(2):
        time.pass_by(30)
        for number in range(20):
            flood = token(there.url, kid=f"kid-{number}")
            assert refused(send(gate, Sent.bearer(flood)), Reason.KID_UNKNOWN)
        assert send(gate, good).status == 200
    assert there.asked.count(KEYS) == 3


@each_server
def test_kid_flood_a_provider_that_is_down_stays_a_503_for_the_flood_alone(
    send: Send, there: Provider
) -> None:
    """Nobody else's token depends on it."""
    time = Clock()
    gate = Gate(store_of(there, clock=time), clock=clock)
    good = Sent.bearer(token(there.url))
    assert send(gate, good).status == 200
    del there.answers[KEYS]
    time.pass_by(30)
    assert send(gate, Sent.bearer(token(there.url, kid="x"))).status == 503
    assert send(gate, good).status == 200


@each_server
def test_kid_flood_while_the_provider_stalls_fills_no_server(
    send: Send, there: Provider
) -> None:
    """Four wait, the others are answered at once; known kids pass."""
    time = Clock()
    gate = Gate(store_of(there, clock=time), clock=clock)
    good = Sent.bearer(token(there.url))
    assert send(gate, good).status == 200
    there.stall()
    time.pass_by(30)
    statuses: list[int] = []

    def attack(number: int) -> None:
        flood = Sent.bearer(token(there.url, kid=f"kid-{number}"))
        statuses.append(send(gate, flood).status)

    threads = [Thread(target=attack, args=(number,)) for number in range(12)]
    started = monotonic()
    for thread in threads:
        thread.start()
    until(lambda: len(statuses) >= 8)
    assert send(gate, good).status == 200
    for thread in threads:
        thread.join()
    assert statuses == [503] * 12
    assert monotonic() - started < 3  # a fetch may take five
    assert there.asked.count(KEYS) == 2


@each_server
def test_log_flood_unknown_kids_while_the_provider_is_down(
    send: Send, there: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Why is told once, beside one record for each refusal."""
    time = Clock()
    gate = Gate(store_of(there, clock=time), clock=clock)
    assert send(gate, Sent.bearer(token(there.url))).status == 200
    del there.answers[KEYS]
    time.pass_by(30)
    caplog.clear()
    for number in range(20):
        send(gate, Sent.bearer(token(there.url, kid=f"kid-{number}")))
    said = [each.getMessage() for each in caplog.records]
    assert sum(each.startswith("a credential cannot be used") for each in said) == 1
    assert sum(each.startswith("refused a request") for each in said) == 20


@each_server
def test_an_id_token_is_no_access_token(send: Send, there: Provider) -> None:
    """Where types say what one is (RFC 9068 section 4)."""
    gate = Gate(store_of(there, types=["at+jwt"]), clock=clock)
    got = send(gate, Sent.bearer(token(there.url)))
    assert refused(got, Reason.TYPE_MISMATCH)


@each_server
@pytest.mark.parametrize("aud", ["other", ["other"], None, 5, "API", ["api/"]])
def test_a_token_for_another_audience_is_refused(
    send: Send, aud: object, there: Provider
) -> None:
    """The provider signed it for somebody else."""
    gate = Gate(store_of(there), clock=clock)
    got = send(gate, Sent.bearer(token(there.url, aud=aud)))
    assert refused(got, Reason.AUDIENCE_MISMATCH)


BESIDE = {"jku": "https://evil.example", "jwk": stranger(), "x5u": "https://e.example"}


@each_server
def test_a_key_that_comes_with_the_token_is_not_looked_at(
    send: Send, there: Provider
) -> None:
    """Nor is one fetched from where it says."""
    header = {"alg": "ES256", "kid": "b", **BESIDE}
    claims = {"iss": there.url, "aud": "api", "sub": "jill"}
    forged = mint(claims, algorithm="ES256", header=header)
    got = send(Gate(store_of(there), clock=clock), Sent.bearer(forged))
    assert refused(got, Reason.KID_UNKNOWN)


def test_one_issuer_s_outage_is_not_another_s(there: Provider) -> None:
    """Each token asks its own."""
    with provider(jwk("EdDSA", kid="b")) as other:
        other.answers.clear()
        gate = Gate(ChainStore(store_of(other), store_of(there)), clock=clock)
        for send in BOTH.values():
            assert send(gate, Sent.bearer(token(there.url))).status == 200
            assert send(gate, Sent.bearer(token(other.url))).status == 503
