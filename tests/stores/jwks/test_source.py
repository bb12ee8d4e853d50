import json
import os
from pathlib import Path

import pytest

from jwtgate import StoreError
from jwtgate.stores.jwks.leash import Leash
from jwtgate.stores.jwks.source import AtURL, Discovered, Fetched, InFile
from tests.stores.jwks.provider import configuration, document

LEASH = Leash(5)
ISSUER = "https://id.example"
TOLD_AT = "https://id.example/.well-known/openid-configuration"


class Web:
    """Pages by URL."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def get(self, url: str, leash: Leash) -> Fetched:
        """Get a page."""
        assert leash is LEASH
        self.asked.append(url)
        return Fetched(self.pages[url], 60)


def refusal(told: bytes) -> str:
    """Tell why what an issuer tells is not taken."""
    with pytest.raises(StoreError) as caught:
        Discovered(ISSUER, Web({TOLD_AT: told}).get).fetch(LEASH)
    return str(caught.value)


def test_a_url_is_asked() -> None:
    """For the document as it is."""
    web = Web({"https://a/keys": document()})
    found = AtURL("https://a/keys", web.get).fetch(LEASH)
    assert found == Fetched(document(), 60)


@pytest.mark.parametrize("end", ["", "/"])
def test_an_issuer_tells_where_its_keys_are(end: str) -> None:
    """OpenID Connect Discovery 1.0 section 4.1: less one slash at the end."""
    told = configuration(ISSUER + end, jwks_uri="https://keys.example/k")
    web = Web({TOLD_AT: told, "https://keys.example/k": b"{}"})
    assert Discovered(ISSUER + end, web.get).fetch(LEASH).octets == b"{}"
    assert web.asked == [TOLD_AT, "https://keys.example/k"]


@pytest.mark.parametrize(
    "issuer", [ISSUER + "/", "https://evil.example", ISSUER.upper(), None, [ISSUER]]
)
def test_issuer_confusion_it_must_tell_about_itself(issuer: object) -> None:
    """Exactly (section 4.3)."""
    assert "about another issuer" in refusal(configuration(issuer))


@pytest.mark.parametrize("uri", [None, 5, ["https://a"]], ids=repr)
def test_it_must_tell_a_url(uri: object) -> None:
    """As a text."""
    assert "has no jwks_uri" in refusal(configuration(ISSUER, jwks_uri=uri))


@pytest.mark.parametrize(
    "told", [b"<html>", b"[]", configuration(ISSUER)[:-1] + b', "issuer": "x"}']
)
def test_it_must_tell_strict_json(told: bytes) -> None:
    """Of two issuers, none counts."""
    assert "not strict JSON" in refusal(told)


def test_a_file_is_read(tmp_path: Path) -> None:
    """As it is now."""
    file = tmp_path / "keys.json"
    file.write_bytes(document())
    assert InFile(file, 100).fetch(LEASH) == Fetched(document())


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """However large it is."""
    file = tmp_path / "keys.json"
    file.write_bytes(json.dumps(["x" * 100]).encode())
    with pytest.raises(StoreError, match="more than 100 octets"):
        InFile(file, 100).fetch(LEASH)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe could keep a thread for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StoreError, match="no such file"):
            InFile(path, 100).fetch(LEASH)


def test_a_file_that_cannot_be_read_says_why() -> None:
    """By the system's own words."""
    with pytest.raises(StoreError, match="the file cannot be read: "):
        InFile(Path("/proc/self/mem"), 100).fetch(LEASH)
