"""The gate's core, less what is of one framework: a token in, verified claims out.

All that the benchmarks know of jwtgate's inner parts is here.
"""

import time
from collections.abc import Callable

from benchmarks.population import give
from benchmarks.tokens import KEY, material
from jwtgate import Gate, MemoryStore, Policy
from jwtgate.jose import VerifiedToken
from jwtgate.memo import Memos
from jwtgate.verifier import Verifier

__all__ = ["Verify", "make_gate", "make_store", "verifying"]

Verify = Callable[[bytes], VerifiedToken]


def make_store(algorithm: str) -> MemoryStore:
    """Make a store with the one credential that the tokens are signed with."""
    store = MemoryStore()
    jack = store.create_consumer(username="jack", custom_id="495aec6a")
    give(store, jack, KEY, algorithm, material(algorithm))
    return store


def make_gate(algorithm: str, *, memo: int = 0) -> Gate:
    """Make a gate over such a store, which remembers so many tokens."""
    return Gate(make_store(algorithm), memo=memo)


def verifying(algorithm: str, *, memo: int = 0) -> Verify:
    """Give what a gate does between the request and the outcome.

    Parse, key claim, look-up, signature, times and claims; raises Rejection.
    """
    policy = Policy()
    find = make_store(algorithm).find
    identify = Verifier(policy, Memos(memo).of(policy)).identify
    clock = time.time  # a gate has it at hand, too

    def verify(token: bytes) -> VerifiedToken:
        return identify(token, find, clock)[1]

    return verify
