"""The store of one issuer's published keys."""

import ssl
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Final, final

from jwtgate.consumer import Consumer
from jwtgate.store import Found
from jwtgate.stores.jwks.issuer import Issuer
from jwtgate.stores.jwks.keyset import read_keys
from jwtgate.stores.jwks.limits import Limits
from jwtgate.stores.jwks.opening import open_source
from jwtgate.stores.jwks.refresher import Refresher

__all__ = ["JWKSStore"]

# A file costs nothing to look at; APISIX looks at its own as often.
_SECONDS_BETWEEN_LOOKS: Final = 1.0


@final
class JWKSStore:
    """The credentials of an issuer that publishes its keys: an identity provider.

    The keys are fetched when the first token comes, and then now and then while tokens
    come, in a thread of its own: while they do, no request waits for the provider. Safe
    for threads, event loops and forks.

    A token whose kid is unknown has the keys fetched anew, once per ``cooldown``
    whoever sends it, and waits for that: a second at most, and four of them at a time
    in a process. Tokens with known kids never notice.

    Args:
        issuer: The ``iss`` of its tokens, exactly. Tokens of others are not its own,
            and cost nothing.
        audience: Of which a token must name one as ``aud``.
        url: Where its keys are; left out, the issuer's OpenID configuration tells.
        file: The same as a file, which is looked at once a second.
        types: Of which a token's ``typ`` must be one, such as ``"at+jwt"``; empty
            demands none.
        consumer_claim: The claim that names the consumer; its id comes of issuer and
            value. None: all tokens are ``consumer``.
        consumer: Gives groups, tags and quota.
        algorithms: Those that keys may be for; all ten but those of secrets if left
            out. A key of RSA that does not say is for RS256, or for these.
        lifetime_grace_period: Seconds of leeway for exp and nbf; None leaves it to the
            policy.
        refresh_every: Seconds from one fetch to the next; less if the provider's
            ``max-age`` says so.
        cooldown: Seconds after a fetch before another one, whatever is sent.
        max_stale: Seconds after ``refresh_every`` for which keys are used that cannot
            be fetched anew; then every look-up fails.
        timeout: Seconds for one fetch, all in all, and for those who have no keys.
        max_octets: Of a document.
        max_keys: Of a document.
        allow_http: Take ``http`` URLs. Whoever is on the way can put keys of his own
            in, and then be anybody: for tests, and a proxy on the same machine.
        ssl_context: Checks the provider's certificate, as for an authority of your own.
        clock: Tells seconds from anywhere, by which keys age.

    Attributes:
        answers_by_kid: True: what a key finds depends on the kid, so that no cache of
            keys can be in front of it.

    Raises:
        ConfigurationError: A field that cannot work, or urllib3 is missing.

    Source: RFC 7517; OpenID Connect Discovery 1.0; RFC 8725 sections 3.8 to 3.11.
    """

    answers_by_kid = True

    def __init__(  # noqa: PLR0913 - by keyword; most are left out
        self,
        *,
        issuer: str,
        audience: Sequence[str],
        url: str | None = None,
        file: str | Path | None = None,
        types: Sequence[str] = (),
        consumer_claim: str | None = "sub",
        consumer: Consumer | None = None,
        algorithms: Collection[str] | None = None,
        lifetime_grace_period: float | None = None,
        refresh_every: float = 300.0,
        cooldown: float = 30.0,
        max_stale: float = 3600.0,
        timeout: float = 5.0,
        max_octets: int = 262_144,
        max_keys: int = 100,
        allow_http: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        named = Issuer(
            name=issuer,
            audience=audience,
            types=types,
            consumer_claim=consumer_claim,
            consumer=consumer,
            algorithms=algorithms,
            lifetime_grace_period=lifetime_grace_period,
        )
        limits = Limits(
            refresh_every=refresh_every,
            cooldown=cooldown,
            max_stale=max_stale,
            timeout=timeout,
            max_octets=max_octets,
            max_keys=max_keys,
        )
        source = open_source(
            issuer,
            limits,
            url=url,
            file=file,
            allow_http=allow_http,
            ssl_context=ssl_context,
        )
        if file is not None:
            limits = limits.looking_every(_SECONDS_BETWEEN_LOOKS)
        self._issuer: Final = issuer
        self._refresher: Final = Refresher(
            issuer,
            source,
            partial(read_keys, issuer=named, max_keys=max_keys),
            limits=limits,
            clock=clock,
        )

    def __repr__(self) -> str:
        """Show whose keys these are."""
        return f"JWKSStore(issuer={self._issuer!r})"

    def find(self, key: str, kid: str | None = None) -> Found:
        """Find the credentials of a key; see :class:`jwtgate.CredentialStore`.

        Args:
            key: Anything but the issuer is unknown, and nothing is fetched.
            kid: Of a token; without one, the first four keys are to be tried.

        Raises:
            StoreError: There are no keys, or none that may still be used.
        """
        if key != self._issuer:
            return ()
        wait = self._refresher.need(kid)
        if wait is not None:
            wait.wait()
            self._refresher.settle(wait.flight)
        return self._refresher.find(kid, wait)

    async def afind(self, key: str, kid: str | None = None) -> Found:
        """Find the credentials of a key, letting others run while keys are fetched."""
        if key != self._issuer:
            return ()
        wait = self._refresher.need(kid)
        if wait is not None:
            await wait.await_landing()
            self._refresher.settle(wait.flight)
        return self._refresher.find(kid, wait)

    def refresh(self) -> None:
        """Fetch the keys now, as before the first request.

        A fetch that is under way is waited for first: it may have what was published
        before.

        Raises:
            StoreError: They cannot be had; says why. Keys of before stay in use.
        """
        for begun in (self._refresher.under_way, self._refresher.force):
            flight = begun()
            if flight is not None:
                flight.wait()
                self._refresher.settle(flight)
        self._refresher.require()

    def close(self) -> None:
        """End what is under way. Look-ups fail from now on."""
        self._refresher.close()
