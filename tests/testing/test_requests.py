from jwtgate.testing import Answer, Request


def test_the_target_is_path_and_query() -> None:
    """As they are sent."""
    assert Request(path="/a%20b").target == "/a%20b"
    assert Request(path="/a", query="b=%20").target == "/a?b=%20"


def test_the_lines_name_a_host() -> None:
    """Their own, if they have one."""
    assert Request().lines == ((b"Host", b"testserver"),)
    own = ((b"A", b"b"), (b"host", b"x"))
    assert Request(headers=own).lines == own


def test_a_request_does_not_show_what_it_carries() -> None:
    """Tests that fail print it."""
    lines = ((b"Authorization", b"Bearer sesame"),)
    sent = Request(headers=lines, query="jwt=sesame", body=b"sesame")
    assert "sesame" not in repr(sent)


def test_an_answer_is_none_until_there_is_one() -> None:
    """Nothing came back."""
    assert Answer() == Answer(status=0, headers=(), body=b"", error="")
