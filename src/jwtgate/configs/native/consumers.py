"""``consumers``: who may call, put into a store."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from jwtgate.configs.native.fields import read_fields, read_tables, refuse_unknown
from jwtgate.configs.native.kinds import CONSUMER, CREDENTIAL
from jwtgate.configs.native.snapshots import fixed
from jwtgate.configs.native.terms import read_terms
from jwtgate.configs.notes import Notes
from jwtgate.configs.problems import Path, Problems
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ConfigurationError, Conflict
from jwtgate.stores import FixedStore, MemoryStore

if TYPE_CHECKING:
    from jwtgate.stores.fields import ConsumerFields, CredentialFields

__all__ = ["read_consumer", "read_consumers"]

# Whose a credential is while its consumer cannot be made: its problems are told too.
_NOBODY = Consumer(username="nobody")

_MEND = (
    "leave the secret out to have a good one made, or set allow_weak_secret=True",
    "take a longer one, or set allow_weak_secret to true",
)


def read_consumers(
    root: Mapping[str, object],
    problems: Problems,
    quotas: Mapping[str, object],
    notes: Notes,
) -> tuple[MemoryStore | FixedStore, bool]:
    """Make a store of a file's consumers.

    Args:
        root: The file.
        problems: Takes what is wrong with them.
        quotas: Members of every quota that does not say otherwise.
        notes: Takes the credentials that cannot be used, though the file is right.

    Returns:
        The store, and whether it has them all: those with problems are left out.
    """
    store = MemoryStore()
    unusable: list[UnusableCredential] = []
    is_whole = True
    for at, table in read_tables(root, "consumers", (), problems):
        refuse_unknown(table, (*CONSUMER, "credentials"), at, problems)
        owner = _create_consumer(store, table, at, problems, quotas)
        is_whole = is_whole and owner is not None
        for place, credential in read_tables(table, "credentials", at, problems):
            row = _create_credential(store, owner, credential, place, problems)
            if row is not None:
                unusable.append(row)
                notes.add("warning", place, f"cannot be used: {row.why}")
    if not unusable:
        return store, is_whole
    made = fixed(store)
    return FixedStore(made.consumers, (*made.credentials, *unusable)), is_whole


def read_consumer(
    table: Mapping[str, object],
    at: Path,
    problems: Problems,
    quotas: Mapping[str, object],
) -> Consumer | None:
    """Make a consumer that has no credentials; None if it has problems."""
    refuse_unknown(table, CONSUMER, at, problems)
    return _create_consumer(MemoryStore(), table, at, problems, quotas)


def _create_consumer(
    store: MemoryStore,
    table: Mapping[str, object],
    at: Path,
    problems: Problems,
    quotas: Mapping[str, object],
) -> Consumer | None:
    fields, whole = read_fields(table, CONSUMER, at, problems)
    read_terms(fields, at, problems, defaults=quotas)
    if isinstance(quota := fields.get("quota"), tuple):
        fields["quota"] = quota[0] if quota else None
    if not whole:
        return None
    try:
        return store.create_consumer(**cast("ConsumerFields", fields))
    except ConfigurationError as error:
        problems.add_all(at, error.problems, fields)
    except Conflict as conflict:
        problems.add(at, str(conflict))
    return None


def _create_credential(
    store: MemoryStore,
    owner: Consumer | None,
    table: Mapping[str, object],
    at: Path,
    problems: Problems,
) -> UnusableCredential | None:
    """Put a credential into a store.

    Returns:
        What stands in for it, if it cannot be used for what a secret manager gives.
    """
    refuse_unknown(table, CREDENTIAL, at, problems)
    given, whole = read_fields(table, CREDENTIAL, at, problems)
    if "key" not in table:
        problems.add((*at, "key"), "is missing; expected what the key claim will say")
        whole = False
    if not whole:
        return None
    # A secret that the store makes would differ in each process, and be nobody's.
    fields = cast("CredentialFields", {"secret": None, **given})
    excuse = problems.excuse(at)
    if excuse:
        return _unusable(fields, excuse)
    try:
        if owner is None:
            Credential(consumer=_NOBODY, **fields)
        else:
            store.create_credential(owner, **fields)
    except (ConfigurationError, Conflict) as error:
        sentences = _sentences(error, fields)
        if excuse is not None:
            return _unusable(fields, "; ".join(sentences))
        problems.add_all(at, sentences, given)
    return None


def _sentences(
    error: ConfigurationError | Conflict, fields: "CredentialFields"
) -> Sequence[str]:
    if isinstance(error, Conflict):
        return [str(error)]
    # The path says which credential it is, and its key may be a reference's.
    name = f"credential {fields.get('id') or fields['key']!r}: "
    return [sentence.removeprefix(name).replace(*_MEND) for sentence in error.problems]


def _unusable(fields: "CredentialFields", why: str) -> UnusableCredential:
    return UnusableCredential(
        key=fields["key"], why=why, algorithm=fields.get("algorithm", "HS256")
    )
