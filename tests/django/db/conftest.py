"""What holds for every test of the tables."""

import pytest
from time_machine import TimeMachineFixture

from tests.kit import NOW


@pytest.fixture(autouse=True)
def _at_the_time_of_the_tests(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
