import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from jwtgate import Authenticated, Gate, RequestView, aauthenticate
from jwtgate.secrets import Secrets
from jwtgate.stores.sql import AsyncSQLStore
from tests.databases import ASYNC_DRIVERS, Place, Places
from tests.kit import KEY, SECRET, clock, mint


@pytest.fixture(params=ASYNC_DRIVERS)
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """Give an empty database."""
    return places.place(request.param)


async def fill(store: AsyncSQLStore) -> None:
    """Add jack and his credential."""
    await store.create_consumer(username="jack", tags=["t"])
    await store.create_credential("jack", key=KEY, secret=SECRET, tags=["t"])


def test_a_token_of_a_stored_credential_passes(place: Place) -> None:
    """From end to end, in an event loop."""
    line = (b"Authorization", b"Bearer " + mint().encode())
    request = RequestView("GET", headers=[line])

    async def use() -> object:
        store = AsyncSQLStore(place.url, clock=clock)
        await fill(store)
        return await aauthenticate(Gate(store, clock=clock), request)

    assert isinstance(asyncio.run(use()), Authenticated)


@pytest.mark.parametrize("place", ["asyncpg"], indirect=True)
def test_what_is_managed_is_awaited(place: Place) -> None:
    """All that a store in memory has; the contract of stores tells the rest."""

    async def use() -> None:
        store = AsyncSQLStore(place.url, clock=clock)
        await fill(store)
        await store.update_consumer("jack", groups=["staff"])
        jack = await store.get_consumer("jack")
        assert (
            jack == await store.consumer_of(KEY) == await store.afind_consumer("jack")
        )
        assert (await store.list_consumers(tag="t")).items == (jack,)
        await store.update_credential(KEY, tags=["u"])
        new = await store.rotate(KEY, overlap=5)
        assert await store.get_credential(KEY, new.kid) == new
        assert len((await store.list_credentials(consumer=jack)).items) == 2
        await store.delete_credential(KEY, new.kid)
        await store.delete_consumer("jack")
        assert await store.afind(KEY) == ()
        assert await store.afind("\0") == ()
        assert await store.afind_consumer("jack") is None
        assert await store.afind_consumer("\0") is None
        await store.aclose()

    asyncio.run(use())


@pytest.mark.parametrize("place", ["aiosqlite"], indirect=True)
def test_references_are_fetched_before_a_change(place: Place) -> None:
    """In a transaction the event loop would wait for them."""
    environ = {"OLD": SECRET, "NEW": SECRET[::-1]}
    seen: list[str] = []

    class Manager:
        """What references stand for: to be awaited, and known from then on."""

        def resolve(self, text: str) -> str:
            """Give what is known; a store that did not await it would block here."""
            assert text in seen
            return environ[text.removeprefix("$env://")]

        async def aresolve(self, text: str) -> str:
            """Find it out."""
            seen.append(text)
            return self.resolve(text)

        def peek(self, text: str) -> str | None:
            """Give what is known."""
            return self.resolve(text)

    async def use() -> list[Any]:
        secrets: Any = Manager()
        store = AsyncSQLStore(place.url, secrets=secrets, clock=clock)
        await store.create_consumer(username="jack")
        await store.create_credential("jack", key=KEY, secret="$env://OLD")
        seen.clear()
        same = await store.update_credential(KEY, tags=["t"])
        new = await store.rotate(KEY, overlap=5, secret="$env://NEW")
        return [same.reveal_secret(), new.reveal_secret()]

    assert asyncio.run(use()) == [SECRET.encode(), SECRET[::-1].encode()]


@pytest.mark.parametrize("place", ["aiosqlite"], indirect=True)
def test_references_of_the_environment_are_taken(place: Place) -> None:
    """As files do."""

    async def use() -> bytes | None:
        secrets = Secrets(environ={"SECRET": SECRET})
        store = AsyncSQLStore(place.url, secrets=secrets, clock=clock)
        await store.create_consumer(username="jack")
        await store.create_credential("jack", key=KEY, secret="$env://SECRET")
        (found,) = await store.afind(KEY)
        return found.reveal_secret()  # type: ignore[union-attr] # it is usable

    assert asyncio.run(use()) == SECRET.encode()


def test_a_store_may_be_used_in_two_event_loops(place: Place) -> None:
    """At the same time, in two threads."""
    store = AsyncSQLStore(place.url, clock=clock)
    asyncio.run(fill(store))

    async def find() -> int:
        return len(await store.afind(KEY))

    async def use() -> list[int]:
        others = [asyncio.to_thread(asyncio.run, find()) for _ in range(3)]
        return [await find(), *await asyncio.gather(*others), await find()]

    assert asyncio.run(use()) == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("place", ["asyncpg"], indirect=True)
def test_who_is_cancelled_harms_nobody(place: Place) -> None:
    """The next one gets the answer to its own question."""

    async def use() -> list[str]:
        store = AsyncSQLStore(place.url, clock=clock)
        await fill(store)
        await store.create_credential("jack", key="other", secret=SECRET)
        for _ in range(5):
            await store.afind(KEY)
            asking = asyncio.create_task(store.afind(KEY))
            await asyncio.sleep(0)  # it has sent its question
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        return [each.key for each in await store.afind("other")]

    assert asyncio.run(use()) == ["other"]


def test_a_password_is_not_shown() -> None:
    """Nor anything else of the URL."""
    store = AsyncSQLStore("postgresql+asyncpg://jack:hunter2@db/x")
    assert repr(store) == "AsyncSQLStore('postgresql')"


@pytest.mark.parametrize("place", ["asyncpg"], indirect=True)
def test_an_engine_of_the_user_s_is_used(place: Place) -> None:
    """As it is."""

    async def use() -> int:
        engine = create_async_engine(place.url)
        store = AsyncSQLStore(engine, clock=clock)
        await fill(store)
        found = len(await store.afind(KEY))
        await store.aclose()
        await engine.dispose()
        return found

    assert asyncio.run(use()) == 1
