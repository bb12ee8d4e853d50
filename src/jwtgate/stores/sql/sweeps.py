"""What goes through all credentials: lists, and sealing anew."""

from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, update

from jwtgate._log import log_problem
from jwtgate.consumer import Consumer
from jwtgate.errors import SecretUnavailable
from jwtgate.stores.paging import Page, begin, cut
from jwtgate.stores.sealing import MATERIAL
from jwtgate.stores.sql.consumers import find
from jwtgate.stores.sql.rows import (
    CREDENTIAL,
    KeptCredential,
    RawRow,
    can_be_kept,
    kept_credential,
)
from jwtgate.stores.sql.tables import credential_tags, credentials
from jwtgate.stores.sql.transaction import Transaction
from jwtgate.stores.strongbox import Strongbox

__all__ = ["listed", "resealed"]

_AT_A_TIME: Final = 100  # credentials; an event loop waits for a few milliseconds

_MOST: BindParameter[int] = bindparam("most")
_AFTER: BindParameter[int] = bindparam("after")
_ALL: Final = (
    CREDENTIAL.where(credentials.c.number > _AFTER)
    .order_by(credentials.c.number)
    .limit(_MOST)
)
_TAGGED: Final = (
    CREDENTIAL.join(
        credential_tags, credential_tags.c.credential == credentials.c.number
    )
    .where(
        credential_tags.c.tag == bindparam("tag"), credential_tags.c.credential > _AFTER
    )
    .order_by(credential_tags.c.credential)
    .limit(_MOST)
)
_OWNED: Final = credentials.c.consumer == bindparam("owner")

# Only if it is still what was sealed: who changes a credential seals it anew.
_SEALED: Final = (
    update(credentials)
    .where(
        credentials.c.number == bindparam("row"),
        *(
            credentials.c[name].is_not_distinct_from(bindparam(f"old_{name}"))
            for name in (*MATERIAL, "algorithm")
        ),
    )
    .values({name: bindparam(f"new_{name}") for name in MATERIAL})
)


def listed(
    transaction: Transaction,
    consumer: Consumer | str | None,
    tag: str | None,
    limit: int,
    cursor: str | None,
) -> Page[RawRow]:
    """List the rows of credentials in the order of their creation.

    Raises:
        NotFound: No such consumer.
        StoreError: A limit or cursor that cannot be.
    """
    after = begin(limit, cursor)
    values: dict[str, Any] = {"after": after, "most": limit + 1}
    statement = _ALL
    if tag is not None:
        statement, values["tag"] = _TAGGED, tag
    if consumer is not None:
        values["owner"] = find(transaction, consumer).number
        statement = statement.where(_OWNED)
    there_may_be = tag is None or can_be_kept(tag)
    rows = transaction.rows(statement, **values) if there_may_be else ()
    return cut([(row[0], tuple(row)) for row in rows], limit)


def resealed(
    transaction: Transaction, box: Strongbox, after: int, *, plain: bool
) -> tuple[int, int | None]:
    """Seal the secrets of some credentials with the newest key.

    Those that do not open are left as they are, and logged by their ids.

    Args:
        transaction: Of these alone.
        box: Seals.
        after: The number of the last one before.
        plain: Seal what is not sealed at all, too.

    Returns:
        How many were sealed; the number to go on after, None if there are no more.

    Raises:
        ConfigurationError: There is no keyring.
    """
    box.resealed(dict.fromkeys(MATERIAL), plain=plain)  # raises if there is no keyring
    rows = transaction.rows(_ALL, after=after, most=_AT_A_TIME)
    found = [kept_credential(row) for row in rows]
    sealed = sum(_reseal(transaction, box, each, plain=plain) for each in found)
    return sealed, found[-1].number if len(found) == _AT_A_TIME else None


def _reseal(
    transaction: Transaction, box: Strongbox, kept: KeptCredential, *, plain: bool
) -> int:
    record = kept.record
    try:
        envelopes = box.resealed(record, plain=plain)
    except SecretUnavailable as error:
        return _left(kept, str(error))
    except Exception as error:  # noqa: BLE001 - a row may hold anything
        return _left(kept, type(error).__name__)
    if not envelopes:
        return 0
    values = {f"old_{name}": record[name] for name in MATERIAL}
    values |= {f"new_{name}": envelopes.get(name, record[name]) for name in MATERIAL}
    return transaction.run(
        _SEALED,
        row=kept.number,
        **values,
        old_algorithm=record["algorithm"],
    )


def _left(kept: KeptCredential, why: str) -> int:
    named = f"the secret of credential {kept.record['id']} (row {kept.number})"
    log_problem(f"{named} was not sealed anew: {why}")
    return 0
