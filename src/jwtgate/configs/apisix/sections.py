"""The lists at the top of a file that are not carried over."""

from collections.abc import Mapping

from jwtgate.configs.apisix.plugins import JWT_AUTH, LIMIT_COUNT
from jwtgate.configs.context import Context
from jwtgate.configs.problems import nearest

__all__ = ["tell_sections"]

_READ = (
    "routes",
    "services",
    "plugin_configs",
    "global_rules",
    "consumers",
    "consumer_groups",
    "credentials",
    "secrets",
)
_UNREAD = {
    "upstreams": "requests stay in this process",
    "ssls": "connections end before this process; look to client certificates there",
    "protos": "they are for what is behind APISIX",
    "stream_routes": "no TCP or UDP is served here",
    "plugin_metadata": "what it changes stays as it is by default",
    "plugins": "which plugins run is fixed here",
}


def tell_sections(root: Mapping[str, object], context: Context) -> None:
    """Tell of what is not carried over, and of names that APISIX has not."""
    for name, found in root.items():
        if name in _UNREAD:
            count = len(found) if isinstance(found, list | dict) else 0
            if count:
                context.notes.add(
                    "dropped", (name,), f"{count} not carried over: {_UNREAD[name]}"
                )
        elif name not in _READ:
            _tell_unknown(name, context)
    _tell_metadata(root.get("plugin_metadata"), context)
    _tell_plugins(root.get("plugins"), context)


def _tell_unknown(name: str, context: Context) -> None:
    if context.strict:
        context.problems.add_unknown((name,), (*_READ, *_UNREAD))
    else:
        why = f"unknown; {nearest(name, (*_READ, *_UNREAD))}"
        context.notes.add("dropped", (name,), why)


def _tell_metadata(found: object, context: Context) -> None:
    if not isinstance(found, list):
        return
    for index, each in enumerate(found):
        if isinstance(each, dict) and each.get("id") == LIMIT_COUNT:
            context.notes.add(
                "dropped",
                ("plugin_metadata", index),
                "the headers keep their names: X-RateLimit-Limit, -Remaining, -Reset",
            )


def _tell_plugins(found: object, context: Context) -> None:
    if not isinstance(found, list) or not found:
        return
    names = [each.get("name") for each in found if isinstance(each, dict)]
    if JWT_AUTH not in names:
        context.notes.add(
            "warning",
            ("plugins",),
            f"{JWT_AUTH} is not among them, so that APISIX would not run it; it runs "
            "here",
        )
