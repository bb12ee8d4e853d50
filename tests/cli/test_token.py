import json
import re
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from time_machine import travel

from jwtgate import RequestView, authenticate, load
from jwtgate.cli import main
from jwtgate.jose import parse_compact
from jwtgate.stores.sql import SQLStore
from tests.cli.running import CLI
from tests.kit import KEY, NOW, public_pem

LAB = Path(__file__).parents[2] / "examples" / "from_kong" / "lab.yml"


@pytest.fixture(autouse=True)
def _at_the_time_of_the_tests() -> Any:
    with travel(NOW, tick=False):
        yield


def claims_of(token: str) -> Mapping[str, Any]:
    """Read the claims of what was printed."""
    return dict(parse_compact(token.strip().encode()).claims)


def test_the_lab_s_script_in_one_line(cli: CLI) -> None:
    """A token that Kong's file lets through, for as long as it allows."""
    ran = cli("token", "fastapi-consumer", "--config", LAB)
    assert (ran.code, ran.err) == (0, "")
    assert claims_of(ran.out) == {"iat": NOW, "iss": "jwttoken", "exp": NOW + 600}
    bearer = (b"authorization", b"Bearer " + ran.out.strip().encode())
    request = RequestView("GET", "/kong", headers=[bearer])
    outcome: Any = authenticate(load(LAB, environ={}), request)
    assert outcome.consumer.username == "fastapi-consumer"


def test_the_lab_s_slip_is_warned_of(cli: CLI) -> None:
    """Exp was set to the time of signing: such a token is expired at once."""
    ran = cli("token", "fastapi-consumer", "--config", LAB, "--expires-in", "0")
    assert ran.code == 0
    assert ran.err == (
        "warning: exp is not in the future: a gate refuses this token as expired\n"
    )


def test_a_pipe_gets_the_token_alone(cli: CLI, config: Path) -> None:
    """For ``curl -H "Authorization: Bearer $(jwtgate token jack)"``."""
    ran = cli("token", "jack", "--config", config)
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", ran.out)


def test_who_watches_sees_claims_and_times(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In local and UTC form, and how far they are."""
    err = StringIO()
    monkeypatch.setattr(err, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("NO_COLOR", "1")
    argv = ["token", "jack", "--config", str(config), "--claim", "x={}"]
    assert main(argv) == 0
    lines = err.getvalue().splitlines()
    assert lines[0] == "for jack, by HS256"
    assert [line.split()[0] for line in lines[1:]] == ["iat", "x", "iss", "exp"]
    assert lines[1].endswith("= 2027-01-15T08:00:00Z (now)")
    assert lines[2] == "  x    {}"
    assert lines[4].endswith("= 2027-01-15T08:10:00Z (in 10m)")


def test_json_has_the_token_its_claims_and_times(cli: CLI, config: Path) -> None:
    """For scripts."""
    ran = cli("token", "jack", "--config", config, "--json", "--claim", "a=[1]")
    told = json.loads(ran.out)
    assert told["claims"] == {**claims_of(told["token"]), "a": [1]}
    assert told["times"]["exp"]["utc"] == "2027-01-15T08:10:00Z"
    assert (told["consumer"], told["key"], told["algorithm"]) == ("jack", KEY, "HS256")


def test_claims_are_json_or_texts(cli: CLI, config: Path) -> None:
    """A number, a list, and what is neither."""
    given = ["n=1", "l=[true]", "t=a b", 'q="1"', "e=", "x=a=b", "deep=" + "[" * 9000]
    options = [word for each in given for word in ("--claim", each)]
    said = claims_of(cli("token", "jack", "--config", config, *options[:-2]).out)
    chosen = [said[name] for name in ("n", "t", "q", "e", "x")]
    assert chosen == [1, "a b", "1", "", "a=b"]
    assert cli("token", "jack", "--config", config, *options).code == 2


@pytest.mark.parametrize(
    ("claim", "err"),
    [
        ("exp=1", "--claim exp: that is said by --expires-in and --at"),
        ("iss=x", "--claim iss: that is said by --key"),
        ("sub", "argument --claim: expected such as sub=jack"),
        ("=x", "argument --claim: expected such as sub=jack"),
        ("n=NaN", "claim 'n' holds a number that is not finite, which no gate reads"),
    ],
)
def test_a_claim_that_cannot_be_is_usage(
    cli: CLI, config: Path, claim: str, err: str
) -> None:
    """Rather than being overwritten in silence."""
    ran = cli("token", "jack", "--config", config, "--claim", claim)
    assert ran.code == 2
    assert ran.err.startswith(f"jwtgate: {err}")


def test_a_claim_that_comes_twice_is_usage(cli: CLI, config: Path) -> None:
    """Which of them was meant?"""
    argv = ("token", "jack", "--config", config, "--claim", "a=1", "--claim", "a=2")
    ran = cli(*argv)
    assert (ran.code, ran.err) == (2, "jwtgate: --claim: one name comes twice\n")


def test_times_are_those_asked_for(cli: CLI, config: Path) -> None:
    """Signed an hour ago, for ten minutes: expired, and told so."""
    ran = cli(
        *("token", "jack", "--config", config),
        *("--at", "1h ago", "--expires-in", "10m", "--claim", "nbf=0"),
    )
    said = claims_of(ran.out)
    assert (said["iat"], said["exp"]) == (NOW - 3600, NOW - 3000)
    assert "not in the future" in ran.err


def test_an_iat_of_one_s_own_stands(cli: CLI, config: Path) -> None:
    """For tests of revocation."""
    ran = cli("token", "jack", "--config", config, "--claim", "iat=5")
    assert claims_of(ran.out)["iat"] == 5


def test_an_exp_beyond_what_the_policy_allows_is_warned_of(
    cli: CLI, config: Path
) -> None:
    """The gate refuses it."""
    ran = cli("token", "jack", "--config", config, "--expires-in", "1h")
    assert ran.err == (
        "warning: exp is further ahead than the 600 s that the policy allows\n"
    )


@pytest.mark.usefixtures("jack")
def test_the_store_in_the_environment_signs(cli: CLI) -> None:
    """For as long as its credential says."""
    said = claims_of(cli("token", "jack").out)
    assert said == {"iat": NOW, "iss": KEY, "exp": NOW + 86_400}


def test_a_disabled_credential_is_warned_of(cli: CLI, jack: SQLStore) -> None:
    """It signs, to see what a gate says."""
    jack.update_credential(KEY, enabled=False)
    ran = cli("token", "jack")
    assert (ran.code, ran.err) == (
        0,
        "warning: its credential or consumer may not be used now: a gate refuses it\n",
    )


@pytest.mark.usefixtures("jack")
def test_the_key_claim_may_be_said(cli: CLI) -> None:
    """A store does not know the policy."""
    said = claims_of(cli("token", "jack", "--key-claim", "key").out)
    assert said["key"] == KEY


def test_a_private_key_signs(cli: CLI, jack: SQLStore, pem: Path) -> None:
    """And its kid is in the header."""
    jack.create_credential(
        "jack", key="es", algorithm="ES256", public_key=public_pem("ES256"), kid="7"
    )
    ran = cli("token", "jack", "--key", "es", "--private-key", pem)
    assert parse_compact(ran.out.strip().encode()).header.kid == "7"


def test_a_private_key_that_is_missing_is_usage(cli: CLI, jack: SQLStore) -> None:
    """It names the option."""
    jack.create_credential(
        "jack", key="es", algorithm="ES256", public_key=public_pem("ES256")
    )
    ran = cli("token", "jack", "--key", "es")
    assert (ran.code, ran.err) == (2, "jwtgate: ES256 needs --private-key FILE\n")


@pytest.mark.usefixtures("tmp_path")
def test_the_other_half_of_another_pair_is_told(cli: CLI, jack: SQLStore) -> None:
    """Before a token leaves."""
    cli("keygen", "ES256", "--out", "other")
    jack.create_credential(
        "jack", key="es", algorithm="ES256", public_key=public_pem("ES256")
    )
    ran = cli("token", "jack", "--key", "es", "--private-key", "other.private.pem")
    assert (ran.code, ran.out) == (2, "")
    assert "not the other half" in ran.err


@pytest.mark.usefixtures("jack")
def test_a_path_is_for_a_file_s_routes(cli: CLI) -> None:
    """A store has none."""
    ran = cli("token", "jack", "--path", "/orders")
    assert ran.code == 2
    assert ran.err == "jwtgate: --path is for a file's routes; a store has none\n"


@pytest.mark.parametrize("source", ["file", "store"])
@pytest.mark.usefixtures("jack")
def test_an_unknown_consumer_is_refused(cli: CLI, config: Path, source: str) -> None:
    """By either."""
    ran = cli("token", "nobody", *(["--config", config] if source == "file" else []))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("jwtgate: no such consumer")


def test_terminal_escape_attack_by_a_claim_is_written_out(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a claim says is shown, and obeyed by nobody."""
    err = StringIO()
    monkeypatch.setattr(err, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("NO_COLOR", "1")
    main(["token", "jack", "--config", str(config), "--claim", "x=\x9b2J\x1b[2J"])
    assert "\x1b" not in err.getvalue()
    assert "\x9b" not in err.getvalue()
