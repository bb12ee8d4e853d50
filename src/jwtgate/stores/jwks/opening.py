"""From what a user says of an issuer's keys to where they are got."""

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from jwtgate._log import log_note
from jwtgate.errors import ConfigurationError, StoreError
from jwtgate.stores.jwks.limits import Limits
from jwtgate.stores.jwks.source import AtURL, Discovered, InFile, Source

if TYPE_CHECKING:
    from jwtgate.stores.jwks.fetch import Fetcher

__all__ = ["open_source"]


def open_source(
    issuer: str,
    limits: Limits,
    *,
    url: str | None,
    file: str | Path | None,
    allow_http: bool,
    ssl_context: ssl.SSLContext | None,
) -> Source:
    """Make the source of an issuer's keys; nothing is fetched or read yet.

    Args:
        issuer: Tells where its keys are, if neither of the next two does.
        limits: Bounds a document.
        url: Where they are.
        file: The same, as a file.
        allow_http: Take ``http`` URLs.
        ssl_context: Checks certificates.

    Raises:
        ConfigurationError: Both a URL and a file, a URL that is not fetched, or no
            urllib3.
    """
    if file is not None:
        if url is not None:
            raise ConfigurationError("the keys come from a url or a file, not both")
        return InFile(Path(file), limits.max_octets)
    fetcher = _make_fetcher(limits.max_octets, ssl_context, allow_http=allow_http)
    get = fetcher.get
    source = Discovered(issuer, get) if url is None else AtURL(url, get)
    try:
        is_open = fetcher.locate(source.url).scheme == "http"
    except StoreError as error:
        asked = "issuer" if url is None else "url"
        raise ConfigurationError(f"{asked}: {error}") from None
    if is_open:
        log_note(
            f"the keys of {issuer!r} are fetched without TLS: whoever is on the way "
            "can put others in their place",
            harmless=False,
        )
    return source


def _make_fetcher(
    max_octets: int, ssl_context: ssl.SSLContext | None, *, allow_http: bool
) -> "Fetcher":
    try:
        from jwtgate.stores.jwks.fetch import Fetcher  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError(
            "keys are fetched by urllib3; pip install 'jwtgate[jwks]', or keep them "
            "in a file"
        ) from None
    return Fetcher(
        max_octets=max_octets, allow_http=allow_http, ssl_context=ssl_context
    )
