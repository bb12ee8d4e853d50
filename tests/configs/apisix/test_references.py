from pathlib import Path

import pytest

from jwtgate.configs.apisix.references import AsWritten, resolve
from jwtgate.configs.context import Context
from jwtgate.secrets import References
from tests.configs.apisix.files import context

ENVIRON = {
    "SECRET": "s3cret",
    "EMPTY": "",
    "CHAIN": "$env://SECRET",
    "JSON": '{"a": "one", "b/c": "two", "n": 1, "e": "", "r": "$env://SECRET"}',
    "HALF": '{"a": "\\ud800"}',
    "LIST": '["a"]',
    "BROKEN": "{",
    "DEEP": "[" * 100_000,
}
AT = ("consumers", 0, "plugins", "jwt-auth")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", "plain"),
        ("", ""),
        ("$5", "$5"),
        ("$env://SECRET", "s3cret"),
        ("$ENV://SECRET", "s3cret"),
        ("$Env://SECRET", "s3cret"),
        ("$env://SECRET/", "s3cret"),
        ("$ENV://JSON/a", "one"),
        ("$env://JSON/b/c", "two"),
    ],
)
def test_a_reference_is_resolved(text: str, found: str) -> None:
    """In any case of env; what follows the first slash is one member of JSON."""
    resolved = resolve({"secret": text}, AT, context(ENVIRON))
    assert resolved.block == {"secret": found}
    assert not resolved.unresolved


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$env://NONE", "$env://NONE is not set"),
        ("$env://secret", "$env://secret is not set"),
        ("$env://EMPTY", "$env://EMPTY is empty"),
        ("$env://CHAIN", "$env://CHAIN holds a reference"),
        ("$env://", "looks like a reference and is none"),
        ("$env://NONE/a", "$env://NONE is not set"),
        ("$env://JSON/x", "$env://JSON has no text 'x'"),
        ("$env://JSON/n", "$env://JSON has no text 'n'"),
        ("$env://JSON/e", "$env://JSON has no text 'e'"),
        ("$env://JSON/r", "$env://JSON has no text 'r'"),
        ("$env://HALF/a", "$env://HALF has no text 'a'"),
        ("$env://LIST/a", "$env://LIST has no text 'a'"),
        ("$env://BROKEN/a", "$env://BROKEN has no text 'a'"),
        ("$env://DEEP/a", "$env://DEEP has no text 'a'"),
        ("$secret://vault/jwt/jack/key", "is a $secret:// reference, and"),
        ("$SECRET://vault/jwt/jack/key", "looks like a reference and is none"),
        ("{vault://env/x}", "looks like a reference and is none"),
        ("$file://no-such-file", "$file://no-such-file cannot be read"),
    ],
)
def test_what_leads_nowhere_is_told(text: str, why: str) -> None:
    """And stays as it was; nothing is guessed."""
    resolved = resolve({"secret": text}, AT, context(ENVIRON))
    assert resolved.block == {"secret": text}
    ((place, told),) = resolved.unresolved.items()
    assert place == (*AT, "secret")
    assert told.startswith(why)


def test_a_reference_in_json_that_leads_nowhere_is_no_text() -> None:
    """A chain is none, whether it ends or not."""
    environ = {"JSON": '{"a": "$env://NONE"}'}
    resolved = resolve({"secret": "$env://JSON/a"}, AT, context(environ))
    assert (*AT, "secret") in resolved.unresolved


def test_references_are_resolved_at_any_depth() -> None:
    """Lists and tables included; what is no text stays."""
    block = {"_meta": {"a": ["$env://SECRET", 1]}, "n": None}
    resolved = resolve(block, AT, context(ENVIRON))
    assert resolved.block == {"_meta": {"a": ["s3cret", 1]}, "n": None}


def test_a_deep_reference_is_told_with_its_place() -> None:
    """As problems are."""
    resolved = resolve({"a": [{"b": "$env://NONE"}]}, AT, context())
    assert list(resolved.unresolved) == [(*AT, "a", 0, "b")]


def test_it_is_known_which_members_were_references() -> None:
    """Those that lead nowhere, too."""
    block = {"a": "$env://SECRET", "b": "x", "c": "$env://NONE", "d": 1}
    assert resolve(block, AT, context(ENVIRON)).referred == {"a", "c"}


def test_a_file_is_read(tmp_path: Path) -> None:
    """Relative to the folder of the configuration."""
    (tmp_path / "key.pem").write_text("PEM\n")
    given = Context(references=References(tmp_path, {}))
    resolved = resolve({"public_key": "$file://key.pem"}, AT, given)
    assert resolved.block == {"public_key": "PEM"}


def test_sentences_show_the_reference_in_place_of_the_value() -> None:
    """It may point at a secret by mistake."""
    given = context(ENVIRON)
    resolve({"realm": "$env://SECRET"}, AT, given)
    given.problems.add(("a",), "has 's3cret'")
    assert given.problems.error().problems == ("a: has '$env://SECRET'",)


def test_the_file_as_a_whole_is_read_as_written() -> None:
    """A reference outside of plugins is a text to APISIX."""
    assert AsWritten().resolve("$env://NONE") == "$env://NONE"
