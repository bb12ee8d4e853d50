import pytest

from jwtgate.testing import AttackReport
from jwtgate.testing.attackreport import Result, Verdict


def result(name: str, verdict: Verdict, answer: str = "200") -> Result:
    """Make a result."""
    return Result(name=name, about="what it tests", verdict=verdict, answer=answer)


RESULTS = (
    result("alg-none", "passed"),
    result("claims-nan", "failed", "500 ValueError"),
    result("expired", "repelled", "401"),
    result("cookie-unasked", "allowed"),
    result("websocket", "skipped", "not here"),
)
REPORT = AttackReport(target="GET /me", results=RESULTS)


def test_failures_are_what_got_in_and_what_broke_the_app() -> None:
    """Not what is allowed, nor what was not made."""
    assert REPORT.failures == RESULTS[:2]


def test_a_report_has_a_line_for_each_attack() -> None:
    """Below what it comes to."""
    lines = str(REPORT).splitlines()
    assert lines[0] == "GET /me: 4 attacks, 1 got in, 1 broke the app"
    assert [line.split()[:2] for line in lines[1:]] == [
        [each.verdict, each.name] for each in RESULTS
    ]


def test_an_app_that_is_not_safe_fails_the_test() -> None:
    """The message has the failures alone."""
    with pytest.raises(AssertionError) as caught:
        REPORT.assert_safe()
    assert str(caught.value).splitlines() == [
        "GET /me: 4 attacks, 1 got in, 1 broke the app",
        *map(str, RESULTS[:2]),
    ]


def test_an_app_that_is_open_is_told_so() -> None:
    """It explains the rest."""
    report = AttackReport(target="GET /me", results=(result("no-token", "passed"),))
    assert str(report).splitlines()[0].endswith("; nobody needs a token there")


def test_a_safe_app_passes() -> None:
    """Where something was tested."""
    AttackReport(target="GET /me", results=RESULTS[2:]).assert_safe()


def test_a_report_of_nothing_fails_the_test() -> None:
    """It says why nothing was tested."""
    report = AttackReport(target="GET /me", problem="there is no app")
    assert report.failures == ()
    with pytest.raises(AssertionError, match="nothing was tested: there is no app"):
        report.assert_safe()
