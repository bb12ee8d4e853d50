"""jwtgate's own format, version 1: the whole file."""

from collections.abc import Mapping

from jwtgate.configs.consumers import read_consumers
from jwtgate.configs.fields import read_tables, refuse_unknown
from jwtgate.configs.policies import read_policy
from jwtgate.configs.problems import Problems
from jwtgate.configs.routes import read_route
from jwtgate.errors import ConfigurationError
from jwtgate.router import check_routes
from jwtgate.settings import Settings

__all__ = ["MEMBERS", "VERSION", "build"]

VERSION = 1
"""The version of the format."""

MEMBERS = ("version", "policy", "consumers", "routes")
"""The members of a file."""


def build(tree: object, problems: Problems) -> Settings:
    """Make the settings of a gate of what a file holds.

    Args:
        tree: Sound, its references resolved.
        problems: What was found so far.

    Raises:
        ConfigurationError: Every problem of the file.
    """
    root = _read_root(tree, problems)
    store, is_whole = read_consumers(root, problems)
    named = store if is_whole else None
    policy = read_policy(root, (), problems, store=named)
    routes = [
        route
        for at, table in read_tables(root, "routes", (), problems)
        if (route := read_route(table, at, problems, store=named, below=policy))
    ]
    try:
        check_routes(routes)
    except ConfigurationError as error:
        problems.add_all(("routes",), error.problems, ())
    if problems:
        raise problems.error()
    return Settings(store=store, policy=policy.policy, routes=routes)


def _read_root(tree: object, problems: Problems) -> Mapping[str, object]:
    if not isinstance(tree, dict):
        problems.add((), f"expected a table that begins with version = {VERSION}")
        return {}
    refuse_unknown(tree, MEMBERS, (), problems)
    version = tree.get("version")
    if "version" not in tree:
        problems.add(("version",), f"is missing; expected {VERSION}")
    elif type(version) is not int or version != VERSION:
        problems.add(("version",), f"expected {VERSION}")
    return tree
