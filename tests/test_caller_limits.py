"""What a caller is held to once it is known who calls, through both middlewares."""

from collections.abc import Callable
from typing import Any

import pytest

from jwtgate import (
    Access,
    Anonymous,
    Answer,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Policy,
    Quota,
    Reason,
    Route,
    UnusableCredential,
)
from jwtgate.settings import Settings
from jwtgate.terms import Terms
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
    make_gate,
    make_store,
    mint,
)

OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"
GUEST = Consumer(username="guest", groups=["visitors"])
GONE = Answer(status=410, message="moved out")
NOT_JACK = Access(deny_consumers=["jack"])
DOWN = "redis://127.0.0.1:1/0"
GOOD = Sent.bearer(mint())
BAD_LOGINS = {
    "none": Sent(),
    "malformed": Sent.bearer("a.b"),
    "unknown": Sent.bearer(mint(iss="nobody")),
    "forged": Sent.bearer(mint(secret=OTHER_SECRET)),
    "expired": Sent.bearer(mint(exp=NOW)),
}

Via = Callable[[Gate, Sent], Got]
both = pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)
each_bad_login = pytest.mark.parametrize("sent", BAD_LOGINS.values(), ids=BAD_LOGINS)


def limited(**settings: Any) -> Gate:
    """Make a gate over jack's credential, with a policy."""
    return make_gate(policy=Policy(**settings))


def calls(via: Via, gate: Gate, sent: Sent = GOOD, times: int = 3) -> list[int]:
    """Send a request some times and give the statuses."""
    return [via(gate, sent).status for _ in range(times)]


def named(name: str) -> tuple[Gate, Sent]:
    """Make a gate whose issuer names its users, and a request of one of them."""
    deny = Policy(consumer_terms={"admin": Terms(termination=GONE)})
    gate = make_gate(credential(consumer_claim="sub"), policy=deny)
    return gate, Sent.bearer(mint(sub=name))


# The order


@both
def test_access_is_checked_before_quotas(via: Via) -> None:
    """Who may not uses up nothing of what others share."""
    quota = Quota(rates="1/h", per=())
    gate = make_gate(
        credential(),
        credential(consumer=Consumer(username="jill"), key="jill-key"),
        policy=Policy(access=NOT_JACK, quota=quota),
    )
    assert calls(via, gate) == [403, 403, 403]
    assert calls(via, gate, Sent.bearer(mint(iss="jill-key"))) == [200, 429, 429]


@both
def test_quotas_are_counted_before_a_termination(via: Via) -> None:
    """Who is over the quota is told so."""
    assert calls(via, limited(quota="1/h", termination=GONE)) == [410, 429, 429]


@both
def test_access_is_checked_before_a_termination(via: Via) -> None:
    """Who may not is told so."""
    got = via(limited(access=NOT_JACK, termination=GONE), GOOD)
    assert got.outcome.reason is Reason.CONSUMER_FORBIDDEN


@both
@each_bad_login
def test_who_calls_is_known_before_anything_is_held_against_it(
    sent: Sent, via: Via
) -> None:
    """A refused login learns of no rule, quota or termination."""
    gate = limited(access=NOT_JACK, quota="1/h", termination=GONE)
    assert calls(via, gate, sent) == [401, 401, 401]


@both
@each_bad_login
@pytest.mark.parametrize("per", [["consumer"], ["address"], []], ids=str)
def test_a_refused_login_takes_nothing_from_a_quota(
    per: list[str], sent: Sent, via: Via
) -> None:
    """Or anybody could use up jack's."""
    gate = limited(quota=Quota(rates="1/h", per=per))
    assert calls(via, gate, sent) == [401, 401, 401]
    assert calls(via, gate) == [200, 429, 429]


# What the client gets


FIGURES = {
    "x-ratelimit-limit": "2",
    "x-ratelimit-remaining": "1",
    "x-ratelimit-reset": "3600",
}
HOURLY = Quota(rates="2/h", aligned=True)


@both
def test_who_passes_is_told_what_is_left(via: Via) -> None:
    """Beside what the app answers."""
    got = via(limited(quota=HOURLY), GOOD)
    assert (got.status, got.headers, got.body) == (200, FIGURES, b"app")


@both
def test_a_token_in_the_query_adds_its_header_to_them(via: Via) -> None:
    """Each for its own reason."""
    gate = limited(quota=HOURLY, query_names=["jwt"])
    got = via(gate, Sent(query=f"jwt={mint()}"))
    assert got.headers == {"cache-control": "no-store", **FIGURES}


@both
def test_who_is_over_the_quota_is_told_when_to_come_back(via: Via) -> None:
    """RFC 6585 4."""
    gate = limited(quota=HOURLY)
    *_, got = [via(gate, GOOD) for _ in range(3)]
    assert got.status == 429
    assert got.message == {"message": Reason.QUOTA_EXCEEDED.text}
    assert got.headers == {
        "content-type": "application/json",
        "content-length": str(len(got.body)),
        "cache-control": "no-store",
        **FIGURES,
        "x-ratelimit-remaining": "0",
        "retry-after": "3600",
    }


@both
def test_kong_tells_of_each_rate_by_its_period(via: Via) -> None:
    """In its own words."""
    gate = make_gate(policy=Policy.kong(quota=HOURLY))
    *_, got = [via(gate, GOOD) for _ in range(3)]
    assert got.message == {"message": "API rate limit exceeded"}
    assert got.headers["x-ratelimit-remaining-hour"] == "0"
    assert got.headers["ratelimit-reset"] == "3600"


@both
def test_apisix_tells_of_a_quota_by_an_error_msg(via: Via) -> None:
    """As its limit-count does, where it has a message."""
    answer = Answer(status=503, message="slow down")
    policy = Policy.apisix(
        key_claim="iss", quota=Quota(rates="1/h", answer=answer, shown=False)
    )
    gate = make_gate(policy=policy)
    *_, got = [via(gate, GOOD) for _ in range(2)]
    assert (got.status, got.body) == (503, b'{"error_msg":"slow down"}\n')


@both
def test_who_may_not_is_told_so(via: Via) -> None:
    """RFC 6750 3.1, insufficient_scope."""
    got = via(limited(access=NOT_JACK, realm="shop"), GOOD)
    assert (got.status, got.outcome.claim) == (403, None)
    assert got.message == {"message": Reason.CONSUMER_FORBIDDEN.text}
    assert got.headers["www-authenticate"] == (
        'Bearer realm="shop", error="insufficient_scope", '
        f'error_description="{Reason.CONSUMER_FORBIDDEN.text}"'
    )


@both
@pytest.mark.parametrize(
    ("policy", "body"),
    [
        (Policy.kong, b'{"message":"You cannot consume this service"}'),
        (Policy.apisix, b'{"message":"The consumer_name is forbidden."}\n'),
    ],
    ids=["kong", "apisix"],
)
def test_a_gateway_tells_who_may_not_in_its_words(
    policy: Callable[..., Policy], body: bytes, via: Via
) -> None:
    """Without a challenge."""
    got = via(make_gate(policy=policy(access=NOT_JACK, key_claim="iss")), GOOD)
    assert (got.status, got.body) == (403, body)
    assert "www-authenticate" not in got.headers


ANSWER = Answer(status=418, body="<p>Zo\u00eb</p>", content_type="text/html")
ANSWERED: dict[str, dict[str, Any]] = {
    "access": {"access": Access(deny_consumers=["jack"], answer=ANSWER)},
    "quota": {"quota": ["9/h", Quota(rates="1/h", answer=ANSWER)]},
    "termination": {"termination": ANSWER},
}


@both
@pytest.mark.parametrize("term", ANSWERED)
def test_an_answer_has_its_own_status_body_and_content_type(
    term: str, via: Via
) -> None:
    """Nothing is put around the body, and the length is that of its octets."""
    gate = limited(**ANSWERED[term])
    *_, got = [via(gate, GOOD) for _ in range(2)]
    assert (got.status, got.body) == (418, "<p>Zo\u00eb</p>".encode())
    assert got.headers["content-type"] == "text/html"
    assert got.headers["content-length"] == str(len(got.body))


@both
def test_an_answer_has_its_own_message(via: Via) -> None:
    """In the gateway's form."""
    got = via(limited(termination=GONE), GOOD)
    assert (got.status, got.message) == (410, {"message": "moved out"})
    assert got.headers["content-type"] == "application/json"


@both
@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_content_has_neither_body_nor_length(
    status: int, via: Via
) -> None:
    """RFC 9110 8.6."""
    got = via(limited(termination=Answer(status=status)), GOOD)
    assert (got.status, got.body) == (status, b"")
    assert got.headers == {"cache-control": "no-store"}


@both
def test_an_answer_to_head_has_no_body(via: Via) -> None:
    """Its headers are those of GET."""
    gate = limited(termination=ANSWER)
    head, get = (
        via(gate, Sent.bearer(mint(), method=each)) for each in ("HEAD", "GET")
    )
    assert (head.headers, head.body) == (get.headers, b"")


@both
def test_a_body_may_stand_for_every_401(via: Via) -> None:
    """And for nothing else. Source: APISIX's error_response."""
    gate = limited(error_response="no", access=NOT_JACK)
    missing, forbidden = via(gate, Sent()), via(gate, GOOD)
    assert (missing.status, missing.body) == (401, b"no")
    assert missing.headers["content-length"] == "2"
    assert forbidden.message == {"message": Reason.CONSUMER_FORBIDDEN.text}


# Nobody who is known becomes anonymous


@both
@pytest.mark.parametrize(
    ("term", "status"),
    [
        ({"access": NOT_JACK}, 403),
        ({"quota": "1/h"}, 429),
        ({"consumer_terms": {"jack": Terms(termination=GONE)}}, 410),
    ],
    ids=["access", "quota", "termination"],
)
def test_anonymous_downgrade_who_is_refused_is_not_let_pass_as_a_guest(
    term: dict[str, Any], status: int, via: Via
) -> None:
    """Also where any refusal of a token becomes anonymous."""
    gate = limited(anonymous=GUEST, anonymous_for="any", **term)
    via(gate, GOOD)
    got = via(gate, GOOD)
    assert (got.status, type(got.outcome)) == (status, Denied)


@both
@pytest.mark.parametrize("by", ["consumer", "name"])
@pytest.mark.parametrize(
    ("term", "statuses"),
    [
        ({"access": Access(deny_groups=["visitors"])}, [403, 403, 403]),
        ({"access": Access(allow_consumers=["guest"])}, [200, 200, 200]),
        ({"quota": "1/h"}, [200, 429, 429]),
        ({"termination": GONE}, [410, 410, 410]),
        ({"consumer_terms": {"guest": Terms(quota="2/h")}}, [200, 200, 429]),
        ({"consumer_terms": {"guest": Terms(termination=GONE)}}, [410, 410, 410]),
        ({"consumer_terms": {GUEST.id: Terms(quota="1/h")}}, [200, 429, 429]),
    ],
    ids=[
        "access",
        "access, allowed",
        "quota",
        "termination",
        "own terms",
        "own termination",
        "own terms by id",
    ],
)
def test_the_anonymous_consumer_is_held_to_its_terms(
    term: dict[str, Any], statuses: list[int], by: str, via: Via
) -> None:
    """It is a consumer like any."""
    store = make_store()
    guest = store.create_consumer(username="guest", groups=["visitors"])
    assert guest.id == GUEST.id
    policy = Policy(anonymous="guest" if by == "name" else GUEST, **term)
    assert calls(via, Gate(store, policy, clock=clock), Sent()) == statuses


@both
def test_the_anonymous_consumer_has_a_quota_of_its_own(via: Via) -> None:
    """In place of the policy's."""
    guest = Consumer(username="guest", quota="1/h")
    gate = limited(anonymous=guest, quota="2/h")
    assert calls(via, gate, Sent()) == [200, 429, 429]
    assert calls(via, gate) == [200, 200, 429]


@both
def test_all_guests_are_one_caller(via: Via) -> None:
    """Unless they are counted by address."""
    one, other = Sent(client="192.0.2.1"), Sent(client="192.0.2.2")
    gate = limited(anonymous=GUEST, quota="1/h")
    assert [via(gate, sent).status for sent in (one, other)] == [200, 429]
    gate = limited(anonymous=GUEST, quota=Quota(rates="1/h", per=["address"]))
    assert [via(gate, sent).status for sent in (one, other, one)] == [200, 200, 429]


@both
def test_the_anonymous_consumer_is_told_what_is_left(via: Via) -> None:
    """As any other."""
    got = via(limited(anonymous=GUEST, quota=HOURLY), Sent())
    assert isinstance(got.outcome, Anonymous)
    assert got.headers == FIGURES


@both
@pytest.mark.parametrize(
    ("policy", "groups", "status"),
    [
        (Policy.kong, [], 401),
        (Policy.kong, ["others"], 403),
        (Policy.apisix, [], 403),
        (Policy, [], 403),
    ],
    ids=["kong, no group", "kong, another", "apisix", "native"],
)
def test_kong_asks_a_guest_in_no_group_for_a_token(
    policy: Callable[..., Policy], groups: list[str], status: int, via: Via
) -> None:
    """Its acl takes one without groups for one without credentials."""
    guest = Consumer(username="guest", groups=groups)
    access = Access(allow_groups=["staff"])
    gate = make_gate(policy=policy(anonymous=guest, access=access))
    assert via(gate, Sent()).status == status


# One consumer


@both
@pytest.mark.parametrize("name", ["jack", jack().id], ids=["username", "id"])
def test_terms_of_one_consumer_are_found_by_either_name(name: str, via: Via) -> None:
    """They are in place of those for all."""
    terms = Terms(access=(), quota=(), termination=GONE)
    gate = limited(access=NOT_JACK, quota="1/h", consumer_terms={name: terms})
    assert calls(via, gate) == [410, 410, 410]


@both
def test_terms_of_one_consumer_are_nobody_else_s(via: Via) -> None:
    """A custom_id, for one, is no name here."""
    terms = dict.fromkeys(["jill", "495aec6a"], Terms(termination=GONE))
    assert via(limited(consumer_terms=terms), GOOD).app_ran


@both
def test_issuer_confusion_an_issuer_s_admin_is_not_the_admin_of_the_terms(
    via: Via,
) -> None:
    """Whoever names itself so by a claim gets the terms for all."""
    gate, sent = named("admin")
    got = via(gate, sent)
    assert got.outcome.consumer.username == "admin"
    assert got.status == 200


@both
def test_issuer_confusion_an_issuer_s_admin_is_not_the_admin_of_access(
    via: Via,
) -> None:
    """Neither is it let in."""
    policy = Policy(access=Access(allow_consumers=["admin"]))
    gate = make_gate(credential(consumer_claim="sub"), policy=policy)
    assert via(gate, Sent.bearer(mint(sub="admin"))).status == 403


@both
def test_a_user_of_an_issuer_is_found_by_its_id(via: Via) -> None:
    """Which comes of issuer and name."""
    gate, sent = named("admin")
    id_ = via(gate, sent).outcome.consumer.id
    terms = {id_: Terms(termination=GONE)}
    other = make_gate(
        credential(consumer_claim="sub"), policy=Policy(consumer_terms=terms)
    )
    assert via(other, sent).status == 410


@both
@pytest.mark.parametrize(
    ("own", "terms", "statuses"),
    [
        (None, {}, [200, 429, 429, 429]),
        ("2/h", {}, [200, 200, 429, 429]),
        ("2/h", {"jack": Terms(quota="3/h")}, [200, 200, 200, 429]),
        (None, {"jack": Terms(quota="3/h")}, [200, 200, 200, 429]),
        ("2/h", {"jack": Terms(quota=())}, [200, 200, 200, 200]),
        ("2/h", {"jack": Terms(access=())}, [200, 200, 429, 429]),
        ("2/h", {"jill": Terms(quota="3/h")}, [200, 200, 429, 429]),
    ],
    ids=[
        "the policy's",
        "the consumer's",
        "its terms'",
        "its terms', none of its own",
        "none by its terms",
        "terms without quota",
        "another's terms",
    ],
)
def test_whose_quota_counts(
    own: Any, terms: dict[str, Terms], statuses: list[int], via: Via
) -> None:
    """The consumer's wins over the policy's, and consumer_terms over both."""
    gate = make_gate(
        credential(consumer=jack(quota=own)),
        policy=Policy(quota="1/h", consumer_terms=terms),
    )
    assert calls(via, gate, times=4) == statuses


@both
def test_credentials_of_one_consumer_are_counted_together_or_apart(via: Via) -> None:
    """By consumer they share, by credential each has its own."""
    rows = credential(), credential(key="other-key")
    tokens = [Sent.bearer(mint(iss=key)) for key in (KEY, "other-key")]
    for per, last in (("consumer", 429), ("credential", 200)):
        gate = make_gate(*rows, policy=Policy(quota=Quota(rates="1/h", per=[per])))
        assert [via(gate, sent).status for sent in tokens] == [200, last]


# Counters


def test_both_middlewares_count_together() -> None:
    """An app may be served by both."""
    gate = limited(quota="2/h")
    assert [via(gate, GOOD).status for via in (*BOTH.values(), *BOTH.values())] == [
        200,
        200,
        429,
        429,
    ]


@both
def test_a_reload_gives_nobody_more(via: Via) -> None:
    """What was counted stays counted when the settings change."""
    gate = limited(quota="1/h")
    assert via(gate, GOOD).status == 200
    gate.replace(
        Settings(store=ListStore(credential()), policy=Policy(quota="1/h", realm="new"))
    )
    assert calls(via, gate) == [429, 429, 429]


@both
def test_two_gates_count_apart(via: Via) -> None:
    """A process may hold several."""
    assert [via(limited(quota="1/h"), GOOD).status for _ in range(2)] == [200, 200]


@both
def test_a_storage_that_is_down_lets_pass_where_it_is_open(
    via: Via, caplog: pytest.LogCaptureFixture
) -> None:
    """With one log record, and no figures."""
    gate = limited(quota=Quota(rates="1/h", storage=DOWN))
    for _ in range(3):
        got = via(gate, GOOD)
        assert (got.status, got.headers) == (200, {})
    assert len(caplog.records) == 1


@both
def test_a_storage_that_is_down_refuses_where_it_is_closed(via: Via) -> None:
    """With 503, never anonymous, and the app does not run."""
    quota = Quota(rates="1/h", storage=DOWN, when_down="closed")
    gate = limited(quota=quota, anonymous=GUEST, anonymous_for="any", mode="report")
    got = via(gate, GOOD)
    assert (got.status, got.app_ran) == (503, False)
    assert got.headers["retry-after"] == "5"


@both
def test_a_storage_of_a_consumer_s_own_quota_that_cannot_be_used_refuses(
    via: Via,
) -> None:
    """A store's row is not checked ahead; it fails closed."""
    quota = Quota(rates="1/h", storage="etcd://x")
    gate = make_gate(credential(consumer=jack(quota=quota)))
    assert via(gate, GOOD).status == 503


@both
def test_a_storage_that_is_down_is_logged_without_a_traceback(
    via: Via, caplog: pytest.LogCaptureFixture
) -> None:
    """It is known; and it would be one for each request."""
    quota = Quota(rates="1/h", storage=DOWN, when_down="closed")
    via(limited(quota=quota), GOOD)
    assert not [record for record in caplog.records if record.exc_info]


# Public routes


def open_to_all(**settings: Any) -> Gate:
    """Make a gate with a public route that has a policy."""
    public = Route(path="/open/*", public=True, policy=Policy(**settings))
    return Gate(ListStore(credential()), routes=[public], clock=clock)


def at(address: str, **fields: Any) -> Sent:
    """Make a request to the public route from an address."""
    return Sent(path="/open/a", client=address, **fields)


@both
def test_a_public_route_counts_by_address(via: Via) -> None:
    """Nobody is known there."""
    gate = open_to_all(quota="1/h")
    addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    assert [via(gate, at(each)).status for each in addresses] == [200, 200, 429]


@both
def test_a_public_route_looks_at_no_token_to_count(via: Via) -> None:
    """A token gives nobody another counter."""
    gate = open_to_all(quota=Quota(rates="1/h", per=["consumer", "credential"]))
    with_token = at("::1", headers=[("Authorization", f"Bearer {mint()}")])
    assert [via(gate, sent).status for sent in (at("::1"), with_token)] == [200, 429]


@both
def test_a_public_route_tells_what_is_left(via: Via) -> None:
    """And passes no identity on."""
    got = via(open_to_all(quota=HOURLY), at("::1", headers=[("X-Consumer-ID", "17")]))
    assert isinstance(got.outcome, Exempt)
    assert (got.outcome.why, got.headers) == ("public", FIGURES)
    assert "x-consumer-id" not in (got.seen_headers or {})


@both
@pytest.mark.parametrize("token", [None, mint()], ids=["no token", "good token"])
def test_a_public_route_with_access_demands_a_token(
    token: str | None, via: Via
) -> None:
    """None is looked at there, so nobody may."""
    headers = [("Authorization", f"Bearer {token}")] if token else []
    gate = open_to_all(access=Access(allow_consumers=["jack"]), realm="open")
    got = via(gate, at("::1", headers=headers))
    assert (got.status, got.outcome.reason) == (401, Reason.TOKEN_MISSING)
    assert got.headers["www-authenticate"] == 'Bearer realm="open"'


@both
def test_a_public_route_with_access_counts_nothing(via: Via) -> None:
    """Access comes first there, too."""
    gate = open_to_all(access=NOT_JACK, quota="1/h")
    assert calls(via, gate, at("::1")) == [401, 401, 401]


@both
def test_a_public_route_may_be_terminated(via: Via) -> None:
    """Whoever calls."""
    got = via(open_to_all(termination=GONE), at("::1"))
    assert (got.status, got.message) == (410, {"message": "moved out"})


@both
@pytest.mark.parametrize(
    "settings",
    [
        {"required_claims": ["sub"]},
        {"anonymous": GUEST},
        {"run_on_preflight": False},
        {"consumer_terms": {"jack": Terms(termination=GONE)}},
        {"anonymous": GUEST, "consumer_terms": {"guest": Terms(termination=GONE)}},
    ],
    ids=" ".join,
)
def test_nothing_else_of_a_public_route_s_policy_holds(
    settings: dict[str, Any], via: Via
) -> None:
    """No token is demanded, and nobody stands in."""
    got = via(open_to_all(**settings), at("::1"))
    assert isinstance(got.outcome, Exempt)
    assert got.outcome.why == "public"


@both
def test_a_public_route_without_policy_is_held_to_nothing(via: Via) -> None:
    """What holds for callers in general holds for nobody there."""
    gate = Gate(
        ListStore(),
        Policy(quota="1/h", termination=GONE, access=NOT_JACK),
        routes=[Route(path="/open/*", public=True)],
        clock=clock,
    )
    assert calls(via, gate, at("::1")) == [200, 200, 200]


@both
def test_a_public_route_answers_in_its_policy_s_dialect(via: Via) -> None:
    """Not in the gate's."""
    policy = Policy.apisix(termination=GONE)
    routes = [Route(path="/open/*", public=True, policy=policy)]
    gate = Gate(ListStore(), Policy.kong(), routes=routes, clock=clock)
    assert via(gate, at("::1")).body == b'{"message":"moved out"}\n'


# Report mode


@both
@pytest.mark.parametrize(
    ("term", "reason"),
    [
        ({"access": NOT_JACK}, Reason.CONSUMER_FORBIDDEN),
        ({"quota": "1/h"}, Reason.QUOTA_EXCEEDED),
    ],
    ids=["access", "quota"],
)
def test_report_mode_lets_pass_without_identity(
    term: dict[str, Any], reason: Reason, via: Via
) -> None:
    """As any other refusal; what would be answered is told to the app."""
    gate = limited(mode="report", **term)
    via(gate, GOOD)
    got = via(gate, GOOD)
    assert isinstance(got.outcome, Exempt)
    assert isinstance(got.outcome.would, Denied)
    assert got.outcome.would.reason is reason
    assert "x-consumer-username" not in (got.seen_headers or {})


@both
def test_report_mode_counts_and_tells_as_enforced(via: Via) -> None:
    """For whoever is within the quota."""
    got = via(limited(mode="report", quota=HOURLY), GOOD)
    assert isinstance(got.outcome, Authenticated)
    assert got.headers == FIGURES


@both
def test_report_mode_lets_nobody_pass_a_termination(via: Via) -> None:
    """There is no app to pass to."""
    gate = limited(mode="report", termination=GONE)
    assert (via(gate, GOOD).status, via(gate, GOOD).app_ran) == (410, False)


@both
def test_report_mode_lets_nobody_pass_a_termination_of_a_public_route(
    via: Via,
) -> None:
    """Nor there."""
    assert via(open_to_all(mode="report", termination=GONE), at("::1")).status == 410


@both
@each_bad_login
def test_report_mode_lets_no_refused_login_pass_a_termination(
    sent: Sent, via: Via
) -> None:
    """It would pass, so it is answered, as everyone is."""
    assert not via(limited(mode="report", termination=GONE), sent).app_ran


@both
@pytest.mark.parametrize(
    "term", [{"access": NOT_JACK}, {"quota": "1/h"}], ids=["access", "quota"]
)
def test_report_mode_lets_nobody_who_is_barred_pass_a_termination(
    term: dict[str, Any], via: Via
) -> None:
    """The same, for who would be refused by what comes before."""
    gate = limited(mode="report", termination=GONE, **term)
    via(gate, GOOD)
    assert not via(gate, GOOD).app_ran


# Preflights


ASKED = Sent(
    "OPTIONS",
    headers=[("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")],
)


@both
@pytest.mark.parametrize(
    "term",
    [
        {"access": NOT_JACK},
        {"quota": Quota(rates="1/h", per=())},
        {"consumer_terms": {"jack": Terms(termination=GONE)}},
    ],
    ids=["access", "quota", "another's termination"],
)
def test_an_exempt_preflight_is_held_to_nothing(term: dict[str, Any], via: Via) -> None:
    """A browser asks before it uses anything, and nobody calls."""
    gate = limited(run_on_preflight=False, **term)
    assert calls(via, gate, ASKED) == [200, 200, 200]


@both
@pytest.mark.parametrize("mode", ["enforce", "report"])
def test_an_exempt_preflight_does_not_pass_a_termination(mode: Any, via: Via) -> None:
    """There is no app to ask."""
    gate = limited(run_on_preflight=False, termination=GONE, mode=mode)
    got = via(gate, ASKED)
    assert (got.status, got.app_ran) == (410, False)


@both
@pytest.mark.parametrize(
    ("term", "statuses"),
    [
        ({"access": NOT_JACK}, [401, 401, 401]),
        ({"quota": "1/h"}, [200, 429, 429]),
        ({"termination": GONE}, [410, 410, 410]),
        ({}, [200, 200, 200]),
    ],
    ids=["access", "quota", "termination", "nothing"],
)
def test_what_kong_exempts_is_held_to_its_other_plugins(
    term: dict[str, Any], statuses: list[int], via: Via
) -> None:
    """Any OPTIONS skips its jwt plugin alone; the others do not know who calls."""
    gate = make_gate(policy=Policy.kong(run_on_preflight=False, **term))
    assert calls(via, gate, Sent("OPTIONS", client="192.0.2.1")) == statuses


# Keys that never were one


@both
@pytest.mark.parametrize(
    ("algorithm", "reason"),
    [
        (None, Reason.KEY_UNUSABLE),
        ("HS256", Reason.KEY_UNUSABLE),
        ("RS256", Reason.ALGORITHM_MISMATCH),
    ],
    ids=["unknown algorithm", "the token's", "another"],
)
def test_a_key_that_never_was_one_is_refused(
    algorithm: str | None, reason: Reason, via: Via
) -> None:
    """With 401, as a gateway does; natively as any failure about keys."""
    row = UnusableCredential(key=KEY, why="?", algorithm=algorithm, refuses=True)
    got, forged = via(make_gate(row), GOOD), via(make_gate(), BAD_LOGINS["forged"])
    assert got.outcome.reason is reason
    assert (got.status, got.headers, got.body) == (401, forged.headers, forged.body)


@both
@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (Policy.kong(), "Invalid key/secret"),
        (Policy.apisix(key_claim="iss"), "failed to verify jwt"),
    ],
    ids=["kong", "apisix"],
)
def test_a_gateway_tells_that_a_key_never_was_one(
    policy: Policy, text: str, via: Via
) -> None:
    """In its own words."""
    row = UnusableCredential(key=KEY, why="?", refuses=True)
    got = via(make_gate(row, policy=policy), GOOD)
    assert (got.status, got.message) == (401, {"message": text})


@both
def test_a_key_that_never_was_one_may_become_anonymous(via: Via) -> None:
    """It is a refusal of the token, as the gateways have it."""
    row = UnusableCredential(key=KEY, why="?", refuses=True)
    gate = make_gate(row, policy=Policy(anonymous=GUEST, anonymous_for="any"))
    assert isinstance(via(gate, GOOD).outcome, Anonymous)
