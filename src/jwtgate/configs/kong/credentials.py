"""The ``jwt_secrets`` of a file, made into credentials.

Whether the secrets are base64 is said by the jwt plugin, so that there may be two sets
of credentials of the same rows.

Source: Kong 3.10, ``kong/plugins/jwt/daos.lua``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity, declared
from jwtgate.configs.kong.document import Document, Entry
from jwtgate.configs.kong.members import JWT_SECRET
from jwtgate.configs.kong.records import Record, read_record
from jwtgate.configs.problems import Path
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ConfigurationError, InvalidKey
from jwtgate.jose import ALGORITHMS

__all__ = ["Row", "make_credentials", "read_rows"]

_Made: TypeAlias = Credential | UnusableCredential

# Whose a credential is while its consumer cannot be made: its problems are told too.
_NOBODY: Final = Consumer(username="nobody")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_GENERATED: Final = "was left out and is made anew in each process and at each load"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a credential is made of.

    Attributes:
        at: Where it is.
        consumer: Whose it is.
        key: Its key.
        algorithm: Its algorithm.
        secret: Of an HS algorithm.
        public_key: Of another one; None if there is none.
        id: Its id, if the file has one.
        tags: Its tags.
        is_generated: The secret is not of the file.
    """

    at: Path
    consumer: Consumer
    key: str
    algorithm: str
    secret: str = field(repr=False)
    public_key: str | None = field(repr=False)
    id: str | None
    tags: tuple[str, ...]
    is_generated: bool


def read_rows(
    document: Document, consumers: Mapping[Entity, Consumer], context: Context
) -> list[Row]:
    """Read the rows of all credentials; those with problems are left out."""
    rows = []
    keys: set[str] = set()
    ids: set[str] = set()
    problems = context.problems
    for entry in document.jwt_secrets:
        before = len(problems)
        record = read_record(entry.table, JWT_SECRET, entry.at, problems)
        owner = document.owner(entry)
        if owner is None and "consumer" not in entry.table:
            problems.add((*entry.at, "consumer"), "required field missing")
        for name, taken in (("key", keys), ("id", ids)):
            value = record.text(name)
            if value in taken:
                sentence = declared("jwt_secrets", name, str(value), problems)
                problems.add((*entry.at, name), sentence)
            elif value is not None:
                taken.add(value)
        if record.is_whole and len(problems) == before:
            consumer = consumers.get(owner, _NOBODY) if owner else _NOBODY
            rows.append(_row(record, entry, consumer, context))
    return rows


def _row(record: Record, entry: Entry, consumer: Consumer, context: Context) -> Row:
    algorithm = record.text("algorithm") or "HS256"
    symmetric = ALGORITHMS[algorithm].symmetric
    made = ("key", "secret") if symmetric else ("key",)
    for name in made:
        if name not in record:
            context.notes.add("warning", (*entry.at, name), _GENERATED)
    if symmetric and "rsa_public_key" in record:
        at = (*entry.at, "rsa_public_key")
        context.notes.add("dropped", at, f"{algorithm} takes a secret, and no key")
    return Row(
        at=entry.at,
        consumer=consumer,
        key=record.text("key") or _random_text(),
        algorithm=algorithm,
        secret=record.text("secret") or _random_text(),
        public_key=record.text("rsa_public_key"),
        id=record.text("id"),
        tags=record.texts("tags"),
        is_generated="secret" not in record,
    )


def _random_text() -> str:
    # Imported here: most files have their own.
    import secrets  # noqa: PLC0415

    return "".join(secrets.choice(_LETTERS) for _ in range(32))


def make_credentials(
    rows: Iterable[Row], context: Context, *, is_base64: bool
) -> Iterator[_Made]:
    """Make credentials; those with problems are left out.

    Args:
        rows: What they are made of.
        context: Takes problems and notes.
        is_base64: Secrets are base64. One that is not makes a credential that verifies
            nothing, as in Kong; so does what a secret manager gives that is no key, or
            does not give any more.
    """
    for row in rows:
        excuse = context.problems.excuse(row.at)
        if excuse:
            yield _unusable(row, excuse, row.at, context, refuses=False)
            continue
        try:
            if ALGORITHMS[row.algorithm].symmetric:
                yield _with_secret(row, context, is_base64=is_base64)
            else:
                yield _with_public_key(row, context)
        except ConfigurationError as error:
            if excuse is None:
                _report(error, row, context)
            else:
                why = _reason(error, row)
                yield _unusable(row, why, row.at, context, refuses=False)


def _with_secret(row: Row, context: Context, *, is_base64: bool) -> _Made:
    def make(*, allow_weak: bool) -> Credential:
        return Credential(
            consumer=row.consumer,
            key=row.key,
            algorithm=row.algorithm,
            secret=row.secret,
            secret_is_base64=is_base64,
            id=row.id,
            tags=row.tags,
            allow_weak_secret=allow_weak,
        )

    at = (*row.at, "secret")
    try:
        return make(allow_weak=False)
    except InvalidKey:
        pass  # too short, or what the second try tells
    try:
        made = make(allow_weak=True)
    except InvalidKey as error:
        if not is_base64:
            raise
        return _unusable(row, _reason(error, row), at, context)
    if not row.is_generated:
        size = ALGORITHMS[row.algorithm].hash_size
        context.notes.add(
            "warning",
            at,
            f"is shorter than the {size} octets that {row.algorithm} needs "
            "(RFC 7518 3.2)",
        )
    return made


def _with_public_key(row: Row, context: Context) -> _Made:
    at = (*row.at, "rsa_public_key")
    if row.public_key is None and row.algorithm.startswith("ES"):
        return _unusable(row, f"{row.algorithm} needs a key", at, context)
    if row.public_key is None:
        raise ConfigurationError("rsa_public_key required field missing")
    return Credential(
        consumer=row.consumer,
        key=row.key,
        algorithm=row.algorithm,
        public_key=row.public_key,
        id=row.id,
        tags=row.tags,
    )


def _unusable(
    row: Row, why: str, at: Path, context: Context, *, refuses: bool = True
) -> UnusableCredential:
    context.notes.add("warning", at, f"no token can be verified: {why}")
    return UnusableCredential(
        key=row.key, why=why, algorithm=row.algorithm, refuses=refuses
    )


def _report(error: ConfigurationError, row: Row, context: Context) -> None:
    if not isinstance(error, InvalidKey):
        members = ("key", "rsa_public_key")
        context.problems.add_all(row.at, error.problems, members)
        return
    if ALGORITHMS[row.algorithm].symmetric:
        context.problems.add((*row.at, "secret"), _reason(error, row))
        return
    context.problems.add(
        (*row.at, "rsa_public_key"), f"invalid key: {_reason(error, row)}"
    )


def _reason(error: ConfigurationError, row: Row) -> str:
    # The place says which credential it is, and its key may be a reference's.
    return str(error).removeprefix(f"credential {row.id or row.key!r}: ")
