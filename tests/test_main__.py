import importlib
import runpy
import sys

import pytest


def test_the_package_runs_as_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m jwtgate``."""
    monkeypatch.setattr(sys, "argv", ["jwtgate", "--version"])
    monkeypatch.delitem(sys.modules, "jwtgate.__main__", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("jwtgate", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out == "jwtgate 0.1.0\n"


def test_importing_it_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """As tools that look at every module do."""
    importlib.import_module("jwtgate.__main__")
    assert capsys.readouterr().out == ""
