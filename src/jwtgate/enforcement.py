"""What a caller is held to once it is known who calls: access, quota, termination."""

from collections.abc import Callable, Generator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, final

from jwtgate.access import Access, as_access
from jwtgate.answer import Answer
from jwtgate.asks import TakeQuota
from jwtgate.consumer import Consumer, is_named
from jwtgate.counted import Counted
from jwtgate.counting import Counter
from jwtgate.credential import CredentialView
from jwtgate.errors import Barred, TokenMissing
from jwtgate.extraction import RequestView
from jwtgate.outcome import HeaderPairs
from jwtgate.policy import Policy
from jwtgate.quota import Quota, as_quotas
from jwtgate.quotaheaders import quota_headers
from jwtgate.reason import Reason
from jwtgate.record import per_request
from jwtgate.terms import Terms

if TYPE_CHECKING:
    from jwtgate.counting.windows import Taken

__all__ = ["Enforcement"]


@final
class Enforcement:
    """Holds callers to the terms of one policy.

    Args:
        policy: Its ``access``, ``quota``, ``termination`` and ``consumer_terms``.
        counter: Counts the requests.
        clock: Gives seconds since the epoch; read where there is a quota.
        place: The scope of quotas that have none.

    Raises:
        ConfigurationError: A quota whose storage cannot be used.
    """

    def __init__(
        self,
        policy: Policy,
        counter: Counter,
        *,
        clock: Callable[[], float],
        place: str,
    ) -> None:
        self._counter = counter
        self._clock = clock
        self._style = policy.dialect.quota_headers
        self._asks_groupless = policy.dialect.asks_groupless
        self._own = _InForce(
            as_access(policy.access),
            _scoped(as_quotas(policy.quota), place),
            policy.termination,
        )
        self._place = place
        self._terms = policy.consumer_terms
        # Made as they are asked for: policies of many routes may share many terms.
        self._named: dict[str, _InForce] = {}
        self.is_idle = not (self._terms or self._own.is_anything)
        theirs = {
            quota.storage: quota
            for terms in self._terms.values()
            for quota in as_quotas(terms.quota)
        }
        for quota in (*self._own.quotas, *theirs.values()):
            counter.require(quota)

    def holds(self, consumer: Consumer) -> bool:
        """Whether a consumer is held to anything; nothing else need be asked if not."""
        return not self.is_idle or consumer.quota is not None

    @property
    def shut(self) -> Barred | None:
        """What everyone is refused with, whoever it is; None where someone may pass."""
        answer = self._own.termination
        return None if answer is None else Barred(Reason.TERMINATED, answer=answer)

    @property
    def admits_nobody(self) -> bool:
        """Whether a request of nobody known is refused in any case."""
        return self.shut is not None or bool(self._own.access)

    def admits(self, consumer: Consumer, method: str) -> bool:
        """Whether access is open to a consumer that was admitted before."""
        rules = self._terms_of(consumer).access
        return all(rule.allows(consumer, method) for rule in rules)

    def enforce(
        self,
        request: RequestView,
        consumer: Consumer | None,
        credential: CredentialView | None = None,
        identity: HeaderPairs = (),
    ) -> Generator[TakeQuota, Any, HeaderPairs]:
        """Hold a caller to its terms: access first, then quotas, then termination.

        Args:
            request: What it sent.
            consumer: Who it is; None on a public route.
            credential: What it was verified with, if it was.
            identity: The identity headers that the app is told; those that the client
                sent are nobody's word.

        Returns:
            Headers for the response: what is left of a quota.

        Raises:
            Barred: One of them refuses.
            TokenMissing: Access is restricted, and nobody knows who calls.
        """
        terms = self._terms_of(consumer)
        for rule in terms.access:
            if consumer is None:
                raise TokenMissing
            if not rule.allows(consumer, request.method):
                if self._is_asked(rule, consumer, credential):
                    raise TokenMissing
                raise Barred(Reason.CONSUMER_FORBIDDEN, answer=rule.answer)
        headers: HeaderPairs = ()
        if terms.quotas:
            caller = Counted(request, consumer, credential, identity)
            headers = yield from self._count(terms.quotas, caller)
        if terms.termination is not None:
            raise Barred(Reason.TERMINATED, answer=terms.termination, headers=headers)
        return headers

    def _is_asked(
        self, rule: Access, consumer: Consumer, credential: CredentialView | None
    ) -> bool:
        is_groupless = credential is None and not consumer.groups
        return self._asks_groupless and is_groupless and bool(rule.allow_groups)

    def _terms_of(self, consumer: Consumer | None) -> "_InForce":
        if consumer is None:
            return self._own
        # By id first: a username may be what an issuer chose.
        found = self._of(consumer.id)
        if (
            found is None
            and consumer.username
            and is_named(consumer, consumer.username)
        ):
            found = self._of(consumer.username)
        if found is not None and found.replaces_quota:
            return found
        found = found or self._own
        if consumer.quota is not None:
            quotas = (_of_consumer(consumer.quota, consumer.id),)
            found = _InForce(found.access, quotas, found.termination)
        return found

    def _of(self, name: str) -> "_InForce | None":
        found = self._named.get(name)
        terms = self._terms.get(name)
        if found is None and terms is not None:
            found = self._own.but(terms, f"{self._place} {name}")
            self._named[name] = found
        return found

    def _count(
        self, quotas: Sequence[Quota], caller: Counted
    ) -> Generator[TakeQuota, Any, HeaderPairs]:
        now = self._clock()
        headers: HeaderPairs = ()
        least: float = float("inf")
        for quota in quotas:
            who = tuple(map(caller.who, quota.per))
            taken: Taken = yield TakeQuota(quota, who, now, self._counter)
            if not taken.ok:
                raise Barred(
                    Reason.QUOTA_EXCEEDED,
                    answer=quota.answer,
                    headers=quota_headers(quota, taken, self._style),
                )
            left = min((figure.remaining for figure in taken.figures), default=least)
            if quota.shown and left < least:
                headers = quota_headers(quota, taken, self._style)
                least = left
        return headers


@per_request
class _InForce:
    """Terms with nothing left open."""

    access: Sequence[Access]
    quotas: Sequence[Quota]
    termination: Answer | None
    replaces_quota: bool = False

    @property
    def is_anything(self) -> bool:
        """Whether there is any."""
        return bool(self.access or self.quotas or self.termination)

    def but(self, terms: Terms, place: str) -> "_InForce":
        """Give these terms with those of one consumer in their place."""
        own = _scoped(as_quotas(terms.quota), place)
        return _InForce(
            self.access if terms.access is None else as_access(terms.access),
            self.quotas if terms.quota is None else own,
            self.termination if terms.termination is None else terms.termination,
            terms.quota is not None,
        )


@lru_cache(maxsize=4096)
def _of_consumer(quota: Quota | str, consumer: str) -> Quota:
    # Kept, since a quota is checked whenever one is made.
    return Quota.of(quota).within(f"consumer {consumer}")


def _scoped(quotas: Sequence[Quota], place: str) -> tuple[Quota, ...]:
    return tuple(quota.within(place) for quota in quotas)
