"""Where the shop's page gets its token: of a script's own, or as a cookie."""

import secrets
from base64 import b64encode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jwtgate import MemoryStore
from jwtgate.issue import issue

SECONDS = 900
PASSWORD = secrets.token_urlsafe(9)
EXPECTED = b"Basic " + b64encode(f"jack:{PASSWORD}".encode())

store = MemoryStore()
credential = store.create_credential(store.create_consumer(username="jack"))


async def log_in(request: Request) -> Response:
    """Give a token for the password; ``/session`` puts it where no script reads it."""
    # The gate checks no origin on a public path. The password comes in a header that
    # pages elsewhere can send after a preflight only, so none logs a visitor in.
    sent = request.headers.get("authorization", "").encode()
    if not secrets.compare_digest(sent, EXPECTED):
        return JSONResponse({"message": "Wrong password"}, 403)
    token = issue(credential, expires_in=SECONDS)
    if request.url.path == "/token":
        return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})
    response = Response(status_code=204)
    response.set_cookie(
        "__Host-session",
        token,
        max_age=SECONDS,
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return response


async def log_out(_request: Request) -> Response:
    """Take the cookie back."""
    response = Response(status_code=204)
    response.delete_cookie("__Host-session", secure=True, httponly=True)
    return response
