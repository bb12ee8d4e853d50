"""What is remembered of tokens that were verified: what cannot change, and no more.

That is how a token reads, which key it names, and that its signature holds under one
very key object. All else is judged for each request anew: what the store has, whether
the credential may be used, time, claims, revocation. So a credential that is deleted
or changed counts at once, and nobody who cannot sign gets a token in here.
"""

from typing import TypeAlias, final

from jwtgate.errors import ConfigurationError
from jwtgate.jose import UnverifiedToken
from jwtgate.jose.generations import Generations
from jwtgate.jose.verify import share
from jwtgate.policy import Policy

__all__ = ["DEFAULT_MEMO", "MAX_MEMO_TOKEN_LENGTH", "Memo", "Memos", "remember"]

DEFAULT_MEMO = 1024
"""Tokens that a gate remembers, each in less than a kilobyte on average."""

MAX_MEMO_TOKEN_LENGTH = 2048
"""Characters of a token that is remembered."""

Memo: TypeAlias = Generations[bytes, UnverifiedToken]
"""Tokens as they were sent: what was read of each."""


def remember(memo: Memo, token: UnverifiedToken, key: str) -> None:
    """Remember a token that was just verified, if it is not too long."""
    if memo.keeps and len(token.octets) <= MAX_MEMO_TOKEN_LENGTH and share(token, key):
        memo.put(token.octets, token)


@final
class Memos:
    """The memos of a gate: one for all policies that read a token in the same way.

    Args:
        most: Tokens that each of them holds; 0 for none.

    Raises:
        ConfigurationError: That is no whole number, or below 0.
    """

    def __init__(self, most: int) -> None:
        if type(most) is not int or most < 0:
            raise ConfigurationError("memo must be a whole number of tokens, 0 for off")
        self._most = most
        self._made: dict[object, Memo] = {}

    def of(self, policy: Policy) -> Memo:
        """Give the memo of a policy."""
        reading = (
            frozenset(policy.algorithms),
            policy.key_claim,
            policy.key_claim_in,
            policy.dialect.key_claims_must_agree,
        )
        return self._made.setdefault(reading, Generations(self._most))
