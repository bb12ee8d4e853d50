import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.extraction.cookies import cookie_pattern, cookies, without_cookies

JWT = cookie_pattern(["jwt"], any_case=False)
ANY_CASE = cookie_pattern(["jwt"], any_case=True)

# What str.strip() takes off a name, in the octets that a header may bring.
BLANKS = [octet for octet in range(256) if chr(octet).isspace()]
WIDE_BLANKS = [each for each in map(chr, range(0x80, 0x10000)) if each.isspace()]
# Lines of parts that are, or are about to be, a cookie of this name.
AROUND = st.binary(max_size=2) | st.sampled_from(BLANKS).map(lambda each: b"%c" % each)
NAMES = st.sampled_from([b"jwt", b"JWT", b"jwt2", b"a", b""])
VALUES = st.sampled_from([b"=A", b"=", b"", b'="A"', b'={"jwt":1}'])
PARTS = st.tuples(AROUND, NAMES, AROUND, VALUES).map(b"".join)
LINES = st.lists(st.tuples(PARTS, st.sampled_from([b";", b",", b"; "]))).map(
    lambda pairs: b"".join(part for pair in pairs for part in pair)
)


def found(line: bytes, pattern: re.Pattern[bytes] = JWT) -> list[bytes]:
    """List what a Cookie line holds."""
    return list(cookies(pattern, line))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b"jwt=A", [b"A"], id="one"),
        pytest.param(b"a=1; jwt=A; b=2", [b"A"], id="between-others"),
        pytest.param(b"jwt=A; jwt=B;jwt=A", [b"A", b"B", b"A"], id="every-copy"),
        pytest.param(b"jwt=A,jwt=B", [b"A", b"B"], id="lines-joined-by-a-comma"),
        pytest.param(b"a=1,jwt=A", [b"A"], id="comma-before"),
        pytest.param(b"jwt=", [b""], id="empty-value"),
        pytest.param(b"jwt", [], id="no-value"),
        pytest.param(b"", [], id="empty-line"),
        pytest.param(b";;,;", [], id="separators-only"),
        pytest.param(b"jwt=A=B==", [b"A=B=="], id="equals-in-value"),
        pytest.param(b"jwt= A\t", [b"A"], id="blanks-around-a-value"),
        pytest.param(b'jwt="A"', [b"A"], id="quotes"),
        pytest.param(b'jwt=""A""', [b'"A"'], id="one-pair-of-quotes-only"),
        pytest.param(b'jwt="', [b'"'], id="lone-quote"),
        pytest.param(b'jwt="A', [b'"A'], id="open-quote"),
        pytest.param(b'jwt=""', [b""], id="empty-quotes"),
        pytest.param(b'jwt=" A "', [b" A "], id="blanks-in-quotes"),
        pytest.param(b"jwt=%41", [b"%41"], id="values-are-not-decoded"),
        pytest.param(b"jwt=\xff\0", [b"\xff\0"], id="any-octets"),
        pytest.param(b"xjwt=A; jwt2=B; jwt.x=C", [], id="longer-names"),
        pytest.param(b"JWT=A; Jwt=B", [], id="names-are-case-sensitive"),
        pytest.param(b"a=jwt=A", [], id="name-inside-a-value"),
        pytest.param(b'j={"a":1,"b":"x;y"}; jwt=A', [b"A"], id="behind-json"),
        pytest.param(b"ab:cd; jwt=A", [b"A"], id="behind-a-bad-name"),
        pytest.param(b"=x; jwt=A", [b"A"], id="behind-a-nameless"),
        pytest.param(b"path=/; expires=x; jwt=A", [b"A"], id="behind-attributes"),
        pytest.param(b'a="; jwt=A; "', [b"A"], id="inside-another-quotes"),
    ],
)
def test_cookies(line: bytes, expected: list[bytes]) -> None:
    """``;`` and ``,`` separate; names match whole; one pair of quotes goes."""
    assert found(line) == expected


@pytest.mark.parametrize("blank", BLANKS, ids=hex)
def test_a_blank_around_a_name_hides_no_cookie(blank: int) -> None:
    """What an app strips off a name must not keep the gate from finding it."""
    assert found(b"a=1;%cjwt%c=A" % (blank, blank)) == [b"A"]


@pytest.mark.parametrize("blank", WIDE_BLANKS, ids=ascii)
def test_a_blank_in_utf_8_around_a_name_hides_no_cookie(blank: str) -> None:
    """Some apps decode the line as UTF-8 before they strip a name."""
    octets = blank.encode()
    assert found(b"a=1;" + octets + b"jwt" + octets + b"=A") == [b"A"]


@pytest.mark.parametrize("blank", [b"\0", b"\x01", b"_", b"."], ids=repr)
def test_no_blank_makes_another_name(blank: bytes) -> None:
    """What no parser strips is part of a name."""
    assert found(b"a=1;" + blank + b"jwt=A") == []


@pytest.mark.parametrize("name", [b"jwt", b"JWT", b"jWt"])
def test_any_case_on_request(name: bytes) -> None:
    """A name may be matched in any case, as Kong does."""
    assert found(name + b"=A", ANY_CASE) == [b"A"]


def test_several_names_are_sought_at_once() -> None:
    """Every name's copies are found, in the order of the line."""
    pattern = cookie_pattern(["jwt", "jwt.2"], any_case=False)
    assert found(b"jwt.2=B; jwtx2=C; jwt=A", pattern) == [b"B", b"A"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b"jwt=A", b"", id="alone"),
        pytest.param(b"jwt=A; a=1", b"a=1", id="first"),
        pytest.param(b"a=1; jwt=A", b"a=1", id="last"),
        pytest.param(b"a=1; jwt=A; b=2", b"a=1; b=2", id="between"),
        pytest.param(b"jwt=A;jwt=B,jwt=C", b"", id="all-copies"),
        pytest.param(b"jwt=A; a=1; jwt=B; b=2; jwt=C", b"a=1; b=2", id="alternating"),
        pytest.param(b"a=1,jwt=A,b=2", b"a=1,b=2", id="commas"),
        pytest.param(b'j={"x":1}; jwt=A; k=%zz', b'j={"x":1}; k=%zz', id="json"),
        pytest.param(b"a=\xff;  jwt=A;b", b"a=\xff;b", id="odd-neighbours"),
        pytest.param(b" a=1;; b", b" a=1;; b", id="nothing-to-hide"),
        pytest.param(b"jwt=A;", b"", id="separator-at-the-end"),
        pytest.param(b";jwt=A", b"", id="separator-at-the-beginning"),
    ],
)
def test_without_cookies(line: bytes, expected: bytes) -> None:
    """Every copy goes with one separator; the others stay byte for byte."""
    assert without_cookies(JWT, line) == expected


@given(LINES, st.sampled_from([JWT, ANY_CASE]))
def test_no_copy_is_left(line: bytes, pattern: re.Pattern[bytes]) -> None:
    """Whatever octets came, nothing is found in what is left."""
    assert found(without_cookies(pattern, line), pattern) == []


@given(LINES)
def test_a_line_without_a_copy_stays_whole(line: bytes) -> None:
    """Whatever octets came, a line that holds no token is not touched."""
    if not found(line):
        assert without_cookies(JWT, line) == line


@given(LINES)
def test_the_other_cookies_stay(line: bytes) -> None:
    """Whatever octets came, the other cookies are the same ones, in order."""
    others = [part for part in re.split(b"[;,]", line) if not found(part)]
    left = re.split(b"[;,]", without_cookies(JWT, line))
    assert [part.strip(b" \t") for part in left] == (
        [part.strip(b" \t") for part in others] or [b""]
    )


@given(LINES.map(lambda line: line.replace(b",", b";")))
def test_found_is_what_an_app_would_read(line: bytes) -> None:
    """Whatever octets came, an app that splits and strips reads no other copy."""
    pairs = [part.split("=")[:2] for part in line.decode("latin-1").split(";")]
    read = [pair for pair in pairs if pair[1:] and pair[0].strip() == "jwt"]
    assert len(found(line)) == len(read)
