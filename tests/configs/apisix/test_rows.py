from jwtgate.configs.apisix.rows import Row, Rows
from tests.configs.apisix.files import context, notes_in
from tests.kit import credential


def row(order: int, key: str, owner: str = "jack", id_: str | None = None) -> Row:
    """Make a row of some entry."""
    made = credential(key=key, id=f"{owner} {order}")
    return Row(made=made, owner=owner, id=id_, at=("consumers", order), order=order)


def test_credentials_come_in_the_order_of_the_file() -> None:
    """However they were added."""
    rows = Rows(context())
    for each in (row(2, "b"), row(1, "a", id_="one")):
        rows.add(each)
    assert [made.key for made in rows.credentials()] == ["a", "b"]


def test_of_one_id_the_later_counts() -> None:
    """The earlier is told of."""
    given = context()
    rows = Rows(given)
    for each in (row(1, "a", id_="one"), row(2, "b", id_="one")):
        rows.add(each)
    assert [made.key for made in rows.credentials()] == ["b"]
    assert notes_in(given) == [
        "skipped: consumers[1]: its id comes again; the later counts"
    ]


def test_of_one_key_that_counts_which_apisix_loads_last() -> None:
    """By the order of the file, whoever has it."""
    given = context()
    rows = Rows(given)
    for each in (row(3, "a", "jill"), row(1, "a")):
        rows.add(each)
    assert rows.credentials() == (row(3, "a", "jill").made,)
    assert notes_in(given) == [
        "skipped: consumers[1]: its key comes again; the later counts"
    ]


def test_a_consumer_can_be_forgotten() -> None:
    """With all credentials, and no other's."""
    rows = Rows(context())
    for each in (row(1, "a"), row(2, "b", id_="one"), row(3, "c", "jill")):
        rows.add(each)
    rows.forget("jack")
    assert [made.key for made in rows.credentials()] == ["c"]
