"""What a run ran on, less whose machine it is: no host's name and no path."""

import os
import platform
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from cryptography.hazmat.backends.openssl.backend import backend

from jwtgate import gate

__all__ = ["describe", "is_compiled"]

_PACKAGES: Final = (
    "jwtgate",
    "cryptography",
    "PyJWT",
    "joserfc",
    "Authlib",
    "python-jose",
    "Starlette",
    "FastAPI",
    "Flask",
    "Flask-JWT-Extended",
    "Django",
    "djangorestframework",
    "djangorestframework-simplejwt",
    "uvicorn",
    "uvloop",
    "httptools",
    "granian",
)


def describe() -> Mapping[str, str]:
    """Give the date, the machine and the versions of all that took part."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": _system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "OpenSSL": (
            f"{ssl.OPENSSL_VERSION} of Python, "
            f"{backend.openssl_version_text()} of cryptography"
        ),
        "packages": ", ".join(_versions()),
    }


def is_compiled() -> bool:
    """Whether the modules of a request's path are those of a compiled wheel."""
    return not (gate.__file__ or "").endswith(".py")


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    for line in cpus.read_text().splitlines() if cpus.exists() else ():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def _versions() -> Iterator[str]:
    how = {"jwtgate": " (compiled)"} if is_compiled() else {}
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}" + how.get(package, "")
        except PackageNotFoundError:
            continue  # the tables name what was skipped
