"""Tokens whose form is the attack (R1 to R4, R9, R14, R19; T1 to T4).

Each is signed over its own malformed text with the right secret: nothing but its form
stands between it and Jack's identity.
"""

import json
import zlib
from collections.abc import Callable

import pytest

from jwtgate import Policy, Reason
from tests.attacks.harness import Via, attacks, both, every_policy, refused, seal
from tests.kit import KEY, NOW, SECRET, Sent, make_gate, mint, segment

HEADER = b'"alg":"HS256","typ":"JWT"'
PAYLOAD = b'"iss":"%s","exp":%d' % (KEY.encode(), int(NOW) + 600)
GOOD_HEADER = segment(b"{" + HEADER + b"}")
GOOD_PAYLOAD = segment(b"{" + PAYLOAD + b"}")
GOOD = seal(GOOD_HEADER + b"." + GOOD_PAYLOAD)
SIGNATURE = GOOD.rpartition(".")[2]

# T1: characters that lax decoders skip, take for another one, or decode once more.
JUNK = {
    "blank": b" ",
    "two-blanks": b"  ",
    "tab": b"\t",
    "line-feed": b"\n",
    "cr-lf": b"\r\n",
    "vertical-tab": b"\x0b",
    "form-feed": b"\x0c",
    "nul": b"\0",
    "escape": b"\x1b",
    "delete": b"\x7f",
    "next-line": b"\x85",
    "no-break-space": b"\xa0",
    "latin-1-letter": b"\xe9",
    "utf-8-letter": "é".encode(),
    "full-width-letter": "\uff21".encode(),
    "zero-width-space": "\u200b".encode(),
    "byte-order-mark": "\ufeff".encode(),
    "exclamation": b"!",
    "asterisk": b"*",
    "tilde": b"~",
    "colon": b":",
    "semicolon": b";",
    "brace": b"{",
    "quote": b'"',
    "backslash": b"\\",
    "percent": b"%",
    "percent-escape": b"%41",
    "equals": b"=",
    "plus": b"+",
    "slash": b"/",
    "at": b"@",
    "dollar": b"$",
}


@both
@every_policy
@attacks("junk", JUNK)
def test_junk_in_the_header(
    via: Via, policy: Policy, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """R1, R2, T1: no character outside of base64url is skipped in the header."""
    token = seal(GOOD_HEADER[:4] + junk + GOOD_HEADER[4:] + b"." + GOOD_PAYLOAD)
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.TOKEN_MALFORMED, gate)


@both
@every_policy
@attacks("junk", JUNK)
def test_junk_in_the_payload(
    via: Via, policy: Policy, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """R1, R2, T1: no character outside of base64url is skipped in the payload."""
    token = seal(GOOD_HEADER + b"." + GOOD_PAYLOAD[:4] + junk + GOOD_PAYLOAD[4:])
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.TOKEN_MALFORMED, gate)


@both
@every_policy
@attacks("junk", JUNK)
def test_junk_in_the_signature(
    via: Via, policy: Policy, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """R1, R2, T1: nor in the signature, or one token would have many spellings."""
    signature = SIGNATURE[:4] + junk.decode("latin-1") + SIGNATURE[4:]
    token = f"{GOOD.rpartition('.')[0]}.{signature}"
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.SIGNATURE_MALFORMED, gate)


def _spare_bits(text: bytes) -> bytes:
    """Set an unused bit of the last character, which lax decoders cut off."""
    assert len(text) % 4 in (2, 3)
    return text[:-1] + bytes([text[-1] + 1])


def _odd_length(members: bytes) -> bytes:
    """Write members so that the last group of base64url has spare bits."""
    text = b"{%s}" % members
    return segment(text if len(text) % 3 else b"{%s }" % members)


ODD_HEADER = _odd_length(HEADER)
ODD_PAYLOAD = _odd_length(PAYLOAD)

RESPELLED = {
    "padded-header": seal(ODD_HEADER + b"=." + GOOD_PAYLOAD),
    "padded-payload": seal(GOOD_HEADER + b"." + ODD_PAYLOAD + b"="),
    "twice-padded-header": seal(ODD_HEADER + b"==." + GOOD_PAYLOAD),
    "twice-padded-payload": seal(GOOD_HEADER + b"." + ODD_PAYLOAD + b"=="),
    "four-times-padded-payload": seal(GOOD_HEADER + b"." + GOOD_PAYLOAD + b"===="),
    "encoded-padding": seal(GOOD_HEADER + b"." + ODD_PAYLOAD + b"%3D"),
    "spare-bits-in-the-header": seal(_spare_bits(ODD_HEADER) + b"." + GOOD_PAYLOAD),
    "spare-bits-in-the-payload": seal(GOOD_HEADER + b"." + _spare_bits(ODD_PAYLOAD)),
    "standard-alphabet-in-the-header": seal(
        segment(b"{" + HEADER + b',"x":"\xc3\xbf\xc3\xbf>>>???"}').translate(
            bytes.maketrans(b"-_", b"+/")
        )
        + b"."
        + GOOD_PAYLOAD
    ),
    "standard-alphabet-in-the-payload": seal(
        GOOD_HEADER
        + b"."
        + segment(b"{" + PAYLOAD + b',"x":">>>???>>>???"}').translate(
            bytes.maketrans(b"-_", b"+/")
        )
    ),
    "impossible-length": seal(GOOD_HEADER + b".AAAAA"),
    "header-in-base16": seal((b"{" + HEADER + b"}").hex().encode() + b"!." + b"e30"),
    "header-not-encoded": seal(b"{" + HEADER.split(b",")[0] + b"}." + GOOD_PAYLOAD),
    "payload-not-encoded": seal(GOOD_HEADER + b'.{"iss":"jack-key"}'),
    "header-encoded-twice": seal(segment(GOOD_HEADER + b"=") + b"!." + GOOD_PAYLOAD),
}


@both
@every_policy
@attacks("token", RESPELLED)
def test_second_spelling(
    via: Via, policy: Policy, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R1, T1: a token has one spelling: no padding, no spare bits, one alphabet."""
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.TOKEN_MALFORMED, gate)


RESPELLED_SIGNATURE = {
    "padding": f"{GOOD}=",
    "two-pads": f"{GOOD}==",
    "spare-bits": GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
    "a-word-behind": f"{GOOD} x",
    "trailing-text": f"{GOOD}=evil",
    "line-feed-and-text": f"{GOOD}\nevil",
    "one-character-too-many": f"{GOOD}AA",
    "query-behind": f"{GOOD}?x",
    "fragment-behind": f"{GOOD}#x",
    "apostrophe-behind": f"{GOOD}'",
}


@both
@every_policy
@attacks("token", RESPELLED_SIGNATURE)
def test_second_spelling_of_the_signature(
    via: Via, policy: Policy, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R1, T1: a deny-list of tokens by text cannot be dodged by the signature."""
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.SIGNATURE_MALFORMED, gate)


FORMS = {
    "one-segment": "abc",
    "one-dot": ".",
    "two-segments": GOOD.rpartition(".")[0],
    "leading-dot": f".{GOOD}",
    "trailing-dot": f"{GOOD}.",
    "doubled-first-dot": GOOD.replace(".", "..", 1),
    "doubled-every-dot": GOOD.replace(".", ".."),
    "four-segments": f"{GOOD}.e30",
    "jwe-five-segments": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA",
    "jws-with-an-empty-jwe-tail": f"{GOOD}..",
    "six-segments": f"{GOOD}.{GOOD}",
    "8192-dots": "." * 8192,
    "json-serialization": json.dumps({"payload": GOOD_PAYLOAD.decode()}),
    "json-text": '"' + GOOD + '"',
    "single-quoted": f"'{GOOD}'",
    "angle-brackets": f"<{GOOD}>",
    "encoded-dots": GOOD.replace(".", "%2E"),
    "encoded-dots-in-utf-8": GOOD.replace(".", "\xe3\x80\x82"),
    "two-tokens-and-a-blank": f"{GOOD} {GOOD}",
    "word-and-token": f"x {GOOD}",
    "scheme-twice": f"Bearer {GOOD}",
    "scheme-and-tab": f"\t {GOOD}",
    "token-parameter": f"token={GOOD}",
    "quoted-token-parameter": f'token="{GOOD}"',
    "data-url": f"data:;{GOOD}",
    "nul": "\0",
    "letter": "x",
    "null-word": "null",
    "undefined-word": "undefined",
    "saml-like": "<saml2:Assertion/>",
    "paseto": "v4.public.AAAA.AAAA",
    "sd-jwt": f"{GOOD}~WyJhIl0~.",
}


# Kong splits at the first two dots: what follows is a signature, which is none then.
FORMS_FOR_KONG = {
    "leading-dot": Reason.HEADER_MALFORMED,
    "8192-dots": Reason.HEADER_MALFORMED,
    "doubled-first-dot": Reason.PAYLOAD_MALFORMED,
    "doubled-every-dot": Reason.PAYLOAD_MALFORMED,
    "jwe-five-segments": Reason.PAYLOAD_MALFORMED,
    "trailing-dot": Reason.SIGNATURE_MALFORMED,
    "four-segments": Reason.SIGNATURE_MALFORMED,
    "jws-with-an-empty-jwe-tail": Reason.SIGNATURE_MALFORMED,
    "six-segments": Reason.SIGNATURE_MALFORMED,
    "two-tokens-and-a-blank": Reason.SIGNATURE_MALFORMED,
    "sd-jwt": Reason.SIGNATURE_MALFORMED,
}


@both
@every_policy
@pytest.mark.parametrize("form", FORMS)
def test_wrong_form(
    via: Via, policy: Policy, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R1, R2, R14: three segments, no JWE, no JSON serialization, nothing around."""
    reason = Reason.TOKEN_MALFORMED
    if policy.dialect.name == "kong":
        reason = FORMS_FOR_KONG.get(form, reason)
    refused(via, Sent.bearer(FORMS[form]), caplog, reason, make_gate(policy=policy))


TOO_LONG = {
    "one-character": mint(x="x" * 8192)[:8193],
    "signature-of-64-kib": GOOD + "A" * 65_536,
    "header-of-64-kib": "A" * 65_536 + "." + GOOD,
    "dots-of-64-kib": "." * 65_536,
    "letters-of-1-mib": "A" * 1_048_576,
    "good-token-with-a-big-claim": mint(x="x" * 9_000),
}


@both
@every_policy
@attacks("token", TOO_LONG)
def test_too_long(
    via: Via, policy: Policy, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T4: 8192 characters at most, seen to before anything is decoded."""
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.TOKEN_TOO_LONG, gate)


# T2, T3: what two JSON parsers read differently, or one of them fails on.
MEMBERS = {
    "nan": b'"x":NaN',
    "infinity": b'"x":Infinity',
    "minus-infinity": b'"x":-Infinity',
    "overflow": b'"x":1e400',
    "minus-overflow": b'"x":-1e400',
    "hexadecimal": b'"x":0x10',
    "octal": b'"x":010',
    "plus-sign": b'"x":+1',
    "bare-point": b'"x":.5',
    "trailing-point": b'"x":1.',
    "underscores": b'"x":9_999',
    "python-true": b'"x":True',
    "python-none": b'"x":None',
    "undefined": b'"x":undefined',
    "5000-digits": b'"x":' + b"9" * 5000,
    "trailing-comma": b'"x":1,',
    "single-quotes": b"'x':1",
    "no-quotes": b"x:1",
    "block-comment": b'"x":/**/1',
    "line-comment": b'"x":1//',
    "no-value": b'"x":',
    "no-colon": b'"x"',
    "line-feed-in-text": b'"x":"\n"',
    "nul-in-text": b'"x":"\0"',
    "tab-in-text": b'"x":"\t"',
    "unknown-escape": b'"x":"\\x41"',
    "half-escape": b'"x":"\\u12"',
    "open-text": b'"x":"y',
    "latin-1": b'"x":"\xe9"',
    "overlong-utf-8": b'"x":"\xc0\xaf"',
    "utf-8-surrogate": b'"x":"\xed\xa0\x80"',
    "beyond-unicode": b'"x":"\xf4\x90\x80\x80"',
    "cut-utf-8": b'"x":"\xe2\x82"',
    "lone-high-surrogate": b'"x":"\\ud800"',
    "lone-low-surrogate": b'"x":"\\udc00"',
    "lone-surrogate-in-a-name": b'"\\ud800":1',
    "lone-surrogate-in-an-array": b'"x":[["\\udfff"]]',
    "same-name-twice": b'"x":1,"x":1',
    "same-name-twice-otherwise-valued": b'"x":1,"x":2',
    "same-name-twice-once-escaped": b'"x":1,"\\u0078":2',
    "same-name-twice-in-depth": b'"x":{"y":1,"y":2}',
    "same-name-twice-in-an-array": b'"x":[{"y":1,"y":2}]',
    "empty-name-twice": b'"":1,"":2',
    "33-levels-of-objects": b'"x":' + b'{"y":' * 32 + b"1" + b"}" * 32,
    "33-levels-of-arrays": b'"x":' + b"[" * 32 + b"]" * 32,
    "2000-levels-of-arrays": b'"x":' + b"[" * 2000 + b"]" * 2000,
    "800-levels-of-objects": b'"x":' + b'{"":' * 800 + b"1" + b"}" * 800,
    "2000-arrays-not-closed": b'"x":' + b"[" * 2000,
    "800-objects-not-closed": b'"x":' + b'{"x":' * 800,
}


@both
@every_policy
@attacks("member", MEMBERS)
def test_odd_json_in_the_header(
    via: Via, policy: Policy, member: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """R3, R4, T2, T3: the header is strict JSON, unambiguous to every parser."""
    token = seal(segment(b"{%s,%s}" % (HEADER, member)) + b"." + GOOD_PAYLOAD)
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.HEADER_MALFORMED, gate)


@both
@every_policy
@attacks("member", MEMBERS)
def test_odd_json_in_the_payload(
    via: Via, policy: Policy, member: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """R3, R4, T2, T3: so is the payload, though its signature holds."""
    token = seal(GOOD_HEADER + b"." + segment(b"{%s,%s}" % (PAYLOAD, member)))
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.PAYLOAD_MALFORMED, gate)


REPEATED_MEMBERS = {
    "alg": (b'"alg":"none"', b""),
    "alg-escaped": (b'"\\u0061lg":"none"', b""),
    "alg-the-same": (b'"alg":"HS256"', b""),
    "typ": (b'"typ":"JWT"', b""),
    "iss": (b"", b'"iss":"mallory"'),
    "iss-escaped": (b"", b'"\\u0069ss":"mallory"'),
    "iss-the-same": (b"", b'"iss":"jack-key"'),
    "exp": (b"", b'"exp":9999999999'),
    "exp-escaped": (b"", b'"e\\u0078p":9999999999'),
}


@both
@every_policy
@attacks("extra", REPEATED_MEMBERS)
def test_repeated_member(
    via: Via,
    policy: Policy,
    extra: tuple[bytes, bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R3, T2: a second alg, key claim or exp, escaped or not, makes two readings."""
    header, payload = extra
    octets = (
        b"{%s}" % b",".join(filter(None, parts))
        for parts in (
            (HEADER, header),
            (PAYLOAD, payload),
        )
    )
    token = seal(b".".join(map(segment, octets)))
    reason = Reason.HEADER_MALFORMED if header else Reason.PAYLOAD_MALFORMED
    refused(via, Sent.bearer(token), caplog, reason, make_gate(policy=policy))


Rewrite = Callable[[bytes], bytes]

OTHER_KINDS: dict[str, Rewrite] = {
    "null": lambda _: b"null",
    "true": lambda _: b"true",
    "false": lambda _: b"false",
    "zero": lambda _: b"0",
    "fraction": lambda _: b"1.5",
    "text": lambda _: b'"x"',
    "text-of-the-object": lambda text: json.dumps(text.decode()).encode(),
    "empty-array": lambda _: b"[]",
    "array-of-the-object": lambda text: b"[%s]" % text,
    "array-of-pairs": lambda _: b'[["alg","HS256"],["iss","jack-key"]]',
}
BROKEN: dict[str, Rewrite] = {
    "empty": lambda _: b"",
    "blank": lambda _: b" ",
    "nul": lambda _: b"\0",
    "nan": lambda _: b"NaN",
    "open-brace": lambda _: b"{",
    "not-closed": lambda text: text[:-1],
    "not-opened": lambda text: text[1:],
    "closed-twice": lambda text: text + b"}",
    "doubled-braces": lambda text: b"{%s}" % text,
    "two-objects": lambda text: text + b"{}",
    "object-and-comma": lambda text: text + b",",
    "object-and-text": lambda text: text + b"x",
    "object-and-nul": lambda text: text + b"\0",
    "object-and-semicolon": lambda text: text + b";",
    "text-and-object": lambda text: b"x" + text,
    "form-feed-before": lambda text: b"\x0c" + text,
    "vertical-tab-behind": lambda text: text + b"\x0b",
    "no-break-space-behind": lambda text: text + b"\xc2\xa0",
    "line-separator-behind": lambda text: text + "\u2028".encode(),
    "json-with-prefix": lambda text: b")]}'\n" + text,
    "byte-order-mark": lambda text: b"\xef\xbb\xbf" + text,
    "utf-16": lambda text: text.decode().encode("utf-16"),
    "utf-16-be": lambda text: text.decode().encode("utf-16-be"),
    "utf-16-le": lambda text: text.decode().encode("utf-16-le"),
    "utf-32": lambda text: text.decode().encode("utf-32"),
    "utf-7": lambda text: text.replace(b'"', b"+ACI-"),
    "invalid-octet-before": lambda text: b"\xff" + text,
    "deflated": zlib.compress,
    "cbor": lambda _: b"\xa1\x63alg\x65HS256",
    "xml": lambda _: b"<iss>jack-key</iss>",
    "form": lambda _: b"alg=HS256&iss=jack-key",
    "nested-jwt": lambda _: GOOD.encode(),
    "100000-brackets-cut-to-5000": lambda _: b"[" * 5000,
}
DOCUMENTS = OTHER_KINDS | BROKEN


@both
@every_policy
@attacks("rewrite", DOCUMENTS)
def test_header_that_is_no_object(
    via: Via, policy: Policy, rewrite: Rewrite, caplog: pytest.LogCaptureFixture
) -> None:
    """R3, R4, T2: the header is one JSON object in UTF-8, without a mark."""
    token = seal(segment(rewrite(b"{%s}" % HEADER)) + b"." + GOOD_PAYLOAD)
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.HEADER_MALFORMED, gate)


@both
@every_policy
@attacks("rewrite", OTHER_KINDS)
def test_payload_of_another_kind(
    via: Via, policy: Policy, rewrite: Rewrite, caplog: pytest.LogCaptureFixture
) -> None:
    """R3: so is the payload; Kong answers 500 to some of these."""
    token = seal(GOOD_HEADER + b"." + segment(rewrite(b"{%s}" % PAYLOAD)))
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.PAYLOAD_NOT_OBJECT, gate)


@both
@every_policy
@attacks("rewrite", BROKEN)
def test_payload_that_is_no_json(
    via: Via, policy: Policy, rewrite: Rewrite, caplog: pytest.LogCaptureFixture
) -> None:
    """R3, R4, R14, R19, T2: no nested token, no other encoding, nothing inflated."""
    token = seal(GOOD_HEADER + b"." + segment(rewrite(b"{%s}" % PAYLOAD)))
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.PAYLOAD_MALFORMED, gate)


EXTENSIONS: dict[str, object] = {
    "crit-empty": {"crit": []},
    "crit-exp": {"crit": ["exp"], "exp": 1},
    "crit-unknown": {"crit": ["x-policy"], "x-policy": "deny"},
    "crit-b64": {"crit": ["b64"], "b64": False},
    "crit-alg": {"crit": ["alg"]},
    "crit-text": {"crit": "exp"},
    "crit-null": {"crit": None},
    "crit-object": {"crit": {}},
    "crit-false": {"crit": False},
    "b64-false": {"b64": False},
    "b64-true": {"b64": True},
    "b64-text": {"b64": "true"},
    "b64-null": {"b64": None},
}


@both
@every_policy
@attacks("members", EXTENSIONS)
def test_extension(
    via: Via,
    policy: Policy,
    members: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R9, CVE-2026-32597: no extension is understood, so every crit refuses."""
    token = mint(header={"alg": "HS256", **members})
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.EXTENSION_UNSUPPORTED, gate)


KIDS: dict[str, object] = {
    "null": None,
    "number": 1,
    "zero": 0,
    "true": True,
    "array": ["a"],
    "object": {"a": 1},
    "empty": "",
    "line-feed": "a\n",
    "nul": "a\0",
    "513-octets": "k" * 513,
    "right-to-left-override": "\u202ea",
    "escape-sequence": "\x1b[31m",
}


@both
@every_policy
@attacks("kid", KIDS)
def test_kid_that_is_no_printable_text(
    via: Via, policy: Policy, kid: object, caplog: pytest.LogCaptureFixture
) -> None:
    """R8: a kid is handed to stores, so it must be a short printable text."""
    token = mint(header={"alg": "HS256", "kid": kid})
    gate = make_gate(policy=policy)
    refused(via, Sent.bearer(token), caplog, Reason.HEADER_MALFORMED, gate)


@both
def test_deflated_payload_with_zip(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """R19: nothing is inflated, whatever zip says."""
    packed = zlib.compress(b"{%s}" % PAYLOAD, wbits=-15)
    token = mint(packed, header={"alg": "HS256", "zip": "DEF"})
    refused(via, Sent.bearer(token), caplog, Reason.PAYLOAD_MALFORMED)


@both
def test_unencoded_detached_payload(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """R9: RFC 7797 is not understood: a payload between the dots is base64url."""
    token = seal(GOOD_HEADER + b".", secret=SECRET)
    refused(via, Sent.bearer(token), caplog, Reason.PAYLOAD_MALFORMED)
