import sys
from pathlib import Path

import pytest

from jwtgate import ConfigurationError
from jwtgate.surface import import_app

SHOP = """
class Inner:
    app = object()
def create():
    return "made"
def fail():
    raise RuntimeError("no database")
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a module with apps into the working directory; give its name."""
    name = f"shop_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return name


def test_app_of_the_working_directory(shop: str) -> None:
    """It is found as servers find it, also within a class."""
    assert type(import_app(f"{shop}:Inner.app")) is object


def test_app_of_a_factory(shop: str) -> None:
    """It is called."""
    assert import_app(f"{shop}:create()") == "made"


def test_app_of_another_folder(
    shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder may be said."""
    monkeypatch.chdir("/")
    assert import_app(f"{shop}:create()", folder=tmp_path) == "made"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "shop",
            "'shop' names no app; expected a module and an attribute, as shop:app",
        ),
        (":app", "':app' names no app; expected"),
        ("no_such.thing:app", "there is no module 'no_such' in "),
        ("{shop}:app", "{shop} has no 'app'"),
        (
            "{shop}:fail()",
            "{shop}:fail() cannot be called: RuntimeError: no database at",
        ),
    ],
)
def test_app_that_cannot_be_had(name: str, problem: str, shop: str) -> None:
    """The error says what is wrong, and where."""
    with pytest.raises(ConfigurationError) as raised:
        import_app(name.format(shop=shop))
    assert str(raised.value).startswith(problem.format(shop=shop))


def test_module_that_fails_says_where(shop: str, tmp_path: Path) -> None:
    """What it lacks is not taken for itself."""
    (tmp_path / f"{shop}_bad.py").write_text("import no_such_thing\n")
    with pytest.raises(ConfigurationError) as raised:
        import_app(f"{shop}_bad:app")
    assert f"{shop}_bad cannot be imported: ModuleNotFoundError: No" in str(
        raised.value
    )
    assert str(raised.value).endswith(f"{shop}_bad.py:1")
