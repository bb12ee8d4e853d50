"""The steps on a token, from the carriers to the denylist."""

from collections.abc import Generator
from typing import Any

from jwtgate.asks import Ask
from jwtgate.explain import credentials
from jwtgate.explain.carriers import look
from jwtgate.explain.case import Case
from jwtgate.explain.claims import judge
from jwtgate.explain.others import look_for_others
from jwtgate.explain.terms import identify, look_up
from jwtgate.explain.tokens import read
from jwtgate.jose import UnverifiedToken

__all__ = ["walk"]


def walk(case: Case) -> Generator[Ask, Any, None]:
    """Take every step that has a meaning; a token that cannot be read ends it."""
    look(case)
    if case.sent is None:
        return
    read(case, case.sent.value)
    token = case.token
    if token is None:
        return
    yield from _find(case, token)
    judge(case, token)
    yield from _identify(case, token)


def _find(case: Case, token: UnverifiedToken) -> Generator[Ask, Any, None]:
    if case.key is not None:
        yield from credentials.find(case, case.key, token)
        if case.rows is None:
            return
        credentials.judge(case, case.key, token, case.rows)
    if not case.tried:
        yield from look_for_others(case, token)


def _identify(case: Case, token: UnverifiedToken) -> Generator[Ask, Any, None]:
    if case.verified is None:
        return
    credential, verified = case.verified
    identify(case, credential, verified)
    revocation = case.ready.revocation
    if revocation is None:
        return
    if case.rejection is None and case.caller is not None:
        yield from look_up(case, revocation, case.caller, (credential, token))
    else:
        case.note("revocation", "open", "not asked, since the token is refused before")
