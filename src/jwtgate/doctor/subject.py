"""What is examined: settings, what is in their stores, and where each of it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Self, final

from jwtgate.configs.formats import Format
from jwtgate.configs.problems import shown
from jwtgate.credential import Credential
from jwtgate.doctor.files import ConfigFile
from jwtgate.doctor.listing import rows_of, stores_of
from jwtgate.policy import Policy
from jwtgate.routes import Route
from jwtgate.settings import Settings
from jwtgate.stores.fitting import is_retired

__all__ = ["Placed", "Subject"]

# What the gateways' plugins call the members that they have, too.
_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "kong": {
            "query_names": "uri_param_names",
            "cookie_names": "cookie_names",
            "claims_to_verify": "claims_to_verify",
            "maximum_expiration": "maximum_expiration",
        },
        "apisix": {
            "query_names": "query",
            "cookie_names": "cookie",
            "claims_to_verify": "claims_to_verify",
            "maximum_expiration": "maximum_expiration",
            "hide_credentials": "hide_credentials",
        },
    }
)


@final
@dataclass(frozen=True, slots=True)
class Placed:
    """A credential, where it is, and in whose format."""

    path: str
    credential: Credential
    format: Format = "native"

    def member(self, name: str) -> str:
        """Give the path of one of its members."""
        if self.format == "kong" and name == "public_key":
            name = "rsa_public_key"
        return f"{self.path}.{name}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is examined.

    Attributes:
        settings: Of the gate.
        file: What they were made of; None if that was code.
        now: Seconds since the epoch.
        policies: Those in force, each once, with where it is.
        routes: The routes, with where each is.
        credentials: All that the stores can list, with where each is.
        unseen: The stores that cannot.
    """

    settings: Settings
    file: ConfigFile | None
    now: float
    policies: Sequence[tuple[str, Policy]]
    routes: Sequence[tuple[str, Route]]
    credentials: Sequence[Placed]
    unseen: Sequence[object]

    @classmethod
    def of(cls, settings: Settings, file: ConfigFile | None, now: float) -> Self:
        """Look for all of it."""
        stores = [(store, rows_of(store)) for store in stores_of(settings)]
        rows = chain.from_iterable(found or () for _, found in stores)
        return cls(
            settings=settings,
            file=file,
            now=now,
            policies=tuple(_policies(settings, file)),
            routes=[
                (_place_of_route(index, route, file), route)
                for index, route in enumerate(settings.routes)
            ],
            credentials=tuple(_placed(rows, file)),
            unseen=[store for store, found in stores if found is None],
        )

    @property
    def live(self) -> Sequence[Placed]:
        """Those credentials that verify tokens now, or will."""
        return [each for each in self.credentials if self.is_live(each.credential)]

    def is_live(self, credential: Credential) -> bool:
        """Whether a credential verifies tokens now, or will."""
        return (
            credential.enabled
            and credential.consumer.enabled
            and not is_retired(credential, self.now)
        )

    def member(self, policy: str, name: str) -> str:
        """Give the path of a member of a policy; where a gateway has none, its own.

        Args:
            policy: The path of the policy.
            name: The member, as a native file has it.
        """
        if self.file is None or self.file.format == "native":
            return f"{policy}.{name}"
        theirs = _NAMES[self.file.format].get(name)
        if theirs is None or policy not in self.file.places_of_policies:
            return policy
        return f"{policy}.{theirs}"

    def place(self, member: str) -> str:
        """Give the path of a member of the settings."""
        return member if self.file is not None else f"settings.{member}"


def _policies(
    settings: Settings, file: ConfigFile | None
) -> Iterator[tuple[str, Policy]]:
    of_routes = [
        (_place_of_policy(f"routes[{index}].policy", route.path, file), route.policy)
        for index, route in enumerate(settings.routes)
        if route.policy is not None and not route.public
    ]
    seen: list[Policy] = []
    # With routes alone in force, the gate's own decides on nothing.
    own = [] if settings.unrouted == "refuse" and settings.routes else [settings.policy]
    for path, policy in [
        *((_place_of_policy("policy", None, file), policy) for policy in own),
        *of_routes,
    ]:
        if policy not in seen:
            seen.append(policy)
            yield path, policy


def _place_of_policy(member: str, route: str | None, file: ConfigFile | None) -> str:
    if file is None:
        return f"settings.{member}"
    if file.format == "native":
        return member
    # Routes of a gateway come of several places that its file has.
    places = file.places_of_policies
    if len(places) == 1:
        return places[0]
    return f"the policy of {route}" if route else "the policy of the file"


def _place_of_route(index: int, route: Route, file: ConfigFile | None) -> str:
    if file is None:
        return f"settings.routes[{index}]"
    if file.format == "native":
        return shown(("routes", index))
    return f"the route {route.path}"


def _placed(rows: Iterable[Credential], file: ConfigFile | None) -> Iterator[Placed]:
    seen: set[tuple[str, str | None, str]] = set()
    for row in rows:
        # A file's store may be read in two ways.
        name = (row.key, row.kid, row.algorithm)
        if name not in seen:
            seen.add(name)
            format_: Format = "native" if file is None else file.format
            yield Placed(_place_of(row, file), row, format_)


def _place_of(row: Credential, file: ConfigFile | None) -> str:
    place = None if file is None else file.place_of(row)
    if place is not None:
        return place
    owner = row.consumer.username or row.consumer.custom_id
    return f"the credential {row.id or row.key!r} of {owner}"
