import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_restful  # type: ignore[import-untyped]
import flask_restx  # type: ignore[import-untyped]
import pytest
from flask import (
    Blueprint,
    Flask,
    Response,
    g,
    request,
    session,
    stream_with_context,
)
from flask.views import MethodView
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from jwtgate import (
    Answer,
    ConfigurationError,
    Consumer,
    Credential,
    Exempt,
    Gate,
    Policy,
    Quota,
    Route,
)
from jwtgate.flask import (
    JWTGate,
    current_claims,
    current_consumer,
    jwt_required,
    public,
)
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import SECRET, ListStore, clock, credential, jack, make_gate, mint

TOKEN = mint()
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FORGED = {"X-Consumer-Username": "forged", "X_Consumer_ID": "forged"}
PREFLIGHT = {
    "Origin": "https://app.example",
    "Access-Control-Request-Method": "PUT",
}
HOURLY = Policy(quota=Quota(rates="2/h", aligned=True))
MISSING = {"message": "A bearer token is required"}


def guarded(gate: Gate | None = None, **config: Any) -> Flask:
    """Make a guarded app of one view, that tells who calls."""
    app = Flask("shop")
    app.config.update({f"JWTGATE_{name}": value for name, value in config.items()})
    app.add_url_rule("/", "index", whoami, methods=["GET", "POST"])
    JWTGate(gate or make_gate()).init_app(app)
    return app


def whoami() -> str:
    """Tell who calls."""
    return current_consumer.username or ""


def why() -> str:
    """Tell why there is no identity."""
    assert isinstance(g.jwtgate, Exempt)
    return g.jwtgate.why


@public
def opened() -> str:
    """Tell anybody."""
    return why()


def gate_for(name: str) -> Gate:
    """Make a gate that knows one consumer, by a key of the same name."""
    return make_gate(credential(consumer=Consumer(username=name), key=name))


def bearer(name: str) -> dict[str, str]:
    """Make the header of a token of this consumer."""
    return {"Authorization": f"Bearer {mint(iss=name)}"}


class Asynchronous:
    """A store for asynchronous code alone."""

    async def afind(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find nothing."""
        raise NotImplementedError((key, kid))


# An app


def test_a_caller() -> None:
    """A view knows who calls."""
    assert guarded().test_client().get("/", headers=BEARER).text == "jack"


def test_nobody() -> None:
    """Who brings no token is refused."""
    response = guarded().test_client().get("/")
    assert response.status == "401 UNAUTHORIZED"
    assert response.json == MISSING
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_two_apps_of_one_factory() -> None:
    """One extension serves several apps, each by its own configuration."""
    extension = JWTGate(make_gate())
    first, second = Flask("first"), Flask("second")
    second.config["JWTGATE_GUARD_ALL"] = False
    for app in (first, second):
        app.add_url_rule("/", "index", lambda: "open")
        extension.init_app(app)
    assert first.test_client().get("/").status_code == 401
    assert second.test_client().get("/").text == "open"


def test_a_factory_by_configuration(tmp_path: Path) -> None:
    """An extension without a gate takes the app's file."""
    file = tmp_path / "jwtgate.json"
    file.write_text(json.dumps({"version": 1, "policy": {"realm": "shop"}}))
    app = Flask("shop")
    app.config["JWTGATE_CONFIG"] = file
    JWTGate().init_app(app)
    response = app.test_client().get("/")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="shop"'


def test_init_app_before_the_views() -> None:
    """What is registered later is guarded, too."""
    app = guarded()
    app.add_url_rule("/later", "later", whoami)
    assert app.test_client().get("/later").status_code == 401


def test_init_app_twice() -> None:
    """The second counts, and a request is decided once."""
    store = ListStore(credential())
    app = guarded(Gate(ListStore(), clock=clock))
    JWTGate(Gate(store, clock=clock)).init_app(app)
    assert app.test_client().get("/", headers=BEARER).text == "jack"
    assert len(store.asked) == 1


def test_init_app_after_a_request() -> None:
    """Another gate counts for views that were called before, too."""
    app = guarded(Gate(ListStore(), clock=clock))
    assert app.test_client().get("/", headers=BEARER).status_code == 401
    JWTGate(make_gate()).init_app(app)
    assert app.test_client().get("/", headers=BEARER).text == "jack"


def test_another_view_at_an_endpoint() -> None:
    """What is said of the new one counts, whatever was said of the one before."""
    app = guarded()
    for view, status in ((whoami, 401), (opened, 200), (whoami, 401)):
        app.view_functions["index"] = view
        assert app.test_client().get("/").status_code == status


@pytest.mark.parametrize(
    ("gate", "config"),
    [
        pytest.param(None, {}, id="no-gate"),
        pytest.param(Gate(Asynchronous()), {}, id="asynchronous-store"),
        pytest.param(make_gate(), {"JWTGATE_GUARD": True}, id="unknown-setting"),
    ],
)
def test_what_cannot_work(gate: Gate | None, config: dict[str, Any]) -> None:
    """It is said when the app is made."""
    app = Flask("shop")
    app.config.update(config)
    with pytest.raises(ConfigurationError):
        JWTGate(gate).init_app(app)


def test_an_app_in_place_of_the_gate() -> None:
    """Many extensions take the app there; an app so left open is an error."""
    app: Any = Flask("shop")
    with pytest.raises(ConfigurationError):
        JWTGate(app)


# What is guarded


UNASKED = {
    "view": ("GET", "/"),
    "head": ("HEAD", "/"),
    "unknown-path": ("GET", "/no/such/path"),
    "unknown-method": ("DELETE", "/"),
    "automatic-options": ("OPTIONS", "/"),
    "slash-at-the-end": ("GET", "/page"),
    "static": ("GET", "/static/a.txt"),
}


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    """Give a guarded app with a static file and a page."""
    (tmp_path / "a.txt").write_text("file")
    app = guarded()
    app.static_folder = str(tmp_path)
    app.add_url_rule("/page/", "page", whoami)
    return app


@pytest.mark.parametrize(("method", "path"), UNASKED.values(), ids=UNASKED)
def test_nobody_learns_what_there_is(site: Flask, method: str, path: str) -> None:
    """Without a token every path and method is the same 401."""
    response = site.test_client().open(path, method=method)
    assert response.status_code == 401
    assert response.headers["Content-Length"] == "40"
    assert response.data == (b"" if method == "HEAD" else json_of(MISSING))


def json_of(body: dict[str, str]) -> bytes:
    """Write a body as the gate does."""
    return json.dumps(body, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "view": 200,
        "head": 200,
        "unknown-path": 404,
        "unknown-method": 405,
        "automatic-options": 200,
        "slash-at-the-end": 308,
        "static": 200,
    }.items(),
)
def test_a_caller_learns_it(site: Flask, name: str, expected: int) -> None:
    """With a token Flask answers as ever."""
    method, path = UNASKED[name]
    response = site.test_client().open(path, method=method, headers=BEARER)
    assert response.status_code == expected
    response.close()


def test_public_static_files(tmp_path: Path) -> None:
    """What cannot be decorated is opened by its endpoint's name."""
    (tmp_path / "a.txt").write_text("file")
    app = guarded(PUBLIC_ENDPOINTS=["static"])
    app.static_folder = str(tmp_path)
    client = app.test_client()
    response = client.get("/static/a.txt")
    assert response.text == "file"
    response.close()
    assert client.get("/").status_code == 401


def test_a_public_view() -> None:
    """A view that is public is called by anybody, and nothing else is."""
    app = guarded()
    app.add_url_rule("/health", view_func=opened)
    client = app.test_client()
    assert client.get("/health", headers=BEARER).text == "public"
    assert client.get("/").status_code == 401


class Page(MethodView):
    """A class of views."""

    def get(self) -> str:
        """Answer."""
        return "app"


@pytest.mark.parametrize("decorated", ["class", "view", "decorators"])
def test_a_public_class(decorated: str) -> None:
    """A class is public by a decorator of it, of its view, or in its list."""

    class Open(Page):
        decorators = [public] if decorated == "decorators" else []

    if decorated == "class":
        public(Open)
    view = Open.as_view("open")
    app = guarded()
    app.add_url_rule("/open", view_func=public(view) if decorated == "view" else view)
    assert app.test_client().get("/open").text == "app"


def test_a_subclass_of_a_public_class() -> None:
    """What inherits from a public view is guarded until it says so itself."""

    class Inherited(public(type("Open", (Page,), {}))):  # type: ignore[misc]
        pass

    app = guarded()
    app.add_url_rule("/x", view_func=Inherited.as_view("x"))
    assert app.test_client().get("/x").status_code == 401


def test_a_decorator_between() -> None:
    """A mark passes through decorators that use functools.wraps."""
    app = guarded()
    app.add_url_rule("/x", "x", flask_restx.marshal_with({})(public(lambda: None)))
    app.config["RESTX_MASK_HEADER"] = "X-Fields"
    assert app.test_client().get("/x").status_code == 200


def test_an_optional_view() -> None:
    """Who brings no token passes; who brings a bad one does not."""
    app = guarded()
    app.add_url_rule("/x", view_func=jwt_required(optional=True)(why))
    client = app.test_client()
    assert client.get("/x").text == "optional"
    bad = {"Authorization": "Bearer x.y.z"}
    assert client.get("/x", headers=bad).status_code == 401


def test_an_optional_class() -> None:
    """A class of views may be optional, too."""
    app = guarded()
    kind = jwt_required(optional=True)(type("Kind", (Page,), {}))
    app.add_url_rule("/x", view_func=kind.as_view("x"))  # type: ignore[attr-defined]
    assert app.test_client().get("/x").text == "app"


def test_only_what_is_decorated() -> None:
    """With JWTGATE_GUARD_ALL off, a view demands a caller if it says so."""
    app = guarded(GUARD_ALL=False)
    app.add_url_rule("/open", view_func=why)
    app.add_url_rule("/x", "x", jwt_required()(whoami))
    client = app.test_client()
    assert client.get("/open", headers=BEARER).text == "public"
    assert client.get("/x").status_code == 401
    assert client.get("/x", headers=BEARER).text == "jack"


def test_no_forged_header_where_nobody_is_asked() -> None:
    """With JWTGATE_GUARD_ALL off, a view sees no identity that a client made up."""
    app = guarded(GUARD_ALL=False)
    app.add_url_rule("/x", "x", lambda: str(request.headers))
    assert "forged" not in app.test_client().get("/x", headers=FORGED).text


def test_report_mode() -> None:
    """What would be refused passes, without identity."""
    app = guarded(make_gate(policy=Policy(mode="report")))
    app.add_url_rule("/x", view_func=jwt_required(groups=["staff"])(why))
    assert app.test_client().get("/x", headers=FORGED).text == "report"


# Preflights


@pytest.fixture
def crossed() -> Flask:
    """Give an app whose gate lets preflights pass, with a view for a group."""
    app = guarded(make_gate(policy=Policy(run_on_preflight=False)))
    view = jwt_required(groups=["staff"])(whoami)
    app.add_url_rule("/staff", "staff", view, methods=["PUT"])
    app.add_url_rule("/own", "own", view, methods=["OPTIONS"])
    return app


def test_a_preflight(crossed: Flask) -> None:
    """A browser's question about a view for a group is answered by Flask."""
    response = crossed.test_client().options("/staff", headers=PREFLIGHT)
    assert response.status_code == 200
    assert response.allow == {"PUT", "OPTIONS"}


def test_a_preflight_to_a_view(crossed: Flask) -> None:
    """Where a view for a group answers OPTIONS itself, a preflight is no member."""
    response = crossed.test_client().options("/own", headers=PREFLIGHT)
    assert response.status_code == 401


def test_an_options_that_is_no_preflight(crossed: Flask) -> None:
    """Other questions are asked for a token."""
    assert crossed.test_client().options("/staff").status_code == 401


def test_a_preflight_is_not_the_request(crossed: Flask) -> None:
    """What follows it is decided as ever."""
    client = crossed.test_client()
    assert client.put("/staff", headers=PREFLIGHT).status_code == 401
    assert client.put("/staff", headers={**PREFLIGHT, **BEARER}).status_code == 403


# Blueprints


def blueprint(name: str) -> Blueprint:
    """Make a blueprint of one view."""
    made = Blueprint(name, "shop", url_prefix=f"/{name}")
    made.add_url_rule("/", "index", whoami)
    return made


def test_a_blueprint_of_a_guarded_app() -> None:
    """It is guarded by the app's gate."""
    app = guarded()
    app.register_blueprint(blueprint("a"))
    client = app.test_client()
    assert client.get("/a/").status_code == 401
    assert client.get("/a/", headers=BEARER).text == "jack"


def test_a_guarded_blueprint() -> None:
    """In an app without a gate, it alone is guarded."""
    app, shop = Flask("shop"), blueprint("a")
    app.add_url_rule("/", "index", lambda: "open")
    JWTGate(make_gate()).init_app(shop)
    app.register_blueprint(shop)
    client = app.test_client()
    assert client.get("/").text == "open"
    assert client.get("/a/").status_code == 401
    assert client.get("/a/", headers=BEARER).text == "jack"


def test_an_unknown_path_beside_a_guarded_blueprint() -> None:
    """A path without a view belongs to no blueprint."""
    app, shop = Flask("shop"), blueprint("a")
    JWTGate(make_gate()).init_app(shop)
    app.register_blueprint(shop)
    assert app.test_client().get("/a/none").status_code == 404


@pytest.mark.parametrize("app_first", [True, False])
def test_a_gate_in_place_of_the_apps(*, app_first: bool) -> None:
    """A blueprint's gate decides alone, in whatever order they are registered."""
    app, shop = Flask("shop"), blueprint("a")
    JWTGate(gate_for("inner")).init_app(shop)
    if app_first:
        JWTGate(gate_for("outer")).init_app(app)
    app.register_blueprint(shop)
    if not app_first:
        JWTGate(gate_for("outer")).init_app(app)
    client = app.test_client()
    assert client.get("/a/", headers=bearer("inner")).text == "inner"
    assert client.get("/a/", headers=bearer("outer")).status_code == 401


def test_the_apps_gate_beside_a_blueprints() -> None:
    """What is in no such blueprint gets the app's gate."""
    app, shop = guarded(gate_for("outer")), blueprint("a")
    JWTGate(gate_for("inner")).init_app(shop)
    app.register_blueprint(shop)
    client = app.test_client()
    assert client.get("/", headers=bearer("outer")).text == "outer"
    assert client.get("/", headers=bearer("inner")).status_code == 401


@pytest.fixture
def nested() -> Flask:
    """Give an app in which a blueprint with a gate has two, one with its own."""
    app, outer = Flask("shop"), blueprint("outer")
    inner = blueprint("inner")
    JWTGate(gate_for("outer")).init_app(outer)
    JWTGate(gate_for("inner")).init_app(inner)
    outer.register_blueprint(inner)
    outer.register_blueprint(blueprint("plain"))
    app.register_blueprint(outer)
    return app


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/outer/", "outer"),
        ("/outer/plain/", "outer"),
        ("/outer/inner/", "inner"),
    ],
)
def test_nested_blueprints(nested: Flask, path: str, name: str) -> None:
    """The innermost gate decides, and what has none has that of what it is in."""
    client = nested.test_client()
    other = {"outer": "inner", "inner": "outer"}[name]
    assert client.get(path, headers=bearer(name)).text == name
    assert client.get(path, headers=bearer(other)).status_code == 401


def test_a_blueprint_under_two_names() -> None:
    """It is guarded under both."""
    app, shop = Flask("shop"), blueprint("a")
    JWTGate(make_gate()).init_app(shop)
    app.register_blueprint(shop)
    app.register_blueprint(shop, name="b", url_prefix="/b")
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/a/", "/b/")] == [401, 401]


def test_a_nested_blueprint_under_another_name() -> None:
    """It is guarded there, too."""
    app, outer, inner = Flask("shop"), blueprint("outer"), blueprint("inner")
    JWTGate(make_gate()).init_app(inner)
    outer.register_blueprint(inner, name="other")
    app.register_blueprint(outer, name="another")
    assert app.test_client().get("/outer/inner/").status_code == 401


def test_a_blueprint_that_was_registered() -> None:
    """It is too late to guard it, and Flask says so."""
    app, shop = Flask("shop"), blueprint("a")
    app.register_blueprint(shop)
    with pytest.raises(AssertionError, match="has already been registered"):
        JWTGate(make_gate()).init_app(shop)


def test_a_blueprint_of_two_apps() -> None:
    """Each app has it guarded, by its own configuration."""
    shop = blueprint("a")
    JWTGate().init_app(shop)
    for name in ("first", "second"):
        app = Flask(name)
        app.config["JWTGATE_GATE"] = gate_for(name)
        app.register_blueprint(shop)
        client = app.test_client()
        assert client.get("/a/", headers=bearer(name)).text == name


def test_a_blueprint_without_a_gate() -> None:
    """It is said where it is registered."""
    app, shop = Flask("shop"), blueprint("a")
    JWTGate().init_app(shop)
    with pytest.raises(ConfigurationError, match="there is no gate"):
        app.register_blueprint(shop)


def test_public_views_of_a_blueprint() -> None:
    """The name of an endpoint is that with the blueprint's."""
    app = guarded(PUBLIC_ENDPOINTS=["a.open"])
    shop = blueprint("a")
    shop.add_url_rule("/open", "open", lambda: "open")
    app.register_blueprint(shop)
    assert app.test_client().get("/a/open").text == "open"


# Hooks


def test_a_hook_that_was_there_before() -> None:
    """A hook that was registered before the extension runs after the guard."""
    seen: list[object] = []
    app = Flask("shop")
    app.add_url_rule("/", "index", whoami)
    app.before_request(lambda: seen.append(dict(request.headers)))
    JWTGate(make_gate()).init_app(app)
    client = app.test_client()
    assert client.get("/", headers=FORGED).status_code == 401
    assert not seen
    client.get("/", headers={**FORGED, **BEARER})
    assert seen
    assert "forged" not in repr(seen)


def test_a_hook_of_a_blueprint() -> None:
    """So does one of a blueprint, and one that a blueprint has for the app."""
    seen: list[str | None] = []
    app, shop = Flask("shop"), blueprint("a")
    shop.before_request(lambda: seen.append(current_consumer.username))
    shop.before_app_request(lambda: seen.append(current_consumer.username))
    app.register_blueprint(shop)
    JWTGate(make_gate()).init_app(app)
    app.test_client().get("/a/", headers={**FORGED, **BEARER})
    assert seen == ["jack", "jack"]


def test_a_hook_after_a_refusal() -> None:
    """What runs after a refused request sees no identity that a client made up."""
    seen: list[object] = []
    app = guarded()

    @app.after_request
    def after(response: Response) -> Response:
        seen.append(str(request.headers))
        return response

    app.test_client().get("/", headers=FORGED)
    assert "forged" not in repr(seen)


def test_a_hook_at_the_end() -> None:
    """When a request is torn down, it is still known who called."""
    seen: list[str | None] = []
    app = guarded()
    app.teardown_request(lambda _: seen.append(current_consumer.username))
    app.test_client().get("/", headers=BEARER)
    assert seen == ["jack"]


def test_a_preprocessor_of_paths() -> None:
    """Flask calls it before the guard; what it takes out, the view lacks."""
    app = guarded()
    app.url_value_preprocessor(lambda _, values: (values or {}).pop("shop", None))
    app.add_url_rule("/<shop>/x", "x", whoami)
    client = app.test_client()
    assert client.get("/a/x").status_code == 401
    assert client.get("/a/x", headers=BEARER).text == "jack"


# The next request


def test_two_requests_of_one_context() -> None:
    """In tests g may outlive a request; who called does not."""
    app = guarded(GUARD_ALL=False)
    app.add_url_rule("/x", "x", jwt_required()(whoami))
    app.add_url_rule("/seen", view_func=why)
    with app.app_context():
        client = app.test_client()
        assert client.get("/x", headers=BEARER).text == "jack"
        assert client.get("/seen").text == "public"


def test_a_view_of_no_gate_in_one_context() -> None:
    """Nor where the next request is for a view that no gate guards."""
    app, shop = Flask("shop"), blueprint("a")
    app.add_url_rule("/", "index", lambda: repr(g.get("jwtgate")))
    JWTGate(make_gate()).init_app(shop)
    app.register_blueprint(shop)
    with app.app_context():
        client = app.test_client()
        assert client.get("/a/", headers=BEARER).text == "jack"
        assert client.get("/").text == "None"


def test_a_request_of_a_test() -> None:
    """A test that runs the hooks has the identity, without a client."""
    with guarded().test_request_context("/", headers=BEARER) as context:
        assert context.app.preprocess_request() is None
        assert current_consumer.username == "jack"


def test_a_refused_request_of_a_test() -> None:
    """And the response of a refusal."""
    with guarded().test_request_context("/") as context:
        response = context.app.preprocess_request()
        assert isinstance(response, Response)
        assert response.status_code == 401


# Sessions


@pytest.fixture
def remembering() -> Flask:
    """Give an app with sessions, whose gate hides tokens in cookies."""
    policy = Policy(cookie_names=("jwt",), query_names=("jwt",), hide_credentials=True)
    app = guarded(make_gate(policy=policy))
    app.secret_key = SECRET
    app.add_url_rule("/cookies", "cookies", lambda: dict(request.cookies))
    app.add_url_rule("/keep", "keep", lambda: session.setdefault("kept", "x"))
    app.add_url_rule("/kept", "kept", lambda: dict(session))
    return app


def test_a_session_and_a_hidden_cookie(remembering: Flask) -> None:
    """Flask reads the cookies for the session; the token's is then forgotten."""
    client = remembering.test_client()
    client.set_cookie("jwt", TOKEN)
    client.set_cookie("other", "b")
    assert client.get("/cookies").json == {"other": "b"}


def test_a_session(remembering: Flask) -> None:
    """A session is read and written as ever."""
    client = remembering.test_client()
    client.set_cookie("jwt", TOKEN)
    client.get("/keep")
    assert client.get("/kept").json == {"kept": "x"}


def test_a_refusal_and_a_session(remembering: Flask) -> None:
    """A refused request leaves the session alone."""
    response = remembering.test_client().get("/keep")
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers


# The response


def test_figures_of_a_quota() -> None:
    """What is left is told on success."""
    response = guarded(make_gate(policy=HOURLY)).test_client().get("/", headers=BEARER)
    assert response.headers["X-RateLimit-Remaining"] == "1"


def test_figures_of_a_quota_that_is_used_up() -> None:
    """And when nothing is."""
    client = guarded(make_gate(policy=HOURLY)).test_client()
    codes = [client.get("/", headers=BEARER).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(client.get("/", headers=BEARER).headers["Retry-After"]) > 0


@pytest.mark.parametrize("by", ["view", "hook-before", "hook-after"])
def test_headers_of_the_app(by: str) -> None:
    """What the app has set itself stays, and once."""

    def own(response: Response) -> Response:
        response.headers["x-ratelimit-remaining"] = "own"
        return response

    app = Flask("shop")
    app.add_url_rule("/", "index", lambda: own(Response("x")))
    if by == "hook-before":
        app.after_request(own)
    JWTGate(make_gate(policy=HOURLY)).init_app(app)
    if by == "hook-after":
        app.after_request(own)
    response = app.test_client().get("/", headers=BEARER)
    assert response.headers.getlist("X-RateLimit-Remaining") == ["own"]


def test_a_token_in_the_query_is_not_for_caches() -> None:
    """The response gets no-store (RFC 6750 section 2.3)."""
    app = guarded(make_gate(policy=Policy(query_names=("jwt",))))
    response = app.test_client().get(f"/?jwt={TOKEN}")
    assert response.headers["Cache-Control"] == "no-store"


def test_figures_on_an_error() -> None:
    """An answer of Flask's has them as well."""
    response = (
        guarded(make_gate(policy=HOURLY)).test_client().get("/none", headers=BEARER)
    )
    assert response.status_code == 404
    assert response.headers["X-RateLimit-Remaining"] == "1"


def test_a_refusal_without_content() -> None:
    """A 204 is sent as the gate made it, without a Content-Type."""
    gate = make_gate(policy=Policy(termination=Answer(status=204)))
    response = guarded(gate).test_client().get("/", headers=BEARER)
    assert list(response.headers) == [("Cache-Control", "no-store")]


def test_a_streaming_response() -> None:
    """A response that is made while it is sent knows who calls."""

    def parts() -> Iterator[str]:
        yield "hello "
        yield current_consumer.username or ""

    app = guarded()
    app.add_url_rule("/x", "x", lambda: Response(stream_with_context(parts())))
    assert app.test_client().get("/x", headers=BEARER).text == "hello jack"


@pytest.mark.parametrize("code", [401, HTTPException, Exception], ids=repr)
def test_error_handlers_of_the_app(code: Any) -> None:
    """They have no part in a refusal."""
    app = guarded()
    app.register_error_handler(code, lambda _: ("eaten", 418))
    response = app.test_client().get("/")
    assert (response.status_code, response.json) == (401, MISSING)


# Flask-RESTful and Flask-RESTX


@pytest.fixture(params=[flask_restful, flask_restx], ids=["restful", "restx"])
def resources(request: pytest.FixtureRequest) -> Flask:
    """Give a guarded app of resources."""

    class Orders(request.param.Resource):  # type: ignore[misc, name-defined]
        def get(self) -> dict[str, Any]:
            return {"name": current_consumer.username}

    class Health(Orders):
        def get(self) -> dict[str, Any]:
            return {"name": "open"}

    app = guarded()
    api = request.param.Api(app, prefix="/api")
    api.add_resource(Orders, "/orders")
    api.add_resource(public(Health), "/health")
    return app


@pytest.mark.parametrize("path", ["/api/orders", "/api/none", "/api/health/x"])
def test_a_refusal_before_a_resource(resources: Flask, path: str) -> None:
    """It is the same to the byte as that before a view."""
    client = resources.test_client()
    response, other = client.get(path), client.get("/")
    assert response.data == other.data == json_of(MISSING)
    assert list(response.headers) == list(other.headers)
    assert response.status_code == 401


def test_a_resource(resources: Flask) -> None:
    """A resource knows who calls."""
    response = resources.test_client().get("/api/orders", headers=BEARER)
    assert response.json == {"name": "jack"}


def test_a_public_resource(resources: Flask) -> None:
    """A resource may be public."""
    assert resources.test_client().get("/api/health").json == {"name": "open"}


def test_an_unknown_method_of_a_resource(resources: Flask) -> None:
    """Who calls gets the API's own error."""
    client = resources.test_client()
    assert client.delete("/api/orders").status_code == 401
    assert client.delete("/api/orders", headers=BEARER).status_code == 405


# Behind a WSGI middleware


def behind(app: Flask, gate: Gate) -> Client:
    """Put an app behind a gate."""
    app.wsgi_app = JWTGateMiddleware(app.wsgi_app, gate)  # type: ignore[method-assign]
    return app.test_client()


def test_the_same_gate_further_out() -> None:
    """It decides once: the store is asked once, its figures are told once."""
    store = ListStore(credential())
    gate = Gate(store, HOURLY, clock=clock)
    response = behind(guarded(gate), gate).get("/", headers=BEARER)
    assert response.text == "jack"
    assert response.headers.getlist("X-RateLimit-Remaining") == ["1"]
    assert len(store.asked) == 1


def test_the_same_gate_further_out_and_nobody() -> None:
    """A public route's quota is counted once, too."""
    gate = Gate(
        ListStore(), routes=[Route(path="/", public=True, policy=HOURLY)], clock=clock
    )
    response = behind(guarded(gate), gate).get("/")
    assert response.headers.getlist("X-RateLimit-Remaining") == ["1"]


def test_the_same_gate_further_out_and_a_hidden_token() -> None:
    """What it hid is not looked for again."""
    gate = make_gate(policy=Policy(hide_credentials=True))
    assert behind(guarded(gate), gate).get("/", headers=BEARER).text == "jack"


def test_another_gate_further_out() -> None:
    """Each decides for itself."""
    both = [credential(), credential(key="b", consumer=Consumer(username="b"))]
    client = behind(guarded(gate_for("b")), make_gate(*both))
    assert client.get("/", headers=bearer("b")).text == "b"
    assert client.get("/", headers=BEARER).status_code == 401


def test_a_public_view_behind_a_gate() -> None:
    """Further out nobody knows the view: the outer gate has refused already."""
    gate = make_gate()
    app = guarded(gate)
    app.add_url_rule("/x", "x", public(lambda: f"{current_consumer.username}"))
    client = behind(app, gate)
    assert client.get("/x").status_code == 401
    assert client.get("/x", headers=BEARER).text == "jack"


def test_an_app_without_the_extension() -> None:
    """Behind a gate, decorators and proxies need no extension."""
    app = Flask("shop")
    app.add_url_rule("/", "index", whoami)
    app.add_url_rule("/x", "x", jwt_required(groups=["staff"])(whoami))
    client = behind(app, make_gate())
    assert client.get("/", headers=BEARER).text == "jack"
    assert client.get("/x", headers=BEARER).status_code == 403


# Below a path


def mounted(*routes: Route, outer: bool = False) -> Client:
    """Mount an app below /shop, under a gate with routes."""
    gate = Gate(ListStore(credential(consumer=jack())), routes=routes, clock=clock)
    app = guarded(gate)
    app.add_url_rule("/admin/x", "admin", lambda: repr(current_claims))
    app.add_url_rule("/open/x", "open", why)
    whole: Any = DispatcherMiddleware(Flask("root"), {"/shop": app})
    return Client(JWTGateMiddleware(whole, gate) if outer else whole)


def test_routes_of_a_mounted_app() -> None:
    """The paths of routes begin where the gate is."""
    client = mounted(Route(path="/open/*", public=True))
    assert client.get("/shop/open/x").text == "public"
    assert client.get("/shop/admin/x").status_code == 401
    assert client.get("/shop/admin/x", headers=BEARER).status_code == 200


@pytest.mark.parametrize("outer", [False, True])
@pytest.mark.parametrize("path", ["/shop/open/*", "/shop/*"])
def test_routes_that_name_where_no_app_is(path: str, *, outer: bool) -> None:
    """A route from the other beginning opens nothing, not even behind itself."""
    client = mounted(Route(path=path, public=True), outer=outer)
    assert client.get("/shop/open/x").status_code == 401


def test_a_view_of_a_mounted_app() -> None:
    """What a view demands is decided by the route that let the request pass."""
    policy = Policy(hide_credentials=True)
    gate = Gate(
        ListStore(credential()), routes=[Route(path="/x", policy=policy)], clock=clock
    )
    app = guarded(gate)
    app.add_url_rule("/x", "x", jwt_required(authenticated=True)(whoami))
    client = Client(DispatcherMiddleware(Flask("root"), {"/shop": app}))
    assert client.get("/shop/x", headers=BEARER).text == "jack"


@pytest.mark.parametrize(
    "lax",
    [Policy(mode="report"), Policy(anonymous=Consumer(username="guest"))],
    ids=["report mode", "anonymous"],
)
def test_a_view_that_hands_its_request_on(lax: Policy) -> None:
    """What was decided on one path is no answer for another, whoever asks."""
    routes = [Route(path="/lax/*", policy=lax)]
    gate = Gate(ListStore(credential()), routes=routes, clock=clock)
    app = guarded(gate)
    app.add_url_rule("/strict", "strict", jwt_required()(lambda: "guarded"))

    @app.get("/lax/<path:path>")
    def hand_on(path: str) -> Any:
        return Response.from_app(app, {**request.environ, "PATH_INFO": f"/{path}"})

    client = app.test_client()
    assert client.get("/lax/strict").status_code == 401
    assert client.get("/lax/strict", headers=BEARER).text == "guarded"
