"""What the apps beside this share: two callers, a gate, and a token for each of them.

The secrets are made anew by each process: a token of one opens nothing in another.
"""

from jwtgate import Gate, MemoryStore, Policy, Route
from jwtgate.issue import issue

_store = MemoryStore()
_credentials = {
    "jack": _store.create_credential(
        _store.create_consumer(username="jack", groups=["customers"]), key="jack-key"
    ),
    "jill": _store.create_credential(
        _store.create_consumer(username="jill", groups=["staff"]), key="jill-key"
    ),
}

gate = Gate(_store, Policy(realm="shop"))
"""For adapters that know which view is public."""

gate_with_routes = Gate(
    _store,
    Policy(realm="shop"),
    routes=[Route(path="/token/*", public=True, methods=["POST"])],
)
"""For middlewares, which know paths."""

ORDERS = {"jack": ["tea"], "jill": ["coffee"]}


def token(name: str) -> str | None:
    """Issue a token, where a real shop would ask for a password first."""
    credential = _credentials.get(name)
    scope = "orders:read orders:write" if name == "jill" else "orders:read"
    return credential and issue(credential, {"scope": scope}, expires_in=900)


def orders_of(name: str | None) -> list[str]:
    """Give the orders of a consumer."""
    return ORDERS.get(name or "", [])
