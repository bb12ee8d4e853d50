"""The gate in the REST framework: authentication, permissions, refusals."""

from importlib.util import find_spec

try:
    from jwtgate.django.drf.authentication import GateAuthentication
    from jwtgate.django.drf.gateuser import GateUser
    from jwtgate.django.drf.handler import exception_handler
    from jwtgate.django.drf.permissions import IsAdmitted, requires
    from jwtgate.django.drf.refused import Refused
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[drf]'") from None

__all__ = [
    "GateAuthentication",
    "GateUser",
    "IsAdmitted",
    "Refused",
    "exception_handler",
    "requires",
]

if find_spec("drf_spectacular") is not None:
    import jwtgate.django.spectacular  # noqa: F401 - registers its extension
