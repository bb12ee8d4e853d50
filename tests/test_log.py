import logging
from threading import Barrier, Thread

import pytest

from jwtgate import Reason
from jwtgate._log import (
    Problems,
    log_decision,
    log_failure,
    log_note,
    log_problem,
    log_raised,
    log_silence,
)
from jwtgate.events import Decision

MISSING = Decision(outcome="denied", reason=Reason.TOKEN_MISSING)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Catch every record of jwtgate's logger."""
    caplog.set_level(logging.DEBUG, "jwtgate")
    return caplog


def test_a_refusal_is_one_record_with_its_reason(log: pytest.LogCaptureFixture) -> None:
    """The slug, and what became of the request."""
    log_decision(MISSING)
    (record,) = log.records
    assert record.getMessage() == "refused a request: token_missing (denied)"


def test_a_refusal_has_fields_for_machines(log: pytest.LogCaptureFixture) -> None:
    """They can be filtered by."""
    reason = Reason.KEY_CLAIM_MISSING
    log_decision(Decision(outcome="exempt", reason=reason, claim="iss"))
    fields = vars(log.records[0])
    assert (
        fields["jwtgate_reason"],
        fields["jwtgate_claim"],
        fields["jwtgate_outcome"],
    ) == ("key_claim_missing", "iss", "exempt")


@pytest.mark.parametrize(
    ("reason", "level"),
    [(Reason.TOKEN_EXPIRED, logging.INFO), (Reason.STORE_UNAVAILABLE, logging.ERROR)],
    ids=["the client's", "ours"],
)
def test_a_refusal_s_level_says_whose_fault_it_is(
    reason: Reason, level: int, log: pytest.LogCaptureFixture
) -> None:
    """Operators are woken by their own only."""
    log_decision(Decision(outcome="denied", reason=reason))
    assert log.records[0].levelno == level


def test_a_request_that_passes_is_one_record(log: pytest.LogCaptureFixture) -> None:
    """Where that is wanted."""
    log_decision(Decision(outcome="authenticated", consumer="1"))
    (record,) = log.records
    assert record.getMessage() == "passed a request (authenticated)"
    assert (vars(record)["jwtgate_consumer"], vars(record)["jwtgate_reason"]) == (
        "1",
        None,
    )


def test_what_was_not_logged_is_told(log: pytest.LogCaptureFixture) -> None:
    """As a number."""
    log_silence(Reason.TOKEN_MISSING, 7)
    assert said(log) == ["7 more refusals were not logged: token_missing"]


def test_a_failure_is_logged_with_its_traceback(log: pytest.LogCaptureFixture) -> None:
    """The operator must find it."""
    log_failure("the store failed", OSError("no route"))
    (record,) = log.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "the store failed: OSError"
    assert record.exc_info is not None


def fail(said: str) -> None:
    """Raise an error that quotes what it was given."""
    raise ValueError(said)


def caught(said: str) -> ValueError:
    """Catch what another function raises."""
    try:
        fail(said)
    except ValueError as error:
        return error
    raise AssertionError


def test_an_error_of_a_user_s_code_is_logged_with_where_it_was_raised(
    log: pytest.LogCaptureFixture,
) -> None:
    """In the innermost function."""
    log_raised("the predicate failed", caught("said"))
    (record,) = log.records
    line = fail.__code__.co_firstlineno + 2
    assert record.levelno == logging.ERROR
    expected = f"the predicate failed: ValueError at {__file__}:{line}"
    assert record.getMessage() == expected


def test_log_injection_what_an_error_of_a_user_s_code_says_is_not_logged(
    log: pytest.LogCaptureFixture,
) -> None:
    """It may quote claims."""
    log_raised("the predicate failed", caught("a-claim\nforged line"))
    assert "a-claim" not in log.text + repr(vars(log.records[0]))
    assert "forged" not in log.text + repr(vars(log.records[0]))


def test_an_error_that_was_never_raised_is_from_nowhere(
    log: pytest.LogCaptureFixture,
) -> None:
    """It has no traceback."""
    log_raised("failed", ValueError())
    assert log.records[0].getMessage() == "failed: ValueError at :0"


@pytest.mark.parametrize(
    ("harmless", "level"), [(True, logging.INFO), (False, logging.WARNING)], ids=str
)
def test_a_note_is_a_warning_unless_it_is_harmless(
    harmless: bool,  # noqa: FBT001 - pytest's
    level: int,
    log: pytest.LogCaptureFixture,
) -> None:
    """Whoever wrote the file should know of it."""
    log_note("left out", harmless=harmless)
    (record,) = log.records
    assert (record.levelno, record.getMessage()) == (level, "left out")


def test_a_problem_is_an_error_without_traceback(log: pytest.LogCaptureFixture) -> None:
    """None would help to mend it."""
    log_problem("100% wrong")
    (record,) = log.records
    assert (record.levelno, record.exc_info) == (logging.ERROR, None)
    assert record.getMessage() == "100% wrong"


class Time:
    """A clock that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def said(log: pytest.LogCaptureFixture) -> list[str]:
    """Give what was logged since last time."""
    texts = [each.getMessage() for each in log.records]
    log.clear()
    return texts


def test_log_flood_a_problem_that_comes_again_is_told_once_a_minute(
    log: pytest.LogCaptureFixture,
) -> None:
    """Each text for itself."""
    time = Time()
    problems = Problems(clock=time)
    for _ in range(100):
        problems.log("one")
        problems.log("two")
    assert said(log) == ["one", "two"]
    time.now += 59.9
    problems.log("one")
    assert said(log) == []
    time.now += 0.1
    problems.log("one")
    problems.log("one")
    assert said(log) == ["one"]


def test_log_flood_of_different_problems_is_bounded(
    log: pytest.LogCaptureFixture,
) -> None:
    """So is what is remembered; it begins anew after a minute."""
    time = Time()
    problems = Problems(clock=time)
    for number in range(1000):
        problems.log(str(number))
    assert len(said(log)) == 100
    time.now += 60
    problems.log("999")
    assert said(log) == ["999"]


def test_log_flood_by_many_threads_is_one_record(
    log: pytest.LogCaptureFixture,
) -> None:
    """They all come upon the same problem."""
    problems = Problems()
    together = Barrier(8)

    def work() -> None:
        together.wait()
        for _ in range(50):
            problems.log("one")

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said(log) == ["one"]


def test_a_problem_that_one_gate_told_is_told_by_another(
    log: pytest.LogCaptureFixture,
) -> None:
    """Each remembers its own."""
    Problems().log("one")
    Problems().log("one")
    assert said(log) == ["one", "one"]


def test_everything_goes_to_one_logger(log: pytest.LogCaptureFixture) -> None:
    """Its name is the package's."""
    log_decision(MISSING)
    assert log.records[0].name == "jwtgate"


class FullDisk(logging.Handler):
    """A sink that fails."""

    emitted = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Fail."""
        self.emitted += 1
        raise OSError("no space left", record)


@pytest.mark.usefixtures("log")
def test_a_sink_that_fails_is_nobody_s_business() -> None:
    """The request is answered either way."""
    handler = FullDisk()
    logging.getLogger("jwtgate").addHandler(handler)
    try:
        log_decision(MISSING)
    finally:
        logging.getLogger("jwtgate").removeHandler(handler)
    assert handler.emitted == 1
