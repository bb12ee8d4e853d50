"""The pages: files without a build step, and what the shop's page may load and call."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
Endpoint = Callable[[Request], Awaitable[Response]]


def shop_page(api: str) -> Endpoint:
    """Give the shop's page, which calls its own origin and this one of the API."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"connect-src 'self' {api}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return _index("page", api, {"Content-Security-Policy": policy})


def elsewhere(shop: str) -> Starlette:
    """Make a site of another origin, whose page calls the shop."""
    return Starlette(
        routes=[Route("/", _index("elsewhere", shop, {})), static("elsewhere")]
    )


def static(folder: str) -> Mount:
    """Serve the files of a page."""
    return Mount(f"/{folder}", StaticFiles(directory=HERE / folder))


def _index(folder: str, origin: str, headers: dict[str, str]) -> Endpoint:
    html = (HERE / folder / "index.html").read_text().replace("{origin}", origin)

    async def index(_request: Request) -> Response:
        return HTMLResponse(html, headers=headers)

    return index
