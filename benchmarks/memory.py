"""What credentials weigh in memory, told by the system of a process of their own.

What Python counts of itself would leave out the keys, which OpenSSL holds.
"""

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import jwt

from benchmarks.fresh import in_fresh_process
from benchmarks.population import MATERIALS, add
from benchmarks.results import Ratio, Section
from benchmarks.tables import figure, show
from benchmarks.tokens import claims
from jwtgate import (
    Authenticated,
    Credential,
    Gate,
    MemoryStore,
    RequestView,
    authenticate,
)

__all__ = ["measure"]

_STATM = Path("/proc/self/statm")
_TITLE: Final = "Memory, resident bytes of each"

Weigh = Callable[[int], float]


def measure(*, quick: bool) -> list[Section]:
    """Weigh each kind in many copies; bytes for one."""
    if not _STATM.exists():
        return [Section(_TITLE, ("", "bytes"), (), skipped=[f"there is no {_STATM}"])]
    count = 5_000 if quick else 50_000
    weights = {
        what: in_fresh_process(weigh, count) for what, (weigh, _) in _KINDS.items()
    }
    return [
        Section(
            title=_TITLE,
            columns=("", "bytes"),
            rows=[(what, figure(weight)) for what, weight in weights.items()],
            ratios=[
                Ratio("10", what, weights[what], target, unit=" B")
                for what, (_, target) in _KINDS.items()
                if target is not None
            ],
            notes=(
                f"{count:,} of each, with their consumers and the store's tables.",
                "The moduli are random numbers: they weigh what real ones weigh.",
            ),
        )
    ]


def weigh_secrets(count: int) -> float:
    """Weigh HS256 credentials."""
    return _weigh_stored("HS256", count)


def weigh_used_secrets(count: int) -> float:
    """Weigh HS256 credentials, each of which has authenticated a request."""
    store = MemoryStore()
    gate = Gate(store, memo=0)
    _authenticate(gate, add(store, 0, "HS256", MATERIALS["HS256"]()))
    before = _resident_bytes()
    for number in range(1, count + 1):
        _authenticate(gate, add(store, number, "HS256", MATERIALS["HS256"]()))
    return (_resident_bytes() - before) / count


def weigh_rsa_keys(count: int) -> float:
    """Weigh RS256 credentials, keys parsed."""
    return _weigh_stored("RS256", count)


def weigh_tokens(count: int) -> float:
    """Weigh tokens of five claims that a gate's memo holds."""
    store = MemoryStore()
    credential = add(store, 0, "HS256", MATERIALS["HS256"]())
    gate = Gate(store, memo=2 * count)
    _authenticate(gate, credential)
    before = _resident_bytes()
    for number in range(count):
        _authenticate(gate, credential, sub=f"service-{number:09}")
    return (_resident_bytes() - before) / count


def _weigh_stored(algorithm: str, count: int) -> float:
    store, make = MemoryStore(), MATERIALS[algorithm]
    add(store, 0, algorithm, make())  # what is imported for the first is not weighed
    before = _resident_bytes()
    for number in range(1, count + 1):
        add(store, number, algorithm, make())
    return (_resident_bytes() - before) / count


def _authenticate(gate: Gate, credential: Credential, **more: str) -> None:
    payload = {**claims(), "iss": credential.key, **more}
    token = jwt.encode(payload, credential.reveal_secret() or b"")
    line = (b"authorization", b"Bearer " + token.encode())
    outcome = authenticate(gate, RequestView("GET", headers=[line]))
    if not isinstance(outcome, Authenticated):
        raise TypeError(outcome)


def _resident_bytes() -> int:
    gc.collect()
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


_KINDS: Final[dict[str, tuple[Weigh, float | None]]] = {
    "HS256 credential": (weigh_secrets, None),
    "HS256 credential in use": (weigh_used_secrets, 1200),
    "RS256 credential": (weigh_rsa_keys, 2000),
    "token in the memo": (weigh_tokens, 900),
}

if __name__ == "__main__":
    show(measure(quick=False))
