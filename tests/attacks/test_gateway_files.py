"""Files of gateways that are to open a door, and requests that are to find one."""

import json
import logging
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jwtgate import ConfigurationError, Denied, Gate, load
from tests.attacks.harness import Via, attacks, both
from tests.configs.files import told, write
from tests.kit import KEY, SECRET, Sent, clock, mint, via_asgi

PASSWORD = "the-password-of-the-redis"
TERMINATION = {"name": "request-termination"}
JACK = {"username": "jack", "jwt_secrets": [{"key": KEY, "secret": SECRET}]}
CALLER = {"username": "jack", "plugins": {"jwt-auth": {"key": KEY, "secret": SECRET}}}
OPEN = {"uri": "/*"}
GUARDED = {"uri": "/guarded", "plugins": {"jwt-auth": {}}}
TOKEN = mint()
APISIX_TOKEN = mint(iss=None, key=KEY)

# Of a path that a file guards, beside an open root; without a token none may pass.
SPELLINGS = {
    "as it is": "/admin",
    "below": "/admin/users",
    "capitals": "/ADMIN/users",
    "one capital": "/aDmin",
    "a final slash": "/admin/",
    "a parameter": "/admin;v=1/users",
    "a parameter alone": "/admin;",
    "doubled slashes": "//admin/users",
    "a doubled slash behind": "/admin//users",
    "a dot segment": "/./admin/users",
    "two dots": "/x/../admin/users",
    "two dots with a parameter": "/x/..;/admin/users",
    "a backslash": "/\\admin/users",
    "a backslash for a slash": "\\admin\\users",
    "an escape that is left": "/%61dmin/users",
    "an escaped slash": "/%2fadmin/users",
    "a NUL": "/admin\0/users",
    "a line end": "/admin\n",
    "a dotless i": "/adm\u0131n/users",
    "a dotted capital": "/adm\u0130n/users",
    "no UTF-8": "/\ufffdadmin/users",
    "no slash": "admin/users",
}
spellings = attacks("path", SPELLINGS)


def kong(folder: Path, **members: object) -> Gate:
    """Load a file of Kong's."""
    tree = {"_format_version": "3.0", **members}
    return load(write(folder, tree, "kong.json"), environ={}, clock=clock)


def guarded_by_kong(folder: Path, *plugins: Mapping[str, object]) -> Gate:
    """Load a file of Kong's that guards everything, with further plugins."""
    return kong(folder, consumers=[JACK], plugins=[{"name": "jwt"}, *plugins])


def apisix(folder: Path, *routes: Mapping[str, object], **members: object) -> Gate:
    """Load a file of APISIX's, with one consumer."""
    tree = {"consumers": [CALLER], "routes": list(routes), **members}
    return load(write(folder, tree, "apisix.json"), environ={}, clock=clock)


def spelled(via: Via, path: str) -> str:
    """Give a path as a server of this kind tells it (PEP 3333: octets as latin-1)."""
    return path if via is via_asgi else path.encode().decode("latin-1")


def is_let_in(via: Via, gate: Gate, *sent: Sent) -> bool:
    """Whether any of the requests reaches the app; the answer is never a 5xx."""
    got = [via(gate, each) for each in sent]
    assert all(each.status < 500 for each in got)
    return any(each.app_ran for each in got)


# Spellings of requests


@both
@spellings
@pytest.mark.parametrize("method", ["GET", "HEAD", "get", "POST", "BREW"])
def test_kong_path_spelling_beside_an_open_root(
    method: str, path: str, via: Via, tmp_path: Path
) -> None:
    """No spelling of a guarded path comes to the open route."""
    routes = [
        {"paths": ["/admin"], "plugins": [{"name": "jwt"}]},
        {"paths": ["/"]},
    ]
    gate = kong(tmp_path, consumers=[JACK], routes=routes)
    assert not is_let_in(via, gate, Sent(method=method, path=spelled(via, path)))


@both
@spellings
@pytest.mark.parametrize("priority", [-1, 0, 1])
def test_apisix_path_spelling_beside_an_open_root(
    priority: int, path: str, via: Via, tmp_path: Path
) -> None:
    """Nor where the open route has a higher priority."""
    guarded = {"uris": ["/admin", "/admin/*"], "plugins": {"jwt-auth": {}}}
    gate = apisix(tmp_path, guarded, {**OPEN, "priority": priority})
    assert not is_let_in(via, gate, Sent(path=spelled(via, path)))


@both
@pytest.mark.parametrize("path", ["/", "/adm", "/x/admin", "/open"])
def test_another_path_comes_to_the_open_root(
    path: str, via: Via, tmp_path: Path
) -> None:
    """The door that no spelling finds is there."""
    routes = [{"paths": ["/admin"], "plugins": [{"name": "jwt"}]}, {"paths": ["/"]}]
    assert is_let_in(
        via, kong(tmp_path, consumers=[JACK], routes=routes), Sent(path=path)
    )
    assert is_let_in(via, apisix(tmp_path, GUARDED, OPEN), Sent(path=path))


HOSTS: dict[str, tuple[tuple[str, str], ...]] = {
    "none": (),
    "empty": (("Host", ""),),
    "capitals": (("Host", "ADMIN.example"),),
    "a final dot": (("Host", "admin.example."),),
    "a port": (("Host", "admin.example:8080"),),
    "a port that is empty": (("Host", "admin.example:"),),
    "a port that is none": (("Host", "admin.example:80@open.example"),),
    "a list": (("Host", "open.example, admin.example"),),
    "two lines": (("Host", "open.example"), ("Host", "admin.example")),
    "a user": (("Host", "open.example@admin.example"),),
    "a path": (("Host", "admin.example/open"),),
    "a NUL": (("Host", "admin.example\0.open"),),
    "a blank": (("Host", " admin.example"),),
    "an underscore for a line": (("Host", "admin.example"), ("HOST", "open.example")),
    "no ASCII": (("Host", "adm\xefn.example"),),
}


@both
@attacks("headers", HOSTS)
def test_kong_host_spelling_beside_a_route_for_any_host(
    headers: tuple[tuple[str, str], ...], via: Via, tmp_path: Path
) -> None:
    """What some app takes for the guarded host never comes to the open route."""
    routes = [
        {"paths": ["/"], "hosts": ["admin.example"], "plugins": [{"name": "jwt"}]},
        {"paths": ["/"]},
    ]
    gate = kong(tmp_path, consumers=[JACK], routes=routes)
    assert not is_let_in(via, gate, Sent(headers=headers))


@both
def test_another_host_comes_to_the_route_for_any_host(via: Via, tmp_path: Path) -> None:
    """The door that no spelling of the guarded host finds is there."""
    routes = [
        {"paths": ["/"], "hosts": ["admin.example"], "plugins": [{"name": "jwt"}]},
        {"paths": ["/"]},
    ]
    gate = kong(tmp_path, consumers=[JACK], routes=routes)
    assert is_let_in(via, gate, Sent(headers=[("Host", "open.example")]))


@both
@attacks("headers", HOSTS)
def test_apisix_host_spelling_beside_a_route_for_any_host(
    headers: tuple[tuple[str, str], ...], via: Via, tmp_path: Path
) -> None:
    """The same of APISIX's, where the open route is the closer path."""
    guarded = {"uri": "/*", "host": "admin.example", "plugins": {"jwt-auth": {}}}
    gate = apisix(tmp_path, guarded, {"uri": "/admin"})
    assert not is_let_in(via, gate, Sent(path="/admin", headers=headers))


@both
@pytest.mark.parametrize("method", ["OPTIONS", "options", "Options", "OPTIONS "])
@pytest.mark.parametrize(
    "headers",
    [(), (("Origin", "https://a"), ("Access-Control-Request-Method", "DELETE"))],
    ids=["bare", "preflight"],
)
def test_kong_options_past_an_acl(
    headers: tuple[tuple[str, str], ...], method: str, via: Via, tmp_path: Path
) -> None:
    """An OPTIONS that jwt skips is nobody's, whom the acl does not let pass."""
    gate = kong(
        tmp_path,
        consumers=[{**JACK, "acls": [{"group": "staff"}]}],
        plugins=[
            {"name": "jwt", "config": {"run_on_preflight": False}},
            {"name": "acl", "config": {"allow": ["staff"]}},
        ],
    )
    assert not is_let_in(via, gate, Sent(method=method, headers=headers))


@both
@attacks(
    "sent",
    {
        "no token": Sent(),
        "rubbish": Sent.bearer("a.b.c"),
        "an unknown key": Sent.bearer(mint(iss="nobody")),
        "a key that is no text": Sent.bearer(mint(iss=["guest"])),
        "a forged signature": Sent.bearer(mint(secret="x" * 64)),
        "the id of the guest as key": Sent.bearer(mint(iss="guest")),
        "two tokens": Sent.bearer(TOKEN, query=f"jwt={mint(jti='1')}"),
    },
)
def test_kong_anonymous_past_its_termination(
    sent: Sent, via: Via, tmp_path: Path
) -> None:
    """The door that a termination of the anonymous consumer shuts stays shut."""
    guest = {"username": "guest", "plugins": [{**TERMINATION, "config": {}}]}
    jwt = {"name": "jwt", "config": {"anonymous": "guest"}}
    gate = kong(tmp_path, consumers=[JACK, guest], plugins=[jwt])
    got = via(gate, sent)
    assert isinstance(got.outcome, Denied)
    assert not got.app_ran


@both
@pytest.mark.parametrize("method", ["get", "Get", "HEAD", "POST", "GET ", "BREW", ""])
def test_apisix_method_spelling_past_allowed_by_methods(
    method: str, via: Via, tmp_path: Path
) -> None:
    """Only the very method may be used, and HEAD is not GET."""
    rule = {"allowed_by_methods": [{"user": "jack", "methods": ["GET"]}]}
    plugins = {"jwt-auth": {}, "consumer-restriction": rule}
    gate = apisix(tmp_path, {"uri": "/*", "plugins": plugins})
    assert not is_let_in(via, gate, Sent.bearer(APISIX_TOKEN, method=method))


# Files that restrict, and are written so that it may get lost


KONG_LOST: dict[str, Mapping[str, Any]] = {
    "a switch that is a text": {**TERMINATION, "enabled": "false"},
    "a switch that is a number": {**TERMINATION, "enabled": 0},
    "a name in capitals": {"name": "REQUEST-TERMINATION"},
    "a name with a blank": {"name": " request-termination"},
    "a name of underscores": {"name": "request_termination"},
    "a consumer that is empty": {**TERMINATION, "consumer": ""},
    "a consumer that is a table": {**TERMINATION, "consumer": {}},
    "a consumer without name": {**TERMINATION, "consumer": {"username": None}},
    "a consumer that is false": {**TERMINATION, "consumer": False},
    "a service that is 0": {**TERMINATION, "service": 0},
    "a route that is a list": {**TERMINATION, "route": []},
    "a group that is empty": {**TERMINATION, "consumer_group": ""},
    "partials": {**TERMINATION, "partials": [{"id": "x"}]},
    "a condition": {**TERMINATION, "condition": "false"},
    "a trigger": {**TERMINATION, "config": {"trigger": "x"}},
    "an acl of nobody": {"name": "acl", "config": {"allow": []}},
    "an acl of null": {"name": "acl", "config": {"allow": None}},
    "an acl of a text": {"name": "acl", "config": {"allow": "staff"}},
    "an acl of numbers": {"name": "acl", "config": {"allow": [1]}},
    "an acl misspelt": {"name": "acl", "config": {"allow ": ["staff"]}},
    "an acl of both": {"name": "acl", "config": {"allow": ["a"], "deny": ["b"]}},
    "a limit of null": {"name": "rate-limiting", "config": {"minute": None}},
    "a limit of a text": {"name": "rate-limiting", "config": {"minute": "1"}},
    "a limit below one": {"name": "rate-limiting", "config": {"minute": 0.5}},
    "a limit of true": {"name": "rate-limiting", "config": {"minute": True}},
    "a restriction not switched off": {"name": "ip-restriction", "enabled": None},
    "a restriction switched off by text": {"name": "bot-detection", "enabled": "no"},
}


@attacks("plugin", KONG_LOST)
def test_kong_a_plugin_that_may_get_lost(
    plugin: Mapping[str, Any], tmp_path: Path
) -> None:
    """The file is refused: without the plugin somebody would pass."""
    assert told(lambda: guarded_by_kong(tmp_path, plugin))


@both
@pytest.mark.parametrize("members", [{"enabled": None}, {"config": None}, {"tags": []}])
def test_kong_a_termination_with_members_of_null(
    members: Mapping[str, Any], via: Via, tmp_path: Path
) -> None:
    """Null is as if it was left out: the plugin runs."""
    gate = guarded_by_kong(tmp_path, {**TERMINATION, **members})
    assert not via(gate, Sent.bearer(TOKEN)).app_ran


def test_kong_a_plugin_by_a_merge_key(tmp_path: Path) -> None:
    """What YAML merges into a plugin holds as if it stood there."""
    text = f"""
        _format_version: "3.0"
        consumers: [{json.dumps(JACK)}]
        plugins:
        - &shut {{name: jwt, enabled: true, config: {{status_code: 410}}}}
        - <<: *shut
          name: request-termination
    """
    text = text.replace(", config: {status_code: 410}", "")
    path = write(tmp_path, text, "kong.yaml")
    gate = load(path, environ={}, clock=clock)
    assert not via_asgi(gate, Sent.bearer(TOKEN)).app_ran


def test_kong_a_switch_off_behind_a_switch_on(tmp_path: Path) -> None:
    """A name that occurs twice is refused: parsers differ in which counts."""
    text = json.dumps({"_format_version": "3.0", "consumers": [JACK]})[:-1]
    plugins = '[{"name": "jwt"}, {"name": "acl", "enabled": true, "enabled": false}]'
    path = write(tmp_path, f'{text}, "plugins": {plugins}}}', "kong.json")
    with pytest.raises(ConfigurationError, match="enabled"):
        load(path, environ={}, clock=clock)


RESTRICTION = "consumer-restriction"
APISIX_LOST: dict[str, Mapping[str, Any]] = {
    "jwt-auth of null": {"jwt-auth": None},
    "jwt-auth of a list": {"jwt-auth": []},
    "jwt-auth with a _meta of null": {"jwt-auth": {"_meta": None}},
    "jwt-auth with a _meta of a list": {"jwt-auth": {"_meta": []}},
    "jwt-auth with an unknown _meta": {"jwt-auth": {"_meta": {"disabled": True}}},
    "jwt-auth disabled by text": {"jwt-auth": {"_meta": {"disable": "true"}}},
    "jwt-auth disabled by number": {"jwt-auth": {"_meta": {"disable": 1}}},
    "jwt-auth with an anonymous of null": {"jwt-auth": {"anonymous_consumer": None}},
    "jwt-auth with an empty anonymous": {"jwt-auth": {"anonymous_consumer": ""}},
    "jwt-auth with a header of null": {"jwt-auth": {"header": None}},
    "a whitelist of nobody": {RESTRICTION: {"whitelist": []}},
    "a whitelist of null": {RESTRICTION: {"whitelist": None}},
    "a whitelist of a text": {RESTRICTION: {"whitelist": "jack"}},
    "a restriction without lists": {RESTRICTION: {}},
    "a restriction by another type": {RESTRICTION: {"type": "x", "whitelist": ["a"]}},
    "a restriction with a code of text": {
        RESTRICTION: {"whitelist": ["a"], "rejected_code": "403"}
    },
    "a count of 0": {"limit-count": {"count": 0, "time_window": 60}},
    "a count of true": {"limit-count": {"count": True, "time_window": 60}},
    "a limit without window": {"limit-count": {"count": 1}},
    "a limit of another policy": {
        "limit-count": {"count": 1, "time_window": 60, "policy": "x"}
    },
}


@both
@attacks("plugins", APISIX_LOST)
def test_apisix_an_invalid_block_beside_an_open_root(
    plugins: Mapping[str, Any], via: Via, tmp_path: Path
) -> None:
    """The route is closed; it does not leave its requests to the open one."""
    route = {"uri": "/x", "plugins": {"jwt-auth": {}, **plugins}}
    gate = apisix(tmp_path, route, GUARDED, OPEN)
    sent = Sent(path="/x"), Sent.bearer(APISIX_TOKEN, path="/x")
    assert not is_let_in(via, gate, *sent)


APISIX_DANGLING: dict[str, Mapping[str, Any]] = {
    "a service that is not there": {"service_id": "9"},
    "a service of null": {"service_id": None},
    "a service that is invalid": {"service_id": "invalid"},
    "a plugin config that is not there": {"plugin_config_id": "9"},
    "plugins of null": {"plugins": None},
    "an unknown member": {"plugin": {"jwt-auth": {}}},
}


@both
@attacks("members", APISIX_DANGLING)
def test_apisix_a_route_whose_plugins_cannot_be_found(
    members: Mapping[str, Any], via: Via, tmp_path: Path
) -> None:
    """It is closed: nobody knows what it was to demand."""
    services = [{"id": "invalid", "plugins": {"jwt-auth": {"realm": ""}}}]
    route = {"uri": "/x", **members}
    gate = apisix(tmp_path, route, GUARDED, OPEN, services=services)
    sent = Sent(path="/x"), Sent.bearer(APISIX_TOKEN, path="/x")
    assert not is_let_in(via, gate, *sent)


@pytest.mark.parametrize("status", ["0", False, True, 2, None, 0.5])
def test_apisix_a_route_that_is_switched_off_by_what_is_no_number(
    status: object, tmp_path: Path
) -> None:
    """The file is refused: on or off, the open root would be behind it."""
    route = {"uri": "/x", "status": status, "plugins": {"jwt-auth": {}}}
    assert told(lambda: apisix(tmp_path, route, GUARDED, OPEN))


@pytest.mark.parametrize("rules", [{"jwt-auth": {}}, [None], [{"id": "1"}], ["x"]])
def test_apisix_global_rules_that_are_no_list_of_rules(
    rules: object, tmp_path: Path
) -> None:
    """The file is refused: they were to hold for everything."""
    assert told(lambda: apisix(tmp_path, GUARDED, OPEN, global_rules=rules))


# Secrets of a file


def _with_redis(folder: Path, environ: Mapping[str, str], **redis: object) -> Gate:
    config = {"minute": 5, "policy": "redis", "redis": {"host": "localhost", **redis}}
    plugins = [{"name": "jwt"}, {"name": "rate-limiting", "config": config}]
    tree = {"_format_version": "3.0", "consumers": [JACK], "plugins": plugins}
    return load(write(folder, tree, "kong.json"), environ=environ, clock=clock)


def test_the_password_of_a_redis_is_told_by_nothing_that_is_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by a repr, the load report or a log record."""
    caplog.set_level(logging.DEBUG)
    gate = _with_redis(tmp_path, {"PW": PASSWORD}, password="$env://PW", ssl=True)
    settings = gate.settings
    shown = [repr(gate), repr(settings), repr(gate.policy), repr(gate.policy.quota)]
    shown += [str(gate.load_report), repr(gate.load_report), repr(gate.store)]
    shown += [repr(vars(record)) for record in caplog.records]
    assert not any(PASSWORD in text or SECRET in text for text in shown)


@pytest.mark.parametrize("what", ["settings", "policy", "store"])
def test_the_password_of_a_redis_is_not_pickled(what: str, tmp_path: Path) -> None:
    """Nor is a secret: pickling is refused."""
    gate = _with_redis(tmp_path, {}, password=PASSWORD)
    with pytest.raises(TypeError) as caught:
        pickle.dumps(getattr(gate, what))
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("member", ["port", "database", "ssl", "ssl_verify", "url"])
def test_a_password_in_a_wrong_member_is_not_told_by_the_error(
    member: str, tmp_path: Path
) -> None:
    """The error names the member, and never what it holds."""
    problems = told(lambda: _with_redis(tmp_path, {}, **{member: PASSWORD}))
    assert not any(PASSWORD in problem for problem in problems)


@pytest.mark.parametrize("member", ["host", "port", "username"])
def test_a_variable_behind_a_wrong_reference_is_not_told_by_the_error(
    member: str, tmp_path: Path
) -> None:
    """A reference that points at a secret by mistake is shown as it was written."""
    environ = {"PW": f"{PASSWORD}/@: \n"}
    wrong = {"port": "x", member: "$env://PW"}
    problems = told(lambda: _with_redis(tmp_path, environ, **wrong))
    assert not any(PASSWORD in problem for problem in problems)
