"""Which of many routes match the same requests, equally well."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, final

from jwtgate.routes import Route

__all__ = ["Ties"]

_ALL: Final = "*"


@final
class Ties:
    """Routes of one path, found by their hosts: of thousands few have one in common.

    The router may take one of them for the closer match; Kong does not.
    """

    def __init__(self) -> None:
        self._methods: list[frozenset[str]] = []
        self._own: defaultdict[str, list[int]] = defaultdict(list)
        self._below: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, route: Route) -> int | None:
        """Add one.

        Returns:
            The number of an earlier one, from 0, which matches some of its requests;
            None if there is none.
        """
        hosts = route.hosts or (_ALL,)
        methods = frozenset(route.methods)
        found = next(
            (number for number in self._near(hosts) if self._shares(number, methods)),
            None,
        )
        number = len(self._methods)
        self._methods.append(methods)
        for host in hosts:
            self._own[host].append(number)
            for wider in _wider(host):
                self._below[wider].append(number)
        return found

    def _near(self, hosts: Sequence[str]) -> Iterator[int]:
        for host in hosts:
            for wide in (host, *_wider(host)):
                yield from self._own.get(wide, ())
            yield from self._below.get(host, ())

    def _shares(self, number: int, methods: frozenset[str]) -> bool:
        others = self._methods[number]
        return not methods or not others or bool(methods & others)


def _wider(host: str) -> Iterator[str]:
    """Give the wildcards that match whatever a host, or a wildcard, matches."""
    rest = host.removeprefix("*.")
    while "." in rest:
        rest = rest.partition(".")[2]
        yield f"*.{rest}"
    if host != _ALL:
        yield _ALL
