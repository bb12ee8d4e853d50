import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Consumer
from jwtgate.denylist import KINDS, Subject, check_by
from tests.kit import mint


def test_a_jti_is_named_with_its_key() -> None:
    """What one issuer calls a token, another one may, too."""
    assert Subject.jti("a", "1") != Subject.jti("b", "1")
    assert Subject.jti("a", "1") == Subject.jti("a", "1")


def test_key_and_jti_do_not_run_into_each_other() -> None:
    """Otherwise who chooses a jti would choose whose it is."""
    assert Subject.jti("a", "bc") != Subject.jti("ab", "c")


def test_a_token_is_named_without_its_signature() -> None:
    """ECDSA has two signatures that are as good as each other."""
    token = mint()
    unsigned = token.rpartition(".")[0]
    assert Subject.token(token) == Subject.token(unsigned.encode())
    assert Subject.token(token) == Subject.token(f"{unsigned}.another")
    assert Subject.token(token) != Subject.token(mint(sub="other"))


def test_a_consumer_is_named_by_its_id() -> None:
    """Names change; and an issuer chooses the name of who a claim names."""
    jack = Consumer(username="jack", id="c-1")
    assert Subject.consumer(jack) == Subject.consumer("c-1")
    assert Subject.consumer("c-1") != Subject.consumer("jack")


@given(st.text(), st.text())
def test_subjects_are_short_ascii(key: str, jti: str) -> None:
    """They fit into any database, whatever a token holds."""
    for subject in (
        Subject.jti(key, jti),
        Subject.token(mint(sub=key)),
        Subject.consumer(key),
        Subject.everyone(),
    ):
        assert len(subject.text) <= 80
        assert subject.text.isascii()
        # A digest may have a few characters of it by chance.
        assert len(jti) < 8 or jti not in subject.text


def test_kinds_do_not_meet() -> None:
    """The same text as another kind is another subject."""
    named = {Subject.jti("", "eA.eA"), Subject.token("eA.eA")}
    named |= {Subject.consumer("eA.eA"), Subject.everyone()}
    assert {each.kind for each in named} == KINDS


@pytest.mark.parametrize(
    "token", ["", "x", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.eA", " eA.eA.eA", "..", "eA."]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    """It would name a token that nobody ever sends."""
    with pytest.raises(ConfigurationError, match="compact JWS"):
        Subject.token(token)


@pytest.mark.parametrize("by", [KINDS, ["jti"], ("token", "consumer"), {"everyone"}])
def test_kinds_can_be_chosen(by: frozenset[str]) -> None:
    """One is enough."""
    assert check_by(by) == frozenset(by)


@pytest.mark.parametrize("by", ["jti", (), ["jit"], ["jti", "sub"]])
def test_what_is_no_kind_is_refused(by: list[str]) -> None:
    """A slip would let every revoked token pass."""
    with pytest.raises(ConfigurationError, match="by must be"):
        check_by(by)
