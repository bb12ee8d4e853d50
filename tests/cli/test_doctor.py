import json
import sys
from pathlib import Path

import pytest

from tests.cli.running import CLI, run_process
from tests.kit import SECRET

KONG = Path(__file__).parents[2] / "examples" / "from_kong" / "kong.yml"
SOUND = """\
version = 1
policy.maximum_expiration = 600
policy.audience = ["shop"]
[[consumers]]
username = "jack"
[[consumers.credentials]]
key = "jack-key"
secret = "$file://jack.secret"
retire_after = 4_000_000_000
"""
APP = """\
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from jwtgate import Gate, MemoryStore, Policy
from jwtgate.starlette import JWTGateMiddleware

async def view(request): ...

store = MemoryStore()
gate = Gate(store, Policy(audience=["shop"]))
report = Gate(store, Policy(audience=["shop"], mode="report"))
bare = Starlette(routes=[Route("/x", view)])
app = Starlette(routes=[Route("/x", view)], middleware=[
    Middleware(JWTGateMiddleware, gate=gate),
    Middleware(JWTGateMiddleware, gate=report),
])
"""


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Write a file that nothing is weak about."""
    secret = tmp_path / "jack.secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    file = tmp_path / "sound.toml"
    file.write_text(SOUND)
    file.chmod(0o600)
    return file


@pytest.fixture
def weak(sound: Path) -> Path:
    """Write a file with a warning."""
    file = sound.with_name("weak.toml")
    file.write_text(
        SOUND.replace("version = 1\n", "version = 1\npolicy.leeway = 301\n")
    )
    file.chmod(0o600)
    return file


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a module with apps into the working directory; give its name."""
    name = f"app_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(APP)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return name


def test_sound_file_has_nothing(cli: CLI, sound: Path) -> None:
    """It says so, and ends with 0."""
    ran = cli("doctor", sound, "--fail-on", "warning")
    assert (ran.code, ran.out) == (0, "0 errors, 0 warnings, 0 info\n")


def test_finding_is_told_with_its_mend(cli: CLI, weak: Path) -> None:
    """Three lines: what and where, why, what to do."""
    assert cli("doctor", weak).out == (
        "policy.leeway: warning JG208: the leeway is 301 seconds\n"
        "  why:  Expired tokens live on for as long. RFC 7519 section 4.1.4: usually "
        "no more than a few minutes.\n"
        "  mend: Set the clocks by NTP, and the leeway to 60 seconds or less.\n"
        "0 errors, 1 warning, 0 info\n"
    )


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1)])
def test_a_warning_fails_if_it_is_to(
    fail_on: str, code: int, cli: CLI, weak: Path
) -> None:
    """Errors always do."""
    assert cli("doctor", weak, "--fail-on", fail_on).code == code


def test_json_is_for_scripts(cli: CLI, weak: Path) -> None:
    """A list of objects, with a code each."""
    (one,) = json.loads(cli("doctor", weak, "--format", "json").out)
    assert list(one) == ["code", "severity", "path", "what", "why", "mend"]
    assert one["code"] == "JG208"


def test_file_that_does_not_load_fails(cli: CLI, tmp_path: Path) -> None:
    """It is a finding, and no slip in the call."""
    ran = cli("doctor", tmp_path / "none.toml")
    assert ran.code == 1
    assert ran.out.startswith(f"{tmp_path / 'none.toml'}: error JG101: cannot be read")


def test_file_of_a_gateway_says_where_mends_go(cli: CLI) -> None:
    """Beside what was found."""
    ran = cli("doctor", KONG, "--allow-dropped", "x", "--config-format", "kong")
    assert ran.err == (
        "mends are in the words of jwtgate's own files; jwtgate convert writes one\n"
    )


def test_published_secret_is_found_and_not_shown(cli: CLI) -> None:
    """The file of the how-to has one."""
    cli.secrets.add("C50k0bcahDhLNhLKSUBSR1OMiFGzNZ7X")
    ran = cli("doctor", KONG)
    assert (ran.code, "JG301" in ran.out) == (1, True)


def test_app_is_looked_at_beside_the_file(cli: CLI, sound: Path, app: str) -> None:
    """Its open routes, for one."""
    ran = cli("doctor", sound, "--app", f"{app}:bare")
    assert "app /x: warning JG611: " in ran.out


def test_gates_of_an_app_are_looked_at(cli: CLI, app: str) -> None:
    """All of them, where no file is named."""
    ran = cli("doctor", "--app", f"{app}:app")
    assert "settings.policy.mode: warning JG206: report mode is on" in ran.out


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ([], "nothing to look at; expected CONFIG, or --app MODULE:APP"),
        (["--app", "{app}:bare"], "{app}:bare has no gate; name its CONFIG"),
        (["--app", "no_such:app"], "there is no module 'no_such' in "),
    ],
    ids=["nothing", "no gate", "no module"],
)
def test_call_that_cannot_work(
    argv: list[str], problem: str, cli: CLI, app: str
) -> None:
    """It ends with 2."""
    ran = cli("doctor", *(each.format(app=app) for each in argv))
    assert ran.code == 2
    assert ran.err.startswith(f"jwtgate: {problem.format(app=app)}")


def test_process_tells_each_thing_once() -> None:
    """What the file's reader logs is not told beside."""
    ran = run_process("doctor", str(KONG))
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
