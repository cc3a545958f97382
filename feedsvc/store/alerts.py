"""Which alerts stand, and whether the admin has been told."""

from sqlalchemy import Connection, delete, insert, select, update

from feedsvc.model import Alert
from feedsvc.store.tables import alert


class Alerts:
    """One row for each alert that stands, or that has ended without anybody having been told of its end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> dict[Alert, str]:
        """Return the alerts with what is still to be told of each: ``raised``, ``cleared`` or nothing."""
        rows = self._connection.execute(select(alert).order_by(alert.c.since, alert.c.name, alert.c.code))
        return {Alert(row.code, row.name, row.since, row.message): row.untold for row in rows}

    def put(self, value: Alert, untold: str) -> None:
        """Keep an alert, in place of the one of the same code and name."""
        same = (alert.c.code == value.code) & (alert.c.name == value.name)
        row = {"since": value.since, "message": value.message, "untold": untold}
        if self._connection.execute(update(alert).where(same).values(row)).rowcount == 0:
            self._connection.execute(insert(alert).values(code=value.code, name=value.name, **row))

    def delete(self, value: Alert) -> None:
        """Forget an alert that is over and told."""
        self._connection.execute(delete(alert).where(alert.c.code == value.code, alert.c.name == value.name))
