"""``jwt-auth`` on a route, a service, a plugin config or in a global rule.

Source: APISIX 3.18, ``apisix/plugins/jwt-auth.lua``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, final

from jwtgate.configs.apisix.blocks import open_block
from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.schema import (
    anything,
    flaw,
    listing,
    one_of,
    switch,
    text,
)
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.errors import ConfigurationError
from jwtgate.policy import Policy, PolicySettings

__all__ = ["JWTAuth", "read_jwt_auth"]

_RULES = {
    "header": text(),
    "query": text(),
    "cookie": text(),
    "hide_credentials": switch,
    "key_claim_name": text(1),
    "store_in_ctx": switch,
    "realm": text(1, 128, r"[ !#-\[\]-~]+"),
    "anonymous_consumer": text(1),
    "claims_to_verify": listing(one_of("exp", "nbf"), unique=True),
    "_meta": anything,
}
# The attribute behind each field of a policy that may be refused.
_ATTRIBUTES = {
    "header_names": "header",
    "query_names": "query",
    "cookie_names": "cookie",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class JWTAuth:
    """A block that is in force; ``store_in_ctx`` needs nothing done.

    Attributes:
        header: The header that may hold a token.
        query: The parameter.
        cookie: The cookie.
        hide_credentials: Whether the app does not see the token.
        key_claim: The claim that names the credential.
        realm: Of the challenge.
        anonymous: The username of who stands in.
        claims_to_verify: Those that are required and checked; empty for the default.
        error_response: The body of refusals.
    """

    header: str = "authorization"
    query: str = "jwt"
    cookie: str = "jwt"
    hide_credentials: bool = False
    key_claim: str = "key"
    realm: str = "jwt"
    anonymous: str | None = None
    claims_to_verify: tuple[Literal["exp", "nbf"], ...] = ()
    error_response: str | None = None

    def settings(self) -> PolicySettings:
        """Give the fields of a policy that follows it."""
        return {
            "header_names": (self.header,),
            "query_names": (self.query,),
            "cookie_names": (self.cookie,),
            "hide_credentials": self.hide_credentials,
            "key_claim": self.key_claim,
            "realm": self.realm,
            "anonymous": self.anonymous,
            "claims_to_verify": self.claims_to_verify,
            "error_response": self.error_response,
        }


_TEXTS = {
    "header": "header",
    "query": "query",
    "cookie": "cookie",
    "key_claim_name": "key_claim",
    "realm": "realm",
    "anonymous_consumer": "anonymous",
}


def read_jwt_auth(
    block: Mapping[str, object], at: Path, context: Context
) -> JWTAuth | None:
    """Read a block; None if it is disabled.

    Raises:
        InvalidEntry: It is not as APISIX wants it, or names what no request can have.
    """
    opened = open_block(block, at, context, judge=_judge, known=_RULES)
    if opened is None:
        return None
    found = opened.members
    texts = {
        field: value
        for name, field in _TEXTS.items()
        if isinstance(value := found.get(name), str)
    }
    claims = cast("list[Literal['exp', 'nbf']]", found.get("claims_to_verify", []))
    jwt_auth = JWTAuth(
        **texts,
        hide_credentials=found.get("hide_credentials", False) is True,
        claims_to_verify=tuple(claims),
        error_response=opened.meta.error_response,
    )
    _check(jwt_auth)
    return jwt_auth


def _judge(found: Mapping[str, object]) -> str | None:
    return flaw(found, _RULES)


def _check(jwt_auth: JWTAuth) -> None:
    try:
        Policy.apisix(**jwt_auth.settings())
    except ConfigurationError as error:
        field = error.problems[0].partition(" ")[0]
        name = _ATTRIBUTES.get(field, field)
        raise InvalidEntry(
            f'property "{name}" validation failed: no request can have this name'
        ) from None
