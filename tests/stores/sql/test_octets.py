import asyncio
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.dialects import mysql

from jwtgate.stores.sql import AsyncSQLStore, SQLStore
from jwtgate.stores.sql.octets import Octets, hexadecimal
from tests.databases import Places
from tests.kit import SECRET

MYSQL: Any = mysql.dialect()
NO_ESCAPES = quote("SET sql_mode='NO_BACKSLASH_ESCAPES'")
SESSIONS = {
    "usual": "",
    "no backslash escapes": f"?init_command={NO_ESCAPES}",
    "gbk": "?charset=gbk",
}
# The last octet of the character is a quote's escape in gbk.
ATTACKS = ["x' OR 1=1 -- ", "\u4f60' OR 1=1 -- ", "\\' OR 1=1 -- ", "\u4f60\\' OR 1 #"]


def test_texts_go_as_digits() -> None:
    """Of their UTF-8; octets do, too, and nothing stays nothing."""
    assert hexadecimal("j\u00e4ck") == "6ac3a4636b"
    assert hexadecimal(b"\xff") == "ff"
    assert hexadecimal(None) is None


def test_the_database_makes_octets_of_digits() -> None:
    """In every statement that has such a value."""
    table = Table("t", MetaData(), Column("c", Octets()))
    for statement in (insert(table), select(table).where(table.c.c == "x")):
        assert "unhex(%s)" in str(statement.compile(dialect=MYSQL)).lower()


@pytest.mark.parametrize("session", SESSIONS.values(), ids=list(SESSIONS))
@pytest.mark.parametrize("key", ATTACKS, ids=ascii)
def test_attack_by_sql_in_a_key(places: Places, session: str, key: str) -> None:
    """However the session quotes: a key is looked for, never run."""
    store = SQLStore(places.place("pymysql").url + session)
    jack = store.create_consumer(username="jack")
    store.create_credential(jack, key="jack-key", secret=SECRET)
    assert store.find(key) == ()
    assert store.find_consumer(key) is None
    store.create_credential(jack, key=key, secret=SECRET)
    assert [each.key for each in store.find(key)] == [key]
    store.close()


@pytest.mark.parametrize("session", SESSIONS.values(), ids=list(SESSIONS))
@pytest.mark.parametrize("key", ATTACKS, ids=ascii)
def test_attack_by_sql_in_a_key_of_asynchronous_code(
    places: Places, session: str, key: str
) -> None:
    """This driver quotes by rules of its own."""
    place = places.place("asyncmy")

    async def look() -> None:
        store = AsyncSQLStore(place.url + session)
        jack = await store.create_consumer(username="jack")
        await store.create_credential(jack, key="jack-key", secret=SECRET)
        assert await store.afind(key) == ()
        assert await store.afind_consumer(key) is None
        await store.create_credential(jack, key=key, secret=SECRET)
        assert [each.key for each in await store.afind(key)] == [key]
        await store.aclose()

    asyncio.run(look())
