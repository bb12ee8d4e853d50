import re
from pathlib import Path

import pytest

from jwtgate import Gate
from jwtgate.doctor import RULES, diagnose, diagnose_file
from tests.doctor import cases
from tests.doctor.cases import SECRETS, credential, settings
from tests.kit import NOW

PAIRS = {
    **cases.POLICIES,
    **cases.CARRIERS,
    **cases.TOKENS,
    **cases.KEYS,
    **cases.LIVES,
    **cases.ROUTES,
    **cases.STORES,
}
# Of files and apps, whose tests make them.
OTHERS = {
    "JG101",
    "JG102",
    "JG103",
    "JG111",
    "JG112",
    "JG113",
    "JG601",
    "JG602",
    "JG611",
}
PAGE = Path(__file__).parents[2] / "docs/howto/doctor.md"


def test_sound_settings_have_no_finding() -> None:
    """A gate that is well made is not nagged about."""
    assert diagnose(settings(), at=NOW) == ()


def test_gate_is_as_good_as_its_settings() -> None:
    """Both are taken."""
    weak = settings(credential(retire_after=None))
    assert diagnose(Gate.of(weak), at=NOW) == diagnose(weak, at=NOW) != ()


def test_every_rule_is_tried() -> None:
    """Each code has settings that are weak in that way, and such that are not."""
    assert PAIRS.keys() | OTHERS == RULES.keys()


@pytest.mark.parametrize("code", PAIRS)
def test_no_secret_is_told(code: str) -> None:
    """Whatever is found, what signs is not in it."""
    told = repr(diagnose(PAIRS[code][0], at=NOW))
    assert not [each for each in SECRETS if each in told]


def test_secret_of_a_file_is_not_told(tmp_path: Path) -> None:
    """Nor if it stands there, and cannot be used."""
    file = tmp_path / "jwtgate.json"
    file.write_text(
        '{"version": 1, "consumers": [{"username": "jack", "credentials":'
        f' [{{"key": "k", "algorithm": "HS512", "secret": "{SECRETS[0]}"}}]}}]}}'
    )
    found = diagnose_file(file)
    assert "JG101" in {each.code for each in found}
    assert SECRETS[0] not in repr(found)


def test_file_of_a_gate_is_looked_at(tmp_path: Path) -> None:
    """Its paths are those of the file."""
    file = tmp_path / "jwtgate.toml"
    file.write_text(f'version = 1\n[secrets.vault.x]\ntoken = "{SECRETS[0]}"\n')
    found = diagnose(settings(), file=file, at=NOW)
    assert ("JG111", "secrets.vault.x.token") in {(e.code, e.path) for e in found}


def test_app_is_looked_at_beside_a_file_that_does_not_load(tmp_path: Path) -> None:
    """Both are told of."""

    async def app(_scope: object, _receive: object, _send: object) -> None: ...

    found = diagnose_file(tmp_path / "none.toml", app=app)
    assert {each.code for each in found} == {"JG101", "JG611"}


def test_one_thing_is_told_once() -> None:
    """Of two policies that are weak alike, in one place, there is one finding."""
    found = diagnose(cases.STORES["JG503"][0], at=NOW)
    assert len(found) == len(set(found))


def test_now_is_now() -> None:
    """Left out, it is the time of the machine."""
    rows = settings(credential(retire_after=1.0))
    assert "JG322" in {each.code for each in diagnose(rows)}


def test_the_page_has_every_rule() -> None:
    """Its tables are the rules, as they are."""
    row = re.compile(r"^\| `(JG\d+)` \| (\w+) \| (.*) \|$", re.MULTILINE)
    rows = row.findall(PAGE.read_text())
    assert rows == [(each.code, each.severity, each.title) for each in RULES.values()]
