import json

import pytest
from django.core.management.base import CommandError

from jwtgate.django.db.models import Consumer
from tests.django.db.kit import add_credential, add_jack, admits, run

pytestmark = pytest.mark.django_db

COMMAND = "jwtgate_consumer"


def test_a_consumer_is_added() -> None:
    """With all that it can have."""
    words = ("--custom-id", "4", "--id", "7", "--group", "staff", "--group", "ops")
    run(COMMAND, "add", "jack", *words, "--tag", "a", "--quota", "3/30s")
    made = Consumer.objects.get().as_consumer()
    assert (made.username, made.custom_id, made.id) == ("jack", "4", "7")
    assert (made.groups, made.tags) == (("staff", "ops"), ("a",))
    assert made.quota is not None


def test_a_consumer_may_have_a_custom_id_alone() -> None:
    """One of both is enough."""
    run(COMMAND, "add", "--custom-id", "4")
    assert Consumer.objects.get().username is None


def test_a_consumer_can_be_added_disabled() -> None:
    """To be let in later."""
    run(COMMAND, "add", "jack", "--disabled")
    assert not Consumer.objects.get().enabled


def test_what_was_added_is_told() -> None:
    """Its id, which was made."""
    printed = run(COMMAND, "add", "jack")
    assert f"  id={Consumer.objects.get().uid}  " in printed


def test_what_was_added_is_told_in_json() -> None:
    """For scripts."""
    assert json.loads(run(COMMAND, "add", "jack", "--json"))["username"] == "jack"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("jack",), "username: .*already exists"),
        ((), "a consumer needs a username or a custom_id"),
        (("jill", "--quota", "many"), "quota: rates must be"),
        (("jill", "--group", "a,b"), "groups: .*comma"),
    ],
    ids=["taken", "nameless", "quota", "group"],
)
def test_a_consumer_that_cannot_be_is_a_sentence(
    words: tuple[str, ...], problem: str
) -> None:
    """Not a traceback."""
    add_jack()
    with pytest.raises(CommandError, match=problem):
        run(COMMAND, "add", *words)


def test_consumers_are_listed() -> None:
    """One a line."""
    add_jack()
    run(COMMAND, "add", "jill")
    lines = run(COMMAND, "list").splitlines()
    assert [line.split()[0] for line in lines] == ["username=jack", "username=jill"]


def test_consumers_are_listed_in_json() -> None:
    """For scripts."""
    add_jack()
    assert [row["username"] for row in json.loads(run(COMMAND, "list", "--json"))] == [
        "jack"
    ]


def test_a_disabled_consumer_is_refused() -> None:
    """And let in again when it is enabled."""
    add_credential()
    run(COMMAND, "disable", "jack")
    assert not admits()
    run(COMMAND, "enable", "jack")
    assert admits()


def test_a_consumer_that_cannot_be_used_can_be_disabled() -> None:
    """Whoever has to shut it out is not told to mend it first."""
    add_jack()
    Consumer.objects.update(groups=7)
    run(COMMAND, "disable", "jack")
    assert not Consumer.objects.get().enabled


def test_a_consumer_is_deleted_with_its_credentials() -> None:
    """By its exact name."""
    add_credential()
    run(COMMAND, "delete", "jack")
    assert not admits()
    assert not Consumer.objects.exists()


@pytest.mark.parametrize("action", ["enable", "disable", "delete"])
def test_an_unknown_consumer_is_a_sentence(action: str) -> None:
    """Nothing else is changed."""
    with pytest.raises(CommandError, match="no such consumer"):
        run(COMMAND, action, "nobody")
