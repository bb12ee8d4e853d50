import pytest

from jwtgate import Consumer, Credential
from jwtgate.configs.apisix.consumers import Callers, read_callers
from jwtgate.configs.apisix.resources import read_resources
from jwtgate.configs.context import Context
from tests.configs.apisix.files import context, jack, jwt_auth, notes_in

GROUPS = {"gold": {"limit-count": {"count": 9, "time_window": 1}}}


def read(given: Context | None = None, /, **root: object) -> Callers:
    """Read consumers beside some groups."""
    given = given or context()
    groups = [{"id": id_, "plugins": plugins} for id_, plugins in GROUPS.items()]
    resources = read_resources({"consumer_groups": groups}, given)
    return read_callers(root, resources.groups, given)


def ids(callers: Callers) -> list[tuple[str, str | None]]:
    """Give key and id of each credential."""
    return [
        (each.key, each.id)
        for each in callers.credentials
        if isinstance(each, Credential)
    ]


def test_a_consumer_has_what_apisix_tells_of_it() -> None:
    """Its id is the username there; the custom id is a label."""
    callers = read(consumers=[jack(labels={"custom_id": "495aec6a"}, group_id="gold")])
    assert callers.consumers == (
        Consumer(id="jack", username="jack", custom_id="495aec6a", groups=("gold",)),
    )
    assert callers.by_name["jack"].group == "gold"


def test_a_custom_id_need_not_be_unique() -> None:
    """Nor is there one as a rule."""
    labels = {"custom_id": "1"}
    rows = [jack(labels=labels), {"username": "jill", "labels": labels}]
    callers = read(consumers=[*rows, {"username": "joe"}])
    assert [each.custom_id for each in callers.consumers] == ["1", "1", None]
    assert callers.by_name["joe"].group is None


def test_a_block_of_its_own_is_a_credential_without_id() -> None:
    """So that no X-Credential-Identifier is sent."""
    assert ids(read(consumers=[jack()])) == [("jack-key", None)]


ENTRY = {"id": "jack/credentials/one", "plugins": {"jwt-auth": jwt_auth(key="k1")}}
NESTED = {"id": "two", "plugins": {"jwt-auth": jwt_auth(key="k2")}}
ADC = {"name": "three", "type": "jwt-auth", "config": jwt_auth(key="k3")}


def test_credentials_come_in_three_forms() -> None:
    """Entries of their own, wherever they stand, and those in the consumer's list."""
    callers = read(consumers=[ENTRY, jack(credentials=[NESTED, ADC])])
    assert ids(callers) == [
        ("k1", "one"),
        ("jack-key", None),
        ("k2", "two"),
        ("k3", "three"),
    ]


def test_credentials_may_have_a_list_of_their_own() -> None:
    """At the top."""
    callers = read(consumers=[jack()], credentials=[ENTRY])
    assert ids(callers) == [("jack-key", None), ("k1", "one")]


def test_a_credential_of_another_plugin_is_none() -> None:
    """And is told of."""
    given = context()
    nested = {"id": "x", "plugins": {"key-auth": {"key": "k"}}}
    assert ids(read(given, consumers=[jack(plugins={}, credentials=[nested])])) == []
    (note,) = notes_in(given)
    assert note.startswith("dropped: consumers[0].credentials[0].plugins.key-auth")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({}, 'property "username" is required'),
        ({"username": "a b"}, 'property "username" validation failed: failed to match'),
        ({"username": ""}, 'property "username" validation failed: string too short'),
        (jack(group_id="none"), "failed to fetch consumer group config by id: none"),
        (jack(labels={"custom_id": ""}), 'property "labels" validation failed'),
        (jack(labels={"custom_id": "a\0"}), "names, ids and groups of a consumer go"),
        (jack(x=1), 'additional properties forbidden, found "x"'),
        (jack(credentials=[1]), 'property "credentials" validation failed'),
        (
            jack(plugins={"jwt-auth": {"key": "k"}}),
            "failed to check the configuration of plugin jwt-auth err: property",
        ),
        (
            jack(plugins={"limit-count": {}}),
            "failed to check the configuration of plugin limit-count err: property",
        ),
    ],
)
def test_an_invalid_consumer_is_left_out(entry: dict[str, object], why: str) -> None:
    """With all its credentials, those elsewhere included."""
    given = context()
    callers = read(given, consumers=[entry, ENTRY, {"username": "jill"}])
    assert [each.username for each in callers.consumers] == ["jill"]
    assert not callers.credentials
    first, second = notes_in(given)
    assert first.startswith(f"skipped: consumers[0]: {why}")
    assert second.startswith("skipped: consumers[1]: failed to get the consumer for")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"id": "jack/credentials/x"}, 'property "plugins" is required'),
        (
            {"id": "jack/credentials/x", "plugins": {"jwt-auth": {}}},
            "failed to check the configuration of plugin jwt-auth err: property",
        ),
        (
            {"id": "jill/credentials/x", "plugins": {"jwt-auth": jwt_auth()}},
            "failed to get the consumer for the credential, a wild credential has",
        ),
        (
            {"id": "jack/credentials/a\n", "plugins": {"jwt-auth": jwt_auth()}},
            "failed to check the configuration of plugin jwt-auth err: id must be",
        ),
    ],
)
def test_an_invalid_credential_is_left_out(entry: dict[str, object], why: str) -> None:
    """Alone: its consumer stays."""
    given = context()
    callers = read(given, consumers=[{"username": "jack"}, entry])
    assert len(callers.consumers) == 1
    assert not callers.credentials
    (note,) = notes_in(given)
    assert note.startswith(f"skipped: consumers[1]: {why}")


def test_an_invalid_credential_in_a_list_is_left_out() -> None:
    """Those beside it stay."""
    given = context()
    bare = {"plugins": {"jwt-auth": jwt_auth(key="k4")}}
    callers = read(given, consumers=[jack(credentials=[bare, NESTED])])
    assert ids(callers) == [("jack-key", None), ("k2", "two")]
    assert notes_in(given) == [
        'skipped: consumers[0].credentials[0]: property "id" is required'
    ]


OFF = {"jwt-auth": jwt_auth(secret="$env://NONE")}


def test_a_credential_that_is_switched_off_leaves_its_consumer() -> None:
    """It may have others."""
    off = {"id": "three", "plugins": OFF}
    callers = read(consumers=[jack(plugins=OFF, credentials=[NESTED, off])])
    assert ids(callers) == [("k2", "two")]


@pytest.mark.parametrize("id_", [None, 1, "one", "jack/credentials/", "a/b/c"])
def test_a_list_of_credentials_has_ids_with_owners(id_: object) -> None:
    """Else nobody knows whose they are."""
    given = context()
    read(given, credentials=[{**ENTRY, "id": id_}])
    assert notes_in(given) == [
        "skipped: credentials[0]: expected an id of the form USERNAME/credentials/ID"
    ]


def test_of_one_username_the_later_counts() -> None:
    """With its credentials alone."""
    given = context()
    later = jack(plugins={"jwt-auth": jwt_auth(key="new")}, labels={"custom_id": "2"})
    callers = read(given, consumers=[jack(credentials=[NESTED]), later, ENTRY])
    assert [each.custom_id for each in callers.consumers] == ["2"]
    assert ids(callers) == [("new", None), ("k1", "one")]
    assert notes_in(given) == [
        "skipped: consumers[0]: its username comes again; the later counts"
    ]


def test_of_one_key_the_later_counts() -> None:
    """Whosever it is."""
    callers = read(consumers=[jack(), {**jack(), "username": "jill"}])
    (credential,) = callers.credentials
    assert isinstance(credential, Credential)
    assert credential.consumer.username == "jill"


def test_the_plugins_of_a_group_lie_below_its_consumers_own() -> None:
    """The group's limit counts for the group."""
    own = {"limit-count": {"count": 1, "time_window": 1}}
    jill = {"username": "jill", "group_id": "gold", "plugins": own}
    callers = read(consumers=[jack(group_id="gold"), jill])
    limits = [each.carried.limit for each in callers.by_name.values()]
    assert [limit and limit.scope for limit in limits] == [
        "/consumer_groups/gold",
        "/consumers/jill",
    ]
