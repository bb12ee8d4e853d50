from typing import Any

import pytest

from jwtgate.django.db.forms import ConsumerForm, CredentialForm, LinesField
from jwtgate.django.db.models import Consumer, Credential
from tests.django.db.kit import NEW_SECRET, add_credential, add_jack
from tests.kit import KEY, SECRET, public_pem

pytestmark = pytest.mark.django_db

LINES = LinesField()


def consumer_form(**fields: Any) -> ConsumerForm:
    """Send the form of a new consumer."""
    return ConsumerForm({"username": "jack", "enabled": "on", **fields})


def changed(row: Credential, **fields: Any) -> CredentialForm:
    """Send the form of a credential."""
    sent = {
        "consumer": row.consumer_id,
        "key": row.key,
        "algorithm": row.algorithm,
        "public_key": row.public_key,
        "enabled": "on",
        "token_lifetime": 60,
    }
    return CredentialForm({**sent, **fields}, instance=row)


def added(**fields: Any) -> CredentialForm:
    """Send the form of a new credential."""
    return changed(Credential(consumer=add_jack(), key=KEY), **fields)


# Lists


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("", []),
        ("staff", ["staff"]),
        ("staff\r\nops\n", ["staff", "ops"]),
        (" staff \n\n ops", ["staff", "ops"]),
    ],
    ids=["none", "one", "two", "blanks"],
)
def test_lines_are_texts(text: str, texts: list[str]) -> None:
    """One a line; blank ones count for nothing."""
    assert LINES.clean(text) == texts


@pytest.mark.parametrize(
    ("value", "shown"), [(["a", "b"], "a\nb"), ("a\r\nb", "a\r\nb"), (None, None)]
)
def test_a_list_is_shown_as_lines(value: object, shown: object) -> None:
    """What was sent is shown again as it came."""
    assert LINES.prepare_value(value) == shown


@pytest.mark.parametrize(
    ("initial", "sent", "differs"),
    [
        (["a", "b"], "a\r\nb", False),
        ([], "", False),
        (None, None, False),
        ([], "a", True),
    ],
)
def test_a_list_has_changed_if_its_texts_have(
    initial: object, sent: object, *, differs: bool
) -> None:
    """The history tells of changes alone."""
    assert LINES.has_changed(initial, sent) is differs


# Consumers


def test_a_consumer_is_made_of_its_form() -> None:
    """Lists are lines there."""
    row = consumer_form(groups="staff\r\nops", quota="3/30s").save()
    assert row.as_consumer().groups == ("staff", "ops")


def test_a_group_with_a_comma_is_told_of_its_input() -> None:
    """By the rules of the core."""
    assert list(consumer_form(groups="a,b").errors) == ["groups"]


def test_an_id_that_a_renamed_consumer_keeps_is_told_of() -> None:
    """The form asks for another one, and the page is no 500."""
    Consumer.objects.create(
        username="john", uid=Consumer(username="jack").as_consumer().id
    )
    assert list(consumer_form().errors) == ["uid"]


# Credentials


def test_a_secret_is_taken() -> None:
    """As it is, blanks and all."""
    row = added(secret=f" {SECRET} ").save()
    assert row.secret == f" {SECRET} "


def test_a_secret_is_required_for_a_new_one() -> None:
    """Nobody could be told of one that was made here."""
    assert list(added().errors) == ["secret"]


def test_a_secret_that_is_not_sent_stays() -> None:
    """It is not on the page, so it cannot come back."""
    row = changed(add_credential(), key="other").save()
    assert (row.key, row.secret) == ("other", SECRET)


def test_a_secret_can_be_changed() -> None:
    """By sending another."""
    assert changed(add_credential(), secret=NEW_SECRET).save().secret == NEW_SECRET


def test_a_secret_that_stays_is_no_change() -> None:
    """The history would tell of one."""
    assert "secret" not in changed(add_credential()).changed_data


def test_a_secret_that_is_sent_is_a_change() -> None:
    """The history tells that it was, and not to what."""
    assert "secret" in changed(add_credential(), secret=NEW_SECRET).changed_data


def test_a_public_key_takes_the_place_of_a_secret() -> None:
    """The old secret is gone then."""
    public = {"algorithm": "ES256", "public_key": public_pem("ES256")}
    row = changed(add_credential(), **public).save()
    assert (row.algorithm, row.secret) == ("ES256", "")


def test_a_public_key_beside_a_secret_is_an_error() -> None:
    """One of them is meant for something else."""
    assert list(added(secret=SECRET, public_key="x").errors) == ["public_key"]


def test_an_unknown_algorithm_is_an_error_of_the_form() -> None:
    """Not one of the server."""
    assert "algorithm" in added(algorithm="none", secret=SECRET).errors


@pytest.mark.parametrize("bound", [True, False], ids=["after an error", "at first"])
def test_the_form_never_shows_the_secret(*, bound: bool) -> None:
    """Neither the one there is nor the one that was sent."""
    row = add_credential()
    form = (
        changed(row, secret=SECRET, key="") if bound else CredentialForm(instance=row)
    )
    assert SECRET not in form.as_p()


def test_nobody_s_browser_fills_the_secret_in() -> None:
    """It would be the admin's own password."""
    assert 'autocomplete="new-password"' in CredentialForm().as_p()
