"""Views of the REST framework, and their permissions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from rest_framework import permissions
from rest_framework.views import APIView

from jwtgate.django.drf import GateAuthentication, IsAdmitted
from jwtgate.marks import demands_of_guard, is_public
from jwtgate.requirement import Requirement
from jwtgate.surface.decorated import demands_on
from jwtgate.surface.django import by_setting, marks_of
from jwtgate.surface.layers import Either, Layer, Stated
from jwtgate.surface.rows import Place, View
from jwtgate.surface.words import name_of

if TYPE_CHECKING:
    from jwtgate.surface.survey import Survey

__all__ = ["views"]

_AUTHENTICATED = (
    permissions.IsAuthenticated,
    permissions.IsAdminUser,
    permissions.DjangoModelPermissions,
    permissions.IsAuthenticatedOrReadOnly,
)
_ASKING = ("get_permissions", "check_permissions")


def views(view: Any, at: Place, survey: "Survey") -> Iterator[View]:
    """Give the methods of a view that the REST framework made of a class."""
    kind: Any = view.cls
    name = name_of(kind)
    around = demands_on(kind.dispatch)
    handlers = dict(_handlers(view))
    for method, handler in handlers.items():
        permitted = _Permitted(view, method.upper(), at, survey)
        demands = (*around, *demands_on(handler))
        layers = (*permitted.layers(), *_demanded(demands, at, survey))
        yield View(at=at.behind(*layers), methods=(method.upper(),), name=name)
    if not handlers:
        # A dispatch of its own answers, and asks no permission.
        yield View(at=at.behind(*_demanded(around, at, survey)), name=name)


def _handlers(view: Any) -> Iterator[tuple[str, object]]:
    actions: dict[str, str] | None = getattr(view, "actions", None)
    for method in view.cls.http_method_names:
        name = method if actions is None else actions.get(method, "")
        handler = getattr(view.cls, name, None)
        if handler is not None and method != "options":
            yield method, handler


def _demanded(
    demanded: Iterable[Requirement], at: Place, survey: "Survey"
) -> Iterator[Layer]:
    for demands in demanded:
        yield from by_setting("@jwt_required", demands, at, survey)


@final
@dataclass(frozen=True, slots=True)
class _Permitted:
    """The permissions of one method of a view."""

    view: Any
    method: str
    at: Place
    survey: "Survey"

    def layers(self) -> Iterator[Layer]:
        changed = [name for name in _ASKING if not _keeps(self.view.cls, APIView, name)]
        if changed:
            yield Stated("unknown", changed[0])
            return
        for each in self._chosen("permission_classes"):
            yield from self._of(each)

    def _of(self, permission: Any) -> Iterator[Layer]:
        if isinstance(permission, permissions.OperandHolder):
            ways = (
                tuple(self._of(permission.op1_class)),
                tuple(self._of(permission.op2_class)),
            )
            operator: object = permission.operator_class
            if operator is permissions.AND:
                yield from (layer for way in ways for layer in way)
            elif all(ways):
                yield Either(ways)
        elif not isinstance(permission, type):
            yield Stated("unknown", "a permission")
        elif _keeps(permission, IsAdmitted, "has_permission"):
            yield from self._by_gate(permission)
        elif not self._admits_all(permission):
            by_gate = _demands_user(permission) and self._users_are_callers()
            yield Stated("guarded" if by_gate else "unknown", permission.__name__)

    def _by_gate(self, permission: type[IsAdmitted]) -> Iterator[Layer]:
        marks = marks_of(self.view)
        if not is_public(*marks):
            demands = permission.requirement or demands_of_guard(*marks)
            yield from by_setting(permission.__name__, demands, self.at, self.survey)

    def _users_are_callers(self) -> bool:
        # Who is authenticated by another way has sent no token.
        return _keeps(self.view.cls, APIView, "get_authenticators") and all(
            _keeps(way, GateAuthentication, "authenticate")
            for way in self._chosen("authentication_classes")
        )

    def _admits_all(self, permission: type) -> bool:
        if _keeps(permission, permissions.IsAuthenticatedOrReadOnly, "has_permission"):
            return self.method in permissions.SAFE_METHODS
        return permission is permissions.AllowAny

    def _chosen(self, name: str) -> Any:
        # An action of a set of views has its own in what the view was made with.
        given = getattr(self.view, "initkwargs", {})
        return given.get(name, getattr(self.view.cls, name))


def _demands_user(permission: type) -> bool:
    # Some that are for users say that they are for others, too.
    return getattr(permission, "authenticated_users_only", True) and any(
        _keeps(permission, each, "has_permission") for each in _AUTHENTICATED
    )


def _keeps(kind: type, base: type, method: str) -> bool:
    """Whether a class is of a kind that is known, and does not do it in its own way."""
    return issubclass(kind, base) and getattr(kind, method) is getattr(base, method)
