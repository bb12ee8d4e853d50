import base64

import pytest

from jwtgate import Consumer, Credential, UnusableCredential
from jwtgate.configs.native.policies import FilePolicy
from jwtgate.configs.native.snapshots import fixed
from jwtgate.configs.native.variants import Variants, read_as, readings
from jwtgate.stores import FixedStore
from tests.kit import SECRET, credential, jack, make_store, public_pem

ENCODED = base64.b64encode(SECRET.encode()).decode()
JACK = jack()
PLAIN = credential(key="plain", allow_weak_secret=True)
BASE64 = credential(key="base64", secret=ENCODED, secret_is_base64=True)
PUBLIC = credential(key="public", algorithm="ES256")
BAD = UnusableCredential(key="bad", why="no key")


def store(*rows: Credential | UnusableCredential) -> FixedStore:
    """Make a store of jack's credentials."""
    return FixedStore([JACK], rows)


def row(found: FixedStore, key: str) -> Credential | UnusableCredential:
    """Give the one credential of a key."""
    (one,) = found.find(key)
    return one


def test_a_secret_is_read_as_base64() -> None:
    """Whatever its credential says."""
    own = credential(secret=ENCODED)
    read = row(read_as(store(own), is_base64=True), own.key)
    assert isinstance(read, Credential)
    assert read.verification_key is credential().verification_key


def test_a_secret_is_read_as_it_is() -> None:
    """The same."""
    read = row(read_as(store(BASE64), is_base64=False), "base64")
    assert isinstance(read, Credential)
    assert read.verification_key is credential(secret=ENCODED).verification_key


def test_a_secret_that_is_no_base64_is_no_key() -> None:
    """Who names it is refused, as in Kong, and the gate is not down."""
    own = credential(secret=f"hunter2 {SECRET}", algorithm="HS512")
    read = row(read_as(store(own), is_base64=True), own.key)
    assert isinstance(read, UnusableCredential)
    assert (read.refuses, read.algorithm) == (True, "HS512")
    assert "secret is not base64" in read.why
    assert "hunter2" not in read.why


@pytest.mark.parametrize("own", [PLAIN, PUBLIC, BAD], ids=["plain", "public", "bad"])
def test_what_is_read_so_already_stays(
    own: Credential | UnusableCredential,
) -> None:
    """It need not be made anew."""
    assert row(read_as(store(own), is_base64=False), own.key) is own


def test_a_reading_has_the_consumers_and_the_order() -> None:
    """Both are found by it."""
    read = read_as(store(PLAIN, PUBLIC, BASE64, BAD), is_base64=False)
    assert read.consumers == (JACK,)
    assert [each.key for each in read.credentials] == [
        "plain",
        "public",
        "base64",
        "bad",
    ]


def test_all_of_a_store_is_copied() -> None:
    """Beyond the rows of a page; what comes later is not."""
    memory = make_store()
    people = [memory.create_consumer(username=str(number)) for number in range(1001)]
    made = [memory.create_credential(each, key=each.username or "") for each in people]
    copy = fixed(memory)
    memory.create_consumer(username="late")
    assert copy.consumers == tuple(people)
    assert copy.credentials == tuple(made)


def policy(is_base64: bool | None) -> FilePolicy:  # noqa: FBT001 - as the member
    """Give a policy that reads secrets so."""
    return FilePolicy(settings={"secret_is_base64": is_base64})


def test_a_policy_that_says_how_has_a_store() -> None:
    """Its readings of all credentials."""
    memory = make_store()
    owner = memory.create_consumer(username="jack")
    memory.create_credential(owner, key="k", secret=ENCODED)
    found = Variants(memory).of(policy(True))  # noqa: FBT003 - as the member
    assert isinstance(found, FixedStore)
    assert isinstance(read := row(found, "k"), Credential)
    assert read.verification_key is credential().verification_key


def test_each_reading_is_made_once() -> None:
    """Thousands of routes would be as many copies."""
    variants = Variants(make_store())
    stores = [variants.of(policy(way)) for way in (True, False, True, False)]
    assert stores[:2] == stores[2:]
    assert stores[0] is not stores[1]


def test_a_policy_that_does_not_say_has_the_store_itself() -> None:
    """Each credential says for itself."""
    memory = make_store()
    assert Variants(memory).of(policy(None)) is memory


def test_a_store_that_lacks_some_has_no_variant() -> None:
    """Nothing can be said of it."""
    assert Variants(None).of(policy(True)) is None  # noqa: FBT003 - as the member


WAYS = [None, True, False]


def read_by(own: FixedStore, way: bool | None) -> FixedStore:  # noqa: FBT001 - a way
    """Read a store in one of three ways; each time it is another one."""
    if way is None:
        return FixedStore(own.consumers, own.credentials)
    return read_as(own, is_base64=way)


@pytest.mark.parametrize("one", WAYS)
@pytest.mark.parametrize("other", WAYS)
def test_the_store_that_all_read_is_found(
    one: bool | None,  # noqa: FBT001 - a way
    other: bool | None,  # noqa: FBT001 - a way
) -> None:
    """Also where one of them has lost a credential to its reading."""
    own = store(PLAIN, BASE64, credential(key="c", secret=ENCODED), PUBLIC)
    stores = [read_by(own, way) for way in (one, other)]
    found = readings(stores)
    assert found is not None
    base, ways = found
    assert [read_by(base, way).credentials for way in ways] == [
        each.credentials for each in stores
    ]


def test_the_one_that_has_lost_none_is_found() -> None:
    """The other can be made of it, and not the other way round."""
    whole = store(credential(secret="hunter2 " * 9))
    lost = read_as(whole, is_base64=True)
    assert readings([lost, whole]) == (whole, [True, None])


def test_one_store_is_what_it_is() -> None:
    """Nothing is read in another way."""
    own = store(PLAIN, BAD)
    assert readings([own]) == (own, [None])


def test_readings_know_secrets_by_what_was_given() -> None:
    """Two credentials that differ in the secret alone are two."""
    other = credential(key="plain", secret=SECRET * 2, allow_weak_secret=True)
    assert readings([store(PLAIN), store(other)]) is None


OTHERS: dict[str, FixedStore] = {
    "credential": store(PLAIN, PUBLIC),
    "nothing": store(),
    "consumer": FixedStore([JACK, Consumer(username="eve")], [PLAIN]),
    "key": store(
        credential(key="public", public_key=public_pem("ES256"), algorithm="ES256")
    ),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_stores_of_others_are_no_readings(other: FixedStore) -> None:
    """They differ in more than how secrets are read."""
    assert readings([store(PLAIN), other]) is None
