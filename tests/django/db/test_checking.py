from typing import Any

import pytest
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from jwtgate.django.db.models import Consumer, Credential
from tests.django.db.kit import add_jack
from tests.kit import SECRET, private_pem, public_pem

pytestmark = pytest.mark.django_db


def problems(row: Consumer | Credential) -> dict[str, list[str]]:
    """Give what keeps a row from being saved."""
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.message_dict


def a_credential(**fields: Any) -> Credential:
    """Make a credential that is not saved."""
    return Credential(**{"consumer": add_jack(), "secret": SECRET, **fields})


def test_a_good_consumer_passes() -> None:
    """And has its id by then, so that one that is taken is an error of the form."""
    row = Consumer(username="jack", groups=["staff"], quota="3/30s")
    row.full_clean()
    assert row.uid == row.as_consumer().id


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"username": "a\nb"}, "username"),
        ({"username": "j", "custom_id": "a\rb"}, "custom_id"),
        ({"username": "j", "uid": "a\0b"}, "uid"),
        ({"username": "j", "groups": ["a,b"]}, "groups"),
        ({"username": "j", "groups": "staff"}, "groups"),
        ({"username": "j", "groups": None}, "groups"),
        ({"username": "j", "tags": [""]}, "tags"),
        ({"username": "j", "quota": "many"}, "quota"),
        ({"username": "j", "enabled": None}, "enabled"),
        ({"groups": ["staff"]}, NON_FIELD_ERRORS),
    ],
    ids=str,
)
def test_what_a_consumer_cannot_be_is_told_of_its_field(
    fields: dict[str, Any], field: str
) -> None:
    """By the rules of the core, beside the input that was wrong."""
    assert list(problems(Consumer(**fields))) == [field]


def test_every_wrong_field_of_a_consumer_is_told() -> None:
    """All at once."""
    row = Consumer(username="j", groups=["a,b"], quota="many")
    assert set(problems(row)) == {"groups", "quota"}


def test_a_good_credential_passes() -> None:
    """Nothing is said of it."""
    a_credential().full_clean()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"key": "a\tb"}, "key"),
        ({"key": "é" * 300}, "key"),
        ({"kid": "a\tb"}, "kid"),
        ({"algorithm": "none"}, "algorithm"),
        ({"secret": ""}, "secret"),
        ({"secret": "short"}, "secret"),
        ({"secret": "?" * 44, "secret_is_base64": True}, "secret"),
        ({"secret": "-----BEGIN PUBLIC KEY-----" * 3}, "secret"),
        ({"public_key": "x"}, "public_key"),
        ({"algorithm": "RS256"}, "secret"),
        ({"algorithm": "RS256", "secret": ""}, "public_key"),
        ({"algorithm": "RS256", "secret": "", "public_key": "x"}, "public_key"),
        ({"token_lifetime": 0}, "token_lifetime"),
        ({"lifetime_grace_period": -1.0}, "lifetime_grace_period"),
        ({"lifetime_grace_period": float("nan")}, "lifetime_grace_period"),
        ({"tags": "x"}, "tags"),
        ({"enabled": None}, "enabled"),
    ],
    ids=str,
)
def test_what_a_credential_cannot_be_is_told_of_its_field(
    fields: dict[str, Any], field: str
) -> None:
    """By the rules of the core, beside the input that was wrong."""
    assert list(problems(a_credential(**fields))) == [field]


def test_a_key_of_another_curve_is_told_of_the_public_key() -> None:
    """ES256 takes P-256 alone."""
    row = a_credential(algorithm="ES256", secret="", public_key=public_pem("ES384"))
    assert list(problems(row)) == ["public_key"]


@pytest.mark.parametrize("field", ["secret", "public_key"])
def test_material_is_not_in_an_error(field: str) -> None:
    """A form shows errors, and logs keep them."""
    fields = {"secret": "", field: "hunter2-hunter2"}
    assert "hunter2" not in str(problems(a_credential(**fields)))


def test_a_private_key_is_not_in_an_error() -> None:
    """Someone pastes the wrong half."""
    pem = private_pem("ES256")
    told = problems(a_credential(algorithm="ES256", secret="", public_key=pem))
    assert pem.splitlines()[1] not in str(told)


def test_a_credential_without_a_consumer_says_so_alone() -> None:
    """It cannot be checked before it has one."""
    assert list(problems(Credential(secret="short"))) == ["consumer"]


def test_a_consumer_that_cannot_be_used_is_told_of_the_credential() -> None:
    """A row that something else wrote."""
    jack = add_jack()
    jack.groups = "staff"
    assert list(problems(Credential(consumer=jack, secret=SECRET))) == ["consumer"]


def test_an_error_of_a_field_that_a_form_lacks_is_the_form_s() -> None:
    """Django raises ValueError otherwise, which would be a 500."""
    form_class = forms.modelform_factory(Credential, fields=["consumer", "algorithm"])
    form = form_class({"consumer": add_jack().pk, "algorithm": "HS256"})
    assert list(form.errors) == [NON_FIELD_ERRORS]


def test_a_form_without_the_consumer_leaves_it_to_who_adds_it() -> None:
    """The view sets it, and checks the whole then."""
    form_class = forms.modelform_factory(Credential, fields=["algorithm"])
    assert form_class({"algorithm": "HS256"}).is_valid()
