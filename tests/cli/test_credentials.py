import json
import stat
from pathlib import Path

import pytest
from time_machine import travel

from jwtgate import NotFound
from jwtgate.stores.sql import SQLStore
from tests.cli.running import CLI
from tests.kit import KEY, NOW, SECRET, public_pem


def test_a_secret_is_made_and_stays_in_the_store(cli: CLI, jack: SQLStore) -> None:
    """Unless somebody asks for it."""
    ran = cli("credentials", "add", "jack", "--key", "k")
    made = jack.get_credential("k").reveal_secret()
    assert made is not None
    cli.secrets.add(made.decode())
    assert ran.out == "jack has key k (HS256)\n"
    assert ran.err == "its secret was made, and is in the store alone\n"


def test_a_secret_that_is_made_goes_into_a_file(
    cli: CLI, jack: SQLStore, tmp_path: Path
) -> None:
    """For its owner alone."""
    ran = cli("credentials", "add", "jack", "--key", "k", "--secret-out", "k.secret")
    file = tmp_path / "k.secret"
    made = jack.get_credential("k").reveal_secret()
    assert file.read_bytes() == (made or b"") + b"\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ran.err == "its secret was made, and is in k.secret, for you alone\n"


def test_a_secret_that_is_made_is_printed_alone(cli: CLI, jack: SQLStore) -> None:
    """If that was asked for: what else there is to tell goes elsewhere."""
    ran = cli(
        *("credentials", "add", "jack", "--key", "k", "--secret-out", "-"),
        shows_secret=True,
    )
    assert ran.out.strip().encode() == jack.get_credential("k").reveal_secret()
    assert ran.err == "jack has key k (HS256)\n"


def test_a_secret_that_is_made_is_in_json_if_asked_for(
    cli: CLI, jack: SQLStore
) -> None:
    """And not else."""
    argv = ("credentials", "add", "jack", "--json")
    assert "secret" not in json.loads(cli(*argv).out)
    told = json.loads(cli(*argv, "--secret-out", "-", shows_secret=True).out)
    made = jack.get_credential(told["key"]).reveal_secret()
    assert told["secret"].encode() == made


def test_no_secret_is_made_where_its_file_cannot_be(
    cli: CLI, jack: SQLStore, tmp_path: Path
) -> None:
    """Nobody would have it."""
    (tmp_path / "k.secret").write_text("an older one")
    ran = cli("credentials", "add", "jack", "--key", "k", "--secret-out", "k.secret")
    assert (ran.code, ran.err) == (
        1,
        "jwtgate: k.secret is there, and is not overwritten\n",
    )
    with pytest.raises(NotFound):
        jack.get_credential("k")


@pytest.mark.usefixtures("jack")
def test_no_file_is_left_of_a_secret_that_was_not_made(
    cli: CLI, tmp_path: Path
) -> None:
    """The store refused."""
    ran = cli("credentials", "add", "nobody", "--secret-out", "k.secret")
    assert (ran.code, ran.err) == (1, "jwtgate: no such consumer\n")
    assert not (tmp_path / "k.secret").exists()


def test_a_credential_has_all_that_was_said(
    cli: CLI, jack: SQLStore, tmp_path: Path
) -> None:
    """By the names of fields."""
    (tmp_path / "es.public.pem").write_text(public_pem("ES256"))
    ran = cli(
        *("credentials", "add", "jack", "--key", "k", "--kid", "7", "--tag", "t"),
        *("--algorithm", "ES256", "--public-key", "es.public.pem", "--disabled"),
        *("--token-lifetime", "10m", "--lifetime-grace-period", "5"),
        *("--not-before", str(NOW), "--retire-after", "2027-02-01T00:00Z"),
        *("--consumer-claim", "sub", "--audience", "a", "--type", "at+jwt"),
    )
    assert (ran.code, ran.out) == (0, "jack has key k, kid 7 (ES256)\n")
    found = jack.get_credential("k", "7")
    assert (found.tags, found.enabled, found.token_lifetime) == (("t",), False, 600)
    assert (found.lifetime_grace_period, found.not_before) == (5, NOW)
    assert (found.retire_after, found.consumer_claim) == (1_801_440_000, "sub")
    assert (found.audience, found.types) == (("a",), ("at+jwt",))


def test_a_secret_of_one_s_own_is_taken(
    cli: CLI, jack: SQLStore, tmp_path: Path
) -> None:
    """Of a file; and nothing is handed over."""
    (tmp_path / "own.secret").write_text(f"{SECRET}!\n")
    ran = cli("credentials", "add", "jack", "--key", "k", "--secret-file", "own.secret")
    assert jack.get_credential("k").reveal_secret() == f"{SECRET}!".encode()
    assert ran.err == ""


@pytest.mark.usefixtures("jack")
def test_a_weak_secret_is_usage(cli: CLI, tmp_path: Path) -> None:
    """Unless it is allowed."""
    (tmp_path / "weak").write_text("hush")
    argv = ("credentials", "add", "jack", "--key", "k", "--secret-file", "weak")
    assert cli(*argv).code == 2
    assert cli(*argv, "--allow-weak-secret").code == 0


def test_rotation_keeps_the_old_one_for_a_while(
    cli: CLI, jack: SQLStore, tmp_path: Path
) -> None:
    """And hands over the new secret."""
    ran = cli(
        *("credentials", "rotate", KEY, "--overlap", "1h"),
        *("--new-kid", "2027", "--secret-out", "new.secret"),
    )
    assert (ran.code, ran.out) == (0, f"jack has key {KEY}, kid 2027 (HS256)\n")
    assert jack.get_credential(KEY).retire_after is not None
    made = jack.get_credential(KEY, "2027").reveal_secret()
    assert (tmp_path / "new.secret").read_bytes() == (made or b"") + b"\n"


@pytest.mark.usefixtures("jack")
def test_rotation_to_a_key_pair(cli: CLI, tmp_path: Path) -> None:
    """A kid is made."""
    (tmp_path / "es.public.pem").write_text(public_pem("ES256"))
    ran = cli(
        *("credentials", "rotate", KEY, "--overlap", "0", "--json"),
        *("--algorithm", "ES256", "--public-key", "es.public.pem"),
    )
    told = json.loads(ran.out)
    assert (told["algorithm"], len(told["kid"])) == ("ES256", 8)


@pytest.mark.usefixtures("jack")
def test_all_are_listed(cli: CLI) -> None:
    """As a table in a pipe."""
    ran = cli("credentials", "list", "jack")
    assert ran.out == (
        "key       kid  consumer  algorithm  state  tags\n"
        "jack-key  -    jack      HS256      live   -\n"
    )


def test_those_of_a_file_are_listed(cli: CLI, config: Path) -> None:
    """In JSON, for scripts."""
    ran = cli("credentials", "list", "--config", config, "--json")
    assert [each["key"] for each in json.loads(ran.out)] == [KEY]


def test_one_is_retired(cli: CLI, jack: SQLStore) -> None:
    """Now, or at a time."""
    with travel(NOW, tick=False):
        ran = cli("credentials", "retire", KEY, "--at", "+1h")
        assert jack.get_credential(KEY).retire_after == NOW + 3600
        assert ran.out.endswith("= 2027-01-15T09:00:00Z (in 1h)\n")
        cli("credentials", "retire", KEY)
        assert jack.get_credential(KEY).retire_after == NOW


def test_one_is_disabled_and_enabled(cli: CLI, jack: SQLStore) -> None:
    """Its consumer may have others."""
    assert cli("credentials", "disable", KEY).out == f"disabled {KEY}\n"
    assert not jack.get_credential(KEY).enabled
    assert cli("credentials", "enable", KEY).out == f"enabled {KEY}\n"
    assert jack.get_credential(KEY).enabled


def test_one_is_deleted(cli: CLI, jack: SQLStore) -> None:
    """That with exactly this kid."""
    assert cli("credentials", "delete", KEY, "--kid", "7").code == 1
    assert cli("credentials", "delete", KEY).out == f"deleted {KEY}\n"
    with pytest.raises(NotFound):
        jack.get_credential(KEY)
