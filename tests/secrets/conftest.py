"""Secret managers that run for the tests: OpenBao, and a server that says nothing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from examples.openbao import OpenBao, find_bao, running_bao
from tests.kit import program

POLICY = 'path "secret/*" { capabilities = ["read"] }'


@contextmanager
def bao_server(port: int | None = None) -> Iterator[OpenBao]:
    """Run an OpenBao; the test is skipped without one, but fails in CI."""
    if find_bao() is None:
        program("bao")
    with running_bao(port) as server:
        yield server


@pytest.fixture(scope="session", name="bao")
def _bao() -> Iterator[OpenBao]:
    """Give one with a secret ``jack`` in either engine, and a role that may read it."""
    with bao_server() as server:
        server.mount_kv1("kv")
        server.put("kv/apisix/jack", {"key": "one of v1", "number": 5})
        server.ask("POST", "secret/data/jack", {"data": {"key": "one of v2"}})
        server.ask("POST", "sys/policies/acl/reader", {"policy": POLICY})
        server.ask("POST", "sys/auth/approle", {"type": "approle"})
        yield server


@pytest.fixture(name="silent")
def _silent() -> Iterator[str]:
    """Give the address of what accepts a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
