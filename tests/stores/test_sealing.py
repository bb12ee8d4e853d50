from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.errors import SecretUnavailable
from jwtgate.secrets.keyring import MARK, Keyring
from jwtgate.stores.sealing import MATERIAL, Sealing

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
RING = Keyring({"new": NEW, "old": OLD})
RECORD: dict[str, Any] = {
    "id": "1",
    "key": "k",
    "kid": None,
    "algorithm": "HS256",
    "secret_is_base64": False,
    "allow_weak_secret": False,
    "consumer_claim": None,
    "audience": [],
    "types": [],
    "lifetime_grace_period": None,
    "consumer": {"id": "jack"},
    "secret": None,
    "public_key": None,
}


def with_secret(ring: Keyring | None, text: str = "text") -> dict[str, Any]:
    """Give a record with a secret that is sealed."""
    return {**RECORD, "secret": Sealing(ring).sealed("secret", text, RECORD)}


@pytest.mark.parametrize(("given", "kept"), [(5, 5.0), (5.0, 5), (-0.0, 0)])
def test_a_number_is_what_a_database_makes_of_it(given: float, kept: float) -> None:
    """It is the same number; what was sealed beside it opens."""
    record = {**RECORD, "lifetime_grace_period": given}
    ring = Keyring({"a": bytes(32)})
    sealed = Sealing(ring).sealed("secret", "text", record)
    read = {**record, "secret": sealed, "lifetime_grace_period": kept}
    assert Sealing(ring).opened("secret", read) == "text"


def test_what_is_sealed_opens() -> None:
    """In the same record."""
    record = with_secret(RING)
    assert record["secret"].startswith(MARK)
    assert Sealing(RING).opened("secret", record) == "text"


def test_without_a_keyring_nothing_is_sealed() -> None:
    """And what is plain is given back."""
    record = with_secret(None)
    assert record["secret"] == "text"
    assert Sealing(None).opened("secret", record) == "text"


@pytest.mark.parametrize("name", MATERIAL)
def test_what_is_not_there_is_not_sealed(name: str) -> None:
    """Nor opened."""
    assert Sealing(RING).sealed(name, None, RECORD) is None
    assert Sealing(RING).opened(name, RECORD) is None


def test_attack_with_an_envelope_where_there_is_no_keyring() -> None:
    """Its text would be a secret that everyone who reads the row knows."""
    with pytest.raises(SecretUnavailable, match="no keyring"):
        Sealing(None).opened("secret", with_secret(RING))


def test_attack_with_a_plain_text_where_there_is_a_keyring() -> None:
    """Who put it there had no key."""
    with pytest.raises(SecretUnavailable, match="not sealed"):
        Sealing(RING).opened("secret", with_secret(None))


def test_only_what_needs_it_is_sealed_anew() -> None:
    """By the newest key."""
    assert Sealing(RING).resealed(with_secret(RING), plain=False) == {}
    old = with_secret(Keyring({"old": OLD}))
    found = Sealing(RING).resealed(old, plain=False)
    assert list(found) == ["secret"]
    assert RING.is_current(found["secret"])


def test_what_is_plain_is_sealed_if_it_is_asked_for() -> None:
    """Not otherwise: it may be somebody else's."""
    plain = with_secret(None)
    assert list(Sealing(RING).resealed(plain, plain=True)) == ["secret"]
    with pytest.raises(SecretUnavailable):
        Sealing(RING).resealed(plain, plain=False)


def test_nothing_is_sealed_anew_without_a_keyring() -> None:
    """That is a mistake, not a success."""
    with pytest.raises(ConfigurationError, match="no keyring"):
        Sealing(None).resealed(RECORD, plain=True)
