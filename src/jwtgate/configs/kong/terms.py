"""The configs of acl and request-termination, made into what callers are held to.

Source: Kong 3.10, ``kong/plugins/acl`` and ``kong/plugins/request-termination``.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, final

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.context import Context
from jwtgate.configs.kong.fields import BOOLEAN, STRING, Field, array_of, between
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.records import Record
from jwtgate.configs.kong.refusing import refuse_or_drop
from jwtgate.errors import ConfigurationError

__all__ = ["Rule", "read_acl", "read_termination"]

_GROUPS: Final = Field(test=array_of(STRING))
_SWITCH: Final = Field(test=BOOLEAN, required=True)
_ACL: Final = MappingProxyType(
    {
        "allow": _GROUPS,
        "deny": _GROUPS,
        "whitelist": _GROUPS,
        "blacklist": _GROUPS,
        "hide_groups_header": _SWITCH,
        "include_consumer_groups": _SWITCH,
        "always_use_authenticated_groups": _SWITCH,
    }
)
_TERMINATION: Final = MappingProxyType(
    {
        "status_code": Field(test=between(100, 599, whole=True)),
        "message": Field(test=STRING),
        "content_type": Field(test=STRING),
        "body": Field(test=STRING),
        "echo": _SWITCH,
        "trigger": Field(test=STRING),
        "echo_trigger": Field(test=STRING),
    }
)
_MESSAGES: Final = MappingProxyType(
    {
        401: "Unauthorized",
        404: "Not found",
        405: "Method not allowed",
        500: "An unexpected error occurred",
        502: "Bad Gateway",
        503: "Service unavailable",
    }
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an acl plugin says.

    Attributes:
        access: Which consumers may pass.
        tells_groups: The app is told the groups of those who do.
    """

    access: Access
    tells_groups: bool


def read_acl(plugin: Plugin, context: Context) -> Rule | None:
    """Read which groups may pass; None if that has problems, or is dropped."""
    record = plugin.read(_ACL, context)
    if not record.is_whole:
        return None
    allow = record.texts("allow") or record.texts("whitelist")
    deny = record.texts("deny") or record.texts("blacklist")
    if bool(allow) is bool(deny):
        some = "only" if allow else "at least"
        context.problems.add(
            plugin.at,
            f"{some} one of these fields must be non-empty: 'config.allow', "
            "'config.deny'",
        )
        return None
    if record.switch("include_consumer_groups", default=False):
        at = plugin.place("include_consumer_groups")
        if deny:
            refuse_or_drop(plugin.name, at, context, "consumer groups are not read")
            return None
        context.notes.add("dropped", at, "consumer groups are not read: fewer may pass")
    return Rule(
        access=Access(allow_groups=allow, deny_groups=deny),
        tells_groups=not record.switch("hide_groups_header", default=False),
    )


def read_termination(plugin: Plugin, context: Context) -> Answer | None:
    """Read what everyone is answered; None if that has problems, or is dropped."""
    record = plugin.read(_TERMINATION, context)
    problem = _problem(record)
    if problem is not None:
        context.problems.add(plugin.config, problem)
    for name in ("echo", "trigger", "echo_trigger"):
        if record.get(name):
            at = plugin.place(name)
            refuse_or_drop(plugin.name, at, context, f"{name} is not carried over")
            return None
    if problem is not None or not record.is_whole:
        return None
    return _answer(record, plugin, context)


def _problem(record: Record) -> str | None:
    if "message" in record and ("content_type" in record or "body" in record):
        return "message cannot be used with content_type or body"
    if "content_type" in record and "body" not in record:
        return "content_type requires a body"
    return None


def _answer(record: Record, plugin: Plugin, context: Context) -> Answer | None:
    status = int(record.number("status_code") or 503)
    message, body = record.text("message"), record.text("body")
    if body is None and message is None:
        message = _MESSAGES.get(status)
        body = None if message else ""
    try:
        return Answer(
            status=status,
            message=message,
            body=body,
            content_type=record.text("content_type"),
        )
    except ConfigurationError as error:
        for sentence in error.problems:
            field, _, rest = sentence.partition(" ")
            if field == "status":
                context.problems.add(plugin.place("status_code"), rest)
            else:
                context.problems.add(plugin.config, sentence)
    return None
