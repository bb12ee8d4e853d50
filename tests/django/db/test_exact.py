from typing import Any

import pytest
from django.db import connections

from jwtgate.django.db.exact import ExactField, ExactTextField

FIELDS: list[Any] = [ExactField(max_length=9), ExactTextField()]


@pytest.mark.parametrize("field", FIELDS, ids=["short", "long"])
def test_mariadb_and_mysql_compare_octets(
    field: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their own collations take Jack for jack, and may fail on four octets."""
    monkeypatch.setattr(connections["default"], "vendor", "mysql")
    parameters = field.db_parameters(connections["default"])
    assert parameters["collation"] == "utf8mb4_bin"


@pytest.mark.parametrize("field", FIELDS, ids=["short", "long"])
def test_other_databases_keep_their_collation(field: Any) -> None:
    """Which is exact."""
    assert not field.db_parameters(connections["default"]).get("collation")


@pytest.mark.parametrize("field", FIELDS, ids=["short", "long"])
def test_the_type_is_what_django_has_for_it(field: Any) -> None:
    """Nothing but the collation differs."""
    assert field.db_parameters(connections["default"])["type"] in (
        "varchar(9)",
        "text",
    )
