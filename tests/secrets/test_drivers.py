import pytest

from jwtgate import ConfigurationError
from jwtgate.secrets.drivers import driver, given, is_address, problems_of_timeout


def test_a_driver_is_imported() -> None:
    """By its name."""
    assert driver("json", "vault").loads("5") == 5


def test_a_driver_that_is_not_installed() -> None:
    """It is told how to install it."""
    with pytest.raises(ConfigurationError) as caught:
        driver("jwtgate_no_such_driver", "vault")
    assert str(caught.value) == (
        "jwtgate_no_such_driver is not installed; pip install 'jwtgate[vault]'"
    )


def test_what_is_given_may_be_asked_for_each_time() -> None:
    """Or is a text, which is kept masked."""
    texts = iter(["one", "two"])
    ask = given(lambda: next(texts))
    assert [ask(), ask()] == ["one", "two"]
    assert given("hunter2")() == "hunter2"
    assert "hunter2" not in repr(given("hunter2").__closure__)


@pytest.mark.parametrize(
    "value",
    ["http://localhost:8200", "https://vault.example", "https://[::1]:1/a/b"],
)
def test_an_address(value: str) -> None:
    """With or without a port, and a path."""
    assert is_address(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "localhost:8200",
        "ftp://localhost",
        "http://",
        "http://:8200",
        "http://user:hunter2@localhost",
        "http://hunter2@localhost",
        "http://localhost:port",
        "http://localhost:99999",
        "http://[::1",
        "http://localhost/?token=hunter2",
        "http://localhost/#a",
        "http://localhost\r\nX: y",
        "http://\u00e9.example",
        5,
        None,
    ],
)
def test_what_is_no_address(value: object) -> None:
    """Another scheme, no host, or something secret in it."""
    assert not is_address(value)


@pytest.mark.parametrize("value", [0.1, 5, 60])
def test_seconds_to_wait(value: object) -> None:
    """A minute at most."""
    assert list(problems_of_timeout(value)) == []


@pytest.mark.parametrize("value", [0, -1, 61, float("nan"), None, "5", True])
def test_what_nobody_waits(value: object) -> None:
    """For ever, for one."""
    assert list(problems_of_timeout(value)) == [
        "timeout must be seconds, more than 0 and 60 at most"
    ]
