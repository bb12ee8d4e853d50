import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import connections

from jwtgate import Conflict
from jwtgate.django.db.models import Consumer, Credential
from jwtgate.django.db.rows import (
    as_json,
    as_line,
    command_errors,
    consumer_named,
    credential_of,
    told,
)
from tests.django.db.kit import add_credential, add_jack
from tests.kit import KEY, NOW, SECRET, public_pem

pytestmark = pytest.mark.django_db


@pytest.fixture
def _blind_to_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the database compare as some collations do."""
    sqlite: Any = connections["default"]
    monkeypatch.setitem(sqlite.operators, "exact", "LIKE %s")


# What a command line names


@pytest.mark.parametrize("name", ["jack", "7"], ids=["username", "id"])
def test_a_consumer_is_found(name: str) -> None:
    """By id, else by username."""
    row = add_jack(uid="7")
    assert consumer_named(name) == row


def test_an_id_goes_before_a_username() -> None:
    """As in every store."""
    Consumer.objects.create(username="7", uid="8")
    row = Consumer.objects.create(username="jack", uid="7")
    assert consumer_named("7") == row


@pytest.mark.parametrize("name", ["jill", "JACK"])
def test_an_unknown_consumer_is_an_error_of_the_command(name: str) -> None:
    """Names are compared exactly."""
    add_jack()
    with pytest.raises(CommandError, match="no such consumer"):
        consumer_named(name)


@pytest.mark.usefixtures("_blind_to_case")
def test_a_name_is_compared_exactly_where_the_database_does_not() -> None:
    """Nobody else is deleted."""
    add_jack()
    with pytest.raises(CommandError, match="no such consumer"):
        consumer_named("JACK")


@pytest.mark.parametrize("kid", [None, ""], ids=["left out", "empty"])
def test_the_only_credential_of_a_key_is_found(kid: str | None) -> None:
    """Without saying more."""
    row = add_credential()
    assert credential_of(KEY, kid) == row


def test_a_kid_tells_credentials_of_a_key_apart() -> None:
    """The empty one is a kid, too."""
    first = add_credential()
    second = add_credential(first.consumer, kid="a")
    assert [credential_of(KEY, kid) for kid in ("", "a")] == [first, second]


@pytest.mark.parametrize("kid", [None, "b"], ids=["left out", "unknown"])
def test_which_kids_there_are_is_told(kid: str | None) -> None:
    """Nothing is guessed where a key has several."""
    first = add_credential()
    add_credential(first.consumer, kid="a")
    with pytest.raises(CommandError, match=r"by --kid: '', 'a'$"):
        credential_of(KEY, kid)


def test_an_unknown_key_is_an_error_of_the_command() -> None:
    """Keys are compared exactly."""
    add_credential()
    with pytest.raises(CommandError, match="no such credential"):
        credential_of(KEY.upper(), None)


# What is printed


def test_a_consumer_is_told() -> None:
    """By the names of its columns."""
    fields = told(add_jack(groups=["staff"]))
    assert (fields["username"], fields["groups"]) == ("jack", ["staff"])


def test_a_credential_is_told_with_its_consumer() -> None:
    """By name."""
    fields = told(add_credential())
    assert (fields["consumer"], fields["key"]) == ("jack", KEY)


def test_material_is_not_told() -> None:
    """A list is for everyone who keeps it."""
    pem = public_pem("ES256")
    row = Credential(consumer=add_jack(), secret=SECRET, public_key=pem)
    text = str(told(row))
    assert SECRET not in text
    assert "BEGIN" not in text


def test_json_has_moments_as_text() -> None:
    """ISO 8601, as scripts read it."""
    then = datetime.fromtimestamp(NOW, UTC)
    assert json.loads(as_json({"at": then})) == {"at": "2027-01-15T08:00:00Z"}


def test_a_line_leaves_out_what_is_empty() -> None:
    """A reader has less to read."""
    fields: dict[str, Any] = {
        "username": "jack",
        "quota": "",
        "tags": [],
        "end": None,
        "enabled": False,
    }
    assert as_line(fields) == "username=jack  enabled=False"


def test_a_line_has_lists_with_commas() -> None:
    """On one line."""
    assert as_line({"groups": ["staff", "ops"]}) == "groups=staff,ops"


def test_a_name_does_not_command_the_terminal() -> None:
    """An escape sequence in a tag would; it is shown instead."""
    assert as_line({"tags": ["\x1b[2J"]}) == "tags='\\x1b[2J'"


# Errors


def test_an_error_of_a_field_names_it() -> None:
    """As a form does."""
    with pytest.raises(CommandError, match=r"^quota: no$"), command_errors():
        raise ValidationError({"quota": "no"})


def test_an_error_of_no_field_is_told_alone() -> None:
    """There is no input to point to."""
    with pytest.raises(CommandError, match=r"^no; never$"), command_errors():
        raise ValidationError({"__all__": ["no", "never"]})


def test_an_error_of_the_core_is_one_of_the_command() -> None:
    """A sentence, not a traceback."""
    with pytest.raises(CommandError, match=r"^taken$"), command_errors():
        raise Conflict("taken")
