"""Getting a document by HTTP within bounds: time, size and place."""

import re
import ssl
from dataclasses import dataclass
from socket import socket
from typing import Final, final
from urllib.parse import urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util import Url, parse_url

from jwtgate.errors import ConfigurationError, StoreError
from jwtgate.stores.jwks.leash import Leash
from jwtgate.stores.jwks.measured import measured
from jwtgate.stores.jwks.source import Fetched

__all__ = ["Fetcher"]

_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MAX_REDIRECTS: Final = 3
_MAX_AGE: Final = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})(?!\d)", re.IGNORECASE)
_HEADERS: Final = {
    "Accept": "application/json, application/jwk-set+json",
    "Accept-Encoding": "identity",  # octets are counted as they come
    "User-Agent": "jwtgate",
}


@final
@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


class _Plain(HTTPConnection):
    leash: Leash

    def _new_conn(self) -> socket:
        sock = super()._new_conn()
        self.leash.hold(sock)  # before TLS: a handshake, too, can be slow
        return sock


class _Secured(_Plain, HTTPSConnection):
    pass


@final
class Fetcher:
    """Fetches documents by HTTP.

    It knows no cookies, no proxies and no credentials, whatever the environment says.

    Args:
        max_octets: Of a document.
        allow_http: Take ``http`` URLs, too.
        ssl_context: Checks certificates; by the system's authorities if left out.

    Raises:
        ConfigurationError: A context that does not check them.
    """

    def __init__(
        self,
        *,
        max_octets: int,
        allow_http: bool = False,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        context = ssl.create_default_context() if ssl_context is None else ssl_context
        if context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname:
            raise ConfigurationError(
                "ssl_context must check certificates and hosts: whoever stands "
                "between could publish keys of his own"
            )
        self._context: Final = context
        self._max_octets: Final = max_octets
        self._answer: Final = measured(max_octets)
        self._allow_http: Final = allow_http

    def locate(self, url: str) -> Url:
        """Read a URL.

        Raises:
            StoreError: One that is not fetched; says why, and never shows it.
        """
        try:
            read = parse_url(url)
        except HTTPError:
            raise StoreError("the URL cannot be read") from None
        if read.scheme not in _PORTS or not read.host:
            raise StoreError("the URL must begin with https:// and have a host")
        if read.scheme == "http" and not self._allow_http:
            raise StoreError(
                "the URL must begin with https://: what comes by http may be keys of "
                "anybody on the way (allow_http=True takes it, where there is no way)"
            )
        if read.auth is not None:
            raise StoreError("the URL may not have a username or password")
        return read

    def get(self, url: str, leash: Leash) -> Fetched:
        """Fetch a document.

        Args:
            url: Where it is. Redirects are followed within its origin, three at most.
            leash: Bounds the time of all of it.

        Raises:
            StoreError: It cannot be had; says why, with neither the URL nor anything
                that was sent.
        """
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._ask(self.locate(url), leash)
            if isinstance(answer, Fetched):
                return answer
            url = self._followed(url, answer.location)
        raise StoreError(f"there are more than {_MAX_REDIRECTS} redirects")

    def _followed(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
        except ValueError:
            raise StoreError("the answer is a redirect that cannot be read") from None
        if _origin(self.locate(target)) != _origin(self.locate(url)):
            raise StoreError("the answer is a redirect to another origin")
        return target

    def _ask(self, where: Url, leash: Leash) -> Fetched | _Redirect:
        connection = self._connection(where, leash)
        try:
            connection.request(
                "GET", where.request_uri, headers=_HEADERS, preload_content=False
            )
            with connection.getresponse() as response:
                answer = self._read(response)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - of many kinds, by what is sent
            raise StoreError(_late(leash) or _why(error)) from None
        finally:
            connection.close()
        # What ends with its connection looks whole when that is cut.
        if late := _late(leash):
            raise StoreError(late)
        return answer

    def _connection(self, where: Url, leash: Leash) -> HTTPConnection:
        if late := _late(leash):
            raise StoreError(late)
        host, port = _origin(where)[1:]
        host = host.strip("[]")  # an IPv6 address gets its brackets where it is named
        connection: _Plain
        if where.scheme == "https":
            connection = _Secured(
                host, port, timeout=leash.left, ssl_context=self._context
            )
        else:
            connection = _Plain(host, port, timeout=leash.left)
        connection.leash = leash
        connection.response_class = self._answer
        return connection

    def _read(self, response: HTTPResponse) -> Fetched | _Redirect:
        location = response.headers.get("Location")
        if response.status in _REDIRECTS and location is not None:
            return _Redirect(location)
        if response.status != 200:
            raise StoreError(f"the answer has status {response.status}")
        octets = bytearray()
        for part in response.stream(decode_content=False):
            octets += part
            if len(octets) > self._max_octets:
                raise StoreError(
                    f"the document has more than {self._max_octets} octets"
                )
        said = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
        return Fetched(bytes(octets), None if said is None else float(said[1]))


def _origin(where: Url) -> tuple[str, str, int]:
    scheme = str(where.scheme)
    return scheme, str(where.host), where.port or _PORTS[scheme]


def _late(leash: Leash) -> str | None:
    return None if leash.left and not leash.is_cut else "there was no answer in time"


def _why(error: Exception) -> str:
    # What an operator has to mend is told; nothing that was sent is.
    if isinstance(error, NewConnectionError):
        return str(error).partition("): ")[2]
    return str(error) if isinstance(error, ssl.SSLError) else type(error).__name__
