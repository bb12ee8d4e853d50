"""``jwtgate init``: a starting ``jwtgate.toml``."""

import argparse
import json
import re
import shlex
from pathlib import Path
from typing import Final

from jwtgate.cli.errors import OK, UsageError
from jwtgate.cli.files import PUBLIC, NewFile, create, make_folder
from jwtgate.cli.terminal import Terminal
from jwtgate.configs import load
from jwtgate.consumer import Consumer
from jwtgate.stores.fields import new_secret

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "init"
HELP: Final = "write a starting jwtgate.toml"

_EXAMPLES: Final = """\
examples:
  jwtgate init                                   # jwtgate.toml and jack.secret
  jwtgate init shop --consumer ann --secret env  # shop/jwtgate.toml and jwtgate.env
"""
_NAME: Final = "jwtgate.toml"
_ENV: Final = "jwtgate.env"
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9]+")

_TEMPLATE: Final = """\
# What a request has to bring, and who may call. See docs/configuration.md, and
# try "jwtgate doctor {name}".
version = 1

[policy]
realm = "app"
maximum_expiration = 86400  # seconds that a token may live
# audience = ["https://app.example"]  # whom tokens have to be meant for
# leeway = 5  # seconds that clocks may differ

[[consumers]]
username = {consumer}
# groups = ["staff"]

[[consumers.credentials]]
key = {key}  # tokens name it in their claim "iss"
secret = {reference}

# Nobody is asked for a token here.
[[routes]]
path = "/health"
methods = ["GET"]
public = true
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take where the file goes, and whom it names."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        nargs="?",
        default=".",
        help="where the files go, made if there is none; here if left out",
    )
    parser.add_argument(
        "--consumer",
        metavar="NAME",
        default="jack",
        help="the username of the first consumer; jack if left out",
    )
    parser.add_argument(
        "--secret",
        dest="kept_in",
        choices=("file", "env"),
        default="file",
        help="where its secret is kept: in a file that jwtgate.toml refers to, or in "
        "a variable, which a file for the shell sets; file if left out",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write both files, load them, and say what to do next."""
    consumer = Consumer(username=arguments.consumer)  # a name that cannot be, is told
    stem = _FOREIGN.sub("-", arguments.consumer).strip("-").lower()
    if not stem:
        raise UsageError("--consumer needs a letter or a digit of ASCII")
    folder = Path(arguments.folder)
    secret = new_secret("HS256") or ""
    variable = f"{stem.upper().replace('-', '_')}_SECRET"
    if arguments.kept_in == "file":
        kept = NewFile(folder / f"{stem}.secret", f"{secret}\n")
        reference = f"$file://{kept.path.name}"
    else:
        kept = NewFile(folder / _ENV, f"{variable}={secret}\n")
        reference = f"$env://{variable}"
    text = _TEMPLATE.format(
        name=_NAME,
        consumer=_quoted(arguments.consumer),
        key=_quoted(f"{stem}-key"),
        reference=_quoted(reference),
    )
    file = NewFile(folder / _NAME, text, PUBLIC)
    make_folder(folder)
    create([file, kept])
    load(file.path, environ={variable: secret})
    _tell(file.path, kept.path, consumer, terminal, in_shell=arguments.kept_in == "env")
    return OK


def _tell(
    file: Path, kept: Path, consumer: Consumer, terminal: Terminal, *, in_shell: bool
) -> None:
    terminal.line(f"wrote {file}", "good")
    terminal.line(
        f"wrote {kept} (for you alone; keep it out of version control)", "good"
    )
    terminal.line()
    terminal.line("next:", "head")
    if in_shell:
        terminal.line(f"  set -a; . {shlex.quote(str(kept))}; set +a")
    name, config = shlex.quote(str(consumer.username)), shlex.quote(str(file))
    terminal.line(f"  jwtgate token {name} --config {config}")
    terminal.line(f"  jwtgate doctor {config}")
    terminal.line("and in the app:")
    terminal.line("  import jwtgate")
    terminal.line("  from jwtgate.asgi import JWTGateMiddleware  # or jwtgate.wsgi")
    terminal.line(
        f"  app = JWTGateMiddleware(app, jwtgate.load({str(file)!r}, watch=True))"
    )


def _quoted(text: str) -> str:
    # A basic string of TOML is one of JSON, but for DEL, which it takes as an escape.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
