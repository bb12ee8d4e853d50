"""A whole file of APISIX's standalone mode."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Literal

from jwtgate.configs.apisix.carried import Carried
from jwtgate.configs.apisix.consumers import read_callers
from jwtgate.configs.apisix.globalrules import read_global_rules
from jwtgate.configs.apisix.policies import Policies
from jwtgate.configs.apisix.references import AsWritten
from jwtgate.configs.apisix.resources import (
    Resource,
    Resources,
    read_resources,
)
from jwtgate.configs.apisix.routes import read_routes
from jwtgate.configs.apisix.routing import Placed, arrange
from jwtgate.configs.apisix.secrets import open_managers
from jwtgate.configs.apisix.sections import tell_sections
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path, shown
from jwtgate.configs.reading import parse_tree
from jwtgate.configs.templates import substitute_apisix
from jwtgate.configs.tree import sound
from jwtgate.settings import Settings
from jwtgate.stores.fixed import FixedStore

__all__ = ["read"]

_END = re.compile(r"#END\s*\Z")


def read(path: FilePath, text: str, tree: object, context: Context) -> Settings:
    """Make the settings of a gate of a file.

    Args:
        path: The file.
        text: What it holds.
        tree: The same, parsed; its variables are not put in yet.
        context: What belongs to it.

    Raises:
        ConfigurationError: Every problem of the file.

    Source: APISIX 3.18, ``docs/en/latest/deployment-modes.md`` and what it links.
    """
    root = _sound_root(path, text, tree, context)
    tell_sections(root, context)
    open_managers(root, context)
    resources = read_resources(root, context)
    callers = read_callers(root, resources.groups, context)
    rules = read_global_rules(root, context)
    policies = Policies(callers, rules, context)
    placed = read_routes(root, resources, policies, context)
    routes = arrange(placed, context)
    if not context.problems and _is_open(placed):
        context.problems.add(
            ("routes",), "no jwt-auth is for any of them: nothing would be guarded"
        )
    has_routes = bool(root.get("routes"))
    found = () if has_routes else _blocks_of_no_route(resources)
    policy = policies.everywhere(*_only_one(found, context))
    if context.problems:
        raise context.problems.error()
    return Settings(
        store=FixedStore(callers.consumers, callers.credentials),
        policy=policy,
        routes=routes,
        unrouted=_unrouted(has_routes=has_routes, rules=rules),
        report=context.notes.report(),
    )


def _sound_root(
    path: FilePath, text: str, tree: object, context: Context
) -> Mapping[str, object]:
    problems = context.problems
    if path.suffix.lower() in (".yaml", ".yml") and not _END.search(text):
        problems.add((), "expected a last line #END; APISIX takes no YAML without it")
    if "${{" in text:
        text = substitute_apisix(path, text, context.environ, problems)
        if problems:
            raise problems.error()
        tree = parse_tree(path, text)
    tree = sound(tree, problems, AsWritten())
    if not isinstance(tree, dict):
        problems.add((), "expected a table with lists such as routes and consumers")
    if problems or not isinstance(tree, dict):
        raise problems.error()
    return tree


def _is_open(placed: Sequence[Placed]) -> bool:
    demands = [each.demand for each in placed if not each.demand.closed]
    return bool(demands) and all(demand.public for demand in demands)


def _blocks_of_no_route(resources: Resources) -> Sequence[Resource]:
    everything = (*resources.services.values(), *resources.plugin_configs.values())
    return [each for each in everything if each.carried.named]


def _only_one(found: Sequence[Resource], context: Context) -> tuple[Carried, Path]:
    """Give the plugins that hold where no route says which, and where they are."""
    for other in found[1:]:
        if other.carried != found[0].carried:
            context.problems.add(
                other.entry.at,
                f"has other plugins than {shown(found[0].entry.at)}, and no route says "
                "which are meant",
            )
    if not found:
        return Carried(), ("global_rules",)
    return found[0].carried, found[0].entry.at


def _unrouted(
    *, has_routes: bool, rules: Carried
) -> Literal["policy", "refuse", "policy_then_refuse"]:
    if not has_routes:
        return "policy"
    return "refuse" if rules.jwt_auth is None else "policy_then_refuse"
