from pathlib import Path
from typing import Any

import pytest

from jwtgate import Policy, Route, load
from jwtgate.doctor.files import ConfigFile
from jwtgate.doctor.subject import Subject
from tests.doctor.cases import credential, policy, settings
from tests.kit import NOW

KONG = """
_format_version: "3.0"
consumers:
- username: jack
  jwt_secrets: [{secret: abcdefghijklmnopqrstuvwxyz0123456}]
services:
- url: http://x
  plugins: [{name: jwt}]
  routes:
  - {name: a, paths: [/a]}
  - {name: b, paths: [/b], plugins: [{name: jwt, config: {realm: b}}]}
"""


def of_file(folder: Path, text: str, name: str) -> Subject:
    """Load a file, and give what is to be examined."""
    path = folder / name
    path.write_text(text)
    gate = load(path, environ={})
    return Subject.of(gate.settings, ConfigFile.read(path, {}), NOW)


def test_policy_that_several_routes_have_is_one() -> None:
    """It is looked at once."""
    admin = policy(realm="admin")
    routes = [Route(path="/a", policy=admin), Route(path="/b", policy=admin)]
    found = Subject.of(settings(routes=routes), None, NOW).policies
    assert [path for path, _ in found] == [
        "settings.policy",
        "settings.routes[0].policy",
    ]


def test_policy_of_a_public_route_is_not_one() -> None:
    """Nobody is asked for a token there."""
    routes = [Route(path="/a", public=True, policy=Policy(realm="a"))]
    assert len(Subject.of(settings(routes=routes), None, NOW).policies) == 1


def test_credential_that_two_stores_have_is_one() -> None:
    """A file's store may be read in two ways."""
    chosen = settings(routes=[Route(path="/a", store=settings().store)])
    assert len(Subject.of(chosen, None, NOW).credentials) == 1


def test_policies_of_a_gateway_s_file_are_told_by_their_routes(tmp_path: Path) -> None:
    """There is no one place where several come from."""
    found = of_file(tmp_path, KONG, "kong.yml").policies
    assert [path for path, _ in found] == ["the policy of /a", "the policy of /b"]


def test_route_of_a_gateway_s_file_is_told_by_its_path(tmp_path: Path) -> None:
    """Its file writes routes in another way."""
    found = of_file(tmp_path, KONG, "kong.yml").routes
    assert [path for path, _ in found] == ["the route /a", "the route /b"]


def test_credential_whose_key_was_made_is_told_by_its_owner(tmp_path: Path) -> None:
    """It has no place in the file."""
    (one,) = of_file(tmp_path, KONG, "kong.yml").credentials
    assert one.path.endswith(" of jack")


def test_native_file_has_its_own_paths(tmp_path: Path) -> None:
    """As its errors have them."""
    text = 'version = 1\n[[routes]]\npath = "/a"\n[routes.policy]\nmode = "report"\n'
    subject = of_file(tmp_path, text, "jwtgate.toml")
    paths = [path for path, _ in (*subject.policies, *subject.routes)]
    assert paths == ["policy", "routes[0].policy", "routes[0]"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("query_names", "plugins[0].config.uri_param_names"),
        ("audience", "plugins[0].config"),
    ],
)
def test_member_of_a_gateway_s_policy(name: str, path: str, tmp_path: Path) -> None:
    """It has the gateway's name, or none."""
    text = '_format_version: "3.0"\nplugins: [{name: jwt}]\n'
    subject = of_file(tmp_path, text, "kong.yml")
    assert subject.member("plugins[0].config", name) == path


def test_member_of_a_policy_that_is_told_by_its_route(tmp_path: Path) -> None:
    """It is that policy: in the file it may stand anywhere."""
    found = of_file(tmp_path, KONG, "kong.yml")
    assert found.member("the policy of /a", "query_names") == "the policy of /a"


def test_public_key_of_kong_has_its_name_there(tmp_path: Path) -> None:
    """As its file writes it."""
    (one,) = of_file(tmp_path, KONG, "kong.yml").credentials
    assert one.member("public_key") == f"{one.path}.rsa_public_key"
    assert one.member("secret") == f"{one.path}.secret"


def test_policy_of_a_gateway_s_file_without_routes(tmp_path: Path) -> None:
    """The one plugin that it has is the place."""
    text = '_format_version: "3.0"\nplugins: [{name: jwt}]\n'
    found = of_file(tmp_path, text, "kong.yml").policies
    assert [path for path, _ in found] == ["plugins[0].config"]


@pytest.mark.parametrize("member", [{"enabled": False}, {"retire_after": NOW}])
def test_credential_is_not_live(member: dict[str, Any]) -> None:
    """Disabled, or retired."""
    assert Subject.of(settings(credential(**member)), None, NOW).live == []
