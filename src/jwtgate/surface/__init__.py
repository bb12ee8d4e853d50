"""The surface of an app: which routes it has, what guards each, and who may pass.

Nothing is asked and nobody is called: what is said of a route is read off the app, its
middleware, the marks of its views, and the policies of the gates that guard it.
"""

from jwtgate.surface.endpoint import Endpoint, Status
from jwtgate.surface.importing import import_app, import_django
from jwtgate.surface.survey import gates_of, survey
from jwtgate.surface.wrappers import middleware_of

__all__ = [
    "Endpoint",
    "Status",
    "gates_of",
    "import_app",
    "import_django",
    "middleware_of",
    "survey",
]
