from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    Consumer,
    Credential,
    Denied,
    Gate,
    Outcome,
    Policy,
    Reason,
    RequestView,
    authenticate,
)
from jwtgate.denylists.memory import MemoryDenylist
from tests.kit import NOW, ListStore, WaitingStore, clock, credential, jack, mint

POLICIES = {
    "native": Policy(query_names=["jwt"], cookie_names=["jwt"]),
    "kong": Policy.kong(),
    "apisix": Policy.apisix(key_claim="iss"),
    "guests": Policy(
        anonymous=Consumer(id="guest", username="guest"), anonymous_for="any"
    ),
    "report": Policy(mode="report"),
    "hiding": Policy(hide_credentials=True),
    "lenient": Policy(required_claims=(), leeway=5),
}
each_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)

CREDENTIALS: dict[str, tuple[Credential, ...]] = {
    "usual": (credential(),),
    "two": (credential(kid="a"), credential(kid="b")),
    "disabled": (credential(enabled=False),),
    "of nobody": (credential(consumer=jack(enabled=False)),),
    "retired": (credential(retire_after=NOW),),
    "to come": (credential(not_before=NOW + 1),),
    "another's": (credential(key="jill-key"),),
    "claim": (credential(consumer_claim="sub"),),
    "own demands": (credential(audience=["api"], lifetime_grace_period=9),),
    "HS512": (credential(algorithm="HS512"),),
}

TIMES = st.sampled_from([NOW - 6, NOW - 5, NOW - 1, NOW, NOW + 0.5, NOW + 1, NOW + 60])
ODD: st.SearchStrategy[Any] = st.sampled_from([None, True, "soon", [], {}, 10**400])
HEADERS = st.fixed_dictionaries(
    {"alg": st.sampled_from(["HS256", "HS256", "HS512", "none"])},
    optional={
        "kid": st.sampled_from(["a", "b", "c", 1]),
        "iss": st.sampled_from(["jack-key", "jill-key"]),
    },
)
CLAIMS = st.fixed_dictionaries(
    {},
    optional={
        "iss": st.sampled_from(["jill-key", "", 5, "a\0", "x" * 600, False]),
        "exp": TIMES.map(int) | TIMES | ODD,
        "nbf": TIMES.map(int) | TIMES | ODD,
        "sub": st.sampled_from(["ann", "a\r\nb", 7]),
        "aud": st.sampled_from(["api", ["web", "api"], "web"]),
    },
)


def told(outcome: Outcome) -> Any:
    """Give all of an outcome but for what tells gates apart."""
    besides = {"gate", "guard", "hiding", "would"}
    return type(outcome), {
        field.name: getattr(outcome, field.name)
        for field in fields(outcome)
        if field.name not in besides
    }


@each_policy
@pytest.mark.parametrize("found", CREDENTIALS.values(), ids=CREDENTIALS)
@settings(max_examples=25)
@given(HEADERS, CLAIMS, st.sampled_from(["header", "query", "cookie"]))
def test_the_way_without_waiting_comes_to_the_same(
    policy: Policy,
    found: tuple[Credential, ...],
    header: dict[str, Any],
    claims: dict[str, Any],
    carrier: str,
) -> None:
    """Whatever the token is, and how often it comes."""
    token = mint(claims, header=header)
    request = {
        "header": RequestView.get(token=token),
        "query": RequestView.get(f"/?jwt={token}"),
        "cookie": RequestView.get(headers=[(b"cookie", f"jwt={token}".encode())]),
    }[carrier]
    at_once = Gate(ListStore(*found), policy, clock=clock)
    waiting = Gate(WaitingStore(*found), policy, clock=clock, memo=0)
    expected = told(authenticate(waiting, request))
    assert told(authenticate(at_once, request)) == expected
    assert told(authenticate(at_once, request)) == expected


@pytest.mark.parametrize(
    ("parts", "at_once"),
    [
        ({}, True),
        ({"policy": Policy(run_on_preflight=False)}, False),
        ({"policy": Policy(quota="1/s")}, False),
        ({"denylist": MemoryDenylist()}, False),
        ({"store": WaitingStore()}, False),
    ],
    ids=["usual", "preflights", "quota", "denylist", "store"],
)
def test_what_may_wait_or_asks_more_has_no_short_way(
    parts: dict[str, Any],
    at_once: bool,  # noqa: FBT001 - a column
) -> None:
    """It goes through the flow."""
    gate = Gate(**{"store": ListStore(), **parts})
    assert (gate.ready.at_once is not None) is at_once


def test_a_store_that_fails_is_our_fault() -> None:
    """Also where nothing waits for it."""

    class Failing(ListStore):
        def find(self, key: str, kid: str | None = None) -> Any:
            raise ConnectionError(key, kid)

    outcome = authenticate(Gate(Failing(), clock=clock), RequestView.get(token=mint()))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.STORE_UNAVAILABLE


def test_csrf_a_cookie_from_another_site_is_refused() -> None:
    """By the short way, too."""
    gate = Gate(ListStore(credential()), Policy(cookie_names=["jwt"]), clock=clock)
    lines = [
        (b"cookie", f"jwt={mint()}".encode()),
        (b"origin", b"https://evil.example"),
    ]
    outcome = authenticate(gate, RequestView("POST", headers=lines))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.CROSS_SITE
