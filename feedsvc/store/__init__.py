"""The article store: the only place that runs SQL, on SQLite and PostgreSQL through the same code.

Knows tables, indexes, transactions and migrations; hides them behind the values of ``feedsvc.model``.
"""

from feedsvc.store.made import Made, Maker, Numbers
from feedsvc.store.store import Store, Transaction

__all__ = ["Made", "Maker", "Numbers", "Store", "Transaction"]
