import pytest

from jwtgate.configs.problems import Path, Problems, nearest, shown


def sentences(problems: Problems) -> tuple[str, ...]:
    """Give what was collected."""
    return problems.error().problems


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "the file"),
        (("policy",), "policy"),
        (
            ("consumers", 0, "credentials", 1, "secret"),
            "consumers[0].credentials[1].secret",
        ),
        (("a b",), '["a b"]'),
        (("policy", "\u00e9\n"), 'policy["\\u00e9\\n"]'),
        (("policy", ""), 'policy[""]'),
        (("x" * 99,), f'["{"x" * 64}"]'),
    ],
    ids=["root", "member", "deep", "blank", "not ASCII", "empty", "long"],
)
def test_a_path_is_one_line_of_ascii(path: Path, text: str) -> None:
    """Names that are no words are quoted, and none is long."""
    assert shown(path) == text


def test_a_problem_begins_with_its_path() -> None:
    """So that it can be found in the file."""
    problems = Problems()
    problems.add(("policy", "realm"), "expected a text")
    assert sentences(problems) == ("policy.realm: expected a text",)


def test_problems_are_counted() -> None:
    """None is as good as no problem."""
    problems = Problems()
    assert not problems
    problems.add((), "expected a table")
    assert len(problems) == 1


def test_a_problem_is_told_once() -> None:
    """Two checks may see the same."""
    problems = Problems()
    problems.add(("version",), "expected 1")
    problems.add(("version",), "expected 1")
    assert sentences(problems) == ("version: expected 1",)


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """Most are slips."""
    problems = Problems()
    problems.add_unknown(("policy", "realn"), ("leeway", "realm"))
    assert sentences(problems) == ("policy.realn: unknown; did you mean realm?",)


def test_a_name_like_no_other_is_told_all() -> None:
    """Then the choice helps."""
    assert nearest("zzz", ("leeway", "realm")) == "expected one of: leeway, realm"


def test_a_sentence_about_a_member_gets_its_path() -> None:
    """The checks of a value begin with the field."""
    problems = Problems()
    problems.add_all(("policy",), ["realm must be printable"], ("realm",))
    assert sentences(problems) == ("policy.realm: must be printable",)


def test_a_sentence_about_what_the_file_has_not_stays_at_the_table() -> None:
    """A path that is not in the file could not be found."""
    problems = Problems()
    problems.add_all(("policy",), ["realm must be printable"], ("mode",))
    assert sentences(problems) == ("policy: realm must be printable",)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("policy", "realm"), "JWTGATE_POLICY__REALM"),
        (("policy", "realm", 0), "JWTGATE_POLICY__REALM[0]"),
        (("policy", "mode"), "policy.mode"),
        (("policy",), "policy"),
    ],
)
def test_what_a_variable_set_is_told_by_its_name(path: Path, place: str) -> None:
    """The file does not have it."""
    problems = Problems()
    problems.origins["policy", "realm"] = "JWTGATE_POLICY__REALM"
    problems.add(path, "expected a text")
    assert sentences(problems) == (f"{place}: expected a text",)


def test_a_value_that_came_by_a_reference_is_not_quoted() -> None:
    """The reference may point at a secret that was meant for another place."""
    problems = Problems()
    problems.references["hunter 2"] = "$env://NAME"
    problems.add(("policy",), f"header_names has {'hunter 2'!r}")
    assert sentences(problems) == ("policy: header_names has '$env://NAME'",)


def test_what_a_manager_gives_is_excused_where_it_stands() -> None:
    """And above; what is known to be wrong is told."""
    problems = Problems()
    problems.add_excuse(("a", 0, "key"), "")
    problems.add_excuse(("a", 0, "secret"), "is lost")
    problems.add_excuse(("a", 0, "tag"), "")
    problems.add_excuse(("b", "c"), "")
    assert problems.excuse(("a", 0)) == "is lost"
    assert problems.excuse(("a", 1)) is None
    assert problems.excuse(("b",)) == ""
    assert problems.excuse(("b", "c", "d")) is None


class Step(str):
    """A step of a path that counts what it is compared with."""

    __slots__ = ()
    __hash__ = str.__hash__
    compared = 0

    def __eq__(self, other: object) -> bool:
        """Compare, and count."""
        Step.compared += 1
        return super().__eq__(other)


def test_an_excuse_is_found_without_a_look_at_all_others() -> None:
    """Each of thousands of credentials asks, in the minute in which one has changed."""
    problems = Problems()
    for number in range(1_000):
        problems.add_excuse((Step("consumers"), number, Step("secret")), "")
    Step.compared = 0
    assert problems.excuse((Step("consumers"), 999)) == ""
    assert Step.compared < 10
