"""Consumers and credentials in the admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from jwtgate.django.db.forms import ConsumerForm, CredentialForm
from jwtgate.django.db.models import Consumer, Credential

if TYPE_CHECKING:
    _OfConsumer = admin.ModelAdmin[Consumer]
    _OfCredential = admin.ModelAdmin[Credential]
else:
    _OfConsumer = _OfCredential = admin.ModelAdmin

__all__ = ["ConsumerAdmin", "CredentialAdmin"]

_SECRET = "secret"  # noqa: S105 - the field's name


@admin.register(Consumer)
class ConsumerAdmin(_OfConsumer):
    """Consumers: the id is chosen once."""

    form = ConsumerForm
    list_display = ("username", "custom_id", "uid", "groups", "quota", "enabled")
    list_display_links = ("username", "custom_id", "uid")
    list_filter = ("enabled",)
    ordering = ("username", "custom_id")
    search_fields = ("username", "custom_id", "uid")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Consumer | None = None
    ) -> Any:
        """Hold the id of a consumer that is there."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "uid") if obj else fixed


@admin.register(Credential)
class CredentialAdmin(_OfCredential):
    """Credentials: the secret can be set, and not be read, searched or filtered by."""

    form = CredentialForm
    list_display = (
        "key",
        "kid",
        "consumer",
        "algorithm",
        "enabled",
        "not_before",
        "retire_after",
    )
    list_filter = ("enabled", "algorithm")
    ordering = ("key", "kid")
    list_select_related = ("consumer",)
    search_fields = ("key", "kid", "consumer__username", "consumer__custom_id")
    autocomplete_fields = ("consumer",)
    readonly_fields = ("created", "updated")
    fieldsets = (
        (None, {"fields": ("consumer", "key", "kid", "enabled")}),
        ("Key", {"fields": ("algorithm", _SECRET, "public_key")}),
        ("Rotation", {"fields": ("not_before", "retire_after")}),
        (
            "More",
            {
                "fields": (
                    "secret_is_base64",
                    "allow_weak_secret",
                    "token_lifetime",
                    "lifetime_grace_period",
                    "consumer_claim",
                    "tags",
                    "created",
                    "updated",
                )
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Credential | None = None) -> Any:
        """Leave the secret out for who may only view: Django would show it as text."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sets
        return [
            (title, {**rest, "fields": [n for n in rest["fields"] if n != _SECRET]})
            for title, rest in sets
        ]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse ``?secret__startswith=a``, which would tell it letter by letter."""
        if _SECRET in lookup.split("__"):
            return False
        return super().lookup_allowed(lookup, value, request)

    @method_decorator(sensitive_post_parameters(_SECRET))
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or take the form; a report of an error does not quote the secret."""
        return super().changeform_view(request, object_id, form_url, extra_context)
