"""Policy: what a user may choose, checked when it is built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal, Self, Unpack, final

from jwtgate.access import Access, as_access
from jwtgate.answer import Answer
from jwtgate.consumer import Consumer
from jwtgate.dialect import NATIVE, Dialect
from jwtgate.dialect import strict as strictened
from jwtgate.errors import ConfigurationError
from jwtgate.jose import ALGORITHMS
from jwtgate.policyproblems import policy_problems
from jwtgate.policysettings import PolicySettings
from jwtgate.quota import Quota, as_quotas
from jwtgate.record import Record
from jwtgate.terms import Terms
from jwtgate.values import as_texts

__all__ = ["Policy", "PolicySettings"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Policy(Record):
    """What a gate demands of a request; a policy that exists is free of contradictions.

    Times are in seconds. A field for several names takes a sequence of texts; an empty
    one switches that carrier or check off.

    Attributes:
        header_names: Headers that may hold a token, compared without case, ``_`` as
            ``-``.
        query_names: Parameters that may; off, since URLs end up in logs (RFC 6750
            section 5.3).
        cookie_names: Cookies that may; off, since browsers send cookies by themselves.
        multiple_tokens: ``"deny"`` compares all that was found and refuses if two
            differ; ``"first"`` lets the first carrier (header, query, cookie) decide.
        key_claim: The claim that names the credential.
        key_claim_in: Where it is looked for, in order; natively a payload and a header
            that name different keys are refused.
        claims_to_verify: ``exp`` and ``nbf``, each checked when present.
        required_claims: Claims that must be present.
        leeway: Seconds of grace for exp and nbf, for credentials without their own.
        maximum_expiration: Seconds from now beyond which ``exp`` may not lie; None is
            off. Makes ``exp`` required.
        issuer: Accepted ``iss`` values; empty accepts any.
        audience: Accepted ``aud`` values, one of which the token must name.
        types: Accepted ``typ`` headers, such as ``"at+jwt"``.
        algorithms: JWA names that may be used at all.
        anonymous: The consumer that stands in where no token came, or the id or
            username by which the store finds it; None refuses.
        anonymous_for: ``"missing"``: a missing token only; ``"any"``: any refusal that
            is the token's fault, as the gateways do.
        run_on_preflight: False exempts CORS preflights.
        hide_credentials: Take every copy of the token out of what the app sees; what
            is exempt keeps it.
        csrf: Refuse unsafe requests and WebSocket handshakes that carry the token by
            cookie alone and may come from another site.
        trusted_origins: Other origins that may make them, ``https://app.example``.
        realm: The realm of the challenge, printable ASCII.
        groups_header: Tell the app the caller's groups in ``X-Consumer-Groups``.
        access: Which consumers may pass, one rule or several; all if left out.
        quota: How many requests each of them may make, as ``"3/30s"`` or a
            :class:`Quota`, or several of these; any number if left out.
        termination: What everyone is answered who would pass, in the app's place.
        consumer_terms: What holds for one consumer in place of these three, by its id
            or username.
        error_response: The body of every refusal of a token, in place of the message.
            Source: APISIX ``_meta.error_response``.
        mode: ``"report"`` lets what would be refused pass, without identity, and logs.

    Raises:
        ConfigurationError: Every contradiction, all in one error.
    """

    header_names: Sequence[str] = ("Authorization",)
    query_names: Sequence[str] = ()
    cookie_names: Sequence[str] = ()
    multiple_tokens: Literal["deny", "first"] = "deny"
    key_claim: str = "iss"
    key_claim_in: Sequence[Literal["payload", "header"]] = ("payload", "header")
    claims_to_verify: Sequence[Literal["exp", "nbf"]] = ("exp", "nbf")
    required_claims: Sequence[str] = ("exp",)
    leeway: float = 0
    maximum_expiration: float | None = None
    issuer: Sequence[str] = ()
    audience: Sequence[str] = ()
    types: Sequence[str] = ()
    algorithms: Sequence[str] = tuple(ALGORITHMS)
    anonymous: Consumer | str | None = None
    anonymous_for: Literal["missing", "any"] = "missing"
    run_on_preflight: bool = True
    hide_credentials: bool = False
    csrf: bool = True
    trusted_origins: Sequence[str] = ()
    realm: str | None = None
    groups_header: bool = True
    access: Access | Sequence[Access] = ()
    quota: Quota | str | Sequence[Quota | str] | None = None
    termination: Answer | None = None
    consumer_terms: Mapping[str, Terms] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    error_response: str | None = None
    mode: Literal["enforce", "report"] = "enforce"
    _dialect: Dialect = field(default=NATIVE, repr=False)

    def __post_init__(self) -> None:
        """Make tuples of the sequences, then check everything."""
        problems = []
        for name in _SEQUENCES:
            try:
                texts = as_texts(name, getattr(self, name))
            except (ConfigurationError, TypeError):
                problems.append(f"{name} must be a sequence of texts, none empty")
                texts = _DEFAULTS[name]  # what else may be wrong with it is unknown
            object.__setattr__(self, name, tuple(dict.fromkeys(texts)))
        problems += self._normalize_terms()
        problems += policy_problems(self)
        if problems:
            raise ConfigurationError(*problems)

    def _normalize_terms(self) -> list[str]:
        problems: list[str] = []
        for name, normalized in (("access", as_access), ("quota", as_quotas)):
            try:
                value: object = normalized(getattr(self, name))
            except ConfigurationError as error:
                problems += [f"{name} has a problem: {each}" for each in error.problems]
                value = ()
            object.__setattr__(self, name, value)
        if isinstance(self.consumer_terms, Mapping):
            terms = MappingProxyType(dict(self.consumer_terms))
            object.__setattr__(self, "consumer_terms", terms)
        return problems

    @classmethod
    def kong(cls, *, strict: bool = False, **settings: Unpack[PolicySettings]) -> Self:
        """Behave as Kong's ``jwt`` plugin, less its weaknesses.

        Its defaults: tokens in ``Authorization`` and ``?jwt``, no claim is verified
        unless listed, a listed claim is required, and any refusal becomes anonymous
        where that is set.

        Args:
            strict: Native strictness with Kong's names, texts and headers.
            settings: Fields of the policy that differ from Kong's defaults.

        Source: Kong 3.10, ``kong/plugins/jwt``.
        """
        from jwtgate.dialects import KONG  # noqa: PLC0415 - few gates are a gateway's

        defaults: PolicySettings = {"query_names": ("jwt",), "groups_header": False}
        if not strict:
            limited = settings.get("maximum_expiration") is not None
            defaults["claims_to_verify"] = ("exp",) if limited else ()
            defaults["anonymous_for"] = "any"
            defaults["csrf"] = False
        chosen: PolicySettings = {**defaults, **settings}
        if not strict:
            chosen.setdefault("required_claims", chosen["claims_to_verify"])
        return cls(**chosen, _dialect=strictened(KONG) if strict else KONG)

    @classmethod
    def apisix(
        cls, *, strict: bool = False, **settings: Unpack[PolicySettings]
    ) -> Self:
        """Behave as APISIX's ``jwt-auth`` plugin, less its weaknesses.

        Its defaults: the first of header, query and cookie decides; ``exp`` and
        ``nbf`` are checked when present, or those listed are required and checked
        alone; realm ``jwt``; any refusal becomes anonymous where that is set.

        Args:
            strict: Native strictness with APISIX's names, texts and headers.
            settings: Fields of the policy that differ from APISIX's defaults.

        Source: APISIX 3.18, ``apisix/plugins/jwt-auth.lua``.
        """
        from jwtgate.dialects import APISIX  # noqa: PLC0415 - as above

        defaults: PolicySettings = {
            "query_names": ("jwt",),
            "cookie_names": ("jwt",),
            "key_claim": "key",
            "key_claim_in": ("payload",),
            "realm": "jwt",
            "groups_header": False,
        }
        if not strict:
            limited = settings.get("maximum_expiration") is not None
            defaults["multiple_tokens"] = "first"
            defaults["required_claims"] = settings.get("claims_to_verify") or (
                ("exp",) if limited else ()
            )
            defaults["anonymous_for"] = "any"
            defaults["csrf"] = False
        chosen: PolicySettings = {**defaults, **settings}
        if not chosen.get("claims_to_verify", True):
            del chosen["claims_to_verify"]  # [] is the default there: both
        return cls(**chosen, _dialect=strictened(APISIX) if strict else APISIX)

    @property
    def dialect(self) -> Dialect:
        """The gateway's ways that are nobody's choice."""
        return self._dialect


_SEQUENCES = (
    "header_names",
    "query_names",
    "cookie_names",
    "key_claim_in",
    "claims_to_verify",
    "required_claims",
    "issuer",
    "audience",
    "types",
    "algorithms",
    "trusted_origins",
)
_DEFAULTS: Mapping[str, Any] = {each.name: each.default for each in fields(Policy)}
