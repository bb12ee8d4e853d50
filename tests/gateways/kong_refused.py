"""Files that are refused: as Kong refuses them, or since something would be let in."""

from dataclasses import dataclass
from typing import Literal

from tests.gateways.kong_configs import (
    GUEST_ID,
    Members,
    credential,
    file,
    guarded,
    guest,
    jack,
    jwt,
    plugin,
    route,
    routed,
    service,
)
from tests.gateways.kong_keys import holder, rsa_key
from tests.kit import KEY, private_pem, public_pem

_PLUGIN = "1. Plugin config"
_ENTRY = "1. Plugin entry"
_CREDENTIALS = "2. Credentials"
_FILE = "3. Declarative file"
_AUTH = "7. Several auth plugins"

_CONFIG = "plugins[0].config."
_SECRET = "consumers[0].jwt_secrets[0]."


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A file that does not load.

    Attributes:
        name: What is stated; unique in its table.
        source: The section of the page.
        config: What the file holds.
        told: How each of its problems begins, in any order.
        verdict: ``"exact"``: Kong refuses it, too; ``"safer"``: Kong loads it.
        why: What Kong would do, where this is safer.
    """

    name: str
    source: str
    config: Members
    told: tuple[str, ...]
    verdict: Literal["exact", "safer"] = "exact"
    why: str = ""


def _as_kong(name: str, source: str, config: Members, *told: str) -> Refused:
    return Refused(name=name, source=source, config=config, told=told)


def _safer(name: str, source: str, why: str, config: Members, *told: str) -> Refused:
    return Refused(
        name=name, source=source, config=config, told=told, verdict="safer", why=why
    )


def _field(name: str, sentence: str, **config: object) -> Refused:
    field = next(iter(config))
    return _as_kong(name, _PLUGIN, guarded(**config), f"{_CONFIG}{field}{sentence}")


_SET = ": expected a set"
_TEXT = ": expected a string"
_SWITCH = ": expected a boolean"
_NUMBER = ": expected a number"
_SHORT = ": length must be at least 1"
_MISSING = ": required field missing"
_UNKNOWN = ": unknown field"
_CLAIMS = ": expected one of: exp, nbf"
_YEAR = ": value should be between 0 and 31536000"

CONFIG = (
    _field("one text for parameters", _SET, uri_param_names="jwt"),
    _field("one text for cookies", _SET, cookie_names="jwt"),
    _field("one text for headers", _SET, header_names="authorization"),
    _field("a parameter that is a number", f"[0]{_TEXT}", uri_param_names=[1]),
    _field("a parameter without a name", f"[0]{_SHORT}", uri_param_names=[""]),
    _field("a cookie without a name", f"[0]{_SHORT}", cookie_names=[""]),
    _field("a header without a name", f"[1]{_SHORT}", header_names=["a", ""]),
    _field("a key claim without a name", _SHORT, key_claim_name=""),
    _field("a key claim that is no text", _TEXT, key_claim_name=["iss"]),
    _field("base64 that is a text", _SWITCH, secret_is_base64="true"),
    _field("base64 that is null", _MISSING, secret_is_base64=None),
    _field("claims in one text", _SET, claims_to_verify="exp,nbf"),
    _field(
        "a claim that cannot be verified", f"[0]{_CLAIMS}", claims_to_verify=["iat"]
    ),
    _field("a claim in capitals", f"[1]{_CLAIMS}", claims_to_verify=["exp", "NBF"]),
    _field("a limit below zero", _YEAR, maximum_expiration=-1),
    _field("a limit of more than a year", _YEAR, maximum_expiration=31_536_001),
    _field("a limit that is a text", _NUMBER, maximum_expiration="600"),
    _field("a limit that is true", _NUMBER, maximum_expiration=True),
    _field("an anonymous consumer without a name", _SHORT, anonymous=""),
    _field("an anonymous consumer that is a number", _TEXT, anonymous=7),
    _field("a preflight switch that is null", _MISSING, run_on_preflight=None),
    _field("a preflight switch that is a number", _SWITCH, run_on_preflight=0),
    _field("a realm without a character", _SHORT, realm=""),
    _field("a realm that is a number", _TEXT, realm=1),
    _field("a field that jwt does not have", _UNKNOWN, hide_credentials=True),
    _as_kong(
        "a limit, and exp not among the claims",
        _PLUGIN,
        guarded(maximum_expiration=600, claims_to_verify=["nbf"]),
        f"{_CONFIG}claims_to_verify: expected to contain: exp",
        "plugins[0]: failed conditional validation given value of field "
        "'config.maximum_expiration'",
    ),
    _as_kong(
        "a limit, and no claims at all",
        _PLUGIN,
        guarded(maximum_expiration=600, claims_to_verify=[]),
        f"{_CONFIG}claims_to_verify: expected to contain: exp",
        "plugins[0]: failed conditional validation given value of field "
        "'config.maximum_expiration'",
    ),
    _as_kong(
        "all errors are reported together",
        _PLUGIN,
        guarded(realm="", key_claim_name="", run_on_preflight="no", secret=1),
        f"{_CONFIG}realm{_SHORT}",
        f"{_CONFIG}key_claim_name{_SHORT}",
        f"{_CONFIG}run_on_preflight{_SWITCH}",
        f"{_CONFIG}secret{_UNKNOWN}",
    ),
    *(
        _safer(
            f"{field} that is null",
            _PLUGIN,
            "Kong loads it, and then answers 500 to every request",
            guarded(**{field: None}),
            f"{_CONFIG}{field}{_MISSING}",
        )
        for field in ("uri_param_names", "cookie_names", "header_names")
    ),
    _safer(
        "key_claim_name that is null",
        _PLUGIN,
        "Kong loads it, and then answers 500 to every request with a token",
        guarded(key_claim_name=None),
        f"{_CONFIG}key_claim_name{_MISSING}",
    ),
    _safer(
        "nowhere to look for a token",
        _PLUGIN,
        "Kong loads it, and then refuses every request",
        guarded(uri_param_names=[], header_names=[]),
        "plugins[0].config: header_names, uri_param_names and cookie_names are empty",
    ),
    _safer(
        "an identity header as the header of a token",
        _PLUGIN,
        "Kong overwrites it with who calls",
        guarded(header_names=["X-Consumer-ID"]),
        f"{_CONFIG}header_names",
    ),
    _safer(
        "a realm that is no header",
        _PLUGIN,
        "Kong writes it as it is",
        guarded(realm="a\r\nSet-Cookie: b=c"),
        f"{_CONFIG}realm",
    ),
)

ENTRIES = (
    _as_kong("a plugin without a name", _ENTRY, file(plugins=[{}]), "plugins[0].name"),
    _as_kong(
        "a plugin that is enabled by a text",
        _ENTRY,
        file(plugins=[{**jwt(), "enabled": "yes"}]),
        f"plugins[0].enabled{_SWITCH}",
    ),
    _as_kong(
        "a plugin with a protocol that there is not",
        _ENTRY,
        file(plugins=[{**jwt(), "protocols": ["ftp"]}]),
        "plugins[0].protocols[0]: expected one of: ",
    ),
    _as_kong(
        "a jwt plugin for a consumer",
        _ENTRY,
        file(plugins=[jwt(), {**jwt(), "consumer": "jack"}]),
        "plugins[1].consumer: value must be null",
    ),
    _safer(
        "a jwt plugin in a consumer",
        _ENTRY,
        "Kong loads it, and never runs it",
        file(jack(plugins=[jwt()])),
        "consumers[0].plugins[0].consumer: value must be null",
    ),
    _as_kong(
        "two jwt plugins for everything",
        _ENTRY,
        file(plugins=[jwt(), jwt(realm="b")]),
        "plugins[1]: uniqueness violation: 'plugins' entity with name 'jwt'",
    ),
    _as_kong(
        "a jwt plugin in a route, and one that names it",
        _ENTRY,
        routed(
            route("/orders", plugins=[jwt()]),
            plugins=[{**jwt(realm="b"), "route": "orders"}],
        ),
        "plugins[0]: uniqueness violation: 'plugins' entity with name 'jwt'",
    ),
    _as_kong(
        "a plugin of a service that there is not",
        _ENTRY,
        file(plugins=[jwt(), {**jwt(), "service": "nowhere"}]),
        "plugins[1].service: invalid reference 'service: nowhere' "
        "(no such entry in 'services')",
    ),
    _as_kong(
        "a plugin of a route that there is not",
        _ENTRY,
        file(plugins=[jwt(), {**jwt(), "route": "nowhere"}]),
        "plugins[1].route: invalid reference 'route: nowhere' "
        "(no such entry in 'routes')",
    ),
    _as_kong(
        "an acl that allows and denies",
        _ENTRY,
        file(plugins=[jwt(), plugin("acl", allow=["a"], deny=["b"])]),
        "plugins[1]: only one of these fields must be non-empty: "
        "'config.allow', 'config.deny'",
    ),
    _as_kong(
        "an acl that does neither",
        _ENTRY,
        file(plugins=[jwt(), plugin("acl")]),
        "plugins[1]: at least one of these fields must be non-empty: "
        "'config.allow', 'config.deny'",
    ),
    _as_kong(
        "an end with a message and a body",
        _ENTRY,
        file(plugins=[jwt(), plugin("request-termination", message="a", body="b")]),
        "plugins[1].config: message cannot be used with content_type or body",
    ),
    _as_kong(
        "an end with a type and no body",
        _ENTRY,
        file(plugins=[jwt(), plugin("request-termination", content_type="text/html")]),
        "plugins[1].config: content_type requires a body",
    ),
    _as_kong(
        "a limit without a rate",
        _ENTRY,
        file(plugins=[jwt(), plugin("rate-limiting", policy="local")]),
        "plugins[1]: at least one of these fields must be non-empty: 'config.second'",
    ),
    _as_kong(
        "a limit that is lower for the longer period",
        _ENTRY,
        file(plugins=[jwt(), plugin("rate-limiting", second=10, hour=5)]),
        "plugins[1].config: The limit for hour(5.0) cannot be lower than the limit "
        "for second(10.0)",
    ),
    _as_kong(
        "a plugin's name that is a reference",
        _ENTRY,
        file(plugins=[{**jwt(), "name": "{vault://env/guard}"}]),
        "plugins[0].name: expected a name, and no reference",
        "plugins[0].name: looks like a reference and is none",
    ),
    _as_kong(
        "a Redis by its URL",
        _ENTRY,
        file(
            plugins=[
                jwt(),
                plugin(
                    "rate-limiting",
                    minute=5,
                    policy="redis",
                    redis={"host": "redis://:secret@redis.example"},
                ),
            ]
        ),
        "plugins[1].config.redis.host: expected a name or an address",
        "plugins[1].config.redis.host: required field missing",
        "plugins[1]: failed conditional validation",
    ),
    _safer(
        "no jwt plugin, with routes",
        _ENTRY,
        "Kong lets everybody pass",
        routed(route("/orders"), plugins=[]),
        "plugins: no jwt plugin guards a route: nothing would be guarded",
    ),
    _safer(
        "no jwt plugin that is enabled, with routes",
        _ENTRY,
        "Kong lets everybody pass",
        routed(route("/orders"), plugins=[{**jwt(), "enabled": False}]),
        "plugins: no jwt plugin guards a route: nothing would be guarded",
    ),
)

_OTHERS = (
    *("key-auth", "basic-auth", "hmac-auth", "ldap-auth", "oauth2", "openid-connect"),
    *("ip-restriction", "bot-detection", "request-size-limiting", "opa", "my-own"),
)
_NOT_CARRIED = "restricts access and is not carried over"

OTHERS = tuple(
    _safer(
        f"the plugin {name}",
        _AUTH,
        "Kong runs it; without it somebody would pass whom it keeps out",
        file(plugins=[jwt(), plugin(name)]),
        f"plugins[1]: {name} {_NOT_CARRIED}; leave it to what does it now and name it "
        "in allow_dropped",
    )
    for name in _OTHERS
)


def _credential(**members: object) -> Members:
    return file(jack(credential(**members)))


def _two(first: Members, second: Members) -> Members:
    return file(jack(first), {"username": "jill", "jwt_secrets": [second]})


_NEEDS_KEY = f"{_SECRET}rsa_public_key{_MISSING}"
_BAD_KEY = f"{_SECRET}rsa_public_key: invalid key"

CREDENTIALS = (
    _as_kong(
        "a key of two credentials of one consumer",
        _CREDENTIALS,
        file(jack(credential(), credential())),
        "consumers[0].jwt_secrets[1].key: uniqueness violation: 'jwt_secrets' entity "
        f"with key set to '{KEY}' already declared",
    ),
    _as_kong(
        "a key of two consumers",
        _CREDENTIALS,
        _two(credential(), credential(secret="another")),
        "consumers[1].jwt_secrets[0].key: uniqueness violation: 'jwt_secrets' entity "
        f"with key set to '{KEY}' already declared",
    ),
    _as_kong(
        "a key in a consumer and at the top",
        _CREDENTIALS,
        file(jack(), jwt_secrets=[{**credential(), "consumer": "jack"}]),
        "jwt_secrets[0].key: uniqueness violation: 'jwt_secrets' entity with key set "
        f"to '{KEY}' already declared",
    ),
    _as_kong(
        "an id of two credentials",
        _CREDENTIALS,
        _two(credential(id=GUEST_ID), credential(key="b", id=GUEST_ID)),
        "consumers[1].jwt_secrets[0].id: uniqueness violation: 'jwt_secrets' entity "
        f"with primary key set to '{GUEST_ID}' already declared",
    ),
    _as_kong(
        "an empty key", _CREDENTIALS, _credential(key=""), f"{_SECRET}key{_SHORT}"
    ),
    _as_kong(
        "an empty secret",
        _CREDENTIALS,
        _credential(secret=""),
        f"{_SECRET}secret{_SHORT}",
    ),
    _as_kong(
        "a key that is a number",
        _CREDENTIALS,
        _credential(key=7),
        f"{_SECRET}key{_TEXT}",
    ),
    _as_kong(
        "a secret that is a number",
        _CREDENTIALS,
        _credential(secret=7),
        f"{_SECRET}secret{_TEXT}",
    ),
    _as_kong(
        "an id that is no UUID", _CREDENTIALS, _credential(id="1"), f"{_SECRET}id: "
    ),
    _as_kong(
        "tags that are one text",
        _CREDENTIALS,
        _credential(tags="a"),
        f"{_SECRET}tags{_SET}",
    ),
    *(
        _as_kong(
            f"the algorithm {algorithm}",
            _CREDENTIALS,
            _credential(algorithm=algorithm),
            f"{_SECRET}algorithm: expected one of: HS256, HS384, HS512, ",
        )
        for algorithm in ("none", "hs256", "ES256K", "Ed25519", "")
    ),
    _as_kong(
        "an algorithm that is null",
        _CREDENTIALS,
        file(jack({**credential(), "algorithm": None})),
        f"{_SECRET}algorithm",
    ),
    _as_kong(
        "a field that a credential does not have",
        _CREDENTIALS,
        _credential(public_key="x"),
        f"{_SECRET}public_key{_UNKNOWN}",
    ),
    *(
        _as_kong(
            f"{algorithm} without a public key",
            _CREDENTIALS,
            holder(algorithm, rsa_public_key=None),
            _NEEDS_KEY,
        )
        for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS512", "EdDSA")
    ),
    *(
        _as_kong(
            f"{algorithm} with a public key that is none",
            _CREDENTIALS,
            holder(algorithm, rsa_public_key="no key at all"),
            _BAD_KEY,
        )
        for algorithm in ("RS256", "PS384", "EdDSA")
    ),
    _safer(
        "ES256 with a public key that is none",
        _CREDENTIALS,
        "Kong loads it, and answers 500 to each token for it",
        holder("ES256", rsa_public_key="no key at all"),
        _BAD_KEY,
    ),
    _safer(
        "ES256 with a key of another curve",
        _CREDENTIALS,
        "Kong never matches the curve to the algorithm",
        holder("ES256", rsa_public_key=public_pem("ES384")),
        _BAD_KEY,
    ),
    _safer(
        "ES256 with an RSA key",
        _CREDENTIALS,
        "Kong never matches the type of a key to the algorithm",
        holder("ES256", rsa_public_key=public_pem("RS256")),
        _BAD_KEY,
    ),
    _safer(
        "RS256 with an EC key",
        _CREDENTIALS,
        "Kong never matches the type of a key to the algorithm",
        holder("RS256", rsa_public_key=public_pem("ES256")),
        _BAD_KEY,
    ),
    _safer(
        "EdDSA with an RSA key",
        _CREDENTIALS,
        "Kong verifies signatures of PKCS#1 v1.5 with it",
        holder("EdDSA", rsa_public_key=public_pem("RS256")),
        _BAD_KEY,
    ),
    _safer(
        "RS256 with a key of 1024 bits",
        _CREDENTIALS,
        "Kong verifies with it what others may be able to sign",
        holder("RS256", rsa_public_key=rsa_key(1024)[1]),
        _BAD_KEY,
    ),
    _safer(
        "a private key for the public one",
        _CREDENTIALS,
        "Kong accepts it, and keeps what it should not have",
        holder("RS256", rsa_public_key=private_pem("RS256")),
        _BAD_KEY,
    ),
    _safer(
        "a public key for the secret",
        _CREDENTIALS,
        "Kong takes its text for the secret: whoever has the key can sign",
        _credential(secret=public_pem("RS256")),
        f"{_SECRET}secret: the secret is a key in PEM form",
    ),
    _as_kong(
        "a credential at the top without a consumer",
        _FILE,
        file({"username": "jack"}, jwt_secrets=[credential()]),
        f"jwt_secrets[0].consumer{_MISSING}",
    ),
    _as_kong(
        "a credential at the top of a consumer that there is not",
        _FILE,
        file({"username": "jack"}, jwt_secrets=[{**credential(), "consumer": "jill"}]),
        "jwt_secrets[0].consumer: invalid reference 'consumer: jill' "
        "(no such entry in 'consumers')",
    ),
    _as_kong(
        "a credential at the top that names a custom_id",
        _FILE,
        file(
            {"username": "jack", "custom_id": "7"},
            jwt_secrets=[{**credential(), "consumer": "7"}],
        ),
        "jwt_secrets[0].consumer: invalid reference 'consumer: 7' "
        "(no such entry in 'consumers')",
    ),
)

CONSUMERS = (
    _as_kong(
        "a username of two consumers",
        _CREDENTIALS,
        file(jack(), {"username": "jack"}),
        "consumers[1].username: uniqueness violation: 'consumers' entity with "
        "username set to 'jack' already declared",
    ),
    _as_kong(
        "a custom_id of two consumers",
        _CREDENTIALS,
        file(jack(), {"username": "jill", "custom_id": "495aec6a"}),
        "consumers[1].custom_id: uniqueness violation: 'consumers' entity with "
        "custom_id set to '495aec6a' already declared",
    ),
    _as_kong(
        "an id of two consumers",
        _CREDENTIALS,
        file(jack(id=GUEST_ID), guest()),
        "consumers[1].id: uniqueness violation: 'consumers' entity with "
        f"primary key set to '{GUEST_ID}' already declared",
    ),
    _as_kong(
        "a consumer without a name",
        _CREDENTIALS,
        file({"tags": ["a"]}),
        "consumers[0]: at least one of these fields must be non-empty: "
        "'custom_id', 'username'",
    ),
    _as_kong(
        "an empty username",
        _CREDENTIALS,
        file({"username": ""}),
        f"consumers[0].username{_SHORT}",
    ),
    _as_kong(
        "a consumer's id that is no UUID",
        _CREDENTIALS,
        file(jack(id="jack")),
        "consumers[0].id: ",
    ),
    _as_kong(
        "a field that a consumer does not have",
        _CREDENTIALS,
        file(jack(name="Jack")),
        f"consumers[0].name{_UNKNOWN}",
    ),
    _safer(
        "a username with a line end",
        "6. Headers: CR/LF in values",
        "Kong sends it as %0D%0A",
        file(jack(username="jack\r\nX-Admin: 1")),
        "consumers[0]",
    ),
    _safer(
        "a username that is another consumer's id",
        "7. anonymous: looked up by id, then by username",
        "Kong finds the other one by it",
        file(jack(username=GUEST_ID), guest()),
        "consumers[0].username: is the id of another consumer",
    ),
    _as_kong(
        "a group without a name",
        _FILE,
        file(jack(acls=[{}])),
        f"consumers[0].acls[0].group{_MISSING}",
    ),
    _as_kong(
        "a group at the top of a consumer that there is not",
        _FILE,
        file(acls=[{"group": "a", "consumer": "jill"}]),
        "acls[0].consumer: invalid reference 'consumer: jill' "
        "(no such entry in 'consumers')",
    ),
)


def _route(name: str, why: str, told: str, **members: object) -> Refused:
    return _safer(
        name,
        "3. Declarative file: routes",
        why,
        routed(route("/orders", **members)),
        f"services[0].routes[0].{told}",
    )


_MORE = "Kong matches less than a route without it would"

FILES = (
    _as_kong(
        "a version that there is not",
        _FILE,
        file(_format_version="4.0"),
        "_format_version: expected one of: 1.1, 2.1, 3.0",
    ),
    _as_kong(
        "a version that is a number",
        _FILE,
        file(_format_version=3.0),
        f"_format_version{_TEXT}",
    ),
    _as_kong("an unknown name at the top", _FILE, file(users=[]), f"users{_UNKNOWN}"),
    _as_kong(
        "consumers that are no list",
        _FILE,
        file(consumers={"jack": {}}),
        "consumers: expected an array",
    ),
    _as_kong(
        "a consumer that is a text",
        _FILE,
        file(consumers=["jack"]),
        "consumers[0]: expected a record",
    ),
    _as_kong(
        "a service of two names alike",
        _FILE,
        file(services=[service(), service()]),
        "services[1].name: uniqueness violation: 'services' entity with name set to "
        "'shop' already declared",
    ),
    _as_kong(
        "a route of two names alike",
        _FILE,
        routed(route("/a"), route("/b")),
        "services[0].routes[1].name: uniqueness violation: 'routes' entity with name "
        "set to 'orders' already declared",
    ),
    _as_kong(
        "a route of a service that there is not",
        _FILE,
        file(routes=[route("/orders", service="nowhere")]),
        "routes[0].service: invalid reference 'service: nowhere' "
        "(no such entry in 'services')",
    ),
    _as_kong(
        "a path without a slash",
        _FILE,
        routed(route("orders")),
        "services[0].routes[0].paths[0]: should start with: /",
    ),
    _as_kong(
        "a route that matches by nothing",
        _FILE,
        routed(route()),
        "services[0].routes[0]: must set one of 'methods', 'hosts', 'headers', 'paths'",
    ),
    _route(
        "a path that is a regex",
        "Kong matches it; a regex path is not carried over",
        "paths[0]: a regex path is not carried over",
        paths=[r"~/orders/\d+$"],
    ),
    _route("a route by headers", _MORE, "headers: ", headers={"x-a": ["b"]}),
    _route("a route by snis", _MORE, "snis: ", snis=["shop.example"]),
    _route(
        "a route by an expression",
        _MORE,
        "expression: ",
        expression='http.path == "/"',
    ),
    _route("a route by source addresses", _MORE, "sources: ", sources=[{"ip": "::1"}]),
    _route(
        "a route by a host that ends in a wildcard",
        "Kong matches any domain of it",
        "hosts[0]: ",
        hosts=["shop.*"],
    ),
    _safer(
        "two routes that match alike and demand something else",
        "3. Declarative file: the closest route",
        "Kong takes the one that is older",
        routed(
            route("/orders", plugins=[jwt(anonymous="guest")]),
            route("/orders", name="closed"),
        ),
        "services[0].routes[1].paths[0]: matches what services[0].routes[0].paths[0] "
        "matches, equally well, and demands something else",
    ),
)

CASES = (*CONFIG, *ENTRIES, *OTHERS, *CREDENTIALS, *CONSUMERS, *FILES)
