"""From a rejection to what the client is told, in the words of a dialect."""

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from jwtgate.dialect import Dialect
from jwtgate.errors import Barred, ClaimRejected, Rejection, ScopeMissing
from jwtgate.extraction.bearer import challenge
from jwtgate.outcome import Denied, HeaderPairs
from jwtgate.policy import Policy
from jwtgate.reason import Reason

__all__ = ["Refusals"]

_Row: TypeAlias = tuple[int, Mapping[str, str], HeaderPairs, bytes]

_NO_STORE = ("Cache-Control", "no-store")
# Long enough for a store to come back, short enough for a client to wait.
_RETRY_AFTER = ("Retry-After", "5")


class Refusals:
    """Makes the :class:`Denied` of a rejection, of parts that were made ahead.

    Args:
        policy: Whose realm, key claim and dialect the answers have.
        gate: The gate that the outcomes belong to.
    """

    __slots__ = ("_dialect", "_error_response", "_gate", "_policy", "_rows")

    def __init__(self, policy: Policy, gate: object) -> None:
        self._gate = gate
        self._policy = policy
        self._dialect = policy.dialect
        self._error_response = policy.error_response
        self._rows = _rows(policy)

    def of(self, rejection: Rejection) -> Denied:
        """Make the outcome of a rejection."""
        reason = rejection.reason
        status, body, headers, content = self._rows[reason]
        if isinstance(rejection, Barred):
            return self._barred(rejection)
        if isinstance(rejection, ClaimRejected):
            if own := self._claims_body(rejection):
                body, content = own, _written(own, self._dialect)
        elif isinstance(rejection, ScopeMissing):
            headers = _headers(reason, status, self._policy, " ".join(rejection.scopes))
        if self._error_response is not None and status == 401:
            content = self._error_response.encode()
        return Denied(
            reason,
            rejection.claim,
            status,
            body,
            content,
            headers,
            self._gate,
        )

    def _barred(self, barred: Barred) -> Denied:
        status, body, headers, content = self._rows[barred.reason]
        answer = barred.answer
        if answer is not None:
            status = answer.status
            if answer.content_type is not None:
                headers = _with(headers, ("Content-Type", answer.content_type))
            # RFC 9110 15.5.2: with a challenge, whatever it is for; gateways have none.
            if status == 401 and self._dialect.error == "own":
                headers = _with(headers, self._rows[Reason.TOKEN_MISSING][2][0])
            if answer.message is not None:
                name = self._dialect.text_names.get(barred.reason, "message")
                body = MappingProxyType({name: answer.message})
                content = _written(body, self._dialect)
            elif answer.body is not None:
                content = answer.body.encode()
        return Denied(
            barred.reason,
            None,
            status,
            body,
            content,
            (*headers, *barred.headers),
            self._gate,
        )

    def _claims_body(self, rejection: ClaimRejected) -> Mapping[str, str]:
        # Kong reports every claim that fails under its name; of one that fails twice
        # the first text counts, and the limit is looked at only if nothing failed.
        texts: dict[str, str] = {}
        for claim, reason in rejection.failures:
            text = (
                self._dialect.claim_texts.get(reason)
                if claim in ("exp", "nbf")
                else None
            )
            late = bool(texts) and reason is Reason.EXPIRATION_TOO_FAR
            if text is not None and not late:
                texts.setdefault(claim, text)
        return MappingProxyType(texts)


@lru_cache(maxsize=256)
def _rows(policy: Policy) -> Mapping[Reason, _Row]:
    # Kept, since many routes of a file have equal policies.
    return MappingProxyType({reason: _row(reason, policy) for reason in Reason})


def _row(reason: Reason, policy: Policy) -> _Row:
    dialect = policy.dialect
    status = dialect.statuses.get(reason, reason.status)
    text = dialect.texts.get(reason, reason.text)
    text = text.replace("{name}", policy.key_claim)
    if isinstance(policy.anonymous, str):
        text = text.replace("{anonymous}", policy.anonymous)
    body = MappingProxyType({dialect.text_names.get(reason, "message"): text})
    return status, body, _headers(reason, status, policy), _written(body, dialect)


def _written(body: Mapping[str, str], dialect: Dialect) -> bytes:
    text = json.dumps(dict(body), separators=(",", ":")) + dialect.body_end
    return text.encode()


def _headers(
    reason: Reason, status: int, policy: Policy, scope: str | None = None
) -> HeaderPairs:
    always = ("Content-Type", policy.dialect.content_type), _NO_STORE
    if status == 401 or (reason.bearer_error and policy.dialect.error == "own"):
        return ("WWW-Authenticate", _challenge(reason, policy, scope)), *always
    if status == 503:
        return _RETRY_AFTER, *always
    return always


def _with(headers: HeaderPairs, header: tuple[str, str]) -> HeaderPairs:
    return header, *(pair for pair in headers if pair[0] != header[0])


def _challenge(reason: Reason, policy: Policy, scope: str | None) -> str:
    dialect = policy.dialect
    error = reason.bearer_error
    if dialect.error == "none":
        error = None
    elif dialect.error == "invalid_token" and error is not None:
        error = dialect.error
    described = error is not None and dialect.describes_error
    return challenge(
        policy.realm,
        error=error,
        description=reason.text if described else None,
        scope=scope,
    )
