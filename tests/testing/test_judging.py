from typing import Any

import pytest

from jwtgate.testing import Answer, Request
from jwtgate.testing.attacks.attack import Attack
from jwtgate.testing.judging import Judge, answer_of
from jwtgate.testing.requests import Unsendable

GOOD = Answer(status=200, body=b"jack")
NOBODY = Answer(status=200, body=b"nobody")


def verdict(
    answer: Answer, succeeds: Any = "enters", *, ran: Any = None, **known: Any
) -> str:
    """Judge an answer."""
    kinds = {"good": GOOD, "stray": Answer(status=404), "guest": None, **known}
    judge = Judge(ran=ran, **kinds)
    attack = Attack(name="x", about="", request=lambda _: Request(), succeeds=succeeds)
    return judge.verdict(attack, Request(), lambda _: answer)[1]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((200, "passed"), (204, "passed"), (101, "passed")),
        *((0, "repelled"), (301, "repelled"), (401, "repelled"), (404, "repelled")),
        *((500, "failed"), (503, "failed"), (501, "repelled")),
    ],
)
def test_a_status_tells_what_came_of_it(status: int, expected: str) -> None:
    """Success is entry; 5xx is failure, but for a method that nobody knows."""
    assert verdict(Answer(status=status)) == expected


def test_the_status_of_a_good_token_is_entry() -> None:
    """Whatever it is."""
    assert verdict(Answer(status=302), good=Answer(status=302)) == "passed"


def test_an_exception_is_failure() -> None:
    """Also after an answer."""
    assert verdict(Answer(status=401, error="LookupError")) == "failed"


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"jack", "passed"), (b"", "repelled"), (b"other", "repelled")],
)
def test_the_view_is_known_by_its_answer(body: bytes, expected: str) -> None:
    """What answers a preflight is another."""
    assert verdict(Answer(status=200, body=body), "is view") == expected


@pytest.mark.parametrize(
    ("body", "expected"), [(b"other", "passed"), (b"stray", "repelled")]
)
def test_a_page_for_any_path_is_known(body: bytes, expected: str) -> None:
    """Everybody gets that."""
    stray = Answer(status=200, body=b"stray")
    answer = Answer(status=200, body=body)
    assert verdict(answer, "is page", stray=stray) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (GOOD, "repelled"),
        (Answer(status=200, body=b"hello mallory-the-admin"), "passed"),
        (Answer(status=401, headers=((b"x", b"mallory-the-admin"),)), "passed"),
    ],
    ids=["good", "body", "header"],
)
def test_a_mark_is_looked_for_in_all_of_the_answer(
    answer: Answer, expected: str
) -> None:
    """Nobody but the attacker said it."""
    assert verdict(answer, "is mark") == expected


def test_somebody_who_stands_in_is_not_whom_the_token_names() -> None:
    """What a guest may see is no entry."""
    assert verdict(NOBODY, guest=NOBODY) == "repelled"
    assert verdict(Answer(status=200), guest=NOBODY) == "repelled"  # HEAD has no body
    assert verdict(GOOD, guest=NOBODY) == "passed"


@pytest.mark.parametrize("succeeds", ["enters", "is view", "is page"])
def test_a_view_that_tells_when_it_runs_is_believed(succeeds: str) -> None:
    """Whatever the answer looks like."""
    runs = iter([0, 1, 1, 1])
    ran = lambda: next(runs)  # noqa: E731 - read twice for each
    assert verdict(Answer(status=403), succeeds, ran=ran) == "passed"
    assert verdict(GOOD, succeeds, ran=ran) == "repelled"


def test_a_handshake_is_no_run_of_the_view() -> None:
    """It has its own path."""
    assert verdict(Answer(status=101), ran=lambda: 0) == "passed"


def test_what_a_client_raises_is_an_answer() -> None:
    """Unless it could not send."""

    def broken(_request: Request) -> Answer:
        raise LookupError

    def refusing(_request: Request) -> Answer:
        raise Unsendable

    assert answer_of(Request(), broken) == Answer(error="LookupError")
    with pytest.raises(Unsendable):
        answer_of(Request(), refusing)
