"""Secrets in Google Cloud Secret Manager: ``pip install 'jwtgate[gcp]'``.

Source: https://cloud.google.com/secret-manager/docs/reference/rest, the method
``projects.secrets.versions.access``.
"""

import re
from collections.abc import Mapping
from typing import Any, final

from jwtgate.errors import ConfigurationError
from jwtgate.secrets.drivers import driver, is_address, problems_of_timeout
from jwtgate.secrets.perprocess import PerProcess

__all__ = ["GCP"]

_PROJECT = re.compile(r"[a-z0-9][a-z0-9.:-]{0,99}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,255}")
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


@final
class GCP:
    """The secrets of a project, each in its latest version.

    A path is a secret's name. A secret is given as a whole:
    ``$secret://gcp/main/jack``; one that is a JSON object by its members, too:
    ``$secret://gcp/main/jack/jwt-secret``.

    Args:
        project: The project's id or number.
        credentials_file: The path of a service account's key.
        credentials: The same key, as a mapping; with neither, Google's library finds
            credentials: a variable, a file of ``gcloud``, the role of the machine.
        endpoint: Of what is not Google's own.
        timeout: Seconds to wait for an answer.

    Raises:
        ConfigurationError: What cannot work; or the library is not installed.
    """

    def __init__(
        self,
        project: str,
        *,
        credentials_file: str | None = None,
        credentials: Mapping[str, Any] | None = None,
        endpoint: str | None = None,
        timeout: float = 5.0,
    ) -> None:
        problems = [*problems_of_timeout(timeout)]
        if not _PROJECT.fullmatch(project):
            problems.append("project must be the id or the number of a project")
        if endpoint is not None and not is_address(endpoint):
            problems.append(
                "endpoint must be http:// or https:// and a host, and no password"
            )
        if credentials_file is not None and credentials is not None:
            problems.append("only one of credentials_file and credentials may be given")
        if problems:
            raise ConfigurationError(*problems)
        self._api = driver("google.cloud.secretmanager_v1", "gcp")
        self._errors = driver("google.api_core.exceptions", "gcp")
        self._project = project
        self._endpoint = endpoint
        self._timeout = timeout
        self._credentials = _credentials(credentials_file, credentials)
        self._clients = PerProcess(self._connect)

    def fetch(self, path: str) -> str:
        """Give a secret; see :class:`jwtgate.secrets.SecretManager`."""
        if not _SECRET.fullmatch(path):
            raise LookupError("no secret can have this name")
        name = f"projects/{self._project}/secrets/{path}/versions/latest"
        errors = self._errors
        try:
            found = self._clients.get().access_secret_version(
                name=name, retry=None, timeout=self._timeout
            )
            return str(found.payload.data, "utf-8")
        # By REST a version that is disabled or destroyed is a bad request.
        except (errors.NotFound, errors.BadRequest, UnicodeDecodeError):
            why: Exception = LookupError("no such secret that is a text")
        except (errors.Forbidden, errors.Unauthorized):
            why = PermissionError("the secret may not be read")
        raise why

    def close(self) -> None:
        """Close this process's connections."""
        client = self._clients.made()
        if client is not None:
            client.transport.close()

    def __repr__(self) -> str:
        """Show where the secrets are, and nothing that opens them."""
        return f"GCP({self._project!r}, endpoint={self._endpoint!r})"

    def _connect(self) -> Any:
        options = {} if self._endpoint is None else {"api_endpoint": self._endpoint}
        return self._api.SecretManagerServiceClient(
            credentials=self._credentials, transport="rest", client_options=options
        )


def _credentials(file: str | None, key: Mapping[str, Any] | None) -> Any:
    if file is None and key is None:
        return None
    make = driver("google.oauth2.service_account", "gcp").Credentials
    try:
        if file is not None:
            return make.from_service_account_file(file, scopes=_SCOPES)
        return make.from_service_account_info(dict(key or {}), scopes=_SCOPES)
    # Whatever it says may have some of the key in it.
    except Exception as error:  # noqa: BLE001
        kind = type(error).__name__
    raise ConfigurationError(
        f"{'credentials' if file is None else 'credentials_file'} must have the key of "
        f"a service account, as JSON ({kind})"
    )
