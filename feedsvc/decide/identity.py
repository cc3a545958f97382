"""Which article an entry is.

Knows identity and matching; hides them from everyone else. ``now``, the articles that could match and the mint of new
ids are given.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from feedsvc.decide.revision import CLOSE, Mint, accept, likeness, take_in
from feedsvc.model import Article, ArticleId, Change, Entry, Harvest, Listing, Reading, SourceName, Verdict
from feedsvc.text import canonical_link, headline_key, is_web_address

# How alike (0..1) a headline must be to one that stood in this list before and is gone now: a rewording passes too.
_REWORDED = 0.4
# A headline that comes again so much later is the next of a daily column.
_DAILY = timedelta(hours=20)
# A site that sets the time anew when it edits a headline does so on the same morning.
_MOVED = timedelta(hours=2)
# RSS readers and validators take nothing older for a date (nor does the web before itself).
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"\d+")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Lookup:
    """What to ask the store for before a harvest can be decided: every article that could match one of its entries."""

    guids: tuple[str, ...]
    links: tuple[str, ...]
    keys: tuple[str, ...]
    stated: tuple[datetime, ...]


def lookup(harvest: Harvest, at_hand: Sequence[Article] = ()) -> Lookup:
    """Return what the harvest's entries could be known by, each without duplicates.

    Entries that one of the articles ``at_hand`` is beyond doubt are left out: of a page read before, nearly all are
    those that stood there.
    """
    guids = {article.source_guid for article in at_hand}
    links = {canonical_link(article.link) for article in at_hand if article.link}
    spelt = {(headline_key(article.title), article.stated) for article in at_hand}

    def is_at_hand(entry: Entry) -> bool:
        if entry.guid:
            return entry.guid in guids
        if link := web_link(entry):
            return canonical_link(link) in links
        return (headline_key(entry.title), _instant(entry.published)) in spelt

    entries = [entry for entry in entries_of(harvest) if not is_at_hand(entry)]
    return Lookup(
        guids=_distinct(entry.guid for entry in entries),
        links=_distinct(canonical_link(link) for entry in entries if (link := web_link(entry))),
        keys=_distinct(headline_key(entry.title) for entry in entries),
        stated=_distinct(_instant(entry.published) for entry in entries),
    )


def decide(
    harvest: Harvest,
    known: Iterable[Article],
    *,
    source: SourceName,
    previous: Reading | None,
    now: datetime,
    mint: Mint,
    section: str | None = None,
    language: str | None = None,
    lists: bool = True,
    settled: Sequence[Change | None] = (),
) -> tuple[Change, ...]:
    """Decide about every entry of a harvest: the page's own article first, then the news line in page order.

    ``known`` are the source's articles that :func:`lookup` names and those of ``previous``, which is what this origin
    showed last, or the source at another one. ``section`` and ``language`` are what the source says of all its
    entries. ``lists`` says whether its pages show a news line: one without may be half a page. Several entries may be
    one article; the last change about it holds the value to store. ``settled`` is what :class:`Again` tells of entries
    that stay as they were: their articles need not be known.

    An entry is a known article by, in this order: the source's own id, the canonical link, the normalised headline
    at the same time (or where one of the two has no time), the same headline whose time was corrected, and last a
    close variant of the headline at the same minute, or within two hours of one that left the list. Two different
    headlines in one list are two articles.
    """
    said = entries_of(harvest)
    settled = settled or (None,) * len(said)
    entries = tuple(known.entry if known else _usable(entry) for entry, known in zip(said, settled, strict=True))
    listing = entries[1:] if harvest.article else entries
    matcher = _Matcher(known, listing, previous, sum(c is not None and c.entry.published is not None for c in settled))
    cut = lists and harvest.listing is not Listing.PRESENT
    changes: list[Change] = []
    for index, (entry, as_before) in enumerate(zip(entries, settled, strict=True)):
        if as_before and as_before.article:
            matcher.pass_by(as_before.article.id)
            changes.append(as_before)
            continue
        own = harvest.article is not None and index == 0
        # Microseconds apart, so that no two share their instant of change and page order survives sorting.
        accepted = now - timedelta(microseconds=index)
        if not headline_key(entry.title):
            changes.append(Change(Verdict.REFUSED, entry, reason="the headline has no letter and no digit"))
            continue
        before = matcher.match(entry, own=own)
        if before is None:
            article = accept(entry, source, accepted, mint, section, language)
            change = Change(Verdict.NEW, entry, article, reason="not known by id, link or headline")
        else:
            change = take_in(before, entry, own=own, again=matcher.is_decided(before), cut=cut, now=accepted)
            article = change.article or before
        matcher.remember(entry, article, own=own)
        changes.append(change)
    return tuple(changes)


def shown(harvest: Harvest, changes: Sequence[Change]) -> tuple[ArticleId | None, tuple[ArticleId, ...]]:
    """Return the article that the page is about, and those of its news line in page order, each once."""
    ids = [change.article.id if change.article else None for change in changes]
    own = ids.pop(0) if harvest.article is not None else None
    return own, _distinct(ids)


class _Matcher:
    """Finds the article that an entry is, among the known ones and those already decided in this harvest."""

    def __init__(
        self, known: Iterable[Article], listing: Sequence[Entry], previous: Reading | None, unmoved: int
    ) -> None:
        self._by_id: dict[ArticleId, Article] = {}
        self._by_guid: dict[str, ArticleId] = {}
        self._by_link: dict[str, ArticleId] = {}
        self._by_key: dict[str, list[ArticleId]] = {}
        self._by_time: dict[datetime, list[ArticleId]] = {}
        self._decided: set[ArticleId] = set()
        self._taken: set[ArticleId] = set()
        self._last: ArticleId | None = None
        self._spoken = {(headline_key(entry.title), entry.published) for entry in listing}
        self._keys = {key for key, _ in self._spoken}
        dated = [entry.published for entry in listing if entry.published]
        self._oldest = min(dated) if dated else None
        self._position = {article: index for index, article in enumerate(previous.listed)} if previous else {}
        self._subject = previous.article if previous else None
        for article in sorted(known, key=lambda a: (a.first_seen, a.id)):
            self._index(article)
        self._shift = self._common_shift(listing, unmoved)

    def match(self, entry: Entry, *, own: bool) -> Article | None:
        found = self._exact(entry) or self._corrected_time(entry, own=own) or self._close(entry, own=own)
        return self._by_id[found] if found else None

    def is_decided(self, article: Article) -> bool:
        """Whether an earlier entry of this harvest was this article."""
        return article.id in self._decided

    def pass_by(self, settled: ArticleId) -> None:
        """Take note of an entry of the list that is settled: nothing else can be its article."""
        self._last = settled

    def remember(self, entry: Entry, article: Article, *, own: bool) -> None:
        """Take note of a decision, so that later entries of the same harvest see it."""
        self._index(article, entry)
        self._decided.add(article.id)
        if not own:
            self._taken.add(article.id)
            self._last = article.id

    def _index(self, article: Article, entry: Entry | None = None) -> None:
        self._by_id[article.id] = article
        for guid in (article.source_guid, entry.guid if entry else None):
            if guid:
                self._by_guid[guid] = article.id
        if article.link:
            self._by_link[canonical_link(article.link)] = article.id
        spelt = {headline_key(entry.title)} if entry else set()
        for key in {headline_key(article.title), *article.aliases, *spelt}:
            ids = self._by_key.setdefault(key, [])
            if article.id not in ids:
                ids.append(article.id)
        if article.stated is not None:
            ids = self._by_time.setdefault(article.stated, [])
            if article.id not in ids:
                ids.append(article.id)

    def _exact(self, entry: Entry) -> ArticleId | None:
        if entry.guid and entry.guid in self._by_guid:
            return self._by_guid[entry.guid]
        if entry.link and (found := self._by_link.get(canonical_link(entry.link))):
            return found
        same_headline = [
            article
            for article in map(self._by_id.__getitem__, reversed(self._by_key.get(headline_key(entry.title), [])))
            if not (entry.link and article.link) and not (entry.guid and article.source_guid)
        ]
        for article in same_headline:
            if entry.published == article.stated:
                return article.id
        for article in same_headline:
            if entry.published is None or article.stated is None:
                return article.id
        return None

    def _corrected_time(self, entry: Entry, *, own: bool) -> ArticleId | None:
        """The same headline at another time is another story (daily rates), unless the old time left the page."""
        if entry.published is None:
            return None
        key = headline_key(entry.title)
        for found in reversed(self._by_key.get(key, [])):
            stated = self._by_id[found].stated
            if stated is None or found in self._taken or (key, stated) in self._spoken:
                continue
            if own and found == self._subject and abs(entry.published - stated) < _DAILY:
                return found
            still_due = self._oldest is not None and stated >= self._oldest
            if found in self._position and (still_due or stated == entry.published - self._shift):
                return found
        return None

    def _common_shift(self, listing: Sequence[Entry], unmoved: int) -> timedelta:
        """How far the whole list has moved since it was last read (the admin mended the time zone): mostly zero.

        ``unmoved`` entries of the list are settled, and have the time they had.
        """
        steps = Counter({timedelta(0): unmoved})
        steps.update(
            entry.published - stated
            for entry in listing
            for found in self._by_key.get(headline_key(entry.title), ())
            if found in self._position and entry.published and (stated := self._by_id[found].stated)
        )
        step, times = steps.most_common(1)[0]
        return step if 2 * times > len(listing) else timedelta(0)

    def _close(self, entry: Entry, *, own: bool) -> ArticleId | None:
        key = headline_key(entry.title)
        best: tuple[float, ArticleId] | None = None
        for found in self._rivals(entry):
            article = self._by_id[found]
            if entry.guid and article.source_guid:
                continue
            rival = headline_key(article.title)
            if found in self._taken or (not own and rival in self._keys):
                continue  # it stands in this list under its own headline: another story
            alike = likeness(key, rival)
            stood_here = found == self._subject if own else found in self._position
            if entry.published is None:
                enough = stood_here and alike >= _REWORDED and (own or self._is_between_neighbours(found))
            elif stood_here and entry.published == article.stated:
                enough = alike >= _REWORDED
            else:
                enough = alike >= CLOSE and _NUMBER.findall(key) == _NUMBER.findall(rival)
            if enough and (best is None or alike > best[0]):
                best = (alike, found)
        return best[1] if best else None

    def _rivals(self, entry: Entry) -> Iterable[ArticleId]:
        stood_here = [found for found in (*self._position, self._subject) if found in self._by_id]
        if entry.published is None:
            return [found for found in stood_here if self._by_id[found].stated is None]
        near = [
            found
            for found in stood_here
            if (stated := self._by_id[found].stated) and abs(entry.published - stated) <= _MOVED
        ]
        return dict.fromkeys((*self._by_time.get(entry.published, ()), *near))

    def _is_between_neighbours(self, found: ArticleId) -> bool:
        """Whether the article stood right behind the one that this list shows just before the entry."""
        before = self._position[found] - 1
        return before == (self._position.get(self._last, -2) if self._last else -1)


def entries_of(harvest: Harvest) -> tuple[Entry, ...]:
    """Return the page's own article, if any, and the entries of its news line."""
    return ((harvest.article,) if harvest.article else ()) + harvest.entries


def _usable(entry: Entry) -> Entry:
    """Return the entry with its time in UTC, and with its link only if that can be opened.

    Python holds an ambiguous local time (the night when clocks go back) equal to no instant of another zone (PEP 495).
    """
    published, link = _instant(entry.published), web_link(entry)
    usable = published is entry.published and link is entry.link
    return entry if usable else replace(entry, published=published, link=link)


def web_link(entry: Entry) -> str | None:
    """Return the link of an entry, if that can be opened."""
    return entry.link if entry.link and is_web_address(entry.link) else None


def _instant(published: datetime | None) -> datetime | None:
    """Return the time in UTC; None for one that no feed can carry."""
    try:
        instant = published.astimezone(UTC) if published else None
    except OverflowError:
        return None
    return instant if instant and instant >= _EPOCH else None


def _distinct(items: Iterable[_T | None]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
