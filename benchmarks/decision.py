"""What a decision costs beside PyJWT's decode and the bare HMAC, in one run.

The rows take turns, so that a machine that slows down slows them all; the ratios are
what to read. No thresholds here: seconds are noisy.
"""

import gc
import hmac
import statistics
import time
from collections.abc import Callable

import jwt

from jwtgate import Gate, MemoryStore, RequestView, authenticate

ROUNDS = 15
CALLS = 2000


def rows() -> dict[str, Callable[[], object]]:
    """Give what is measured: a 5-claim HS256 token, verified in three ways."""
    store = MemoryStore()
    jack = store.create_consumer(username="jack", custom_id="495aec6a")
    secret = store.create_credential(jack, key="jack-key").reveal_secret() or b""
    gate = Gate(store)
    now = int(time.time())
    claims = {
        "iss": "jack-key",
        "sub": "order-service",
        "iat": now,
        "nbf": now,
        "exp": now + 600,
    }
    token = jwt.encode(claims, secret, algorithm="HS256")
    signing_input = token.rpartition(".")[0].encode()
    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"accept", b"*/*"),
        (b"authorization", b"Bearer " + token.encode()),
    ]
    request = RequestView("GET", headers=headers)
    return {
        "hmac.digest": lambda: hmac.digest(secret, signing_input, "sha256"),
        "PyJWT decode": lambda: jwt.decode(token, secret, algorithms=["HS256"]),
        "jwtgate authenticate": lambda: authenticate(gate, request),
    }


def microseconds(call: Callable[[], object]) -> float:
    """Time one round of calls, garbage collection held still."""
    gc.disable()
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
    elapsed = time.perf_counter() - start
    gc.enable()
    return elapsed / CALLS * 1e6


def main() -> None:
    """Print the medians and their ratios."""
    measured = rows()
    rounds = [
        {name: microseconds(call) for name, call in measured.items()}
        for _ in range(ROUNDS + 1)
    ][1:]  # the first warms up
    medians = {
        name: statistics.median(each[name] for each in rounds) for name in measured
    }
    print(f"{'':<22}{'µs':>8}{'x hmac':>9}{'x PyJWT':>9}")
    for name, median in medians.items():
        over_hmac = median / medians["hmac.digest"]
        over_pyjwt = median / medians["PyJWT decode"]
        print(f"{name:<22}{median:>8.2f}{over_hmac:>9.2f}{over_pyjwt:>9.2f}")


if __name__ == "__main__":
    main()
