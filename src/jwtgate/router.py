"""The router: the closest route of a request, whatever its path is spelled like.

A rule on paths is as strong as the gate and the app agree about paths. What both could
read as different ones is refused; a route that guards matches in any case and with a
trailing slash, since apps may, and one that is public matches exactly, so that no
spelling of a guarded path is a public one. Where only routes are answered, a path has
to match one as it is written besides.
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
        closed: Whether a path that matches no route as it is written has none.

    Raises:
        ConfigurationError: Two routes of which neither is the closer match.
    """

    def __init__(
        self, routes: Sequence[tuple[Route, Guard]], *, closed: bool = False
    ) -> None:
        check_routes([route for route, _ in routes])
        entries = [(_Pattern(route), guard) for route, guard in routes]
        self._entries = sorted(entries, key=lambda entry: entry[0].rank, reverse=True)
        self._by_host = any(route.hosts for route, _ in routes)
        self._closed = closed

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
                if self._closed:
                    return self._as_written((pattern, guard), path, method, host)
                return pattern.route, guard
        return None

    def _as_written(
        self, found: tuple["_Pattern", Guard], path: str, method: str, host: str
    ) -> tuple[Route, Guard] | None:
        pattern, guard = found
        if pattern.matches_as_written(path, method, host):
            return pattern.route, guard
        as_written = (
            entry
            for entry in self._entries
            if entry[0].matches_as_written(path, method, host)
        )
        first = next(as_written, None)
        if first is None:
            return None
        written, its_guard = first
        if written.route.public and not pattern.route.public:
            # What is shut stays shut; what is open is not for who spells it otherwise.
            return (
                (written.route, its_guard)
                if its_guard.admits_nobody
                else (pattern.route, guard)
            )
        # HEAD of a route for GET comes to the route that names it. But of two that
        # are guarded, the app may read the path as either's.
        if guard.demands_as(its_guard) or pattern.spells(path):
            return written.route, its_guard
        raise AmbiguousPath


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
        self._raw = route.prefix or (route.path.endswith("*") and not self._below)
        text = route.path.removesuffix("*")
        self._written = text.rstrip("/") if self._below else text
        if self._below or not (route.public or self._raw):
            text = text.rstrip("/")
        self._text = text if route.public else folded(text)
        self._likeness = folded(text).rstrip("/")
        self._methods = frozenset(route.methods)
        self._written_methods = self._methods
        if "GET" in self._methods:
            self._methods |= {"HEAD"}
        self.rank = (
            route.priority,
            len(self._likeness),
            _exactness(route.path, is_prefix=self._raw),
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
        if not (self._raw or self._below or self.route.public):
            path = path.rstrip("/")
        return (not self._methods or method in self._methods) and self._matches(
            self._text, path, host
        )

    def matches_as_written(self, path: str, method: str, host: str) -> bool:
        """Whether a request comes to this route letter by letter, HEAD as HEAD."""
        return (
            not self._written_methods or method in self._written_methods
        ) and self._matches(self._written, path, host)

    def spells(self, path: str) -> bool:
        """Whether a path is this route's letter by letter."""
        return self._matches_path(self._written, path)

    def _matches(self, text: str, path: str, host: str) -> bool:
        return self._matches_path(text, path) and (
            not self.route.hosts or _is_one_of(host, self.route.hosts)
        )

    def _matches_path(self, text: str, path: str) -> bool:
        if self._raw:
            return path.startswith(text)
        if self._below:
            return path == text or path.startswith(text + "/")
        return path == text

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


def _exactness(path: str, *, is_prefix: bool) -> int:
    if not is_prefix:
        return 2 if path.endswith("/*") else 3
    return 1 if path.endswith("/") else 0  # "/foo/" holds less than "/foo"


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
