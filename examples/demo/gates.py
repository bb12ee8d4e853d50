"""An app that says who calls it, behind a gate for each path."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount

from examples import published
from jwtgate import Consumer, Gate, MemoryStore, Policy
from jwtgate.asgi import JWTGateMiddleware

SECRET = "a secret for this demo only, made up here"


async def whoami(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the identity headers that the app sees."""
    request = Request(scope, receive)
    seen = {
        name: value
        for name, value in request.headers.items()
        if name.replace("_", "-").startswith(("x-consumer-", "x-cred", "x-anon"))
    }
    await JSONResponse({"headers": seen})(scope, receive, send)


def kong() -> Gate:
    """Give the gate of Kong's how-to, its "blob data" secret and the lab."""
    store = MemoryStore()
    jsmith = store.create_consumer(username="jsmith")
    store.create_credential(
        jsmith, key=published.KONG_KEY, secret=published.KONG_SECRET
    )
    store.create_credential(
        store.create_consumer(username="blob"),
        key="blob-key",
        secret=published.BLOB_SECRET,
        secret_is_base64=True,
        allow_weak_secret=True,
    )
    return Gate(store, Policy.kong(header_names=("authorization",), key_claim="iss"))


def lab() -> Gate:
    """Give the gate of the lab: exp is verified, and at most 600 seconds away."""
    store = MemoryStore()
    store.create_credential(
        store.create_consumer(username="lab"),
        key=published.LAB_KEY,
        secret=published.LAB_SECRET,
        allow_weak_secret=True,
    )
    return Gate(store, Policy.kong(claims_to_verify=("exp",), maximum_expiration=600))


def apisix(**credential: Any) -> Gate:
    """Give the gate of a consumer of APISIX's page."""
    store = MemoryStore()
    jack = store.create_consumer(username="jack", custom_id="495aec6a")
    fields = {"id": "cred-jack-jwt-auth", "key": published.JACK_KEY, **credential}
    store.create_credential(jack, **fields)
    names = ("jwt-auth-header", "authorization")
    return Gate(
        store,
        Policy.apisix(
            header_names=names, query_names=("jwt-query",), cookie_names=("jwt-cookie",)
        ),
    )


def native(**policy: Any) -> Gate:
    """Give a gate with jwtgate's own defaults."""
    store = MemoryStore()
    jack = store.create_consumer(username="jack", groups=("staff",))
    store.create_credential(jack, key="jack", secret=SECRET)
    store.create_credential(
        store.create_consumer(username="jsmith"),
        key=published.KONG_KEY,
        secret=published.KONG_SECRET,
    )
    return Gate(store, Policy(**policy))


GATES = {
    "/native": native(),
    "/open": native(anonymous=Consumer(username="guest")),
    "/several": native(query_names=("jwt",)),
    "/kong": kong(),
    "/lab": lab(),
    "/apisix": apisix(secret=published.JACK_SECRET),
    "/apisix-rs256": apisix(algorithm="RS256", public_key=published.RSA_PUBLIC_KEY),
    "/apisix-vault": apisix(key=published.VAULT_KEY, secret=published.VAULT_SECRET),
}


def app_with(from_file: Gate) -> Starlette:
    """Give the app: every gate of this page at its path, and one from a file."""
    gates = {**GATES, "/file": from_file}
    return Starlette(
        routes=[
            Mount(path, JWTGateMiddleware(whoami, gate=gate))
            for path, gate in gates.items()
        ]
    )
