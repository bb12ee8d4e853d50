import pytest

from jwtgate.cli.commands import COMMANDS, command_of


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_what_the_table_says(name: str) -> None:
    """The help of all, and that of each, say the same."""
    command = command_of(name)
    assert name == command.NAME
    assert COMMANDS[name] == command.HELP
