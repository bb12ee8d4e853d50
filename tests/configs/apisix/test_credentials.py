from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate import Consumer, Credential
from jwtgate.configs.apisix.credentials import read_credential
from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.context import Context
from jwtgate.credential import UnusableCredential
from jwtgate.masked import Secret
from jwtgate.secrets import References, Secrets
from tests.configs.apisix.files import context, jwt_auth, notes_in, problems_in
from tests.kit import KEY, SECRET, private_pem, public_pem
from tests.secrets.fakes import Clock, Manager

AT = ("consumers", 0, "plugins", "jwt-auth")
JACK = Consumer(username="jack")
NO_SECRET = {"key": KEY, "algorithm": "RS256"}


def read(
    block: dict[str, object], given: Context | None = None
) -> Credential | UnusableCredential | None:
    """Read the block of a credential."""
    return read_credential(block, AT, given or context(), owner=JACK, id="one")


def made(block: dict[str, object], given: Context | None = None) -> Credential:
    """Read a block that is good."""
    credential = read(block, given)
    assert isinstance(credential, Credential)
    return credential


def test_a_block_is_a_credential() -> None:
    """With APISIX's defaults."""
    given = context()
    credential = made(jwt_auth(), given)
    assert (credential.consumer, credential.key, credential.id) == (JACK, KEY, "one")
    assert credential.algorithm == "HS256"
    assert credential.reveal_secret() == SECRET.encode()
    assert credential.token_lifetime == 86400
    assert credential.lifetime_grace_period == 0
    assert not notes_in(given)


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256", "ES512", "EdDSA"])
def test_an_asymmetric_one_has_a_public_key(algorithm: str) -> None:
    """A secret beside it is ignored, whatever is said of it."""
    block = jwt_auth(
        algorithm=algorithm, public_key=public_pem(algorithm), private_key="x"
    )
    credential = made(block)
    assert credential.algorithm == algorithm
    assert credential.reveal_secret() is None


def test_times_are_carried_over() -> None:
    """In seconds."""
    credential = made(jwt_auth(exp=60.0, lifetime_grace_period=5))
    assert (credential.token_lifetime, credential.lifetime_grace_period) == (60, 5)


@pytest.mark.parametrize("padding", ["", "="])
def test_a_secret_may_be_base64(padding: str) -> None:
    """In the standard alphabet, padded or not."""
    text = b64encode(b"s" * 32).decode().rstrip("=") + padding
    credential = made(jwt_auth(secret=text, base64_secret=True))
    assert credential.secret_is_base64


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"secret": SECRET}, 'property "key" is required'),
        ({"key": ""}, 'property "key" validation failed: string too short'),
        ({"key": 1}, 'property "key" validation failed: wrong type'),
        ({"key": KEY}, 'property "secret" is required when using HS based algorithms'),
        (
            {"key": KEY, "algorithm": "HS512"},
            'property "secret" is required when using HS based algorithms',
        ),
        (NO_SECRET, 'failed to validate dependent schema for "algorithm": value shou'),
        (jwt_auth(secret=""), 'property "secret" validation failed: string too short'),
        (jwt_auth(algorithm="none"), 'property "algorithm" validation failed: matches'),
        (jwt_auth(algorithm="hs256"), 'property "algorithm" validation failed: match'),
        (jwt_auth(exp=0), 'property "exp" validation failed: expected 0 to be at lea'),
        (jwt_auth(exp="1"), 'property "exp" validation failed: wrong type'),
        (
            jwt_auth(lifetime_grace_period=-1),
            'property "lifetime_grace_period" validation failed: expected -1 to be at',
        ),
        (
            jwt_auth(lifetime_grace_period=10**16),
            "lifetime_grace_period must be seconds, 0 or more, or None",
        ),
        (jwt_auth(base64_secret=1), 'property "base64_secret" validation failed'),
        (
            jwt_auth(base64_secret=True, secret="a b c"),
            "base64_secret required but the secret is not in base64 format",
        ),
        (
            jwt_auth(base64_secret=True, secret="abcde"),
            "base64_secret required but the secret is not in base64 format",
        ),
        (
            jwt_auth(
                base64_secret=True, secret=urlsafe_b64encode(b"\xff" * 30).decode()
            ),
            "base64_secret required but the secret is not in base64 format",
        ),
        (jwt_auth(_meta=1), 'property "_meta" validation failed: wrong type'),
    ],
)
def test_what_apisix_would_not_take_is_invalid(
    block: dict[str, object], why: str
) -> None:
    """In the words of its log."""
    with pytest.raises(InvalidEntry) as caught:
        read(block)
    assert str(caught.value).startswith(why)


def test_a_weak_secret_is_taken_with_a_warning() -> None:
    """Files hold such secrets; the note has nothing of it."""
    given = context()
    assert made(jwt_auth(secret="my-secret-key"), given).allow_weak_secret
    (note,) = notes_in(given)
    assert note.startswith("warning: consumers[0].plugins.jwt-auth.secret: is shorter")
    assert "my-secret-key" not in note


def test_references_are_resolved() -> None:
    """In any text, the key's included."""
    given = context({"KEY": "k", "SECRET": SECRET})
    credential = made({"key": "$env://KEY", "secret": "$ENV://SECRET"}, given)
    assert credential.key == "k"
    assert credential.reveal_secret() == SECRET.encode()


@pytest.mark.parametrize(
    ("block", "place"),
    [
        (jwt_auth(secret="$env://NONE"), "secret"),
        (jwt_auth(secret="$env://EMPTY"), "secret"),
        (jwt_auth(secret="$secret://vault/jwt/jack/key"), "secret"),
        (jwt_auth(secret="{vault://env/x}"), "secret"),
        (jwt_auth(private_key="$env://NONE"), "private_key"),
        (jwt_auth(key="$env://NONE"), "key"),
    ],
)
def test_a_reference_that_leads_nowhere_switches_it_off(
    block: dict[str, object], place: str
) -> None:
    """Anywhere in the block: its text must not become a secret."""
    given = context({"EMPTY": ""})
    assert read(block, given) is None
    (note,) = notes_in(given)
    assert note.startswith(f"skipped: consumers[0].plugins.jwt-auth.{place}: ")
    assert note.endswith("; the credential is switched off")


def test_strictly_it_is_a_problem() -> None:
    """Where the file shall work as a whole."""
    given = context(strict=True)
    assert read(jwt_auth(secret="$env://NONE"), given) is None
    assert len(problems_in(given)) == 1


def test_a_disabled_block_is_switched_off() -> None:
    """APISIX would let it in."""
    given = context()
    assert read(jwt_auth(_meta={"disable": True}), given) is None
    assert notes_in(given) == [
        (
            "skipped: consumers[0].plugins.jwt-auth: is disabled; the credential is "
            "switched off"
        )
    ]


@pytest.mark.parametrize("key", ["a\nb", "k" * 513, "\u202e"])
def test_a_key_that_no_token_can_name_is_left_out(key: str) -> None:
    """Keys are printable texts of 512 octets at most."""
    given = context()
    assert read(jwt_auth(key=key), given) is None
    (note,) = notes_in(given)
    assert note.startswith("skipped: consumers[0].plugins.jwt-auth.key: expected a pr")


def small_pem() -> str:
    """Give a public key of 1024 bits."""
    key = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505 - its point
    form = PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(Encoding.PEM, form).decode()


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ({"public_key": "no key"}, "public_key"),
        ({"public_key": small_pem()}, "public_key"),
        ({"public_key": public_pem("ES256")}, "public_key"),
        ({"public_key": private_pem("RS256")}, "public_key"),
        ({"algorithm": "HS256", "secret": public_pem("RS256")}, "secret"),
    ],
)
def test_a_key_that_cannot_be_used_refuses(
    block: dict[str, object], place: str
) -> None:
    """Every token of it is refused, as in APISIX, and a note says why."""
    given = context()
    row = read({**NO_SECRET, **block}, given)
    assert isinstance(row, UnusableCredential)
    assert (row.key, row.refuses) == (KEY, True)
    assert row.algorithm == block.get("algorithm", "RS256")
    (note,) = notes_in(given)
    assert note.startswith(f"warning: consumers[0].plugins.jwt-auth.{place}: ")
    assert note.endswith("; every token of this key is refused")
    assert "credential 'one'" not in note


def test_strictly_such_a_key_is_a_problem() -> None:
    """With the reason."""
    given = context(strict=True)
    read({**NO_SECRET, "public_key": "no key"}, given)
    (problem,) = problems_in(given)
    assert problem.startswith("consumers[0].plugins.jwt-auth.public_key: ")


def test_a_referenced_secret_that_is_not_base64_refuses() -> None:
    """APISIX looks at it too late and answers 500."""
    given = context({"SECRET": "not base64!"})
    block = jwt_auth(secret="$env://SECRET", base64_secret=True)
    assert isinstance(read(block, given), UnusableCredential)
    assert "not base64!" not in "".join(notes_in(given))


def test_what_is_behind_the_padding_refuses() -> None:
    """APISIX stops reading there."""
    text = b64encode(b"s" * 32).decode() + "junk"
    block = jwt_auth(secret=text, base64_secret=True)
    assert isinstance(read(block), UnusableCredential)


TEXT = "$secret://own/main/jack/secret"


def lost(before: Mapping[str, Secret] = MappingProxyType({})) -> Context:
    """Give a context with a manager ``own/main`` that does not answer."""
    manager = Manager()
    manager.error = TimeoutError()
    references = References(Path(), {}, before)
    references.managers["own/main"] = Secrets({"own/main": manager}, clock=Clock())
    return Context(references=references)


def test_what_a_manager_does_not_give_leaves_a_credential_that_answers_503() -> None:
    """Not 401: clients throw good tokens away on that."""
    given = lost()
    row = read(jwt_auth(secret=TEXT, algorithm="HS512"), given)
    assert isinstance(row, UnusableCredential)
    assert (row.key, row.algorithm, row.refuses) == (KEY, "HS512", False)
    (note,) = notes_in(given)
    assert note.startswith("warning: consumers[0].plugins.jwt-auth.secret: $secret://")
    assert note.endswith("; it cannot be used now")


def test_an_algorithm_that_is_not_known_is_none() -> None:
    """Its reference is no name of one."""
    row = read(jwt_auth(algorithm=TEXT), lost())
    assert isinstance(row, UnusableCredential)
    assert row.algorithm is None


def test_without_a_key_a_credential_is_switched_off() -> None:
    """There is nothing by which a token could be told to be its."""
    given = lost()
    assert read(jwt_auth(key=TEXT), given) is None
    (note,) = notes_in(given)
    assert note.endswith("; the credential is switched off")


def test_a_key_that_was_known_is_the_key() -> None:
    """Until the manager says otherwise."""
    row = read(jwt_auth(key=TEXT), lost({TEXT: Secret("before")}))
    assert isinstance(row, UnusableCredential)
    assert row.key == "before"


def test_a_reference_that_leads_nowhere_beside_one_that_is_lost() -> None:
    """It switches the credential off: it will not come back."""
    given = lost()
    assert read(jwt_auth(secret=TEXT, private_key="$env://NONE"), given) is None
    (note,) = notes_in(given)
    assert "$env://NONE is not set" in note


@pytest.mark.parametrize("member", [{"_meta": {"disable": True}}, {"key": "a\n"}])
def test_a_block_that_would_be_none_is_none(member: dict[str, object]) -> None:
    """Whatever its secret is."""
    assert read({**jwt_auth(secret=TEXT), **member}, lost()) is None
