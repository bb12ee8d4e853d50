"""The members that Kong's entities have, as far as they are looked at here.

Source: Kong 3.10, ``kong/db/schema/entities``; decK 1.4x, its JSON schema.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jwtgate.configs.kong.fields import (
    ANY,
    BOOLEAN,
    NUMBER,
    RECORD,
    STRING,
    TEXT,
    UUID,
    Field,
    array_of,
    matching,
    one_of,
    set_of,
)

__all__ = [
    "ACL",
    "ALGORITHMS",
    "CONSUMER",
    "JWT_SECRET",
    "PLUGIN",
    "ROOT",
    "ROUTE",
    "SERVICE",
    "UNUSED_ENTITIES",
    "UNUSED_OF_CONSUMER",
    "VERSIONS",
]

ALGORITHMS: Final = (
    *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512"),
    *("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"),
)
"""Those of a credential, in the order in which Kong names them."""

VERSIONS: Final = ("1.1", "2.1", "3.0")
"""The versions of the format."""

_METHOD = re.compile(r"[A-Z]+")
_PROTOCOLS = (
    *("grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"),
    *("ws", "wss"),
)

UNUSED_ENTITIES: Final = frozenset(
    {
        "acme_storage",
        "basicauth_credentials",
        "ca_certificates",
        "certificates",
        "consumer_group_consumers",
        "consumer_groups",
        "custom_entities",
        "degraphql_routes",
        "event_hooks",
        "header_cert_auth_credentials",
        "hmacauth_credentials",
        "key_sets",
        "keyauth_credentials",
        "keyauth_enc_credentials",
        "keys",
        "licenses",
        "mtls_auth_credentials",
        "oauth2_authorization_codes",
        "oauth2_credentials",
        "oauth2_tokens",
        "parameters",
        "partials",
        "rbac_roles",
        "rbac_users",
        "service_packages",
        "sessions",
        "snis",
        "tags",
        "targets",
        "upstreams",
        "vaults",
        "workspaces",
    }
)
"""Lists at the top of a file that say nothing about who may pass by JWT."""

UNUSED_OF_CONSUMER: Final = frozenset(
    {
        "basicauth_credentials",
        "consumer_group_consumers",
        "groups",
        "header_cert_auth_credentials",
        "hmacauth_credentials",
        "keyauth_credentials",
        "keyauth_enc_credentials",
        "mtls_auth_credentials",
        "oauth2_credentials",
        "oauth2_tokens",
    }
)
"""Lists in a consumer that say nothing about it either."""


_OF_ALL: Mapping[str, Field] = {
    "id": Field(test=UUID),
    "tags": Field(test=set_of(STRING)),
    "created_at": Field(test=ANY),
    "updated_at": Field(test=ANY),
    "ws_id": Field(test=ANY),
    "_comment": Field(test=STRING),
    "_ignore": Field(test=ANY),
}


def _fields(fields: Mapping[str, Field], *others: str) -> Mapping[str, Field]:
    rest = dict.fromkeys(others, Field(test=ANY))
    return MappingProxyType({**rest, **_OF_ALL, **fields})


ROOT: Final = MappingProxyType(
    {
        "_format_version": Field(test=one_of(*VERSIONS), required=True),
        "_transform": Field(test=BOOLEAN),
        "_comment": Field(test=STRING),
        "_ignore": Field(test=ANY),
        "_info": Field(test=RECORD),
        "_workspace": Field(test=STRING),
        "_konnect": Field(test=RECORD),
        "_plugin_configs": Field(test=RECORD),
        **dict.fromkeys(
            (
                "services",
                "routes",
                "consumers",
                "plugins",
                "jwt_secrets",
                "acls",
                "filter_chains",
                *UNUSED_ENTITIES,
            ),
            Field(test=ANY),
        ),
    }
)
"""What stands at the top of a file."""

SERVICE: Final = _fields(
    {"name": Field(test=STRING), "enabled": Field(test=BOOLEAN)},
    *("ca_certificates", "client_certificate", "connect_timeout", "host", "path"),
    *("port", "protocol", "read_timeout", "retries", "tls_sans", "tls_verify"),
    *("tls_verify_depth", "url", "write_timeout", "degraphql_routes"),
    *("routes", "plugins", "filter_chains"),
)
"""A service: where requests go is not looked at."""

ROUTE: Final = _fields(
    {
        "name": Field(test=STRING),
        "protocols": Field(test=set_of(one_of(*_PROTOCOLS)), required=True),
        "methods": Field(test=set_of(matching(_METHOD, "invalid value: {}"))),
        "hosts": Field(test=array_of(STRING)),
        "paths": Field(test=array_of(STRING)),
        "headers": Field(test=RECORD),
        "snis": Field(test=set_of(STRING)),
        "sources": Field(test=array_of(RECORD)),
        "destinations": Field(test=array_of(RECORD)),
        "expression": Field(test=STRING),
        "priority": Field(test=NUMBER),
        "regex_priority": Field(test=NUMBER),
    },
    *("https_redirect_status_code", "path_handling", "preserve_host"),
    *("request_buffering", "response_buffering", "strip_path"),
    *("service", "plugins", "filter_chains"),
)
"""A route: what it matches."""

CONSUMER: Final = _fields(
    {"username": Field(test=STRING), "custom_id": Field(test=STRING)},
    *("type", "username_lower", "plugins", "jwt_secrets", "acls"),
    *UNUSED_OF_CONSUMER,
)
"""A consumer."""

JWT_SECRET: Final = _fields(
    {
        "key": Field(test=STRING),
        "secret": Field(test=STRING),
        "rsa_public_key": Field(test=STRING),
        "algorithm": Field(test=one_of(*ALGORITHMS), required=True),
    },
    "consumer",
)
"""A credential of the jwt plugin."""

ACL: Final = _fields({"group": Field(test=STRING, required=True)}, "consumer")
"""A group of a consumer, for the acl plugin."""

PLUGIN: Final = _fields(
    {
        "name": Field(test=STRING, required=True),
        "config": Field(test=RECORD),
        "enabled": Field(test=BOOLEAN),
        "protocols": Field(test=set_of(one_of(*_PROTOCOLS))),
        "_config": Field(test=STRING),
        "partials": Field(test=array_of(RECORD)),
        "run_on": Field(test=TEXT),
    },
    *("service", "route", "consumer", "consumer_group"),
    *("instance_name", "ordering"),
)
"""A plugin, but for what its config holds."""
