from collections.abc import Mapping
from typing import Any

import pytest

from jwtgate import (
    Access,
    Answer,
    ConfigurationError,
    Consumer,
    Policy,
    Quota,
    Reason,
    RequestView,
)
from jwtgate.asks import TakeQuota
from jwtgate.consumer import named_by_claim
from jwtgate.counting import Counter
from jwtgate.enforcement import Enforcement
from jwtgate.errors import Barred, Rejection, TokenMissing
from jwtgate.outcome import HeaderPairs
from jwtgate.terms import Terms
from tests.kit import KEY, NOW, clock, credential

JACK = Consumer(id="17", username="jack", groups=["staff"])
JILL = Consumer(id="18", username="jill")
VIEW = credential().view
GONE = Answer(status=410)
FULL = Answer(status=503)
NOT_YOU = Answer(status=404)
NOT_JACK = Access(deny_consumers=["jack"])
GET = RequestView("GET", client="192.0.2.1")


class Caller:
    """Calls one enforcement again and again, as a driver would let it."""

    def __init__(
        self, policy: Policy, *, counter: Counter | None = None, place: str = "here"
    ) -> None:
        self.enforcement = Enforcement(
            policy, counter or Counter(), clock=clock, place=place
        )
        self.taken: list[TakeQuota] = []

    def call(
        self,
        consumer: Consumer | None = JACK,
        request: RequestView = GET,
        view: Any = VIEW,
    ) -> HeaderPairs:
        """Make a request; raises what refuses it."""
        flow = self.enforcement.enforce(request, consumer, view)
        try:
            ask = next(flow)
            while True:
                assert isinstance(ask, TakeQuota)
                self.taken.append(ask)
                ask = flow.send(ask.put())
        except StopIteration as done:
            headers: HeaderPairs = done.value
            return headers

    def refused(self, *args: Any, **kwargs: Any) -> Barred:
        """Make a request that must be refused."""
        with pytest.raises(Barred) as caught:
            self.call(*args, **kwargs)
        return caught.value

    def passes(self, *args: Any, **kwargs: Any) -> bool:
        """Whether a request passes."""
        try:
            self.call(*args, **kwargs)
        except Barred:
            return False
        return True


def under(consumer_terms: Mapping[str, Terms] | None = None, **fields: Any) -> Caller:
    """Make a caller under a policy."""
    return Caller(Policy(consumer_terms=consumer_terms or {}, **fields))


# Access


def test_without_terms_everybody_passes() -> None:
    """Nothing is asked, nothing is told."""
    caller = under()
    assert (caller.call(), caller.taken) == ((), [])


def test_who_may_not_is_refused() -> None:
    """403, in the usual words."""
    error = under(access=Access(deny_consumers=["jack"])).refused()
    assert (error.reason, error.answer) == (Reason.CONSUMER_FORBIDDEN, None)


def test_every_rule_must_allow_and_the_one_that_refuses_answers() -> None:
    """In their order."""
    rules = [
        Access(allow_groups=["staff"]),
        Access(deny_consumers=["jack"], answer=NOT_YOU),
        Access(deny_groups=["staff"], answer=FULL),
    ]
    assert under(access=rules).refused().answer is NOT_YOU


def test_a_rule_sees_the_method() -> None:
    """A consumer may read, say."""
    caller = under(access=Access(allow_methods={"jack": ["GET"]}))
    assert caller.passes()
    assert not caller.passes(request=RequestView("POST"))


def test_where_access_is_restricted_nobody_known_is_a_missing_token() -> None:
    """On a public route: a token might help."""
    with pytest.raises(TokenMissing):
        under(access=Access(deny_consumers=["jack"])).call(None, view=None)


GUEST = Consumer(username="guest")
STAFF_ALONE = Access(allow_groups=["staff"])


def asked(policy: Policy, consumer: Consumer, view: Any = None) -> Reason:
    """Give why a request is refused."""
    with pytest.raises(Rejection) as caught:
        Caller(policy).call(consumer, view=view)
    return caught.value.reason


def test_kong_asks_a_guest_in_no_group_for_a_token() -> None:
    """Its acl takes one without groups for one without credentials."""
    policy = Policy.kong(access=STAFF_ALONE)
    assert asked(policy, GUEST) is Reason.TOKEN_MISSING


@pytest.mark.parametrize(
    ("policy", "consumer", "view"),
    [
        (Policy.kong(access=STAFF_ALONE), GUEST, VIEW),
        (
            Policy.kong(access=STAFF_ALONE),
            Consumer(username="guest", groups=["x"]),
            None,
        ),
        (Policy.kong(access=Access(allow_consumers=["jack"])), GUEST, None),
        (Policy.kong(access=Access(deny_consumers=["guest"])), GUEST, None),
        (Policy.apisix(access=STAFF_ALONE), GUEST, None),
        (Policy(access=STAFF_ALONE), GUEST, None),
        (Policy.kong(strict=True, access=STAFF_ALONE), GUEST, None),
    ],
    ids=[
        "authenticated",
        "in a group",
        "by consumers",
        "denied",
        "apisix",
        "native",
        "strict",
    ],
)
def test_nobody_else_who_may_not_is_asked(
    policy: Policy, consumer: Consumer, view: Any
) -> None:
    """A token would not help, or it is no rule of groups."""
    assert asked(policy, consumer, view) is Reason.CONSUMER_FORBIDDEN


# Who need not be asked about


@pytest.mark.parametrize(
    ("fields", "consumer", "holds"),
    [
        ({}, JACK, False),
        ({}, Consumer(username="jack", quota="1/s"), True),
        ({"access": NOT_JACK}, JILL, True),
        ({"quota": "1/s"}, JACK, True),
        ({"termination": GONE}, JACK, True),
        ({"consumer_terms": {"jill": Terms()}}, JACK, True),
    ],
    ids=["nothing", "its quota", "access", "quota", "termination", "terms"],
)
def test_who_is_held_to_nothing_need_not_be_asked_about(
    fields: dict[str, Any], consumer: Consumer, *, holds: bool
) -> None:
    """Most gates hold nobody to anything."""
    assert under(**fields).enforcement.holds(consumer) is holds


def test_where_everybody_is_terminated_so_is_who_is_unknown() -> None:
    """In the operator's words, and nothing is counted."""
    caller = under(termination=GONE, quota="1/h", access=NOT_JACK)
    error = caller.enforcement.shut
    assert error is not None
    assert (error.reason, error.answer, error.headers) == (Reason.TERMINATED, GONE, ())


def test_where_one_is_terminated_who_is_unknown_is_not() -> None:
    """Nor where nobody is."""
    assert under({"jack": Terms(termination=GONE)}).enforcement.shut is None
    assert under(quota="1/h", access=NOT_JACK).enforcement.shut is None


# Quotas


def test_who_is_over_a_quota_is_refused() -> None:
    """With the figures, and when to come back."""
    caller = under(quota=Quota(rates="1/h", aligned=True))
    caller.call()
    error = caller.refused()
    assert (error.reason, error.answer) == (Reason.QUOTA_EXCEEDED, None)
    assert error.headers == (
        ("X-RateLimit-Limit", "1"),
        ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset", "3600"),
        ("Retry-After", "3600"),
    )


def test_a_quota_has_an_answer_of_its_own() -> None:
    """That of the one that refuses."""
    quotas = [Quota(rates="9/h", answer=GONE), Quota(rates="1/h", answer=FULL)]
    caller = under(quota=quotas)
    caller.call()
    assert caller.refused().answer is FULL


def test_who_passes_is_told_what_is_left() -> None:
    """In the style of the gateway."""
    caller = under(quota=Quota(rates="2/h", aligned=True))
    assert caller.call() == (
        ("X-RateLimit-Limit", "2"),
        ("X-RateLimit-Remaining", "1"),
        ("X-RateLimit-Reset", "3600"),
    )


def test_the_style_is_the_gateway_s() -> None:
    """Kong's has the period in it."""
    caller = Caller(Policy.kong(quota=Quota(rates="2/h", aligned=True)))
    assert caller.call()[0] == ("X-RateLimit-Limit-Hour", "2")


@pytest.mark.parametrize("rates", [("9/h", "2/h"), ("2/h", "9/h")], ids=str)
def test_of_several_quotas_the_tightest_is_told(rates: tuple[str, str]) -> None:
    """In whatever order they are."""
    assert ("X-RateLimit-Limit", "2") in under(quota=rates).call()


def test_a_quota_that_is_not_shown_is_not_told() -> None:
    """Also where it is the tightest."""
    quotas = [Quota(rates="2/h", shown=False), Quota(rates="9/h")]
    assert ("X-RateLimit-Limit", "9") in under(quota=quotas).call()


def test_a_quota_that_was_not_counted_is_not_told() -> None:
    """Its storage is down, and open then."""
    quotas = ["9/h", Quota(rates="1/h", storage="redis://127.0.0.1:1/0")]
    assert ("X-RateLimit-Limit", "9") in under(quota=quotas).call()


def test_quotas_are_taken_in_order_at_one_time() -> None:
    """The clock is read once."""
    ticks = iter([NOW, NOW + 1])
    enforcement = Enforcement(
        Policy(quota=["9/s", "2/h"]), Counter(), clock=ticks.__next__, place="here"
    )
    flow = enforcement.enforce(GET, JACK, VIEW)
    first = next(flow)
    second = flow.send(first.put())
    assert isinstance(first, TakeQuota)
    assert isinstance(second, TakeQuota)
    assert [str(first.quota.limits[0]), str(second.quota.limits[0])] == [
        "9/1s",
        "2/3600s",
    ]
    assert (first.now, second.now) == (NOW, NOW)


def test_without_a_quota_the_clock_is_not_read() -> None:
    """It may cost something."""

    def broken() -> float:
        raise AssertionError("the clock was read")

    enforcement = Enforcement(Policy(), Counter(), clock=broken, place="here")
    assert list(enforcement.enforce(GET, JACK, VIEW)) == []


def test_a_storage_that_cannot_be_used_is_refused_ahead() -> None:
    """That of the policy, and that of one consumer."""
    unusable = Quota(rates="1/s", storage="etcd://x")
    for policy in (
        Policy(quota=unusable),
        Policy(consumer_terms={"jack": Terms(quota=unusable)}),
    ):
        with pytest.raises(ConfigurationError, match="storage"):
            Caller(policy)


# Whose requests are counted together


HEADERS = [(b"x-tenant", b"a"), (b"X_Tenant", b"b"), (b"x-none", b"")]
TOLD = RequestView("GET", client="192.0.2.1", headers=HEADERS)


@pytest.mark.parametrize(
    ("per", "who"),
    [
        (["consumer"], ("consumer 17",)),
        (["credential"], (f"credential {KEY}",)),
        (["address"], ("address 192.0.2.1",)),
        (["header:X-Tenant"], ("header:X-Tenant a,b",)),
        (["header:X-None"], ("address 192.0.2.1",)),
        (["header:X-Other"], ("address 192.0.2.1",)),
        (["consumer", "header:x_tenant"], ("consumer 17", "header:x_tenant a,b")),
        ([], ()),
    ],
    ids=lambda each: " ".join(each) or "all",
)
def test_who_is_counted(per: list[str], who: tuple[str, ...]) -> None:
    """By address where there is no such thing; all lines of a header count."""
    caller = under(quota=Quota(rates="9/h", per=per))
    caller.call(request=TOLD)
    assert caller.taken[0].who == who


@pytest.mark.parametrize("per", ["consumer", "credential", "address"])
@pytest.mark.parametrize(
    ("client", "who"), [("::1", "address ::1"), (None, "address -")]
)
def test_nobody_known_is_counted_by_address(
    per: str, client: str | None, who: str
) -> None:
    """All together where the server tells none."""
    caller = under(quota=Quota(rates="9/h", per=[per]))
    caller.call(None, RequestView("GET", client=client), None)
    assert caller.taken[0].who == (who,)


def test_an_address_cannot_be_made_up_by_a_header() -> None:
    """A value of a header is never another's address."""
    caller = under(quota=Quota(rates="1/h", per=["header:X-Tenant"]))
    forged = [(b"x-tenant", b"address 192.0.2.1")]
    caller.call(request=GET)
    assert caller.passes(request=RequestView("GET", headers=forged))


def test_consumers_are_counted_apart() -> None:
    """Each has the whole of the quota."""
    caller = under(quota="1/h")
    assert [caller.passes(each) for each in (JACK, JILL, JACK)] == [True, True, False]


def test_without_per_all_are_counted_together() -> None:
    """A quota of the route."""
    caller = under(quota=Quota(rates="1/h", per=[]))
    assert [caller.passes(each) for each in (JACK, JILL)] == [True, False]


def test_places_are_counted_apart() -> None:
    """Two routes under one policy, say."""
    counter, policy = Counter(), Policy(quota="1/h")
    one, other = (Caller(policy, counter=counter, place=place) for place in "ab")
    assert [one.passes(), other.passes()] == [True, True]


def test_places_are_counted_together_by_one_scope() -> None:
    """Where the quota has one."""
    counter, policy = Counter(), Policy(quota=Quota(rates="1/h", scope="both"))
    one, other = (Caller(policy, counter=counter, place=place) for place in "ab")
    assert [one.passes(), other.passes()] == [True, False]


# Termination


def test_everybody_is_terminated() -> None:
    """In the operator's words."""
    error = under(termination=GONE).refused()
    assert (error.reason, error.answer, error.headers) == (Reason.TERMINATED, GONE, ())


def test_nobody_known_is_terminated_too() -> None:
    """On a public route."""
    assert under(termination=GONE).refused(None, view=None).reason is Reason.TERMINATED


def test_who_is_terminated_is_told_what_is_left() -> None:
    """The request was counted."""
    error = under(termination=GONE, quota="2/h").refused()
    assert ("X-RateLimit-Remaining", "1") in error.headers


# The order


ALL: dict[str, Any] = {
    "access": Access(deny_consumers=["jack"]),
    "quota": "1/h",
    "termination": GONE,
}


def test_access_comes_before_quotas() -> None:
    """Who may not uses up nothing."""
    caller = under(**ALL)
    assert caller.refused().reason is Reason.CONSUMER_FORBIDDEN
    assert caller.taken == []


def test_quotas_come_before_termination() -> None:
    """Then termination for who has something left."""
    caller = under(**ALL)
    assert [caller.refused(JILL).reason for _ in range(2)] == [
        Reason.TERMINATED,
        Reason.QUOTA_EXCEEDED,
    ]


# One consumer


@pytest.mark.parametrize("name", ["jack", "17"], ids=["username", "id"])
def test_terms_of_one_consumer_count_for_it_alone(name: str) -> None:
    """By either name."""
    caller = under({name: Terms(termination=GONE)})
    assert not caller.passes(JACK)
    assert caller.passes(JILL)
    assert caller.passes(None, view=None)


def test_by_id_comes_before_by_username() -> None:
    """A username may be like another's id."""
    consumer = Consumer(id="17", username="18")
    caller = under({"18": Terms(termination=GONE), "17": Terms(quota="9/h")})
    assert caller.passes(consumer)


def test_a_consumer_without_username_is_found_by_its_id() -> None:
    """It may have a custom_id alone."""
    consumer = Consumer(id="17", custom_id="c")
    assert not under({"17": Terms(termination=GONE)}).passes(consumer)
    assert under({"c": Terms(termination=GONE)}).passes(consumer)


NAMED = named_by_claim("issuer", "jack", JILL)


def test_issuer_confusion_a_username_that_an_issuer_chose_names_nobody() -> None:
    """Or any issuer could give itself the terms of another's consumer."""
    assert under({"jack": Terms(access=())}, **ALL).passes(NAMED) is False
    assert under({"jack": Terms(termination=GONE)}).passes(NAMED)


def test_issuer_confusion_a_username_like_an_id_names_nobody() -> None:
    """The id is what the gate made of issuer and name."""
    named = named_by_claim("issuer", "17", JILL)
    assert under({"17": Terms(termination=GONE)}).passes(named)


def test_a_consumer_whom_a_claim_names_is_found_by_its_id() -> None:
    """That is no issuer's choice."""
    assert not under({NAMED.id: Terms(termination=GONE)}).passes(NAMED)


def test_what_the_terms_of_one_consumer_leave_out_is_as_for_all() -> None:
    """Each of the three by itself."""
    caller = under({"jill": Terms(access=())}, **ALL)
    assert [caller.refused(JILL).reason for _ in range(2)] == [
        Reason.TERMINATED,
        Reason.QUOTA_EXCEEDED,
    ]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (Terms(access=Access(deny_groups=["staff"])), Reason.CONSUMER_FORBIDDEN),
        (Terms(quota="1/h"), Reason.QUOTA_EXCEEDED),
        (Terms(termination=GONE), Reason.TERMINATED),
    ],
    ids=["access", "quota", "termination"],
)
def test_each_term_may_be_one_consumer_s(terms: Terms, reason: Reason) -> None:
    """In place of none for all."""
    caller = under({"jack": terms})
    errors = [error for _ in range(2) if (error := caller_error(caller))]
    assert errors[-1].reason is reason


def caller_error(caller: Caller) -> Barred | None:
    """Make a request and give what refuses it, if something does."""
    try:
        caller.call()
    except Barred as error:
        return error
    return None


def test_the_terms_of_one_consumer_may_take_access_rules_away() -> None:
    """By an empty list."""
    policy: dict[str, Any] = {"access": Access(allow_consumers=["jill"])}
    assert not under(**policy).passes()
    assert under({"jack": Terms(access=())}, **policy).passes()


def test_the_terms_of_one_consumer_may_take_quotas_away() -> None:
    """By an empty list."""
    caller = under({"jack": Terms(quota=())}, quota="1/h")
    assert [caller.passes() for _ in range(3)] == [True] * 3
    assert caller.taken == []


# Whose quota counts


RICH = Consumer(id="17", username="jack", quota="2/h")


def test_a_consumer_s_own_quota_wins_over_the_policy_s() -> None:
    """It may be wider."""
    caller = under(quota="1/h")
    assert [caller.passes(RICH) for _ in range(3)] == [True, True, False]


def test_a_consumer_s_own_quota_counts_where_the_policy_has_none() -> None:
    """It is the consumer's."""
    caller = under()
    assert [caller.passes(RICH) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("name", ["jack", "17"])
def test_the_terms_of_one_consumer_win_over_its_own_quota(name: str) -> None:
    """And over the policy's."""
    caller = under({name: Terms(quota="3/h")}, quota="1/h")
    assert [caller.passes(RICH) for _ in range(4)] == [True, True, True, False]


def test_the_terms_of_one_consumer_may_take_its_own_quota_away() -> None:
    """By an empty list."""
    caller = under({"jack": Terms(quota=())})
    assert [caller.passes(RICH) for _ in range(4)] == [True] * 4


def test_terms_without_quota_leave_a_consumer_its_own() -> None:
    """Beside what they change."""
    caller = under({"jack": Terms(access=())}, quota="1/h", access=ALL["access"])
    assert [caller.passes(RICH) for _ in range(3)] == [True, True, False]


def test_a_consumer_s_own_quota_leaves_access_and_termination() -> None:
    """Those are the policy's."""
    assert under(access=ALL["access"]).refused(RICH).reason is Reason.CONSUMER_FORBIDDEN
    assert under(termination=GONE).refused(RICH).reason is Reason.TERMINATED


def test_a_consumer_s_own_quota_counts_everywhere_together() -> None:
    """It says how many requests the consumer may make, not how many of a route."""
    counter = Counter()
    one, other = (Caller(Policy(), counter=counter, place=place) for place in "ab")
    assert [each.passes(RICH) for each in (one, other, one)] == [True, True, False]


def test_consumers_with_equal_quotas_are_counted_apart() -> None:
    """Also where the quota is for all requests, which are all of one consumer."""
    quota = Quota(rates="1/h", per=())
    caller = under()
    ids = ["17", "18", "17"]
    consumers = [Consumer(id=each, username="x", quota=quota) for each in ids]
    assert [caller.passes(each) for each in consumers] == [True, True, False]


def test_terms_of_one_consumer_count_apart_from_those_for_all() -> None:
    """Though the quotas are equal."""
    quota = Quota(rates="1/h", per=())
    caller = under({"jack": Terms(quota=quota)}, quota=quota)
    assert [caller.passes(each) for each in (JACK, JILL, JACK)] == [True, True, False]


def test_users_of_one_issuer_are_counted_apart() -> None:
    """Each has the quota of the issuer's consumer."""
    template = Consumer(username="issuer", quota="1/h")
    ann, bob = (named_by_claim("issuer", name, template) for name in ("ann", "bob"))
    caller = under()
    assert [caller.passes(each) for each in (ann, bob, ann)] == [True, True, False]
