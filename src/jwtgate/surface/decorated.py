"""What decorators demand of the callers of a view."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from jwtgate.marks import marked
from jwtgate.requirement import Requirement

__all__ = ["closed_over", "demands_on", "wrapped"]


def demands_on(view: object) -> tuple[Requirement, ...]:
    """Give what each ``@jwt_required`` around a view demands, the outermost first.

    Not all of them leave a mark: some note what they demand where their own code alone
    sees it. Others between hand a mark on, and hide the code.
    """
    found: list[Requirement] = []
    for each in wrapped(view):
        ours = _module(each).startswith("jwtgate.")
        for demands in (
            closed_over(each, "requirement") if ours else None,
            marked(each),
        ):
            is_new = not any(demands is one for one in found)
            if isinstance(demands, Requirement) and is_new:
                found.append(demands)
    return tuple(found)


def wrapped(view: object) -> Iterator[Any]:
    """Give a view, then what it wraps, and so on: as ``functools.wraps`` says."""
    seen: list[object] = []
    while view is not None and not any(view is each for each in seen):
        seen.append(view)
        yield view
        view = (
            getattr(view, "__wrapped__", None)
            or (view.func if isinstance(view, partial) else None)
            or getattr(view, "__func__", None)
        )


def closed_over(function: object, name: str) -> object:
    """Give what a function has under a name of the function around it; else None."""
    code, cells = (
        getattr(function, "__code__", None),
        getattr(function, "__closure__", None),
    )
    if code is None or cells is None or name not in code.co_freevars:
        return None
    try:
        return cells[code.co_freevars.index(name)].cell_contents
    except ValueError:  # not set yet
        return None


def _module(function: object) -> str:
    # Where its code is: __module__ is what it took over from what it wraps.
    names = getattr(function, "__globals__", {})
    return str(names.get("__name__", ""))
