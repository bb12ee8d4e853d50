from jwtgate import Reason
from jwtgate.explain.advice import ADVICE, PASSES


def test_there_is_advice_for_every_reason() -> None:
    """A sentence or two."""
    assert set(ADVICE) == set(Reason)
    texts = [*ADVICE.values(), *PASSES.values()]
    assert [text for text in texts if not text.endswith(".")] == []
