"""Sections 3 and 5 of APISIX's page: which failure is told, and how."""

from base64 import urlsafe_b64encode

from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    INVALID,
    MISSING,
    NO_KEY,
    ROTTEN,
    UNAUTHORIZED,
    UNKNOWN,
    bearing,
    consumer,
    credential,
    guarded,
    header,
    holding,
    passes,
    refused,
    safer,
    token,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    Sent,
    mint,
    public_pem,
    segment,
    signature,
)

_HEADER, _PAYLOAD, _SIGNATURE = GOOD.split(".")
_JWE_HEADER = segment({"alg": "dir", "enc": "A256GCM"}).decode()
_BARE_HEADER = segment({"alg": "HS256"}).decode()
_EXPIRED = int(NOW) - 1
_OTHER = "o" * 40

_FORM = {
    "a word": "abc",
    "two parts": f"{_HEADER}.{_PAYLOAD}",
    "four parts": f"{GOOD}.{_SIGNATURE}",
    "five parts, as a JWE": f"{_HEADER}.{_SIGNATURE}.{_SIGNATURE}.{_PAYLOAD}.abcd",
    "two dots alone": "..",
    "no header": f".{_PAYLOAD}.{_SIGNATURE}",
    "no payload": f"{_HEADER}..{_SIGNATURE}",
    "a header that is not base64url": f"!!!!.{_PAYLOAD}.{_SIGNATURE}",
    "a payload that is not base64url": f"{_HEADER}.!!!!.{_SIGNATURE}",
    "a header that is not JSON": mint(header=b"{alg:HS256}"),
    "a payload that is not JSON": mint(b"{key:jack-key}"),
    "a header cut short": mint(header=b'{"alg":"HS256"'),
    "five parts with a JWE's header": f"{_JWE_HEADER}.YQ.YQ.YQ.YQ",
}
_UNREADABLE = tuple(
    refused(f"a token of {what}", "3, form", bearing(text), INVALID)
    for what, text in _FORM.items()
)

_PAYLOADS = {
    "an empty object": {},
    "an empty array": [],
    "an array": [KEY],
    "an array of an object": [{"key": KEY}],
    "a text": KEY,
    "an empty text": "",
}
_WITHOUT_KEY = (
    *(
        refused(f"a payload that is {what}", "3, key claim", bearing(mint(it)), NO_KEY)
        for what, it in _PAYLOADS.items()
        if it != {}
    ),
    refused(
        "a payload that is an empty object",
        "3, key claim",
        bearing(mint(b"{}")),
        NO_KEY,
    ),
    refused(
        "a token without the key claim",
        "3, key claim",
        bearing(token({"key": None})),
        NO_KEY,
    ),
    refused(
        "a key claim that is false",
        "3, key claim",
        bearing(token({"key": False})),
        NO_KEY,
    ),
    refused(
        "a key claim in the header alone",
        "12, key claim",
        bearing(token({"key": None}, header={"alg": "HS256", "key": KEY})),
        NO_KEY,
    ),
    refused(
        "a key in iss, which is Kong's claim",
        "12, key claim",
        bearing(token({"key": None, "iss": KEY})),
        NO_KEY,
    ),
    refused(
        "a key claim in other capitals",
        "3, key claim",
        bearing(token({"key": None, "Key": KEY})),
        NO_KEY,
    ),
    refused(
        "a key claim one level down",
        "1, flat claim name",
        bearing(token({"key": None, "a": {"key": KEY}})),
        NO_KEY,
    ),
)

_KEYS = {
    "unknown": "unknown",
    "empty": "",
    "a blank": " ",
    "in other capitals": "JACK-KEY",
    "with a blank before": f" {KEY}",
    "with a blank behind": f"{KEY} ",
    "with a NUL behind": f"{KEY}\0",
    "the username": "jack",
    "the credential's id": "cred-jack-jwt-auth",
    "zero": 0,
    "one": 1,
    "a fraction": 0.5,
    "true": True,
    "an empty array": [],
    "an array of the key": [KEY],
    "an empty object": {},
    "an object": {"key": KEY},
    "longer than any key": "k" * 5000,
}
_UNKNOWN_KEY = (
    *(
        refused(
            f"a key claim that is {what}",
            "3, key claim",
            bearing(token({"key": key})),
            UNKNOWN,
        )
        for what, key in _KEYS.items()
    ),
    refused(
        "a key claim that is null",
        "3, key claim",
        bearing(mint(b'{"key":null}')),
        UNKNOWN,
    ),
    refused(
        "a key where no consumer has jwt-auth",
        "3, no consumer",
        bearing(),
        UNKNOWN,
        config=guarded((consumer(),)),
    ),
    refused(
        "a key where there are no consumers",
        "3, no consumer",
        bearing(),
        UNKNOWN,
        config=guarded(()),
    ),
    refused(
        "a key whose credential has no owner",
        "8, owner missing",
        bearing(),
        UNKNOWN,
        config=guarded((consumer("jill"), credential("jack"))),
    ),
)

_ALGS: dict[str, object] = {
    "another of its family": {"alg": "HS512"},
    "one of another family": {"alg": "RS256"},
    "absent": {},
    "null": {"alg": None},
    "an array": {"alg": ["HS256"]},
    "an object": {"alg": {"HS256": 1}},
    "a number": {"alg": 256},
    "true": {"alg": True},
    "empty": {"alg": ""},
    "in small letters": {"alg": "hs256"},
    "in mixed letters": {"alg": "Hs256"},
    "with a blank": {"alg": "HS256 "},
    "none, with a signature": {"alg": "none"},
    "None, with a signature": {"alg": "None"},
    "NONE, with a signature": {"alg": "NONE"},
    "one that nobody has": {"alg": "HS1"},
    "a secp256k1 one": {"alg": "ES256K"},
}
_ALGORITHM = (
    *(
        refused(
            f"an alg that is {what}",
            "3, algorithm",
            bearing(token(header=it)),
            FAILED,
        )
        for what, it in _ALGS.items()
    ),
    refused(
        "an alg that is none, without a signature",
        "3, algorithm; 5, extra dots",
        bearing(f"{segment({'alg': 'none'}).decode()}.{_PAYLOAD}."),
        FAILED,
        **safer("401 as well, JWT token invalid: it does not count an empty part"),
    ),
    refused(
        "HS256 with the public key as its secret",
        "15, CVE-2026-39999",
        bearing(token(secret=public_pem("RS256"))),
        FAILED,
        config=holding(algorithm="RS256", secret=None, public_key=public_pem("RS256")),
    ),
)

_SIGNATURES = {
    "of another secret": token(secret=_OTHER),
    "with its end changed": ROTTEN,
    "of another payload": f"{_HEADER}.{token({'a': 1}).split('.')[1]}.{_SIGNATURE}",
    "of another header": f"{_BARE_HEADER}.{_PAYLOAD}.{_SIGNATURE}",
    "cut short": GOOD[:-4],
    "cut to one octet": f"{_HEADER}.{_PAYLOAD}.{_SIGNATURE[:2]}",
    "with more behind it": f"{GOOD}AAAA",
    "in another alphabet": f"{_HEADER}.{_PAYLOAD}.*{_SIGNATURE[1:]}",
    "of an impossible length": f"{_HEADER}.{_PAYLOAD}.{_SIGNATURE[:41]}",
    "written in hex": f"{_HEADER}.{_PAYLOAD}.{'ab' * 32}",
}
_SIGNED = tuple(
    refused(f"a signature {what}", "3, signature", bearing(text), FAILED)
    for what, text in _SIGNATURES.items()
)

_UNUSABLE = {
    "a word": "no key at all",
    "a PEM of nothing": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "a key of a curve": public_pem("ES256"),
    "a key of Ed25519": public_pem("EdDSA"),
}
_PUBLIC_KEYS = tuple(
    refused(
        f"a token under a public key that is {what}",
        "1, public_key; 3",
        bearing(token(algorithm="RS256")),
        FAILED,
        config=holding(algorithm="RS256", secret=None, public_key=text),
    )
    for what, text in _UNUSABLE.items()
)

_PAIRS = {
    "form before key": (mint(header=b"[", key=None), INVALID),
    "header's form before payload's": (mint(b"[", header=b"["), INVALID),
    "missing key before algorithm": (
        token({"key": None}, header={"alg": "none"}),
        NO_KEY,
    ),
    "missing key before signature": (token({"key": None}, secret=_OTHER), NO_KEY),
    "missing key before expiry": (token({"key": None, "exp": _EXPIRED}), NO_KEY),
    "unknown key before algorithm": (
        token({"key": "who"}, header={"alg": "none"}),
        UNKNOWN,
    ),
    "unknown key before signature": (token({"key": "who"}, secret=_OTHER), UNKNOWN),
    "unknown key before a signature that is none": (
        f"{token({'key': 'who'})[:-1]}*",
        UNKNOWN,
    ),
    "unknown key before expiry": (token({"key": "who", "exp": _EXPIRED}), UNKNOWN),
    "a key of another kind before algorithm": (
        token({"key": 1}, header={"alg": "none"}),
        UNKNOWN,
    ),
    "algorithm with expiry": (
        token({"exp": _EXPIRED}, header={"alg": "HS384"}),
        FAILED,
    ),
    "signature with expiry": (token({"exp": _EXPIRED}, secret=_OTHER), FAILED),
}
_ORDER = tuple(
    refused(f"two faults at once: {what}", "3, order", bearing(text), message)
    for what, (text, message) in _PAIRS.items()
)

EACH = {
    MISSING: Sent(),
    INVALID: bearing("abc"),
    NO_KEY: bearing(token({"key": None})),
    UNKNOWN: bearing(token({"key": "who"})),
    FAILED: bearing(ROTTEN),
}
"""A request for each message."""

_REALMS = tuple(
    refused(
        f"the configured realm beside {message!r}",
        "3, WWW-Authenticate",
        request,
        message,
        config=guarded(realm="orders & more"),
        realm="orders & more",
    )
    for message, request in EACH.items()
)
_LOST = tuple(
    refused(
        f"an anonymous consumer that is unknown, in place of {message!r}",
        "3, anonymous; 6",
        request,
        UNAUTHORIZED,
        config=guarded(anonymous_consumer="nobody"),
    )
    for message, request in EACH.items()
)

_CRASHES = {
    "a payload that is a number": (mint(1), NO_KEY),
    "a payload that is a fraction": (mint(1.5), NO_KEY),
    "a payload that is true": (mint(b"true"), NO_KEY),
    "a payload that is null": (mint(b"null"), NO_KEY),
    "a header that is a number": (mint(header=b"1"), INVALID),
    "a header that is null": (mint(header=b"null"), INVALID),
}
_CRASHED = tuple(
    refused(
        what,
        "3, remaining 500s",
        bearing(text),
        message,
        **safer("500: what is no object is indexed"),
    )
    for what, (text, message) in _CRASHES.items()
)


def _padded() -> str:
    octets = (b'{"alg":"HS256" }', b'{"key":"jack-key" }')
    signing_input = b".".join(urlsafe_b64encode(each) for each in octets)
    signed = segment(signature("HS256", signing_input, SECRET))
    return (signing_input + b"." + signed).decode()


_LENIENT = {
    "a dot before the token": f".{GOOD}",
    "a dot behind the token": f"{GOOD}.",
    "two dots in a row": f"{_HEADER}..{_PAYLOAD}.{_SIGNATURE}",
    "padding behind header and payload": _padded(),
}
_STRICT = (
    *(
        refused(
            what,
            "5, lenient parsing",
            bearing(text),
            INVALID,
            **safer("extra dots and padding are skipped, and the token passes"),
        )
        for what, text in _LENIENT.items()
    ),
    refused(
        "padding behind the signature",
        "5, lenient parsing",
        bearing(f"{GOOD}="),
        FAILED,
        **safer("padding is skipped, and the token passes"),
    ),
    refused(
        "a signature whose spare bits are set",
        "5, lenient parsing",
        bearing(GOOD[:-1] + chr(ord(GOOD[-1]) + 1)),
        FAILED,
        **safer("they are skipped, and one token has several spellings"),
    ),
    refused(
        "a signature that is empty",
        "3, signature of wrong length; 5, extra dots",
        bearing(f"{_HEADER}.{_PAYLOAD}."),
        FAILED,
        **safer("401 as well, JWT token invalid: it does not count an empty part"),
    ),
    refused(
        "a header that is no UTF-8",
        "5, lenient parsing",
        bearing(token(header=b'{"alg":"HS256","a":"\xff"}')),
        INVALID,
        **safer("any octets are taken, and the token passes"),
    ),
    refused(
        "a key claim that occurs twice",
        "5, duplicate members",
        bearing(mint(b'{"key":"who","key":"jack-key"}')),
        INVALID,
        **safer("the last one counts, where others may read the first"),
    ),
    refused(
        "an alg that occurs twice",
        "5, duplicate members",
        bearing(token(header=b'{"alg":"none","alg":"HS256"}')),
        INVALID,
        **safer("the last one counts, where others may read the first"),
    ),
    refused(
        "an exp that occurs twice",
        "5, duplicate members",
        bearing(mint(b'{"key":"jack-key","exp":1,"exp":1900000000}')),
        INVALID,
        **safer("the last one counts, where others may read the first"),
    ),
    refused(
        "a crit header",
        "5, ignored headers",
        bearing(token(header={"alg": "HS256", "crit": ["exp"], "exp": 1})),
        INVALID,
        **safer("it is ignored, though what it names must be understood"),
    ),
    refused(
        "a b64 header",
        "5, ignored headers",
        bearing(token(header={"alg": "HS256", "b64": False, "crit": ["b64"]})),
        INVALID,
        **safer("it is ignored, though it changes what is signed"),
    ),
    refused(
        "a kid that is no text",
        "5, ignored headers",
        bearing(token(header={"alg": "HS256", "kid": 1})),
        INVALID,
        **safer("it is ignored, whatever it is"),
    ),
    refused(
        "a token of more than 8,192 characters",
        "5, lenient parsing",
        bearing(token({"a": "x" * 8192})),
        INVALID,
        **safer("it is parsed, however long it is"),
    ),
)

_ANSWER = (
    refused("a request without a token", "3, no carrier", Sent(), MISSING),
    refused(
        "a refusal is not for caches",
        "3, headers",
        Sent(),
        MISSING,
        headers={"cache-control": "no-store"},
        **safer("caches are told nothing"),
    ),
    refused(
        "no error code in the challenge",
        "12, challenge",
        bearing(token({"exp": _EXPIRED})),
        FAILED,
        headers={"retry-after": ABSENT},
    ),
    refused(
        "a refused login is not told the algorithm",
        "3, one message",
        header(token(header={"alg": "HS384"})),
        FAILED,
    ),
    passes(
        "a good token's response has no challenge",
        "3",
        headers={"www-authenticate": ABSENT},
    ),
    passes(
        "a weak secret of one character",
        "5, any length",
        bearing(token(secret="x")),
        config=holding(secret="x"),
    ),
    passes(
        "an unknown anonymous consumer where the token is good",
        "6, must exist",
        config=guarded(anonymous_consumer="nobody"),
    ),
    refused(
        "a secret given as the key",
        "3, key claim",
        bearing(token({"key": SECRET})),
        UNKNOWN,
    ),
)

CASES: tuple[Case, ...] = (
    *_ANSWER,
    *_UNREADABLE,
    *_WITHOUT_KEY,
    *_UNKNOWN_KEY,
    *_ALGORITHM,
    *_SIGNED,
    *_PUBLIC_KEYS,
    *_ORDER,
    *_REALMS,
    *_LOST,
    *_CRASHED,
    *_STRICT,
)
