"""Files of APISIX, requests and rows, for its table."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jwtgate
from jwtgate import Gate
from tests.gateways.cases import ABSENT, Case
from tests.kit import KEY, SECRET, Header, Sent, clock, mint

Tree = dict[str, Any]

JWT = 'Bearer realm="jwt"'
"""The challenge where no realm is configured."""

# What the gateway says, in the words of section 3 of its page.
MISSING = "Missing JWT token in request"
INVALID = "JWT token invalid"
NO_KEY = "missing user key in JWT token"
UNKNOWN = "Invalid user key in JWT token"
FAILED = "failed to verify jwt"
UNAUTHORIZED = "Invalid user authorization"
NO_ROUTE = {"error_msg": "404 Route Not Found"}

_UPSTREAM = {"type": "roundrobin", "nodes": {"127.0.0.1:1980": 1}}


# Members of files.


def block(**members: object) -> Tree:
    """Give the jwt-auth block of a consumer or credential; None leaves one out."""
    given = {"key": KEY, "secret": SECRET, **members}
    return {name: value for name, value in given.items() if value is not None}


def consumer(username: str = "jack", **members: object) -> Tree:
    """Give a consumer without plugins, unless it is given some."""
    return {"username": username, **members}


def holder(username: str = "jack", **members: object) -> Tree:
    """Give a consumer that has its jwt-auth block itself."""
    return consumer(username, plugins={"jwt-auth": block(**members)})


def credential(
    owner: str = "jack", name: str = "cred-jack-jwt-auth", **members: object
) -> Tree:
    """Give a credential as an entry among the consumers."""
    return {
        "id": f"{owner}/credentials/{name}",
        "plugins": {"jwt-auth": block(**members)},
    }


def limit(count: int = 3, **members: Any) -> Tree:
    """Give a limit-count block."""
    return {"count": count, "time_window": 30, "rejected_code": 429, **members}


def route(
    uri: str | None = "/*", plugins: Mapping[str, object] | None = None, **members: Any
) -> Tree:
    """Give a route; with jwt-auth as it is by default, unless it is given plugins."""
    given: Tree = {"jwt-auth": {}} if plugins is None else dict(plugins)
    entry = {"plugins": given, "upstream": _UPSTREAM, **members}
    return entry if uri is None else {"uri": uri, **entry}


JACK = (consumer(), credential())
"""The consumer of most rows, and its credential."""

JILL = (
    consumer("jill"),
    credential("jill", "cred-jill", key="jill-key", secret="s" * 40),
)
"""Another."""


def file(*routes: Tree, consumers: Any = JACK, **members: object) -> Tree:
    """Give a file of these routes."""
    return {"consumers": list(consumers), "routes": list(routes), **members}


def guarded(consumers: Any = JACK, **plugin: object) -> Tree:
    """Give a file of one route for all paths, whose jwt-auth has these attributes."""
    return file(route(plugins={"jwt-auth": plugin}), consumers=consumers)


def holding(**members: Any) -> Tree:
    """Give a file whose credential has these attributes."""
    return guarded((consumer(), credential(**members)))


PLAIN = guarded()
"""One route for all paths, all defaults, and one consumer with a credential."""


def gate_of(
    config: Tree | str,
    *,
    environ: Mapping[str, str] | None = None,
    name: str = "apisix.json",
    **options: Any,
) -> Gate:
    """Load a gate of its own, with the tests' clock unless another is given."""
    options.setdefault("clock", clock)
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(config if isinstance(config, str) else json.dumps(config))
        return jwtgate.load(path, format="apisix", environ=environ or {}, **options)


# Tokens and requests.


def token(claims: Mapping[str, object] | None = None, **options: Any) -> str:
    """Make a token that names jack's key by ``key``, good unless asked otherwise."""
    return mint({"iss": None, "key": KEY, **(claims or {})}, **options)


GOOD = token()
"""A good token of jack's."""

JILLS = token({"key": "jill-key"}, secret="s" * 40)
"""A good token of jill's."""

ROTTEN = f"{GOOD[:-8]}AAAAAAAA"
"""A token of jack's whose signature is wrong."""


def bearing(sent: str = GOOD, *more: Header, **fields: Any) -> Sent:
    """Send a token as a bearer token."""
    return Sent.bearer(sent, headers=more, **fields)


def header(value: str, name: str = "Authorization", **fields: Any) -> Sent:
    """Send one header."""
    return Sent(headers=((name, value),), **fields)


def cookie(value: str) -> Sent:
    """Send one line of cookies."""
    return header(value, "Cookie")


def query(text: str) -> Sent:
    """Send a query."""
    return Sent(query=text)


# Rows.


def passes(
    name: str,
    source: str,
    request: Sent | None = None,
    *,
    config: Tree = PLAIN,
    who: str | None = "jack",
    **fields: Any,
) -> Case:
    """Give a row of a request that reaches the app, as one of this consumer."""
    seen = {"x-consumer-username": who, **fields.pop("seen", {})}
    return Case(
        name=name,
        source=source,
        config=config,
        request=bearing() if request is None else request,
        status=200,
        seen=seen,
        **fields,
    )


def refused(
    name: str,
    source: str,
    request: Sent,
    message: str,
    *,
    config: Tree = PLAIN,
    realm: str = "jwt",
    **fields: Any,
) -> Case:
    """Give a row of a 401 with the gateway's one line of JSON and its challenge."""
    headers = {
        "www-authenticate": f'Bearer realm="{realm}"',
        "content-type": "text/plain; charset=utf-8",
        **fields.pop("headers", {}),
    }
    return Case(
        name=name,
        source=source,
        config=config,
        request=request,
        status=401,
        body=f'{{"message":"{message}"}}\n',
        headers=headers,
        **fields,
    )


def barred(
    name: str,
    source: str,
    request: Sent | None = None,
    *,
    config: Tree,
    status: int = 403,
    body: object = None,
    **fields: Any,
) -> Case:
    """Give a row of who is known and may not: no challenge."""
    given = {"message": "The consumer_name is forbidden."} if body is None else body
    return Case(
        name=name,
        source=source,
        config=config,
        request=bearing() if request is None else request,
        status=status,
        body=given,
        headers={"www-authenticate": ABSENT, **fields.pop("headers", {})},
        **fields,
    )


def unrouted(name: str, source: str, request: Sent, config: Tree) -> Case:
    """Give a row of a request that no route is for."""
    return barred(name, source, request, config=config, status=404, body=NO_ROUTE)


def safer(why: str) -> Tree:
    """Give the fields of a row that differs, with what the gateway would do."""
    return {"verdict": "safer", "why": why}
