import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.test import override_settings

from jwtgate.django.db.arguments import (
    add_json,
    add_key,
    add_material,
    claim,
    material,
    point_in_time,
    read,
)

NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)


def parsed(add: Callable[[ArgumentParser], None], *words: str) -> dict[str, Any]:
    """Read words by the arguments that a function adds."""
    parser = ArgumentParser()
    add(parser)
    return vars(parser.parse_args(words))


def test_a_key_and_a_kid_are_taken() -> None:
    """The kid may be left out."""
    assert parsed(add_key, "k") == {"key": "k", "kid": None}


def test_json_is_wished_for() -> None:
    """Else it is a text."""
    assert parsed(add_json, "--json") == {"json": True}


def test_no_material_is_no_field() -> None:
    """What is left out is made, or stays."""
    assert material(parsed(add_material)) == {}


def test_material_is_read_from_files(tmp_path: Path) -> None:
    """Not from the command line, which every user of a machine can read."""
    secret, public = tmp_path / "secret", tmp_path / "public.pem"
    secret.write_text("s3cret")
    public.write_text("PEM\n")
    words = ("--secret-file", str(secret), "--public-key", str(public))
    fields = material(parsed(add_material, *words, "--algorithm", "HS384"))
    assert fields == {"secret": "s3cret", "public_key": "PEM\n", "algorithm": "HS384"}


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("--secret-is-base64", "secret_is_base64"),
        ("--allow-weak-secret", "allow_weak_secret"),
    ],
)
def test_how_a_secret_is_read_can_be_said(word: str, name: str) -> None:
    """By switches."""
    assert material(parsed(add_material, word)) == {name: True}


def test_a_secret_itself_is_no_argument() -> None:
    """It would be in the history of the shell."""
    with pytest.raises(SystemExit):
        parsed(add_material, "--secret", "s3cret")


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        ("s3cret\n", "s3cret"),
        ("s3cret\r\n", "s3cret"),
        ("s3cret \n\n", "s3cret \n"),
        ("s3cret", "s3cret"),
    ],
    ids=["line", "line of Windows", "blanks", "bare"],
)
def test_the_end_of_the_line_is_none_of_the_secret(
    content: str, secret: str, tmp_path: Path
) -> None:
    """An editor adds one; anything else counts."""
    file = tmp_path / "secret"
    file.write_bytes(content.encode())
    words = ("--secret-file", str(file))
    assert material(parsed(add_material, *words)) == {"secret": secret}


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a secret that another program gives."""
    monkeypatch.setattr(sys, "stdin", StringIO("s3cret\n"))
    assert read("-") == "s3cret\n"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["none", "octets"])
def test_a_file_that_is_no_text_is_an_error_of_the_command(
    content: bytes | None, tmp_path: Path
) -> None:
    """Named, so that the mistake is seen."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match="secret cannot be read as text"):
        read(str(file))


@pytest.mark.parametrize(
    "text", ["2027-01-31T12:00Z", "2027-01-31 12:00:00+00:00", "2027-01-31T21:00+09:00"]
)
def test_a_moment_is_read(text: str) -> None:
    """In whatever zone it is."""
    assert point_in_time(text) == NOON


def test_a_moment_without_a_zone_is_in_the_settings_one() -> None:
    """As everywhere in Django."""
    with override_settings(TIME_ZONE="America/New_York"):
        assert point_in_time("2027-01-31T07:00") == NOON


@pytest.mark.parametrize(
    "text", ["soon", "2027-02-30T12:00Z", "9999-12-31T23:59-12:00", "1"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    """With one that is."""
    with pytest.raises(ArgumentTypeError, match="such as 2027-01-31T12:00Z"):
        point_in_time(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sub=jack", "jack"),
        ("sub=7", 7),
        ('sub="7"', "7"),
        ('sub=["a", "b"]', ["a", "b"]),
        ("sub=", ""),
        ("sub=a=b", "a=b"),
        ("sub=true", True),
        ("sub=" + "[" * 100_000, "[" * 100_000),
    ],
    ids=["text", "number", "quoted", "list", "empty", "equals", "switch", "deep"],
)
def test_a_claim_is_json_or_else_a_text(text: str, value: object) -> None:
    """The name is what is before the first ``=``."""
    assert claim(text) == ("sub", value)


def test_a_claim_has_a_value() -> None:
    """A name alone says nothing."""
    with pytest.raises(ArgumentTypeError, match="such as sub=jack"):
        claim("sub")
