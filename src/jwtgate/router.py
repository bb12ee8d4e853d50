"""The router: the closest route of a request, whatever its path is spelled like.

A rule on paths is as strong as the gate and the app agree about paths. What both could
read as different ones is refused; a route that guards matches in any case and with a
trailing slash, since apps may, and one that is public matches exactly, so that no
spelling of a guarded path is a public one.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import final

from jwtgate.errors import AmbiguousPath, ConfigurationError
from jwtgate.extraction import RequestView
from jwtgate.guard import Guard
from jwtgate.paths import folded, is_ambiguous, is_ambiguous_raw
from jwtgate.routes import Route

__all__ = ["Router", "check_routes"]

# RFC 9110 7.2, host and port; anything else some app cuts into another host.
_AUTHORITY = re.compile(rb"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]*)?", re.IGNORECASE)


@final
class Router:
    """Finds the route of a request.

    Args:
        routes: Each with the guard that decides on its requests.

    Raises:
        ConfigurationError: Two routes of which neither is the closer match.
    """

    def __init__(self, routes: Sequence[tuple[Route, Guard]]) -> None:
        check_routes([route for route, _ in routes])
        entries = [(_Pattern(route), guard) for route, guard in routes]
        self._entries = sorted(entries, key=lambda entry: entry[0].rank, reverse=True)
        self._by_host = any(route.hosts for route, _ in routes)

    @property
    def guards(self) -> list[Guard]:
        """The guards of all routes."""
        return [guard for _, guard in self._entries]

    def match(self, request: RequestView) -> tuple[Route, Guard] | None:
        """Find the closest route; None where there is none.

        Raises:
            AmbiguousPath: There are routes, and the path, or the host where routes
                have some, could be read as another one.
        """
        if not self._entries:
            return None
        path = request.path or "/"
        if is_ambiguous(path) or is_ambiguous_raw(request.raw_path):
            raise AmbiguousPath
        host = _host(request) if self._by_host else ""
        guarded, method = folded(path), request.method.upper()
        for pattern, guard in self._entries:
            compared = path if pattern.route.public else guarded
            if pattern.matches(compared, method, host):
                return pattern.route, guard
        return None


def check_routes(routes: Sequence[Route]) -> None:
    """See that of any two routes one is the closer match.

    Raises:
        ConfigurationError: A request could come to two of them equally well.
    """
    alike: defaultdict[object, list[_Pattern]] = defaultdict(list)
    for pattern in map(_Pattern, routes):
        for other in alike[pattern.likeness]:
            if pattern.meets(other):
                raise ConfigurationError(
                    f"two routes match {pattern.route.path!r} equally well; tell them "
                    "apart by path, methods or hosts"
                )
        alike[pattern.likeness].append(pattern)


class _Pattern:
    """A route made ready: its text, and how it is compared."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self._below = route.path.endswith("/*")
        self._raw = route.path.endswith("*") and not self._below
        text = route.path.removesuffix("*")
        if self._below or not (route.public or self._raw):
            text = text.rstrip("/")
        self._text = text if route.public else folded(text)
        self._likeness = folded(text).rstrip("/")
        self._methods = frozenset(route.methods)
        if "GET" in self._methods:
            self._methods |= {"HEAD"}
        exactness = 0 if self._raw else 1 if self._below else 2
        self.rank = (
            len(self._likeness),
            exactness,
            bool(route.hosts),
            bool(route.methods),
        )

    def matches(self, path: str, method: str, host: str) -> bool:
        """Whether a request comes to this route.

        Args:
            path: As it is for a public route, else folded.
            method: In capitals.
            host: In lower case, without port.
        """
        return (
            self._matches_path(path)
            and (not self._methods or method in self._methods)
            and (not self.route.hosts or _is_one_of(host, self.route.hosts))
        )

    def _matches_path(self, path: str) -> bool:
        if self._raw:
            return path.startswith(self._text)
        if self._below:
            return path == self._text or path.startswith(self._text + "/")
        if not self.route.public:
            path = path.rstrip("/")
        return path == self._text

    @property
    def likeness(self) -> object:
        """What two patterns have in common that match the same paths equally well."""
        return self.rank, self._likeness

    def meets(self, other: "_Pattern") -> bool:
        """Whether a request on one of these paths may come to both."""
        methods = other._methods  # noqa: SLF001 - its own kind
        return _overlap(self._methods, methods) and _share(
            self.route.hosts, other.route.hosts
        )


def _share(some: Sequence[str], others: Sequence[str]) -> bool:
    return (
        not some
        or any(host in others or _is_one_of(host, others) for host in some)
        or any(_is_one_of(host, some) for host in others)
    )


def _overlap(some: frozenset[str], others: frozenset[str]) -> bool:
    return not some or not others or bool(some & others)


def _is_one_of(host: str, names: Sequence[str]) -> bool:
    return any(
        host.endswith(name[1:]) if name.startswith("*.") else host == name
        for name in names
    )


def _host(request: RequestView) -> str:
    found = _AUTHORITY.fullmatch(request.host or b"")
    if found is None:
        raise AmbiguousPath
    return found[1].decode().lower().rstrip(".")
