import pytest

from jwtgate import ConfigurationError, Gate, InvalidKey, Policy, Reason, Route
from jwtgate.jose import parse_compact
from jwtgate.testing import mint
from jwtgate.testing.forging import Forge, segment
from jwtgate.testing.minting import token_of
from tests.kit import ListStore, clock, credential, make_gate
from tests.testing.test_clocks import passes
from tests.testing.test_flaws import refused


def test_a_token_is_good_unless_asked_otherwise() -> None:
    """By the gate's clock."""
    gate = make_gate()
    assert passes(gate, mint(gate, "jack-key"))


def test_claims_and_header_may_be_others() -> None:
    """They are signed with the rest."""
    gate = make_gate()
    token = mint(gate, "jack-key", claims={"scope": "read"}, header={"typ": "at+jwt"})
    assert passes(gate, token)
    parsed = parse_compact(token.encode())
    assert parsed.claims["scope"] == "read"
    assert token.startswith(segment({"alg": "HS256", "typ": "at+jwt"}).decode())


def test_a_flaw_goes_with_other_claims() -> None:
    """The flaw wins."""
    gate = make_gate()
    token = mint(gate, "jack-key", "expired", claims={"exp": 9_999_999_999})
    assert refused(gate, token) is Reason.TOKEN_EXPIRED


def test_an_unknown_flaw_is_an_error() -> None:
    """It tells those that there are."""
    with pytest.raises(ConfigurationError, match="one of: expired, not_yet_valid"):
        mint(make_gate(), "jack-key", "broken")  # type: ignore[arg-type]


def test_a_private_key_is_not_shown_by_an_error() -> None:
    """Nor is the secret."""
    gate = make_gate(credential(algorithm="ES256"))
    with pytest.raises(InvalidKey) as caught:
        mint(gate, "jack-key", private_key="-----BEGIN PRIVATE KEY-----sesame")
    assert "sesame" not in str(caught.value)


def test_a_token_for_a_route_is_by_its_policy() -> None:
    """Which is told, as the gate has others."""
    strict = Policy(audience=["here"])
    routes = [Route(path="/", policy=strict)]
    gate = Gate(ListStore(credential()), routes=routes, clock=clock)
    assert not passes(gate, mint(gate, "jack-key"))
    assert passes(gate, mint(gate, "jack-key", policy=strict))


def test_a_forge_makes_many() -> None:
    """Without looking for the credential each time."""
    gate = make_gate()
    forge = Forge(gate, "jack-key")
    assert passes(gate, token_of(forge))
    assert refused(gate, token_of(forge, "wrong_key")) is Reason.SIGNATURE_INVALID
