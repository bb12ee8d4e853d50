from jwtgate.configs.kong.refusing import refuse_or_drop
from tests.configs.kong.kit import context, sentences

AT = ("plugins", 0)


def test_what_restricts_is_refused_with_what_to_do() -> None:
    """Dropping it would open a door."""
    given = context()
    refuse_or_drop("key-auth", AT, given)
    (problem,) = sentences(given.problems)
    assert problem == (
        "plugins[0]: key-auth restricts access and is not carried over; leave it to "
        "what does it now and name it in allow_dropped"
    )
    assert not given.notes.report()


def test_what_cannot_be_carried_over_is_said() -> None:
    """Where it is a part of a plugin."""
    given = context()
    refuse_or_drop("acl", AT, given, "groups are not read")
    (problem,) = sentences(given.problems)
    assert problem == (
        "plugins[0]: groups are not read; leave acl to what does it now and name it "
        "in allow_dropped"
    )


def test_what_may_be_dropped_is_noted() -> None:
    """By its name."""
    given = context(allow_dropped=frozenset({"key-auth"}))
    refuse_or_drop("key-auth", AT, given)
    assert (
        str(given.notes.report()) == "dropped: plugins[0]: key-auth is not carried over"
    )
    assert not given.problems


def test_a_note_says_why() -> None:
    """Where it is a part of a plugin."""
    given = context(allow_dropped=frozenset({"acl"}))
    refuse_or_drop("acl", AT, given, "groups are not read")
    assert str(given.notes.report()) == (
        "dropped: plugins[0]: acl is not carried over: groups are not read"
    )


def test_a_name_that_was_resolved_is_not_shown() -> None:
    """It may be a secret's."""
    given = context()
    given.problems.references["hunter2"] = "$env://NAME"
    refuse_or_drop("hunter2", AT, given)
    assert "hunter2" not in sentences(given.problems)[0]
