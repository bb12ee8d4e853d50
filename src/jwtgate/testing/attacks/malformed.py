"""Tokens that are none: their form, their encoding, their JSON.

Wherever that can be they are signed well, so that nothing but the form refuses them.
"""

import json
from collections.abc import Callable

from jwtgate.testing.attacks.attack import Attack, with_token
from jwtgate.testing.forging import Forge, segment

__all__ = ["ATTACKS"]

_Rewrite = Callable[[str], bytes]


def _form(name: str, about: str, rewrite: Callable[[str], str]) -> Attack:
    return with_token(name, about, lambda forge: rewrite(forge.seal()))


def _header(name: str, about: str, **members: object) -> Attack:
    return with_token(name, about, lambda forge: forge.seal(forge.header(**members)))


def _header_text(name: str, about: str, rewrite: _Rewrite) -> Attack:
    return with_token(
        name, about, lambda forge: forge.seal(rewrite(json.dumps(forge.header())))
    )


def _claims_text(name: str, about: str, rewrite: _Rewrite) -> Attack:
    return with_token(
        name,
        about,
        lambda forge: forge.seal(claims=rewrite(json.dumps(forge.claims()))),
    )


def _with(member: str) -> _Rewrite:
    return lambda text: f"{text[:-1]}, {member}}}".encode("utf-8", "surrogateescape")


def _spare_bits(token: str) -> str:
    # The last character of a segment has bits that belong to no octet.
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{signature[:-1]}{chr(ord(signature[-1]) + 1)}"


def _spelled_twice(forge: Forge) -> str | None:
    token = forge.seal()
    return _spare_bits(token) if len(token.rpartition(".")[2]) % 4 else None


def _repeated_key(forge: Forge) -> str:
    name = forge.policy.key_claim
    again = _with(f'"{name}": "mallory"')
    header, claims = forge.header(), forge.claims()
    if name in claims:
        return forge.seal(header, again(json.dumps(claims)))
    return forge.seal(again(json.dumps(header)), claims)


def _serialized(token: str) -> str:
    head, payload, signature = token.split(".")
    return json.dumps({"protected": head, "payload": payload, "signature": signature})


def _sealed(forge: Forge, signing_input: bytes) -> str:
    signature = segment(forge.sign(signing_input))
    return (signing_input + b"." + signature).decode()


def _unencoded(forge: Forge) -> str:
    head = segment(forge.header(b64=False, crit=["b64"]))
    return _sealed(forge, head + b"." + json.dumps(forge.claims()).encode())


def _with_blanks(forge: Forge) -> str:
    return _sealed(forge, segment(forge.header()) + b".    " + segment(forge.claims()))


def _in_another_alphabet(forge: Forge) -> str:
    # Members whose base64 has what the two alphabets differ in.
    head, payload = (
        segment(part).translate(bytes.maketrans(b"-_", b"+/"))
        for part in (forge.header(x=">>>???" * 3), forge.claims(x=">>>???" * 3))
    )
    return _sealed(forge, head + b"." + payload)


_DEEP = '"x": ' + "[" * 2000 + "]" * 2000

ATTACKS = (
    _form("token-garbage", "a word", lambda _: "garbage"),
    _form(
        "token-two-segments",
        "two segments (RFC 7515 7.1)",
        lambda t: t.rpartition(".")[0],
    ),
    _form("token-dots", "nothing but dots", lambda _: "." * 5000),
    _form("token-four-segments", "one too many (RFC 7515 7.1)", lambda t: f"{t}.e30"),
    _form(
        "token-jwe",
        "an encrypted token (RFC 8725 3.3, RFC 7516 9)",
        lambda _: "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA",
    ),
    _form("token-json", "another form (RFC 7515 7.2)", _serialized),
    _form(
        "token-padding", "a second spelling of a token (RFC 7515 2)", lambda t: f"{t}="
    ),
    with_token("token-blank", "blanks in a token", _with_blanks),
    _form("token-text-behind", "text behind a token", lambda t: f"{t}=~"),
    with_token(
        "token-plus-and-slash", "another alphabet (RFC 4648 5)", _in_another_alphabet
    ),
    with_token(
        "token-spare-bits", "unused bits that are set (RFC 4648 3.5)", _spelled_twice
    ),
    with_token(
        "token-too-long",
        "a good token of more than 8 KiB",
        lambda forge: forge.seal(claims=forge.claims(x="x" * 9000)),
    ),
    with_token(
        "token-nested",
        "a token in a token (RFC 8725 3.3)",
        lambda forge: forge.seal(forge.header(cty="JWT"), forge.seal().encode()),
    ),
    _header("crit-unknown", "an unknown extension (CVE-2026-32597)", crit=["x"], x=1),
    _header("crit-empty", "an empty crit (RFC 7515 4.1.11)", crit=[]),
    _header("crit-text", "a crit that is a text (RFC 7515 4.1.11)", crit="exp"),
    _header("b64-false", "an unencoded payload (RFC 7797 6)", b64=False),
    with_token("b64-crit", "the same, as critical (RFC 7797 6)", _unencoded),
    _header_text("alg-twice", "alg twice (RFC 7515 4)", _with('"alg": "none"')),
    _header_text("header-list", "a header that is a list", lambda t: f"[{t}]".encode()),
    _header_text("header-null", "a header that is null", lambda _: b"null"),
    _header_text("header-text", "a header that is a text", lambda _: b'"alg"'),
    _header_text("header-deep", "a header 2000 levels deep", _with(_DEEP)),
    _header_text("header-empty", "no header at all", lambda _: b""),
    _claims_text("exp-twice", "exp twice (RFC 7519 4)", _with('"exp": 9999999999')),
    with_token("key-twice", "the key claim twice (RFC 7519 4)", _repeated_key),
    _claims_text(
        "exp-twice-escaped", "an escaped name", _with('"e\\u0078p": 9999999999')
    ),
    _claims_text("claims-list", "a list of claims", lambda t: f"[{t}]".encode()),
    _claims_text("claims-null", "claims that are null", lambda _: b"null"),
    _claims_text("claims-empty", "no claims at all", lambda _: b""),
    _claims_text("claims-open", "JSON without its end", lambda t: t[:-1].encode()),
    _claims_text("claims-deep", "2000 levels (RFC 8259 9)", _with(_DEEP)),
    _claims_text("claims-nan", "NaN (RFC 8259 6)", _with('"x": NaN')),
    _claims_text(
        "claims-utf-16", "UTF-16 (RFC 8259 8.1)", lambda t: t.encode("utf-16")
    ),
    _claims_text(
        "claims-byte-order-mark",
        "a byte order mark",
        lambda t: b"\xef\xbb\xbf" + t.encode(),
    ),
    _claims_text("claims-latin-1", "what is not UTF-8", _with('"x": "\udcff"')),
    _claims_text("claims-surrogate", "half a character", _with('"x": "\\ud800"')),
    _claims_text("claims-digits", "5000 digits", _with('"x": ' + "9" * 5000)),
)
"""Malformed tokens."""
