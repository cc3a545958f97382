"""One page opened once: its news line by selectors or by detection, and what the page tells programs beside it.

Knows when the structured data of a page is its news line and when it only fills in; hides the order of the steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.model import Listing, Selectors, Snapshot
from feedsvc.sources import dates, words
from feedsvc.sources.html import structured
from feedsvc.sources.html.candidates import Cluster
from feedsvc.sources.html.fields import Parts
from feedsvc.sources.html.layout import Layout, is_within
from feedsvc.sources.html.links import address, base_of
from feedsvc.sources.html.marks import Marks, headline_quality, sign
from feedsvc.sources.html.rows import Group, Row, rows
from feedsvc.sources.html.scoring import Line, best_line, grouped, groups_of, with_structured
from feedsvc.sources.html.selectors import elements, naming, naming_inside, naming_items, select
from feedsvc.sources.html.stated import Clock
from feedsvc.sources.html.tree import Tree, Unreadable, parse
from feedsvc.sources.words import Sign
from feedsvc.text import headline, headline_key
from feedsvc.timestamps import Unknown

__all__ = ["Opened", "Unreadable", "opened"]

_FIELDS = ("title", "link", "time", "section", "image", "author", "summary")
_MOST_TRIED = 24  # selectors for a list, before it is left unnamed
_FEWEST_TOLD = 3  # news in JSON-LD that are a list, when nothing says that they are


def opened(snapshot: Snapshot, *, zone: ZoneInfo, base: str) -> "Opened":
    """Return a page ready to be read.

    Raises:
        Unreadable: it is no HTML, or too large.
    """
    tree = parse(snapshot)
    return Opened(tree, Clock(snapshot.taken_at, zone), base_of(tree.root, base))


@dataclass(frozen=True)
class Opened:
    """A parsed page, and what its times and links count from."""

    tree: Tree
    clock: Clock
    base: str

    @property
    def notes(self) -> tuple[str, ...]:
        return self.tree.notes

    @cached_property
    def layout(self) -> Layout:
        return Layout(self.tree.root)

    @cached_property
    def marks(self) -> Marks:
        return Marks(self.layout)

    @cached_property
    def told(self) -> tuple[Row, ...]:
        """The news that the page tells programs of, in its order."""
        return tuple(filter(None, map(self._told_row, structured.told(self.tree.json_ld))))

    def line(self, selectors: Selectors | None = None) -> Line | None:
        """Return the news line: where selectors say, else where detection finds it."""
        if selectors is not None and (selectors.list or selectors.item):
            return self._enriched(self._selected(selectors))
        found = self._enriched(best_line(self.marks, self.clock, self.base))
        if selectors is not None and found is not None:
            groups = [
                Group(one.parent, tuple(self._item(item, selectors) for item in one.items), one.section)
                for one in found.groups
            ]
            found = self._enriched(replace(found, groups=tuple(groups), rows=tuple(self._rows(groups))))
        return self._or_told(found)

    def _rows(self, groups: Sequence[Group]) -> list[Row]:
        return rows(groups, self.marks, self.clock, self.base)

    # --- structured data ----------------------------------------------------------------------------------------------

    def _enriched(self, found: Line | None) -> Line | None:
        if found is None or not self.told:
            return found
        by_link = {row.link: row for row in reversed(self.told) if row.link}
        by_title = {headline_key(row.title): row for row in reversed(self.told)}
        told = {
            row.link or "": match
            for row in found.rows
            if (match := by_link.get(row.link or "") or by_title.get(headline_key(row.title))) is not None
        }
        return replace(found, rows=tuple(with_structured(found.rows, told)))

    def _or_told(self, found: Line | None) -> Line | None:
        """Return the list in JSON-LD where the page shows none, a part of it, or one without times beside it."""
        told = self.told
        if len(told) < _FEWEST_TOLD:
            return found
        line = Line((), told, 0.0, labelled=True)
        if found is None:
            return line
        keys = {headline_key(row.title) for row in found.rows} | {row.link for row in found.rows}
        shared = sum(headline_key(row.title) in keys or row.link in keys for row in told)
        if shared * 2 >= min(len(told), len(found.rows)):
            return line if len(told) > len(found.rows) and shared >= len(found.rows) else found
        shown_dated = sum(isinstance(row.published, datetime) for row in found.rows)
        told_dated = sum(isinstance(row.published, datetime) for row in told)
        return line if told_dated == len(told) and shown_dated * 2 < len(found.rows) and not found.labelled else found

    def _told_row(self, told: structured.Told) -> Row | None:
        title = headline(told.title or "")
        link = address(told.link, self.base) if told.link else None
        if not title or headline_quality(title) == 0:
            return None
        published = (
            dates.read(told.published, taken_at=self.clock.taken_at, zone=self.clock.zone) if told.published else None
        )
        return Row(
            element=self.tree.root,
            title=title,
            link=link,
            stated=published,
            section=told.section,
            image=address(told.image, self.base) if told.image else None,
            author=told.author,
            summary=told.summary,
            line=None,
            published=published,
        )

    # --- selectors ----------------------------------------------------------------------------------------------------

    def _selected(self, selectors: Selectors) -> Line | None:
        root = self.tree.root
        parents = (
            [one for one in elements(selectors.list, root) if one in self.layout.signature]
            if selectors.list
            else [self.layout.root]
        )
        clusters = []
        taken: set[HtmlElement] = set()
        for parent in parents:
            items = self._items(parent, selectors)
            items = [one for one in items if one in self.layout.signature and not is_within(one, taken)]
            taken.update(items)
            if items:
                clusters.append(Cluster(parent, tuple(items)))
        if not clusters:
            return None
        headings = [around for _, around in groups_of(clusters, self.marks)]
        groups = [
            Group(one.parent, tuple(self._item(item, selectors) for item in one.items), one.section)
            for one in grouped(clusters, headings, self.marks)
        ]
        return Line(tuple(groups), tuple(self._rows(groups)), 0.0, labelled=True)

    def _items(self, parent: HtmlElement, selectors: Selectors) -> list[HtmlElement]:
        if selectors.item:
            found = elements(selectors.item, parent)
            outer = set(found)
            return [one for one in found if not any(up in outer for up in one.iterancestors())]
        return [child for child in parent if child in self.layout.signature]

    def _item(self, item: Parts, selectors: Selectors) -> Parts:
        """Return an item with the fields that selectors name in place of those that its list's form shows."""
        chosen = {name: select(selector, item.element) for name in _FIELDS if (selector := getattr(selectors, name))}
        if not chosen:
            return item
        changed = replace(item)
        for name, found in chosen.items():
            known = [one for one in found if isinstance(one, str) or one in self.layout.signature]
            if name == "time":
                changed.times = tuple(known)
            else:
                setattr(changed, name, known[0] if known else None)
        return changed

    def detected(self) -> Selectors | None:
        """Return selectors that read the page as detection does, None when there are none."""
        found = self.line()
        if found is None or not found.groups:
            return None
        groups = [(group.parent, [item.element for item in group.items]) for group in found.groups]
        items = [item for group in found.groups for item in group.items]
        inner = {name: self._written(name, items) for name in _FIELDS}
        tried = 0
        for container in naming([parent for parent, _ in groups], self.layout):
            for item in naming_items(groups):
                selectors = Selectors(list=container, item=item, **inner)
                again = self.line(selectors)
                if again is not None and _same(again.rows, found.rows):
                    return selectors
                tried += 1
                if tried >= _MOST_TRIED:
                    return None
        return None

    def _written(self, name: str, items: Sequence[Parts]) -> str | None:
        def wanted(item: Parts) -> tuple[HtmlElement, ...]:
            found = item.times if name == "time" else (getattr(item, name),)
            return tuple(one for one in found if one is not None and not isinstance(one, str))

        return naming_inside([(item.element, wanted(item)) for item in items], first=name != "time")

    # --- what there is when there is no list --------------------------------------------------------------------------

    def listing(self, selectors: Selectors | None) -> Listing:
        """Tell an empty list from a missing one: its container is there, or its label."""
        if selectors is not None and selectors.list:
            return Listing.EMPTY if elements(selectors.list, self.tree.root) else Listing.MISSING
        for place, piece in enumerate(self.layout.pieces):
            line = self.marks.texts[place]
            if len(line) > words.LONGEST or piece.owner.tag == "a":
                continue
            kind = sign(line)
            if kind is Sign.LABEL or (kind is Sign.END and words.is_label(words.fold(line))):
                return Listing.EMPTY
        return Listing.MISSING


def _same(some: Sequence[Row], others: Sequence[Row]) -> bool:
    def said(row: Row) -> tuple[object, ...]:
        published = row.published if not isinstance(row.published, Unknown) else None
        return row.title, row.link, published, row.section, row.image, row.author, row.summary

    return [said(row) for row in some] == [said(row) for row in others]
