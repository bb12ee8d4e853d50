from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.http import HttpRequest
from django.test import Client, override_settings
from django.views.debug import SafeExceptionReporterFilter

from jwtgate.django.db import admin
from jwtgate.django.db.models import Consumer, Credential
from tests.django.db.kit import NEW_SECRET, add_credential, add_jack, admits
from tests.kit import KEY, SECRET, mint

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
CREDENTIALS = "/admin/jwtgate_db/credential/"
CHOICES = (
    "/admin/autocomplete/?app_label=jwtgate_db&model_name=credential"
    "&field_name=consumer"
)
CONSUMERS = "/admin/jwtgate_db/consumer/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _with_sessions() -> Iterator[None]:
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        yield


@pytest.fixture
def admin_client() -> Client:
    """Give the browser of someone who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


def who_may(*permissions: str) -> Client:
    """Give the browser of someone who may do so much in the admin."""
    user = User.objects.create_user("someone", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def sent(row: Credential, **fields: Any) -> dict[str, Any]:
    """Give what the page of a credential sends."""
    plain = {"consumer": row.consumer_id, "algorithm": row.algorithm}
    key = {"key": row.key, "initial-key": row.key}
    return {**plain, **key, "enabled": "on", "token_lifetime": 60, **fields}


def a_new_one() -> Credential:
    """Give a credential that is not saved."""
    return Credential(consumer=add_jack(), key=KEY)


# What the pages do


def test_a_consumer_is_added(admin_client: Client) -> None:
    """With lists as lines."""
    fields = {"username": "jack", "groups": "staff\r\nops", "enabled": "on"}
    admin_client.post(f"{CONSUMERS}add/", fields)
    assert Consumer.objects.get().groups == ["staff", "ops"]


def test_the_id_of_a_consumer_is_not_changed(admin_client: Client) -> None:
    """Apps keep it."""
    row = add_jack()
    fields = {"username": "jack", "uid": "other", "enabled": "on"}
    admin_client.post(f"{CONSUMERS}{row.pk}/change/", fields)
    assert Consumer.objects.get().uid == row.uid


def test_a_credential_is_added(admin_client: Client) -> None:
    """And verifies."""
    admin_client.post(f"{CREDENTIALS}add/", sent(a_new_one(), secret=SECRET))
    assert admits()


def test_a_page_that_is_saved_keeps_the_secret(admin_client: Client) -> None:
    """It was not on the page, so it does not come back."""
    row = add_credential()
    admin_client.post(f"{CREDENTIALS}{row.pk}/change/", sent(row, token_lifetime=7))
    assert Credential.objects.get().token_lifetime == 7
    assert admits()


def test_a_secret_is_changed(admin_client: Client) -> None:
    """At once: the old one verifies nothing any more."""
    row = add_credential()
    page = f"{CREDENTIALS}{row.pk}/change/"
    admin_client.post(page, sent(row, secret=NEW_SECRET))
    assert admits(mint(secret=NEW_SECRET))
    assert not admits()


def test_a_key_of_another_consumer_is_refused(admin_client: Client) -> None:
    """On the page, by a sentence."""
    add_credential()
    mallory = Consumer.objects.create(username="mallory")
    row = Credential(consumer=mallory, key=KEY)
    fields = sent(row, kid="mallory-kid", secret=SECRET)
    response = admin_client.post(f"{CREDENTIALS}add/", fields)
    assert b"this key belongs to another consumer" in response.content


def test_a_row_that_cannot_be_used_is_shown(admin_client: Client) -> None:
    """Else nobody could mend it."""
    row = add_credential()
    Credential.objects.update(secret="short", tags=7)
    assert admin_client.get(f"{CREDENTIALS}{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("page", [CONSUMERS, CREDENTIALS], ids=["consumers", "keys"])
def test_a_list_can_be_searched(page: str, admin_client: Client) -> None:
    """By names and keys."""
    add_credential()
    add_credential(Consumer.objects.create(username="jill"), key="jill-key")
    assert b"1 result" in admin_client.get(page, {"q": "jack"}).content


# The secret goes in, and never comes out


@pytest.mark.parametrize(
    "page",
    [
        CREDENTIALS,
        f"{CREDENTIALS}1/change/",
        f"{CREDENTIALS}1/history/",
        f"{CREDENTIALS}1/delete/",
        f"{CONSUMERS}1/change/",
        f"{CONSUMERS}1/delete/",
        f"{CREDENTIALS}add/",
        f"{CHOICES}&term=jack",
    ],
)
def test_no_page_shows_the_secret(page: str, admin_client: Client) -> None:
    """Of whatever kind."""
    jack = Consumer.objects.create(pk=1, username="jack")
    Credential.objects.create(pk=1, consumer=jack, key=KEY, secret=SECRET)
    response = admin_client.get(page)
    assert response.status_code == 200
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("fault", [{"key": ""}, {"token_lifetime": "x"}], ids=str)
def test_no_error_shows_the_secret_that_was_sent(
    fault: dict[str, str], admin_client: Client
) -> None:
    """It has to be typed again."""
    fields = sent(a_new_one(), secret=SECRET, **fault)
    response = admin_client.post(f"{CREDENTIALS}add/", fields)
    assert b"errorlist" in response.content
    assert SECRET not in response.content.decode()


def test_no_error_shows_the_secret_that_there_is(admin_client: Client) -> None:
    """Nor is it in an error about another input."""
    row = add_credential()
    page = f"{CREDENTIALS}{row.pk}/change/"
    response = admin_client.post(page, sent(row, key=""))
    assert b"errorlist" in response.content
    assert SECRET not in response.content.decode()


def test_the_history_has_no_secret(admin_client: Client) -> None:
    """It says that there was a change, and not to what."""
    row = add_credential()
    fields = sent(row, secret=NEW_SECRET, token_lifetime=86400)
    admin_client.post(f"{CREDENTIALS}{row.pk}/change/", fields)
    entry = LogEntry.objects.get()
    assert entry.get_change_message() == "Changed secret."
    assert NEW_SECRET not in f"{entry.object_repr}{entry.change_message}"


def test_who_may_only_view_reads_no_secret() -> None:
    """Django shows such a user every field as text."""
    row, viewer = add_credential(), who_may("view_credential")
    page = viewer.get(f"{CREDENTIALS}{row.pk}/change/").content.decode()
    assert KEY in page
    assert SECRET not in page


def test_who_may_add_and_view_reads_no_secret() -> None:
    """A page to add has the input, a page to view has not."""
    row, someone = add_credential(), who_may("add_credential", "view_credential")
    assert b'name="secret"' in someone.get(f"{CREDENTIALS}add/").content
    page = someone.get(f"{CREDENTIALS}{row.pk}/change/").content.decode()
    assert SECRET not in page


@pytest.mark.parametrize(
    "lookup",
    [
        f"{CREDENTIALS}?secret__startswith=a",
        f"{CREDENTIALS}?secret__regex=^a",
        f"{CREDENTIALS}?consumer__credentials__secret__startswith=a",
        f"{CONSUMERS}?credentials__secret__startswith=a",
    ],
)
def test_a_secret_is_not_guessed_letter_by_letter(lookup: str) -> None:
    """A list that is shorter or longer would tell each letter."""
    add_credential()
    viewer = who_may("view_credential", "view_consumer")
    assert viewer.get(lookup).status_code == 400


def test_a_list_is_filtered_by_what_is_no_secret() -> None:
    """As the admin does."""
    add_credential()
    page = who_may("view_credential").get(f"{CREDENTIALS}?algorithm__exact=HS256")
    assert KEY in page.content.decode()


def test_a_search_does_not_find_a_secret(admin_client: Client) -> None:
    """It would tell it letter by letter, too."""
    add_credential()
    response = admin_client.get(CREDENTIALS, {"q": SECRET[:8]})
    assert b"0 results" in response.content


def test_a_report_of_an_error_does_not_quote_the_secret(
    admin_client: Client,
) -> None:
    """Django mails what was sent to the admins of the site."""
    response = admin_client.post(f"{CREDENTIALS}add/", {"secret": SECRET})
    request: Any = response.wsgi_request
    assert isinstance(request, HttpRequest)
    told = SafeExceptionReporterFilter().get_post_parameters(request)
    assert SECRET not in str(told)


def test_the_admin_says_what_it_has() -> None:
    """Both tables, by its own classes."""
    assert set(admin.__all__) == {"ConsumerAdmin", "CredentialAdmin"}
