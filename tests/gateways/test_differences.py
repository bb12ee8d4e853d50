from pathlib import Path

import pytest

from tests.gateways import kong_quotas, kong_refused, test_apisix, test_kong

PAGE = (Path(__file__).parents[2] / "docs" / "gateways.md").read_text()
DIFFERENCES: dict[str, set[str]] = {
    "kong": {case.why for case in (*test_kong.CASES, *kong_quotas.CASES)}
    | {case.why for case in kong_refused.CASES},
    "apisix": {case.why for case in (*test_apisix.SHARED, *test_apisix.OWN)},
}


@pytest.mark.parametrize("gateway", DIFFERENCES)
def test_every_difference_is_in_the_docs(gateway: str) -> None:
    """Whoever moves finds each thing that is refused here and was not there."""
    reasons = DIFFERENCES[gateway] - {""}
    assert sorted(why for why in reasons if f"| {why} |" not in PAGE) == []
