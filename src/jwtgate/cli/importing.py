"""``jwtgate consumers import``: what a file holds, put into a store."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

from jwtgate.cli.errors import OK, Refused
from jwtgate.cli.loading import add_loading, load_gate, stores_of
from jwtgate.cli.opening import WritableStore, add_store, opened
from jwtgate.cli.showing import name_of
from jwtgate.cli.terminal import Terminal
from jwtgate.configs.native.snapshots import fixed
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import StoreError
from jwtgate.stores import FixedStore
from jwtgate.stores.records import (
    Record,
    consumer_record,
    credential_record,
    stored,
)

__all__ = ["add_arguments", "run"]

_MOST_TOLD: Final = 20


@final
@dataclass(slots=True)
class _Plan:
    """What there is to do.

    Attributes:
        consumers: To be added.
        credentials: To be added.
        there: How many are there already, as the file has them.
        conflicts: What is there otherwise, a sentence each.
    """

    consumers: list[Consumer] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    there: int = 0
    conflicts: list[str] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file, and the store."""
    parser.add_argument(
        "file", metavar="FILE", help="jwtgate's own, Kong's or APISIX's"
    )
    add_loading(parser)
    add_store(parser, fills=True)
    parser.add_argument(
        "--dry-run", action="store_true", help="compare them, and change nothing"
    )
    parser.add_argument(
        "--json", action="store_true", help="tell in JSON what was done"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Add what the store lacks; nothing, if it has anything otherwise.

    What is there as the file has it is left alone, so that an import that was cut short
    goes on when it is run again.
    """
    stores = [fixed(each) for each in stores_of(load_gate(arguments.file, arguments))]
    held = stores[0]
    for warning in _warnings(stores):
        terminal.note(f"warning: {warning}", "warn")
    with opened(arguments) as store:
        plan = _planned(store, held, terminal)
        if plan.conflicts:
            raise Refused(_told(plan.conflicts))
        if not arguments.dry_run:
            _write(store, plan, terminal)
    counts = {
        "consumers": len(plan.consumers),
        "credentials": len(plan.credentials),
        "unchanged": plan.there,
    }
    if arguments.json:
        terminal.json(counts)
        return OK
    terminal.line(
        f"{'would add' if arguments.dry_run else 'added'} {counts['consumers']} "
        f"consumers and {counts['credentials']} credentials; {counts['unchanged']} "
        "were there"
    )
    return OK


def _warnings(stores: Sequence[FixedStore]) -> Iterator[str]:
    if len(stores) > 1:
        yield (
            "routes of this file read its secrets in two ways; they are taken as the "
            "first of them reads them"
        )
    for number, row in enumerate(stores[0].credentials, start=1):
        if isinstance(row, UnusableCredential):
            yield f"credential {number} of the file is left out: {row.why}"


def _planned(store: WritableStore, held: FixedStore, terminal: Terminal) -> _Plan:
    plan = _Plan()
    usable = [row for row in held.credentials if isinstance(row, Credential)]
    owners = {row.id: row for row in held.consumers}
    owners |= {row.consumer.id: row.consumer for row in usable}
    rows: list[Consumer | Credential] = [*owners.values(), *usable]
    for row in terminal.progress(rows, len(rows), "comparing"):
        if isinstance(row, Consumer):
            _compare_consumer(store, row, plan)
        else:
            _compare_credential(store, row, plan)
    return plan


def _compare_consumer(store: WritableStore, row: Consumer, plan: _Plan) -> None:
    wanted = consumer_record(row)
    found = store.find_consumer(row.id)
    if found is None and row.username is not None:
        found = store.find_consumer(row.username)
    if found is None:
        plan.consumers.append(row)
    elif differing := _differing(wanted, consumer_record(found)):
        plan.conflicts.append(f"consumer {name_of(row)}: {differing}")
    else:
        plan.there += 1


def _compare_credential(store: WritableStore, row: Credential, plan: _Plan) -> None:
    name = f"credential {row.key}" + ("" if row.kid is None else f", kid {row.kid}")
    for found in store.find(row.key):
        if isinstance(found, UnusableCredential):
            plan.conflicts.append(f"{name}: the one that is there cannot be used")
            return
        if found.consumer.id != row.consumer.id:
            plan.conflicts.append(f"{name}: the key is another consumer's")
            return
        if found.kid == row.kid:
            if differing := _differing(_whole(row), _whole(found)):
                plan.conflicts.append(f"{name}: {differing}")
            else:
                plan.there += 1
            return
    plan.credentials.append(row)


def _differing(wanted: Record, found: Record) -> str:
    names = [
        name
        for name, value in wanted.items()
        # An id that the file does not give is the store's to make.
        if value != found[name] and not (name == "id" and value is None)
    ]
    return f"the store has another {', '.join(names)}" if names else ""


def _whole(row: Credential) -> Record:
    material = {
        "secret": stored(row.reveal_secret()),
        "public_key": stored(row.public_key),
    }
    return {**credential_record(row), **material}


def _told(conflicts: Sequence[str]) -> str:
    shown = "; ".join(conflicts[:_MOST_TOLD])
    rest = len(conflicts) - _MOST_TOLD
    more = f"; and {rest} more" if rest > 0 else ""
    return f"nothing was written: {shown}{more}"


def _write(store: WritableStore, plan: _Plan, terminal: Terminal) -> None:
    rows: list[Consumer | Credential] = [*plan.consumers, *plan.credentials]
    done = 0
    try:
        for row in terminal.progress(rows, len(rows), "writing"):
            if isinstance(row, Consumer):
                store.create_consumer(**consumer_record(row))
            else:
                store.create_credential(row.consumer.id, **_fields(row))
            done += 1
    except StoreError as error:
        raise Refused(
            f"{error}; {done} of {len(rows)} were written, and are left alone when "
            "this is run again"
        ) from None


def _fields(row: Credential) -> dict[str, Any]:
    return {
        **credential_record(row),
        # As octets, which are never taken for a reference.
        "secret": row.reveal_secret(),
        "public_key": row.public_key,
    }
