"""A gateway's file and the native one written of it give the same answers."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest

import jwtgate
from jwtgate import ConfigurationError, Gate
from jwtgate.configs import to_native
from tests.gateways import test_apisix, test_kong
from tests.gateways.cases import Case, check
from tests.kit import clock, via_asgi

Format = Literal["kong", "apisix"]

CASES: list[tuple[Format, Case]] = [
    *(("kong", case) for case in test_kong.CASES),
    *(("apisix", case) for case in test_apisix.SHARED),
]


@cache
def rewritten(text: str, format_: Format) -> tuple[Gate | None, bool]:
    """Load a file, write it anew, load that.

    Returns:
        The gate, or None where the file names an anonymous consumer that there is not,
        which a native file takes for a mistake; and whether it has all credentials.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_text(text)
        gate = jwtgate.load(path, format=format_, environ={}, clock=clock)
        try:
            native = to_native(gate, references=True)
        except ConfigurationError as error:
            if "policy.anonymous: expected the id or username" not in str(error):
                raise
            return None, False
        path.write_text(native.text)
        gate = jwtgate.load(path, environ=native.variables, clock=clock)
        return gate, not native.notes


@pytest.mark.parametrize(
    ("format_", "case"), CASES, ids=[f"{name}-{case.name}" for name, case in CASES]
)
def test_a_rewritten_file_gives_the_same_answer(format_: Format, case: Case) -> None:
    """The row holds as before, for each row of both tables."""
    gate, is_whole = rewritten(json.dumps(case.config), format_)
    if gate is None:
        return
    got = via_asgi(gate, case.request)
    if is_whole:
        check(case, got)
    else:  # a credential that verifies nothing is not written: its key is unknown then
        assert (got.status, got.app_ran) == (case.status, case.body is None)
