from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from jwtgate.django.db.models import Credential
from jwtgate.jose import parse_compact
from tests.django.db.kit import add_credential, admits, run
from tests.kit import KEY, NOW, SECRET, private_pem, public_pem

pytestmark = pytest.mark.django_db

COMMAND = "jwtgate_token"


@pytest.fixture
def private_file(tmp_path: Path) -> str:
    """Give a file that holds a private key."""
    file = tmp_path / "private.pem"
    file.write_text(private_pem("ES256"))
    return str(file)


def issued(*words: str) -> str:
    """Sign a token for the key of the tests."""
    return run(COMMAND, KEY, *words).strip()


def claims(*words: str) -> Any:
    """Give the claims of a token that was signed."""
    return parse_compact(issued(*words).encode()).claims


def test_a_token_passes_the_gate() -> None:
    """From end to end."""
    add_credential()
    assert admits(issued())


def test_nothing_but_the_token_is_printed() -> None:
    """For ``TOKEN=$(...)``."""
    add_credential()
    assert run(COMMAND, KEY).count("\n") == 1


def test_a_token_lives_as_long_as_its_credential_says() -> None:
    """Unless it is told otherwise."""
    add_credential(token_lifetime=60)
    assert claims()["exp"] == NOW + 60
    assert claims("--lifetime", "5")["exp"] == NOW + 5


def test_claims_are_json_or_texts() -> None:
    """As many as there are."""
    add_credential()
    found = claims("--claim", "sub=jack", "--claim", 'roles=["a"]', "--claim", "n=7")
    assert (found["sub"], list(found["roles"]), found["n"]) == ("jack", ["a"], 7)


def test_the_key_claim_can_be_named() -> None:
    """As the policy has it."""
    add_credential()
    assert claims("--key-claim", "key")["key"] == KEY


def test_the_kid_is_in_the_header() -> None:
    """So that the gate need not try several."""
    row = add_credential()
    add_credential(row.consumer, kid="b")
    assert parse_compact(issued("--kid", "b").encode()).header.kid == "b"


def test_a_private_key_signs(private_file: str) -> None:
    """The database has the public half alone."""
    pem = public_pem("ES256")
    add_credential(algorithm="ES256", secret="", public_key=pem)
    assert admits(issued("--private-key", private_file))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nobody",), "no such credential"),
        ((KEY, "--lifetime", "0"), "expires_in must be"),
        ((KEY, "--claim", "n=NaN"), "not finite"),
        ((KEY, "--claim", "n"), "must be such as"),
        ((KEY, "--private-key", "/nowhere"), "/nowhere cannot be read"),
    ],
    ids=["unknown", "lifetime", "number", "claim", "file"],
)
def test_a_token_that_cannot_be_is_a_sentence(
    words: tuple[str, ...], problem: str
) -> None:
    """Not a traceback."""
    add_credential()
    with pytest.raises(CommandError, match=problem):
        run(COMMAND, *words)


def test_a_private_key_for_a_secret_is_a_sentence(private_file: str) -> None:
    """One of both is meant for something else."""
    add_credential()
    with pytest.raises(CommandError, match="takes no private_key"):
        issued("--private-key", private_file)


def test_a_row_that_cannot_be_used_signs_nothing() -> None:
    """And its secret is not told."""
    add_credential()
    Credential.objects.update(secret="hunter2")
    with pytest.raises(CommandError, match="at least 32 octets") as caught:
        issued()
    assert "hunter2" not in str(caught.value)


def test_no_token_holds_the_secret() -> None:
    """It is signed with, not sent."""
    add_credential()
    assert SECRET not in issued()
