"""How paths are compared, so that no spelling of one passes for another.

Apps and what stands before them fold paths: they decode again, drop what is no UTF-8,
cut parameters, ignore case, and match up to a line end. What only some of them fold is
ambiguous and refused; what many fold is folded where a path is guarded.
"""

import re

__all__ = ["folded", "is_ambiguous", "is_ambiguous_raw"]

_AMBIGUOUS = re.compile(
    r"//|/\.\.?(?:/|$)"  # resolved by some, kept by others
    r"|/(?:\.\.?)?;"  # the same, where parameters are cut (RFC 3986 3.3)
    r"|[\\\x00-\x1f\x7f]"  # a slash to some; an end, to what matches "$"
    r"|\ufffd"  # octets that were no UTF-8, which some leave out
    r"|%[0-9A-Fa-f]{2}"  # encoded twice: some decode again
)
# The escapes of slash, backslash and NUL: some decode them before they look for a
# route and some do not. Servers that tell the path as it was sent let us see them.
_AMBIGUOUS_RAW = re.compile(rb"%(?:2f|5c|00)|\\", re.IGNORECASE)
_PARAMETERS = re.compile(r";[^/]*")


def is_ambiguous(path: str) -> bool:
    """Whether a decoded path could be read as another one.

    Doubled slashes, ``.`` and ``..`` as segments, backslashes, controls, what is no
    UTF-8, and escapes that are left; what does not begin with a slash is no path.
    """
    return not path.startswith("/") or _AMBIGUOUS.search(path) is not None


def is_ambiguous_raw(path: bytes) -> bool:
    """Whether a path as it was sent has an escape that some do not decode."""
    return _AMBIGUOUS_RAW.search(path) is not None


def folded(path: str) -> str:
    """Give what a guarded path is compared by: without case and parameters."""
    # The two letters that some comparison without case takes for ASCII, and casefold
    # does not: the dotted capital and the dotless small one.
    bare = _PARAMETERS.sub("", path).replace("\u0130", "i").replace("\u0131", "i")
    return bare.casefold()
