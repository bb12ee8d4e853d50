"""The example apps, each started by the command it names, over real HTTP."""

import ast
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.servers import PATIENCE, wait_for

ROOT = Path(__file__).parent.parent
APPS = ROOT / "examples" / "apps"
SERVED = {
    "asgi_app.py": "--port {port}",
    "django_shop/__main__.py": "127.0.0.1:{port} --noreload",
    "fastapi_app.py": "--port {port}",
    "flask_app.py": "--bind 127.0.0.1:{port}",
    "starlette_app.py": "--bind 127.0.0.1:{port}",
    "wsgi_app.py": "--listen 127.0.0.1:{port}",
}
"""The apps, and where they are to listen, as their servers are told."""

ALL = pytest.mark.parametrize("shop", SERVED, ids=SERVED, indirect=True)
FRAMEWORKS = pytest.mark.parametrize(
    "shop",
    [name for name in SERVED if name not in ("asgi_app.py", "wsgi_app.py")],
    indirect=True,
)


def command(name: str, port: int) -> list[str]:
    """Give the command of an app's docstring, for a port."""
    docstring = ast.get_docstring(ast.parse((APPS / name).read_text())) or ""
    program, *arguments = shlex.split(docstring.split(": ")[1].removesuffix("."))
    listen = shlex.split(SERVED[name].format(port=port))
    # Django's own takes it at the end, the others before the app.
    both = [*arguments, *listen] if "runserver" in arguments else [*listen, *arguments]
    return [str(Path(sys.executable).parent / program), *both]


class Shop:
    """An app that runs."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, token: str = "") -> tuple[int, Any, str]:
        """Give status, body and challenge."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
                return response.status, json.load(response), ""
        except HTTPError as error:
            with error:
                body = json.loads(error.read() or b"null")
                return error.code, body, error.headers.get("WWW-Authenticate", "")

    def token(self, name: str) -> str:
        """Sign in."""
        token: str = self.ask("POST", f"/token/{name}")[1]["token"]
        return token


@pytest.fixture(scope="module")
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Run an app by its own command."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with subprocess.Popen(  # noqa: S603 - commands of our own docstrings
        command(request.param, port),
        cwd=ROOT,
        # As a person has it: pytest-django has set the settings of the tests.
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_for(process, port)
            yield Shop(port)
        finally:
            process.terminate()
            process.wait(PATIENCE)


@ALL
def test_a_caller_sees_its_own_orders(shop: Shop) -> None:
    """The token of a consumer shows the orders of that consumer."""
    assert shop.ask("GET", "/orders", shop.token("jack"))[:2] == (
        200,
        {"orders": ["tea"]},
    )


@ALL
def test_nobody_sees_orders_without_a_token(shop: Shop) -> None:
    """Without a token it is 401, with the challenge of the shop's realm."""
    status, body, challenge = shop.ask("GET", "/orders")
    assert status == 401
    assert challenge == 'Bearer realm="shop"'
    assert "A bearer token is required" in body.values()


@FRAMEWORKS
def test_staff_alone_sees_all_orders(shop: Shop) -> None:
    """A view may demand a group."""
    assert shop.ask("GET", "/admin", shop.token("jill"))[0] == 200
    assert shop.ask("GET", "/admin", shop.token("jack"))[0] == 403


@FRAMEWORKS
def test_an_order_needs_a_token_that_grants_it(shop: Shop) -> None:
    """A view may demand a scope."""
    assert shop.ask("POST", "/orders/cake", shop.token("jill"))[0] == 201
    assert shop.ask("POST", "/orders/cake", shop.token("jack"))[0] == 403


@pytest.mark.parametrize("file", sorted(APPS.rglob("*.py")), ids=lambda each: each.name)
def test_an_app_is_short(file: Path) -> None:
    """An example is read at a glance."""
    assert len(file.read_text().splitlines()) <= 60
    assert not re.search(r"secret\s*=\s*[\"']", file.read_text())
