import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.answer import Answer
from jwtgate.quota import MEMORY, Quota, Rate, as_quotas

YEAR = 366 * 86_400


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("3/30s", [(3, 30)]),
        ("1/s", [(1, 1)]),
        ("100/m", [(100, 60)]),
        ("1000/h", [(1000, 3_600)]),
        ("5/d", [(5, 86_400)]),
        ("5/366d", [(5, YEAR)]),
        ("7/15m", [(7, 900)]),
        ("999999999999/s", [(999_999_999_999, 1)]),
        ("100/m, 1000/h", [(100, 60), (1000, 3_600)]),
        ("100/m,1000/h", [(100, 60), (1000, 3_600)]),
        (" 3/30s\n", [(3, 30)]),
    ],
)
def test_rates_are_read_from_a_text(text: str, rates: list[tuple[int, int]]) -> None:
    """So many in so many seconds, minutes, hours or days; several by commas."""
    assert Quota(rates=text).limits == tuple(Rate(*rate) for rate in rates)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ",", "3/30s,", ",3/30s", "3/30s 4/40s", "3/30s;4/40s"),
        *("3", "3/", "/s", "3/30", "3/30x", "3/30S", "3/S", "3 / 30s", "3/30 s"),
        *("0/s", "-3/s", "+3/s", "03/s", "3/0s", "3/01s", "3.5/s", "1e3/s", "1_0/s"),
        *("1000000000000/s", "3/9999999999s", "3/30s\n4/s", "3/30s\0"),
        *("٣/s", "3/٣s", "３/s", "3/30ｓ"),  # noqa: RUF001 - digits to int(), no ASCII
        *("inf/s", "3/s/s", "3-30s", "3 per s"),
    ],
    ids=repr,
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(ConfigurationError, match=r"rates must be such as"):
        Quota(rates=text)


@pytest.mark.parametrize("text", ["3/367d", "3/31622401s", "1/999999999d"])
def test_a_rate_spans_a_year_at_most(text: str) -> None:
    """Storages cannot keep counters for ever."""
    with pytest.raises(ConfigurationError, match="up to a year"):
        Quota(rates=text)


def test_what_is_no_rate_is_not_told() -> None:
    """It may be what a reference led to: a secret."""
    with pytest.raises(ConfigurationError) as error:
        Quota(rates="hunter2")
    assert "hunter2" not in str(error.value)


def test_a_quota_with_a_storage_cannot_be_pickled() -> None:
    """Its URL may have a password."""
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Quota(rates="1/s", storage="redis://:hunter2@h"))


def test_a_quota_in_memory_survives_a_pickle() -> None:
    """A consumer that has one may be cached."""
    quota = Quota(rates="3/30s", per=["address"])
    assert pickle.loads(pickle.dumps(quota)) == quota  # noqa: S301 - our own


@pytest.mark.parametrize("rates", [[Rate(3, 30)], (Rate(3, 30), Rate(9, 60))], ids=str)
def test_rates_may_be_given_as_rates(rates: Any) -> None:
    """For who has numbers."""
    assert Quota(rates=rates).limits == tuple(rates)


@pytest.mark.parametrize(
    "rates", [None, 3, [], (), ["3/30s"], [Rate(3, 30), "3/30s"], Rate(3, 30)], ids=repr
)
def test_rates_of_another_kind_are_refused(rates: Any) -> None:
    """A quota of no rate would limit nothing."""
    with pytest.raises(ConfigurationError, match="rates must be a text such as"):
        Quota(rates=rates)


@pytest.mark.parametrize("amount", [0, -1, 10**12, 1.0, "3", True, None], ids=repr)
def test_the_amount_of_a_rate_is_a_whole_number(amount: Any) -> None:
    """Above zero, and small enough for any storage."""
    with pytest.raises(ConfigurationError, match="the amount of a rate"):
        Rate(amount, 30)


@pytest.mark.parametrize(
    "seconds", [0, -1, YEAR + 1, 0.5, "30", True, None, float("nan")], ids=repr
)
def test_the_seconds_of_a_rate_are_a_whole_number(seconds: Any) -> None:
    """Up to a year."""
    with pytest.raises(ConfigurationError, match="the seconds of a rate"):
        Rate(3, seconds)


@pytest.mark.parametrize("rate", [Rate(1, 1), Rate(10**12 - 1, YEAR)], ids=str)
def test_the_bounds_of_a_rate_are_within(rate: Rate) -> None:
    """Both can be made, and written as they are read."""
    assert Quota(rates=str(rate)).limits == (rate,)


RATES = st.builds(Rate, st.integers(1, 10**12 - 1), st.integers(1, YEAR))


@given(rates=st.lists(RATES, min_size=1))
def test_rates_are_read_as_they_are_written(rates: list[Rate]) -> None:
    """``str(rate)`` is what a file may say."""
    assert Quota(rates=", ".join(map(str, rates))).limits == tuple(rates)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 10**12 - 1),
            st.integers(1, 366),
            st.sampled_from([("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]),
        ),
        min_size=1,
    )
)
def test_units_count_in_seconds(rates: list[tuple[int, int, tuple[str, int]]]) -> None:
    """In any combination."""
    text = ",".join(f"{amount}/{units}{unit}" for amount, units, (unit, _) in rates)
    limits = tuple(Rate(amount, units * each) for amount, units, (_, each) in rates)
    assert Quota(rates=text).limits == limits


@given(text=st.text() | st.text("0123456789/smhd, \n+-._٣"))
def test_any_text_gives_a_quota_or_a_configuration_error(text: str) -> None:
    """Files bring anything; what is read can be written, and read again."""
    try:
        quota = Quota(rates=text)
    except ConfigurationError:
        return
    assert Quota(rates=",".join(map(str, quota.limits))) == quota


def test_a_quota_counts_by_consumer_in_memory_unless_told_otherwise() -> None:
    """And lets pass where the storage is down."""
    quota = Quota(rates="3/30s")
    assert (quota.per, quota.storage, quota.scope) == (("consumer",), MEMORY, "")
    assert (quota.aligned, quota.when_down, quota.shown) == (False, "open", True)
    assert quota.answer is None


@pytest.mark.parametrize(
    "per",
    [
        (),
        ["credential"],
        ["consumer", "address"],
        ["header:X-Tenant"],
        ["header:x_tenant", "header:!#$%&'*+.^_`|~"],
    ],
    ids=str,
)
def test_requests_are_counted_together_by_these(per: list[str]) -> None:
    """Any combination; none is all requests."""
    assert Quota(rates="3/s", per=per).per == tuple(per)


@pytest.mark.parametrize(
    "each",
    [
        *(
            "Consumer",
            "consumer ",
            "ip",
            "header",
            "header:",
            "header: X",
            "header:a b",
        ),
        *("header:X-Tenant\n", "header:X\r\nY", "header:ä", "header:a:b", "header:a,b"),
    ],
    ids=repr,
)
def test_counting_by_something_else_is_refused(each: str) -> None:
    """It would count all requests together."""
    with pytest.raises(ConfigurationError, match=r"per has .* expected consumer"):
        Quota(rates="3/s", per=[each])


@pytest.mark.parametrize("per", ["consumer", [5], [""], None], ids=repr)
def test_what_is_counted_by_is_several_texts(per: Any) -> None:
    """One text would be read as its characters."""
    with pytest.raises(ConfigurationError, match="per must be"):
        Quota(rates="3/s", per=per)


FIELDS: dict[str, tuple[Any, ...]] = {
    "scope": (None, 5, b"a", "\ud800"),
    "storage": ("", "redis", None, 5, b"redis://"),
    "when_down": ("OPEN", "", None, True, ["open"]),
    "answer": (403, "no", {"status": 429}),
    "aligned": (1, "yes", None),
    "shown": (0, "no", None),
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in FIELDS.items() for value in values],
    ids=repr,
)
def test_a_field_that_cannot_work_is_refused(name: str, value: object) -> None:
    """It is said when the quota is made."""
    fields: dict[str, Any] = {name: value}
    with pytest.raises(ConfigurationError, match=f"^{name} must be"):
        Quota(rates="3/s", **fields)


def test_fields_that_work_are_kept() -> None:
    """As they were given."""
    answer = Answer(status=503)
    quota = Quota(
        rates="3/s",
        scope="api",
        aligned=True,
        storage="redis://localhost",
        when_down="closed",
        answer=answer,
        shown=False,
    )
    assert (quota.scope, quota.aligned, quota.shown) == ("api", True, False)
    assert (quota.storage, quota.when_down) == ("redis://localhost", "closed")
    assert quota.answer is answer


def test_every_problem_is_told_at_once() -> None:
    """One run shows them all."""
    wrong: Any = 5
    with pytest.raises(ConfigurationError) as caught:
        Quota(
            rates="3/s",
            per=["a"],
            scope=wrong,
            storage=wrong,
            when_down=wrong,
            answer=wrong,
            aligned=wrong,
            shown=wrong,
        )
    told = [each.split()[0] for each in caught.value.problems]
    assert told == ["per", *FIELDS]


@pytest.mark.parametrize("show", [repr, str, "{}".format, ascii])
def test_the_storage_is_never_shown(show: Any) -> None:
    """Its URL may have a password."""
    quota = Quota(rates="3/s", storage="redis://:hunter2@localhost")
    assert "hunter2" not in show(quota)


def test_no_problem_shows_the_storage() -> None:
    """Not even where that is wrong."""
    with pytest.raises(ConfigurationError) as caught:
        Quota(rates="3/s", storage="redis:hunter2@localhost")
    assert "hunter2" not in str(caught.value)


def test_a_quota_takes_a_scope_if_it_has_none() -> None:
    """That of the place where it is written."""
    quota = Quota(rates="3/s", storage="redis://localhost", per=())
    named = quota.within("route /a")
    assert named == Quota(
        rates="3/s", storage="redis://localhost", per=(), scope="route /a"
    )


def test_a_quota_keeps_the_scope_it_has() -> None:
    """So that several routes may share one."""
    quota = Quota(rates="3/s", scope="api")
    assert quota.within("route /a") is quota


def test_a_text_stands_for_a_quota_of_these_rates() -> None:
    """The short form."""
    assert Quota.of("3/30s") == Quota(rates="3/30s")


def test_a_quota_stands_for_itself() -> None:
    """Nothing is lost."""
    quota = Quota(rates="3/30s", shown=False)
    assert Quota.of(quota) is quota


@pytest.mark.parametrize("value", [None, 3, True, Rate(3, 30), ["3/30s"]], ids=repr)
def test_something_else_is_no_quota(value: object) -> None:
    """The words say what is."""
    with pytest.raises(ConfigurationError, match="quota must be a Quota"):
        Quota.of(value)


ONE = Quota(rates="3/30s")


@pytest.mark.parametrize(
    ("value", "quotas"),
    [
        (None, ()),
        ([], ()),
        ("3/30s", (ONE,)),
        (ONE, (ONE,)),
        (["3/30s", ONE], (ONE, ONE)),
        ((ONE,), (ONE,)),
    ],
    ids=str,
)
def test_one_quota_or_several_become_a_tuple(
    value: object, quotas: tuple[Quota, ...]
) -> None:
    """None is none."""
    assert as_quotas(value) == quotas


@pytest.mark.parametrize("value", ["", 3, False, {}, [None], [["3/30s"]]], ids=repr)
def test_what_is_no_quota_is_refused_among_several(value: object) -> None:
    """Nothing falls away in silence."""
    with pytest.raises(ConfigurationError):
        as_quotas(value)


def test_a_quota_cannot_be_changed() -> None:
    """It is shared between threads."""
    with pytest.raises(FrozenInstanceError):
        ONE.scope = "a"  # type: ignore[misc]


def test_equal_quotas_are_equal_and_hashable() -> None:
    """They are values, however their rates were written."""
    assert len({ONE, Quota(rates=[Rate(3, 30)]), Quota(rates=" 3/30s ")}) == 1
