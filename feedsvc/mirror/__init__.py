"""The mirror: the public web as files in a folder, for nginx or its like to hand out.

Knows how addresses become files and which of them to write again; hides that each is asked of the web itself, and
how many do that.
"""

from feedsvc.mirror.helping import help_writing
from feedsvc.mirror.mirror import Mirror
from feedsvc.mirror.round import Counts

__all__ = ["Counts", "Mirror", "help_writing"]
