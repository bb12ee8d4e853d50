"""A gateway of our own: nginx with its Lua module, and ``nginx/verify.lua``."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.apps.callers import Caller
from benchmarks.processes import NotStarted, cores, free_port, on_core, started
from benchmarks.tokens import KEY

__all__ = ["PLACES", "Missing", "gateway"]

PLACES: Final = ("open", "checked", "before_open", "before_checked")
"""By itself and before the app; letting everybody pass, and by a check."""

_FOLDER: Final = Path(__file__).parent / "nginx"


class Missing(Exception):
    """Something is not installed; says what."""


@contextmanager
def gateway(who: Caller, app: int) -> Iterator[dict[str, int]]:
    """Run nginx on the first core; give the ports of its ``PLACES``.

    Args:
        who: Whom it lets pass; by HS256 alone.
        app: The port of the app.

    Raises:
        Missing: It, or what it needs, is not installed.
        NotStarted: Another reason.
    """
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        raise Missing("nginx is not installed")
    modules = _modules_of(nginx)
    if not (modules / "ngx_http_lua_module.so").exists():
        raise Missing("nginx's Lua module is not installed")
    ports = {place: free_port() for place in PLACES}
    text = _Config((_FOLDER / "nginx.conf").read_text()).substitute(
        ports, app=app, folder=_FOLDER, modules=modules
    )
    with TemporaryDirectory() as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(text)
        command = [nginx, "-e", "stderr", "-p", folder, "-c", str(config)]
        environment = {"BENCHMARK_KEY": KEY, **who.environment}
        command = on_core(cores()[0], command)
        try:
            with started(command, ports.values(), environment):
                yield ports
        except NotStarted as error:
            lacking = re.search(r"module '([\w.]+)' not found", str(error))
            if lacking is None:
                raise
            raise Missing(f"{lacking[1]}, of Lua, is not installed") from error


class _Config(Template):
    delimiter = "%"  # "$" begins nginx's own variables


def _modules_of(nginx: str) -> Path:
    built = subprocess.run(  # noqa: S603 - what was found above
        [nginx, "-V"], check=True, capture_output=True, text=True
    ).stderr
    path = re.search(r"--modules-path=(\S+)", built)
    return Path(path[1] if path else "/usr/lib/nginx/modules")
