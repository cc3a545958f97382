"""What stands around a list: its heading, and what the page's own names say of its place.

Knows that a heading may be a tab's, that a label may share its line with "All news", and which names give a menu, a
footer or the most-read list away; hides how far up and back it looks.
"""

from dataclasses import dataclass
from enum import Enum, auto

from lxml.html import HtmlElement

from feedsvc.sources import words
from feedsvc.sources.html.layout import Layout, names, spaced, word_set
from feedsvc.sources.html.marks import Marks, sign, stamp_of
from feedsvc.sources.html.places import HEADINGS
from feedsvc.sources.words import Sign

_NEAR = 3  # ancestors of a list whose names speak of it
_LINES = 4  # lines above a list among which its heading is
_NEWS = tuple(
    word_set(
        "lent lenta news latest feed stream xeber haber akis novost novin eidis roi timeline chronolog recent son line "
        "lrahos yangilik today lastnews breaking"
    )
)
_OTHER_STEMS = word_set(
    "popular populyar mostread oxunan okunan trend related similar recommend oxsar benzer menu navbar navig "
    "breadcrumb pagin social share cookie consent weather currency valyut tagcloud comment partner sponsor banner "
    "advert gallery subscribe login opinion multimedia interview carousel podcast interesting seealso readmore "
    "readalso"
)
_OTHER_WORDS = word_set(
    "nav tags cloud top most read pager pages lang langs rates slick swiper slider manset ads ad tv"
)
_FAR = frozenset(("nav", "footer"))
_FAR_STEMS = ("footer", "menu", "navbar", "cookie", "mega", "sitemap")
_RELATIONS = word_set("near with without has no not above below before after")
_HEADED = word_set("title head header heading label caption name baslik başlıq")


class Kind(Enum):
    """What the heading of a list says it is."""

    NEWS = auto()
    OTHER = auto()
    NAMED = auto()  # something else: a section, a topic
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a list; ``section`` is the section it names."""

    kind: Kind
    section: str | None = None


_NO_HEADING = Heading(Kind.NONE)


def heading(parent: HtmlElement, first: HtmlElement, marks: Marks, own: set[int]) -> Heading:
    """Return the heading of a list; ``own`` are the pieces that belong to items of the same structure."""
    layout = marks.layout
    if (told := _told(parent, layout)) is not None:
        return told
    place = layout.span(first)[0] - 1
    for _ in range(_LINES):
        if place < 0 or place in own:
            break
        start = place
        while start > 0 and not layout.pieces[start].breaks and start - 1 not in own:
            start -= 1
        if not _is_menu_entry(layout.pieces[place].owner, parent, layout):
            read = _read(spaced(layout.pieces[start : place + 1]), start, layout)
            if read is not None:
                return read
        place = start - 1
    return _NO_HEADING


def _is_menu_entry(element: HtmlElement, parent: HtmlElement, layout: Layout) -> bool:
    """Tell whether an element is of a menu above a list: "Video" there heads nothing."""
    menus = (one for one in element.iterancestors() if _is_far(one))
    return any(one is not layout.root and not layout.covers(one, parent) for one in menus)


def _is_far(element: HtmlElement) -> bool:
    return element.tag in _FAR or any(word.startswith(_FAR_STEMS) for word in _own_names(element))


def _own_names(element: HtmlElement) -> list[str]:
    """Return the words in an element's names but those of what it stands beside: "list--near-menu", "has-footer"."""
    given = names(element)
    return [word for before, word in zip(("", *given), given, strict=False) if before not in _RELATIONS]


def _read(line: str, place: int, layout: Layout) -> Heading | None:
    """Return what a line above a list heads, None for one that heads nothing: the heading is further up."""
    kind = sign(line) if len(line) <= words.LONGEST else None
    headed = _is_headed(place, layout)
    if kind is Sign.OTHER:
        return Heading(Kind.OTHER)
    if _is_news(line, kind) and (kind is Sign.LABEL or headed):
        return Heading(Kind.NEWS)
    # "Archive" over a list is no way out of it, and "Sport | Video" above it no button.
    if (kind is Sign.END and layout.pieces[place].owner.tag != "a") or (kind is Sign.MORE and headed):
        return Heading(Kind.NAMED)
    if kind in (Sign.END, Sign.MORE, Sign.COUNT) or _is_time(line):
        return None
    if headed and len(line) <= words.LONGEST:
        return Heading(Kind.NAMED, words.section(line))
    return _NO_HEADING


def _is_news(line: str, kind: Sign | None) -> bool:
    return kind is Sign.LABEL or (kind is Sign.END and words.is_label(words.fold(line)))


def _is_time(line: str) -> bool:
    stamp = stamp_of(line)
    return stamp is not None and len(stamp.before) < 20


def _is_headed(place: int, layout: Layout) -> bool:
    element: HtmlElement | None = layout.pieces[place].owner
    for _ in range(3):
        if element is None:
            return False
        if element.tag in HEADINGS or element.tag in ("caption", "legend", "th", "dt", "strong", "b"):
            return True
        if not _HEADED.isdisjoint(names(element)):
            return True
        element = element.getparent()
    return False


def _told(parent: HtmlElement, layout: Layout) -> Heading | None:
    """Return the heading that names a list from afar: a tab, ``aria-label``."""
    element: HtmlElement | None = parent
    for _ in range(_NEAR + 1):
        if element is None or element is layout.root:
            return None
        said = [element.get("aria-label"), element.get("data-title")]
        if own := element.get("id"):
            said += [layout.text(tab) for tab in layout.pointing.get(own, ())]
        if by := element.get("aria-labelledby"):
            said += [
                layout.text(label)
                for label in layout.root.xpath("//*[@id=$name]", name=by)
                if label in layout.signature
            ]
        for line in filter(None, said):
            kind = sign(line.strip()[: words.LONGEST])
            if kind is Sign.OTHER:
                return Heading(Kind.OTHER)
            if _is_news(line, kind):
                return Heading(Kind.NEWS)
        element = element.getparent()
    return None


def standing(parent: HtmlElement, item: HtmlElement, layout: Layout) -> float:
    """Return how far the names and elements around a list speak for it (above 1) or against it (below)."""
    value = 1.0
    near: list[HtmlElement] = [item, parent]
    for depth, ancestor in enumerate(parent.iterancestors()):
        if ancestor is layout.root or ancestor.tag in ("body", "html"):
            break
        if depth < _NEAR:
            near.append(ancestor)
        if _is_far(ancestor):
            value *= 0.15
        elif ancestor.tag == "header" and depth >= 1:
            value *= 0.5
    if parent.tag in _FAR:
        value *= 0.15
    own = [_own_names(element) for element in near]
    given = [word for words_of in own for word in words_of]
    glued = ["".join(words_of) for words_of in own]
    if any(stem in one for stem in _OTHER_STEMS for one in (*given, *glued)) or not _OTHER_WORDS.isdisjoint(given):
        value *= 0.3
    if any(word.startswith(_NEWS) for word in given):
        value *= 1.25
    return value
