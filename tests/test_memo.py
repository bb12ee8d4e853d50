import json
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Consumer,
    Credential,
    Denied,
    Gate,
    MemoryStore,
    Outcome,
    Policy,
    Reason,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.denylist import Subject
from jwtgate.denylists.memory import MemoryDenylist
from jwtgate.errors import KeyRejected
from jwtgate.jose import UnverifiedToken, hmac, load_key, parse_compact, verify
from jwtgate.jose.generations import Generations
from jwtgate.jose.verify import share
from jwtgate.memo import MAX_MEMO_TOKEN_LENGTH, Memo, Memos, remember
from jwtgate.settings import Settings
from jwtgate.verifier import Verifier
from tests.kit import KEY, NOW, SECRET, ListStore, clock, credential, mint

OTHER = "another-secret-of-the-tests-of-more-than-32-octets"


class Turned:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def ask(gate: Gate, token: str, **fields: Any) -> Outcome:
    """Send a token."""
    headers = [(b"authorization", b"Bearer " + token.encode())]
    return authenticate(gate, RequestView("GET", headers=headers, **fields))


def reason(gate: Gate, token: str, **fields: Any) -> Reason | None:
    """Tell why a token is refused; None if it is not."""
    outcome = ask(gate, token, **fields)
    return outcome.reason if isinstance(outcome, Denied) else None


def claims_of(gate: Gate, token: str) -> Any:
    """Give the claims of a token that passes."""
    outcome = ask(gate, token)
    assert isinstance(outcome, Authenticated)
    return outcome.claims


def made() -> tuple[Gate, MemoryStore]:
    """Make a gate over a store with one credential, by which a token passed."""
    store = MemoryStore(clock=clock)
    owner = store.create_consumer(username="jack")
    store.create_credential(owner, key=KEY, secret=SECRET)
    gate = Gate(store, clock=clock)
    assert reason(gate, mint()) is None
    return gate, store


# What is remembered, and what never is


def verified(token: str) -> UnverifiedToken:
    """Read a token, and verify it."""
    found = parse_compact(token.encode())
    verify(found, credential().verification_key)
    return found


def test_a_token_that_was_verified_is_remembered() -> None:
    """Its next coming is neither parsed nor checked by a key."""
    memo: Memo = Generations(8)
    verifier = Verifier(Policy(), memo)
    octets = mint().encode()
    verifier.verify([credential()], *verifier.read(octets), NOW)
    token, key = verifier.read(octets)
    assert token.verified is not None
    assert (token.verified.key, key) == (load_key("HS256", SECRET.encode()), KEY)


@pytest.mark.parametrize(
    "bad",
    [mint(secret=OTHER), mint(iss="nobody"), mint()[:-1] + "!"],
    ids=["forged", "of nobody", "no base64url"],
)
def test_a_token_that_nobody_verified_is_not(bad: str) -> None:
    """Who has no key could fill the memo."""
    memo: Memo = Generations(8)
    verifier = Verifier(Policy(), memo)
    with pytest.raises(KeyRejected):
        verifier.verify([credential()], *verifier.read(bad.encode()), NOW)
    assert len(memo) == 0


def test_a_long_token_is_not_remembered() -> None:
    """So the memo is bounded in octets, too."""
    memo: Memo = Generations(8)
    token = verified(mint(pad="x" * MAX_MEMO_TOKEN_LENGTH))
    remember(memo, token, KEY)
    assert len(memo) == 0


def test_a_token_with_objects_in_its_header_is_not_remembered() -> None:
    """Requests would share them."""
    memo: Memo = Generations(8)
    remember(memo, verified(mint(header={"alg": "HS256", "jwk": {}})), KEY)
    assert len(memo) == 0


def test_the_memo_is_bounded() -> None:
    """A holder of a key may sign tokens without end."""
    memos = Memos(10)
    memo = memos.of(Policy())
    for number in range(100):
        remember(memo, verified(mint(sub=str(number))), KEY)
    assert 5 <= len(memo) <= 10


def test_no_memo() -> None:
    """Nothing is remembered."""
    memo = Memos(0).of(Policy())
    remember(memo, verified(mint()), KEY)
    assert len(memo) == 0


@pytest.mark.parametrize("most", [-1, 1.5, True, "9", None])
def test_a_memo_of_no_size_is_refused(most: Any) -> None:
    """At once."""
    with pytest.raises(ConfigurationError, match="memo"):
        Gate(ListStore(), memo=most)


def test_policies_that_read_the_key_alike_share_a_memo() -> None:
    """So many routes cost no more than one."""
    memos = Memos(8)
    assert memos.of(Policy()) is memos.of(Policy(realm="x"))
    assert memos.of(Policy()) is not memos.of(Policy(key_claim="sub"))


def test_a_remembered_token_is_small() -> None:
    """Less than a kilobyte with five claims."""
    memo: Memo = Generations(4000)
    tokens = [
        mint(sub=f"order-service-{number}", iat=NOW, nbf=NOW) for number in range(1000)
    ]
    remember(memo, verified(tokens.pop()), KEY)
    tracemalloc.start()
    for token in tokens:
        remember(memo, verified(token), KEY)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / len(tokens) < 1024


# Everything else counts at once


def test_a_deleted_credential() -> None:
    """The token is unknown with the next request."""
    gate, store = made()
    store.delete_credential(KEY)
    assert reason(gate, mint()) is Reason.KEY_UNKNOWN


def test_a_disabled_credential() -> None:
    """It is refused."""
    gate, store = made()
    store.update_credential(KEY, enabled=False)
    assert reason(gate, mint()) is Reason.CREDENTIAL_DISABLED


def test_a_disabled_consumer() -> None:
    """So are its tokens."""
    gate, store = made()
    store.update_consumer("jack", enabled=False)
    assert reason(gate, mint()) is Reason.CONSUMER_DISABLED


def test_a_deleted_consumer() -> None:
    """Nothing of it is left."""
    gate, store = made()
    store.delete_consumer("jack")
    assert reason(gate, mint()) is Reason.KEY_UNKNOWN


def test_a_changed_secret() -> None:
    """The old signature was made by the old secret."""
    gate, store = made()
    store.update_credential(KEY, secret=OTHER)
    assert reason(gate, mint()) is Reason.SIGNATURE_INVALID
    assert reason(gate, mint(secret=OTHER)) is None


def test_a_secret_that_is_changed_and_changed_back() -> None:
    """The token holds under it again."""
    gate, store = made()
    store.update_credential(KEY, secret=OTHER)
    assert reason(gate, mint()) is Reason.SIGNATURE_INVALID
    store.update_credential(KEY, secret=SECRET)
    assert reason(gate, mint()) is None


def test_a_rotation_whose_overlap_is_over() -> None:
    """What the old secret signed is refused from that second on."""
    turned = Turned()
    store = MemoryStore(clock=turned)
    owner = store.create_consumer(username="jack")
    store.create_credential(owner, key=KEY, secret=SECRET)
    gate = Gate(store, clock=turned)
    token = mint(exp=NOW + 900)
    assert reason(gate, token) is None
    store.rotate(KEY, overlap=60)
    assert reason(gate, token) is None
    turned.now += 61
    assert reason(gate, token) is Reason.SIGNATURE_INVALID


def test_another_algorithm_for_the_same_secret() -> None:
    """A key is bound to its algorithm."""
    secret = "of-64-octets-" * 5
    token = mint(secret=secret)
    first = credential(secret=secret)
    store = ListStore(first)
    gate = Gate(store, clock=clock)
    assert reason(gate, token) is None
    store.credentials = (replace(first, algorithm="HS512"),)
    assert reason(gate, token) is Reason.ALGORITHM_MISMATCH


def test_a_token_that_expires() -> None:
    """The time is read for each request."""
    turned = Turned()
    gate = Gate(ListStore(credential()), clock=turned)
    token = mint(exp=NOW + 5)
    assert reason(gate, token) is None
    turned.now += 5
    assert reason(gate, token) is Reason.TOKEN_EXPIRED


def test_a_token_before_its_time_comes_of_age() -> None:
    """Claims that refused once need not refuse for ever."""
    turned = Turned()
    gate = Gate(ListStore(credential()), clock=turned)
    token = mint(nbf=NOW + 5, exp=NOW + 60)
    assert reason(gate, token) is Reason.TOKEN_NOT_YET_VALID
    turned.now += 5
    assert reason(gate, token) is None


def test_a_token_that_is_revoked() -> None:
    """A denylist is asked for each request."""
    denylist = MemoryDenylist(by=["jti"], clock=clock)
    gate = Gate(ListStore(credential()), denylist=denylist, clock=clock)
    token = mint(jti="1")
    assert reason(gate, token) is None
    denylist.deny(Subject.jti(KEY, "1"), until=NOW + 60)
    assert reason(gate, token) is Reason.TOKEN_REVOKED


def test_a_policy_that_no_longer_allows_the_algorithm() -> None:
    """A reload counts, though the memo outlives it."""
    store = ListStore(credential())
    gate = Gate(store, clock=clock)
    assert reason(gate, mint()) is None
    gate.replace(Settings(store=store, policy=Policy(algorithms=["RS256"])))
    assert reason(gate, mint()) is Reason.ALGORITHM_UNSUPPORTED


def test_a_policy_that_demands_more() -> None:
    """Claims are checked anew."""
    store = ListStore(credential())
    gate = Gate(store, clock=clock)
    assert reason(gate, mint()) is None
    gate.replace(Settings(store=store, policy=Policy(audience=["us"])))
    assert reason(gate, mint()) is Reason.AUDIENCE_MISMATCH


def test_another_route_with_another_store() -> None:
    """What passed on one route proves nothing on another."""
    routes = [Route(path="/b/*", store=ListStore(credential(secret=OTHER)))]
    gate = Gate(ListStore(credential()), routes=routes, clock=clock)
    assert reason(gate, mint(), path="/a") is None
    assert reason(gate, mint(), path="/b/x") is Reason.SIGNATURE_INVALID


def test_another_policy_that_reads_another_key_claim() -> None:
    """A memo belongs to one reading."""
    routes = [Route(path="/b/*", policy=Policy(key_claim="sub"))]
    gate = Gate(
        ListStore(credential(), credential(key="b", secret=OTHER)),
        routes=routes,
        clock=clock,
    )
    token = mint(sub="b")
    assert reason(gate, token, path="/a") is None
    assert reason(gate, token, path="/b/x") is Reason.SIGNATURE_INVALID


def test_a_token_with_another_signature() -> None:
    """The memo knows whole tokens only."""
    gate, _ = made()
    good = mint()
    tampered = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
    assert reason(gate, tampered) is Reason.SIGNATURE_INVALID
    assert reason(gate, good.rpartition(".")[0] + ".") is Reason.SIGNATURE_INVALID


def test_a_consumer_that_changed() -> None:
    """The app is told of it as it is now."""
    gate, store = made()
    store.update_consumer("jack", custom_id="new", groups=["admins"])
    outcome = ask(gate, mint())
    assert isinstance(outcome, Authenticated)
    told = dict(outcome.request_headers)
    assert told["X-Consumer-Custom-ID"] == "new"
    assert told["X-Consumer-Groups"] == "admins"


def test_a_store_that_makes_its_credentials_for_each_request() -> None:
    """Keys are interned, so the memo is hit all the same."""
    verifier = Verifier(Policy(), Generations(8))
    octets = mint().encode()
    verifier.verify([credential()], *verifier.read(octets), NOW)
    token, _ = verifier.read(octets)
    assert token.verified is not None
    assert token.verified.key is credential().verification_key


@pytest.mark.parametrize(
    "terms", [{}, {"retire_after": NOW + 1}, {"lifetime_grace_period": 1}], ids=str
)
def test_a_token_is_checked_once_on_whatever_terms(terms: dict[str, Any]) -> None:
    """What a credential demands of its own is judged, its signature is known."""
    verifier = Verifier(Policy(), Generations(8))
    octets, found = mint().encode(), (credential(**terms),)
    verifier.verify(found, *verifier.read(octets), NOW)
    token, key = verifier.read(octets)
    known = token.verified
    verifier.verify(found, token, key, NOW)
    assert token.verified is known is not None


def test_a_key_that_was_made_anew() -> None:
    """What holds under another object of the same secret is still each request's."""
    token = verified(mint())
    assert share(token, KEY)
    known = token.verified
    again = hmac.load("HS256", SECRET.encode())
    assert known is not None
    assert verify(token, again).key is again
    assert token.verified is not None
    assert token.verified.claims is known.claims
    assert token.verified.copied is known.copied is not None


# What one request does, no other sees


@pytest.mark.parametrize(
    "claims", [{"sub": "a"}, {"realm": {"roles": ["a"]}, "aud": ["a", "b"]}]
)
def test_claims_of_one_request_are_its_own(claims: dict[str, Any]) -> None:
    """At every depth, and by whatever way around that they are read-only."""
    gate = Gate(ListStore(credential()), clock=clock)
    token = mint(**claims)
    expected = json.dumps(claims_of(gate, token))
    for _ in range(3):
        found = claims_of(gate, token)
        assert json.dumps(found) == expected
        if "realm" in found:
            dict.update(found["realm"], roles="admin")
        dict.update(found, {"iss": "mallory", "admin": True})


def test_the_header_of_one_request_is_its_own() -> None:
    """It is read once for all tokens of a key."""
    gate = Gate(ListStore(credential()), clock=clock)
    for number in range(3):
        outcome = ask(gate, mint(sub=str(number)))
        assert isinstance(outcome, Authenticated)
        assert "admin" not in outcome.header
        dict.update(outcome.header, admin=True)


def test_consumers_are_not_mixed_up() -> None:
    """Two tokens of two keys, time and again."""
    other = Credential(consumer=Consumer(username="jill"), key="jill", secret=OTHER)
    gate = Gate(ListStore(credential(), other), clock=clock)
    for _ in range(3):
        for token, name in ((mint(), "jack"), (mint(iss="jill", secret=OTHER), "jill")):
            outcome = ask(gate, token)
            assert isinstance(outcome, Authenticated)
            assert outcome.consumer.username == name
