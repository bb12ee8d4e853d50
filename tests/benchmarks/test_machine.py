import platform
from pathlib import Path

from benchmarks.machine import describe


def test_the_machine_is_described_without_whose_it_is() -> None:
    """What is published names no host and no path."""
    described = " ".join(describe().values())
    assert platform.node() not in described.split()
    assert str(Path.home()) not in described
    assert str(Path.cwd()) not in described


def test_the_versions_of_those_who_took_part_are_told() -> None:
    """A figure is one of a version."""
    packages = describe()["packages"]
    assert "jwtgate " in packages
    assert "PyJWT " in packages
