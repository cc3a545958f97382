"""WebSub: our own hub, which tells subscribers of new documents, and word to other people's hubs.

Knows W3C WebSub, leases, signatures and patience; hides threads, claims and how many are told at once. What each module
needs is imported when there is work: the web only takes requests.
"""
