"""Routes of Django."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admindocs.utils import (
    remove_non_capturing_groups,
    replace_metacharacters,
    replace_named_groups,
    replace_unnamed_groups,
)
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.module_loading import import_string

from jwtgate.django import JWTGateMiddleware, conf
from jwtgate.marks import demands_of_guard, is_public, marked
from jwtgate.requirement import Requirement
from jwtgate.surface.decorated import closed_over, demands_on
from jwtgate.surface.layers import ByGate, Layer, Stated, stated_public
from jwtgate.surface.pattern import ANY, REST, stand_in
from jwtgate.surface.rows import Place, View
from jwtgate.surface.words import name_of

if TYPE_CHECKING:
    from jwtgate.gate import Gate
    from jwtgate.surface.survey import Survey

__all__ = ["by_setting", "marks_of", "middleware", "views"]

_CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")
# What may match several segments of a path.
_ANYTHING = re.compile(r"\.[*+]|\[\^(?!/)")


def views(app: Any, place: Place, survey: "Survey") -> Iterator[View]:  # noqa: ARG001 - one project in a process
    """Give the views of the project whose settings are in force."""
    for path, pattern, view in _leaves(get_resolver().url_patterns, "/", "/"):
        at = place.below(path, pattern)
        yield from _views_of(view, at.behind(*_guards(view, at, survey)), survey)


def middleware() -> tuple[object, ...]:
    """Give the middleware of the settings, the outermost first."""
    return tuple(map(import_string, settings.MIDDLEWARE))


def marks_of(view: object) -> tuple[object, ...]:
    """Give what decorators may have marked: the view, and the class it was made of."""
    made_of = getattr(view, "view_class", None), getattr(view, "cls", None)
    return (view, *made_of, type(view))


def by_setting(
    how: str, demands: Requirement | None, at: Place, survey: "Survey"
) -> Iterator[Layer]:
    """Give the layer of the setting's gate, or of what is demanded of one further out.

    Args:
        how: What asks it, in words.
        demands: What is demanded; None nothing besides the policy.
        at: The place of the view.
        survey: The survey.
    """
    gate: Gate | None = conf.current().gate
    if gate is not None or demands is not None:
        yield survey.layer(gate, how, demands, place=Place())
    elif not any(isinstance(layer, ByGate) for layer in at.layers):
        yield Stated("closed", f"{how} (no gate)")


def _guards(view: object, at: Place, survey: "Survey") -> Iterator[Layer]:
    marks = marks_of(view)
    is_there = any(
        isinstance(each, type) and issubclass(each, JWTGateMiddleware)
        for each in middleware()
    )
    guards_all = conf.current().guards_all
    yield from stated_public(*marks)
    asks = not is_public(*marks) if guards_all else any(map(marked, marks))
    if is_there and asks:
        demands = demands_of_guard(*marks)
        yield from by_setting(JWTGateMiddleware.__name__, demands, at, survey)


def _views_of(view: Any, at: Place, survey: "Survey") -> Iterator[View]:
    at = at.behind(*_decorators(view, at, survey))
    # Ninja's view is a function within what has the operations, once its method.
    path_view = getattr(view, "__self__", None) or closed_over(view, "self")
    if hasattr(path_view, "operations") and "ninja" in sys.modules:
        from jwtgate.surface import ninja  # noqa: PLC0415 - by an extra

        yield from ninja.views(path_view, at, survey)
        return
    if hasattr(view, "cls") and "rest_framework" in sys.modules:
        from jwtgate.surface import drf  # noqa: PLC0415 - by an extra

        yield from drf.views(view, at, survey)
        return
    kind = getattr(view, "view_class", None)
    if kind is None:
        yield View(at=at, name=name_of(view))
        return
    yield from _of_class(
        kind, at.behind(*_decorators(kind.dispatch, at, survey)), survey
    )


def _of_class(kind: Any, at: Place, survey: "Survey") -> Iterator[View]:
    name = name_of(kind)
    methods = [
        each
        for each in kind.http_method_names
        if each != "options" and getattr(kind, each, None) is not None
    ]
    for method in methods:
        layers = _decorators(getattr(kind, method), at, survey)
        yield View(at=at.behind(*layers), methods=(method.upper(),), name=name)
    if not methods:
        yield View(at=at, name=name)  # a dispatch of its own answers


def _decorators(view: object, at: Place, survey: "Survey") -> Iterator[Layer]:
    for demands in demands_on(view):
        yield from by_setting("@jwt_required", demands, at, survey)


def _leaves(
    patterns: Sequence[Any], path: str, pattern: str
) -> Iterator[tuple[str, str, Any]]:
    for each in patterns:
        text = str(each.pattern)
        if isinstance(each.pattern, RegexPattern):
            text, stands_for = _simplified(text)
        else:
            stands_for = _patterned(text, each.pattern.converters)
        # A path has one slash at most where two parts meet, as Django warns.
        below = path + text, pattern + stands_for
        if isinstance(each, URLPattern):
            yield *below, each.callback
        else:
            yield from _leaves(each.url_patterns, *below)


def _simplified(regex: str) -> tuple[str, str]:
    text = remove_non_capturing_groups(regex)
    text = replace_unnamed_groups(replace_named_groups(text))
    text = replace_metacharacters(text).replace("\\", "")
    pattern = _CONVERTER.sub(ANY, text)
    if _ANYTHING.search(regex):
        pattern = pattern.split(ANY)[0] + REST
    return text, pattern


def _patterned(text: str, converters: Mapping[str, Any]) -> str:
    for name, converter in converters.items():
        text = re.sub(rf"<(?:\w+:)?{name}>", stand_in(converter.regex), text)
    return text
