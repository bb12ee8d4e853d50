"""``jwt-auth`` on a consumer or a credential: what proves who calls.

Source: APISIX 3.18, ``apisix/plugins/jwt-auth.lua`` (consumer_schema).
"""

import re
from collections.abc import Mapping
from typing import cast

from jwtgate.configs.apisix.entries import InvalidEntry, leave_out
from jwtgate.configs.apisix.meta import read_meta
from jwtgate.configs.apisix.references import Resolved, resolve
from jwtgate.configs.apisix.schema import (
    anything,
    flaw,
    one_of,
    switch,
    text,
    whole,
    whole_value,
)
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ConfigurationError, InvalidKey
from jwtgate.jose import ALGORITHMS
from jwtgate.keytext import MAX_KEY_OCTETS, is_key_text

__all__ = ["read_credential"]

_RULES = {
    "key": text(1),
    "secret": text(1),
    "public_key": text(1),
    "algorithm": one_of(*ALGORITHMS),
    "exp": whole(1),
    "base64_secret": switch,
    "lifetime_grace_period": whole(0),
    "_meta": anything,
}
_PUBLIC_KEY_MISSING = (
    'failed to validate dependent schema for "algorithm": value should match only one '
    "schema, but matches none"
)
_HS = 'property "secret" is required when using HS based algorithms'
_NOT_BASE64 = "base64_secret required but the secret is not in base64 format"
# What ngx.decode_base64 takes: padding or not, and anything behind the padding.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3})?(?:=.*)?", re.DOTALL)


def read_credential(
    block: Mapping[str, object],
    at: Path,
    context: Context,
    *,
    owner: Consumer,
    id: str | None,  # noqa: A002 - what it is
) -> Credential | UnusableCredential | None:
    """Make a credential of a block.

    Args:
        block: Its members.
        at: Where it is.
        context: Takes what is wrong, and what deserves a look.
        owner: Whose it is.
        id: The credential's id, if it is not the consumer's own block.

    Returns:
        None if it is switched off: disabled, or a reference leads nowhere. Where a
        secret manager does not give what it should, one that cannot be used.

    Raises:
        InvalidEntry: It is not as APISIX wants it.
    """
    found = resolve(block, at, context)
    lost = dict(found.unresolved)
    if (*at, "key") not in lost:  # without a key nobody could be told
        lost = {at: lost[at] for at in lost if at not in found.unavailable}
    for place, why in lost.items():
        leave_out(context, place, f"{why}; the credential is switched off")
    if lost:
        return None
    if found.unavailable:
        return _unavailable(found, at, context)
    flawed = flaw(found.block, _RULES, ("key",)) or _flaw_of_key(found)
    if flawed is not None:
        raise InvalidEntry(flawed)
    if read_meta(found.block, at, context).disabled:
        leave_out(context, at, "is disabled; the credential is switched off")
        return None
    if not is_key_text(found.block["key"]):
        leave_out(
            context,
            (*at, "key"),
            f"expected a printable text of 1 to {MAX_KEY_OCTETS} octets",
        )
        return None
    return _make(found.block, at, context, owner=owner, id=id)


def _unavailable(
    found: Resolved, at: Path, context: Context
) -> UnusableCredential | None:
    key, algorithm = found.block.get("key"), found.block.get("algorithm", "HS256")
    if not is_key_text(key) or read_meta(found.block, at, context).disabled:
        return None
    for place, why in found.unavailable.items():
        context.notes.add("warning", place, f"{why}; it cannot be used now")
    return UnusableCredential(
        key=str(key),
        why="; ".join(found.unavailable.values()),
        algorithm=algorithm if algorithm in tuple(ALGORITHMS) else None,
    )


def _flaw_of_key(found: Resolved) -> str | None:
    block = found.block
    if not ALGORITHMS[_algorithm(block)].symmetric:
        return None if "public_key" in block else _PUBLIC_KEY_MISSING
    if "secret" not in block:
        return _HS
    if block.get("base64_secret") is True and "secret" not in found.referred:
        return None if _BASE64.fullmatch(str(block["secret"])) else _NOT_BASE64
    return None


def _algorithm(block: Mapping[str, object]) -> str:
    return str(block.get("algorithm", "HS256"))


def _make(
    block: Mapping[str, object],
    at: Path,
    context: Context,
    *,
    owner: Consumer,
    id: str | None,  # noqa: A002 - what it is
) -> Credential | UnusableCredential:
    algorithm = _algorithm(block)
    symmetric = ALGORITHMS[algorithm].symmetric

    def make(*, allow_weak_secret: bool) -> Credential:
        return Credential(
            consumer=owner,
            id=id,
            key=str(block["key"]),
            algorithm=algorithm,
            secret=cast("str", block["secret"]) if symmetric else None,
            public_key=None if symmetric else cast("str", block["public_key"]),
            secret_is_base64=symmetric and block.get("base64_secret") is True,
            token_lifetime=whole_value(block.get("exp", 86400)) or 86400,
            lifetime_grace_period=whole_value(block.get("lifetime_grace_period", 0)),
            allow_weak_secret=allow_weak_secret,
        )

    try:
        return make(allow_weak_secret=False)
    except InvalidKey:
        pass
    except ConfigurationError as error:
        raise InvalidEntry("; ".join(error.problems)) from None
    try:
        credential = make(allow_weak_secret=True)
    except InvalidKey as error:
        # The path says which credential it is.
        why = str(error).removeprefix(f"credential {id or block['key']!r}: ")
        return _unusable(why, block, at, context)
    context.notes.add(
        "warning",
        (*at, "secret"),
        f"is shorter than the hash of {algorithm} (RFC 7518 3.2); take a longer one",
    )
    return credential


def _unusable(
    why: str, block: Mapping[str, object], at: Path, context: Context
) -> UnusableCredential:
    algorithm = _algorithm(block)
    member = "secret" if ALGORITHMS[algorithm].symmetric else "public_key"
    if context.strict:
        context.problems.add((*at, member), why)
    else:
        context.notes.add(
            "warning", (*at, member), f"{why}; every token of this key is refused"
        )
    return UnusableCredential(
        key=str(block["key"]), why=why, algorithm=algorithm, refuses=True
    )
