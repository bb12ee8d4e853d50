"""What the settings of a gate are made of, once a file was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from jwtgate.configs.kong.document import Document
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.policies import Policies
from jwtgate.stores.fixed import FixedStore

__all__ = ["Parts"]


@final
@dataclass(frozen=True, slots=True)
class Parts:
    """What a file holds.

    Attributes:
        document: Its entities.
        plugins: Its plugins, as far as they are carried over.
        policies: What these say.
        stores: Its credentials, by whether their secrets are base64: as far as a jwt
            plugin wants them, and at least one.
    """

    document: Document
    plugins: Sequence[Plugin]
    policies: Policies
    stores: Mapping[bool, FixedStore]
