"""Where tokens of Vault come from: they are given, or made for an AppRole.

Source: https://developer.hashicorp.com/vault/api-docs/auth/approle and ``/auth/token``.
"""

from collections.abc import Callable
from math import inf
from typing import Any, final

from jwtgate.secrets.vaultsession import Token

__all__ = ["ByAppRole", "ByToken"]


@final
class ByToken:
    """A token that is given.

    Args:
        connect: Makes a client with a token.
        token: Gives the token; another one, when it was changed.
        refusals: What is raised by a Vault that answers and refuses.
    """

    makes_tokens = False

    def __init__(
        self,
        connect: Callable[[str], Any],
        token: Callable[[], str],
        refusals: type[Exception] | tuple[type[Exception], ...],
    ) -> None:
        self._connect = connect
        self._token = token
        self._refusals = refusals

    def take(self) -> Token:
        """Take the token, and ask how long it lasts."""
        client = self._connect(self._token())
        try:
            data = client.auth.token.lookup_self()["data"]
        except self._refusals:  # it may not ask, and may read all the same
            return Token(client, inf, is_renewable=False)
        return Token(client, data["ttl"] or inf, is_renewable=bool(data["renewable"]))


@final
class ByAppRole:
    """A token that is made for an AppRole.

    Args:
        connect: Makes a client with a token.
        mount: Where AppRole is mounted.
        role_id: Of the role.
        secret_id: Gives that of the role; None if it needs none.
        missing: What is raised by a Vault that has no AppRole mounted there.
    """

    makes_tokens = True

    def __init__(
        self,
        connect: Callable[[str], Any],
        mount: str,
        role_id: str,
        secret_id: Callable[[], str] | None,
        missing: type[Exception],
    ) -> None:
        self._connect = connect
        self._mount = mount
        self._role_id = role_id
        self._secret_id = secret_id
        self._missing = missing

    def take(self) -> Token:
        """Log in.

        Raises:
            PermissionError: There is nowhere to.
        """
        second = None if self._secret_id is None else self._secret_id()
        try:
            auth = self._connect("").auth.approle.login(
                self._role_id, second, use_token=False, mount_point=self._mount
            )["auth"]
        except self._missing:  # the same as of a secret that is not there
            raise PermissionError("AppRole is not mounted there") from None
        return Token(
            self._connect(auth["client_token"]),
            auth["lease_duration"] or inf,
            is_renewable=auth["renewable"],
        )
