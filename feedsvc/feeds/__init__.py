"""Selection rendered: a window of articles becomes the documents of a feed.

Knows RSS 2.0, Atom 1.0 and JSON Feed 1.1; hides how they are written. Nothing here reads a clock, a file or the store:
the same articles, feed and site give the same bytes on every machine.
"""

from feedsvc.addresses import address, path, permalink
from feedsvc.feeds import stylesheet
from feedsvc.feeds.document import change_number, document
from feedsvc.feeds.gate import check
from feedsvc.feeds.rendering import Rendering, render

__all__ = ["Rendering", "address", "change_number", "check", "document", "path", "permalink", "render", "stylesheet"]
