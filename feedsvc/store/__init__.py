"""The article store: the only place that runs SQL, on SQLite and PostgreSQL through the same code.

Knows tables, indexes, transactions and migrations; hides them behind the values of ``feedsvc.model``.
"""

from feedsvc.store.made import Maker, Numbers
from feedsvc.store.store import Store, Transaction

__all__ = ["Maker", "Numbers", "Store", "Transaction"]
