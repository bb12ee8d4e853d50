import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from jwtgate.django.db.models import Credential
from tests.django.db.kit import NEW_SECRET, add_credential, add_jack, admits, run
from tests.kit import KEY, NOW, SECRET, mint, public_pem

pytestmark = pytest.mark.django_db

COMMAND = "jwtgate_credential"


@pytest.fixture
def secret_file(tmp_path: Path) -> str:
    """Give a file that holds the secret of the tests."""
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    return str(file)


@pytest.fixture
def public_file(tmp_path: Path) -> str:
    """Give a file that holds a public key."""
    file = tmp_path / "public.pem"
    file.write_text(public_pem("ES256"))
    return str(file)


# Adding


def test_a_key_and_a_secret_are_made() -> None:
    """And printed, this once."""
    add_jack()
    printed = json.loads(run(COMMAND, "add", "jack", "--json"))
    row = Credential.objects.get()
    assert (printed["key"], printed["secret"]) == (row.key, row.secret)


def test_a_secret_that_was_made_is_in_the_text() -> None:
    """For who adds it by hand."""
    add_jack()
    printed = run(COMMAND, "add", "jack", "--algorithm", "HS512")
    assert f"secret={Credential.objects.get().secret}" in printed


def test_a_secret_of_a_file_is_taken(secret_file: str) -> None:
    """And verifies."""
    add_jack()
    run(COMMAND, "add", "jack", "--key", KEY, "--secret-file", secret_file)
    assert admits()


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_secret_of_a_file_is_not_printed(
    form: tuple[str, ...], secret_file: str
) -> None:
    """Who gave it has it."""
    add_jack()
    printed = run(COMMAND, "add", "jack", "--secret-file", secret_file, *form)
    assert SECRET not in printed


def test_a_public_key_is_taken(public_file: str) -> None:
    """And verifies."""
    add_jack()
    words = ("--algorithm", "ES256", "--public-key", public_file)
    printed = run(COMMAND, "add", "jack", "--key", KEY, *words)
    assert admits(mint(algorithm="ES256"))
    assert "secret=" not in printed


def test_everything_can_be_said() -> None:
    """As in the admin."""
    add_jack()
    words = ("--kid", "a", "--tag", "x", "--token-lifetime", "60", "--disabled")
    more = ("--lifetime-grace-period", "1.5", "--consumer-claim", "sub")
    run(COMMAND, "add", "jack", *words, *more)
    made = Credential.objects.get().as_credential()
    assert (made.kid, made.tags, made.token_lifetime) == ("a", ("x",), 60)
    assert (made.lifetime_grace_period, made.consumer_claim) == (1.5, "sub")
    assert not made.enabled


def test_a_credential_can_begin_and_end() -> None:
    """At moments with a zone."""
    add_jack()
    words = ("--not-before", "2027-01-01T00:00Z", "--retire-after", "2028-01-01T00:00Z")
    run(COMMAND, "add", "jack", *words)
    row = Credential.objects.get()
    assert row.not_before == datetime(2027, 1, 1, tzinfo=UTC)
    assert row.retire_after == datetime(2028, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nobody",), "no such consumer"),
        (("jack", "--key", KEY), "key: a credential with this key and kid exists"),
        (("jack", "--key", "a\tb"), "key: key must be a printable text"),
        (("jack", "--algorithm", "none"), "invalid choice"),
        (("jack", "--algorithm", "RS256"), "public_key: .*needs a public_key"),
        (("jack", "--token-lifetime", "0"), "token_lifetime must be"),
        (("jack", "--not-before", "soon"), "must be such as"),
        (("jack", "--secret-file", "/nowhere"), "/nowhere cannot be read"),
    ],
    ids=str,
)
def test_a_credential_that_cannot_be_is_a_sentence(
    words: tuple[str, ...], problem: str
) -> None:
    """Not a traceback."""
    add_credential()
    with pytest.raises(CommandError, match=problem):
        run(COMMAND, "add", *words)


def test_a_weak_secret_is_a_sentence_without_it(tmp_path: Path) -> None:
    """An error may end in a log."""
    add_jack()
    file = tmp_path / "secret"
    file.write_text("hunter2")
    with pytest.raises(CommandError, match="at least 32 octets") as caught:
        run(COMMAND, "add", "jack", "--secret-file", str(file))
    assert "hunter2" not in str(caught.value)


# Listing


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_list_has_no_secret(form: tuple[str, ...]) -> None:
    """It was shown once."""
    add_credential()
    printed = run(COMMAND, "list", *form)
    assert KEY in printed
    assert SECRET not in printed


def test_credentials_are_listed_in_json() -> None:
    """For scripts."""
    add_credential()
    (row,) = json.loads(run(COMMAND, "list", "--json"))
    assert (row["consumer"], row["key"], row["algorithm"]) == ("jack", KEY, "HS256")


def test_credentials_of_one_consumer_are_listed() -> None:
    """By its name."""
    add_credential()
    add_credential(add_jack(username="jill", custom_id="2"), key="jill-key")
    assert len(run(COMMAND, "list").splitlines()) == 2
    assert "key=jill-key" in run(COMMAND, "list", "jill").splitlines()[0]


# Rotating


def test_a_rotation_prints_the_new_secret() -> None:
    """Which verifies, as the old one does for a while."""
    add_credential()
    printed = json.loads(run(COMMAND, "rotate", KEY, "--overlap", "60", "--json"))
    assert admits(mint(secret=printed["secret"]))
    assert admits()
    assert not admits(at=NOW + 60)


def test_a_rotation_takes_a_kid_and_a_secret(tmp_path: Path) -> None:
    """Of your own; then nothing is printed of the secret."""
    file = tmp_path / "secret"
    file.write_text(NEW_SECRET)
    add_credential()
    words = ("--overlap", "60", "--new-kid", "b", "--secret-file", str(file))
    printed = run(COMMAND, "rotate", KEY, *words)
    assert Credential.objects.get(kid="b").secret == NEW_SECRET
    assert NEW_SECRET not in printed


def test_a_rotation_takes_a_public_key(public_file: str) -> None:
    """And another algorithm, if you like."""
    add_credential()
    words = ("--overlap", "60", "--algorithm", "ES256", "--public-key", public_file)
    run(COMMAND, "rotate", KEY, *words)
    assert admits(mint(algorithm="ES256"))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nobody", "--overlap", "60"), "no such credential"),
        ((KEY, "--overlap", "-1"), "overlap must be seconds"),
        ((KEY, "--overlap", "60", "--algorithm", "ES256"), "needs a public_key"),
        ((KEY,), "--overlap"),
    ],
    ids=["unknown", "overlap", "key", "forgotten"],
)
def test_a_rotation_that_cannot_be_is_a_sentence(
    words: tuple[str, ...], problem: str
) -> None:
    """Not a traceback."""
    add_credential()
    with pytest.raises(CommandError, match=problem):
        run(COMMAND, "rotate", *words)


# Switching and deleting


def test_a_disabled_credential_is_refused() -> None:
    """And taken again when it is enabled."""
    add_credential()
    run(COMMAND, "disable", KEY)
    assert not admits()
    run(COMMAND, "enable", KEY)
    assert admits()


def test_a_credential_that_cannot_be_used_can_be_disabled() -> None:
    """Whoever has to shut it out is not told to mend it first."""
    add_credential()
    Credential.objects.update(secret="short")
    run(COMMAND, "disable", KEY)
    assert not Credential.objects.get().enabled


def test_one_of_several_is_disabled_by_its_kid() -> None:
    """The other still verifies."""
    row = add_credential()
    add_credential(row.consumer, kid="b", secret=NEW_SECRET)
    run(COMMAND, "disable", KEY, "--kid", "")
    assert not admits()
    assert admits(mint(secret=NEW_SECRET))


def test_a_credential_is_deleted() -> None:
    """The consumer stays."""
    row = add_credential()
    run(COMMAND, "delete", KEY)
    assert not row.consumer.credentials.exists()


@pytest.mark.parametrize("action", ["enable", "disable", "delete"])
def test_an_unknown_credential_is_a_sentence(action: str) -> None:
    """Nothing else is changed."""
    with pytest.raises(CommandError, match="no such credential"):
        run(COMMAND, action, "nobody")
