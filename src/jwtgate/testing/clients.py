"""Test clients that send a consumer's token with every request."""

from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from typing import Any, TypeAlias, TypeVar, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.policy import Policy
from jwtgate.testing.carrying import Carried, carried
from jwtgate.testing.forging import Forge
from jwtgate.testing.minting import token_of

__all__ = ["signed_in", "unsigned"]

_Client = TypeVar("_Client")
_Carry: TypeAlias = Callable[[], Carried]


def signed_in(
    client: _Client,
    gate: Gate,
    whose: Consumer | Credential | str,
    *,
    claims: Mapping[str, object] | None = None,
    private_key: str | bytes | None = None,
    policy: Policy | None = None,
) -> _Client:
    """Make a test client of another, which sends a token with every request.

    The token is fresh each time, by the gate's clock, and where the policy looks first;
    so is that of a handshake. A request that brings the same header itself keeps its
    own. The client that was given goes on without a token, and cookies are not shared
    from then on; enter it first, if it is used by ``with``::

        with TestClient(app) as client:
            jack, ann = (signed_in(client, gate, name) for name in ("jack", "ann"))

    Args:
        client: The test client of Starlette, FastAPI, Flask, Werkzeug, Django (both)
            or the REST framework, or a client of httpx, asynchronous or not.
        gate: The gate that the app is behind.
        whose: Who calls; as for :func:`jwtgate.testing.mint`, as is the rest.
        claims: More claims, or others than usual.
        private_key: For a credential with a public key.
        policy: That of a route, if it has its own.

    Raises:
        ConfigurationError: A client of another kind, or no such credential.
        InvalidKey: No private key where one is needed, or one that does not fit.
    """
    forge = Forge(gate, whose, private_key=private_key, policy=policy)

    def carry() -> Carried:
        return carried(forge.policy, token_of(forge, claims=claims))

    made: Any = copy(client)
    if hasattr(made, "build_request"):
        _sign_httpx(made, carry)
    elif hasattr(made, "handler"):
        made.cookies = deepcopy(made.cookies)
        made.handler = _Signing(unsigned(made.handler), carry)
    elif hasattr(made, "application"):
        made._cookies = copy(made._cookies)  # noqa: SLF001 - there is no other way
        made.application = _Signing(unsigned(made.application), carry)
    else:
        raise ConfigurationError(
            f"a {type(client).__name__} is no client that can be signed in: it takes "
            "those of Starlette, FastAPI, Flask, Werkzeug, Django and httpx"
        )
    signed: _Client = made
    return signed


def _sign_httpx(client: Any, carry: _Carry) -> None:
    def sign(request: Any) -> Any:
        headers, query = carry()
        for name, value in headers:
            request.headers[name] = _beside(request.headers.get(name), name, value)
        if query:
            url = str(request.url)
            request.url = type(request.url)(f"{url}{'&' if '?' in url else '?'}{query}")
        return request

    client.cookies = client.cookies  # what is set is copied
    client.auth = sign


@final
class _Signing:
    """What a client calls with a request: an app, and a token on the way to it."""

    def __init__(self, inner: Any, carry: _Carry) -> None:
        self.inner = inner
        self._carry = carry

    def __call__(self, request: Mapping[str, Any], *rest: Any) -> Any:
        """Call the app with a copy of the environ or the scope that has a token."""
        sign = _signed_scope if "headers" in request else _signed_environ
        return self.inner(sign(request, self._carry()), *rest)

    def __getattr__(self, name: str) -> Any:
        """Be the app in everything else."""
        return getattr(self.inner, name)


def unsigned(inner: Any) -> Any:
    """Give the app, without the token on the way to it."""
    return inner.inner if isinstance(inner, _Signing) else inner


def _signed_environ(environ: Mapping[str, Any], sent: Carried) -> dict[str, Any]:
    signed = dict(environ)
    for name, value in sent.headers:
        key = f"HTTP_{name.upper().replace('-', '_')}"
        signed[key] = _beside(environ.get(key), name, value)
    if sent.query:
        query = environ.get("QUERY_STRING", "")
        signed["QUERY_STRING"] = _joined("&", query, sent.query)
    return signed


def _signed_scope(scope: Mapping[str, Any], sent: Carried) -> dict[str, Any]:
    lines = {name.lower(): value for name, value in scope["headers"]}
    for name, value in sent.headers:
        key = name.lower().encode()
        there = lines.get(key)
        lines[key] = _beside(there and there.decode("latin-1"), name, value).encode()
    query = scope["query_string"]  # octets, but a text in some clients of Django
    text = query if isinstance(query, str) else query.decode("latin-1")
    octets = _joined("&", text, sent.query).encode("latin-1")
    return {**scope, "headers": list(lines.items()), "query_string": octets}


def _beside(there: str | None, name: str, value: str) -> str:
    # What a request brings stays: only cookies can be several.
    if not there:
        return value
    return _joined("; ", there, value) if name == "Cookie" else there


def _joined(sign: str, *parts: str) -> str:
    return sign.join(part for part in parts if part)
