import pytest

from jwtgate import Gate, Policy, Reason
from jwtgate.dialect import NATIVE, strict
from jwtgate.dialects import APISIX, KONG
from tests.kit import NOW, ListStore, Sent, credential, make_gate, mint, via_wsgi

GATEWAYS = {"kong": KONG, "apisix": APISIX}
OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"


@pytest.mark.parametrize(
    ("moment", "claims"),
    [
        (NOW + 0.9, {"exp": NOW + 0.5}),
        (NOW, {"exp": NOW}),
        (NOW, {"nbf": NOW + 0.1}),
    ],
    ids=["exp within this second", "exp now", "nbf"],
)
def test_native_borders_that_refuse(moment: float, claims: dict[str, float]) -> None:
    """Fractions of the time count natively."""
    gate = Gate(ListStore(credential()), clock=lambda: moment)
    assert not via_wsgi(gate, Sent.bearer(mint(claims))).app_ran


def test_native_nbf_is_included() -> None:
    """RFC 7519 4.1.5: not before; the very second is good."""
    assert via_wsgi(make_gate(), Sent.bearer(mint(nbf=NOW))).app_ran


@pytest.mark.parametrize("name", GATEWAYS)
def test_strict_has_one_text_for_all_failures_about_keys(name: str) -> None:
    """The gateway's words, without its enumeration of keys."""
    dialect = strict(GATEWAYS[name])
    texts = {dialect.texts[reason] for reason in Reason if reason.about_keys}
    assert texts == {GATEWAYS[name].texts[Reason.SIGNATURE_INVALID]}


@pytest.mark.parametrize("name", GATEWAYS)
def test_strict_keeps_the_gateway_s_other_texts(name: str) -> None:
    """What is no enumeration stays as its clients know it."""
    dialect = strict(GATEWAYS[name])
    kept = {reason for reason in GATEWAYS[name].texts if not reason.about_keys}
    assert all(dialect.texts[each] == GATEWAYS[name].texts[each] for each in kept)


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(
    "field",
    [
        "name",
        "text_names",
        "claim_texts",
        "quota_headers",
        "error",
        "describes_error",
        "content_type",
        "body_end",
        "identity_headers",
        "anonymous_headers",
        "credential_identifier",
    ],
)
def test_strict_keeps_what_clients_and_apps_see(name: str, field: str) -> None:
    """Names, form and headers are the gateway's."""
    assert getattr(strict(GATEWAYS[name]), field) == getattr(GATEWAYS[name], field)


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(
    "field",
    [
        "read_header",
        "keep_empty",
        "keep_valueless",
        "unique_parameter",
        "cookies_in_any_case",
        "cookies_quoted",
        "exempts_every_options",
        "algorithm_before_key",
        "signature_before_key",
        "key_claims_must_agree",
        "asks_groupless",
        "hides_keys",
        "whole_seconds",
        "nbf_exclusive",
        "statuses",
    ],
)
def test_strict_behaves_natively(name: str, field: str) -> None:
    """What decides is jwtgate's own."""
    assert getattr(strict(GATEWAYS[name]), field) == getattr(NATIVE, field)


def test_a_strict_gateway_hides_keys_from_its_clients() -> None:
    """An unknown key and a bad signature have one answer."""
    gate = make_gate(policy=Policy.kong(strict=True))
    unknown = via_wsgi(gate, Sent.bearer(mint(iss="nobody")))
    forged = via_wsgi(gate, Sent.bearer(mint(secret=OTHER_SECRET)))
    assert (unknown.body, unknown.headers) == (forged.body, forged.headers)
    assert forged.message == {"message": "Invalid signature"}


@pytest.mark.parametrize("name", GATEWAYS)
def test_strict_policies_are_equal(name: str) -> None:
    """There is one strict form of a gateway, so that equal settings are equal."""
    make = {"kong": Policy.kong, "apisix": Policy.apisix}[name]
    assert make(strict=True) == make(strict=True) != make()


def test_natively_a_text_is_called_message() -> None:
    """Whatever the reason."""
    assert NATIVE.text_names == {}


def test_natively_the_tightest_rate_is_told() -> None:
    """One set of headers, however many rates there are."""
    assert NATIVE.quota_headers == "tightest"
