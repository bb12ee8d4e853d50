import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.masked import Secret

TEXT = "correct horse battery staple"


@pytest.mark.parametrize("show", [repr, str, "{}".format, "%s".__mod__, ascii])
def test_a_secret_does_not_show_itself(show: object) -> None:
    """Logs and tracebacks print what they are given."""
    assert callable(show)
    assert show(Secret(TEXT)) == "Secret('***')"


def test_reveal_is_the_one_way_to_read_a_secret() -> None:
    """The octets are there for who asks by name."""
    assert Secret(TEXT).reveal() == TEXT.encode()


def test_octets_are_kept_as_they_are() -> None:
    """A secret need not be text."""
    assert Secret(b"\xff\0").reveal() == b"\xff\0"


def test_a_secret_of_a_secret_has_the_same_octets() -> None:
    """A masked one may be handed on."""
    assert Secret(Secret(TEXT)).reveal() == TEXT.encode()


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_is_the_secret_itself(duplicate: object) -> None:
    """It cannot change, and there are no more copies in memory than need be."""
    assert callable(duplicate)
    secret = Secret(TEXT)
    assert duplicate(secret) is secret


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_pickled(protocol: int) -> None:
    """A pickle would hold it in the clear."""
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret(TEXT), protocol)


def test_secrets_are_equal_only_as_objects() -> None:
    """Two texts can be one HMAC key (RFC 2104), so equality would say too much."""
    assert Secret(TEXT) != Secret(TEXT)


def test_a_secret_has_no_dict_to_look_into() -> None:
    """Debuggers and serializers read ``__dict__``."""
    assert not hasattr(Secret(TEXT), "__dict__")


@given(text=st.text(st.characters()))
def test_any_text_has_octets(text: str) -> None:
    """Also one with lone surrogates, as a badly read file has."""
    assert Secret(text).reveal().decode("utf-8", "surrogatepass") == text
