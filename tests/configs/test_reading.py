from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.configs.reading import MAX_OCTETS, parse_json, parse_tree, read_text
from jwtgate.configs.tree import Table
from tests.configs.files import told, write


def read_tree(path: Path) -> object:
    """Read a file, then its text."""
    return parse_tree(path, read_text(path))


SAME = {
    "a.toml": 'version = 1\n[policy]\nrealm = "shop"\nleeway = 1.5\n',
    "a.json": '{"version": 1, "policy": {"realm": "shop", "leeway": 1.5}}',
    "a.yaml": "version: 1\npolicy:\n  realm: shop\n  leeway: 1.5\n",
    "a.yml": "{version: 1, policy: {realm: shop, leeway: 1.5}}",
    "a.JSON": '{"version": 1, "policy": {"realm": "shop", "leeway": 1.5}}',
}


@pytest.mark.parametrize(("name", "text"), SAME.items(), ids=SAME.keys())
def test_each_kind_of_file_is_read_alike(name: str, text: str, tmp_path: Path) -> None:
    """The end of the name says how."""
    tree = read_tree(write(tmp_path, text, name))
    assert tree == {"version": 1, "policy": {"realm": "shop", "leeway": 1.5}}


FLAWS = {
    "JSON": ("a.json", '{"a": 1,\n "b" hunter2}', "line 2: expected JSON (RFC 8259)"),
    "JSON, empty": ("a.json", "", "line 1: expected JSON (RFC 8259)"),
    "JSON, mark": ("a.json", "\ufeff{}", "line 1: expected JSON (RFC 8259)"),
    "JSON, depth": ("a.json", "[" * 100_000, "nested too deeply"),
    "JSON, digits": ("a.json", "1" * 5000, "has a number of too many digits"),
    "TOML": ("a.toml", "a = 1\nb = hunter2\n", "line 2: expected TOML 1.0"),
    "TOML, twice": ("a.toml", "a = 1\na = 2\n", "line 2: expected TOML 1.0"),
    "TOML, end": ("a.toml", 'a = 1\nb = """hunter2', "line 2: expected TOML 1.0"),
    "TOML, depth": ("a.toml", "a = " + "[" * 100_000, "nested too deeply"),
    "TOML, digits": ("a.toml", "a = " + "1" * 5000, "has a number of too many digits"),
    "YAML": (
        "a.yaml",
        "a: 1\nb: *hunter2",
        "line 2: expected an anchor before its alias",
    ),
    "YAML, digits": ("a.yaml", "1" * 5000, "has a number of too many digits"),
}


@pytest.mark.parametrize(("name", "text", "why"), FLAWS.values(), ids=FLAWS.keys())
def test_what_is_not_what_its_name_says_is_refused(
    name: str, text: str, why: str, tmp_path: Path
) -> None:
    """With the file and the line, and never with the text."""
    path = write(tmp_path, text, name)
    (problem,) = told(lambda: read_tree(path))
    assert problem.startswith(f"{path}: {why}")
    assert "hunter2" not in problem


@pytest.mark.parametrize("name", ["a.json", "a.toml", "a.yaml"])
def test_no_error_travels_with_the_text(name: str, tmp_path: Path) -> None:
    """A parser's own error keeps the whole text, which error reporters would send."""
    with pytest.raises(ConfigurationError) as caught:
        read_tree(write(tmp_path, "hunter2: [", name))
    assert caught.value.__context__ is None


def test_an_absent_file_is_told() -> None:
    """With the words of the system."""
    (problem,) = told(lambda: read_text(Path("absent.toml")))
    assert problem == "absent.toml: cannot be read: No such file or directory"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Nor is anything else that cannot be read."""
    folder = tmp_path / "a.toml"
    folder.mkdir()
    assert "cannot be read: Is a directory" in told(lambda: read_text(folder))[0]


def test_a_path_with_nul_is_refused() -> None:
    """No system has one."""
    assert "has a NUL" in told(lambda: read_text(Path("a\0.toml")))[0]


@pytest.mark.parametrize("name", ["jwtgate", "jwtgate.ini", ".toml", "toml"])
def test_a_name_with_another_end_is_refused(name: str) -> None:
    """What a file is, is not guessed from its text."""
    (problem,) = told(lambda: parse_tree(Path(name), ""))
    assert problem.endswith("expected a name that ends in .toml, .json, .yaml, .yml")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """In another encoding a secret would be another."""
    path = write(tmp_path, '{"a": "\u00e9"}', encoding="latin-1")
    assert told(lambda: read_text(path)) == (f"{path}: not UTF-8",)


def test_a_file_above_the_bound_is_refused(tmp_path: Path) -> None:
    """A slip in the path must not fill the memory."""
    path = write(tmp_path, " " * (MAX_OCTETS + 1))
    assert "too large; expected 16777216 octets" in told(lambda: read_text(path))[0]


def test_a_file_may_be_as_large_as_the_bound(tmp_path: Path) -> None:
    """The bound itself is within."""
    assert read_tree(write(tmp_path, "1".rjust(MAX_OCTETS))) == 1


def test_a_name_of_json_that_occurs_twice_is_kept_in_mind() -> None:
    """It is refused later, with its place."""
    found = parse_json('{"a": 1, "a": 2}')
    assert isinstance(found, Table)
    assert found.repeated == ["a"]


@given(octets=st.binary(), name=st.sampled_from(["a.toml", "a.json", "a.yaml"]))
def test_any_octets_are_read_or_refused(
    octets: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing else comes out of a file."""
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(octets)
    try:
        read_tree(path)
    except ConfigurationError as error:
        assert str(error).startswith(f"{path}: ")  # noqa: PT017 - it need not come
