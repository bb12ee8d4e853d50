from pathlib import Path

import pytest

from jwtgate.doctor.files import ConfigFile, Member
from tests.doctor.cases import credential

NATIVE = """
version = 1
[[consumers]]
username = "jack"
[[consumers.credentials]]
key = "$env://JACK_KEY"
kid = "old"
[[consumers.credentials]]
key = "$env://JACK_KEY"
kid = "new"
[[consumers.credentials]]
key = "$secret://vault/main/jack/key"
"""
KONG = """
_format_version: "3.0"
jwt_secrets: [{key: key-0, consumer: jack}]
services:
- name: shop
  plugins: [{name: jwt, config: {realm: shop}}, {name: cors, config: {}}]
"""
APISIX = """
consumers:
- username: jack
  plugins: {jwt-auth: {key: key-0}}
routes:
- uri: /x
  plugins: {jwt-auth: {}}
#END
"""


def file_of(folder: Path, text: str, name: str) -> ConfigFile:
    """Write a file, and read it."""
    path = folder / name
    path.write_text(text)
    return ConfigFile.read(path, {"JACK_KEY": "key-0"})


@pytest.mark.parametrize(
    ("kid", "place"),
    [("new", 1), ("old", 0), ("other", 0)],
)
def test_credential_is_found_by_key_and_kid(
    kid: str, place: int, tmp_path: Path
) -> None:
    """Its key may be a reference; without its kid the first of the key will do."""
    file = file_of(tmp_path, NATIVE, "jwtgate.toml")
    found = file.place_of(credential(kid=kid))
    assert found == f"consumers[0].credentials[{place}]"


def test_credential_that_is_not_in_the_file_is_not_found(tmp_path: Path) -> None:
    """Nor is one whose key a manager holds: nobody is asked for it."""
    file = file_of(tmp_path, NATIVE, "jwtgate.toml")
    assert file.place_of(credential(1)) is None


def test_credential_of_kong_is_found(tmp_path: Path) -> None:
    """At the top, too."""
    file = file_of(tmp_path, KONG, "kong.yml")
    assert file.place_of(credential()) == "jwt_secrets[0]"


def test_credential_of_apisix_is_found(tmp_path: Path) -> None:
    """There it is a plugin of a consumer."""
    file = file_of(tmp_path, APISIX, "apisix.yaml")
    assert file.place_of(credential()) == "consumers[0].plugins.jwt-auth"


@pytest.mark.parametrize(
    ("text", "name", "places"),
    [
        (KONG, "kong.yml", ["services[0].plugins[0].config"]),
        (APISIX, "apisix.yaml", ["routes[0].plugins.jwt-auth"]),
    ],
    ids=["kong", "apisix"],
)
def test_policies_of_a_gateway_are_found(
    text: str, name: str, places: list[str], tmp_path: Path
) -> None:
    """They are the configurations of its plugin."""
    assert file_of(tmp_path, text, name).places_of_policies == places


def test_file_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    """What is wrong with it is for others to say."""
    assert list(file_of(tmp_path, "{", "x.json").members()) == []


def test_member_of_a_list_has_the_list_s_name() -> None:
    """A text in ``query_names`` is one of query_names."""
    assert Member(("policy", "query_names", 0), "jwt").name == "query_names"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    """What the file holds is not in the repr."""
    assert "vault" not in repr(file_of(tmp_path, NATIVE, "jwtgate.toml"))
