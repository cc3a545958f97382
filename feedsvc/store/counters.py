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
# In words, as SQLAlchemy spells a list anew each time.
_GROW_BOTH = text(
    "UPDATE counter SET value = value + CASE name WHEN 'change' THEN 1 ELSE :arriving END"
    " WHERE name IN ('change', 'arrival') RETURNING name, value"
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
    first = {CHANGE: 1, ARRIVAL: arriving}
    grown = {row.name: row.value for row in connection.execute(_GROW_BOTH, {"arriving": arriving})}
    for name in first.keys() - grown:
        connection.execute(insert(counter).values(name=name, value=first[name]))
    numbers = first | grown
    return numbers[CHANGE], numbers[ARRIVAL]
