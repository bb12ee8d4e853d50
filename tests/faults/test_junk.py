import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from jwtgate.stores.sql import metadata
from tests.counting.redisserver import HOST
from tests.faults.apps import App, assert_served, assert_unavailable
from tests.faults.sites import Site, every_engine

OF_CREDENTIAL = (
    "consumer = (SELECT number FROM jwtgate_consumers WHERE username = :key)"
)
OF_CONSUMER = "username = :key"

# Table, which row of it, and what is put there as SQL.
Row = tuple[str, str, dict[str, str]]


def credential_row(**values: str) -> Row:
    """Give what is put into the row of a credential."""
    return "jwtgate_credentials", OF_CREDENTIAL, values


def consumer_row(**values: str) -> Row:
    """Give what is put into the row of a consumer."""
    return "jwtgate_consumers", OF_CONSUMER, values


PEM = "'-----BEGIN PUBLIC KEY-----'"
ROWS: dict[str, Row] = {
    "an unknown algorithm": credential_row(algorithm="'XX256'"),
    "no algorithm": credential_row(algorithm="''"),
    "an algorithm that is none": credential_row(algorithm="'none'"),
    "NULL as the secret": credential_row(secret="NULL"),
    "an empty secret": credential_row(secret="''"),
    "an envelope, and no keyring": credential_row(secret="'jwtgate:v1:a:b'"),
    "a secret for RS256": credential_row(algorithm="'RS256'"),
    "half a key": credential_row(algorithm="'RS256'", secret="NULL", public_key=PEM),
    "tags that are no JSON": credential_row(tags="'a, b'"),
    "an audience that is no list": credential_row(audience="'{}'"),
    "types that are no texts": credential_row(types="'[1]'"),
    "a lifetime below zero": credential_row(token_lifetime="-1"),
    "a consumer with tags that are no JSON": consumer_row(tags="'a, b'"),
    "a consumer with a quota that is none": consumer_row(quota="'many'"),
}

Document = dict[str, Any]


def credential(**changes: object) -> Callable[[Document], object]:
    """Give what changes the credential in a document."""

    def change(document: Document) -> Document:
        document["credentials"][0].update(changes)
        return document

    return change


def without(name: str) -> Callable[[Document], object]:
    """Give what takes a member away from the credential in a document."""

    def change(document: Document) -> Document:
        del document["credentials"][0][name]
        return document

    return change


DOCUMENTS: dict[str, Callable[[Document], object]] = {
    "no JSON": lambda _: b"\xff\x00",
    "empty": lambda _: b"",
    "too deep": lambda _: b"[" * 200_000,
    "null": lambda _: None,
    "a list": lambda _: [],
    "no credentials": lambda document: {**document, "credentials": []},
    "credentials that are no list": lambda found: {**found, "credentials": "a"},
    "a credential that is null": lambda found: {**found, "credentials": [None]},
    "no consumer": lambda document: {**document, "consumer": None},
    "a consumer without a name": lambda document: {**document, "consumer": {}},
    "the key of another": credential(key="another"),
    "no key": without("key"),
    "an unknown algorithm": credential(algorithm="XX256"),
    "an algorithm of another type": credential(algorithm=["HS256"]),
    "null as the secret": credential(secret=None),
    "a number as the secret": credential(secret=1),
    "no secret": without("secret"),
    "enabled by a text": credential(enabled="false"),
    "retired at NaN": credential(retire_after=float("nan")),
}


@contextmanager
def both_ways(site: Site) -> Iterator[tuple[App, ...]]:
    """Run an app over the store, and one over a cache."""
    with site.direct() as direct, site.cached() as cached:
        yield direct, cached


def assert_alone(
    apps: tuple[App, ...], key: str, other: str, caplog: pytest.LogCaptureFixture
) -> None:
    """See that a key is unavailable, that a log tells so, and that others live on."""
    for app in apps:
        caplog.clear()
        assert_unavailable(app.ask(key))
        assert any(each.levelname == "ERROR" for each in caplog.records)
        assert_served(app.ask(other), other)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@every_engine("psycopg", "asyncmy")
def test_a_row_that_was_written_by_hand(
    site: Site, row: Row, caplog: pytest.LogCaptureFixture
) -> None:
    """It makes its credential a 503, never an unknown one, and no other."""
    key, other = site.add(), site.add()
    table, where, values = row
    junk = {column: text(value) for column, value in values.items()}
    update = metadata.tables[table].update().values(junk)
    engine = create_engine(site.operator)
    with engine.begin() as connection:
        connection.execute(update.where(text(where).bindparams(key=key)))
    engine.dispose()
    with both_ways(site) as apps:
        assert_alone(apps, key, other, caplog)


@pytest.mark.parametrize("change", DOCUMENTS.values(), ids=DOCUMENTS)
@every_engine("redis", "async redis")
def test_a_document_that_was_written_by_hand(
    site: Site,
    change: Callable[[Document], object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It makes its credential a 503, never an unknown one, and no other."""
    key, other = site.add(), site.add()
    place = f"{{jwtgate}}:key:{key}"
    with Redis(host=HOST, port=site.server.port) as client:
        changed = change(json.loads(client.get(place)))
        junk = changed if isinstance(changed, bytes) else json.dumps(changed)
        client.set(place, junk)
    with both_ways(site) as apps:
        assert_alone(apps, key, other, caplog)


@every_engine("redis", "async redis")
def test_a_key_that_holds_no_text(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Redis refuses to give it as one; that is no unknown key."""
    key, other = site.add(), site.add()
    place = f"{{jwtgate}}:key:{key}"
    with Redis(host=HOST, port=site.server.port) as client:
        client.delete(place)
        client.rpush(place, "junk")
    with both_ways(site) as apps:
        assert_alone(apps, key, other, caplog)
