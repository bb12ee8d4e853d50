"""What views of the REST framework demand of their callers."""

from typing import TYPE_CHECKING, Never, Unpack

from rest_framework.permissions import BasePermission, BasePermissionMetaclass
from rest_framework.request import Request

from jwtgate.django import conf
from jwtgate.django.drf.authentication import caller_of, views_of
from jwtgate.django.drf.refused import RefusalCode, Refused
from jwtgate.django.envelope import text_of
from jwtgate.errors import ConfigurationError
from jwtgate.marks import demands_of_guard
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt
from jwtgate.requirement import Demands, Requirement

if TYPE_CHECKING:
    # Not at run time: the framework's views import what the settings name.
    from rest_framework.views import APIView

__all__ = ["IsAdmitted", "requires"]

_SOMEBODY = Requirement()


class _Whole(BasePermissionMetaclass):
    def __invert__(cls) -> Never:  # noqa: N805 - of a class
        raise ConfigurationError(
            "~ would let in whoever sends no token; say what is demanded instead"
        )


class IsAdmitted(BasePermission, metaclass=_Whole):
    """Grants what the gate lets pass, and refuses what it refuses.

    For ``DEFAULT_PERMISSION_CLASSES``: a public route, ``@public``, an anonymous
    consumer, an exempt preflight and report mode mean what they mean elsewhere.
    """

    requirement: Requirement | None = None
    message: str | None = None
    code: str | None = None

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the caller is what is demanded.

        Raises:
            Refused: Nobody could be, or the view does not authenticate by the gate.
        """
        auth = request.auth
        if self.requirement is None and isinstance(auth, Authenticated):
            return True
        caller = auth if isinstance(auth, Authenticated) else caller_of(request, view)
        denied = self._unmet(request, view, caller)
        if denied is None:
            return True
        if isinstance(caller, Authenticated) and caller is not auth:
            # The framework would tell a caller whom it does not know to log in.
            raise Refused(denied)
        self.message, self.code = text_of(denied), RefusalCode.of(denied)
        return False

    def _unmet(
        self,
        request: Request,
        view: object,
        caller: Authenticated | Anonymous | Exempt,
    ) -> Denied | None:
        demands = self.requirement
        if demands is None and isinstance(caller, Exempt) and caller.why == "optional":
            demands = demands_of_guard(*views_of(request, view)) or _SOMEBODY
        if demands is None:
            return None
        outcome = conf.gate_for(caller).narrow(caller, demands)
        return outcome if isinstance(outcome, Denied) else None


def requires(**demands: Unpack[Demands]) -> type[IsAdmitted]:
    """Make a permission class: ``permission_classes = [requires(scopes=["read"])]``.

    It can be one of several, also by ``&`` and ``|``.

    Args:
        demands: Fields of :class:`jwtgate.requirement.Requirement`: ``consumers``,
            ``groups``, ``scopes``, ``when``, ``optional``, ``authenticated``.

    Raises:
        ConfigurationError: Nobody could satisfy the demands.
    """

    class Requires(IsAdmitted):
        requirement = Requirement(**demands)

    return Requires
