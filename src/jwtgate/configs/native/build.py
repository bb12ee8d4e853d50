"""jwtgate's own format, version 1: the whole file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from jwtgate.configs.context import Context
from jwtgate.configs.native.consumers import read_consumers
from jwtgate.configs.native.fields import read_table, read_tables, refuse_unknown
from jwtgate.configs.native.managers import open_managers, read_managers
from jwtgate.configs.native.overrides import override
from jwtgate.configs.native.policies import read_policy
from jwtgate.configs.native.routes import read_route
from jwtgate.configs.native.terms import read_quotas
from jwtgate.configs.native.variants import Variants
from jwtgate.configs.notes import Notes
from jwtgate.configs.problems import Problems
from jwtgate.configs.reading import parse_tree
from jwtgate.configs.templates import blanked
from jwtgate.configs.tree import BROKEN, sound
from jwtgate.errors import ConfigurationError
from jwtgate.router import check_routes
from jwtgate.settings import Settings

__all__ = ["MEMBERS", "VERSION", "build", "read"]

VERSION = 1
"""The version of the format."""

MEMBERS = (
    "version",
    "policy",
    "consumers",
    "routes",
    "unrouted",
    "quotas",
    "secrets",
)
"""The members of a file."""


def read(path: Path, text: str, tree: object, context: Context) -> Settings:
    """Make the settings of a gate of a file, its overrides and references.

    Args:
        path: The file.
        text: What it holds.
        tree: The same, with a word in the place of what a gateway takes for variables.
        context: What the reader is given beside.

    Raises:
        ConfigurationError: Every problem of the file.
    """
    problems = context.problems
    if blanked(text) != text:
        tree = parse_tree(path, text)  # here they are texts as others
    tree = override(tree, context.environ, problems)
    if isinstance(tree, dict):
        open_managers(tree, context)
    tree = sound(tree, problems, context.references)
    return build(tree, problems, context.quota_storage, context.notes)


def build(
    tree: object,
    problems: Problems,
    quota_storage: str | None = None,
    notes: Notes | None = None,
) -> Settings:
    """Make the settings of a gate of what a file holds.

    Args:
        tree: Sound, its references resolved.
        problems: What was found so far.
        quota_storage: Where quotas count if the file does not say.
        notes: Takes what is told of credentials that cannot be used now.

    Raises:
        ConfigurationError: Every problem of the file.
    """
    root = _read_root(tree, problems)
    notes = notes or Notes()
    read_managers(root, problems)
    quotas = _read_quotas(root, problems, quota_storage)
    store, is_whole = read_consumers(root, problems, quotas, notes)
    variants = Variants(store if is_whole else None)
    own = read_policy(root, (), problems, store=variants.store, quotas=quotas).shared()
    routes = [
        route
        for at, table in read_tables(root, "routes", (), problems)
        if (
            route := read_route(
                table, at, problems, variants=variants, below=own, quotas=quotas
            )
        )
    ]
    try:
        check_routes(routes)
    except ConfigurationError as error:
        problems.add_all(("routes",), error.problems, ())
    unrouted = _read_unrouted(root, problems)
    if problems:
        raise problems.error()
    return Settings(
        store=variants.of(own) or store,
        policy=own.policy,
        routes=routes,
        unrouted=unrouted,
        report=notes.report(),
    )


def _read_unrouted(
    root: Mapping[str, object], problems: Problems
) -> Literal["policy", "refuse", "policy_then_refuse"]:
    match root.get("unrouted", "policy"):
        case "policy" | "refuse" | "policy_then_refuse" as unrouted:
            return unrouted
    if root["unrouted"] is not BROKEN:
        problems.add(("unrouted",), "expected policy, refuse or policy_then_refuse")
    return "policy"


def _read_quotas(
    root: Mapping[str, object], problems: Problems, storage: str | None
) -> Mapping[str, object]:
    table = dict(read_table(root, "quotas", (), problems))
    if storage is not None and "storage" not in table:
        table["storage"] = storage
        problems.origins["quotas", "storage"] = "quota_storage"
    return read_quotas(table, ("quotas",), problems)


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
