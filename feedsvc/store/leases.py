"""Who may do a piece of work now: ten machines with one config read each source once."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, text

from feedsvc.store.tables import Instant, lease

# The same words on both databases, which SQLAlchemy spells by two dialects.
_CLAIM = text(
    "INSERT INTO lease (name, holder, expires) VALUES (:name, :holder, :expires)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires"
    " WHERE lease.expires <= :now OR lease.holder = excluded.holder"
).bindparams(bindparam("expires", type_=Instant), bindparam("now", type_=Instant))
_RELEASE = delete(lease).where(lease.c.name == bindparam("which"), lease.c.holder == bindparam("whose"))


class Leases:
    """Claims on names. Only a transaction that writes can claim, and those come one by one, so a claim is atomic."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, name: str, holder: str, now: datetime, ttl_s: float) -> bool:
        """Take the name until ``now`` + ``ttl_s``; False when another holder's claim has not expired."""
        claimed = {"name": name, "holder": holder, "expires": now + timedelta(seconds=ttl_s), "now": now}
        return self._connection.execute(_CLAIM, claimed).rowcount > 0

    def release(self, name: str, holder: str) -> None:
        """Give the name back; without effect when another one holds it by now."""
        self._connection.execute(_RELEASE, {"which": name, "whose": holder})
