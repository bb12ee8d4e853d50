"""A JWK Set, made credentials."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

from jwtgate.candidates import MAX_LIVE_CREDENTIALS
from jwtgate.credential import Credential
from jwtgate.errors import InvalidKey, StoreError
from jwtgate.jose.strictjson import parse_object
from jwtgate.stores.jwks.issuer import Issuer
from jwtgate.stores.jwks.jwk import PassedOver, read_jwk

__all__ = ["KeySet", "Note", "read_keys"]


@final
@dataclass(frozen=True, slots=True)
class Note:
    """What an operator should know of a document.

    Attributes:
        text: Says which key by its place, and why it was passed over.
        harmless: The key is sound, and for something else.
    """

    text: str
    harmless: bool


@final
class KeySet:
    """The credentials of an issuer, by kid; it never changes.

    Args:
        credentials: In the document's order; at least one.
        notes: On the keys that were passed over.

    Attributes:
        credentials: As given.
        notes: As given.
    """

    __slots__ = ("_by_kid", "credentials", "notes")

    def __init__(
        self, credentials: tuple[Credential, ...], notes: tuple[Note, ...] = ()
    ) -> None:
        self.credentials: Final = credentials
        self.notes: Final = notes
        self._by_kid: Final = _by_kid(credentials)

    def knows(self, kid: str | None) -> bool:
        """Whether a look-up with this kid needs no other set; any without a kid."""
        return kid is None or kid in self._by_kid

    def find(self, kid: str | None) -> tuple[Credential, ...]:
        """Find the credentials to try for a token's kid, at most four.

        An unknown one finds those without a kid, as the gate would pick them; else one
        that cannot match, from which the gate sees that the issuer is known.
        """
        if kid is None:
            return self.credentials[:MAX_LIVE_CREDENTIALS]
        return self._by_kid.get(kid) or self.without_kid or self.credentials[:1]

    @property
    def without_kid(self) -> tuple[Credential, ...]:
        """Those that have no kid, at most four."""
        return self._by_kid.get(None, ())


def _by_kid(
    credentials: tuple[Credential, ...],
) -> Mapping[str | None, tuple[Credential, ...]]:
    found: dict[str | None, tuple[Credential, ...]] = {}
    for each in credentials:
        found[each.kid] = (*found.get(each.kid, ()), each)
    return found


def read_keys(octets: bytes, issuer: Issuer, *, max_keys: int) -> KeySet:
    """Make the credentials of a JWK Set.

    A key that cannot be used is passed over, and the others live on. Of keys with one
    kid all are taken, as they may differ in their kind (RFC 7517 section 4.5): each is
    bound to its own algorithm, and the signature must hold under one of them. They are
    four at most, since the gate tries no more.

    Args:
        octets: The document, of bounded length.
        issuer: What the credentials are made with.
        max_keys: Members that ``keys`` may have.

    Raises:
        StoreError: It is no JWK Set, has too many keys, or none that can be used.

    Source: RFC 7517 section 5.
    """
    try:
        keys = parse_object(octets).get("keys")
    except ValueError:
        raise StoreError("the document is not strict JSON of an object") from None
    if not isinstance(keys, tuple):
        raise StoreError("the document is no JWK Set: it has no array 'keys'")
    if len(keys) > max_keys:
        raise StoreError(f"the document has more than {max_keys} keys")
    taken: list[Credential] = []
    notes: list[Note] = []
    for place, jwk in enumerate(keys, 1):
        try:
            for credential in _credentials(jwk, issuer):
                _take(credential, taken)
        except PassedOver as why:
            notes.append(Note(f"key {place} is passed over: {why}", why.harmless))
    if not taken:
        raise StoreError(_nothing(notes))
    return KeySet(tuple(taken), tuple(notes))


def _credentials(jwk: object, issuer: Issuer) -> Iterator[Credential]:
    key = read_jwk(jwk, issuer)
    for algorithm in key.algorithms:
        try:
            yield issuer.credential(
                kid=key.kid, algorithm=algorithm, public_key=key.material
            )
        except InvalidKey as error:
            why = str(error).removeprefix(f"credential {issuer.name!r}: ")
            # What comes after that is how to mend a file of one's own.
            raise PassedOver(why.partition(";")[0]) from None


def _take(credential: Credential, taken: list[Credential]) -> None:
    if credential in taken:
        return
    if sum(each.kid == credential.kid for each in taken) >= MAX_LIVE_CREDENTIALS:
        raise PassedOver(f"{MAX_LIVE_CREDENTIALS} others have the same kid, or none")
    taken.append(credential)


def _nothing(notes: list[Note]) -> str:
    why = "; ".join(note.text for note in notes[:MAX_LIVE_CREDENTIALS])
    return f"the document has no key that can be used{why and f' ({why})'}"
