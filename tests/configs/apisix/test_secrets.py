import json
from pathlib import Path
from typing import Any

import pytest

from jwtgate.configs.apisix.secrets import open_managers
from jwtgate.configs.context import Context
from jwtgate.configs.managers import Entry
from jwtgate.secrets import References
from tests.configs.apisix.files import notes_in, problems_in
from tests.kit import private_pem

VAULT = {
    "id": "vault/jwt",
    "uri": "http://127.0.0.1:1",
    "prefix": "kv/apisix",
    "token": "$ENV://TOKEN",
}
AWS = {"id": "aws/1", "access_key_id": "a", "secret_access_key": "$env://KEYS/aws"}
KEY = {
    "client_email": "gate@shop.example",
    "private_key": private_pem("RS256"),
    "project_id": "shop",
}
GCP = {"id": "gcp/1", "auth_config": KEY}
ENVIRON = {"TOKEN": "hunter2", "KEYS": '{"aws": "hunter2"}'}


def opened(*secrets: Any, folder: Path = Path(), strict: bool = False) -> Context:
    """Open the managers of a file with this list."""
    context = Context(references=References(folder, ENVIRON), strict=strict)
    open_managers({"secrets": list(secrets)}, context)
    return context


def entry(*secrets: Any, folder: Path = Path()) -> Entry:
    """Give the one manager of a file with this list."""
    context = opened(*secrets, folder=folder)
    assert notes_in(context) == []
    ((found, _),) = context.managers.opened.values()
    return found


def test_a_vault_is_one_of_version_1() -> None:
    """Its prefix begins with where the engine is mounted; its token is asked for."""
    found = entry(VAULT)
    assert found.name == "vault/jwt"
    assert found.arguments == {
        "url": "http://127.0.0.1:1",
        "mount": "kv",
        "prefix": "apisix",
        "version": 1,
    }
    assert found.asked_for == {"token": "$env://TOKEN"}


def test_a_vault_may_have_a_namespace_and_another_version() -> None:
    """The version is jwtgate's: APISIX knows the first alone."""
    found = entry({**VAULT, "prefix": "/kv/", "namespace": "team", "kv_version": 2.0})
    assert found.arguments == {
        "url": "http://127.0.0.1:1",
        "mount": "kv",
        "prefix": "",
        "version": 2,
        "namespace": "team",
    }


def test_amazon_has_a_region_if_none_is_named() -> None:
    """APISIX's default."""
    assert entry(AWS).arguments == {
        "access_key_id": "a",
        "secret_access_key": "hunter2",
        "region": "us-east-1",
    }
    more = {"region": "eu-central-1", "endpoint_url": "http://127.0.0.1:1"}
    assert entry({**AWS, **more, "session_token": "t"}).arguments == {
        "access_key_id": "a",
        "secret_access_key": "hunter2",
        "session_token": "t",
        **more,
    }


def test_googles_key_may_stand_in_the_file() -> None:
    """With addresses that need not be Google's."""
    uris = {"token_uri": "http://t.example", "entries_uri": "http://127.0.0.1:1/v1"}
    found = entry({**GCP, "auth_config": {**KEY, **uris, "scope": ["a"]}})
    credentials: Any = found.arguments["credentials"]
    assert credentials["token_uri"] == "http://t.example"
    assert found.arguments["endpoint"] == "http://127.0.0.1:1"
    assert entry(GCP).arguments["endpoint"] == "https://secretmanager.googleapis.com"


def test_googles_key_may_stand_in_another_file(tmp_path: Path) -> None:
    """Beside this one."""
    (tmp_path / "key.json").write_text(json.dumps(KEY))
    found = entry({"id": "gcp/1", "auth_file": "key.json"}, folder=tmp_path)
    assert found.arguments["project"] == "shop"


def test_certificates_are_verified_all_the_same() -> None:
    """Else anyone between could give the secrets."""
    assert notes_in(opened({**GCP, "ssl_verify": False})) == [
        "dropped: secrets[0].ssl_verify: certificates are always verified here"
    ]
    assert notes_in(opened({**GCP, "ssl_verify": True})) == []


INVALID: dict[str, tuple[Any, str]] = {
    "no table": (5, "invalid item data, it should be an object"),
    "no id": ({**VAULT, "id": None}, "expected an id of the form vault/ID"),
    "no entry": ({**VAULT, "id": "vault"}, "expected an id of the form vault/ID"),
    "kind": ({**VAULT, "id": "azure/1"}, "expected an id of the form vault/ID"),
    "no uri": ({"id": "vault/1"}, 'property "uri" is required'),
    "no token": ({**VAULT, "token": 5}, 'property "token" validation failed'),
    "no scheme": ({**VAULT, "uri": "127.0.0.1:8200"}, "url must be http:// or"),
    "version": ({**VAULT, "kv_version": 3}, 'property "kv_version" validation failed'),
    "unset": ({**VAULT, "token": "$env://NO"}, "$env://NO is not set"),
    "managed": ({**VAULT, "token": "$secret://vault/jwt/a/b"}, "is a reference to a"),
    "no keys": ({"id": "aws/1"}, 'property "access_key_id" is required'),
    "no auth": ({"id": "gcp/1"}, "expected auth_config or auth_file"),
    "both": ({**GCP, "auth_file": "a"}, "expected auth_config or auth_file"),
    "no file": ({"id": "gcp/1", "auth_file": "/no"}, "auth_file must be a file with"),
    "no json": ({"id": "gcp/1", "auth_file": __file__}, "auth_file must be a file"),
    "no email": (
        {**GCP, "auth_config": {"a": ["b"]}},
        'property "client_email" is required',
    ),
    "no key": (
        {**GCP, "auth_config": {**KEY, "private_key": "hunter2"}},
        "credentials must have the key",
    ),
    "entries": (
        {**GCP, "auth_config": {**KEY, "entries_uri": "http://127.0.0.1:1/v2"}},
        "entries_uri must end with /v1",
    ),
}


@pytest.mark.parametrize(("secret", "why"), INVALID.values(), ids=INVALID)
def test_an_invalid_entry_is_left_out(secret: Any, why: str) -> None:
    """As APISIX does; its schema, or what was expected, is told."""
    context = opened(secret)
    assert context.references.managers == {}
    (note,) = notes_in(context)
    assert note.startswith(f"skipped: secrets[0]: {why}")
    assert "hunter2" not in note


def test_strictly_it_is_a_problem() -> None:
    """Where the file shall work as a whole."""
    (problem,) = problems_in(opened({"id": "aws/1"}, strict=True))
    assert problem.startswith("secrets[0]: ")


def test_of_two_with_one_id_the_later_counts() -> None:
    """The other is told."""
    context = opened(VAULT, {**VAULT, "prefix": "other"})
    assert notes_in(context) == [
        "skipped: secrets[0]: its id comes again; the later counts"
    ]
    ((found, _),) = context.managers.opened.values()
    assert found.arguments["mount"] == "other"
