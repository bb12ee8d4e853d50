import base64
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import Credential
from jwtgate.configs.native.stand_ins import StandIns, as_text
from jwtgate.jose.disguise import key_form
from jwtgate.secrets import References
from tests.kit import SECRET, credential

NAME = re.compile(r"JWTGATE_[A-Z0-9_]*[A-Z0-9]")


def own(secret: str | bytes, **members: Any) -> Credential:
    """Give a credential with a secret, however short."""
    return credential(secret=secret, allow_weak_secret=True, **members)


def test_a_secret_stands_for_itself() -> None:
    """Unless references were asked for."""
    stand_ins = StandIns(references=False)
    assert stand_ins.secret(credential()) == {"secret": SECRET}
    assert stand_ins.variables == {}


def test_a_reference_stands_for_a_secret() -> None:
    """To a variable that has the name of the key."""
    stand_ins = StandIns(references=True)
    members = stand_ins.secret(credential(key="jack's key/2026"))
    assert members == {"secret": "$env://JWTGATE_SECRET_JACK_S_KEY_2026"}
    assert stand_ins.variables == {"JWTGATE_SECRET_JACK_S_KEY_2026": SECRET}


def test_a_secret_in_base64_is_written_as_it_was_given() -> None:
    """Its credential says so already."""
    text = base64.b64encode(SECRET.encode()).decode()
    found = StandIns(references=False).secret(own(text, secret_is_base64=True))
    assert found == {"secret": text}


UNSAYABLE = {
    "octets": b"\xff" * 32,
    "NUL": b"a\0b",
    "reference": b"$env://HOME",
    "slip": b" { vault://jack",
    "surrogate": "\ud800",
}


@pytest.mark.parametrize("secret", UNSAYABLE.values(), ids=UNSAYABLE.keys())
@pytest.mark.parametrize("references", [True, False])
def test_what_no_text_can_say_is_written_in_base64(
    secret: str | bytes,
    references: bool,  # noqa: FBT001 - a column
) -> None:
    """What looks like a reference, too: it would be taken for one."""
    stand_ins = StandIns(references=references)
    members = stand_ins.secret(own(secret))
    text = stand_ins.variables.get("JWTGATE_SECRET_JACK_KEY", members["secret"])
    octets = (
        secret if isinstance(secret, bytes) else secret.encode(errors="surrogatepass")
    )
    assert members["secret_is_base64"] is True
    assert base64.b64decode(str(text)) == octets


def test_what_a_text_can_say_is_one() -> None:
    """As it is."""
    assert as_text("\u00e9\n ".encode()) == "\u00e9\n "


def test_two_secrets_have_two_variables() -> None:
    """Though their keys differ in what no variable's name can have."""
    stand_ins = StandIns(references=True)
    for number, key in enumerate(["a-b", "A_b", "a/B", "a-b"]):
        stand_ins.secret(own(f"secret {number % 3}", key=key))
    assert stand_ins.variables == {
        "JWTGATE_SECRET_A_B": "secret 0",
        "JWTGATE_SECRET_A_B_2": "secret 1",
        "JWTGATE_SECRET_A_B_3": "secret 2",
    }


def test_a_number_that_is_taken_is_passed_over() -> None:
    """A key may end in one itself."""
    stand_ins = StandIns(references=True)
    for key in ("a_2", "a", "A"):
        stand_ins.secret(own(f"the secret of {key}", key=key))
    assert set(stand_ins.variables) == {
        "JWTGATE_SECRET_A",
        "JWTGATE_SECRET_A_2",
        "JWTGATE_SECRET_A_3",
    }


def test_a_storage_stands_for_itself() -> None:
    """As a secret does."""
    assert StandIns(references=False).storage("redis://a") == "redis://a"


def test_a_reference_stands_for_a_storage() -> None:
    """Its URL may have a password; equal ones share a variable."""
    stand_ins = StandIns(references=True)
    found = [stand_ins.storage(f"redis://{each}") for each in "aba"]
    assert found == [
        "$env://JWTGATE_QUOTA_STORAGE",
        "$env://JWTGATE_QUOTA_STORAGE_2",
        "$env://JWTGATE_QUOTA_STORAGE",
    ]


KEYS = st.text(min_size=1, max_size=200).filter(
    lambda key: key.isprintable() and len(key.encode()) <= 512
)
# Without what is a key of another kind, which no credential takes.
SECRETS = (st.binary(min_size=1) | st.text(min_size=1).map(str.encode)).filter(
    lambda octets: key_form(octets) is None
)


@given(rows=st.lists(st.tuples(KEYS | st.sampled_from(["a-b", "a_b"]), SECRETS)))
def test_each_reference_leads_to_its_secret(
    rows: list[tuple[str, bytes]],
) -> None:
    """Whatever the keys are: names are valid, and no two secrets share one."""
    stand_ins = StandIns(references=True)
    credentials = [own(secret, key=key) for key, secret in rows]
    members = [stand_ins.secret(each) for each in credentials]
    references = References(Path("/nowhere"), stand_ins.variables)
    again = [
        own(
            references.resolve(str(each["secret"])),
            secret_is_base64=each.get("secret_is_base64", False),
        )
        for each in members
    ]
    assert [each.verification_key for each in again] == [
        each.verification_key for each in credentials
    ]
    assert all(map(NAME.fullmatch, stand_ins.variables))
