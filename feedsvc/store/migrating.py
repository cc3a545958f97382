"""Bringing the schema to the revision that this feedsvc writes.

Knows the revisions and how Alembic is run on a connection of ours; Alembic itself is imported only when there is
something to migrate, for it costs 9 MB and 0.1 s that no web worker should pay.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, Table, Text, func, inspect, select

if TYPE_CHECKING:
    from alembic.config import Config

# Oldest first; a test holds them against the files in migrations/versions.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
HEAD = REVISIONS[-1]

# Not Alembic's default name: a PostgreSQL database may be shared with another program that uses it.
VERSION_TABLE = "store_revision"
_version = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))


def current(connection: Connection) -> str | None:
    """Return the revision of the database; None when it is empty."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    # Alembic keeps one row; the newest is taken should a branch ever leave two.
    return connection.execute(select(func.max(_version.c.version_num))).scalar()


def upgrade(connection: Connection) -> None:
    """Run what is missing, inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - see the head of the module

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def alembic_config() -> "Config":
    """Return what Alembic needs to know, without an alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415 - see the head of the module

    config = Config()
    folder = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))  # configparser interpolates
    config.set_main_option("path_separator", "os")
    config.attributes["version_table"] = VERSION_TABLE
    return config
