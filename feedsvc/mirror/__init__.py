"""The mirror: the public web as files in a folder, for nginx or its like to hand out.

Knows how addresses become files and which of them to write again; hides that each is asked of the web itself.
"""

from feedsvc.mirror.mirror import Mirror
from feedsvc.mirror.round import Counts

__all__ = ["Counts", "Mirror"]
