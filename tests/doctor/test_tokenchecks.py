from typing import Any

import pytest

from tests.doctor.cases import TOKENS, credential, policy, settings
from tests.doctor.conftest import Found


@pytest.mark.parametrize("code", TOKENS)
def test_weak_token_is_found(code: str, found: Found) -> None:
    """What is weak about the tokens that pass has its code."""
    assert found(TOKENS[code][0], code)


@pytest.mark.parametrize("code", TOKENS)
def test_sound_token_is_not(code: str, found: Found) -> None:
    """What is not weak in that way is not told of."""
    assert not found(TOKENS[code][1], code)


def test_the_longest_lifetime_is_told(found: Found) -> None:
    """Of many credentials one finding tells of the worst."""
    rows = [credential(n, token_lifetime=90_000 + n) for n in range(3)]
    policy_ = policy(maximum_expiration=None)
    (one,) = found(settings(*rows, policy=policy_), "JG243")
    assert "'key-2' of jack live for 90002 seconds" in one.what


def test_credentials_that_no_token_can_use_do_not_count(found: Found) -> None:
    """An algorithm that is not allowed is not in use."""
    mixed: Any = TOKENS["JG244"][0].store
    chosen = settings(*mixed.credentials, policy=policy(algorithms=("HS256",)))
    assert not found(chosen, "JG244")
