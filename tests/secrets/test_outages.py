import logging

import pytest

from jwtgate.secrets.outages import Outages

NAME = "vault/main"


def test_a_manager_that_failed_is_left_alone_for_a_while() -> None:
    """It, and no other."""
    outages = Outages(5, 3600)
    assert outages.why_resting(NAME, 0) is None
    why = outages.begin(NAME, TimeoutError(), 10)
    assert outages.why_resting(NAME, 14.9) == why
    assert outages.why_resting(NAME, 15) is None
    assert outages.why_resting("vault/other", 11) is None


def test_it_is_told_once_when_it_begins_and_once_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With the type of the error, and nothing that it says."""
    outages = Outages(5, 3600)
    with caplog.at_level(logging.INFO, "jwtgate"):
        for now in (10, 15, 20):
            outages.begin(NAME, ConnectionError("hunter2"), now)
        for _ in range(2):
            outages.end(NAME)
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        (
            "ERROR",
            (
                "the secret manager vault/main does not answer (ConnectionError); what "
                "it gave is used until it is 3600 seconds old"
            ),
        ),
        ("INFO", "the secret manager vault/main answers again"),
    ]


def test_what_is_wrong_is_said_without_what_the_error_says() -> None:
    """It may have a token in it."""
    why = Outages(5, 3600).begin(NAME, ValueError("hunter2"), 0)
    assert why == "cannot be had: its manager does not answer (ValueError)"
