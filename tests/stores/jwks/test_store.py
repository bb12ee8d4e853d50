import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jwtgate import Authenticated, ConfigurationError, Credential, Gate, StoreError
from jwtgate.stores.jwks import JWKSStore
from tests.kit import BOTH, Got, Sent, clock, jack, mint
from tests.stores.jwks.provider import (
    CONFIGURATION,
    KEYS,
    Clock,
    Provider,
    configuration,
    document,
    is_idle,
    jwk,
    provider,
    raw,
    redirects,
    says,
    trusting,
    until,
)

A, B = jwk("ES256", kid="a"), jwk("EdDSA", kid="b")
Send = Callable[[Gate, Sent], Got]

each_server = pytest.mark.parametrize("send", BOTH.values(), ids=BOTH)


@pytest.fixture
def there() -> Iterator[Provider]:
    """Run a provider that publishes A."""
    with provider(A) as running:
        yield running


def store_of(there: Provider, **fields: Any) -> JWKSStore:
    """Make a store of a provider's keys, whose issuer is its URL."""
    usual = {"issuer": there.url, "audience": ["api"], "allow_http": True}
    return JWKSStore(**{**usual, **fields})


def token(
    issuer: str, algorithm: str = "ES256", kid: str | None = "a", **claims: Any
) -> str:
    """Make a token of an issuer, good unless asked otherwise."""
    header = {"alg": algorithm, "typ": "JWT", "kid": kid}
    if kid is None:
        del header["kid"]
    usual = {"iss": issuer, "aud": "api", "sub": "jill"}
    return mint({**usual, **claims}, algorithm=algorithm, header=header)


def asked(send: Send, store: Any, text: str) -> Got:
    """Send a token to a gate over a store."""
    return send(Gate(store, clock=clock), Sent.bearer(text))


# From end to end


@each_server
def test_a_token_of_a_provider_passes(send: Send, there: Provider) -> None:
    """Its claim names the consumer, its consumer gives the groups."""
    store = store_of(there, consumer=jack(groups=["staff"]))
    outcome = asked(send, store, token(there.url)).outcome
    assert isinstance(outcome, Authenticated)
    assert (outcome.consumer.username, outcome.consumer.groups) == ("jill", ("staff",))
    assert outcome.consumer.issuer == there.url


def test_a_token_passes_by_tls() -> None:
    """Without allow_http."""
    with provider(A, tls=True) as there:
        store = store_of(there, allow_http=False, ssl_context=trusting())
        assert asked(BOTH["wsgi"], store, token(there.url)).status == 200


@each_server
def test_rotation_refuses_nobody(send: Send, there: Provider) -> None:
    """Old and new keys overlap; who signs with the new one is let in at once."""
    time = Clock()
    store = store_of(there, clock=time)
    gate = Gate(store, clock=clock)
    old, new = token(there.url), token(there.url, "EdDSA", "b")

    def statuses(*texts: str) -> list[int]:
        return [send(gate, Sent.bearer(text)).status for text in texts]

    assert statuses(old) == [200]
    there.publish(A, B)
    time.pass_by(30)
    assert statuses(old, new, old, new) == [200] * 4
    there.publish(B)
    store.refresh()
    assert statuses(new, old) == [200, 401]


@each_server
def test_requests_at_a_rotation_pass_in_many_threads(
    send: Send, there: Provider
) -> None:
    """None is refused while the keys change."""
    time = Clock()
    gate = Gate(store_of(there, clock=time), clock=clock)
    old, new = token(there.url), token(there.url, "EdDSA", "b")
    assert send(gate, Sent.bearer(old)).status == 200
    there.publish(A, B)
    time.pass_by(30)
    statuses: list[int] = []

    def work() -> None:
        statuses.extend(send(gate, Sent.bearer(text)).status for text in (old, new) * 5)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 40
    assert there.asked.count(KEYS) == 2


@each_server
def test_a_provider_that_dies_refuses_nobody_for_a_while(send: Send) -> None:
    """Then it is a 503, and it is over when it comes back."""
    time = Clock()
    with provider(A) as there:
        port, issuer = there.server_address[1], there.url
        gate = Gate(store_of(there, clock=time), clock=clock)
        good = Sent.bearer(token(issuer))
        assert send(gate, good).status == 200
    time.pass_by(3899)
    assert send(gate, good).status == 200
    time.pass_by(60)
    late = send(gate, good)
    assert late.status == 503
    assert late.headers["cache-control"] == "no-store"
    assert "retry-after" in late.headers
    time.pass_by(60)
    with Provider({}, port=port) as back:
        serving = threading.Thread(target=back.serve_forever, args=(0.01,))
        serving.start()
        back.publish(A)
        back.answers[CONFIGURATION] = says(configuration(issuer))
        try:
            assert send(gate, good).status == 200
        finally:
            back.shutdown()
            serving.join()


LIES: dict[str, Any] = {
    "500": says(b"{}", 500),
    "HTML": says(b"<html>Please log in</html>"),
    "huge": says(b" " * 300_000),
    "100,000 keys": says(document(*[{}] * 50_000)),
    "twice the same member": says(b'{"keys": [], "keys": []}'),
    "deep": says(b'{"keys":' + b"[" * 100_000),
    "no keys": says(document()),
    "private": says(document({**A, "d": "AQAB"})),
    "secret": says(document({"kty": "oct", "kid": "a", "k": "AAAA", "alg": "HS256"})),
    "no HTTP": raw(b"\0" * 100),
    "elsewhere": redirects("https://evil.example/keys"),
    "a loop": redirects(KEYS),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_provider_that_lies_changes_nothing(lie: Any, there: Provider) -> None:
    """The keys of before stay."""
    store = store_of(there)
    store.refresh()
    there.answers[KEYS] = lie
    with pytest.raises(StoreError, match="cannot be had: "):
        store.refresh()
    assert asked(BOTH["wsgi"], store, token(there.url)).status == 200


@pytest.mark.parametrize("lie", [LIES["500"], LIES["secret"]], ids=["500", "secret"])
@each_server
def test_a_provider_that_lies_from_the_start_is_no_bad_token(
    send: Send, lie: Any, there: Provider
) -> None:
    """It is a 503, never a 401."""
    there.answers[KEYS] = lie
    assert asked(send, store_of(there), token(there.url)).status == 503


@each_server
def test_a_provider_that_stalls_is_a_503_in_time(send: Send, there: Provider) -> None:
    """Whether it says nothing, or little."""
    there.stall()
    store = store_of(there, timeout=0.1)
    assert asked(send, store, token(there.url)).status == 503
    there.trickle(b"HTTP/1.1 200 OK\r\n\r\n")
    store = store_of(there, timeout=0.1)
    assert asked(send, store, token(there.url)).status == 503


def test_issuer_confusion_its_configuration_must_be_its_own(there: Provider) -> None:
    """Else no key is taken."""
    there.answers[CONFIGURATION] = says(
        configuration("https://evil.example", jwks_uri=there.url + KEYS)
    )
    with pytest.raises(StoreError, match="about another issuer"):
        store_of(there).refresh()
    assert there.asked == [CONFIGURATION]


# Looking up


@pytest.mark.parametrize("change", [str.upper, lambda url: url + "/", lambda _: "x"])
def test_another_issuer_s_tokens_cost_nothing(
    change: Callable[[str], str], there: Provider
) -> None:
    """The key is compared exactly, and nobody is asked."""
    store = store_of(there)
    assert store.find(change(there.url)) == ()
    assert asyncio.run(store.afind(change(there.url), "a")) == ()
    assert there.asked == []


def test_a_credential_is_all_that_the_store_was_told(there: Provider) -> None:
    """The gate checks the rest."""
    store = store_of(there, types=["at+jwt"], consumer_claim="azp")
    (found,) = store.find(there.url, "a")
    assert isinstance(found, Credential)
    assert (found.key, found.kid, found.algorithm) == (there.url, "a", "ES256")
    assert (found.audience, found.types) == (("api",), ("at+jwt",))
    assert (found.consumer_claim, found.consumer.username) == ("azp", there.url)


def test_look_ups_of_two_event_loops_and_a_thread_are_one_fetch(
    there: Provider,
) -> None:
    """One flight for all of them."""
    let, publish = threading.Event(), there.answers[KEYS]

    def answer(handler: Any) -> None:
        let.wait(10)
        publish(handler)

    there.answers[KEYS] = answer
    store = store_of(there)
    found: list[Any] = []

    async def look() -> None:
        found.extend(
            await asyncio.gather(*(store.afind(there.url, "a") for _ in range(5)))
        )

    threads = [threading.Thread(target=asyncio.run, args=(look(),)) for _ in range(2)]
    threads.append(
        threading.Thread(target=lambda: found.append(store.find(there.url, "a")))
    )
    for thread in threads:
        thread.start()
    until(lambda: there.asked.count(KEYS))
    let.set()
    for thread in threads:
        thread.join()
    assert [len(each) for each in found] == [1] * 11
    assert there.asked.count(KEYS) == 1


def test_a_cancelled_request_leaves_the_others_their_keys(there: Provider) -> None:
    """And is told that it was cancelled."""
    store = store_of(there)

    async def look() -> Any:
        first = asyncio.ensure_future(store.afind(there.url, "a"))
        second = asyncio.ensure_future(store.afind(there.url, "a"))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert len(asyncio.run(look())) == 1
    assert there.asked.count(KEYS) == 1


# A file


def test_a_file_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    """Within a second of the clock, and by the next request."""
    time, file = Clock(), tmp_path / "keys.json"
    file.write_bytes(document(A))
    store = JWKSStore(issuer="id", audience=["api"], file=file, clock=time)
    assert asked(BOTH["wsgi"], store, token("id")).status == 200
    file.write_bytes(document(B))
    time.pass_by(1)
    assert asked(BOTH["wsgi"], store, token("id", "EdDSA", "b")).status == 200
    assert asked(BOTH["asgi"], store, token("id")).status == 401


def test_a_file_that_is_gone_is_used_on(tmp_path: Path) -> None:
    """As long as a provider's keys."""
    time, file = Clock(), tmp_path / "keys.json"
    file.write_bytes(document(A))
    store = JWKSStore(issuer="id", audience=["api"], file=str(file), clock=time)
    store.refresh()
    file.unlink()
    time.pass_by(3899)
    assert asked(BOTH["wsgi"], store, token("id")).status == 200
    time.pass_by(2)
    assert asked(BOTH["wsgi"], store, token("id")).status == 503


# By hand


def test_it_may_be_warmed_up(there: Provider) -> None:
    """Before the first request."""
    store = store_of(there)
    store.refresh()
    assert there.asked == [CONFIGURATION, KEYS]
    store.find(there.url, "a")
    assert there.asked == [CONFIGURATION, KEYS]


def test_keys_refreshed_by_hand_are_those_of_now(there: Provider) -> None:
    """A fetch that was under way may have what was there before."""
    store, let = store_of(there), threading.Event()
    before = says(document(A, B))

    def answer(handler: Any) -> None:
        there.publish(A)
        let.wait(10)
        before(handler)

    there.answers[KEYS] = answer
    early, late = (threading.Thread(target=store.refresh) for _ in range(2))
    early.start()
    until(lambda: KEYS in there.asked)
    late.start()
    let.set()
    late.join()
    early.join()
    (found,) = store.find(there.url, "b")
    assert isinstance(found, Credential)
    assert found.kid == "a"  # one that cannot match


def test_what_fails_at_the_start_says_why() -> None:
    """In words for an operator."""
    store = JWKSStore(issuer="id", audience=["api"], file="/nowhere/keys.json")
    said = "the keys of 'id' cannot be had: there is no such file"
    with pytest.raises(StoreError, match=said):
        store.refresh()


def test_a_closed_store_fetches_nothing(there: Provider) -> None:
    """Nor does it find anything; closing it again does no harm."""
    store = store_of(there)
    store.refresh()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.refresh()
    with pytest.raises(StoreError, match="closed"):
        store.find(there.url, "a")
    assert there.asked.count(KEYS) == 1


def test_a_fetch_that_closing_cuts_is_no_outage(
    there: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has to be woken for it."""
    store = store_of(there)
    there.stall()
    waiting = threading.Thread(target=pytest.raises, args=(StoreError, store.refresh))
    waiting.start()
    until(lambda: KEYS in there.asked)
    caplog.clear()
    store.close()
    waiting.join()
    until(is_idle)
    assert caplog.records == []


def test_it_shows_whose_keys_it_has() -> None:
    """Not where they are: a URL may hold what others should not see."""
    store = JWKSStore(issuer="id", audience=["a"], url="https://id.example/?key=x")
    assert repr(store) == "JWKSStore(issuer='id')"


# Construction


@pytest.mark.parametrize(
    "fields",
    [
        {"issuer": ""},
        {"audience": []},
        {"refresh_every": 0},
        {"url": "http://id.example/keys"},
        {"url": "https://id.example/keys", "file": "keys.json"},
    ],
    ids=repr,
)
def test_what_cannot_work_is_told_at_once(fields: dict[str, Any]) -> None:
    """By whatever is in charge of it."""
    usual = {"issuer": "https://id.example", "audience": ["api"]}
    with pytest.raises(ConfigurationError):
        JWKSStore(**{**usual, **fields})


def test_importing_jwtgate_does_not_load_it() -> None:
    """Nor a store of a file what fetches by HTTP."""
    listing = (
        "import sys, jwtgate; before = {*sys.modules}; "
        "from jwtgate.stores.jwks import JWKSStore; "
        "JWKSStore(issuer='id', audience=['a'], file='f'); "
        "print('jwtgate.stores.jwks' in before, 'urllib3' in sys.modules)"
    )
    command = [sys.executable, "-c", listing]
    found = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this interpreter
    assert found.stdout.split() == ["False", "False"]
