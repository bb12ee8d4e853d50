from dataclasses import FrozenInstanceError
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Consumer
from jwtgate.consumer import is_named, named_by_claim
from jwtgate.quota import Quota

# Kong's name space for entities, and the one of consumers within it.
KONG = UUID("fd02801f-0957-4a15-a55a-c8d9606f30b5")
CONSUMERS = uuid5(KONG, "consumers")


def test_an_absent_id_is_kong_s_uuid5_of_the_username() -> None:
    """Every process, and every DB-less Kong, has the same one."""
    assert Consumer(username="jack").id == str(uuid5(CONSUMERS, "jack"))


def test_without_username_the_id_is_of_the_custom_id() -> None:
    """One of the two is always there."""
    assert Consumer(custom_id="495aec6a").id == str(uuid5(CONSUMERS, "495aec6a"))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_name_has_its_uuid5(name: str) -> None:
    """RFC 9562 section 5.5, as the standard library makes it."""
    assert Consumer(username=name).id == str(uuid5(CONSUMERS, name))


def test_a_given_id_is_kept() -> None:
    """Ids of a database stay."""
    assert Consumer(username="jack", id="17").id == "17"


def test_an_empty_username_does_not_name() -> None:
    """The custom_id does then."""
    consumer = Consumer(username="", custom_id="495aec6a")
    assert consumer.id == str(uuid5(CONSUMERS, "495aec6a"))


@pytest.mark.parametrize(
    "fields",
    [{}, {"username": ""}, {"id": "17"}, {"username": None, "custom_id": ""}],
    ids=["nothing", "empty", "id alone", "none and empty"],
)
def test_a_consumer_needs_a_name(fields: dict[str, Any]) -> None:
    """An app must be able to say who calls."""
    with pytest.raises(ConfigurationError, match="username or a custom_id"):
        Consumer(**fields)


@pytest.mark.parametrize("name", ["username", "custom_id", "id"])
@pytest.mark.parametrize(
    "value",
    ["a\rb", "a\nb", "a\0b", "\ud800", 5, b"jack"],
    ids=["CR", "LF", "NUL", "surrogate", "number", "octets"],
)
def test_header_injection_a_name_that_is_no_header_is_refused(
    name: str, value: object
) -> None:
    """Names and ids go into headers of the app."""
    fields: dict[str, Any] = {"username": "jack", name: value}
    with pytest.raises(ConfigurationError, match="CR, LF or NUL"):
        Consumer(**fields)


def test_header_injection_a_group_with_a_line_end_is_refused() -> None:
    """So do groups."""
    with pytest.raises(ConfigurationError, match="CR, LF or NUL"):
        Consumer(username="jack", groups=["staff\nX-Admin: 1"])


def test_a_group_has_no_comma() -> None:
    """In the header a comma separates groups."""
    with pytest.raises(ConfigurationError, match="comma"):
        Consumer(username="jack", groups=["staff,admin"])


@pytest.mark.parametrize("field", ["groups", "tags"])
@pytest.mark.parametrize("value", ["staff", ["staff", ""], [5], b"staff"], ids=repr)
def test_several_texts_are_several_texts(field: str, value: object) -> None:
    """One text would be read as its characters."""
    fields: dict[str, Any] = {field: value}
    with pytest.raises(ConfigurationError, match=field):
        Consumer(username="jack", **fields)


@pytest.mark.parametrize("field", ["groups", "tags"])
@pytest.mark.parametrize("value", [None, 5], ids=repr)
def test_a_row_with_no_texts_is_a_configuration_error(
    field: str, value: object
) -> None:
    """Rows come from databases, where NULL is common."""
    fields: dict[str, Any] = {field: value}
    with pytest.raises(ConfigurationError, match=field):
        Consumer(username="jack", **fields)


@pytest.mark.parametrize("value", [None, 1, "yes"], ids=repr)
def test_enabled_is_a_switch(value: Any) -> None:
    """A text ``"false"`` would be true."""
    with pytest.raises(ConfigurationError, match="enabled"):
        Consumer(username="jack", enabled=value)


def test_a_consumer_has_no_quota_unless_it_is_given_one() -> None:
    """The policy's holds."""
    assert Consumer(username="jack").quota is None


@pytest.mark.parametrize(
    "quota", ["3/30s", Quota(rates="3/30s")], ids=["text", "quota"]
)
def test_a_quota_may_be_a_text(quota: Quota | str) -> None:
    """It is read when the consumer is made."""
    assert Consumer(username="jack", quota=quota).quota == Quota(rates="3/30s")


@pytest.mark.parametrize("value", ["", "3", 3, True, ["3/30s"]], ids=repr)
def test_what_is_no_quota_is_refused(value: Any) -> None:
    """A consumer without the quota that was meant would have none."""
    with pytest.raises(ConfigurationError, match=r"(rates|quota) must"):
        Consumer(username="jack", quota=value)


def test_sequences_become_tuples() -> None:
    """What was handed in can change; a consumer cannot."""
    consumer = Consumer(username="jack", groups=["a", "b"], tags=iter(["t"]))  # type: ignore[arg-type]
    assert (consumer.groups, consumer.tags) == (("a", "b"), ("t",))


def test_a_consumer_cannot_be_changed() -> None:
    """It is shared between threads."""
    with pytest.raises(FrozenInstanceError):
        Consumer(username="jack").username = "jill"  # type: ignore[misc]


def test_equal_consumers_are_equal_and_hashable() -> None:
    """They are values."""
    assert len({Consumer(username="jack"), Consumer(username="jack")}) == 1


def test_a_claim_names_a_consumer_by_issuer_and_value() -> None:
    """The id is uuid5(issuer, value), below Kong's name space of consumers."""
    named = named_by_claim("issuer", "jill", Consumer(username="jack"))
    assert named.id == str(uuid5(uuid5(CONSUMERS, "issuer"), "jill"))


def test_a_named_consumer_takes_groups_and_tags_of_the_template() -> None:
    """The issuer's own consumer says what its users may."""
    template = Consumer(username="jack", custom_id="c", groups=["g"], tags=["t"])
    named = named_by_claim("issuer", "jill", template)
    assert (named.username, named.custom_id) == ("jill", None)
    assert (named.groups, named.tags) == (("g",), ("t",))


def test_a_named_consumer_has_an_issuer_and_the_template_s_quota() -> None:
    """The issuer is the key of its credential; of a store's consumers there is none."""
    template = Consumer(username="jack", quota="3/30s")
    named = named_by_claim("issuer", "jill", template)
    assert (named.issuer, named.quota) == ("issuer", Quota(rates="3/30s"))
    assert template.issuer is None


def test_a_named_consumer_of_a_template_without_quota_has_none() -> None:
    """The policy's holds."""
    assert named_by_claim("issuer", "jill", Consumer(username="jack")).quota is None


JACK = Consumer(username="jack", custom_id="495aec6a", id="17", groups=["staff"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jack", True),
        ("17", True),
        ("495aec6a", False),
        ("staff", False),
        ("Jack", False),
        ("", False),
    ],
)
def test_a_consumer_is_named_by_its_id_or_username(name: str, expected: object) -> None:
    """By nothing else, and letter by letter."""
    assert is_named(JACK, name) is expected


def test_a_consumer_without_username_is_named_by_its_id() -> None:
    """Also where that was derived from its custom_id."""
    consumer = Consumer(custom_id="jack")
    assert is_named(consumer, consumer.id)
    assert not is_named(consumer, "jack")


def test_impersonation_a_username_that_an_issuer_chose_names_nobody() -> None:
    """The id does, which no issuer can choose."""
    user = named_by_claim("issuer", "jack", JACK)
    assert not is_named(user, "jack")
    assert is_named(user, user.id)


@pytest.mark.parametrize("issuer", [5, ""], ids=repr)
def test_an_issuer_is_a_name(issuer: Any) -> None:
    """Its absence means another thing."""
    with pytest.raises(ConfigurationError, match="issuer must be a text"):
        Consumer(username="jack", issuer=issuer)


NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1)


@given(issuers=st.tuples(NAMES, NAMES), values=st.tuples(NAMES, NAMES))
def test_named_consumers_differ_where_issuer_or_value_does(
    issuers: tuple[str, str], values: tuple[str, str]
) -> None:
    """One issuer's admin is never another's."""
    template = Consumer(username="jack")
    one, two = (
        named_by_claim(issuer, value, template)
        for issuer, value in zip(issuers, values, strict=True)
    )
    same = issuers[0] == issuers[1] and values[0] == values[1]
    assert (one.id == two.id) is same
