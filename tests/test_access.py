from dataclasses import FrozenInstanceError
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Consumer
from jwtgate.access import Access, as_access
from jwtgate.answer import Answer
from jwtgate.consumer import named_by_claim

JACK = Consumer(username="jack", custom_id="495aec6a", groups=["staff", "eu"])
JILL = Consumer(username="jill", groups=["guests"])
NAMELESS = Consumer(custom_id="jack")


@pytest.mark.parametrize(
    ("fields", "passes"),
    [
        ({"allow_consumers": ["jack"]}, True),
        ({"allow_consumers": [JACK.id]}, True),
        ({"allow_consumers": ["jill", "jack"]}, True),
        ({"allow_consumers": ["jill"]}, False),
        ({"allow_consumers": ["495aec6a"]}, False),
        ({"allow_consumers": ["Jack"]}, False),
        ({"allow_consumers": ["jack "]}, False),
        ({"allow_consumers": ["staff"]}, False),
        ({"deny_consumers": ["jack"]}, False),
        ({"deny_consumers": [JACK.id]}, False),
        ({"deny_consumers": ["jill"]}, True),
        ({"allow_groups": ["staff"]}, True),
        ({"allow_groups": ["us", "eu"]}, True),
        ({"allow_groups": ["us"]}, False),
        ({"allow_groups": ["jack"]}, False),
        ({"deny_groups": ["eu"]}, False),
        ({"deny_groups": ["us", "staff"]}, False),
        ({"deny_groups": ["us"]}, True),
        ({"allow_consumers": ["jill"], "allow_groups": ["staff"]}, True),
        ({"allow_consumers": ["jack"], "allow_groups": ["us"]}, True),
        ({"allow_consumers": ["jill"], "allow_groups": ["us"]}, False),
        ({"allow_consumers": ["jack"], "deny_consumers": ["jack"]}, False),
        ({"allow_consumers": ["jack"], "deny_groups": ["eu"]}, False),
        ({"allow_groups": ["staff"], "deny_consumers": ["jack"]}, False),
        ({"allow_groups": ["staff"], "deny_groups": ["eu"]}, False),
        ({"allow_consumers": ["jill"], "deny_consumers": ["jim"]}, False),
    ],
    ids=str,
)
def test_the_lists_say_who_may_pass(fields: dict[str, Any], passes: object) -> None:
    """Denied is denied; with a list of the allowed, the others may not."""
    assert Access(**fields).allows(JACK, "GET") is passes


def test_a_consumer_without_a_username_is_named_by_its_id() -> None:
    """Its custom_id is no name, even where that looks like one."""
    assert not Access(allow_consumers=["jack"]).allows(NAMELESS, "GET")
    assert Access(allow_consumers=[NAMELESS.id]).allows(NAMELESS, "GET")


@pytest.mark.parametrize(
    ("fields", "method", "passes"),
    [
        ({"allow_methods": {"jack": ["GET", "HEAD"]}}, "GET", True),
        ({"allow_methods": {"jack": ["GET", "HEAD"]}}, "POST", False),
        ({"allow_methods": {"jack": ["GET"]}}, "get", False),
        ({"allow_methods": {"jack": ["GET"]}}, "HEAD", False),
        ({"allow_methods": {"jack": ["GET"]}}, "", False),
        ({"allow_methods": {"jack": []}}, "GET", False),
        ({"allow_methods": {JACK.id: ["GET"]}}, "POST", False),
        ({"allow_methods": {"jack": ["GET"], JACK.id: ["POST"]}}, "GET", False),
        ({"allow_methods": {"jill": ["GET"]}}, "POST", True),
        (
            {"allow_methods": {"jack": ["GET"]}, "allow_consumers": ["jack"]},
            "POST",
            True,
        ),
        ({"allow_methods": {"jack": ["GET"]}, "allow_groups": ["eu"]}, "POST", True),
        ({"allow_methods": {"jack": ["GET"]}, "allow_groups": ["us"]}, "GET", False),
        ({"allow_methods": {"jack": ["GET"]}, "deny_groups": ["eu"]}, "GET", False),
        ({"allow_methods": {"jack": ["GET"]}, "deny_groups": ["us"]}, "POST", False),
    ],
    ids=str,
)
def test_methods_are_allowed_by_consumer(
    fields: dict[str, Any], method: str, passes: object
) -> None:
    """Who is not named may use all, unless the lists refuse; who is allowed, too."""
    assert Access(**fields).allows(JACK, method) is passes


USER = named_by_claim("partner-key", "jack", Consumer(username="partner"))


@pytest.mark.parametrize(
    "access",
    [
        Access(allow_consumers=["jack"]),
        Access(allow_consumers=[JACK.id]),
        Access(allow_consumers=["jack"], allow_groups=["staff"]),
        Access(allow_consumers=["partner"]),
        Access(allow_consumers=["partner-key"]),
        Access(allow_consumers=["jack"], allow_methods={"jack": ["GET"]}),
    ],
    ids=["username", "id", "groups", "template", "issuer", "methods"],
)
def test_impersonation_an_issuer_s_user_is_not_the_consumer_of_that_name(
    access: Access,
) -> None:
    """The issuer chose the username: it could be any that is allowed."""
    assert not access.allows(USER, "GET")


def test_an_issuer_s_user_is_allowed_by_its_id() -> None:
    """The id tells the issuer, too."""
    access = Access(allow_consumers=[USER.id])
    assert access.allows(USER, "GET")
    other = named_by_claim("other-key", "jack", Consumer(username="partner"))
    assert not access.allows(other, "GET")


def test_an_issuer_s_user_is_denied_by_its_id() -> None:
    """Even where its groups are allowed."""
    user = named_by_claim("partner-key", "jack", JACK)
    access = Access(deny_consumers=[user.id], allow_groups=["staff"])
    assert not access.allows(user, "GET")


def test_an_issuer_s_users_are_in_the_groups_of_its_own_consumer() -> None:
    """Which is how all of them are allowed, or denied."""
    user = named_by_claim("partner-key", "jill", JACK)
    assert Access(allow_groups=["staff"]).allows(user, "GET")
    assert not Access(deny_groups=["staff"]).allows(user, "GET")


def test_the_methods_of_a_consumer_are_not_those_of_an_issuer_s_user() -> None:
    """By its id it has its own."""
    access = Access(allow_methods={"jack": ["GET"], USER.id: ["POST"]})
    assert [access.allows(USER, method) for method in ("GET", "POST")] == [False, True]
    assert [access.allows(JACK, method) for method in ("GET", "POST")] == [True, False]


GROUPS = ("staff", "eu", "us")
NAMES = ("jack", "jill", "partner", "partner-key", JACK.id, USER.id)

some_names = st.lists(st.sampled_from(NAMES), max_size=3)
some_groups = st.lists(st.sampled_from(GROUPS), max_size=2)
accesses = st.builds(
    Access,
    allow_consumers=some_names,
    deny_consumers=some_names,
    allow_groups=some_groups,
    deny_groups=some_groups,
    allow_methods=st.dictionaries(
        st.sampled_from(NAMES), st.just(["GET"]), min_size=1, max_size=3
    ),
)


@given(
    access=accesses,
    groups=some_groups,
    value=st.sampled_from(NAMES) | st.text("abj", min_size=1),
    method=st.sampled_from(["GET", "POST"]),
)
def test_impersonation_what_an_issuer_calls_its_user_allows_nothing(
    access: Access, groups: list[str], value: str, method: str
) -> None:
    """Whoever has that id and those groups may the same at least, by no known name."""
    template = Consumer(username="partner", groups=groups)
    user = named_by_claim("partner-key", value, template)
    nobody = Consumer(id=user.id, username="nobody", groups=groups)
    assert access.allows(user, method) <= access.allows(nobody, method)


def test_a_denied_name_denies_an_issuer_s_user_of_that_name() -> None:
    """To deny too much is the safe side."""
    user = named_by_claim("partner-key", "mallory", Consumer(username="partner"))
    assert not Access(deny_consumers=["mallory"]).allows(user, "GET")


@given(
    access=accesses,
    value=st.sampled_from(NAMES),
    method=st.sampled_from(["GET", "POST"]),
)
def test_an_issuer_s_user_whose_id_is_denied_never_passes(
    access: Access, value: str, method: str
) -> None:
    """Whatever else is allowed, and whatever it is called."""
    user = named_by_claim("partner-key", value, Consumer(username="p", groups=GROUPS))
    denied = Access(
        allow_consumers=[*access.allow_consumers, user.id],
        deny_consumers=[*access.deny_consumers, user.id],
        allow_groups=access.allow_groups,
        allow_methods=access.allow_methods,
    )
    assert not denied.allows(user, method)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"answer": Answer(status=404)},
        {"allow_consumers": [], "deny_groups": ()},
        {"allow_methods": {}},
    ],
    ids=str,
)
def test_a_rule_that_restricts_nobody_is_refused(fields: dict[str, Any]) -> None:
    """A list that came out empty would let all pass."""
    with pytest.raises(ConfigurationError, match="access restricts nobody"):
        Access(**fields)


LISTS = ["allow_consumers", "deny_consumers", "allow_groups", "deny_groups"]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("value", ["jack", [""], [5], None, 5], ids=repr)
def test_a_list_is_several_texts(name: str, value: object) -> None:
    """One text would be read as its characters."""
    fields: dict[str, Any] = {name: value}
    with pytest.raises(ConfigurationError, match=f"{name} must be"):
        Access(**fields)


@pytest.mark.parametrize(
    "value",
    [None, 5, ["jack"], "jack", {"": ["GET"]}, {5: ["GET"]}, [("jack", ["GET"])]],
    ids=repr,
)
def test_methods_are_a_table_by_name(value: Any) -> None:
    """Of texts that are not empty."""
    with pytest.raises(ConfigurationError, match="methods by consumer"):
        Access(allow_methods=value)


@pytest.mark.parametrize("methods", ["GET", None, [5], [""]], ids=repr)
def test_the_methods_of_a_consumer_are_several_texts(methods: Any) -> None:
    """``in`` a text would find a part of it."""
    with pytest.raises(ConfigurationError, match="allow_methods must be"):
        Access(allow_methods={"jack": methods})


@pytest.mark.parametrize("value", [403, "no", {"status": 403}], ids=repr)
def test_an_answer_is_an_answer(value: Any) -> None:
    """Or left to the reason."""
    with pytest.raises(ConfigurationError, match="answer must be an Answer"):
        Access(deny_groups=["a"], answer=value)


def test_what_was_handed_in_may_change_and_a_rule_does_not() -> None:
    """It is shared between threads."""
    names, methods = ["jack"], {"jack": ["GET"]}
    access = Access(allow_consumers=names, allow_methods=methods)
    names.append("jill")
    methods["jack"].append("POST")
    methods.clear()
    assert access.allow_consumers == ("jack",)
    assert access.allow_methods == {"jack": ("GET",)}
    assert isinstance(access.allow_methods, MappingProxyType)


def test_a_rule_cannot_be_changed() -> None:
    """Who may pass is settled when it is made."""
    with pytest.raises(FrozenInstanceError):
        Access(deny_groups=["a"]).deny_groups = ()  # type: ignore[misc]


def test_equal_rules_are_equal_and_hashable() -> None:
    """They are values."""
    rules = [Access(allow_methods={"jack": ["GET"]}) for _ in range(2)]
    assert len(set(rules)) == 1


RULE = Access(deny_groups=["a"])


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        (None, ()),
        ((), ()),
        ([], ()),
        (RULE, (RULE,)),
        ([RULE, RULE], (RULE, RULE)),
        ((RULE,), (RULE,)),
    ],
    ids=["none", "no tuple", "no list", "one", "a list", "a tuple"],
)
def test_one_rule_or_several_become_a_tuple(
    value: object, rules: tuple[Access, ...]
) -> None:
    """None is none."""
    assert as_access(value) == rules


@pytest.mark.parametrize(
    "value", ["jack", 5, False, {}, [None], [RULE, "jack"], [[RULE]]], ids=repr
)
def test_what_is_no_rule_is_refused(value: object) -> None:
    """Nothing falls away in silence."""
    with pytest.raises(
        ConfigurationError, match="access must be an Access, or several"
    ):
        as_access(value)
