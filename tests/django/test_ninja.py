import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any, NoReturn

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import AsyncClient, Client
from django.urls import path
from ninja import NinjaAPI, Router
from ninja.security import APIKeyHeader

from jwtgate import (
    Access,
    Answer,
    ConfigurationError,
    Consumer,
    Gate,
    Policy,
    Quota,
    Route,
)
from jwtgate.django.ninja import GateAuth, Refused, install
from tests.django.project import MIDDLEWARE
from tests.kit import (
    Got,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    make_gate,
    mint,
)
from tests.kit import via_wsgi as via_middleware

Send = Callable[[Sent], Got]

TOKEN = mint(scope="read")
GOOD = Sent.bearer(TOKEN)
IN_GROUP = make_gate(credential(consumer=jack(groups=["gold"])))
COMPARED = (
    "www-authenticate",
    "cache-control",
    "retry-after",
    "x-ratelimit-limit-hour",
    "x-ratelimit-remaining-hour",
)
BEHIND = [MIDDLEWARE]
ALONE_AND_BEHIND = pytest.mark.parametrize(
    "middleware", [[], BEHIND], ids=["alone", "behind"]
)
_numbers = count()


class Waiting:
    """A store that only waits."""

    async def afind(self, key: str, kid: str | None = None) -> Any:
        """Find what the other store has, a moment later."""
        await asyncio.sleep(0)
        return ListStore(credential()).find(key, kid)


class Down:
    """A store that is out of reach."""

    blocking = False

    def find(self, *_: object, **__: object) -> NoReturn:
        """Fail."""
        raise OSError


class Key(APIKeyHeader):
    """Another way of authentication."""

    param_name = "X-Key"

    def authenticate(self, _request: HttpRequest, key: str | None) -> str | None:
        """Take one key."""
        return key if key == "good" else None


def told(request: Any) -> dict[str, Any]:
    """Tell who calls, and what the operation sees of the identity headers."""
    consumer = getattr(request.auth, "consumer", None)
    return {
        "auth": getattr(consumer, "username", None),
        "outcome": type(getattr(request, "jwtgate", None)).__name__,
        "same": request.auth is request.jwtgate,
        "headers": {n.lower(): text for n, text in request.headers.items()},
    }


def done(request: HttpRequest) -> str:  # noqa: ARG001 - what it calls
    """Look at nothing."""
    return "done"


def sync_api(auth: Any) -> NinjaAPI:
    """Make an API of an operation that blocks."""
    made = NinjaAPI(auth=auth, urls_namespace=f"tests-{next(_numbers)}")

    @made.get("")
    def show(request: HttpRequest) -> Any:
        return told(request)

    return made


def plain_api(auth: Any) -> NinjaAPI:
    """Make an API that looks at nothing."""
    made = NinjaAPI(auth=auth, urls_namespace=f"tests-{next(_numbers)}")
    made.get("")(done)
    return made


def async_api(auth: Any) -> NinjaAPI:
    """Make an API of an operation that is awaited."""
    made = NinjaAPI(auth=auth, urls_namespace=f"tests-{next(_numbers)}")

    @made.get("")
    async def show(request: HttpRequest) -> Any:
        return told(request)

    return made


def mixed_api(auth: Any) -> NinjaAPI:
    """Make an API of an operation that blocks beside one that is awaited."""
    made = sync_api(auth)

    @made.post("")
    async def ashow(request: HttpRequest) -> Any:
        return told(request)

    return made


Make = Callable[[Any], NinjaAPI]


@pytest.fixture(params=[sync_api, async_api, mixed_api], ids=["sync", "async", "mixed"])
def make(request: pytest.FixtureRequest) -> Make:
    """Make an API of operations of every kind."""
    made: Make = request.param
    return made


@pytest.fixture
def mount(settings: Any) -> Callable[..., None]:
    """Mount an API, with the settings of the docs."""

    def mounted(
        api: NinjaAPI, *, middleware: Any = (), installed: bool = True, **chosen: Any
    ) -> None:
        if installed:
            install(api)
        settings.ROOT_URLCONF = (path("", api.urls),)
        settings.MIDDLEWARE = middleware
        settings.JWTGATE = {"GATE": make_gate()} | chosen

    return mounted


Mount = Callable[..., None]


@ALONE_AND_BEHIND
def test_caller_is_on_the_request(
    mount: Mount, make: Make, send: Send, middleware: Any
) -> None:
    """Operations of every kind find who calls, under both handlers of Django."""
    mount(make(GateAuth()), middleware=middleware)
    seen = send(GOOD).message
    assert (seen["auth"], seen["outcome"], seen["same"]) == (
        "jack",
        "Authenticated",
        True,
    )


def test_token_is_verified_once(mount: Mount, make: Make, send: Send) -> None:
    """What the middleware decided is not decided again."""
    store = ListStore(credential())
    gate = Gate(store, clock=clock)
    mount(make(GateAuth()), middleware=BEHIND, GATE=gate)
    send(GOOD)
    assert len(store.asked) == 1


def test_async_operations_wait(mount: Mount, send: Send) -> None:
    """A store that can only be awaited serves them."""
    mount(async_api(GateAuth()), GATE=Gate(Waiting(), clock=clock))
    assert send(GOOD).message["auth"] == "jack"


def test_clients_of_django(mount: Mount) -> None:
    """A test sends a token by Django's own clients."""
    mount(async_api(GateAuth()))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert Client().get("/", headers=headers).json()["auth"] == "jack"
    got = asyncio.run(AsyncClient().get("/", headers=headers))
    assert got.json()["auth"] == "jack"


@pytest.mark.parametrize("name", ["X-Consumer-ID", "X_Consumer_Username"])
def test_forged_identity(mount: Mount, make: Make, send: Send, name: str) -> None:
    """Identity headers of a client reach no operation."""
    mount(make(GateAuth(optional=True)))
    seen = send(Sent(headers=[(name, "forged")]))
    assert seen.status == 200
    assert b"forged" not in seen.body


def used_up() -> Gate:
    """Make a gate whose quota is used up."""
    gate = make_gate(policy=Policy(quota=Quota(rates="1/h", per=(), aligned=True)))
    assert via_middleware(gate, GOOD).status == 200
    return gate


def denying(**answer: Any) -> Gate:
    """Make a gate that does not let jack in."""
    answered = Answer(**answer) if answer else None
    access = Access(deny_consumers=["jack"], answer=answered)
    return make_gate(policy=Policy(access=access))


REFUSALS: dict[str, tuple[Callable[[], Gate], Sent]] = {
    "no token": (make_gate, Sent()),
    "no token, realm": (lambda: make_gate(policy=Policy(realm="shop")), Sent()),
    "malformed": (make_gate, Sent.bearer("x")),
    "expired": (make_gate, Sent.bearer(mint(exp=1))),
    "bad signature": (make_gate, Sent.bearer(mint(secret="other" * 20))),
    "barred": (denying, GOOD),
    "over quota": (used_up, GOOD),
    "store down": (lambda: Gate(Down(), clock=clock), GOOD),
    "message": (lambda: denying(status=418, message="Go"), GOOD),
}


@pytest.mark.parametrize(("gate", "sent"), REFUSALS.values(), ids=REFUSALS)
def test_refusal_is_that_of_the_gate(
    mount: Mount, make: Make, send: Send, gate: Callable[[], Gate], sent: Sent
) -> None:
    """Status, headers and text are those of the middleware of a server."""
    expected = via_middleware(gate(), sent)
    mount(make(GateAuth()), GATE=gate())
    got = send(sent)
    assert got.status == expected.status
    assert got.message == {"detail": expected.message["message"]}
    for name in COMPARED:
        assert got.headers.get(name) == expected.headers.get(name)


@pytest.mark.parametrize(("gate", "sent"), REFUSALS.values(), ids=REFUSALS)
def test_refusal_without_install(
    mount: Mount, make: Make, send: Send, gate: Callable[[], Gate], sent: Sent
) -> None:
    """Ninja's own handler answers with status and text of the refusal."""
    expected = via_middleware(gate(), sent)
    mount(make(GateAuth()), installed=False, GATE=gate())
    got = send(sent)
    assert got.status == expected.status
    assert got.message == {"detail": expected.message["message"]}


def test_middleware_adds_the_challenge(mount: Mount, make: Make, send: Send) -> None:
    """Behind the middleware refusals have their headers without install, too."""
    mount(
        make(GateAuth(scopes=["write"])),
        installed=False,
        middleware=BEHIND,
        GUARD_ALL=False,
    )
    got = send(GOOD)
    assert got.status == 403
    assert got.headers["www-authenticate"].endswith('scope="write"')


def test_answer_without_content(mount: Mount, make: Make, send: Send) -> None:
    """A status that has no content gets none."""
    mount(make(GateAuth()), GATE=denying(status=204))
    got = send(GOOD)
    assert (got.status, got.body) == (204, b"")
    assert "content-type" not in got.headers


def test_handler_of_the_project(mount: Mount, send: Send) -> None:
    """An API may answer refusals by itself, and finds all of them."""
    api = sync_api(GateAuth())

    @api.exception_handler(Refused)
    def answer(request: HttpRequest, refused: Any) -> Any:
        reason = refused.denied.reason.code
        return api.create_response(request, {"why": reason}, status=refused.status_code)

    mount(api, installed=False)
    got = send(Sent())
    assert (got.status, got.message) == (401, {"why": "token_missing"})


MET: dict[str, Any] = {
    "consumers": {"consumers": ["jack"]},
    "groups": {"groups": ["gold"]},
    "scopes": {"scopes": ["read"]},
    "when": {"when": lambda claims: claims["scope"] == "read"},
    "authenticated": {"authenticated": True},
}
UNMET: dict[str, Any] = {
    "consumers": {"consumers": ["jill"]},
    "groups": {"groups": ["silver"]},
    "scopes": {"scopes": ["write"]},
    "when": {"when": lambda claims: claims["none"]},
}


@pytest.mark.parametrize("demands", MET.values(), ids=MET)
def test_demands_are_met(mount: Mount, make: Make, send: Send, demands: Any) -> None:
    """Who is what an operation demands gets in."""
    mount(make(GateAuth(**demands)), GATE=IN_GROUP)
    assert send(GOOD).status == 200


@pytest.mark.parametrize("demands", UNMET.values(), ids=UNMET)
def test_demands_are_not_met(
    mount: Mount, make: Make, send: Send, demands: Any
) -> None:
    """Who is not gets 403."""
    mount(make(GateAuth(**demands)), GATE=IN_GROUP)
    assert send(GOOD).status == 403


def test_operations_choose(mount: Mount, send: Send) -> None:
    """An operation, or a router, has an auth of its own, or none."""
    api = sync_api(GateAuth())
    api.get("open", auth=None)(done)
    admin = Router(auth=GateAuth(groups=["admins"]))
    admin.get("")(done)
    api.add_router("admin", admin)
    mount(api)
    paths = "/", "/open", "/admin"
    assert [send(Sent(path=each)).status for each in paths] == [401, 200, 401]
    assert send(Sent.bearer(TOKEN, path="/admin")).status == 403


def test_demands_that_nobody_could_satisfy() -> None:
    """An empty list is a mistake, found where the API is written."""
    with pytest.raises(ConfigurationError, match="groups is empty"):
        GateAuth(groups=[])


GUEST = Policy(anonymous=Consumer(username="guest"))
PASSING: dict[str, Any] = {
    "anonymous": (GateAuth(), make_gate(policy=GUEST), {}, "Anonymous"),
    "report": (GateAuth(), make_gate(policy=Policy(mode="report")), {}, "Exempt"),
    "public route": (
        GateAuth(),
        Gate(ListStore(), routes=[Route(path="/", public=True)]),
        {},
        "Exempt",
    ),
    "optional": (GateAuth(optional=True), make_gate(), {"GUARD_ALL": False}, "Exempt"),
}


@ALONE_AND_BEHIND
@pytest.mark.parametrize(
    ("auth", "gate", "chosen", "kind"), PASSING.values(), ids=PASSING
)
def test_who_passes_without_token(
    mount: Mount,
    make: Make,
    send: Send,
    auth: GateAuth,
    gate: Gate,
    chosen: Any,
    kind: str,
    middleware: Any,
) -> None:
    """What the gate lets pass gets in, and the outcome says how."""
    mount(make(auth), middleware=middleware, GATE=gate, **chosen)
    seen = send(Sent()).message
    assert (seen["outcome"], seen["same"]) == (kind, True)


def test_authenticated_wants_a_token(mount: Mount, make: Make, send: Send) -> None:
    """An operation may refuse who stands in."""
    mount(make(GateAuth(authenticated=True)), GATE=make_gate(policy=GUEST))
    assert send(Sent()).status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [([("X-Key", "good")], 200), ([("X-Key", "bad")], 401), (GOOD.headers, 200)],
    ids=["key", "bad key", "token"],
)
def test_last_of_several(mount: Mount, send: Send, headers: Any, status: int) -> None:
    """In a list the gate comes last: what it refuses is refused."""
    mount(plain_api([Key(), GateAuth()]))
    assert send(Sent(headers=headers)).status == status


def test_cookie_of_another_site(mount: Mount, make: Make, send: Send) -> None:
    """A page of another site cannot post with a token that is in a cookie."""
    api = make(GateAuth())
    api.put("")(done)
    mount(api, GATE=make_gate(policy=Policy(cookie_names=("jwt",))))
    headers = [("Cookie", f"jwt={TOKEN}"), ("Sec-Fetch-Site", "cross-site")]
    got = send(Sent(method="PUT", headers=headers))
    assert (got.status, got.message) == (403, {"detail": "Cross-site request refused"})


def test_without_gate(mount: Mount, settings: Any) -> None:
    """No gate at all is a mistake that says so."""
    mount(sync_api(GateAuth()))
    settings.JWTGATE = None
    with pytest.raises(ImproperlyConfigured, match="there is no gate"):
        Client().get("/")


BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
COOKIE = {"type": "apiKey", "in": "cookie", "name": "jwt"}


@pytest.mark.parametrize(
    ("policy", "scheme"),
    [
        (Policy(), BEARER),
        (Policy(header_names=(), cookie_names=("jwt",)), COOKIE),
    ],
    ids=["bearer", "cookie"],
)
def test_schema(mount: Mount, make: Make, policy: Policy, scheme: object) -> None:
    """The schema tells how a token is sent, so its pages can."""
    api = make(GateAuth())
    mount(api, GATE=make_gate(policy=policy))
    schema = api.get_openapi_schema()
    assert schema["components"]["securitySchemes"] == {"GateAuth": scheme}
    assert schema["paths"]["/"]["get"]["security"] == [{"GateAuth": []}]
