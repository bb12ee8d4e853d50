import asyncio
import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from jwtgate import (
    ConfigurationError,
    Consumer,
    Credential,
    InvalidKey,
    UnusableCredential,
)
from jwtgate.errors import SecretUnavailable
from jwtgate.jose import ALGORITHMS
from jwtgate.secrets import Secrets
from jwtgate.secrets.keyring import MARK, Keyring
from jwtgate.stores.fields import CredentialFields
from jwtgate.stores.records import consumer_record
from jwtgate.stores.strongbox import Strongbox
from tests.kit import KEY, SECRET, jack, public_pem

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
RING = Keyring({"new": NEW, "old": OLD})
JILL = Consumer(username="jill")
FOUND = "what-the-manager-keeps-for-jack-32-octets-or-more"


class FakeSecrets:
    """What references stand for, some of them known only when they were fetched."""

    def __init__(self, **known: str) -> None:
        self.kept = {f"$env://{name}": text for name, text in known.items()}
        self.far: dict[str, str] = {}
        self.fetched: list[str] = []
        self.error: Exception | None = None

    def resolve(self, text: str) -> str:
        """Look up, waiting."""
        self.fetched.append(text)
        if self.error is not None:
            raise self.error
        self.kept |= self.far
        if text not in self.kept:
            raise ConfigurationError(f"{text} is not set")
        return self.kept[text]

    async def aresolve(self, text: str) -> str:
        """Look up, letting others run."""
        await asyncio.sleep(0)
        return self.resolve(text)

    def peek(self, text: str) -> str | None:
        """Look up without waiting."""
        return self.kept.get(text)


def box(
    keyring: Keyring | None = None, secrets: FakeSecrets | None = None
) -> Strongbox:
    """Make a strongbox; none of the fakes is one of the library's own."""
    return Strongbox(keyring, secrets)  # type: ignore[arg-type]


def record_of(
    kept: Strongbox, owner: Consumer | None = None, **fields: Any
) -> dict[str, Any]:
    """Draft the credential of most tests, and give its record as a store keeps it."""
    owner = owner or jack()
    _, record = kept.draft(owner, {"key": KEY, "secret": SECRET, **fields})  # type: ignore[typeddict-item]
    return {**record, "consumer": consumer_record(owner)}


def opened(kept: Strongbox, record: Mapping[str, Any]) -> Credential:
    """Open a record that can be used."""
    made = kept.open(record)
    assert isinstance(made, Credential), made
    return made


def why_not(kept: Strongbox, record: Mapping[str, Any]) -> str:
    """Tell why a record cannot be used; it never says the secret, and is a 503."""
    made = kept.open(record)
    assert isinstance(made, UnusableCredential)
    assert not made.refuses
    assert SECRET not in repr(made)
    return made.why


# Round trips

PLAIN, SEALED = box(), box(RING)
BOTH = pytest.mark.parametrize("kept", [PLAIN, SEALED], ids=["plain", "sealed"])


@BOTH
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_credential_of_any_algorithm_comes_back(
    algorithm: str, kept: Strongbox
) -> None:
    """With a key that verifies the same."""
    material: dict[str, Any] = {"secret": None, "public_key": public_pem(algorithm)}
    if algorithm.startswith("HS"):
        material = {}
    made, record = kept.draft(
        jack(),
        {"key": KEY, "secret": SECRET, "algorithm": algorithm, **material},  # type: ignore[typeddict-item]
    )
    got = opened(kept, {**record, "consumer": consumer_record(jack())})
    assert (got, got.verification_key) == (made, made.verification_key)


@given(
    fields=st.fixed_dictionaries(
        {"secret": st.binary(min_size=1) | st.text(min_size=1).map(lambda x: "x" + x)},
        optional={
            "key": st.sampled_from(["k", "\u00e4" * 256, "' OR 1=1 --", "jwtgate:v1:"]),
            "kid": st.none() | st.sampled_from(["b", "%", "\u4e00"]),
            "id": st.none() | st.sampled_from(["17", "\u00e4"]),
            "algorithm": st.sampled_from(["HS256", "HS384", "HS512"]),
            "tags": st.lists(st.text(min_size=1), max_size=3),
            "audience": st.lists(st.text(min_size=1), max_size=3),
            "types": st.lists(st.text(min_size=1), max_size=3),
            "token_lifetime": st.integers(1, 10**9),
            "lifetime_grace_period": st.none() | st.floats(0, 1e6),
            "not_before": st.none() | st.floats(0, 1e10),
            "retire_after": st.none() | st.floats(0, 1e10),
            "enabled": st.booleans(),
            "consumer_claim": st.none() | st.just("sub"),
        },
    )
)
def test_every_field_comes_back(fields: CredentialFields) -> None:
    """Whatever it is, sealed or not."""
    chosen: CredentialFields = {"key": KEY, **fields, "allow_weak_secret": True}
    for kept in (PLAIN, SEALED):
        try:
            made, record = kept.draft(jack(), chosen)
        except InvalidKey:
            reject()  # a secret that looks like a public key
        got = opened(kept, {**record, "consumer": consumer_record(jack())})
        assert (got, got.reveal_secret()) == (made, made.reveal_secret())


def test_a_base64_secret_comes_back_as_it_was_written() -> None:
    """It is what an operator compares."""
    got = opened(SEALED, record_of(SEALED, secret="A" * 44, secret_is_base64=True))
    assert got.reveal_secret() == b"A" * 44
    assert got.secret_is_base64


def test_a_jwk_comes_back_as_the_same_key() -> None:
    """As JSON, which is one of its forms."""
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        # RFC 8037 appendix A.2
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    made, record = PLAIN.draft(
        jack(), {"key": KEY, "algorithm": "EdDSA", "public_key": jwk}
    )
    got = opened(PLAIN, {**record, "consumer": consumer_record(jack())})
    assert got.verification_key == made.verification_key


def test_a_credential_without_an_id_gets_one() -> None:
    """Its envelope is bound to it, and no later credential of the key has the same."""
    first, second = (record_of(PLAIN)["id"] for _ in range(2))
    assert len(first) == 36
    assert first != second


def test_an_id_that_is_given_stays() -> None:
    """An app may know the credential by it."""
    assert record_of(PLAIN, id="17")["id"] == "17"


@pytest.mark.parametrize(
    "fields", [{"secret": "weak"}, {"key": ""}, {"algorithm": "none"}], ids=str
)
def test_a_field_that_cannot_work_is_an_error(fields: dict[str, Any]) -> None:
    """Before anything is written."""
    with pytest.raises(ConfigurationError):
        record_of(PLAIN, **fields)


# At rest


def test_a_sealed_record_does_not_show_the_secret() -> None:
    """A dump of the database is worth nothing without the keyring."""
    record = record_of(SEALED)
    assert record["secret"].startswith(f"{MARK}new:")
    assert SECRET not in str(record)


def test_a_public_key_is_sealed_too() -> None:
    """Nobody without the key exchanges it."""
    es: Any = {"algorithm": "ES256", "secret": None, "public_key": public_pem("ES256")}
    record = record_of(SEALED, **es)
    assert record["public_key"].startswith(MARK)
    assert opened(SEALED, record).public_key == public_pem("ES256")


def test_attack_with_a_public_key_in_the_place_of_a_secret() -> None:
    """Who may write rows, and has no key, is not the consumer by a key of their own."""
    record = record_of(SEALED)
    own = {"algorithm": "ES256", "secret": None, "public_key": public_pem("ES256")}
    assert "is not sealed" in why_not(SEALED, {**record, **own})
    own["public_key"] = "$env://PUBLIC"
    assert "is not sealed" in why_not(SEALED, {**record, **own})


def test_attack_with_a_secret_in_the_place_of_a_public_key() -> None:
    """Each envelope is of one column."""
    record = record_of(SEALED)
    swapped = {"public_key": record["secret"], "secret": None}
    why_not(SEALED, {**record, **swapped, "algorithm": "ES256"})


@pytest.mark.parametrize(
    "change",
    [
        {"consumer_claim": "sub"},
        {"audience": ["elsewhere"]},
        {"types": ["at+jwt"]},
        {"lifetime_grace_period": 1e14},
        {"secret_is_base64": True},
        {"allow_weak_secret": True},
    ],
    ids=str,
)
def test_attack_by_a_field_that_says_what_a_secret_is_good_for(
    change: dict[str, Any],
) -> None:
    """They are bound to the envelope."""
    assert "does not open" in why_not(SEALED, {**record_of(SEALED), **change})


def test_a_grace_period_that_a_database_gives_as_another_number_is_the_same() -> None:
    """5 is 5.0."""
    record = record_of(SEALED, lifetime_grace_period=5)
    opened(SEALED, {**record, "lifetime_grace_period": 5.0})


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"key": "jill-key"},
        {"kid": "another"},
        {"kid": ""},
        {"algorithm": "HS384"},
        {"consumer": consumer_record(JILL)},
    ],
    ids=["id", "key", "kid", "empty kid", "algorithm", "consumer"],
)
def test_a_sealed_secret_in_another_row_does_not_open(change: dict[str, Any]) -> None:
    """Who may write to the table cannot give himself a secret that he knows."""
    assert "does not open" in why_not(SEALED, {**record_of(SEALED), **change})


def test_the_secrets_of_two_rows_cannot_be_swapped() -> None:
    """Neither verifies with the other's."""
    mine, yours = record_of(SEALED), record_of(SEALED, JILL, key="jill-key")
    assert "does not open" in why_not(SEALED, {**yours, "secret": mine["secret"]})
    assert "does not open" in why_not(SEALED, {**mine, "secret": yours["secret"]})


def test_a_plain_secret_where_a_keyring_is_does_not_count() -> None:
    """A downgrade: who may write to the table has no key to seal with."""
    assert "not sealed" in why_not(SEALED, {**record_of(SEALED), "secret": SECRET})


def test_a_sealed_secret_where_no_keyring_is_does_not_count() -> None:
    """Above all, its text is no secret: it is in every dump."""
    assert "no keyring" in why_not(PLAIN, record_of(SEALED))


def test_a_secret_of_a_key_that_is_gone_does_not_count() -> None:
    """And the record says which key it needs."""
    gone = box(Keyring({"gone": OLD}))
    assert "the key gone, not here" in why_not(SEALED, record_of(gone))


def test_a_secret_that_looks_like_an_envelope_is_a_secret() -> None:
    """It was given as one."""
    secret = RING.seal(b"x", b"")
    for kept in (PLAIN, SEALED):
        got = opened(kept, record_of(kept, secret=secret))
        assert got.reveal_secret() == secret.encode()


def test_a_change_of_the_other_fields_needs_no_new_envelope() -> None:
    """A consumer is renamed, a credential disabled, without its secret."""
    renamed = consumer_record(Consumer(id=jack().id, username="jacques"))
    record = {**record_of(SEALED), "enabled": False, "consumer": renamed}
    assert opened(SEALED, record).reveal_secret() == SECRET.encode()


# Sealing anew


def test_a_secret_of_an_older_key_is_sealed_anew() -> None:
    """For the same row, by the newest key."""
    record = record_of(box(Keyring({"old": OLD})))
    record |= SEALED.resealed(record, plain=False)
    assert RING.is_current(record["secret"])
    assert opened(SEALED, record).reveal_secret() == SECRET.encode()


def test_a_plain_secret_is_sealed_if_it_is_asked_for() -> None:
    """As when a store gets a keyring."""
    record = record_of(PLAIN)
    record |= SEALED.resealed(record, plain=True)
    assert opened(SEALED, record).reveal_secret() == SECRET.encode()


def test_a_plain_public_key_is_sealed_if_it_is_asked_for() -> None:
    """In the same way."""
    es: Any = {"algorithm": "ES256", "secret": None, "public_key": public_pem("ES256")}
    record = record_of(PLAIN, **es)
    record |= SEALED.resealed(record, plain=True)
    assert opened(SEALED, record).public_key == public_pem("ES256")


def test_attack_with_a_plain_secret_that_waits_to_be_sealed() -> None:
    """Sealed, it would be as good as one of the operator's."""
    with pytest.raises(SecretUnavailable, match="is not sealed"):
        SEALED.resealed(record_of(PLAIN), plain=False)


def test_an_envelope_that_was_changed_is_reported_though_its_key_is_the_newest() -> (
    None
):
    """It is not taken for good by the name of its key."""
    record = record_of(SEALED)
    record["secret"] = record["secret"][:-8] + "AAAAAAA="
    with pytest.raises(SecretUnavailable, match="does not open"):
        SEALED.resealed(record, plain=True)


@pytest.mark.parametrize(
    "fields",
    [{}, {"algorithm": "ES256", "secret": None, "public_key": public_pem("ES256")}],
    ids=["sealed by the newest", "no secret"],
)
def test_what_needs_no_new_envelope_gets_none(fields: dict[str, Any]) -> None:
    """The row is left alone."""
    assert SEALED.resealed(record_of(SEALED, **fields), plain=False) == {}


def test_nothing_is_sealed_without_a_keyring() -> None:
    """It is asked for in vain."""
    with pytest.raises(ConfigurationError, match="no keyring"):
        PLAIN.resealed(record_of(PLAIN), plain=True)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "another", "secret": box(Keyring({"old": OLD}))},
        {"secret": f"{MARK}gone:AAAA"},
        {"secret": 5},
        {"secret": "\ud800"},
        {"consumer": None},
    ],
    ids=["of another row", "of a key that is gone", "a number", "no text", "no owner"],
)
def test_what_does_not_open_is_not_sealed_anew(change: dict[str, Any]) -> None:
    """It would be made good, were it put there by somebody; the others go on."""
    record = record_of(PLAIN)
    if isinstance(change.get("secret"), Strongbox):
        change = {**change, "secret": record_of(change["secret"])["secret"]}
    with pytest.raises(SecretUnavailable):
        SEALED.resealed({**record, **change}, plain=True)


# References


@pytest.mark.parametrize("keyring", [None, RING], ids=["plain", "sealed"])
def test_a_reference_is_kept_and_what_it_stands_for_is_used(
    keyring: Keyring | None,
) -> None:
    """The secret itself is nowhere in the record."""
    kept = box(keyring, FakeSecrets(JACK=FOUND))
    record = record_of(kept, secret="$env://JACK")
    assert FOUND not in str(record)
    assert opened(kept, record).reveal_secret() == FOUND.encode()
    assert kept.fields_of(record)["secret"] == "$env://JACK"


def test_the_library_s_own_secrets_tell_what_a_reference_stands_for() -> None:
    """In either world, and until the variable changes."""
    environ = {"JACK": FOUND}
    kept = Strongbox(RING, Secrets(environ=environ))
    record = record_of(kept, secret="$env://JACK")
    assert not kept.is_settled(record)
    for now in (FOUND, FOUND[::-1]):
        environ["JACK"] = now
        (made,) = asyncio.run(kept.aopen([record]))
        assert opened(kept, record).reveal_secret() == now.encode()
        assert isinstance(made, Credential)
        assert made.reveal_secret() == now.encode()


def test_a_public_key_may_be_a_reference() -> None:
    """As where a manager hands out both."""
    kept = box(None, FakeSecrets(PEM=public_pem("ES256")))
    record = record_of(kept, algorithm="ES256", secret=None, public_key="$env://PEM")
    assert record["public_key"] == "$env://PEM"
    assert opened(kept, record).algorithm == "ES256"


def test_a_change_of_what_a_reference_stands_for_counts() -> None:
    """The record is the same."""
    secrets = FakeSecrets(JACK=FOUND)
    kept = box(None, secrets)
    record = record_of(kept, secret="$env://JACK")
    secrets.kept["$env://JACK"] = FOUND[::-1]
    assert opened(kept, record).reveal_secret() == FOUND[::-1].encode()


@pytest.mark.parametrize("name", ["secret", "public_key"])
def test_a_reference_without_secrets_is_an_error(name: str) -> None:
    """Its text must never be the secret: everyone who sees the table knows it."""
    with pytest.raises(ConfigurationError, match="no secrets=Secrets"):
        record_of(PLAIN, None, **{name: "$env://A-NAME-OF-32-OCTETS-OR-MORE-HERE"})


def test_a_reference_in_a_row_without_secrets_cannot_be_used() -> None:
    """As when it was written by hand, or by a process that knows managers."""
    record = {**record_of(PLAIN), "secret": "$env://A-NAME-OF-32-OCTETS-OR-MORE-HERE"}
    assert "no secrets=Secrets" in why_not(PLAIN, record)


def test_a_sealed_reference_without_secrets_cannot_be_used() -> None:
    """Sealing does not make a secret of it."""
    record = record_of(box(RING, FakeSecrets(JACK=FOUND)), secret="$env://JACK")
    assert "no secrets=Secrets" in why_not(SEALED, record)


def test_a_reference_written_as_octets_is_no_reference() -> None:
    """What a client's secret begins with must not make this process read a variable."""
    secrets = FakeSecrets(JACK=FOUND)
    for kept in (PLAIN, box(RING, secrets)):
        secret = b"$env://JACK" + b"x" * 32
        got = opened(kept, record_of(kept, secret=secret))
        assert got.reveal_secret() == secret
    assert secrets.fetched == []


def test_a_reference_that_stands_for_nothing_is_not_written() -> None:
    """The error names it."""
    with pytest.raises(ConfigurationError, match="NOBODY is not set"):
        record_of(box(None, FakeSecrets()), secret="$env://NOBODY")


@pytest.mark.parametrize(
    "error",
    [
        SecretUnavailable("vault/main does not answer"),
        ConfigurationError("$env://JACK is not set"),
        OSError(f"host of {SECRET}"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_reference_that_cannot_be_looked_up_makes_its_row_unusable(
    error: Exception,
) -> None:
    """A 503 for its tokens; never an unknown key, nor what a driver says of it."""
    secrets = FakeSecrets(JACK=FOUND)
    kept = box(None, secrets)
    record = record_of(kept, secret="$env://JACK")
    secrets.error = error
    assert why_not(kept, record)


@pytest.mark.parametrize(
    ("secrets", "fields", "expected"),
    [
        (None, {}, True),
        (FakeSecrets(), {}, True),
        (FakeSecrets(JACK=FOUND), {"secret": "$env://JACK"}, False),
        (FakeSecrets(), {"secret": b"$env://JACK" + b"x" * 32}, True),
        (FakeSecrets(), {"key": "$env://JACK"}, True),
    ],
    ids=["no secrets", "no reference", "reference", "octets", "key"],
)
def test_a_record_without_a_reference_is_settled(
    secrets: FakeSecrets | None,
    fields: dict[str, Any],
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """What is made of it may be kept for as long as the record is the same."""
    kept = box(None, secrets)
    assert kept.is_settled(record_of(kept, **fields)) is expected


# Letting others run


def test_records_are_opened_without_waiting() -> None:
    """What has to be fetched is fetched before."""
    secrets = FakeSecrets()
    secrets.far = {"$env://JACK": FOUND}
    kept = box(RING, secrets)
    record = record_of(kept, secret="$env://JACK")
    secrets.kept.clear()
    first, second = asyncio.run(kept.aopen([record, record_of(kept, kid="b")]))
    assert isinstance(first, Credential)
    assert first.reveal_secret() == FOUND.encode()
    assert isinstance(second, Credential)


def test_records_without_references_ask_no_manager() -> None:
    """With secrets or without."""
    secrets = FakeSecrets()
    for kept in (PLAIN, box(None, secrets)):
        assert asyncio.run(kept.aopen([record_of(PLAIN)]))
    assert secrets.fetched == []


@pytest.mark.parametrize("error", [SecretUnavailable("down"), OSError("down")], ids=str)
def test_a_manager_that_is_down_takes_no_other_record_along(error: Exception) -> None:
    """Its own is unusable."""
    secrets = FakeSecrets(JACK=FOUND)
    kept = box(None, secrets)
    records = [record_of(kept, secret="$env://JACK"), record_of(kept, kid="b")]
    secrets.error = error
    secrets.kept.clear()
    first, second = asyncio.run(kept.aopen(records))
    assert isinstance(first, UnusableCredential)
    assert "not known now" in first.why
    assert isinstance(second, Credential)


def test_a_junk_record_takes_no_other_along() -> None:
    """Nor does it when references are looked for in it."""
    records = [{**record_of(PLAIN), "secret": 5}, record_of(PLAIN, kid="b")]
    first, second = asyncio.run(box(None, FakeSecrets()).aopen(records))
    assert isinstance(first, UnusableCredential)
    assert isinstance(second, Credential)


def test_a_look_up_that_is_cancelled_is_cancelled() -> None:
    """It is not taken for a manager that is down."""

    class Waiting(FakeSecrets):
        async def aresolve(self, text: str) -> str:
            begun.set()
            await asyncio.Event().wait()
            return text

    begun = asyncio.Event()
    secrets = Waiting(JACK=FOUND)
    kept = box(None, secrets)
    record = record_of(kept, secret="$env://JACK")

    async def cancelled() -> bool:
        look_up = asyncio.ensure_future(kept.aopen([record]))
        await begun.wait()
        look_up.cancel()
        await asyncio.wait([look_up])
        return look_up.cancelled()

    assert asyncio.run(cancelled())


def test_fields_that_hold_references_are_fetched_before_they_are_drafted() -> None:
    """For stores that write without blocking."""
    secrets = FakeSecrets(JACK=FOUND)
    asyncio.run(box(None, secrets).afetch({"key": KEY, "secret": "$env://JACK"}))
    assert secrets.fetched == ["$env://JACK"]


def test_what_cannot_be_fetched_is_an_error_of_who_writes() -> None:
    """Unlike in a look-up."""
    with pytest.raises(ConfigurationError, match="NOBODY"):
        asyncio.run(box(None, FakeSecrets()).afetch({"secret": "$env://NOBODY"}))


# Rows that hold anything


@pytest.mark.parametrize(
    "change",
    [
        {"secret": None},
        {"secret": 5},
        {"secret": "weak"},
        {"secret": "jwtgate:base64:junk!"},
        {"secret": b"octets"},
        {"algorithm": "none"},
        {"algorithm": ["HS256"]},
        {"public_key": "PEM"},
        {"public_key": {"kty": "oct"}},
        {"tags": None},
        {"tags": "t"},
        {"token_lifetime": "1"},
        {"retire_after": float("nan")},
        {"retire_after": "never"},
        {"enabled": None},
        {"enabled": 0},
        {"kid": ""},
        {"consumer": {**consumer_record(jack()), "groups": "staff"}},
        {"consumer": {**consumer_record(jack()), "quota": "many"}},
        {"consumer": {**consumer_record(jack()), "enabled": None}},
        {"consumer": {"enabled": True}},
    ],
    ids=str,
)
def test_a_record_that_is_none_is_an_unusable_credential(
    change: dict[str, Any],
) -> None:
    """Its tokens may be good: a 503 for them, and for no others."""
    assert why_not(PLAIN, {**record_of(PLAIN), **change})


@pytest.mark.parametrize("name", ["tags", "secret", "public_key", "not_before"])
def test_a_record_that_lacks_a_field_is_an_unusable_credential(name: str) -> None:
    """As one of an older version."""
    record = record_of(PLAIN)
    del record[name]
    assert "cannot be read: KeyError" in why_not(PLAIN, record)


def test_an_unusable_credential_says_what_it_was() -> None:
    """For the log, and for who tells a mismatch of algorithms."""
    record = {**record_of(PLAIN, id="17"), "secret": "weak"}
    made = PLAIN.open(record)
    assert isinstance(made, UnusableCredential)
    assert (made.key, made.algorithm) == (KEY, "HS256")
    assert made.why.startswith("'17': ")


@pytest.mark.parametrize(
    "change",
    [{"enabled": False}, {"consumer": consumer_record(jack(enabled=False))}],
    ids=["credential", "consumer"],
)
def test_a_junk_record_that_is_shut_out_refuses(change: dict[str, Any]) -> None:
    """Its tokens would be refused were it whole."""
    made = PLAIN.open({**record_of(PLAIN), "secret": "weak", **change})
    assert isinstance(made, UnusableCredential)
    assert made.refuses


# Secrecy


def test_a_strongbox_cannot_be_pickled_with_its_keys() -> None:
    """Nor does it show them."""
    assert "new" not in repr(SEALED)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(SEALED)


def test_a_drafted_credential_does_not_show_its_secret() -> None:
    """Nor can it be pickled."""
    made, _ = PLAIN.draft(jack(), {"key": KEY, "secret": SECRET})
    assert SECRET not in repr(made)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(made)


@pytest.mark.parametrize("keyring", [None, RING], ids=["plain", "sealed"])
def test_an_error_does_not_show_the_secret(keyring: Keyring | None) -> None:
    """One that is too short is the usual mistake."""
    with pytest.raises(ConfigurationError) as caught:
        record_of(box(keyring), secret="swordfish")
    assert "swordfish" not in str(caught.value)
