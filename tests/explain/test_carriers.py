from jwtgate import Policy
from tests.explain.kit import explained, step
from tests.kit import mint

EVERYWHERE = Policy(query_names=["jwt"], cookie_names=["session"])


def test_every_carrier_is_looked_at() -> None:
    """And it is said what was there."""
    found = explained(mint(), query="jwt=", policy=EVERYWHERE)
    assert step(found, "header Authorization").startswith("1 found: fingerprint")
    assert step(found, "query jwt") == "there, and empty"
    assert step(found, "cookie session") == "nothing"


def test_candidates_are_told_apart_by_fingerprints() -> None:
    """Two tokens that differ, and neither is shown."""
    one, other = mint(a=1), mint(a=2)
    found = explained(one, query=f"jwt={other}", policy=EVERYWHERE)
    prints = [
        candidate["fingerprint"]
        for each in found.steps
        for candidate in each.facts.get("candidates", ())
    ]
    assert len(set(prints)) == 2
    assert other.rpartition(".")[2] not in str(found)


def test_a_carrier_that_is_refused_is_told() -> None:
    """Its header came twice."""
    found = explained(mint(), headers=[("Authorization", "x")])
    assert "more than once" in step(found, "header Authorization")


def test_the_token_is_told_by_length_and_fingerprint() -> None:
    """Where it was, too, for programs."""
    found = explained(mint())
    (facts,) = [each.facts for each in found.steps if each.name == "token"]
    assert facts["fingerprint"] == found.fingerprint
    assert (facts["characters"], facts["carriers"]) == (len(mint()), ["header"])


def test_a_cookie_of_the_same_site_is_told() -> None:
    """And the token is read all the same where it is not."""
    cookie = [("Cookie", f"session={mint()}")]
    safe = explained(headers=cookie, policy=EVERYWHERE)
    unsafe = explained(headers=cookie, policy=EVERYWHERE, method="POST")
    assert step(safe, "site").startswith("not from another site")
    assert "another site may have sent it" in step(unsafe, "site")
    assert step(unsafe, "signature") == "holds"
