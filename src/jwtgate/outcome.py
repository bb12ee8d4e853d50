"""What the gate decided: Authenticated, Anonymous, Exempt or Denied."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, final

from jwtgate.consumer import Consumer
from jwtgate.credential import CredentialView
from jwtgate.extraction import NOTHING_HIDDEN, Hiding
from jwtgate.jose import Claims
from jwtgate.jose.claims import is_numeric_date
from jwtgate.jose.strictjson import JSONObject
from jwtgate.reason import Reason
from jwtgate.record import per_request

__all__ = [
    "Anonymous",
    "Authenticated",
    "Denied",
    "Exempt",
    "HeaderPairs",
    "Outcome",
]

HeaderPairs: TypeAlias = tuple[tuple[str, str], ...]
"""Header names and values, ASCII."""


@final
@per_request
class Authenticated:
    """A token was verified; this is who calls.

    Attributes:
        consumer: Whose token it is.
        credential: What may be seen of the credential; no key material.
        claims: The Claims Set, read-only at every depth; arrays are tuples.
        request_headers: The identity headers to set for the app.
        response_headers: Headers the response needs, unless the app sets them.
        gate: The gate that decided.
        hiding: Takes out of the request what the app is not to see of it.
        guard: What decided within the gate: its own policy, or that of a route.
    """

    consumer: Consumer
    credential: CredentialView
    claims: Claims
    _header: Claims
    request_headers: HeaderPairs
    response_headers: HeaderPairs
    gate: object
    hiding: Hiding = NOTHING_HIDDEN
    guard: object = None

    def __str__(self) -> str:
        """Give the consumer's id: the same for each of its requests.

        Some frameworks count requests by the text of what they are told of a caller.
        """
        return self.consumer.id

    @property
    def header(self) -> Claims:
        """The JOSE header's members, read-only."""
        # Other tokens have the same one: nobody may get at it through this.
        return JSONObject(self._header)

    @property
    def subject(self) -> str | None:
        """The ``sub`` claim, if it is a text (RFC 7519 section 4.1.2)."""
        subject = self.claims.get("sub")
        return subject if isinstance(subject, str) else None

    @property
    def expires_at(self) -> float | None:
        """The ``exp`` claim in seconds since the epoch, fractions kept, if any."""
        expiration = self.claims.get("exp")
        return expiration if is_numeric_date(expiration) else None

    @property
    def scopes(self) -> frozenset[str]:
        """The ``scope`` claim (RFC 8693 section 4.2), else ``scp``; text or array."""
        granted = self.claims.get("scope", self.claims.get("scp", ()))
        if isinstance(granted, str):
            # By the blank alone: no other character ends a name for whoever issued it.
            return frozenset(granted.split(" ")) - {""}
        if not isinstance(granted, tuple):
            return frozenset()
        return frozenset(scope for scope in granted if isinstance(scope, str))


@final
@per_request
class Anonymous:
    """The anonymous consumer stands in.

    Attributes:
        consumer: The consumer that the policy names for this.
        refusal: Why the request was not authenticated; ``token_missing``, unless the
            policy lets any refusal become anonymous.
        request_headers: The identity headers to set for the app.
        response_headers: Headers the response needs.
        gate: The gate that decided.
        hiding: Takes out of the request what the app is not to see of it.
        guard: What decided within the gate: its own policy, or that of a route.
    """

    consumer: Consumer
    refusal: Reason
    request_headers: HeaderPairs
    response_headers: HeaderPairs
    gate: object
    hiding: Hiding = NOTHING_HIDDEN
    guard: object = None

    def __str__(self) -> str:
        """Give the consumer's id, as :class:`Authenticated` does."""
        return self.consumer.id


@final
@per_request
class Denied:
    """The request is refused; the app does not run.

    Attributes:
        reason: The exact reason, for logs; the client may be told less.
        claim: The claim it is about, if it is about one.
        status: HTTP status.
        body: What the client is told, as a mapping.
        content: What is sent: the same as JSON, in the form of the policy's gateway, or
            the body that the policy or an ``Answer`` has in its place.
        response_headers: ``Content-Type``, challenge, ``Retry-After`` and the like.
        gate: The gate that decided.
    """

    reason: Reason
    claim: str | None
    status: int
    body: Mapping[str, str]
    content: bytes
    response_headers: HeaderPairs
    gate: object


@final
@per_request
class Exempt:
    """The request passes without identity.

    Attributes:
        why: ``"public"`` for a route or a view that is; ``"preflight"`` for a CORS
            preflight that the policy exempts; ``"report"`` for a refusal that report
            mode lets pass; ``"optional"`` where no token came to a view that needs
            none.
        would: What would have been answered, in report mode.
        gate: The gate that decided.
        response_headers: What is left of a quota, on a public route that has one.
        guard: What decided within the gate: its own policy, or that of a route.
    """

    why: Literal["public", "preflight", "report", "optional"]
    would: Denied | None
    gate: object
    response_headers: HeaderPairs = ()
    guard: object = None

    @property
    def request_headers(self) -> HeaderPairs:
        """No identity header is set."""
        return ()

    @property
    def hiding(self) -> Hiding:
        """Nothing is hidden: nothing was decided about a token that may be there.

        In report mode a gate further in would take the request for one without any.
        """
        return NOTHING_HIDDEN


Outcome: TypeAlias = Authenticated | Anonymous | Exempt | Denied
"""To be matched over all four, with ``typing.assert_never`` for the rest."""
