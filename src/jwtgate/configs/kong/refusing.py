"""What restricts access and is not carried over: refused, unless it may be dropped."""

from jwtgate.configs.context import Context
from jwtgate.configs.kong.fields import as_written
from jwtgate.configs.problems import Path

__all__ = ["refuse_or_drop"]


def refuse_or_drop(name: str, at: Path, context: Context, why: str = "") -> None:
    """Report something that would open a door if it was left out in silence.

    Args:
        name: What ``allow_dropped`` calls it: a plugin's name.
        at: Where it is.
        context: Says what may be dropped, and takes the problem or the note.
        why: What of it cannot be; all of it if left out.
    """
    named = as_written(name, context.problems)
    if name in context.allow_dropped:
        text = f"{named} is not carried over"
        context.notes.add("dropped", at, f"{text}: {why}" if why else text)
        return
    what = why or f"{named} restricts access and is not carried over"
    context.problems.add(
        at,
        f"{what}; leave {named if why else 'it'} to what does it now and name it in "
        "allow_dropped",
    )
