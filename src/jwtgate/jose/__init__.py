"""JOSE: compact tokens in, verified tokens out (RFC 7515, 7518, 7519, 8037)."""

from jwtgate.jose.algorithms import ALGORITHMS, Algorithm
from jwtgate.jose.claims import Claims
from jwtgate.jose.compact import UnverifiedToken, parse_compact
from jwtgate.jose.header import Header
from jwtgate.jose.keys import VerificationKey, load_key
from jwtgate.jose.verify import VerifiedToken, verify

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "Claims",
    "Header",
    "UnverifiedToken",
    "VerificationKey",
    "VerifiedToken",
    "load_key",
    "parse_compact",
    "verify",
]
