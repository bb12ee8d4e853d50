import datetime as dt
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Gate,
    Policy,
    RequestView,
    authenticate,
)
from jwtgate.configs import load
from jwtgate.configs.loading import FileSource
from jwtgate.watch import Watch
from tests.configs.files import consumer, credential, load_of, told, write
from tests.kit import SECRET, mint

EXAMPLES = Path(__file__).parents[2] / "examples" / "config"
FILES = [EXAMPLES / f"jwtgate.{end}" for end in ("toml", "json", "yaml")]
NAMES = [file.name for file in FILES]
ENVIRON = {"JACK_SECRET": SECRET}


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_an_example_is_a_gate(file: Path) -> None:
    """Its secret comes from the environment, its public key from beside it."""
    gate = load(file, environ=ENVIRON)
    assert gate.policy.realm == "shop"
    assert [each.key for each in listed(gate)] == ["jack-key", "reports-key"]


def listed(gate: Gate) -> Any:
    """Give the credentials of a gate that was loaded."""
    store: Any = gate.store
    return store.list_credentials().items


@pytest.mark.parametrize("file", FILES[1:], ids=NAMES[1:])
def test_the_examples_say_the_same(file: Path) -> None:
    """In three formats."""
    same, other = (load(each, environ=ENVIRON) for each in (FILES[0], file))
    assert (other.policy, listed(other)) == (same.policy, listed(same))


def test_an_example_without_its_secret_is_refused() -> None:
    """The reference does not become the secret."""
    assert told(lambda: load(FILES[0], environ={}))[0].startswith(
        "consumers[0].credentials[0].secret: $env://JACK_SECRET is not set; expected"
    )


def test_a_loaded_gate_decides(tmp_path: Path) -> None:
    """It is a gate like one that was made in code."""
    gate = load_of(tmp_path, consumers=[consumer(credentials=[credential()])])
    far = dt.datetime(2100, 1, 1, tzinfo=dt.UTC).timestamp()
    headers = [(b"authorization", b"Bearer " + mint(exp=far).encode())]
    outcome = authenticate(gate, RequestView("GET", headers=headers))
    assert isinstance(outcome, Authenticated)


def test_a_path_may_be_a_text(tmp_path: Path) -> None:
    """As everywhere in Python."""
    gate = load(str(write(tmp_path, {"version": 1})), environ={})
    assert gate.policy == Policy()


def test_the_format_may_be_named(tmp_path: Path) -> None:
    """Which is the one there is."""
    gate = load(write(tmp_path, {"version": 1}), format="native", environ={})
    assert gate.policy == Policy()


def test_another_format_is_refused() -> None:
    """Before anything is read."""
    other: Any = "nginx"
    problems = told(lambda: load("absent.toml", format=other))
    assert problems == ("format must be 'native', or None",)


def test_the_environment_is_the_process_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless another is given."""
    monkeypatch.setenv("JWTGATE_POLICY__REALM", "shop")
    assert load(write(tmp_path, {"version": 1})).policy.realm == "shop"


def test_a_file_reference_is_relative_to_the_file(tmp_path: Path) -> None:
    """Not to where the process was started."""
    (tmp_path / "realm").write_text("shop\n")
    gate = load_of(tmp_path, policy={"realm": "$file://realm"})
    assert gate.policy.realm == "shop"


def test_a_variable_may_hold_a_reference(tmp_path: Path) -> None:
    """It stands in the file's place."""
    environ = {"JWTGATE_POLICY__REALM": "$env://NAME", "NAME": "shop"}
    assert load_of(tmp_path, environ).policy.realm == "shop"


def test_a_variable_counts_for_the_policies_of_routes(tmp_path: Path) -> None:
    """Their members hold in the place of what the gate's policy has then."""
    route = {"path": "/a", "policy": {"leeway": 5}}
    gate = load_of(tmp_path, {"JWTGATE_POLICY__REALM": "shop"}, routes=[route])
    outcome = authenticate(gate, RequestView("GET", path="/a", headers=[]))
    assert outcome.response_headers[0] == ("WWW-Authenticate", 'Bearer realm="shop"')


def test_a_wrong_variable_is_told_by_its_name(tmp_path: Path) -> None:
    """The file does not have it."""
    environ = {"JWTGATE_POLICY__MODE": "off"}
    assert told(lambda: load_of(tmp_path, environ)) == (
        "JWTGATE_POLICY__MODE: must be one of: enforce, report",
    )


def test_a_name_that_occurs_twice_is_told(tmp_path: Path) -> None:
    """Though each of the two would do."""
    path = write(
        tmp_path, '{"version": 1, "policy": {"mode": "report", "mode": "enforce"}}'
    )
    problems = told(lambda: load(path, environ={}))
    assert problems == ("policy.mode: occurs twice; expected one",)


def test_a_date_of_toml_is_told(tmp_path: Path) -> None:
    """Times are seconds since the epoch."""
    path = write(tmp_path, "version = 1\npolicy.leeway = 2026-01-01", "a.toml")
    (problem,) = told(lambda: load(path, environ={}))
    assert problem.startswith("policy.leeway: is a date or a time; expected")


PLACES: dict[str, dict[str, Any]] = {
    "secret": {
        "consumers": [consumer(credentials=[{"key": "k", "secret": "$env://S"}])]
    },
    "key": {"consumers": [consumer(credentials=[{"key": "$env://S"}])]},
    "public key": {
        "consumers": [
            consumer(
                credentials=[
                    {"key": "k", "algorithm": "ES256", "public_key": "$env://S"}
                ]
            )
        ]
    },
    "username": {"consumers": [consumer(username="$env://S", enabled=5)]},
    "header": {"policy": {"header_names": ["$env://S"]}},
    "origin": {"policy": {"trusted_origins": ["$env://S"]}},
    "algorithm": {"policy": {"algorithms": ["$env://S"]}},
    "route": {"routes": [{"path": "$env://S"}]},
    "host": {"routes": [{"path": "/", "hosts": ["$env://S"]}]},
    "equal routes": {"routes": [{"path": "/", "hosts": ["$env://S"]}] * 2},
}


@pytest.mark.parametrize("members", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("secret", ["hunter 2", "hunter '2'\n", "hunter\\2"])
def test_no_error_has_a_secret(
    members: dict[str, Any], secret: str, tmp_path: Path
) -> None:
    """Wherever a reference to one was put by mistake."""
    problems = told(lambda: load_of(tmp_path, {"S": secret}, **members))
    assert not any("hunter" in each for each in problems)


TEXTS = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=20
).filter(lambda text: text.strip()[:1] not in ("$", "{"))


@settings(max_examples=50, deadline=None)
@given(
    names=st.lists(TEXTS, max_size=4, unique=True),
    realm=st.none() | st.sampled_from(["a", "b"]),
    leeway=st.integers(0, 100) | st.floats(0, 100),
)
def test_what_is_written_and_loaded_again_is_the_same(
    names: list[str],
    realm: str | None,
    leeway: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Load, write, load: the same policy and the same consumers."""
    folder = tmp_path_factory.getbasetemp()
    people = [consumer(username=name) for name in names]
    policy = {"realm": realm, "leeway": leeway}
    one = load_of(folder, policy=policy, consumers=people)
    store: Any = one.store
    found = [
        consumer(username=each.username, id=each.id)
        for each in store.list_consumers().items
    ]
    written = {"realm": one.policy.realm, "leeway": one.policy.leeway}
    again: Any = load_of(folder, policy=written, consumers=found)
    assert again.policy == one.policy
    assert again.store.list_consumers() == store.list_consumers()


@settings(max_examples=50, deadline=None)
@given(tree=st.dictionaries(st.text(), st.text() | st.integers()))
def test_a_json_object_of_no_version_is_told(
    tree: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever else it has."""
    folder = tmp_path_factory.getbasetemp()
    tree.pop("version", None)
    path = write(folder, tree)
    assert told(lambda: load(path, environ={}))


def realm_file(folder: Path, realm: object = "one", **members: object) -> Path:
    """Write a file whose policy has a realm."""
    tree = {"version": 1, "policy": {"realm": realm}, **members}
    return write(folder, tree)


def test_a_reload_reads_the_file_again(tmp_path: Path) -> None:
    """Consumers, policy and routes."""
    gate = load(realm_file(tmp_path))
    realm_file(tmp_path, "two", consumers=[consumer()])
    gate.reload()
    assert gate.policy.realm == "two"
    store: Any = gate.store
    assert store.find_consumer("jack")


def test_a_reload_of_a_broken_file_keeps_the_old_state(tmp_path: Path) -> None:
    """Every problem is told, and nothing changes."""
    gate = load(realm_file(tmp_path))
    realm_file(tmp_path, 5, consumers=[{}])
    assert len(told(gate.reload)) == 2
    assert gate.policy.realm == "one"


def test_the_version_of_a_file_changes_when_it_is_written(tmp_path: Path) -> None:
    """By its time, size or number, whichever the change shows in."""
    source = FileSource(realm_file(tmp_path), {})
    before = source.version()
    realm_file(tmp_path, "another")
    assert source.version() != before


def test_the_version_of_a_file_that_is_replaced_changes(tmp_path: Path) -> None:
    """Deployments rename a new file over the old one, of the same size and time."""
    path = realm_file(tmp_path)
    source = FileSource(path, {})
    before, stat = source.version(), path.stat()
    (tmp_path / "next").write_bytes(path.read_bytes())
    os.utime(tmp_path / "next", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (tmp_path / "next").rename(path)
    assert source.version() != before


def test_a_file_that_a_reference_names_counts(tmp_path: Path) -> None:
    """A secret is rotated by writing its file."""
    (tmp_path / "realm").write_text("one")
    source = FileSource(realm_file(tmp_path, "$file://realm"), {})
    source.read()
    before = source.version()
    (tmp_path / "realm").write_text("another")
    assert source.version() != before


def test_a_file_that_is_missing_has_a_version(tmp_path: Path) -> None:
    """It may come back."""
    source = FileSource(realm_file(tmp_path), {})
    before = source.version()
    (tmp_path / "jwtgate.json").unlink()
    missing = source.version()
    realm_file(tmp_path)
    assert before != missing
    assert source.version() not in (before, missing)


def test_a_watched_file_is_followed(tmp_path: Path) -> None:
    """Its next look takes a change over, and a broken one is kept out."""
    gate = load(realm_file(tmp_path), watch=True)
    source = FileSource(tmp_path / "jwtgate.json", {})
    source.read()
    watch = Watch(gate, source)
    realm_file(tmp_path, 5)
    assert watch.look()
    assert gate.policy.realm == "one"
    realm_file(tmp_path, "two, mended")
    assert watch.look()
    assert gate.policy.realm == "two, mended"


def test_what_is_written_while_it_is_read_is_a_change(tmp_path: Path) -> None:
    """The version that counts is that from before the reading."""
    source = FileSource(realm_file(tmp_path), {})
    source.read()
    assert source.version_read == source.version()
    realm_file(tmp_path, "another")
    assert source.version_read != source.version()


NAMES_OF_CONSUMERS = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1
    ).filter(lambda name: not name.lstrip().startswith(("$", "{"))),
    max_size=3,
    unique=True,
)
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "realm": st.sampled_from(["shop", "no", "2026-01-01", "0x10", "null", "~ ~"]),
        "leeway": st.integers(0, 99) | st.floats(0, 99),
        "query_names": st.lists(st.sampled_from(["jwt", "yes", "a b"]), unique=True),
        "csrf": st.booleans(),
        "gateway": st.sampled_from(["native", "kong", "apisix"]),
        "maximum_expiration": st.none(),
    },
)


@settings(max_examples=40, deadline=None)
@given(NAMES_OF_CONSUMERS, POLICIES, st.sets(st.sampled_from(["/a", "/b/*", "/c*"])))
def test_a_tree_that_is_written_says_the_same_in_each_notation(
    names: list[str], policy: dict[str, object], paths: set[str]
) -> None:
    """Load, write in another notation, load: the same consumers, policy and routes."""
    tree = {
        "version": 1,
        "policy": policy,
        "consumers": [
            {"username": name, "credentials": [{"key": f"k{index}", "secret": SECRET}]}
            for index, name in enumerate(names)
        ],
        "routes": [{"path": path, "public": True} for path in sorted(paths)],
    }
    with TemporaryDirectory() as folder:
        one = load(write(Path(folder), tree), environ={})
        text = yaml.safe_dump(tree)  # escaped: else PyYAML writes U+0085 as a line end
        other = load(write(Path(folder), text, "jwtgate.yaml"), environ={})
    assert (one.policy, listed(one)) == (other.policy, listed(other))
    assert [each.consumer.username for each in listed(other)] == names


def test_a_broken_file_with_references_is_told_once(tmp_path: Path) -> None:
    """Also where it does not come to its references any more."""
    (tmp_path / "realm").write_text("one")
    source = FileSource(realm_file(tmp_path, "$file://realm"), {})
    source.read()
    write(tmp_path, "{")
    with pytest.raises(ConfigurationError):
        source.read()
    assert source.version() == source.version_read


def test_a_file_is_followed_wherever_the_process_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers change their folder; the path stays what it was."""
    realm_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    gate = load("jwtgate.json")
    monkeypatch.chdir("/")
    realm_file(tmp_path, "two")
    gate.reload()
    assert gate.policy.realm == "two"
