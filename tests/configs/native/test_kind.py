import pytest

from jwtgate.configs.native.kind import SECONDS, SWITCH, TEXT, TEXTS, WHOLE, Kind


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (TEXT, "a", 1),
        (TEXTS, ["a"], "a"),
        (SWITCH, True, 1),
        (SECONDS, 1.5, True),
        (WHOLE, 1, 1.0),
    ],
    ids=["text", "texts", "switch", "seconds", "whole"],
)
def test_a_kind_takes_its_own_alone(kind: Kind, good: object, bad: object) -> None:
    """A switch is no number, nor one text a list."""
    assert kind.fits(good)
    assert not kind.fits(bad)


def test_a_kind_that_takes_null_says_so() -> None:
    """Beside what it expects otherwise."""
    assert TEXT.or_null().fits(None)
    assert TEXT.or_null().expected == "a text, or null"
