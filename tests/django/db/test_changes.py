from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from jwtgate import ConfigurationError
from jwtgate.django.db.changes import (
    create_consumer,
    create_credential,
    put,
    rotate,
)
from jwtgate.django.db.models import Consumer, Credential
from tests.django.db.kit import NEW_SECRET, add_credential, add_jack, admits
from tests.kit import KEY, NOW, mint, public_pem

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def live() -> list[str]:
    """Give the kids of the key, in the order of their creation."""
    return list(Credential.objects.order_by("pk").values_list("kid", flat=True))


def test_a_consumer_is_created() -> None:
    """And is in the database."""
    assert create_consumer(username="jack") == Consumer.objects.get()


def test_a_consumer_that_cannot_be_is_not_created() -> None:
    """By the rules of the core."""
    with pytest.raises(ValidationError):
        create_consumer(username="jack", quota="many")
    assert not Consumer.objects.exists()


def test_a_taken_id_is_told_before_the_database_is_asked_to() -> None:
    """A consumer that was renamed keeps the id that the next one would get."""
    row = add_jack()
    row.username = "john"
    put(row)
    with pytest.raises(ValidationError) as caught:
        create_consumer(username="jack")
    assert list(caught.value.message_dict) == ["uid"]


@pytest.mark.parametrize(
    ("algorithm", "length"), [("HS256", 32), ("HS384", 48), ("HS512", 64)]
)
def test_a_secret_is_made(algorithm: str, length: int) -> None:
    """As long as the hash."""
    row = create_credential(add_jack(), algorithm=algorithm)
    assert len(row.secret) == length


def test_two_secrets_differ() -> None:
    """They are random."""
    jack = add_jack()
    assert create_credential(jack).secret != create_credential(jack).secret


def test_a_secret_of_your_own_is_taken() -> None:
    """And verifies."""
    add_credential()
    assert admits()


def test_no_secret_is_made_for_a_public_key() -> None:
    """There is nothing to keep."""
    pem = public_pem("ES256")
    row = create_credential(add_jack(), algorithm="ES256", public_key=pem)
    assert row.secret == ""


def test_a_row_is_checked_and_saved() -> None:
    """Also one that is there already."""
    row = add_credential()
    row.secret = "short"
    with pytest.raises(ValidationError):
        put(row)
    assert admits()


# Rotation


def test_both_verify_while_they_overlap() -> None:
    """An issuer changes over without a gap."""
    new = rotate(add_credential(), overlap=60)
    assert admits()
    assert admits(mint(secret=new.secret))


def test_the_old_one_retires_after_the_overlap() -> None:
    """To the second."""
    rotate(add_credential(), overlap=60)
    assert admits(at=NOW + 59)
    assert not admits(at=NOW + 60)


def test_the_successor_has_a_kid_and_secret_of_its_own() -> None:
    """Both made."""
    old = add_credential()
    new = rotate(old, overlap=60)
    assert (len(new.kid), new.secret != old.secret) == (8, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("algorithm", "HS384"),
        ("token_lifetime", 60),
        ("lifetime_grace_period", 2.0),
        ("consumer_claim", "sub"),
        ("tags", ["x"]),
        ("enabled", False),
    ],
)
def test_the_successor_takes_the_other_fields(name: str, value: Any) -> None:
    """It stands in for the old one."""
    new = rotate(add_credential(**{name: value}), overlap=60)
    new.refresh_from_db()
    assert getattr(new, name) == value


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"kid": "b"}, "kid", "b"),
        ({"secret": NEW_SECRET}, "secret", NEW_SECRET),
        ({"not_before": NOW}, "not_before", datetime.fromtimestamp(NOW, UTC)),
        ({"retire_after": NOW}, "retire_after", datetime.fromtimestamp(NOW, UTC)),
    ],
    ids=["kid", "secret", "not_before", "retire_after"],
)
def test_fields_of_the_successor_can_be_given(
    given: dict[str, Any], name: str, value: object
) -> None:
    """By the names of the core."""
    new = rotate(add_credential(), overlap=60, **given)
    assert getattr(new, name) == value


def test_a_public_key_is_followed_by_another() -> None:
    """Which its owner made."""
    pem = public_pem("ES256")
    old = add_credential(algorithm="ES256", secret="", public_key=pem)
    new = rotate(old, overlap=0, algorithm="EdDSA", public_key=public_pem("EdDSA"))
    assert (new.algorithm, new.public_key) == ("EdDSA", public_pem("EdDSA"))


def test_no_public_key_is_made_up() -> None:
    """Its other half is not ours to have."""
    pem = public_pem("ES256")
    old = add_credential(algorithm="ES256", secret="", public_key=pem)
    with pytest.raises(ConfigurationError, match="needs a public_key"):
        rotate(old, overlap=60)


def test_an_end_that_is_nearer_stays() -> None:
    """Rotating prolongs nothing."""
    end = timezone.now() + timedelta(seconds=5)
    old = add_credential(retire_after=end)
    rotate(old, overlap=60)
    old.refresh_from_db()
    assert old.retire_after == end


def test_what_is_retired_already_is_removed() -> None:
    """Rows of the key stay few."""
    old = add_credential()
    add_credential(old.consumer, kid="past", retire_after=timezone.now() - DAY)
    rotate(old, overlap=60, kid="new")
    assert live() == ["", "new"]


def test_a_retired_credential_of_another_key_stays() -> None:
    """It is not asked about."""
    old = add_credential()
    past = timezone.now() - DAY
    add_credential(old.consumer, key="other", kid="past", retire_after=past)
    rotate(old, overlap=60, kid="new")
    assert live() == ["", "past", "new"]


def test_a_key_with_four_live_credentials_is_not_rotated() -> None:
    """And nothing is changed then."""
    old = add_credential()
    for kid in ("a", "b", "c"):
        add_credential(old.consumer, kid=kid)
    with pytest.raises(ValidationError, match="4 live"):
        rotate(old, overlap=60)
    assert not Credential.objects.exclude(retire_after=None).exists()


@pytest.mark.parametrize("overlap", [-1, float("nan"), float("inf"), 1e300])
def test_an_overlap_is_seconds(overlap: float) -> None:
    """Not a moment that no clock reaches."""
    with pytest.raises(ConfigurationError, match="overlap must be seconds"):
        rotate(add_credential(), overlap=overlap)


def test_the_key_stays() -> None:
    """That is what a rotation is."""
    with pytest.raises(ConfigurationError, match="keeps the key"):
        rotate(add_credential(), overlap=60, key="other")
    assert Credential.objects.get().key == KEY
