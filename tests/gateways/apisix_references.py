"""Section 9 of APISIX's page: texts that stand for others. Rows share ``ENVIRON``."""

import json
from base64 import b64encode

from tests.gateways.apisix_configs import (
    FAILED,
    JACK,
    MISSING,
    UNKNOWN,
    bearing,
    consumer,
    credential,
    guarded,
    holding,
    passes,
    refused,
    safer,
    token,
)
from tests.gateways.cases import Case
from tests.kit import SECRET, Sent, public_pem

_BASE64 = b64encode(b"o" * 40).decode()

ENVIRON = {
    "JACK_JWT_SECRET": SECRET,
    "JACK_KEY": "jack-key",
    "EMPTY": "",
    "ALGORITHM": "HS512",
    "PUBLIC_KEY": public_pem("ES256"),
    "VAULT": json.dumps({"jack": {"no": "text"}, "secret": SECRET, "a/b": SECRET}),
    "BASE64": _BASE64,
    "REALM": "orders",
    "CHAIN": "$env://JACK_JWT_SECRET",
}
"""The variables of the rows here."""

_RESOLVED = (
    passes(
        "a secret in a variable",
        "9, $ENV://NAME",
        config=holding(secret="$env://JACK_JWT_SECRET"),
    ),
    passes(
        "a secret in a variable, the reference in capitals",
        "9, in any case",
        config=holding(secret="$ENV://JACK_JWT_SECRET"),
    ),
    passes(
        "a secret in a variable, the reference in mixed letters",
        "9, in any case",
        config=holding(secret="$Env://JACK_JWT_SECRET"),
    ),
    passes(
        "a key in a variable",
        "9, any string attribute",
        config=holding(key="$env://JACK_KEY"),
    ),
    passes(
        "a public key in a variable",
        "9, any string attribute",
        bearing(token(algorithm="ES256")),
        config=holding(algorithm="ES256", secret=None, public_key="$env://PUBLIC_KEY"),
    ),
    passes(
        "an algorithm in a variable",
        "9, references skip schema limits",
        bearing(token(algorithm="HS512")),
        config=holding(algorithm="$env://ALGORITHM"),
    ),
    passes(
        "a secret in a member of a variable",
        "9, $ENV://NAME/sub",
        config=holding(secret="$env://VAULT/secret"),
    ),
    passes(
        "a secret in a member whose name has a slash",
        "9, one flat member name",
        config=holding(secret="$env://VAULT/a/b"),
    ),
    passes(
        "a base64 secret in a variable",
        "9; 1, base64_secret",
        bearing(token(secret=b"o" * 40)),
        config=holding(secret="$env://BASE64", base64_secret=True),
    ),
    passes(
        "a reference in the middle of a text is the text itself",
        "9",
        bearing(token(secret="a $env://JACK_JWT_SECRET of forty letters")),
        config=holding(secret="a $env://JACK_JWT_SECRET of forty letters"),
    ),
    refused(
        "a realm in a variable",
        "9, any string attribute",
        Sent(),
        MISSING,
        config=guarded(realm="$env://REALM"),
        realm="orders",
    ),
)

_LEADS_NOWHERE = {
    "a variable that is not set": "$env://NOWHERE",
    "a variable in other capitals": "$env://jack_jwt_secret",
    "a member that the variable lacks": "$env://VAULT/nothing",
    "a member of what is no JSON": "$env://JACK_KEY/secret",
    "a member that is no text": "$env://VAULT/jack",
    "a reference without a name": "$env://",
    "a secret manager that is none": "$secret://nobody/one/secret",
    "a secret manager without an entry": "$secret://vault/nowhere/jack/secret",
    "a secret manager without a path": "$secret://vault",
}
_UNRESOLVED = (
    *(
        refused(
            f"a secret by {what} switches the credential off",
            "9, unresolved",
            bearing(token(secret=text)),
            UNKNOWN,
            config=holding(secret=text),
        )
        for what, text in _LEADS_NOWHERE.items()
    ),
    refused(
        "a key that leads nowhere is not the text itself",
        "9, PR 13667",
        bearing(token({"key": "$env://NOWHERE"})),
        UNKNOWN,
        config=holding(key="$env://NOWHERE"),
    ),
    refused(
        "an unresolved reference in another attribute switches the credential off",
        "9, anywhere in the block",
        bearing(),
        UNKNOWN,
        config=holding(private_key="$env://NOWHERE"),
    ),
    passes(
        "a credential that leads nowhere leaves the others",
        "9, disables that credential",
        config=guarded(
            (*JACK, credential(name="lost", key="lost", secret="$env://NOWHERE"))
        ),
    ),
    passes(
        "a consumer's own block that leads nowhere leaves its credentials",
        "9, disables that credential",
        config=guarded(
            (
                consumer(
                    plugins={"jwt-auth": {"key": "own", "secret": "$env://NOWHERE"}}
                ),
                credential(),
            )
        ),
    ),
)

_VAULT = {
    "id": "vault/one",
    "uri": "127.0.0.1:8200",
    "prefix": "kv/apisix",
    "token": "root",
}
_NO_SCHEME = holding(secret="$secret://vault/one/jack/secret") | {"secrets": [_VAULT]}

_UNCHECKED = (
    refused(
        "a Vault without a scheme, as in the page on secrets",
        "9, refused by the schema",
        bearing(),
        UNKNOWN,
        config=_NO_SCHEME,
    ),
    refused(
        "a variable that is empty is no secret",
        "9, the resolved value is not re-checked",
        bearing(token(secret="")),
        UNKNOWN,
        config=holding(secret="$env://EMPTY"),
        **safer("the HMAC key is empty, and anyone can sign"),
    ),
    refused(
        "a variable that is not base64, though it should be",
        "3, remaining 500s",
        bearing(),
        FAILED,
        config=holding(secret="$env://JACK_KEY", base64_secret=True),
        **safer("500: what was not decoded is used as a key"),
    ),
    refused(
        "a public key in a variable as the secret of HS256",
        "9; 15, CVE-2026-39999",
        bearing(token(secret=public_pem("ES256"))),
        FAILED,
        config=holding(secret="$env://PUBLIC_KEY"),
        **safer("the token passes, signed with what everyone may know"),
    ),
    refused(
        "a variable that holds a reference",
        "9",
        bearing(token(secret="$env://JACK_JWT_SECRET")),
        UNKNOWN,
        config=holding(secret="$env://CHAIN"),
        **safer("the reference itself is the secret, and whoever reads it can sign"),
    ),
)

CASES: tuple[Case, ...] = (*_RESOLVED, *_UNRESOLVED, *_UNCHECKED)
