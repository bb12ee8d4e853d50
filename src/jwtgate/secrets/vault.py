"""Secrets in HashiCorp Vault, or in OpenBao, by hvac: ``pip install 'jwtgate[vault]'``.

Source: https://developer.hashicorp.com/vault/api-docs/secret/kv.
"""

import time
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any, final

from jwtgate.errors import ConfigurationError
from jwtgate.secrets.drivers import (
    Given,
    driver,
    given,
    is_address,
    problems_of_timeout,
)
from jwtgate.secrets.managers import Leased
from jwtgate.secrets.perprocess import PerProcess
from jwtgate.secrets.vaultlogin import ByAppRole, ByToken
from jwtgate.secrets.vaultsession import Login, VaultSession

__all__ = ["Vault"]


@final
class Vault:
    """A mount of Vault's key/value engine.

    A path is that of a secret below ``prefix``, a member one of its keys:
    ``$secret://vault/main/jack/jwt-secret``.

    A token that ends is renewed at half of its time, if that is allowed; where it was
    given by an AppRole, or by a function, a new one is taken as soon as it is refused.

    Args:
        url: Such as ``https://vault.example:8200``.
        mount: Where the engine is mounted.
        prefix: What every path begins with, below the mount.
        version: Of the engine: 2, or 1.
        token: A token, or a function that gives it.
        role_id: Of an AppRole, in place of a token.
        secret_id: Of the AppRole; or a function that gives it.
        approle: Where AppRole is mounted.
        namespace: Of Vault Enterprise, or OpenBao.
        ca_cert: The path of a file with certificates that sign Vault's; those of the
            system if left out.
        timeout: Seconds to wait for a connection, and for an answer.
        clock: Gives seconds that never go back.

    Raises:
        ConfigurationError: What cannot work; or hvac is not installed.
    """

    def __init__(  # noqa: PLR0913 - as many things as Vault has to be told
        self,
        url: str,
        *,
        mount: str = "secret",
        prefix: str = "",
        version: int = 2,
        token: Given | None = None,
        role_id: str | None = None,
        secret_id: Given | None = None,
        approle: str = "approle",
        namespace: str | None = None,
        ca_cert: str | None = None,
        timeout: float = 5.0,  # APISIX's
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        problems = [
            *_problems(url, mount, prefix, version),
            *_problems_of_login(token, role_id, secret_id),
            *_problems_of_file(ca_cert),
            *problems_of_timeout(timeout),
        ]
        if problems:
            raise ConfigurationError(*problems)
        self._hvac = driver("hvac", "vault")
        self._errors = self._hvac.exceptions
        self._url = url
        self._mount = mount.strip("/")
        self._prefix = prefix.strip("/")
        self._version = version
        self._namespace = namespace
        self._verify = True if ca_cert is None else ca_cert
        self._timeout = timeout
        errors = self._errors.VaultError
        self._refusals = (
            self._errors.Forbidden,
            self._errors.InvalidRequest,
            self._errors.Unauthorized,
        )
        missing = self._errors.InvalidPath
        login: Login
        if token is not None:
            refusals = (*self._refusals, missing)
            login = ByToken(self._connect, given(token), refusals)
        else:
            second = None if secret_id is None else given(secret_id)
            login = ByAppRole(self._connect, approle, str(role_id), second, missing)
        self._sessions = PerProcess(lambda: VaultSession(login, clock, errors))

    def fetch(self, path: str) -> Leased | dict[str, Any]:
        """Give a secret; see :class:`jwtgate.secrets.SecretManager`."""
        name = f"{self._prefix}/{path}" if self._prefix else path
        try:
            return self._read(name)
        except self._errors.InvalidPath:
            why: Exception = LookupError("no such secret")
        except self._refusals:
            why = PermissionError("the secret may not be read")
        except LookupError:
            # Of what gives the token, or an answer that lacks what Vault's have.
            why = self._errors.UnexpectedError("no answer of Vault's")
        raise why

    def close(self) -> None:
        """Close this process's connections."""
        session = self._sessions.made()
        if session is not None:
            session.close()

    def __repr__(self) -> str:
        """Show where the secrets are, and nothing that opens them."""
        return f"Vault({self._url!r}, mount={self._mount!r}, prefix={self._prefix!r})"

    def _read(self, name: str) -> Leased | dict[str, Any]:
        session = self._sessions.get()
        client = session.client()
        try:
            return self._ask(client, name)
        except self._errors.Forbidden:
            # The token may have ended, or been revoked.
            if not session.begin_again(client):
                raise
        return self._ask(session.client(), name)

    def _ask(self, client: Any, name: str) -> Leased | dict[str, Any]:
        if self._version == 2:
            found = client.secrets.kv.v2.read_secret_version(
                name, mount_point=self._mount, raise_on_deleted_version=True
            )
            return dict(found["data"]["data"])
        found = client.secrets.kv.v1.read_secret(name, mount_point=self._mount)
        return Leased(dict(found["data"]), found["lease_duration"] or inf)

    def _connect(self, token: str) -> Any:
        return self._hvac.Client(
            self._url,
            token=token,  # an empty one, or else hvac looks for one in files
            verify=self._verify,
            timeout=self._timeout,
            # Whoever answers in place of Vault could have the token sent elsewhere.
            allow_redirects=False,
            namespace=self._namespace,
        )


def _problems(url: object, mount: str, prefix: str, version: object) -> Iterator[str]:
    if not is_address(url):
        yield "url must be http:// or https:// and a host, and no password"
    if not _is_path(mount):
        yield "mount must be names between single slashes"
    if prefix and not _is_path(prefix):
        yield "prefix must be names between single slashes, or empty"
    if version not in (1, 2):
        yield "version must be 1 or 2"


def _problems_of_file(ca_cert: str | None) -> Iterator[str]:
    if ca_cert is not None and not Path(ca_cert).is_file():
        yield "ca_cert must be the path of a file"


def _is_path(value: str) -> bool:
    pieces = value.strip("/").split("/")
    return value.isprintable() and not {"", ".", ".."} & set(pieces)


def _problems_of_login(
    token: object, role_id: object, secret_id: object
) -> Iterator[str]:
    if (token is None) is (role_id is None):
        yield "either token or role_id must be given"
    if secret_id is not None and role_id is None:
        yield "secret_id must have a role_id beside it"
