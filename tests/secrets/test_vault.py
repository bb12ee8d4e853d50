import json
import logging
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from examples.openbao import ROOT_TOKEN, OpenBao
from jwtgate import ConfigurationError
from jwtgate.errors import SecretUnavailable
from jwtgate.secrets import Leased, Secrets
from jwtgate.secrets.vault import Vault
from tests.secrets.conftest import bao_server
from tests.secrets.fakes import Clock

TEXT = "$secret://vault/main/jack/key"


@pytest.fixture(name="vaults")
def _vaults() -> Iterator[list[Vault]]:
    """Close what a test opens."""
    opened: list[Vault] = []
    yield opened
    for each in opened:
        each.close()


def vault_of(bao: OpenBao, opened: list[Vault], **more: Any) -> Vault:
    """Make a manager of a server, with its root token unless asked otherwise."""
    token = {} if "role_id" in more else {"token": ROOT_TOKEN}
    made = Vault(bao.url, **{**token, **more})
    opened.append(made)
    return made


def token_of(bao: OpenBao, **more: Any) -> str:
    """Make a token that may read secrets of version 2."""
    answer = bao.ask("POST", "auth/token/create", {"policies": ["reader"], **more})
    token: str = answer["auth"]["client_token"]
    return token


def role_of(bao: OpenBao, name: str, **more: Any) -> dict[str, Any]:
    """Make a role that may read secrets of version 2; give its ids."""
    path = f"auth/approle/role/{name}"
    bao.ask("POST", path, {"token_policies": ["reader"], **more})
    role = bao.ask("GET", f"{path}/role-id")["data"]
    return {
        **role,
        "secret_id": bao.ask("POST", f"{path}/secret-id")["data"]["secret_id"],
    }


def revoke(bao: OpenBao, vault: Vault) -> None:
    """Revoke the token that a manager uses."""
    token = vault._sessions.get().client().token  # noqa: SLF001 - nobody else knows it
    bao.ask("POST", "auth/token/revoke", {"token": token})


def test_a_secret_of_version_2(bao: OpenBao, vaults: list[Vault]) -> None:
    """The latest version, by default from where Vault mounts the engine."""
    assert vault_of(bao, vaults).fetch("jack") == {"key": "one of v2"}


def test_a_secret_of_version_1(bao: OpenBao, vaults: list[Vault]) -> None:
    """Below a prefix, with its lease; what is no text comes along."""
    vault = vault_of(bao, vaults, mount="/kv/", prefix="/apisix/", version=1)
    found = vault.fetch("jack")
    assert isinstance(found, Leased)
    assert found.content == {"key": "one of v1", "number": 5}
    assert found.seconds > 1000


def test_a_short_lease_of_version_1(bao: OpenBao, vaults: list[Vault]) -> None:
    """A secret says how long it is good for by its ``ttl``."""
    bao.put("kv/leased", {"key": "x", "ttl": "30s"})
    found = vault_of(bao, vaults, mount="kv", version=1).fetch("leased")
    assert isinstance(found, Leased)
    assert found.seconds == 30


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "path", ["jill", "jack?a=b", "jack#a", "ja%63k", "a b", "\u00e9"]
)
def test_a_secret_that_is_not_there(
    path: str, version: int, bao: OpenBao, vaults: list[Vault]
) -> None:
    """A path is one whatever is in it."""
    mount = "kv" if version == 1 else "secret"
    with pytest.raises(LookupError):
        vault_of(bao, vaults, version=version, mount=mount).fetch(path)


def test_a_secret_whose_latest_version_is_deleted(
    bao: OpenBao, vaults: list[Vault]
) -> None:
    """Nobody comes in by the one before."""
    for _ in range(2):
        bao.ask("POST", "secret/data/deleted", {"data": {"key": "x"}})
    bao.ask("DELETE", "secret/data/deleted")
    with pytest.raises(LookupError):
        vault_of(bao, vaults).fetch("deleted")


def test_a_namespace(bao: OpenBao, vaults: list[Vault]) -> None:
    """Its own secrets, of the same names."""
    bao.ask("POST", "sys/namespaces/team", {})
    kv = {"type": "kv", "options": {"version": "1"}}
    bao.ask("POST", "sys/mounts/kv", kv, namespace="team")
    bao.ask("POST", "kv/jack", {"key": "of the team"}, namespace="team")
    vault = vault_of(bao, vaults, mount="kv", version=1, namespace="team")
    found = vault.fetch("jack")
    assert isinstance(found, Leased)
    assert found.content == {"key": "of the team"}


def test_a_wrong_token(bao: OpenBao, vaults: list[Vault]) -> None:
    """It is asked for once more, and is no other."""
    with pytest.raises(PermissionError):
        vault_of(bao, vaults, token="wrong").fetch("jack")


def test_a_token_that_may_not_read_this(bao: OpenBao, vaults: list[Vault]) -> None:
    """That is no outage of Vault."""
    vault = vault_of(bao, vaults, token=token_of(bao), mount="kv", version=1)
    with pytest.raises(PermissionError):
        vault.fetch("apisix/jack")


def test_a_token_that_is_changed(bao: OpenBao, vaults: list[Vault]) -> None:
    """A function gives the one that is good by then, as of an agent's file."""
    tokens = ["wrong", token_of(bao)]
    vault = vault_of(bao, vaults, token=lambda: tokens[0])
    with pytest.raises(PermissionError):
        vault.fetch("jack")
    tokens.reverse()
    assert vault.fetch("jack") == {"key": "one of v2"}


def test_a_token_that_ends_is_renewed(bao: OpenBao, vaults: list[Vault]) -> None:
    """At half of its time."""
    clock, token = Clock(), token_of(bao, ttl="1h", period="1h")
    vault = vault_of(bao, vaults, token=token, clock=clock)
    vault.fetch("jack")
    clock.now += 1801
    assert vault.fetch("jack") == {"key": "one of v2"}
    found = bao.ask("POST", "auth/token/lookup", {"token": token})["data"]
    assert "last_renewal" in found


def test_an_approle(bao: OpenBao, vaults: list[Vault]) -> None:
    """It logs in, and again when its token was revoked."""
    clock = Clock()
    vault = vault_of(bao, vaults, clock=clock, **role_of(bao, "one"))
    assert vault.fetch("jack") == {"key": "one of v2"}
    revoke(bao, vault)
    clock.now += 61
    assert vault.fetch("jack") == {"key": "one of v2"}


def test_an_approle_whose_token_ends(bao: OpenBao, vaults: list[Vault]) -> None:
    """It logs in again by itself."""
    clock = Clock()
    vault = vault_of(bao, vaults, clock=clock, **role_of(bao, "two", token_ttl="60"))
    vault.fetch("jack")
    revoke(bao, vault)
    clock.now += 60
    assert vault.fetch("jack") == {"key": "one of v2"}


def test_a_role_that_is_none(bao: OpenBao, vaults: list[Vault]) -> None:
    """Its login is refused."""
    with pytest.raises(PermissionError):
        vault_of(bao, vaults, role_id="nobody", secret_id="wrong").fetch("jack")


def test_a_server_that_says_nothing(silent: str, vaults: list[Vault]) -> None:
    """It is waited for as long as was said."""
    vault = Vault(silent, token="x", timeout=0.05)
    vaults.append(vault)
    with pytest.raises(OSError, match="timed out") as caught:
        vault.fetch("jack")
    assert not isinstance(caught.value, PermissionError)


class Stub(HTTPServer):
    """A Vault that says what a test tells it to; ``asked`` is what it was asked for."""

    def __init__(self) -> None:
        self.down = False
        self.missing: str | None = None
        self.secret: Any = {"data": {"data": {"key": "x"}}}
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str) -> tuple[int, Any]:
        """Give a status and what is said."""
        self.asked.append(path)
        lasts = {"ttl": 3600, "lease_duration": 3600, "renewable": True}
        if self.down:
            return 503, {"errors": ["Vault is sealed"]}
        if self.missing is not None and path.startswith(self.missing):
            return 404, {"errors": ["no handler for route"]}
        if path.startswith("/v1/auth/token/"):
            return 200, {"data": lasts, "auth": lasts}
        return 200, self.secret


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_GET(self) -> None:
        """Answer."""
        status, said = self.server.answer(self.path)
        octets = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def do_POST(self) -> None:
        """Answer."""
        self.do_GET()

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - its name there
        """Keep quiet."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    """Run one."""
    with Stub() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_token_taken_in_an_outage_is_renewed(stub: Stub, vaults: list[Vault]) -> None:
    """It is asked again how long it lasts, and not taken for one without an end."""
    clock = Clock()
    vault = Vault(stub.url, token="t", clock=clock)
    vaults.append(vault)
    stub.down = True
    with pytest.raises(Exception, match="sealed") as caught:
        vault.fetch("jack")
    assert not isinstance(caught.value, LookupError | PermissionError)
    stub.down = False
    vault.fetch("jack")
    clock.now += 1801
    assert vault.fetch("jack") == {"key": "x"}
    assert stub.asked.count("/v1/auth/token/renew-self") == 1


@pytest.mark.parametrize("said", [{"state": "busy"}, {"data": {}}, {"data": None}, []])
def test_what_is_no_answer_of_vault_s_is_an_outage(
    said: object, stub: Stub, vaults: list[Vault]
) -> None:
    """As of a proxy in front of it: no secret is gone for that."""
    stub.secret = said
    vault = Vault(stub.url, token="t")
    vaults.append(vault)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever is no refusal
        vault.fetch("jack")
    assert not isinstance(caught.value, LookupError | PermissionError)


def test_an_approle_that_is_not_mounted_takes_no_secret_away(
    stub: Stub, vaults: list[Vault]
) -> None:
    """It is the login that Vault does not know; the secret may be there."""
    stub.missing = "/v1/auth/approle/"
    vault = Vault(stub.url, role_id="r", secret_id="s")
    vaults.append(vault)
    with pytest.raises(PermissionError):
        vault.fetch("jack")


def test_a_token_that_is_not_there_is_an_outage() -> None:
    """The secret may be."""
    missing: dict[str, str] = {}
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever is no refusal
        Vault("https://vault.example", token=lambda: missing["TOKEN"]).fetch("jack")
    assert not isinstance(caught.value, LookupError)


def test_a_seal_a_death_and_a_restart(caplog: pytest.LogCaptureFixture) -> None:
    """What it gave is used; then it is lost; then it is there again."""
    clock = Clock()
    with bao_server() as first:
        first.ask("POST", "secret/data/jack", {"data": {"key": "hunter2"}})
        vault = Vault(first.url, token=ROOT_TOKEN)
        secrets = Secrets({"vault/main": vault}, clock=clock)
        assert secrets.resolve(TEXT, follow=False) == "hunter2"
        first.ask("PUT", "sys/seal")
        clock.now += 60
        assert secrets.resolve(TEXT, follow=False) == "hunter2"
    clock.now += 60
    assert secrets.resolve(TEXT, follow=False) == "hunter2"
    clock.now += 3600
    with pytest.raises(SecretUnavailable, match="does not answer"):
        secrets.resolve(TEXT, follow=False)
    with bao_server(first.port) as second:
        second.ask("POST", "secret/data/jack", {"data": {"key": "hunter3"}})
        clock.now += 6
        with caplog.at_level(logging.INFO, "jwtgate"):
            assert secrets.resolve(TEXT, follow=False) == "hunter3"
    secrets.close()
    assert "answers again" in caplog.text
    assert "hunter" not in caplog.text
    assert ROOT_TOKEN not in caplog.text


REFUSED = {
    "scheme": ({"url": "vault.example:8200"}, "url"),
    "password": ({"url": "https://me:hunter2@vault.example"}, "url"),
    "mount": ({"mount": ""}, "mount"),
    "mount above": ({"mount": "a/.."}, "mount"),
    "prefix": ({"prefix": "../sys"}, "prefix"),
    "prefix with line ends": ({"prefix": "a\r\nb"}, "prefix"),
    "version": ({"version": 3}, "version"),
    "both": ({"role_id": "a"}, "either token or role_id"),
    "neither": ({"token": None}, "either token or role_id"),
    "secret id": ({"secret_id": "hunter2"}, "secret_id"),
    "timeout": ({"timeout": 0}, "timeout"),
    "no certificates": ({"ca_cert": "/no/such/file"}, "ca_cert"),
}


@pytest.mark.parametrize(("more", "name"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(more: dict[str, Any], name: str) -> None:
    """When it is made, and without what is secret."""
    with pytest.raises(ConfigurationError) as caught:
        Vault(**{"url": "https://vault.example", "token": "x", **more})
    (problem,) = caught.value.problems
    assert problem.startswith(name)
    assert "hunter2" not in problem


def test_it_shows_no_token() -> None:
    """It may be logged."""
    vault = Vault("https://vault.example", token="hunter2", ca_cert=__file__)
    assert repr(vault) == "Vault('https://vault.example', mount='secret', prefix='')"
    assert "hunter2" not in repr(vars(vault))
    vault.close()


def test_tokens_of_variables_and_files_are_not_taken(
    bao: OpenBao,
    vaults: list[Vault],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Where hvac looks for them; who was given an empty one has none."""
    monkeypatch.setenv("VAULT_TOKEN", ROOT_TOKEN)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".vault-token").write_text(ROOT_TOKEN)
    with pytest.raises(PermissionError):
        vault_of(bao, vaults, token="").fetch("jack")


def test_without_hvac_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is made."""
    monkeypatch.setitem(sys.modules, "hvac", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'jwtgate\[vault\]'"):
        Vault("https://vault.example", token="x")
