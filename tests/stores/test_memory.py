import math
import string
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Conflict,
    Consumer,
    Gate,
    JWTGateError,
    MemoryStore,
    NotFound,
    RequestView,
    StoreError,
    authenticate,
)
from tests.kit import KEY, NOW, SECRET, clock, make_store, mint, public_pem

ALPHABET = set(string.ascii_letters + string.digits)
NEW_SECRET = "a-new-secret-of-the-tests-of-more-than-32-octets"


def filled() -> MemoryStore:
    """Make a store with jack and his credential."""
    store = make_store()
    store.create_consumer(username="jack", custom_id="495aec6a")
    store.create_credential("jack", key=KEY, secret=SECRET)
    return store


def admits(store: MemoryStore, secret: str = SECRET, at: float = NOW) -> bool:
    """Whether a gate over the store lets a token of this secret pass."""
    line = (b"Authorization", b"Bearer " + mint(secret=secret).encode())
    gate = Gate(store, clock=lambda: at)
    return isinstance(
        authenticate(gate, RequestView("GET", headers=[line])), Authenticated
    )


# Looking up


def test_an_unknown_key_finds_nothing() -> None:
    """An empty answer, not an error."""
    assert filled().find("nobody") == ()


def test_a_key_finds_its_credentials() -> None:
    """All of them: the gate picks by kid."""
    store = filled()
    store.create_credential("jack", key=KEY, kid="b")
    assert [each.kid for each in store.find(KEY, "b")] == [None, "b"]


def test_a_look_up_never_waits() -> None:
    """Asynchronous gates use the store as it is."""
    assert MemoryStore.blocking is False


def test_a_token_of_a_stored_credential_passes() -> None:
    """From end to end."""
    assert admits(filled())


# Consumers


def test_a_consumer_is_created_with_its_fields() -> None:
    """And can be got again."""
    store = make_store()
    made = store.create_consumer(username="jack", groups=["staff"], tags=["t"])
    assert store.get_consumer("jack") == made
    assert (made.groups, made.tags) == (("staff",), ("t",))


@pytest.mark.parametrize("name", ["jack", Consumer(username="jack").id])
def test_a_consumer_is_got_by_username_or_id(name: str) -> None:
    """Either names it."""
    store = filled()
    assert store.get_consumer(name) == store.find_consumer(name)


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "jack"},
        {"username": "x", "custom_id": "495aec6a"},
        {"username": "x", "id": Consumer(username="jack").id},
    ],
    ids=["username", "custom_id", "id"],
)
def test_a_taken_name_is_a_conflict(fields: dict[str, Any]) -> None:
    """And nothing is created."""
    store = filled()
    with pytest.raises(Conflict):
        store.create_consumer(**fields)
    assert len(store.list_consumers().items) == 1


def test_a_field_that_cannot_work_creates_nothing() -> None:
    """The error is that of the consumer."""
    store = make_store()
    with pytest.raises(ConfigurationError):
        store.create_consumer()
    assert store.list_consumers().items == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.get_consumer("nobody"),
        lambda store: store.update_consumer("nobody", tags=()),
        lambda store: store.delete_consumer("nobody"),
        lambda store: store.create_credential("nobody"),
        lambda store: store.list_credentials(consumer="nobody"),
        lambda store: store.list_credentials(consumer=""),
        lambda store: store.get_credential("nobody"),
        lambda store: store.get_credential(KEY, "nobody"),
        lambda store: store.update_credential("nobody", tags=()),
        lambda store: store.delete_credential("nobody"),
        lambda store: store.rotate("nobody", overlap=0),
        lambda store: store.consumer_of("nobody"),
    ],
    ids=[
        "get_consumer",
        "update_consumer",
        "delete_consumer",
        "create_credential",
        "list_credentials",
        "list_credentials of an empty name",
        "get_credential",
        "get_credential of another kid",
        "update_credential",
        "delete_credential",
        "rotate",
        "consumer_of",
    ],
)
def test_who_does_not_exist_is_not_found(call: Callable[[MemoryStore], object]) -> None:
    """The same error everywhere."""
    with pytest.raises(NotFound):
        call(filled())


def test_a_consumer_keeps_its_id_when_its_names_change() -> None:
    """Apps store the id."""
    store = filled()
    old = store.get_consumer("jack")
    new = store.update_consumer(old, username="jacques")
    assert (new.id, new.username, new.custom_id) == (old.id, "jacques", "495aec6a")
    assert store.find_consumer("jack") is None


def test_the_id_of_a_consumer_cannot_change() -> None:
    """It would be another one."""
    with pytest.raises(ConfigurationError, match="id of a consumer"):
        filled().update_consumer("jack", id="17")


def test_a_change_of_a_consumer_is_seen_by_its_credentials() -> None:
    """The next request is that of the changed one."""
    store = filled()
    store.update_consumer("jack", groups=["staff"])
    assert store.find(KEY)[0].consumer.groups == ("staff",)


def test_a_consumer_that_is_disabled_is_refused() -> None:
    """At once."""
    store = filled()
    store.update_consumer("jack", enabled=False)
    assert not admits(store)


def test_a_change_to_a_taken_name_changes_nothing() -> None:
    """Neither the consumer nor its credentials."""
    store = filled()
    store.create_consumer(username="jill")
    with pytest.raises(Conflict):
        store.update_consumer("jack", username="jill", groups=["staff"])
    assert store.find(KEY)[0].consumer == store.get_consumer("jack")
    assert store.get_consumer("jack").groups == ()


def test_a_consumer_takes_its_credentials_along() -> None:
    """No token of its passes any more."""
    store = filled()
    store.delete_consumer("jack")
    assert store.find(KEY) == ()
    assert store.list_credentials().items == ()
    assert not admits(store)


def test_another_consumer_s_credentials_stay() -> None:
    """Deletion goes no further."""
    store = filled()
    store.create_consumer(username="jill")
    store.create_credential("jill", key="jill-key")
    store.delete_consumer("jack")
    assert store.consumer_of("jill-key").username == "jill"


def test_names_can_be_exchanged() -> None:
    """By way of a third one, as each is one consumer's at any moment."""
    store = filled()
    jack = store.get_consumer("jack")
    jill = store.create_consumer(username="jill")
    store.update_consumer(jack, username="x")
    store.update_consumer(jill, username="jack")
    store.update_consumer(jack, username="jill")
    assert store.get_consumer("jill").id == jack.id
    assert store.get_consumer("jack").id == jill.id
    assert store.find_consumer("x") is None
    assert store.find(KEY)[0].consumer.username == "jill"


def test_a_consumer_that_comes_back_is_a_new_one() -> None:
    """It has the id of the one before, and nothing else."""
    store = filled()
    old = store.update_consumer("jack", groups=["staff"])
    store.create_consumer(username="jill")
    store.delete_consumer(old)
    new = store.create_consumer(username="jack", custom_id="495aec6a")
    assert (new.id, new.groups) == (old.id, ())
    assert store.list_credentials(consumer=new).items == ()
    assert usernames(store) == ["jill", "jack"]


# Credentials


def test_a_key_that_is_left_out_is_made() -> None:
    """32 of A-Za-z0-9."""
    made = filled().create_credential("jack")
    assert len(made.key) == 32
    assert set(made.key) <= ALPHABET


@pytest.mark.parametrize(
    ("algorithm", "length"), [("HS256", 32), ("HS384", 48), ("HS512", 64)]
)
def test_a_secret_that_is_left_out_is_made(algorithm: str, length: int) -> None:
    """As long as the hash."""
    made = filled().create_credential("jack", algorithm=algorithm)
    secret = (made.reveal_secret() or b"").decode()
    assert len(secret) == length
    assert set(secret) <= ALPHABET


def test_an_asymmetric_credential_gets_no_secret() -> None:
    """Its issuer keeps the private key."""
    made = filled().create_credential(
        "jack", algorithm="ES256", public_key=public_pem("ES256")
    )
    assert made.reveal_secret() is None


def test_a_credential_is_got_by_key_and_kid() -> None:
    """Exactly these."""
    store = filled()
    made = store.create_credential("jack", key=KEY, kid="b")
    assert store.get_credential(KEY, "b") is made


def test_the_consumer_of_a_key_is_its_owner() -> None:
    """A key belongs to one."""
    assert filled().consumer_of(KEY).username == "jack"


@pytest.mark.parametrize(
    ("owner", "fields"),
    [("jack", {"key": KEY}), ("jill", {"key": KEY, "kid": "b"})],
    ids=["same key and kid", "another's key"],
)
def test_a_taken_key_is_a_conflict(owner: str, fields: dict[str, Any]) -> None:
    """And nothing is created."""
    store = filled()
    store.create_consumer(username="jill")
    with pytest.raises(Conflict):
        store.create_credential(owner, **fields)
    assert len(store.find(KEY)) == 1


def test_a_fifth_live_credential_of_a_key_is_a_conflict() -> None:
    """Four may overlap."""
    store = filled()
    for kid in "abc":
        store.create_credential("jack", key=KEY, kid=kid)
    with pytest.raises(Conflict, match="4 live"):
        store.create_credential("jack", key=KEY, kid="d")


def test_a_retired_one_makes_room_for_a_fifth() -> None:
    """It is not live."""
    store = filled()
    for kid in "abc":
        store.create_credential("jack", key=KEY, kid=kid)
    store.update_credential(KEY, "a", retire_after=NOW)
    assert store.create_credential("jack", key=KEY, kid="d").kid == "d"


def test_a_changed_secret_counts_at_once() -> None:
    """The old one is out."""
    store = filled()
    store.update_credential(KEY, secret=NEW_SECRET)
    assert (admits(store), admits(store, NEW_SECRET)) == (False, True)


def test_a_changed_key_is_found_by_its_new_text_alone() -> None:
    """The old one is free."""
    store = filled()
    store.update_credential(KEY, key="new-key")
    assert store.find(KEY) == ()
    assert store.get_credential("new-key").consumer.username == "jack"


def test_a_change_that_conflicts_changes_nothing() -> None:
    """The old row stays."""
    store = filled()
    store.create_credential("jack", key=KEY, kid="b")
    with pytest.raises(Conflict):
        store.update_credential(KEY, "b", kid=None)
    assert store.get_credential(KEY, "b").kid == "b"


def test_a_change_that_cannot_work_changes_nothing() -> None:
    """The old row stays."""
    store = filled()
    with pytest.raises(ConfigurationError):
        store.update_credential(KEY, algorithm="ES256")
    assert admits(store)


def test_a_deleted_credential_does_not_verify() -> None:
    """At once."""
    store = filled()
    store.delete_credential(KEY)
    assert not admits(store)


def test_the_consumer_stays_when_its_credential_goes() -> None:
    """It may get another."""
    store = filled()
    store.delete_credential(KEY)
    assert store.get_consumer("jack").username == "jack"


# Rotation


def secret_of(store: MemoryStore, kid: str | None) -> str:
    """Give a credential's secret as text."""
    return (store.get_credential(KEY, kid).reveal_secret() or b"").decode()


def test_during_the_overlap_both_verify() -> None:
    """An issuer changes over without a gap."""
    store = filled()
    new = store.rotate(KEY, overlap=60)
    assert admits(store, at=NOW + 59)
    assert admits(store, secret_of(store, new.kid), at=NOW + 59)


def test_after_the_overlap_the_new_one_alone_verifies() -> None:
    """The border belongs to the new one."""
    store = filled()
    new = store.rotate(KEY, overlap=60)
    assert not admits(store, at=NOW + 60)
    assert admits(store, secret_of(store, new.kid), at=NOW + 60)


def test_an_overlap_of_nothing_retires_at_once() -> None:
    """For a secret that has leaked."""
    store = filled()
    store.rotate(KEY, overlap=0)
    assert not admits(store)


def test_the_successor_gets_a_secret_and_a_kid() -> None:
    """Both are made."""
    store = filled()
    new = store.rotate(KEY, overlap=0)
    assert len(new.kid or "") == 8
    assert len(secret_of(store, new.kid)) == 32


def test_the_successor_takes_the_other_fields() -> None:
    """Except for what was the old one's alone."""
    store = filled()
    fields: dict[str, Any] = {"tags": ("t",), "lifetime_grace_period": 5}
    alone: dict[str, Any] = {"id": "1", "not_before": 1, "retire_after": NOW + 9}
    store.update_credential(KEY, **fields, **alone)
    new = store.rotate(KEY, overlap=60)
    assert (new.consumer, new.tags, new.lifetime_grace_period) == (
        store.get_consumer("jack"),
        ("t",),
        5,
    )
    assert (new.id, new.not_before, new.retire_after) == (None, None, None)


def test_fields_of_the_successor_can_be_given() -> None:
    """A secret that the issuer chose, say."""
    store = filled()
    new = store.rotate(KEY, overlap=0, kid="2027", secret=NEW_SECRET)
    assert (new.kid, secret_of(store, "2027")) == ("2027", NEW_SECRET)


def test_a_successor_may_have_another_algorithm() -> None:
    """That is how an issuer leaves shared secrets."""
    new = filled().rotate(
        KEY, overlap=60, algorithm="ES256", public_key=public_pem("ES256")
    )
    assert (new.algorithm, new.reveal_secret()) == ("ES256", None)


def test_an_asymmetric_successor_needs_a_new_public_key() -> None:
    """The old one's must not live on by mistake."""
    store = filled()
    pem = public_pem("ES256")
    store.create_credential("jack", key="es", algorithm="ES256", public_key=pem)
    with pytest.raises(ConfigurationError, match="public_key"):
        store.rotate("es", overlap=60)


def test_a_rotation_does_not_lengthen_a_life() -> None:
    """What ends sooner ends sooner."""
    store = filled()
    store.update_credential(KEY, retire_after=NOW + 5)
    store.rotate(KEY, overlap=60)
    assert store.get_credential(KEY).retire_after == NOW + 5


def test_a_rotation_shortens_a_life() -> None:
    """To the overlap."""
    store = filled()
    store.update_credential(KEY, retire_after=NOW + 500)
    store.rotate(KEY, overlap=60)
    assert store.get_credential(KEY).retire_after == NOW + 60


def test_a_rotation_removes_what_is_retired_already() -> None:
    """Else the rows of a key would grow for ever."""
    store = filled()
    store.create_credential("jack", key=KEY, kid="b")
    store.update_credential(KEY, "b", retire_after=NOW)
    new = store.rotate(KEY, overlap=60)
    assert [each.kid for each in store.find(KEY)] == [None, new.kid]


@pytest.mark.parametrize("overlap", [-1, math.inf, math.nan])
def test_an_overlap_is_a_time(overlap: float) -> None:
    """0 or more, and it ends."""
    with pytest.raises(ConfigurationError, match="overlap"):
        filled().rotate(KEY, overlap=overlap)


def test_a_rotation_keeps_the_key() -> None:
    """Another key is another credential."""
    with pytest.raises(ConfigurationError, match="keeps the key"):
        filled().rotate(KEY, overlap=0, key="new-key")


@pytest.mark.parametrize(
    "fields",
    [{"kid": None}, {"secret": "weak"}],
    ids=["taken kid", "weak secret"],
)
def test_a_rotation_that_fails_changes_nothing(fields: dict[str, Any]) -> None:
    """The old one lives on."""
    store = filled()
    with pytest.raises(JWTGateError):
        store.rotate(KEY, overlap=0, **fields)
    assert admits(store)


# Lists


def crowd() -> MemoryStore:
    """Make a store of five consumers, every other one tagged, with one key each."""
    store = make_store()
    for number in range(5):
        tags = ["even"] if number % 2 == 0 else []
        store.create_consumer(username=f"u{number}", tags=tags)
        store.create_credential(f"u{number}", key=f"k{number}", tags=tags)
    return store


def usernames(store: MemoryStore, **chosen: Any) -> list[str | None]:
    """Give the usernames of a page."""
    return [each.username for each in store.list_consumers(**chosen).items]


def keys(store: MemoryStore, **chosen: Any) -> list[str]:
    """Give the keys of a page."""
    return [each.key for each in store.list_credentials(**chosen).items]


def test_consumers_are_listed_in_the_order_of_their_creation() -> None:
    """A change does not move one."""
    store = crowd()
    store.update_consumer("u0", groups=["g"])
    assert usernames(store) == ["u0", "u1", "u2", "u3", "u4"]


def test_credentials_are_listed_in_the_order_of_their_creation() -> None:
    """A change does not move one."""
    store = crowd()
    store.update_credential("k0", kid="new")
    assert keys(store) == ["k0", "k1", "k2", "k3", "k4"]


def test_lists_can_be_narrowed_by_tag() -> None:
    """Both kinds."""
    assert usernames(crowd(), tag="even") == ["u0", "u2", "u4"]
    assert keys(crowd(), tag="even") == ["k0", "k2", "k4"]


def test_credentials_can_be_narrowed_by_consumer() -> None:
    """By itself or its name."""
    store = crowd()
    assert keys(store, consumer="u1") == ["k1"]
    assert keys(store, consumer=store.get_consumer("u1")) == ["k1"]


def test_credentials_can_be_narrowed_by_consumer_and_tag() -> None:
    """Both must hold."""
    assert keys(crowd(), consumer="u1", tag="even") == []


@pytest.mark.parametrize("name", ["list_consumers", "list_credentials"])
def test_the_next_page_begins_where_the_last_one_ended(name: str) -> None:
    """Till there is no cursor."""
    listed = getattr(crowd(), name)
    first = listed(limit=3)
    second = listed(limit=3, cursor=first.cursor)
    assert (*first.items, *second.items) == listed().items
    assert (len(first.items), second.cursor) == (3, None)


def test_a_cursor_stays_good_while_rows_come_and_go() -> None:
    """Nothing is shown twice or skipped."""
    store = crowd()
    cursor = store.list_consumers(limit=2).cursor
    store.delete_consumer("u1")
    store.create_consumer(username="u5")
    assert usernames(store, cursor=cursor) == ["u2", "u3", "u4", "u5"]


@pytest.mark.parametrize("name", ["list_consumers", "list_credentials"])
@pytest.mark.parametrize(
    "chosen", [{"limit": 0}, {"limit": 1001}, {"cursor": "*"}], ids=str
)
def test_a_limit_or_cursor_that_cannot_be_is_an_error(
    name: str, chosen: dict[str, Any]
) -> None:
    """They come from clients of an app's own pages."""
    with pytest.raises(StoreError):
        getattr(crowd(), name)(**chosen)


# Readers beside a writer


def interleaved(change: Callable[[], object], look: Callable[[], bool]) -> list[bool]:
    """Look before every line of jwtgate's own that a change runs."""
    seen: list[bool] = []

    # No tracer sees another one at work.
    def trace(frame: FrameType, event: str, _: object) -> Any:  # pragma: no cover
        if "jwtgate" not in frame.f_code.co_filename:
            return None
        if event == "line":
            sys.settrace(None)
            seen.append(look())
            sys.settrace(trace)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        change()
    finally:
        sys.settrace(before)
    return seen


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.update_consumer("jack", groups=["staff"]),
        lambda store: store.update_consumer("jack", username="jacques"),
        lambda store: store.update_credential(KEY, kid="b"),
        lambda store: store.rotate(KEY, overlap=60),
    ],
    ids=["consumer", "its name", "credential", "rotation"],
)
def test_a_reader_sees_no_gap_within_a_change(
    change: Callable[[MemoryStore], object],
) -> None:
    """A look-up takes no lock, and may fall between any two lines."""
    store = filled()
    seen = interleaved(lambda: change(store), lambda: len(store.find(KEY)) > 0)
    assert seen
    assert all(seen)


OWN_ID = Consumer(username="jack").id


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"groups": ["staff"]}, OWN_ID),
        ({"groups": ["staff"]}, "jack"),
        ({"username": "jacques"}, OWN_ID),
        ({"username": None}, OWN_ID),
        ({"username": OWN_ID}, OWN_ID),
        ({"custom_id": None}, "jack"),
    ],
    ids=["by id", "by name", "renamed", "without a name", "by its id", "custom_id"],
)
def test_a_reader_of_consumers_sees_no_gap_within_a_change(
    changes: dict[str, Any], kept: str
) -> None:
    """The anonymous consumer must not vanish for a moment: it would be a 503."""
    store = filled()
    seen = interleaved(
        lambda: store.update_consumer("jack", **changes),
        lambda: store.find_consumer(kept) is not None,
    )
    assert seen
    assert all(seen)


def test_a_consumer_that_is_renamed_is_always_found_by_one_of_its_names() -> None:
    """First it has both, then the new one."""
    store = filled()
    seen = interleaved(
        lambda: store.update_consumer("jack", username="jacques"),
        lambda: bool(store.find_consumer("jack") or store.find_consumer("jacques")),
    )
    assert seen
    assert all(seen)


@pytest.mark.parametrize("username", ["jacques", None], ids=str)
def test_a_name_that_is_also_the_id_stays_while_it_is_given_up(
    username: str | None,
) -> None:
    """It is the id's text, which a request may come with."""
    store = make_store()
    store.create_consumer(id="jack", username="jack", custom_id="495aec6a")
    seen = interleaved(
        lambda: store.update_consumer("jack", username=username),
        lambda: store.find_consumer("jack") is not None,
    )
    assert seen
    assert all(seen)


@pytest.mark.parametrize(
    "look",
    [lambda store: store.get_credential(KEY), lambda store: store.consumer_of(KEY)],
    ids=["get_credential", "consumer_of"],
)
@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.update_credential(KEY, tags=["t"]),
        lambda store: store.update_consumer("jack", username="jacques"),
        lambda store: store.rotate(KEY, overlap=60),
    ],
    ids=["credential", "consumer", "rotation"],
)
def test_what_gets_one_row_sees_no_gap_within_a_change(
    change: Callable[[MemoryStore], object], look: Callable[[MemoryStore], object]
) -> None:
    """It takes no lock either."""
    store = filled()
    seen = interleaved(lambda: change(store), lambda: bool(look(store)))
    assert seen
    assert all(seen)


def test_a_key_that_changes_is_always_found_by_one_of_its_names() -> None:
    """First it has both, then the new one."""
    store = filled()
    seen = interleaved(
        lambda: store.update_credential(KEY, key="new"),
        lambda: bool(store.find(KEY) or store.find("new")),
    )
    assert all(seen)


def test_concurrent_readers_see_no_gap() -> None:
    """With real threads, as far as chance goes."""
    store = filled()
    start = Barrier(4)
    gaps: list[None] = []

    def read() -> None:
        start.wait()
        gaps.extend(None for _ in range(3000) if not store.find(KEY))

    def write() -> None:
        start.wait()
        for number in range(300):
            store.update_consumer("jack", groups=[f"g{number}"])

    _run([read, read, read, write])
    assert gaps == []


def test_concurrent_writers_lose_nothing() -> None:
    """Each of them gets its row, and the same name goes to one alone."""
    store = make_store()
    start, taken = Barrier(4), Counter[str]()

    def write(name: str) -> None:
        start.wait()
        for number in range(50):
            store.create_consumer(username=f"{name}{number}")
            try:
                store.create_consumer(username=f"same{number}")
            except Conflict:
                taken[name] += 1

    _run([partial(write, name) for name in "abcd"])
    assert len(store.list_consumers(limit=1000).items) == 4 * 50 + 50
    assert taken.total() == 3 * 50


def _run(calls: list[Callable[[], None]]) -> None:
    threads = [Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# Against a model


KEYS = st.sampled_from(["k1", "k2"])
KIDS = st.sampled_from([None, "a", "b", "c", "d"])
USERS = st.sampled_from(["u1", "u2", "u3"])


class AgainstModel(RuleBasedStateMachine):
    """A store does what a list of rows would do."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.store = MemoryStore(clock=clock)
        self.users: list[str] = []
        self.rows: list[tuple[str, str, str | None]] = []

    @rule(user=USERS)
    def create_consumer(self, user: str) -> None:
        """A name can be taken once."""
        if user in self.users:
            with pytest.raises(Conflict):
                self.store.create_consumer(username=user)
        else:
            self.store.create_consumer(username=user)
            self.users.append(user)

    @rule(user=USERS)
    def delete_consumer(self, user: str) -> None:
        """Its credentials go along."""
        if user not in self.users:
            with pytest.raises(NotFound):
                self.store.delete_consumer(user)
        else:
            self.store.delete_consumer(user)
            self.users.remove(user)
            self.rows = [row for row in self.rows if row[0] != user]

    @rule(user=USERS, group=st.sampled_from(["g", "h"]))
    def update_consumer(self, user: str, group: str) -> None:
        """The credentials follow."""
        if user in self.users:
            changed = self.store.update_consumer(user, groups=[group])
            owned = self.store.list_credentials(consumer=user).items
            assert all(each.consumer is changed for each in owned)

    @rule(user=USERS, key=KEYS, kid=KIDS)
    def create_credential(self, user: str, key: str, kid: str | None) -> None:
        """A key has one owner, four credentials, and each kid once."""
        same = [row for row in self.rows if row[1] == key]
        free = all(row[0] == user and row[2] != kid for row in same) and len(same) < 4
        if user in self.users and free:
            self.store.create_credential(user, key=key, kid=kid)
            self.rows.append((user, key, kid))
        else:
            with pytest.raises(Conflict if user in self.users else NotFound):
                self.store.create_credential(user, key=key, kid=kid)

    @rule(key=KEYS, kid=KIDS, new_key=KEYS, new_kid=KIDS)
    def update_credential(
        self, key: str, kid: str | None, new_key: str, new_kid: str | None
    ) -> None:
        """It fits where a new one would, and keeps its place in lists."""
        at = [row[1:] for row in self.rows]
        if (key, kid) not in at:
            with pytest.raises(NotFound):
                self.store.update_credential(key, kid, key=new_key, kid=new_kid)
            return
        place = at.index((key, kid))
        user = self.rows[place][0]
        others = self.rows[:place] + self.rows[place + 1 :]
        same = [row for row in others if row[1] == new_key]
        free = all(row[0] == user and row[2] != new_kid for row in same)
        if free and len(same) < 4:
            self.store.update_credential(key, kid, key=new_key, kid=new_kid)
            self.rows[place] = (user, new_key, new_kid)
        else:
            with pytest.raises(Conflict):
                self.store.update_credential(key, kid, key=new_key, kid=new_kid)

    @rule(key=KEYS, kid=KIDS)
    def delete_credential(self, key: str, kid: str | None) -> None:
        """Exactly the one."""
        kept = [row for row in self.rows if row[1:] != (key, kid)]
        if len(kept) == len(self.rows):
            with pytest.raises(NotFound):
                self.store.delete_credential(key, kid)
        else:
            self.store.delete_credential(key, kid)
            self.rows = kept

    @invariant()
    def lists_agree(self) -> None:
        """In the order of creation."""
        consumers = self.store.list_consumers().items
        credentials = self.store.list_credentials().items
        assert [each.username for each in consumers] == self.users
        assert [
            (each.consumer.username, each.key, each.kid) for each in credentials
        ] == self.rows

    @invariant()
    def look_ups_agree(self) -> None:
        """Each key finds its own."""
        for key in ("k1", "k2"):
            found = {each.kid for each in self.store.find(key)}
            assert found == {row[2] for row in self.rows if row[1] == key}


TestAgainstModel = AgainstModel.TestCase
TestAgainstModel.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None
)


def test_a_rotation_that_conflicts_changes_nothing() -> None:
    """What is retired stays, too."""
    store = make_store()
    store.create_consumer(username="jack")
    for kid, end in (("old", 1.0), ("1", None), ("2", None), ("3", None), ("4", None)):
        store.create_credential("jack", key=KEY, kid=kid, retire_after=end)
    before = store.find(KEY)
    with pytest.raises(Conflict):
        store.rotate(KEY, "1", overlap=60)
    assert store.find(KEY) == before
