"""Terms: what holds for a caller once it is known who calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from jwtgate.access import Access, as_access
from jwtgate.answer import Answer, is_answer
from jwtgate.errors import ConfigurationError
from jwtgate.quota import Quota, as_quotas
from jwtgate.record import Record

__all__ = ["Terms"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Terms(Record):
    """What holds for one consumer in place of what a policy says for all.

    Attributes:
        access: None is as the policy has it; ``()`` is none.
        quota: The same; wins over the consumer's own.
        termination: The same, but that it cannot be taken away.

    Raises:
        ConfigurationError: A field that cannot work.
    """

    access: Access | Sequence[Access] | None = None
    quota: Quota | str | Sequence[Quota | str] | None = None
    termination: Answer | None = None

    def __post_init__(self) -> None:
        """Make tuples, check everything."""
        if self.access is not None:
            object.__setattr__(self, "access", as_access(self.access))
        if self.quota is not None:
            object.__setattr__(self, "quota", as_quotas(self.quota))
        if not is_answer(self.termination):
            raise ConfigurationError("termination must be an Answer, or None")
