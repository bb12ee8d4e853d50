import logging
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.stores.jwks.opening import open_source
from jwtgate.stores.jwks.source import AtURL, Discovered, InFile, Source
from tests.stores.jwks.test_limits import limits


def opened(issuer: str = "https://id.example/", **fields: Any) -> Source:
    """Open a source."""
    usual = {"url": None, "file": None, "allow_http": False, "ssl_context": None}
    return open_source(issuer, limits(), **{**usual, **fields})


def problem(issuer: str = "https://id.example/", **fields: Any) -> str:
    """Tell why a source cannot be opened."""
    with pytest.raises(ConfigurationError) as caught:
        opened(issuer, **fields)
    return str(caught.value)


def test_an_issuer_tells_where_its_keys_are() -> None:
    """Unless something else does."""
    source = opened()
    assert isinstance(source, Discovered)
    assert source.url == "https://id.example/.well-known/openid-configuration"


def test_a_url_is_where_they_are() -> None:
    """The issuer may be any text then."""
    source = opened("id", url="https://id.example/keys")
    assert isinstance(source, AtURL)
    assert source.url == "https://id.example/keys"


def test_a_file_needs_no_url() -> None:
    """Nor an issuer that is one."""
    assert opened("id", file="keys.json") == InFile(Path("keys.json"), 1000)


def test_keys_come_from_one_place() -> None:
    """Of two, one would be ignored."""
    assert "not both" in problem(file="k", url="https://id.example/keys")


def test_an_issuer_that_is_no_url_needs_one() -> None:
    """Where to ask cannot be known."""
    assert problem("id").startswith("issuer: the URL must begin with https://")


@pytest.mark.parametrize(
    "url", ["http://id.example/keys", "https://user:secret@id.example/keys"]
)
def test_a_url_that_is_not_fetched_is_refused_at_once(url: str) -> None:
    """By its rules, not by itself."""
    said = problem(url=url)
    assert said.startswith("url: the URL m")
    assert "secret" not in said


def test_http_is_taken_if_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """With a word of what it means."""
    with caplog.at_level(logging.INFO):
        opened(url="http://127.0.0.1/keys", allow_http=True)
    assert caplog.records[0].levelname == "WARNING"
    assert "without TLS" in caplog.text


def test_https_is_taken_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    """Though http would be, too."""
    opened(allow_http=True)
    assert caplog.text == ""


def test_a_context_is_looked_at_at_once() -> None:
    """Not when keys are fetched."""
    context = ssl.create_default_context()
    context.check_hostname = False
    assert "must check certificates" in problem(ssl_context=context)


def test_who_lacks_urllib3_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file can be had without."""
    monkeypatch.delitem(sys.modules, "jwtgate.stores.jwks.fetch", raising=False)
    monkeypatch.setitem(sys.modules, "urllib3.connection", None)
    assert "pip install 'jwtgate[jwks]'" in problem()
    assert isinstance(opened(file="keys.json"), InFile)
