from jwtgate.doctor.finding import Rule

RULE = Rule("JG999", "info", "a title", "a reason", "a mend")


def test_a_finding_is_one_line() -> None:
    """It begins with the place, as compilers write it."""
    assert str(RULE.at("policy.mode")) == "policy.mode: info JG999: a title"


def test_a_finding_says_what_was_found() -> None:
    """In the place of the title."""
    assert RULE.at("policy", "the leeway is 7").what == "the leeway is 7"


def test_a_finding_has_what_its_rule_has() -> None:
    """Nobody has to look the code up."""
    found = RULE.at("policy")
    assert (found.code, found.severity, found.why, found.mend) == (
        "JG999",
        "info",
        "a reason",
        "a mend",
    )
