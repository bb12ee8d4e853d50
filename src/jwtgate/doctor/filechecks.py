"""What is weak about a file: secrets in it, and who can read or write it."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from jwtgate.configs.problems import shown
from jwtgate.doctor.files import ConfigFile, Member
from jwtgate.doctor.finding import Finding, Rule
from jwtgate.errors import ConfigurationError
from jwtgate.report import LoadReport
from jwtgate.secrets import is_like_a_reference
from jwtgate.secrets.grammar import parse

__all__ = ["RULES", "check_file", "check_load", "check_report"]

LOAD = Rule(
    "JG101",
    "error",
    "the file does not load",
    "Nothing else can be said of a gate that there is not. Keys that are too short for "
    "their algorithm (RFC 7518 sections 3.2 and 3.3) are among what does not load.",
    "Do what the message says.",
)
NOTE = Rule(
    "JG102",
    "warning",
    "an entry of the file is not what it seems",
    "It is skipped, cannot be used now, or works in another way than it looks.",
    "Mend the entry, or take it out.",
)
DROPPED = Rule(
    "JG103",
    "info",
    "a part of the gateway's file is not carried over",
    "The gateway did it, and nothing does it now.",
    "See that the app, or what is in front of it, does it where it is needed.",
)
PLAIN = Rule(
    "JG111",
    "warning",
    "a secret stands in the file",
    "Whoever reads the file, a backup of it or its history can sign as the consumer "
    "(RFC 8725 section 2.2).",
    "Write a reference such as $env://NAME or $file://path, and make a new secret.",
)
READABLE = Rule(
    "JG112",
    "error",
    "everyone on this machine can read a file with secrets",
    "Any user or program here can sign as the consumers whose secrets it has.",
    "chmod 600, or 640 with a group for the server alone.",
)
WRITABLE = Rule(
    "JG113",
    "error",
    "everyone on this machine can write a file that the gate obeys",
    "Whoever writes it makes consumers, and public routes.",
    "chmod 600, or 640 with a group for the server alone.",
)

RULES = (LOAD, NOTE, DROPPED, PLAIN, READABLE, WRITABLE)

# What signs, or opens what signs, in any of the three formats.
_SECRETS = frozenset(
    {
        *("secret", "secret_id", "secret_access_key", "session_token", "token"),
        *("private_key", "password", "redis_password"),
    }
)
# Windows has lists of who may, which the bits of a mode do not show.
_HAS_MODES = os.name != "nt"
_BLANK = "x"  # where a variable of a gateway's tool was


def check_load(error: ConfigurationError) -> Iterator[Finding]:
    """Tell why a file does not load."""
    for problem in error.problems:
        path, colon, what = problem.partition(": ")
        yield LOAD.at(path, what) if colon else LOAD.at("the file", problem)


def check_report(report: LoadReport) -> Iterator[Finding]:
    """Tell what was not carried over from a file."""
    for note in report:
        rule = DROPPED if note.kind == "dropped" else NOTE
        yield rule.at(note.path, note.text)


def check_file(file: ConfigFile) -> Iterator[Finding]:
    """Look at a file, and at those that hold its secrets."""
    plain = [each for each in file.members() if _is_plain(each)]
    for member in plain:
        yield PLAIN.at(shown(member.path))
    if plain and _lets(file.path, stat.S_IROTH):
        yield READABLE.at("the file")
    if _lets(file.path, stat.S_IWOTH):
        yield WRITABLE.at("the file")
    for member in file.members():
        path = _referred(member, file)
        if path is None:
            continue
        if member.name in _SECRETS and _lets(path, stat.S_IROTH):
            yield READABLE.at(shown(member.path), f"everyone here can read {path}")
        if _lets(path, stat.S_IWOTH):
            yield WRITABLE.at(shown(member.path), f"everyone here can write {path}")


def _is_plain(member: Member) -> bool:
    text = member.text
    if member.name == "storage":
        # A password stands before the host of a URL.
        is_secret = "@" in text and not text.partition("@")[0].endswith(":")
    else:
        is_secret = member.name in _SECRETS
    is_written = text not in ("", _BLANK) and not is_like_a_reference(text)
    return is_secret and is_written


def _referred(member: Member, file: ConfigFile) -> Path | None:
    with suppress(ConfigurationError):
        reference = parse(member.text)
        if reference is not None and reference.source == "file":
            return file.path.parent / reference.name
    return None


def _lets(path: Path, bit: int) -> bool:
    try:
        return _HAS_MODES and bool(path.stat().st_mode & bit)
    except OSError:
        return False
