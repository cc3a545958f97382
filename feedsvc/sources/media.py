"""The files beside a folder's articles: the pictures, sound and films that the web hands out.

Knows which files strangers may have; hides the file system. Whatever is asked for, nothing
outside the folder is found.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from feedsvc import addresses, media_types
from feedsvc.model import SourceName

_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # in no name that a header could carry


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that is handed out; ``size`` in bytes."""

    path: Path
    media_type: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class MediaFolder:
    """What lies in the folder of a source. ``path`` is as configured, relative to ``base`` as origins are."""

    source: SourceName
    base: Path
    path: str

    def find(self, name: str) -> MediaFile | None:
        """Return the file of that name, relative to the folder; None if there is none that is handed out.

        It is one with an ending of a picture, sound or film, and inside the folder once links are followed. Hidden
        files and folders are none of ours.
        """
        parts = name.split("/")
        if media_type_of(name) is None or _UNSPEAKABLE.search(name):
            return None
        if any(not part or part.startswith(".") for part in parts):
            return None
        try:
            root = (self.base / self.path).resolve(strict=True)
            file = root.joinpath(*parts).resolve(strict=True)
            media_type = media_type_of(file.name)
            if not file.is_relative_to(root) or media_type is None or not file.is_file():
                return None
            state = file.stat()
        except (OSError, ValueError, RuntimeError):  # not there, forbidden, too long; links in a circle
            return None
        return MediaFile(file, media_type, state.st_size, state.st_mtime_ns)

    def names(self) -> Iterator[str]:
        """Yield the name of every file that may be handed out; :meth:`find` has the last word."""
        root = self.base / self.path
        for folder, inner, files in os.walk(root):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            within = Path(folder).relative_to(root)
            yield from ((within / name).as_posix() for name in sorted(files) if media_type_of(name))

    def name(self, written: str, origin: str) -> str | None:
        """Return the name, relative to the folder, of what the file ``origin`` calls ``written``; None if outside.

        One that begins with ``/`` starts from the folder itself.
        """
        here = posixpath.dirname(posixpath.relpath(self.base / origin, self.base / self.path))
        named = posixpath.normpath(posixpath.join(here, written) if not written.startswith("/") else written[1:])
        return None if named.startswith("../") or named == ".." else named

    def address(self, name: str) -> str:
        """Return where the web hands out the file of that name: a path under the site's address."""
        return addresses.media_path(self.source, name)


def media_type_of(name: str) -> str | None:
    """Return the media type of a file that is handed out, by its ending; None for any other."""
    media_type = media_types.of_file(name)
    return media_type if media_type and media_types.is_media(media_type) else None
