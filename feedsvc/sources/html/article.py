"""The page of one article: its headline, time, section, author, picture and text.

Knows what a page says about itself (JSON-LD, OpenGraph, microdata) and when to believe what it shows instead; hides
trafilatura, which finds the text.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree
from lxml.html import HtmlElement

from feedsvc import markup
from feedsvc.model import ArticleSelectors, Complaint, Entry, Snapshot
from feedsvc.sources import dates, words
from feedsvc.sources.html.bylines import is_author, own_authors, person
from feedsvc.sources.html.layout import Layout, names
from feedsvc.sources.html.links import address, base_of, picture
from feedsvc.sources.html.marks import is_update, machine_time, stamp_of, whole_stamp
from feedsvc.sources.html.places import HEADINGS
from feedsvc.sources.html.selectors import InvalidSelector, elements, select
from feedsvc.sources.html.structured import Told, told
from feedsvc.sources.html.tree import Unreadable, parse
from feedsvc.text import headline, headline_key, one_line, plain
from feedsvc.timestamps import Unknown, resolve

_SUFFIX = re.compile(r"\s+[|–—»•·:-]+\s+")
_OPENING = re.compile(r"\s*(?:<div>\s*)*<(h[1-6]|p)>(.*?)</\1>\s*", re.DOTALL)
_NEAR_TITLE = 12  # pieces of text around a headline among which its time stands
_LONGEST_LINE = 60
_FEWEST_LETTERS = 40  # of a body; less is a caption
_MOST_TAGS = 12
# trafilatura's own floor is 250 characters, and takes the whole page for shorter news.
_SHORTEST = "60"

_TIMES = (
    "//meta[@property='article:published_time' or @itemprop='datePublished' or @name='pubdate' or @name='publish-date' "
    "or @name='article:published_time' or @name='DC.date.issued']/@content"
)
_SECTIONS = "//meta[@property='article:section' or @name='article:section' or @itemprop='articleSection']/@content"
_AUTHORS = "//meta[@name='author' or @property='article:author' or @name='article:author']/@content"
_IMAGES = (
    "//meta[@property='og:image' or @property='og:image:url' or @name='twitter:image' or @itemprop='image']/@content"
)
_SUMMARIES = "//meta[@property='og:description' or @name='description' or @name='twitter:description']/@content"
_TITLES = "//meta[@property='og:title' or @name='twitter:title']/@content"
_TAGS = "//meta[@property='article:tag']/@content"


def read_article(
    snapshot: Snapshot, *, zone: ZoneInfo, base: str, selectors: ArticleSelectors | None = None
) -> tuple[Entry | None, tuple[Complaint, ...]]:
    """Return the article that a page is about, its body sanitised and its addresses absolute; None without a headline.

    What the page says to programs wins over what it shows where the two agree; a time is never guessed.
    """
    try:
        return _Article(snapshot, zone, base, selectors or ArticleSelectors()).entry()
    except (Unreadable, InvalidSelector) as problem:
        return None, (Complaint(snapshot.origin, str(problem)),)


class _Article:
    def __init__(self, snapshot: Snapshot, zone: ZoneInfo, base: str, selectors: ArticleSelectors) -> None:
        tree = parse(snapshot)
        self.snapshot, self.zone, self.selectors = snapshot, zone, selectors
        self.root = tree.root
        self.base = base_of(tree.root, base)
        self.own = base or self.base
        self.notes = list(tree.notes)
        self.layout = Layout(tree.root)
        self.told = self._told(tree.json_ld)
        self.heading: HtmlElement | None = None

    def entry(self) -> tuple[Entry | None, tuple[Complaint, ...]]:
        title = self._title()
        if not title:
            self.notes.append("no headline was found on the page")
            return None, self._complaints()
        published = self._published()
        if isinstance(published, Unknown):
            self.notes.append(f"the time is unknown: {published.reason}")
        body = self._body(title)
        if body is None:
            self.notes.append("no text of an article was found on the page")
        entry = Entry(
            title=title,
            published=published if isinstance(published, datetime) else None,
            section=self._section(),
            link=self._link(),
            authors=self._authors(),
            tags=self._tags(),
            summary=self._summary(),
            body=body,
            image=self._image(),
            line=int(self.heading.sourceline) if self.heading is not None and self.heading.sourceline else None,
        )
        return entry, self._complaints()

    def _complaints(self) -> tuple[Complaint, ...]:
        return tuple(Complaint(self.snapshot.origin, note) for note in self.notes)

    # --- what the page says to programs -------------------------------------------------------------------------------

    def _told(self, scripts: tuple[str, ...]) -> Told | None:
        news = [one for one in told(scripts) if not one.listed]
        own = {address(one, self.base) for one in (self.own, *self._metas("//link[@rel='canonical']/@href"))}
        mine = [one for one in news if one.link and address(one.link, self.base) in own]
        return mine[0] if mine else news[0] if len(news) == 1 else None

    def _metas(self, path: str) -> Iterator[str]:
        yield from filter(None, (one_line(str(value)) for value in self.root.xpath(path)))

    def _meta(self, path: str) -> str | None:
        return next(self._metas(path), None)

    def _chosen(self, selector: str | None) -> str | None:
        if selector is None:
            return None
        found = next(iter(select(selector, self.root)), None)
        if found is None or isinstance(found, str):
            return one_line(found) if found else None
        return machine_time(found) or (self.layout.text(found) if found in self.layout.signature else None)

    # --- headline -----------------------------------------------------------------------------------------------------

    def _title(self) -> str | None:
        if self.selectors.title is not None:
            found = next(iter(select(self.selectors.title, self.root)), None)
            if found is not None:
                self.heading = found if not isinstance(found, str) and found in self.layout.signature else None
                return headline(found if isinstance(found, str) else self.layout.text(found)) or None
        claims = [self.told.title] if self.told and self.told.title else []
        claims += list(self._metas(_TITLES)) + list(self._metas("//head/title/text()"))
        shown = [(one, headline(self.layout.text(one))) for one in self._headings()]
        for claim in map(headline, claims):
            for element, text in shown:
                if text and _agree(claim, text):
                    self.heading = element
                    # Claims are cut to fit, or carry the name of the site.
                    return claim if headline_key(claim) == headline_key(text) else text
        firsts = [(one, text) for one, text in shown if one.tag == "h1" and text]
        if len(firsts) == 1:
            self.heading = firsts[0][0]
            return firsts[0][1]
        return next((kept for claim in claims if (kept := headline(_SUFFIX.split(claim)[0]))), None)

    def _headings(self) -> list[HtmlElement]:
        """Return what may be the headline: headings of the first rank, then the others and what is named so."""
        named = [one for one in self.layout.elements if one.get("itemprop") == "headline"]
        ranks = [[one for one in self.layout.elements if one.tag == tag] for tag in ("h1", "h2", "h3")]
        titled = [
            one
            for one in self.layout.elements
            if one.tag not in HEADINGS and one.tag != "a" and {"title", "headline"} & set(names(one))
        ]
        return [*named, *(one for rank in ranks for one in rank), *titled]

    # --- time ---------------------------------------------------------------------------------------------------------

    def _published(self) -> datetime | Unknown | None:
        if self.selectors.time is not None:
            stated = self._chosen(self.selectors.time)
            return self._read(stated) if stated else None
        programmed = [self.told.published if self.told else None, *self._metas(_TIMES)]
        programmed += [machine_time(one) for one in self._near_heading() if not is_update(one)]
        for stated in filter(None, programmed):
            if isinstance(moment := self._read(stated), datetime):
                return moment
        return self._shown_time()

    def _read(self, stated: str) -> datetime | Unknown:
        read = dates.read(stated, taken_at=self.snapshot.taken_at, zone=self.zone)
        if isinstance(read, datetime):
            return read
        stamp = stamp_of(stated)
        return resolve(stamp, taken_at=self.snapshot.taken_at, zone=self.zone) if stamp is not None else read

    def _around(self) -> tuple[int, int]:
        if self.heading is None:
            return 0, 0
        start, end = self.layout.span(self.heading)
        return max(0, start - _NEAR_TITLE // 2), end + _NEAR_TITLE

    def _near_heading(self) -> Iterator[HtmlElement]:
        low, high = self._around()
        for element in self.layout.elements:
            if low <= self.layout.span(element)[0] <= high:
                yield element

    def _shown_time(self) -> datetime | Unknown | None:
        """Return the time that stands at the headline: below it first, and never one without a day."""
        if self.heading is None:
            return None
        start, end = self.layout.span(self.heading)
        low, high = self._around()
        below, above = self.layout.between(end, high), self.layout.between(low, start)[::-1]
        # A page that names its only date "updated" (hAtom) means the publication.
        for piece in sorted((*below, *above), key=lambda piece: is_update(piece.owner)):
            line = one_line(piece.text)
            stamp = stamp_of(line) if len(line) <= _LONGEST_LINE else None
            if stamp is not None and stamp.has_day and (stamp.has_hour or not stamp.before):
                around = self.layout.text(piece.owner)
                if not any(key in words.UPDATE_KEYS for key in map(words.fold, (stamp.before, around.split(":")[0]))):
                    beside = stamp_of(around) if len(around) <= _LONGEST_LINE else None
                    whole = beside if beside is not None and beside.has_day and beside.has_hour else stamp
                    if whole.fault is not None and whole.month_first is not None:
                        whole = whole.month_first  # "11/18/2025" can be nothing else
                    return resolve(whole, taken_at=self.snapshot.taken_at, zone=self.zone)
        return None

    # --- the rest -----------------------------------------------------------------------------------------------------

    def _section(self) -> str | None:
        if self.selectors.section is not None:
            return self._chosen(self.selectors.section)
        said = (self.told.section if self.told else None) or self._meta(_SECTIONS) or self._item("articleSection")
        if said:
            return said
        trails = [one for one in self.layout.elements if "breadcrumb" in " ".join(names(one))]
        steps = [self.layout.text(link) for trail in trails[:1] for link in trail.iter("a")]
        return next((step for step in reversed(steps) if words.is_section(step)), None)

    def _item(self, name: str) -> str | None:
        found = next((one for one in self.layout.elements if one.get("itemprop") == name), None)
        return (one_line(found.get("content") or "") or self.layout.text(found) or None) if found is not None else None

    def _authors(self) -> tuple[str, ...]:
        if self.selectors.author is not None:
            found = (
                one if isinstance(one, str) else self.layout.text(one)
                for one in select(self.selectors.author, self.root)
            )
            return tuple(dict.fromkeys(filter(None, map(one_line, found))))
        site = {headline_key(name) for name in self._metas("//meta[@property='og:site_name']/@content")}
        marked = next((one for one in self.layout.elements if one.get("itemprop") == "author"), None)
        for said in (
            (self.told.author if self.told else None),
            one_line(marked.get("content") or "") or self._byline([marked]) if marked is not None else None,
            self._byline(one for one in self.layout.elements if "author" in (one.get("rel") or "").split()),
            self._meta(_AUTHORS),
            self._byline(one for one in self._near_heading() if is_author(one)),
        ):
            if said and "://" not in said and len(said) <= _LONGEST_LINE and headline_key(said) not in site:
                return (person(said) or said,)
        return ()

    def _byline(self, found: Iterable[HtmlElement]) -> str | None:
        first = next(iter(found), None)
        if first is None:
            return None
        own = own_authors(first, self.layout)
        return person(self.layout.text(own[0] if len(own) == 1 else first))

    def _tags(self) -> tuple[str, ...]:
        linked = [self.layout.text(one) for one in self.layout.elements if one.get("rel") == "tag"]
        return tuple(dict.fromkeys(tag for tag in (*self._metas(_TAGS), *linked) if tag))[:_MOST_TAGS]

    def _summary(self) -> str | None:
        return (self.told.summary if self.told else None) or self._meta(_SUMMARIES)

    def _image(self) -> str | None:
        if self.selectors.image is not None:
            found = next(iter(select(self.selectors.image, self.root)), None)
            if found is None or isinstance(found, str):
                return address(found, self.base) if found else None
            return picture(found if found.tag == "img" else next(found.iter("img"), found), self.base)
        said = (self.told.image if self.told else None) or self._meta(_IMAGES)
        return address(said, self.base) if said else None

    def _link(self) -> str | None:
        canonical = self._meta("//link[@rel='canonical']/@href") or self.own
        return address(canonical, self.base) if canonical else None

    # --- text ---------------------------------------------------------------------------------------------------------

    def _body(self, title: str) -> str | None:
        if self.selectors.without is not None:
            for one in elements(self.selectors.without, self.root):
                if one.getparent() is not None:
                    one.drop_tree()
        if self.selectors.body is not None:
            found = select(self.selectors.body, self.root)
            html = "".join(one if isinstance(one, str) else _markup(one) for one in found)
            return markup.body(html, self.base)
        marked = next((one for one in self.root.iter() if one.get("itemprop") == "articleBody"), None)
        if marked is not None and (body := self._kept(_markup(marked), title)) is not None:
            return body
        return self._kept(self._extracted(), title)

    def _kept(self, html: str, title: str) -> str | None:
        body = markup.body(html, self.base)
        if body is None:
            return None
        body = _without_title(body, title)
        return body if sum(map(len, plain(body))) >= _FEWEST_LETTERS else None

    def _extracted(self) -> str:
        from trafilatura import extract  # noqa: PLC0415 - a third of a second, and only articles need it
        from trafilatura.settings import use_config  # noqa: PLC0415

        config = use_config()
        config.set("DEFAULT", "MIN_EXTRACTED_SIZE", _SHORTEST)
        found = extract(
            deepcopy(self.root),
            url=self.base or None,
            output_format="html",
            include_comments=False,
            include_links=True,
            include_images=True,
            include_formatting=True,
            config=config,
        )
        return found or ""


def _agree(claim: str, shown: str) -> bool:
    one, other = headline_key(claim), headline_key(shown)
    return bool(one and other) and (one.startswith(other) or other.startswith(one)) and min(len(one), len(other)) >= 8


def _markup(element: HtmlElement) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def _without_title(body: str, title: str) -> str:
    """Return a body without the headline and the time at its beginning."""
    while (match := _OPENING.match(body)) is not None:
        line = markup.title_line(match[2])
        if line and headline_key(line) != headline_key(title) and whole_stamp(line) is None:
            break
        body = body[: match.start(1) - 1] + body[match.end() :]
    return body
