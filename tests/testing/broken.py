"""Stores that break the contract, each in one way; ``judging`` runs it over them."""
# ruff: noqa: D102 - each class says what its methods do wrong

import fnmatch
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jwtgate import Conflict, Consumer, Credential, MemoryStore, StoreError
from jwtgate.jose import base64url
from jwtgate.stores.paging import Page
from jwtgate.stores.tables import Tables
from jwtgate.testing import (
    Caller,
    ConsumerStoreContract,
    ManagedStoreContract,
    StoreContract,
)

Rows = list[Credential]

_AFTER_ALL = base64url.encode(b"1000000").decode()


def exact(rows: Rows, key: str, _: str | None = None) -> tuple[Credential, ...]:
    """Find as it has to be."""
    return tuple(row for row in rows if row.key == key)


def folded(fold: Callable[[str], str]) -> Callable[..., Any]:
    """Find whatever is equal once it was folded."""
    return lambda rows, key, _: [row for row in rows if fold(row.key) == fold(key)]


def altered(**changes: Any) -> Callable[..., Any]:
    """Find a credential with other fields than it was put with."""
    return lambda rows, key, _: [replace(row, **changes) for row in exact(rows, key)]


def _others_first(times: int) -> None:
    for _ in range(times):
        time.sleep(0)  # lets another thread run


def out_of_use(row: Credential) -> bool:
    """Whether a gate would refuse it."""
    return not (row.enabled and row.consumer.enabled and row.retire_after is None)


LOOK_UPS: dict[str, Callable[[Rows, str, str | None], Any]] = {
    "Right": exact,
    "GivesNone": lambda rows, key, _: exact(rows, key) or None,
    "GivesOne": lambda rows, key, _: next(iter(exact(rows, key)), ()),
    "GivesAnIterator": lambda rows, key, _: iter(exact(rows, key)),
    "GivesMappings": lambda rows, key, _: [
        {"key": row.key} for row in exact(rows, key)
    ],
    "GivesAText": lambda _, __, ___: "",
    "Raises": lambda rows, key, _: {row.key: (row,) for row in rows}[key],
    "CaseBlind": folded(str.casefold),
    "Strips": folded(str.strip),
    "Normalises": folded(partial(unicodedata.normalize, "NFC")),
    "Truncates": folded(lambda text: text[:255]),
    "ComparesNumbers": folded(lambda text: str(int(text)) if text.isdigit() else text),
    "FindsPrefixes": lambda rows, key, _: [r for r in rows if r.key.startswith(key)],
    "FindsPatterns": lambda rows, key, _: [
        row for row in rows if fnmatch.fnmatchcase(row.key, key.replace("%", "*"))
    ],
    "TakesOneOfAKey": lambda rows, key, _: exact(rows, key)[-1:],
    "PicksByKid": lambda rows, key, kid: [
        row for row in exact(rows, key) if kid is None or row.kid == kid
    ],
    "IgnoresOtherKids": lambda rows, key, kid: [
        row for row in exact(rows, key) if kid is None or row.kid is None
    ],
    "TakesTheFirstRows": lambda rows, key, _: exact(rows, key)[:16],
    "HidesWhatIsOutOfUse": lambda rows, key, _: [
        row for row in exact(rows, key) if not out_of_use(row)
    ],
    "LosesTags": altered(tags=()),
    "LosesFractions": lambda rows, key, _: [
        replace(row, retire_after=row.retire_after and int(row.retire_after))
        for row in exact(rows, key)
    ],
    "OtherSecret": lambda rows, key, _: [
        replace(row, secret="x" * 64) if row.secret else row for row in exact(rows, key)
    ],
    "OtherConsumer": altered(consumer=Consumer(username="other")),
    "NewIds": lambda rows, key, _: [
        replace(row, id=str(uuid4())) for row in exact(rows, key)
    ],
}
"""Look-ups: of the rows of a store, those of a key and a kid."""


class Finding:
    """A store with one of the look-ups."""

    def __init__(self, find: Callable[..., Any] = exact) -> None:
        self._find = find
        self.rows: Rows = []

    def find(self, key: str, kid: str | None = None) -> Any:
        return self._find(self.rows, key, kid)


class SharesItsList(Finding):
    """Whoever changes an answer changes the store."""

    def find(self, key: str, _: str | None = None) -> Any:
        return self.rows if self.rows and self.rows[0].key == key else super().find(key)


class RemembersUnknown(Finding):
    """A key that was unknown once stays so."""

    def __init__(self) -> None:
        super().__init__()
        self._unknown: set[str] = set()

    def find(self, key: str, _: str | None = None) -> Any:
        if not super().find(key):
            self._unknown.add(key)
        return () if key in self._unknown else super().find(key)


class MixesUp(Finding):
    """Keeps the key of a look-up where another look-up puts its own."""

    def find(self, key: str, _: str | None = None) -> Any:
        self._key = key
        _others_first(10)
        return super().find(self._key)


class FailsAtOnce(MixesUp):
    """Raises where the other one mixes up."""

    def find(self, key: str, _: str | None = None) -> Any:
        found = super().find(key)
        if self._key != key:
            raise OSError("busy")
        return found


class AsyncFind(Finding):
    """Has to be awaited, under the name of what has not."""

    async def find(self, key: str, _: str | None = None) -> Any:
        return super().find(key)


class NoFind:
    """Has no look-up at all."""

    rows: Rows = []  # noqa: RUF012 - never read


class Async(Finding):
    """Right, for both worlds."""

    async def afind(self, key: str, _: str | None = None) -> Any:
        return self.find(key)


class MixesUpTasks(Async):
    """Keeps the key of a look-up where another task puts its own."""

    async def afind(self, key: str, _: str | None = None) -> Any:
        import asyncio  # noqa: PLC0415 - the one that needs it

        self._key = key
        await asyncio.sleep(0)
        return self.find(self._key)


class Differs(Async):
    """Is two stores."""

    async def afind(self, key: str, _: str | None = None) -> Any:
        return super().find(f"not {key}")


class AsyncByHand(Async):
    """Gives what can be awaited, and does not say so."""

    def afind(self, key: str, _: str | None = None) -> Any:
        return super().afind(key)


class FindsConsumers(Finding):
    """Right, and finds consumers."""

    def _consumers(self) -> Sequence[Consumer]:
        return [row.consumer for row in self.rows]

    def find_consumer(self, name: str) -> Any:
        for each in self._consumers():
            if name in (each.id, each.username):
                return each
        return None


class FindsNoConsumers(Finding):
    """Has no method for it."""


class RaisesForConsumers(FindsConsumers):
    """Takes an unknown name for a failure."""

    def find_consumer(self, name: str) -> Any:
        return {each.username: each for each in self._consumers()}[name]


class FindsByCustomId(FindsConsumers):
    """Takes every text of a consumer for a name."""

    def find_consumer(self, name: str) -> Any:
        for each in self._consumers():
            if name in (each.id, each.username, each.custom_id):
                return each
        return None


class FindsConsumersInAnyCase(FindsConsumers):
    """As MySQL does by itself."""

    def find_consumer(self, name: str) -> Any:
        for each in self._consumers():
            if name.casefold() in (each.id, (each.username or "").casefold()):
                return each
        return None


class FindsConsumersLoosely(FindsConsumers):
    """Finds the exact name if it is there, else another, but the older one first."""

    def find_consumer(self, name: str) -> Any:
        wanted = [each.username for each in self._consumers()]
        if name not in (*wanted, *(each.id for each in self._consumers())):
            return None
        for each in self._consumers():
            if name.casefold() in (each.id, (each.username or "").casefold()):
                return each
        return super().find_consumer(name)


class FindsAnyConsumer(FindsConsumers):
    """Looks for patterns."""

    def find_consumer(self, name: str) -> Any:
        return self.rows[0].consumer if name == "%" else super().find_consumer(name)


class LosesGroups(FindsConsumers):
    """Forgets a field of consumers."""

    def find_consumer(self, name: str) -> Any:
        found = super().find_consumer(name)
        return found and replace(found, groups=())


class TwoKindsOfConsumers(FindsConsumers):
    """Is two stores."""

    async def afind_consumer(self, _: str) -> Any:
        return None


# Stores that are managed: the one of the library, and a mistake. It is final for users,
# who are to write their own, not for these.


class Memory(MemoryStore):  # type: ignore[misc]
    """Right."""


class AsyncMemory:
    """Right, for asynchronous code alone."""

    def __init__(self) -> None:
        store = MemoryStore()
        self.afind = _awaited(store.find)
        self.afind_consumer = _awaited(store.find_consumer)
        for name in ("consumer", "credential"):
            for verb in ("create", "get", "update", "delete"):
                method = f"{verb}_{name}"
                setattr(self, method, _awaited(getattr(store, method)))
        for method in ("consumer_of", "rotate", "list_consumers", "list_credentials"):
            setattr(self, method, _awaited(getattr(store, method)))


def _awaited(method: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **fields: Any) -> Any:
        return method(*args, **fields)

    return call


class NamesForAll(Tables):  # type: ignore[misc]
    """Has every name of a consumer free, whoever has it."""

    def put_consumer(self, new: Consumer, **_: Any) -> None:
        self._consumers.setdefault(new.id, next(self._numbers))
        self._names[new.id] = self._names[new.username or new.id] = new


class Overlooks(Tables):  # type: ignore[misc]
    """Sees no conflict of credentials that says a certain text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def check_credential(self, credential: Credential, **known: Any) -> None:
        try:
            super().check_credential(credential, **known)
        except Conflict as error:
            if self._text not in str(error):
                raise


class ForgetsToCascade(MemoryStore):  # type: ignore[misc]
    """Leaves the credentials of a consumer behind."""

    def delete_consumer(self, consumer: Any) -> None:
        self._tables.drop_consumer(self._tables.get_consumer(consumer))


class KeepsOldConsumers(MemoryStore):  # type: ignore[misc]
    """Changes a consumer, but not what look-ups give."""

    def update_consumer(self, consumer: Any, **changes: Any) -> Consumer:
        old = self._tables.get_consumer(consumer)
        if "id" in changes:
            return super().update_consumer(consumer, **changes)
        new = replace(old, **changes)
        self._tables.put_consumer(new, instead_of=old)
        return new


class TakesNamesTwice(MemoryStore):  # type: ignore[misc]
    """Does not see that a name is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._tables = NamesForAll()


class ChecksTooLate(MemoryStore):  # type: ignore[misc]
    """Writes first, and leaves it there if it was wrong."""

    def update_credential(self, key: str, kid: Any = None, /, **changes: Any) -> Any:
        for name, value in changes.items():
            super().update_credential(key, kid, **{name: value})
            key, kid = (
                changes["key"] if name == "key" else key,
                changes["kid"] if name == "kid" else kid,
            )
        return self.get_credential(key, kid)


class RaisesKeyErrors(MemoryStore):  # type: ignore[misc]
    """Lets foreign exceptions escape."""

    def get_consumer(self, name: str) -> Consumer:
        return {each.id: each for _, each in self._tables.consumers()}[name]


class TakesNamesakes(MemoryStore):  # type: ignore[misc]
    """Takes a consumer for the text of its id, which may be another one's username."""

    def delete_consumer(self, consumer: Any) -> None:
        super().delete_consumer(getattr(consumer, "id", consumer))


class NewIdWithNewName(MemoryStore):  # type: ignore[misc]
    """Derives the id anew."""

    def update_consumer(self, consumer: Any, **changes: Any) -> Consumer:
        new = super().update_consumer(consumer, **changes)
        return replace(new, id="") if "username" in changes else new


class LosesTheOrder(MemoryStore):  # type: ignore[misc]
    """Keeps groups as a set."""

    def get_consumer(self, name: str) -> Consumer:
        found = super().get_consumer(name)
        return replace(found, groups=sorted(found.groups))


class ResetsConsumers(MemoryStore):  # type: ignore[misc]
    """Takes what is not given for the default."""

    def update_consumer(self, consumer: Any, **changes: Any) -> Consumer:
        return super().update_consumer(consumer, **{"custom_id": None, **changes})


class DeletesTooMuch(MemoryStore):  # type: ignore[misc]
    """Takes the credentials of all along."""

    def delete_consumer(self, consumer: Any) -> None:
        super().delete_consumer(consumer)
        self._tables.by_key.clear()


class WritesThenChecks(TakesNamesTwice):  # type: ignore[misc]
    """Tells of a conflict, and leaves it there."""

    def create_consumer(self, **fields: Any) -> Consumer:
        rows = self._tables.consumers()
        taken = fields.get("username") in [each.username for _, each in rows]
        made = super().create_consumer(**{**fields, "id": str(uuid4())})
        if taken:
            raise Conflict("taken")
        return made


class GivesKeysAway(MemoryStore):  # type: ignore[misc]
    """Lets two consumers have one key."""

    def __init__(self) -> None:
        super().__init__()
        self._tables = Overlooks("another consumer")


class LetsFiveLive(MemoryStore):  # type: ignore[misc]
    """Knows no bound."""

    def __init__(self) -> None:
        super().__init__()
        self._tables = Overlooks("live")


class NoKidIsEmpty(MemoryStore):  # type: ignore[misc]
    """Writes no kid as an empty one, and takes one for the other."""

    def get_credential(self, key: str, kid: str | None = None) -> Credential:
        return super().get_credential(key, kid or None)


class TellsSecrets(MemoryStore):  # type: ignore[misc]
    """Says what it was given."""

    def create_credential(self, consumer: Any, **fields: Any) -> Credential:
        try:
            return super().create_credential(consumer, **fields)
        except Exception as error:
            error.args = (f"{error}: {fields}",)
            raise


class MakesOneKey(MemoryStore):  # type: ignore[misc]
    """Is not as random as it looks."""

    def create_credential(self, consumer: Any, **fields: Any) -> Credential:
        made = {"key": "k" * 32, "kid": str(uuid4()), "secret": "s" * 64}
        return super().create_credential(consumer, **{**made, **fields})


class LosesOctets(MemoryStore):  # type: ignore[misc]
    """Keeps every secret as a text."""

    def create_credential(self, consumer: Any, **fields: Any) -> Credential:
        if isinstance(fields.get("secret"), bytes):
            fields["secret"] = fields["secret"].decode(errors="replace")
        return super().create_credential(consumer, **fields)


class TakesSameKids(MemoryStore):  # type: ignore[misc]
    """Puts one credential in the place of another."""

    def __init__(self) -> None:
        super().__init__()
        self._tables = Overlooks("key and kid")


class ResetsFields(MemoryStore):  # type: ignore[misc]
    """Takes what is not given for the default."""

    def update_credential(self, key: str, kid: Any = None, /, **changes: Any) -> Any:
        given = {"tags": (), "enabled": True, "secret": "x" * 64, **changes}
        return super().update_credential(key, kid, **given)


class KeepsOldKeys(MemoryStore):  # type: ignore[misc]
    """Finds a credential by the key that it had, too."""

    def find(self, key: str, _: str | None = None) -> Any:
        return super().find(key) or super().find(
            "new-key" if key == "jack-key" else key
        )


class DeletesByKey(MemoryStore):  # type: ignore[misc]
    """Takes all kids of a key along."""

    def delete_credential(self, key: str, _: str | None = None) -> None:
        for each in self.find(key):
            super().delete_credential(key, each.kid)


class UpdatesByKey(MemoryStore):  # type: ignore[misc]
    """Knows no kid where it changes."""

    def update_credential(self, key: str, kid: Any = None, /, **changes: Any) -> Any:
        first = self.find(key)[0].kid if self.find(key) else kid
        return super().update_credential(key, first, **{"kid": "a", **changes})


class KeepsDeletedTags(MemoryStore):  # type: ignore[misc]
    """Finds the tags of a key that was there before."""

    def __init__(self) -> None:
        super().__init__()
        self._tags: tuple[str, ...] = ()

    def delete_credential(self, key: str, kid: str | None = None) -> None:
        self._tags = tuple(self.get_credential(key, kid).tags)
        super().delete_credential(key, kid)

    def create_credential(self, consumer: Any, **fields: Any) -> Credential:
        return super().create_credential(consumer, **{"tags": self._tags, **fields})


class RotatesWithAGap(MemoryStore):  # type: ignore[misc]
    """Takes the old one away before the new one is there."""

    def rotate(self, key: str, kid: Any = None, /, **fields: Any) -> Any:
        tables = self._tables
        kept = tables.by_key.pop(key, ())
        _others_first(1000)
        tables.by_key[key] = kept
        return super().rotate(key, kid, **fields)


class RetiresAtTheOverlap(MemoryStore):  # type: ignore[misc]
    """Takes the overlap for a time of the clock."""

    def rotate(self, key: str, kid: Any = None, /, *, overlap: Any, **rest: Any) -> Any:
        new = super().rotate(key, kid, overlap=overlap, **rest)
        self.update_credential(key, kid, retire_after=overlap)
        return new


class KeepsRetired(MemoryStore):  # type: ignore[misc]
    """Lets the rows of a key grow."""

    def rotate(self, key: str, kid: Any = None, /, **fields: Any) -> Any:
        kept = [each for each in self.find(key) if each.retire_after is not None]
        new = super().rotate(key, kid, **fields)
        for each in kept:
            if each.kid not in {row.kid for row in self.find(key)}:
                self._tables.put_credential(each)
        return new


class RotatesInPlace(MemoryStore):  # type: ignore[misc]
    """Leaves the old one no time."""

    def rotate(self, key: str, kid: Any = None, /, **fields: Any) -> Any:
        new = super().rotate(key, kid, **fields)
        self.delete_credential(key, kid)
        return new


class KeepsTheId(MemoryStore):  # type: ignore[misc]
    """Has two credentials of one id."""

    def rotate(self, key: str, kid: Any = None, /, **fields: Any) -> Any:
        old = self.get_credential(key, kid)
        return super().rotate(key, kid, **{"id": old.id, **fields})


class RotatesHalf(MemoryStore):  # type: ignore[misc]
    """Retires the old one before it knows whether there is a new one."""

    def rotate(self, key: str, kid: Any = None, /, **fields: Any) -> Any:
        self.update_credential(key, kid, retire_after=time.time())
        return super().rotate(key, kid, **fields)


class NeverRetires(MemoryStore):  # type: ignore[misc]
    """Lets the old one live."""

    def rotate(self, key: str, kid: Any = None, /, **fields: Any) -> Any:
        new = super().rotate(key, kid, **fields)
        self.update_credential(key, kid, retire_after=None)
        return new


class ListsByName(MemoryStore):  # type: ignore[misc]
    """Knows no order of creation."""

    def list_consumers(self, **chosen: Any) -> Any:
        page = super().list_consumers(**chosen)
        ordered = sorted(page.items, key=lambda each: each.username or "", reverse=True)
        return Page(tuple(ordered), page.cursor)


class CountsAsCursor(MemoryStore):  # type: ignore[misc]
    """Takes how many were shown for the place where the next page begins."""

    def list_consumers(
        self, *, tag: Any = None, limit: int = 100, cursor: Any = None
    ) -> Any:
        rows = super().list_consumers(tag=tag, limit=1000).items
        begin = int(cursor or 0)
        shown = rows[begin : begin + limit]
        more = len(rows) > begin + limit
        return Page(shown, str(begin + limit) if more else None)


class FindsPartsOfTags(MemoryStore):  # type: ignore[misc]
    """Looks for a tag as databases look for a text within a text."""

    def list_consumers(self, *, tag: Any = None, **chosen: Any) -> Any:
        page = super().list_consumers(**chosen)
        found = [each for each in page.items if (tag or "") in ",".join(each.tags)]
        return Page(tuple(found), page.cursor)


class ListsOnePageMore(MemoryStore):  # type: ignore[misc]
    """Tells of a next page whenever one is full."""

    def list_consumers(self, **chosen: Any) -> Any:
        page = super().list_consumers(**chosen)
        full = len(page.items) == chosen.get("limit", 100)
        return Page(page.items, page.cursor or (_AFTER_ALL if full else None))


class ListsAnotherSecret(MemoryStore):  # type: ignore[misc]
    """Hides in a list what it gives elsewhere."""

    def list_credentials(self, **chosen: Any) -> Any:
        page = super().list_credentials(**chosen)
        hidden = tuple(replace(each, secret="*" * 64) for each in page.items)
        return Page(hidden, page.cursor)


class SkipsNumbers(MemoryStore):  # type: ignore[misc]
    """Leaves out a row between two pages."""

    def list_consumers(self, **chosen: Any) -> Any:
        page = super().list_consumers(**chosen)
        return Page(page.items[:2], page.cursor)


class RacesForNames(TakesNamesTwice):  # type: ignore[misc]
    """Looks whether a name is free, and takes it later."""

    def create_consumer(self, **fields: Any) -> Consumer:
        if self.find_consumer(fields["username"]) is not None:
            raise Conflict("taken")
        _others_first(100)
        return super().create_consumer(**fields)


class LosesChanges(MemoryStore):  # type: ignore[misc]
    """Writes back what it read before others wrote."""

    def update_credential(self, key: str, kid: Any = None, /, **changes: Any) -> Any:
        old = self.get_credential(key, kid)
        _others_first(100)
        mine = {"tags": old.tags, "token_lifetime": old.token_lifetime}
        mine |= {"retire_after": old.retire_after}
        mine |= {"lifetime_grace_period": old.lifetime_grace_period}
        return super().update_credential(key, kid, **{**mine, **changes})


class FailsInARace(MemoryStore):  # type: ignore[misc]
    """Is told by the database that it may not, and tells the caller as much."""

    def create_credential(self, consumer: Any, **fields: Any) -> Credential:
        try:
            return super().create_credential(consumer, **fields)
        except StoreError:
            raise OSError("duplicate key") from None


class Finders(StoreContract):
    """Puts rows into the stores that find."""

    kind: Any

    def make_store(self) -> Any:
        return self.kind()

    def put(self, store: Any, credential: Credential) -> None:
        store.rows.append(credential)


class ConsumerFinders(Finders, ConsumerStoreContract):
    """The same for those that find consumers, too."""


class Managed(ManagedStoreContract):
    """Makes the stores that are managed."""

    kind: Any

    def make_store(self) -> Any:
        return self.kind()


def _tests(contract: type, kinds: dict[str, Any]) -> dict[str, type]:
    return {
        f"Test{name}": type(f"Test{name}", (contract,), {"kind": staticmethod(kind)})
        for name, kind in kinds.items()
    }


_FINDING = (
    *(SharesItsList, RemembersUnknown, MixesUp, FailsAtOnce, AsyncFind, NoFind),
    *(Async, MixesUpTasks, Differs, AsyncByHand),
)
_FINDING_CONSUMERS = (
    *(FindsConsumers, FindsNoConsumers, RaisesForConsumers, FindsByCustomId),
    *(FindsConsumersInAnyCase, LosesGroups, TwoKindsOfConsumers),
    *(FindsConsumersLoosely, FindsAnyConsumer),
)
_MANAGED = (
    *(ForgetsToCascade, KeepsOldConsumers, TakesNamesTwice, ChecksTooLate),
    *(RaisesKeyErrors, NewIdWithNewName, GivesKeysAway, LetsFiveLive, NoKidIsEmpty),
    *(TellsSecrets, MakesOneKey, ResetsFields, KeepsOldKeys, RotatesWithAGap),
    *(RetiresAtTheOverlap, KeepsRetired, ListsByName, CountsAsCursor),
    *(FindsPartsOfTags, RacesForNames, LosesChanges, FailsInARace, Memory),
    *(AsyncMemory, LosesTheOrder, ResetsConsumers, DeletesTooMuch, WritesThenChecks),
    *(LosesOctets, TakesSameKids, DeletesByKey, UpdatesByKey, KeepsDeletedTags),
    *(RotatesInPlace, KeepsTheId, RotatesHalf, NeverRetires, ListsOnePageMore),
    *(ListsAnotherSecret, SkipsNumbers, TakesNamesakes),
)


class TestMakesNone(StoreContract):
    """Says of no store."""


class TestPutsNone(StoreContract):
    """Says of no way to put."""

    def make_store(self) -> Any:
        return Finding()


class TestAsyncHooks(StoreContract):
    """Has hooks that are awaited."""

    async def make_store(self) -> Any:
        return Async()

    async def close_store(self, store: Any) -> None:
        store.rows.clear()

    async def put(self, store: Any, credential: Credential) -> None:
        store.rows.append(credential)


class TestOwnFixture(Finders):
    """Makes its store with other fixtures."""

    @pytest.fixture
    def store(self, call: Caller, tmp_path: Path) -> Iterator[Any]:
        assert tmp_path.is_dir()
        store = call(TestAsyncHooks().make_store())
        yield store
        call(TestAsyncHooks().close_store(store))


class TestClockOfItsOwn(ManagedStoreContract):
    """Lives in another time."""

    def make_store(self) -> Any:
        return MemoryStore(clock=self.now)

    def now(self) -> float:
        return 1_500_000_000.0


globals().update(
    _tests(Finders, {name: partial(Finding, find) for name, find in LOOK_UPS.items()})
    | _tests(Finders, {kind.__name__: kind for kind in _FINDING})
    | _tests(ConsumerFinders, {kind.__name__: kind for kind in _FINDING_CONSUMERS})
    | _tests(Managed, {kind.__name__: kind for kind in _MANAGED})
)
