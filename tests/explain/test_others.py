from typing import Any

from jwtgate import Credential, Gate, Policy
from tests.explain.kit import explained, slips
from tests.kit import KEY, ListStore, clock, credential, mint


class Once(ListStore):
    """A store that answers once, and is down then."""

    def find(self, key: str, kid: str | None = None) -> Any:
        """Find nothing, then fail."""
        if self.asked:
            raise OSError
        return super().find(key, kid)


def test_a_known_key_asks_nothing_else() -> None:
    """The store is asked once."""
    store = ListStore(credential())
    explained(mint(sub="a"), gate=Gate(store, clock=clock))
    assert store.asked == [(KEY, None)]


def test_an_unknown_key_asks_for_few_others() -> None:
    """However many claims somebody sends."""
    store = ListStore()
    claims = {f"claim{number}": f"value{number}" for number in range(50)}
    explained(mint(claims), gate=Gate(store, clock=clock))
    assert len(store.asked) == 9


def test_nothing_is_asked_for_twice_nor_for_what_names_no_key() -> None:
    """Texts of 1 to 512 octets alone."""
    store = ListStore()
    gate = Gate(store, Policy(key_claim="key"), clock=clock)
    explained(mint(iss="a", sub="a", azp=7, app="x" * 600), gate=gate)
    assert store.asked == [("a", None)]


def test_a_store_that_fails_then_ends_the_search() -> None:
    """The reason stays what it was."""
    store = Once()
    found = explained(mint(iss="someone", sub=KEY), gate=Gate(store, clock=clock))
    assert found.reason is not None
    assert (found.reason.code, slips(found)) == ("key_unknown", [])


def test_rows_of_another_key_count_for_nothing() -> None:
    """A store may give more than it was asked for."""

    class Loose:
        blocking = False

        def find(self, _key: str, _kid: str | None = None) -> list[Credential]:
            return [credential()]

    found = explained(mint(iss="someone"), gate=Gate(Loose(), clock=clock))
    assert slips(found) == []
