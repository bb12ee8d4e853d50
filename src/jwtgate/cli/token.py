"""``jwtgate token``: a token for a consumer of a file or a store."""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from math import floor
from typing import Any, Final

from jwtgate.cli.errors import OK, UsageError
from jwtgate.cli.files import read_text
from jwtgate.cli.keymaking import pem_of
from jwtgate.cli.loading import load_gate
from jwtgate.cli.minting import Plan, Wish, choose, is_usable, plan_of_gate
from jwtgate.cli.opening import opened
from jwtgate.cli.showing import name_of
from jwtgate.cli.sources import StoreRows, add_source, chosen_file
from jwtgate.cli.terminal import Terminal
from jwtgate.cli.times import duration, local, moment, told, utc
from jwtgate.issue import issue
from jwtgate.jose import ALGORITHMS, parse_compact
from jwtgate.values import is_seconds

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "token"
HELP: Final = "sign a token for a consumer of a file or a store"

_EXAMPLES: Final = """\
examples:
  jwtgate token jack --config kong.yml --expires-in 10m
  jwtgate token jack --config jwtgate.toml --claim sub=orders --claim 'scope="a b"'
  jwtgate token jack --private-key jack.private.pem   # of the store in JWTGATE_STORE
  curl -H "Authorization: Bearer $(jwtgate token jack)" http://localhost:8000/
"""
_TIMES: Final = ("iat", "nbf", "exp", "auth_time")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take whose token it is, and what it says."""
    parser.epilog = _EXAMPLES
    parser.add_argument("consumer", metavar="CONSUMER", help="its id or username")
    add_source(parser)
    parser.add_argument("--key", help="of which credential, if there are several keys")
    parser.add_argument("--kid", help="of which of a key's; the newest if left out")
    parser.add_argument(
        "--path", help="of the request that it is for, where a file's routes differ"
    )
    parser.add_argument("--method", default="GET", help="of that request; GET")
    parser.add_argument(
        "--key-claim",
        metavar="CLAIM",
        help="what names the credential; the policy's, or iss, if left out",
    )
    parser.add_argument(
        "--claim",
        dest="claims",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        type=_claim,
        help="what else it says: JSON, or else a text; may be repeated",
    )
    parser.add_argument(
        "--expires-in",
        metavar="DURATION",
        type=duration,
        help="such as 600 or 10m; the credential's token_lifetime if left out, or what "
        "the policy allows, if that is less",
    )
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=moment,
        help="when it is signed, for tests: now, +10m, '1h ago', seconds since the "
        "epoch, or such as 2027-01-31T12:00Z; now if left out",
    )
    parser.add_argument(
        "--private-key",
        metavar="FILE",
        help="a PEM or a JWK, if not HS256, HS384 or HS512; - is standard input",
    )
    parser.add_argument(
        "--json", action="store_true", help="the token, its claims and times in JSON"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Sign it: alone on a pipe; with claims and times for who looks at it."""
    now = time.time() if arguments.at is None else arguments.at
    plan = _plan(arguments, now)
    token = _signed(arguments, plan, now)
    claims = dict(parse_compact(token.encode()).claims)
    if arguments.json:
        terminal.json(_report(token, plan, claims))
    else:
        terminal.line(token)
        if terminal.is_watched:
            for line in _lines(plan, claims, floor(now)):
                terminal.note(line, "dim")
    for warning in _warnings(plan, claims):
        terminal.note(f"warning: {warning}", "warn")
    return OK


def _plan(arguments: argparse.Namespace, now: float) -> Plan:
    wish = Wish(arguments.consumer, arguments.key, arguments.kid)
    file = chosen_file(arguments)
    if file is not None:
        gate = load_gate(file, arguments)
        return plan_of_gate(
            gate, wish, path=arguments.path, method=arguments.method, now=now
        )
    if arguments.path is not None:
        raise UsageError("--path is for a file's routes; a store has none")
    with opened(arguments) as store:
        rows = StoreRows(store).credentials(arguments.consumer)
        return Plan(choose(rows, wish, now))


def _signed(arguments: argparse.Namespace, plan: Plan, now: float) -> str:
    credential = plan.credential
    key_claim = arguments.key_claim or plan.key_claim
    given = dict(arguments.claims)
    if len(given) < len(arguments.claims):
        raise UsageError("--claim: one name comes twice")
    for name, option in (("exp", "--expires-in and --at"), (key_claim, "--key")):
        if name in given:
            raise UsageError(f"--claim {name}: that is said by {option}")
    private_key = None
    if arguments.private_key is not None:
        private_key = pem_of(credential.algorithm, read_text(arguments.private_key))
    elif not ALGORITHMS[credential.algorithm].symmetric:
        raise UsageError(f"{credential.algorithm} needs --private-key FILE")
    lifetime = arguments.expires_in
    if lifetime is None:
        lifetime = credential.token_lifetime
        if plan.at_most is not None:
            lifetime = min(lifetime, floor(plan.at_most))
    # exp is what issue() adds to its clock, and it adds one second at least.
    return issue(
        credential,
        {"iat": floor(now), **given},
        private_key=private_key,
        expires_in=1,
        now=floor(now) + lifetime - 1,
        key_claim=key_claim,
    )


def _report(token: str, plan: Plan, claims: Mapping[str, Any]) -> Mapping[str, object]:
    times = {
        name: {"seconds": claims[name], "utc": utc(at), "local": local(at)}
        for name, at in _times(claims)
    }
    return {
        "token": token,
        "consumer": name_of(plan.credential.consumer),
        "key": plan.credential.key,
        "kid": plan.credential.kid,
        "algorithm": plan.credential.algorithm,
        "claims": _plain(claims),
        "times": times,
    }


def _lines(plan: Plan, claims: Mapping[str, Any], now: float) -> Iterator[str]:
    credential, times = plan.credential, dict(_times(claims))
    yield f"for {name_of(credential.consumer)}, by {credential.algorithm}"
    width = max(map(len, claims))
    for name, value in claims.items():
        text = json.dumps(_plain(value), ensure_ascii=False)
        at = f"  {told(times[name], now)}" if name in times else ""
        yield f"  {name:<{width}}  {text}{at}"


def _times(claims: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name in _TIMES:
        value = claims.get(name)
        if is_seconds(value):
            yield name, value


def _warnings(plan: Plan, claims: Mapping[str, Any]) -> Iterator[str]:
    now = time.time()
    ahead = claims["exp"] - now
    if ahead <= 0:
        yield "exp is not in the future: a gate refuses this token as expired"
    if plan.at_most is not None and ahead > plan.at_most:
        yield f"exp is further ahead than the {plan.at_most:g} s that the policy allows"
    if not is_usable(plan.credential, now):
        yield "its credential or consumer may not be used now: a gate refuses it"


def _plain(value: Any) -> Any:
    """Copy what is read-only into what JSON is written of."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _claim(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError("expected such as sub=jack")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
