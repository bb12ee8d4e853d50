"""Run the adapters' tests on each Python found, with new and old frameworks.

Each Python has an environment with the newest frameworks that it allows.
The lowest Python has one more, with the oldest that are supported (oldest.txt).
An environment is made anew when what it is made from has changed.
"""
# ruff: noqa: INP001, T201 - a script that prints its table

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parent.parent
OLDEST = ROOT / ".ci" / "oldest.txt"
PYTHONS = tuple(f"3.{minor}" for minor in range(11, 16))
FRAMEWORKS = (
    "Django",
    "djangorestframework",
    "django-ninja",
    "drf-spectacular",
    "fastapi",
    "starlette",
    "Flask",
    "Werkzeug",
    "Flask-RESTful",
    "flask-restx",
)
# Modules of the oldest frameworks that use what newer releases beside them deprecate.
DATED = (
    "flask_restx.api",
    "ninja.conf",
    "ninja.schema",
    "ninja.signature.utils",
    "starlette.testclient",
)
TESTS = (
    "tests/attacks/test_asgi_frameworks.py",
    "tests/attacks/test_flask.py",
    "tests/django",
    "tests/fastapi",
    "tests/flask",
    "tests/starlette",
    "tests/testing/test_clients.py",
    "tests/testing/test_matrix.py",
    "tests/testing/test_senders.py",
    "tests/test_adapters_agree.py",
    "tests/test_apps.py",
    "tests/test_asgi.py",
    "tests/test_chat.py",
    "tests/test_mounts.py",
    "tests/test_wsgi.py",
)


@dataclass(frozen=True)
class Environment:
    """A virtual environment: a Python with the newest or the oldest frameworks."""

    version: str
    made_by: Path
    oldest: bool = False

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"{self.version} {'oldest' if self.oldest else 'newest'}"

    @property
    def home(self) -> Path:
        """Where it lies."""
        return ROOT / ".venv" / "frameworks" / self.name.replace(" ", "-")

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.home / "bin" / "python")

    def make(self) -> str:
        """Install what the tests need; return what went wrong, or nothing."""
        stamp = self.home / "stamp"
        made_from = self._made_from()
        if stamp.exists() and stamp.read_text() == made_from:
            return ""
        bare = ["-m", "venv", "--clear", "--without-pip", str(self.home)]
        pip = [sys.executable, "-m", "pip", "--python", self.python, "install"]
        wanted = ["--quiet", "--editable", ".", "--group", "tests"]
        if self.oldest:
            wanted += ["--requirement", str(OLDEST)]
        wrong = run(str(self.made_by), *bare) or run(*pip, *wanted)
        if not wrong:
            stamp.write_text(made_from)
        return wrong

    def test(self) -> str:
        """Run the tests of the adapters; return what went wrong, or nothing."""
        options = ["-q", "--tb=short", "--maxfail=20", "-p", "no:cacheprovider"]
        if self.oldest:
            options += [f"-Wignore::DeprecationWarning:{each}" for each in DATED]
        return run(self.python, "-m", "pytest", *options, *TESTS)

    def versions(self) -> dict[str, str]:
        """Tell which release of each framework is installed."""
        packages = self.home / "lib" / f"python{self.version}" / "site-packages"
        return {each.name: each.version for each in distributions(path=[str(packages)])}

    def _made_from(self) -> str:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        wants = [project["project"], project["dependency-groups"]["tests"]]
        return json.dumps([*wants, OLDEST.read_text(), str(self.made_by)])


def run(*command: str) -> str:
    """Run a command; return its output if it failed, else nothing."""
    done = subprocess.run(  # noqa: S603 - the commands of this file
        command,
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout + f"(exit {done.returncode})" if done.returncode else ""


def output(*command: str) -> str:
    """Give the output of a command, or nothing if it does not run."""
    try:
        return subprocess.check_output(  # noqa: S603 - the commands of this file
            command, stderr=subprocess.DEVNULL, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""


def places(version: str) -> Iterator[Path]:
    """Tell where a Python may be: this one, on the path, or in pyenv's store."""
    yield Path(sys.executable)
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{version}"
    if pyenv := which("pyenv"):
        for release in output(pyenv, "versions", "--bare").split():
            if release.startswith(f"{version}."):
                yield Path(output(pyenv, "prefix", release).strip()) / "bin" / "python"


def found(version: str) -> Path | None:
    """Find a Python that really runs: a shim may stand for none."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for place in places(version):
        if output(str(place), "-c", ask).strip() == version:
            return place
    return None


def environments() -> list[Environment]:
    """Give the oldest frameworks on the lowest Python, and the newest on each."""
    pythons = [(version, found(version)) for version in PYTHONS]
    newest = [Environment(version, place) for version, place in pythons if place]
    lowest = [Environment(each.version, each.made_by, oldest=True) for each in newest]
    return lowest[:1] + newest


def judge(environment: Environment) -> bool:
    """Make an environment and run the tests in it; print what went wrong."""
    wrong = environment.make() or environment.test()
    if wrong:
        print(f"--- {environment.name}\n{wrong}")
    return not wrong


def table(made: list[Environment], passed: list[bool]) -> Iterator[str]:
    """Give the releases of each environment, a column each, and how it went."""
    versions = [each.versions() for each in made]
    rows = [[name, *(each.get(name, "-") for each in versions)] for name in FRAMEWORKS]
    ends = ["passed" if good else "FAILED" for good in passed]
    for head, *cells in [["Python", *(e.name for e in made)], *rows, ["tests", *ends]]:
        yield f"{head:<20}" + "".join(f"{cell:>13}" for cell in cells)


def main() -> int:
    """Run all environments, as many at once as there are cores."""
    made = environments()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(judge, made))
    print(*table(made, passed), sep="\n")
    if lacking := sorted(set(PYTHONS) - {each.version for each in made}):
        print(f"not found: Python {', '.join(lacking)}")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
