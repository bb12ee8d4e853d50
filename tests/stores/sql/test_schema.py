from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from jwtgate.stores.sql import metadata
from jwtgate.stores.sql.engines import Address
from tests.databases import AnyStore, Place, Places
from tests.kit import KEY, SECRET

# What `alembic init` writes, less what is about offline mode and logs.
ENVIRONMENT = """
from alembic import context
from sqlalchemy import create_engine

from jwtgate.stores.sql import metadata

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
"""
TEMPLATE = """\
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}

def upgrade():
    ${upgrades}

def downgrade():
    ${downgrades}
"""


@pytest.fixture(params=["sqlite", "psycopg", "pymysql"])
def bare(request: pytest.FixtureRequest, places: Places) -> Iterator[Place]:
    """Give a database without the tables, and put them there again."""
    place = places.place(request.param)
    metadata.drop_all(place.engine)
    yield place
    place.run("DROP TABLE IF EXISTS alembic_version")
    metadata.drop_all(place.engine)
    metadata.create_all(place.engine)


def config(folder: Path, url: str) -> Config:
    """Make what `alembic init` makes."""
    (folder / "env.py").write_text(ENVIRONMENT)
    (folder / "script.py.mako").write_text(TEMPLATE)
    made = Config()
    made.set_main_option("script_location", str(folder))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def differences(engine: Engine) -> list[Any]:
    """Tell what a migration would change."""
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection), metadata
        )
    return found


def test_a_migration_makes_the_tables(bare: Place, tmp_path: Path) -> None:
    """As Alembic writes it, without a hand; then it has no more to do."""
    alembic = config(tmp_path, bare.url)
    command.revision(alembic, autogenerate=True)
    command.upgrade(alembic, "head")
    assert differences(bare.engine) == []


@pytest.mark.parametrize("bare", ["sqlite", "psycopg"], indirect=True)
def test_a_migration_removes_the_tables(bare: Place, tmp_path: Path) -> None:
    """And nothing is left; MariaDB wants tables dropped before their indexes."""
    alembic = config(tmp_path, bare.url)
    command.revision(alembic, autogenerate=True)
    command.upgrade(alembic, "head")
    command.downgrade(alembic, "base")
    assert inspect(bare.engine).get_table_names() == ["alembic_version"]


def test_tables_that_were_created_need_no_migration(bare: Place) -> None:
    """Who began without migrations may go on with them."""
    metadata.create_all(bare.engine)
    assert differences(bare.engine) == []


@pytest.mark.parametrize("name", metadata.tables)
def test_every_table_has_our_prefix(name: str) -> None:
    """So that none is the app's."""
    assert name.startswith("jwtgate_")


def test_every_constraint_has_a_name() -> None:
    """Migrations that change it need one."""
    constraints = [
        each for table in metadata.tables.values() for each in table.constraints
    ]
    assert all(each.name for each in constraints)


def test_the_database_sees_that_a_key_has_one_consumer(
    store: AnyStore, place: Place
) -> None:
    """Even if this library had a bug: two could be taken for each other."""
    jack = store.create_consumer(username="jack")
    store.create_consumer(username="jill")
    store.create_credential(jack, key=KEY, secret=SECRET)
    stolen = text("UPDATE jwtgate_credentials SET consumer = consumer + 1")
    engine = Address(place.engine.url, create_engine).change_engine()
    with pytest.raises(IntegrityError), engine.connect() as connection:
        connection.execute(stolen)
    engine.dispose()
