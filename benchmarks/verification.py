"""What it costs to verify a token: jwtgate, its peers, and the signature alone."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import Final

from benchmarks.core import make_gate, verifying
from benchmarks.measuring import alternate
from benchmarks.peers import OLD_PYJWT, Peer, found_peers
from benchmarks.results import Chart, Ratio, Section
from benchmarks.tables import figure, show
from benchmarks.tokens import ALGORITHMS, claims, floor, token
from jwtgate import RequestView, authenticate

__all__ = ["measure"]

FLOOR: Final = "the signature alone"
COLD: Final = "jwtgate"
REPEATED: Final = "jwtgate, repeated token"
CHURNING: Final = "jwtgate, all tokens new"
WHOLE: Final = "authenticate()"
WHOLE_REPEATED: Final = "authenticate(), repeated token"

_CHARTED = ("HS256", "RS256", "ES256", "EdDSA")
_NOT_CHARTED = {CHURNING, WHOLE, WHOLE_REPEATED}

_USUAL_HEADERS = ((b"host", b"127.0.0.1:8000"), (b"accept", b"*/*"))

Medians = Mapping[str, Mapping[str, float]]


def measure(*, quick: bool) -> list[Section]:
    """Measure every algorithm; microseconds for each token."""
    peers, missing = found_peers()
    medians = {
        algorithm: alternate(
            _rows(algorithm, peers),
            rounds=9 if quick else 45,
            calls=100 if quick else 200,
        )
        for algorithm in ALGORITHMS
    }
    return [
        Section(
            title="Verification, µs for each token (times the signature alone)",
            columns=("", *ALGORITHMS),
            rows=_cells(medians),
            ratios=_ratios(medians, peers),
            skipped=missing,
            notes=[*_NOTES, *(f"{peer.name}: {peer.note}." for peer in peers)],
            chart=_chart(medians),
        )
    ]


def _rows(algorithm: str, peers: Sequence[Peer]) -> dict[str, Callable[[], object]]:
    text = token(algorithm)
    line = b"Bearer " + text.encode()
    # Sliced anew for each call, as of a request: an object that was hashed before
    # would be found in the memo faster.
    cold, repeated = verifying(algorithm), verifying(algorithm, memo=1024)
    churning, new = verifying(algorithm, memo=32), cycle(_distinct_lines(algorithm))
    request = RequestView("GET", headers=[*_USUAL_HEADERS, (b"authorization", line)])
    rows: dict[str, Callable[[], object]] = {
        FLOOR: floor(algorithm),
        COLD: lambda: cold(line[7:]),
        REPEATED: lambda: repeated(line[7:]),
        CHURNING: lambda: churning(next(new)[7:]),
        WHOLE: partial(authenticate, make_gate(algorithm), request),
        WHOLE_REPEATED: partial(authenticate, make_gate(algorithm, memo=1024), request),
    }
    for peer in peers:
        if algorithm in peer.algorithms:
            rows[peer.name] = partial(peer.verifying(algorithm), text)
    return rows


def _distinct_lines(algorithm: str) -> list[bytes]:
    return [
        b"Bearer "
        + token(algorithm, {**claims(), "sub": f"service-{number:09}"}).encode()
        for number in range(64)
    ]


def _cells(medians: Medians) -> list[list[str]]:
    names = medians[ALGORITHMS[0]]
    return [
        [name, *(_cell(medians[each], name) for each in ALGORITHMS)] for name in names
    ]


def _cell(column: Mapping[str, float], name: str) -> str:
    if name not in column:
        return "-"
    return f"{figure(column[name])} ({column[name] / column[FLOOR]:.2f}x)"


def _ratios(medians: Medians, peers: Sequence[Peer]) -> list[Ratio]:
    hs256 = medians["HS256"]
    ratios = [Ratio("1", "HS256 / hmac.digest", _over_floor(hs256), 3.5, 2.8)]
    for peer in peers:
        if peer.name.startswith("PyJWT"):
            aims = (0.5, 0.4) if peer.name == OLD_PYJWT else (0.22, 0.17)
            value = hs256[COLD] / hs256[peer.name]
            ratios.append(Ratio("2", f"HS256 / {peer.name}", value, *aims))
    for algorithm, aims in _PUBLIC_KEY_TARGETS.items():
        value = _over_floor(medians[algorithm])
        ratios.append(Ratio("3", f"{algorithm} / key.verify", value, *aims))
    repeated = hs256[REPEATED] / hs256[COLD]
    return [*ratios, Ratio("4", "HS256, repeated token / cold", repeated, 0.15, 0.08)]


def _over_floor(column: Mapping[str, float]) -> float:
    return column[COLD] / column[FLOOR]


def _chart(medians: Medians) -> Chart:
    groups = {
        algorithm: {
            name: value
            for name, value in medians[algorithm].items()
            if name not in _NOT_CHARTED
        }
        for algorithm in _CHARTED
    }
    return Chart("verification", "Verifying one JWT of five claims", "µs", groups)


_PUBLIC_KEY_TARGETS: Final = {
    "RS256": (1.35, 1.25),
    "ES256": (1.15, 1.10),
    "EdDSA": (1.10, 1.06),
}

_NOTES: Final = (
    "A token of five claims (iss, sub, iat, nbf, exp): 95 octets of JSON.",
    (
        "the signature alone: hmac.digest over the same octets, or key.verify of "
        "cryptography with every object made before."
    ),
    (
        "jwtgate: the gate's core, from the compact token to verified claims, with no "
        "memo. It looks up the credential in a MemoryStore, which no peer does."
    ),
    "repeated token: the memo is on, and the token is always the same.",
    "all tokens new: the memo is on, and each token takes another one's place in it.",
    (
        "authenticate(): the search for the token in a request of three headers, the "
        "core, and the outcome with its identity headers."
    ),
    "Peers get a text, as their documentation has it; jwtgate octets, as servers do.",
)

if __name__ == "__main__":
    show(measure(quick=False))
