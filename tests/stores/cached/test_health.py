from jwtgate.stores.cached.health import Health

NOW = 100.0


def ailing(*keys: str) -> Health:
    """Make the health of a store that failed for these keys, one after the other."""
    health = Health(1.0)
    for key in keys:
        health.failed(key, NOW)
    return health


def test_a_store_is_healthy_at_first() -> None:
    """And everything may be asked."""
    health = Health(1.0)
    assert health.may_ask("a", NOW)
    assert health.may_begin("a")
    assert not health.is_down


def test_a_key_that_failed_is_left_alone_for_a_while() -> None:
    """A dead store is not asked for each request."""
    health = ailing("a")
    assert not health.may_ask("a", NOW + 0.9)
    assert health.may_ask("a", NOW + 1.0)


def test_one_broken_key_does_not_take_others_down() -> None:
    """However often it fails."""
    health = ailing(*["a"] * 10)
    assert health.may_ask("b", NOW)
    assert not health.is_down


def test_a_clock_that_steps_back_leaves_nothing_alone_longer() -> None:
    """An hour back must not be an hour of refusals."""
    assert ailing("a").may_ask("a", NOW - 3_600)
    assert ailing("a", "b", "c").may_ask("d", NOW - 3_600)


def test_after_three_keys_the_store_is_down() -> None:
    """Nothing is asked for a while."""
    health = ailing("a", "b", "c")
    assert health.is_down
    assert not health.may_ask("d", NOW + 0.9)
    assert not health.may_begin("d")


def test_a_success_in_between_keeps_the_store_up() -> None:
    """It is the keys that are broken."""
    health = ailing("a", "b")
    health.answered("good")
    health.failed("c", NOW)
    assert not health.is_down


def test_one_look_up_probes() -> None:
    """The others wait for how it goes."""
    health = ailing("a", "b", "c")
    assert health.may_ask("d", NOW + 1)
    assert health.may_begin("d")
    assert not health.may_ask("e", NOW + 1)


def test_a_probe_that_succeeds_ends_the_outage() -> None:
    """Recovery takes one probe."""
    health = ailing("a", "b", "c")
    health.may_ask("d", NOW + 1)
    health.answered("d")
    assert not health.is_down
    assert all(health.may_ask(key, NOW + 1) for key in "defgh")


def test_a_probe_that_fails_is_the_only_one_for_a_while() -> None:
    """A dead store is asked once in each while."""
    health = ailing("a", "b", "c")
    asked = 0
    for tenth in range(1, 101):
        key = f"k{tenth}"
        if health.may_ask(key, NOW + tenth / 10):
            asked += 1
            health.failed(key, NOW + tenth / 10)
    assert asked <= 10


def test_a_probe_that_was_given_up_makes_room_for_the_next() -> None:
    """Else nobody would ever ask again."""
    health = ailing("a", "b", "c")
    health.may_ask("d", NOW + 1)
    health.gave_up("e")
    assert not health.may_ask("f", NOW + 1)
    health.gave_up("d")
    assert health.may_ask("f", NOW + 1)


def test_a_straggler_that_fails_is_no_probe() -> None:
    """It began before the store was down."""
    health = ailing("a", "b", "c")
    health.failed("straggler", NOW + 0.9)
    assert health.may_ask("d", NOW + 1)


def test_a_straggler_that_succeeds_ends_the_outage() -> None:
    """The store answers, after all."""
    health = ailing("a", "b", "c")
    health.answered("straggler")
    assert not health.is_down


def test_keys_that_always_fail_are_not_each_probe() -> None:
    """A good key has its turn, though the broken ones are asked for all the time."""
    health = ailing("a", "b", "c")
    assert health.may_ask("a", NOW + 1)
    health.failed("a", NOW + 1)
    assert not health.may_ask("b", NOW + 2)
    assert health.may_ask("good", NOW + 2)


def test_keys_that_always_fail_probe_if_nobody_else_does() -> None:
    """They may have been mended."""
    health = ailing("a", "b", "c")
    health.may_ask("a", NOW + 1)
    health.failed("a", NOW + 1)
    assert health.may_ask("b", NOW + 3)


def test_the_first_failure_is_told() -> None:
    """One record, not one for each request."""
    health = Health(1.0)
    told = [health.failed(key, NOW) for key in "abcdef"]
    assert told == [True, False, False, False, False, False]


def test_the_end_of_an_outage_is_told_once() -> None:
    """Whoever saw that it began sees that it ended."""
    health = ailing("a", "b", "c")
    told = [health.answered(key) for key in ("d", "a", "b")]
    assert told == [True, False, False]


def test_a_key_that_is_broken_for_long_is_told_once() -> None:
    """Others succeed in between."""
    health = Health(1.0)
    told = []
    for _ in range(5):
        told.append(health.failed("broken", NOW))
        told.append(health.answered("good"))
    assert told == [True] + [False] * 9


def test_a_key_that_was_mended_is_told() -> None:
    """And told anew, if it breaks again."""
    health = ailing("a")
    assert health.answered("a")
    assert health.failed("a", NOW)


def test_an_outage_is_told_though_its_first_key_was_broken_before() -> None:
    """It would look like nothing new."""
    health = ailing("a")
    health.answered("good")
    assert [health.failed(key, NOW) for key in "abc"] == [False, True, False]


def test_an_outage_of_keys_that_were_told_is_told() -> None:
    """When the third one makes it an outage."""
    health = Health(1.0)
    for key in "abc":
        health.failed(key, NOW)
        health.answered("good")
    assert [health.failed(key, NOW) for key in "abc"] == [False, False, True]


def test_a_flood_of_failures_takes_no_more_room() -> None:
    """Keys are what clients make up."""
    health = Health(1.0)
    for each in range(5_000):
        health.failed(each, NOW)
        if each % 2:
            health.answered("good")
    for each in range(5_000):
        health.failed(each, NOW)
    remembered = [value for value in vars(health).values() if isinstance(value, set)]
    assert all(len(each) <= 1_000 for each in remembered)
    assert health.may_ask(0, NOW + 1)
