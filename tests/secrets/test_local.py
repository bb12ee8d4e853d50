import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.secrets import MAX_FILE_OCTETS, written
from jwtgate.secrets.grammar import parse
from jwtgate.secrets.local import find_here


def find(text: str, folder: Path = Path(), **environ: str) -> str:
    """Give what a reference stands for, in a folder, with these variables."""
    reference = parse(text)
    assert reference is not None
    return find_here(reference, folder, environ)


def why_not(text: str, folder: Path = Path(), **environ: str) -> str:
    """Tell why a reference cannot be resolved."""
    with pytest.raises(ConfigurationError) as caught:
        find(text, folder, **environ)
    return str(caught.value)


def test_a_variable_gives_its_value() -> None:
    """As it is, blanks and line ends included."""
    assert find("$env://NAME", NAME=" a\n") == " a\n"


def test_a_variable_gives_a_member_of_its_json() -> None:
    """Its name may have slashes, percent-encoded or not."""
    json = '{"a/b": "one", "c": 2}'
    assert find("$env://NAME/a%2Fb", NAME=json) == "one"
    assert find("$env://NAME/a/b", NAME=json) == "one"


@pytest.mark.parametrize("member", ["a", "c", "d", "e"])
def test_a_member_that_is_no_text_is_refused(member: str) -> None:
    """Absent, a number, a table, half of a surrogate pair."""
    json = '{"c": 2, "d": {}, "e": "\\ud800"}'
    expected = f"$env://NAME has no text '{member}'; expected a member of that name"
    assert why_not(f"$env://NAME/{member}", NAME=json) == expected


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"secret", "secret"),
        (b"secret\n", "secret"),
        (b"secret\r\n", "secret"),
        (b"secret\n\n", "secret\n"),
        (b" secret ", " secret "),
        ("s\u00e9cret".encode(), "s\u00e9cret"),
    ],
    ids=["bare", "line end", "CR LF", "two line ends", "blanks", "UTF-8"],
)
def test_a_file_gives_its_text(octets: bytes, text: str, tmp_path: Path) -> None:
    """Less the one line end that editors add."""
    (tmp_path / "key").write_bytes(octets)
    assert find("$file://key", tmp_path) == text


def test_a_path_may_be_absolute(tmp_path: Path) -> None:
    """Where secrets are mounted is no matter of the folder."""
    (tmp_path / "key").write_text("secret")
    assert find(f"$file://{tmp_path}/key", Path("/nowhere")) == "secret"


def test_a_file_may_be_as_large_as_the_bound(tmp_path: Path) -> None:
    """The bound itself is within."""
    (tmp_path / "key").write_bytes(b"x" * MAX_FILE_OCTETS)
    assert len(find("$file://key", tmp_path)) == MAX_FILE_OCTETS


def test_a_file_above_the_bound_is_refused(tmp_path: Path) -> None:
    """A reference to a log must not fill the memory."""
    (tmp_path / "key").write_bytes(b"x" * (MAX_FILE_OCTETS + 1))
    assert "too large; expected 65536 octets" in why_not("$file://key", tmp_path)


@pytest.mark.parametrize("text", ["", "\n"], ids=["nothing", "a line end"])
def test_an_empty_file_is_refused(text: str, tmp_path: Path) -> None:
    """A secret that was not written yet is no secret."""
    (tmp_path / "key").write_text(text)
    assert why_not("$file://key", tmp_path) == "$file://key is empty"


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """Octets are given as base64, with ``secret_is_base64``."""
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    assert why_not("$file://key", tmp_path) == "$file://key is not UTF-8"


@pytest.mark.parametrize("name", ["absent", ".", "\0", "x" * 5000])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    """Absent, a folder, no path at all."""
    assert "cannot be read; expected a file" in why_not(f"$file://{name}", tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """To open one would wait for its writer."""
    os.mkfifo(tmp_path / "pipe")
    assert "cannot be read" in why_not("$file://pipe", tmp_path)


def test_an_unset_variable_is_refused() -> None:
    """The reference never becomes the secret."""
    expected = "$env://NAME is not set; expected an environment variable NAME"
    assert why_not("$env://NAME") == expected


def test_an_empty_variable_is_refused() -> None:
    """Nor does nothing."""
    assert why_not("$env://NAME", NAME="") == "$env://NAME is empty"


def test_a_variable_that_is_not_utf_8_is_refused() -> None:
    """As Python shows octets that are none."""
    assert why_not("$env://NAME", NAME="\udcff") == "$env://NAME is not UTF-8"


@pytest.mark.parametrize("value", ["$env://OTHER", "{vault://x}", "$secret://a/b/c"])
def test_a_chain_of_references_is_refused(value: str) -> None:
    """It would become a literal."""
    assert why_not("$env://NAME", NAME=value).endswith("expected a value")


@given(value=st.text(min_size=8))
def test_no_error_has_the_value(value: str) -> None:
    """Whatever a variable holds that cannot be taken, an error does not tell it."""
    assert value not in why_not("$env://NAME", NAME=f"$env://{value}")


def test_a_path_that_cannot_be_is_not_written() -> None:
    """Nor is it a foreign error."""
    assert written(Path("a\0b")) is None
