import pytest
from django.contrib.auth.models import AnonymousUser

from jwtgate import Consumer
from jwtgate.django.drf import GateUser
from tests.kit import jack

USER = GateUser(jack(groups=["gold"]))


def test_names() -> None:
    """It has the name of the consumer, wherever Django looks."""
    assert (str(USER), USER.username, USER.get_username()) == ("jack", "jack", "jack")


@pytest.mark.parametrize(
    ("consumer", "name"),
    [(Consumer(custom_id="c1"), "c1"), (Consumer(username="u", custom_id="c"), "u")],
)
def test_name_of_a_consumer(consumer: Consumer, name: str) -> None:
    """A consumer without a username is called by its other name."""
    assert GateUser(consumer).username == name


def test_key_is_the_consumers_id() -> None:
    """What is counted by a user's key is counted for each consumer alone."""
    assert USER.pk == USER.id == jack().id


def test_is_authenticated() -> None:
    """A token was verified."""
    assert USER.is_authenticated
    assert USER.is_active
    assert not USER.is_anonymous


def test_has_no_rights_of_django() -> None:
    """No permission, group or office of Django's comes from the gate."""
    assert (USER.is_staff, USER.is_superuser) == (False, False)
    assert not USER.has_module_perms("auth")
    assert not USER.has_perm("auth.add_user")
    assert not USER.has_perms(["auth.add_user"])
    assert USER.get_all_permissions() == set()
    assert list(USER.groups.all()) == []
    assert list(USER.user_permissions.all()) == []


def test_no_permission_demanded() -> None:
    """Who demands no permission gets none refused, as of other users."""
    assert USER.has_perms([])


def test_equality() -> None:
    """Two of one consumer are the same; no other user is."""
    assert GateUser(jack()) == USER
    assert {GateUser(jack()), USER} == {USER}
    assert GateUser(Consumer(username="jill")) != USER
    assert AnonymousUser() != USER
