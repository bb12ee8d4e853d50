import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber  # type: ignore[import-untyped]

from jwtgate import ConfigurationError
from jwtgate.secrets import Secrets
from jwtgate.secrets.aws import AWS
from tests.counting.redisserver import free_port, wait_until
from tests.kit import program

GIVEN: dict[str, Any] = {"access_key_id": "AKIA", "secret_access_key": "hunter2"}


@pytest.fixture(scope="module", name="url")
def _url() -> Iterator[str]:
    """Run moto's server with one secret of each kind."""
    beside = Path(sys.executable).with_name("moto_server")
    server = str(beside) if beside.exists() else program("moto_server")
    port = free_port()
    quiet = subprocess.DEVNULL
    command = [server, "-p", str(port)]
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:  # noqa: S603
        try:
            wait_until(lambda: _is_up(port))
            url = f"http://127.0.0.1:{port}"
            _fill(url)
            yield url
        finally:
            process.terminate()


def _is_up(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port)
    with suppress(OSError):
        connection.request("GET", "/moto-api/data.json")
        return connection.getresponse().status == 200
    connection.close()
    return False


def _fill(url: str) -> None:
    aws = AWS("us-east-1", endpoint_url=url, **GIVEN)
    client = aws._clients.get()  # noqa: SLF001 - who writes is no part of it
    client.create_secret(Name="text", SecretString="plain")
    client.create_secret(Name="prod/jack", SecretString='{"key": "one"}')
    client.create_secret(Name="octets", SecretBinary=b"\xff")
    client.create_secret(Name="deleted", SecretString="x")
    client.delete_secret(SecretId="deleted")
    aws.close()


@pytest.fixture(name="aws")
def _aws(url: str) -> Iterator[AWS]:
    """Make a manager of it."""
    made = AWS("us-east-1", endpoint_url=url, **GIVEN)
    yield made
    made.close()


def test_a_secret_is_given_as_it_is(aws: AWS) -> None:
    """Its current version, which another one follows."""
    assert aws.fetch("text") == "plain"
    client = aws._clients.get()  # noqa: SLF001 - who writes is no part of it
    client.put_secret_value(SecretId="text", SecretString="changed")
    assert aws.fetch("text") == "changed"
    client.put_secret_value(SecretId="text", SecretString="plain")


def test_a_member_of_a_secret(aws: AWS) -> None:
    """Whose name has a slash."""
    secrets = Secrets({"aws/main": aws})
    text = "$secret://aws/main/prod%2Fjack/key"
    assert secrets.resolve(text, follow=False) == "one"
    whole = secrets.resolve("$secret://aws/main/prod%2Fjack", follow=False)
    assert whole == '{"key": "one"}'


@pytest.mark.parametrize("path", ["absent", "deleted", "octets", "a b", "jack"])
def test_a_secret_that_is_not_there(path: str, aws: AWS) -> None:
    """None, one that is deleted, one that is no text."""
    with pytest.raises(LookupError) as caught:
        aws.fetch(path)
    assert caught.value.__context__ is None


@contextmanager
def refusing(aws: AWS, code: str) -> Iterator[None]:
    """Have the driver itself answer with an error: moto has no policies."""
    with Stubber(aws._clients.get()) as stub:  # noqa: SLF001 - boto3's own
        stub.add_client_error("get_secret_value", code, "hunter2")
        yield


def test_a_secret_that_may_not_be_read(aws: AWS) -> None:
    """That is no outage."""
    with (
        refusing(aws, "AccessDeniedException"),
        pytest.raises(PermissionError) as caught,
    ):
        aws.fetch("text")
    assert caught.value.__context__ is None


def test_a_service_that_fails(aws: AWS) -> None:
    """That is an outage."""
    with (
        refusing(aws, "InternalServiceError"),
        pytest.raises(Exception, match="InternalServiceError") as caught,
    ):
        aws.fetch("text")
    assert not isinstance(caught.value, LookupError | PermissionError)


def test_a_server_that_says_nothing(silent: str) -> None:
    """It is waited for as long as was said, once."""
    aws = AWS("us-east-1", endpoint_url=silent, timeout=0.05, **GIVEN)
    with pytest.raises(Exception, match="timeout"):
        aws.fetch("text")
    aws.close()


def test_a_region_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts if none is given; there has to be one."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    AWS().close()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/no/such/file")
    with pytest.raises(ConfigurationError, match="region must be given"):
        AWS()


REFUSED = {
    "endpoint": ({"endpoint_url": "http://me:hunter2@localhost"}, "endpoint_url"),
    "no secret": ({"access_key_id": "a"}, "both of access_key_id and"),
    "no id": ({"secret_access_key": "hunter2"}, "both of access_key_id and"),
    "timeout": ({"timeout": 61}, "timeout"),
}


@pytest.mark.parametrize(("more", "name"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(more: dict[str, Any], name: str) -> None:
    """When it is made, and without what is secret."""
    with pytest.raises(ConfigurationError) as caught:
        AWS("us-east-1", **more)
    (problem,) = caught.value.problems
    assert problem.startswith(name)
    assert "hunter2" not in problem


def test_it_shows_no_key() -> None:
    """It may be logged."""
    aws = AWS("us-east-1", session_token="hunter2", **GIVEN)
    assert repr(aws) == "AWS('us-east-1', endpoint_url=None)"
    assert "hunter2" not in repr(vars(aws))


def test_without_boto3_it_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When it is made."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'jwtgate\[aws\]'"):
        AWS("us-east-1")
