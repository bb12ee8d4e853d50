import pytest

from jwtgate import Consumer, Quota
from jwtgate.configs.native.consumers import read_consumer
from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import BROKEN
from jwtgate.stores import MemoryStore
from tests.configs.files import consumer, credential, gate_of, problems_of
from tests.kit import SECRET, private_pem, public_pem


def store_of(*consumers: object) -> MemoryStore:
    """Give the store of a file with these consumers."""
    store = gate_of(consumers=list(consumers)).store
    assert isinstance(store, MemoryStore)
    return store


def told(*consumers: object) -> tuple[str, ...]:
    """Give the problems of a file with these consumers."""
    return problems_of(consumers=list(consumers))


def test_a_consumer_has_its_members() -> None:
    """Each as in code."""
    made = store_of(consumer(custom_id="1", id="a", groups=["b"], tags=["c"]))
    assert made.get_consumer("jack") == Consumer(
        username="jack", custom_id="1", id="a", groups=("b",), tags=("c",)
    )


@pytest.mark.parametrize("value", ["3/30s", {"rates": "3/30s"}], ids=repr)
def test_a_consumer_may_have_a_quota(value: object) -> None:
    """A text with rates, or a table."""
    found = store_of(consumer(quota=value)).get_consumer("jack")
    assert found.quota == Quota(rates="3/30s")


def test_a_consumer_may_have_none() -> None:
    """As one that does not say."""
    assert store_of(consumer(quota=None)).get_consumer("jack").quota is None


def test_a_credential_has_its_members() -> None:
    """Each as in code."""
    member = credential(kid="2026", token_lifetime=60)
    made = store_of(consumer(credentials=[member]))
    found = made.get_credential("jack-key", "2026")
    assert (found.token_lifetime, found.reveal_secret()) == (60, SECRET.encode())


def test_a_credential_belongs_to_the_consumer_around_it() -> None:
    """It need not say so."""
    made = store_of(consumer(username="eve"), consumer(credentials=[credential()]))
    assert made.consumer_of("jack-key").username == "jack"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_credential_may_have_a_public_key(algorithm: str) -> None:
    """A PEM, over several lines."""
    key = {"key": "k", "algorithm": algorithm, "public_key": public_pem(algorithm)}
    assert store_of(consumer(credentials=[key])).find("k")[0].algorithm == algorithm


def test_a_public_key_may_be_a_table() -> None:
    """A JWK, as RFC 8037 appendix A.2 has one."""
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    key = {"key": "k", "algorithm": "EdDSA", "public_key": jwk}
    assert store_of(consumer(credentials=[key])).find("k")[0].public_key == jwk


def test_a_consumer_may_have_four_credentials_under_a_key() -> None:
    """So that an issuer can rotate."""
    four = [credential(kid=str(number)) for number in range(4)]
    assert len(store_of(consumer(credentials=four)).find("jack-key")) == 4


CONSUMERS: dict[str, tuple[dict[str, object], str]] = {
    "no name": ({"groups": ["a"]}, ": a consumer needs a username or a custom_id"),
    "kind": (consumer(groups="staff"), ".groups: expected a list of texts"),
    "empty group": (consumer(groups=[""]), ".groups: must be texts that are not empty"),
    "comma": (consumer(groups=["a,b"]), ": a group's name may not have a comma"),
    "line end": (consumer(custom_id="a\nb"), ": names, ids and groups of a consumer"),
    "unknown": (consumer(user="a"), ".user: unknown; did you mean username?"),
    "quotas": (consumer(quota=["1/s"]), ".quota: expected a rate such as"),
    "rates": (consumer(quota="often"), ".quota: rates must be such as"),
    "quota": (consumer(quota={"per": []}), ".quota.rates: is missing; expected"),
    "credentials": (consumer(credentials={}), ".credentials: expected a list of"),
    "a credential": (consumer(credentials=[1]), ".credentials[0]: expected a table"),
}


@pytest.mark.parametrize(
    ("member", "problem"), CONSUMERS.values(), ids=CONSUMERS.keys()
)
def test_a_consumer_that_cannot_be_is_told(
    member: dict[str, object], problem: str
) -> None:
    """With its place."""
    (told_,) = told(consumer(username="eve"), member)
    assert told_.startswith(f"consumers[1]{problem}")


CREDENTIALS: dict[str, tuple[dict[str, object], str]] = {
    "no key": ({"secret": SECRET}, ".key: is missing; expected what the key claim"),
    "no secret": ({"key": "k"}, ": HS256 needs a secret"),
    "short": (credential(secret="short"), ": HS256 needs a secret of at least 32"),
    "no public key": ({"key": "k", "algorithm": "ES256"}, ": ES256 needs a public_key"),
    "kind": (credential(secret=5), ".secret: expected a text, or null"),
    "empty key": (credential(key=""), ".key: must be a printable text of 1 to 512"),
    "algorithm": (credential(algorithm="none"), ".algorithm: must be one of HS256"),
    "lifetime": (credential(token_lifetime=0), ".token_lifetime: must be a whole"),
    "unknown": (credential(secrt="a"), ".secrt: unknown; did you mean secret?"),
    "both": (credential(public_key="a"), ": HS256 takes a secret, not a public_key"),
    "private key": (
        {"key": "k", "algorithm": "ES256", "public_key": private_pem("ES256")},
        ".public_key: holds a private key; make the public one",
    ),
}


@pytest.mark.parametrize(
    ("member", "problem"), CREDENTIALS.values(), ids=CREDENTIALS.keys()
)
def test_a_credential_that_cannot_be_is_told(
    member: dict[str, object], problem: str
) -> None:
    """With its place."""
    (told_,) = told(consumer(credentials=[member]))
    assert told_.startswith(f"consumers[0].credentials[0]{problem}")


def test_the_mend_for_a_short_secret_is_one_of_a_file() -> None:
    """To leave it out, as code may, is no mend here."""
    (problem,) = told(consumer(credentials=[credential(secret="short")]))
    assert problem.endswith("take a longer one, or set allow_weak_secret to true")


@pytest.mark.parametrize("name", ["key", "id"])
def test_a_credential_is_told_by_its_place_alone(name: str) -> None:
    """Its key or id may have come by a reference."""
    weak = credential(**{name: "hunter'2"}, secret="short")
    assert "hunter" not in told(consumer(credentials=[weak]))[0]


def test_credentials_of_a_consumer_that_cannot_be_are_checked() -> None:
    """All problems are told at once."""
    both = told(consumer(enabled="yes", credentials=[credential(key=""), credential()]))
    assert [each.partition(":")[0] for each in both] == [
        "consumers[0].enabled",
        "consumers[0].credentials[0].key",
    ]


def test_a_credential_with_a_broken_member_is_not_made() -> None:
    """It would be told to lack what it has."""
    broken = consumer(credentials=[credential(secret=BROKEN)])
    assert problems_of(consumers=[broken, 5]) == ("consumers[1]: expected a table",)


CONFLICTS = {
    "username": (
        [consumer(), consumer(custom_id="2", id="b")],
        "consumers[1]: a consumer with this username exists",
    ),
    "id": ([consumer(), consumer()], "consumers[1]: a consumer with this id exists"),
    "key": (
        [
            consumer(credentials=[credential()]),
            consumer(username="eve", credentials=[credential()]),
        ],
        "consumers[1].credentials[0]: this key belongs to another consumer",
    ),
    "kid": (
        [consumer(credentials=[credential(), credential()])],
        "consumers[0].credentials[1]: a credential with this key and kid exists",
    ),
    "fifth": (
        [consumer(credentials=[credential(kid=str(number)) for number in range(5)])],
        "consumers[0].credentials[4]: this key has 4 live credentials; retire one",
    ),
}


@pytest.mark.parametrize(
    ("consumers", "problem"), CONFLICTS.values(), ids=CONFLICTS.keys()
)
def test_what_is_taken_is_told_at_the_later_one(
    consumers: list[object], problem: str
) -> None:
    """As the store tells it."""
    assert told(*consumers) == (problem,)


def test_a_consumer_on_its_own_has_no_credentials() -> None:
    """The anonymous one needs none."""
    problems = Problems()
    assert read_consumer(consumer(credentials=[]), ("a",), problems, {})
    assert problems.error().problems[0].startswith("a.credentials: unknown; ")


def test_a_consumer_on_its_own_that_cannot_be_is_none() -> None:
    """And is told."""
    problems = Problems()
    assert read_consumer({}, ("a",), problems, {}) is None
    assert len(problems) == 1


def test_a_consumer_on_its_own_has_what_holds_for_all_quotas() -> None:
    """As those that are in the store."""
    made = read_consumer(
        consumer(quota="1/s"), ("a",), Problems(), {"when_down": "closed"}
    )
    assert made == Consumer(
        username="jack", quota=Quota(rates="1/s", when_down="closed")
    )
