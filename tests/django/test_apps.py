import os
import subprocess
import sys
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parents[2]

_PROGRAM = """
import sys
import jwtgate.django
from django.utils.module_loading import import_string
import_string("jwtgate.django.JWTGateMiddleware")
print(*(n for n in sys.modules if "django" in n and n.endswith(".models")))
"""


def test_app_has_no_tables() -> None:
    """Its models are in another app, which a project need not install."""
    app = apps.get_app_config("jwtgate")
    assert (app.name, list(app.get_models())) == ("jwtgate.django", [])


def test_import_needs_no_settings_and_no_models() -> None:
    """The middleware can be named before Django is set up."""
    bare = {
        name: v for name, v in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    ran = subprocess.run(  # noqa: S603 - this interpreter, on a text above
        [sys.executable, "-c", _PROGRAM],
        env=bare,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    # These two of Django's have no tables; users and sessions would.
    assert set(ran.stdout.split()) <= {"django.db.models", "django.forms.models"}
