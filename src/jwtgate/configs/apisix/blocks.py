"""A plugin's block of a route, service or rule: resolved, judged, and in force."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import final

from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.meta import Meta, read_meta
from jwtgate.configs.apisix.references import resolve
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path

__all__ = ["Block", "open_block"]


@final
@dataclass(frozen=True, slots=True)
class Block:
    """A block that is in force.

    Attributes:
        members: Its members, references resolved.
        meta: What its ``_meta`` says.
        is_whole: All references that count led somewhere.
    """

    members: Mapping[str, object]
    meta: Meta
    is_whole: bool


def open_block(
    block: Mapping[str, object],
    at: Path,
    context: Context,
    *,
    judge: Callable[[Mapping[str, object]], str | None],
    known: Collection[str] | None = None,
) -> Block | None:
    """Resolve and judge a block; None if it is disabled.

    Args:
        block: As it is in the file.
        at: Where it is.
        context: Takes a problem for each reference that leads nowhere: APISIX takes
            its text for a header, a claim, a name.
        judge: Says what is wrong with the members, in APISIX's words.
        known: The members whose references count; None for all.

    Raises:
        InvalidEntry: It is not as APISIX wants it.
    """
    resolved = resolve(block, at, context)
    why = judge(resolved.block)
    if why is not None:
        raise InvalidEntry(why)
    meta = read_meta(resolved.block, at, context)
    if meta.disabled:
        return None
    lost = {
        place: sentence
        for place, sentence in resolved.unresolved.items()
        if known is None or place[len(at)] in known
    }
    for place, sentence in lost.items():
        context.problems.add(place, sentence)
    return Block(resolved.block, meta, not lost)
