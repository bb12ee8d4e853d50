"""Mistakes in how a token is sent: the scheme, quotes, escapes, the carrier."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote_to_bytes

from jwtgate.explain.case import Case
from jwtgate.explain.explanation import Slip
from jwtgate.explain.malformed import decoded
from jwtgate.explain.wording import plain
from jwtgate.identity import fold
from jwtgate.reason import Reason

__all__ = ["SENDING"]

# Three segments of base64 in any alphabet, the first of them a JSON object.
_TOKEN = re.compile(rb"ey[\w+/-]+={0,2}\.[\w+/-]+={0,2}\.[\w+/-]*={0,2}", re.ASCII)
_QUOTES = (b'""', b"''", b"<>", b"{}", b"[]", b"``")


def _value(case: Case) -> bytes:
    return b"" if case.sent is None else case.sent.value


def _is_ill_formed(case: Case) -> bool:
    return case.reason in (
        Reason.TOKEN_MALFORMED,
        Reason.HEADER_MALFORMED,
        Reason.PAYLOAD_MALFORMED,
        Reason.SIGNATURE_MALFORMED,
        Reason.TOKEN_TOO_LONG,
    )


def _bearer_missing(case: Case) -> Slip | None:
    for name in _headers(case) if case.reason is Reason.TOKEN_MISSING else ():
        for line in case.request.lines(fold(name.encode())):
            scheme, _, rest = line.strip().rpartition(b" ")
            if _TOKEN.fullmatch(rest) and not scheme:
                return Slip(
                    name="bearer_missing",
                    saw=f"The header {name} has a token without the word Bearer.",
                    mend=f"Send '{name}: Bearer TOKEN'.",
                )
            if _TOKEN.fullmatch(rest):
                return Slip(
                    name="another_scheme",
                    saw=f"The header {name} has a token of another scheme than Bearer.",
                    mend=f"Send '{name}: Bearer TOKEN'.",
                )
    return None


def _bearer_doubled(case: Case) -> Slip | None:
    value = _value(case).strip()
    if not _is_ill_formed(case) or not value[:7].lower().startswith(b"bearer"):
        return None
    return Slip(
        name="bearer_doubled",
        saw="The word Bearer is there twice.",
        mend="Write it once: most clients add it to the token by themselves.",
    )


def _quoted(case: Case) -> Slip | None:
    value = _value(case).strip()
    ends = value[:1] + value[-1:]
    if not _is_ill_formed(case) or len(value) < 3 or ends not in _QUOTES:
        return None
    return Slip(
        name="quoted",
        saw="The token has quotes or brackets around it.",
        mend="Send it bare; in a shell, quote the whole header.",
    )


def _url_encoded(case: Case) -> Slip | None:
    value = _value(case)
    plain = unquote_to_bytes(value)
    if not _is_ill_formed(case) or plain == value or not _TOKEN.search(plain):
        return None
    return Slip(
        name="url_encoded",
        saw="The token is percent-encoded once more than its carrier demands.",
        mend="Send it as it was issued: a token has nothing that needs an escape.",
    )


def _broken_up(case: Case) -> Slip | None:
    value = _value(case).strip()
    bare = b"".join(value.split())
    if not _is_ill_formed(case) or bare == value or not _TOKEN.fullmatch(bare):
        return None
    return Slip(
        name="broken_up",
        saw="The token has blanks or line ends inside.",
        mend="Copy it as one line.",
    )


def _padded(case: Case) -> Slip | None:
    value = _value(case).strip()
    if not _is_ill_formed(case) or not _TOKEN.fullmatch(value):
        return None
    if not any(each in value for each in (b"=", b"+", b"/")):
        return None
    return Slip(
        name="padded",
        saw="The segments are plain base64, with padding or with + and /.",
        mend="Have the issuer write base64url without padding (RFC 7515 section 2).",
    )


def _cut_off(case: Case) -> Slip | None:
    segments = _value(case).strip().split(b".")
    if case.reason is not Reason.TOKEN_MALFORMED or len(segments) >= 3:
        return None
    if not decoded(segments[0]):
        return None
    return Slip(
        name="cut_off",
        saw="The end of the token is missing.",
        mend="Copy all of it: three segments with two dots between.",
    )


def _unsigned(case: Case) -> Slip | None:
    token = case.token
    alg = None if token is None else token.header.members.get("alg")
    if not isinstance(alg, str) or alg.lower() != "none":
        return None
    return Slip(
        name="unsigned",
        saw="The token is not signed: its algorithm is none.",
        mend="Sign it; if nobody here made it, somebody is trying to forge one.",
    )


def _in_another_carrier(case: Case) -> Slip | None:
    if case.reason is not Reason.TOKEN_MISSING:
        return None
    read = {fold(name.encode()) for name in case.policy.header_names}
    for place, value in _everywhere(case):
        if place.startswith("header") and fold(place[7:].encode()) in read:
            continue
        if _TOKEN.search(value):
            return Slip(
                name="in_another_carrier",
                saw=f"There is a token in the {plain(place)}, where this policy "
                "does not look.",
                mend=f"Send it in the {_carriers(case)}, or have the policy read it "
                "there.",
            )
    return None


def _headers(case: Case) -> Sequence[str]:
    return case.policy.header_names


def _everywhere(case: Case) -> Iterator[tuple[str, bytes]]:
    for name, value in case.request.headers[:1000]:
        if fold(name) != b"cookie":
            yield f"header {name.decode('latin-1')}", value
            continue
        for cookie in re.split(rb"[;,]", value[:65_536]):
            named, _, content = cookie.strip().partition(b"=")
            yield f"cookie {named.decode('latin-1')}", content
    for parameter in case.request.query[:65_536].split(b"&"):
        named, _, content = parameter.partition(b"=")
        yield f"query parameter {named.decode('latin-1')}", unquote_to_bytes(content)


def _carriers(case: Case) -> str:
    policy = case.policy
    named = (
        *(f"header {name}" for name in policy.header_names),
        *(f"query parameter {name}" for name in policy.query_names),
        *(f"cookie {name}" for name in policy.cookie_names),
    )
    return plain(" or ".join(named))


SENDING: Final = (
    _bearer_missing,
    _bearer_doubled,
    _quoted,
    _url_encoded,
    _broken_up,
    _padded,
    _cut_off,
    _unsigned,
    _in_another_carrier,
)
"""In the order in which a sender goes wrong."""
