"""The numbers that only grow: one row each, written under the writer's lock, so they grow in the order of commits."""

from sqlalchemy import Connection, insert, select, update

from feedsvc.store.tables import counter

CHANGE = "change"
ARRIVAL = "arrival"


def read(connection: Connection, name: str) -> int:
    return connection.execute(select(counter.c.value).where(counter.c.name == name)).scalar() or 0


def advance(connection: Connection, name: str, by: int = 1) -> int:
    """Add ``by`` and return the new number."""
    grown = update(counter).where(counter.c.name == name).values(value=counter.c.value + by)
    if connection.execute(grown).rowcount == 0:
        connection.execute(insert(counter).values(name=name, value=by))
    return read(connection, name)
