from typing import Any

import pytest

from jwtgate import ConfigurationError, Consumer
from jwtgate.stores.jwks.issuer import ASYMMETRIC, Issuer
from tests.kit import jack, public_pem

NAME = "https://id.example/"


def issuer(**fields: Any) -> Issuer:
    """Make the usual issuer, but for these."""
    return Issuer(**{"name": NAME, "audience": ["api"], **fields})


def made(**fields: Any) -> Any:
    """Make a credential of it."""
    return issuer(**fields).credential(
        algorithm="ES256", public_key=public_pem("ES256"), kid="a"
    )


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "issuer must be a printable text"),
        ({"name": "a\nb"}, "issuer must be a printable text"),
        ({"name": None}, "issuer must be a printable text"),
        ({"audience": []}, "audience must name this service"),
        ({"audience": "api"}, "audience must be several texts"),
        ({"audience": [""]}, "audience must be texts"),
        ({"types": "at+jwt"}, "types must be several texts"),
        ({"consumer": "jack"}, "consumer must be a Consumer"),
        ({"consumer_claim": ""}, "consumer_claim must be the name"),
        ({"lifetime_grace_period": -1}, "lifetime_grace_period must be"),
        ({"algorithms": "RS256"}, "algorithms must be several"),
        ({"algorithms": []}, "algorithms must be some of"),
        ({"algorithms": ["none"]}, "algorithms must be some of"),
        ({"algorithms": ASYMMETRIC}, "algorithms may name 4 of RSA"),
    ],
    ids=repr,
)
def test_what_cannot_work_is_told_at_once(fields: Any, problem: str) -> None:
    """Not when the first keys come."""
    with pytest.raises(ConfigurationError, match=problem):
        issuer(**fields)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_key_confusion_a_secret_s_algorithm_is_not_taken(algorithm: str) -> None:
    """A published key is nobody's secret."""
    with pytest.raises(ConfigurationError, match="a secret is never published"):
        issuer(algorithms=[algorithm, "RS256"])


def test_a_credential_demands_what_the_issuer_was_given_for() -> None:
    """The verifier sees to it."""
    row = made(types=["at+jwt"], lifetime_grace_period=5)
    assert (row.key, row.kid, row.consumer_claim) == (NAME, "a", "sub")
    assert (row.audience, row.types) == (("api",), ("at+jwt",))
    assert row.lifetime_grace_period == 5


def test_its_consumer_gives_the_groups() -> None:
    """One is made if none is given."""
    assert made(consumer=jack(groups=["staff"])).consumer.groups == ("staff",)
    assert made().consumer == Consumer(username=NAME)


def test_all_ten_algorithms_are_allowed_by_default() -> None:
    """None of a secret."""
    assert [each for each in ASYMMETRIC if not issuer().allows(each)] == []
    assert not issuer().allows("HS256")


def test_an_rsa_key_that_does_not_say_is_for_rs256() -> None:
    """As every provider means it; others can be said."""
    assert issuer().rsa_algorithms == ("RS256",)
    assert issuer(algorithms=["PS256", "ES256"]).rsa_algorithms == ("PS256",)
    four = ("RS256", "RS384", "RS512", "PS256")
    assert issuer(algorithms=four).rsa_algorithms == four
