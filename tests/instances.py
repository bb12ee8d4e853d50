"""Servers of this run alone, which tests may kill, freeze and start again."""

import getpass
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, final

import psycopg
import redis
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from tests.counting.redisserver import HOST, PATIENCE, free_port, wait_until
from tests.kit import program

__all__ = ["DATABASE", "Instance", "mariadb", "postgres", "redis_server"]

DATABASE: Final = "test"
"""The database of the SQL servers; nobody needs a password."""

_QUIET: Final[dict[str, Any]] = {
    "stdout": subprocess.DEVNULL,
    "stderr": subprocess.DEVNULL,
}
_DEBIAN = "/usr/lib/postgresql"
_SERVICE = "postgres"
_CONNECTIONS = 60


@final
@dataclass
class Instance:
    """A server at a port of its own; it keeps its port and its data.

    Attributes:
        port: On the loopback.
        command: Program and arguments.
        answers: Whether the server answers.
        user: Whom it runs as; None for who runs the tests.
        goodbye: The signal that ends it for good.
    """

    port: int
    command: Sequence[str]
    answers: Callable[[int], bool]
    user: str | None = None
    goodbye: signal.Signals = signal.SIGKILL
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        wait_until(self._is_up)

    def kill(self) -> None:
        """Kill it as a machine's failure would (-9), with all its processes."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Stop all its processes: connections stay, nothing answers (SIGSTOP)."""
        self._tell(signal.SIGSTOP)
        # Its threads stop one after the other; until then one may still answer.
        wait_until(lambda: all(map(_is_stopped, self._processes())))

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self._tell(signal.SIGCONT)

    def close(self) -> None:
        """End it for good."""
        self.thaw()
        self._end(self.goodbye)

    def _is_up(self) -> bool:
        # One that was killed may leave what keeps the next from starting, for moments.
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603 - programs looked for
                self.command,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                **_QUIET,
            )
        return self.answers(self.port)

    def _end(self, how: signal.Signals) -> None:
        self._tell(how)
        if self._process is not None:
            self._process.wait(PATIENCE)
            self._process = None

    def _tell(self, what: signal.Signals) -> None:
        for pid in self._processes():
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def _processes(self) -> list[int]:
        if self._process is None:
            return []
        return [self._process.pid, *_descendants(self._process.pid)]


@contextmanager
def postgres() -> Iterator[Instance]:
    """Run PostgreSQL; its user is ``postgres``."""
    user = _SERVICE if os.geteuid() == 0 else None
    with _folder(user) as folder:
        programs = _postgres_programs()
        _run(
            *(str(programs / "initdb"), "--pgdata", str(folder), "--auth", "trust"),
            *("--username", _SERVICE, "--encoding", "UTF8", "--locale", "C"),
            *("--no-sync", "--no-instructions"),
            user=user,
        )
        settings = {
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "max_connections": _CONNECTIONS,
            "fsync": "off",
        }
        port = free_port()
        command = [str(programs / "postgres"), "-D", str(folder), "-p", str(port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGQUIT is its immediate shutdown, which leaves no shared memory behind.
        instance = Instance(port, command, _postgres_answers, user, signal.SIGQUIT)
        with (
            _started(instance),
            psycopg.connect(_conninfo(port), autocommit=True) as connection,
        ):
            connection.execute(f"CREATE DATABASE {DATABASE}")
            yield instance


@contextmanager
def mariadb() -> Iterator[Instance]:
    """Run MariaDB; its user is ``root``."""
    with _folder() as folder:
        common = [f"--user={getpass.getuser()}", f"--datadir={folder / 'data'}"]
        _run(
            *(program("mariadb-install-db"), "--no-defaults", *common),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        )
        port = free_port()
        command = [program("mariadbd"), "--no-defaults", *common]
        command += [f"--port={port}", f"--bind-address={HOST}", "--skip-name-resolve"]
        command += [f"--socket={folder / 'socket'}", "--innodb-fast-shutdown=2"]
        command += [f"--max-connections={_CONNECTIONS}"]
        instance = Instance(port, command, _mariadb_answers)
        with _started(instance):
            with _mariadb_engine(port).begin() as connection:
                connection.execute(text(f"CREATE DATABASE {DATABASE}"))
            yield instance


@contextmanager
def redis_server(*options: str) -> Iterator[Instance]:
    """Run Redis, which keeps every write over its death."""
    with _folder() as folder:
        port = free_port()
        command = [program("redis-server"), "--port", str(port), "--bind", HOST]
        command += ["--dir", str(folder), "--save", "", "--appendonly", "yes"]
        command += ["--appendfsync", "always", *options]
        with _started(Instance(port, command, _redis_answers)) as instance:
            yield instance


@contextmanager
def _started(instance: Instance) -> Iterator[Instance]:
    with ExitStack() as stack:
        stack.callback(instance.close)
        instance.start()
        yield instance


@contextmanager
def _folder(user: str | None = None) -> Iterator[Path]:
    # A server's own user may not look into pytest's folders.
    with TemporaryDirectory(prefix="jwtgate-", ignore_cleanup_errors=True) as name:
        if user is not None:
            os.chown(name, *_ids(user))
        yield Path(name)


def _ids(user: str) -> tuple[int, int]:
    import pwd  # noqa: PLC0415 - not on every system

    found = pwd.getpwnam(user)
    return found.pw_uid, found.pw_gid


def _run(*command: str, user: str | None = None) -> None:
    subprocess.run(  # noqa: S603 - programs looked for
        command,
        check=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd="/",
        **_QUIET,
    )


def _postgres_programs() -> Path:
    # Debian keeps them out of the path, in a folder of each version.
    found = sorted(Path(_DEBIAN).glob("*/bin/postgres"))
    return Path(program(str(found[-1]) if found else "postgres")).parent


def _conninfo(port: int, database: str = _SERVICE) -> str:
    return f"host={HOST} port={port} user={_SERVICE} dbname={database}"


def _postgres_answers(port: int) -> bool:
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(_conninfo(port), connect_timeout=2),
    ):
        return True
    return False


def _mariadb_engine(port: int) -> Engine:
    url = f"mysql+pymysql://root@{HOST}:{port}"
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 2})


def _mariadb_answers(port: int) -> bool:
    with suppress(OperationalError), _mariadb_engine(port).connect():
        return True
    return False


def _redis_answers(port: int) -> bool:
    with (
        suppress(redis.RedisError),
        redis.Redis(host=HOST, port=port, socket_timeout=2) as client,
    ):
        return bool(client.ping())
    return False


def _is_stopped(pid: int) -> bool:
    states = set()
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):  # it ended meanwhile
            states.add(thread.read_text().rpartition(")")[2].split()[0])
    return states <= {"T"}


def _descendants(pid: int) -> Iterator[int]:
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        for child in map(int, children.split()):
            yield child
            yield from _descendants(child)
