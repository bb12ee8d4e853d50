import subprocess
import sys
from pathlib import Path

import pytest

import jwtgate

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "jwtgate"
MODULES = sorted(
    path.relative_to(SOURCE)
    for path in SOURCE.rglob("*.py")
    if path.name != "__init__.py"
)

MAX_LINES = 250
# From 3.12 on the library itself is split finer, pathlib for one.
MAX_LOADED = 65 if sys.version_info < (3, 12) else 70
MAX_NAMES = 30

# -I and -S: no user site, no .pth file; what a bare interpreter has is counted before.
_LIST_LOADED = """
import sys
sys.path += sys.argv[1:]
before = set(sys.modules)
import jwtgate
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """Modules that ``import jwtgate`` loads beyond a bare interpreter's."""
    listed = subprocess.run(  # noqa: S603 - this interpreter, on a text above
        [sys.executable, "-I", "-S", "-c", _LIST_LOADED, SOURCE.parent],
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.split()


@pytest.mark.parametrize(
    "package",
    [
        "asyncio",
        "cryptography",
        "django",
        "fastapi",
        "flask",
        "jwt",
        "logging",
        "redis",
        "sqlalchemy",
        "starlette",
        "urllib",
    ],
)
def test_importing_the_core_loads_no(package: str, loaded: list[str]) -> None:
    """No framework, driver, event loop, key parser or log comes along with the core."""
    assert package not in {name.partition(".")[0] for name in loaded}


def test_importing_the_core_loads_few_modules(loaded: list[str]) -> None:
    """Importing the core is cheap: beside its own, few modules of the library."""
    foreign = [name for name in loaded if not name.startswith("jwtgate")]
    assert len(foreign) <= MAX_LOADED


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_has_a_test_file_of_its_name(module: Path) -> None:
    """The tests mirror the source, one to one."""
    mirrored = module.with_name(f"test_{module.name.lstrip('_')}")
    assert (ROOT / "tests" / mirrored).is_file()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_module_is_too_long(module: Path) -> None:
    """One concept a file, never above 250 lines."""
    assert len((SOURCE / module).read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("name", jwtgate.__all__)
def test_every_public_name_exists(name: str) -> None:
    """What ``__all__`` lists can be imported."""
    assert hasattr(jwtgate, name)


def test_public_names_are_few() -> None:
    """The public surface is small enough to be learnt."""
    assert len(jwtgate.__all__) <= MAX_NAMES


def test_the_package_is_marked_as_typed() -> None:
    """Type checkers of users see the annotations (PEP 561)."""
    assert (SOURCE / "py.typed").is_file()
