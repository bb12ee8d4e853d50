from jwtgate import Consumer, CredentialStore
from jwtgate.credential import UnusableCredential
from jwtgate.stores.fixed import FixedStore
from tests.kit import KEY, credential, jack


def test_it_is_a_store_that_waits_for_nothing() -> None:
    """Asynchronous code may ask it directly."""
    assert isinstance(FixedStore(), CredentialStore)
    assert FixedStore.blocking is False


def test_a_key_finds_all_its_credentials() -> None:
    """In the order given, whatever the kid."""
    one, other = credential(), credential(kid="b")
    assert FixedStore((), [one, other]).find(KEY, "b") == (one, other)


def test_another_key_finds_none() -> None:
    """Keys are compared exactly."""
    assert FixedStore((), [credential()]).find(KEY.upper()) == ()


def test_what_cannot_be_used_is_found_as_well() -> None:
    """The gate refuses it, and does not take the key for unknown."""
    row = UnusableCredential(key=KEY, why="no key", refuses=True)
    assert FixedStore((), [row]).find(KEY) == (row,)


def test_a_consumer_is_found_by_id_and_by_username() -> None:
    """As the name of who stands in is either."""
    store = FixedStore([jack()])
    assert store.find_consumer(jack().id) == jack()
    assert store.find_consumer("jack") == jack()


def test_an_id_is_found_before_a_username() -> None:
    """Whichever comes first."""
    named, other = Consumer(username="x", id="jack"), Consumer(username="jack")
    assert FixedStore([other, named]).find_consumer("jack") == named


def test_of_equal_names_the_first_is_found() -> None:
    """Files may have them."""
    first, second = Consumer(username="x", id="1"), Consumer(username="x", id="2")
    assert FixedStore([first, second]).find_consumer("x") == first


def test_a_consumer_without_username_is_found_by_id_alone() -> None:
    """A custom id is no name."""
    consumer = Consumer(custom_id="c", id="1")
    store = FixedStore([consumer])
    assert store.find_consumer("1") == consumer
    assert store.find_consumer("c") is None


def test_it_keeps_what_it_was_given() -> None:
    """For whoever lists it."""
    store = FixedStore([jack()], [credential()])
    assert store.consumers == (jack(),)
    assert store.credentials == (credential(),)
