"""A file of Kong's or decK's, made into the settings of a gate."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from jwtgate.configs.context import Context
from jwtgate.configs.kong.consumers import read_consumers
from jwtgate.configs.kong.credentials import Row, make_credentials, read_rows
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.document import read_document
from jwtgate.configs.kong.parts import Parts
from jwtgate.configs.kong.plugins import read_plugins
from jwtgate.configs.kong.policies import Policies
from jwtgate.configs.kong.routed import settings_of_routes
from jwtgate.configs.kong.trimming import trim
from jwtgate.configs.kong.unrouted import settings_of_plugins
from jwtgate.configs.reading import parse_tree
from jwtgate.configs.templates import substitute_deck
from jwtgate.configs.tree import sound
from jwtgate.consumer import Consumer
from jwtgate.settings import Settings
from jwtgate.stores.fixed import FixedStore

__all__ = ["read"]


def read(path: Path, text: str, tree: object, context: Context) -> Settings:
    """Make the settings of a gate of a file of Kong's or decK's.

    Args:
        path: The file.
        text: What it holds.
        tree: The same, parsed; its ``${{ env "DECK_..." }}`` are not put in yet.
        context: What is told how it is read, and takes notes.

    Raises:
        ConfigurationError: Every problem of the file.
    """
    if "${{" in text:
        text = substitute_deck(path, text, context.environ, context.problems)
        if context.problems:
            raise context.problems.error()
        tree = parse_tree(path, text)
    trim(tree, context.problems)
    return build(sound(tree, context.problems, context.references), context)


def build(tree: object, context: Context) -> Settings:
    """Make the settings of what a file holds.

    Args:
        tree: Sound, its references resolved.
        context: What is told how it is read, and takes notes.

    Raises:
        ConfigurationError: Every problem of the file.
    """
    document = read_document(tree, context)
    consumers = read_consumers(document, context)
    plugins = list(read_plugins(document, context))
    policies = Policies(plugins, consumers, context)
    stores = _make_stores(
        read_rows(document, consumers, context), consumers, policies, context
    )
    _tell_anonymous(policies, stores, context)
    parts = Parts(document, plugins, policies, stores)
    if len(document.routes):
        return settings_of_routes(parts, context)
    return settings_of_plugins(parts, context)


def _make_stores(
    rows: Iterable[Row],
    consumers: Mapping[Entity, Consumer],
    policies: Policies,
    context: Context,
) -> Mapping[bool, FixedStore]:
    kinds = {demand.is_base64 for demand in policies.demands} or {False}
    return {
        is_base64: FixedStore(
            consumers.values(), make_credentials(rows, context, is_base64=is_base64)
        )
        for is_base64 in sorted(kinds)
    }


def _tell_anonymous(
    policies: Policies, stores: Mapping[bool, FixedStore], context: Context
) -> None:
    for demand in policies.demands:
        name = demand.settings.get("anonymous")
        store = stores[demand.is_base64]
        if isinstance(name, str) and store.find_consumer(name) is None:
            context.notes.add(
                "warning",
                (*demand.at, "anonymous"),
                "no consumer has this id or username; where it should stand in, the "
                "answer is 500",
            )
