"""What is weak about how an app is put together with its gate."""

from collections.abc import Iterator, Sequence

from jwtgate.doctor.finding import Finding, Rule
from jwtgate.surface import middleware_of, survey

__all__ = ["RULES", "check_app"]

CORS_INSIDE = Rule(
    "JG601",
    "warning",
    "CORS is inside of the gate",
    "The gate refuses preflights, which have no token, and scripts of other origins "
    "cannot read why they are refused; what is then opened to mend that is too much.",
    "Put the CORS middleware outside: first in Starlette's list, or added last.",
)
PROXY_INSIDE = Rule(
    "JG602",
    "warning",
    "forwarded headers are read inside of the gate",
    "The gate goes by the scheme, host and client of the proxy: for routes by host, "
    "quotas by address, and the check for other sites.",
    "Put that middleware outside, or leave it to the server.",
)
OPEN = Rule(
    "JG611",
    "warning",
    "a route can be reached without a token, and nothing says that it is public",
    "Most holes are a view that somebody forgot to guard (OWASP API2:2023).",
    "Guard it, or say that it is public; jwtgate routes lists all of them.",
)

RULES = (CORS_INSIDE, PROXY_INSIDE, OPEN)

# By name, as none of them need be installed: those of Starlette and
# django-cors-headers; of uvicorn, Werkzeug and Hypercorn.
_CORS = frozenset({"CORSMiddleware", "CorsMiddleware"})
_PROXY = frozenset({"ProxyHeadersMiddleware", "ProxyFix", "ProxyFixMiddleware"})
_GATE = "JWTGateMiddleware"


def check_app(app: object) -> Iterator[Finding]:
    """Look at the middleware of an app, and at its routes."""
    kinds = middleware_of(app)
    for inside, rule in ((_CORS, CORS_INSIDE), (_PROXY, PROXY_INSIDE)):
        if name := _inside(kinds, inside):
            yield rule.at("app", f"{name} is inside of the gate")
    for each in survey(app):
        if each.is_open:
            methods = ", ".join(each.methods) or "any method"
            what = f"{each.view} can be reached without a token, by {methods}"
            yield OPEN.at(f"app {each.path}", what)


def _inside(kinds: Sequence[type], names: frozenset[str]) -> str | None:
    is_inside = False
    for kind in kinds:
        by_gate = kind.__module__.startswith("jwtgate.")
        is_inside = is_inside or (by_gate and kind.__name__ == _GATE)
        if is_inside and kind.__name__ in names:
            return kind.__name__
    return None
