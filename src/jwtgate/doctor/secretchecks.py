"""What is weak about the secrets and keys of credentials; none is ever shown."""

import json
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate.credential import Credential
from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.guessing import WEAK_BITS, is_published, strength
from jwtgate.doctor.subject import Placed, Subject
from jwtgate.jose import ALGORITHMS
from jwtgate.jose.publickey import read_public_key

__all__ = ["RULES", "check_secrets"]

_MODEST_BITS = 3072

PUBLISHED = Rule(
    "JG301",
    "error",
    "the secret stands in published documents",
    "Whoever guesses secrets begins with these, and can then sign any token (RFC 8725 "
    "section 2.2).",
    "Make a new one: jwtgate keygen HS256.",
)
GUESSABLE = Rule(
    "JG302",
    "error",
    "the secret can be guessed",
    "One token is enough to try secrets on any machine. RFC 8725 section 3.5: "
    "passwords that people can remember must not be keys.",
    "Make a new one: jwtgate keygen HS256.",
)
SHORT = Rule(
    "JG303",
    "warning",
    "the secret is shorter than its hash",
    "RFC 7518 section 3.2: a key of the same size as the hash output or larger must be "
    "used. Kong and APISIX take any.",
    "Make a new one: jwtgate keygen HS256.",
)
NEEDLESS = Rule(
    "JG304",
    "info",
    "allow_weak_secret is set, and the secret is long enough",
    "A secret that replaces it may be short, and nothing will say so.",
    "Take allow_weak_secret out.",
)
SHARED_SECRET = Rule(
    "JG305",
    "error",
    "consumers share a secret",
    "Each of them can sign as the others: a secret proves who calls only if one alone "
    "has it.",
    "Make a new secret for each of them.",
)
SHARED_KEY = Rule(
    "JG306",
    "warning",
    "consumers share a public key",
    "Whoever has the private key is all of them; a quota, or a denial, of one is none.",
    "Make a key pair for each, or one consumer of them with a consumer_claim.",
)
BOTH_KINDS = Rule(
    "JG307",
    "warning",
    "a key has a secret and a public key",
    "Which of them verifies a token is the token's choice, by its alg (RFC 8725 "
    "section 3.1).",
    "Give each its own key, and retire the one that is not needed.",
)
SMALL_RSA = Rule(
    "JG308",
    "info",
    "an RSA key has less than 3072 bits",
    "2048 bits are what RFC 7518 section 3.3 demands, and until 2030 what NIST SP "
    "800-57 takes for new signatures.",
    "Take ES256, EdDSA, or an RSA key of 3072 bits for the next one.",
)

RULES = (
    *(PUBLISHED, GUESSABLE, SHORT, NEEDLESS),
    *(SHARED_SECRET, SHARED_KEY, BOTH_KINDS, SMALL_RSA),
)


def check_secrets(subject: Subject) -> Iterator[Finding]:
    """Look at all credentials that verify tokens, now or later."""
    for each in subject.live:
        if ALGORITHMS[each.credential.algorithm].symmetric:
            yield from _secret(each, subject)
        else:
            yield from _rsa(each)
    yield from _shared(subject.live)
    yield from _both_kinds(subject.live)


def _secret(each: Placed, subject: Subject) -> Iterator[Finding]:
    octets = _octets(each.credential)
    at = each.member("secret")
    size = ALGORITHMS[each.credential.algorithm].hash_size
    given = each.credential.reveal_secret() or b""
    if is_published(given) or is_published(octets):
        yield PUBLISHED.at(at)
    elif strength(octets) < WEAK_BITS:
        yield GUESSABLE.at(at)
    elif len(octets) < size:
        what = f"has {len(octets)} octets, and {each.credential.algorithm} wants {size}"
        yield SHORT.at(at, what)
    # Who reads a gateway's file sets it for all.
    is_gateways = subject.file is not None and subject.file.format != "native"
    allowed = each.credential.allow_weak_secret and not is_gateways
    if allowed and len(octets) >= size:
        yield NEEDLESS.at(each.member("allow_weak_secret"))


def _rsa(each: Placed) -> Iterator[Finding]:
    key = _public_key(each.credential)
    if isinstance(key, RSAPublicKey) and key.key_size < _MODEST_BITS:
        yield SMALL_RSA.at(
            each.member("public_key"), f"the RSA key has {key.key_size} bits"
        )


def _shared(live: Sequence[Placed]) -> Iterator[Finding]:
    alike: defaultdict[tuple[bool, bytes], list[Placed]] = defaultdict(list)
    for each in live:
        is_secret = ALGORITHMS[each.credential.algorithm].symmetric
        alike[is_secret, _fingerprint(each.credential)].append(each)
    for (is_secret, _), group in alike.items():
        first, *others = group
        for each in others:
            if each.credential.consumer.id != first.credential.consumer.id:
                rule = SHARED_SECRET if is_secret else SHARED_KEY
                member = "secret" if is_secret else "public_key"
                what = f"is the same as {first.member(member)}, of another consumer"
                yield rule.at(each.member(member), what)


def _both_kinds(live: Sequence[Placed]) -> Iterator[Finding]:
    kinds: dict[str, bool] = {}
    for each in live:
        is_secret = ALGORITHMS[each.credential.algorithm].symmetric
        if kinds.setdefault(each.credential.key, is_secret) != is_secret:
            yield BOTH_KINDS.at(each.member("algorithm"))


def _fingerprint(credential: Credential) -> bytes:
    if ALGORITHMS[credential.algorithm].symmetric:
        return sha256(_octets(credential)).digest()
    key = _public_key(credential)
    octets: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return sha256(octets).digest()


def _octets(credential: Credential) -> bytes:
    """Give what the HMAC is keyed with; it was checked when the credential was made."""
    given = credential.reveal_secret() or b""
    if not credential.secret_is_base64:
        return given
    return urlsafe_b64decode(given.translate(bytes.maketrans(b"+/", b"-_")) + b"==")


def _public_key(credential: Credential) -> object:
    material = credential.public_key
    if isinstance(material, Mapping):
        material = json.dumps(dict(material))
    octets = material.encode() if isinstance(material, str) else material or b""
    return read_public_key(credential.algorithm, octets)
