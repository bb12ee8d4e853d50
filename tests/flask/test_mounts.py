from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask

from jwtgate import ConfigurationError, Credential, Gate
from jwtgate.flask.mounts import Mount, mount_of_request, mounts_of
from jwtgate.marks import is_public, public
from tests.kit import SECRET, ListStore, make_gate

GATE = make_gate()
FILE = f"""
version = 1
policy.realm = "shop"

[[consumers]]
username = "jack"

[[consumers.credentials]]
key = "jack-key"
secret = "{SECRET}"
"""


def mount_of(gate: Gate | None = None, /, **config: Any) -> Mount:
    """Read a configuration beside what else an app has in its own."""
    settings = {f"JWTGATE_{name}": value for name, value in config.items()}
    return Mount.of({"DEBUG": False, **settings}, gate)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file with a consumer."""
    path = tmp_path / "jwtgate.toml"
    path.write_text(FILE)
    return path


class Asynchronous:
    """A store for asynchronous code alone."""

    async def afind(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find nothing."""
        raise NotImplementedError((key, kid))


# Which gate


def test_a_gate_that_was_given() -> None:
    """The gate of the extension counts, whatever else is configured."""
    assert mount_of(GATE, GATE=make_gate()).gate is GATE


def test_a_gate_of_the_configuration() -> None:
    """Without one, it is JWTGATE_GATE."""
    assert mount_of(GATE=GATE).gate is GATE


def test_a_file_of_the_configuration(file: Path) -> None:
    """Or it is made of the file JWTGATE_CONFIG."""
    assert mount_of(CONFIG=file).gate.policy.realm == "shop"


def test_a_file_by_its_text(file: Path) -> None:
    """A path is a text, too, as it comes from a variable; its consumers may call."""
    store: Any = mount_of(CONFIG=str(file)).gate.store
    assert store.find("jack-key")[0].consumer.username == "jack"


@pytest.mark.parametrize("watch", [True, False, None])
def test_a_file_that_is_watched(file: Path, *, watch: bool | None) -> None:
    """JWTGATE_WATCH has the gate follow its file; left out, it does not."""
    chosen: dict[str, Any] = {} if watch is None else {"WATCH": watch}
    gate = mount_of(CONFIG=file, **chosen).gate
    assert (gate._current.watch is not None) == bool(watch)  # noqa: SLF001 - what starts it


def test_a_file_can_be_read_again(file: Path) -> None:
    """The gate of a file reloads it."""
    gate = mount_of(CONFIG=file).gate
    file.write_text(FILE.replace("shop", "mall"))
    gate.reload()
    assert gate.policy.realm == "mall"


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        pytest.param({}, r"write JWTGate\(gate\), or set JWTGATE_GATE", id="none"),
        pytest.param({"GATE": None}, "there is no gate", id="nothing"),
        pytest.param({"GATE": "kong.yml"}, "to a Gate", id="no-gate"),
        pytest.param({"GATE": GATE, "CONFIG": "x"}, "goes without", id="both"),
        pytest.param({"CONFIG": "/no/such/file.toml"}, "cannot be read", id="no-file"),
    ],
)
def test_no_gate(chosen: dict[str, Any], text: str) -> None:
    """What cannot work is said when the app is made, with the mend."""
    with pytest.raises(ConfigurationError, match=text):
        mount_of(**chosen)


def test_an_asynchronous_store() -> None:
    """A store that Flask cannot ask is an error when the app is made."""
    with pytest.raises(ConfigurationError, match="find"):
        mount_of(Gate(Asynchronous()))


# The settings


@pytest.mark.parametrize("name", ["PUBLIC_ENDPOINT", "SECRET_KEY", "", "gate"])
def test_a_setting_that_there_is_not(name: str) -> None:
    """A slip in a name is told with the names that there are."""
    with pytest.raises(ConfigurationError, match=f"JWTGATE_{name}; .*JWTGATE_GUARD"):
        mount_of(GATE, **{name: True})


def test_settings_of_others() -> None:
    """What has another prefix is nobody's business here."""
    assert Mount.of({"JWT_SECRET_KEY": "x", "XJWTGATE_Y": 1}, GATE).gate is GATE


def test_everything_is_guarded() -> None:
    """Unless it is said otherwise, every view demands a caller."""
    assert mount_of(GATE).guards_all is True


def test_only_what_is_decorated_is_guarded() -> None:
    """JWTGATE_GUARD_ALL turns that off."""
    assert mount_of(GATE, GUARD_ALL=False).guards_all is False


@pytest.mark.parametrize("value", ["False", "", 0, 1, None], ids=repr)
def test_a_switch_that_is_none(value: object) -> None:
    """What only counts as True or False does not open an app."""
    with pytest.raises(ConfigurationError, match="JWTGATE_GUARD_ALL must be"):
        mount_of(GATE, GUARD_ALL=value)


def test_no_endpoint_is_public() -> None:
    """Unless it is said, no endpoint is public."""
    assert mount_of(GATE).public_endpoints == ()


@pytest.mark.parametrize("value", ["static", ["static", ""], [1], 7, None], ids=repr)
def test_endpoints_that_are_none(value: object) -> None:
    """The public endpoints are several texts."""
    with pytest.raises(ConfigurationError, match="JWTGATE_PUBLIC_ENDPOINTS must be"):
        mount_of(GATE, PUBLIC_ENDPOINTS=value)


def test_variables_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Flask reads from FLASK_JWTGATE_... is as good."""
    monkeypatch.setenv("FLASK_JWTGATE_GUARD_ALL", "false")
    monkeypatch.setenv("FLASK_JWTGATE_PUBLIC_ENDPOINTS", '["static"]')
    app = Flask("shop")
    app.config.from_prefixed_env()
    mount = Mount.of(app.config, GATE)
    assert (mount.guards_all, mount.public_endpoints) == (False, ("static",))


# Who is asked


def view() -> str:
    """Answer."""
    return "app"


@public
def opened() -> str:
    """Answer anybody."""
    return "app"


@pytest.mark.parametrize(
    ("chosen", "endpoint", "seen", "expected"),
    [
        pytest.param({}, "x", view, True, id="a-view"),
        pytest.param({}, None, None, True, id="no-view"),
        pytest.param({}, "x", opened, False, id="a-public-view"),
        pytest.param({"PUBLIC_ENDPOINTS": ["x"]}, "x", view, False, id="a-name"),
        pytest.param({"PUBLIC_ENDPOINTS": ["x"]}, "a.x", view, True, id="another"),
        pytest.param({"PUBLIC_ENDPOINTS": ["a.x"]}, "x", view, True, id="a-longer"),
        pytest.param({"PUBLIC_ENDPOINTS": ["x"]}, "X", view, True, id="other-case"),
        pytest.param({"GUARD_ALL": False}, "x", view, False, id="none-is-guarded"),
        pytest.param({"GUARD_ALL": False}, None, None, False, id="nor-is-none"),
    ],
)
def test_who_is_asked(
    chosen: dict[str, Any], endpoint: str | None, seen: object, *, expected: bool
) -> None:
    """Everybody, unless the app, the endpoint or the view says otherwise."""
    asks = mount_of(GATE, **chosen).asks(endpoint, is_public=is_public(seen))
    assert asks is expected


def test_a_public_class_of_views() -> None:
    """The class that a view was made of says it as well."""
    kind = public(type("Kind", (), {}))
    said = is_public(view, kind)
    assert mount_of(GATE).asks("x", is_public=said) is False


# Whose mount


def mounted(*names: str | None) -> Flask:
    """Make an app with nested blueprints, and a mount under each of these names."""
    app, outer, inner = Flask("shop"), Blueprint("a", "shop"), Blueprint("b", "shop")
    rules: list[tuple[Any, str]] = [(inner, "/inner"), (outer, "/outer"), (app, "/")]
    for scaffold, rule in rules:
        scaffold.add_url_rule(rule, "view", view)
    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    for name in names:
        gate = Gate(ListStore())
        mounts_of(app.extensions)[name] = mount_of(gate)
    return app


@pytest.mark.parametrize(
    ("names", "path", "expected"),
    [
        pytest.param([None], "/", None, id="the-apps"),
        pytest.param([None], "/inner", None, id="the-apps-for-a-blueprint"),
        pytest.param([None, "a"], "/", None, id="not-the-blueprints"),
        pytest.param([None, "a"], "/outer", "a", id="the-blueprints"),
        pytest.param([None, "a"], "/inner", "a", id="the-outer-blueprints"),
        pytest.param([None, "a", "a.b"], "/inner", "a.b", id="the-innermost"),
        pytest.param([None, "a.b"], "/outer", None, id="not-the-inner-blueprints"),
        pytest.param([None, "b"], "/inner", None, id="not-by-half-a-name"),
        pytest.param([None, "a"], "/no/such/path", None, id="of-no-view"),
    ],
)
def test_whose_mount(names: list[str | None], path: str, expected: str | None) -> None:
    """The innermost blueprint's that has one, else the app's."""
    app = mounted(*names)
    with app.test_request_context(path):
        assert mount_of_request() is mounts_of(app.extensions)[expected]


@pytest.mark.parametrize("path", ["/", "/no/such/path"])
def test_nobodys_mount(path: str) -> None:
    """Outside of the blueprints that have one there is none."""
    app = mounted("a")
    with app.test_request_context(path):
        assert mount_of_request() is None


def test_an_app_without_the_extension() -> None:
    """Where nothing is mounted there is nothing to find."""
    with Flask("shop").test_request_context("/"):
        assert mount_of_request() is None


def test_two_apps() -> None:
    """What is mounted in one app is not mounted in another."""
    mounted(None)
    with mounted().test_request_context("/"):
        assert mount_of_request() is None
