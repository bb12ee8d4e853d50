"""Who calls, by the token of a request: from its carriers to the consumer."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

from jwtgate.admission import Admission
from jwtgate.asks import Ask, FindCredentials, IsRevoked, answered
from jwtgate.backend import Backends
from jwtgate.browser import is_cross_site
from jwtgate.errors import CrossSite
from jwtgate.extraction import (
    NOTHING_HIDDEN,
    Carrier,
    Collector,
    FoundToken,
    RequestView,
)
from jwtgate.extraction.bearer import read_bearer
from jwtgate.extraction.request import MAX_HEADER_LINES
from jwtgate.memo import Memo
from jwtgate.outcome import Authenticated
from jwtgate.policy import Policy
from jwtgate.revocation import Revocation, judge
from jwtgate.verifier import Find, Verifier

if TYPE_CHECKING:
    from jwtgate.store import Found

__all__ = ["Identification", "Identify"]

Identify: TypeAlias = Callable[[RequestView], Authenticated]
"""Tells who calls, with nothing to wait for; raises the rejection of the token."""

_HEADER: Final = frozenset[Carrier]({"header"})
_COOKIE: Final = frozenset[Carrier]({"cookie"})


@final
class Identification:
    """Tells who calls, as one policy demands it.

    Args:
        policy: The policy.
        collector: Finds the token.
        backends: How the store is asked where it may have to be waited for.
        find_at_once: How it is asked if it never waits.
        admission: Makes the outcome.
        clock: Gives seconds since the epoch; read once for each token.
        revocation: Tells which tokens were revoked, if anything does.
        memo: Remembers tokens that were verified, if anything does.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        collector: Collector,
        backends: Backends,
        find_at_once: Find | None,
        admission: Admission,
        clock: Callable[[], float],
        revocation: Revocation | None = None,
        memo: Memo | None = None,
    ) -> None:
        self._collector = collector
        self._backends = backends
        self._admission = admission
        self._clock = clock
        self._revocation = revocation
        self._find_at_once = find_at_once
        self._minds_sites = policy.csrf
        self._origins = frozenset(map(str.encode, policy.trusted_origins))
        self._hiding = collector.hiding if policy.hide_credentials else None
        self._verifier = Verifier(policy, memo)

    @property
    def at_once(self) -> Identify | None:
        """What tells who calls, where there is nothing to wait for; else None."""
        find = self._find_at_once
        if find is None or self._revocation is not None:
            return None
        # Bound once: a request would look them up each time.
        # Of no header nothing is read, so any reader will do.
        header, read = self._collector.single_header or (None, read_bearer)
        hiding = self._hiding
        collect, verify = self._collect, self._verifier.identify
        admit, clock = self._admission.admit, self._clock

        def identify(request: RequestView) -> Authenticated:
            value = None
            if header is not None and request.line_count <= MAX_HEADER_LINES:
                value = request.single_line(header)
            token, carriers = value and read(value), _HEADER
            if not token:
                sent = collect(request)
                token, carriers = sent.value, sent.carriers
            credential, verified = verify(token, find, clock)
            hidden = NOTHING_HIDDEN if hiding is None else hiding(request)
            return admit(credential, verified, carriers, hidden)

        return identify

    def flow(self, request: RequestView) -> Generator[Ask, Any, Authenticated]:
        """Tell who calls, asking what may have to be waited for."""
        sent = self._collect(request)
        token, key = self._verifier.read(sent.value)
        found: Found = ()
        if key:
            kid = token.header.kid
            if self._find_at_once is not None:
                found = answered(self._find_at_once, key, kid)
            else:
                found = yield FindCredentials(key, kid, self._backends)
        now = self._clock()
        credential, verified = self._verifier.verify(found, token, key, now)
        hiding = NOTHING_HIDDEN if self._hiding is None else self._hiding(request)
        caller = self._admission.admit(credential, verified, sent.carriers, hiding)
        if self._revocation is not None:
            subjects = self._revocation.subjects(caller, credential, token)
            denials = yield IsRevoked(subjects, self._revocation)
            latest = now + self._verifier.grace(credential)
            judge(denials, subjects, caller, latest=latest)
        return caller

    def _collect(self, request: RequestView) -> FoundToken:
        sent = self._collector.collect(request)
        by_cookie = sent.carriers == _COOKIE and self._minds_sites
        if by_cookie and is_cross_site(request, self._origins):
            raise CrossSite
        return sent
