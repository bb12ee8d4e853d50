"""Commands run in this process, in a folder of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jwtgate.stores.sql import SQLStore, create_all
from tests.cli.running import CLI
from tests.kit import KEY, SECRET, private_pem


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run each test in a folder of its own, with no store in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("JWTGATE_STORE", "JWTGATE_KEYRING", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[CLI]:
    """Run commands; in the end, no output may have a secret that anything knew."""
    ran = CLI(capsys, tmp_path)
    yield ran
    ran.collect()
    assert ran.leaks() == []


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the URL of an empty database, which the environment names as the store."""
    made = f"sqlite:///{tmp_path / 'store.db'}"
    create_all(made)
    monkeypatch.setenv("JWTGATE_STORE", made)
    return made


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    """Open the store that the environment names."""
    opened = SQLStore(url)
    yield opened
    opened.close()


@pytest.fixture
def jack(store: SQLStore) -> SQLStore:
    """Fill the store: jack, with the usual credential."""
    store.create_consumer(username="jack", custom_id="495aec6a", groups=["staff"])
    store.create_credential("jack", key=KEY, secret=SECRET)
    return store


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write a file with jack and the usual credential, its secret in another file."""
    (tmp_path / "jack.secret").write_text(SECRET)
    file = tmp_path / "gate.toml"
    file.write_text(
        "version = 1\npolicy.maximum_expiration = 600\n"
        '[[consumers]]\nusername = "jack"\ngroups = ["staff"]\ntags = ["new"]\n'
        f'credentials = [{{ key = "{KEY}", secret = "$file://jack.secret" }}]\n'
    )
    return file


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """Write the private key of ES256."""
    file = tmp_path / "es.private.pem"
    file.write_text(private_pem("ES256"))
    return file
