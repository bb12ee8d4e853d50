"""Times: what is verified, to the second, and what never is."""

from collections.abc import Mapping

from tests.gateways.cases import Case
from tests.gateways.kong_configs import DEFAULT, Members, bearer, guarded
from tests.gateways.kong_configs import passes as passing
from tests.gateways.kong_configs import refused as refusing
from tests.kit import NOW, mint

_CLAIMS = "4. Request flow: claims"
_LIMIT = "4. Request flow: maximum_expiration"
_PLUGIN = "1. Plugin config"

_NUMBER = "must be a number"
_EXPIRED = "token expired"
_EARLY = "token not valid yet"
_FAR = "exceeds maximum allowed expiration"

_NOW = int(NOW)
_YEAR = 31_536_000

_EXP = guarded(claims_to_verify=["exp"])
_NBF = guarded(claims_to_verify=["nbf"])
_BOTH = guarded(claims_to_verify=["exp", "nbf"])
_LIMITED = guarded(claims_to_verify=["exp"], maximum_expiration=600)
_LIMITED_BOTH = guarded(claims_to_verify=["exp", "nbf"], maximum_expiration=600)
_LIMITED_ALONE = guarded(maximum_expiration=600)


def _passes(source: str, config: Members, rows: Mapping[str, str]) -> tuple[Case, ...]:
    return tuple(
        passing(name, source, config, bearer(token)) for name, token in rows.items()
    )


def _refused(
    source: str, config: Members, rows: Mapping[str, tuple[str, dict[str, str]]]
) -> tuple[Case, ...]:
    return tuple(
        refusing(name, source, config, bearer(token), body)
        for name, (token, body) in rows.items()
    )


UNVERIFIED = (
    *_passes(
        _CLAIMS,
        DEFAULT,
        {
            "an expired token passes by default": mint(exp=1),
            "a token without exp passes by default": mint(exp=None),
            "a future nbf passes by default": mint(nbf=_NOW + 1),
            "an exp that is no number passes by default": mint(exp="never"),
            "an nbf that is no number passes by default": mint(nbf=[]),
        },
    ),
    *_passes(
        _PLUGIN,
        guarded(claims_to_verify=[]),
        {"an expired token passes with an empty list": mint(exp=1)},
    ),
    *_passes(_CLAIMS, _EXP, {"nbf is not looked at unless listed": mint(nbf=_NOW + 1)}),
    *_passes(_CLAIMS, _NBF, {"exp is not looked at unless listed": mint(exp=1, nbf=1)}),
)

EXPIRATION = (
    *_passes(
        _CLAIMS,
        _EXP,
        {
            "exp in the next second": mint(exp=_NOW + 1),
            "exp half a second ahead": mint(exp=_NOW + 0.5),
            "exp with an exponent": mint(b'{"iss":"jack-key","exp":1.8000006e9}'),
            "exp far beyond any calendar": mint(exp=10**30),
        },
    ),
    *_refused(
        _CLAIMS,
        _EXP,
        {
            "exp in this very second": (mint(exp=_NOW), {"exp": _EXPIRED}),
            "exp in the last second": (mint(exp=_NOW - 1), {"exp": _EXPIRED}),
            "exp half a second ago": (mint(exp=_NOW - 0.5), {"exp": _EXPIRED}),
            "exp of zero": (mint(exp=0), {"exp": _EXPIRED}),
            "exp below zero": (mint(exp=-_NOW), {"exp": _EXPIRED}),
            "no exp": (mint(exp=None), {"exp": _NUMBER}),
            "exp as a text": (mint(exp=str(_NOW + 600)), {"exp": _NUMBER}),
            "exp that is true": (mint(exp=True), {"exp": _NUMBER}),
            "exp that is false": (mint(exp=False), {"exp": _NUMBER}),
            "exp that is null": (
                mint(b'{"iss":"jack-key","exp":null}'),
                {"exp": _NUMBER},
            ),
            "exp that is a list": (mint(exp=[_NOW + 600]), {"exp": _NUMBER}),
            "exp that is an object": (mint(exp={"at": 1}), {"exp": _NUMBER}),
        },
    ),
)

NOT_BEFORE = (
    *_passes(
        _CLAIMS,
        _NBF,
        {
            "nbf in this very second": mint(nbf=_NOW),
            "nbf in the last second": mint(nbf=_NOW - 1),
            "nbf of zero": mint(nbf=0),
        },
    ),
    *_refused(
        _CLAIMS,
        _NBF,
        {
            "nbf in the next second": (mint(nbf=_NOW + 1), {"nbf": _EARLY}),
            "nbf half a second ahead": (mint(nbf=_NOW + 0.5), {"nbf": _EARLY}),
            "no nbf": (mint(), {"nbf": _NUMBER}),
            "nbf as a text": (mint(nbf=str(_NOW)), {"nbf": _NUMBER}),
            "nbf that is true": (mint(nbf=True), {"nbf": _NUMBER}),
        },
    ),
)

TOGETHER = (
    *_passes(
        _CLAIMS, _BOTH, {"exp ahead and nbf behind": mint(exp=_NOW + 1, nbf=_NOW)}
    ),
    *_refused(
        _CLAIMS,
        _BOTH,
        {
            "both listed, exp fails": (mint(exp=_NOW, nbf=_NOW), {"exp": _EXPIRED}),
            "both listed, nbf fails": (mint(nbf=_NOW + 1), {"nbf": _EARLY}),
            "every failing claim is reported": (
                mint(exp=_NOW, nbf=_NOW + 1),
                {"exp": _EXPIRED, "nbf": _EARLY},
            ),
            "both missing": (mint(exp=None), {"exp": _NUMBER, "nbf": _NUMBER}),
            "one missing and one too early": (
                mint(exp=None, nbf=_NOW + 1),
                {"exp": _NUMBER, "nbf": _EARLY},
            ),
        },
    ),
)

LIMIT = (
    *_passes(
        _LIMIT,
        _LIMITED,
        {
            "exp exactly at the limit": mint(exp=_NOW + 600),
            "the limit is not measured from iat": mint(exp=_NOW + 600, iat=1),
        },
    ),
    *_refused(
        _LIMIT,
        _LIMITED,
        {
            "exp a second over the limit": (mint(exp=_NOW + 601), {"exp": _FAR}),
            "exp half a second over the limit": (
                mint(exp=_NOW + 600.5),
                {"exp": _FAR},
            ),
            "an iat in the future widens no limit": (
                mint(exp=_NOW + 700, iat=_NOW + 100),
                {"exp": _FAR},
            ),
            "expired under a limit": (mint(exp=_NOW), {"exp": _EXPIRED}),
            "no exp under a limit, exp listed": (mint(exp=None), {"exp": _NUMBER}),
            "exp as a text under a limit, exp listed": (
                mint(exp=str(_NOW)),
                {"exp": _NUMBER},
            ),
        },
    ),
    *_refused(
        "4. Request flow, 11 before 12",
        _LIMITED_BOTH,
        {
            "claims are checked before the limit": (
                mint(exp=_NOW + 601, nbf=_NOW + 1),
                {"nbf": _EARLY},
            ),
        },
    ),
    *_passes(
        _PLUGIN,
        guarded(claims_to_verify=["exp"], maximum_expiration=0),
        {"a limit of zero is off": mint(exp=_NOW + 10 * _YEAR)},
    ),
    *_passes(
        _PLUGIN,
        guarded(claims_to_verify=["exp"], maximum_expiration=_YEAR),
        {"the highest limit, to the second": mint(exp=_NOW + _YEAR)},
    ),
    *_refused(
        _PLUGIN,
        guarded(claims_to_verify=["exp"], maximum_expiration=_YEAR),
        {"over the highest limit": (mint(exp=_NOW + _YEAR + 1), {"exp": _FAR})},
    ),
    *_passes(
        _PLUGIN,
        guarded(claims_to_verify=["exp"], maximum_expiration=0.5),
        {"a limit of half a second": mint(exp=_NOW + 0.5)},
    ),
    *_refused(
        _PLUGIN,
        guarded(claims_to_verify=["exp"], maximum_expiration=0.5),
        {"over a limit of half a second": (mint(exp=_NOW + 1), {"exp": _FAR})},
    ),
    *_passes(
        _LIMIT,
        _LIMITED_ALONE,
        {"a limit without claims to verify": mint(exp=_NOW + 600)},
    ),
    *_refused(
        _LIMIT,
        _LIMITED_ALONE,
        {
            "over a limit without claims to verify": (
                mint(exp=_NOW + 601),
                {"exp": _FAR},
            ),
        },
    ),
    refusing(
        "no exp under a limit without claims to verify",
        _LIMIT,
        _LIMITED_ALONE,
        bearer(mint(exp=None)),
        {"exp": _NUMBER},
        why="Kong says that it exceeds the limit; here exp is demanded for itself",
    ),
    refusing(
        "expired under a limit without claims to verify",
        _LIMIT,
        _LIMITED_ALONE,
        bearer(mint(exp=_NOW)),
        {"exp": _EXPIRED},
        why="Kong passes it: the limit alone does not make it look at the time",
    ),
    refusing(
        "exp as a text under a limit without claims to verify",
        "5. Failures: server errors that a client can cause",
        _LIMITED_ALONE,
        bearer(mint(exp="never")),
        {"exp": _NUMBER},
        why="Kong answers 500",
    ),
)

CASES = (*UNVERIFIED, *EXPIRATION, *NOT_BEFORE, *TOGETHER, *LIMIT)
