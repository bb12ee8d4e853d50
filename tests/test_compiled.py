"""What a wheel may hold as compiled, too: pyproject.toml lists it."""

import ast
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
_HOOK = _PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]
MODULES: list[str] = _HOOK["modules"]


def nodes(module: str) -> list[ast.AST]:
    """Give all that a module's text is made of."""
    return [*ast.walk(ast.parse((ROOT / "src" / module).read_text()))]


def functions(module: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Give a module's functions, ``self.name`` for what is of an object."""
    for owner in nodes(module):
        if isinstance(owner, ast.Module | ast.ClassDef):
            prefix = "self." if isinstance(owner, ast.ClassDef) else ""
            for each in owner.body:
                if isinstance(each, ast.FunctionDef):
                    yield prefix + each.name, each


def names_in(function: ast.FunctionDef) -> Iterator[str]:
    """Give the names that a function uses, ``self.name`` for those of its object."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def test_nothing_is_compiled_unless_it_is_asked_for() -> None:
    """Who installs the package needs no compiler."""
    assert _HOOK["enable-by-default"] is False


@pytest.mark.parametrize("module", MODULES)
def test_no_coroutine_function_is_compiled(module: str) -> None:
    """Frameworks ask ``inspect`` what to await, and it would not tell."""
    assert not any(isinstance(each, ast.AsyncFunctionDef) for each in nodes(module))


@pytest.mark.parametrize("module", MODULES)
def test_deep_nesting_no_compiled_function_calls_itself(module: str) -> None:
    """The recursion limit does not hold there: the stack itself would end.

    Nor does one call another that calls it. Methods of one name are taken for one.
    """
    calls = TopologicalSorter[str]()
    for name, function in functions(module):
        calls.add(name, *names_in(function))
    calls.prepare()  # raises CycleError


def test_either_all_of_them_are_compiled_or_none() -> None:
    """A build that left one out would be neither."""
    names = [module.removesuffix(".py").replace("/", ".") for module in MODULES]
    files = [import_module(name).__file__ or "" for name in names]
    assert len({file.endswith(".py") for file in files}) == 1
