from jwtgate.secrets import Leased, SecretManager
from tests.secrets.fakes import Manager


def test_one_method_makes_a_manager() -> None:
    """Whatever its class."""
    assert isinstance(Manager(), SecretManager)
    assert not isinstance(object(), SecretManager)


def test_what_is_leased_is_not_shown() -> None:
    """A log may have it."""
    assert repr(Leased({"a": "hunter2"}, 5)) == "Leased(seconds=5)"
