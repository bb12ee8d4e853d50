from base64 import b64encode
from typing import Any

import pytest

from jwtgate import Consumer, Credential
from jwtgate.configs.context import Context
from jwtgate.configs.kong.consumers import read_consumers
from jwtgate.configs.kong.credentials import Row, make_credentials, read_rows
from jwtgate.configs.kong.document import read_document
from jwtgate.credential import UnusableCredential
from tests.configs.kong.kit import ID, context, root, sentences
from tests.kit import KEY, SECRET, private_pem, public_pem, signature

ASYMMETRIC = ["RS256", "PS384", "ES256", "ES512", "EdDSA"]
JACK = Consumer(username="jack")


def rows_of(given: Context, **members: object) -> list[Row]:
    """Read the rows of a file."""
    document = read_document(root(**members), given)
    return read_rows(document, read_consumers(document, given), given)


def jacks(*secrets: object) -> dict[str, Any]:
    """Give a file with one consumer and these credentials."""
    return {"consumers": [{"username": "jack", "jwt_secrets": list(secrets)}]}


def made(
    given: Context, *secrets: object, is_base64: bool = False
) -> list[Credential | UnusableCredential]:
    """Make credentials of one consumer."""
    rows = rows_of(given, **jacks(*secrets))
    return list(make_credentials(rows, given, is_base64=is_base64))


def one(*, is_base64: bool = False, **members: object) -> Credential:
    """Make one good credential."""
    given = context()
    (found,) = made(given, {"key": KEY, **members}, is_base64=is_base64)
    assert isinstance(found, Credential)
    return found


def told(*secrets: object, is_base64: bool = False) -> tuple[str, ...]:
    """Give the problems of credentials of one consumer, less where they are."""
    given = context()
    made(given, *secrets, is_base64=is_base64)
    return sentences(given.problems)


def noted(*secrets: object, is_base64: bool = False) -> str:
    """Give the notes of credentials of one consumer."""
    given = context()
    made(given, *secrets, is_base64=is_base64)
    assert not given.problems
    return str(given.notes.report())


def test_a_credential_has_its_members() -> None:
    """All that Kong's has."""
    found = one(secret=SECRET, algorithm="HS512", tags=["a"], id=ID)
    assert found == Credential(
        consumer=JACK, key=KEY, algorithm="HS512", secret=SECRET, tags=("a",), id=ID
    )
    assert found.reveal_secret() == SECRET.encode()


def test_a_credential_is_hs256_by_default() -> None:
    """As in Kong."""
    assert one(secret=SECRET).algorithm == "HS256"


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_public_key_is_that_of_the_algorithm(algorithm: str) -> None:
    """In spite of its name; the secret is ignored, which decK wants."""
    pem = public_pem(algorithm)
    found = one(algorithm=algorithm, rsa_public_key=pem, secret="dummy")
    assert found == Credential(
        consumer=JACK, key=KEY, algorithm=algorithm, public_key=pem
    )


def test_a_public_key_beside_a_secret_is_noted() -> None:
    """Kong stores it unchecked."""
    assert noted({"key": "a", "secret": SECRET, "rsa_public_key": "x"}) == (
        "dropped: consumers[0].jwt_secrets[0].rsa_public_key: HS256 takes a secret, "
        "and no key"
    )


def test_a_secret_and_a_key_are_made_where_left_out() -> None:
    """32 letters and digits, another time others."""
    given = context()
    one, other = made(given, {}, {})
    assert isinstance(one, Credential)
    secret = one.reveal_secret()
    assert secret is not None
    for text in (one.key, secret.decode()):
        assert len(text) == 32
        assert text.isalnum()
        assert text.isascii()
    assert one.key != other.key


def test_what_is_made_is_noted() -> None:
    """Other processes have other ones."""
    made_anew = "was left out and is made anew in each process and at each load"
    assert noted({}) == (
        f"warning: consumers[0].jwt_secrets[0].key: {made_anew}\n"
        f"warning: consumers[0].jwt_secrets[0].secret: {made_anew}"
    )


def test_a_secret_that_is_made_is_not_called_short() -> None:
    """Nobody can do anything about it."""
    assert "shorter" not in noted({"key": "a", "algorithm": "HS512"})


def test_no_secret_is_made_for_a_public_key() -> None:
    """Nothing needs it."""
    pem = public_pem("ES256")
    assert noted({"key": "a", "algorithm": "ES256", "rsa_public_key": pem}) == ""


def test_a_short_secret_is_taken_and_noted() -> None:
    """Files of Kong's hold such; never with the secret."""
    assert one(secret="s3cr3t").reveal_secret() == b"s3cr3t"
    assert noted({"key": "a", "secret": "s3cr3t", "algorithm": "HS384"}) == (
        "warning: consumers[0].jwt_secrets[0].secret: is shorter than the 48 octets "
        "that HS384 needs (RFC 7518 3.2)"
    )


def test_secrets_may_be_base64() -> None:
    """The jwt plugin says so, for all of them."""
    text = b64encode(SECRET.encode()).decode()
    found = one(secret=text, is_base64=True)
    assert found.secret_is_base64
    signed = signature("HS256", b"a", SECRET)
    assert found.verification_key.verify(signed, b"a")


@pytest.mark.parametrize("secret", ["no base64!", "===="])
def test_a_secret_that_is_not_base64_verifies_nothing(secret: str) -> None:
    """401 Invalid key/secret, as in Kong."""
    given = context()
    (found,) = made(given, {"key": KEY, "secret": secret}, is_base64=True)
    assert isinstance(found, UnusableCredential)
    assert (found.key, found.algorithm, found.refuses) == (KEY, "HS256", True)
    assert not given.problems
    (note,) = given.notes.report()
    assert note.path == "consumers[0].jwt_secrets[0].secret"
    assert note.text.startswith("no token can be verified: ")
    assert secret not in note.text


def test_public_keys_are_never_base64() -> None:
    """Since Kong 3.9."""
    pem = public_pem("RS256")
    found = one(algorithm="RS256", rsa_public_key=pem, is_base64=True)
    assert found.public_key == pem


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256", "EdDSA"])
def test_a_missing_public_key_is_told(algorithm: str) -> None:
    """In Kong's words."""
    assert told({"key": "a", "algorithm": algorithm}) == (
        "consumers[0].jwt_secrets[0].rsa_public_key: required field missing",
    )


def test_a_missing_ec_key_verifies_nothing() -> None:
    """Kong loads it, and answers 401 Invalid key/secret."""
    given = context()
    (found,) = made(given, {"key": KEY, "algorithm": "ES384"})
    assert found == UnusableCredential(
        key=KEY, why="ES384 needs a key", algorithm="ES384", refuses=True
    )
    assert not given.problems
    assert str(given.notes.report()) == (
        "warning: consumers[0].jwt_secrets[0].rsa_public_key: no token can be "
        "verified: ES384 needs a key"
    )


KEYS: dict[str, tuple[str, str, str]] = {
    "no key": ("RS256", "hunter2", "is neither a PEM"),
    "broken EC": ("ES256", "-----BEGIN PUBLIC KEY-----\nAA==\n", "cannot be read"),
    "another type": ("EdDSA", public_pem("RS256"), "EdDSA"),
    "another curve": ("ES384", public_pem("ES256"), "ES384"),
    "private": ("RS256", private_pem("RS256"), "holds a private key"),
}


@pytest.mark.parametrize(("algorithm", "key", "why"), KEYS.values(), ids=KEYS.keys())
def test_a_key_that_cannot_be_is_told(algorithm: str, key: str, why: str) -> None:
    """In Kong's words, and why; never with the key."""
    (problem,) = told({"key": "a", "algorithm": algorithm, "rsa_public_key": key})
    place = "consumers[0].jwt_secrets[0].rsa_public_key: invalid key: "
    assert problem.startswith(place)
    assert why in problem
    assert key not in problem


def test_a_public_key_as_secret_is_refused() -> None:
    """Everyone who has it could sign."""
    (problem,) = told({"key": "a", "secret": public_pem("RS256")})
    assert problem.startswith(
        "consumers[0].jwt_secrets[0].secret: the secret is a key in PEM form"
    )


NAMES = ", ".join(
    [
        *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384"),
        *("ES512", "PS256", "PS384", "PS512", "EdDSA"),
    ]
)
MEMBERS: dict[str, tuple[dict[str, object], str]] = {
    "unknown": ({"kid": "a"}, "kid: unknown field"),
    "key": ({"key": 1}, "key: expected a string"),
    "empty key": ({"key": ""}, "key: length must be at least 1"),
    "key to print": (
        {"key": "a\nb"},
        "key: must be a printable text of 1 to 512 octets",
    ),
    "secret": ({"secret": 1}, "secret: expected a string"),
    "empty secret": ({"secret": ""}, "secret: length must be at least 1"),
    "algorithm": (
        {"algorithm": "none"},
        f"algorithm: expected one of: {NAMES}",
    ),
    "no algorithm": ({"algorithm": None}, "algorithm: required field missing"),
    "id": ({"id": "a"}, "id: expected a valid UUID"),
    "tags": ({"tags": "a"}, "tags: expected a set"),
}


@pytest.mark.parametrize(("members", "problem"), MEMBERS.values(), ids=MEMBERS.keys())
def test_a_member_that_cannot_be_is_told(
    members: dict[str, object], problem: str
) -> None:
    """With its place."""
    secret = {"key": "a", "secret": SECRET, **members}
    assert told(secret) == (f"consumers[0].jwt_secrets[0].{problem}",)


def test_a_key_is_unique() -> None:
    """Over all consumers, in Kong's words."""
    given = context()
    rows_of(
        given,
        consumers=[
            {"username": "jack", "jwt_secrets": [{"key": "a"}]},
            {"username": "joe"},
        ],
        jwt_secrets=[{"key": "a", "consumer": "joe"}],
    )
    (problem,) = sentences(given.problems)
    assert problem == (
        "jwt_secrets[0].key: uniqueness violation: 'jwt_secrets' entity with key set "
        "to 'a' already declared"
    )


def test_an_id_is_unique() -> None:
    """In Kong's words."""
    (problem,) = told({"id": ID}, {"id": ID})
    assert problem.endswith(f"with primary key set to '{ID}' already declared")


def test_keys_that_were_left_out_are_not_compared() -> None:
    """Each gets one of its own."""
    assert told({}, {}) == ()


def test_a_credential_at_the_top_has_a_consumer() -> None:
    """A foreign key is required."""
    given = context()
    rows_of(given, jwt_secrets=[{"key": "a"}])
    assert sentences(given.problems) == (
        "jwt_secrets[0].consumer: required field missing",
    )


def test_a_credential_at_the_top_is_its_consumers() -> None:
    """By username or id."""
    (row,) = rows_of(
        context(),
        consumers=[{"username": "jack"}],
        jwt_secrets=[{"key": "a", "consumer": "jack"}],
    )
    assert row.consumer == JACK


def test_a_custom_id_is_no_reference() -> None:
    """As in Kong."""
    given = context()
    rows_of(
        given,
        consumers=[{"custom_id": "a", "id": ID}],
        jwt_secrets=[{"key": "a", "consumer": "a"}],
    )
    (problem,) = sentences(given.problems)
    assert problem == (
        "jwt_secrets[0].consumer: invalid reference 'consumer: a' (no such entry in "
        "'consumers')"
    )


def test_credentials_of_a_broken_consumer_are_checked() -> None:
    """All problems are told at once."""
    given = context()
    secrets = [{"key": "a", "algorithm": "RS256"}]
    rows = rows_of(given, consumers=[{"username": "a\n", "jwt_secrets": secrets}])
    assert not list(make_credentials(rows, given, is_base64=False))
    assert len(given.problems) == 2


def test_a_row_does_not_show_its_secret() -> None:
    """Nor its key."""
    (row,) = rows_of(context(), **jacks({"key": "a", "secret": "hunter2"}))
    assert "hunter2" not in repr(row)
