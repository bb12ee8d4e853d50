"""How weak settings are told from sound ones."""

from collections.abc import Callable

import pytest

from jwtgate.doctor import Finding, diagnose
from jwtgate.settings import Settings
from tests.kit import NOW

Found = Callable[[Settings, str], list[Finding]]


@pytest.fixture
def found() -> Found:
    """Give the findings of one code in some settings, at the time of the tests."""

    def of_code(settings: Settings, code: str) -> list[Finding]:
        return [each for each in diagnose(settings, at=NOW) if each.code == code]

    return of_code
