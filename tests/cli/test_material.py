import argparse
from pathlib import Path

import pytest

from jwtgate.cli.errors import UsageError
from jwtgate.cli.material import add_material, handover, material
from tests.kit import SECRET, public_pem


def arguments(*argv: str) -> argparse.Namespace:
    """Parse the options of a command that takes what verifies."""
    parser = argparse.ArgumentParser()
    add_material(parser)
    return parser.parse_args(argv)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "public.pem").write_text(public_pem("ES256"))
    monkeypatch.setenv("JACK_SECRET", SECRET)


def test_nothing_is_left_to_the_store() -> None:
    """It makes a secret."""
    assert material(arguments()) == {}


def test_everything_that_was_given_is_taken() -> None:
    """By the names of fields."""
    argv = ("--algorithm", "HS384", "--secret-env", "JACK_SECRET")
    flags = ("--secret-is-base64", "--allow-weak-secret")
    assert material(arguments(*argv, *flags)) == {
        "algorithm": "HS384",
        "secret": SECRET,
        "secret_is_base64": True,
        "allow_weak_secret": True,
    }


def test_a_public_key_is_read() -> None:
    """Of a file."""
    fields = material(arguments("--public-key", "public.pem"))
    assert fields == {"public_key": public_pem("ES256")}


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--secret-is-base64"], "is of a secret that is given"),
        (["--secret-out", "x", "--secret-env", "JACK_SECRET"], "and none is"),
        (["--secret-out", "x", "--public-key", "public.pem"], "and none is"),
    ],
)
def test_what_does_not_go_together_is_usage(argv: list[str], why: str) -> None:
    """Before anything is made."""
    with pytest.raises(UsageError, match=why):
        material(arguments(*argv))


@pytest.mark.parametrize("argv", [[], ["--secret-out", "-"]])
def test_a_secret_that_goes_into_no_file_is_written_nowhere(
    tmp_path: Path, argv: list[str]
) -> None:
    """It stays in the store, or is printed."""
    before = set(tmp_path.iterdir())
    with handover(arguments(*argv)) as hand_over:
        hand_over(SECRET)
    assert set(tmp_path.iterdir()) == before


def test_a_secret_goes_into_a_file() -> None:
    """As one that ``--secret-file`` reads."""
    with handover(arguments("--secret-out", "made.secret")) as hand_over:
        hand_over(SECRET)
    assert Path("made.secret").read_text() == f"{SECRET}\n"
