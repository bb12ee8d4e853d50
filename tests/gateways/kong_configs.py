"""Small files of Kong's, of parts, and the rows that are made of them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from tests.gateways.cases import ABSENT, Case
from tests.kit import KEY, SECRET, Header, Sent, mint

Members = dict[str, Any]

_KONG = UUID("fd02801f-0957-4a15-a55a-c8d9606f30b5")
TOKEN = mint()
"""A token of jack's."""

OTHER_TOKEN = mint(jti="another")
"""Another token of jack's, as good."""

FORGED = mint(secret="not-the-secret-of-jack-but-one-of-the-same-size-or-so")
"""A token in jack's name, by somebody else."""

JSON = "application/json; charset=utf-8"
INVALID = 'Bearer error="invalid_token"'


def derived_id(username: str) -> str:
    """Derive a consumer's id as Kong's declarative loader does."""
    return str(uuid5(uuid5(_KONG, "consumers"), username))


JACK_ID = derived_id("jack")
GUEST_ID = "d5a0b3f2-7a52-4a5e-9f0f-4d0d1c2b3a49"


def credential(**members: Any) -> Members:
    """Give jack's credential, with other members, or without (None)."""
    chosen = {"key": KEY, "secret": SECRET, **members}
    return {name: value for name, value in chosen.items() if value is not None}


def jack(*credentials: Members, **members: Any) -> Members:
    """Give the consumer of most rows."""
    return {
        "username": "jack",
        "custom_id": "495aec6a",
        "jwt_secrets": list(credentials) or [credential()],
        **members,
    }


def guest(**members: Any) -> Members:
    """Give the consumer that stands in where anonymous is allowed."""
    return {"id": GUEST_ID, "username": "guest", **members}


def plugin(name: str, /, **config: Any) -> Members:
    """Give a plugin."""
    return {"name": name, "config": config}


def jwt(**config: Any) -> Members:
    """Give the plugin of all rows."""
    return plugin("jwt", **config)


def file(*consumers: Members, **members: Any) -> Members:
    """Give a file of jack alone, with the plugin for everything."""
    return {
        "_format_version": "3.0",
        "consumers": list(consumers) or [jack()],
        "plugins": [jwt()],
        **members,
    }


def guarded(*consumers: Members, **config: Any) -> Members:
    """Give the same with a config of the plugin."""
    return file(*consumers, plugins=[jwt(**config)])


def service(*routes: Members, **members: Any) -> Members:
    """Give a service with its routes."""
    return {
        "name": "shop",
        "url": "http://shop.internal:8000",
        "routes": list(routes),
        **members,
    }


def route(*paths: str, **members: Any) -> Members:
    """Give a route."""
    return {"name": "orders", **({"paths": list(paths)} if paths else {}), **members}


def routed(*routes: Members, **members: Any) -> Members:
    """Give a file of one service with these routes, the plugin for everything."""
    return file(services=[service(*routes)], **members)


DEFAULT = file()
"""All defaults."""


def challenge(realm: str | None = None, *, error: bool = True) -> str:
    """Write the challenge of a refusal."""
    parameters = [f'realm="{realm}"'] if realm else []
    parameters += ['error="invalid_token"'] if error else []
    return " ".join(["Bearer", ", ".join(parameters)]).strip()


def bearer(token: str = TOKEN, *headers: Header, **fields: Any) -> Sent:
    """Send a token as most clients do."""
    return Sent.bearer(token, headers=headers, **fields)


def authorization(*values: str) -> Sent:
    """Send these lines of Authorization."""
    return Sent(headers=[("Authorization", value) for value in values])


def cookie(*lines: str, **fields: Any) -> Sent:
    """Send these Cookie lines."""
    return Sent(headers=[("Cookie", line) for line in lines], **fields)


def query(text: str, **fields: Any) -> Sent:
    """Send a query."""
    return Sent(query=text, **fields)


def _verdict(why: str) -> Members:
    return {"verdict": "safer", "why": why} if why else {}


def passes(
    name: str,
    source: str,
    config: Members,
    request: Sent,
    *,
    why: str = "",
    seen: Mapping[str, str | None] | None = None,
    **more: Any,
) -> Case:
    """Make the row of a request that reaches the app as jack's, unless told else."""
    seen = {"x-consumer-username": "jack"} if seen is None else seen
    return Case(
        name=name,
        source=source,
        config=config,
        request=request,
        status=200,
        seen=seen,
        **_verdict(why),
        **more,
    )


def refused(
    name: str,
    source: str,
    config: Members,
    request: Sent,
    message: str | Mapping[str, str],
    *,
    why: str = "",
    challenge: str = INVALID,
    **more: Any,
) -> Case:
    """Make the row of a refusal: 401 with this message, or body, and challenge."""
    body = {"message": message} if isinstance(message, str) else dict(message)
    headers = {"www-authenticate": challenge, "content-type": JSON}
    return Case(
        name=name,
        source=source,
        config=config,
        request=request,
        status=401,
        body=body,
        headers=headers,
        **_verdict(why),
        **more,
    )


def without_token(
    name: str,
    source: str,
    config: Members,
    request: Sent,
    *,
    why: str = "",
) -> Case:
    """Make the row of a request in which no token is found."""
    return refused(
        name, source, config, request, "Unauthorized", why=why, challenge="Bearer"
    )


def unrouted(name: str, source: str, config: Members, request: Sent) -> Case:
    """Make the row of a request that no route is for."""
    return Case(
        name=name,
        source=source,
        config=config,
        request=request,
        status=404,
        body={"message": "no Route matched with those values"},
        headers={"www-authenticate": ABSENT, "content-type": JSON},
    )


def forbidden(
    name: str,
    source: str,
    config: Members,
    request: Sent,
    message: str = "You cannot consume this service",
    *,
    status: int = 403,
) -> Case:
    """Make the row of a caller who may not; of a 401 the challenge is left open."""
    challenged = {} if status == 401 else {"www-authenticate": ABSENT}
    return Case(
        name=name,
        source=source,
        config=config,
        request=request,
        status=status,
        body={"message": message},
        headers={**challenged, "content-type": JSON},
    )


NOBODY = {
    "x-consumer-id": ABSENT,
    "x-consumer-custom-id": ABSENT,
    "x-consumer-username": ABSENT,
    "x-credential-identifier": ABSENT,
    "x-anonymous-consumer": ABSENT,
}
"""What the app sees where nobody was looked for."""

GUEST = {
    "x-consumer-id": GUEST_ID,
    "x-consumer-custom-id": ABSENT,
    "x-consumer-username": "guest",
    "x-credential-identifier": ABSENT,
    "x-anonymous-consumer": "true",
}
"""What the app sees of the anonymous consumer."""
