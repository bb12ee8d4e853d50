"""``secrets``: the secret managers that references name.

Source: APISIX 3.18, ``apisix/secret.lua`` and ``apisix/secret/`` (vault, aws, gcp).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from jwtgate.configs.apisix.entries import (
    Entry,
    InvalidEntry,
    entries_of,
    leave_out,
    skipping,
)
from jwtgate.configs.apisix.references import as_written_here
from jwtgate.configs.apisix.schema import (
    Check,
    flaw,
    listing,
    switch,
    table,
    text,
    whole,
)
from jwtgate.configs.context import Context
from jwtgate.configs.managers import Entry as Manager
from jwtgate.configs.reading import parse_json, read_text
from jwtgate.errors import ConfigurationError
from jwtgate.secrets.grammar import is_manager

__all__ = ["open_managers"]

_Arguments: TypeAlias = Mapping[str, Any]

_VAULT: Mapping[str, Check] = {
    "uri": text(1),
    "prefix": text(1),
    "token": text(1),
    "namespace": text(1),
    "kv_version": whole(1, 2),  # ours: APISIX knows version 1 alone
}
_AWS: Mapping[str, Check] = {
    "access_key_id": text(1),
    "secret_access_key": text(1),
    "session_token": text(1),
    "region": text(1),
    "endpoint_url": text(1),
}
_KEY: Mapping[str, Check] = {
    "client_email": text(1),
    "private_key": text(1),
    "project_id": text(1),
    "token_uri": text(1),
    "entries_uri": text(1),
    "scope": listing(text(1)),
}
_GCP: Mapping[str, Check] = {
    "auth_config": table,
    "auth_file": text(1),
    "ssl_verify": switch,
}
_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - no token
_ENTRIES_URI = "https://secretmanager.googleapis.com/v1"


def open_managers(root: Mapping[str, object], context: Context) -> None:
    """Let the managers of a file resolve its references; those invalid are left out."""
    found: dict[str, tuple[Entry, Manager]] = {}
    for entry in entries_of(root, "secrets", context):
        with skipping(context, entry.at):
            manager = _manager(entry, context)
            if manager.name in found:
                earlier, _ = found[manager.name]
                leave_out(context, earlier.at, "its id comes again; the later counts")
            found[manager.name] = entry, manager
    for entry, manager in found.values():
        with skipping(context, entry.at):
            try:
                context.managers.open(manager, context.references)
            except ConfigurationError as error:
                raise InvalidEntry("; ".join(error.problems)) from None


def _manager(entry: Entry, context: Context) -> Manager:
    name = entry.table.get("id")
    kind = str(name).partition("/")[0]
    if not is_manager(name) or kind not in _MAKERS:
        raise InvalidEntry("expected an id of the form vault/ID, aws/ID or gcp/ID")
    try:
        resolved = _resolved(entry.table, context)
    except ConfigurationError as error:
        raise InvalidEntry(error.problems[0]) from None
    if resolved.get("ssl_verify") is False:
        at = (*entry.at, "ssl_verify")
        context.notes.add("dropped", at, "certificates are always verified here")
    arguments = _MAKERS[kind](resolved, context)
    is_vault = kind == "vault"
    token = {"token": as_written_here(str(entry.table["token"]))} if is_vault else {}
    return Manager(name=str(name), arguments=arguments, asked_for=token)


def _resolved(value: Any, context: Context) -> Any:
    if isinstance(value, dict):
        return {name: _resolved(each, context) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, context) for each in value]
    if isinstance(value, str):
        return context.references.resolve_here(as_written_here(value))
    return value


def _check(found: _Arguments, rules: Mapping[str, Check], *required: str) -> None:
    why = flaw(found, rules, required)
    if why is not None:
        raise InvalidEntry(why)


def _vault(found: _Arguments, _: Context) -> _Arguments:
    _check(found, _VAULT, "uri", "prefix", "token")
    mount, _slash, prefix = str(found["prefix"]).strip("/").partition("/")
    chosen: dict[str, object] = {
        "url": found["uri"],
        "mount": mount,
        "prefix": prefix,
        "version": found.get("kv_version", 1),
    }
    if "namespace" in found:
        chosen["namespace"] = found["namespace"]
    return chosen


def _aws(found: _Arguments, _: Context) -> _Arguments:
    _check(found, _AWS, "access_key_id", "secret_access_key")
    return {"region": "us-east-1"} | {
        name: found[name] for name in _AWS if name in found
    }


def _gcp(found: _Arguments, context: Context) -> _Arguments:
    _check(found, _GCP)
    if ("auth_config" in found) is ("auth_file" in found):
        raise InvalidEntry("expected auth_config or auth_file")
    key = found.get("auth_config") or _key_in(str(found["auth_file"]), context)
    _check(key, _KEY, "client_email", "private_key", "project_id")
    uri = str(key.get("entries_uri", _ENTRIES_URI))
    if not uri.endswith("/v1"):
        raise InvalidEntry("entries_uri must end with /v1")
    return {
        "project": key["project_id"],
        "credentials": {
            "client_email": key["client_email"],
            "private_key": key["private_key"],
            "token_uri": key.get("token_uri", _TOKEN_URI),
        },
        "endpoint": uri.removesuffix("/v1"),
    }


def _key_in(name: str, context: Context) -> Any:
    try:
        found = parse_json(read_text(Path(context.references.path(name))))
    except (ConfigurationError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidEntry("auth_file must be a file with a JSON object")
    return found


_MAKERS: Mapping[str, Callable[[_Arguments, Context], _Arguments]] = MappingProxyType(
    {"vault": _vault, "aws": _aws, "gcp": _gcp}
)
