"""``request.user``: the user of the project that a caller is."""

from typing import Any, final

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jwtgate.django.conf import FindUser
from jwtgate.outcome import Anonymous, Authenticated, Outcome

__all__ = ["by_username", "map_user"]

_MAPPED = "_jwtgate_user"


def by_username(outcome: Authenticated | Anonymous, request: HttpRequest) -> Any:  # noqa: ARG001 - what the setting calls
    """Find the active user whose username is exactly the consumer's.

    For ``JWTGATE = {"USER": "jwtgate.django.by_username"}``.

    Returns:
        The user. None for an anonymous consumer, since nobody was verified; for one
        whom a claim names, since its issuer chose the name; for one without username;
        and where no user is found.
    """
    if not isinstance(outcome, Authenticated) or outcome.consumer.issuer is not None:
        return None
    username = outcome.consumer.username
    if username is None:  # which a database would take for that of users who have none
        return None
    users: Any = get_user_model()
    try:
        user = users._default_manager.get_by_natural_key(username)  # noqa: SLF001 - as Django's own backends do
    except (users.DoesNotExist, users.MultipleObjectsReturned):
        return None
    # A database may compare without case or accents: "jack" is not "Jack".
    is_same = user.is_active and user.get_username() == username
    return user if is_same else None


def map_user(request: HttpRequest, outcome: Outcome, find: FindUser) -> None:
    """Let ``request.user`` and ``request.auser()`` give the user of a caller.

    Args:
        request: The request.
        outcome: Who calls.
        find: Gives the user, asked when it is needed, and once. Where it gives None,
            and where nobody calls, the user is who it was before.
    """
    mapped = vars(request).get(_MAPPED)
    if mapped is None:
        if not isinstance(outcome, Authenticated | Anonymous):
            return
        mapped = _Mapped(request, find)
        setattr(request, _MAPPED, mapped)
    mapped.follow(outcome)


@final
class _Mapped:
    """The user of a request, found when asked for."""

    def __init__(self, request: HttpRequest, find: FindUser) -> None:
        self._request = request
        self._find = find
        self._before = getattr(request, "user", None)
        self._abefore = getattr(request, "auser", None)

    def follow(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._found: tuple[Any] | None = None
        lazy: Any = SimpleLazyObject(self._user)
        self._request.user = lazy
        self._request.auser = self._auser

    def _user(self) -> Any:
        user = self._own()
        return self._earlier() if user is None else user

    async def _auser(self) -> Any:
        user = await sync_to_async(self._own)()
        if user is not None:
            return user
        return self._earlier() if self._abefore is None else await self._abefore()

    def _own(self) -> Any:
        if not isinstance(self._outcome, Authenticated | Anonymous):
            return None
        if self._found is None:
            self._found = (self._find(self._outcome, self._request),)
        return self._found[0]

    def _earlier(self) -> Any:
        if self._before is not None:
            return self._before
        # Imported here: a project that has no users has no models of them.
        from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415

        return AnonymousUser()
