"""From the document of a key to its credentials."""

from typing import Final, TypeAlias, final

from jwtgate.credential import Credential, UnusableCredential
from jwtgate.stores.records import Record
from jwtgate.stores.redis.documents import KeyDocument, Raw
from jwtgate.stores.strongbox import Strongbox

__all__ = [
    "Memo",
    "Opened",
    "Row",
    "aopen_all",
    "is_of_another_type",
    "open_all",
    "unreadable",
]

Row: TypeAlias = Credential | UnusableCredential
"""What a record gives."""

Opened: TypeAlias = tuple[Row, ...]
"""What the document of a key gives, in its order."""

_MAX_KEYS: Final = 1024
_MAX_LENGTH: Final = 16_384


def open_all(box: Strongbox, document: KeyDocument) -> Opened:
    """Make the credentials of a document; it may wait for a secret manager.

    A record that cannot be one becomes an unusable credential: others live on.
    """
    return tuple(_opened(box, document, row) for row in document.rows)


async def aopen_all(box: Strongbox, document: KeyDocument) -> Opened:
    """Make the same, letting others run while a manager answers."""
    return tuple([await _aopened(box, document, row) for row in document.rows])


def unreadable(key: str, error: Exception) -> Opened:
    """Give what stands for a document that is none.

    A look-up that raised would be a failure of Redis, which caches take for an outage
    of every key.
    """
    return (UnusableCredential(key=key, why=str(error)),)


def is_of_another_type(error: Exception) -> bool:
    """Whether Redis refused to give a value since it is no text, but a list or so."""
    return str(error).startswith("WRONGTYPE ")  # which redis-py leaves as it is


def _opened(box: Strongbox, document: KeyDocument, row: Record) -> Row:
    try:
        return _placed(document.key, box.open(document.full(row)))
    except Exception as error:  # noqa: BLE001 - a record may hold anything
        return _broken(document.key, error)


async def _aopened(box: Strongbox, document: KeyDocument, row: Record) -> Row:
    try:
        (found,) = await box.aopen([document.full(row)])
    except Exception as error:  # noqa: BLE001 - a record may hold anything
        return _broken(document.key, error)
    return _placed(document.key, found)


def _placed(key: str, found: Row) -> Row:
    # A document that was copied over another one's, or an answer to another question.
    if found.key != key:
        return UnusableCredential(key=key, why="a record is not that of its key")
    return found


def _broken(key: str, error: Exception) -> UnusableCredential:
    why = f"a record cannot be read: {type(error).__name__}"
    return UnusableCredential(key=key, why=why)


@final
class Memo:
    """What documents gave, so that one which has not changed is opened once.

    That is no cache: it is asked with the document that Redis has now. Of a key only
    the last document is kept, of about 1,024 keys.

    Args:
        box: What opened the documents.
    """

    def __init__(self, box: Strongbox) -> None:
        self._box = box
        self._kept: dict[str, tuple[Raw, Opened]] = {}

    def get(self, key: str, raw: Raw | None) -> Opened | None:
        """Give what is known of a key without opening anything.

        Args:
            key: The key.
            raw: Its document; None if there is none.

        Returns:
            What it gives; None if it is another document than was kept.
        """
        if raw is None:
            self._kept.pop(key, None)
            return ()
        kept = self._kept.get(key)
        return kept[1] if kept is not None and kept[0] == raw else None

    def keep(self, document: KeyDocument, raw: Raw, opened: Opened) -> Opened:
        """Keep what a document gave, if it will always give the same; return it."""
        if len(raw) <= _MAX_LENGTH and self._is_settled(document, opened):
            # No lock: one more for each thread does no harm, and a lock that is held
            # when the process forks stays so in the child.
            if len(self._kept) >= _MAX_KEYS:
                self._kept.clear()
            self._kept[document.key] = raw, opened
        return opened

    def _is_settled(self, document: KeyDocument, opened: Opened) -> bool:
        return all(type(each) is Credential for each in opened) and all(
            self._box.is_settled(document.full(row)) for row in document.rows
        )
