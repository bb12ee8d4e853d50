import http.client
import re
import socket
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from jwtgate.cli import demo
from tests.cli.running import CLI


def test_it_tries_itself(cli: CLI) -> None:
    """Every answer is as it says."""
    ran = cli("demo", "--check")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "6 requests, 0 not as expected"


def test_an_answer_that_is_not_as_it_says_is_1(
    cli: CLI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where something else has the port."""
    gate, cases = demo.scene()
    wrong = [replace(each, status=418) for each in cases]
    monkeypatch.setattr(demo, "scene", lambda: (gate, wrong))
    ran = cli("demo", "--check")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "6 requests, 6 not as expected")


def test_it_serves_what_it_prints_until_ctrl_c(
    cli: CLI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is answered as it says, and each request is told."""
    cases = demo.scene()[1]

    def tried(server: Any) -> None:
        for case in cases:
            with closing(
                http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            ) as client:
                client.request("GET", case.path)
                server.handle_request()
                client.getresponse().read()
        raise KeyboardInterrupt

    monkeypatch.setattr("jwtgate.cli.demo.WSGIServer.serve_forever", tried)
    ran = cli("demo")
    assert ran.code == 0
    assert (
        len(re.findall(r"^curl -i .*http://127\.0\.0\.1:\d+/", ran.out, re.MULTILINE))
        == 6
    )
    assert "GET /: 401 token_missing\n" in ran.out
    assert "GET /health: hello whoever you are\n" in ran.out


def test_a_port_that_is_taken_is_refused(cli: CLI) -> None:
    """It says which."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = cli("demo", "--port", port)
    assert ran.code == 1
    assert ran.err.startswith(f"jwtgate: port {port} cannot be used: Address already")


@pytest.mark.parametrize("port", ["http", "65536", "-1"])
def test_what_is_no_port_is_usage(cli: CLI, port: str) -> None:
    """It says what was expected."""
    assert cli("demo", f"--port={port}").code == 2
