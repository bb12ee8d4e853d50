"""An app by its name, as servers find it: ``module:app``."""

import os
import sys
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jwtgate.errors import ConfigurationError

__all__ = ["import_app", "import_django"]


def import_app(name: str, *, folder: Path | None = None) -> Any:
    """Import an app.

    Args:
        name: A module, a colon, and what the app is called in it: ``shop.main:app``.
            A call without arguments makes one: ``shop.main:create_app()``.
        folder: Where modules are looked for first; the working directory if left out,
            as with uvicorn and gunicorn. It stays on ``sys.path``.

    Raises:
        ConfigurationError: There is none, or importing it raises; says which and where.
    """
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise ConfigurationError(
            f"{name!r} names no app; expected a module and an attribute, as shop:app"
        )
    found: Any = _imported(module, folder)
    called = attribute.removesuffix("()")
    for part in called.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise ConfigurationError(f"{module} has no {called!r}") from None
    if called == attribute:
        return found
    try:
        return found()
    except Exception as error:  # code of users may raise anything
        raise ConfigurationError(f"{name} cannot be called: {_told(error)}") from error


def import_django(settings: str, *, folder: Path | None = None) -> Any:
    """Set a Django project up, and give what serves it.

    Args:
        settings: The module of its settings: ``shop.settings``.
        folder: As for :func:`import_app`.

    Raises:
        ConfigurationError: Django is not installed, or the project cannot be set up.
    """
    _imported(settings, folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    try:
        from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - an extra
        from django.urls import get_resolver  # noqa: PLC0415 - same
    except ImportError:
        raise ConfigurationError(
            'Django is not installed; pip install "jwtgate[django]"'
        ) from None
    try:
        app = get_wsgi_application()
        # Django itself imports them with the first request.
        _ = get_resolver().url_patterns
    except Exception as error:  # code of users may raise anything
        raise ConfigurationError(
            f"the project of {settings} cannot be set up: {_told(error)}"
        ) from error
    return app


def _imported(module: str, folder: Path | None) -> Any:
    path = str(folder or Path.cwd())
    if path not in sys.path:
        sys.path.insert(0, path)
    try:
        return import_module(module)
    except Exception as error:  # code of users may raise anything
        missing = getattr(error, "name", None)
        if isinstance(error, ModuleNotFoundError) and _is_part(missing, module):
            raise ConfigurationError(
                f"there is no module {missing!r} in {path}, nor elsewhere on sys.path"
            ) from None
        raise ConfigurationError(
            f"{module} cannot be imported: {_told(error)}"
        ) from error


def _is_part(name: object, module: str) -> bool:
    return isinstance(name, str) and f"{module}.".startswith(f"{name}.")


def _told(error: Exception) -> str:
    # Where it was raised, which is in the code of the app.
    frames = extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
