import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.secrets import Secrets
from jwtgate.secrets.gcp import GCP
from tests.kit import private_pem
from tests.secrets.gcpserver import Google, google

# Of no universe of Google's: its library would ask a server of that one, too, in a
# thread of its own, where the keys of a service account may be used.
UNIVERSE = "universe.invalid"
KEY = {
    "universe_domain": UNIVERSE,
    "type": "service_account",
    "client_email": "gate@shop.iam.gserviceaccount.com",
    "private_key": private_pem("RS256"),
    "token_uri": "https://oauth2.googleapis.com/token",
}


@pytest.fixture(autouse=True)
def _universe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing asked but what listens on loopback."""
    monkeypatch.setenv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", UNIVERSE)


@pytest.fixture(name="server")
def _server() -> Iterator[Google]:
    """Run a server with one secret of each kind."""
    with google() as server:
        server.secrets |= {
            "text": b"plain",
            "json": b'{"key": "one"}',
            "octets": b"\xff",
            "destroyed": 400,
            "expired": 401,
            "closed": 403,
            "down": 503,
        }
        yield server


@pytest.fixture(name="gcp")
def _gcp(server: Google) -> Iterator[GCP]:
    """Make a manager of it."""
    made = GCP("shop", credentials=KEY, endpoint=server.url)
    yield made
    made.close()


def test_a_secret_is_given_as_it_is(gcp: GCP) -> None:
    """Its latest version."""
    assert gcp.fetch("text") == "plain"


def test_a_member_of_a_secret(gcp: GCP) -> None:
    """By the usual reference."""
    secrets = Secrets({"gcp/main": gcp})
    assert secrets.resolve("$secret://gcp/main/json/key", follow=False) == "one"
    assert secrets.resolve("$secret://gcp/main/text", follow=False) == "plain"


def test_who_asks_proves_it(gcp: GCP, server: Google) -> None:
    """By a token that is signed with the key of the service account."""
    gcp.fetch("text")
    (sent,) = server.authorizations
    assert sent.startswith("Bearer ey")


@pytest.mark.parametrize(
    "path", ["absent", "destroyed", "octets", "a/b", "text/../x", ""]
)
def test_a_secret_that_is_not_there(path: str, gcp: GCP) -> None:
    """None, one that was destroyed, one that is no text, and no name at all."""
    with pytest.raises(LookupError) as caught:
        gcp.fetch(path)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("path", ["closed", "expired"])
def test_a_secret_that_may_not_be_read(path: str, gcp: GCP) -> None:
    """That is no outage."""
    with pytest.raises(PermissionError) as caught:
        gcp.fetch(path)
    assert caught.value.__context__ is None


def test_a_service_that_is_down(gcp: GCP) -> None:
    """It is asked once: who asks waits for the answer."""
    with pytest.raises(Exception, match="503") as caught:
        gcp.fetch("down")
    assert not isinstance(caught.value, LookupError | PermissionError)


def test_a_server_that_says_nothing(silent: str) -> None:
    """It is waited for as long as was said."""
    gcp = GCP("shop", credentials=KEY, endpoint=silent, timeout=0.05)
    with pytest.raises(Exception, match="timed out"):
        gcp.fetch("text")
    gcp.close()


def test_a_key_in_a_file(server: Google, tmp_path: Path) -> None:
    """As Google gives it out."""
    (tmp_path / "key.json").write_text(json.dumps(KEY))
    file = str(tmp_path / "key.json")
    gcp = GCP("shop", credentials_file=file, endpoint=server.url)
    assert gcp.fetch("text") == "plain"
    gcp.close()


def test_credentials_of_the_machine_are_looked_for_when_they_are_needed() -> None:
    """None are given; nothing is asked before."""
    gcp = GCP("shop")
    gcp.close()


REFUSED = {
    "project": ({"project": "a/b"}, "project"),
    "endpoint": ({"endpoint": "https://me:hunter2@x.example"}, "endpoint"),
    "both": ({"credentials": KEY, "credentials_file": "a"}, "only one of"),
    "no key": ({"credentials": {"private_key": "hunter2"}}, "credentials must have"),
    "no file": ({"credentials_file": "/no/such/file"}, "credentials_file must have"),
    "timeout": ({"timeout": 1000}, "timeout"),
}


@pytest.mark.parametrize(("more", "name"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(more: dict[str, Any], name: str) -> None:
    """When it is made, and without what is secret."""
    with pytest.raises(ConfigurationError) as caught:
        GCP(**{"project": "shop", **more})
    (problem,) = caught.value.problems
    assert problem.startswith(name)
    assert "hunter2" not in problem
    assert caught.value.__context__ is None


def test_it_shows_no_key() -> None:
    """It may be logged."""
    assert repr(GCP("shop", credentials=KEY)) == "GCP('shop', endpoint=None)"


def test_without_the_library_it_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When it is made."""
    monkeypatch.setitem(sys.modules, "google.cloud.secretmanager_v1", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'jwtgate\[gcp\]'"):
        GCP("shop")
