"""What is told of each decision: to the log, to the client's 401, to whoever listens.

Nothing of it is a token, a signature or a secret, nor a text that a sender chose, but
for the method, which is cut and escaped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias, final

from jwtgate.errors import ConfigurationError
from jwtgate.extraction import Carrier
from jwtgate.reason import Reason
from jwtgate.record import Record
from jwtgate.values import is_awaited, is_switch

__all__ = ["Decision", "Events", "Listener", "OutcomeName", "fingerprint"]

OutcomeName: TypeAlias = Literal["authenticated", "anonymous", "exempt", "denied"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Decision(Record):
    """One decision.

    Attributes:
        outcome: What became of the request.
        reason: Why it was refused, would be (``exempt``, in report mode), or is not
            authenticated (``anonymous``); None if there is nothing to say.
        claim: The name of the claim that this is about.
        consumer: The id of the consumer, only where a signature shows who it is.
        key: The key of the credential that shows it.
        carriers: The kinds of carriers that held the token.
        fingerprint: The first 16 hexadecimal digits of the SHA-256 of what the
            token's signature covers; :meth:`jwtgate.denylist.Subject.token` begins
            alike. The same token has the same one, and no token can be made of it.
            What does not consist of three segments has none.
        route: The path of the route that the request came to, as configured.
        method: The method, cut at 16 characters.
        kind: ``"http"``, or ``"websocket"`` for a handshake.
        seconds: What the decision took, stores included. None if a view decided it
            later, of an outcome that was there.
        reference: What the client was told to quote; None if it was told nothing.
    """

    outcome: OutcomeName
    reason: Reason | None = None
    claim: str | None = None
    consumer: str | None = None
    key: str | None = None
    carriers: tuple[Carrier, ...] = ()
    fingerprint: str | None = None
    route: str | None = None
    method: str | None = None
    kind: Literal["http", "websocket"] | None = None
    seconds: float | None = None
    reference: str | None = None


Listener: TypeAlias = Callable[[Decision], object]
"""Is told of a decision, in the thread that decided; it should be quick."""


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Events(Record):
    """What a gate tells of its decisions.

    Attributes:
        on_decision: Told of every decision; or several such. What it raises is
            logged, once a minute, and changes nothing for the client.
        log_passed: Log requests that pass, too; refusals are logged in any case.
        references: Give a client that is answered 401 a random
            ``X-Request-Reference``, which the log record has as well. It tells the
            client nothing else.
        records_per_minute: Refusals that are logged in a minute for one reason; of
            the rest one record tells the number.

    Raises:
        ConfigurationError: Something else than these, or a listener that would have to
            be awaited.
    """

    on_decision: Listener | tuple[Listener, ...] = ()
    log_passed: bool = False
    references: bool = False
    records_per_minute: int = 1000

    def __post_init__(self) -> None:
        """Check what was given."""
        problems = []
        if not all(map(_is_called, self.listeners)):
            problems.append(
                "on_decision must be a function, or a tuple of functions, and not "
                "asynchronous"
            )
        if not (is_switch(self.log_passed) and is_switch(self.references)):
            problems.append("log_passed and references must be True or False")
        if type(self.records_per_minute) is not int or self.records_per_minute < 1:
            problems.append("records_per_minute must be a whole number above 0")
        if problems:
            raise ConfigurationError(*problems)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """All that are told."""
        given = self.on_decision
        return given if isinstance(given, tuple) else (given,)


def fingerprint(token: bytes) -> str | None:
    """Tell tokens apart without telling them; see :class:`Decision`.

    Args:
        token: What came as one.

    Returns:
        16 hexadecimal digits; None for what does not have three segments: it may be a
        secret that was taken for a token, and a hash gives a weak one away.
    """
    signed, *rest = token.rsplit(b".", 1)
    if not rest or signed.count(b".") != 1:
        return None
    return sha256(signed).hexdigest()[:16]


def _is_called(listener: object) -> bool:
    return callable(listener) and not is_awaited(listener)
