from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jwtgate import Conflict, Consumer, NotFound
from jwtgate.stores.fitting import is_retired
from jwtgate.stores.tables import Tables
from tests.kit import KEY, NOW, credential, jack

JILL = Consumer(username="jill", custom_id="j2")


def tables(*credentials: Any) -> Tables:
    """Make tables with jack, jill and these credentials."""
    made = Tables()
    made.put_consumer(jack())
    made.put_consumer(JILL)
    for each in credentials:
        made.put_credential(each)
    return made


def test_rows_are_numbered_in_their_order() -> None:
    """Pages rely on it."""
    first, second = credential(), credential(kid="a")
    made = tables(first, second)
    assert list(made.consumers()) == [(1, jack()), (2, JILL)]
    assert list(made.credentials()) == [(3, first), (4, second)]


# Consumers


@pytest.mark.parametrize("name", [jack().id, "jack"], ids=["id", "username"])
def test_a_consumer_is_found_by_id_or_username(name: str) -> None:
    """Its custom_id is its id elsewhere."""
    assert tables().find_consumer(name) == jack()


@pytest.mark.parametrize("name", ["495aec6a", "nobody", ""], ids=repr)
def test_a_consumer_is_not_found_by_anything_else(name: str) -> None:
    """As in Kong."""
    assert tables().find_consumer(name) is None


@pytest.mark.parametrize(
    "impostor",
    [Consumer(username=jack().id, id="impostor"), Consumer(username="x", id="jack")],
    ids=["username", "id"],
)
def test_no_consumer_is_found_in_another_s_place(impostor: Consumer) -> None:
    """Both ids and usernames find a consumer, so they are taken together."""
    made = tables()
    with pytest.raises(Conflict, match="another consumer's"):
        made.put_consumer(impostor)


def test_a_consumer_may_have_its_id_as_username() -> None:
    """It is found in its own place."""
    made = tables()
    same = Consumer(username="same", id="same")
    made.put_consumer(same)
    assert made.find_consumer("same") == same


@pytest.mark.parametrize(
    "consumer", [jack(), jack().id, "jack"], ids=["itself", "id", "username"]
)
def test_a_consumer_is_got_by_itself_id_or_username(
    consumer: Consumer | str,
) -> None:
    """Whatever the caller has at hand."""
    assert tables().get_consumer(consumer) == jack()


@pytest.mark.parametrize("consumer", ["nobody", Consumer(username="x")], ids=str)
def test_a_consumer_that_was_never_put_is_not_got(consumer: Consumer | str) -> None:
    """Also one that was made elsewhere."""
    with pytest.raises(NotFound, match="consumer"):
        tables().get_consumer(consumer)


def test_a_consumer_that_is_gone_is_not_its_namesake() -> None:
    """Another one may have its id as username by now."""
    made = tables()
    made.drop_consumer(jack())
    made.put_consumer(Consumer(id="other", username=jack().id))
    assert made.get_consumer(jack().id).id == "other"
    with pytest.raises(NotFound, match="consumer"):
        made.get_consumer(jack())


@pytest.mark.parametrize(
    ("taken", "field"),
    [
        (Consumer(id=jack().id, username="other"), "id"),
        (Consumer(id="new", username="jack"), "username"),
        (Consumer(id="new", username="new", custom_id="495aec6a"), "custom_id"),
    ],
    ids=["id", "username", "custom_id"],
)
def test_a_name_is_one_consumer_s(taken: Consumer, field: str) -> None:
    """The error says which."""
    made = tables()
    with pytest.raises(Conflict, match=field):
        made.put_consumer(taken)


def test_a_consumer_takes_its_own_place() -> None:
    """Its names are no conflict, and its number stays."""
    made = tables()
    made.put_consumer(jack(enabled=False), instead_of=jack())
    assert made.get_consumer("jack") == jack(enabled=False)
    assert next(made.consumers()) == (1, jack(enabled=False))


def test_a_name_that_was_given_up_is_free() -> None:
    """And names nobody."""
    made = tables()
    new = Consumer(id=jack().id, username="jacques")
    made.put_consumer(new, instead_of=jack())
    assert made.find_consumer("jack") is None
    made.put_consumer(Consumer(id="2", username="jack", custom_id="495aec6a"))


def test_a_consumer_that_gives_up_its_id_as_username_keeps_its_id() -> None:
    """Both are kept in one table."""
    made = Tables()
    same = Consumer(username="same", id="same")
    made.put_consumer(same)
    new = Consumer(custom_id="c", id="same")
    made.put_consumer(new, instead_of=same)
    assert made.find_consumer("same") is new
    made.drop_consumer(new)
    assert made.find_consumer("same") is None


def test_a_change_to_a_taken_name_changes_nothing() -> None:
    """The old names stand."""
    made = tables()
    with pytest.raises(Conflict):
        made.put_consumer(replace(jack(), username="jill"), instead_of=jack())
    assert made.get_consumer("jack") == jack()
    assert made.get_consumer("jill") == JILL


def test_consumers_without_custom_id_do_not_collide() -> None:
    """An absent name is nobody's."""
    made = tables()
    made.put_consumer(Consumer(username="a"))
    made.put_consumer(Consumer(username="b"))
    made.put_consumer(Consumer(custom_id="c"))
    assert len(list(made.consumers())) == 5


def test_a_consumer_that_is_dropped_leaves_its_names() -> None:
    """Both are free again."""
    made = tables()
    made.drop_consumer(jack())
    assert made.find_consumer("jack") is None
    made.put_consumer(jack())


def test_a_consumer_of_a_custom_id_alone_is_found_by_its_id() -> None:
    """It gets a username, and gives it up again."""
    made = Tables()
    bare = Consumer(custom_id="c")
    made.put_consumer(bare)
    assert made.find_consumer(bare.id) is bare
    assert made.find_consumer("c") is None
    named = replace(bare, username="cy")
    made.put_consumer(named, instead_of=bare)
    assert made.find_consumer("cy") is made.find_consumer(bare.id) is named
    made.put_consumer(bare, instead_of=named)
    assert made.find_consumer("cy") is None
    assert made.find_consumer(bare.id) is bare


def test_a_consumer_may_take_its_id_as_username() -> None:
    """The id is nobody else's; the name before is free."""
    made = tables()
    new = replace(jack(), username=jack().id)
    made.put_consumer(new, instead_of=jack())
    assert made.find_consumer(jack().id) is new
    assert made.find_consumer("jack") is None
    made.drop_consumer(new)
    assert made.find_consumer(jack().id) is None


def test_a_custom_id_may_be_another_s_name() -> None:
    """No consumer is found by it."""
    made = tables()
    made.put_consumer(Consumer(username="x", custom_id="jack"))
    made.put_consumer(Consumer(username="y", custom_id=JILL.id))
    assert made.find_consumer("jack") == jack()
    assert made.find_consumer(JILL.id) is JILL


NAMES = st.sampled_from(["a", "b", "c"])  # of every kind, so that they meet
MAY_BE = st.none() | NAMES


class NamesAgainstModel(RuleBasedStateMachine):
    """Tables find the consumers that a look at each of them would."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.tables = Tables()
        self.rows: list[Consumer] = []

    def put(self, new: Consumer, old: Consumer | None, at: slice) -> None:
        """Put a consumer, or see why not."""
        others = [row for row in self.rows if row is not old]
        if any(_meet(new, row) for row in others):
            with pytest.raises(Conflict):
                self.tables.put_consumer(new, instead_of=old)
        else:
            self.tables.put_consumer(new, instead_of=old)
            self.rows[at] = [new]

    @rule(id_=NAMES, username=MAY_BE, custom_id=NAMES)
    def create(self, id_: str, username: str | None, custom_id: str) -> None:
        """No name is another one's."""
        new = Consumer(id=id_, username=username, custom_id=custom_id)
        self.put(new, None, slice(len(self.rows), None))

    @rule(data=st.data(), username=MAY_BE, custom_id=NAMES)
    def change(self, data: st.DataObject, username: str | None, custom_id: str) -> None:
        """All names but the id."""
        if self.rows:
            at = data.draw(st.integers(0, len(self.rows) - 1))
            old = self.rows[at]
            new = replace(old, username=username, custom_id=custom_id)
            self.put(new, old, slice(at, at + 1))

    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        """Its names are free."""
        if self.rows:
            row = data.draw(st.sampled_from(self.rows))
            self.tables.drop_consumer(row)
            self.rows.remove(row)

    @invariant()
    def each_name_finds_its_consumer(self) -> None:
        """Else nobody."""
        for name in "abc":
            found = [row for row in self.rows if name in (row.id, row.username)]
            assert self.tables.find_consumer(name) is next(iter(found), None)

    @invariant()
    def lists_agree(self) -> None:
        """In the order of creation."""
        assert [row for _, row in sorted(self.tables.consumers())] == self.rows


def _meet(one: Consumer, other: Consumer) -> bool:
    names = {one.id, one.username} & {other.id, other.username} - {None}
    return bool(names) or one.custom_id == other.custom_id


TestNamesAgainstModel = NamesAgainstModel.TestCase
TestNamesAgainstModel.settings = settings(
    max_examples=100, stateful_step_count=20, deadline=None
)


# Credentials


def test_a_credential_is_got_by_key_and_kid() -> None:
    """Exactly these."""
    row = credential(kid="a")
    assert tables(credential(), row).get_credential(KEY, "a") is row


@pytest.mark.parametrize(("key", "kid"), [(KEY, None), ("other", "a"), (KEY, "A")])
def test_another_key_or_kid_is_not_found(key: str, kid: str | None) -> None:
    """No kid is one of its own."""
    with pytest.raises(NotFound, match="credential"):
        tables(credential(kid="a")).get_credential(key, kid)


def test_a_consumer_s_credentials_are_its_own() -> None:
    """Under any key."""
    own = (credential(), credential(key="second"))
    made = tables(*own, credential(consumer=JILL, key="third"))
    assert list(made.owned_by(jack())) == list(enumerate(own, 3))


@pytest.mark.parametrize(
    ("new", "text"),
    [
        (credential(consumer=JILL, kid="b"), "another consumer"),
        (credential(kid="a"), "key and kid"),
    ],
    ids=["key", "key and kid"],
)
def test_a_key_is_one_consumer_s_and_a_kid_one_credential_s(
    new: Any, text: str
) -> None:
    """Exactly one credential is meant by the two."""
    made = tables(credential(kid="a"))
    with pytest.raises(Conflict, match=text):
        made.check_credential(new, besides=None, now=NOW)


def test_a_fifth_live_credential_is_a_conflict() -> None:
    """Four are the bound on a request's work."""
    made = tables(*(credential(kid=str(number)) for number in range(4)))
    with pytest.raises(Conflict, match="4 live credentials"):
        made.check_credential(credential(kid="5"), besides=None, now=NOW)


def test_a_retired_credential_does_not_count_as_live() -> None:
    """It can verify nothing."""
    retired = credential(kid="0", retire_after=NOW)
    made = tables(retired, *(credential(kid=str(number)) for number in range(1, 4)))
    made.check_credential(credential(kid="5"), besides=None, now=NOW)


def test_a_credential_may_replace_itself() -> None:
    """It does not stand in its own way."""
    rows = [credential(kid=str(number)) for number in range(4)]
    tables(*rows).check_credential(rows[0], besides=rows[0], now=NOW)


def test_a_credential_that_takes_another_s_place_keeps_its_number() -> None:
    """The order of lists stays."""
    old, new = credential(), credential(kid="new")
    made = tables(old)
    made.put_credential(new, instead_of=old)
    assert list(made.credentials()) == [(3, new)]
    assert made.by_key == {KEY: (new,)}


def test_a_credential_that_changes_its_key_leaves_the_old_one() -> None:
    """Nothing is found by it any more."""
    old, new = credential(), credential(key="new")
    made = tables(old)
    made.put_credential(new, instead_of=old)
    assert made.by_key == {"new": (new,)}


@pytest.mark.parametrize("kept", [(), (credential(kid="b"),)], ids=["none", "one"])
def test_a_credential_that_is_dropped_is_not_found(kept: tuple[Any, ...]) -> None:
    """The others of its key stay."""
    made = tables(credential(), *kept)
    made.drop_credential(made.get_credential(KEY, None))
    assert made.by_key.get(KEY, ()) == kept
    assert tuple(row for _, row in made.credentials()) == kept


@pytest.mark.parametrize(
    ("retire_after", "retired"),
    [(None, False), (NOW + 0.1, False), (NOW, True), (NOW - 1, True)],
)
def test_a_credential_is_retired_from_its_moment_on(
    retire_after: float | None, retired: object
) -> None:
    """As the gate has it."""
    assert is_retired(credential(retire_after=retire_after), NOW) is retired


def test_a_retired_credential_counts_for_no_limit() -> None:
    """Nor does it matter when it was added."""
    made = Tables()
    for kid in "1234":
        made.put_credential(credential(kid=kid))
    retired = credential(kid="r", retire_after=1)
    made.check_credential(retired, besides=None, now=NOW)
    with pytest.raises(Conflict, match="live"):
        made.check_credential(credential(kid="5"), besides=None, now=NOW)


# All of them


def sizes(made: Tables) -> list[int]:
    """Count what each of the tables holds."""
    return [len(each) for each in vars(made).values() if isinstance(each, dict)]


def test_changes_leave_nothing_behind() -> None:
    """A store lives as long as its process, and may change all the time."""
    row = credential()
    made = tables(row)
    consumer, before = jack(), sizes(made)
    for number in range(20):
        new = replace(consumer, username=f"u{number}", custom_id=f"c{number}")
        made.put_consumer(new, instead_of=consumer)
        changed = replace(row, consumer=new, key=f"k{number % 3}", kid=str(number))
        made.put_credential(changed, instead_of=row)
        consumer, row = new, changed
    assert sizes(made) == before


@pytest.mark.parametrize(
    "consumer",
    [jack(), Consumer(custom_id="c"), Consumer(username="same", id="same")],
    ids=["username", "custom_id", "id"],
)
def test_who_comes_and_goes_leaves_nothing_behind(consumer: Consumer) -> None:
    """Whatever names it had."""
    made = Tables()
    row = credential(consumer=consumer, kid="a")
    made.put_consumer(consumer)
    made.put_credential(row)
    made.drop_credential(row)
    made.drop_consumer(consumer)
    assert set(sizes(made)) == {0}
