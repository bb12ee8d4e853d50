import pytest

from jwtgate import Consumer, Reason
from jwtgate.outcome import Anonymous
from jwtgate.surface.verdict import Fate, Verdict, status_of, who_of

GUEST = Anonymous(Consumer(username="guest"), Reason.TOKEN_MISSING, (), (), None)


@pytest.mark.parametrize(
    ("fates", "status"),
    [
        ((), "open"),
        (("guarded", "closed"), "closed"),
        (("public", "guarded"), "guarded"),
        (("report",), "open"),
        (("public", "report"), "open"),
        (("public", "optional"), "optional"),
        (("public", "unknown"), "public"),
        (("unknown",), "unknown"),
    ],
)
def test_status_of_several_guards(fates: tuple[Fate, ...], status: str) -> None:
    """The strictest counts; of those that let pass, the worst."""
    assert status_of([Verdict(fate, "") for fate in fates]) == status


def test_who_passes_several_guards() -> None:
    """What each of them demands, said once."""
    verdicts = [
        Verdict("guarded", "", ("groups staff",)),
        Verdict("guarded", "", ("groups staff", "scopes w")),
    ]
    assert who_of("guarded", verdicts) == "groups staff; scopes w"


@pytest.mark.parametrize(
    ("fate", "who"),
    [
        ("closed", "nobody"),
        ("guarded", "any consumer"),
        ("public", "anybody"),
        ("unknown", "cannot be told"),
        ("optional", "any consumer; or nobody known"),
    ],
)
def test_who_passes_one_guard(fate: Fate, who: str) -> None:
    """In words."""
    verdicts = [Verdict(fate, "")]
    assert who_of(status_of(verdicts), verdicts) == who


def test_who_stands_in_is_named() -> None:
    """The anonymous consumer is somebody."""
    verdicts = [Verdict("optional", "", (), GUEST)]
    assert who_of("optional", verdicts) == "any consumer; or guest in place of nobody"
