import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_migration_is_complete() -> None:
    """A project that adds the app is not told to write a migration of ours."""
    call_command("makemigrations", "jwtgate_db", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("table", ["jwtgate_db_consumer", "jwtgate_db_credential"])
def test_the_migration_makes_a_table(table: str) -> None:
    """Both tables are there after it."""
    assert table in connection.introspection.table_names()


def test_a_key_and_kid_are_unique_in_the_database() -> None:
    """Whoever writes to it without the checks."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(
            cursor, "jwtgate_db_credential"
        )
    assert ["key", "kid"] in [row["columns"] for row in found.values() if row["unique"]]


def test_the_index_fits_into_innodb() -> None:
    """It takes 3072 octets, and four for each character."""
    fields = {"key": 512, "kid": 255}
    assert sum(fields.values()) * 4 <= 3072
