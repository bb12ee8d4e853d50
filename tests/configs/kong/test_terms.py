from typing import Any

import pytest

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.context import Context
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.terms import Rule, read_acl, read_termination
from tests.configs.kong.kit import context, sentences


def plugin(name: str, config: dict[str, Any]) -> Plugin:
    """Give a plugin."""
    place = ("plugins", 0, "config")
    return Plugin(name=name, at=("plugins", 0), configs=((place, config),))


def acl(given: Context | None = None, **config: Any) -> Rule | None:
    """Read an acl plugin."""
    return read_acl(plugin("acl", config), given or context())


def acl_told(**config: Any) -> tuple[str, ...]:
    """Give the problems of an acl plugin."""
    given = context()
    assert acl(given, **config) is None
    return sentences(given.problems)


def terminated(given: Context | None = None, **config: Any) -> Answer | None:
    """Read a request-termination plugin."""
    return read_termination(plugin("request-termination", config), given or context())


def termination_told(**config: Any) -> tuple[str, ...]:
    """Give the problems of a request-termination plugin."""
    given = context()
    assert terminated(given, **config) is None
    return sentences(given.problems)


@pytest.mark.parametrize("name", ["allow", "whitelist"])
def test_groups_may_pass(name: str) -> None:
    """By the old name, too."""
    config: dict[str, Any] = {name: ["a", "b"]}
    assert acl(**config) == Rule(
        access=Access(allow_groups=("a", "b")), tells_groups=True
    )


@pytest.mark.parametrize("name", ["deny", "blacklist"])
def test_groups_may_not_pass(name: str) -> None:
    """By the old name, too."""
    config: dict[str, Any] = {name: ["a"], "allow": None}
    assert acl(**config) == Rule(access=Access(deny_groups=("a",)), tells_groups=True)


@pytest.mark.parametrize("hides", [True, False])
def test_the_app_is_told_groups_unless_hidden(hides: bool) -> None:  # noqa: FBT001 - a column
    """As in Kong."""
    rule = acl(allow=["a"], hide_groups_header=hides)
    assert rule is not None
    assert rule.tells_groups is not hides


ACLS: dict[str, tuple[dict[str, Any], str]] = {
    "neither": ({}, ": at least one of these fields must be non-empty: 'config.allow'"),
    "empty": ({"allow": []}, ": at least one of these fields must be non-empty: "),
    "both": (
        {"allow": ["a"], "deny": ["b"]},
        ": only one of these fields must be non-empty: 'config.allow', 'config.deny'",
    ),
    "old and new": (
        {"allow": ["a"], "blacklist": ["b"]},
        ": only one of these fields must be non-empty: ",
    ),
    "array": ({"allow": "a"}, ".config.allow: expected an array"),
    "member": ({"deny": [1]}, ".config.deny[0]: expected a string"),
    "unknown": ({"allow_when": ["a"]}, ".config.allow_when: unknown field"),
    "switch": (
        {"allow": ["a"], "hide_groups_header": None},
        ".config.hide_groups_header: required field missing",
    ),
}


@pytest.mark.parametrize(("config", "problem"), ACLS.values(), ids=ACLS.keys())
def test_an_acl_that_cannot_be_is_told(config: dict[str, Any], problem: str) -> None:
    """In Kong's words."""
    (sentence,) = acl_told(**config)
    assert sentence.startswith(f"plugins[0]{problem}")


def test_consumer_groups_that_may_pass_are_noted() -> None:
    """Without them fewer pass."""
    given = context()
    assert acl(given, allow=["a"], include_consumer_groups=True) is not None
    assert str(given.notes.report()) == (
        "dropped: plugins[0].config.include_consumer_groups: consumer groups are not "
        "read: fewer may pass"
    )


def test_consumer_groups_that_may_not_pass_are_refused() -> None:
    """Without them more would."""
    (problem,) = acl_told(deny=["a"], include_consumer_groups=True)
    assert problem.startswith(
        "plugins[0].config.include_consumer_groups: consumer groups are not read; leave"
    )


def test_an_acl_may_be_dropped() -> None:
    """Where something of it is not carried over, the whole of it goes."""
    given = context(allow_dropped=frozenset({"acl"}))
    assert acl(given, deny=["a"], include_consumer_groups=True) is None
    assert not given.problems
    assert len(given.notes.report()) == 1


def test_groups_of_other_plugins_are_no_matter() -> None:
    """A token gives none."""
    given = context()
    assert acl(given, allow=["a"], always_use_authenticated_groups=True) is not None
    assert not given.notes.report()


ANSWERS: dict[str, tuple[dict[str, Any], Answer]] = {
    "default": ({}, Answer(status=503, message="Service unavailable")),
    "null": ({"status_code": None}, Answer(status=503, message="Service unavailable")),
    "401": ({"status_code": 401}, Answer(status=401, message="Unauthorized")),
    "404": ({"status_code": 404}, Answer(status=404, message="Not found")),
    "405": ({"status_code": 405}, Answer(status=405, message="Method not allowed")),
    "500": (
        {"status_code": 500},
        Answer(status=500, message="An unexpected error occurred"),
    ),
    "502": ({"status_code": 502}, Answer(status=502, message="Bad Gateway")),
    "other": ({"status_code": 403}, Answer(status=403, body="")),
    "no content": ({"status_code": 204}, Answer(status=204, body="")),
    "as a float": ({"status_code": 403.0}, Answer(status=403, body="")),
    "message": (
        {"status_code": 403, "message": "no"},
        Answer(status=403, message="no"),
    ),
    "body": ({"body": "<p>"}, Answer(status=503, body="<p>")),
    "type": (
        {"body": "<p>", "content_type": "text/html"},
        Answer(status=503, body="<p>", content_type="text/html"),
    ),
    "no echo": ({"echo": False}, Answer(status=503, message="Service unavailable")),
}


@pytest.mark.parametrize(("config", "answer"), ANSWERS.values(), ids=ANSWERS.keys())
def test_everyone_is_answered(config: dict[str, Any], answer: Answer) -> None:
    """What Kong would answer."""
    assert terminated(**config) == answer


TERMINATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "message and body": (
        {"message": "a", "body": "b"},
        ": message cannot be used with content_type or body",
    ),
    "message and type": (
        {"message": "a", "content_type": "b"},
        ": message cannot be used with content_type or body",
    ),
    "type": ({"content_type": "text/html"}, ": content_type requires a body"),
    "low": ({"status_code": 99}, ".status_code: value should be between 100 and 599"),
    "high": ({"status_code": 600}, ".status_code: value should be between 100 and"),
    "whole": ({"status_code": 401.5}, ".status_code: expected an integer"),
    "early": ({"status_code": 100}, ".status_code: must be a whole number, 200 to 599"),
    "content": ({"status_code": 304, "body": "a"}, ".status_code: 304 has no content"),
    "header": (
        {"body": "a", "content_type": "a\nb"},
        ": content_type must be printable ASCII",
    ),
    "kind": ({"message": 1}, ".message: expected a string"),
    "unknown": ({"headers": {}}, ".headers: unknown field"),
    "echo": ({"echo": True}, ".echo: echo is not carried over; leave"),
    "trigger": ({"trigger": "a"}, ".trigger: trigger is not carried over; leave"),
}


@pytest.mark.parametrize(
    ("config", "problem"), TERMINATIONS.values(), ids=TERMINATIONS.keys()
)
def test_a_termination_that_cannot_be_is_told(
    config: dict[str, Any], problem: str
) -> None:
    """In Kong's words, where it has some."""
    (sentence,) = termination_told(**config)
    assert sentence.startswith(f"plugins[0].config{problem}")


def test_a_termination_may_be_dropped() -> None:
    """Where something of it is not carried over, the whole of it goes."""
    given = context(allow_dropped=frozenset({"request-termination"}))
    assert terminated(given, echo=True) is None
    assert not given.problems
