"""The only door out: every request that feedsvc makes to somebody else's server.

Knows how to be a polite and a careful guest; hides HTTP, sockets, names and addresses. No protection can be had without
the others: whatever is fetched is screened, limited and asked for patiently.
"""

from feedsvc.outbound.door import Outbound
from feedsvc.outbound.values import Fetched, Measured, Posted, Replied, Send

__all__ = ["Fetched", "Measured", "Outbound", "Posted", "Replied", "Send"]
