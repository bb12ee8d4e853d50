"""The forms of the admin: a secret goes in, and never comes out."""

from typing import TYPE_CHECKING, Any

from django import forms

from jwtgate.django.db.models import Consumer, Credential
from jwtgate.jose import ALGORITHMS

if TYPE_CHECKING:
    _OfConsumer = forms.ModelForm[Consumer]
    _OfCredential = forms.ModelForm[Credential]
else:
    _OfConsumer = _OfCredential = forms.ModelForm

__all__ = ["ConsumerForm", "CredentialForm", "LinesField"]


class LinesField(forms.CharField):
    """Several texts, one a line, for a column that holds a list of JSON."""

    def __init__(self, *, help_text: str = "One a line.") -> None:
        rows = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, widget=rows, help_text=help_text)

    def prepare_value(self, value: Any) -> Any:
        """Write a list as lines; what was sent is shown as it came."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Read lines; those that are blank count for nothing."""
        return _lines(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the texts, whatever ends the lines."""
        return bool(_lines(data or "") != (initial or []))


class ConsumerForm(_OfConsumer):
    """For a consumer."""

    groups = LinesField(help_text="One a line, without commas.")
    tags = LinesField()

    class Meta:
        """What the fields are for."""

        model = Consumer
        fields = ("username", "custom_id", "uid", "groups", "tags", "quota", "enabled")
        help_texts = {  # noqa: RUF012 - so Django has it
            "username": "This or the custom id is required.",
            "custom_id": "The id this consumer has in your own system.",
            "uid": "Stays as it is; left empty, it is made of the username.",
            "quota": "Such as 3/30s, or 100/m, 1000/h; empty leaves it to the policy.",
            "enabled": "Without it every token of this consumer fails.",
        }


class CredentialForm(_OfCredential):
    """For a credential, whose secret can be set and not be read."""

    secret = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="For HS256, HS384 and HS512. It is not shown again; left empty, the "
        "one there is stays. The command jwtgate_credential makes a good one.",
    )
    tags = LinesField()

    class Meta:
        """What the fields are for."""

        model = Credential
        fields = (
            *("consumer", "key", "kid", "algorithm", "secret", "public_key"),
            *("not_before", "retire_after", "enabled", "tags"),
            *("secret_is_base64", "allow_weak_secret", "consumer_claim"),
            *("token_lifetime", "lifetime_grace_period"),
        )
        help_texts = {  # noqa: RUF012 - so Django has it
            "key": "What the key claim (iss) of a token says.",
            "kid": "Picks one of several under a key; may be empty.",
            "public_key": "For all but HS256, HS384 and HS512: a PEM or a JWK.",
            "not_before": "From when it may be used.",
            "retire_after": "From when it may not be used any more.",
            "token_lifetime": "Seconds that tokens issued with it live.",
            "lifetime_grace_period": "Seconds; empty leaves it to the policy.",
            "consumer_claim": "Names the caller, for an issuer with many users.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Not for the page, nor for the question whether it was changed.
        self.initial.pop("secret", None)

    def clean(self) -> dict[str, Any]:
        """Keep the secret that is there if none was sent, but for other algorithms."""
        data = super().clean() or self.cleaned_data
        algorithm = ALGORITHMS.get(data.get("algorithm", ""))
        if not data.get("secret"):
            kept = algorithm is not None and algorithm.symmetric
            # Said of the row too: Django passes over an input that was not sent.
            self.instance.secret = self.instance.secret if kept else ""
            data["secret"] = self.instance.secret
        return data


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
