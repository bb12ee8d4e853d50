import stat
from pathlib import Path
from textwrap import dedent

import pytest

from jwtgate import load
from jwtgate.asgi import JWTGateMiddleware
from tests.cli.running import CLI


def test_a_file_is_written_that_works(cli: CLI, tmp_path: Path) -> None:
    """With a consumer, whose secret is in a file for its owner alone."""
    ran = cli("init")
    assert ran.code == 0
    assert ran.out == (
        "wrote jwtgate.toml\n"
        "wrote jack.secret (for you alone; keep it out of version control)\n"
        "\n"
        "next:\n"
        "  jwtgate token jack --config jwtgate.toml\n"
        "  jwtgate doctor jwtgate.toml\n"
        "and in the app:\n"
        "  import jwtgate\n"
        "  from jwtgate.asgi import JWTGateMiddleware  # or jwtgate.wsgi\n"
        "  app = JWTGateMiddleware(app, jwtgate.load('jwtgate.toml', watch=True))\n"
    )
    assert stat.S_IMODE((tmp_path / "jack.secret").stat().st_mode) == 0o600
    assert load("jwtgate.toml", environ={}).policy.realm == "app"


def test_what_to_do_next_works(cli: CLI) -> None:
    """The line that is printed signs a token."""
    cli("init")
    assert cli("token", "jack").code == 0


def test_a_secret_may_be_in_a_variable(cli: CLI, tmp_path: Path) -> None:
    """A file for the shell sets it."""
    ran = cli("init", "--secret", "env", "--consumer", "Ann's shop")
    assert "  set -a; . jwtgate.env; set +a\n" in ran.out
    name, _, secret = (tmp_path / "jwtgate.env").read_text().strip().partition("=")
    cli.secrets.add(secret)
    assert name == "ANN_S_SHOP_SECRET"
    assert load("jwtgate.toml", environ={name: secret}).policy.realm == "app"
    assert stat.S_IMODE((tmp_path / "jwtgate.env").stat().st_mode) == 0o600


def test_files_go_into_a_folder(cli: CLI, tmp_path: Path) -> None:
    """The reference begins there."""
    (tmp_path / "a shop").mkdir()
    ran = cli("init", "a shop")
    assert "  jwtgate token jack --config 'a shop/jwtgate.toml'\n" in ran.out
    assert load("a shop/jwtgate.toml", environ={}).policy.realm == "app"


def test_what_to_put_into_the_app_works(cli: CLI) -> None:
    """The lines that are printed wrap one, with all that they import."""
    lines = cli("init").out.partition("and in the app:\n")[2]
    names: dict[str, object] = {"app": object()}
    exec(dedent(lines), names)  # noqa: S102 - our own lines
    assert isinstance(names["app"], JWTGateMiddleware)


def test_a_folder_is_made(cli: CLI, tmp_path: Path) -> None:
    """As the example in --help has it, with those above it."""
    assert cli("init", "shops/shop").code == 0
    assert load(tmp_path / "shops/shop/jwtgate.toml", environ={}).policy.realm == "app"


def test_a_folder_that_cannot_be_made_is_told(cli: CLI, tmp_path: Path) -> None:
    """By its name, and nothing is written."""
    (tmp_path / "shop").write_text("a file")
    ran = cli("init", "shop")
    assert (ran.code, ran.err) == (1, "jwtgate: shop cannot be made: File exists\n")
    assert [each.name for each in tmp_path.iterdir()] == ["shop"]


@pytest.mark.parametrize("there", ["jwtgate.toml", "jack.secret"])
def test_nothing_is_overwritten(cli: CLI, tmp_path: Path, there: str) -> None:
    """And none of the two is made."""
    (tmp_path / there).write_text("old")
    ran = cli("init")
    assert ran.code == 1
    assert [each.name for each in tmp_path.iterdir()] == [there]


@pytest.mark.parametrize("name", ['a"b\\c\x7f', "é1", "[x]"])
def test_any_name_is_written_as_toml(cli: CLI, name: str) -> None:
    """Whatever it has in it."""
    assert cli("init", "--consumer", name).code == 0
    assert load("jwtgate.toml", environ={}).store.find_consumer(name) is not None  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["éé", "a\nb"])
def test_a_name_that_cannot_be_is_usage(cli: CLI, tmp_path: Path, name: str) -> None:
    """Files and variables have names of ASCII."""
    assert cli("init", "--consumer", name).code == 2
    assert list(tmp_path.iterdir()) == []
