import re
import sys

import pytest

from jwtgate.paths import folded, is_ambiguous, is_ambiguous_raw


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "*",
        "http://e/a",
        "//",
        "/a//b",
        "/.",
        "/..",
        "/a/./b",
        "/a/..",
        "/\\",
        "/\0",
        "/a\n",
        "/a\x7f",
        "/;x",
        "/a/..;/b",
        "/a/.;x/b",
        "/sec\ufffdret",
        "/%61",
        "/a%2Fb",
    ],
    ids=ascii,
)
def test_a_path_that_could_be_read_as_another(path: str) -> None:
    """Some fold it before they route, some do not."""
    assert is_ambiguous(path)


@pytest.mark.parametrize(
    "path", ["/", "/a/", "/a.b", "/...", "/.a", "/a..b/c", "/a;x", "/50%", "/ä", "/a b"]
)
def test_a_path_that_is_what_it_is(path: str) -> None:
    """Dots in names are no segments of dots, and a lone % is no escape."""
    assert not is_ambiguous(path)


@pytest.mark.parametrize("raw", [b"/a%2Fb", b"/a%2fb", b"/%5C", b"/%00", b"/a\\b"])
def test_an_escape_that_some_do_not_decode(raw: bytes) -> None:
    """Slash, backslash and NUL."""
    assert is_ambiguous_raw(raw)


@pytest.mark.parametrize("raw", [b"", b"/a%20b", b"/%41", b"/a"])
def test_an_escape_that_all_decode(raw: bytes) -> None:
    """Other characters mean nothing to a router."""
    assert not is_ambiguous_raw(raw)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/ADMIN", "/admin"),
        ("/a;x=1/b;y", "/a/b"),
        ("/adm\u0131n", "/admin"),
        ("/adm\u0130n", "/admin"),
        ("/\u017fecret", "/secret"),
        ("/\u212aey", "/key"),
        ("/Stra\u00dfe", "/strasse"),
    ],
    ids=ascii,
)
def test_a_guarded_path_is_compared_without_case_and_parameters(
    path: str, expected: str
) -> None:
    """As the laxest app would."""
    assert folded(path) == expected


def test_no_letter_that_some_comparison_takes_for_ascii_is_another() -> None:
    """Whatever lower, upper or casefold makes of it."""
    missed = [
        each
        for each in map(chr, range(0x80, sys.maxunicode + 1))
        for alike in {each.lower(), each.upper().lower(), each.casefold()}
        if len(alike) == 1 and alike.isascii() and folded(each) != alike
    ]
    assert missed == []


@pytest.mark.parametrize("letter", "abcdefghijklmnopqrstuvwxyz")
def test_no_pattern_without_case_takes_another_for_a_letter(letter: str) -> None:
    """As the routes of some apps are."""
    every = "".join(map(chr, range(0x10000)))
    alike = re.findall(letter, every, re.IGNORECASE)
    assert {folded(each) for each in alike} == {letter}
