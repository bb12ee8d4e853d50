from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jwtgate.django.db.conflicts import of_consumer, of_credential
from jwtgate.django.db.models import Consumer, Credential
from tests.django.db.kit import add_credential, add_jack
from tests.kit import KEY, SECRET

pytestmark = pytest.mark.django_db


def second(consumer: Consumer, **fields: Any) -> Credential:
    """Make another credential under the key, not saved."""
    return Credential(**{"consumer": consumer, "key": KEY, "secret": SECRET, **fields})


def filled(live: int) -> Consumer:
    """Add a consumer with live credentials under one key."""
    jack = add_jack()
    for number in range(live):
        add_credential(jack, kid=str(number))
    return jack


def test_a_free_name_is_no_conflict() -> None:
    """Nothing is said."""
    add_jack()
    assert list(of_consumer(Consumer(username="jill", uid="9"))) == []


def test_a_consumer_is_no_conflict_with_itself() -> None:
    """Its id may be its username."""
    row = Consumer.objects.create(username="jack", uid="jack")
    assert list(of_consumer(row)) == []


def test_an_id_is_not_another_s_username() -> None:
    """Consumers are found by both."""
    add_jack()
    problem = "this id is another consumer's username"
    assert list(of_consumer(Consumer(custom_id="1", uid="jack"))) == [("uid", problem)]


def test_a_username_is_not_another_s_id() -> None:
    """Consumers are found by both."""
    add_jack(uid="7")
    problem = "this username is another consumer's id"
    assert list(of_consumer(Consumer(username="7", uid="8"))) == [("username", problem)]


def test_a_free_key_is_no_conflict() -> None:
    """Nothing is said."""
    assert list(of_credential(second(add_jack()))) == []


def test_a_credential_is_no_conflict_with_itself() -> None:
    """It can be saved again."""
    assert list(of_credential(add_credential())) == []


def test_a_key_is_not_given_to_a_second_consumer() -> None:
    """Or the tokens of one could name the other."""
    add_credential()
    mallory = Consumer.objects.create(username="mallory")
    row = second(mallory, kid="mallory-kid")
    assert list(of_credential(row)) == [("key", "this key belongs to another consumer")]


def test_a_key_of_another_spelling_is_another_key() -> None:
    """Keys are compared exactly."""
    add_credential()
    mallory = Consumer.objects.create(username="mallory")
    assert list(of_credential(second(mallory, key=KEY.upper()))) == []


def test_a_kid_is_taken_once() -> None:
    """Also the empty one."""
    row = second(add_credential().consumer)
    problem = "a credential with this key and kid exists"
    assert list(of_credential(row)) == [("key", problem)]


def test_a_key_has_four_live_credentials() -> None:
    """The gate tries no more."""
    assert list(of_credential(second(filled(3), kid="new"))) == []


def test_a_fifth_live_credential_is_a_conflict() -> None:
    """It might never be tried."""
    problem = "this key has 4 live credentials; retire one"
    assert list(of_credential(second(filled(4), kid="new"))) == [("key", problem)]


def test_a_retired_credential_does_not_count() -> None:
    """It is not tried."""
    jack = filled(4)
    Credential.objects.filter(kid="0").update(retire_after=timezone.now())
    assert list(of_credential(second(jack, kid="new"))) == []


def test_a_credential_that_retires_later_counts() -> None:
    """It is tried until then."""
    jack = filled(4)
    later = timezone.now() + timedelta(seconds=1)
    Credential.objects.filter(kid="0").update(retire_after=later)
    assert list(of_credential(second(jack, kid="new"))) != []


def test_a_row_that_cannot_be_used_does_not_count() -> None:
    """It verifies nothing, and is checked itself when it is mended."""
    jack = filled(4)
    Credential.objects.filter(kid="0").update(secret="short")
    assert list(of_credential(second(jack, kid="new"))) == []


def test_a_change_in_a_transaction_waits_for_its_turn() -> None:
    """All lock the first consumer, whichever consumer they are about."""
    row = second(add_jack())
    with CaptureQueriesContext(connection) as asked:
        list(of_credential(row))
    assert "LIMIT 1" in asked[0]["sql"]


def test_a_database_that_cannot_lock_a_few_rows_is_not_asked_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Oracle refuses a lock with a limit."""
    feature = "supports_select_for_update_with_limit"
    monkeypatch.setattr(connection.features, feature, value=False)
    with CaptureQueriesContext(connection) as asked:
        list(of_credential(second(add_jack())))
    assert not any("LIMIT 1" in each["sql"] for each in asked.captured_queries[-1:])


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_of_a_transaction_is_checked_too() -> None:
    """It just locks nothing."""
    add_credential()
    mallory = Consumer.objects.create(username="mallory")
    with pytest.raises(ValidationError, match="another consumer"):
        second(mallory, kid="mallory-kid").full_clean()
