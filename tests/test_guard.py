import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Anonymous,
    Answer,
    Authenticated,
    ConfigurationError,
    Consumer,
    Credential,
    CredentialStore,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    Quota,
    Reason,
    RequestView,
    Route,
    UnusableCredential,
    authenticate,
)
from jwtgate.asks import FindConsumer, FindCredentials, TakeQuota
from jwtgate.counting import Counter
from jwtgate.guard import Guard
from jwtgate.requirement import Requirement
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    ListStore,
    WaitingStore,
    clock,
    credential,
    jack,
    make_gate,
    make_store,
    mint,
)

GUEST = Consumer(username="guest")
OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"

UNSIGNED = mint().rpartition(".")[0]

REFUSED = {
    Reason.TOKEN_TOO_LONG: mint(pad="x" * 9000),
    Reason.TOKEN_MALFORMED: UNSIGNED,
    Reason.HEADER_MALFORMED: mint(header=[]),
    Reason.PAYLOAD_MALFORMED: mint(b"{"),
    Reason.PAYLOAD_NOT_OBJECT: mint([]),
    Reason.EXTENSION_UNSUPPORTED: mint(header={"alg": "HS256", "crit": ["exp"]}),
    Reason.ALGORITHM_UNSUPPORTED: mint(header={"alg": "none"}),
    Reason.KEY_CLAIM_MISSING: mint(iss=None),
    Reason.KEY_CLAIM_INVALID: mint(iss=5),
    Reason.KEY_CLAIM_CONFLICT: mint(header={"alg": "HS256", "iss": "jill-key"}),
    Reason.KEY_UNKNOWN: mint(iss="nobody"),
    Reason.ALGORITHM_MISMATCH: mint(algorithm="HS384"),
    Reason.SIGNATURE_MALFORMED: f"{UNSIGNED}.AB",
    Reason.SIGNATURE_INVALID: mint(secret=OTHER_SECRET),
    Reason.TOKEN_EXPIRED: mint(exp=NOW),
    Reason.TOKEN_NOT_YET_VALID: mint(nbf=NOW + 1),
    Reason.CLAIM_MISSING: mint(exp=None),
    Reason.CLAIM_INVALID: mint(exp="soon"),
}
"""A token for every reason that one token brings about natively."""

PREFLIGHT = RequestView(
    "OPTIONS",
    headers=(
        (b"Origin", b"https://app.example"),
        (b"Access-Control-Request-Method", b"GET"),
    ),
)


class FailingStore:
    """A store that is down."""

    def find(self, key: str, kid: str | None = None) -> Any:
        """Fail."""
        raise ConnectionError("down", key, kid)


class JunkStore:
    """A store that answers what it should not."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def find(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Give it."""
        return self.answer


def bearer(token: str, **fields: Any) -> RequestView:
    """Make a request with a bearer token."""
    line = (b"Authorization", f"Bearer {token}".encode())
    more = fields.pop("headers", ())
    return RequestView(**{"method": "GET", **fields, "headers": (line, *more)})


def decide(gate: Gate, token: str | None = None) -> Outcome:
    """Decide on a request with this token, or with none."""
    return authenticate(gate, RequestView("GET") if token is None else bearer(token))


def refusal(gate: Gate, token: str | None = None) -> Denied:
    """Decide on a request that must be refused."""
    outcome = decide(gate, token)
    assert isinstance(outcome, Denied)
    return outcome


def admitted(gate: Gate, token: str) -> Authenticated:
    """Decide on a request that must be authenticated."""
    outcome = decide(gate, token)
    assert isinstance(outcome, Authenticated)
    return outcome


def guarded(store: CredentialStore, policy: Policy | None = None) -> Gate:
    """Make a gate over any store."""
    return Gate(store, policy, clock=clock)


# Making one


@pytest.mark.parametrize("store", [{KEY: SECRET}, "sqlite:///credentials.db"])
def test_a_gate_wants_a_store(store: Any) -> None:
    """What finds no credentials is refused when the gate is made, a URL too."""
    with pytest.raises(ConfigurationError, match="a store needs a method find"):
        Gate(store)


def test_a_gate_wants_a_policy() -> None:
    """A dict of settings is no policy."""
    with pytest.raises(ConfigurationError, match="policy"):
        Gate(ListStore(), {"key_claim": "iss"})  # type: ignore[arg-type]


def test_a_gate_has_the_strict_policy_if_none_is_given() -> None:
    """The defaults are the strict ones."""
    assert make_gate().policy == Policy()


def test_a_sync_only_store_is_named_when_async_code_mounts_the_gate() -> None:
    """A store that would block the event loop is an error of configuration."""
    with pytest.raises(ConfigurationError, match="in_thread"):
        guarded(FailingStore()).require_async()


def test_a_named_anonymous_consumer_needs_a_store_that_finds_consumers() -> None:
    """The error comes when the gate is mounted, not at the first request."""
    with pytest.raises(ConfigurationError, match="find_consumer"):
        make_gate(policy=Policy(anonymous="guest")).require_sync()


# A good token


def test_a_good_token_names_its_consumer() -> None:
    """The consumer is the one of the credential that verified the token."""
    assert admitted(make_gate(), mint()).consumer == jack()


def test_an_authenticated_outcome_shows_the_credential_without_its_key() -> None:
    """The view names the credential; the secret is not reachable from it."""
    outcome = admitted(make_gate(credential(id="c1")), mint())
    assert outcome.credential == credential(id="c1").view


def test_an_authenticated_outcome_has_claims_and_header() -> None:
    """Both are those of the token."""
    outcome = admitted(make_gate(), mint(sub="user-1"))
    assert (outcome.claims["sub"], outcome.header["alg"]) == ("user-1", "HS256")


def test_an_outcome_knows_its_gate() -> None:
    """Two gates on one request are told apart by it."""
    gate = make_gate()
    assert admitted(gate, mint()).gate is gate


def test_an_authenticated_outcome_has_the_identity_headers() -> None:
    """Consumer and credential go to the app as headers."""
    headers = dict(admitted(make_gate(), mint()).request_headers)
    assert headers["X-Consumer-Username"] == "jack"


def test_a_token_in_the_header_lets_the_response_be_cached() -> None:
    """Nothing is added to the response of a request with a bearer header."""
    assert admitted(make_gate(), mint()).response_headers == ()


def test_a_token_in_the_query_forbids_caching_the_response() -> None:
    """What a URL with a token gave is not for shared caches (RFC 6750 2.3)."""
    gate = make_gate(policy=Policy(query_names=("jwt",)))
    outcome = authenticate(gate, RequestView("GET", query=b"jwt=" + mint().encode()))
    assert isinstance(outcome, Authenticated)
    assert outcome.response_headers == (("Cache-Control", "no-store"),)


# The order of the decision


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_a_token_is_refused_for(reason: Reason) -> None:
    """Each fault of a token has its own reason."""
    assert refusal(make_gate(), REFUSED[reason]).reason is reason


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        pytest.param(
            mint(header={"alg": "none"}, iss=None),
            Reason.ALGORITHM_UNSUPPORTED,
            id="allowed algorithm, key claim",
        ),
        pytest.param(
            mint(header={"alg": "none", "crit": []}),
            Reason.EXTENSION_UNSUPPORTED,
            id="form, allowed algorithm",
        ),
        pytest.param(
            UNSIGNED.partition(".")[0] + "." + mint(iss=7).split(".")[1] + ".!",
            Reason.KEY_CLAIM_INVALID,
            id="key claim, form of the signature",
        ),
        pytest.param(
            mint(algorithm="HS384", iss="nobody"),
            Reason.KEY_UNKNOWN,
            id="key, its algorithm",
        ),
        pytest.param(
            mint(algorithm="HS384", secret=OTHER_SECRET),
            Reason.ALGORITHM_MISMATCH,
            id="its algorithm, signature",
        ),
        pytest.param(
            mint(secret=OTHER_SECRET, exp=NOW - 1),
            Reason.SIGNATURE_INVALID,
            id="signature, claims",
        ),
        pytest.param(
            mint(exp=NOW - 1, nbf=NOW + 1), Reason.TOKEN_EXPIRED, id="exp, nbf"
        ),
    ],
)
def test_of_two_faults_the_earlier_step_answers(token: str, reason: Reason) -> None:
    """The steps of a decision have one order."""
    assert refusal(make_gate(), token).reason is reason


def test_kong_refuses_a_signature_that_is_no_base64url_before_the_look_up() -> None:
    """The order of the answers is the gateway's."""
    store = ListStore(credential())
    token = REFUSED[Reason.SIGNATURE_MALFORMED]
    denied = refusal(guarded(store, Policy.kong()), token)
    assert (denied.reason, store.asked) == (Reason.SIGNATURE_MALFORMED, [])


def test_differing_tokens_are_refused_before_either_is_parsed() -> None:
    """Two tokens are a conflict, whatever they are."""
    gate = make_gate(policy=Policy(query_names=("jwt",)))
    outcome = authenticate(gate, bearer(mint(), query=b"jwt=garbage"))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.TOKENS_DIFFER


def test_a_preflight_is_exempt_before_its_token_is_looked_at() -> None:
    """An exempt request is not decided on."""
    gate = make_gate(policy=Policy(run_on_preflight=False))
    headers = (*PREFLIGHT.headers, (b"Authorization", b"Bearer garbage"))
    outcome = authenticate(gate, RequestView("OPTIONS", headers=headers))
    assert isinstance(outcome, Exempt)


def test_the_flow_asks_for_the_credentials_of_the_key() -> None:
    """The first thing that a flow waits for is a look-up, with the kid as a hint."""
    gate = guarded(WaitingStore(credential()))
    flow = gate.decide(bearer(mint(header={"alg": "HS256", "kid": "k1"})))
    ask = next(flow)
    assert isinstance(ask, FindCredentials)
    assert (ask.key, ask.kid) == (KEY, "k1")


def test_a_store_that_never_waits_is_asked_with_nobody_in_between() -> None:
    """The flow has nothing to wait for."""
    with pytest.raises(StopIteration) as done:
        next(guarded(ListStore(credential())).decide(bearer(mint())))
    assert isinstance(done.value.value, Authenticated)


def test_a_store_that_never_waits_may_fail() -> None:
    """That is no refusal of the token."""

    class Failing(ListStore):
        def find(self, key: str, kid: str | None = None) -> NoReturn:
            raise OSError(f"{key} {kid}")

    denied = refusal(guarded(Failing()), mint())
    assert denied.reason is Reason.STORE_UNAVAILABLE


def test_the_flow_asks_for_the_anonymous_consumer_by_name() -> None:
    """A consumer that the policy names is looked up when it stands in."""
    store = make_store()
    flow = guarded(store, Policy(anonymous="guest")).decide(RequestView("GET"))
    ask = next(flow)
    assert isinstance(ask, FindConsumer)
    assert ask.name == "guest"


@pytest.mark.parametrize(
    "key",
    ["a\nb", "a\0b", "\N{RIGHT-TO-LEFT OVERRIDE}k", "k" * 513],
    ids=["line end", "NUL", "bidi", "513 octets"],
)
def test_a_key_that_cannot_exist_never_reaches_the_store(key: str) -> None:
    """Drivers fail on such texts; to the client the key is unknown."""
    store = ListStore(credential())
    assert refusal(guarded(store), mint(iss=key)).reason is Reason.KEY_UNKNOWN
    assert store.asked == []


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_a_malformed_token_costs_no_look_up(reason: Reason) -> None:
    """Only a well-formed token with a key reaches the store, and once."""
    store = ListStore(credential())
    refusal(guarded(store), REFUSED[reason])
    formed = reason.about_keys or reason.text.startswith(
        ("The token has", "The token is not valid", "The token lacks", "A claim")
    )
    assert len(store.asked) == formed


def test_a_decision_reads_the_clock_once() -> None:
    """All checks of one decision see the same time."""
    policy = Policy(maximum_expiration=3600)
    gate = Gate(ListStore(credential()), policy, clock=iter([NOW]).__next__)
    token = mint(nbf=NOW)
    assert isinstance(decide(gate, token), Authenticated)


# What the client is told


def test_no_token_is_told_plainly_and_without_an_error_code() -> None:
    """A client that did not know is challenged without blame (RFC 6750 3.1)."""
    denied = refusal(make_gate())
    assert (denied.status, denied.body) == (401, {"message": Reason.TOKEN_MISSING.text})
    assert dict(denied.response_headers)["WWW-Authenticate"] == "Bearer"


NO_KEY = UnusableCredential(key=KEY, why="no PEM", refuses=True)
KEY_FAILURES: dict[Reason, tuple[Credential | UnusableCredential, str]] = {
    Reason.KEY_UNKNOWN: (credential(), mint(iss="nobody")),
    Reason.KID_UNKNOWN: (
        credential(kid="k1"),
        mint(header={"alg": "HS256", "kid": "k2"}),
    ),
    Reason.CREDENTIAL_DISABLED: (credential(enabled=False), mint()),
    Reason.CREDENTIAL_NOT_YET_VALID: (credential(not_before=NOW + 1), mint()),
    Reason.CREDENTIAL_RETIRED: (credential(retire_after=NOW), mint()),
    Reason.CONSUMER_DISABLED: (credential(consumer=jack(enabled=False)), mint()),
    Reason.ALGORITHM_MISMATCH: (credential(), mint(algorithm="HS512")),
    Reason.KEY_UNUSABLE: (NO_KEY, mint()),
    Reason.SIGNATURE_MALFORMED: (credential(), f"{UNSIGNED}.AB"),
    Reason.SIGNATURE_INVALID: (credential(), mint(secret=OTHER_SECRET)),
}


def test_the_table_of_key_failures_is_whole() -> None:
    """Every reason about keys has a case below."""
    assert set(KEY_FAILURES) == {reason for reason in Reason if reason.about_keys}


@pytest.mark.parametrize("reason", KEY_FAILURES, ids=lambda reason: reason.code)
def test_a_key_failure_has_its_exact_reason(reason: Reason) -> None:
    """The log and the app can tell key failures apart."""
    row, token = KEY_FAILURES[reason]
    assert refusal(make_gate(row), token).reason is reason


@pytest.mark.parametrize("reason", KEY_FAILURES, ids=lambda reason: reason.code)
def test_key_enumeration_no_failure_about_keys_differs(reason: Reason) -> None:
    """Until the signature holds, the client sees one and the same answer."""
    row, token = KEY_FAILURES[reason]
    seen = refusal(make_gate(row), token)
    forged = refusal(make_gate(), mint(secret=OTHER_SECRET))
    assert (seen.status, seen.body, seen.claim) == (401, forged.body, None)
    assert seen.response_headers == forged.response_headers


# Credentials off duty, rotation, kid


def kid_token(kid: str, secret: str = SECRET) -> str:
    """Make a token with a key id."""
    return mint(header={"alg": "HS256", "kid": kid}, secret=secret)


def test_both_keys_of_a_rotation_verify() -> None:
    """An issuer changes over without a gap."""
    gate = make_gate(credential(kid="old", secret=OTHER_SECRET), credential(kid="new"))
    admitted(gate, kid_token("old", OTHER_SECRET))
    assert admitted(gate, kid_token("new")).credential.kid == "new"


def test_a_rotation_needs_no_kid_in_tokens() -> None:
    """Tokens without kid are tried with every live credential of the key."""
    gate = make_gate(credential(kid="old", secret=OTHER_SECRET), credential(kid="new"))
    assert admitted(gate, mint()).credential.kid == "new"


def test_kid_confusion_another_kid_s_key_does_not_verify() -> None:
    """A good signature under the wrong kid is refused."""
    gate = make_gate(credential(kid="k1", secret=OTHER_SECRET), credential(kid="k2"))
    assert refusal(gate, kid_token("k1")).reason is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize(
    "fields",
    [{"not_before": NOW}, {"retire_after": NOW + 0.001}],
    ids=["first second", "last moment"],
)
def test_the_borders_of_a_credential_s_life_are_in(fields: dict[str, float]) -> None:
    """It may be used from not_before on, until retire_after."""
    admitted(make_gate(credential(**fields)), mint())


# What a store gives


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, Reason.INTERNAL),
        (5, Reason.INTERNAL),
        ([None], Reason.CREDENTIAL_UNUSABLE),
        ("junk", Reason.CREDENTIAL_UNUSABLE),
        ([UnusableCredential(key=KEY, why="alg")], Reason.CREDENTIAL_UNUSABLE),
    ],
    ids=["None", "number", "row of None", "text", "unusable"],
)
def test_junk_from_a_store_is_a_503(answer: object, reason: Reason) -> None:
    """A row that cannot be used is our fault: on a 401, clients discard good tokens."""
    denied = refusal(guarded(JunkStore(answer)), mint())
    assert (denied.reason, denied.status) == (reason, 503)


@pytest.mark.parametrize(
    "key", ["other-key", "JACK-KEY", "jack-key "], ids=["other", "case", "blank"]
)
def test_a_store_that_compares_loosely_finds_nothing(key: str) -> None:
    """A credential of another key is passed over, however alike the keys look."""
    gate = guarded(JunkStore([credential(key=key)]))
    assert refusal(gate, mint()).reason is Reason.KEY_UNKNOWN


def test_a_store_may_answer_with_a_generator() -> None:
    """Any iterable of credentials will do."""
    admitted(guarded(JunkStore(iter([credential()]))), mint())


def test_a_row_that_fails_while_it_is_read_is_a_503() -> None:
    """A lazy answer that raises is our fault."""
    rows = (1 // 0 for _ in range(1))
    assert refusal(guarded(JunkStore(rows)), mint()).status == 503


def test_an_unusable_row_does_not_stop_a_good_one() -> None:
    """503 only when no other candidate verifies."""
    rows = [UnusableCredential(key=KEY, why="alg"), None, credential()]
    admitted(guarded(JunkStore(rows)), mint())


# The anonymous consumer


def test_the_anonymous_consumer_stands_in_for_a_missing_token() -> None:
    """A policy that has one lets requests without a token pass as it."""
    outcome = decide(make_gate(policy=Policy(anonymous=GUEST)))
    assert isinstance(outcome, Anonymous)
    assert (outcome.consumer, outcome.refusal) == (GUEST, Reason.TOKEN_MISSING)


def test_the_anonymous_consumer_is_marked_for_the_app() -> None:
    """X-Anonymous-Consumer tells it from an authenticated one."""
    outcome = decide(make_gate(policy=Policy(anonymous=GUEST)))
    assert isinstance(outcome, Anonymous)
    assert ("X-Anonymous-Consumer", "true") in outcome.request_headers


@pytest.mark.parametrize("by", ["username", "id"])
def test_the_store_finds_the_anonymous_consumer_by_name(by: str) -> None:
    """An id or a username names it."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    outcome = decide(guarded(store, Policy(anonymous=getattr(guest, by))))
    assert isinstance(outcome, Anonymous)
    assert outcome.consumer == guest


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (Policy(anonymous="gone"), 503),
        (Policy.kong(anonymous="gone"), 500),
        (Policy.apisix(anonymous="gone"), 401),
    ],
    ids=["native", "kong", "apisix"],
)
def test_an_anonymous_consumer_that_does_not_exist_is_no_free_pass(
    policy: Policy, status: int
) -> None:
    """It refuses, each in its gateway's way."""
    denied = refusal(guarded(make_store(), policy))
    assert (denied.reason, denied.status) == (Reason.ANONYMOUS_UNKNOWN, status)


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_anonymous_downgrade_a_bad_token_stays_refused(reason: Reason) -> None:
    """Natively only a missing token becomes anonymous."""
    gate = make_gate(policy=Policy(anonymous=GUEST))
    assert refusal(gate, REFUSED[reason]).reason is reason


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_any_refusal_becomes_anonymous_where_the_policy_says_so(reason: Reason) -> None:
    """The gateways do so, and the refusal stays readable."""
    gate = make_gate(policy=Policy(anonymous=GUEST, anonymous_for="any"))
    outcome = decide(gate, REFUSED[reason])
    assert isinstance(outcome, Anonymous)
    assert outcome.refusal is reason


@pytest.mark.parametrize(
    "store",
    [
        FailingStore(),
        JunkStore(None),
        JunkStore([UnusableCredential(key=KEY, why="alg")]),
    ],
    ids=["down", "junk", "unusable row"],
)
def test_our_own_failure_never_becomes_anonymous(store: CredentialStore) -> None:
    """A store that fails must not turn callers into guests."""
    gate = guarded(store, Policy(anonymous=GUEST, anonymous_for="any"))
    assert refusal(gate, mint()).status == 503


def equal(**fields: Any) -> Guard:
    """Make a guard over one store."""
    given = {"store": STORE, "policy": Policy(realm="a"), "place": "here", **fields}
    return Guard(**given, gate=None, clock=clock, counter=Counter())


STORE = ListStore()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"place": "there"}, True),
        ({"policy": Policy(realm="b")}, False),
        ({"policy": Policy.kong(realm="a")}, False),
        ({"store": ListStore()}, False),
    ],
    ids=["nothing", "place", "policy", "dialect", "store"],
)
def test_guards_demand_the_same_by_one_store_and_equal_policies(
    fields: dict[str, Any], *, expected: bool
) -> None:
    """Wherever they are."""
    assert equal().demands_as(equal(**fields)) is expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(), False),
        (Policy(quota="1/h"), False),
        (Policy(termination=Answer(status=410)), True),
        (Policy(access=Access(deny_consumers=["jack"])), True),
    ],
    ids=["nothing", "quota", "termination", "access"],
)
def test_a_guard_may_admit_nobody_who_is_unknown(
    policy: Policy, *, expected: bool
) -> None:
    """A public route with it is shut."""
    assert equal(policy=policy).admits_nobody is expected


# What holds once it is known who calls


def test_who_is_known_is_held_to_the_policy_s_terms() -> None:
    """After the token, and by it."""
    gate = make_gate(policy=Policy(access=Access(deny_consumers=["jack"])))
    assert refusal(gate, mint()).reason is Reason.CONSUMER_FORBIDDEN
    assert refusal(gate).reason is Reason.TOKEN_MISSING
    gate = make_gate(policy=Policy(access=Access(allow_consumers=["jack"])))
    assert admitted(gate, mint()).response_headers == ()


def test_the_anonymous_consumer_is_held_to_them_too() -> None:
    """It is a consumer like any."""
    policy = Policy(anonymous=GUEST, access=Access(deny_consumers=["guest"]))
    assert refusal(make_gate(policy=policy)).reason is Reason.CONSUMER_FORBIDDEN


@pytest.mark.parametrize("mode", ["enforce", "report"])
def test_what_is_shut_is_shut_to_an_exempt_preflight(mode: Any) -> None:
    """There is nothing to ask for."""
    policy = Policy(run_on_preflight=False, termination=Answer(status=410), mode=mode)
    outcome = authenticate(make_gate(policy=policy), PREFLIGHT)
    assert isinstance(outcome, Denied)
    assert outcome.status == 410


def test_what_is_shut_is_shut_to_who_would_be_reported() -> None:
    """It is logged as what it is answered."""
    policy = Policy(mode="report", termination=Answer(status=410))
    assert refusal(make_gate(policy=policy)).reason is Reason.TERMINATED


@pytest.mark.parametrize("per", ["consumer", "credential"])
def test_the_flow_asks_for_a_request_of_the_quota(per: str) -> None:
    """The last thing that it waits for."""
    quota = Quota(rates="9/h", per=[per])
    flow = make_gate(policy=Policy(quota=quota)).decide(bearer(mint()))
    ask = next(flow)
    assert isinstance(ask, TakeQuota)
    expected = {"consumer": f"consumer {jack().id}", "credential": f"credential {KEY}"}
    assert (ask.who, ask.now) == ((expected[per],), NOW)


def test_who_passes_is_told_what_is_left_of_a_quota() -> None:
    """Nothing else of the outcome changes."""
    gate = make_gate(policy=Policy(quota=Quota(rates="9/h", aligned=True)))
    outcome, plain = admitted(gate, mint()), admitted(make_gate(), mint())
    assert dict(outcome.response_headers)["X-RateLimit-Remaining"] == "8"
    assert outcome.request_headers == plain.request_headers
    assert gate.standing(outcome, RequestView("GET")) is outcome


def test_on_a_public_route_nobody_is_asked_who_calls() -> None:
    """A quota counts by address."""
    route = Route(path="/*", public=True, policy=Policy(quota="9/h"))
    gate = Gate(ListStore(credential()), routes=[route], clock=clock)
    flow = gate.decide(bearer(mint(), client="192.0.2.1"))
    ask = next(flow)
    assert isinstance(ask, TakeQuota)
    assert ask.who == ("address 192.0.2.1",)
    with pytest.raises(StopIteration) as done:
        flow.send(ask.put())
    assert isinstance(done.value.value, Exempt)
    assert len(done.value.value.response_headers) == 3


# Preflights


def test_a_true_preflight_may_be_exempt() -> None:
    """Browsers send it without credentials."""
    outcome = authenticate(make_gate(policy=Policy(run_on_preflight=False)), PREFLIGHT)
    assert isinstance(outcome, Exempt)
    assert (outcome.why, outcome.would) == ("preflight", None)


def test_a_preflight_is_decided_on_by_default() -> None:
    """Nothing is exempt unless the policy says so."""
    assert isinstance(authenticate(make_gate(), PREFLIGHT), Denied)


@pytest.mark.parametrize(
    "request_",
    [
        RequestView("OPTIONS"),
        RequestView("options", headers=PREFLIGHT.headers),
        RequestView("GET", headers=PREFLIGHT.headers),
        RequestView("OPTIONS", headers=PREFLIGHT.headers, kind="websocket"),
    ],
    ids=["no CORS headers", "lower case", "GET", "websocket"],
)
def test_preflight_bypass_only_true_preflights_are_exempt(
    request_: RequestView,
) -> None:
    """A route may answer OPTIONS with more than CORS headers."""
    gate = make_gate(policy=Policy(run_on_preflight=False))
    assert isinstance(authenticate(gate, request_), Denied)


def test_kong_exempts_every_options_request() -> None:
    """Kong does not look for the CORS headers."""
    gate = make_gate(policy=Policy.kong(run_on_preflight=False))
    assert isinstance(authenticate(gate, RequestView("OPTIONS")), Exempt)


def test_kong_exempts_no_websocket_handshake() -> None:
    """A handshake is a GET, whatever the method says."""
    gate = make_gate(policy=Policy.kong(run_on_preflight=False))
    request = RequestView("OPTIONS", kind="websocket")
    assert isinstance(authenticate(gate, request), Denied)


# Report mode


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_report_mode_lets_a_refusal_pass_without_identity(reason: Reason) -> None:
    """The request is served as if there were no gate, and what would be is told."""
    outcome = decide(make_gate(policy=Policy(mode="report")), REFUSED[reason])
    assert isinstance(outcome, Exempt)
    assert isinstance(outcome.would, Denied)
    assert (outcome.why, outcome.would.reason) == ("report", reason)
    assert outcome.request_headers == ()


def test_report_mode_serves_an_authenticated_request_as_enforced() -> None:
    """Identity and headers are there."""
    outcome = admitted(make_gate(policy=Policy(mode="report")), mint())
    assert outcome.request_headers == admitted(make_gate(), mint()).request_headers


def test_report_mode_does_not_hide_that_a_store_fails() -> None:
    """A failure of ours is no refusal."""
    gate = guarded(FailingStore(), Policy(mode="report"))
    assert refusal(gate, mint()).reason is Reason.STORE_UNAVAILABLE


# Cookies and other sites


def with_cookie(method: str = "POST", **fields: Any) -> RequestView:
    """Make a request that carries its token by cookie."""
    line = (b"Cookie", b"jwt=" + mint().encode())
    more = fields.pop("headers", ())
    return RequestView(method, headers=(line, *more), scheme="https", **fields)


def by_cookie(request: RequestView, **settings: Any) -> Outcome:
    """Decide on it by a policy that reads the cookie."""
    policy = Policy(cookie_names=("jwt",), **settings)
    return authenticate(make_gate(policy=policy), request)


@pytest.mark.parametrize(
    "request_",
    [
        with_cookie(),
        with_cookie(headers=[(b"Origin", b"https://evil.example")]),
        with_cookie("GET", kind="websocket"),
    ],
    ids=["no origin", "other origin", "websocket handshake"],
)
def test_csrf_a_cookie_alone_does_not_authenticate(request_: RequestView) -> None:
    """A browser sends cookies along with what another site makes it send."""
    denied = by_cookie(request_)
    assert isinstance(denied, Denied)
    assert (denied.reason, denied.status) == (Reason.CROSS_SITE, 403)
    assert "WWW-Authenticate" not in dict(denied.response_headers)


@pytest.mark.parametrize(
    "request_",
    [
        with_cookie("GET"),
        with_cookie(headers=[(b"Sec-Fetch-Site", b"same-origin")]),
        with_cookie(
            headers=[(b"Origin", b"https://api.example"), (b"Host", b"api.example")]
        ),
        with_cookie(headers=[(b"Authorization", f"Bearer {mint()}".encode())]),
    ],
    ids=["safe method", "same origin, told", "same origin, seen", "header too"],
)
def test_a_cookie_authenticates_a_request_of_the_same_site(
    request_: RequestView,
) -> None:
    """What another site cannot make a browser send passes."""
    assert isinstance(by_cookie(request_), Authenticated)


def test_a_cookie_authenticates_a_request_of_a_trusted_origin() -> None:
    """The policy may trust further origins."""
    request = with_cookie(headers=[(b"Origin", b"https://app.example")])
    outcome = by_cookie(request, trusted_origins=("https://app.example",))
    assert isinstance(outcome, Authenticated)


def test_the_check_for_other_sites_can_be_switched_off() -> None:
    """For apps that have their own."""
    assert isinstance(by_cookie(with_cookie(), csrf=False), Authenticated)


# The key claim


@pytest.mark.parametrize(
    "token",
    [
        mint(iss=None, client=KEY),
        mint(iss=None, header={"alg": "HS256", "client": KEY}),
        mint(iss=None, client=KEY, header={"alg": "HS256", "client": KEY}),
    ],
    ids=["payload", "header", "both, equal"],
)
def test_the_policy_names_the_key_claim(token: str) -> None:
    """It is looked for in the payload and in the header."""
    gate = make_gate(policy=Policy(key_claim="client"))
    assert admitted(gate, token).credential.key == KEY


def test_a_refusal_for_the_key_claim_names_it() -> None:
    """The name is the policy's, so it may be told to the app."""
    denied = refusal(make_gate(policy=Policy(key_claim="client")), mint())
    assert (denied.reason, denied.claim) == (Reason.KEY_CLAIM_MISSING, "client")


# The grace of claims


def test_the_policy_s_leeway_counts_without_a_grace_period() -> None:
    """A credential without its own takes the policy's."""
    admitted(make_gate(policy=Policy(leeway=10)), mint(exp=NOW - 9))


def test_a_credential_s_grace_period_counts_for_it_alone() -> None:
    """Its own counts, also where it is shorter than the policy's leeway."""
    gate = make_gate(credential(lifetime_grace_period=0), policy=Policy(leeway=10))
    assert refusal(gate, mint(exp=NOW - 9)).reason is Reason.TOKEN_EXPIRED


# Hiding


def test_nothing_is_hidden_by_default() -> None:
    """The app sees the request's own headers."""
    gate = make_gate()
    outcome = decide(gate, mint())
    assert not isinstance(outcome, Denied)
    hiding = outcome.hiding
    assert hiding.header(b"Authorization", b"Bearer x") == b"Bearer x"


def test_a_policy_may_hide_the_token_from_the_app() -> None:
    """Then the line goes."""
    gate = make_gate(policy=Policy(hide_credentials=True))
    outcome = decide(gate, mint())
    assert not isinstance(outcome, Denied)
    hiding = outcome.hiding
    assert hiding.header(b"Authorization", b"Bearer x") is None


def test_what_is_exempt_keeps_its_token() -> None:
    """A gate further in would take the request for one without a token."""
    gate = make_gate(policy=Policy(hide_credentials=True, mode="report"))
    outcome = decide(gate, mint(secret=OTHER_SECRET))
    assert not isinstance(outcome, Denied)
    hiding = outcome.hiding
    assert hiding.header(b"Authorization", b"Bearer x") == b"Bearer x"


# The log


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Catch every record of jwtgate's logger."""
    caplog.set_level(logging.INFO, "jwtgate")
    return caplog


def refusals(log: pytest.LogCaptureFixture) -> list[tuple[object, object]]:
    """Reason and outcome of the records that tell of a refusal."""
    told = [vars(record) for record in log.records if hasattr(record, "jwtgate_reason")]
    return [(each["jwtgate_reason"], each["jwtgate_outcome"]) for each in told]


def written(log: pytest.LogCaptureFixture) -> str:
    """Everything that a sink could write of the records, and their fields."""
    return log.text + repr([vars(record) for record in log.records])


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_a_refusal_is_logged_once_with_its_reason(
    reason: Reason, log: pytest.LogCaptureFixture
) -> None:
    """The log has the exact reason that the client is not told."""
    refusal(make_gate(), REFUSED[reason])
    assert refusals(log) == [(reason.code, "denied")]


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_no_record_holds_a_token_or_a_secret(
    reason: Reason, log: pytest.LogCaptureFixture
) -> None:
    """Logs go to places where tokens must not go."""
    refusal(make_gate(), REFUSED[reason])
    assert reason.code in written(log)
    parts = [SECRET, OTHER_SECRET, *REFUSED[reason].split(".")]
    assert not [part for part in parts if len(part) > 2 and part in written(log)]


def test_a_failing_store_is_logged_with_its_error_and_no_token(
    log: pytest.LogCaptureFixture,
) -> None:
    """The traceback shows code, not the values of the request."""
    refusal(guarded(FailingStore()), mint())
    assert refusals(log) == [("store_unavailable", "denied")]
    assert "ConnectionError" in written(log)
    assert not [part for part in mint().split(".") if part in written(log)]


def test_an_authenticated_request_is_not_logged(log: pytest.LogCaptureFixture) -> None:
    """The log is about refusals."""
    admitted(make_gate(), mint())
    assert log.records == []


@pytest.mark.parametrize(
    ("settings_", "became"),
    [
        ({"mode": "report"}, "exempt"),
        ({"anonymous": GUEST, "anonymous_for": "any"}, "anonymous"),
    ],
    ids=["report mode", "anonymous"],
)
def test_a_refusal_that_passes_is_logged_too(
    settings_: dict[str, Any], became: str, log: pytest.LogCaptureFixture
) -> None:
    """Silence would hide attacks."""
    decide(make_gate(policy=Policy(**settings_)), REFUSED[Reason.TOKEN_EXPIRED])
    assert refusals(log) == [("token_expired", became)]


def test_a_missing_token_that_becomes_anonymous_is_no_refusal(
    log: pytest.LogCaptureFixture,
) -> None:
    """It is what the policy is for, and would flood the log."""
    decide(make_gate(policy=Policy(anonymous=GUEST)))
    assert log.records == []


class FullDisk(logging.Handler):
    """A sink that fails."""

    def emit(self, record: logging.LogRecord) -> None:
        """Fail."""
        raise OSError("no space left", record)


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Put a failing sink behind jwtgate's logger."""
    logger, handler = logging.getLogger("jwtgate"), FullDisk()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.mark.usefixtures("full_disk")
def test_a_log_that_fails_does_not_change_the_answer() -> None:
    """The client is answered as ever."""
    assert refusal(make_gate()).reason is Reason.TOKEN_MISSING


@pytest.mark.usefixtures("full_disk")
def test_a_log_that_fails_does_not_change_the_answer_to_a_failure() -> None:
    """Neither is the record with a traceback a way to fail."""
    assert refusal(guarded(FailingStore()), mint()).status == 503


# Failing closed


def broken_clock() -> float:
    """Fail where no failure is foreseen."""
    raise OSError("no clock")


def test_an_unexpected_error_is_a_503(log: pytest.LogCaptureFixture) -> None:
    """The gate fails closed, says so in the log, and never raises."""
    gate = Gate(ListStore(credential()), clock=broken_clock)
    assert refusal(gate, mint()).reason is Reason.INTERNAL
    assert "OSError" in log.records[0].getMessage()


def test_an_unexpected_error_does_not_pass_in_report_mode() -> None:
    """Only refusals pass there."""
    gate = Gate(ListStore(credential()), Policy(mode="report"), clock=broken_clock)
    assert refusal(gate, mint()).status == 503


HEADER_NAMES = st.sampled_from([b"Authorization", b"authorization", b"Cookie", b"Host"])
HEADER_LINES = st.tuples(HEADER_NAMES, st.binary() | st.just(b"Bearer a.b.c"))


@given(
    method=st.text(),
    query=st.binary() | st.binary().map(b"jwt=".__add__),
    headers=st.lists(HEADER_LINES, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_no_request_makes_a_decision_fail(
    method: str, query: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    """Whatever a client sends, it is refused for its own fault."""
    policy = Policy(query_names=("jwt",), cookie_names=("jwt",), run_on_preflight=False)
    request = RequestView(method, query=query, headers=headers)
    outcome = authenticate(make_gate(policy=policy), request)
    assert isinstance(outcome, Exempt) or (
        isinstance(outcome, Denied) and not outcome.reason.our_fault
    )


@pytest.mark.parametrize("named", [True, False], ids=["by name", "a consumer"])
def test_a_disabled_consumer_does_not_stand_in(named: object) -> None:
    """Who disables the guest shuts the door."""
    store = make_store()
    guest = store.create_consumer(username="guest", enabled=False)
    policy = Policy(anonymous="guest" if named else guest)
    assert refusal(Gate(store, policy, clock=clock)).reason is Reason.TOKEN_MISSING


# What a view demands besides


def viewed(
    policy: Policy, request: RequestView | None = None, **demands: Any
) -> Outcome:
    """Decide on a request, by default without a token, for a view with demands."""
    gate = make_gate(policy=policy)
    return authenticate(gate, request or RequestView("GET"), Requirement(**demands))


KNOWN = bearer(mint())
EXPIRED = bearer(REFUSED[Reason.TOKEN_EXPIRED])
REPORT = Policy(mode="report")
ANY = Policy(anonymous=GUEST, anonymous_for="any")


@pytest.mark.parametrize(
    ("demands", "reason"),
    [
        ({"groups": ["staff"]}, Reason.CONSUMER_FORBIDDEN),
        ({"consumers": ["jill"]}, Reason.CONSUMER_FORBIDDEN),
        ({"scopes": ["read"]}, Reason.SCOPE_MISSING),
        ({"when": lambda _: False}, Reason.CONSUMER_FORBIDDEN),
    ],
    ids=["groups", "consumers", "scopes", "when"],
)
def test_a_view_may_refuse_who_is_known(
    demands: dict[str, Any], reason: Reason
) -> None:
    """With 403: another token would do."""
    outcome = viewed(Policy(), KNOWN, **demands)
    assert isinstance(outcome, Denied)
    assert (outcome.reason, outcome.status) == (reason, 403)


def test_who_satisfies_a_view_has_the_same_outcome() -> None:
    """The very object; nothing is made anew."""
    outcome = admitted(make_gate(), mint(scope="read"))
    guard = equal()
    assert guard.narrow(outcome, Requirement(scopes=["read"])) is outcome


ANYTHING = st.fixed_dictionaries(
    {},
    optional={
        "consumers": st.just(["jack"]),
        "scopes": st.just(["read"]),
        "when": st.just(bool),
        "optional": st.booleans(),
        "authenticated": st.booleans(),
    },
)


@given(
    reason=st.sampled_from(Reason),
    mode=st.sampled_from(["enforce", "report"]),
    demands=ANYTHING,
)
def test_no_demand_makes_anything_of_a_refusal(
    reason: Reason, mode: Any, demands: dict[str, Any]
) -> None:
    """What was refused stays refused, whatever a view says."""
    denied = Denied(reason, None, reason.status, {}, b"", (), None)
    guard = equal(policy=Policy(mode=mode))
    assert guard.narrow(denied, Requirement(**demands)) is denied


def test_in_report_mode_a_view_lets_pass_whom_it_would_refuse() -> None:
    """Without identity, as the gate itself."""
    outcome = viewed(REPORT, KNOWN, groups=["staff"])
    assert isinstance(outcome, Exempt)
    assert isinstance(outcome.would, Denied)
    assert (outcome.why, outcome.would.reason) == ("report", Reason.CONSUMER_FORBIDDEN)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (RequestView("GET"), Reason.TOKEN_MISSING),
        (EXPIRED, Reason.TOKEN_EXPIRED),
        (KNOWN, Reason.CONSUMER_FORBIDDEN),
    ],
    ids=["no token", "expired", "known"],
)
def test_report_mode_opens_no_view_that_needs_a_token(
    request_: RequestView, reason: Reason
) -> None:
    """It cannot do without who calls."""
    outcome = viewed(REPORT, request_, authenticated=True, groups=["staff"])
    assert isinstance(outcome, Denied)
    assert outcome.reason is reason


@pytest.mark.parametrize("policy", [Policy(), REPORT], ids=["enforce", "report"])
def test_what_a_view_refuses_is_logged_as_it_is(
    policy: Policy, log: pytest.LogCaptureFixture
) -> None:
    """Once, and as denied where it was."""
    viewed(policy, KNOWN, authenticated=True, groups=["staff"])
    assert refusals(log) == [("consumer_forbidden", "denied")]


def test_a_refusal_that_no_view_lets_pass_in_report_mode_is_logged_as_denied(
    log: pytest.LogCaptureFixture,
) -> None:
    """An operator who reads that it passed would look elsewhere for the 401."""
    viewed(REPORT, authenticated=True)
    assert refusals(log)[-1] == ("token_missing", "denied")


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
@pytest.mark.parametrize(
    "demands", [{"groups": ["staff"]}, {"authenticated": True}, {"scopes": ["read"]}]
)
def test_who_became_anonymous_is_told_why_where_that_will_not_do(
    demands: dict[str, Any], reason: Reason
) -> None:
    """As if there were no anonymous consumer."""
    plain = refusal(make_gate(), REFUSED[reason])
    outcome = viewed(ANY, bearer(REFUSED[reason]), **demands)
    assert isinstance(outcome, Denied)
    assert (outcome.reason, outcome.status, outcome.body) == (
        plain.reason,
        plain.status,
        plain.body,
    )


def test_an_impostor_named_by_a_claim_is_not_the_consumer_of_that_name() -> None:
    """An issuer chooses names as it likes."""
    gate = make_gate(credential(consumer_claim="sub"))
    request = bearer(mint(sub="admin"))
    outcome = authenticate(gate, request, Requirement(consumers=["admin"]))
    assert isinstance(outcome, Denied)
    known = admitted(gate, mint(sub="admin"))
    assert known.consumer.username == "admin"
    by_id = Requirement(consumers=[known.consumer.id])
    assert isinstance(authenticate(gate, request, by_id), Authenticated)


@pytest.mark.parametrize("policy", [Policy(), REPORT], ids=["enforce", "report"])
def test_a_preflight_is_no_caller(policy: Policy) -> None:
    """A view that demands one refuses it, should the request come to it."""
    preflights = replace(policy, run_on_preflight=False)
    outcome = viewed(preflights, PREFLIGHT, authenticated=True)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.TOKEN_MISSING


@pytest.mark.parametrize("demands", [{"groups": ["staff"]}, {"authenticated": True}])
def test_a_preflight_passes_where_the_framework_may_answer_it(
    demands: dict[str, Any],
) -> None:
    """Though the view itself demands a caller."""
    policy = Policy(run_on_preflight=False)
    outcome = viewed(policy, PREFLIGHT, preflights=True, **demands)
    assert isinstance(outcome, Exempt)
    assert outcome.why == "preflight"


def test_no_preflight_passes_that_the_policy_does_not_exempt() -> None:
    """A view widens nothing."""
    assert isinstance(viewed(Policy(), PREFLIGHT, preflights=True), Denied)


def test_preflight_bypass_what_is_shut_is_shut_whatever_a_view_says() -> None:
    """Requests are not answered here."""
    policy = Policy(run_on_preflight=False, termination=Answer(status=410))
    outcome = viewed(policy, PREFLIGHT, preflights=True)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.TERMINATED


def reported(log: pytest.LogCaptureFixture) -> tuple[Outcome, Outcome]:
    """Let a refusal pass in report mode, then hold it to a view that needs a token."""
    gate = make_gate(policy=REPORT)
    found = authenticate(gate, EXPIRED)
    log.clear()
    return found, gate.narrow(found, Requirement(authenticated=True))


def test_what_passed_in_report_mode_is_answered_as_it_would_have_been(
    log: pytest.LogCaptureFixture,
) -> None:
    """Where a view needs a token after all."""
    found, outcome = reported(log)
    assert isinstance(found, Exempt)
    assert outcome is found.would


def test_what_passed_in_report_mode_is_logged_as_denied_where_it_is(
    log: pytest.LogCaptureFixture,
) -> None:
    """With the reason of the first refusal."""
    reported(log)
    assert refusals(log) == [("token_expired", "denied")]


OPEN_ROUTE = [Route(path="/*", public=True)]


@pytest.mark.parametrize(
    ("policy", "routes", "request_", "demands"),
    [
        (Policy(), OPEN_ROUTE, KNOWN, None),
        (Policy(run_on_preflight=False), [], PREFLIGHT, None),
        (Policy.kong(run_on_preflight=False), [], PREFLIGHT, None),
        (REPORT, [], EXPIRED, None),
        (Policy(), [], RequestView("GET"), Requirement(optional=True)),
    ],
    ids=["public", "preflight", "kong's preflight", "report", "optional"],
)
def test_what_passes_without_identity_tells_what_decided(
    policy: Policy, routes: Any, request_: RequestView, demands: Requirement | None
) -> None:
    """So that a view is held to by the same."""
    gate = Gate(ListStore(credential()), policy, routes=routes, clock=clock)
    outcome = authenticate(gate, request_, demands)
    assert isinstance(outcome, Exempt)
    assert isinstance(outcome.guard, Guard)


# Views that can do without a token


@pytest.mark.parametrize("policy", [Policy(), REPORT], ids=["enforce", "report"])
def test_a_view_may_do_without_a_token(
    policy: Policy, log: pytest.LogCaptureFixture
) -> None:
    """It passes without identity, and is no refusal."""
    outcome = viewed(policy, optional=True, groups=["staff"])
    assert isinstance(outcome, Exempt)
    assert (outcome.why, outcome.would) == ("optional", None)
    assert log.records == []


@pytest.mark.parametrize("reason", REFUSED, ids=lambda reason: reason.code)
def test_a_bad_token_is_never_taken_for_none(reason: Reason) -> None:
    """Who sends one means to be known."""
    outcome = viewed(Policy(), bearer(REFUSED[reason]), optional=True)
    assert isinstance(outcome, Denied)
    assert outcome.reason is reason


def test_a_good_token_counts_where_none_is_needed() -> None:
    """The view shows who calls."""
    assert isinstance(viewed(Policy(), KNOWN, optional=True), Authenticated)


def test_csrf_a_cookie_is_not_dropped_where_none_is_needed() -> None:
    """The refusal of another site's request stands."""
    policy = Policy(cookie_names=("jwt",))
    outcome = viewed(policy, with_cookie(), optional=True)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.CROSS_SITE


def test_a_store_that_fails_is_a_503_where_no_token_is_needed() -> None:
    """A caller does not lose an identity that could not be confirmed."""
    gate = guarded(FailingStore())
    outcome = authenticate(gate, KNOWN, Requirement(optional=True))
    assert isinstance(outcome, Denied)
    assert outcome.status == 503


def test_the_anonymous_consumer_stands_in_where_no_token_is_needed() -> None:
    """As the policy has it."""
    outcome = viewed(Policy(anonymous=GUEST), optional=True)
    assert isinstance(outcome, Anonymous)


@pytest.mark.parametrize(
    "demands",
    [{"groups": ["staff"]}, {"scopes": ["read"]}, {"authenticated": True}],
    ids=str,
)
def test_where_no_token_is_needed_an_anonymous_consumer_shuts_nobody_out(
    demands: dict[str, Any],
) -> None:
    """Without it the same request passes without identity, and so it does with it."""
    outcome = viewed(Policy(anonymous=GUEST), optional=True, **demands)
    assert isinstance(outcome, Exempt)
    assert outcome.why == "optional"


@pytest.mark.parametrize("policy", [Policy(), REPORT], ids=["enforce", "report"])
def test_no_view_opens_what_is_terminated(policy: Policy) -> None:
    """Requests are not answered here, with a token or without."""
    shut = replace(policy, termination=Answer(status=410))
    outcome = viewed(shut, optional=True)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.TERMINATED


def test_requests_without_a_token_are_counted_where_none_is_needed() -> None:
    """By address, as on a public route: else a quota is dodged by sending no token."""
    gate = make_gate(policy=Policy(quota=Quota(rates="1/h", per=["address"])))
    request = RequestView("GET", client="192.0.2.1")
    demands = Requirement(optional=True)
    assert isinstance(authenticate(gate, request, demands), Exempt)
    outcome = authenticate(gate, request, demands)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.QUOTA_EXCEEDED


@pytest.mark.parametrize("request_", [RequestView("GET"), KNOWN, EXPIRED])
def test_no_view_opens_a_public_route_that_access_shuts(request_: RequestView) -> None:
    """Nobody is known there, and not everybody may pass."""
    policy = Policy(access=Access(allow_groups=["staff"]))
    route = Route(path="/*", public=True, policy=policy)
    gate = Gate(ListStore(credential()), routes=[route], clock=clock)
    outcome = authenticate(gate, request_, Requirement(optional=True))
    assert isinstance(outcome, Denied)


def test_token_laundering_a_bad_one_is_not_missing_after_kong_s_acl() -> None:
    """The token came, was bad, and made its sender anonymous."""
    policy = Policy.kong(
        anonymous=GUEST, access=Access(allow_groups=["staff"]), key_claim="iss"
    )
    outcome = viewed(policy, bearer("a.b.c"), optional=True)
    assert isinstance(outcome, Denied)


SHUTTING = {
    "native": Policy(),
    "anonymous": Policy(anonymous=GUEST),
    "anonymous for any": ANY,
    "report": REPORT,
    "kong": Policy.kong(key_claim="iss", anonymous=GUEST),
    "access": Policy(access=Access(deny_consumers=["jack"])),
    "terminated": Policy(termination=Answer(status=410)),
    "preflight": Policy(run_on_preflight=False),
}
REQUESTS = {
    "none": RequestView("GET"),
    "good": bearer(mint(scope="read")),
    "expired": EXPIRED,
    "malformed": bearer("a.b"),
    "preflight": PREFLIGHT,
}


@given(
    policy=st.sampled_from(list(SHUTTING.values())),
    request_=st.sampled_from(list(REQUESTS.values())),
    demands=ANYTHING.map(lambda demands: {**demands, "optional": False}),
)
def test_no_view_admits_whom_the_gate_refuses(
    policy: Policy, request_: RequestView, demands: dict[str, Any]
) -> None:
    """Unless it can do without a token, a view only narrows."""
    if isinstance(authenticate(make_gate(policy=policy), request_), Denied):
        assert isinstance(viewed(policy, request_, **demands), Denied)


@given(
    policy=st.sampled_from(list(SHUTTING.values())),
    request_=st.sampled_from(list(REQUESTS.values())),
    demands=ANYTHING.map(lambda demands: {**demands, "optional": True}),
)
def test_a_view_that_can_do_without_a_token_admits_nobody_by_a_bad_one(
    policy: Policy, request_: RequestView, demands: dict[str, Any]
) -> None:
    """Only who brings none passes besides, and without identity."""
    plain = authenticate(make_gate(policy=policy), request_)
    outcome = viewed(policy, request_, **demands)
    if isinstance(plain, Denied) and not isinstance(outcome, Denied):
        assert plain.reason is Reason.TOKEN_MISSING
        assert isinstance(outcome, Exempt)
