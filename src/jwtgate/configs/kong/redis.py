"""Where a rate-limiting plugin of Kong's counts: the URL of a Redis.

Source: Kong 3.10, ``kong/tools/redis/schema.lua``.
"""

import re
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from jwtgate.configs.context import Context
from jwtgate.configs.kong.fields import ANY, BOOLEAN, TEXT, Field, between, matching
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.records import Record, read_record

__all__ = ["FLAT", "redis_url"]

_HOST: Final = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
# Not in Kong's words, which show the value: what is no host may hold a password.
_NO_HOST: Final = "expected a name or an address, without scheme, login or port"
_FIELDS: Final = MappingProxyType(
    {
        "host": Field(test=matching(_HOST, _NO_HOST)),
        "port": Field(test=between(0, 65535, whole=True)),
        "username": Field(test=TEXT),
        "password": Field(test=TEXT),
        "database": Field(test=between(0, 2**31 - 1, whole=True)),
        "ssl": Field(test=BOOLEAN),
        "ssl_verify": Field(test=BOOLEAN),
        "server_name": Field(test=ANY),
        "timeout": Field(test=ANY),
    }
)
FLAT: Final = MappingProxyType(
    {f"redis_{name}": field for name, field in _FIELDS.items()}
)
"""The members of a config as Kong 2 has them; later they are those of ``redis``."""


def redis_url(record: Record, plugin: Plugin, context: Context) -> str | None:
    """Write the URL of the Redis that a config names.

    Args:
        record: The config.
        plugin: Whose it is.
        context: Takes problems and notes.

    Returns:
        With the password, if there is one; None if it cannot be told.
    """
    found = _found(record, plugin, context)
    host = found.text("host")
    if host is None:
        problems = context.problems
        problems.add(plugin.place("redis", "host"), "required field missing")
        problems.add(
            plugin.at,
            "failed conditional validation given value of field 'config.policy'",
        )
        return None
    encrypted = found.switch("ssl", default=False)
    if encrypted and not found.switch("ssl_verify", default=False):
        context.notes.add(
            "warning", plugin.config, "the certificate of the Redis is verified here"
        )
    port = found.number("port")
    return (
        f"{'rediss' if encrypted else 'redis'}://{_login(found)}"
        f"{f'[{host}]' if ':' in host else host}:{6379 if port is None else int(port)}"
        f"/{int(found.number('database') or 0)}"
    )


def _found(record: Record, plugin: Plugin, context: Context) -> Record:
    flat = Record(
        {
            name.removeprefix("redis_"): record.get(name)
            for name in FLAT
            if name in record
        }
    )
    table = record.get("redis")
    if not isinstance(table, dict):
        return flat
    at = plugin.place("redis")
    return read_record(table, _FIELDS, at, context.problems).over(flat)


def _login(found: Record) -> str:
    user, password = found.text("username") or "", found.text("password") or ""
    if not (user or password):
        return ""
    return f"{quote(user, safe='')}:{quote(password, safe='')}@"
