from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import Consumer, Policy
from jwtgate.upstream import anonymous_headers, authenticated_headers
from tests.kit import KEY, credential

JACK = Consumer(id="17", username="jack", custom_id="495", groups=("staff", "ops"))
VIEW = credential(id="c1").view
NATIVE, KONG, APISIX = Policy(), Policy.kong(), Policy.apisix()


def test_natively_the_app_learns_all() -> None:
    """Where there is a value."""
    assert authenticated_headers(JACK, VIEW, NATIVE) == (
        ("X-Consumer-ID", "17"),
        ("X-Consumer-Custom-ID", "495"),
        ("X-Consumer-Username", "jack"),
        ("X-Consumer-Groups", "staff, ops"),
        ("X-Credential-Identifier", KEY),
    )


def test_kong_sets_no_groups() -> None:
    """They are its acl plugin's business; see below."""
    assert authenticated_headers(JACK, VIEW, KONG) == (
        ("X-Consumer-ID", "17"),
        ("X-Consumer-Custom-ID", "495"),
        ("X-Consumer-Username", "jack"),
        ("X-Credential-Identifier", KEY),
    )


def test_apisix_names_the_credential_by_its_id() -> None:
    """And has no id of the consumer."""
    assert authenticated_headers(JACK, VIEW, APISIX) == (
        ("X-Consumer-Custom-ID", "495"),
        ("X-Consumer-Username", "jack"),
        ("X-Credential-Identifier", "c1"),
    )


def test_apisix_names_no_credential_without_id() -> None:
    """Nothing stands in for it."""
    headers = dict(authenticated_headers(JACK, credential().view, APISIX))
    assert "X-Credential-Identifier" not in headers


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        (
            NATIVE,
            [
                "X-Consumer-ID",
                "X-Consumer-Custom-ID",
                "X-Consumer-Username",
                "X-Consumer-Groups",
                "X-Anonymous-Consumer",
            ],
        ),
        (
            KONG,
            [
                "X-Consumer-ID",
                "X-Consumer-Custom-ID",
                "X-Consumer-Username",
                "X-Anonymous-Consumer",
            ],
        ),
        (APISIX, ["X-Consumer-Username"]),
    ],
    ids=["native", "kong", "apisix"],
)
def test_the_anonymous_consumer_has_the_gateway_s_headers(
    policy: Policy, names: list[str]
) -> None:
    """Never a credential's."""
    assert [name for name, _ in anonymous_headers(JACK, policy)] == names


GROUPS = ("X-Consumer-Groups", "staff, ops")
TOLD = [Policy(), Policy.kong(groups_header=True), Policy.apisix(groups_header=True)]
UNTOLD = [Policy(groups_header=False), KONG, APISIX]
by_gateway = ["native", "kong", "apisix"]


@pytest.mark.parametrize("policy", TOLD, ids=by_gateway)
def test_a_policy_may_tell_the_groups(policy: Policy) -> None:
    """As Kong's acl plugin does; natively it is the default."""
    assert GROUPS in authenticated_headers(JACK, VIEW, policy)
    assert GROUPS in anonymous_headers(JACK, policy)


@pytest.mark.parametrize("policy", UNTOLD, ids=by_gateway)
def test_a_policy_may_keep_the_groups(policy: Policy) -> None:
    """As Kong's hide_groups_header does; in the gateways it is the default."""
    assert GROUPS not in authenticated_headers(JACK, VIEW, policy)
    assert GROUPS not in anonymous_headers(JACK, policy)


def test_the_anonymous_consumer_is_marked() -> None:
    """By the word that Kong has."""
    assert ("X-Anonymous-Consumer", "true") in anonymous_headers(JACK, NATIVE)


def test_what_is_absent_sets_no_header() -> None:
    """An empty header would be read as a name."""
    consumer = Consumer(username="jill")
    names = [name for name, _ in authenticated_headers(consumer, VIEW, NATIVE)]
    assert names == ["X-Consumer-ID", "X-Consumer-Username", "X-Credential-Identifier"]


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: not set(name) & set("\r\n\0")
)


@given(name=NAMES)
def test_any_name_becomes_a_printable_header_and_can_be_read_back(name: str) -> None:
    """Non-ASCII is percent-encoded UTF-8, so no two consumers share a value."""
    headers = dict(authenticated_headers(Consumer(username=name), VIEW, NATIVE))
    value = headers["X-Consumer-Username"]
    assert value.isascii()
    assert value.isprintable()
    assert unquote(value) == name
