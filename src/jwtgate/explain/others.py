"""What else in a token may name a key, where its key claim names none."""

from collections.abc import Generator, Iterator
from itertools import islice
from typing import Any, Final

from jwtgate.asks import Ask, FindCredentials
from jwtgate.credential import Credential
from jwtgate.explain.case import Case, Failure
from jwtgate.jose import UnverifiedToken
from jwtgate.keytext import is_key_text

__all__ = ["look_for_others"]

MAX_ASKED: Final = 8
"""How often the store is asked for a token that names no known key."""

_USUAL = ("iss", "key", "kid", "sub", "client_id", "azp", "appid")


def look_for_others(case: Case, token: UnverifiedToken) -> Generator[Ask, Any, None]:
    """Ask the store for what the token may name its key by, instead."""
    for where, value in islice(_candidates(case, token), MAX_ASKED):
        found = yield FindCredentials(value, token.header.kid, case.guard)
        if isinstance(found, Failure):
            return  # the usual mistakes are not worth another failure
        rows = tuple(
            row for row in found if type(row) is Credential and row.key == value
        )
        if rows:
            case.others[where] = (value, rows)


def _candidates(case: Case, token: UnverifiedToken) -> Iterator[tuple[str, str]]:
    seen = {case.key}
    for where, value in _named(case, token):
        if is_key_text(value) and value not in seen:
            seen.add(value)
            yield where, value


def _named(case: Case, token: UnverifiedToken) -> Iterator[tuple[str, object]]:
    key = case.key
    if key is not None:
        yield "key without blanks around it", key.strip()
        yield "key with a slash behind it", f"{key}/"
        yield "key without the slash behind it", key.removesuffix("/")
        yield "key in lower case", key.lower()
    claims, header = token.claims, token.header.members
    for name in (*_USUAL, *claims):
        if name in claims:
            yield f"{name}, in the payload", claims[name]
    for name in _USUAL:
        if name in header:
            yield f"{name}, in the header", header[name]
