import copy
import dataclasses
import pickle
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from jwtgate import ConfigurationError, InvalidKey, UnusableCredential
from jwtgate.jose import ALGORITHMS
from jwtgate.masked import Secret
from tests.kit import SECRET, credential, jack, private_pem, public_pem

ENCODED = b64encode(SECRET.encode()).decode()


def problems(**fields: Any) -> tuple[str, ...]:
    """Give what is wrong with a credential of these fields."""
    with pytest.raises(ConfigurationError) as caught:
        credential(**fields)
    return caught.value.problems


# The fields


def test_a_credential_is_hs256_by_default() -> None:
    """As with both gateways."""
    assert credential().algorithm == "HS256"


@pytest.mark.parametrize(
    "algorithm",
    ALGORITHMS,
)
def test_a_key_is_bound_to_its_algorithm(algorithm: str) -> None:
    """The typed key is made when the credential is, for this algorithm alone."""
    made = credential(algorithm=algorithm)
    assert made.verification_key.algorithm == algorithm


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("consumer", "jack", "consumer must be a Consumer"),
        ("consumer", None, "consumer must be a Consumer"),
        ("algorithm", "none", "algorithm must be one of HS256"),
        ("algorithm", "hs256", "algorithm must be one of HS256"),
        ("algorithm", None, "algorithm must be one of HS256"),
        ("algorithm", [], "algorithm must be one of HS256"),
        ("key", "", "key must be a printable text of 1 to 512 octets"),
        ("key", "k" * 513, "key must be a printable text of 1 to 512 octets"),
        ("key", "a\nb", "key must be a printable text of 1 to 512 octets"),
        ("key", 5, "key must be a printable text of 1 to 512 octets"),
        ("kid", "", "kid must be a printable text of 1 to 512 octets, or None"),
        ("kid", 5, "kid must be a printable text of 1 to 512 octets, or None"),
        ("id", "a\r\nb", "id must be a text without CR, LF or NUL"),
        ("id", 5, "id must be a text without CR, LF or NUL"),
        ("secret", 5, "secret must be a text or octets"),
        ("secret", bytearray(64), "secret must be a text or octets"),
        ("consumer_claim", "", "consumer_claim must be the name of a claim"),
        ("consumer_claim", 5, "consumer_claim must be the name of a claim"),
        ("secret_is_base64", 1, "secret_is_base64 must be True or False"),
        ("enabled", None, "enabled must be True or False"),
        ("allow_weak_secret", "no", "allow_weak_secret must be True or False"),
        ("token_lifetime", 0, "token_lifetime must be a whole number of seconds"),
        ("token_lifetime", 1.5, "token_lifetime must be a whole number of seconds"),
        ("token_lifetime", True, "token_lifetime must be a whole number of seconds"),
        ("lifetime_grace_period", -1, "lifetime_grace_period must be seconds, 0 or"),
        ("lifetime_grace_period", float("nan"), "lifetime_grace_period must be sec"),
        ("lifetime_grace_period", float("inf"), "lifetime_grace_period must be sec"),
        ("lifetime_grace_period", True, "lifetime_grace_period must be seconds"),
        ("lifetime_grace_period", "5", "lifetime_grace_period must be seconds"),
        ("lifetime_grace_period", 10**400, "lifetime_grace_period must be seconds"),
        ("not_before", "now", "not_before must be seconds since the epoch"),
        ("not_before", float("nan"), "not_before must be seconds since the epoch"),
        ("not_before", 10**400, "not_before must be seconds since the epoch"),
        ("retire_after", False, "retire_after must be seconds since the epoch"),
        ("retire_after", float("inf"), "retire_after must be seconds since the epoch"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_field_that_cannot_work_is_refused(
    field: str, value: object, problem: str
) -> None:
    """Rows come from databases, where no type checker sees them."""
    (found,) = problems(**{field: value})
    assert found.startswith(problem)


@pytest.mark.parametrize("value", [None, 5, "blue", [""], [5]], ids=repr)
@pytest.mark.parametrize("field", ["tags", "audience", "types"])
def test_tags_audience_and_types_are_several_texts(field: str, value: object) -> None:
    """A NULL of a database is an error of configuration, like one text."""
    assert field in problems(**{field: value})[0]


def test_a_credential_demands_no_audience_and_no_type_by_default() -> None:
    """What it demands is kept as it cannot change."""
    assert (credential().audience, credential().types) == ((), ())
    made = credential(audience=["api"], types=["at+jwt"])
    assert (made.audience, made.types) == (("api",), ("at+jwt",))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kid", "k1"),
        ("id", "1/2"),
        ("consumer_claim", "sub"),
        ("token_lifetime", 1),
        ("lifetime_grace_period", 0),
        ("lifetime_grace_period", 0.5),
        ("not_before", 0),
        ("not_before", 1.5),
        ("retire_after", -1),
        ("enabled", False),
    ],
    ids=str,
)
def test_a_field_that_works_is_kept(field: str, value: object) -> None:
    """As it was given."""
    assert getattr(credential(**{field: value}), field) == value


def test_several_problems_are_reported_together() -> None:
    """A file is mended in one go."""
    assert len(problems(key="", kid="", enabled=1)) == 3


def test_the_view_has_no_key_material() -> None:
    """It is what apps see."""
    made = credential(id="c1", kid="k1", tags=["t"])
    assert dataclasses.asdict(made.view) == {
        "id": "c1",
        "key": made.key,
        "algorithm": "HS256",
        "kid": "k1",
        "tags": ("t",),
    }


@pytest.mark.parametrize(
    ("fields", "unconditional"),
    [
        ({}, True),
        ({"kid": "k1", "token_lifetime": 1}, True),
        ({"enabled": False}, False),
        ({"consumer": jack(enabled=False)}, False),
        ({"not_before": 0}, False),
        ({"retire_after": 0}, False),
        ({"not_before": 0, "retire_after": 1e10}, False),
        ({"lifetime_grace_period": 0}, False),
        ({"audience": ["orders"]}, False),
        ({"types": ["JWT"]}, False),
    ],
    ids=str,
)
def test_a_credential_is_unconditional_unless_it_has_terms_of_its_own(
    fields: dict[str, Any], unconditional: object
) -> None:
    """Whoever finds it need not look at any of them."""
    assert credential(**fields).unconditional is unconditional


def test_a_credential_that_is_replaced_is_unconditional_or_not_anew() -> None:
    """It follows from the other fields."""
    retiring = dataclasses.replace(credential(), retire_after=5)
    assert not retiring.unconditional
    assert dataclasses.replace(retiring, retire_after=None).unconditional


def test_equal_credentials_share_a_key() -> None:
    """A store that builds them for each request parses no key twice."""
    assert credential().verification_key is credential().verification_key


def test_a_credential_is_a_value() -> None:
    """Equal ones are equal and hashable."""
    assert len({credential(kid="k"), credential(kid="k")}) == 1


def test_a_credential_can_be_replaced_field_by_field() -> None:
    """The copy has the secret, too."""
    changed = dataclasses.replace(credential(), kid="k2")
    assert (changed.kid, changed.reveal_secret()) == ("k2", SECRET.encode())


def test_an_unusable_row_is_a_failure_of_ours_unless_it_refuses() -> None:
    """A row that broke may have been a good key."""
    row = UnusableCredential(key="jack-key", why="algorithm")
    assert (row.algorithm, row.refuses) == (None, False)


def test_an_unusable_row_says_why() -> None:
    """It stands in the place of the credential."""
    row = UnusableCredential(key="jack-key", why="algorithm")
    assert (row.key, row.why) == ("jack-key", "algorithm")


# The secret


@pytest.mark.parametrize(
    "secret",
    [SECRET, SECRET.encode(), Secret(SECRET)],
    ids=["text", "octets", "masked"],
)
def test_a_secret_is_a_text_or_octets(secret: object) -> None:
    """All three are the same secret."""
    assert credential(secret=secret).reveal_secret() == SECRET.encode()


def test_an_asymmetric_credential_has_no_secret() -> None:
    """There is none to reveal."""
    assert credential(algorithm="ES256").reveal_secret() is None


@pytest.mark.parametrize(
    "secret",
    [
        ENCODED,
        ENCODED.rstrip("="),
        urlsafe_b64encode(SECRET.encode()).decode(),
        ENCODED.encode(),
    ],
    ids=["standard", "unpadded", "url-safe", "octets"],
)
def test_a_base64_secret_keys_the_hmac_with_its_octets(secret: object) -> None:
    """It is the same key as the plain secret."""
    made = credential(secret=secret, secret_is_base64=True)
    assert made.verification_key is credential().verification_key


def test_a_base64_secret_is_revealed_as_it_was_given() -> None:
    """A store writes back what it read."""
    made = credential(secret=ENCODED, secret_is_base64=True)
    assert made.reveal_secret() == ENCODED.encode()


@pytest.mark.parametrize(
    ("algorithm", "octets"), [("HS256", 32), ("HS384", 48), ("HS512", 64)]
)
def test_a_secret_is_as_long_as_the_hash(algorithm: str, octets: int) -> None:
    """RFC 7518 3.2; the border is in."""
    made = credential(algorithm=algorithm, secret="s" * octets)
    assert made.verification_key.algorithm == algorithm


@pytest.mark.parametrize(
    ("algorithm", "octets"), [("HS256", 31), ("HS384", 47), ("HS512", 63)]
)
def test_a_weak_secret_is_refused(algorithm: str, octets: int) -> None:
    """RFC 7518 3.2; the error says how to mend it."""
    (found,) = problems(algorithm=algorithm, secret="s" * octets)
    assert f"at least {octets + 1} octets" in found
    assert "allow_weak_secret" in found


def test_a_weak_secret_may_be_allowed() -> None:
    """The gateways' own files hold such secrets."""
    made = credential(secret="s3cret", allow_weak_secret=True)
    assert made.reveal_secret() == b"s3cret"


@pytest.mark.parametrize("secret", ["", b"", None], ids=repr)
def test_an_empty_secret_is_refused_in_any_case(secret: object) -> None:
    """Everybody knows it."""
    (found,) = problems(secret=secret, allow_weak_secret=True)
    assert "needs a secret" in found


def test_algorithm_confusion_a_public_key_is_no_secret() -> None:
    """Whoever has it could sign (CVE-2022-29217)."""
    assert "PEM" in problems(secret=public_pem("RS256"))[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"public_key": public_pem("ES256")},
        {"algorithm": "ES256", "secret": SECRET},
        {"algorithm": "ES256", "public_key": None},
        {"algorithm": "ES256", "public_key": public_pem("ES384")},
        {"algorithm": "ES256", "public_key": private_pem("ES256")},
    ],
    ids=["HS, key", "ES, secret", "ES, none", "other curve", "private key"],
)
def test_material_fits_its_algorithm(fields: dict[str, Any]) -> None:
    """What does not is an InvalidKey when the credential is made."""
    with pytest.raises(InvalidKey):
        credential(**fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"id": "c1"}, "'c1'"), ({}, "'jack-key'"), ({"id": ""}, "'jack-key'")],
    ids=["id", "no id", "empty id"],
)
def test_an_error_about_a_key_names_the_credential(
    fields: dict[str, Any], name: str
) -> None:
    """By its id, else by its key."""
    assert problems(secret="weak", **fields)[0].startswith(f"credential {name}: ")


@pytest.mark.parametrize(
    "fields",
    [
        {"secret": "weak-one"},
        {"secret": "weak-one *", "secret_is_base64": True},
        {"algorithm": "ES256", "secret": "weak-one"},
        {"algorithm": "ES256", "public_key": "weak-one"},
        {"secret": "-----BEGIN weak-one-----" * 3},
    ],
    ids=["weak", "no base64", "ES", "public key", "PEM"],
)
def test_an_error_about_a_key_never_shows_the_material(fields: dict[str, Any]) -> None:
    """Errors go to logs."""
    with pytest.raises(InvalidKey) as caught:
        credential(**fields)
    assert "weak-one" not in str(caught.value)
    assert caught.value.__suppress_context__


# Secrecy


def _pickled(made: object) -> str:
    return pickle.dumps(made).decode("latin-1")


def _state(made: Any) -> str:
    return repr(made.__getstate__())


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        lambda made: repr(dataclasses.astuple(made)),
        lambda made: repr(dataclasses.asdict(made)),
        lambda made: repr(copy.deepcopy(made)),
        lambda made: repr(copy.copy(made)),
        lambda made: repr({name: getattr(made, name) for name in made.__slots__}),
        _pickled,
        _state,
    ],
    ids=[
        "repr",
        "str",
        "astuple",
        "asdict",
        "deepcopy",
        "copy",
        "slots",
        "pickle",
        "getstate",
    ],
)
def test_no_way_to_look_at_a_credential_shows_its_secret(
    show: Callable[[object], str],
) -> None:
    """Some ways refuse; none shows it."""
    shown = ""
    with suppress(TypeError):
        shown = show(credential())
    assert SECRET not in shown


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, dataclasses.asdict],
    ids=["copy", "deepcopy", "asdict"],
)
@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
def test_a_credential_can_be_copied(
    duplicate: Callable[[object], object], algorithm: str
) -> None:
    """Frameworks copy settings, and what is in them."""
    assert duplicate(credential(algorithm=algorithm))


def test_a_credential_cannot_be_pickled() -> None:
    """A pickle would hold the secret in the clear."""
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(credential())


def test_a_credential_has_no_dict() -> None:
    """``vars`` finds nothing."""
    assert not hasattr(credential(), "__dict__")


def test_a_credential_keeps_its_consumer() -> None:
    """One key, one consumer."""
    assert credential().consumer == jack()
