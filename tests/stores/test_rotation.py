import pytest

from jwtgate import ConfigurationError, InvalidKey
from jwtgate.stores.fields import CredentialFields
from jwtgate.stores.rotation import succession, successor
from tests.kit import KEY, NOW, credential, public_pem


def test_a_successor_has_a_secret_and_a_kid_of_its_own() -> None:
    """Otherwise nothing would change."""
    old = credential(kid="one")
    new = successor(old, {})
    assert new.reveal_secret() != old.reveal_secret()
    assert new.kid not in (None, "one")


def test_a_successor_keeps_the_rest() -> None:
    """Consumer, key, lifetimes and tags stay."""
    old = credential(tags=["blue"], token_lifetime=60, lifetime_grace_period=5)
    new = successor(old, {})
    assert (new.consumer, new.key, new.tags) == (old.consumer, KEY, ("blue",))
    assert (new.token_lifetime, new.lifetime_grace_period) == (60, 5)


def test_a_successor_has_no_id_and_no_end() -> None:
    """An id names one credential, and the old one's end is not the new one's."""
    new = successor(credential(id="c1", retire_after=NOW, not_before=NOW - 9), {})
    assert (new.id, new.retire_after, new.not_before) == (None, None, None)


def test_a_successor_of_a_base64_secret_is_plain() -> None:
    """The secret that is made is a text as it is."""
    old = credential(secret="A" * 64, secret_is_base64=True)
    assert not successor(old, {}).secret_is_base64


def test_a_successor_may_have_another_algorithm() -> None:
    """This is how a consumer moves from a secret to a key pair."""
    fields = {"algorithm": "ES256", "public_key": public_pem("ES256")}
    assert successor(credential(), fields).algorithm == "ES256"  # type: ignore[arg-type]


def test_a_key_pair_needs_a_new_public_key() -> None:
    """The old one would change nothing."""
    with pytest.raises(InvalidKey, match="public_key"):
        successor(credential(algorithm="RS256"), {})


def test_the_key_stays() -> None:
    """Another key is another credential."""
    with pytest.raises(ConfigurationError, match="keeps the key"):
        successor(credential(), {"key": "other"})


def test_a_succession_is_of_the_fields_that_change() -> None:
    """A store that keeps references takes the rest of its own row."""
    fields = succession(KEY, "HS512", {})
    assert fields.keys() == {
        *("kid", "id", "not_before", "retire_after"),
        *("secret", "secret_is_base64", "public_key"),
    }
    assert len(str(fields["secret"])) == 64


@pytest.mark.parametrize(
    "fields",
    [
        {"key": KEY},
        {"kid": None},
        {"id": "17"},
        {"retire_after": NOW},
        {"secret": "$env://NEXT"},
        {"secret": "A" * 44, "secret_is_base64": True},
        {"tags": ["t"]},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_succession_has_the_fields_that_are_given(fields: CredentialFields) -> None:
    """Whatever would have been made."""
    assert fields.items() <= succession(KEY, "HS256", fields).items()


@pytest.mark.parametrize(
    ("old", "new", "made"), [("HS256", "ES256", False), ("ES256", "HS256", True)]
)
def test_a_succession_has_a_secret_if_the_new_algorithm_takes_one(
    old: str,
    new: str,
    made: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Whatever the old one took."""
    fields = succession(KEY, old, {"algorithm": new})
    assert (fields["secret"] is not None) is made


def test_a_succession_keeps_the_key() -> None:
    """Another key is another credential."""
    with pytest.raises(ConfigurationError, match="keeps the key"):
        succession(KEY, "HS256", {"key": "other"})
