import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate.doctor import diagnose_file
from tests.doctor.cases import SECRETS
from tests.kit import NOW, _rsa_key, public_pem

Told = Callable[..., dict[str, list[str]]]

NATIVE = """
version = 1
[policy]
audience = ["shop"]
maximum_expiration = 3600
[[consumers]]
username = "jack"
[[consumers.credentials]]
key = "jack-key"
retire_after = 2_000_000_000
secret = "%s"
"""
KONG = """
_format_version: "3.0"
consumers:
- username: jack
  jwt_secrets:
  - key: jack-key
    secret: %s
plugins:
- name: jwt
  config: {claims_to_verify: [exp], uri_param_names: [], maximum_expiration: 3600}
"""

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Write a file, and give the paths of findings by their code."""

    def of_text(
        text: str,
        name: str = "jwtgate.toml",
        mode: int = 0o600,
        environ: Mapping[str, str] | None = None,
    ) -> dict[str, list[str]]:
        file = tmp_path / name
        file.write_text(text)
        file.chmod(mode)
        paths: dict[str, list[str]] = {}
        for each in diagnose_file(file, environ=environ or {}, at=NOW):
            paths.setdefault(each.code, []).append(each.path)
        return paths

    return of_text


def reference(folder: Path, mode: int) -> str:
    """Write a file with a secret, and give the reference to it."""
    file = folder / "jack.secret"
    file.write_text(SECRETS[0])
    file.chmod(mode)
    return "$file://jack.secret"


def test_secret_in_the_file_is_found(told: Told) -> None:
    """It stands where everyone with the repository reads it."""
    path = "consumers[0].credentials[0].secret"
    assert told(NATIVE % SECRETS[0]) == {"JG111": [path]}


def test_reference_is_no_secret(told: Told) -> None:
    """A file without secrets that nobody else can write is sound."""
    assert told(NATIVE % "$env://JACK", environ={"JACK": SECRETS[0]}) == {}


def test_file_without_secrets_may_be_read(told: Told) -> None:
    """It is not for hiding."""
    told_ = told(NATIVE % "$env://JACK", mode=0o644, environ={"JACK": SECRETS[0]})
    assert told_ == {}


@posix
def test_file_with_secrets_may_not_be_read(told: Told) -> None:
    """Every program of the machine could sign."""
    assert told(NATIVE % SECRETS[0], mode=0o644)["JG112"] == ["the file"]


@posix
def test_file_may_not_be_written(told: Told) -> None:
    """Whoever writes it is whoever he likes."""
    found = told(NATIVE % "$env://J", mode=0o602, environ={"J": SECRETS[0]})
    assert found == {"JG113": ["the file"]}


@posix
def test_file_of_a_reference_may_not_be_read(told: Told, tmp_path: Path) -> None:
    """It holds the secret that the other one does not."""
    path = "consumers[0].credentials[0].secret"
    assert told(NATIVE % reference(tmp_path, 0o644)) == {"JG112": [path]}


@posix
def test_file_of_a_reference_may_not_be_written(told: Told, tmp_path: Path) -> None:
    """Nor can others put their own secret there."""
    path = "consumers[0].credentials[0].secret"
    assert told(NATIVE % reference(tmp_path, 0o602)) == {"JG113": [path]}


def test_file_of_a_reference_that_is_its_owner_s_is_sound(
    told: Told, tmp_path: Path
) -> None:
    """Nothing is said of it."""
    assert told(NATIVE % reference(tmp_path, 0o600)) == {}


def test_file_that_does_not_load_is_found(told: Told) -> None:
    """Each of its problems is a finding with its place, such as a short RSA key."""
    found = told(NATIVE.replace("audience", "audiences") % "$env://JACK")
    assert found == {
        "JG101": ["consumers[0].credentials[0].secret", "policy.audiences"]
    }


def test_file_that_is_not_there_is_found(tmp_path: Path) -> None:
    """It is no crash."""
    (one,) = diagnose_file(tmp_path / "none.toml")
    assert (one.code, one.what) == (
        "JG101",
        "cannot be read: No such file or directory",
    )


def test_problem_without_a_place_is_the_file_s(told: Told) -> None:
    """Such as that its variables cannot be."""
    assert told("{", "x.txt")["JG101"] != []


def test_entry_that_is_not_what_it_seems_is_found(told: Told) -> None:
    """A secret that is left out is another one in each process."""
    found = told(KONG.replace("    secret: %s\n", ""), "kong.yml")
    assert found["JG102"] == ["consumers[0].jwt_secrets[0].secret"]


def test_weak_secret_of_a_gateway_is_told_once(told: Told) -> None:
    """By the doctor, and not by the file's reader besides."""
    found = told(KONG % "abcdefgh12", "kong.yml")
    assert found["JG302"] == ["consumers[0].jwt_secrets[0].secret"]
    assert "JG102" not in found


def test_part_that_is_dropped_is_found(told: Told) -> None:
    """What a gateway did and nothing does now."""
    text = KONG % SECRETS[0] + "- name: cors\n"
    assert told(text, "kong.yml")["JG103"] == ["plugins[1]"]


def test_variable_of_deck_is_no_secret(told: Told) -> None:
    """Its value is not in the file."""
    text = KONG % """'${{ env "DECK_JACK" }}'"""
    found = told(text, "kong.yml", environ={"DECK_JACK": SECRETS[0]})
    assert "JG111" not in found


@pytest.mark.parametrize(
    ("url", "codes"),
    [("redis://:hunter2@host", {"JG111"}), ("redis://host", set())],
)
def test_password_in_the_url_of_a_storage_is_found(
    url: str, codes: set[str], told: Told
) -> None:
    """It opens the counters of every quota."""
    text = NATIVE % "$env://J" + f'[quotas]\nstorage = "{url}"\n'
    assert set(told(text, environ={"J": SECRETS[0]})) == codes


@posix
def test_public_key_of_a_reference_may_be_read(told: Told, tmp_path: Path) -> None:
    """It is public."""
    file = tmp_path / "jack.pem"
    file.write_text(public_pem("ES256"))
    file.chmod(0o644)
    text = NATIVE.replace("secret =", 'algorithm = "ES256"\npublic_key =')
    assert told(text % "$file://jack.pem") == {}


def test_modes_say_nothing_on_windows(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a file has a list of who may."""
    monkeypatch.setattr("jwtgate.doctor.filechecks._HAS_MODES", False)
    assert "JG112" not in told(NATIVE % SECRETS[0], mode=0o666)


def test_rsa_key_of_1024_bits_is_found(told: Told, tmp_path: Path) -> None:
    """It does not load, and the finding says why."""
    pem = (
        _rsa_key(1024)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "weak.pem").write_bytes(pem)
    text = NATIVE.replace("secret =", 'algorithm = "RS256"\npublic_key =')
    assert "JG101" in told(text % "$file://weak.pem")
