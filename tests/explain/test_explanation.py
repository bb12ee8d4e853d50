import json
from dataclasses import FrozenInstanceError

import pytest

from jwtgate import Consumer, Policy, Reason
from jwtgate.explain import Explanation, Slip, Step
from tests.explain.kit import explained
from tests.kit import NOW, mint


def made(*steps: Step, slips: tuple[Slip, ...] = (), **fields: object) -> Explanation:
    """Make an explanation of a refusal."""
    return Explanation(
        **{  # type: ignore[arg-type]
            "at": NOW,
            "request": "GET /",
            "outcome": "denied",
            "reason": Reason.TOKEN_MISSING,
            "status": 401,
            "claim": None,
            "consumer": None,
            "fingerprint": None,
            "steps": steps,
            "slips": slips,
            "advice": "Send one.",
            **fields,
        }
    )


MISSING = Step(
    name="token", mark="bad", text="there is none", reason=Reason.TOKEN_MISSING
)
SLIP = Slip(name="a", saw="It is A.", mend="Do B.")


def test_an_explanation_is_json() -> None:
    """All of it."""
    found = explained(mint(exp=NOW - 1, nested={"a": [1]})).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert (found["reason"], found["status"]) == ("token_expired", 401)
    assert found["steps"][0]["name"] == "route"
    assert found["slips"][0]["name"] == "exp_at_issue"


def test_an_explanation_is_read_only() -> None:
    """It is a record."""
    with pytest.raises(FrozenInstanceError):
        made().outcome = "authenticated"  # type: ignore[misc]


def test_the_summary_is_the_first_slip() -> None:
    """If one fits."""
    assert made(MISSING, slips=(SLIP,)).summary == "It is A. Do B."


def test_the_summary_is_else_the_step_that_refuses() -> None:
    """And what to do about it."""
    assert made(MISSING).summary == "There is none. Send one."


def test_a_summary_needs_no_step() -> None:
    """Nor does it begin with a full stop."""
    assert made().summary == "Send one."


def test_the_other_slips_are_told_at_the_end() -> None:
    """One line each."""
    other = Slip(name="c", saw="It is C.", mend="Do D.")
    lines = str(made(MISSING, slips=(SLIP, other))).split("\n")
    assert lines[0] == "GET /: refused, 401 token_missing"
    assert lines[1] == "It is A. Do B."
    assert lines[-2] == "Besides: It is C. Do D."
    assert lines[-1] == "Decided for 2027-01-15 08:00:00 UTC (1800000000)."


def test_each_line_has_its_mark() -> None:
    """For who writes it in colour."""
    assert [mark for mark, _ in made(MISSING).lines()][:4] == [
        "bad",
        "plain",
        "plain",
        "bad",
    ]


GUEST = Consumer(username="guest")


@pytest.mark.parametrize(
    ("token", "policy", "verdict"),
    [
        (mint(), Policy(), "authenticated"),
        (None, Policy(anonymous=GUEST), "passes as the anonymous consumer (token_mis"),
        (None, Policy(mode="report"), "passes without identity (token_missing)"),
        (None, Policy(), "refused, 401 token_missing"),
    ],
    ids=["authenticated", "anonymous", "report", "denied"],
)
def test_the_outcome_is_said_in_a_few_words(
    token: str | None, policy: Policy, verdict: str
) -> None:
    """And whether the app gets the request."""
    found = explained(token, policy=policy)
    assert found.verdict.startswith(verdict)
    assert found.passes == (not verdict.startswith("refused"))
