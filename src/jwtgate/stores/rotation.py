"""What follows a credential that is rotated."""

from dataclasses import replace

from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.stores.fields import CredentialFields, new_kid, new_secret

__all__ = ["successor"]


def successor(old: Credential, fields: CredentialFields) -> Credential:
    """Make the credential that follows another under the same key.

    It has the old one's fields, except for those given, a kid and a secret of its own,
    no id and no end.

    Raises:
        ConfigurationError: Another key, a field that cannot work, or no public key
            where one is needed.
    """
    if fields.get("key", old.key) != old.key:
        raise ConfigurationError("rotate() keeps the key; create a credential instead")
    chosen: CredentialFields = {
        "kid": new_kid(),
        "id": None,
        "not_before": None,
        "retire_after": None,
        "secret": new_secret(fields.get("algorithm", old.algorithm)),
        "secret_is_base64": False,
        "public_key": None,
        **fields,
    }
    return replace(old, **chosen)
