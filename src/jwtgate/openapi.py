"""How a token is sent, as OpenAPI tells it, for the frameworks that write schemas."""

import re
from collections.abc import Iterator, Mapping

from jwtgate.identity import fold
from jwtgate.policy import Policy

__all__ = ["SecurityScheme", "security_schemes"]

SecurityScheme = Mapping[str, str]
"""A Security Scheme Object of OpenAPI 3."""

# OpenAPI 3.1, Components Object: what the key of a scheme may consist of.
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]")


def security_schemes(policy: Policy | None, name: str) -> dict[str, SecurityScheme]:
    """Give a scheme for each carrier of a token, of which any will do.

    Args:
        policy: The gate's own, whose order it is; the default one if None.
        name: The name of the first; the others are called after it.
    """
    first, *others = _schemes(policy or Policy())
    return {name: first} | {_name_after(name, other): other for other in others}


def _schemes(policy: Policy) -> Iterator[SecurityScheme]:
    for name in policy.header_names:
        if fold(name.encode()) == b"authorization":
            yield {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        else:
            yield {"type": "apiKey", "in": "header", "name": name}
    for name in policy.query_names:
        yield {"type": "apiKey", "in": "query", "name": name}
    for name in policy.cookie_names:
        yield {"type": "apiKey", "in": "cookie", "name": name}


def _name_after(name: str, scheme: SecurityScheme) -> str:
    kind = f"{scheme['in']}-{scheme['name']}" if "in" in scheme else scheme["scheme"]
    return _FOREIGN.sub("_", f"{name}-{kind}")
