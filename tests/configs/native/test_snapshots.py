from jwtgate.configs.native.snapshots import fixed
from tests.kit import make_store


def test_a_store_is_copied() -> None:
    """What changes later is not in it."""
    store = make_store()
    jack = store.create_consumer(username="jack")
    store.create_credential(jack, key="k")
    copy = fixed(store)
    store.delete_consumer(jack)
    assert [each.username for each in copy.consumers] == ["jack"]
    assert [each.key for each in copy.credentials] == ["k"]


def test_what_never_changes_is_given_as_it_is() -> None:
    """A copy would be the same."""
    copy = fixed(make_store())
    assert fixed(copy) is copy
