"""What it costs to refuse a token, hostile ones included: jwtgate beside PyJWT."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.core import verifying
from benchmarks.measuring import alternate
from benchmarks.peers import found_peers
from benchmarks.results import Ratio, Section
from benchmarks.tables import figure, show
from benchmarks.tokens import claims, floor, token

__all__ = ["Hostile", "hostile_tokens", "measure"]

_JWTGATE: Final = "jwtgate"
_TARGET: Final = 1.0
_LENGTH: Final = 8192  # what jwtgate reads at most
_DEPTH: Final = 1500


@dataclass(frozen=True, slots=True)
class Hostile:
    """A token to be refused.

    Attributes:
        token: The token.
        ours: By which algorithm jwtgate checks a signature until it refuses, if it
            does. It does so in vain where no key fits, lest the time tell which exist.
        theirs: The same of PyJWT.
    """

    token: str
    ours: str = ""
    theirs: str = ""


def measure(*, quick: bool) -> list[Section]:
    """Measure every refusal, in microseconds, less the signature check."""
    peers, _ = found_peers()
    newest = peers[0]
    ours, theirs = verifying("HS256"), newest.verifying("HS256")
    rows, ratios = [], {}
    for what, hostile in hostile_tokens().items():
        calls = {
            _JWTGATE: _refusing(partial(ours, hostile.token.encode())),
            newest.name: _refusing(partial(theirs, hostile.token)),
        }
        for algorithm in {hostile.ours, hostile.theirs} - {""}:
            calls[algorithm] = floor(algorithm, hostile.token)
        medians = alternate(
            calls, rounds=5 if quick else 25, calls=30 if quick else 100
        )
        mine = medians[_JWTGATE] - medians.get(hostile.ours, 0.0)
        other = medians[newest.name] - medians.get(hostile.theirs, 0.0)
        ratios[what] = mine / other
        rows.append((what, figure(mine), figure(other), f"{ratios[what]:.2f}x"))
    worst = max(ratios, key=lambda what: ratios[what])
    measured = f"refusal / {newest.name}, the worst of them: {worst}"
    return [
        Section(
            title="Refusals, µs for each token, less the signature check",
            columns=("HS256", _JWTGATE, newest.name, "ratio"),
            rows=rows,
            ratios=[Ratio("12", measured, ratios[worst], _TARGET)],
            notes=_NOTES,
        )
    ]


def hostile_tokens() -> dict[str, Hostile]:
    """Give tokens that both refuse, by what is wrong with them."""
    header, payload, signature = token("HS256").split(".")
    unknown, _, other = token("HS256", {**claims(), "iss": "nobody"}).rpartition(".")
    hs512 = _segment({"alg": "HS512", "typ": "JWT"})
    many = _segment({f"c{number}": number for number in range(500)})
    deep = _encode("[" * _DEPTH + "]" * _DEPTH)
    long = "A" * (_LENGTH - 100)
    return {
        "a bad signature": Hostile(f"{header}.{payload}.{other}", "HS256", "HS256"),
        "an unknown key": Hostile(f"{unknown}.{signature}", "HS256", "HS256"),
        "expired": Hostile(token("HS256", {**claims(), "exp": 1}), "HS256", "HS256"),
        "alg none": Hostile(f"{_segment({'alg': 'none'})}.{payload}."),
        "another algorithm": Hostile(f"{hs512}.{payload}.{signature}", "HS512"),
        "no JSON": Hostile(f"{header}.{'A' * 128}.{signature}", theirs="HS256"),
        "no base64url": Hostile(f"{header}.{'=' * 128}.{signature}"),
        "500 claims": Hostile(f"{header}.{many}.{signature}", theirs="HS256"),
        "deeply nested": Hostile(f"{header}.{deep}.{signature}", theirs="HS256"),
        "8 KB of dots": Hostile("." * _LENGTH),
        "8 KB without a dot": Hostile("A" * _LENGTH),
        "8 KB of header": Hostile(f"{long}.AAAA.AAAA"),
        "8 KB of payload": Hostile(f"{header}.{long}.AAAA", theirs="HS256"),
        "8 KB of signature": Hostile(
            f"{header}.{payload}.{'A' * 7800}", "HS256", "HS256"
        ),
    }


def _segment(value: object) -> str:
    return _encode(json.dumps(value, separators=(",", ":")))


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _refusing(verify: Callable[[], object]) -> Callable[[], object]:
    def refuse() -> None:
        try:
            verify()
        except Exception:  # noqa: BLE001 - PyJWT's are of several kinds
            return

    return refuse


_NOTES: Final = (
    (
        "Less the bare signature check of the same octets, where one is made: by "
        "jwtgate also where no key fits, lest the time tell which keys exist."
    ),
    "jwtgate looks up the credential that a token names; PyJWT is given its key.",
)

if __name__ == "__main__":
    show(measure(quick=False))
