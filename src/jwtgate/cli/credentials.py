"""``jwtgate credentials``: what proves who calls."""

import argparse
import time
from typing import Final

from jwtgate.cli.actions import Actions
from jwtgate.cli.errors import OK
from jwtgate.cli.material import add_material, handover, material, tell
from jwtgate.cli.opening import add_store, opened
from jwtgate.cli.showing import (
    CREDENTIAL_COLUMNS,
    credential_json,
    credential_row,
)
from jwtgate.cli.sources import add_source, rows_of
from jwtgate.cli.terminal import Terminal
from jwtgate.cli.times import duration, moment, told
from jwtgate.credential import Credential
from jwtgate.stores.fields import CredentialFields

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "credentials"
HELP: Final = "list, add, rotate and change what proves who calls"

_EXAMPLES: Final = """\
examples:
  jwtgate credentials add jack --key jack-key --secret-out jack.secret
  jwtgate credentials add jack --algorithm RS256 --public-key jack.public.pem
  jwtgate credentials rotate jack-key --overlap 1h --secret-out jack.2.secret
  jwtgate credentials retire jack-key --at +1d
  jwtgate credentials list jack
"""
_FIELDS: Final = (
    *("key", "kid", "token_lifetime", "lifetime_grace_period", "not_before"),
    *("retire_after", "consumer_claim", "audience", "types", "tags"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is done, and with which."""
    parser.epilog = _EXAMPLES
    actions = Actions(parser)
    listing = actions.add("list", "list those of a file or a store", _list)
    listing.add_argument(
        "consumer", metavar="CONSUMER", nargs="?", help="only those of this one"
    )
    add_source(listing)
    listing.add_argument("--tag", help="only those with this tag")
    _add_json(listing)
    adding = actions.add("add", "add one to a consumer of a store", _add)
    adding.add_argument("consumer", metavar="CONSUMER", help="its id or username")
    _take_fields(adding)
    add_material(adding)
    add_store(adding)
    _add_json(adding)
    rotating = actions.add(
        "rotate", "add a successor under the same key, and retire the old one", _rotate
    )
    _take_key(rotating)
    rotating.add_argument(
        "--overlap",
        metavar="DURATION",
        type=duration,
        required=True,
        help="how long the old one still verifies: such as 600 or 1h",
    )
    rotating.add_argument(
        "--new-kid", metavar="KID", help="of the successor; made if left out"
    )
    add_material(rotating)
    add_store(rotating)
    _add_json(rotating)
    retiring = actions.add("retire", "let one verify no more, from a time on", _retire)
    _take_key(retiring)
    retiring.add_argument(
        "--at",
        metavar="TIME",
        type=moment,
        default="now",
        help="now, +10m, '1h ago', seconds since the epoch, or such as "
        "2027-01-31T12:00Z; now if left out",
    )
    add_store(retiring)
    for name, about, act in (
        ("enable", "let one verify again", _enable),
        ("disable", "let one verify nothing", _disable),
        ("delete", "remove one", _delete),
    ):
        one = actions.add(name, about, act)
        _take_key(one)
        add_store(one)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Do what was chosen."""
    return Actions.run(arguments, terminal)


def _take_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="what tokens name it by")
    parser.add_argument("--kid", help="its kid, if it has one")


def _take_fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", help="what tokens name it by; made if left out")
    parser.add_argument("--kid", help="the key id, which picks one of a key's")
    parser.add_argument(
        "--token-lifetime",
        metavar="DURATION",
        type=duration,
        help="how long tokens live; 1d if left out",
    )
    parser.add_argument(
        "--lifetime-grace-period",
        metavar="DURATION",
        type=duration,
        help="leeway for exp and nbf; the policy's if left out",
    )
    for name, what in (("not-before", "from when"), ("retire-after", "until when")):
        parser.add_argument(
            f"--{name}", metavar="TIME", type=moment, help=f"{what} it may be used"
        )
    parser.add_argument(
        "--consumer-claim", metavar="CLAIM", help="names the consumer, of many"
    )
    for name, dest, what in (
        ("audience", "audience", "what its tokens must be meant for (aud)"),
        ("type", "types", "the type (typ) that its tokens must have"),
        ("tag", "tags", "a tag"),
    ):
        parser.add_argument(
            f"--{name}",
            dest=dest,
            metavar="TEXT",
            action="append",
            help=f"{what}; may be repeated",
        )
    parser.add_argument(
        "--disabled", dest="enabled", action="store_false", help="it verifies nothing"
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="in JSON, for scripts")


def _list(arguments: argparse.Namespace, terminal: Terminal) -> int:
    with rows_of(arguments) as rows:
        found = list(rows.credentials(arguments.consumer, arguments.tag))
    now = time.time()
    if arguments.json:
        terminal.json([credential_json(each, now) for each in found])
    else:
        terminal.table(
            CREDENTIAL_COLUMNS, [credential_row(each, now) for each in found]
        )
    return OK


def _add(arguments: argparse.Namespace, terminal: Terminal) -> int:
    fields = material(arguments)
    fields["enabled"] = arguments.enabled
    for name in _FIELDS:
        if getattr(arguments, name) is not None:
            fields[name] = getattr(arguments, name)
    with handover(arguments) as hand_over, opened(arguments) as store:
        credential = store.create_credential(arguments.consumer, **fields)
        secret = _made(credential, fields)
        if secret is not None:
            hand_over(secret)
    tell(credential, secret, arguments, terminal)
    return OK


def _rotate(arguments: argparse.Namespace, terminal: Terminal) -> int:
    fields = material(arguments)
    if arguments.new_kid is not None:
        fields["kid"] = arguments.new_kid
    with handover(arguments) as hand_over, opened(arguments) as store:
        credential = store.rotate(
            arguments.key, arguments.kid, overlap=arguments.overlap, **fields
        )
        secret = _made(credential, fields)
        if secret is not None:
            hand_over(secret)
    tell(credential, secret, arguments, terminal)
    return OK


def _made(credential: Credential, fields: CredentialFields) -> str | None:
    octets = credential.reveal_secret()
    return None if octets is None or "secret" in fields else octets.decode()


def _retire(arguments: argparse.Namespace, terminal: Terminal) -> int:
    with opened(arguments) as store:
        row = store.update_credential(
            arguments.key, arguments.kid, retire_after=arguments.at
        )
    terminal.line(f"{row.key} verifies until {told(arguments.at, time.time())}")
    return OK


def _enable(arguments: argparse.Namespace, terminal: Terminal) -> int:
    return _switch(arguments, terminal, enabled=True)


def _disable(arguments: argparse.Namespace, terminal: Terminal) -> int:
    return _switch(arguments, terminal, enabled=False)


def _switch(arguments: argparse.Namespace, terminal: Terminal, *, enabled: bool) -> int:
    with opened(arguments) as store:
        store.update_credential(arguments.key, arguments.kid, enabled=enabled)
    terminal.line(f"{'enabled' if enabled else 'disabled'} {arguments.key}")
    return OK


def _delete(arguments: argparse.Namespace, terminal: Terminal) -> int:
    with opened(arguments) as store:
        store.delete_credential(arguments.key, arguments.kid)
    terminal.line(f"deleted {arguments.key}")
    return OK
