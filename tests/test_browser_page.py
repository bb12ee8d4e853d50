"""The pages of the browser example in a real browser, and what the servers made of it.

The pages are started by their own command; which refusal it was is read in its log.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from selenium.webdriver import Chrome
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from websockets.sync.client import connect

from examples.serving import serving
from jwtgate import Authenticated, Policy
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.fastapi import JWTAuth
from tests.browsers import PATIENCE, Visitor, chromium
from tests.kit import make_gate, mint

ROOT = Path(__file__).parent.parent
COOKIE = "__Host-session"
NO_TOKEN = '401 Bearer realm="shop" {"message":"A bearer token is required"}'
CROSS_SITE, TOKENS_DIFFER, TOKEN_MISSING = (
    f"refused a request: {reason} (denied)"
    for reason in ("cross_site", "tokens_differ", "token_missing")
)
WAYS = ("form", "blind", "order", "chat")
"""How a page of another origin makes the browser send the visitor's cookie."""


@dataclass
class Sites:
    """The three origins, as they run."""

    shop: str
    partner: str
    stranger: str
    password: str
    log: Path
    program: httpx2.Client

    @cached_property
    def token(self) -> str:
        """Log in as a program does."""
        log_in = ("jack", self.password)
        answer = self.program.post(f"{self.shop}/token", auth=log_in)
        return str(answer.json()["token"])

    def bearer(self) -> dict[str, str]:
        """Give a header with a token."""
        return {"Authorization": f"Bearer {self.token}"}

    def orders(self) -> list[str]:
        """Ask the shop what was ordered."""
        answer = self.program.get(f"{self.shop}/orders", headers=self.bearer())
        return list(answer.json()["orders"])

    def said(self, text: str = "") -> list[str]:
        """Say something in the chat as a program; give all that was said so far."""
        mine, heard = text or str(uuid4()), [""]
        address = self.shop.replace("http", "ws") + "/chat"
        with connect(address, additional_headers=self.bearer()) as chat:
            chat.send(mine)
            while heard[-1] != mine:
                heard.append(json.loads(chat.recv(PATIENCE))["text"])
        return heard[1:-1]

    def done(self) -> tuple[list[str], list[str]]:
        """Give what was ordered and what somebody said of gold."""
        return self.orders(), [each for each in self.said() if "gold" in each]

    def refusals(self) -> list[str]:
        """Give the refusals that the log tells since the visitor came."""
        return re.findall(r"^INFO:jwtgate:(.*)", self.log.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Run the example by its command, at free ports."""
    log = tmp_path_factory.mktemp("browser") / "log"
    with (
        log.open("a") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "examples.browser", "0", "0", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
        httpx2.Client() as program,
    ):
        try:
            assert process.stdout is not None
            told = [process.stdout.readline().split()[-1] for _ in range(4)]
            shop, partner, stranger, password = told
            yield Sites(shop, partner, stranger, password, log, program)
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    """Run one browser for all of this."""
    with chromium() as running:
        yield running


@pytest.fixture
def visitor(driver: Chrome, sites: Sites) -> Visitor:
    """Open the shop in a browser without cookies."""
    visitor = Visitor(driver)
    visitor.forget()
    sites.log.write_text("")
    driver.get(sites.shop)
    visitor.write("#password", sites.password)
    return visitor


@pytest.fixture
def member(visitor: Visitor) -> Visitor:
    """Log in by cookie."""
    assert visitor.presses("login").startswith("204")
    return visitor


def attempts(visitor: Visitor, origin: str, way: str) -> str:
    """Visit a page of another origin, and give what it shows after one attempt."""
    visitor.driver.get(origin)
    if way != "form":
        return visitor.presses(way)
    visitor.click("#form")
    return visitor.sees("body", lambda text: text.startswith("{"))


def elsewhere(origin: str) -> str:
    """Give the same server under a host name that is another site to browsers."""
    return origin.replace("127.0.0.1", "localhost")


# The shop's own page.


def test_no_token_is_a_challenge(visitor: Visitor) -> None:
    """A call without a token shows 401 and what the server asks for."""
    assert visitor.presses("nobody") == NO_TOKEN


def test_a_bearer_token_reads(visitor: Visitor) -> None:
    """A script that got a token sends it in Authorization."""
    visitor.presses("token")
    assert visitor.presses("bearer").startswith('200 {"caller":"jack","orders":[')


def test_a_wrong_password_gives_no_cookie(visitor: Visitor) -> None:
    """Without the password there is neither a cookie nor a way to the orders."""
    visitor.write("#password", "!")
    assert visitor.presses("login") == '403 {"message":"Wrong password"}'
    assert visitor.presses("read") == NO_TOKEN


def test_the_cookie_is_for_no_script(member: Visitor) -> None:
    """The cookie is HttpOnly, SameSite=Strict and Secure: a script sees none."""
    cookie: Any = member.driver.get_cookie(COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (
        True,
        "Strict",
        True,
    )
    assert member.driver.execute_script("return document.cookie") == ""


def test_the_cookie_reads(member: Visitor) -> None:
    """A GET with the cookie passes."""
    assert member.presses("read").startswith('200 {"caller":"jack"')


def test_the_cookie_orders_from_the_own_page(member: Visitor, sites: Sites) -> None:
    """A POST with the cookie passes from the same origin, and the order is taken."""
    before = sites.orders()
    assert member.presses("order").startswith('200 {"caller":"jack"')
    assert sites.orders() == [*before, "tea"]


def test_after_logging_out_nobody_calls(member: Visitor) -> None:
    """Logging out takes the cookie back."""
    member.presses("logout")
    assert member.presses("read") == NO_TOKEN


def test_a_bearer_token_goes_without_the_cookie(member: Visitor) -> None:
    """A call that leaves cookies out passes beside a cookie with another token."""
    member.presses("token")
    assert member.presses("bearer").startswith("200")


def test_a_bearer_token_and_another_in_the_cookie_are_refused(
    member: Visitor, sites: Sites
) -> None:
    """Two tokens that differ are refused, whichever is the better."""
    headers = {"Authorization": f"Bearer {mint()}"}
    assert member.fetches("/orders", headers=headers).startswith("401")
    assert TOKENS_DIFFER in sites.refusals()


def test_a_stale_cookie_does_not_bar_the_log_in(visitor: Visitor) -> None:
    """A cookie of a run before this one is replaced."""
    stale = {"name": COOKIE, "value": mint(), "path": "/", "secure": True}
    visitor.driver.add_cookie(stale)
    assert visitor.presses("read").startswith("401")
    assert visitor.presses("login").startswith("204")
    assert visitor.presses("read").startswith("200")


def test_a_page_may_call_its_api_alone(visitor: Visitor, sites: Sites) -> None:
    """The Content-Security-Policy lets a script that crept in tell nobody else."""
    assert visitor.fetches(sites.stranger) == "unreadable"
    assert any("Content Security Policy" in line for line in visitor.console())


def test_the_page_keeps_to_its_own_policy(member: Visitor) -> None:
    """Nothing that the page itself does violates its Content-Security-Policy."""
    for call in ("token", "bearer", "far", "order", "logout"):
        member.presses(call)
    assert not any("Content Security Policy" in line for line in member.console())


# Across origins.


def test_a_bearer_token_reads_across_origins(visitor: Visitor) -> None:
    """The API under another origin answers, after a preflight without a token."""
    visitor.presses("token")
    assert visitor.presses("far").startswith('200 {"caller":"jack"')


def test_a_refusal_is_readable_across_origins(visitor: Visitor) -> None:
    """The page reads status, challenge and text of a 401 of another origin."""
    assert visitor.presses("farNobody") == NO_TOKEN


@pytest.mark.parametrize(
    ("outer", "run_on_preflight", "with_token", "without"),
    [
        pytest.param("cors", True, "200 jack", "401", id="cors outside"),
        pytest.param(
            "cors", False, "200 jack", "401", id="cors outside, no preflights"
        ),
        pytest.param("gate", True, "unreadable", "unreadable", id="gate outside"),
        pytest.param(
            "gate", False, "200 jack", "unreadable", id="gate outside, no preflights"
        ),
    ],
)
def test_order_of_cors_and_gate(
    visitor: Visitor,
    sites: Sites,
    outer: str,
    run_on_preflight: bool,  # noqa: FBT001 - a column
    with_token: str,
    without: str,
) -> None:
    """Preflights pass in two of the orders; a 401 is readable in one of them."""
    gate = make_gate(policy=Policy(run_on_preflight=run_on_preflight))
    both = {
        "cors": Middleware(
            CORSMiddleware,
            allow_origins=[sites.stranger],
            allow_headers=["Authorization"],
        ),
        "gate": Middleware(JWTGateMiddleware, gate=gate),
    }
    api = Starlette(
        routes=[Route("/", lambda _: PlainTextResponse("jack"))],
        middleware=[both.pop(outer), *both.values()],
    )
    bearer = {"Authorization": f"Bearer {mint()}"}
    visitor.driver.get(sites.stranger)
    with serving(api) as address:
        assert visitor.fetches(address, headers=bearer).startswith(with_token)
        assert visitor.fetches(address).startswith(without)


# The chat.


def test_the_cookie_opens_the_chat(member: Visitor, sites: Sites) -> None:
    """The chat shows who said what, and a program hears it."""
    text = str(uuid4())
    member.click("#join")
    member.sees("#chat", "joined".__eq__)
    member.write("#text", text)
    member.click("#say button")
    member.sees("#said li:last-child", f"jack: {text}".__eq__)
    assert text in sites.said()


def test_a_page_hears_what_a_program_says(member: Visitor, sites: Sites) -> None:
    """A program with a bearer token speaks in the same chat."""
    text = str(uuid4())
    member.click("#join")
    member.sees("#chat", "joined".__eq__)
    sites.said(text)
    member.sees("#said li:last-child", f"jack: {text}".__eq__)


def test_nobody_joins_the_chat_without_a_cookie(visitor: Visitor) -> None:
    """The handshake is refused, which is all that a browser tells."""
    visitor.click("#join")
    assert visitor.sees("#chat") == "refused"


# Attacks from a page of another origin. Another port is another origin of the same
# site, so that SameSite=Strict does not keep the cookie from being sent.


@pytest.mark.parametrize("way", WAYS)
def test_cross_origin_forgery(member: Visitor, sites: Sites, way: str) -> None:
    """What a stranger's page sends with the visitor's cookie changes nothing."""
    before = sites.done()
    shown = attempts(member, sites.stranger, way)
    assert CROSS_SITE in sites.refusals()
    assert shown in ('{"message":"Cross-site request refused"}', "sent", "refused")
    assert sites.done() == before


@pytest.mark.parametrize("way", WAYS)
def test_cross_site_forgery(member: Visitor, sites: Sites, way: str) -> None:
    """From another site the cookie is not even sent, for its SameSite."""
    before = sites.done()
    attempts(member, elsewhere(sites.stranger), way)
    assert TOKEN_MISSING in sites.refusals()
    assert sites.done() == before


@pytest.mark.parametrize("way", WAYS)
def test_cross_site_forgery_with_a_lax_app(
    visitor: Visitor, sites: Sites, way: str
) -> None:
    """Where an app said SameSite=None the gate alone stands, and suffices."""
    cookie = {"name": COOKIE, "value": sites.token, "path": "/"}
    visitor.driver.add_cookie({**cookie, "sameSite": "None", "secure": True})
    before = sites.done()
    attempts(visitor, elsewhere(sites.stranger), way)
    assert CROSS_SITE in sites.refusals()
    assert sites.done() == before


def test_cross_origin_reading(member: Visitor, sites: Sites) -> None:
    """A GET passes the gate, and CORS keeps its answer from a stranger's script."""
    assert attempts(member, sites.stranger, "read") == "refused"


def test_cross_origin_login(visitor: Visitor, sites: Sites) -> None:
    """A stranger's page cannot log a visitor in, even as one whose password it has."""
    visitor.driver.get(sites.stranger)
    basic = httpx2.BasicAuth("jack", sites.password)._auth_header  # noqa: SLF001
    options = {"method": "POST", "credentials": "include"}
    address = f"{sites.shop}/session"
    answer = visitor.fetches(address, headers={"Authorization": basic}, **options)
    assert (answer, visitor.driver.get_cookies()) == ("unreadable", [])


# A partner's page, the same file, served from an origin that the policy trusts.


@pytest.mark.parametrize("way", ["form", "blind", "order"])
def test_a_trusted_origin_orders(member: Visitor, sites: Sites, way: str) -> None:
    """A trusted origin's page may send what the stranger's may not."""
    before = sites.orders()
    shown = attempts(member, sites.partner, way)
    assert shown == "sent" or '"caller":"jack"' in shown
    assert sites.orders() == [*before, "gold"]


def test_a_trusted_origin_chats(member: Visitor, sites: Sites) -> None:
    """A trusted origin's page may open the chat."""
    heard = attempts(member, sites.partner, "chat")
    assert heard == 'heard {"from":"jack","text":"buy gold"}'
    assert "buy gold" in sites.said()


def test_a_trusted_origin_reads(member: Visitor, sites: Sites) -> None:
    """CORS names the partner too, so that its script reads answers."""
    assert attempts(member, sites.partner, "read").startswith('200 {"caller":"jack"')


# The page that FastAPI makes of an API, with files of its own instead of a CDN's.


def documented() -> FastAPI:
    """Make an API with a page that tries it."""
    sidecar = pytest.importorskip(
        "drf_spectacular_sidecar", reason="pip install drf-spectacular-sidecar"
    )
    files = Path(sidecar.__path__[0]) / "static/drf_spectacular_sidecar/swagger-ui-dist"
    app = FastAPI(docs_url=None)
    app.mount("/files", StaticFiles(directory=files))
    auth = JWTAuth(make_gate())

    @app.get("/me")
    async def me(caller: Annotated[Authenticated, Depends(auth)]) -> str | None:
        return caller.consumer.username

    @app.get("/docs")
    async def page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="API",
            swagger_js_url="/files/swagger-ui-bundle.js",
            swagger_css_url="/files/swagger-ui.css",
            swagger_favicon_url="/files/favicon-32x32.png",
        )

    return app


@pytest.fixture
def reader(driver: Chrome) -> Iterator[Visitor]:
    """Open the page of an API, at its one operation."""
    with serving(documented()) as address:
        reader = Visitor(driver)
        driver.get(f"{address}/docs")
        reader.sees(".opblock-summary-path")
        reader.click(".opblock-summary-control")
        reader.sees(".try-out__btn")
        reader.click(".try-out__btn")
        reader.sees(".execute")
        yield reader


def executes(reader: Visitor) -> str:
    """Send the request, and give what the page shows as its answer."""
    reader.click(".execute")
    return reader.sees(".live-responses-table .response")


def test_authorize_takes_a_token(reader: Visitor) -> None:
    """A token that is typed into Authorize is sent with the request."""
    reader.click(".btn.authorize")
    reader.sees(".auth-container")
    reader.write(".auth-container input", mint())
    reader.click(".auth-container .modal-btn.authorize")
    reader.sees(".auth-container", lambda text: "Logout" in text)
    reader.click(".btn-done")
    assert '"jack"' in executes(reader)


def test_without_authorize_the_page_shows_the_challenge(reader: Visitor) -> None:
    """Without one it shows 401 and the text."""
    shown = executes(reader)
    assert "401" in shown
    assert "A bearer token is required" in shown
