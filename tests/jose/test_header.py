import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.errors import MalformedToken
from jwtgate.jose.header import Header, parse_header
from jwtgate.reason import Reason

ANY_JSON = [None, True, 0, 1.5, [], ["HS256"], {}, {"a": 1}]


def parsed(**members: object) -> Header:
    """Parse a header of these members."""
    return parse_header(json.dumps(members).encode())


def refusal(octets: bytes) -> Reason:
    """Parse a bad header and give the reason of its refusal."""
    with pytest.raises(MalformedToken) as refused:
        parse_header(octets)
    return refused.value.reason


def test_members_are_kept() -> None:
    """All members can be read, those not understood among them."""
    members = {"alg": "HS256", "typ": "JWT", "x": [1]}
    assert parsed(**members).members == members | {"x": (1,)}


def test_members_are_read_only() -> None:
    """A header cannot be changed."""
    with pytest.raises(TypeError, match="read-only"):
        parsed(alg="HS256").members["alg"] = "none"


@pytest.mark.parametrize("alg", ["HS256", "none", "hs256", "HS256 ", "", "\u0000"])
def test_alg_is_kept_as_it_is(alg: str) -> None:
    """A text is taken unchanged: whether it is an algorithm is asked later."""
    assert parsed(alg=alg).alg == alg


@pytest.mark.parametrize("alg", ANY_JSON, ids=str)
def test_alg_that_is_no_text_is_none(alg: object) -> None:
    """An alg of another type equals no algorithm, and is not made a text."""
    assert parsed(alg=alg).alg is None


def test_alg_may_be_missing() -> None:
    """Without an alg there is none, and no default."""
    assert parsed(typ="JWT").alg is None


@pytest.mark.parametrize(
    "kid",
    ["1", "a b", "../../etc/passwd", "' OR 1=1 --", "é\U0001f600", "k" * 512],
    ids=lambda kid: ascii(kid)[:20],
)
def test_printable_kid_is_kept(kid: str) -> None:
    """A kid is any printable text of 1 to 512 octets, and only ever compared."""
    assert parsed(alg="HS256", kid=kid).kid == kid


def test_kid_may_be_missing() -> None:
    """Without a kid there is none."""
    assert parsed(alg="HS256").kid is None


@pytest.mark.parametrize("kid", ANY_JSON, ids=str)
def test_kid_that_is_no_text_is_refused(kid: object) -> None:
    """RFC 7515 section 4.1.4: the kid is a text; null is not the lack of one."""
    octets = json.dumps({"alg": "HS256", "kid": kid}).encode()
    assert refusal(octets) is Reason.HEADER_MALFORMED


@pytest.mark.parametrize(
    "kid",
    ["", "a\nb", "a\x00", "\x7f", "\u2028", "\ue000", "k" * 513, "é" * 257],
    ids=lambda kid: ascii(kid)[:20],
)
def test_kid_no_store_can_be_asked_for_is_refused(kid: str) -> None:
    """An empty, unprintable or huge kid never reaches a store."""
    octets = json.dumps({"alg": "HS256", "kid": kid}).encode()
    assert refusal(octets) is Reason.HEADER_MALFORMED


@pytest.mark.parametrize("value", [["exp"], ["b64"], [], None, False, "b64"], ids=str)
def test_crit_is_refused(value: object) -> None:
    """CVE-2026-32597: an extension that is not understood must refuse the token."""
    octets = json.dumps({"alg": "HS256", "crit": value}).encode()
    assert refusal(octets) is Reason.EXTENSION_UNSUPPORTED


@pytest.mark.parametrize("value", [False, True, None, "false"], ids=str)
def test_b64_is_refused(value: object) -> None:
    """RFC 7797 section 6: with b64 a payload could be read in two ways."""
    octets = json.dumps({"alg": "HS256", "b64": value}).encode()
    assert refusal(octets) is Reason.EXTENSION_UNSUPPORTED


@pytest.mark.parametrize("name", ["Crit", "CRIT", "critical", "B64", "zip", "enc"])
def test_other_name_is_no_extension(name: str) -> None:
    """RFC 7515 section 4: members that are not understood are ignored."""
    assert parsed(alg="HS256", **{name: "DEF"}).alg == "HS256"


@pytest.mark.parametrize("name", ["jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256"])
def test_embedded_key_is_a_member_like_any_other(name: str) -> None:
    """Key injection (CVE-2018-0114): a header that names a key just has a member."""
    header = parsed(alg="HS256", **{name: "https://attacker.example/"})
    assert (header.alg, header.kid) == ("HS256", None)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'"alg"', id="text"),
        pytest.param(b'["alg"]', id="array"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"alg": "HS256"', id="cut"),
        pytest.param(b'{"alg": "none", "alg": "HS256"}', id="repeated-alg"),
        pytest.param(rb'{"alg": "none", "\u0061lg": "HS256"}', id="escaped-alg"),
        pytest.param(b'{"alg": "HS256", "n": NaN}', id="nan"),
        pytest.param(b'{"alg": "HS256", "jwk": {"a": 1, "a": 2}}', id="inner"),
        pytest.param(b'{"alg": ' + b"[" * 100_000, id="deep"),
        pytest.param(b'{"alg": "HS256\xff"}', id="not-utf-8"),
    ],
)
def test_what_is_no_strict_object_is_refused(octets: bytes) -> None:
    """The header is one strict JSON object."""
    assert refusal(octets) is Reason.HEADER_MALFORMED


@given(
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_any_header_is_read_or_malformed(members: dict[str, object]) -> None:
    """A header gives two texts, each perhaps absent, or MalformedToken."""
    try:
        header = parsed(**members)
    except MalformedToken:
        return
    assert {type(header.alg), type(header.kid)} <= {str, type(None)}
