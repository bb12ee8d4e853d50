"""The contract of the management of credentials."""

import string
from collections.abc import Callable
from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError, Conflict, NotFound
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Find
from jwtgate.testing.managing import ManagingFixtures
from jwtgate.testing.samples import (
    FULL_CREDENTIAL,
    KEY,
    LONG_AGO,
    SECRET,
    differences,
    material,
)
from jwtgate.testing.verdicts import must, refuses

__all__ = ["CredentialsContract"]

_ALPHABET = set(string.ascii_letters + string.digits)
# RFC 8037 appendix A.2
_JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
_PROBLEMS: dict[str, dict[str, Any]] = {
    "weak secret": {"secret": "swordfish"},
    "no secret": {"secret": None},
    "algorithm": {"algorithm": "none"},
    "no public key": {"algorithm": "ES256"},
    "empty key": {"key": ""},
    "key of 513 octets": {"key": "k" * 513},
    "key with NUL": {"key": "a\0b"},
    "key with a line end": {"key": "a\n"},
    "empty kid": {"kid": ""},
    "tags": {"tags": "blue"},
    "lifetime": {"token_lifetime": 0},
    "end": {"retire_after": float("nan")},
}


class CredentialsContract(ManagingFixtures):
    """What ``create_credential`` and its like keep to."""

    # Creating

    @pytest.mark.parametrize(
        "fields",
        [
            {"key": KEY, "secret": SECRET},
            FULL_CREDENTIAL,
            {"key": KEY, "secret": SECRET.encode()},
            {"key": KEY, "secret": bytes(range(256))},
            {"key": KEY, "secret": "jwtgate:base64:" + SECRET},
            {"key": KEY, "secret": f"  {SECRET}\u00e9\n"},
            {"key": KEY, "algorithm": "EdDSA", "public_key": _JWK},
            {"key": KEY, "kid": "\U0001f511" * 128, "secret": SECRET},
            {"key": KEY, **material("RS256")},
        ],
        ids=[
            *("the usual", "every field", "octets", "no text", "a mark", "blanks"),
            *("JWK", "a long kid", "PEM"),
        ],
    )
    def test_a_credential_is_got_as_it_was_created(
        self,
        call: Caller,
        store: Any,
        jill: Consumer,
        find: Find,
        fields: dict[str, Any],
    ) -> None:
        """By ``get_credential`` and by look-ups, with every field."""
        expected = Credential(consumer=jill, **fields)
        made = call(store.create_credential(jill, **fields))
        got = call(store.get_credential(made.key, made.kid))
        for each in (made, got, *find(made.key)):
            wrong = differences(each, expected)
            must(not wrong, f"a credential was created and came with other {wrong}")

    def test_a_key_that_is_left_out_is_made(
        self, call: Caller, store: Any, jill: Consumer
    ) -> None:
        """32 of A-Za-z0-9, and never the same."""
        keys = [call(store.create_credential("jill")).key for _ in range(3)]
        good = all(len(key) == 32 and set(key) <= _ALPHABET for key in keys)
        must(good, f"keys that the store made are not 32 of A-Za-z0-9: {keys}")
        must(len(set(keys)) == 3, "the store made a key twice")
        must(call(store.consumer_of(keys[0])) == jill, "a key is another one's")

    @pytest.mark.parametrize(
        ("algorithm", "length"), [("HS256", 32), ("HS384", 48), ("HS512", 64)]
    )
    def test_a_secret_that_is_left_out_is_made(
        self, call: Caller, store: Any, jill: Consumer, algorithm: str, length: int
    ) -> None:
        """As long as the hash (RFC 7518 section 3.2), and never the same."""
        made = [
            call(store.create_credential(jill, algorithm=algorithm)) for _ in range(3)
        ]
        secrets = [each.reveal_secret().decode() for each in made]
        good = all(len(each) == length and set(each) <= _ALPHABET for each in secrets)
        must(good, f"a secret made for {algorithm} is not {length} of A-Za-z0-9")
        must(len(set(secrets)) == 3, "the store made a secret twice")

    def test_a_credential_that_cannot_be_is_not_created(
        self, call: Caller, store: Any, jill: Consumer
    ) -> None:
        """The error is that of jwtgate.Credential, and has no secret."""
        for why, fields in _PROBLEMS.items():
            told = ""
            with refuses(ConfigurationError, f"a credential was created ({why})"):
                try:
                    call(store.create_credential(jill, **{"key": KEY, **fields}))
                except Exception as error:
                    told = str(error)
                    raise
            must("swordfish" not in told, "an error showed the secret it refused")
        must(
            not call(store.list_credentials()).items,
            "an error left a credential behind",
        )

    # What a key may have

    @pytest.mark.parametrize("kid", [None, "a"])
    def test_a_taken_key_and_kid_is_a_conflict(
        self, call: Caller, store: Any, find: Find, jack: Consumer, kid: str | None
    ) -> None:
        """Having no kid counts as one."""
        call(store.create_credential(jack, key="other", kid=kid))
        with refuses(Conflict, f"two credentials have one key and the kid {kid!r}"):
            call(store.create_credential(jack, key="other", kid=kid))
        must(len(find("other")) == 1, "a conflict left a credential behind")

    @pytest.mark.parametrize("retire_after", [None, LONG_AGO], ids=["live", "retired"])
    def test_a_key_belongs_to_one_consumer(
        self,
        call: Caller,
        store: Any,
        find: Find,
        jill: Consumer,
        jack: Consumer,
        retire_after: float | None,
    ) -> None:
        """Nobody can take over a key, not even one that is out of use."""
        call(store.update_credential(KEY, retire_after=retire_after))
        with refuses(Conflict, "a key of one consumer was given to another"):
            call(store.create_credential(jill, key=KEY, kid="b"))
        owners = [row.consumer for row in find(KEY)]
        must(owners == [jack], f"a conflict left a key with the owners {owners!r}")

    def test_a_key_without_credentials_is_free(
        self, call: Caller, store: Any, jack: Consumer, jill: Consumer
    ) -> None:
        """Its last credential takes the claim to it along."""
        call(store.create_credential(jack, key=KEY, kid="b"))
        call(store.delete_credential(KEY))
        with refuses(Conflict, "a key of one consumer was given to another"):
            call(store.create_credential(jill, key=KEY, kid="c"))
        call(store.delete_credential(KEY, "b"))
        made = call(store.create_credential(jill, key=KEY))
        must(made.consumer == jill, "a key that was freed is still another one's")

    def test_a_fifth_live_credential_is_a_conflict(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """Four may overlap; one that is disabled is live, it may be enabled again."""
        for kid in "abc":
            call(store.create_credential(jack, key=KEY, kid=kid))
        call(store.update_credential(KEY, "a", enabled=False))
        with refuses(Conflict, "a key got a fifth live credential"):
            call(store.create_credential(jack, key=KEY, kid="d"))
        must(len(find(KEY)) == 4, "a conflict left a fifth credential behind")

    def test_a_retired_credential_makes_room(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """It is not live, and is not made so while there are four others."""
        for kid in "abc":
            call(store.create_credential(jack, key=KEY, kid=kid))
        call(store.update_credential(KEY, "a", retire_after=LONG_AGO))
        call(store.create_credential(jack, key=KEY, kid="d"))
        with refuses(Conflict, "a fifth credential of a key was brought back to life"):
            call(store.update_credential(KEY, "a", retire_after=None))
        call(store.create_credential(jack, key=KEY, kid="e", retire_after=LONG_AGO))

    # Getting

    def test_a_credential_is_got_by_exactly_its_key_and_kid(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """None is a kid like others; an empty text is none."""
        call(store.create_credential(jack, key=KEY, kid="a"))
        for kid in (None, "a"):
            must(call(store.get_credential(KEY, kid)).kid == kid, "another kid's")
        for key, kid in ((KEY, "A"), (KEY, ""), (KEY, "b"), (KEY.upper(), None)):
            with refuses(NotFound, f"({key!r}, {kid!r}) got the credential of another"):
                call(store.get_credential(key, kid))

    def test_the_consumer_of_a_key_is_its_owner(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """Whatever its kids."""
        must(call(store.consumer_of(KEY)) == jack, "consumer_of() gave another one")

    @pytest.mark.parametrize(
        "ask",
        [
            lambda store: store.get_credential("nobody"),
            lambda store: store.update_credential("nobody", tags=("t",)),
            lambda store: store.delete_credential("nobody"),
            lambda store: store.rotate("nobody", overlap=0),
            lambda store: store.consumer_of("nobody"),
            lambda store: store.update_credential(KEY, "nobody", tags=("t",)),
            lambda store: store.delete_credential(KEY, "nobody"),
            lambda store: store.rotate(KEY, "nobody", overlap=0),
        ],
        ids=[
            *("get", "update", "delete", "rotate", "consumer_of"),
            *("update a kid", "delete a kid", "rotate a kid"),
        ],
    )
    def test_an_unknown_credential_is_not_found(
        self,
        call: Caller,
        store: Any,
        find: Find,
        jack: Consumer,
        ask: Callable[[Any], Any],
    ) -> None:
        """The same error everywhere."""
        with refuses(NotFound, "a credential that there is not was found"):
            call(ask(store))
        must([row.consumer for row in find(KEY)] == [jack], "another one was changed")
