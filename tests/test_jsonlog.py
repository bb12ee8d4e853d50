import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.jsonlog import JSONLines, find


def record_of(message: object = "refused", *args: object, **fields: Any) -> Any:
    """Make a record, with fields as ``extra`` would set them."""
    record = logging.LogRecord("jwtgate", logging.INFO, "", 0, "", args, None)
    record.msg = message
    record.created = 1_800_000_000.25
    vars(record).update(fields)
    return record


def line_of(*args: object, **fields: Any) -> str:
    """Write a record."""
    return JSONLines().format(record_of(*args, **fields))


def read(*args: object, **fields: Any) -> dict[str, Any]:
    """Write a record, and read the line."""
    members: dict[str, Any] = json.loads(line_of(*args, **fields))
    return members


class Hostile:
    """A value that fails whoever looks at it."""

    def __repr__(self) -> str:
        """Fail."""
        raise ValueError("no text")


def deep() -> list[Any]:
    """Nest lists deeper than anything can be written."""
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


def round_list() -> list[Any]:
    """Make a list that holds itself."""
    value: list[Any] = []
    value.append(value)
    return value


# A line


def test_a_record_is_an_object() -> None:
    """With what every record has, in this order."""
    assert line_of("refused a request: %s", "token_expired") == (
        '{"time": "2027-01-15T08:00:00.250Z", "level": "INFO", "logger": "jwtgate", '
        '"message": "refused a request: token_expired"}'
    )


def test_the_fields_of_a_decision_keep_their_names() -> None:
    """A search for one finds it in the page and in the file."""
    members = read(jwtgate_reason="token_expired", jwtgate_seconds=0.25)
    assert members["jwtgate_reason"] == "token_expired"
    assert members["jwtgate_seconds"] == 0.25


def test_a_field_that_is_none_is_null() -> None:
    """So every record of a decision has the same members."""
    assert read(jwtgate_claim=None)["jwtgate_claim"] is None


def test_several_carriers_are_an_array() -> None:
    """A tuple is one."""
    members = read(jwtgate_carriers=("cookie", "header"))
    assert members["jwtgate_carriers"] == ["cookie", "header"]


def test_fields_of_others_are_left_out() -> None:
    """What another filter puts into a record may be a token."""
    assert "request_headers" not in read(request_headers="Bearer x")


def test_an_error_has_its_type_and_its_traceback() -> None:
    """As text, in the one line."""
    with pytest.raises(OSError, match="no route") as info:
        raise OSError("no route")
    members = read(exc_info=(info.type, info.value, info.tb))
    assert members["exception"] == "OSError"
    assert members["traceback"].startswith("Traceback (most recent call last):\n")
    assert members["traceback"].endswith("OSError: no route")


@pytest.mark.parametrize("info", [None, (None, None, None), True], ids=repr)
def test_no_error_is_not_told(info: object) -> None:
    """There is none, or ``logging`` was not asked for it."""
    assert "exception" not in read(exc_info=info)


@pytest.mark.parametrize(
    "hostile",
    ["\r\nERROR forged", "\x1b[2J\x1b[31m", "\u2028\u2029\x85", "\x00", "\ud800"],
    ids=["lines", "ansi", "unicode lines", "nul", "surrogate"],
)
def test_log_injection_a_value_stays_in_its_line(hostile: str) -> None:
    """In ASCII without control characters; read again, it is what it was."""
    line = line_of(hostile, jwtgate_method=hostile)
    assert line.isascii()
    assert line.isprintable()
    members = json.loads(line)
    assert (members["message"], members["jwtgate_method"]) == (hostile, hostile)


@given(st.text())
def test_any_text_is_one_printable_line(text: str) -> None:
    """Wherever it comes from."""
    assert line_of(jwtgate_method=text).isprintable()
    assert read(jwtgate_method=text)["jwtgate_method"] == text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Hostile(), "Hostile"),
        (object(), "object"),
        (b"octets", "bytes"),
        (float("nan"), "float"),
        ([float("inf")], "list"),
        ({(): 1}, "dict"),
        (10**5000, "int"),
        (round_list(), "list"),
        (deep(), "list"),
    ],
    ids=[
        "hostile",
        "object",
        "octets",
        "nan",
        "infinity",
        "names",
        "digits",
        "round",
        "deep",
    ],
)
def test_what_json_has_no_form_for_is_named(value: object, name: str) -> None:
    """By its type, which says nothing of what it holds."""
    assert read(jwtgate_method=value)["jwtgate_method"] == name


def test_a_message_whose_arguments_do_not_fit_is_written_without_them() -> None:
    """It would be lost otherwise."""
    assert read("%d more", "many")["message"] == "%d more"


def test_a_message_that_has_no_text_is_named() -> None:
    """By its type."""
    assert read(Hostile())["message"] == "Hostile"


@pytest.mark.parametrize("created", [float("nan"), 1e300, None], ids=str)
def test_a_time_that_is_none_is_null(created: object) -> None:
    """The rest of the record is there."""
    members = read(created=created)
    assert (members["time"], members["level"]) == (None, "INFO")


def test_a_traceback_that_cannot_be_written_is_the_type_alone() -> None:
    """What was raised is known all the same."""
    members = read(exc_info=(OSError, OSError(), "no traceback"))
    assert (members["exception"], members["traceback"]) == ("OSError", "OSError")


def test_a_handler_writes_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One a record, as any formatter lets it."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JSONLines())
    handler.handle(record_of("one\ntwo"))
    handler.handle(record_of("three"))
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["one\ntwo", "three"]


def test_the_module_needs_nothing_else_of_jwtgate() -> None:
    """Whoever reads a log need not import the gate's keys and stores."""
    code = (
        "import sys, types\n"
        "sys.modules['jwtgate'] = package = types.ModuleType('jwtgate')\n"
        "package.__path__ = [sys.argv[1]]\n"
        "import jwtgate.jsonlog\n"
        "print(sorted(name for name in sys.modules if name.startswith('jwtgate')))"
    )
    folder = sys.modules["jwtgate"].__path__[0]
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True
    )
    assert done.stdout == "['jwtgate', 'jwtgate.jsonlog']\n"


# Finding one

REFERENCE = "0123456789abcdef"
LINE = line_of("refused", jwtgate_reference=REFERENCE, jwtgate_reason="token_expired")
OTHER = line_of("refused", jwtgate_reference="f" * 16)


def test_a_record_is_found_by_its_reference() -> None:
    """Among others, with all that it tells."""
    found = find([OTHER + "\n", LINE + "\n"], REFERENCE)
    assert found is not None
    assert found["jwtgate_reason"] == "token_expired"


def test_a_reference_that_no_line_has_is_not_found() -> None:
    """It may be of another day."""
    assert find([OTHER], REFERENCE) is None


@pytest.mark.parametrize(
    "line",
    [
        f"INFO:jwtgate:refused {REFERENCE}",
        f'{{"jwtgate_reference": "{REFERENCE}"',
        f'"{REFERENCE}"',
        f'["{REFERENCE}"]',
        f'{{"message": "jwtgate_reference {REFERENCE}"}}',
        f'{{"jwtgate_reference": ["{REFERENCE}"]}}',
        "[" * 60_000 + REFERENCE,
    ],
    ids=["text", "cut", "string", "array", "in the message", "in an array", "deep"],
)
def test_a_line_of_another_kind_is_passed_over(line: str) -> None:
    """Other programs may write to the same file."""
    assert find([line], REFERENCE) is None
    assert find([line, LINE], REFERENCE) is not None


def test_a_line_that_is_too_long_is_passed_over() -> None:
    """Reading it as JSON would take its time."""
    long = LINE[:-1] + ', "more": "' + "x" * 65_536 + '"}'
    assert find([long], REFERENCE) is None


def test_a_longest_line_is_read() -> None:
    """Up to 65,536 characters, one and all."""
    members = LINE[:-1] + ', "more": "'
    long = members + "x" * (65_536 - len(members) - 2) + '"}'
    assert find([long], REFERENCE) is not None


@given(st.lists(st.text()), st.text(min_size=1))
def test_no_line_makes_the_search_fail(lines: list[str], reference: str) -> None:
    """Whatever a file holds."""
    assert find(lines, reference) is None
