import pytest

from jwtgate import Consumer, RequestView
from jwtgate.counted import Counted
from tests.kit import credential, jack

VIEW = credential().view
IDENTITY = (("X-Consumer-Username", "jack"), ("X-Credential-Identifier", "jack-key"))


def counted(
    *headers: tuple[bytes, bytes],
    consumer: Consumer | None = None,
    client: str | None = "192.0.2.1",
) -> Counted:
    """Make a request of jack, or of another consumer."""
    request = RequestView("GET", headers=headers, client=client)
    return Counted(request, consumer or jack(), VIEW, IDENTITY)


@pytest.mark.parametrize(
    ("per", "who"),
    [
        ("consumer", f"consumer {jack().id}"),
        ("credential", "credential jack-key"),
        ("address", "address 192.0.2.1"),
        ("header:X-Tenant", "header:X-Tenant a"),
        ("header:x_tenant", "header:x_tenant a"),
    ],
)
def test_a_request_is_counted_by(per: str, who: str) -> None:
    """Each kind has a text of its own."""
    assert counted((b"x-tenant", b"a")).who(per) == who


@pytest.mark.parametrize("per", ["consumer", "credential", "header:X-Tenant"])
def test_who_lacks_it_is_counted_by_address(per: str) -> None:
    """As in both gateways."""
    request = RequestView("GET", client="192.0.2.1")
    assert Counted(request, None, None, ()).who(per) == "address 192.0.2.1"


def test_who_has_no_address_either_is_counted_with_its_like() -> None:
    """A server may tell none, on a socket of a file."""
    assert counted(client=None).who("address") == "address -"


def test_several_lines_of_a_header_are_one_value() -> None:
    """As WSGI servers join them."""
    request = counted((b"x-tenant", b"a"), (b"X_Tenant", b"b"))
    assert request.who("header:X-Tenant") == "header:X-Tenant a,b"


@pytest.mark.parametrize("sent", [b"X-Consumer-Username", b"x_consumer_username"])
def test_theft_an_identity_header_of_the_client_is_not_counted_by(sent: bytes) -> None:
    """It could use up another's quota, or escape its own."""
    request = counted((sent, b"somebody-else"))
    assert request.who("header:X-Consumer-Username") == (
        "header:X-Consumer-Username jack"
    )


def test_an_identity_header_that_the_app_is_not_told_is_no_value() -> None:
    """Whatever the client sent."""
    request = counted((b"X-Consumer-Custom-ID", b"1"))
    assert request.who("header:X-Consumer-Custom-ID") == "address 192.0.2.1"
