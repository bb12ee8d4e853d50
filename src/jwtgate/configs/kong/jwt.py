"""The config of the jwt plugin, made into the fields of a policy.

Source: Kong 3.10, ``kong/plugins/jwt/schema.lua``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast, final

from jwtgate.configs.context import Context
from jwtgate.configs.kong.fields import BOOLEAN, STRING, Field, between, one_of, set_of
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.records import Record
from jwtgate.configs.problems import Path
from jwtgate.errors import ConfigurationError
from jwtgate.policy import Policy, PolicySettings

__all__ = ["Demand", "read_jwt"]

_NAMES: Final = Field(test=set_of(STRING), required=True)
_SWITCH: Final = Field(test=BOOLEAN, required=True)
_FIELDS: Final = MappingProxyType(
    {
        "uri_param_names": _NAMES,
        "cookie_names": _NAMES,
        "header_names": _NAMES,
        "key_claim_name": Field(test=STRING, required=True),
        "secret_is_base64": _SWITCH,
        "claims_to_verify": Field(test=set_of(one_of("exp", "nbf"))),
        "anonymous": Field(test=STRING),
        "run_on_preflight": _SWITCH,
        "maximum_expiration": Field(test=between(0, 31_536_000)),
        "realm": Field(test=STRING),
    }
)
# Those that are not empty by default.
_CARRIERS: Final = ("header_names", "uri_param_names")
_SETTINGS: Final[Mapping[str, tuple[str, Callable[[Record, str], object]]]] = {
    "uri_param_names": ("query_names", Record.texts),
    "cookie_names": ("cookie_names", Record.texts),
    "header_names": ("header_names", Record.texts),
    "key_claim_name": ("key_claim", Record.text),
    "claims_to_verify": ("claims_to_verify", Record.texts),
    "anonymous": ("anonymous", Record.text),
    "run_on_preflight": ("run_on_preflight", Record.get),
    "maximum_expiration": (
        "maximum_expiration",
        lambda record, name: record.number(name) or None,
    ),
    "realm": ("realm", Record.text),
}
_KONGS: Final = {field: name for name, (field, _) in _SETTINGS.items()}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a jwt plugin demands.

    Attributes:
        at: Where its config is.
        settings: Fields of the policy.
        is_base64: The secrets of credentials are base64.
    """

    at: Path
    settings: PolicySettings
    is_base64: bool = False


def read_jwt(plugin: Plugin, context: Context) -> Demand:
    """Read what a jwt plugin demands, and report what it cannot."""
    record = plugin.read(_FIELDS, context)
    before = len(context.problems)
    _check_expiration(record, plugin, context)
    _check_carriers(record, plugin, context)
    settings = _settings(record)
    if len(context.problems) == before:
        _check(settings, plugin, context)
    return Demand(
        at=plugin.config,
        settings=settings,
        is_base64=record.switch("secret_is_base64", default=False),
    )


def _settings(record: Record) -> PolicySettings:
    settings = {
        field: read(record, name)
        for name, (field, read) in _SETTINGS.items()
        if name in record
    }
    return cast("PolicySettings", settings)


def _check_expiration(record: Record, plugin: Plugin, context: Context) -> None:
    if not record.number("maximum_expiration") or "claims_to_verify" not in record:
        return
    if "exp" not in record.texts("claims_to_verify"):
        problems = context.problems
        problems.add(plugin.place("claims_to_verify"), "expected to contain: exp")
        problems.add(
            plugin.at,
            "failed conditional validation given value of field "
            "'config.maximum_expiration'",
        )


def _check_carriers(record: Record, plugin: Plugin, context: Context) -> None:
    names = record.texts("cookie_names")
    if names or any(name not in record or record.texts(name) for name in _CARRIERS):
        return
    context.problems.add(
        plugin.config,
        "header_names, uri_param_names and cookie_names are empty: no token can come",
    )


def _check(settings: PolicySettings, plugin: Plugin, context: Context) -> None:
    try:
        Policy.kong(**settings)
    except ConfigurationError as error:
        for sentence in error.problems:
            field, _, rest = sentence.partition(" ")
            context.problems.add(plugin.place(_KONGS.get(field, field)), rest)
