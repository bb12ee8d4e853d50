"""Finding named cookies in raw Cookie lines, every copy.

By hand, since ``http.cookies`` drops what follows a cookie it dislikes and takes
seconds for some values (CVE-2024-7592). ``,`` separates as ``;`` does: WSGI servers
join two Cookie lines with it, and a token has none.
"""

import re
from collections.abc import Iterable, Iterator

__all__ = ["cookie_pattern", "cookies", "without_cookies"]

# RFC 6265 4.2.1 has one blank after ";". Parsers of apps strip whatever str.strip takes
# around a name, some after decoding UTF-8, and what they may read must not be missed.
_BLANK = (
    rb"(?:[\t-\r\x1c-\x20\x85\xa0]++|\xc2[\x85\xa0]|\xe1\x9a\x80"
    rb"|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)*+"
)
_OWS = b" \t"


def cookie_pattern(names: Iterable[str], *, any_case: bool) -> re.Pattern[bytes]:
    """Compile the pattern that matches one whole cookie of one of these names.

    Its group 1 is the raw value.

    Args:
        names: Cookie names, case-sensitive unless ``any_case``.
        any_case: Match names in any case, as Kong does.
    """
    alternatives = b"|".join(re.escape(name.encode()) for name in names)
    flags = re.IGNORECASE if any_case else re.NOFLAG
    return re.compile(
        rb"(?<![^;,])%s(?:%s)%s=([^;,]*)" % (_BLANK, alternatives, _BLANK), flags
    )


def cookies(
    pattern: re.Pattern[bytes], line: bytes, *, quoted: bool = True
) -> Iterator[bytes]:
    """Give the value of every match in a Cookie line, without blanks around it.

    Args:
        pattern: Of :func:`cookie_pattern`.
        line: The Cookie line.
        quoted: Take one pair of quotes off a value (RFC 6265 section 4.1.1).
    """
    for match in pattern.finditer(line):
        value = match[1].strip(_OWS)
        if quoted and len(value) > 1 and value[:1] == value[-1:] == b'"':
            value = value[1:-1]
        yield value


def without_cookies(pattern: re.Pattern[bytes], line: bytes) -> bytes:
    """Take every match out of a Cookie line; the others stay byte for byte."""
    kept, start = [], 0
    for match in pattern.finditer(line):
        # A cookie goes with the separator behind it, the last one with that before.
        kept.append(line[start : match.start()])
        start = match.end() + 1
    if not kept:
        return line
    rest = b"".join([*kept, line[start:]])
    return (rest[:-1] if start > len(line) else rest).lstrip(_OWS)
