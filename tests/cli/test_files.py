import io
import os
import resource
import stat
import sys
from pathlib import Path

import pytest

from jwtgate.cli.errors import Refused, UsageError
from jwtgate.cli.files import (
    PUBLIC,
    NewFile,
    create,
    make_folder,
    read_text,
    reserved,
)


def mode_of(path: Path) -> int:
    """Tell who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Give a path where nothing is."""
    return tmp_path / "key"


def test_a_file_is_for_its_owner_alone(target: Path) -> None:
    """Unless it is said to be public."""
    public = target.with_suffix(".public")
    create([NewFile(target, "a\n"), NewFile(public, "b\n", PUBLIC)])
    assert (target.read_text(), public.read_text()) == ("a\n", "b\n")
    assert (mode_of(target), mode_of(public)) == (0o600, 0o644)


def test_a_file_that_is_there_is_kept(target: Path) -> None:
    """And none of the others is made."""
    target.write_text("old")
    other = target.with_suffix(".other")
    with pytest.raises(Refused, match="is not overwritten"):
        create([NewFile(other, "new"), NewFile(target, "new")])
    assert target.read_text() == "old"
    assert not other.exists()


def test_planted_link_attack_is_refused(target: Path) -> None:
    """A key does not go where somebody's link points (CWE-59)."""
    victim = target.with_suffix(".victim")
    target.symlink_to(victim)
    with pytest.raises(Refused, match="is not overwritten"):
        create([NewFile(target, "secret")])
    assert not victim.exists()


def test_a_folder_that_is_not_there_is_told(target: Path) -> None:
    """In the words of the system."""
    with pytest.raises(Refused, match="cannot be written: No such file"):
        create([NewFile(target / "below", "x")])


def test_a_full_disk_leaves_no_half_a_key(target: Path) -> None:
    """What cannot be written whole is gone, and so is what was written before it."""
    other = target.with_suffix(".other")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, hard))
    try:
        with pytest.raises(Refused, match="cannot be written: File too large"):
            create([NewFile(other, "short"), NewFile(target, "too long")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not target.exists()
    assert not other.exists()


def test_a_name_with_a_nul_is_usage() -> None:
    """No system has such files."""
    with pytest.raises(UsageError, match="NUL"):
        create([NewFile(Path("a\0"), "x")])
    with pytest.raises(UsageError, match="NUL"):
        read_text("a\0")


def test_a_text_is_not_shown() -> None:
    """A traceback may show the value."""
    assert "hush" not in repr(NewFile(Path("key"), "hush"))


def test_a_reserved_file_is_filled_later(target: Path) -> None:
    """For its owner alone from the beginning."""
    with reserved(target) as fill:
        assert mode_of(target) == 0o600
        fill("made\n")
    assert target.read_text() == "made\n"


def test_a_reserved_file_that_is_not_filled_is_gone(target: Path) -> None:
    """What was to be made was not."""
    with pytest.raises(RuntimeError), reserved(target):
        raise RuntimeError
    assert not target.exists()


def test_a_reserved_file_is_never_one_that_is_there(target: Path) -> None:
    """It is refused before anything is made."""
    target.write_text("old")
    with pytest.raises(Refused), reserved(target):
        ...
    assert target.read_text() == "old"


def test_a_file_is_read(target: Path) -> None:
    """As it is."""
    target.write_text("a\r\n", newline="")
    assert read_text(str(target)) == "a\r\n"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a dash."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\n")))
    assert read_text("-") == "a\n"


@pytest.mark.parametrize(
    ("octets", "why"),
    [(b"\xff", "is not UTF-8"), (b"x" * 1_048_577, "is too large")],
    ids=["not UTF-8", "too large"],
)
def test_a_file_that_is_no_key_is_told(target: Path, octets: bytes, why: str) -> None:
    """By its name, and not by what is in it."""
    target.write_bytes(octets)
    with pytest.raises(UsageError, match=why):
        read_text(str(target))


def test_a_file_that_is_not_there_is_told(target: Path) -> None:
    """In the words of the system."""
    with pytest.raises(UsageError, match="key cannot be read: No such file"):
        read_text(str(target))


def test_standard_input_that_is_no_text_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By what it is."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    with pytest.raises(UsageError, match="standard input is not UTF-8"):
        read_text("-")


def test_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python has None for it."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        read_text("-")


def test_files_are_made_below_the_umask(target: Path) -> None:
    """A mask that forbids more is obeyed."""
    before = os.umask(0o077)
    try:
        create([NewFile(target, "x", PUBLIC)])
    finally:
        os.umask(before)
    assert mode_of(target) == 0o600


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    """One that is there is left as it is."""
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_refused(target: Path) -> None:
    """By the name that was given."""
    target.write_text("a file")
    with pytest.raises(Refused, match="key cannot be made: File exists"):
        make_folder(target)
    with pytest.raises(UsageError, match="NUL"):
        make_folder(target.with_name("a\0b"))
