from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string

from jwtgate import (
    Anonymous,
    Authenticated,
    Consumer,
    Denied,
    Gate,
    Policy,
    Reason,
    RequestView,
    UnusableCredential,
    aauthenticate,
    authenticate,
)
from jwtgate.django.db import models
from jwtgate.django.db.store import DjangoStore
from tests.django.db.kit import add_credential, add_jack, admits
from tests.kit import KEY, clock, mint

pytestmark = pytest.mark.django_db

STORE = DjangoStore()
REQUEST = RequestView("GET", headers=[(b"authorization", b"Bearer " + mint().encode())])


def gate(**policy: Any) -> Gate:
    """Make a gate over the tables."""
    return Gate(STORE, Policy(**policy), clock=clock)


@pytest.fixture
def no_table() -> Iterator[None]:
    """Take the table away, as before ``migrate``."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jwtgate_db_credential RENAME TO away")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO jwtgate_db_credential")


# Looking up


def test_a_key_finds_its_credential() -> None:
    """With its consumer."""
    assert STORE.find(KEY) == ()
    assert (
        STORE.find(add_credential().key)[0]
        == models.Credential.objects.get().as_credential()
    )


def test_a_key_finds_all_its_credentials() -> None:
    """The gate picks by kid."""
    jack = add_jack()
    add_credential(jack, kid="a")
    add_credential(jack, kid="b")
    assert len(STORE.find(KEY, "a")) == 2


@pytest.mark.parametrize("key", ["JACK-KEY", "jack-key ", "jack-ke", "jack%", "😀"])
def test_a_key_is_compared_exactly(key: str) -> None:
    """No other spelling finds it."""
    add_credential()
    assert STORE.find(key) == ()


def test_a_key_that_the_database_takes_for_another_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some collations are blind to case; the store compares again."""
    add_credential()
    sqlite: Any = connections["default"]
    monkeypatch.setitem(sqlite.operators, "exact", "LIKE %s")
    assert STORE.find(KEY.upper()) == ()


def test_a_look_up_is_one_query() -> None:
    """The consumers come along."""
    add_credential(kid="a")
    with CaptureQueriesContext(connection) as asked:
        STORE.find(KEY)
    assert len(asked) == 1


def test_making_a_store_asks_nothing() -> None:
    """Settings are read before the database is there."""
    with CaptureQueriesContext(connection) as asked:
        DjangoStore()
    assert len(asked) == 0


def test_what_a_look_up_reads_is_bounded() -> None:
    """However many rows a key has."""
    jack, past = add_jack(), timezone.now() - timedelta(days=1)
    rows = [
        models.Credential(consumer=jack, key=KEY, kid=str(each), retire_after=past)
        for each in range(30)
    ]
    models.Credential.objects.bulk_create(rows)
    assert len(STORE.find(KEY)) == 16


@pytest.mark.parametrize("end", [None, timedelta(seconds=1)], ids=["none", "later"])
def test_the_bound_leaves_out_none_that_is_live(end: timedelta | None) -> None:
    """Those that are retired come last."""
    jack, now = add_jack(), timezone.now()
    add_credential(jack, retire_after=end and now + end)
    rows = [
        models.Credential(consumer=jack, key=KEY, kid=str(each), retire_after=now)
        for each in range(30)
    ]
    models.Credential.objects.bulk_create(rows)
    assert admits()


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        (models.Credential, {"secret": "short"}),
        (models.Credential, {"algorithm": "none"}),
        (models.Credential, {"tags": "x"}),
        (models.Credential, {"token_lifetime": 0}),
        (models.Consumer, {"groups": "staff"}),
        (models.Consumer, {"quota": "many"}),
        (models.Consumer, {"username": None, "custom_id": None}),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_used_is_no_exception(
    table: Any, fields: dict[str, Any]
) -> None:
    """The gate answers 503 if no other credential verifies."""
    add_credential()
    table.objects.update(**fields)
    assert type(STORE.find(KEY)[0]) is UnusableCredential


def test_a_row_that_cannot_be_used_says_which_and_why() -> None:
    """For the log, without the material."""
    row = add_credential()
    models.Credential.objects.update(secret="hunter2")
    found = STORE.find(KEY)[0]
    assert isinstance(found, UnusableCredential)
    assert found.why.startswith(f"row {row.pk}: ")
    assert "hunter2" not in found.why


# At a gate


def test_a_token_of_a_row_passes() -> None:
    """From end to end."""
    add_credential()
    assert admits()


def test_a_token_of_a_row_that_cannot_be_used_is_unavailable() -> None:
    """Never 401: the client would throw a good token away."""
    add_credential()
    models.Credential.objects.update(secret="short")
    outcome = authenticate(gate(), REQUEST)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.CREDENTIAL_UNUSABLE


@pytest.mark.parametrize("table", [models.Credential, models.Consumer])
def test_a_row_that_cannot_be_used_and_is_disabled_is_refused(table: Any) -> None:
    """Were it whole, its tokens would be, too."""
    add_credential()
    models.Credential.objects.update(secret="short")
    table.objects.update(enabled=False)
    outcome = authenticate(gate(), REQUEST)
    assert isinstance(outcome, Denied)
    assert outcome.status == 401


@pytest.mark.parametrize("table", [models.Credential, models.Consumer])
def test_what_is_disabled_is_refused_at_once(table: Any) -> None:
    """There is no cache."""
    add_credential()
    table.objects.update(enabled=False)
    assert not admits()


@pytest.mark.usefixtures("no_table")
def test_a_database_that_fails_is_unavailable() -> None:
    """Nothing is taken for an unknown key."""
    outcome = authenticate(gate(), REQUEST)
    assert isinstance(outcome, Denied)
    assert outcome.status == 503


@pytest.mark.usefixtures("no_table")
def test_an_error_of_the_database_goes_through() -> None:
    """The gate logs it."""
    with pytest.raises(DatabaseError):
        STORE.find(KEY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_table")
def test_a_connection_that_is_lost_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gate around Django would find it lost for ever: nobody else drops it."""
    dropped = []
    here = connections["default"]
    monkeypatch.setattr(
        here, "close_if_unusable_or_obsolete", lambda: dropped.append(1)
    )
    with pytest.raises(DatabaseError):
        STORE.find(KEY)
    assert dropped == [1]


def test_the_setting_can_name_the_store() -> None:
    """It is called without arguments."""
    assert isinstance(
        import_string("jwtgate.django.db.store.DjangoStore")(), DjangoStore
    )


def test_a_database_can_be_named() -> None:
    """By its alias; one that is not there is an error."""
    add_credential()
    assert len(DjangoStore(using="default").find(KEY)) == 1
    with pytest.raises(Exception, match="elsewhere"):
        DjangoStore(using="elsewhere").find(KEY)


# Asynchronous code


def test_asynchronous_code_finds_the_same() -> None:
    """Without waiting in the event loop."""
    add_credential()
    assert async_to_sync(STORE.afind)(KEY) == STORE.find(KEY)


def test_an_asynchronous_gate_takes_the_store_as_it_is() -> None:
    """No thread has to be asked for."""
    add_credential()
    gate().require_async()
    outcome = async_to_sync(aauthenticate)(gate(), REQUEST)
    assert isinstance(outcome, Authenticated)


# The anonymous consumer


@pytest.mark.parametrize("name", ["jack", "7"], ids=["username", "id"])
def test_a_consumer_is_found_by_name(name: str) -> None:
    """By id, else by username."""
    row = add_jack(uid="7")
    assert STORE.find_consumer(name) == row.as_consumer()
    assert async_to_sync(STORE.afind_consumer)(name) == row.as_consumer()


@pytest.mark.parametrize("name", ["jill", "JACK", "495aec6a", ""])
def test_a_consumer_that_is_not_there_is_none(name: str) -> None:
    """Names are compared exactly, and a custom_id is none."""
    add_jack()
    assert STORE.find_consumer(name) is None


def test_an_id_goes_before_a_username() -> None:
    """As in every store."""
    models.Consumer.objects.create(username="7", uid="8")
    models.Consumer.objects.create(username="jack", uid="7")
    found = STORE.find_consumer("7")
    assert isinstance(found, Consumer)
    assert found.id == "7"


def test_a_gate_stands_a_consumer_of_the_table_in() -> None:
    """For who brings no token."""
    add_jack(username="guest")
    outcome = authenticate(gate(anonymous="guest"), RequestView("GET"))
    assert isinstance(outcome, Anonymous)
