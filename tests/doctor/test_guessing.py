import random

import pytest

from jwtgate.doctor.guessing import WEAK_BITS, is_published, strength

ALPHABETS = {
    "hex": ("0123456789abcdef", 32),
    "letters and digits": (
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        32,
    ),
    "small letters": ("abcdefghijklmnopqrstuvwxyz", 32),
    "octets": ("".join(map(chr, range(256))), 32),
}


@pytest.mark.parametrize("kind", ALPHABETS)
def test_random_secret_is_not_weak(kind: str) -> None:
    """What a generator makes is never told of."""
    alphabet, length = ALPHABETS[kind]
    chance = random.Random(kind)  # noqa: S311 - no secrets
    secrets = ("".join(chance.choices(alphabet, k=length)) for _ in range(500))
    assert min(strength(each.encode("latin-1")) for each in secrets) > WEAK_BITS


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        b"x",
        b"a" * 64,
        b"abc" * 20,
        b"abcdefghijklmnopqrstuvwxyz012345",
        b"98765432109876543210987654321098",
        b"this-is-a-very-long-secret-key-for-jwt-auth",
        b"MyCompanyName2024ProductionSecret!!",
        b"ThisIsMySuperSecretKeyForJwtTokens",
    ],
)
def test_secret_that_somebody_thought_of_is_weak(secret: bytes) -> None:
    """Repetitions, alphabets and words are little to guess, however long."""
    assert strength(secret) < WEAK_BITS


def test_many_words_are_not_weak() -> None:
    """A passphrase of enough words that nobody writes there is one."""
    assert strength(b"velvet canyon drifting tulip marble orbit lantern") > WEAK_BITS


@pytest.mark.parametrize(
    "secret",
    [b"your-256-bit-secret", b" Your_256_bit_secret\n", b"secret", b"changeme!"],
)
def test_published_secret_is_known(secret: bytes) -> None:
    """In other spellings, too."""
    assert is_published(secret)


def test_other_secret_is_not_published() -> None:
    """What begins with one is another."""
    assert not is_published(b"your-256-bit-secret-and-more")
