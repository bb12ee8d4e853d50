"""An answer that ends after so many octets, whatever frames are around what it says."""

from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from typing import TYPE_CHECKING, final

from jwtgate.errors import StoreError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["MAX_FRAMING", "measured"]

MAX_FRAMING = 1 << 20
"""Octets of an answer that are not the document: headers, what is around chunks."""


@final
class _Measured(RawIOBase):
    """Reads a file up to a number of octets.

    Args:
        file: What is read; closed with this.
        most: Octets. What has more raises StoreError.
    """

    def __init__(self, file: BufferedReader, most: int) -> None:
        self._file = file
        self._left = most

    def readable(self) -> bool:
        """Tell that it may be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what there is, as much as has room."""
        count = self._file.readinto1(buffer)
        self._left -= count
        if self._left < 0:
            raise StoreError("the answer has too many octets")
        return count

    def close(self) -> None:
        """Close the file as well."""
        self._file.close()
        super().close()


def measured(max_octets: int) -> type[HTTPResponse]:
    """Make a class of answers to a connection.

    Reading by parts bounds a document, and not what is around it: a chunk of the
    length -1 is read to the end of the connection, and so is, before urllib3 2.8, a
    length that never ends.

    Args:
        max_octets: Of a document; all of its answer may have ``MAX_FRAMING`` more.
    """

    class Measured(HTTPResponse):
        def __init__(
            self,
            sock: socket,
            debuglevel: int = 0,
            method: str | None = None,
            url: str | None = None,
        ) -> None:
            super().__init__(sock, debuglevel, method, url)
            most = max_octets + MAX_FRAMING
            self.fp = BufferedReader(_Measured(self.fp, most))

    return Measured
