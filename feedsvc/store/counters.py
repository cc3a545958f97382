"""The numbers that only grow: one row each, written under the writer's lock, so they grow in the order of commits."""

from sqlalchemy import Connection, bindparam, insert, select, text, update

from feedsvc.store.tables import counter

CHANGE = "change"
ARRIVAL = "arrival"
PUBLICATION = "publication"

# Made once: every look of every worker at the store begins with one of them.
_READ = select(counter.c.value).where(counter.c.name == bindparam("which"))
_GROW = update(counter).where(counter.c.name == bindparam("which")).values(value=counter.c.value + bindparam("by"))
_ADVANCE = _GROW.returning(counter.c.value)
_READ_BOTH = select(counter.c.name, counter.c.value).where(counter.c.name.in_([CHANGE, ARRIVAL]))
# A row at a time, and without RETURNING: before it changes several rows, or returns one, SQLite marks a place to return
# to, and FTS5 then writes out what words it has collected, at every batch of a large import.
_SET = text(
    "INSERT INTO counter (name, value) VALUES (:which, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def read(connection: Connection, name: str) -> int:
    return connection.execute(_READ, {"which": name}).scalar() or 0


def advance(connection: Connection, name: str, by: int = 1) -> int:
    """Add ``by`` and return the new number."""
    grown = connection.execute(_ADVANCE, {"which": name, "by": by}).scalar()
    if grown is not None:
        return int(grown)
    connection.execute(insert(counter).values(name=name, value=by))
    return by


def advance_articles(connection: Connection, arriving: int) -> tuple[int, int]:
    """Add one to the change number and ``arriving`` to that of arrivals; return both."""
    before = {row.name: row.value for row in connection.execute(_READ_BOTH)}
    change, arrival = before.get(CHANGE, 0) + 1, before.get(ARRIVAL, 0) + arriving
    connection.execute(_SET, [{"which": CHANGE, "value": change}, {"which": ARRIVAL, "value": arrival}])
    return change, arrival
