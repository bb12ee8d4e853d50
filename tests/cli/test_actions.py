from tests.cli.running import CLI


def test_a_command_with_actions_needs_one(cli: CLI) -> None:
    """It says so, and where help is."""
    ran = cli("consumers")
    assert ran.code == 2
    assert ran.err == (
        "jwtgate: the following arguments are required: ACTION\n"
        "see: jwtgate consumers --help\n"
    )


def test_an_action_has_help_of_its_own(cli: CLI) -> None:
    """With the name that it is called by."""
    ran = cli("consumers", "delete", "--help")
    assert ran.code == 0
    assert "jwtgate consumers delete" in ran.out
    assert "Remove one, with its credentials." in ran.out
