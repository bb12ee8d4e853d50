import importlib
import importlib.util
import sys

import pytest

import jwtgate.django.drf


def test_without_spectacular(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where drf-spectacular is not installed nothing is registered."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.delitem(sys.modules, "jwtgate.django.spectacular")
    importlib.reload(jwtgate.django.drf)
    assert "jwtgate.django.spectacular" not in sys.modules
