import functools
import inspect
import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import flask_restful  # type: ignore[import-untyped]
import flask_restx  # type: ignore[import-untyped]
import pytest
from flask import Blueprint, Flask, Response, g
from flask.testing import FlaskClient
from flask.views import MethodView, View
from werkzeug.test import TestResponse

from jwtgate import ConfigurationError, Consumer, Exempt, Gate, Policy, Reason
from jwtgate.flask import JWTGate, current_consumer, jwt_required, public
from jwtgate.marks import marked
from jwtgate.requirement import Requirement
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import ListStore, clock, credential, jack, make_gate, mint

STAFF = Consumer(username="jill", groups=("staff",))
GATE = make_gate(credential(), credential(key="jill-key", consumer=STAFF))
BEARER = {"Authorization": f"Bearer {mint()}"}
OF_STAFF = {"Authorization": f"Bearer {mint(iss='jill-key')}"}
FORBIDDEN = {"message": Reason.CONSUMER_FORBIDDEN.text}
MISSING = {"message": Reason.TOKEN_MISSING.text}

for_staff = jwt_required(groups=["staff"])


def whoami() -> str:
    """Tell who calls."""
    return current_consumer.username or ""


async def awhoami() -> str:
    """Tell the same."""
    return current_consumer.username or ""


def app_of(view: Any, gate: Gate = GATE, *, guard_all: bool = True) -> Flask:
    """Make a guarded app of one view."""
    app = Flask("shop")
    app.config["JWTGATE_GUARD_ALL"] = guard_all
    app.add_url_rule("/", "index", view)
    JWTGate(gate).init_app(app)
    return app


def get(view: Any, headers: dict[str, str], *, guard_all: bool = True) -> TestResponse:
    """Call the view of such an app."""
    return app_of(view, guard_all=guard_all).test_client().get("/", headers=headers)


def json_of(body: dict[str, str]) -> bytes:
    """Write a body as the gate does."""
    return json.dumps(body, separators=(",", ":")).encode()


either = pytest.mark.parametrize("view", [whoami, awhoami], ids=["sync", "async"])
everywhere = pytest.mark.parametrize("guard_all", [True, False])


# Functions


@either
@everywhere
def test_a_caller(view: Any, *, guard_all: bool) -> None:
    """Whoever is what the view demands is let through."""
    response = get(for_staff(view), OF_STAFF, guard_all=guard_all)
    assert response.text == "jill"


@either
@everywhere
def test_another_caller(view: Any, *, guard_all: bool) -> None:
    """Another is refused as the gate refuses, to the byte."""
    response = get(for_staff(view), BEARER, guard_all=guard_all)
    assert response.status_code == 403
    assert response.data == json_of(FORBIDDEN)
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]
    assert response.headers["Cache-Control"] == "no-store"


@either
@everywhere
def test_nobody(view: Any, *, guard_all: bool) -> None:
    """Who brings no token is refused."""
    response = get(for_staff(view), {}, guard_all=guard_all)
    assert (response.status_code, response.json) == (401, MISSING)
    assert response.headers["WWW-Authenticate"] == "Bearer"


@either
def test_any_caller(view: Any) -> None:
    """Without words, a view demands that somebody calls."""
    assert get(jwt_required()(view), BEARER, guard_all=False).text == "jack"
    assert get(jwt_required()(view), {}, guard_all=False).status_code == 401


def test_a_view_that_is_refused_does_not_run() -> None:
    """Not even its first line."""
    called: list[str] = []

    def view() -> str:
        called.append("view")
        return "app"

    assert get(for_staff(view), BEARER).status_code == 403
    assert not called


WORDS: dict[str, tuple[Any, dict[str, str], int]] = {
    "consumer": ({"consumers": ["jill"]}, OF_STAFF, 200),
    "consumer-by-id": ({"consumers": [STAFF.id]}, OF_STAFF, 200),
    "other-consumer": ({"consumers": ["jill"]}, BEARER, 403),
    "predicate": ({"when": lambda claims: claims["iss"] == "jack-key"}, BEARER, 200),
    "other-claim": ({"when": lambda claims: "tenant" in claims}, BEARER, 403),
    "claim-that-lacks": ({"when": lambda claims: claims["tenant"] == 1}, BEARER, 403),
    "both": ({"groups": ["staff"], "consumers": ["jack"]}, OF_STAFF, 403),
    "authenticated": ({"authenticated": True}, BEARER, 200),
}


@pytest.mark.parametrize(("demands", "headers", "status"), WORDS.values(), ids=WORDS)
def test_words(demands: Any, headers: dict[str, str], status: int) -> None:
    """The words are those of a Requirement."""
    assert get(jwt_required(**demands)(whoami), headers).status_code == status


@pytest.mark.parametrize("scope", ["a b", ["b", "a"]], ids=["text", "array"])
def test_scopes(scope: object) -> None:
    """A token that grants all of the scopes passes."""
    sent = {"Authorization": f"Bearer {mint(scope=scope)}"}
    assert get(jwt_required(scopes=["a", "b"])(whoami), sent).text == "jack"


def test_a_scope_that_lacks() -> None:
    """The challenge names what is demanded (RFC 6750 section 3)."""
    response = get(jwt_required(scopes=["a", "b"])(whoami), BEARER)
    assert response.status_code == 403
    assert 'scope="a b"' in response.headers["WWW-Authenticate"]


@either
def test_an_asynchronous_view_stays_one(view: Any) -> None:
    """Flask awaits what is a coroutine function, and nothing else."""
    guarded = for_staff(view)
    assert inspect.iscoroutinefunction(guarded) == inspect.iscoroutinefunction(view)


@either
def test_a_view_keeps_its_name(view: Any) -> None:
    """Its endpoint, its docstring and its module are the same."""
    guarded = for_staff(view)
    assert guarded.__name__ == view.__name__
    assert guarded.__doc__ == view.__doc__
    assert guarded.__wrapped__ is view


def test_the_view_itself_is_not_changed() -> None:
    """The function without the decorator demands nothing."""
    for_staff(whoami)
    assert marked(whoami) is None


@pytest.mark.parametrize("guarded", [for_staff(whoami), for_staff(awhoami)])
def test_a_view_tells_what_it_demands(guarded: object) -> None:
    """So that a guard of the app knows it before."""
    assert marked(guarded) == Requirement(groups=["staff"])


def test_arguments_of_the_path() -> None:
    """They reach the view."""
    app = app_of(whoami)

    @app.get("/<int:number>")
    @for_staff
    def double(number: int) -> str:
        return str(number * 2)

    assert app.test_client().get("/21", headers=OF_STAFF).text == "42"


def test_a_callable_object() -> None:
    """What can be called can be a view."""
    view = for_staff(functools.partial(lambda word: word, "app"))
    assert get(view, OF_STAFF).text == "app"
    assert get(view, BEARER).status_code == 403


# Mistakes


def test_without_parentheses() -> None:
    """It fails when the module is imported."""
    decorator: Any = jwt_required
    with pytest.raises(TypeError):
        decorator(whoami)


def test_a_word_that_there_is_not() -> None:
    """So does this."""
    decorator: Any = jwt_required
    with pytest.raises(TypeError, match="group"):
        decorator(group=["staff"])


@pytest.mark.parametrize("demands", [{"groups": []}, {"groups": "staff"}], ids=str)
def test_demands_that_cannot_be(demands: Any) -> None:
    """And this."""
    with pytest.raises(ConfigurationError, match="groups"):
        jwt_required(**demands)


def function() -> Any:
    """Make a view."""
    return lambda: "app"


@pytest.mark.parametrize(
    ("first", "second"), [(public, for_staff), (for_staff, public)], ids=["in", "out"]
)
@pytest.mark.parametrize(
    "make", [function, lambda: type("Kind", (View,), {})], ids=["view", "class"]
)
def test_a_contradiction(first: Any, second: Any, make: Callable[[], Any]) -> None:
    """A view is public or demands a caller."""
    view = first(make())
    with pytest.raises(ConfigurationError, match="not both"):
        second(view)


def test_no_gate() -> None:
    """An app without a gate says which step is missing."""
    app = Flask("shop")
    app.testing = True
    app.add_url_rule("/", "index", for_staff(whoami))
    with pytest.raises(RuntimeError, match=r"JWTGate\(gate\)\.init_app\(app\)"):
        app.test_client().get("/")


# Other decorators


def outer(view: Callable[..., str]) -> Callable[..., str]:
    """Add a word to what a view answers."""

    @functools.wraps(view)
    def worded(*args: Any, **kwargs: Any) -> Any:
        answer = view(*args, **kwargs)
        return answer if isinstance(answer, Response) else f"{answer}!"

    return worded


@pytest.mark.parametrize(
    "view", [outer(for_staff(whoami)), for_staff(outer(whoami))], ids=["out", "in"]
)
def test_another_decorator(view: Any) -> None:
    """It works on either side."""
    assert get(view, OF_STAFF).text == "jill!"
    assert get(view, BEARER).status_code == 403


@pytest.mark.parametrize("guard_all", [True, False])
def test_an_optional_view_inside_another_decorator(*, guard_all: bool) -> None:
    """A mark passes through functools.wraps."""
    view = outer(jwt_required(optional=True)(lambda: "app"))
    assert get(view, {}, guard_all=guard_all).text == "app!"


@pytest.mark.parametrize(
    "view",
    [
        for_staff(jwt_required(consumers=["jack"])(whoami)),
        jwt_required(consumers=["jack"])(for_staff(whoami)),
    ],
    ids=["groups-first", "consumers-first"],
)
def test_two_demands(view: Any) -> None:
    """Both have to hold."""
    assert get(view, OF_STAFF).status_code == 403
    assert get(view, BEARER).status_code == 403


def test_optional_and_demanded() -> None:
    """The narrower of two counts, whichever is outside."""
    lax, strict = jwt_required(optional=True), for_staff
    assert get(lax(strict(whoami)), {}).status_code == 401
    assert get(strict(lax(whoami)), {}).status_code == 401


def test_two_demands_ask_once() -> None:
    """The store is asked once for a request."""
    store = ListStore(credential(consumer=STAFF))
    view = jwt_required()(for_staff(whoami))
    app = app_of(view, Gate(store, clock=clock), guard_all=False)
    assert app.test_client().get("/", headers=BEARER).text == "jill"
    assert len(store.asked) == 1


# Optional


@either
@everywhere
def test_an_optional_view(view: Any, *, guard_all: bool) -> None:
    """Without a token it runs, with one it knows who calls."""
    seen = jwt_required(optional=True)(view)
    assert get(seen, BEARER, guard_all=guard_all).text == "jack"


@everywhere
def test_an_optional_view_without_a_token(*, guard_all: bool) -> None:
    """It runs, and a guard of the app knows that it may."""
    view = jwt_required(optional=True)(lambda: f"{bool(current_consumer)}")
    assert get(view, {}, guard_all=guard_all).text == "False"


@everywhere
def test_an_optional_view_with_a_bad_token(*, guard_all: bool) -> None:
    """A token that is there has to be good."""
    bad = {"Authorization": "Bearer x.y.z"}
    view = jwt_required(optional=True)(lambda: "app")
    assert get(view, bad, guard_all=guard_all).status_code == 401


@everywhere
def test_an_optional_view_for_a_group(*, guard_all: bool) -> None:
    """Who calls has to be what is demanded; nobody need not."""
    view = jwt_required(optional=True, groups=["staff"])(lambda: "app")
    assert get(view, BEARER, guard_all=guard_all).status_code == 403
    assert get(view, {}, guard_all=guard_all).text == "app"


# Classes


def page(method: Any = None, **members: Any) -> Any:
    """Make a class of views."""
    answer = method or (lambda _: current_consumer.username)
    return type("Page", (MethodView,), {"get": answer, **members})


async def answer(_: object) -> str:
    """Answer as an asynchronous method."""
    return current_consumer.username or ""


@everywhere
@pytest.mark.parametrize("method", [None, answer], ids=["sync", "async"])
@pytest.mark.parametrize("by", ["class", "method", "list", "view"])
def test_a_class(by: str, method: Any, *, guard_all: bool) -> None:
    """The class, a method, its list of decorators or its view may be decorated."""
    if by == "method":
        kind = page(for_staff(method or page().get))
    else:
        kind = page(method, decorators=[for_staff] if by == "list" else [])
    view = (for_staff(kind) if by == "class" else kind).as_view("page")
    guarded = for_staff(view) if by == "view" else view
    assert get(guarded, OF_STAFF, guard_all=guard_all).text == "jill"
    assert get(guarded, BEARER, guard_all=guard_all).json == FORBIDDEN
    assert get(guarded, {}, guard_all=guard_all).json == MISSING


def test_a_class_stays_itself() -> None:
    """What is decorated is the class, with its name."""
    kind = page()
    assert for_staff(kind) is kind


def test_head() -> None:
    """HEAD is the method of GET, and demands the same."""
    client = app_of(for_staff(page()).as_view("page")).test_client()
    assert client.head("/", headers=OF_STAFF).status_code == 200
    assert client.head("/", headers=BEARER).status_code == 403


def test_a_method_of_several() -> None:
    """What one method demands, another does not."""
    kind = page(post=for_staff(lambda _: "posted"))
    client = app_of(kind.as_view("page")).test_client()
    assert client.get("/", headers=BEARER).text == "jack"
    assert client.post("/", headers=BEARER).status_code == 403
    assert client.post("/", headers=OF_STAFF).text == "posted"


def test_a_method_and_its_class() -> None:
    """Both have to be satisfied."""
    kind = for_staff(page(for_staff(jwt_required(consumers=["jack"])(answer))))
    assert get(kind.as_view("page"), OF_STAFF).status_code == 403


def test_an_unknown_method_of_a_class() -> None:
    """Flask answers it, to those who may see the class at all."""
    client = app_of(for_staff(page()).as_view("page")).test_client()
    assert client.delete("/").status_code == 401
    assert client.delete("/", headers=BEARER).status_code == 405


def test_an_instance_for_all_requests() -> None:
    """A class of one instance is guarded on each request."""
    view = for_staff(page(init_every_request=False)).as_view("page")
    assert get(view, OF_STAFF).text == "jill"
    assert get(view, BEARER).status_code == 403


@pytest.mark.parametrize("name", ["get", "dispatch_request"])
def test_a_subclass(name: str) -> None:
    """What a class demands, its subclasses demand, whatever they answer by."""
    kind = type("Sub", (for_staff(page()),), {name: lambda _: "app"})
    view: Any = kind.as_view("page")  # type: ignore[attr-defined]
    assert get(view, OF_STAFF).text == "app"
    assert get(view, BEARER).status_code == 403


@pytest.mark.parametrize("guard_all", [True, False])
def test_a_subclass_with_decorators_of_its_own(*, guard_all: bool) -> None:
    """They come besides what its base demands, not in place of it."""
    kind = type("Sub", (for_staff(page()),), {"decorators": [lambda view: view]})
    view: Any = kind.as_view("page")  # type: ignore[attr-defined]
    assert get(view, BEARER, guard_all=guard_all).status_code == 403


def test_a_subclass_of_an_optional_class() -> None:
    """A subclass needs a token no more than its base."""
    kind = type("Sub", (jwt_required(optional=True)(page()),), {"get": lambda _: "app"})
    view: Any = kind.as_view("page")  # type: ignore[attr-defined]
    assert get(view, {}).text == "app"


def test_the_base_of_a_guarded_class() -> None:
    """The class that a guarded one was made of is as it was."""
    base = page()
    for_staff(type("Sub", (base,), {}))
    assert get(base.as_view("page"), BEARER).text == "jack"


class Whoami(View):
    """A view that is a class."""

    def dispatch_request(self) -> str:
        """Answer."""
        return whoami()


class Awhoami(View):
    """The same, asynchronous."""

    async def dispatch_request(self) -> str:  # type: ignore[override]
        """Answer."""
        return await awhoami()


@everywhere
@pytest.mark.parametrize("base", [Whoami, Awhoami], ids=["sync", "async"])
def test_a_view_that_is_a_class(base: Any, *, guard_all: bool) -> None:
    """It may be synchronous or asynchronous."""
    view = for_staff(type("Sub", (base,), {})).as_view("page")  # type: ignore[attr-defined]
    assert get(view, OF_STAFF, guard_all=guard_all).text == "jill"
    assert get(view, BEARER, guard_all=guard_all).json == FORBIDDEN


def test_an_optional_class() -> None:
    """A class may be optional."""
    kind = jwt_required(optional=True)(page(lambda _: "app"))
    assert get(kind.as_view("page"), {}).text == "app"


def test_an_optional_method() -> None:
    """In an app that is guarded it has to be said of the class."""
    view = page(jwt_required(optional=True)(lambda _: "app")).as_view("page")
    assert get(view, {}).status_code == 401
    assert get(view, {}, guard_all=False).text == "app"


def test_a_method_of_a_public_class() -> None:
    """One method of a public class may demand a caller."""
    kind = public(page(lambda _: "open", post=for_staff(lambda _: whoami())))
    client = app_of(kind.as_view("page")).test_client()
    assert client.get("/").text == "open"
    assert client.post("/").status_code == 401
    assert client.post("/", headers=OF_STAFF).text == "jill"


# Flask-RESTful and Flask-RESTX


@pytest.fixture(params=[flask_restful, flask_restx], ids=["restful", "restx"])
def rest(request: pytest.FixtureRequest) -> Any:
    """Give either module."""
    return request.param


def resource(rest: Any, by: str, **members: Any) -> Any:
    """Make a resource for staff."""

    def shown(_: object) -> dict[str, Any]:
        return {"name": current_consumer.username}

    if by == "list":
        members["method_decorators"] = [for_staff]
    members["get"] = for_staff(shown) if by == "method" else shown
    kind = type("Orders", (rest.Resource,), members)
    return for_staff(kind) if by == "class" else kind


def served(rest: Any, kind: Any, *, guard_all: bool = True) -> Any:
    """Give a client of an API of a resource."""
    app = app_of(for_staff(whoami), guard_all=guard_all)
    api = rest.Api(app, prefix="/api")
    api.add_resource(kind, "/orders")
    return app.test_client()


@everywhere
@pytest.mark.parametrize("by", ["class", "method", "list"])
@pytest.mark.parametrize("headers", [{}, BEARER], ids=["nobody", "another"])
def test_a_refusal_by_a_resource(
    rest: Any, by: str, headers: dict[str, str], *, guard_all: bool
) -> None:
    """It is the same as that of a view: status, headers, and every byte."""
    client = served(rest, resource(rest, by), guard_all=guard_all)
    response = client.get("/api/orders", headers=headers)
    other = client.get("/", headers=headers)
    assert response.status_code == other.status_code == (403 if headers else 401)
    assert response.data == other.data
    assert list(response.headers) == list(other.headers)


@pytest.mark.parametrize("by", ["class", "method", "list"])
def test_a_caller_of_a_resource(rest: Any, by: str) -> None:
    """Whoever is what it demands is let through."""
    client = served(rest, resource(rest, by))
    assert client.get("/api/orders", headers=OF_STAFF).json == {"name": "jill"}


@everywhere
def test_decorators_of_an_api(rest: Any, *, guard_all: bool) -> None:
    """An API may demand it of all its resources."""
    app = app_of(whoami, guard_all=guard_all)
    api = rest.Api(app, prefix="/api", decorators=[for_staff])
    api.add_resource(resource(rest, "none"), "/orders")
    client = app.test_client()
    assert client.get("/api/orders", headers=BEARER).data == json_of(FORBIDDEN)
    assert client.get("/api/orders", headers=OF_STAFF).json == {"name": "jill"}


def test_error_handlers_of_restx() -> None:
    """What RESTX does with errors has no part in a refusal."""
    app = Flask("shop")
    JWTGate(GATE).init_app(app)
    api = flask_restx.Api(app)
    api.errorhandler(Exception)(lambda _: ({"message": "eaten"}, 418))
    api.errorhandler(lambda _: ({"message": "eaten"}, 418))
    api.add_resource(resource(flask_restx, "method"), "/orders")
    response = app.test_client().get("/orders", headers=BEARER)
    assert (response.status_code, response.data) == (403, json_of(FORBIDDEN))


def test_error_handlers_of_restful() -> None:
    """Nor has what RESTful does."""
    app = Flask("shop")
    JWTGate(GATE).init_app(app)
    errors = {"Unauthorized": {"message": "eaten", "status": 418}}
    api = flask_restful.Api(app, errors=errors, serve_challenge_on_401=True)
    api.add_resource(resource(flask_restful, "method"), "/orders")
    response = app.test_client().get("/orders")
    assert (response.status_code, response.data) == (401, json_of(MISSING))
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_namespace_of_restx() -> None:
    """A route's decorator may be outside or inside of ours."""
    app = Flask("shop")
    JWTGate(GATE).init_app(app)
    space = flask_restx.Namespace("shop")
    space.route("/in")(resource(flask_restx, "class"))
    for_staff(space.route("/out")(resource(flask_restx, "none")))
    flask_restx.Api(app).add_namespace(space, "/shop")
    client = app.test_client()
    codes = [
        client.get(f"/shop/{at}", headers=BEARER).status_code for at in ("in", "out")
    ]
    assert codes == [403, 403]


MADE = {
    "nobody": ({}, MISSING),
    "another": (BEARER, FORBIDDEN),
    "caller": (OF_STAFF, {"name": "jill"}),
}


@pytest.mark.parametrize(("headers", "expected"), MADE.values(), ids=MADE)
def test_what_is_made_of_an_answer(
    rest: Any, headers: dict[str, str], expected: dict[str, str]
) -> None:
    """Inside of ours, a decorator that marshals answers sees no refusal."""
    import_module(f"{rest.__name__}.fields")
    kind = resource(rest, "none")
    made = rest.marshal_with({"name": rest.fields.String})
    kind.get = for_staff(made(kind.get))
    response = served(rest, kind).get("/api/orders", headers=headers)
    assert response.json == expected


# Other outcomes


def with_policy(view: Any, **policy: Any) -> TestResponse:
    """Call a view, without a token, under a policy."""
    app = app_of(view, make_gate(policy=Policy(**policy)))
    return app.test_client().get("/")


def test_the_anonymous_consumer() -> None:
    """Who stands in is a caller, by name and groups."""
    guest = Consumer(username="guest", groups=("staff",))
    assert with_policy(for_staff(whoami), anonymous=guest).text == "guest"


def test_the_anonymous_consumer_where_a_token_is_demanded() -> None:
    """Nobody stands in for a token."""
    view = jwt_required(authenticated=True)(whoami)
    assert with_policy(view, anonymous=jack()).status_code == 401


def test_report_mode() -> None:
    """What would be refused passes."""
    view = for_staff(lambda: g.jwtgate.why)
    assert with_policy(view, mode="report").text == "report"


def test_report_mode_where_a_token_is_demanded() -> None:
    """But not where a view cannot do without."""
    view = jwt_required(authenticated=True)(whoami)
    assert with_policy(view, mode="report").status_code == 401


# Which gate


def test_a_view_of_a_blueprint() -> None:
    """It is the blueprint's gate that decides."""
    app, shop = app_of(whoami), Blueprint("shop", "shop", url_prefix="/shop")
    shop.add_url_rule("/", "index", for_staff(whoami))
    JWTGate(make_gate(credential(consumer=STAFF))).init_app(shop)
    app.register_blueprint(shop)
    client = app.test_client()
    assert client.get("/shop/", headers=BEARER).text == "jill"
    assert client.get("/shop/", headers=OF_STAFF).status_code == 401


def behind(view: Any) -> FlaskClient:
    """Give a client of an app without the extension, behind a gate."""
    app = Flask("shop")
    app.add_url_rule("/", "index", view)
    app.wsgi_app = JWTGateMiddleware(app.wsgi_app, GATE)  # type: ignore[method-assign]
    return app.test_client()


@either
def test_a_view_behind_a_gate(view: Any) -> None:
    """An app without the extension has the gate around it."""
    client = behind(for_staff(view))
    assert client.get("/", headers=OF_STAFF).text == "jill"
    assert client.get("/", headers=BEARER).json == FORBIDDEN


def test_an_optional_view_behind_a_gate() -> None:
    """A view can only narrow what the gate around it allows."""
    assert behind(jwt_required(optional=True)(whoami)).get("/").status_code == 401


def test_a_view_on_a_public_route() -> None:
    """What the gate around it let pass unasked is no caller."""
    exempt = Exempt("public", None, GATE)
    app = Flask("shop")
    app.add_url_rule("/", "index", for_staff(whoami))
    with app.test_request_context(environ_base={"jwtgate": exempt}):
        response = app.full_dispatch_request()
    assert response.status_code == 401


def test_a_class_that_makes_no_views() -> None:
    """It is told when it is decorated, not when it is called."""
    with pytest.raises(ConfigurationError, match="classes of them"):
        for_staff(type("Plain", (), {}))


def test_who_demands_less_is_not_refused_for_who_demanded_more() -> None:
    """A view may ask two helpers, of which one refuses."""

    def either() -> str:
        strict = for_staff(lambda: "staff")()
        return strict if strict == "staff" else jwt_required()(lambda: "caller")()

    assert get(either, BEARER, guard_all=False).text == "caller"
