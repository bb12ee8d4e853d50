import logging
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from threading import enumerate as threads
from typing import Any

import pytest

from jwtgate import ConfigurationError, Denied, Gate, RequestView, authenticate
from jwtgate.configs import load
from jwtgate.configs.source import FileSource, Options
from jwtgate.denylists import MemoryDenylist
from jwtgate.secrets import Secrets
from jwtgate.watch import Watch
from tests.configs.files import consumer, told, write
from tests.kit import KEY, clock, mint
from tests.secrets.fakes import Clock, Manager


def source_of(path: Path) -> FileSource:
    """Make a source of a file, with no variables."""
    return FileSource(path, Options(environ={}))


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


def test_a_denylist_stays_when_the_file_is_read_again(tmp_path: Path) -> None:
    """It is not the file's."""
    denylist = MemoryDenylist()
    gate = load(realm_file(tmp_path), denylist=denylist)
    gate.reload()
    assert gate.settings.denylist is denylist


def test_a_reload_of_a_broken_file_keeps_the_old_state(tmp_path: Path) -> None:
    """Every problem is told, and nothing changes."""
    gate = load(realm_file(tmp_path))
    realm_file(tmp_path, 5, consumers=[{}])
    assert len(told(gate.reload)) == 2
    assert gate.policy.realm == "one"


def test_the_version_of_a_file_changes_when_it_is_written(tmp_path: Path) -> None:
    """By its time, size or number, whichever the change shows in."""
    source = source_of(realm_file(tmp_path))
    before = source.version()
    realm_file(tmp_path, "another")
    assert source.version() != before


def test_the_version_of_a_file_that_is_replaced_changes(tmp_path: Path) -> None:
    """Deployments rename a new file over the old one, of the same size and time."""
    path = realm_file(tmp_path)
    source = source_of(path)
    before, stat = source.version(), path.stat()
    (tmp_path / "next").write_bytes(path.read_bytes())
    os.utime(tmp_path / "next", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (tmp_path / "next").rename(path)
    assert source.version() != before


def test_a_file_that_a_reference_names_counts(tmp_path: Path) -> None:
    """A secret is rotated by writing its file."""
    (tmp_path / "realm").write_text("one")
    source = source_of(realm_file(tmp_path, "$file://realm"))
    source.read()
    before = source.version()
    (tmp_path / "realm").write_text("another")
    assert source.version() != before


def test_a_file_that_is_missing_has_a_version(tmp_path: Path) -> None:
    """It may come back."""
    source = source_of(realm_file(tmp_path))
    before = source.version()
    (tmp_path / "jwtgate.json").unlink()
    missing = source.version()
    realm_file(tmp_path)
    assert before != missing
    assert source.version() not in (before, missing)


def test_a_watched_file_is_followed(tmp_path: Path) -> None:
    """Its next look takes a change over, and a broken one is kept out."""
    gate = load(realm_file(tmp_path), watch=True)
    source = source_of(tmp_path / "jwtgate.json")
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
    source = source_of(realm_file(tmp_path))
    source.read()
    assert source.version_read == source.version()
    realm_file(tmp_path, "another")
    assert source.version_read != source.version()


def test_a_broken_file_with_references_is_told_once(tmp_path: Path) -> None:
    """Also where it does not come to its references any more."""
    (tmp_path / "realm").write_text("one")
    source = source_of(realm_file(tmp_path, "$file://realm"))
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


# What secret managers give.

ONE, TWO = "one" * 20, "two" * 20
REFERENCE = "$secret://own/main/jack/secret"
JILLS = "$secret://own/main/jill/secret"


def native(**members: object) -> dict[str, Any]:
    """Give a native file with one credential of a manager, and one without."""
    people = [
        {"username": "jack", "credentials": [{"key": KEY, "secret": REFERENCE}]},
        {"username": "jill", "credentials": [{"key": "plain", "secret": ONE}]},
    ]
    return {"version": 1, "consumers": people, **members}


def kong(**members: object) -> dict[str, Any]:
    """Give the same as a file of Kong's."""
    return {
        "_format_version": "3.0",
        "plugins": [{"name": "jwt"}],
        "consumers": [
            {"username": "jack", "jwt_secrets": [{"key": KEY, "secret": REFERENCE}]},
            {"username": "jill", "jwt_secrets": [{"key": "plain", "secret": ONE}]},
        ],
        **members,
    }


def apisix(**members: object) -> dict[str, Any]:
    """Give the same as a file of APISIX's."""
    block = {"key": KEY, "secret": REFERENCE}
    plain = {"key": "plain", "secret": ONE}
    return {
        "consumers": [
            {"username": "jack", "plugins": {"jwt-auth": block}},
            {"username": "jill", "plugins": {"jwt-auth": plain}},
        ],
        "global_rules": [{"id": "1", "plugins": {"jwt-auth": {}}}],
        **members,
    }


FILES = {"native": native, "kong": kong, "apisix": apisix}
all_formats = pytest.mark.parametrize("name", FILES)


class Followed:
    """A gate that follows a file and a manager, at a test's time."""

    def __init__(self, folder: Path, *, watch: bool = False) -> None:
        self.folder = folder
        self.manager = Manager(jack={"secret": ONE}, jill={"secret": ONE})
        self.clock = Clock()
        self.secrets = Secrets({"own/main": self.manager}, clock=self.clock)
        self.path = folder / "jwtgate.json"
        options = Options(environ={}, watch=watch, secrets=self.secrets)
        self.source = FileSource(self.path, options)

    def load(self, tree: object) -> None:
        """Load a file."""
        write(self.folder, tree)
        self.gate = Gate.of(self.source.read(), clock=clock)
        self.gate.follow(self.source)
        self.watch = Watch(self.gate, self.source)

    def look(self, after: float = 0) -> None:
        """Let time pass, ask the manager for what is due, and look at the source."""
        self.clock.now += after
        self.secrets.refresh(everything=False)
        assert self.watch.look()

    def status(self, secret: str = ONE, key: str = KEY) -> int:
        """Send a token that is signed with a secret."""
        token = mint({"iss": key, "key": key}, secret=secret)
        headers = [(b"authorization", f"Bearer {token}".encode())]
        outcome = authenticate(self.gate, RequestView("GET", headers=headers))
        return outcome.reason.status if isinstance(outcome, Denied) else 200

    def plain(self) -> int:
        """Send a token of the credential that no manager is asked for."""
        return self.status(key="plain")


@pytest.fixture(name="followed")
def _followed(tmp_path: Path) -> Iterator[Followed]:
    """Give one that is not watched."""
    made = Followed(tmp_path)
    yield made
    made.secrets.close()


@pytest.fixture(name="watched")
def _watched(tmp_path: Path) -> Iterator[Followed]:
    """Give one that is."""
    made = Followed(tmp_path, watch=True)
    yield made
    made.secrets.close()


@all_formats
def test_a_secret_of_a_manager_opens(name: str, followed: Followed) -> None:
    """As one in the file does."""
    followed.load(FILES[name]())
    assert followed.status() == 200
    assert followed.plain() == 200


@all_formats
def test_the_text_of_a_reference_and_nothing_are_no_secret(
    name: str, followed: Followed
) -> None:
    """Whoever sees the file could sign, or anyone."""
    followed.load(FILES[name]())
    assert [followed.status(text) for text in (REFERENCE, "", "jack")] == [401] * 3


@all_formats
def test_a_secret_that_is_changed_counts_after_a_refresh(
    name: str, followed: Followed
) -> None:
    """Though the file is not watched."""
    followed.load(FILES[name]())
    followed.manager.kept["jack"] = {"secret": TWO}
    followed.look(after=60)
    assert [followed.status(ONE), followed.status(TWO)] == [401, 200]


@all_formats
def test_a_secret_that_is_too_old_disables_its_credential_alone(
    name: str, followed: Followed
) -> None:
    """503, and 200 again as soon as the manager answers; others live on."""
    followed.load(FILES[name]())
    followed.manager.error = TimeoutError()
    followed.look(after=3599)
    assert followed.status() == 200
    followed.look(after=1)
    assert (followed.status(), followed.plain()) == (503, 200)
    followed.manager.error = None
    followed.look(after=5)
    assert (followed.status(), followed.plain()) == (200, 200)


@pytest.mark.parametrize("name", ["native", "kong"])
@pytest.mark.parametrize("found", [{"secret": ""}, {"secret": 5}, {}, None])
def test_a_secret_that_is_gone_disables_its_credential_alone(
    name: str, found: Any, followed: Followed
) -> None:
    """At once: it was taken away so that nobody comes in by it."""
    followed.load(FILES[name]())
    followed.manager.kept["jack"] = LookupError() if found is None else found
    followed.look(after=60)
    assert (followed.status(), followed.plain()) == (503, 200)


@pytest.mark.parametrize("found", [{"secret": ""}, {"secret": 5}, {}, None])
def test_in_apisix_a_secret_that_is_gone_is_one_that_leads_nowhere(
    found: Any, followed: Followed
) -> None:
    """It was there, so that it cannot be told from one that is lost."""
    followed.load(apisix())
    followed.manager.kept["jack"] = LookupError() if found is None else found
    followed.look(after=60)
    assert (followed.status(), followed.plain()) == (503, 200)


@pytest.mark.parametrize("name", ["native", "kong"])
@pytest.mark.parametrize(
    "junk", ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"]
)
def test_a_secret_that_is_no_key_any_more_disables_its_credential_alone(
    name: str, junk: str, followed: Followed
) -> None:
    """It keeps nobody else from a change of theirs."""
    followed.load(FILES[name]())
    followed.manager.kept["jack"] = {"secret": junk}
    followed.look(after=60)
    assert (followed.status(), followed.plain()) == (503, 200)
    followed.manager.kept["jack"] = {"secret": TWO}
    followed.look(after=60)
    assert followed.status(TWO) == 200


def test_a_key_that_is_anothers_by_now_disables_its_credential_alone(
    followed: Followed,
) -> None:
    """That of the other goes on."""
    credential = {"key": JILLS, "secret": ONE}
    jim = {"username": "jim", "credentials": [credential]}
    followed.manager.kept["jill"] = {"secret": "jills-key"}
    tree = native()
    followed.load({**tree, "consumers": [*tree["consumers"], jim]})
    assert followed.status(key="jills-key") == 200
    followed.manager.kept["jill"] = {"secret": KEY}
    followed.look(after=60)
    assert (followed.status(), followed.status(key="jills-key")) == (200, 401)


def test_what_is_no_credential_stays_as_it_was(followed: Followed) -> None:
    """A realm that is lost shuts nobody out."""
    followed.manager.kept["realm"] = {"name": "shop"}
    followed.load(native(policy={"realm": "$secret://own/main/realm/name"}))
    followed.manager.error = TimeoutError()
    followed.look(after=3600)
    assert followed.gate.policy.realm == "shop"
    assert followed.status() == 503


def test_a_manager_that_does_not_answer_at_first_is_a_problem(
    followed: Followed,
) -> None:
    """An app does not start with half of its callers; the path is told."""
    followed.manager.error = TimeoutError()
    assert told(lambda: followed.load(native())) == (
        (
            "consumers[0].credentials[0].secret: $secret://own/main/jack cannot be "
            "had: its manager does not answer (TimeoutError)"
        ),
    )


def test_a_secret_that_is_missing_at_first_is_a_problem(followed: Followed) -> None:
    """The path is told."""
    followed.manager.kept["jack"] = {}
    (problem,) = told(lambda: followed.load(native()))
    assert problem.startswith("consumers[0].credentials[0].secret: $secret://own/main/")


def test_in_apisix_a_manager_may_answer_later(followed: Followed) -> None:
    """Its credential answers 503 until then, and is told."""
    followed.manager.error = TimeoutError()
    followed.load(apisix())
    (note,) = followed.gate.load_report
    assert str(note).startswith("warning: consumers[0].plugins.jwt-auth.secret: ")
    assert (followed.status(), followed.plain()) == (503, 200)
    followed.manager.error = None
    followed.look(after=5)
    assert (followed.status(), list(followed.gate.load_report)) == (200, [])


def test_a_file_that_is_not_watched_is_not_read_for_a_secret(
    followed: Followed,
) -> None:
    """Who edits it says when it counts."""
    followed.load(native(policy={"realm": "one"}))
    write(followed.folder, native(policy={"realm": "two"}))
    followed.manager.kept["jack"] = {"secret": TWO}
    followed.look(after=60)
    assert (followed.gate.policy.realm, followed.status(TWO)) == ("one", 200)
    followed.gate.reload()
    assert followed.gate.policy.realm == "two"


def test_a_reload_reads_the_file_while_the_watch_sees_another_secret(
    followed: Followed,
) -> None:
    """What the watch saw says nothing to another thread, which asks for the file."""
    followed.load(native(policy={"realm": "one"}))
    write(followed.folder, native(policy={"realm": "two"}))
    followed.manager.kept["jack"] = {"secret": TWO}
    followed.clock.now += 60
    followed.secrets.refresh(everything=False)
    looking = Thread(target=followed.source.version)
    looking.start()
    looking.join()
    followed.gate.reload()
    assert followed.gate.policy.realm == "two"


def test_a_file_that_is_watched_is_read_with_its_secrets(watched: Followed) -> None:
    """Both changes count."""
    watched.load(native(policy={"realm": "one"}))
    write(watched.folder, native(policy={"realm": "two"}))
    watched.manager.kept["jack"] = {"secret": TWO}
    watched.look(after=60)
    assert (watched.gate.policy.realm, watched.status(TWO)) == ("two", 200)


def test_a_file_that_is_as_it_was_is_taken_with_other_secrets(
    watched: Followed,
) -> None:
    """As one that is not watched."""
    watched.load(native())
    watched.manager.kept["jack"] = {"secret": TWO}
    watched.look(after=60)
    assert watched.status(TWO) == 200


@pytest.mark.parametrize("broken", ["{", None], ids=["broken", "gone"])
def test_a_broken_file_keeps_nobody_from_the_secrets(
    broken: str | None, watched: Followed
) -> None:
    """Those of the file that worked are followed: one may have been revoked."""
    watched.load(native())
    if broken is None:
        watched.path.unlink()
    else:
        write(watched.folder, broken)
    watched.look()
    watched.manager.kept["jack"] = {"secret": TWO}
    watched.look(after=60)
    assert [watched.status(ONE), watched.status(TWO)] == [401, 200]


def test_a_file_that_waits_for_a_secret_works_with_it(watched: Followed) -> None:
    """It was refused for want of it; the one before counts until then."""
    watched.load(native(policy={"realm": "one"}))
    watched.manager.kept["jill"] = TimeoutError()
    policy = {"realm": "two", "error_response": JILLS}
    write(watched.folder, native(policy=policy))
    watched.look()
    assert watched.gate.policy.realm == "one"
    watched.manager.kept["jill"] = {"secret": "no"}
    watched.look(after=5)
    assert watched.gate.policy.realm == "two"


def test_a_reload_asks_the_managers_again(followed: Followed) -> None:
    """Who calls it has changed something."""
    followed.load(native())
    followed.manager.kept["jack"] = {"secret": TWO}
    followed.gate.reload()
    assert followed.status(TWO) == 200


def test_a_reload_that_finds_no_key_is_refused(followed: Followed) -> None:
    """As the first load would be."""
    followed.load(native())
    followed.manager.kept["jack"] = {"secret": "short"}
    assert "secret" in told(followed.gate.reload)[0]
    assert followed.status() == 200


def test_what_does_not_change_is_not_read_again(followed: Followed) -> None:
    """However often it is looked at."""
    followed.load(native())
    before = followed.gate.settings
    for _ in range(3):
        followed.look(after=60)
    assert followed.gate.settings is before


def test_notes_are_told_once(
    followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    """Not with each secret that changes."""
    followed.load(apisix(upstreams=[{}]))
    with caplog.at_level(logging.INFO, "jwtgate"):
        followed.manager.kept["jack"] = {"secret": "short"}
        followed.look(after=60)
    told_ = [each.getMessage() for each in caplog.records]
    assert [each for each in told_ if "is shorter" in each] != []
    assert [each for each in told_ if "upstreams" in each] == []


def test_no_record_has_a_secret(
    followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever happens to it."""
    with caplog.at_level(logging.DEBUG):
        followed.load(native())
        followed.manager.kept["jack"] = {"secret": "hunter2"}
        followed.look(after=60)
        followed.manager.error = ValueError("hunter2")
        followed.look(after=3600)
        followed.status()
    assert "hunter2" not in caplog.text
    assert ONE not in caplog.text


def running() -> list[str]:
    """Give the names of our threads."""
    return [each.name for each in threads() if each.name.startswith("jwtgate-")]


def test_nothing_runs_before_a_request(tmp_path: Path) -> None:
    """At import, or before a server forks."""
    secrets = Secrets({"own/main": Manager(jack={"secret": ONE})})
    before = running()
    gate = load(write(tmp_path, native()), environ={}, secrets=secrets)
    assert running() == before
    authenticate(gate, RequestView("GET", headers=[]))
    assert "jwtgate-watch" in running()
    secrets.close()


def test_a_gate_without_managers_is_not_followed(tmp_path: Path) -> None:
    """There is nothing to look at."""
    gate = load(write(tmp_path, {"version": 1}), environ={})
    before = running()
    authenticate(gate, RequestView("GET", headers=[]))
    assert running() == before


def test_a_first_manager_of_a_reload_is_followed(tmp_path: Path) -> None:
    """From then on."""
    gate = load(write(tmp_path, {"version": 1}), environ={})
    vault = {"main": {"url": "http://127.0.0.1:1", "token": "x"}}
    write(tmp_path, {"version": 1, "secrets": {"vault": vault}})
    before = running().count("jwtgate-watch")
    gate.reload()
    authenticate(gate, RequestView("GET", headers=[]))
    assert running().count("jwtgate-watch") > before


@pytest.mark.parametrize("name", ["kong", "apisix"])
def test_a_variable_that_a_gateways_file_would_not_obey_is_a_problem(
    name: str, tmp_path: Path
) -> None:
    """Who sets an audience by it must not believe that it is in force."""
    path = write(tmp_path, FILES[name](consumers=[]))
    environ = {"JWTGATE_POLICY__AUDIENCE": "me", "OTHER": "1"}
    [problem] = told(lambda: load(path, environ=environ))
    assert problem == (
        "JWTGATE_POLICY__AUDIENCE: sets the policy of a file of jwtgate's own, and "
        "this is a gateway's; unset it until the file is converted"
    )
    load(path, environ={"OTHER": "1"})
