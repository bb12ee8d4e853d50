from collections import Counter

from jwtgate.testing.attacks.catalogue import ATTACKS


def test_every_attack_has_a_name_of_its_own() -> None:
    """Which is stable: users allow attacks by it."""
    names = Counter(attack.name for attack in ATTACKS)
    assert [name for name, count in names.items() if count > 1] == []


def test_names_are_plain() -> None:
    """They are written into tests."""
    assert all(name.name.replace("-", "").isalnum() for name in ATTACKS)
    assert all(attack.name == attack.name.lower() for attack in ATTACKS)
