"""How hard a secret is to guess: published ones, and an estimate for the others."""

import math
import re
from itertools import pairwise
from typing import Final

__all__ = ["WEAK_BITS", "is_published", "strength"]

WEAK_BITS: Final = 80
"""Bits below which a secret is weak: less than ECRYPT-CSA D5.4 (2018) calls legacy."""

# Of documents that many start from; whoever searches for tokens tries these first.
_PUBLISHED = (
    # jwt.io
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    # Kong's pages of the plugin, and its how-to
    "e71829c351aa4242c2719cbfbe671c09",
    "C50k0bcahDhLNhLKSUBSR1OMiFGzNZ7X",
    "blob data",
    "YmxvYiBkYXRh",
    # APISIX's pages of the plugin
    "my-secret-key",
    "jack-hs256-secret-that-is-very-long",
    "vault-hs256-secret-that-is-very-long",
    # RFC 7515 appendix A.1, RFC 7520 section 3.5
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
    # FastAPI's and Flask's tutorials, and jwtgate's
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    "0123456789abcdef0123456789abcdef",
    # what people write until they know better
    "secret",
    "mysecret",
    "supersecret",
    "secretkey",
    "mysecretkey",
    "supersecretkey",
    "yoursecretkey",
    "yoursecret",
    "jwtsecret",
    "jwtsecretkey",
    "topsecret",
    "changeme",
    "changethis",
    "changeit",
    "pleasechangeme",
    "replaceme",
    "password",
    "default",
    "example",
    "test",
    "dev",
    "admin",
    "key",
    "jwt",
    "token",
    "qwerty",
)
# What people write around it; some hundred, so that each is little to guess.
_WORDS = frozenset(
    """
    secret password passphrase key token change replace super very long strong random
    private default example test this that please your production development admin
    string enough should must with from least bits octets jwt hmac sha the and for not
    api app web auth login user name server service company qwertyuiop asdfghjkl zxcvbnm
    qwerty asdf
    """.split()  # noqa: SIM905 - a list of words reads best as one
)
_MAX_OCTETS = 512  # more are no weaker
_BITS_OF_A_KNOWN_WORD = 7.0
_BITS_OF_A_WORD = 13.0  # of the ten thousand that are used most
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|.", re.DOTALL)
# Letters that can be said; random ones seldom can for long.
_SAYABLE = re.compile(r"(?=.*[aeiouy])(?!.*[^aeiouy]{4})(?!.*[aeiou]{4}).{3,14}")
_CLASSES = (("0-9", 10), ("0-9a-f", 16), ("a-z", 26), ("0-9a-z", 36), ("0-9A-Za-z", 62))
_SEPARATORS = str.maketrans("", "", "-_. !\"'")


def is_published(secret: bytes) -> bool:
    """Whether a secret stands in documents, in this or another spelling."""
    return _plain(secret.decode("utf-8", "replace")) in _KNOWN


def strength(secret: bytes) -> float:
    """Estimate the bits that a guesser of secrets has to go through.

    What repeats, goes on as an alphabet does, or can be said like a word is little to
    guess; any other character is one of as many as there are of its kind. An estimate
    from above: nothing tells how a secret was chosen.
    """
    text = secret[:_MAX_OCTETS].decode("latin-1")
    bits_each = math.log2(_kinds(text.translate(_SEPARATORS)))
    return sum(_bits(part, bits_each) for part in _PART.findall(_shortened(text)))


def _bits(part: str, bits_each: float) -> float:
    plain = part.lower()
    each = bits_each * len(part)
    if not plain.translate(_SEPARATORS):
        return 1.0
    if plain in _WORDS:
        return min(each, _BITS_OF_A_KNOWN_WORD)
    if part.isalpha() and _SAYABLE.fullmatch(plain):
        return min(each, _BITS_OF_A_WORD)
    return each


def _kinds(text: str) -> int:
    """Tell of how many characters those of a text seem to be taken."""
    for kind, size in _CLASSES:
        if re.fullmatch(f"[{kind}]*", text):
            return size
    return 95


def _shortened(text: str) -> str:
    """Leave out what stands earlier in a text, or goes on by steps of one or none."""
    kept, at = "", 0
    while at < len(text):
        length = max(_repeated(text, at), _running(text, at))
        kept += text[at]
        at += max(length, 1)
    return kept


def _repeated(text: str, at: int) -> int:
    """Tell how much from here on stands earlier in the text; below 4 is chance."""
    length = 4
    if at + length > len(text) or text[at : at + length] not in text[:at]:
        return 0
    while at + length < len(text) and text[at : at + length + 1] in text[:at]:
        length += 1
    return length


def _running(text: str, at: int) -> int:
    """Tell how far a run such as ``aaaa`` or ``6543`` goes; below 4 is chance."""
    steps = [ord(after) - ord(one) for one, after in pairwise(text[at : at + 4])]
    if len(steps) < 3 or len({*steps}) > 1 or abs(steps[0]) > 1:
        return 0
    end = at + 4
    while end < len(text) and ord(text[end]) - ord(text[end - 1]) == steps[0]:
        end += 1
    return end - at


def _plain(text: str) -> str:
    return text.strip().casefold().translate(_SEPARATORS)


_KNOWN = frozenset(map(_plain, _PUBLISHED))
