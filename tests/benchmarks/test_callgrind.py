import pytest

from benchmarks.callgrind import main


@pytest.mark.parametrize("name", ["HS1", "RS256"])
def test_a_scenario_that_it_cannot_count_is_refused(name: str) -> None:
    """One that is not there, and one whose keys take another time to make."""
    with pytest.raises(SystemExit):
        main([name])


def test_without_valgrind_nothing_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so, and is no failure."""
    monkeypatch.setenv("PATH", "")
    assert main(["HS256"]) == 0
    assert capsys.readouterr().out.startswith("skipped: valgrind")
