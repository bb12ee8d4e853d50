"""Secrets in AWS Secrets Manager, by boto3: ``pip install 'jwtgate[aws]'``.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/, GetSecretValue.
"""

from typing import Any, final

from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.secrets.drivers import driver, is_address, problems_of_timeout
from jwtgate.secrets.perprocess import PerProcess

__all__ = ["AWS"]

_GONE = ("ResourceNotFoundException", "InvalidRequestException")
_CLOSED = (
    *("AccessDeniedException", "DecryptionFailure", "InvalidParameterException"),
    "ValidationException",
)


@final
class AWS:
    """The secrets of an account and a region, each as its current version has it.

    A path is a secret's name or ARN. A secret that is a text is given as a whole:
    ``$secret://aws/main/jack``; one that is a JSON object by its members, too:
    ``$secret://aws/main/jack/jwt-secret``. A name with slashes is written with ``%2F``.

    Args:
        region: Such as ``eu-central-1``; left out, as boto3 finds it.
        endpoint_url: Of what is not Amazon's own.
        access_key_id: Of the credentials; left out, as boto3 finds them: variables,
            files, the role of the machine.
        secret_access_key: The same.
        session_token: Of credentials that end.
        timeout: Seconds to wait for a connection, and for an answer.

    Raises:
        ConfigurationError: What cannot work; or boto3 is not installed.
    """

    def __init__(
        self,
        region: str | None = None,
        *,
        endpoint_url: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
        timeout: float = 5.0,
    ) -> None:
        problems = [*problems_of_timeout(timeout)]
        if endpoint_url is not None and not is_address(endpoint_url):
            problems.append(
                "endpoint_url must be http:// or https:// and a host, and no password"
            )
        if (access_key_id is None) is not (secret_access_key is None):
            problems.append(
                "both of access_key_id and secret_access_key must be given, or none"
            )
        if problems:
            raise ConfigurationError(*problems)
        self._boto3 = driver("boto3", "aws")
        self._config = driver("botocore.config", "aws").Config(
            connect_timeout=timeout,
            read_timeout=timeout,
            # Who asks waits; it is tried again soon enough.
            retries={"total_max_attempts": 1},
        )
        self._errors = driver("botocore.exceptions", "aws")
        self._region = region
        self._endpoint_url = endpoint_url
        self._access_key_id = access_key_id
        self._secret_access_key = _masked(secret_access_key)
        self._session_token = _masked(session_token)
        self._clients = PerProcess(self._connect)
        if self._session().region_name is None:
            raise ConfigurationError("region must be given, as nothing here names one")

    def fetch(self, path: str) -> str:
        """Give a secret; see :class:`jwtgate.secrets.SecretManager`."""
        try:
            found = self._clients.get().get_secret_value(
                SecretId=path, VersionStage="AWSCURRENT"
            )
        except self._errors.ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in (*_GONE, *_CLOSED):
                raise
        else:
            if "SecretString" in found:
                return str(found["SecretString"])
            code = "it has octets"
        if code in _CLOSED:
            raise PermissionError("the secret may not be read")
        raise LookupError("no such secret that is a text")

    def close(self) -> None:
        """Close this process's connections."""
        client = self._clients.made()
        if client is not None:
            client.close()

    def __repr__(self) -> str:
        """Show where the secrets are, and nothing that opens them."""
        return f"AWS({self._region!r}, endpoint_url={self._endpoint_url!r})"

    def _session(self) -> Any:
        return self._boto3.session.Session(
            aws_access_key_id=self._access_key_id,
            aws_secret_access_key=_revealed(self._secret_access_key),
            aws_session_token=_revealed(self._session_token),
            region_name=self._region,
        )

    def _connect(self) -> Any:
        return self._session().client(
            "secretsmanager", endpoint_url=self._endpoint_url, config=self._config
        )


def _masked(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal().decode()
