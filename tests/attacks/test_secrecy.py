"""What a client, a log, a traceback must not be told (R23; T33 to T35)."""

import copy
import gc
import json
import logging
import operator
import traceback
import weakref
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Consumer,
    Credential,
    Gate,
    InvalidKey,
    Policy,
    Reason,
    RequestView,
    UnusableCredential,
    authenticate,
)
from jwtgate.jose.decoy import decoy_key
from tests.attacks.harness import (
    Via,
    admitted,
    assert_silent,
    attacks,
    both,
    refused,
    unpicklable,
)
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    ListStore,
    Sent,
    WaitingStore,
    clock,
    credential,
    jack,
    make_gate,
    make_store,
    mint,
    private_pem,
    public_pem,
    via_wsgi,
)

# T33: every way in which a signature was not shown to hold.
KID = {"alg": "HS256", "kid": "k1"}
UNVERIFIED: dict[str, tuple[dict[str, Any], Callable[[], str]]] = {
    "unknown-key": ({}, lambda: mint({"iss": "nobody"})),
    "unknown-kid": ({"kid": "other"}, lambda: mint(header=KID)),
    "bad-signature": ({}, lambda: mint(secret="x" * 64)),
    "empty-signature": ({}, lambda: mint().rpartition(".")[0] + "."),
    "malformed-signature": ({}, lambda: mint() + "="),
    "other-algorithm": ({}, lambda: mint(algorithm="HS512")),
    "other-family": ({}, lambda: mint(algorithm="ES256")),
    "disabled": ({"enabled": False}, mint),
    "consumer-disabled": ({"consumer": jack(enabled=False)}, mint),
    "not-yet": ({"not_before": NOW + 1}, mint),
    "retired": ({"retire_after": NOW}, mint),
    "expired-and-unknown": ({}, lambda: mint({"iss": "nobody", "exp": 1})),
    "expired-and-forged": ({}, lambda: mint(exp=1, secret="x" * 64)),
    "unprintable-key": ({}, lambda: mint({"iss": "a\0"})),
    "long-key": ({}, lambda: mint({"iss": "k" * 600})),
}

STRICT = {
    "native": Policy(),
    "kong-strict": Policy.kong(strict=True),
    "apisix-strict": Policy.apisix(strict=True, key_claim="iss"),
}


def _answer(got: Any) -> tuple[Any, ...]:
    return got.status, got.body, sorted(got.headers.items())


@both
@attacks("policy", STRICT)
@attacks("row", UNVERIFIED)
def test_enumeration_of_keys(
    via: Via,
    policy: Policy,
    row: tuple[dict[str, Any], Callable[[], str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """T33, R23: until a signature holds, every failure has the very same answer."""
    changes, token = row
    caplog.set_level(logging.DEBUG, logger="jwtgate")
    sent = Sent.bearer(token())
    got = via(make_gate(credential(**changes), policy=policy), sent)
    assert _answer(got) == _answer(
        via(make_gate(policy=policy), Sent.bearer(mint(secret="y" * 64)))
    )
    assert_silent(got, sent, caplog)


@both
@attacks("policy", STRICT)
@attacks("algorithm", {"the-same": "HS256", "another": "RS256", "unknown": None})
def test_enumeration_of_keys_that_never_were_one(
    via: Via, policy: Policy, algorithm: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """T33, R23: a row of a gateway's file that is no key is no other failure."""
    caplog.set_level(logging.DEBUG, logger="jwtgate")
    row = UnusableCredential(key=KEY, why="?", algorithm=algorithm, refuses=True)
    got = via(make_gate(row, policy=policy), Sent.bearer(mint()))
    assert _answer(got) == _answer(
        via(make_gate(policy=policy), Sent.bearer(mint(secret="y" * 64)))
    )
    assert_silent(got, Sent.bearer(mint()), caplog)


# T33: and the same work: what is refused without a key is checked against a decoy.
WORKED = {
    "unknown-key": ({}, "nobody"),
    "disabled": ({"enabled": False}, "jack-key"),
    "retired": ({"retire_after": NOW}, "jack-key"),
    "unprintable-key": ({}, "a\0"),
    "unknown-kid": ({"kid": "other"}, "jack-key"),
}


@both
@attacks("row", WORKED)
def test_timing_of_unknown_keys(
    via: Via, row: tuple[dict[str, Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T33: a refusal without a signature check does one in vain."""
    changes, key = row
    worked: list[str] = []

    def watched(algorithm: str) -> Any:
        worked.append(algorithm)
        return decoy_key(algorithm)

    monkeypatch.setattr("jwtgate.jose.decoy.decoy_key", watched)
    token = mint({"iss": key}, header={"alg": "HS256", "kid": "k1"})
    via(make_gate(credential(**changes)), Sent.bearer(token))
    assert worked == ["HS256"]


@both
@attacks(
    "row",
    {
        "no-token": (Sent(), "Bearer"),
        "bad-token": (
            Sent.bearer("x"),
            'Bearer error="invalid_token", error_description="The token is malformed"',
        ),
        "two-tokens": (
            Sent(headers=[("Authorization", "Bearer a,b")]),
            (
                'Bearer error="invalid_request", error_description='
                '"The header of the token was sent more than once"'
            ),
        ),
    },
)
def test_challenge(via: Via, row: tuple[Sent, str]) -> None:
    """R23: 401 always challenges; without credentials there is no error in it."""
    sent, challenge = row
    got = via(make_gate(), sent)
    assert (got.status, got.headers["www-authenticate"]) == (401, challenge)


@both
def test_challenge_with_quotes_in_the_realm(via: Via) -> None:
    """R23: a realm cannot break out of its quotes."""
    policy = Policy(realm='a", error="x\\')
    got = via(make_gate(policy=policy), Sent())
    expected = 'Bearer realm="a\\", error=\\"x\\\\"'
    assert got.headers["www-authenticate"] == expected


ECHOES = {
    "claim-name": lambda: mint({"iss": None, "echo-me-echo-me-echo-me-x": 1}),
    "key": lambda: mint({"iss": "echo-me-echo-me-echo-me-x"}),
    "algorithm": lambda: mint(header={"alg": "echo-me-echo-me-echo-me-x"}),
    "kid": lambda: mint(
        {"iss": "nobody"}, header={"alg": "HS256", "kid": "echo-me-echo-me-echo-me-x"}
    ),
    "exp": lambda: mint(exp="echo-me-echo-me-echo-me-x"),
    "malformed": lambda: "echo-me-echo-me-echo-me-x",
    "script": lambda: "<script>echo-me-echo-me-echo-me-x</script>",
    "header-injection": lambda: "echo-me-echo-me-echo-me-x\r\nSet-Cookie: a=b",
    "log-injection": lambda: mint({"iss": "x\nERROR echo-me-echo-me-echo-me-x"}),
    "escape-sequence": lambda: "\x1b]0;echo-me-echo-me-echo-me-x\x07",
}


@both
@attacks(
    "policy",
    {
        "native": Policy(),
        "kong": Policy.kong(claims_to_verify=["exp"]),
        "apisix": Policy.apisix(key_claim="iss"),
    },
)
@attacks("token", ECHOES)
def test_text_of_the_client_in_the_answer(
    via: Via,
    policy: Policy,
    token: Callable[[], str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """T34, CVE-2022-29266: neither answer nor log repeats what was sent."""
    caplog.set_level(logging.DEBUG, logger="jwtgate")
    got = via(make_gate(policy=policy), Sent.bearer(token()))
    told = [got.body.decode(), repr(got.headers), repr(got.outcome)]
    told += [repr(vars(record)) for record in caplog.records]
    assert not any("echo-me" in text for text in told)
    assert got.status == 401


@both
def test_log_of_a_refusal(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T34: one record with the exact reason, and nothing of the request."""
    sent = Sent.bearer(mint(exp=1))
    refused(via, sent, caplog, Reason.TOKEN_EXPIRED)
    (record,) = (each for each in caplog.records if each.name == "jwtgate")
    assert record.getMessage() == "refused a request: token_expired (denied)"
    assert vars(record)["jwtgate_reason"] == "token_expired"


class LoudStore(ListStore):
    """A store whose error tells a password, and whom it looked for."""

    def find(self, key: str, kid: str | None = None) -> list[Any]:
        """Fail as a driver does."""
        raise ConnectionError(f"postgres://gate:hunter2@db/{key}/{kid}")


@both
def test_store_error_in_the_answer(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T32, T34: the client learns that it is our fault, and no more."""
    caplog.set_level(logging.DEBUG, logger="jwtgate")
    got = via(Gate(LoudStore(), clock=clock), Sent.bearer(mint()))
    assert got.message == {"message": "Authentication is temporarily unavailable"}
    assert "hunter2" not in repr(got.headers) + repr(got.outcome)


@both
def test_token_in_a_traceback(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T34: a logged failure of ours holds no token and no secret."""

    def broken_clock() -> float:
        raise RuntimeError("no time")

    caplog.set_level(logging.DEBUG, logger="jwtgate")
    sent = Sent.bearer(mint())
    got = via(Gate(ListStore(credential()), clock=broken_clock), sent)
    assert got.outcome.reason is Reason.INTERNAL
    assert "no time" in caplog.text
    assert mint() not in caplog.text
    assert SECRET not in caplog.text
    assert_silent(got, sent, caplog)


class Watched(RequestView):
    """A request of which can be told whether anything still holds it."""

    __slots__ = ("__weakref__",)


ANYBODY = Policy(anonymous=Consumer(username="guest"), anonymous_for="any")
LEFT_BEHIND: dict[str, tuple[Callable[[], Gate], Callable[[], str]]] = {
    "malformed": (make_gate, lambda: "a.b.c"),
    "forged": (make_gate, lambda: mint(secret="x" * 64)),
    "expired": (make_gate, lambda: mint(exp=1)),
    "anonymous": (lambda: make_gate(policy=ANYBODY), lambda: "a.b.c"),
    "reported": (lambda: make_gate(policy=Policy(mode="report")), lambda: "a.b.c"),
    "store-failed": (lambda: Gate(LoudStore(), clock=clock), mint),
    "store-waited-for": (
        lambda: Gate(WaitingStore(credential()), clock=clock),
        lambda: mint(exp=1),
    ),
    "our-failure": (lambda: Gate(NoStore(), clock=clock), mint),  # type: ignore[arg-type] # the subject
}


class NoStore:
    """A store that breaks its word."""

    blocking = False

    def find(self, key: str, kid: str | None = None) -> None:
        """Give nothing, not even an empty sequence."""


@attacks("gate, token", LEFT_BEHIND)
def test_memory_filled_by_refusals(
    gate: Callable[[], Gate], token: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    """T34: no cycle keeps a request, and its token, until a collector comes by."""
    caplog.set_level(logging.CRITICAL, logger="jwtgate")  # records keep tracebacks
    request = Watched("GET", headers=RequestView.get(token=token()).headers)
    left = weakref.ref(request)
    decided_by = gate()
    gc.disable()
    try:
        outcome = authenticate(decided_by, request)
        del request
        assert left() is None
    finally:
        gc.enable()
    assert not isinstance(outcome, Authenticated)


# T35: every way in which Python shows an object.

SHOWN: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": format,
    "percent": lambda value: "%s %r" % (value, value),  # noqa: UP031 - the subject
    "json": lambda value: json.dumps(value, default=repr),
    "fields": lambda value: repr([getattr(value, each.name) for each in fields(value)]),
    "in-a-list": lambda value: repr([value, {"x": value}]),
    "log-record": lambda value: logging.makeLogRecord(
        {"msg": "%s", "args": (value,)}
    ).getMessage(),
}


@attacks("show", SHOWN)
@pytest.mark.parametrize("secret", [SECRET, SECRET.encode()], ids=["text", "octets"])
def test_secret_of_a_credential_shown(
    show: Callable[[Any], str], secret: str | bytes
) -> None:
    """T35: no display of a credential has its secret."""
    assert SECRET not in show(credential(secret=secret))


@attacks(
    "show",
    {name: show for name, show in SHOWN.items() if name != "fields"},
)
def test_public_key_of_a_credential_shown(show: Callable[[Any], str]) -> None:
    """T34, T35: nor its PEM."""
    assert "-----BEGIN" not in show(credential(algorithm="RS256"))


def _made(name: str) -> Any:
    store = make_store()
    consumer = store.create_consumer(username="jack")
    made = store.create_credential(consumer, key="jack-key", secret=SECRET)
    gate = Gate(store, clock=clock)
    return {
        "credential": made,
        "secret": made.secret,
        "verification-key": made.verification_key,
        "store": store,
        "gate": gate,
    }[name]


OWNERS = ["credential", "secret", "verification-key", "store", "gate"]


@pytest.mark.parametrize("name", OWNERS)
def test_secret_in_a_pickle(name: str) -> None:
    """T35: what holds a secret refuses to be pickled."""
    assert unpicklable(_made(name))


@pytest.mark.parametrize("name", OWNERS)
def test_secret_in_a_repr(name: str) -> None:
    """T35: nor does it show it."""
    assert SECRET not in f"{_made(name)!r} {_made(name)}"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copy_of_a_secret(copied: Callable[[Any], Any]) -> None:
    """T35: a copy of a secret is the same masked object."""
    secret = _made("secret")
    assert copied(secret) is secret


def test_secrets_compared() -> None:
    """T10, T35: secrets are never equal by value: a long one equals its own hash."""
    first, second = (credential().secret for _ in range(2))
    assert first != second


@both
def test_key_material_through_the_view(via: Via) -> None:
    """T35: what an app sees of a credential has five fields, none with key material."""
    view = admitted(via, Sent.bearer(mint())).outcome.credential
    assert {each.name for each in fields(view)} == {
        "id",
        "key",
        "algorithm",
        "kid",
        "tags",
    }


@both
def test_token_in_the_outcome(via: Via) -> None:
    """T34: an outcome that an app logs holds claims, but no token to use again."""
    token = mint()
    outcome = admitted(via, Sent.bearer(token)).outcome
    assert token.rpartition(".")[2] not in repr(outcome)
    assert SECRET not in repr(outcome)


BAD_MATERIAL: dict[str, Callable[[], dict[str, Any]]] = {
    "short-secret": lambda: {"secret": "short-and-secret"},
    "pem-secret": lambda: {"secret": private_pem("RS256")},
    "not-base64": lambda: {"secret": "short-and-secret!", "secret_is_base64": True},
    "private-pem": lambda: {
        "algorithm": "RS256",
        "public_key": private_pem("RS256"),
    },
    "cut-pem": lambda: {"algorithm": "RS256", "public_key": public_pem("RS256")[:99]},
    "secret-of-a-number": lambda: {"secret": 1234567890},
}


@attacks("material", BAD_MATERIAL)
def test_material_in_an_error(material: Callable[[], dict[str, Any]]) -> None:
    """T35: an error of configuration, with its traceback, has no material."""
    given = material()
    with pytest.raises(ConfigurationError) as caught:
        Credential(consumer=jack(), key="jack-key", **given)
    told = "".join(traceback.format_exception(caught.value))
    needle = str(given.get("secret") or given["public_key"]).splitlines()[-1]
    assert needle not in told


def test_material_behind_an_error() -> None:
    """T35: nor do the errors behind it, which collectors of errors read."""
    broken = '{"kty": "oct", "k": "very-secret'
    with pytest.raises(InvalidKey) as caught:
        Credential(consumer=jack(), key="k", algorithm="RS256", public_key=broken)
    error: BaseException | None = caught.value
    chain = []
    while error is not None:
        chain.append(
            vars(error) | {"args": error.args, "doc": getattr(error, "doc", "")}
        )
        error = error.__context__
    assert "very-secret" not in repr(chain)


CHANGES: dict[str, Callable[[Any], object]] = {
    "item": lambda claims: operator.setitem(claims, "x", 1),
    "deletion": lambda claims: operator.delitem(claims, "iss"),
    "update": lambda claims: claims.update(x=1),
    "in-place-union": lambda claims: claims.__ior__({"x": 1}),
    "default": lambda claims: claims.setdefault("x", 1),
    "pop": lambda claims: claims.pop("iss"),
    "clear": lambda claims: claims.clear(),
    "object-in-object": lambda claims: claims["a"].update(x=1),
    "object-in-array": lambda claims: claims["a"]["b"][0].update(x=1),
    "array": lambda claims: claims["a"]["b"].append(1),
    "attribute": lambda claims: setattr(claims, "x", 1),
}


@attacks("change", CHANGES)
def test_changed_claims(change: Callable[[Any], object]) -> None:
    """T37: claims are read-only at every depth, whichever way an app tries."""
    token = mint(a={"b": [{}]})
    claims = via_wsgi(make_gate(), Sent.bearer(token)).outcome.claims
    before = json.dumps(claims)
    with pytest.raises((TypeError, AttributeError)):
        change(claims)
    assert json.dumps(claims) == before
