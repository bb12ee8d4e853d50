"""What is carried over of the plugins of one entity, and how several are merged."""

from dataclasses import dataclass
from typing import final

from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.jwtauth import JWTAuth, read_jwt_auth
from jwtgate.configs.apisix.limits import read_limit
from jwtgate.configs.apisix.plugins import (
    CONSUMER_RESTRICTION,
    JWT_AUTH,
    LIMIT_COUNT,
    blocks,
)
from jwtgate.configs.apisix.restriction import Restriction, read_restriction
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.quota import Quota

__all__ = ["Carried", "read_carried"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The plugins of one entity, or of several that were merged.

    Attributes:
        named: Those that it has a block of, disabled or not: such a block takes the
            place of the one below it.
        jwt_auth: The block in force, if any.
        restriction: The same.
        limit: The same.
    """

    named: frozenset[str] = frozenset()
    jwt_auth: JWTAuth | None = None
    restriction: Restriction | None = None
    limit: Quota | None = None

    def over(self, below: "Carried") -> "Carried":
        """Merge these over others; a block takes the place of another as a whole."""

        def of(name: str) -> Carried:
            return self if name in self.named else below

        return Carried(
            named=self.named | below.named,
            jwt_auth=of(JWT_AUTH).jwt_auth,
            restriction=of(CONSUMER_RESTRICTION).restriction,
            limit=of(LIMIT_COUNT).limit,
        )


def read_carried(
    plugins: object,
    at: Path,
    context: Context,
    *,
    resource: str,
    of_consumer: bool = False,
) -> Carried:
    """Read the plugins of an entity.

    Args:
        plugins: What its member ``plugins`` holds.
        at: Where that is.
        context: Takes notes and problems.
        resource: What APISIX calls the entity.
        of_consumer: Whether it is who calls; its ``jwt-auth`` is then a credential,
            and passed over here.

    Raises:
        InvalidEntry: A block is not as APISIX wants it.
    """
    jwt_auth, restriction, limit = None, None, None
    named = set()
    for name, place, block in blocks(plugins, at, context, of_consumer=of_consumer):
        try:
            if name == LIMIT_COUNT:
                limit = read_limit(block, place, context, resource=resource)
            elif name == CONSUMER_RESTRICTION:
                restriction = read_restriction(block, place, context)
            elif of_consumer:
                continue
            else:
                jwt_auth = read_jwt_auth(block, place, context)
        except InvalidEntry as invalid:
            raise InvalidEntry(
                f"failed to check the configuration of plugin {name} err: {invalid}"
            ) from None
        named.add(name)
    return Carried(
        named=frozenset(named), jwt_auth=jwt_auth, restriction=restriction, limit=limit
    )
