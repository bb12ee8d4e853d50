import math
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from types import MappingProxyType
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Credential,
    InvalidKey,
    JWTGateError,
    Policy,
    RequestView,
    authenticate,
)
from jwtgate.issue import KeyPair, generate_keypair, issue
from jwtgate.jose import ALGORITHMS, parse_compact
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    credential,
    make_gate,
    mint,
    private_key,
    private_pem,
    program,
    public_pem,
)

HS = [name for name, row in ALGORITHMS.items() if row.symmetric]
ASYMMETRIC = [name for name in ALGORITHMS if name not in HS]
WHOLE_NOW = int(NOW)

CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


def nested(levels: int) -> object:
    """Make a claim that is this many arrays deep."""
    value: object = []
    for _ in range(levels - 1):
        value = [value]
    return value


def issued(
    claims: Mapping[str, object] | None = None, *, algorithm: str = "HS256", **more: Any
) -> str:
    """Issue with the credential and the key of the tests, at their time."""
    key = None if algorithm in HS else private_pem(algorithm)
    arguments = {"private_key": key, "now": NOW, **more}
    return issue(credential(algorithm=algorithm), claims, **arguments)


def claims_of(token: str) -> Mapping[str, Any]:
    """Read the claims of a token."""
    return parse_compact(token.encode()).claims


def header_of(token: str) -> Mapping[str, Any]:
    """Read the header of a token."""
    return parse_compact(token.encode()).header.members


def caller(token: str, issuer: Credential, policy: Policy | None = None) -> object:
    """Show a token to a gate over one credential."""
    headers = [(b"authorization", b"Bearer " + token.encode())]
    request = RequestView("GET", headers=headers)
    return authenticate(make_gate(issuer, policy=policy), request)


def pyjwt_claims(token: str, key: str | bytes) -> Mapping[str, Any]:
    """Verify a token with another library, at any time."""
    options: Any = {"verify_exp": False}
    return jwt.decode(token, key, algorithms=[*ALGORITHMS], options=options)


def pem(key: PrivateKeyTypes, passphrase: bytes = b"") -> str:
    """Write a private key as PEM."""
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def openssl(*arguments: str, stdin: str) -> str:
    """Run openssl; fail where it does."""
    return subprocess.run(  # noqa: S603 - on keys that were made here
        [program("openssl"), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@cache
def pair(algorithm: str) -> KeyPair:
    """Make one key pair for each algorithm in this run."""
    return generate_keypair(algorithm)


# What is issued.


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_gate_takes_what_is_issued(algorithm: str) -> None:
    """A token of each algorithm authenticates its consumer."""
    token = issued({"sub": "order-service"}, algorithm=algorithm)
    outcome = caller(token, credential(algorithm=algorithm))
    assert isinstance(outcome, Authenticated)
    assert outcome.subject == "order-service"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_pyjwt_reads_what_is_issued(algorithm: str) -> None:
    """Another library reads the same claims under the same key."""
    token = issued({"sub": "zoë"}, algorithm=algorithm)
    key = SECRET if algorithm in HS else public_pem(algorithm)
    assert pyjwt_claims(token, key) == {
        "sub": "zoë",
        "iss": KEY,
        "exp": WHOLE_NOW + 86400,
    }


def test_ed448_signs_too() -> None:
    """EdDSA takes either of its curves."""
    issuer = credential(algorithm="EdDSA", public_key=public_pem("Ed448"))
    token = issue(issuer, private_key=private_pem("Ed448"), now=NOW)
    assert isinstance(caller(token, issuer), Authenticated)


def test_base64_secret_signs_with_its_octets() -> None:
    """A secret given as base64 keys the HMAC with what it stands for."""
    issuer = credential(secret="c2VjcmV0" * 6, secret_is_base64=True)
    assert pyjwt_claims(issue(issuer, now=NOW), b"secret" * 6)["iss"] == KEY


def test_weak_secret_signs_without_a_warning() -> None:
    """Who allowed a weak secret is not told again: warnings are errors here."""
    issuer = credential(secret="short", allow_weak_secret=True)
    assert isinstance(caller(issue(issuer, now=NOW), issuer), Authenticated)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_header_without_kid(algorithm: str) -> None:
    """The header says the algorithm and the type, and nothing else."""
    assert header_of(issued(algorithm=algorithm)) == {"alg": algorithm, "typ": "JWT"}


def test_header_has_the_kid() -> None:
    """A credential's kid goes into the header."""
    token = issue(credential(kid="2027"), now=NOW)
    assert header_of(token) == {"alg": "HS256", "typ": "JWT", "kid": "2027"}


def test_key_claim_of_apisix() -> None:
    """Another key claim names the credential, and iss stays the caller's."""
    token = issued({"iss": "the shop"}, key_claim="key")
    assert claims_of(token) == {"iss": "the shop", "key": KEY, "exp": WHOLE_NOW + 86400}
    assert isinstance(caller(token, credential(), Policy.apisix()), Authenticated)


def test_claims_that_were_read_can_be_issued_again() -> None:
    """Claims as a gate hands them out are claims that can be issued."""
    read = claims_of(mint({"roles": ["a", {"b": [1.5, None, True]}]}))
    assert claims_of(issued(read))["roles"] == read["roles"]


def test_claims_may_be_any_mapping() -> None:
    """The outermost claims need not be a dict."""
    assert claims_of(issued(MappingProxyType({"sub": "x"})))["sub"] == "x"


def test_claims_are_left_as_they_were() -> None:
    """The mapping of the caller is not written to."""
    claims = {"sub": "x"}
    issued(claims)
    assert claims == {"sub": "x"}


@pytest.mark.parametrize("value", ["another", None, 1, object()], ids=repr)
def test_key_claim_cannot_be_overridden(value: object) -> None:
    """No claim makes a token another credential's."""
    assert claims_of(issued({"iss": value}))["iss"] == KEY


@pytest.mark.parametrize(
    "value", [WHOLE_NOW + 10**9, None, math.inf, "never"], ids=repr
)
def test_lifetime_cannot_be_overridden(value: object) -> None:
    """No claim makes a token live longer."""
    assert claims_of(issued({"exp": value}))["exp"] == WHOLE_NOW + 86400


# Time.


def test_lifetime_is_the_credentials() -> None:
    """Left out, the lifetime is the credential's own."""
    token = issue(credential(token_lifetime=60), now=NOW)
    assert claims_of(token)["exp"] == WHOLE_NOW + 60


def test_lifetime_given_here_wins() -> None:
    """A lifetime given for one token counts for it."""
    token = issue(credential(token_lifetime=60), expires_in=5, now=NOW)
    assert claims_of(token)["exp"] == WHOLE_NOW + 5


@pytest.mark.parametrize(
    ("now", "exp"), [(1.0, 301), (1.999, 301), (0, 300), (-0.5, 299)]
)
def test_exp_is_a_whole_number(now: float, exp: int) -> None:
    """The fraction of the time is dropped, so that no token outlives its lifetime."""
    found = claims_of(issued(now=now, expires_in=300))["exp"]
    assert (type(found), found) == (int, exp)


def test_fraction_of_now_keeps_within_the_maximum() -> None:
    """A token of the longest life that a gate allows is not above it."""
    token = issued(now=NOW - 0.5, expires_in=300)
    outcome = caller(token, credential(), Policy(maximum_expiration=300))
    assert isinstance(outcome, Authenticated)


def test_now_is_the_systems_if_left_out() -> None:
    """The clock is the system's, in seconds since the epoch."""
    before = math.floor(time.time())
    token = issue(credential(), expires_in=1)
    assert before < claims_of(token)["exp"] <= time.time() + 1


@pytest.mark.parametrize("lifetime", [0, -1, True, 1.5, 60.0, math.nan, "60"], ids=repr)
def test_lifetime_that_cannot_work(lifetime: object) -> None:
    """A lifetime is a whole number of seconds above 0."""
    with pytest.raises(ConfigurationError, match=r"^expires_in must be a whole number"):
        issued(expires_in=lifetime)


def test_lifetime_of_many_years_is_taken() -> None:
    """A far exp is for the policies of gates to refuse."""
    assert claims_of(issued(expires_in=10**300))["exp"] == WHOLE_NOW + 10**300


def test_lifetime_that_no_gate_reads() -> None:
    """Python reads integers of 4,300 digits at most."""
    with pytest.raises(ConfigurationError, match="'exp' holds an integer of many"):
        issued(expires_in=10**4300)


@pytest.mark.parametrize(
    "now", [True, math.nan, math.inf, -math.inf, 1e300, 10**400, "now"], ids=type
)
def test_time_that_cannot_be(now: object) -> None:
    """The time is seconds since the epoch."""
    with pytest.raises(ConfigurationError, match=r"^now must be seconds"):
        issued(now=now)


# Arguments.


@pytest.mark.parametrize("name", ["", "exp", None, 1], ids=repr)
def test_key_claim_that_cannot_be(name: object) -> None:
    """The key claim has a name, and is not the expiry."""
    with pytest.raises(ConfigurationError, match=r"^key_claim must be a name"):
        issued(key_claim=name)


@pytest.mark.parametrize("claims", ["sub", [("sub", "x")], 0, object()], ids=type)
def test_claims_that_are_no_mapping(claims: Any) -> None:
    """Claims are names with values."""
    with pytest.raises(ConfigurationError, match=r"^claims must map names"):
        issued(claims)


def test_all_wrong_arguments_are_named() -> None:
    """One error names every argument that cannot work."""
    other: Any = "a credential"
    with pytest.raises(ConfigurationError) as caught:
        issue(other, other, private_key=1, expires_in=0, now="x", key_claim="")  # type: ignore[arg-type]
    named = [problem.partition(" ")[0] for problem in caught.value.problems]
    assert named == [
        *("credential", "claims", "private_key", "expires_in", "now", "key_claim")
    ]


# Claims that no gate reads.


@pytest.mark.parametrize(
    ("value", "flaw"),
    [
        pytest.param(math.nan, "a number that is not finite", id="NaN"),
        pytest.param([-math.inf], "a number that is not finite", id="infinity"),
        pytest.param("\ud800", "a lone surrogate", id="surrogate"),
        pytest.param({"\udfff": 1}, "a lone surrogate", id="surrogate in a name"),
        pytest.param(10**5000, "an integer of many digits", id="long integer"),
        pytest.param({1: 2}, "a name that is not a text", id="number as name"),
        pytest.param([{None: 2}], "a name that is not a text", id="no name"),
        pytest.param({"a": {("b",): 2}}, "a name that is not a text", id="tuple"),
        pytest.param(b"octets", "a bytes", id="octets"),
        pytest.param([{"a": {1}}], "a set", id="set"),
        pytest.param(1j, "a complex", id="complex"),
        pytest.param(nested(32), "more than 32 levels", id="deep"),
        pytest.param(CIRCLE, "more than 32 levels", id="circle"),
    ],
)
def test_claim_that_no_gate_reads(value: object, flaw: str) -> None:
    """What a gate would call malformed is named before it is signed."""
    with pytest.raises(ConfigurationError) as caught:
        issued({"good": 1, "bad": value})
    assert str(caught.value) == f"claim 'bad' holds {flaw}, which no gate reads"


@pytest.mark.parametrize("name", [1, None, ("a",), True], ids=repr)
def test_name_of_a_claim_that_is_no_text(name: Any) -> None:
    """A name that JSON would quietly make a text is refused."""
    with pytest.raises(ConfigurationError, match="holds a name that is not a text"):
        issued({name: "x"})


def test_all_bad_claims_are_named() -> None:
    """One error names every claim that cannot be read."""
    with pytest.raises(ConfigurationError) as caught:
        issued({"a": math.nan, "b": 1, "c": {2}})
    assert len(caught.value.problems) == 2


def test_deepest_claim_that_gates_read() -> None:
    """As many levels as a gate reads can be issued."""
    assert "deep" in claims_of(issued({"deep": nested(31)}))


def test_token_that_is_too_long() -> None:
    """Claims beyond what a gate reads are refused, with the lengths."""
    with pytest.raises(ConfigurationError, match=r"too long: .* 8192 at most$"):
        issued({"sub": "x" * 6200})


def test_longest_token_is_the_gates_longest() -> None:
    """As many characters as a gate reads can be issued, and not one more."""
    room = (8192 - len(issued({"sub": ""}))) * 3 // 4
    assert 8190 <= len(issued({"sub": "x" * room})) <= 8192
    with pytest.raises(ConfigurationError):
        issued({"sub": "x" * (room + 3)})


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | scalars, inner),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(), values, max_size=3) | values)
@example({"sub": "x"}).via("claims that are good")
@example({"sub": "\ud800"}).via("claims that are not")
def test_any_claims_give_a_token_or_an_error_of_ours(claims: Any) -> None:
    """Whatever the claims: a token that the gate takes, or a JWTGateError."""
    try:
        token = issued(claims)
    except JWTGateError:
        return
    assert isinstance(caller(token, credential()), Authenticated)


@settings(max_examples=150, deadline=None)
@given(scalars, scalars, scalars, scalars)
@example(None, None, None, "iss").via("arguments that are good")
def test_any_arguments_give_a_token_or_an_error_of_ours(
    key: Any, lifetime: Any, now: Any, name: Any
) -> None:
    """Whatever the arguments: a token, or a JWTGateError."""
    arguments = {"expires_in": lifetime, "now": now, "key_claim": name}
    for algorithm in ("HS256", "ES256"):
        issuer = credential(algorithm=algorithm)
        with suppress(JWTGateError):
            assert isinstance(issue(issuer, private_key=key, **arguments), str)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 200), st.integers(0, 255))
@example(0, ord("-")).via("the key as it was")
def test_damaged_private_key_never_signs_wrongly(place: int, octet: int) -> None:
    """A PEM with an octet changed gives a good token or InvalidKey."""
    octets = bytearray(private_pem("ES256").encode())
    octets[place] = octet
    with suppress(InvalidKey):
        token = issued(algorithm="ES256", private_key=bytes(octets))
        assert isinstance(caller(token, credential(algorithm="ES256")), Authenticated)


# Private keys.


def refusal(algorithm: str, key: object) -> str:
    """Issue with a private key that cannot work; return what the error says."""
    with pytest.raises(InvalidKey) as caught:
        issued(algorithm=algorithm, private_key=key)
    assert caught.value.__cause__ is caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize("algorithm", HS)
def test_private_key_for_a_secret(algorithm: str) -> None:
    """HS algorithms sign with the credential's secret alone."""
    text = refusal(algorithm, private_pem("RS256"))
    assert text == f"{algorithm} signs with the secret and takes no private_key"


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_no_private_key(algorithm: str) -> None:
    """The credential has the public half alone."""
    text = refusal(algorithm, None)
    assert text == f"{algorithm} needs the private_key that signs"


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_another_private_key(algorithm: str) -> None:
    """A good key that is not the other half is refused, and never signs."""
    with pytest.raises(InvalidKey, match="not the other half of public_key"):
        issued(algorithm=algorithm, private_key=pair(algorithm).private_key)


OTHER_KINDS: dict[str, PrivateKeyTypes] = {
    "RSA of 1024 bits": rsa.generate_private_key(65537, 1024),  # noqa: S505 - on purpose
    "secp256k1": ec.generate_private_key(ec.SECP256K1()),
    "X25519": x25519.X25519PrivateKey.generate(),
    "X448": x448.X448PrivateKey.generate(),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
@pytest.mark.parametrize("algorithm", ["PS512", "ES256", "ES384", "EdDSA"])
def test_private_key_of_another_kind(algorithm: str, kind: str) -> None:
    """A key that cannot sign with this algorithm is refused."""
    text = refusal(algorithm, pem(OTHER_KINDS[kind]))
    assert text == f"private_key does not fit {algorithm}"


@pytest.mark.parametrize(
    ("algorithm", "other"),
    [("RS256", "ES256"), ("ES256", "ES384"), ("ES512", "EdDSA"), ("EdDSA", "RS256")],
)
def test_private_key_of_another_algorithm(algorithm: str, other: str) -> None:
    """A key of another family or curve is refused."""
    text = refusal(algorithm, private_pem(other))
    assert text == f"private_key does not fit {algorithm}"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_public_key_instead_of_a_private_one(algorithm: str) -> None:
    """The usual mistake is named."""
    text = refusal(algorithm, public_pem(algorithm))
    assert text.startswith("private_key holds no private key; a public key checks")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_encrypted_private_key(algorithm: str) -> None:
    """An encrypted key is named as such, with the command that decrypts it."""
    text = refusal(algorithm, pem(private_key(algorithm), b"passphrase"))
    assert text.startswith("private_key is encrypted; 'openssl pkey")


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="empty"),
        pytest.param("hunter2", id="text"),
        pytest.param(b"\xff\x00", id="octets"),
        pytest.param("\ud800", id="surrogate"),
        pytest.param("-----BEGIN PRIVATE KEY-----", id="begin alone"),
        pytest.param(
            "-----BEGIN PRIVATE KEY-----\nhunter2=\n-----END PRIVATE KEY-----\n",
            id="no DER inside",
        ),
    ],
)
def test_private_key_that_cannot_be_read(key: object) -> None:
    """Garbage is refused, and not shown."""
    text = refusal("RS256", key)
    assert text.startswith("private_key cannot be read")
    assert "hunter2" not in text


@pytest.mark.parametrize("change", ["escaped", "octets"])
def test_other_spellings_of_a_private_key(change: str) -> None:
    r"""A PEM may be octets, or have ``\n`` as two characters."""
    text = private_pem("ES256")
    key = text.encode() if change == "octets" else text.replace("\n", "\\n")
    assert issued(algorithm="ES256", private_key=key)


def test_diffie_hellman_key() -> None:
    """A key that cryptography warns of is refused like any that cannot sign."""
    group = ("-algorithm", "DH", "-pkeyopt", "group:ffdhe2048")
    text = refusal("RS256", openssl("genpkey", *group, stdin=""))
    assert text.startswith("private_key cannot be read")


def test_private_key_with_its_curve_before_it() -> None:
    """The file that openssl ecparam -genkey writes is read."""
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
    key = f"{parameters}-----END EC PARAMETERS-----\n{private_pem('ES256')}"
    assert issued(algorithm="ES256", private_key=key)


# Key pairs.


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_pair_signs_and_verifies(algorithm: str) -> None:
    """One half makes a credential, the other one signs for it."""
    private, public = pair(algorithm)
    issuer = credential(algorithm=algorithm, public_key=public)
    token = issue(issuer, private_key=private, now=NOW)
    assert isinstance(caller(token, issuer), Authenticated)


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_openssl_makes_the_same_public_half(algorithm: str) -> None:
    """The public half is what openssl makes of the private one, to the letter."""
    made = openssl("pkey", "-pubout", stdin=pair(algorithm).private_key)
    assert made == pair(algorithm).public_key


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_openssl_writes_the_private_half_alike(algorithm: str) -> None:
    """The private half is PKCS #8 as openssl writes it, to the letter."""
    written = openssl("pkey", stdin=pair(algorithm).private_key)
    assert written == pair(algorithm).private_key


@pytest.mark.parametrize(
    ("algorithm", "said"),
    [
        ("RS256", "(2048 bit)"),
        ("PS512", "(2048 bit)"),
        ("ES256", "NIST CURVE: P-256"),
        ("ES384", "NIST CURVE: P-384"),
        ("ES512", "NIST CURVE: P-521"),
        ("EdDSA", "ED25519 Public-Key"),
    ],
)
def test_openssl_reads_the_kind(algorithm: str, said: str) -> None:
    """Each algorithm has keys of its kind and size."""
    public = pair(algorithm).public_key
    assert said in openssl("pkey", "-pubin", "-noout", "-text", stdin=public)


@pytest.mark.parametrize("algorithm", [*HS, "none", "rs256", "", None, []], ids=repr)
def test_algorithm_without_a_key_pair(algorithm: Any) -> None:
    """What has no key pair is refused, with the way to a secret."""
    with pytest.raises(ConfigurationError, match=r"create_credential\(\) makes"):
        generate_keypair(algorithm)


def test_pair_shows_its_public_half_alone() -> None:
    """A key pair that is logged gives nothing away."""
    text = repr(pair("EdDSA"))
    assert repr(pair("EdDSA").public_key) in text
    assert "PRIVATE KEY" not in text


def test_key_pairs_differ() -> None:
    """Each key pair is a new one."""
    assert generate_keypair("EdDSA") != generate_keypair("EdDSA")


def test_core_does_not_import_what_issues() -> None:
    """A gate that issues nothing loads neither this module nor PyJWT."""
    listing = "import jwtgate, sys; print({'jwt', 'jwtgate.issue'} & {*sys.modules})"
    listed = subprocess.check_output([sys.executable, "-c", listing], text=True)  # noqa: S603 - a text above
    assert listed == "set()\n"
