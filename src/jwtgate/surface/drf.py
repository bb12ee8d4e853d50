"""Views of the REST framework, and their permissions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from rest_framework import permissions
from rest_framework.views import APIView

from jwtgate.django.drf import GateAuthentication, IsAdmitted
from jwtgate.marks import demands_of_guard, is_public
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
)


def views(view: Any, at: Place, survey: "Survey") -> Iterator[View]:
    """Give the methods of a view that the REST framework made of a class."""
    kind: Any = view.cls
    actions: dict[str, str] | None = getattr(view, "actions", None)
    for method in kind.http_method_names:
        name = method if actions is None else actions.get(method, "")
        handler = getattr(kind, name, None)
        if handler is None or method == "options":
            continue
        permitted = _Permitted(view, method.upper(), at, survey)
        demanded = (*demands_on(kind.dispatch), *demands_on(handler))
        layers = [
            *permitted.layers(),
            *(
                layer
                for demands in demanded
                for layer in by_setting("@jwt_required", demands, at, survey)
            ),
        ]
        yield View(at=at.behind(*layers), methods=(method.upper(),), name=name_of(kind))


@final
@dataclass(frozen=True, slots=True)
class _Permitted:
    """The permissions of one method of a view."""

    view: Any
    method: str
    at: Place
    survey: "Survey"

    def layers(self) -> Iterator[Layer]:
        kind = self.view.cls
        if kind.get_permissions is not APIView.get_permissions:
            yield Stated("unknown", "get_permissions")
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
        elif issubclass(permission, IsAdmitted):
            yield from self._by_gate(permission)
        elif not self._admits_all(permission):
            # Who is authenticated by another way has sent no token.
            is_known = issubclass(
                permission, (*_AUTHENTICATED, permissions.IsAuthenticatedOrReadOnly)
            )
            by_gate = is_known and all(
                issubclass(way, GateAuthentication)
                for way in self._chosen("authentication_classes")
            )
            yield Stated("guarded" if by_gate else "unknown", permission.__name__)

    def _by_gate(self, permission: type[IsAdmitted]) -> Iterator[Layer]:
        marks = marks_of(self.view)
        if not is_public(*marks):
            demands = permission.requirement or demands_of_guard(*marks)
            yield from by_setting(permission.__name__, demands, self.at, self.survey)

    def _admits_all(self, permission: type) -> bool:
        if issubclass(permission, permissions.IsAuthenticatedOrReadOnly):
            return self.method in permissions.SAFE_METHODS
        return permission is permissions.AllowAny

    def _chosen(self, name: str) -> Any:
        # An action of a set of views has its own in what the view was made with.
        given = getattr(self.view, "initkwargs", {})
        return given.get(name, getattr(self.view.cls, name))
