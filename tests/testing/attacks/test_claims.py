"""Each token of bad claims gets in where they are not looked at, or breaks it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from jwtgate import Policy
from jwtgate.testing.attacks.claims import ATTACKS
from tests.kit import KEY, NOW, SECRET, credential, make_gate
from tests.testing.careless import Environ, Hole, got_in, parts, signed_by

EVERY = {attack.name for attack in ATTACKS}
DEMANDED = {"aud-elsewhere", "iss-elsewhere", "typ-elsewhere"}


def _signed(
    accepts: Callable[[dict[str, Any]], object],
    key: Callable[[dict[str, Any]], object] = lambda claims: claims.get("iss") == KEY,
) -> Hole:
    """Let in whose signature holds, if something holds for the claims."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None or not all(type(part) is dict for part in found[:2]):
            return None
        header, claims, signing_input, signature = found
        right = signed_by(SECRET.encode(), signing_input, signature)
        plain = set(header) == {"alg", "typ"} and header["alg"] == "HS256"
        if right and plain and key(claims) and accepts(claims):
            return "whoever"
        return None

    return hole


TIMES = {
    *("expired", "not-yet-valid", "expired-now", "expired-long-ago", "never-begun"),
    *("claims-missing", "exp-nan", "exp-infinity", "exp-overflow"),
    *("exp-text", "exp-true", "exp-null", "exp-list", "exp-object"),
    *("exp-zero", "exp-negative", "nbf-text", "nbf-list"),
}


def test_looking_at_no_time() -> None:
    """A token is good for ever."""
    assert got_in(_signed(lambda _: True)) >= TIMES


def _lives(claims: dict[str, Any]) -> bool:
    return bool(claims["exp"] > NOW and claims.get("nbf", 0) <= NOW)


def _whole(claims: dict[str, Any]) -> bool:
    return type(claims.get("exp")) is int


def _in_text(claims: dict[str, Any]) -> bool:
    digits = str(claims.get("exp", 0)).strip("[]")
    return not _whole(claims) and digits.isdigit() and int(digits) > NOW


HOLES: dict[str, tuple[Callable[[dict[str, Any]], object], set[str]]] = {
    "good at exp": (lambda c: _whole(c) and c["exp"] >= NOW, {"expired-now"}),
    "exp alone": (lambda c: _whole(c) and c["exp"] > NOW, {"not-yet-valid"}),
    "exp if there is one": (lambda c: "exp" not in c, {"claims-missing"}),
    "fractions": (
        lambda c: isinstance(c.get("exp"), float) and not c["exp"] <= NOW,
        {"exp-nan", "exp-infinity", "exp-overflow"},
    ),
    "numbers in texts": (_in_text, {"exp-text", "exp-list"}),
    "truth": (
        lambda c: c.get("exp") in (True, None, 0),
        {"exp-true", "exp-null", "exp-zero"},
    ),
    "before 1970": (lambda c: _whole(c) and c["exp"] < 0, {"exp-negative"}),
}


@pytest.mark.parametrize(("accepts", "names"), HOLES.values(), ids=HOLES)
def test_looking_at_times_carelessly(
    accepts: Callable[[dict[str, Any]], object], names: set[str]
) -> None:
    """Each kind of carelessness lets its own in."""
    assert names <= got_in(_signed(accepts))


BREAKING: dict[str, tuple[Callable[[dict[str, Any]], object], set[str]]] = {
    "comparing": (
        _lives,
        {"exp-text", "exp-list", "exp-object", "nbf-text", "nbf-list"},
    ),
    "a datetime": (
        lambda claims: datetime.fromtimestamp(claims["exp"], UTC) < datetime.now(UTC),
        {"exp-nan", "exp-infinity", "exp-overflow"},
    ),
    "exp is there": (lambda claims: claims["exp"] < 0, {"claims-missing"}),
}


@pytest.mark.parametrize(("reads", "names"), BREAKING.values(), ids=BREAKING)
def test_breaking_on_a_time(
    reads: Callable[[dict[str, Any]], object], names: set[str]
) -> None:
    """What is no number has no order, and what is none no date."""
    assert names <= got_in(_signed(reads))


def test_breaking_on_many_digits() -> None:
    """Python refuses to make a number of them, by a ValueError."""

    def hole(environ: Environ) -> str | None:
        token = environ.get("HTTP_AUTHORIZATION", "")
        if len(token) > 5000 and token.count(".") == 2:
            raise ValueError
        return None

    assert "exp-digits" in got_in(hole)


def _looked_up(name: object) -> bool:
    return {KEY: False, "x' OR '1'='1": True}.get(name)  # type: ignore[call-overload, no-any-return]


KEYS: dict[str, tuple[Callable[[object], object], set[str]]] = {
    "not looked at": (
        lambda _: True,
        {
            *("key-missing", "key-list", "key-object", "key-number", "key-true"),
            *("key-null", "key-empty", "key-nul", "key-sql", "key-long"),
            "key-surrogate",
        },
    ),
    "a dict": (_looked_up, {"key-list", "key-object", "key-sql"}),
    "octets": (lambda name: str(name).encode() == b"", {"key-surrogate", "key-empty"}),
}


@pytest.mark.parametrize(("accepts", "names"), KEYS.values(), ids=KEYS)
def test_looking_at_the_key_claim_carelessly(
    accepts: Callable[[object], object], names: set[str]
) -> None:
    """Any value is somebody's, or breaks the look-up."""

    def key(claims: dict[str, Any]) -> object:
        return claims.get("iss") != KEY and accepts(claims.get("iss"))

    assert names <= got_in(_signed(lambda _: True, key))


def test_looking_at_no_audience() -> None:
    """RFC 8725 3.8, 3.9, 3.11: what was made for others, by others, as another."""
    policy = Policy(key_claim="key", issuer=["us"], audience=["here"], types=["at+jwt"])

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None or not all(type(part) is dict for part in found[:2]):
            return None
        right = signed_by(SECRET.encode(), found[2], found[3])
        return "whoever" if right and found[1].get("key") == KEY else None

    assert got_in(hole, make_gate(policy=policy)) >= DEMANDED


def test_audience_and_type_of_a_credential_count_as_well() -> None:
    """They are demanded of its tokens alone."""
    gate = make_gate(credential(audience=["here"], types=["at+jwt"]))
    names = got_in(lambda _: None, gate)
    assert names == set()


def test_every_attack_was_tried_above() -> None:
    """Each one by an app that it gets by."""
    tried = TIMES | DEMANDED | {"exp-digits"}
    for table in (HOLES, BREAKING, KEYS):
        tried = tried.union(*(names for _, names in table.values()))
    assert tried == EVERY
