import pytest

from jwtgate.configs.apisix.sections import tell_sections
from tests.configs.apisix.files import context, notes_in, problems_in


@pytest.mark.parametrize(
    "name",
    [
        "routes",
        "services",
        "plugin_configs",
        "global_rules",
        "consumers",
        "consumer_groups",
        "credentials",
        "secrets",
    ],
)
def test_what_is_read_needs_no_note(name: str) -> None:
    """Each entry has its own."""
    given = context()
    tell_sections({name: [{}]}, given)
    assert not notes_in(given)


@pytest.mark.parametrize(
    "name",
    [
        "upstreams",
        "ssls",
        "protos",
        "stream_routes",
        "plugin_metadata",
        "plugins",
    ],
)
def test_what_is_not_read_is_told(name: str) -> None:
    """With how many there are."""
    given = context()
    tell_sections({name: [{"name": "jwt-auth"}, {}]}, given)
    (note,) = notes_in(given)
    assert note.startswith(f"dropped: {name}: 2 not carried over: ")


@pytest.mark.parametrize("found", [None, [], {}, "x"])
@pytest.mark.parametrize("name", ["upstreams", "plugins", "plugin_metadata"])
def test_nothing_is_told_of_nothing(name: str, found: object) -> None:
    """Empty lists are none."""
    given = context()
    tell_sections({name: found}, given)
    assert not notes_in(given)


def test_an_unknown_name_is_told() -> None:
    """It may be a slip."""
    given = context()
    tell_sections({"consumer": []}, given)
    assert notes_in(given) == ["dropped: consumer: unknown; did you mean consumers?"]


def test_strictly_it_is_a_problem() -> None:
    """As in jwtgate's own files."""
    given = context(strict=True)
    tell_sections({"consumer": []}, given)
    assert problems_in(given) == ("consumer: unknown; did you mean consumers?",)


def test_names_of_headers_stay() -> None:
    """Metadata of limit-count renames them in APISIX."""
    given = context()
    root = {"plugin_metadata": [1, {"id": "syslog"}, {"id": "limit-count"}]}
    tell_sections(root, given)
    _, note = notes_in(given)
    assert note.startswith("dropped: plugin_metadata[2]: the headers keep their names")


@pytest.mark.parametrize(
    ("plugins", "told"),
    [([{"name": "jwt-auth"}], False), ([{"name": "cors"}], True), (["jwt-auth"], True)],
)
def test_a_list_without_jwt_auth_is_told(plugins: object, told: bool) -> None:  # noqa: FBT001 - a column
    """APISIX would guard nothing then."""
    given = context()
    tell_sections({"plugins": plugins}, given)
    assert (
        any(note.startswith("warning: plugins: ") for note in notes_in(given)) is told
    )
