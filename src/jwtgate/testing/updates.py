"""The contract of changing and removing credentials."""

from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError, Conflict, JWTGateError, NotFound
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Find
from jwtgate.testing.managing import ManagingFixtures
from jwtgate.testing.samples import (
    FULL_CREDENTIAL,
    KEY,
    NEW_SECRET,
    SECRET,
    differences,
    material,
    sample,
)
from jwtgate.testing.verdicts import must, refuses

__all__ = ["UpdatesContract"]


class UpdatesContract(ManagingFixtures):
    """What ``update_credential`` and ``delete_credential`` keep to."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"secret": NEW_SECRET},
            {"enabled": False},
            {"kid": "b"},
            {"key": "new-key"},
            {"tags": ("t",), "retire_after": 1_900_000_000.123456},
            {**material("ES256")},
            {**FULL_CREDENTIAL},
        ],
        ids=["secret", "enabled", "kid", "key", "two", "algorithm", "every field"],
    )
    def test_a_credential_is_changed(
        self,
        call: Caller,
        store: Any,
        find: Find,
        jack: Consumer,
        changes: dict[str, Any],
    ) -> None:
        """What is not given stays, and look-ups give it changed."""
        old = call(store.get_credential(KEY))
        expected = sample(**{"consumer": jack, "id": old.id, **changes})
        new = call(store.update_credential(KEY, **changes))
        for each in (new, *find(new.key), call(store.get_credential(new.key, new.kid))):
            wrong = differences(each, expected)
            must(
                not wrong, f"{sorted(changes)} were changed, and it differs in {wrong}"
            )
        must(len(find(new.key)) == 1, "a changed credential is found more than once")

    def test_a_changed_key_leaves_the_old_one_free(
        self, call: Caller, store: Any, find: Find, jack: Consumer, jill: Consumer
    ) -> None:
        """No token of the old one passes, and another consumer may have it."""
        call(store.update_credential(KEY, key="new-key"))
        must(not find(KEY), "a credential is still found by the key it had before")
        made = call(store.create_credential(jill, key=KEY))
        must(made.consumer == jill, "a key that was left is still another one's")
        must(call(store.consumer_of("new-key")) == jack, "a key has another owner")

    def test_one_kid_of_a_key_is_changed(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """The others stay as they are."""
        call(store.create_credential(jack, key=KEY, kid="a", secret=SECRET))
        call(store.update_credential(KEY, "a", secret=NEW_SECRET))
        for kid, secret in ((None, SECRET), ("a", NEW_SECRET)):
            got = call(store.get_credential(KEY, kid)).reveal_secret()
            must(got == secret.encode(), f"the credential of kid {kid!r} has another's")

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"kid": "a"}, Conflict),
            ({"key": "jill-key"}, Conflict),
            ({"key": "jill-key", "kid": "b"}, Conflict),
            ({"algorithm": "ES256"}, ConfigurationError),
            ({"secret": "swordfish"}, ConfigurationError),
            ({"secret": None}, ConfigurationError),
            ({"key": ""}, ConfigurationError),
            ({"tags": "blue"}, ConfigurationError),
        ],
        ids=[
            *("taken kid", "another's key", "another's key, free kid", "no public key"),
            *("weak secret", "no secret", "empty key", "tags"),
        ],
    )
    def test_a_change_of_a_credential_that_cannot_be_changes_nothing(
        self,
        call: Caller,
        store: Any,
        find: Find,
        jack: Consumer,
        jill: Consumer,
        changes: dict[str, Any],
        error: type[JWTGateError],
    ) -> None:
        """The row stays as it was, and the others, too."""
        call(store.create_credential(jack, key=KEY, kid="a"))
        call(store.create_credential(jill, key="jill-key"))
        before = [*find(KEY), *find("jill-key")]
        with refuses(error, f"a credential was changed, which cannot be: {changes}"):
            call(store.update_credential(KEY, **{"token_lifetime": 5, **changes}))
        must(
            [*find(KEY), *find("jill-key")] == before,
            "an error left a half change of a credential",
        )

    def test_a_deleted_credential_is_not_found(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """At once; its consumer and the other kids of its key stay."""
        call(store.create_credential(jack, key=KEY, kid="a"))
        call(store.delete_credential(KEY))
        must([row.kid for row in find(KEY)] == ["a"], "the wrong one was deleted")
        call(store.delete_credential(KEY, "a"))
        must(not find(KEY), "a credential that was deleted is still found")
        must(call(store.get_consumer("jack")) == jack, "a consumer was deleted, too")
        with refuses(NotFound, "a credential that was deleted was found"):
            call(store.delete_credential(KEY, "a"))

    def test_a_key_may_come_back(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """As a new credential: nothing of the old one is left."""
        call(store.update_credential(KEY, tags=("old",), kid="a"))
        call(store.delete_credential(KEY, "a"))
        call(store.create_credential(jack, key=KEY, secret=NEW_SECRET))
        expected = sample(consumer=jack, secret=NEW_SECRET)
        wrong = ", ".join(differences(row, expected) for row in find(KEY))
        must(not wrong, f"a new credential has fields of one that was deleted: {wrong}")
