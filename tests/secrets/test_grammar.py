import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.secrets.grammar import (
    Reference,
    is_like_a_reference,
    is_manager,
    managed,
    parse,
)


def why_not(text: str) -> str:
    """Tell why a text is no reference, though it looks like one."""
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "plain", "$", "$env", "env://A", "a $env://A", "https://x", "{}"]
)
def test_a_text_that_is_no_reference(text: str) -> None:
    """Only what begins as a reference is one."""
    assert parse(text) is None


PARSED = {
    "$env://NAME": ("env", "NAME", "", None),
    "$env://NAME/a": ("env", "NAME", "", "a"),
    "$env://NAME/a/b%2Fc": ("env", "NAME", "", "a/b/c"),
    "$file://a b/%20": ("file", "a b/%20", "", None),
    "$secret://vault/main/jack": ("secret", "vault/main", "jack", None),
    "$secret://vault/main/jack/key": ("secret", "vault/main", "jack", "key"),
    "$secret://my/1.a_b-/a/b/c": ("secret", "my/1.a_b-", "a/b", "c"),
    "$secret://aws/main/prod%2Fjack": ("secret", "aws/main", "prod/jack", None),
    "$secret://aws/main/a/b%2Fc%25": ("secret", "aws/main", "a", "b/c%"),
    "$secret://aws/main/a/..": ("secret", "aws/main", "a", ".."),
    "$secret://aws/main/s\u00e9c/%C3%A9": ("secret", "aws/main", "s\u00e9c", "\u00e9"),
}


@pytest.mark.parametrize("text", PARSED)
def test_the_parts_of_a_reference(text: str) -> None:
    """Where, which document, which member."""
    found = parse(text)
    assert found is not None
    assert (found.source, found.name, found.path, found.member) == PARSED[text]
    assert found.text == text


@pytest.mark.parametrize(
    "text",
    [
        "$ENV://NAME",
        " $env://NAME",
        "$env:/NAME",
        "$env://",
        "$ env://NAME",
        "$vault://secret/jack",
        "$SECRET://vault/1/jack",
        "{vault://env/jack}",
        "$env://NAME\nmore",
        "$secret://own/main/a\r\nX-Vault-Token: b",
    ],
)
def test_what_looks_like_a_reference_is_never_a_literal(text: str) -> None:
    """A slip in a reference would be a secret that all who read the file know."""
    assert why_not(text).startswith("looks like a reference and is none; expected $env")


@pytest.mark.parametrize("name", ["A B", "A=B", "1A", "\u00c4", "/a"])
def test_a_name_that_no_variable_has(name: str) -> None:
    """As shells have them."""
    assert "names no variable" in why_not(f"$env://{name}")


@pytest.mark.parametrize(
    "rest", ["a", "a/b", "a/b/", "/b/c", "a//c", "a b/c/d", "x" * 65 + "/b/c"]
)
def test_a_manager_without_an_entry_or_a_path(rest: str) -> None:
    """There are three parts at least."""
    assert why_not(f"$secret://{rest}").startswith("names no secret of a manager")


def test_a_path_without_an_end() -> None:
    """Servers have their own limits, and logs none."""
    assert "names no secret" in why_not(f"$secret://own/main/{'a' * 2048}")


@pytest.mark.parametrize(
    "path",
    ["..", "../x", "a/../b", "./a", "a/./b", "a%2F..%2Fb/x", "%2E%2E/x", "a%2F%2Fb/x"],
)
def test_path_traversal(path: str) -> None:
    """What lies above a prefix is out of reach, however it is written."""
    assert "a path that cannot be" in why_not(f"$secret://vault/main/{path}")


@pytest.mark.parametrize(
    "part", ["%0D%0A", "a%00", "%zz", "%", "%FF", "a//b", "", "%C2%85", "%7F"]
)
def test_line_ends_and_other_octets_in_a_path(part: str) -> None:
    """They would go into a request, or a log."""
    assert "a part that cannot be" in why_not(f"$secret://vault/main/{part}/x")


@pytest.mark.parametrize("text", ["$env://NAME/", "$env://NAME/%0A"])
def test_a_member_that_cannot_be(text: str) -> None:
    """Of a variable, too."""
    assert "a part that cannot be" in why_not(text)


@pytest.mark.parametrize("name", ["vault/main", "a/b", "A.1-_/0"])
def test_a_name_of_a_manager(name: str) -> None:
    """Two names with a slash between."""
    assert is_manager(name)


@pytest.mark.parametrize(
    "name", ["", "vault", "vault/", "/a", "a/b/c", "a b/c", 5, None, b"a/b"]
)
def test_what_is_no_name_of_a_manager(name: object) -> None:
    """Such that no reference could say it."""
    assert not is_manager(name)


PIECES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="/"),
    min_size=1,
    max_size=20,
).filter(lambda text: text.isprintable() and text not in (".", ".."))


@given(
    path=st.lists(PIECES, min_size=1, max_size=4).map("/".join),
    member=st.none() | st.lists(PIECES, min_size=1, max_size=3).map("/".join),
)
def test_what_is_written_is_read_again(path: str, member: str | None) -> None:
    """Whatever is in the path and the member."""
    found = parse(managed("own/main", path, member))
    assert isinstance(found, Reference)
    assert (found.name, found.path, found.member) == ("own/main", path, member)


@given(
    text=st.text()
    | st.tuples(
        st.sampled_from(["$env://", "$file://", "$secret://", "$secret://a/b/", "$"]),
        st.text("aB1%2Ff./ \n\0\u00e9$:", max_size=20),
    ).map("".join)
)
def test_any_text_is_a_reference_or_not_or_refused(text: str) -> None:
    """And only what does not look like one is a literal."""
    try:
        found = parse(text)
    except ConfigurationError:
        assert is_like_a_reference(text)
    else:
        assert (found is None) is not is_like_a_reference(text)
