"""Decisions of every kind, and a gate that tells of some."""

from typing import Any, NoReturn, get_args

from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from jwtgate import Gate, Policy, Reason, Route
from jwtgate.backend import AnyStore
from jwtgate.events import Decision, Events, Listener, OutcomeName
from tests.kit import ListStore, Sent, clock, credential, mint

ANY: st.SearchStrategy[Decision] = st.builds(
    Decision,
    outcome=st.sampled_from(get_args(OutcomeName)),
    reason=st.none() | st.sampled_from(Reason),
    claim=st.none() | st.text(),
    consumer=st.none() | st.text(),
    key=st.none() | st.text(),
    carriers=st.sets(st.sampled_from(["header", "query", "cookie"])).map(tuple),
    fingerprint=st.none() | st.text(),
    route=st.none() | st.text(),
    method=st.none() | st.text(),
    kind=st.none() | st.sampled_from(["http", "websocket"]),
    seconds=st.none() | st.floats(),
    reference=st.none() | st.text(),
)
"""What no gate tells is among them, too."""

GOOD = Sent.bearer(mint())
EXPIRED = Sent.bearer(mint(exp=1))
BARE = Sent()


class DownStore:
    """A store that always fails."""

    blocking = False

    def find(self, key: str, kid: str | None = None) -> NoReturn:  # noqa: ARG002
        """Fail."""
        raise OSError("the store is gone")


def telling(
    *listeners: Listener,
    policy: Policy | None = None,
    store: AnyStore | None = None,
) -> Gate:
    """Make a gate that tells listeners; it has a route that is open to all."""
    return Gate(
        ListStore(credential()) if store is None else store,
        policy,
        routes=[Route(path="/open/*", public=True)],
        clock=clock,
        events=Events(on_decision=listeners, references=True),
    )


def decided(registry: CollectorRegistry, outcome: str, reason: str = "") -> Any:
    """Give the number of decisions; None if there is no such series."""
    labels = {"outcome": outcome, "reason": reason}
    return registry.get_sample_value("jwtgate_decisions_total", labels)


def timed(registry: CollectorRegistry, outcome: str, most: str = "+Inf") -> Any:
    """Give the number of decisions that took no longer, in seconds."""
    labels = {"outcome": outcome, "le": most}
    return registry.get_sample_value("jwtgate_decision_seconds_bucket", labels)
