"""Each malformed token gets in by a lenient parser, or breaks one."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from jwtgate.testing.attacks.malformed import ATTACKS
from tests.kit import KEY, NOW, SECRET
from tests.testing.careless import (
    Environ,
    Hole,
    decoded,
    got_in,
    parts,
    signed_by,
    token_in,
)

EVERY = {attack.name for attack in ATTACKS}

SKIPPED_OR_READ_IN_TWO_WAYS = {
    *("crit-unknown", "crit-empty", "crit-text", "b64-false"),
    *("claims-nan", "claims-surrogate", "claims-utf-16", "claims-byte-order-mark"),
    *("alg-twice", "exp-twice", "exp-twice-escaped", "key-twice"),
    *("token-padding", "token-spare-bits", "token-text-behind", "token-too-long"),
    *("token-plus-and-slash", "token-blank"),
}


def _parses_leniently(environ: Environ) -> str | None:
    """Verify well, and parse as the standard library does."""
    token = token_in(environ).replace("+", "-").replace("/", "_")
    found = parts({"HTTP_AUTHORIZATION": f"Bearer {token}"})
    if found is None or not all(type(part) is dict for part in found[:2]):
        return None
    header, claims, _, signature = found
    signing_input = token_in(environ).rpartition(".")[0].encode()
    right = signed_by(SECRET.encode(), signing_input, signature)
    lives = type(claims.get("exp")) is int and claims["exp"] > NOW
    known = header.get("alg") in ("HS256", "none")
    return str(claims.get("iss")) if right and known and lives else None


@pytest.fixture(scope="module")
def lenient() -> set[str]:
    """What gets in where one parses leniently."""
    return got_in(_parses_leniently)


@pytest.mark.parametrize("name", sorted(SKIPPED_OR_READ_IN_TWO_WAYS))
def test_parsing_leniently(name: str, lenient: set[str]) -> None:
    """What a decoder skips, and what another one reads otherwise."""
    assert name in lenient


def test_decoding_by_a_library() -> None:
    """PyJWT with a good key and a fixed algorithm lets some of them in."""

    def hole(environ: Environ) -> str | None:
        options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
        try:
            token = token_in(environ)
            return str(jwt.decode(token, SECRET, ["HS256"], options=options)["iss"])
        except Exception:  # noqa: BLE001 - it raises foreign ones, too
            return None

    assert {"token-padding", "claims-nan", "exp-twice", "token-too-long"} <= got_in(
        hole
    )


def _breaks(parse: Callable[[str], object]) -> Hole:
    def hole(environ: Environ) -> str | None:
        if token := token_in(environ):
            parse(token)
        return None

    return hole


def _header(token: str) -> Any:
    return decoded(token.partition(".")[0])


def _claims(token: str) -> Any:
    return decoded(token.split(".")[1])


def _unpacked(token: str) -> object:
    head, payload, signature = token.split(".")
    return head, payload, signature


BREAKING: dict[str, tuple[Callable[[str], object], set[str]]] = {
    "segments": (
        _unpacked,
        {
            *("token-garbage", "token-two-segments", "token-four-segments"),
            *("token-dots", "token-jwe", "token-json"),
        },
    ),
    "header": (
        lambda token: _header(token)["alg"].upper(),
        {"header-list", "header-null", "header-text", "header-empty", "header-deep"},
    ),
    "claims": (
        lambda token: _claims(token)["iss"].upper(),
        {
            *("claims-list", "claims-null", "claims-empty", "claims-open"),
            *("claims-deep", "claims-latin-1", "claims-digits", "token-nested"),
        },
    ),
    "unicode": (
        lambda token: json.dumps(_claims(token), ensure_ascii=False).encode(),
        {"claims-surrogate"},
    ),
}


@pytest.mark.parametrize(("parse", "names"), BREAKING.values(), ids=BREAKING)
def test_breaking_on_garbage(parse: Callable[[str], object], names: set[str]) -> None:
    """What a parser raises is an answer of 500 to anybody."""
    assert names <= got_in(_breaks(parse))


def test_reading_an_unencoded_payload() -> None:
    """RFC 7797: what is between the dots is the claims."""

    def hole(environ: Environ) -> str | None:
        token = token_in(environ)
        payload = token.partition(".")[2].rpartition(".")[0]
        return "whoever" if payload.startswith("{") and KEY in payload else None

    assert got_in(hole) == {"b64-crit"}


def test_unwrapping_a_token() -> None:
    """RFC 8725 3.3: the inner one may be anybody's."""

    def hole(environ: Environ) -> str | None:
        payload = f"{token_in(environ)}..".split(".")[1]
        inner = base64.urlsafe_b64decode(payload + "==")
        return "whoever" if inner.count(b".") == 2 and b"{" not in inner else None

    assert "token-nested" in got_in(hole)


def test_every_attack_was_tried_above() -> None:
    """Each one by a reader that it gets by."""
    tried = SKIPPED_OR_READ_IN_TWO_WAYS | {"b64-crit", "token-nested"}
    for _, names in BREAKING.values():
        tried |= names
    assert tried == EVERY
