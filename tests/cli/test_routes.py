import json
import sys
from pathlib import Path

import pytest

from tests.cli.running import CLI, run_process

APP = """\
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from jwtgate import Gate, MemoryStore
from jwtgate.starlette import JWTGateMiddleware, jwt_required

async def view(request): ...

async def raw(scope, receive, send): ...

gate = Gate(MemoryStore())
inner = Starlette(routes=[Route("/orders", view, methods=["GET", "POST"])])
guarded = JWTGateMiddleware(inner, gate)
app = Starlette(routes=[
    Mount("/shop", guarded),
    Route("/docs", view),
    WebSocketRoute("/chat", jwt_required()(view)),
    Mount("/raw", raw),
])
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a module with apps into the working directory; give its name."""
    name = f"routes_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(APP)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return name


def test_routes_are_a_table(cli: CLI, app: str) -> None:
    """With how many there are of each status."""
    ran = cli("routes", f"{app}:app")
    assert ran.code == 0
    rows = [line.split() for line in ran.out.splitlines()]
    assert [row[:3] for row in rows[:5]] == [
        ["METHODS", "PATH", "STATUS"],
        ["GET,POST", "/shop/orders", "guarded"],
        ["GET", "/docs", "open"],
        ["WS", "/chat", "closed"],
        ["*", "/raw/*", "unknown"],
    ]
    assert ran.out.endswith("4 routes: 1 guarded, 1 open, 1 closed, 1 unknown\n")


def test_open_route_fails_if_it_is_to(cli: CLI, app: str) -> None:
    """It is named, and so is what cannot be told."""
    ran = cli("routes", f"{app}:app", "--fail-on-open")
    assert ran.code == 1
    assert ran.err == (
        f"jwtgate: /docs (GET) is open: {app}.view\n"
        f"jwtgate: /raw/* (any method) is unknown: {app}.raw\n"
    )


@pytest.mark.parametrize(
    ("allowed", "code"),
    [(["/docs"], 1), (["/docs", "/raw/*"], 0), (["/*"], 0), (["/doc", "/raw"], 1)],
)
def test_open_route_that_is_allowed(
    allowed: list[str], code: int, cli: CLI, app: str
) -> None:
    """As it is listed, or with a star for all that begins so."""
    options = [word for each in allowed for word in ("--allow-open", each)]
    assert cli("routes", f"{app}:app", "--fail-on-open", *options).code == code


def test_guarded_app_does_not_fail(cli: CLI, app: str) -> None:
    """Nothing is open."""
    ran = cli("routes", f"{app}:guarded", "--fail-on-open")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 route: 1 guarded")


def test_json_is_for_scripts(cli: CLI, app: str) -> None:
    """A list of objects; what fails is told beside it."""
    ran = cli("routes", f"{app}:app", "--json", "--fail-on-open")
    assert ran.code == 1
    assert json.loads(ran.out)[0] == {
        "path": "/shop/orders",
        "methods": ["GET", "POST"],
        "kind": "http",
        "status": "guarded",
        "who": "any consumer",
        "guards": ["JWTGateMiddleware"],
        "view": f"{app}.view",
    }


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ([], "expected one of: MODULE:APP, --django SETTINGS"),
        (["x:app", "--django", "y"], "expected one of: MODULE:APP, --django SETTINGS"),
        (["no_such:app"], "there is no module 'no_such' in "),
        (["--django", "no_such"], "there is no module 'no_such' in "),
    ],
    ids=["nothing", "both", "no module", "no settings"],
)
def test_call_that_cannot_work(argv: list[str], problem: str, cli: CLI) -> None:
    """It ends with 2."""
    ran = cli("routes", *argv)
    assert ran.code == 2
    assert ran.err.startswith(f"jwtgate: {problem}")


def test_project_of_django_is_listed() -> None:
    """In a process of its own, as there is one project in each."""
    ran = run_process(
        "routes",
        *("--django", "examples.apps.django_shop.settings", "--fail-on-open"),
        cwd=Path(__file__).parents[2],
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [line.split()[:3] for line in ran.stdout.splitlines()[1:-1]] == [
        ["*", "/token/<name>", "public"],
        ["*", "/orders", "guarded"],
        ["POST", "/orders/<item>", "guarded"],
        ["*", "/admin", "guarded"],
    ]


@pytest.mark.parametrize("framework", ["asgi", "fastapi", "flask", "starlette", "wsgi"])
def test_examples_have_no_open_route(framework: str, cli: CLI) -> None:
    """The shop of each framework is guarded, or says what is public."""
    root = Path(__file__).parents[2]
    allowed = ("/openapi.json", "/docs*", "/redoc", "/token/*")
    options = [word for each in allowed for word in ("--allow-open", each)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        name = f"examples.apps.{framework}_app:app"
        assert cli("routes", name, "--fail-on-open", *options).code == 0


def test_page_shows_what_is_written(cli: CLI, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table on the page is that of the example."""
    root = Path(__file__).parents[2]
    monkeypatch.chdir(root)
    page = (root / "docs/howto/route-coverage.md").read_text()
    command = "jwtgate routes examples.apps.flask_app:app"
    shown = page.partition(f"$ {command}\n")[2].partition("```")[0]
    assert cli(*command.split()[1:]).out == shown
