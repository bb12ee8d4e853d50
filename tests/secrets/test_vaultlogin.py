from math import inf
from types import SimpleNamespace
from typing import Any

from jwtgate.secrets.vaultlogin import ByAppRole, ByToken


class Refused(Exception):
    """What Vault's refusals raise."""


class Vault:
    """A Vault with what it says of tokens."""

    def __init__(self, ttl: int = 0, *, may_ask: bool = True) -> None:
        self.ttl = ttl
        self.may_ask = may_ask
        self.logins: list[Any] = []

    def connect(self, token: str) -> Any:
        """Give a client with a token."""
        return SimpleNamespace(
            token=token,
            auth=SimpleNamespace(
                token=SimpleNamespace(lookup_self=self._lookup),
                approle=SimpleNamespace(login=self._login),
            ),
        )

    def _lookup(self) -> Any:
        if not self.may_ask:
            raise Refused
        return {"data": {"ttl": self.ttl, "renewable": True}}

    def _login(self, *given: Any, **more: Any) -> Any:
        self.logins.append((given, more))
        auth = {"client_token": "t", "lease_duration": self.ttl, "renewable": True}
        return {"auth": auth}


def test_a_given_token_is_asked_how_long_it_lasts() -> None:
    """A root token, for ever."""
    tokens = iter(["one", "two"])
    login = ByToken(Vault(100).connect, lambda: next(tokens), Refused)
    found = login.take()
    assert (found.client.token, found.seconds, found.is_renewable) == ("one", 100, True)
    assert login.take().client.token == "two"
    assert ByToken(Vault().connect, str, Refused).take().seconds == inf


def test_a_given_token_that_may_not_ask_is_used_all_the_same() -> None:
    """It may read, perhaps."""
    found = ByToken(Vault(may_ask=False).connect, lambda: "one", Refused).take()
    assert (found.client.token, found.seconds, found.is_renewable) == (
        "one",
        inf,
        False,
    )


def test_a_role_logs_in_each_time() -> None:
    """With the secret id that there is by then, or with none."""
    vault = Vault(100)
    ids = iter(["one", "two"])
    login = ByAppRole(vault.connect, "roles", "me", lambda: next(ids), LookupError)
    found = login.take()
    assert (found.client.token, found.seconds, found.is_renewable) == ("t", 100, True)
    login.take()
    ByAppRole(vault.connect, "approle", "me", None, LookupError).take()
    assert [given for given, _ in vault.logins] == [
        ("me", "one"),
        ("me", "two"),
        ("me", None),
    ]
    assert vault.logins[0][1] == {"use_token": False, "mount_point": "roles"}
