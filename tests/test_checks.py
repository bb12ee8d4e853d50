import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import Reason, checks
from jwtgate.jose import VerifiedToken
from jwtgate.jose.claims import parse_claims
from jwtgate.jose.header import parse_header
from tests.kit import NOW

EXPIRED = ("exp", Reason.TOKEN_EXPIRED)
TOO_EARLY = ("nbf", Reason.TOKEN_NOT_YET_VALID)
TOO_FAR = ("exp", Reason.EXPIRATION_TOO_FAR)


def token(claims: dict[str, Any], **header: Any) -> VerifiedToken:
    """Make a token as if it had been verified."""
    read = parse_header(json.dumps({"alg": "HS256", **header}).encode())
    return VerifiedToken(read, parse_claims(json.dumps(claims).encode()))


@pytest.mark.parametrize(
    ("exp", "grace", "failure"),
    [
        (NOW + 1, 0, None),
        (NOW + 0.001, 0, None),
        (NOW, 0, EXPIRED),
        (NOW - 1, 0, EXPIRED),
        (NOW - 9.999, 10, None),
        (NOW - 10, 10, EXPIRED),
        (10**4000, 0, None),
        (-(10**4000), 0, EXPIRED),
        (1e308, 0, None),
    ],
    ids=str,
)
def test_a_token_expires_on_exp(
    exp: float, grace: float, failure: checks.Failure | None
) -> None:
    """RFC 7519 4.1.4: on or after it; the grace moves the border."""
    assert checks.expiration(token({"exp": exp}), NOW, grace) == failure


@pytest.mark.parametrize(
    ("nbf", "grace", "failure"),
    [
        (NOW, 0, None),
        (NOW - 1, 0, None),
        (NOW + 0.001, 0, TOO_EARLY),
        (NOW + 10, 10, None),
        (NOW + 10.001, 10, TOO_EARLY),
        (10**4000, 0, TOO_EARLY),
    ],
    ids=str,
)
def test_a_token_is_good_from_nbf_on(
    nbf: float, grace: float, failure: checks.Failure | None
) -> None:
    """RFC 7519 4.1.5: not before it; the grace moves the border."""
    assert checks.not_before(token({"nbf": nbf}), NOW, grace) == failure


@pytest.mark.parametrize(
    ("nbf", "grace", "failure"),
    [
        (NOW - 1, 0, None),
        (NOW, 0, TOO_EARLY),
        (NOW + 1, 0, TOO_EARLY),
        (NOW + 9, 10, None),
        (NOW + 10, 10, TOO_EARLY),
        (NOW + 11, 10, TOO_EARLY),
    ],
    ids=str,
)
def test_an_exclusive_nbf_is_too_early_itself(
    nbf: float, grace: float, failure: checks.Failure | None
) -> None:
    """As APISIX has it."""
    assert checks.not_before_exclusive(token({"nbf": nbf}), NOW, grace) == failure


@pytest.mark.parametrize(
    "check",
    [checks.expiration, checks.not_before, checks.not_before_exclusive],
    ids=["exp", "nbf", "exclusive nbf"],
)
def test_an_absent_time_passes(check: checks.Check) -> None:
    """Whether it must be there is another check's business."""
    assert check(token({}), NOW, 0) is None


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("exp", checks.expiration),
        ("nbf", checks.not_before),
        ("nbf", checks.not_before_exclusive),
        ("exp", checks.maximum_expiration(60)),
    ],
    ids=["exp", "nbf", "exclusive nbf", "limit"],
)
@pytest.mark.parametrize(
    "value", [None, True, "1800000600", "9_999", [NOW], {}], ids=repr
)
def test_a_time_that_is_no_number_is_refused(
    name: str, check: checks.Check, value: object
) -> None:
    """RFC 7519 2: a NumericDate is a JSON number."""
    assert check(token({name: value}), NOW, 0) == (name, Reason.CLAIM_INVALID)


@pytest.mark.parametrize(
    ("exp", "failure"),
    [
        (NOW + 60, None),
        (NOW + 60.001, TOO_FAR),
        (NOW - 1, None),
        (10**4000, TOO_FAR),
    ],
    ids=str,
)
def test_exp_may_not_lie_beyond_the_maximum(
    exp: float, failure: checks.Failure | None
) -> None:
    """Exactly the maximum passes."""
    assert checks.maximum_expiration(60)(token({"exp": exp}), NOW, 0) == failure


def test_no_grace_widens_the_maximum() -> None:
    """It bounds what may be stolen, not what clocks disagree on."""
    check = checks.maximum_expiration(60)
    assert check(token({"exp": NOW + 61}), NOW, 10) == TOO_FAR


def test_the_maximum_is_measured_from_now() -> None:
    """The sender chooses ``iat``."""
    check = checks.maximum_expiration(60)
    claims = {"exp": NOW + 90, "iat": NOW + 40}
    assert check(token(claims), NOW, 0) == TOO_FAR


def test_a_maximum_needs_exp() -> None:
    """Without it a token would live for ever."""
    check = checks.maximum_expiration(60)
    assert check(token({}), NOW, 0) == ("exp", Reason.CLAIM_INVALID)


@pytest.mark.parametrize(
    ("claims", "failure"),
    [
        ({"sub": "x"}, None),
        ({"sub": None}, None),
        ({"Sub": "x"}, ("sub", Reason.CLAIM_MISSING)),
        ({}, ("sub", Reason.CLAIM_MISSING)),
    ],
    ids=["present", "null", "other case", "absent"],
)
def test_a_required_claim_is_present(
    claims: dict[str, Any], failure: checks.Failure | None
) -> None:
    """``null`` counts as present."""
    assert checks.required("sub")(token(claims), NOW, 0) == failure


@pytest.mark.parametrize("iss", ["one", "two"])
def test_an_accepted_issuer_passes(iss: str) -> None:
    """Exactly one of those listed."""
    assert checks.issuer(("one", "two"))(token({"iss": iss}), NOW, 0) is None


@pytest.mark.parametrize(
    "claims",
    [{}, {"iss": "One"}, {"iss": "one "}, {"iss": ["one"]}, {"iss": None}, {"iss": {}}],
    ids=repr,
)
def test_another_issuer_is_refused(claims: dict[str, Any]) -> None:
    """RFC 8725 3.8; compared exactly."""
    check = checks.issuer(("one",))
    assert check(token(claims), NOW, 0) == ("iss", Reason.ISSUER_MISMATCH)


@pytest.mark.parametrize("aud", ["api", ["api"], ["web", "api"], [5, "api"]], ids=repr)
def test_a_token_for_this_audience_passes(aud: object) -> None:
    """RFC 7519 4.1.3: a text, or an array of texts."""
    assert checks.audience(("api",))(token({"aud": aud}), NOW, 0) is None


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": "web"},
        {"aud": "API"},
        {"aud": []},
        {"aud": [["api"]]},
        {"aud": {"api": 1}},
        {"aud": None},
    ],
    ids=repr,
)
def test_a_token_for_another_audience_is_refused(claims: dict[str, Any]) -> None:
    """RFC 8725 3.9: a token for elsewhere is not for here."""
    check = checks.audience(("api",))
    assert check(token(claims), NOW, 0) == ("aud", Reason.AUDIENCE_MISMATCH)


@pytest.mark.parametrize("accepted", ["at+jwt", "application/at+jwt"])
@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt"])
def test_an_accepted_type_passes(accepted: str, typ: str) -> None:
    """RFC 7515 4.1.9: ``application/`` may be left out."""
    assert checks.token_type((accepted,))(token({}, typ=typ), NOW, 0) is None


@pytest.mark.parametrize(
    "header", [{}, {"typ": "JWT"}, {"typ": ["at+jwt"]}, {"typ": None}], ids=repr
)
def test_cross_jwt_confusion_another_type_is_refused(header: dict[str, Any]) -> None:
    """RFC 8725 3.11: an ID token is no access token."""
    check = checks.token_type(("at+jwt",))
    assert check(token({}, **header), NOW, 0) == ("typ", Reason.TYPE_MISMATCH)


MOMENTS = st.floats(0, 4e9) | st.integers(0, 4 * 10**9)
GRACES = st.integers(0, 1000)


@given(exp=MOMENTS, now=MOMENTS, grace=GRACES)
def test_the_exclusive_border_differs_at_one_point_only(
    exp: float, now: float, grace: float
) -> None:
    """Elsewhere both readings of nbf agree."""
    at = token({"nbf": exp})
    differ = checks.not_before(at, now, grace) != checks.not_before_exclusive(
        at, now, grace
    )
    assert differ is (exp == now + grace)


@given(exp=MOMENTS, now=MOMENTS, limit=st.integers(1, 10**6))
def test_what_passes_both_checks_of_exp_expires_within_the_limit(
    exp: float, now: float, limit: int
) -> None:
    """The window that a token may be good for is as configured."""
    at = token({"exp": exp})
    checks_of_exp = (checks.expiration, checks.maximum_expiration(limit))
    passes = all(check(at, now, 0) is None for check in checks_of_exp)
    assert passes is (now < exp <= now + limit)


@given(claims=st.dictionaries(st.sampled_from(["exp", "nbf", "iss", "aud"]), st.text()))
def test_no_text_in_a_claim_makes_a_check_fail(claims: dict[str, str]) -> None:
    """Claims of any kind give None or a failure."""
    at = token(claims)
    for check in (checks.expiration, checks.not_before, checks.audience(("a",))):
        assert check(at, NOW, 0) is None or check(at, NOW, 0)
