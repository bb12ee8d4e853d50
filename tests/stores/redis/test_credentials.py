import json
import string
from typing import TYPE_CHECKING, Any

import pytest

from jwtgate import ConfigurationError, Conflict, NotFound, StoreError
from jwtgate.errors import SecretUnavailable
from jwtgate.secrets.keyring import Keyring
from tests.kit import KEY, NOW, SECRET, jack, public_pem
from tests.stores.redis.worlds import NEW, OLD, AnyStore, Make, keys_of

if TYPE_CHECKING:
    import redis

ALPHABET = set(string.ascii_letters + string.digits)
MORE = {"key": KEY, "secret": SECRET}


def kids(store: AnyStore, key: str = KEY) -> list[str | None]:
    """Give the kids under a key."""
    return [each.kid for each in store.find(key)]


@pytest.mark.parametrize(
    "fields",
    [
        {"secret": SECRET, "tags": ["a", "b"], "token_lifetime": 60, "kid": "k"},
        {"secret": b"\xff" * 32, "lifetime_grace_period": 1.5, "not_before": NOW},
        {"secret": "YWFh" * 16, "secret_is_base64": True, "retire_after": NOW + 0.5},
        {"algorithm": "ES256", "consumer_claim": "sub", "enabled": False, "id": "x"},
        {"secret": "weak", "allow_weak_secret": True},
    ],
    ids=["text", "octets", "base64", "public", "weak"],
)
def test_a_credential_is_created_with_its_fields(
    filled: AnyStore, fields: dict[str, Any]
) -> None:
    """And can be got again, with its secret."""
    if "algorithm" in fields:
        fields = {"public_key": public_pem(fields["algorithm"]), **fields}
    made = filled.create_credential("jack", key=KEY, **fields)
    found = filled.get_credential(KEY, fields.get("kid"))
    assert found == made == filled.find(KEY)[0]
    assert found.reveal_secret() == made.reveal_secret()
    assert found.consumer == jack()


def test_what_is_left_out_is_made(filled: AnyStore) -> None:
    """A key, a secret and an id."""
    made = filled.create_credential("jack")
    secret = (made.reveal_secret() or b"").decode()
    assert (len(made.key), len(secret)) == (32, 32)
    assert set(made.key + secret) <= ALPHABET
    assert made.id


def test_an_unknown_consumer_has_no_credentials(store: AnyStore) -> None:
    """Nothing is created."""
    with pytest.raises(NotFound):
        store.create_credential("jack", key=KEY)
    assert store.find(KEY) == ()


def test_a_field_that_cannot_work_creates_nothing(filled: AnyStore) -> None:
    """The error is that of the credential."""
    with pytest.raises(ConfigurationError):
        filled.create_credential("jack", key=KEY, secret="short")
    assert filled.find(KEY) == ()


def test_a_key_and_kid_are_given_once(filled: AnyStore) -> None:
    """None is a kid, too."""
    filled.create_credential("jack", **MORE)
    filled.create_credential("jack", **MORE, kid="b")
    for kid in (None, "b"):
        with pytest.raises(Conflict):
            filled.create_credential("jack", **MORE, kid=kid)


def test_a_key_belongs_to_one_consumer(filled: AnyStore) -> None:
    """Whatever the kid."""
    filled.create_consumer(username="jill")
    filled.create_credential("jack", **MORE)
    with pytest.raises(Conflict):
        filled.create_credential("jill", **MORE, kid="b")
    assert filled.consumer_of(KEY) == jack()


def test_a_fifth_live_credential_is_a_conflict(filled: AnyStore) -> None:
    """One that is retired does not count."""
    filled.create_credential("jack", **MORE, retire_after=NOW)
    for kid in "abcd":
        filled.create_credential("jack", **MORE, kid=kid)
    with pytest.raises(Conflict):
        filled.create_credential("jack", **MORE, kid="e")
    assert kids(filled) == [None, *"abcd"]


@pytest.mark.parametrize("key", ["nobody", KEY + " ", KEY.upper(), "\ud800"])
def test_an_unknown_key_is_not_found(filled: AnyStore, key: str) -> None:
    """Keys are compared exactly."""
    filled.create_credential("jack", **MORE)
    assert filled.find(key) == ()
    for ask in (filled.get_credential, filled.consumer_of, filled.delete_credential):
        with pytest.raises(NotFound):
            ask(key)


def test_an_unknown_kid_is_not_found(filled: AnyStore) -> None:
    """None does not stand for any."""
    filled.create_credential("jack", **MORE, kid="b")
    with pytest.raises(NotFound):
        filled.get_credential(KEY)


def test_a_change_keeps_what_is_not_named(filled: AnyStore) -> None:
    """The secret, too."""
    made = filled.create_credential("jack", **MORE, kid="b", tags=["t"])
    changed = filled.update_credential(KEY, "b", enabled=False)
    assert filled.get_credential(KEY, "b") == changed
    assert (changed.id, changed.tags, changed.enabled) == (made.id, ("t",), False)
    assert changed.reveal_secret() == SECRET.encode()


def test_a_credential_moves_to_another_key(
    filled: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """And to another kid; the old key is unknown then."""
    filled.create_credential("jack", **MORE, tags=["t"])
    moved = filled.update_credential(KEY, key="other", kid="b")
    assert filled.find("other") == (moved,)
    assert f"key:{KEY}" not in keys_of(client, prefix)
    assert filled.list_credentials(tag="t", consumer="jack").items == (moved,)


@pytest.mark.parametrize(
    ("key", "changes"),
    [(KEY, {"kid": "b"}), (KEY, {"key": "jill's"}), ("x", {"key": KEY})],
    ids=["kid", "consumer", "fifth"],
)
def test_a_change_that_does_not_fit_is_a_conflict(
    filled: AnyStore, key: str, changes: dict[str, Any]
) -> None:
    """And nothing is changed."""
    filled.create_consumer(username="jill")
    filled.create_credential("jill", key="jill's")
    filled.create_credential("jack", key="x", kid="x")
    for kid in (None, "b", "c", "d"):
        filled.create_credential("jack", **MORE, kid=kid)
    with pytest.raises(Conflict):
        filled.update_credential(key, "x" if key == "x" else None, **changes)
    assert (kids(filled), kids(filled, "x")) == ([None, "b", "c", "d"], ["x"])


def test_one_of_four_can_change(filled: AnyStore) -> None:
    """It does not count beside itself."""
    for kid in "abcd":
        filled.create_credential("jack", **MORE, kid=kid)
    filled.update_credential(KEY, "b", tags=["t"])
    assert sorted(map(str, kids(filled))) == [*"abcd"]


def test_a_credential_goes(
    filled: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """With the last one its key goes."""
    for kid in (None, "b"):
        filled.create_credential("jack", **MORE, kid=kid)
    filled.delete_credential(KEY)
    assert kids(filled) == ["b"]
    filled.delete_credential(KEY, "b")
    assert f"key:{KEY}" not in keys_of(client, prefix)


def test_a_successor_has_a_secret_of_its_own(filled: AnyStore) -> None:
    """And a kid and an id; the other fields are the old one's."""
    old = filled.create_credential("jack", **MORE, tags=["t"])
    new = filled.rotate(KEY, overlap=60)
    assert new.reveal_secret() != old.reveal_secret()
    assert new.id != old.id
    assert (new.tags, len(new.kid), new.retire_after) == (("t",), 8, None)


def test_the_old_one_retires_after_the_overlap(filled: AnyStore) -> None:
    """Both verify until then."""
    filled.create_credential("jack", **MORE)
    new = filled.rotate(KEY, overlap=60)
    old, found = sorted(filled.find(KEY), key=lambda each: each.kid or "")
    assert (old.retire_after, found) == (NOW + 60, new)
    assert old.reveal_secret() == SECRET.encode()


def test_an_earlier_end_stays(filled: AnyStore) -> None:
    """An overlap does not make a life longer."""
    filled.create_credential("jack", **MORE, retire_after=NOW + 5)
    filled.rotate(KEY, overlap=60)
    assert filled.get_credential(KEY).retire_after == NOW + 5


def test_rotation_removes_those_that_are_retired(filled: AnyStore) -> None:
    """But for the one that is rotated."""
    filled.create_credential("jack", **MORE, kid="a", retire_after=NOW - 1)
    filled.create_credential("jack", **MORE, kid="b", retire_after=NOW - 1)
    new = filled.rotate(KEY, "a", overlap=0)
    assert set(kids(filled)) == {"a", new.kid}


@pytest.mark.parametrize("overlap", [-1, float("nan"), float("inf")])
def test_an_overlap_that_cannot_be_is_refused(filled: AnyStore, overlap: float) -> None:
    """It is seconds, 0 or more."""
    with pytest.raises(ConfigurationError):
        filled.rotate(KEY, overlap=overlap)


def test_a_public_key_is_not_made(filled: AnyStore) -> None:
    """Its private one is the issuer's."""
    pem = public_pem("ES256")
    filled.create_credential("jack", key=KEY, algorithm="ES256", public_key=pem)
    with pytest.raises(ConfigurationError):
        filled.rotate(KEY, overlap=60)
    assert filled.rotate(KEY, overlap=60, public_key=pem).public_key == pem


def test_secrets_are_sealed(make: Make, client: "redis.Redis", prefix: str) -> None:
    """Who reads Redis, its files or its log of slow commands, learns none."""
    store = make(keyring=Keyring({"old": OLD}))
    store.create_consumer(username="jack")
    store.create_credential("jack", **MORE)
    raw = client.get(f"{{{prefix}}}:key:{KEY}")
    assert raw is not None
    assert SECRET.encode() not in raw
    assert store.get_credential(KEY).reveal_secret() == SECRET.encode()


def test_a_secret_whose_key_is_gone_is_told(make: Make) -> None:
    """A credential that cannot be used is not an unknown one; it can be removed."""
    store = make(keyring=Keyring({"old": OLD}))
    store.create_consumer(username="jack")
    store.create_credential("jack", **MORE)
    other = make(keyring=Keyring({"new": NEW}))
    with pytest.raises(StoreError, match="sealed by the key old"):
        other.get_credential(KEY)
    with pytest.raises(SecretUnavailable):
        other.update_credential(KEY, tags=["t"])
    with pytest.raises(Conflict):
        other.create_credential("jack", **MORE)
    other.delete_credential(KEY)
    assert other.find(KEY) == ()


def test_a_document_that_lacks_a_field_is_not_changed(
    filled: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """What is in it is not known."""
    name = f"{{{prefix}}}:key:{KEY}"
    filled.create_credential("jack", **MORE)
    document = json.loads(client.get(name) or "")
    del document["credentials"][0]["number"]
    client.set(name, json.dumps(document))
    for ask in (filled.delete_credential, filled.get_credential):
        with pytest.raises(StoreError, match="did not write"):
            ask(KEY)
