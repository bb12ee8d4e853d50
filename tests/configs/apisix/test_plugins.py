import pytest

from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.plugins import blocks, is_harmless
from jwtgate.configs.context import Context
from tests.configs.apisix.files import context, notes_in, problems_in

AT = ("routes", 0, "plugins")


def names_of(
    plugins: object, given: Context | None = None, *, of_consumer: bool = False
) -> list[str]:
    """Give the names of the blocks that are carried over."""
    found = blocks(plugins, AT, given or context(), of_consumer=of_consumer)
    return [name for name, _, _ in found]


def test_three_plugins_are_carried_over() -> None:
    """Each with its place and its block."""
    plugins = {"jwt-auth": {}, "consumer-restriction": {}, "limit-count": {"count": 1}}
    found = list(blocks(plugins, AT, context()))
    assert [name for name, _, _ in found] == list(plugins)
    assert found[2] == ("limit-count", (*AT, "limit-count"), {"count": 1})


@pytest.mark.parametrize("plugins", [None, {}])
def test_there_may_be_none(plugins: object) -> None:
    """Then nothing is told."""
    assert names_of(plugins) == []


@pytest.mark.parametrize(
    "name", ["cors", "proxy-rewrite", "prometheus", "http-logger", "real-ip"]
)
def test_a_harmless_plugin_is_dropped_with_a_note(name: str) -> None:
    """Nobody comes in without it who would be kept out."""
    given = context()
    assert names_of({name: {}}, given) == []
    assert notes_in(given) == [
        f"dropped: routes[0].plugins.{name}: is not carried over"
    ]
    assert is_harmless(name)


@pytest.mark.parametrize(
    "name",
    [
        "ip-restriction",
        "key-auth",
        "openid-connect",
        "multi-auth",
        "forward-auth",
        "limit-req",
        "redirect",
        "my-own-plugin",
    ],
)
def test_any_other_plugin_restricts(name: str) -> None:
    """Those that nobody here knows, too."""
    given = context()
    assert names_of({name: {}}, given) == []
    (problem,) = problems_in(given)
    assert problem == (
        f"routes[0].plugins.{name}: {name} restricts access and is not carried over; "
        "leave it to what does it now and name it in allow_dropped"
    )
    assert not is_harmless(name)


def test_what_restricts_may_be_dropped() -> None:
    """By name."""
    given = context(allow_dropped=["ip-restriction"])
    names_of({"ip-restriction": {}}, given)
    assert not problems_in(given)
    assert len(notes_in(given)) == 1


@pytest.mark.parametrize("name", ["cors", "ip-restriction"])
def test_a_disabled_plugin_is_none(name: str) -> None:
    """There is nothing to tell."""
    given = context()
    names_of({name: {"_meta": {"disable": True}}}, given)
    assert not problems_in(given)
    assert not notes_in(given)


@pytest.mark.parametrize("meta", [{}, {"disable": False}, "x", None])
def test_only_what_is_disabled_is_none(meta: object) -> None:
    """Whatever else is said."""
    given = context()
    names_of({"ip-restriction": {"_meta": meta}}, given)
    assert problems_in(given)


def test_a_disabled_plugin_that_is_carried_over_is_given() -> None:
    """Its block takes the place of one below it."""
    assert names_of({"jwt-auth": {"_meta": {"disable": True}}}) == ["jwt-auth"]


@pytest.mark.parametrize("name", ["key-auth", "basic-auth", "hmac-auth", "ldap-auth"])
def test_another_credential_of_a_consumer_is_dropped(name: str) -> None:
    """It lets nobody in here."""
    given = context()
    assert names_of({name: {}}, given, of_consumer=True) == []
    assert len(notes_in(given)) == 1


def test_what_restricts_a_consumer_is_a_problem() -> None:
    """As on a route."""
    given = context()
    names_of({"ip-restriction": {}}, given, of_consumer=True)
    assert len(problems_in(given)) == 1


@pytest.mark.parametrize(
    ("plugins", "why"),
    [
        ([], 'property "plugins" validation failed: wrong type'),
        ("jwt-auth", 'property "plugins" validation failed: wrong type'),
        ({"jwt-auth": None}, "invalid plugin conf for plugin [jwt-auth]"),
        ({"cors": 1}, "invalid plugin conf for plugin [cors]"),
    ],
)
def test_blocks_are_tables(plugins: object, why: str) -> None:
    """YAML writes an empty one as null, which is none."""
    with pytest.raises(InvalidEntry) as caught:
        names_of(plugins)
    assert str(caught.value) == why
