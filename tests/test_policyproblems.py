from typing import Any

import pytest

from jwtgate import Answer, ConfigurationError, Consumer, Policy
from jwtgate.policyproblems import policy_problems
from jwtgate.terms import Terms


def problems(**settings: Any) -> tuple[str, ...]:
    """Give what is wrong with a policy of these settings."""
    with pytest.raises(ConfigurationError) as caught:
        Policy(**settings)
    return caught.value.problems


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(anonymous=Consumer(username="guest")),
        Policy(anonymous="guest", cookie_names=("__Host-jwt",), query_names=("jwt",)),
        Policy(header_names=("X-Token",), leeway=0.5, maximum_expiration=1e9),
        Policy(
            termination=Answer(status=410),
            consumer_terms={"jack": Terms(quota="1/s")},
            error_response="Zo\u00eb",
        ),
        Policy(error_response=""),
    ],
    ids=["defaults", "a consumer", "its name", "times", "terms", "an empty body"],
)
def test_a_policy_that_exists_has_no_problem(policy: Policy) -> None:
    """It could not be built otherwise."""
    assert list(policy_problems(policy)) == []


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "multiple_tokens": (
        {"multiple_tokens": "last"},
        "multiple_tokens must be one of: deny, first",
    ),
    "anonymous_for": (
        {"anonymous_for": True},
        "anonymous_for must be one of: missing, any",
    ),
    "mode": ({"mode": "off"}, "mode must be one of: enforce, report"),
    "mode, a list": ({"mode": []}, "mode must be one of: enforce, report"),
    "run_on_preflight": (
        {"run_on_preflight": None},
        "run_on_preflight must be True or False",
    ),
    "hide_credentials": (
        {"hide_credentials": 1},
        "hide_credentials must be True or False",
    ),
    "csrf": ({"csrf": "no"}, "csrf must be True or False"),
    "key_claim_in": (
        {"key_claim_in": ("body",)},
        "key_claim_in has 'body'; expected: payload, header",
    ),
    "key_claim_in, empty": (
        {"key_claim_in": ()},
        "key_claim_in is empty, so that no token could pass",
    ),
    "claims_to_verify": (
        {"claims_to_verify": ("exp", "iat")},
        "claims_to_verify has 'iat'; expected: exp, nbf",
    ),
    "algorithms": (
        {"algorithms": ("none",)},
        "algorithms has 'none'; expected: HS256",
    ),
    "algorithms, empty": (
        {"algorithms": ()},
        "algorithms is empty, so that no token could pass",
    ),
    "no carrier": (
        {"header_names": ()},
        "header_names, query_names and cookie_names are empty",
    ),
    "header name": (
        {"header_names": ("X Token",)},
        "header_names has 'X Token', which is no header name",
    ),
    "header name, injection": (
        {"header_names": ("X-Token\r\nX-Admin",)},
        r"header_names has 'X-Token\r\nX-Admin', which is no header name",
    ),
    "identity header": (
        {"header_names": ("X_Consumer_ID",)},
        "header_names has 'X_Consumer_ID', which has another meaning",
    ),
    "cookie header": (
        {"header_names": ("Cookie",)},
        "header_names has 'Cookie', which has another meaning",
    ),
    "cookie name": (
        {"cookie_names": ("a;b",)},
        "cookie_names has 'a;b', which is no cookie name",
    ),
    "query name": ({"query_names": ("\ud800",)}, "query_names has"),
    "leeway, negative": ({"leeway": -1}, "leeway must be a finite number"),
    "leeway, NaN": ({"leeway": float("nan")}, "leeway must be a finite number"),
    "leeway, infinite": ({"leeway": float("inf")}, "leeway must be a finite number"),
    "leeway, beyond floats": ({"leeway": 10**400}, "leeway must be a finite number"),
    "leeway, bool": ({"leeway": True}, "leeway must be a finite number"),
    "leeway, text": ({"leeway": "5"}, "leeway must be a finite number"),
    "maximum, zero": (
        {"maximum_expiration": 0},
        "maximum_expiration must be seconds above 0, or None",
    ),
    "maximum, text": (
        {"maximum_expiration": "60"},
        "maximum_expiration must be seconds above 0, or None",
    ),
    "maximum, beyond floats": (
        {"maximum_expiration": 10**400},
        "maximum_expiration must be seconds above 0, or None",
    ),
    "maximum, exp unverified": (
        {"maximum_expiration": 60, "claims_to_verify": ("nbf",)},
        "maximum_expiration needs exp in claims_to_verify",
    ),
    "maximum, exp not required": (
        {"maximum_expiration": 60, "required_claims": ()},
        "maximum_expiration needs exp in required_claims",
    ),
    "key_claim, empty": ({"key_claim": ""}, "key_claim must name a claim"),
    "key_claim, None": ({"key_claim": None}, "key_claim must name a claim"),
    "realm, empty": ({"realm": ""}, "realm must be printable ASCII"),
    "realm, injection": ({"realm": 'a"\r\nX: 1'}, "realm must be printable ASCII"),
    "realm, non-ASCII": ({"realm": "käse"}, "realm must be printable ASCII"),
    "realm, number": ({"realm": 5}, "realm must be printable ASCII"),
    "groups_header": ({"groups_header": 1}, "groups_header must be True or False"),
    "termination, status": ({"termination": 503}, "termination must be an Answer"),
    "termination, text": ({"termination": "gone"}, "termination must be an Answer"),
    "error_response, octets": (
        {"error_response": b"no"},
        "error_response must be a text, or None",
    ),
    "error_response, table": (
        {"error_response": {"message": "no"}},
        "error_response must be a text, or None",
    ),
    "error_response, surrogate": (
        {"error_response": "\ud800"},
        "error_response must be a text, or None",
    ),
    "consumer_terms, None": (
        {"consumer_terms": None},
        "consumer_terms must be Terms by the id or username of a consumer",
    ),
    "consumer_terms, list": (
        {"consumer_terms": [Terms()]},
        "consumer_terms must be Terms by",
    ),
    "consumer_terms, no name": (
        {"consumer_terms": {"": Terms()}},
        "consumer_terms must be Terms by",
    ),
    "consumer_terms, number": (
        {"consumer_terms": {5: Terms()}},
        "consumer_terms must be Terms by",
    ),
    "consumer_terms, no terms": (
        {"consumer_terms": {"jack": {"quota": "1/s"}}},
        "consumer_terms must be Terms by",
    ),
    "anonymous, empty": ({"anonymous": ""}, "anonymous must be a Consumer"),
    "anonymous, True": ({"anonymous": True}, "anonymous must be a Consumer"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_setting_that_cannot_work_is_a_problem(case: str) -> None:
    """One sentence, which begins with the field."""
    settings, problem = CASES[case]
    (found,) = problems(**settings)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "origin",
    [
        "app.example",
        "https://app.example/",
        "https://App.example",
        "https://app.example:port",
        "ftp://app.example",
        "https://",
        "*",
        "null",
        "https://app.example\n",
        "https://user@app.example",
    ],
)
def test_an_origin_that_no_browser_sends_is_a_problem(origin: str) -> None:
    """It would never match, or match too much."""
    (found,) = problems(trusted_origins=(origin,))
    assert found.startswith(f"trusted_origins has {origin!r}")


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example",
        "http://localhost:8000",
        "https://127.0.0.1",
        "https://[::1]:8443",
    ],
)
def test_an_origin_as_browsers_send_it_is_none(origin: str) -> None:
    """RFC 6454 7: scheme, host, port if it is not the scheme's own."""
    assert Policy(trusted_origins=(origin,)).trusted_origins == (origin,)


def test_several_problems_are_given_together() -> None:
    """Operators mend them in one go."""
    found = problems(mode="off", leeway=-1, realm="", algorithms=("none",))
    assert [problem.split()[0] for problem in found] == [
        "mode",
        "algorithms",
        "leeway",
        "realm",
    ]
