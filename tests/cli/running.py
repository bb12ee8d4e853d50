"""The command, run in this process or as one, its outputs searched for secrets."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jwtgate.cli import main
from tests.kit import SECRET

SECRETS = frozenset({SECRET, "!Qwaszxerdfcv", "hush-of-the-url"})
"""What no output may have in it, unless a test says that it is what was asked for."""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass
class CLI:
    """Runs commands in this process.

    Attributes:
        folder: Where they run.
        secrets: What may be in no output.
    """

    capsys: pytest.CaptureFixture[str]
    folder: Path
    secrets: set[str] = field(default_factory=lambda: set(SECRETS))
    outputs: list[str] = field(default_factory=list)

    def __call__(self, *argv: object, shows_secret: bool = False) -> Ran:
        """Run a command; its output has no secret unless that is its purpose."""
        code = main([str(each) for each in argv])
        out, err = self.capsys.readouterr()
        if not shows_secret:
            self.outputs.append(out + err)
        return Ran(code, out, err)

    def collect(self) -> None:
        """Learn the secrets and private keys that are in files now."""
        for file in self.folder.rglob("*"):
            if file.suffix == ".secret":
                self.secrets.add(file.read_text().strip())
            elif file.suffix == ".pem" and ".private." in file.name:
                self.secrets.add(file.read_text().splitlines()[1])

    def leaks(self) -> list[str]:
        """Give the secrets that were in an output."""
        return [
            secret
            for secret in sorted(self.secrets)
            if any(secret in output for output in self.outputs)
        ]


def run_process(
    *argv: str, environ: Mapping[str, str] | None = None, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run the command as a process, its output in pipes."""
    return subprocess.run(  # noqa: S603 - this interpreter, on our own module
        [sys.executable, "-m", "jwtgate", *argv],
        capture_output=True,
        text=True,
        check=False,
        env=None if environ is None else dict(environ),
        timeout=60,
        **options,
    )
