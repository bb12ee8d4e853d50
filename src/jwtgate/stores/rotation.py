"""What follows a credential that is rotated."""

from dataclasses import replace

from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.stores.fields import CredentialFields, new_kid, new_secret

__all__ = ["succession", "successor"]


def successor(old: Credential, fields: CredentialFields) -> Credential:
    """Make the credential that follows another under the same key.

    It has the old one's fields, except for those given, a kid and a secret of its own,
    no id and no end.

    Raises:
        ConfigurationError: Another key, a field that cannot work, or no public key
            where one is needed.
    """
    return replace(old, **succession(old.key, old.algorithm, fields))


def succession(key: str, algorithm: str, fields: CredentialFields) -> CredentialFields:
    """Give the fields of a successor that are not the old one's.

    Args:
        key: The old one's.
        algorithm: The old one's.
        fields: Those given.

    Raises:
        ConfigurationError: Another key.
    """
    if fields.get("key", key) != key:
        raise ConfigurationError("rotate() keeps the key; create a credential instead")
    chosen: CredentialFields = {
        "kid": new_kid(),
        "id": None,
        "not_before": None,
        "retire_after": None,
        "secret": new_secret(fields.get("algorithm", algorithm)),
        "secret_is_base64": False,
        "public_key": None,
        **fields,
    }
    return chosen
