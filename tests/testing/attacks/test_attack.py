from jwtgate import Policy
from jwtgate.testing import Request
from jwtgate.testing.attacks.attack import with_header, with_token
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.forging import Forge
from tests.kit import make_gate

TARGET = Target(forge=Forge(make_gate(), "jack-key"), usual=Request(path="/me"))


def test_an_attack_of_a_token_carries_it() -> None:
    """Where the policy looks for one."""
    request = with_token("x", "", lambda _: "abc").request(TARGET)
    assert request is not None
    assert request.headers == ((b"Authorization", b"Bearer abc"),)


def test_an_attack_without_its_token_is_not_made() -> None:
    """There is nothing to attack."""
    assert with_token("x", "", lambda _: None).request(TARGET) is None


def test_an_attack_of_a_header_is_made_of_a_good_token() -> None:
    """A text is latin-1, as headers are."""
    for value in ("\xff", b"\xff"):
        request = with_header("x", "", lambda _, value=value: value).request(TARGET)  # type: ignore[misc]
        assert request is not None
        assert request.headers == ((b"Authorization", b"\xff"),)


def test_an_attack_of_a_header_needs_one() -> None:
    """That tokens are looked for in."""
    policy = Policy(header_names=[], query_names=["jwt"])
    forge = Forge(make_gate(policy=policy), "jack-key")
    target = Target(forge=forge, usual=Request())
    assert with_header("x", "", str).request(target) is None
