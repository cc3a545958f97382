"""One round of writing a mirror: everything, or what the articles touch that have changed since the last one.

Knows what to write again after a change, and what to note of it; hides who writes.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import dropwhile, groupby, islice
from operator import itemgetter
from typing import TypeAlias

from feedsvc import addresses
from feedsvc.addresses import ARCHIVE, ArchivePage
from feedsvc.mirror.files import Files
from feedsvc.mirror.hand import MISSING, Deed, Done, Errand, Hands
from feedsvc.mirror.ledger import Ledger
from feedsvc.mirror.names import file_of, mark_beside
from feedsvc.model import ArticleId, FeedName, Format, SourceName
from feedsvc.service import Service
from feedsvc.service.surface import Shown

SHEETS = ("/static/style.css", "/static/feed.css")
_FEEDS_PAGE = "/feeds/"
_ENTRANCES = ("/", ARCHIVE)
_LISTS = ("/feeds.opml", "/news-sitemap.xml", "/robots.txt", "/.well-known/host-meta", "/.well-known/host-meta.json")
# Whoever has read a feed lately goes on from its window to a page of history that is not named any more.
_PARTIAL_KEPT_S = 3600
_FEEDS = "feeds"
_KEPT_AFTER_FEEDS = 20
# Addresses of a feed that are written as they stand at one moment: all, but those of a long history.
_AT_ONCE = 60
# Fewer articles are written by the time that a process has started and learnt how.
_WORTH_HELP = 1_000

# Who writes when there is much to do, until the block ends.
Helpers: TypeAlias = Callable[[], AbstractContextManager[Hands]]


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
    """One round; used once. ``hand`` does what little there is, those that ``helpers`` gives what is much.

    ``settings`` tell all that decides what is written but the articles; ``stopping`` is asked, and ``advance`` told of
    each address that was written.
    """

    def __init__(
        self,
        service: Service,
        settings: str,
        hand: Hands,
        helpers: Helpers | None,
        ledger: Ledger,
        files: Files,
    ) -> None:
        self._service = service
        self._surface = service.surface
        self._settings = settings
        self._hands = hand
        self._helpers = helpers
        self._ledger = ledger
        self._files = files
        self._number = int(ledger.note("round") or 0) + 1
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
                with self._all_hands() as self._hands:
                    self._write_all()
            finally:
                self._ledger.keep()  # what was written is ours, whatever came in between
            self._note(settings=self._settings, number=began, round=self._number, begun="", reached="", months="")
        self._note(refused=" ".join(self._refused))
        return Counts(self._written, self._unchanged, self._removed, tuple(self._refused))

    def _all_hands(self) -> AbstractContextManager[Hands]:
        much = self._helpers is not None and self._service.desk.count() >= _WORTH_HELP
        return self._helpers() if self._helpers and much else nullcontext(self._hands)

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
        self._put(*documents, *_ENTRANCES, *SHEETS, MISSING)
        self._put(_FEEDS_PAGE, follow=True)  # the further ones change with the settings alone
        self._all_articles()
        self._all_feeds()
        self._media(None)
        self._months(set(self._ledger.note("months").split()))
        lists = (*_LISTS, *self._service.lists.sitemap_paths())
        for _, done in self._hands.each((path, Errand((path,))) for path in lists):
            self._noted(done)
        for file in self._ledger.files(before=self._number):
            self._remove(file)

    def _all_articles(self) -> None:
        months = set(self._ledger.note("months").split())
        reached, _, last = self._ledger.note("reached").partition(" ")
        if reached == _FEEDS:
            return
        changed = self._surface.changed(int(reached or 0), ArticleId(last) if last else None)
        for some, done in self._hands.each((some, Errand(tuple(shown.path for shown in some))) for some in changed):
            self._noted(done)
            for shown in some:
                self._ledger.put_stood(shown.id, shown.feeds)
                months.add(shown.month)
            self._reached(f"{some[-1].changed} {some[-1].id}", months=" ".join(sorted(months)))

    def _all_feeds(self) -> None:
        reached, _, last = self._ledger.note("reached").partition(" ")
        names = self._surface.feeds()
        if reached == _FEEDS:
            names = islice(dropwhile(lambda name: name != last, names), 1, None)
        parts = self._hands.each((name, part) for name in names for part in self._parts(name, None))
        for at, (name, done) in enumerate(groupby(parts, key=itemgetter(0))):
            self._clear(name, {file for _, each in done for file in self._noted(each)}, whole=True, edited=True)
            if at % _KEPT_AFTER_FEEDS == 0:
                self._reached(f"{_FEEDS} {name}")

    def _reached(self, place: str, **notes: str) -> None:
        self._note(reached=place, refused=" ".join(self._refused), **notes)
        self._ledger.keep()

    def _note(self, **notes: object) -> None:
        for name, value in notes.items():
            self._ledger.put_note(name, value)

    # --- what there is to write ---

    def _feed(self, name: FeedName, arrivals: set[int], *, edited: bool) -> None:
        """Write a feed, its page and its history, as far as they change when these arrivals do."""
        some = None if 0 in arrivals else arrivals  # 0: one is under an embargo again, nobody knows where it stood
        with self._service.public.still():
            parts = self._hands.each((name, part) for part in self._parts(name, some))
            self._clear(name, {f for _, done in parts for f in self._noted(done)}, whole=some is None, edited=edited)

    def _parts(self, name: FeedName, arrivals: set[int] | None) -> Iterator[Errand]:
        """Yield what is to be written of a feed: all of it, or what changes when these arrivals do."""

        def known(page: ArchivePage) -> bool:
            return self._ledger.has_file(file_of(addresses.path(name, Format.RSS, page)))

        paths = [] if self._surface.configured(name) else [addresses.path(name, format) for format in Format]
        if (people := self._surface.page(name)) is not None:
            paths.append(people)
        for page in self._surface.archive(name, arrivals, known):
            if len(paths) > _AT_ONCE:
                yield Errand(tuple(paths))
                paths = []
            paths += (addresses.path(name, format, page) for format in Format)
        yield Errand(tuple(paths))

    def _clear(self, name: FeedName, current: set[str], *, whole: bool, edited: bool) -> None:
        """Take away the pages of a feed's history to which nobody is led any more, and write the others again."""
        for file in self._ledger.files(below=f"feeds/{name}/archive/"):
            if file in current:
                continue
            if "~" not in file:
                if whole:
                    self._put(f"/{file}")  # no walk leads there yet, or any more
            elif edited or self._files.age_s(file) > _PARTIAL_KEPT_S:
                self._remove(file)

    def _months(self, months: set[str]) -> None:
        """Write the pages of months; where one has come or gone, those that name it too."""
        before = {month for month in months if self._ledger.has_file(file_of(month))}
        self._write_months(months)
        if before != {month for month in months if self._ledger.has_file(file_of(month))}:
            pages = (name for name in self._ledger.files(below=ARCHIVE[1:]) if re.search(r"/\d+\.html$", name))
            self._write_months({f"/{name.removesuffix('.html')}" for name in pages} - months)

    def _write_months(self, months: set[str]) -> None:
        errands = ((month, Errand((month,), follow=True)) for month in sorted(months))
        for month, done in self._hands.each(errands):
            current = self._noted(done)
            for name in self._ledger.files(below=f"{month[1:]}@"):
                if name not in current:
                    self._remove(name)

    def _media(self, sources: set[SourceName] | None) -> None:
        there: set[str] = set()
        for path, file in self._surface.media(sources):
            name = file_of(path)
            changed = self._files.copy(name, file.path, file.size, file.mtime_ns)
            self._note_deed(name, Deed.WRITTEN if changed else Deed.UNCHANGED)
            there.add(name)
        for source in sources or ():
            for name in self._ledger.files(below=f"media/{source}/"):
                if name not in there:
                    self._remove(name)

    # --- what was done ---

    def _put(self, *asked: str, follow: bool = False) -> None:
        for _, done in self._hands.each([(None, Errand(asked, follow=follow))]):
            self._noted(done)

    def _noted(self, done: Iterable[Done]) -> set[str]:
        """Note what was done; return the files of what was asked for."""
        asked = set()
        for each in done:
            asked.add(file_of(each.address))
            for name, deed in each.deeds:
                self._note_deed(name, deed)
            if each.deeds == ():
                self._refused.append(each.address)
                if self._ledger.has_file(name := file_of(each.address)):
                    self._ledger.put_file(name, self._number)
        return asked

    def _note_deed(self, name: str, deed: Deed) -> None:
        self._written += deed is Deed.WRITTEN
        self._unchanged += deed is Deed.UNCHANGED
        self._removed += deed is Deed.REMOVED
        if deed in (Deed.REMOVED, Deed.ABSENT):
            self._ledger.forget_file(name)
            return
        self._ledger.put_file(name, self._number)
        if (mark := mark_beside(name)) and self._ledger.has_file(mark):
            self._remove(mark)

    def _remove(self, name: str) -> None:
        self._removed += self._files.remove(name)
        self._ledger.forget_file(name)


def _touch(touched: _Touched, shown: Shown, stood: tuple[FeedName, ...] | None, named_at: Iterable[str]) -> None:
    touched.edited = touched.edited or stood is not None
    touched.pages |= dict.fromkeys(named_at)
    touched.months.add(shown.month)
    touched.sources.add(shown.source)
    touched.arrivals.add(shown.arrival)
    for name in {*shown.feeds, *(stood or ())}:
        touched.feeds[name].add(shown.arrival)
