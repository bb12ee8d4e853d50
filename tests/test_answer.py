from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.answer import Answer, is_answer


@pytest.mark.parametrize("status", [200, 201, 302, 400, 403, 429, 503, 599])
def test_a_status_that_ends_a_request(status: int) -> None:
    """All but those of RFC 9110 15.2, which announce another."""
    assert Answer(status=status).status == status


@pytest.mark.parametrize(
    "status", [0, 100, 101, 199, 600, -403, 403.0, "403", True, None, [403]], ids=repr
)
def test_another_status_is_refused(status: Any) -> None:
    """A server would fail at each request."""
    with pytest.raises(ConfigurationError, match="status must be a whole number"):
        Answer(status=status)


def test_an_answer_may_have_a_message() -> None:
    """The form of it is the gateway's."""
    answer = Answer(status=403, message="Ask Jill")
    assert (answer.message, answer.body) == ("Ask Jill", None)


def test_an_answer_may_have_a_body_of_a_type() -> None:
    """It is sent as it is."""
    answer = Answer(status=403, body="<p>no</p>", content_type="text/html; charset=x")
    assert (answer.body, answer.content_type) == ("<p>no</p>", "text/html; charset=x")


@pytest.mark.parametrize("name", ["message", "body"])
def test_an_empty_text_is_a_text(name: str) -> None:
    """It is not left to the reason."""
    texts: dict[str, Any] = {name: ""}
    assert getattr(Answer(status=403, **texts), name) == ""


@pytest.mark.parametrize("body", ["b", ""])
def test_a_message_and_a_body_exclude_each_other(body: str) -> None:
    """One of them would be lost."""
    with pytest.raises(ConfigurationError, match="body goes without message"):
        Answer(status=403, message="a", body=body)


@pytest.mark.parametrize("name", ["message", "body"])
@pytest.mark.parametrize("value", [b"no", 5, ["no"], "\ud800"], ids=repr)
def test_what_is_no_text_is_refused(name: str, value: object) -> None:
    """It could not be sent as UTF-8."""
    texts: dict[str, Any] = {name: value}
    with pytest.raises(ConfigurationError, match=f"{name} must be a text, or None"):
        Answer(status=403, **texts)


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("name", ["message", "body"])
def test_a_status_without_content_has_no_text(status: int, name: str) -> None:
    """RFC 9110 15.3.5, 15.3.6 and 15.4.5: what follows would be another response."""
    texts: dict[str, Any] = {name: "text"}
    with pytest.raises(ConfigurationError, match=f"status {status} has no content"):
        Answer(status=status, **texts)


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("texts", [{}, {"message": ""}, {"body": ""}], ids=str)
def test_a_status_without_content_may_be_answered(
    status: int, texts: dict[str, Any]
) -> None:
    """With nothing, or with a text of no length."""
    assert Answer(status=status, **texts).status == status


@pytest.mark.parametrize(
    "content_type",
    ["a/b\r\nSet-Cookie: a=b", "a/b\n", "a/b\0", "", " ", "ä/b", "a\tb", b"a/b", 5],
    ids=repr,
)
def test_header_injection_a_content_type_that_is_no_header_is_refused(
    content_type: Any,
) -> None:
    """It goes into the response."""
    with pytest.raises(ConfigurationError, match="content_type must be"):
        Answer(status=403, body="b", content_type=content_type)


def test_every_problem_is_told_at_once() -> None:
    """One run shows them all."""
    fields: dict[str, Any] = {"status": 99, "message": b"a", "body": 5}
    with pytest.raises(ConfigurationError) as caught:
        Answer(**fields, content_type="")
    assert [each.split()[0] for each in caught.value.problems] == [
        "status",
        "body",
        "message",
        "body",
        "content_type",
    ]


def test_no_problem_shows_the_text() -> None:
    """A body may have come from a reference."""
    with pytest.raises(ConfigurationError) as caught:
        Answer(status=204, body="hunter2", content_type="hunter2\n")
    assert "hunter2" not in str(caught.value)


def test_an_answer_cannot_be_changed() -> None:
    """It is shared between threads."""
    with pytest.raises(FrozenInstanceError):
        Answer(status=403).status = 200  # type: ignore[misc]


def test_equal_answers_are_equal_and_hashable() -> None:
    """They are values."""
    assert len({Answer(status=403), Answer(status=403), Answer(status=404)}) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, True), (Answer(status=403), True), (403, False), ({"status": 403}, False)],
)
def test_an_answer_may_be_left_out(value: object, expected: object) -> None:
    """And is nothing else."""
    assert is_answer(value) is expected


JUNK = st.none() | st.text() | st.integers() | st.binary() | st.just(["a"])


@given(
    st.fixed_dictionaries(
        {"status": st.integers(100, 600) | JUNK},
        optional={"message": JUNK, "body": JUNK, "content_type": JUNK},
    )
)
def test_any_fields_give_an_answer_or_a_configuration_error(fields: Any) -> None:
    """Files bring anything."""
    try:
        answer = Answer(**fields)
    except ConfigurationError:
        return
    assert 200 <= answer.status <= 599
    assert (answer.body or answer.message or "").encode() is not None
