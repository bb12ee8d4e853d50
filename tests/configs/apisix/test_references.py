from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from jwtgate.configs.apisix.references import AsWritten, Resolved, resolve
from jwtgate.configs.context import Context
from jwtgate.masked import Secret
from jwtgate.secrets import References, Secrets
from tests.configs.apisix.files import context
from tests.secrets.fakes import Clock, Manager

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
        ("$env://JSON/e", "$env://JSON/e is empty"),
        ("$env://JSON/r", "$env://JSON/r holds a reference"),
        ("$env://HALF/a", "$env://HALF has no text 'a'"),
        ("$env://LIST/a", "$env://LIST has no text 'a'"),
        ("$env://BROKEN/a", "$env://BROKEN has no text 'a'"),
        ("$env://DEEP/a", "$env://DEEP has no text 'a'"),
        ("$secret://vault/jwt/jack/key", "$secret://vault/jwt is no secret manager"),
        ("$secret://nobody/one/secret", "$secret://nobody/one is no secret manager"),
        ("$secret://vault", "names no secret of a manager"),
        ("$secret://vault/jwt/../x/y", "has a path that cannot be"),
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


AWS, GCP, VAULT = "aws/1", "gcp/1", "vault/1"


def managed(
    text: str, kept: dict[str, Any], before: Mapping[str, Secret] = MappingProxyType({})
) -> Resolved:
    """Resolve a text where three managers keep this."""
    references = References(Path(), {}, before)
    for name in (AWS, GCP, VAULT):
        secrets = Secrets({name: Manager(**kept)}, clock=Clock())
        references.managers[name] = secrets
    return resolve({"secret": text}, AT, Context(references=references))


@pytest.mark.parametrize(
    ("text", "kept", "found"),
    [
        ("vault/1/a/b/c", {"a/b": {"c": "x"}}, "x"),
        ("gcp/1/a", {"a": "x"}, "x"),
        ("gcp/1/a/b", {"a": '{"b": "x"}'}, "x"),
        ("gcp/1/a/b/c", {"a": '{"b/c": "x"}'}, "x"),
        ("aws/1/a", {"a": "x"}, "x"),
        ("aws/1/a/b/c", {"a/b/c": "x", "a/b": '{"c": "y"}'}, "x"),
        ("aws/1/a/b/c", {"a/b": '{"c": "x"}'}, "x"),
        ("aws/1/a/b/c", {"a": '{"b/c": "x"}'}, "x"),
    ],
)
def test_a_path_is_divided_as_apisix_divides_it(
    text: str, kept: dict[str, Any], found: str
) -> None:
    """Amazon's service is asked for the longest name first."""
    resolved = managed(f"$secret://{text}", kept)
    assert resolved.block == {"secret": found}
    assert not resolved.unresolved
    assert not resolved.unavailable


def test_a_manager_that_does_not_answer_is_told_apart() -> None:
    """What it would give is not known, and may be there."""
    resolved = managed("$secret://aws/1/a/b", {"a/b": TimeoutError(), "a": "x"})
    assert resolved.block == {"secret": "$secret://aws/1/a/b"}
    assert resolved.unavailable == resolved.unresolved
    assert "does not answer" in resolved.unavailable[*AT, "secret"]


def test_what_was_known_stands_in() -> None:
    """Told as what cannot be had now."""
    text = "$secret://vault/1/a/b"
    resolved = managed(text, {"a": TimeoutError()}, {text: Secret("old")})
    assert resolved.block == {"secret": "old"}
    assert not resolved.unresolved
    assert list(resolved.unavailable) == [(*AT, "secret")]


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
