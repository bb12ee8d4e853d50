from itertools import count
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from jwtgate.secrets.vaultsession import Token, VaultSession
from tests.secrets.fakes import Clock


class Refused(Exception):
    """What Vault's refusals raise."""


class Login:
    """Gives tokens one after the other, each good for so many seconds."""

    def __init__(self, seconds: float = 100, *, makes_tokens: bool = True) -> None:
        self.makes_tokens = makes_tokens
        self.seconds = seconds
        self.is_renewable = True
        self.numbers = count(1)
        self.renewed: list[int] = []
        self.closed: list[int] = []
        self.error: Exception | None = None

    def take(self) -> Token:
        """Give the next one; the same one, if it makes none."""
        number = next(self.numbers) if self.makes_tokens else 1

        def renew_self() -> Any:
            if self.error is not None:
                raise self.error
            self.renewed.append(number)
            renewable = self.is_renewable
            return {"auth": {"lease_duration": self.seconds, "renewable": renewable}}

        client = SimpleNamespace(
            token=number,
            adapter=SimpleNamespace(close=lambda: self.closed.append(number)),
            auth=SimpleNamespace(token=SimpleNamespace(renew_self=renew_self)),
        )
        return Token(client, self.seconds, is_renewable=self.is_renewable)


class Session:
    """A session at a test's time."""

    def __init__(self, login: Login) -> None:
        self.clock = Clock()
        self.session = VaultSession(login, self.clock, Refused)

    def token(self, after: float = 0) -> int:
        """Give the token that is used after a while."""
        self.clock.now += after
        token: int = self.session.client().token
        return token


def test_a_token_is_taken_when_it_is_needed() -> None:
    """And used until it ends."""
    login = Login()
    login.is_renewable = False
    session = Session(login)
    assert [session.token(), session.token(99), session.token(1)] == [1, 1, 2]
    assert login.renewed == []


def test_a_token_is_renewed_at_half_of_its_time() -> None:
    """And lasts as long again."""
    login = Login()
    session = Session(login)
    assert [session.token(after) for after in (0, 49, 1, 49, 1)] == [1] * 5
    assert login.renewed == [1, 1]


def test_a_token_without_an_end_is_not_renewed() -> None:
    """Though it could be."""
    login = Login(inf)
    session = Session(login)
    assert [session.token(), session.token(1e9)] == [1, 1]
    assert login.renewed == []


def test_a_token_that_may_not_be_renewed_is_used_to_its_end() -> None:
    """Vault is asked once a minute for it, not each time."""
    login = Login(200)
    login.error = Refused()
    session = Session(login)
    assert [session.token(after) for after in (0, 100, 30, 40, 30)] == [1, 1, 1, 1, 2]


def test_an_outage_while_it_is_renewed_is_an_outage() -> None:
    """Which is no refusal."""
    login = Login()
    login.error = TimeoutError()
    session = Session(login)
    session.token()
    with pytest.raises(TimeoutError):
        session.token(50)


def test_a_token_that_is_refused_is_followed_by_another() -> None:
    """Which is made, but not more than once a minute."""
    session = Session(Login(inf))
    refused = session.session.client()
    assert not session.session.begin_again(refused)
    session.clock.now += 60
    assert session.session.begin_again(refused)
    assert session.token() == 2


def test_who_comes_second_with_a_refused_token_makes_none() -> None:
    """There is another one already."""
    session = Session(Login(inf))
    refused = session.session.client()
    session.clock.now += 60
    assert session.session.begin_again(refused)
    assert session.session.begin_again(refused)
    assert session.token() == 2


def test_a_given_token_that_is_refused_is_asked_for_at_once() -> None:
    """It may have been changed; if not, there is no other."""
    login = Login(inf, makes_tokens=False)
    session = Session(login)
    refused = session.session.client()
    assert not session.session.begin_again(refused)
    refused.token = 0
    assert session.session.begin_again(refused)
    assert session.token() == 1


def test_it_is_closed_if_it_was_opened() -> None:
    """By its client."""
    login = Login()
    session = Session(login)
    session.session.close()
    session.token()
    session.session.close()
    assert login.closed == [1]
