"""The contract of rotation."""

import math
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError, JWTGateError
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Find
from jwtgate.testing.managing import ManagingFixtures
from jwtgate.testing.samples import KEY, LONG_AGO, NEW_SECRET, SECRET, material
from jwtgate.testing.verdicts import must, must_all_be, refuses

__all__ = ["RotationsContract"]

_OVERLAP = 3600.0
_SLOW = 120.0  # seconds that a machine may take for one call


class RotationsContract(ManagingFixtures):
    """What ``rotate`` keeps to."""

    @pytest.mark.usefixtures("jack")
    def test_both_verify_during_the_overlap(
        self, call: Caller, store: Any, find: Find
    ) -> None:
        """The old one ends with it, the new one has no end."""
        before = self.now()
        new = call(store.rotate(KEY, overlap=_OVERLAP))
        ends = {row.kid: row.retire_after for row in find(KEY)}
        must(
            ends.keys() == {None, new.kid},
            f"after rotate() find gave the kids {list(ends)}: the old one and the new "
            "one have to be there",
        )
        must(
            ends[None] is not None and 0 <= ends[None] - before - _OVERLAP <= _SLOW,
            f"an overlap of {_OVERLAP} s ends the old one {ends[None]}, and it is "
            f"{before} now",
        )
        must(ends[new.kid] is None, "the successor has an end")

    @pytest.mark.usefixtures("jack")
    def test_an_overlap_of_nothing_retires_at_once(
        self, call: Caller, store: Any
    ) -> None:
        """For a secret that has leaked."""
        call(store.rotate(KEY, overlap=0))
        end = call(store.get_credential(KEY)).retire_after
        must(
            end is not None and end <= self.now(),
            f"after an overlap of 0 the old credential lives until {end}",
        )

    def test_the_successor_has_a_secret_and_a_kid_of_its_own(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """Both are made; the rest is the old one's, but for its id and its time."""
        fields = {"tags": ("t",), "lifetime_grace_period": 5.5, "token_lifetime": 60}
        alone = {"id": "17", "not_before": LONG_AGO, "retire_after": 4e9}
        old = call(store.update_credential(KEY, **fields, **alone))
        new = call(store.rotate(KEY, overlap=_OVERLAP))
        must(new.consumer == jack, "the successor is another consumer's")
        must(
            {name: getattr(new, name) for name in fields} == fields,
            f"the successor has not the old one's {sorted(fields)}",
        )
        must(new.id != old.id, "the successor has the id of the old one")
        must(
            (new.not_before, new.retire_after) == (None, None),
            "the successor has the old one's not_before or retire_after",
        )
        must(new.kid not in (None, old.kid), "the successor has no kid of its own")
        secret = new.reveal_secret()
        must(
            secret != old.reveal_secret() and len(secret) >= 32,
            "the successor has no secret of its own",
        )

    @pytest.mark.usefixtures("jack")
    @pytest.mark.parametrize(
        "fields",
        [
            {"kid": "2027", "secret": NEW_SECRET},
            {"id": "18", "tags": ("t",), "not_before": LONG_AGO},
            {"kid": "2027", **material("ES256")},
        ],
        ids=["secret", "others", "another algorithm"],
    )
    def test_fields_of_the_successor_can_be_given(
        self, call: Caller, store: Any, fields: dict[str, Any]
    ) -> None:
        """A secret that the issuer chose, say."""
        new = call(store.rotate(KEY, overlap=0, **fields))
        got = call(store.get_credential(KEY, new.kid))
        for name in fields.keys() - {"secret", "public_key"}:
            given, kept = fields[name], getattr(got, name)
            must(
                kept == given, f"rotate() was given {name}={given!r} and kept {kept!r}"
            )
        if fields.get("secret"):
            must(got.reveal_secret() == NEW_SECRET.encode(), "another secret was kept")
        must((new, new.verification_key) == (got, got.verification_key), "they differ")

    @pytest.mark.usefixtures("jack")
    @pytest.mark.parametrize(("end", "shortened"), [(5.0, False), (9e4, True)])
    def test_a_rotation_shortens_a_life_and_does_not_lengthen_it(
        self,
        call: Caller,
        store: Any,
        end: float,
        shortened: bool,  # noqa: FBT001 - a column of the table
    ) -> None:
        """What ends sooner ends sooner."""
        end += self.now() + (0 if shortened else _SLOW)
        call(store.update_credential(KEY, retire_after=end))
        call(store.rotate(KEY, overlap=_OVERLAP))
        kept = call(store.get_credential(KEY)).retire_after
        must(
            (kept < end) if shortened else (kept == end),
            f"a credential that ended at {end} ends at {kept} after rotate() with an "
            f"overlap of {_OVERLAP} s",
        )

    def test_a_rotation_removes_what_is_retired_already(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """Else the rows of a key would grow for ever."""
        call(store.create_credential(jack, key=KEY, kid="b", retire_after=LONG_AGO))
        new = call(store.rotate(KEY, overlap=_OVERLAP))
        kids = {row.kid for row in find(KEY)}
        must(
            kids == {None, new.kid},
            f"retired credentials have to go with rotate(); left are the kids {kids}",
        )

    @pytest.mark.parametrize(
        "fields",
        [
            {"overlap": -1},
            {"overlap": math.inf},
            {"overlap": math.nan},
            {"overlap": 0, "key": "new-key"},
            {"overlap": 0, "kid": None},
            {"overlap": 0, "secret": "swordfish"},
            {"overlap": 0, "algorithm": "ES256"},
        ],
        ids=[
            *("below zero", "without end", "no number"),
            *("another key", "taken kid", "weak secret", "no public key"),
        ],
    )
    def test_a_rotation_that_cannot_be_changes_nothing(
        self,
        call: Caller,
        store: Any,
        find: Find,
        jack: Consumer,
        fields: dict[str, Any],
    ) -> None:
        """The old one lives on."""
        call(store.create_credential(jack, key=KEY, kid="b", retire_after=LONG_AGO))
        before = list(find(KEY))
        with refuses(JWTGateError, f"rotate() took {fields}"):
            call(store.rotate(KEY, **fields))
        must(list(find(KEY)) == before, "an error left a half rotation")

    def test_a_public_key_is_not_taken_over(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """The old one would live on under the new name."""
        call(store.create_credential(jack, key="es", **material("ES256")))
        with refuses(ConfigurationError, "a successor has the old public key"):
            call(store.rotate("es", overlap=_OVERLAP))

    def test_four_live_ones_cannot_be_rotated(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """The fifth would be one too many, as long as the old one lives."""
        for kid in "abc":
            call(store.create_credential(jack, key=KEY, kid=kid, secret=SECRET))
        with refuses(JWTGateError, "rotate() made a fifth live credential"):
            call(store.rotate(KEY, overlap=_OVERLAP))
        must(len(find(KEY)) == 4, "an error left a half rotation")

    def test_a_reader_sees_no_gap(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """While a key is rotated or its consumer changed, each look-up finds it."""
        changes = [
            partial(store.rotate, KEY, overlap=0, kid="1", secret=SECRET),
            partial(store.update_consumer, jack, groups=["staff"]),
            partial(store.rotate, KEY, "1", overlap=0, kid="2", secret=SECRET),
            partial(store.update_credential, KEY, "2", secret=NEW_SECRET),
            partial(store.update_consumer, jack, username="jacques"),
            partial(store.update_credential, KEY, "2", kid="3"),
        ]
        awaited = iscoroutinefunction(store.rotate)
        look_up = store.afind if awaited else store.find
        seen = call.meanwhile(partial(look_up, KEY), changes)
        must_all_be(seen, (tuple, list), "a look-up failed during a change")
        must(
            all(seen),
            "during a change a look-up found nothing: a change has to be one step for "
            "those who read",
        )
