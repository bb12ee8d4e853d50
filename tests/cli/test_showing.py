import json

import pytest

from jwtgate import Consumer, Credential, Quota, UnusableCredential
from jwtgate.cli.showing import (
    CONSUMER_COLUMNS,
    CREDENTIAL_COLUMNS,
    consumer_json,
    consumer_row,
    credential_json,
    credential_row,
    name_of,
    state_of,
)
from tests.kit import KEY, NOW, SECRET, credential, jack, public_pem

UNUSABLE = UnusableCredential(key="k", why="its row is broken", algorithm="HS256")


def test_a_consumer_is_a_row() -> None:
    """What it lacks is a dash."""
    full = jack(groups=["a", "b"], quota="3/30s", enabled=False)
    cells = ("jack", "495aec6a", "a,b", "3/30s", "disabled", full.id)
    assert consumer_row(full) == cells
    assert consumer_row(Consumer(custom_id="7", id="i")) == (
        *("-", "7", "-", "-", "live", "i"),
    )
    assert len(cells) == len(CONSUMER_COLUMNS)


def test_a_quota_is_its_rates_alone() -> None:
    """The URL of where it counts has a password."""
    quota = Quota(rates="3/m", storage="redis://:hush@host/0")
    assert consumer_json(jack(quota=quota))["quota"] == "3/60s"


@pytest.mark.parametrize(
    ("consumer", "name"),
    [
        (Consumer(username="jack", custom_id="7"), "jack"),
        (Consumer(custom_id="7"), "7"),
    ],
)
def test_a_consumer_has_a_name(consumer: Consumer, name: str) -> None:
    """The one that people know."""
    assert name_of(consumer) == name


def test_a_credential_is_a_row() -> None:
    """Without what verifies."""
    full = credential(kid="7", tags=["a", "b"])
    assert credential_row(full, NOW) == (KEY, "7", "jack", "HS256", "live", "a,b")
    assert credential_row(credential(), NOW)[1::4] == ("-", "-")
    assert len(credential_row(UNUSABLE, NOW)) == len(CREDENTIAL_COLUMNS)


@pytest.mark.parametrize(
    "row",
    [credential(), credential(algorithm="RS256"), UNUSABLE],
    ids=["HS256", "RS256", "unusable"],
)
def test_json_of_a_credential_has_no_secret(
    row: Credential | UnusableCredential,
) -> None:
    """Nor key material of any kind."""
    told = credential_json(row, NOW)
    assert not {"secret", "public_key"} & set(told)
    assert SECRET not in json.dumps(told)
    assert public_pem("RS256") not in json.dumps(told)


def test_an_unusable_credential_says_why() -> None:
    """In tables and in JSON."""
    assert credential_row(UNUSABLE, NOW)[4] == "unusable: its row is broken"
    assert credential_json(UNUSABLE, NOW)["why"] == "its row is broken"


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (credential(), "live"),
        (credential(enabled=False), "disabled"),
        (credential(not_before=NOW + 60), "from 2027-01-15T08:01:00Z"),
        (credential(retire_after=NOW + 60), "until 2027-01-15T08:01:00Z"),
        (credential(retire_after=NOW), "retired 2027-01-15T08:00:00Z"),
        (credential(retire_after=9e14), "until 900000000000000.0"),
    ],
)
def test_a_state_tells_whether_it_may_be_used(row: Credential, state: str) -> None:
    """And until when."""
    assert state_of(row, NOW) == state
