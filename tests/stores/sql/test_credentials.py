from typing import Any

import pytest

from jwtgate import ConfigurationError, Conflict, Credential, NotFound, StoreError
from tests.databases import AnyStore, Place
from tests.kit import KEY, NOW, SECRET
from tests.stores.sql.test_consumers import NEAR, at_once, counts, sync_only

OVER = NOW - 1


@pytest.fixture
def filled(store: AnyStore) -> AnyStore:
    """Give a store with jack, jill, and jack's credential."""
    store.create_consumer(username="jack")
    store.create_consumer(username="jill")
    store.create_credential("jack", key=KEY, secret=SECRET, tags=["t"])
    return store


def add(store: AnyStore, kid: str | None = None, **fields: Any) -> Credential:
    """Add a credential of jack's."""
    given = {"key": KEY, "kid": kid, "secret": SECRET, **fields}
    made: Credential = store.create_credential("jack", **given)
    return made


def kids(store: AnyStore) -> list[str | None]:
    """Tell what the key has."""
    return [each.kid for each in store.find(KEY)]


def test_kids_are_compared_exactly(filled: AnyStore) -> None:
    """Octet by octet; a key has as many as fit."""
    for kid in NEAR:
        add(filled, kid, retire_after=OVER)
    assert [filled.get_credential(KEY, kid).kid for kid in NEAR] == NEAR
    with pytest.raises(NotFound):
        filled.get_credential(KEY, "j\u00e4ck")


def test_tags_are_compared_exactly(filled: AnyStore) -> None:
    """As keys are."""
    add(filled, "a", tags=[*NEAR, *NEAR])
    for tag in NEAR:
        assert len(filled.list_credentials(tag=tag).items) == 1
    assert filled.list_credentials(tag="j\u00e4ck").items == ()


def test_a_key_and_a_kid_may_be_long(filled: AnyStore) -> None:
    """512 octets each, which MariaDB has to find by one index."""
    add(filled, key="\u00e9" * 256, kid="k" * 512)
    add(filled, key="\u00e9" * 256, kid="k" * 511 + "j")
    assert len(filled.find("\u00e9" * 256)) == 2


@pytest.mark.parametrize("key", ["", "a\0b", "\ud800", "a" * 513, "a\n"], ids=ascii)
@sync_only
def test_a_key_that_can_be_none_is_not_found(filled: AnyStore, key: str) -> None:
    """Drivers fail on some of them, which would be a 503."""
    assert filled.find(key) == ()
    for method in (
        filled.get_credential,
        filled.consumer_of,
        filled.update_credential,
        filled.delete_credential,
    ):
        with pytest.raises(NotFound):
            method(key)


@sync_only
def test_an_empty_kid_is_none_that_a_credential_has(filled: AnyStore) -> None:
    """In the table it stands for none."""
    with pytest.raises(NotFound):
        filled.get_credential(KEY, "")
    with pytest.raises(NotFound):
        filled.delete_credential(KEY, "")


@sync_only
def test_a_credential_moves_to_another_key(filled: AnyStore) -> None:
    """The old key is free, as it was its last credential."""
    filled.update_credential(KEY, key="other", tags=["u"])
    assert (filled.find(KEY), len(filled.find("other"))) == ((), 1)
    assert filled.list_credentials(tag="t").items == ()
    filled.create_credential("jill", key=KEY, secret=SECRET)
    assert filled.consumer_of(KEY).username == "jill"


@sync_only
def test_a_credential_does_not_move_to_another_s_key(filled: AnyStore) -> None:
    """Nor to one that has its kid."""
    filled.create_credential("jill", key="jill-key", secret=SECRET)
    with pytest.raises(Conflict, match="another consumer"):
        filled.update_credential(KEY, key="jill-key", kid="a")
    add(filled, key="other")
    with pytest.raises(Conflict, match="this key and kid"):
        filled.update_credential(KEY, key="other")


@sync_only
def test_a_key_is_free_when_its_last_credential_goes(
    filled: AnyStore, place: Place
) -> None:
    """Not before."""
    add(filled, "a")
    filled.delete_credential(KEY)
    assert counts(place)[3] == 1
    filled.delete_credential(KEY, "a")
    assert counts(place)[3:] == [0, 0, 0]


@sync_only
def test_what_does_not_open_counts_too(filled: AnyStore, place: Place) -> None:
    """It may be mended, and would be a fifth."""
    for kid in "abc":
        add(filled, kid)
    place.run("UPDATE jwtgate_credentials SET secret = 'short'")
    with pytest.raises(Conflict, match="4 live"):
        add(filled, "d")


@sync_only
def test_a_credential_that_does_not_open_can_be_mended(
    filled: AnyStore, place: Place
) -> None:
    """Or removed; it cannot be got."""
    place.run("UPDATE jwtgate_credentials SET secret = 'short'")
    with pytest.raises(StoreError, match="cannot be used"):
        filled.get_credential(KEY)
    filled.update_credential(KEY, secret=SECRET)
    assert filled.get_credential(KEY).reveal_secret() == SECRET.encode()


@sync_only
def test_a_rotation_shortens_what_is_left(filled: AnyStore) -> None:
    """It never makes it longer; what is over already goes."""
    add(filled, "over", retire_after=OVER)
    filled.update_credential(KEY, retire_after=NOW + 10)
    new = filled.rotate(KEY, overlap=60)
    assert kids(filled) == [new.kid, None]
    assert filled.get_credential(KEY).retire_after == NOW + 10
    filled.rotate(KEY, overlap=5)
    assert filled.get_credential(KEY).retire_after == NOW + 5


@pytest.mark.parametrize("overlap", [-1, float("inf"), float("nan")])
@sync_only
def test_an_overlap_is_a_time(filled: AnyStore, overlap: float) -> None:
    """Nothing is changed otherwise."""
    with pytest.raises(ConfigurationError):
        filled.rotate(KEY, overlap=overlap)
    assert kids(filled) == [None]


@sync_only
def test_numbers_that_are_too_large_are_refused(filled: AnyStore) -> None:
    """A database's own error would be a failure of ours."""
    with pytest.raises(ConfigurationError, match="token_lifetime"):
        filled.update_credential(KEY, token_lifetime=2**63)
    assert filled.update_credential(KEY, token_lifetime=2**63 - 1)
    assert filled.get_credential(KEY).token_lifetime == 2**63 - 1


# Many at once


@sync_only
def test_forty_threads_race_for_a_key(filled: AnyStore) -> None:
    """One consumer gets it; the others are told whose it is."""
    outcomes = at_once(
        *(
            lambda number=number: filled.create_credential(
                ("jack", "jill")[number % 2],
                key="wanted",
                kid=str(number // 2),
                secret=SECRET,
                retire_after=OVER,
            )
            for number in range(40)
        )
    )
    assert {type(each) for each in outcomes} == {Credential, Conflict}
    owners = {each.consumer for each in outcomes if isinstance(each, Credential)}
    assert len(owners) == 1
    texts = {str(each) for each in outcomes if isinstance(each, Conflict)}
    assert texts == {"this key belongs to another consumer"}


@sync_only
def test_four_of_eight_threads_get_a_place(filled: AnyStore) -> None:
    """Four may live under a key."""
    outcomes = at_once(
        *(lambda kid=kid: add(filled, f"{kid}", key="wanted") for kid in range(8))
    )
    assert sum(isinstance(each, Credential) for each in outcomes) == 4
    texts = {str(each) for each in outcomes if isinstance(each, Conflict)}
    assert texts == {"this key has 4 live credentials; retire one"}


@sync_only
def test_rotations_at_once_keep_to_four(filled: AnyStore) -> None:
    """Each has a successor of its own."""
    outcomes = at_once(*(lambda: filled.rotate(KEY, overlap=60) for _ in range(8)))
    made = [each for each in outcomes if isinstance(each, Credential)]
    assert len(made) == 3
    assert {each.kid for each in made} == set(filter(None, kids(filled)))
    assert {type(each) for each in outcomes} == {Credential, Conflict}


@sync_only
def test_two_who_swap_keys_do_not_wait_for_ever(filled: AnyStore) -> None:
    """A key is never two consumers'."""
    filled.create_credential("jill", key="jill-key", secret=SECRET)
    outcomes = at_once(
        lambda: filled.update_credential(KEY, key="jill-key"),
        lambda: filled.update_credential("jill-key", key=KEY),
    )
    assert {type(each) for each in outcomes} == {Conflict}


@sync_only
def test_a_key_that_is_given_away_meanwhile(filled: AnyStore) -> None:
    """Whoever removes it, removes its own or nothing."""
    filled.delete_credential(KEY)
    for _ in range(3):
        at_once(
            lambda: filled.create_credential("jack", key=KEY, secret=SECRET),
            lambda: filled.create_credential("jill", key=KEY, secret=SECRET),
            lambda: filled.delete_credential(KEY),
            lambda: filled.delete_credential(KEY),
        )
    owners = {each.consumer for each in filled.find(KEY)}
    assert len(owners) <= 1
