"""A secret that does not show itself."""

from typing import NoReturn, Self, final

__all__ = ["Secret"]


@final
class Secret:
    """The octets of a secret, out of reach of ``repr``, logs, pickles and copies.

    Two secrets are equal only as objects: with HMAC a secret longer than the hash's
    block equals its own hash (RFC 2104), so that equality would say too much.
    """

    __slots__ = ("_octets",)

    def __init__(self, value: "str | bytes | Secret") -> None:
        if isinstance(value, str):
            value = value.encode("utf-8", "surrogatepass")  # total: any text has octets
        elif isinstance(value, Secret):
            value = value.reveal()
        self._octets = value

    def reveal(self) -> bytes:
        """Give the octets; the one way to read them."""
        return self._octets

    def __repr__(self) -> str:
        """Show that there is one, not what it is."""
        return "Secret('***')"

    def __copy__(self) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a secret cannot be pickled; pass a reference to it instead")
