"""One round of writing a mirror: everything, or what the articles touch that have changed since the last one.

Knows what to ask again after a change, and what a refusal of the web means for the file; hides how files are written.
"""

import html
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import dropwhile, islice
from typing import TYPE_CHECKING

from feedsvc import addresses
from feedsvc.addresses import ARCHIVE, ArchivePage
from feedsvc.mirror.asking import ask
from feedsvc.mirror.files import ENDINGS, Files
from feedsvc.mirror.ledger import Ledger
from feedsvc.mirror.names import file_of, mark_of
from feedsvc.model import ArticleId, FeedName, Format, SourceName
from feedsvc.service import Service
from feedsvc.service.surface import Shown
from feedsvc.text import digest

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_SHEETS = ("/static/style.css", "/static/feed.css")
_FEEDS_PAGE = "/feeds/"
_ENTRANCES = ("/", ARCHIVE)
_LISTS = ("/feeds.opml", "/news-sitemap.xml", "/robots.txt", "/.well-known/host-meta", "/.well-known/host-meta.json")
# What the web says to whoever asks for what is not there. The addresses themselves are none of ours.
_MISSING, _RETRACTED = "/404.html", "/410.html"
_NEXT = re.compile(rb'<link rel="next" href="([^"]+)"')
# Whoever has read a feed lately goes on from its window to a page of history that is not named any more.
_PARTIAL_KEPT_S = 3600
_FEEDS = "feeds"
_KEPT_AFTER_FEEDS = 20


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
        self._settings = digest(self._surface.settings, *(digest(ask(web, sheet).body) for sheet in _SHEETS))
        self._refused: list[str] = []
        self._written = self._unchanged = self._removed = 0

    def write(self) -> Counts:
        """Write what has to be written, and note how far the store had come before.

        Raises:
            Stopped: the process is to end; what was written of everything is noted, of a change nothing.
        """
        if self._ledger.note("settings") == self._settings:
            self._write_changes()
        else:
            began = self._begun()
            try:
                self._write_all()
            finally:
                self._ledger.keep()  # what was written is ours, whatever came in between
            self._note(settings=self._settings, number=began, round=self._number, begun="", reached="", months="")
        self._note(refused=" ".join(self._refused))
        return Counts(self._written, self._unchanged, self._removed, tuple(self._refused))

    def _write_changes(self) -> None:
        number, since = self._surface.number(), int(self._ledger.note("number"))
        before = self._ledger.note("refused").split()
        # First what most people look at.
        self._put(*self._ledger.news(self._surface.documents()), *_ENTRANCES, _FEEDS_PAGE)
        touched = _Touched()
        for some in self._surface.changed(since):
            self._put(*(shown.path for shown in some))
            for shown in some:
                _touch(touched, shown, self._ledger.stood(shown.id), self._surface.named_at(shown.id))
                self._ledger.put_stood(shown.id, shown.feeds)
        self._put(*touched.pages)
        self._put(*before)
        for name, arrivals in touched.feeds.items():
            self._feed(name, arrivals, edited=touched.edited)
        self._media(touched.sources)
        self._months(touched.months)
        self._put(*_LISTS)
        if touched.arrivals:
            self._put(*self._service.lists.sitemap_paths(touched.arrivals))
        self._note(number=number, round=self._number)

    # --- everything, from where an earlier process may have left off ---

    def _begun(self) -> int:
        """Return how far the store had come when somebody began to write everything: this round goes on with that one.

        Nothing is noted of what has changed since then: the next round writes that.
        """
        settings, _, number = self._ledger.note("begun").partition(" ")
        if settings == self._settings:
            self._refused = self._ledger.note("refused").split()
            return int(number)
        # What another round has left half-done must not pass for what this one has written.
        now, self._number = self._surface.number(), self._number + bool(settings)
        self._note(begun=f"{self._settings} {now}", round=self._number - 1, reached="", months="", refused="")
        return now

    def _write_all(self) -> None:
        documents = self._surface.documents()
        self._ledger.news(documents)
        self._put(*documents, *_ENTRANCES, *_SHEETS, _MISSING)
        deque(self._put_parts(_FEEDS_PAGE), maxlen=0)  # the further ones change with the settings alone
        self._all_articles()
        self._all_feeds()
        self._media(None)
        self._months(set(self._ledger.note("months").split()))
        self._put(*_LISTS, *self._service.lists.sitemap_paths())
        for file in self._ledger.files(before=self._number):
            self._remove(file)

    def _all_articles(self) -> None:
        months = set(self._ledger.note("months").split())
        reached, _, last = self._ledger.note("reached").partition(" ")
        if reached == _FEEDS:
            return
        for some in self._surface.changed(int(reached or 0), ArticleId(last) if last else None):
            with self._service.public.still():
                self._put(*(shown.path for shown in some))
            for shown in some:
                self._ledger.put_stood(shown.id, shown.feeds)
                months.add(shown.month)
            self._reached(f"{some[-1].changed} {some[-1].id}", months=" ".join(sorted(months)))

    def _all_feeds(self) -> None:
        reached, _, last = self._ledger.note("reached").partition(" ")
        names = self._surface.feeds()
        if reached == _FEEDS:
            names = islice(dropwhile(lambda name: name != last, names), 1, None)
        for at, name in enumerate(names):
            self._feed(name, None, edited=True)
            if at % _KEPT_AFTER_FEEDS == 0:
                self._reached(f"{_FEEDS} {name}")

    def _reached(self, place: str, **notes: str) -> None:
        self._note(reached=place, refused=" ".join(self._refused), **notes)
        self._ledger.keep()

    def _note(self, **notes: object) -> None:
        for name, value in notes.items():
            self._ledger.put_note(name, value)

    # --- what there is to write ---

    def _feed(self, name: FeedName, arrivals: set[int] | None, *, edited: bool) -> None:
        """Write a feed, its page and its history: all of it, or what changes when these arrivals do."""
        with self._service.public.still():
            self._feed_as_it_is(name, arrivals, edited=edited)

    def _feed_as_it_is(self, name: FeedName, arrivals: set[int] | None, *, edited: bool) -> None:
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
            if name.startswith("articles/") and self._ledger.has_file(mark := mark_of(address)):
                self._remove(mark)
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


def _touch(touched: _Touched, shown: Shown, stood: tuple[FeedName, ...] | None, named_at: Iterable[str]) -> None:
    touched.edited = touched.edited or stood is not None
    touched.pages |= dict.fromkeys(named_at)
    touched.months.add(shown.month)
    touched.sources.add(shown.source)
    touched.arrivals.add(shown.arrival)
    for name in {*shown.feeds, *(stood or ())}:
        touched.feeds[name].add(shown.arrival)
