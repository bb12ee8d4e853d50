import pytest

from jwtgate.configs.apisix.credentialforms import jwt_block, nested_id
from jwtgate.configs.apisix.entries import InvalidEntry
from tests.configs.apisix.files import context, jwt_auth, notes_in

AT = ("consumers", 1)


def test_an_entry_has_plugins() -> None:
    """One of them, as APISIX writes it."""
    table = {
        "id": "jack/credentials/one",
        "name": "one",
        "labels": {"a": "b"},
        "plugins": {"jwt-auth": jwt_auth()},
    }
    place = (*AT, "plugins", "jwt-auth")
    assert jwt_block(table, AT, context()) == (place, jwt_auth())


def test_adc_writes_type_and_config() -> None:
    """In the list of the consumer."""
    table = {
        "name": "one",
        "description": "the first",
        "type": "jwt-auth",
        "config": jwt_auth(),
    }
    assert jwt_block(table, AT, context()) == ((*AT, "config"), jwt_auth())


@pytest.mark.parametrize(
    "table",
    [
        {"id": "one", "plugins": {"key-auth": {"key": "k"}}},
        {"name": "one", "type": "key-auth", "config": {"key": "k"}},
    ],
)
def test_another_plugin_is_no_credential_here(table: dict[str, object]) -> None:
    """It lets nobody in."""
    given = context()
    assert jwt_block(table, AT, given) is None
    (note,) = notes_in(given)
    assert note.startswith("dropped: consumers[1]")


def test_no_plugin_is_no_credential() -> None:
    """There is nothing to tell."""
    given = context()
    assert jwt_block({"id": "one", "plugins": {}}, AT, given) is None
    assert not notes_in(given)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({}, 'property "plugins" is required'),
        ({"plugins": []}, 'property "plugins" validation failed: wrong type'),
        (
            {"plugins": {"jwt-auth": {}, "key-auth": {}}},
            'property "plugins" validation failed: expected one plugin',
        ),
        ({"plugins": {"jwt-auth": 1}}, "invalid plugin conf for plugin [jwt-auth]"),
        ({"plugins": {"limit-count": {}}}, "limit-count cannot be a credential"),
        ({"plugins": {}, "x": 1}, 'additional properties forbidden, found "x"'),
        ({"type": "jwt-auth"}, 'property "config" is required'),
        (
            {"type": "jwt-auth", "config": 1},
            'property "config" validation failed: wrong type',
        ),
        ({"type": 1, "config": {}}, 'property "type" validation failed: wrong type'),
    ],
)
def test_anything_else_is_invalid(table: dict[str, object], why: str) -> None:
    """In the words of APISIX's log."""
    with pytest.raises(InvalidEntry) as caught:
        jwt_block(table, AT, context())
    assert str(caught.value).startswith(why)


@pytest.mark.parametrize(
    ("table", "id_"),
    [
        ({"id": "one", "name": "two"}, "one"),
        ({"id": 1}, "1"),
        ({"name": "two"}, "two"),
        ({}, None),
    ],
)
def test_a_credential_in_a_list_has_an_id_or_a_name(
    table: dict[str, object], id_: str | None
) -> None:
    """ADC's have a name alone."""
    assert nested_id(table) == id_
