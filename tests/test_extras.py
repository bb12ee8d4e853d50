import runpy
import sys

import pytest

import jwtgate.denylists.sql
import jwtgate.django.drf
import jwtgate.django.ninja
import jwtgate.fastapi
import jwtgate.flask
import jwtgate.starlette

ABSENT = [
    (jwtgate.denylists.sql, "sqlalchemy", "sql"),
    (jwtgate.django, "jwtgate.django.decorators", "django"),
    (jwtgate.django.drf, "jwtgate.django.drf.authentication", "drf"),
    (jwtgate.django.ninja, "ninja", "ninja"),
    (jwtgate.fastapi, "jwtgate.fastapi.auth", "fastapi"),
    (jwtgate.flask, "jwtgate.flask.extension", "flask"),
    (jwtgate.starlette, "jwtgate.starlette.caller", "starlette"),
]


@pytest.mark.parametrize(
    ("module", "absent", "extra"), ABSENT, ids=[extra for *_, extra in ABSENT]
)
def test_who_lacks_an_extra_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, module: object, absent: str, extra: str
) -> None:
    """The missing module's name need not be its package's: ``pip install ninja``."""
    monkeypatch.setitem(sys.modules, absent, None)  # as if it could not be imported
    with pytest.raises(ImportError, match=rf"pip install 'jwtgate\[{extra}\]'"):
        runpy.run_path(str(module.__file__))  # type: ignore[attr-defined]
