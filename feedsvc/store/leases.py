"""Who may do a piece of work now: ten machines with one config read each source once."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from feedsvc.store.tables import lease


class Leases:
    """Claims on names. Only a transaction that writes can claim, and those come one by one, so a claim is atomic."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, name: str, holder: str, now: datetime, ttl_s: float) -> bool:
        """Take the name until ``now`` + ``ttl_s``; False when another holder's claim has not expired."""
        values = {"holder": holder, "expires": now + timedelta(seconds=ttl_s)}
        held = self._connection.execute(select(lease.c.holder, lease.c.expires).where(lease.c.name == name)).first()
        if held is None:
            self._connection.execute(insert(lease).values(name=name, **values))
        elif held.expires <= now or held.holder == holder:
            self._connection.execute(update(lease).where(lease.c.name == name).values(values))
        else:
            return False
        return True

    def release(self, name: str, holder: str) -> None:
        """Give the name back; without effect when another one holds it by now."""
        self._connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
