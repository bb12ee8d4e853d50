"""The forms that a file may have, with and without decK's additions."""

from tests.gateways.cases import ABSENT, Case
from tests.gateways.kong_configs import (
    JACK_ID,
    Members,
    bearer,
    credential,
    derived_id,
    file,
    forbidden,
    jack,
    jwt,
    passes,
    plugin,
    refused,
    route,
    routed,
    service,
    without_token,
)
from tests.kit import KEY, SECRET, Sent, mint, public_pem

_FILE = "3. Declarative file"
_CREDENTIALS = "3. Declarative file: credentials"
_IDS = "3. Declarative file: missing ids"
_DECK = "3. Declarative file: deck's own members"
_DOCS = "2. Credentials"

_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
_BARE: Members = {"username": "jack"}


def _accepted(name: str, source: str, config: Members) -> Case:
    return passes(name, source, config, bearer())


FORMS = (
    *(
        _accepted(
            f"the format of version {version}", _FILE, file(_format_version=version)
        )
        for version in ("1.1", "2.1", "3.0")
    ),
    _accepted("_transform", _FILE, file(_transform=True)),
    _accepted("_comment", _FILE, file(_comment="of jack and his key")),
    _accepted("_ignore", _FILE, file(_ignore=[{"anything": True}])),
    _accepted("_info", _DECK, file(_info={"select_tags": ["team-a"], "defaults": {}})),
    _accepted("_workspace", _DECK, file(_workspace="default")),
    _accepted("_konnect", _DECK, file(_konnect={"runtime_group_name": "default"})),
    without_token(
        "a config that a plugin takes from _plugin_configs",
        _DECK,
        file(
            _plugin_configs={"times": {"claims_to_verify": ["exp"]}},
            plugins=[{"name": "jwt", "_config": "times"}],
        ),
        Sent(),
    ),
    refused(
        "a config from _plugin_configs holds",
        _DECK,
        file(
            _plugin_configs={"times": {"claims_to_verify": ["exp"]}},
            plugins=[{"name": "jwt", "_config": "times"}],
        ),
        bearer(mint(exp=1)),
        {"exp": "token expired"},
    ),
    _accepted(
        "what says nothing about who may pass",
        _FILE,
        file(
            upstreams=[{"name": "shop.upstream"}],
            certificates=[],
            ca_certificates=[],
            vaults=[],
        ),
    ),
    _accepted(
        "a service without routes beside the plugin for everything",
        _FILE,
        file(services=[service()]),
    ),
)

CREDENTIALS = (
    _accepted(
        "a credential at the top that names a username",
        _CREDENTIALS,
        file(_BARE, jwt_secrets=[{**credential(), "consumer": "jack"}]),
    ),
    _accepted(
        "a credential at the top that names an id",
        _CREDENTIALS,
        file({**_BARE, "id": _ID}, jwt_secrets=[{**credential(), "consumer": _ID}]),
    ),
    _accepted(
        "a credential at the top that names a derived id",
        _CREDENTIALS,
        file(_BARE, jwt_secrets=[{**credential(), "consumer": JACK_ID}]),
    ),
    _accepted(
        "nested credentials beside those at the top",
        _CREDENTIALS,
        file(
            jack(credential(key="nested")),
            jwt_secrets=[{**credential(), "consumer": "jack"}],
        ),
    ),
    passes(
        "a nested credential beside those at the top",
        _CREDENTIALS,
        file(
            jack(credential(key="nested")),
            jwt_secrets=[{**credential(), "consumer": "jack"}],
        ),
        bearer(mint(iss="nested")),
        seen={"x-credential-identifier": "nested"},
    ),
    _accepted(
        "every field of a credential",
        _DOCS,
        file(
            jack(
                credential(
                    id=_ID, algorithm="HS256", tags=["a", "b"], rsa_public_key=None
                )
            )
        ),
    ),
    refused(
        "a credential without a key gets one that nobody knows",
        _DOCS,
        file(jack({"secret": SECRET})),
        bearer(),
        "No credentials found for given 'iss'",
    ),
    refused(
        "a credential without a secret gets one that nobody knows",
        _DOCS,
        file(jack({"key": KEY})),
        bearer(),
        "Invalid signature",
    ),
    refused(
        "a secret that nobody knows is not empty",
        _DOCS,
        file(jack({"key": KEY})),
        bearer(mint(secret=b"")),
        "Invalid signature",
    ),
    passes(
        "an asymmetric credential needs no secret",
        _DOCS,
        file(
            jack(
                {
                    "key": KEY,
                    "algorithm": "ES384",
                    "rsa_public_key": public_pem("ES384"),
                }
            )
        ),
        bearer(mint(algorithm="ES384")),
    ),
    passes(
        "a key with blanks and signs",
        _DOCS,
        file(jack(credential(key="https://issuer.example/ a?b=c"))),
        bearer(mint(iss="https://issuer.example/ a?b=c")),
        seen={"x-credential-identifier": "https://issuer.example/ a?b=c"},
    ),
)

CONSUMERS = (
    _accepted(
        "every field of a consumer",
        _DOCS,
        file(jack(id=_ID, tags=["staff"], acls=[{"group": "staff"}])),
    ),
    passes(
        "each consumer has a derived id of its own",
        _IDS,
        file({"username": "jill", "jwt_secrets": [credential()]}),
        bearer(),
        seen={"x-consumer-id": derived_id("jill")},
    ),
    passes(
        "a derived id does not depend on the custom_id",
        _IDS,
        file(jack(custom_id="another")),
        bearer(),
        seen={"x-consumer-id": JACK_ID, "x-consumer-custom-id": "another"},
    ),
    passes(
        "a derived id of a username that is not ASCII",
        _IDS,
        file(jack(username="J\u00e4ck")),
        bearer(),
        seen={"x-consumer-id": derived_id("J\u00e4ck")},
    ),
    passes(
        "a consumer of a custom_id alone",
        _DOCS,
        file({"custom_id": "495aec6a", "jwt_secrets": [credential()]}),
        bearer(),
        seen={"x-consumer-custom-id": "495aec6a", "x-consumer-username": ABSENT},
    ),
    forbidden(
        "a plugin that names a consumer by its derived id",
        _FILE,
        file(
            plugins=[
                jwt(),
                {
                    **plugin("request-termination", status_code=403, message="No"),
                    "consumer": JACK_ID,
                },
            ]
        ),
        bearer(),
        "No",
    ),
)

_TWO_STORES = routed(
    route("/text", name="text"),
    route("/base64", name="base64", plugins=[jwt(secret_is_base64=True)]),
    consumers=[jack(credential(secret="c2VjcmV0"))],
)


def _stored(name: str, path: str, secret: str) -> Case:
    return passes(
        name,
        "4. Request flow, 9: choose the key",
        _TWO_STORES,
        bearer(mint(secret=secret), path=path),
    )


STORES = (
    _stored("a secret as text where the plugin says so", "/text/1", "c2VjcmV0"),
    _stored("the same secret in base64 where another does", "/base64/1", "secret"),
    refused(
        "the secret in base64 on the route of texts",
        "4. Request flow, 9: choose the key",
        _TWO_STORES,
        bearer(mint(secret="secret"), path="/text/1"),
        "Invalid signature",
    ),
    refused(
        "the secret as text on the route of base64",
        "4. Request flow, 9: choose the key",
        _TWO_STORES,
        bearer(mint(secret="c2VjcmV0"), path="/base64/1"),
        "Invalid signature",
    ),
)

CASES = (*FORMS, *CREDENTIALS, *CONSUMERS, *STORES)
