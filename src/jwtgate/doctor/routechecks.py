"""What is weak about the routes of a gate."""

from collections.abc import Iterator

from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.subject import Subject
from jwtgate.routes import Route

__all__ = ["RULES", "check_routes"]

ALL_PUBLIC = Rule(
    "JG401",
    "error",
    "a public route has every path",
    "Whatever no other route names is open to anybody.",
    "Name the paths that are public.",
)
TREE_PUBLIC = Rule(
    "JG402",
    "warning",
    "a public route has all paths below one",
    "What is added there later is open to anybody, and nothing says so.",
    "Name the paths that are public, or see that only files are served there.",
)
HOST_PUBLIC = Rule(
    "JG403",
    "warning",
    "a route is public for a host",
    "Any client can send another Host; the paths are open to anybody unless the app "
    "itself goes by the host.",
    "Make the guarded route the one that has hosts.",
)

RULES = (ALL_PUBLIC, TREE_PUBLIC, HOST_PUBLIC)


def check_routes(subject: Subject) -> Iterator[Finding]:
    """Look at the public routes."""
    for path, route in subject.routes:
        if not route.public:
            continue
        if route.path in ("/*", "*") or (route.prefix and route.path == "/"):
            yield ALL_PUBLIC.at(f"{path}.path", f"{_told(route)} is public")
        elif route.prefix or route.path.endswith("*"):
            yield TREE_PUBLIC.at(f"{path}.path", f"{_told(route)} is public")
        if route.hosts:
            yield HOST_PUBLIC.at(f"{path}.hosts", f"{route.path} is public for a host")


def _told(route: Route) -> str:
    methods = f"{', '.join(route.methods)} " if route.methods else ""
    return f"{methods}{route.path}{'*' if route.prefix else ''}"
