"""Where the addresses lead that a file of a folder names: to files beside it, to the site, or elsewhere.

Knows how addresses are written in Markdown, HTML and front matter, and what is said of those that lead nowhere; hides
how files are found.
"""

import posixpath
import re
from urllib.parse import unquote

from feedsvc import addresses, markup, text
from feedsvc.model import Complaint, Enclosure
from feedsvc.sources.media import MediaFolder, media_type_of

MOST_NAMED = 500  # each costs a look at the disk
_MOST_SHOWN = 200
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


class Companions:
    """Where the addresses lead that one file of a folder names; ``complaints`` tells of those that lead nowhere.

    Without a folder to look into, what is relative leads nowhere, and nothing is said of it.
    """

    def __init__(self, folder: MediaFolder | None, origin: str, written: str) -> None:
        self._folder = folder
        self._origin = origin
        self._written = written
        self._known: dict[str, Enclosure | None] = {}
        self.complaints: list[Complaint] = []

    def address(self, written: str, _base: str | None = None) -> str | None:
        """Return the address that is meant: absolute, or a path under that of the site."""
        written = written.strip()
        if _SCHEME.match(written):
            return markup.absolute(written, "https:")
        if beside := self.beside(written):
            return beside.url
        # The site may have more at its address than we hand out.
        return addresses.own_path(written)

    def beside(self, written: str) -> Enclosure | None:
        """Return the file beside this one that is meant, by its address, with its length."""
        path = unquote(re.split(r"[?#]", written, maxsplit=1)[0])
        if self._folder is None or not path or _SCHEME.match(written):
            return None
        if path not in self._known and len(self._known) < MOST_NAMED:
            self._known[path] = self._look(self._folder, path)
        return self._known.get(path)

    def _look(self, folder: MediaFolder, path: str) -> Enclosure | None:
        name = folder.name(path, self._origin)
        found = folder.find(name) if name else None
        if name and found:
            return Enclosure(folder.address(name), found.media_type, found.size)
        if path.startswith("/"):
            return None
        if media_type_of(path) is None:
            self._complain(path, "is not handed out: of the files beside articles, only pictures, sound and films are")
        else:
            self._complain(path, "is not there; put it beside this file, or correct its name")
        return None

    def _complain(self, path: str, what: str) -> None:
        place = next(
            (at for at in (self._written.find(path), self._written.find(posixpath.basename(path))) if at >= 0), 0
        )
        line = self._written.count("\n", 0, place) + 1
        shown = markup.cut(text.one_line(path), _MOST_SHOWN)
        self.complaints.append(Complaint(f"{self._origin}:{line}", f"{shown} {what}"))
