import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Answer,
    Authenticated,
    Consumer,
    Gate,
    Policy,
    Quota,
    RequestView,
    authenticate,
)
from jwtgate.configs import load
from jwtgate.terms import Terms
from tests.configs.files import consumer, credential, load_of, told, write
from tests.kit import SECRET, clock, mint

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


KONG = {"_format_version": "3.0", "consumers": [{"username": "jack"}]}
APISIX = {"routes": [], "consumers": [{"username": "jack"}]}
FORMATS: dict[str, tuple[str, object, str]] = {
    "native": ("a.json", {"version": 1}, "jwtgate"),
    "native by its end": ("a.toml", "version = 1", "jwtgate"),
    "kong": ("a.json", KONG, "kong"),
    "apisix": ("a.json", APISIX, "apisix"),
    "apisix with variables": (
        "a.yaml",
        "consumers: [{username: ${{A}}}]\nroutes: []\n#END\n",
        "apisix",
    ),
}


@pytest.mark.parametrize(
    ("name", "content", "dialect"), FORMATS.values(), ids=FORMATS.keys()
)
def test_a_file_tells_its_format(
    name: str, content: object, dialect: str, tmp_path: Path
) -> None:
    """Kong's and jwtgate's have a version each, of another name."""
    gate = load(write(tmp_path, content, name), environ={"A": "jack"})
    assert gate.policy.dialect.name == dialect


@pytest.mark.parametrize(
    ("format_", "content"),
    [("native", {"version": 1}), ("kong", KONG), ("apisix", APISIX)],
)
def test_the_format_may_be_named(format_: Any, content: object, tmp_path: Path) -> None:
    """As the one it is."""
    path = write(tmp_path, content)
    assert (
        load(path, format=format_, environ={}).policy == load(path, environ={}).policy
    )


def test_a_file_of_another_format_than_named_is_refused(tmp_path: Path) -> None:
    """It is read as what was said."""
    path = write(tmp_path, KONG)
    problems = told(lambda: load(path, format="native", environ={}))
    assert problems[-1] == "version: is missing; expected 1"


@pytest.mark.parametrize("other", ["nginx", "", "Kong", ["kong"], 5], ids=repr)
def test_another_format_is_refused(other: Any) -> None:
    """Before anything is read."""
    problems = told(lambda: load("absent.toml", format=other))
    assert problems == ("format must be one of: native, kong, apisix, or None",)


def test_one_text_is_not_taken_for_names_of_plugins() -> None:
    """It would be so many plugins of one letter."""
    problems = told(lambda: load("absent.toml", allow_dropped="ip-restriction"))
    assert problems == ("allow_dropped must be several names, not one text",)


RESTRICTED = {
    **KONG,
    "plugins": [{"name": "ip-restriction", "config": {"allow": ["10.0.0.0/8"]}}],
}


def test_a_plugin_that_restricts_is_not_left_out_unasked(tmp_path: Path) -> None:
    """Its name is told."""
    path = write(tmp_path, RESTRICTED)
    assert "ip-restriction" in told(lambda: load(path, environ={}))[0]


@pytest.mark.parametrize("names", [["ip-restriction"], {"ip-restriction"}], ids=repr)
def test_a_plugin_that_restricts_may_be_left_out(names: Any, tmp_path: Path) -> None:
    """What was left out is told, and asked for again by a reload."""
    gate = load(write(tmp_path, RESTRICTED), environ={}, allow_dropped=names)
    gate.reload()
    assert "ip-restriction" in str(list(gate.load_report))


SKIPPED = {
    "consumers": [{"username": "jack", "plugins": {"jwt-auth": {"key": 5}}}],
    "routes": [],
}


def test_an_entry_that_apisix_skips_is_skipped(tmp_path: Path) -> None:
    """And told."""
    gate = load(write(tmp_path, SKIPPED), environ={})
    assert [note.kind for note in gate.load_report] == ["skipped"]


def test_an_entry_that_apisix_skips_is_refused_by_a_strict_load(
    tmp_path: Path,
) -> None:
    """With its place."""
    path = write(tmp_path, SKIPPED)
    problems = told(lambda: load(path, environ={}, strict=True))
    assert problems[0].startswith("consumers[0]")


LIMITED = {"policy": {"quota": "1/m"}}
REDIS = "redis://localhost:6379/0"


def test_quotas_count_where_a_load_says(tmp_path: Path) -> None:
    """In a reload, too."""
    path = write(tmp_path, {"version": 1, **LIMITED})
    gate = load(path, environ={}, quota_storage=REDIS)
    gate.reload()
    assert gate.policy.quota == (Quota(rates="1/m", storage=REDIS, scope="gate"),)


STORAGES = [
    "hunter2",
    "hunter2://localhost",
    "redis://:hunter2@localhost:port",
    "redis://localhost?hunter2=x&socket_timeout=hunter2",
    "",
]


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("members", [{}, LIMITED], ids=["no quota", "quota"])
def test_a_storage_that_cannot_be_is_refused(
    storage: str, members: dict[str, object], tmp_path: Path
) -> None:
    """The URL, which may have a password, is never shown."""
    path = write(tmp_path, {"version": 1, **members})
    (problem,) = told(lambda: load(path, environ={}, quota_storage=storage))
    assert problem.startswith("quota_storage: ")
    assert "hunter2" not in problem


def test_a_gate_goes_by_the_clock_that_was_given(tmp_path: Path) -> None:
    """After a reload, too."""
    people = [consumer(credentials=[credential()])]
    path = write(tmp_path, {"version": 1, "consumers": people})
    gate = load(path, environ={}, clock=clock)
    gate.reload()
    headers = [(b"authorization", b"Bearer " + mint().encode())]
    outcome = authenticate(gate, RequestView("GET", headers=headers))
    assert isinstance(outcome, Authenticated)


POLICY_VARIABLES: dict[str, tuple[str, object]] = {
    "QUOTA": ("100/m", Policy(quota=Quota(rates="100/m", scope="gate"))),
    "ACCESS": (
        '{"allow_groups": ["a"]}',
        Policy(access=Access(allow_groups=("a",))),
    ),
    "TERMINATION": ('{"status": 503}', Policy(termination=Answer(status=503))),
    "CONSUMER_TERMS": (
        '{"jack": {"access": []}}',
        Policy(consumer_terms={"jack": Terms(access=())}),
    ),
    "ANONYMOUS": (
        '{"username": "a", "quota": "1/s"}',
        Policy(anonymous=Consumer(username="a", quota="1/s")),
    ),
    "GROUPS_HEADER": ("false", Policy(groups_header=False)),
    "ERROR_RESPONSE": ("denied", Policy(error_response="denied")),
}


@pytest.mark.parametrize("name", POLICY_VARIABLES)
def test_a_variable_says_what_callers_are_held_to(name: str, tmp_path: Path) -> None:
    """Tables are JSON."""
    text, policy = POLICY_VARIABLES[name]
    gate = load_of(tmp_path, {f"JWTGATE_POLICY__{name}": text}, policy={"quota": []})
    assert gate.policy == policy


WRONG_VARIABLES: dict[str, tuple[str, str]] = {
    "rates": ("QUOTA", "often"),
    "number": ("QUOTA", "5"),
    "no rates": ("QUOTA", '{"per": []}'),
    "in a list": ("QUOTA", '["1/s", 5]'),
    "storage": ("QUOTA", '{"rates": "1/s", "storage": "hunter2"}'),
    "no json": ("ACCESS", "{allow_groups: [staff]}"),
    "nobody": ("ACCESS", "{}"),
    "status": ("TERMINATION", "503"),
    "terms": ("CONSUMER_TERMS", '{"jack": "1/s"}'),
    "quota": ("ANONYMOUS__QUOTA", "[]"),
    "base64": ("SECRET_IS_BASE64", "no"),
}


@pytest.mark.parametrize(
    ("name", "text"), WRONG_VARIABLES.values(), ids=WRONG_VARIABLES.keys()
)
def test_a_variable_that_cannot_be_is_told(
    name: str, text: str, tmp_path: Path
) -> None:
    """By its name, once."""
    environ = {f"JWTGATE_POLICY__{name}": text}
    policy = {"anonymous": {"username": "a"}}
    (problem,) = told(lambda: load_of(tmp_path, environ, policy=policy))
    assert problem.startswith(f"JWTGATE_POLICY__{name}")
    assert "hunter2" not in problem


def test_a_text_that_looks_like_a_variable_is_a_text(tmp_path: Path) -> None:
    """In a secret, for one: a gateway's file alone has variables in its text."""
    secret = "${{SECRET}} is 32 octets at least"
    gate = load_of(
        tmp_path, consumers=[consumer(credentials=[credential(secret=secret)])]
    )
    assert [each.reveal_secret() for each in listed(gate)] == [secret.encode()]


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
    "quota": {"policy": {"quota": "$env://S"}},
    "quotas": {"policy": {"quota": ["$env://S", {"rates": "1/s, $env://S"}]}},
    "rates": {"consumers": [consumer(quota={"rates": "$env://S"})]},
    "per": {"policy": {"quota": {"rates": "1/s", "per": ["$env://S"]}}},
    "storage": {"policy": {"quota": {"rates": "1/s", "storage": "$env://S"}}},
    "when down": {"quotas": {"when_down": "$env://S"}},
    "all storages": {"quotas": {"storage": "$env://S"}},
    "content type": {
        "policy": {
            "termination": {"status": 1, "content_type": "$env://S", "body": "$env://S"}
        }
    },
    "groups": {"policy": {"access": {"allow_group": ["$env://S"]}}},
    "methods": {"policy": {"access": {"allow_methods": {"a": "$env://S"}}}},
    "unrouted": {"unrouted": "$env://S"},
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
def test_a_native_file_of_no_version_is_told(
    tree: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever else it has."""
    folder = tmp_path_factory.getbasetemp()
    tree.pop("version", None)
    path = write(folder, tree)
    assert told(lambda: load(path, format="native", environ={}))


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


def test_braces_of_a_native_file_are_no_variable(tmp_path: Path) -> None:
    """Though a text begins like one, and braces on the same line would end it."""
    access = {"allow_methods": {"jack": ["GET"]}}
    policy = {"realm": "${{", "access": access}
    gate = load(write(tmp_path, {"version": 1, "policy": policy}), environ={})
    assert gate.policy.realm == "${{"
