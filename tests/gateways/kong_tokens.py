"""Tokens that cannot be read, and what of a token is never looked at."""

from collections.abc import Mapping

from tests.gateways.cases import Case
from tests.gateways.kong_configs import DEFAULT, TOKEN, bearer, passes, refused
from tests.kit import KEY, SECRET, mint, segment, signature

_JSON = "Bad token; invalid JSON"
_ALG = "Bad token; invalid alg"
_CLAIMS = "Bad token; invalid claims"
_SIGNATURE = "Bad token; invalid signature"

_PARSE = "4. Request flow, 5: parse"
_FAILURES = "5. Failures"
_SERVER_ERRORS = "5. Failures: server errors that a client can cause"

_HEAD, _BODY, _SIGNED = TOKEN.split(".")


def seal(header: str, payload: str) -> str:
    """Sign two segments as they are."""
    signing_input = f"{header}.{payload}".encode()
    signed = segment(signature("HS256", signing_input, SECRET)).decode()
    return f"{header}.{payload}.{signed}"


def written(header: bytes | None = None, payload: bytes | None = None) -> str:
    """Sign the octets of a header or a payload that no encoder would write."""
    head = _HEAD if header is None else segment(header).decode()
    return seal(head, _BODY if payload is None else segment(payload).decode())


def claims(members: str) -> str:
    """Sign jack's claims with these members, written as they are."""
    return written(payload=b'{"iss":"%s",%s}' % (KEY.encode(), members.encode()))


def header(members: str) -> str:
    """Sign a header with these members, written as they are."""
    return written(header=b'{"alg":"HS256",%s}' % members.encode())


def with_alg(alg: object) -> str:
    """Sign by HS256, and say something else."""
    return mint(header={"alg": alg, "typ": "JWT"})


def _stray(text: str) -> str:
    # The last character of a segment of 4n+2 or 4n+3 has bits that decode to nothing.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def _table(message: str, source: str, rows: Mapping[str, str]) -> tuple[Case, ...]:
    return tuple(
        refused(name, source, DEFAULT, bearer(token), message)
        for name, token in rows.items()
    )


def _safer(
    message: str, source: str, rows: Mapping[str, tuple[str, str]]
) -> tuple[Case, ...]:
    return tuple(
        refused(name, source, DEFAULT, bearer(token), message, why=why)
        for name, (token, why) in rows.items()
    )


UNREADABLE = _table(
    _JSON,
    _FAILURES,
    {
        "a token without dots": "garbled",
        "a token of one dot": f"{_HEAD}.{_BODY}",
        "a token of dots alone": "..",
        "a header of no characters": f".{_BODY}.{_SIGNED}",
        "a payload of no characters": f"{_HEAD}..{_SIGNED}",
        "a header that is no base64url": f"!{_HEAD}.{_BODY}.{_SIGNED}",
        "a payload that is no base64url": f"{_HEAD}.{_BODY}!.{_SIGNED}",
        "a header of a length that base64 cannot have": f"{_HEAD}A.{_BODY}.{_SIGNED}",
        "a plus sign in a header": seal(f"{_HEAD[:-4]}+{_HEAD[-3:]}", _BODY),
        "a slash in a payload": seal(_HEAD, f"{_BODY[:-4]}/{_BODY[-3:]}"),
        "a header that is no JSON": written(header=b"alg=HS256"),
        "a payload that is no JSON": written(payload=b"iss=jack-key"),
        "a payload that ends early": written(payload=b'{"iss":"jack-key"'),
        "a payload with text behind it": written(payload=b'{"iss":"jack-key"} x'),
        "a payload with a trailing comma": claims('"a":1,'),
        "a payload with single quotes": written(payload=b"{'iss':'jack-key'}"),
    },
)

LOOSE = _safer(
    _JSON,
    _PARSE,
    {
        "padding behind a header": (
            seal(_HEAD + "=", _BODY),
            "Kong decodes it leniently, and passes",
        ),
        "padding behind a payload": (
            seal(_HEAD, _BODY + "=="),
            "Kong decodes it leniently, and passes",
        ),
        "text behind the padding of a payload": (
            seal(_HEAD, _BODY + "=trailing"),
            "Kong ignores everything after the padding, and passes",
        ),
        "unused bits of a header": (
            seal(_stray(segment({"alg": "HS256"}).decode()), _BODY),
            "Kong ignores them, and passes: one token has many spellings",
        ),
        "a member of the claims twice": (
            claims('"exp":1,"exp":1800000600'),
            "Kong takes the last one, others the first",
        ),
        "the key claim twice": (
            claims('"iss":"jill-key","iss":"jack-key"'),
            "Kong takes the last one, others the first",
        ),
        "a member of the header twice": (
            header('"alg":"none","alg":"HS256"'),
            "Kong takes the last one, others the first",
        ),
        "a member of an inner object twice": (
            claims('"a":{"b":1,"b":2}'),
            "Kong takes the last one, others the first",
        ),
        "NaN in a claim": (claims('"exp":NaN'), "Kong reads it as a number"),
        "Infinity in a claim": (claims('"exp":Infinity'), "Kong reads it as a number"),
        "-Infinity in a claim": (
            claims('"nbf":-Infinity'),
            "Kong reads it as a number",
        ),
        "a hexadecimal number in a claim": (
            claims('"exp":0xFFFFFFFF'),
            "Kong reads it as a number",
        ),
        "a crit member in the header": (
            header('"crit":["exp"]'),
            "Kong ignores it, though it demands what Kong does not understand",
        ),
        "a b64 member in the header": (
            header('"b64":false'),
            "Kong ignores it, though another reader would see another payload",
        ),
        "a kid that is no text": (
            header('"kid":1'),
            "Kong ignores it; here keys may be chosen by it",
        ),
        "octets that are no UTF-8": (
            written(payload=b'{"iss":"jack-key","name":"\xff"}'),
            "Kong passes them on, and no two readers read them alike",
        ),
        "a token of more than 8,192 characters": (
            mint(filling="x" * 8_192),
            "Kong takes what nginx takes, 8 KiB for the whole line by default",
        ),
        "claims nested a thousand deep": (
            claims('"a":' + "[" * 900 + "]" * 900),
            "Kong reads them, and the app's parser may not",
        ),
    },
)

KINDS = (
    *_safer(
        _JSON,
        _SERVER_ERRORS,
        {
            "a header that is a number": (written(b"1"), "Kong answers 500"),
            "a header that is null": (written(b"null"), "Kong answers 500"),
            "a header that is true": (written(b"true"), "Kong answers 500"),
        },
    ),
    *_safer(
        _JSON,
        _PARSE,
        {
            "a header that is a list": (
                written(b'["HS256"]'),
                "Kong sees no alg in it: 'invalid alg'",
            ),
            "a header that is a text": (
                written(b'"HS256"'),
                "Kong sees no alg in it: 'invalid alg'",
            ),
        },
    ),
    *_table(_CLAIMS, _FAILURES, {"a payload that is false": written(payload=b"false")}),
    *_safer(
        _CLAIMS,
        _SERVER_ERRORS,
        {
            "a payload that is a number": (written(None, b"1"), "Kong answers 500"),
            "a payload that is null": (written(None, b"null"), "Kong answers 500"),
            "a payload that is true": (written(None, b"true"), "Kong answers 500"),
        },
    ),
    *_safer(
        _CLAIMS,
        _PARSE,
        {
            "a payload that is a list": (
                written(None, b'["jack-key"]'),
                "Kong misses the key claim in it",
            ),
            "a payload that is a text": (
                written(None, b'"jack-key"'),
                "Kong misses the key claim in it",
            ),
        },
    ),
)

ALGORITHMS = _table(
    _ALG,
    _FAILURES,
    {
        "no alg": mint(header={"typ": "JWT"}),
        "an empty header object": mint(header={}),
        "an alg that is a number": with_alg(256),
        "an alg that is null": with_alg(None),
        "an alg that is a list": with_alg(["HS256"]),
        "an alg that is an object": with_alg({"HS256": True}),
        "an empty alg": with_alg(""),
        "an alg in lower case": with_alg("hs256"),
        "an alg with a blank": with_alg("HS256 "),
        "an alg of a size that is none": with_alg("HS1"),
        "an alg of Kong's enterprise edition alone": with_alg("ES256K"),
        "an alg of encryption": with_alg("RSA-OAEP"),
        "alg none with a good signature": with_alg("none"),
        "alg none without a signature": (
            f"{segment({'alg': 'none'}).decode()}.{_BODY}."
        ),
        "alg None": with_alg("None"),
        "alg NONE": with_alg("NONE"),
    },
)

SIGNATURES = (
    *_table(
        _SIGNATURE,
        _FAILURES,
        {
            "a signature that is no base64url": f"{_HEAD}.{_BODY}.!!!",
            "a plus sign in a signature": f"{_HEAD}.{_BODY}.+{_SIGNED[1:]}",
            "a slash in a signature": f"{_HEAD}.{_BODY}./{_SIGNED[1:]}",
            "a dot behind a token": f"{TOKEN}.",
            "a fourth segment": f"{TOKEN}.{_SIGNED}",
            "five segments, as of an encrypted token": f"{TOKEN}.{_HEAD}.{_BODY}",
        },
    ),
    *_safer(
        _SIGNATURE,
        _PARSE,
        {
            "padding behind a signature": (
                f"{TOKEN}=",
                "Kong decodes it leniently, and passes",
            ),
            "text behind the padding of a signature": (
                f"{TOKEN}=trailing",
                "Kong ignores everything after the padding, and passes",
            ),
            "unused bits of a signature": (
                f"{_HEAD}.{_BODY}.{_stray(_SIGNED)}",
                "Kong ignores them, and passes: one token has many spellings",
            ),
        },
    ),
)

IGNORED = tuple(
    passes(name, "4. Request flow: claims never looked at", DEFAULT, bearer(token))
    for name, token in {
        "no typ": mint(header={"alg": "HS256"}),
        "another typ": mint(header={"alg": "HS256", "typ": "at+jwt"}),
        "a typ that is no text": mint(header={"alg": "HS256", "typ": 1}),
        "a cty": mint(header={"alg": "HS256", "cty": "JWT"}),
        "a kid": mint(header={"alg": "HS256", "kid": "any"}),
        "a jku": mint(header={"alg": "HS256", "jku": "https://evil.example/keys"}),
        "a jwk": mint(header={"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}}),
        "an aud": mint(aud=["another-service"]),
        "an iat in the future": mint(iat=4_000_000_000),
        "an iat that is no number": mint(iat="yesterday"),
        "a sub": mint(sub="somebody-else"),
        "a jti": mint(jti="1"),
        "claims nobody knows": mint(roles=["admin"], nested={"a": [1, 2, {"b": None}]}),
        "claims that are not ASCII": mint(name="J\u00e4ck \u2603"),
    }.items()
)

CASES = (*UNREADABLE, *LOOSE, *KINDS, *ALGORITHMS, *SIGNATURES, *IGNORED)
