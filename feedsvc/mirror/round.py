"""One round of writing a mirror: everything, or what the articles touch that have changed since the last one.

Knows what to ask again after a change, and what a refusal of the web means for the file; hides how files are written.
"""

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from feedsvc import addresses
from feedsvc.addresses import ARCHIVE, ArchivePage
from feedsvc.mirror.asking import ask
from feedsvc.mirror.files import ENDINGS, Files
from feedsvc.mirror.ledger import Ledger
from feedsvc.mirror.names import file_of, mark_of
from feedsvc.model import FeedName, Format, SourceName
from feedsvc.service import Service
from feedsvc.service.surface import Shown
from feedsvc.text import digest

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_SHEETS = ("/static/style.css", "/static/feed.css")
_ENTRANCES = ("/", "/feeds/", ARCHIVE)
_LISTS = ("/feeds.opml", "/news-sitemap.xml", "/robots.txt", "/.well-known/host-meta", "/.well-known/host-meta.json")
# What the web says to whoever asks for what is not there. The addresses themselves are none of ours.
_MISSING, _RETRACTED = "/404.html", "/410.html"
_NEXT = re.compile(rb'<link rel="next" href="([^"]+)"')
# Whoever has read a feed lately goes on from its window to a page of history that is not named any more.
_PARTIAL_KEPT_S = 3600


class Stopped(Exception):
    """The process is to end."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What one round has done: how many files were written, were right already, were taken away.

    ``refused`` are addresses that the web could not answer just now; what was there stays, and they are asked again.
    """

    written: int
    unchanged: int
    removed: int
    refused: tuple[str, ...] = ()


@dataclass(slots=True)
class _Touched:
    """What the changed articles touch: feeds by the arrivals in them, the pages that name them, and so on.

    ``edited``: not all of them are new.
    """

    pages: dict[str, None] = field(default_factory=dict)
    arrivals: set[int] = field(default_factory=set)
    feeds: dict[FeedName, set[int]] = field(default_factory=lambda: defaultdict(set))
    months: set[str] = field(default_factory=set)
    sources: set[SourceName] = field(default_factory=set)
    edited: bool = False


class Round:
    """One round; used once. ``advance`` is told of each address that is asked."""

    def __init__(
        self,
        service: Service,
        web: "WSGIApplication",
        ledger: Ledger,
        files: Files,
        advance: Callable[[int], None],
        stopping: Callable[[], bool],
    ) -> None:
        self._service = service
        self._surface = service.surface
        self._web = web
        self._ledger = ledger
        self._files = files
        self._advance = advance
        self._stopping = stopping
        self._number = int(ledger.note("round") or 0) + 1
        self._refused: list[str] = []
        self._written = self._unchanged = self._removed = 0

    def write(self) -> Counts:
        """Write what has to be written, and note how far the store had come before.

        Raises:
            Stopped: the process is to end; nothing is noted.
        """
        number, documents = self._surface.number(), self._surface.documents()
        settings = digest(self._surface.settings, *(digest(ask(self._web, sheet).body) for sheet in _SHEETS))
        whole = self._ledger.note("settings") != settings
        before = self._ledger.note("refused").split()
        news = self._ledger.news(documents)
        # First what most people look at.
        self._put(*(documents if whole else news), *_ENTRANCES)
        touched = self._articles(0 if whole else int(self._ledger.note("number")), whole=whole)
        if whole:
            self._put(*_SHEETS, _MISSING)
            for name in self._surface.feeds():
                self._feed(name, None, edited=True)
            self._media(None)
        else:
            self._put(*before)
            for name, arrivals in touched.feeds.items():
                self._feed(name, arrivals, edited=touched.edited)
            self._media(touched.sources)
        self._months(touched.months)
        self._put(*_LISTS)
        if whole or touched.arrivals:
            self._put(*self._service.lists.sitemap_paths(None if whole else touched.arrivals))
        if whole:
            for file in self._ledger.files(before=self._number):
                self._remove(file)
        notes = {"settings": settings, "number": number, "round": self._number, "refused": " ".join(self._refused)}
        for note, value in notes.items():
            self._ledger.put_note(note, value)
        return Counts(self._written, self._unchanged, self._removed, tuple(self._refused))

    # --- what there is to write ---

    def _articles(self, since: int, *, whole: bool) -> _Touched:
        touched = _Touched()
        for some in self._surface.changed(since):
            for shown in some:
                self._put(shown.path)
                stood = self._ledger.stood(shown.id)
                self._ledger.put_stood(shown.id, shown.feeds)
                touched.months.add(shown.month)
                if not whole:  # otherwise all is written, and nobody need remember a million of them
                    _touch(touched, shown, stood)
        self._put(*touched.pages)
        return touched

    def _feed(self, name: FeedName, arrivals: set[int] | None, *, edited: bool) -> None:
        """Write a feed, its page and its history: all of it, or what changes when these arrivals do."""
        if arrivals is not None and 0 in arrivals:
            arrivals = None  # an article has gone back under an embargo: nobody knows where it stood
        if not self._surface.configured(name):
            self._put(*(addresses.path(name, format) for format in Format))
        if (page := self._surface.page(name)) is not None:
            self._put(page)

        def known(page: ArchivePage) -> bool:
            return self._ledger.has_file(file_of(addresses.path(name, Format.RSS, page)))

        pages = self._surface.archive(name, arrivals, known)
        paths = [addresses.path(name, format, page) for page in pages for format in Format]
        self._put(*paths)
        current = set(map(file_of, paths))
        for file in self._ledger.files(below=f"feeds/{name}/archive/"):
            if file in current:
                continue
            if "~" not in file:
                if arrivals is None:
                    self._put(f"/{file}")  # no walk leads there yet, or any more
            elif edited or self._files.age_s(file) > _PARTIAL_KEPT_S:
                self._remove(file)

    def _months(self, months: set[str]) -> None:
        """Write the pages of months; where one has come or gone, those that name it too."""
        before = {month for month in months if self._ledger.has_file(file_of(month))}
        for month in sorted(months):
            self._month(month)
        if before != {month for month in months if self._ledger.has_file(file_of(month))}:
            pages = (name for name in self._ledger.files(below=ARCHIVE[1:]) if re.search(r"/\d+\.html$", name))
            for month in sorted({f"/{name.removesuffix('.html')}" for name in pages} - months):
                self._month(month)

    def _month(self, month: str) -> None:
        parts = {file_of(part) for part in self._put_parts(month)}
        for name in self._ledger.files(below=f"{month[1:]}@"):
            if name not in parts:
                self._remove(name)

    def _put_parts(self, page: str) -> Iterable[str]:
        following: str | None = page
        while following:
            yield following
            body = self._ask(following)
            found = _NEXT.search(body or b"")
            following = f"{page}?{html.unescape(found[1].decode()).partition('?')[2]}" if found else None

    def _media(self, sources: set[SourceName] | None) -> None:
        there: set[str] = set()
        for path, file in self._surface.media(sources):
            name = file_of(path)
            self._count(changed=self._files.copy(name, file.path, file.size, file.mtime_ns))
            self._ledger.put_file(name, self._number)
            there.add(name)
        for source in sources or ():
            for name in self._ledger.files(below=f"media/{source}/"):
                if name not in there:
                    self._remove(name)

    # --- one address ---

    def _put(self, *asked: str) -> None:
        for address in asked:
            self._ask(address)

    def _ask(self, address: str) -> bytes | None:
        """Ask the web for an address and write what it says; return the body of what is there."""
        if self._stopping():
            raise Stopped
        self._advance(1)
        reply, name = ask(self._web, address), file_of(address)
        if reply.status is HTTPStatus.OK or (address, reply.status) == (_MISSING, HTTPStatus.NOT_FOUND):
            self._write(name, reply.body, lambda: self._forms(address, reply.body))
            if name.startswith("articles/"):
                self._remove(mark_of(address))
            return reply.body
        if reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._remove(name)
            if reply.status is HTTPStatus.GONE:
                self._write(mark_of(address), b"", dict)
                self._write(file_of(_RETRACTED), reply.body, dict)
            return None
        self._refused.append(address)
        if self._ledger.has_file(name):
            self._ledger.put_file(name, self._number)
        return None

    def _forms(self, address: str, body: bytes) -> Mapping[str, bytes]:
        """Return the compressed forms that the web has ready, and what it has not."""
        if address == _MISSING:
            return {}
        import zstandard  # noqa: PLC0415 - costs 20 ms, and only a changed file needs it

        forms = {"zstd": zstandard.ZstdCompressor(level=3).compress(body)}
        for coding in ENDINGS:
            reply = ask(self._web, address, coding)
            if reply.headers.get("content-encoding") == coding:
                forms[coding] = reply.body
        return {coding: form for coding, form in forms.items() if len(form) < len(body)}

    def _write(self, name: str, body: bytes, forms: Callable[[], Mapping[str, bytes]]) -> None:
        self._count(changed=self._files.write(name, body, forms))
        self._ledger.put_file(name, self._number)

    def _remove(self, name: str) -> None:
        self._removed += self._files.remove(name)
        self._ledger.forget_file(name)

    def _count(self, *, changed: bool) -> None:
        self._written += changed
        self._unchanged += not changed


def _touch(touched: _Touched, shown: Shown, stood: tuple[FeedName, ...] | None) -> None:
    touched.edited = touched.edited or stood is not None
    touched.pages |= dict.fromkeys(shown.named_at)
    touched.sources.add(shown.source)
    touched.arrivals.add(shown.arrival)
    for name in {*shown.feeds, *(stood or ())}:
        touched.feeds[name].add(shown.arrival)
