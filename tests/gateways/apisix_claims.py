"""Section 5 of APISIX's page: exp and nbf, to the second, and claims left alone."""

from tests.gateways.apisix_configs import (
    FAILED,
    INVALID,
    NO_KEY,
    UNKNOWN,
    Tree,
    bearing,
    guarded,
    holding,
    passes,
    refused,
    safer,
    token,
)
from tests.gateways.cases import Case
from tests.kit import KEY, NOW, mint

_NOW = int(NOW)
_GRACE = holding(lifetime_grace_period=5)
_NO_GRACE = holding(lifetime_grace_period=0)
_LONG_GRACE = holding(lifetime_grace_period=10**9)
_EXP_LISTED = guarded(claims_to_verify=["exp"])
_NBF_LISTED = guarded(claims_to_verify=["nbf"])
_BOTH_LISTED = guarded(claims_to_verify=["exp", "nbf"])
_NONE_LISTED = guarded(claims_to_verify=[])
_GRACE_AND_LIST = guarded(
    (
        {"username": "jack"},
        {
            "id": "jack/credentials/one",
            "plugins": {
                "jwt-auth": {
                    "key": KEY,
                    "secret": "x" * 32,
                    "lifetime_grace_period": 60,
                }
            },
        },
    ),
    claims_to_verify=["exp"],
)


def _rows(
    source: str, config: Tree, good: dict[str, Tree], bad: dict[str, Tree]
) -> tuple[Case, ...]:
    return (
        *(
            passes(name, source, bearing(token(claims)), config=config)
            for name, claims in good.items()
        ),
        *(
            refused(name, source, bearing(token(claims)), FAILED, config=config)
            for name, claims in bad.items()
        ),
    )


_EXPIRY = _rows(
    "5, exp",
    guarded(),
    {
        "an exp of the next second": {"exp": _NOW + 1},
        "an exp half a second ahead": {"exp": _NOW + 0.5},
        "an exp written as a fraction": {"exp": _NOW + 1.0},
        "no exp": {"exp": None},
        "an exp in a thousand years": {"exp": _NOW + 31_536_000_000},
        "an exp of forty digits": {"exp": 10**39},
        "an exp with an exponent": {"exp": 1e300},
    },
    {
        "an exp of this very second": {"exp": _NOW},
        "an exp of the last second": {"exp": _NOW - 1},
        "an exp half a second ago": {"exp": _NOW - 0.5},
        "an exp of 1970": {"exp": 0},
        "an exp before 1970": {"exp": -1},
        "an exp far below zero": {"exp": -1e300},
    },
)

_NOT_BEFORE = _rows(
    "5, nbf",
    guarded(),
    {
        "an nbf of the last second": {"nbf": _NOW - 1},
        "an nbf half a second ago": {"nbf": _NOW - 0.5},
        "an nbf of 1970": {"nbf": 0},
        "an nbf before 1970": {"nbf": -1},
    },
    {
        "an nbf of this very second": {"nbf": _NOW},
        "an nbf half a second ahead": {"nbf": _NOW + 0.5},
        "an nbf of the next second": {"nbf": _NOW + 1},
        "an nbf in a thousand years": {"nbf": _NOW + 31_536_000_000},
        "an nbf in milliseconds": {"nbf": _NOW * 1000},
    },
)

_KINDS: dict[str, object] = {
    "a text of digits": str(_NOW + 600),
    "an empty text": "",
    "a date": "2099-01-01",
    "true": True,
    "false": False,
    "an empty array": [],
    "an array of a number": [_NOW + 600],
    "an object": {"exp": _NOW + 600},
}
_NULLS = (
    refused(
        "an exp that is null",
        "3, exp/nbf not a number",
        bearing(mint(b'{"key":"jack-key","exp":null}')),
        FAILED,
    ),
    refused(
        "an nbf that is null",
        "3, exp/nbf not a number",
        bearing(mint(b'{"key":"jack-key","nbf":null}')),
        FAILED,
    ),
    refused(
        "a listed exp that is null",
        "5, claims_to_verify",
        bearing(mint(b'{"key":"jack-key","exp":null}')),
        FAILED,
        config=_EXP_LISTED,
    ),
)
_NOT_NUMBERS = (
    *(
        refused(
            f"an {name} that is {what}",
            "3, exp/nbf not a number",
            bearing(token({name: value})),
            FAILED,
        )
        for name in ("exp", "nbf")
        for what, value in _KINDS.items()
    ),
    *_NULLS,
)

_WITH_GRACE = (
    *_rows(
        "5, grace",
        _GRACE,
        {
            "an exp within the grace by a second": {"exp": _NOW - 4},
            "an exp within the grace by a fraction": {"exp": _NOW - 4.5},
            "an nbf within the grace by a second": {"nbf": _NOW + 4},
            "an nbf within the grace by a fraction": {"nbf": _NOW + 4.5},
            "an nbf of this very second, with grace": {"nbf": _NOW},
            "both within the grace": {"exp": _NOW - 4, "nbf": _NOW + 4},
        },
        {
            "an exp at the end of the grace": {"exp": _NOW - 5},
            "an exp beyond the grace": {"exp": _NOW - 6},
            "an nbf at the end of the grace": {"nbf": _NOW + 5},
            "an nbf beyond the grace": {"nbf": _NOW + 6},
            "an exp within the grace, an nbf beyond it": {
                "exp": _NOW - 4,
                "nbf": _NOW + 6,
            },
            "an exp that is a text, with grace": {"exp": str(_NOW)},
        },
    ),
    *_rows(
        "1, lifetime_grace_period",
        _NO_GRACE,
        {"a grace of none, and an exp ahead": {"exp": _NOW + 1}},
        {
            "a grace of none, and an exp of this second": {"exp": _NOW},
            "a grace of none, and an nbf of this second": {"nbf": _NOW},
        },
    ),
    *_rows(
        "1, lifetime_grace_period, no maximum",
        _LONG_GRACE,
        {"a grace of decades": {"exp": _NOW - 10**9 + 1}},
        {"an exp at the end of a grace of decades": {"exp": _NOW - 10**9}},
    ),
)

_LISTED = (
    *_rows(
        "5, claims_to_verify unset",
        guarded(),
        {
            "nothing listed, and neither claim": {"exp": None},
            "nothing listed, and an exp alone": {"exp": _NOW + 9},
            "nothing listed, and an nbf alone": {"exp": None, "nbf": _NOW - 9},
        },
        {
            "nothing listed, a good exp and a bad nbf": {
                "exp": _NOW + 9,
                "nbf": _NOW + 9,
            },
            "nothing listed, a bad exp and a good nbf": {
                "exp": _NOW - 9,
                "nbf": _NOW - 9,
            },
        },
    ),
    *_rows(
        "5, claims_to_verify []",
        _NONE_LISTED,
        {
            "an empty list, and neither claim": {"exp": None},
            "an empty list, and a good exp": {"exp": _NOW + 9},
        },
        {
            "an empty list, and an expired token": {"exp": _NOW - 9},
            "an empty list, and a token too early": {"nbf": _NOW + 9},
        },
    ),
    *_rows(
        '5, claims_to_verify ["exp"]',
        _EXP_LISTED,
        {
            "exp listed, and good": {"exp": _NOW + 9},
            "exp listed, and an nbf ahead that is not": {"nbf": _NOW + 9},
            "exp listed, and an nbf that is no number": {"nbf": "soon"},
        },
        {
            "exp listed, and absent": {"exp": None},
            "exp listed, and expired": {"exp": _NOW},
            "exp listed, absent, and an nbf": {"exp": None, "nbf": _NOW - 9},
        },
    ),
    *_rows(
        '5, claims_to_verify ["nbf"]',
        _NBF_LISTED,
        {
            "nbf listed, and good": {"nbf": _NOW - 9},
            "nbf listed, and an expired token": {"nbf": _NOW - 9, "exp": _NOW - 9},
            "nbf listed, and an exp that is no number": {"nbf": _NOW - 9, "exp": "no"},
            "nbf listed, and no exp": {"nbf": _NOW - 9, "exp": None},
        },
        {
            "nbf listed, and absent": {"exp": _NOW + 9},
            "nbf listed, and ahead": {"nbf": _NOW + 9},
            "nbf listed, and of this very second": {"nbf": _NOW},
        },
    ),
    *_rows(
        "5, claims_to_verify, both",
        _BOTH_LISTED,
        {"both listed, and good": {"exp": _NOW + 9, "nbf": _NOW - 9}},
        {
            "both listed, and no exp": {"exp": None, "nbf": _NOW - 9},
            "both listed, and no nbf": {"exp": _NOW + 9},
            "both listed, and neither": {"exp": None},
            "both listed, and expired": {"exp": _NOW - 9, "nbf": _NOW - 9},
            "both listed, and too early": {"exp": _NOW + 9, "nbf": _NOW + 9},
        },
    ),
    passes(
        "exp listed, and within the grace",
        "5, grace",
        bearing(token({"exp": _NOW - 59}, secret="x" * 32)),
        config=_GRACE_AND_LIST,
    ),
    refused(
        "exp listed, and at the end of the grace",
        "5, grace",
        bearing(token({"exp": _NOW - 60}, secret="x" * 32)),
        FAILED,
        config=_GRACE_AND_LIST,
    ),
)

_IGNORED: dict[str, Tree] = {
    "an iat ahead": {"iat": _NOW + 600},
    "an iat that is no number": {"iat": "yesterday"},
    "any iss": {"iss": "https://elsewhere.example"},
    "any aud": {"aud": ["https://elsewhere.example"]},
    "an aud of another kind": {"aud": 1},
    "any sub": {"sub": {"name": "who"}},
    "a jti": {"jti": 7},
    "a claim of Kong's": {"kid": "other"},
}
_LEFT_ALONE = tuple(
    passes(f"{what} is ignored", "5, ignored claims", bearing(token(claims)))
    for what, claims in _IGNORED.items()
)

_HEADERS: dict[str, Tree] = {
    "no typ": {},
    "another typ": {"typ": "at+jwt"},
    "a typ that is no text": {"typ": 1},
    "any kid": {"kid": "2026-01"},
    "a jku": {"jku": "https://evil.example/jwks.json"},
    "an x5u": {"x5u": "https://evil.example/x.pem"},
    "a jwk": {"jwk": {"kty": "oct", "k": "QUFBQQ"}},
    "an x5c": {"x5c": ["MIIB"]},
    "a key in the header": {"key": "jill-key"},
}
_HEADERS_ALONE = tuple(
    passes(
        f"{what} is ignored",
        "5, ignored headers",
        bearing(token(header={"alg": "HS256", **members})),
    )
    for what, members in _HEADERS.items()
)

_SUB = guarded(key_claim_name="sub")
_ISS = guarded(key_claim_name="iss")
_KEY_CLAIM = (
    passes(
        "a key claim of another name",
        "1, key_claim_name",
        bearing(token({"key": None, "sub": KEY})),
        config=_SUB,
    ),
    refused(
        "the default key claim where another is named",
        "1, key_claim_name",
        bearing(token()),
        NO_KEY,
        config=_SUB,
    ),
    refused(
        "a key claim of another name with an unknown key",
        "1, key_claim_name",
        bearing(token({"sub": "who"})),
        UNKNOWN,
        config=_SUB,
    ),
    passes(
        "iss as the key claim",
        "1, key_claim_name; 14.3",
        bearing(token({"key": None, "iss": KEY})),
        config=_ISS,
    ),
    passes(
        "a key claim with dots is one flat name",
        "1, key_claim_name",
        bearing(token({"key": None, "a.b": KEY})),
        config=guarded(key_claim_name="a.b"),
    ),
    refused(
        "a key claim with dots does not lead down",
        "1, key_claim_name",
        bearing(token({"key": None, "a": {"b": KEY}})),
        NO_KEY,
        config=guarded(key_claim_name="a.b"),
    ),
    refused(
        "key_claim_name on the credential is ignored",
        "1, unknown members",
        bearing(token({"key": None, "sub": KEY})),
        NO_KEY,
        config=holding(key_claim_name="sub"),
    ),
    passes(
        "exp of the credential does not limit a token made elsewhere",
        "1, exp",
        bearing(token({"exp": _NOW + 86_400})),
        config=holding(exp=1),
    ),
    passes(
        "exp of the credential does not end a token without exp",
        "1, exp",
        bearing(token({"exp": None})),
        config=holding(exp=1),
    ),
)

_NO_NUMBERS = tuple(
    refused(
        f"an exp of {number}",
        "5, exp",
        bearing(mint(f'{{"key":"jack-key","exp":{number}}}'.encode())),
        INVALID,
        **safer(why),
    )
    for number, why in {
        "Infinity": "its JSON has such a number, and the token never expires",
        "1e400": "its JSON makes it infinite, and the token never expires",
        "NaN": "its JSON has such a number, and every comparison decides by chance",
        "-Infinity": "its JSON has such a number",
    }.items()
)

CASES: tuple[Case, ...] = (
    *_EXPIRY,
    *_NOT_BEFORE,
    *_NOT_NUMBERS,
    *_WITH_GRACE,
    *_LISTED,
    *_LEFT_ALONE,
    *_HEADERS_ALONE,
    *_KEY_CLAIM,
    *_NO_NUMBERS,
)
