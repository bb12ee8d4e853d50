"""Who calls, as ``request.user`` where the project has no user for a consumer."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, final

from jwtgate.consumer import Consumer

if TYPE_CHECKING:
    from django.contrib.auth.models import Group, Permission
    from django.db.models.manager import EmptyManager

__all__ = ["GateUser"]


@final
class GateUser:
    """A verified caller with the interface of Django's users, and no row in a table.

    It has no permission of Django's; the groups of the gate are ``consumer.groups``.

    Attributes:
        consumer: Who calls.
        username: A name for people; of a consumer whom a claim names, its issuer's
            choice.
        pk: The consumer's id, which is unique: what is counted or cached by a user's
            key is so of one caller alone.
    """

    is_active: ClassVar = True
    is_anonymous: ClassVar = False
    is_authenticated: ClassVar = True
    is_staff: ClassVar = False
    is_superuser: ClassVar = False

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer
        self.pk = self.id = consumer.id
        self.username = consumer.username or consumer.custom_id or consumer.id

    def __str__(self) -> str:
        """Give the name."""
        return self.username

    def __eq__(self, other: object) -> bool:
        """Whether it is the same consumer."""
        return isinstance(other, GateUser) and self.pk == other.pk

    def __hash__(self) -> int:
        """Hash by the consumer."""
        return hash(self.pk)

    def get_username(self) -> str:
        """Give the name."""
        return self.username

    @property
    def groups(self) -> "EmptyManager[Group]":
        """None of Django's groups."""
        from django.contrib.auth.models import Group  # noqa: PLC0415 - see below
        from django.db.models.manager import EmptyManager  # noqa: PLC0415

        return EmptyManager(Group)

    @property
    def user_permissions(self) -> "EmptyManager[Permission]":
        """None of Django's permissions."""
        # Imported here: a project that has no users has no models of them.
        from django.contrib.auth.models import Permission  # noqa: PLC0415
        from django.db.models.manager import EmptyManager  # noqa: PLC0415

        return EmptyManager(Permission)

    def get_all_permissions(self, obj: Any = None) -> set[str]:  # noqa: ARG002 - Django's
        """Give no permission."""
        return set()

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        """Deny every permission."""
        return False

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Deny every permission, but not the lack of a demand for any."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 - Django's
        """Deny every permission."""
        return False
