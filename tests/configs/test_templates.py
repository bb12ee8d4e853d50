from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jwtgate.configs.problems import Problems
from jwtgate.configs.templates import blanked, substitute_apisix, substitute_deck

YAML = Path("apisix.yaml")
JSON = Path("apisix.json")
ENVIRON = {"NAME": "jack", "NUMBER": "42", "QUOTED": 'a"b', "DECK_X": "one", "X": "no"}

Substitute = Callable[[Path, str, Mapping[str, str], Problems], str]


def put(substitute: Substitute, path: Path, text: str) -> str:
    """Put in the variables, and see that there was no problem."""
    problems = Problems()
    done = substitute(path, text, ENVIRON, problems)
    assert not problems
    return done


def told(substitute: Substitute, path: Path, text: str) -> tuple[str, ...]:
    """Give the problems."""
    problems = Problems()
    substitute(path, text, ENVIRON, problems)
    return problems.error().problems


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("a: ${{NAME}}", "a: jack"),
        ("a: ${{ NAME }}", "a: jack"),
        ("a: x${{NAME}}y${{NUMBER}}", "a: xjacky42"),
        ('a: "${{NUMBER}}"', 'a: "42"'),
        ("a: ${{NONE:=jill}}", "a: jill"),
        ("a: ${{NONE:= jill }}", "a: jill"),
        ("a: ${{NONE:=}}", "a: "),
        ("a: ${{NAME:=jill}}", "a: jack"),
        ("a: ${{NONE:={b}c}}", "a: {b}c"),
        ("a: $NAME ${NAME}", "a: $NAME ${NAME}"),
    ],
)
def test_apisix_replaces_variables_in_yaml(text: str, done: str) -> None:
    """As text, wherever they stand; a default is taken without its blanks."""
    assert put(substitute_apisix, YAML, text) == done


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ('{"a": "${{NAME}}"}', '{"a": "jack"}'),
        ('{"a": "${{NUMBER}}"}', '{"a": 42}'),
        ('{"a": "${{NONE:=true}}"}', '{"a": true}'),
        ('{"a": "${{NONE:=1.5}}"}', '{"a": 1.5}'),
        ('{"a": "${{NONE:=007}}"}', '{"a": "007"}'),
        ('{"a": "1${{NUMBER}}"}', '{"a": "142"}'),
        ('{"a": "${{NUMBER}}1"}', '{"a": "421"}'),
        ('{"a": "${{QUOTED}}"}', '{"a": "a\\"b"}'),
        ('{"a": "\\"${{NUMBER}}"}', '{"a": "\\"42"}'),
        ('{"a": "${{NONE:=a\\"b}}"}', '{"a": "a\\"b"}'),
    ],
)
def test_apisix_replaces_variables_in_json(text: str, done: str) -> None:
    """A text that is one alone becomes a number or a switch; others stay texts."""
    assert put(substitute_apisix, JSON, text) == done


@pytest.mark.parametrize("text", ["${{NONE}}", "${{ NONE }}", "a${{NONE}}b"])
def test_apisix_wants_a_variable_that_is_set(text: str) -> None:
    """Or a default."""
    assert told(substitute_apisix, YAML, text) == (
        "the file: NONE is not set; expected an environment variable",
    )


@pytest.mark.parametrize(
    "text", ["\n${{}}", "\n${{ A B }}", "\n${{A:b}}", "\n${{NAME", "\n${{NAME}\n}"]
)
def test_apisix_takes_no_other_template(text: str) -> None:
    """It would become a secret that everyone knows who sees the file."""
    assert told(substitute_apisix, YAML, text) == (
        "the file: line 2 has a variable; expected ${{NAME}} or ${{NAME:=default}}",
    )


@pytest.mark.parametrize(
    ("path", "text", "done"),
    [
        (YAML, 'a: ${{ env "DECK_X" }}', "a: one"),
        (YAML, "a: ${{env 'DECK_X'}}", "a: one"),
        (JSON, '{"a": "${{ env \\"DECK_X\\" }}"}', '{"a": "one"}'),
    ],
)
def test_deck_replaces_variables(path: Path, text: str, done: str) -> None:
    """Those whose names begin with DECK_."""
    assert put(substitute_deck, path, text) == done


def test_deck_converts_no_texts() -> None:
    """What stands in quotes stays a text."""
    problems = Problems()
    text = '{"a": "${{ env \\"DECK_N\\" }}"}'
    done = substitute_deck(JSON, text, {"DECK_N": "42"}, problems)
    assert done == '{"a": "42"}'


def test_deck_wants_a_variable_that_is_set() -> None:
    """There are no defaults."""
    assert told(substitute_deck, YAML, '${{ env "DECK_Y" }}') == (
        "the file: DECK_Y is not set; expected an environment variable",
    )


@pytest.mark.parametrize("text", ['${{ env "X" }}', "${{DECK_X}}", "${{ DECK_X"])
def test_deck_takes_no_other_template(text: str) -> None:
    """Neither other variables nor other forms."""
    assert told(substitute_deck, YAML, text) == (
        'the file: line 1 has a variable; expected ${{ env "DECK_NAME" }}',
    )


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("a: b", "a: b"),
        ('a: ${{ env "DECK_X" }}', "a: x"),
        ('{"a": "${{X}}", "b": "c${{X}}"}', '{"a": "x", "b": "cx"}'),
        ("a: ${{X", "a: ${{X"),
    ],
)
def test_variables_are_blanked(text: str, done: str) -> None:
    """So that whose format it is can be told before they are put in."""
    assert blanked(text) == done


@given(text=st.text(alphabet='${}N:="\\ \n'), path=st.sampled_from([YAML, JSON]))
@example(text="${{N}}", path=YAML)
def test_any_text_is_substituted_or_refused(text: str, path: Path) -> None:
    """What holds no template stays as it is, and no template is left in silence."""
    blanked(text)
    for substitute in (substitute_apisix, substitute_deck):
        problems = Problems()
        done = substitute(path, text, {"N": "1"}, problems)
        assert "${{" in text or (done == text and not problems)
        assert problems or "${{" not in done
