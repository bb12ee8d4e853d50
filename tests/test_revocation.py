"""Revoked tokens, through both middlewares."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Credential,
    Denied,
    Gate,
    Policy,
    Reason,
    Route,
)
from jwtgate.denylist import Subject
from jwtgate.denylists import MemoryDenylist
from jwtgate.jose.claims import parse_claims
from jwtgate.revocation import Revocation, judge
from tests.kit import (
    BOTH,
    KEY,
    NOW,
    Got,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    mint,
)

Via = Callable[[Gate, Sent], Got]

JTI = Subject.jti(KEY, "t-1")
NOBODY = Authenticated(
    jack(), credential().view, parse_claims(b"{}"), parse_claims(b"{}"), (), (), None
)


@pytest.fixture(params=BOTH.values(), ids=list(BOTH))
def via(request: pytest.FixtureRequest) -> Via:
    """Either middleware."""
    chosen: Via = request.param
    return chosen


def make(
    *subjects: Subject,
    by: Sequence[str] = ("jti", "token", "consumer", "everyone"),
    policy: Policy | None = None,
    credentials: Sequence[Credential] = (),
    **entry: Any,
) -> Gate:
    """Make a gate whose denylist has these."""
    denylist = MemoryDenylist(by=by, clock=clock)
    for subject in subjects:
        denylist.deny(subject, **entry)
    store = ListStore(*(credentials or (credential(),)))
    return Gate(store, policy, denylist=denylist, clock=clock)


def token(**claims: object) -> str:
    """Make a token with a jti, issued a minute ago."""
    return mint({"jti": "t-1", "iat": int(NOW) - 60, **claims})


def why(got: Got) -> object:
    """Give the reason of a refusal, and the claim it is about."""
    assert isinstance(got.outcome, Denied)
    assert not got.app_ran
    return got.outcome.reason, got.outcome.claim


def test_a_token_that_nothing_denies_passes(via: Via) -> None:
    """The list is asked, and has nothing of it."""
    got = via(make(Subject.jti(KEY, "other")), Sent.bearer(token()))
    assert isinstance(got.outcome, Authenticated)


@pytest.mark.parametrize(
    "subject",
    [JTI, Subject.token(token()), Subject.consumer(jack()), Subject.everyone()],
)
def test_a_token_is_revoked_by_each_subject(via: Via, subject: Subject) -> None:
    """By its jti, by itself, by its consumer, and with all others."""
    got = via(make(subject), Sent.bearer(token()))
    assert why(got) == (Reason.TOKEN_REVOKED, None)
    assert got.status == 401
    assert got.headers["www-authenticate"] == (
        'Bearer error="invalid_token", error_description="The token was revoked"'
    )


def test_a_jti_of_another_key_is_another_token(via: Via) -> None:
    """Issuers do not agree on them."""
    got = via(make(Subject.jti("other", "t-1")), Sent.bearer(token()))
    assert got.app_ran


def test_without_a_jti_a_token_is_refused(via: Via) -> None:
    """Otherwise leaving it out would escape the list."""
    got = via(make(), Sent.bearer(token(jti=None)))
    assert why(got) == (Reason.CLAIM_MISSING, "jti")


@pytest.mark.parametrize("jti", [1, True, ["t-1"], {}, 1.5])
def test_a_jti_that_is_no_text_is_refused(via: Via, jti: object) -> None:
    """RFC 7519 section 4.1.7 wants a text; 1 is not "1"."""
    got = via(make(), Sent.bearer(token(jti=jti)))
    assert why(got) == (Reason.CLAIM_INVALID, "jti")


def test_a_jti_is_not_needed_if_nothing_is_revoked_by_it(via: Via) -> None:
    """For issuers that write none."""
    gate = make(by=["consumer"])
    assert via(gate, Sent.bearer(token(jti=None))).app_ran


@pytest.mark.parametrize(("iat", "passes"), [(-61, False), (-60, True), (-59.5, True)])
def test_tokens_issued_before_are_revoked(
    via: Via,
    iat: float,
    passes: bool,  # noqa: FBT001 - a column
) -> None:
    """From that moment on they are good."""
    gate = make(Subject.consumer(jack()), issued_before=NOW - 60)
    assert via(gate, Sent.bearer(token(iat=NOW + iat))).app_ran is passes


def test_without_iat_a_token_is_refused_where_that_counts(via: Via) -> None:
    """Otherwise leaving it out would make it new for ever."""
    gate = make(Subject.everyone(), issued_before=NOW)
    got = via(gate, Sent.bearer(token(iat=None)))
    assert why(got) == (Reason.CLAIM_MISSING, "iat")


@pytest.mark.parametrize("iat", ["1800000000", True, [NOW]])
def test_an_iat_that_is_no_number_is_refused(via: Via, iat: object) -> None:
    """True would be the year 1970, and a text compares with nothing."""
    gate = make(Subject.everyone(), issued_before=NOW)
    got = via(gate, Sent.bearer(token(iat=iat)))
    assert why(got) == (Reason.CLAIM_INVALID, "iat")


def test_attack_with_the_other_ecdsa_signature(via: Via) -> None:
    """What is revoked is what was signed, not the octets of one signature."""
    signed = mint({"jti": "t-1"}, algorithm="ES256")
    again = mint({"jti": "t-1"}, algorithm="ES256")  # another one of the same text
    assert signed != again
    gate = make(
        Subject.token(signed),
        by=["token"],
        credentials=[credential(algorithm="ES256")],
    )
    assert why(via(gate, Sent.bearer(again))) == (Reason.TOKEN_REVOKED, None)


def test_attack_with_a_forged_token_asks_no_list(via: Via) -> None:
    """Only what holds is looked up: the list is no oracle, and costs nothing."""
    gate = Gate(ListStore(credential()), denylist=Down(), clock=clock)
    got = via(gate, Sent.bearer(mint({"jti": "t-1"}, secret="x" * 32)))
    assert why(got)[0] is Reason.SIGNATURE_INVALID  # type: ignore[index]


def test_an_expired_token_says_so_first(via: Via) -> None:
    """The list is asked after the claims."""
    got = via(make(JTI), Sent.bearer(token(exp=int(NOW) - 1)))
    assert why(got)[0] is Reason.TOKEN_EXPIRED  # type: ignore[index]


def test_a_consumer_whom_a_claim_names_is_revoked_alone(via: Via) -> None:
    """Its id is told by the outcome; others of its issuer go on."""
    many = [credential(consumer_claim="sub")]
    got = via(make(credentials=many), Sent.bearer(token(sub="ann")))
    gate = make(Subject.consumer(got.outcome.consumer), credentials=many)
    assert not via(gate, Sent.bearer(token(sub="ann"))).app_ran
    assert via(gate, Sent.bearer(token(sub="bob"))).app_ran


def test_it_holds_on_every_route(via: Via) -> None:
    """One list is a gate's."""
    denylist = MemoryDenylist(clock=clock)
    denylist.deny(JTI)
    gate = Gate(
        ListStore(credential()),
        routes=[Route(path="/a", policy=Policy()), Route(path="/b", public=True)],
        denylist=denylist,
        clock=clock,
    )
    assert not via(gate, Sent.bearer(token(), path="/a")).app_ran
    assert via(gate, Sent.bearer(token(), path="/b")).app_ran


def test_a_revoked_token_passes_in_report_mode_without_identity(via: Via) -> None:
    """As any refusal does there."""
    got = via(make(JTI, policy=Policy(mode="report")), Sent.bearer(token()))
    assert got.outcome.would.reason is Reason.TOKEN_REVOKED
    assert got.seen_headers is not None
    assert "x-consumer-id" not in got.seen_headers


def test_the_consumer_of_a_credential_stands_for_all_whom_claims_name(
    via: Via,
) -> None:
    """An issuer is shut out, whoever it names."""
    many = [credential(consumer_claim="sub")]
    gate = make(Subject.consumer(jack()), credentials=many)
    assert why(via(gate, Sent.bearer(token(sub="ann")))) == (
        Reason.TOKEN_REVOKED,
        None,
    )


@pytest.mark.parametrize("iat", [NOW + 1, NOW + 1e9, 1e308, 10**400])
def test_attack_by_an_iat_to_come(via: Via, iat: float) -> None:
    """What is issued tomorrow would be younger than any entry."""
    gate = make(Subject.everyone(), issued_before=NOW)
    assert why(via(gate, Sent.bearer(token(iat=iat)))) == (Reason.CLAIM_INVALID, "iat")


def test_an_iat_within_the_leeway_is_now(via: Via) -> None:
    """The clocks of two machines differ."""
    gate = make(Subject.everyone(), issued_before=NOW, policy=Policy(leeway=5))
    assert via(gate, Sent.bearer(token(iat=NOW + 5))).app_ran


class Down:
    """A list that cannot be reached."""

    by = frozenset({"jti"})

    def look_up(self, _subjects: Sequence[str]) -> Mapping[str, float | None]:
        """Fail."""
        raise ConnectionError("refused")

    async def alook_up(self, _subjects: Sequence[str]) -> Mapping[str, float | None]:
        """Fail."""
        raise ConnectionError("refused")


def test_a_list_that_is_down_is_503(via: Via) -> None:
    """Never 200, and never 401, for which clients throw tokens away."""
    gate = Gate(ListStore(credential()), denylist=Down(), clock=clock)
    got = via(gate, Sent.bearer(token()))
    assert got.status == 503
    assert "retry-after" in got.headers
    assert why(got)[0] is Reason.STORE_UNAVAILABLE  # type: ignore[index]


class Junk:
    """A list that answers what is none."""

    by = ("jti",)
    blocking = False

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def look_up(self, subjects: Sequence[str]) -> Any:
        """Give the answer, or one for each subject."""
        if isinstance(self.answer, str):
            return dict.fromkeys(subjects, self.answer)
        return self.answer


@pytest.mark.parametrize("answer", [None, 7, "text", {JTI.text.encode(): None}])
def test_a_list_that_answers_junk_is_503(via: Via, answer: object) -> None:
    """It is not known whether the token is good."""
    gate = Gate(ListStore(credential()), denylist=Junk(answer), clock=clock)
    assert via(gate, Sent.bearer(token())).status == 503


def test_what_is_no_list_is_refused_at_once() -> None:
    """Not with the first request."""
    with pytest.raises(ConfigurationError, match="look_up"):
        Gate(ListStore(), denylist=object())  # type: ignore[arg-type]


class OnlySync:
    """A list that would block an event loop."""

    by = frozenset({"jti"})

    def look_up(self, _subjects: Sequence[str]) -> Mapping[str, float | None]:
        """Find nothing."""
        return {}


class OnlyAsync:
    """A list that only asynchronous code can ask."""

    by = frozenset({"jti"})

    async def alook_up(self, _subjects: Sequence[str]) -> Mapping[str, float | None]:
        """Find nothing."""
        return {}


class NotDeclared:
    """A list whose alook_up is no coroutine function."""

    by = frozenset({"jti"})

    def alook_up(self, _subjects: Sequence[str]) -> Any:
        """Find nothing."""
        return {}


def gate_with(denylist: Any) -> Gate:
    """Make a gate."""
    return Gate(ListStore(credential()), denylist=denylist, clock=clock)


def test_a_list_for_sync_code_is_used_by_sync_code_alone() -> None:
    """Settled when the gate is mounted."""
    gate_with(OnlySync()).require_sync()
    with pytest.raises(ConfigurationError, match="event loop"):
        gate_with(OnlySync()).require_async()


def test_a_list_for_async_code_is_used_by_async_code_alone() -> None:
    """Settled when the gate is mounted."""
    gate_with(OnlyAsync()).require_async()
    with pytest.raises(ConfigurationError, match="synchronous code"):
        gate_with(OnlyAsync()).require_sync()


def test_alook_up_has_to_be_declared_so() -> None:
    """Nothing is guessed from what it returns."""
    with pytest.raises(ConfigurationError, match="async def"):
        gate_with(NotDeclared()).require_async()


def test_look_up_must_not_be_a_coroutine_function() -> None:
    """Its answer would be taken for one that denies nothing."""

    class Wrong(OnlySync):
        async def look_up(self, _subjects: Any) -> Any:  # type: ignore[override]
            """Find nothing."""

    with pytest.raises(ConfigurationError, match="synchronous code"):
        gate_with(Wrong()).require_sync()


def test_a_list_that_never_waits_is_asked_directly() -> None:
    """By asynchronous code, too."""
    denylist = MemoryDenylist(clock=clock)
    denylist.deny(JTI)
    revocation = Revocation(denylist)
    assert asyncio.run(_ask(revocation)) == {JTI.text: None}


async def _ask(revocation: Revocation) -> object:
    return await revocation.alook_up([JTI.text])


def test_the_list_follows_the_settings() -> None:
    """A reload may bring another one."""
    gate = gate_with(MemoryDenylist())
    other = MemoryDenylist(clock=clock)
    other.deny(JTI)
    gate.replace(replace(gate.settings, denylist=other))
    assert not BOTH["wsgi"](gate, Sent.bearer(token())).app_ran


def test_an_answer_of_what_was_not_asked_is_none() -> None:
    """A list that answers with octets, say, would else deny nothing."""
    with pytest.raises(TypeError, match="not asked"):
        judge({"jti:other": None}, [JTI.text], NOBODY, latest=NOW)
