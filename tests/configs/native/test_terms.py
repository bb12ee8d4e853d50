import sys
from collections.abc import Mapping
from typing import Any

import pytest

from jwtgate import Access, Answer, Policy, Quota
from jwtgate.configs.native.terms import read_quotas, read_terms
from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import BROKEN
from jwtgate.terms import Terms

REDIS = "redis://:hunter2@localhost:6379/0"


def read(defaults: Mapping[str, object] | None = None, **members: object) -> Any:
    """Read the terms of a policy."""
    problems = Problems()
    read_terms(members, ("policy",), problems, defaults=defaults or {})
    assert problems.error().problems == ()
    return members


def told(**members: object) -> tuple[str, ...]:
    """Give the problems of the terms of a policy."""
    problems = Problems()
    read_terms(members, ("policy",), problems)
    return problems.error().problems


QUOTAS: dict[str, tuple[object, tuple[Quota, ...] | None]] = {
    "text": ("100/m", (Quota(rates="100/m"),)),
    "several rates": ("1/s, 9/m", (Quota(rates="1/s, 9/m"),)),
    "table": (
        {"rates": "1/s", "per": [], "aligned": True, "shown": False},
        (Quota(rates="1/s", per=(), aligned=True, shown=False),),
    ),
    "several": (["1/s", {"rates": "9/d"}], (Quota(rates="1/s"), Quota(rates="9/d"))),
    "none": ([], ()),
    "null": (None, None),
    "its answer": (
        {"rates": "1/s", "answer": {"status": 503}},
        (Quota(rates="1/s", answer=Answer(status=503)),),
    ),
    "its usual answer": (
        {"rates": "1/s", "answer": None},
        (Quota(rates="1/s"),),
    ),
}


@pytest.mark.parametrize(("value", "quotas"), QUOTAS.values(), ids=QUOTAS.keys())
def test_a_quota_is_read(value: object, quotas: tuple[Quota, ...] | None) -> None:
    """A text with rates, a table, or several of these."""
    assert read(quota=value)["quota"] == quotas


@pytest.mark.parametrize("value", ["1/s", {"rates": "1/s"}, ["1/s"]], ids=repr)
def test_a_quota_has_what_holds_for_all(value: object) -> None:
    """Where it does not say otherwise."""
    (quota,) = read({"storage": REDIS, "when_down": "closed"}, quota=value)["quota"]
    assert quota == Quota(rates="1/s", storage=REDIS, when_down="closed")


def test_what_a_quota_says_wins_over_what_holds_for_all() -> None:
    """One that says it counts in this process does."""
    table = {"rates": "1/s", "storage": "memory://"}
    (quota,) = read({"storage": REDIS}, quota=table)["quota"]
    assert quota.storage == "memory://"


RULE = {"allow_groups": ["staff"], "allow_methods": {"jack": ["GET"]}}
ACCESS = Access(allow_groups=("staff",), allow_methods={"jack": ("GET",)})


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        (RULE, (ACCESS,)),
        ([RULE, RULE], (ACCESS, ACCESS)),
        ([], ()),
        (None, None),
    ],
    ids=["one", "two", "none", "null"],
)
def test_access_is_read(value: object, rules: object) -> None:
    """A rule, or several."""
    assert read(access=value)["access"] == rules


def test_a_rule_has_an_answer() -> None:
    """A table in the table."""
    table = {"deny_groups": ["a"], "answer": {"status": 404, "message": "No"}}
    (rule,) = read(access=table)["access"]
    assert rule.answer == Answer(status=404, message="No")


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ({"status": 503, "body": "{}"}, Answer(status=503, body="{}")),
        ({"status": 204, "message": None}, Answer(status=204)),
        (None, None),
    ],
    ids=["body", "null message", "null"],
)
def test_a_termination_is_read(value: object, answer: Answer | None) -> None:
    """An answer."""
    assert read(termination=value)["termination"] == answer


def test_terms_of_consumers_are_read() -> None:
    """By the name of the consumer, each with the same three members."""
    table = {
        "jack": {"quota": "1/s", "access": [], "termination": {"status": 403}},
        "eve": {"quota": None},
    }
    found = read({"when_down": "closed"}, consumer_terms=table)["consumer_terms"]
    assert found == {
        "jack": Terms(
            quota=Quota(rates="1/s", when_down="closed"),
            access=(),
            termination=Answer(status=403),
        ),
        "eve": Terms(),
    }


def test_what_is_read_makes_a_policy() -> None:
    """All four together."""
    members = read(
        quota="1/s",
        access=RULE,
        termination={"status": 503},
        consumer_terms={"jack": {"quota": []}},
    )
    assert Policy(**members) == Policy(
        quota="1/s",
        access=ACCESS,
        termination=Answer(status=503),
        consumer_terms={"jack": Terms(quota=())},
    )


def test_other_members_stay() -> None:
    """They are for others to read."""
    assert read(realm="shop") == {"realm": "shop"}


RATES = 'must be such as "3/30s" or "100/m, 1000/h"'
SCHEMES = "the storage of a quota must be a URL of: memory, redis"
PROBLEMS: dict[str, tuple[dict[str, object], str]] = {
    "rates": ({"quota": "often"}, f"quota: rates {RATES}"),
    "no rates": ({"quota": ""}, f"quota: rates {RATES}"),
    "too long": ({"quota": "1/999d"}, "quota: the seconds of a rate must be a whole"),
    "its rates": ({"quota": {"rates": "often"}}, f"quota.rates: {RATES}"),
    "no quota": ({"quota": [5]}, 'quota[0]: expected a rate such as "3/30s", or a'),
    "list in a list": ({"quota": [["1/s"]]}, "quota[0]: expected a rate such as"),
    "second": ({"quota": ["1/s", "often"]}, f"quota[1]: rates {RATES}"),
    "rates missing": ({"quota": {"per": []}}, "quota.rates: is missing; expected such"),
    "unknown": (
        {"quota": {"rates": "1/s", "shwn": True}},
        "quota.shwn: unknown; did you mean shown?",
    ),
    "kind": ({"quota": {"rates": 1}}, "quota.rates: expected a text"),
    "per": ({"quota": {"rates": "1/s", "per": ["tenant"]}}, "quota.per: has 'tenant';"),
    "when down": (
        {"quota": {"rates": "1/s", "when_down": "ajar"}},
        "quota.when_down: must be one of: open, closed",
    ),
    "no url": (
        {"quota": {"rates": "1/s", "storage": "hunter2"}},
        "quota.storage: must be a URL, as memory://",
    ),
    "scheme": (
        {"quota": {"rates": "1/s", "storage": "hunter2://x"}},
        f"quota.storage: {SCHEMES}",
    ),
    "url": (
        {"quota": {"rates": "1/s", "storage": "redis://h:hunter2"}},
        "quota.storage: the URL of the storage of a quota cannot be read",
    ),
    "its answer": (
        {"quota": {"rates": "1/s", "answer": {"status": 1}}},
        "quota.answer.status: must be a whole number, 200 to 599",
    ),
    "nobody": ({"access": {}}, "access: access restricts nobody; expected one of"),
    "rule": ({"access": [5]}, "access[0]: expected a table"),
    "its unknown": (
        {"access": {"allow_group": ["a"], "deny_groups": ["b"]}},
        "access.allow_group: unknown; did you mean allow_groups?",
    ),
    "its kind": (
        {"access": {"allow_groups": "staff"}},
        "access.allow_groups: expected a list of texts",
    ),
    "empty": (
        {"access": {"allow_groups": [""]}},
        "access.allow_groups: must be texts that are not empty",
    ),
    "methods": (
        {"access": {"allow_methods": {"jack": "GET"}}},
        "access.allow_methods: expected a table of lists of methods, by consumer",
    ),
    "rule's answer": (
        {"access": {"deny_groups": ["a"], "answer": {}}},
        "access.answer.status: is missing; expected a status of HTTP",
    ),
    "status": (
        {"termination": {"status": 99}},
        "termination.status: must be a whole number, 200 to 599",
    ),
    "no status": ({"termination": {}}, "termination.status: is missing; expected"),
    "both": (
        {"termination": {"status": 503, "message": "a", "body": "b"}},
        "termination.body: goes without message",
    ),
    "content": (
        {"termination": {"status": 204, "body": "b"}},
        "termination.status: 204 has no content",
    ),
    "no terms": ({"consumer_terms": {"jack": 1}}, "consumer_terms.jack: expected a"),
    "unknown terms": (
        {"consumer_terms": {"a b": {"qota": 1}}},
        'consumer_terms["a b"].qota: unknown; did you mean quota?',
    ),
    "kind of terms": (
        {"consumer_terms": {"jack": {"access": "a"}}},
        "consumer_terms.jack.access: expected a table (a rule of access), or a",
    ),
    "quota of terms": (
        {"consumer_terms": {"jack": {"quota": ["often"]}}},
        f"consumer_terms.jack.quota[0]: rates {RATES}",
    ),
}


@pytest.mark.parametrize(("members", "problem"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_terms_that_cannot_be_are_told(
    members: dict[str, object], problem: str
) -> None:
    """With their place, and never with a storage's URL."""
    (told_,) = told(**members)
    assert told_.startswith(f"policy.{problem}")
    assert "hunter2" not in told_


def test_all_problems_of_a_quota_are_told_at_once() -> None:
    """Names, kinds, what is missing, and those of its answer."""
    table = {"per": "jack", "shwn": 1, "answer": {"body": 5}}
    places = [each.partition(":")[0] for each in told(quota=table)]
    assert places == [
        "policy.quota.shwn",
        "policy.quota.per",
        "policy.quota.answer.body",
        "policy.quota.answer.status",
        "policy.quota.rates",
    ]


def test_the_good_ones_beside_a_bad_one_are_read() -> None:
    """The file is refused all the same."""
    members: dict[str, object] = {
        "quota": ["1/s", "often"],
        "consumer_terms": {"jack": 1, "eve": {}},
    }
    read_terms(members, (), problems := Problems())
    assert members == {
        "quota": (Quota(rates="1/s"),),
        "consumer_terms": {"eve": Terms()},
    }
    assert len(problems) == 2


@pytest.mark.parametrize(
    "rates", ["hunter2", "1/s, hunter2 ", " hunter2", "hunter2'"], ids=repr
)
def test_rates_are_never_quoted(rates: str) -> None:
    """A reference there may point at a secret, of which a part would be shown."""
    problems = Problems()
    problems.references[rates] = "$env://NAME"
    read_terms({"quota": [rates, {"rates": rates}]}, (), problems)
    assert "hunter2" not in str(problems.error())
    assert len(problems) == 2


def test_a_quota_that_cannot_be_counted_is_told_with_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the library, which is an extra; a consumer's would fail when it calls."""
    monkeypatch.setitem(sys.modules, "limits", None)
    (problem,) = told(quota=["1/s"])
    assert problem.startswith("policy.quota[0]: a quota needs the library limits; pip")


def defaults(**members: object) -> tuple[Mapping[str, object], tuple[str, ...]]:
    """Read what holds for all quotas; give it and its problems."""
    problems = Problems()
    found = read_quotas(members, ("quotas",), problems)
    return found, problems.error().problems


@pytest.mark.parametrize(
    "members",
    [{}, {"storage": REDIS}, {"when_down": "closed"}, {"storage": "memory://"}],
    ids=repr,
)
def test_what_holds_for_all_quotas_is_read(members: dict[str, object]) -> None:
    """Where they count, and what it means that nothing does."""
    assert defaults(**members) == (members, ())


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "unknown": ({"store": "a"}, "store: unknown; did you mean storage?"),
    "kind": ({"storage": 5}, "storage: expected a text"),
    "no url": ({"storage": "hunter2"}, "storage: must be a URL, as memory://"),
    "scheme": ({"storage": "hunter2://x"}, f"storage: {SCHEMES}"),
    "when down": ({"when_down": "ajar"}, "when_down: must be one of: open, closed"),
}


@pytest.mark.parametrize(("members", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_hold_for_all_quotas_is_told_once(
    members: dict[str, object], problem: str
) -> None:
    """There, and not at every quota."""
    found, (told_,) = defaults(**members)
    assert found == {}
    assert told_.startswith(f"quotas.{problem}")
    assert "hunter2" not in told_


def test_what_is_broken_is_not_told_again() -> None:
    """Its reference led nowhere, which was told."""
    assert defaults(storage=BROKEN) == ({}, ())
