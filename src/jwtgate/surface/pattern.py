"""Paths of an app's routes, held against the paths of a gate's routes.

A pattern is a path in which ``*`` stands for any text within a segment and a last
``**`` for all that follows; what frameworks write is translated into it. Where a
pattern and a gate's route have paths in common, one of them is made, so that the gate
itself can say what holds there.
"""

import re
from typing import Final

from jwtgate.routes import Route

__all__ = ["ANY", "REST", "SOME", "filled", "in_common", "stand_in"]

ANY: Final = "*"
"""Any text within a segment."""

REST: Final = "**"
"""All that follows."""

SOME: Final = "~any~"
"""A segment that no route has, as far as anybody can tell."""


def filled(pattern: str) -> str:
    """Give a path of a pattern, of those that no other route is likely to name."""
    return pattern.replace(REST, SOME).replace(ANY, SOME)


def stand_in(regex: str) -> str:
    """Give what stands for the text that a converter of a framework takes.

    Args:
        regex: What it matches.
    """
    spans = any(re.fullmatch(regex, text) for text in ("a/a", "1/1"))
    return REST if spans else ANY


def in_common(pattern: str, route: Route) -> str | None:
    """Give a path of a pattern that is a path of a gate's route, too.

    Args:
        pattern: Begins with a slash.
        route: Of a gate; its methods and hosts are not looked at.

    Returns:
        The path; None if there is none.
    """
    is_tree = route.path.endswith("/*")
    is_prefix = route.prefix or (route.path.endswith("*") and not is_tree)
    wanted = route.path.removesuffix("/*" if is_tree else "*").split("/")[1:]
    found: list[str] = []
    for segment in pattern.split("/")[1:]:
        rest = wanted[len(found) :]
        if not rest and not (is_tree or is_prefix):
            return None
        if segment == REST:
            return _path([*found, *_tail(rest, is_tree=is_tree, is_prefix=is_prefix)])
        is_begun = is_prefix and len(rest) == 1
        common = _common(segment, rest[0], is_begun=is_begun) if rest else segment
        if common is None:
            return None
        found.append(filled(common))
    return _path(found) if len(found) >= len(wanted) else None


def _common(segment: str, wanted: str, *, is_begun: bool) -> str | None:
    """Give a segment that is one of a pattern's, and is wanted or begins so."""
    # In any case, as a route that guards is matched; spelled as the app has it.
    if ANY not in segment:
        low, begun = segment.lower(), wanted.lower()
        is_common = low.startswith(begun) if is_begun else low == begun
        return segment if is_common else None
    spelled = "[^/]+".join(map(re.escape, segment.split(ANY)))
    named = wanted + SOME if is_begun else wanted
    return named if re.fullmatch(spelled, named, re.IGNORECASE) else None


def _tail(wanted: list[str], *, is_tree: bool, is_prefix: bool) -> list[str]:
    """Give what is wanted, and what is below it where that is meant, too."""
    if is_prefix and wanted:
        return [*wanted[:-1], wanted[-1] + SOME]
    return wanted if wanted and not is_tree else [*wanted, SOME]


def _path(segments: list[str]) -> str:
    return "/" + "/".join(segments)
