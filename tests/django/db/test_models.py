from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

import jwtgate
from jwtgate import ConfigurationError
from jwtgate.django.db.models import Consumer, Credential
from jwtgate.jose import ALGORITHMS
from tests.django.db.kit import add_credential, add_jack
from tests.kit import KEY, NOW, SECRET, credential, public_pem

pytestmark = pytest.mark.django_db

THEN = datetime.fromtimestamp(NOW, UTC)


# Consumers


def test_a_consumer_is_the_core_s() -> None:
    """Every field comes over."""
    fields: dict[str, Any] = {
        "groups": ["staff"],
        "tags": ["a"],
        "quota": "3/30s",
        "enabled": False,
    }
    row = add_jack(uid="7", **fields)
    expected = jwtgate.Consumer(username="jack", custom_id="495aec6a", id="7", **fields)
    assert row.as_consumer() == expected


def test_a_consumer_read_back_is_the_same() -> None:
    """The database changes nothing."""
    row = add_jack(groups=["staff", "ops"])
    assert Consumer.objects.get().as_consumer() == row.as_consumer()


def test_an_id_is_made_of_the_username() -> None:
    """The one that the core makes, the same on every machine."""
    row = Consumer.objects.create(username="jack")
    assert row.uid == jwtgate.Consumer(username="jack").id


def test_an_id_stays_when_the_username_changes() -> None:
    """Apps keep it."""
    row = add_jack()
    before, row.username = row.uid, "john"
    row.save()
    assert row.as_consumer().id == before


def test_empty_names_are_no_names() -> None:
    """Two consumers without a username are no conflict."""
    Consumer.objects.create(username="", custom_id="1")
    Consumer.objects.create(username="", custom_id="2")
    assert set(Consumer.objects.values_list("username", flat=True)) == {None}


def test_a_consumer_without_names_is_not_saved() -> None:
    """It could never be told."""
    with pytest.raises(ConfigurationError, match="username or a custom_id"):
        Consumer(groups=["staff"]).save()


@pytest.mark.parametrize(
    "fields",
    [{"username": "jack"}, {"username": "j", "custom_id": "495aec6a"}],
    ids=["username", "custom_id"],
)
def test_names_of_consumers_are_unique(fields: dict[str, str]) -> None:
    """In the database, whoever writes to it."""
    add_jack()
    with pytest.raises(IntegrityError):
        Consumer.objects.create(uid="other", **fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"username": "jack", "custom_id": "1"}, "jack"),
        ({"custom_id": "1"}, "1"),
    ],
    ids=["username", "custom_id"],
)
def test_a_consumer_is_named_by_what_it_has(fields: dict[str, str], name: str) -> None:
    """In the admin and in output."""
    assert str(Consumer(**fields)) == name


def test_a_consumer_that_cannot_be_is_not_valid() -> None:
    """The rules of the core are those of a form."""
    with pytest.raises(ValidationError):
        Consumer(username="a\nb").full_clean()


# Credentials


def test_a_credential_is_the_core_s() -> None:
    """Every field comes over; the id is the number of the row."""
    fields: dict[str, Any] = {"kid": "a", "token_lifetime": 60, "enabled": False}
    fields |= {"lifetime_grace_period": 1.5, "consumer_claim": "sub", "tags": ["x"]}
    row = add_credential(**fields)
    core = {"consumer": row.consumer.as_consumer(), "id": str(row.pk)}
    expected = credential(**core, **fields)
    assert row.as_credential() == expected


def test_a_credential_has_the_secret() -> None:
    """To sign and to verify with."""
    assert add_credential().as_credential().reveal_secret() == SECRET.encode()


def test_a_credential_without_options_has_none() -> None:
    """Empty texts of the table are nothing to the core."""
    made = add_credential().as_credential()
    assert (made.kid, made.public_key, made.consumer_claim) == (None, None, None)


def test_a_row_that_is_not_saved_has_no_id() -> None:
    """There is no number yet."""
    row = Credential(consumer=add_jack(), secret=SECRET)
    assert row.as_credential().id is None


def test_moments_become_seconds() -> None:
    """An admin writes dates, the gate counts seconds."""
    row = add_credential(not_before=THEN, retire_after=THEN + timedelta(hours=1))
    made = row.as_credential()
    assert (made.not_before, made.retire_after) == (NOW, NOW + 3600)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_can_be_kept(algorithm: str) -> None:
    """All 13, read back from the database."""
    material = {"public_key": public_pem(algorithm), "secret": ""}
    chosen: dict[str, Any] = {} if algorithm.startswith("HS") else material
    add_credential(algorithm=algorithm, **chosen)
    assert Credential.objects.get().as_credential().algorithm == algorithm


@pytest.mark.parametrize(
    "fields",
    [
        {"secret": "weak", "allow_weak_secret": True},
        {"secret": "c2VjcmV0" * 8, "secret_is_base64": True},
    ],
    ids=["weak", "base64"],
)
def test_how_a_secret_is_read_is_kept(fields: dict[str, Any]) -> None:
    """The switches come over."""
    add_credential(**fields)
    made = Credential.objects.get().as_credential()
    assert [getattr(made, name) for name in list(fields)[1:]] == [True]


def test_a_key_is_made() -> None:
    """32 characters, as the core makes them."""
    assert len(Credential().key) == 32


def test_a_key_and_kid_are_unique() -> None:
    """In the database, whoever writes to it."""
    row = add_credential()
    with pytest.raises(IntegrityError):
        Credential.objects.create(consumer=row.consumer, key=KEY)


def test_deleting_a_consumer_deletes_its_credentials() -> None:
    """Nobody is left whom nobody owns."""
    add_credential().consumer.delete()
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    ("kid", "name"), [("", KEY), ("2027", f"{KEY} (2027)")], ids=["key", "kid"]
)
def test_a_credential_is_named_by_its_key(kid: str, name: str) -> None:
    """And by its kid where it has one."""
    assert str(Credential(key=KEY, kid=kid)) == name


@pytest.mark.parametrize("show", [str, repr], ids=["str", "repr"])
def test_a_credential_never_shows_its_material(show: type[str]) -> None:
    """Not in a log, nor on a page of an error."""
    row = Credential(key=KEY, secret=SECRET, public_key="-----BEGIN")
    assert SECRET not in show(row)
    assert "BEGIN" not in show(row)


@pytest.mark.parametrize("field", ["secret", "public_key"])
def test_material_has_no_nul(field: str) -> None:
    """PostgreSQL could not keep it."""
    with pytest.raises(ValidationError) as caught:
        Credential(consumer=add_jack(), **{field: "a\0" * 32}).full_clean()
    assert caught.value.message_dict[field] == ["Null characters are not allowed."]


def test_a_credential_that_cannot_be_is_not_valid() -> None:
    """The rules of the core are those of a form."""
    with pytest.raises(ValidationError):
        Credential(consumer=add_jack(), secret="short").full_clean()
