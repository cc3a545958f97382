"""The production server: web workers and, beside them, the scheduled work, under one parent.

Knows nothing of what is served; hides Granian, processes and sockets.
"""

from feedsvc.server.listening import listenable
from feedsvc.server.processes import run, serve

__all__ = ["listenable", "run", "serve"]
