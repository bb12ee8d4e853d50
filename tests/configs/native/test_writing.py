from uuid import NAMESPACE_URL, uuid5

import pytest

from jwtgate import Access, Answer, ConfigurationError, Consumer, Quota, Route
from jwtgate.configs.native.stand_ins import StandIns
from jwtgate.configs.native.writing import Writer
from jwtgate.terms import Terms
from tests.kit import SECRET, credential, jack, public_pem, signature

JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
PEM = public_pem("ES256")
ODD_ID = str(uuid5(NAMESPACE_URL, "odd"))
DASH = Consumer(username="-")


def written(value: object) -> object:
    """Write a value, its secrets as they are."""
    return Writer(StandIns(references=False)).write(value)


PLAIN: dict[str, object] = {
    "null": None,
    "switch": True,
    "number": 1.5,
    "text": "a ${{b}}",
    "empty": "",
}


@pytest.mark.parametrize("value", PLAIN.values(), ids=PLAIN.keys())
def test_what_json_has_stays(value: object) -> None:
    """As it is."""
    assert written(value) == value


def test_sequences_become_lists_and_mappings_tables() -> None:
    """At any depth."""
    assert written({"a": ("b", ["c"])}) == {"a": ["b", ["c"]]}


VALUES: dict[str, tuple[object, object]] = {
    "quota": (Quota(rates="100/m, 9/d"), "100/60s, 9/86400s"),
    "its members": (
        Quota(rates="1/s", per=(), scope="a", aligned=True, when_down="closed"),
        {
            "rates": "1/1s",
            "per": [],
            "scope": "a",
            "aligned": True,
            "when_down": "closed",
        },
    ),
    "its answer": (
        Quota(rates="1/s", answer=Answer(status=503), shown=False),
        {"rates": "1/1s", "answer": {"status": 503}, "shown": False},
    ),
    "its storage": (
        Quota(rates="1/s", storage="redis://a"),
        {"rates": "1/1s", "storage": "redis://a"},
    ),
    "answer": (
        Answer(status=403, body="", content_type="text/html"),
        {"status": 403, "body": "", "content_type": "text/html"},
    ),
    "access": (Access(allow_groups=["-"]), {"allow_groups": ["-"]}),
    "methods": (
        Access(allow_methods={"a": ["GET"]}, answer=Answer(status=404)),
        {
            "allow_groups": [],
            "allow_methods": {"a": ["GET"]},
            "answer": {"status": 404},
        },
    ),
    "no terms": (Terms(), {}),
    "terms": (
        Terms(access=(), quota="1/s", termination=Answer(status=403)),
        {"access": [], "quota": ["1/1s"], "termination": {"status": 403}},
    ),
    "consumer": (
        jack(groups=["a"], tags=["b"], quota="1/s", enabled=False),
        {
            "username": "jack",
            "custom_id": "495aec6a",
            "groups": ["a"],
            "tags": ["b"],
            "quota": "1/1s",
            "enabled": False,
        },
    ),
    "no username": (Consumer(custom_id="a"), {"custom_id": "a"}),
    "odd id": (
        jack(id=ODD_ID),
        {"username": "jack", "custom_id": "495aec6a", "id": ODD_ID},
    ),
    "name of the plain one": (DASH, {"username": "-"}),
    "id of the plain one": (
        Consumer(username="a", id=DASH.id),
        {"username": "a", "id": DASH.id},
    ),
    "route": (Route(path="/a"), {"path": "/a"}),
    "path of the plain one": (Route(path="/-"), {"path": "/-"}),
    "its route's members": (
        Route(path="/a", prefix=True, methods=["GET"], hosts=["a"], priority=-1),
        {
            "path": "/a",
            "prefix": True,
            "methods": ["GET"],
            "hosts": ["a"],
            "priority": -1,
        },
    ),
    "public": (Route(path="/a", public=True), {"path": "/a", "public": True}),
    "credential": (credential(), {"key": "jack-key", "secret": SECRET}),
    "its own members": (
        credential(kid="a", id="b", consumer_claim="sub", retire_after=5, tags=["c"]),
        {
            "key": "jack-key",
            "secret": SECRET,
            "kid": "a",
            "id": "b",
            "consumer_claim": "sub",
            "retire_after": 5,
            "tags": ["c"],
        },
    ),
    "key of the plain one": (credential(key="-"), {"key": "-", "secret": SECRET}),
    "weak": (
        credential(secret="a", allow_weak_secret=True),
        {"key": "jack-key", "secret": "a", "allow_weak_secret": True},
    ),
    "public key": (
        credential(algorithm="ES256"),
        {"key": "jack-key", "algorithm": "ES256", "public_key": PEM},
    ),
    "octets": (
        credential(algorithm="ES256", public_key=PEM.encode()),
        {"key": "jack-key", "algorithm": "ES256", "public_key": PEM},
    ),
    "jwk": (
        credential(algorithm="EdDSA", public_key=JWK),
        {"key": "jack-key", "algorithm": "EdDSA", "public_key": JWK},
    ),
}


@pytest.mark.parametrize(("value", "table"), VALUES.values(), ids=VALUES.keys())
def test_a_value_is_written_as_a_table(value: object, table: object) -> None:
    """With those members that are other than left out, and those it needs."""
    assert written(value) == table


def test_a_public_key_that_is_no_text_is_written_in_base64() -> None:
    """A PEM may stand between other octets."""
    given = credential(algorithm="ES256", public_key=b"\xff\n" + PEM.encode())
    table = written(given)
    assert isinstance(table, dict)
    again = credential(algorithm="ES256", public_key=table["public_key"])
    signed = signature("ES256", b"a", "")
    assert again.verification_key.verify(signed, b"a")


LIKE_A_REFERENCE = {
    "text": "$env://HOME",
    "slip": " {vault://a",
    "consumer": Consumer(username="$env://HOME"),
    "id": jack(id="$env://HOME"),
    "group": jack(groups=["$file://a"]),
    "key": credential(key="$env://HOME"),
    "jwk": credential(algorithm="EdDSA", public_key={**JWK, "kid": "$env://HOME"}),
    "scope": Quota(rates="1/s", scope="$env://HOME"),
    "body": Answer(status=503, body="$env://HOME"),
}


@pytest.mark.parametrize(
    "value", LIKE_A_REFERENCE.values(), ids=LIKE_A_REFERENCE.keys()
)
def test_what_would_be_taken_for_a_reference_is_refused(value: object) -> None:
    """The file would say something else, or what another variable holds."""
    with pytest.raises(ConfigurationError, match="looks like a reference"):
        written(value)


def test_a_consumer_whom_a_claim_names_is_refused() -> None:
    """In a file its username would allow it what its issuer may not say."""
    with pytest.raises(ConfigurationError, match="one whom a claim names"):
        written(jack(issuer="jack-key"))


def test_what_stands_in_for_a_secret_is_written_in_its_place() -> None:
    """A reference here; a storage is one, too."""
    writer = Writer(stand_ins := StandIns(references=True))
    assert writer.table(credential()) == {
        "key": "jack-key",
        "secret": "$env://JWTGATE_SECRET_JACK_KEY",
    }
    assert writer.write(Quota(rates="1/s", storage="redis://a")) == {
        "rates": "1/1s",
        "storage": "$env://JWTGATE_QUOTA_STORAGE",
    }
    assert set(stand_ins.variables.values()) == {SECRET, "redis://a"}
