"""What stands where on a page: its pieces of text in reading order, and which element covers which of them.

Knows when two pieces belong to one word, line or block; hides the walk over the tree. An element is told from its kin
by its *signature*: the tags and lasting classes from the page down to it.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from lxml.html import HtmlElement

from feedsvc.text import one_line


def word_set(listed: str) -> frozenset[str]:
    """Return the words of a list that is written as one text."""
    return frozenset(listed.split())


_BLOCKS = word_set(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody td tfoot th "
    "thead time tr ul"
)
# Classes that tell an item from its neighbours, not a list from another.
_PASSING = word_set(
    "first last odd even active current selected hover clearfix cf clear left right alt new bold important visited "
    "lazy lazyload lazyloaded loaded hidden show fade in red hot big small large"
)
_PASSING_PREFIXES = ("category-", "cat-", "tag-", "author-", "section-", "rubric-", "post_format", "format-", "status-")
_POINTERS = ("href", "data-target", "data-bs-target", "aria-controls", "data-tab", "data-id")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_\d]+")


Span = tuple[int, int]


class Piece(NamedTuple):
    """A run of text as it stands in the source; ``breaks`` says that a new line of the page begins with it."""

    text: str
    owner: HtmlElement
    breaks: bool


@lru_cache(maxsize=4096)
def lasting(classes: str) -> tuple[str, ...]:
    """Return the classes that an element shares with its kin, sorted."""
    return tuple(
        sorted(
            {
                name
                for name in classes.split()
                if not any(char.isdigit() for char in name)
                and name.lower() not in _PASSING
                and not name.startswith(_PASSING_PREFIXES)
            }
        )
    )


@lru_cache(maxsize=4096)
def name_words(named: str) -> tuple[str, ...]:
    """Return the words that classes and ids are made of: ``news-list``, ``newsList`` and ``news_list`` are alike."""
    return tuple(_NO_WORD.sub(" ", _CAMEL.sub(" ", named)).lower().split())


def tag_of(element: HtmlElement) -> str:
    """Return an element's tag; a parsed page has no other kind of name."""
    return str(element.tag)


def names(element: HtmlElement) -> tuple[str, ...]:
    """Return the words in the names that the page gives an element."""
    given = element.attrib
    return name_words(f"{given.get('class', '')} {given.get('id', '')} {given.get('itemprop', '')}")


class Layout:
    """A page in reading order."""

    def __init__(self, root: HtmlElement) -> None:
        body = root.find("body")
        self.root = root if body is None else body
        self.pieces: list[Piece] = []
        self.elements: list[HtmlElement] = list(self.root.iter("*"))
        self.signature: dict[HtmlElement, int] = {}
        self._spans: dict[HtmlElement, Span] = {}
        self._reaches: dict[HtmlElement, Span] = {}  # as spans, of elements
        self._having: dict[str, list[int]] = defaultdict(list)  # by attribute, places in elements
        self._walk()
        self.lines = [line_of(piece.text) for piece in self.pieces]  # each piece as one line

    def _walk(self) -> None:
        # A line of 200 entries has 1,000 elements and more: what one costs is felt, so nothing is asked of it twice.
        pieces, signatures, spans, reaches, having = (
            self.pieces, self.signature, self._spans, self._reaches, self._having
        )  # fmt: skip
        kinds: dict[tuple[int, str, tuple[str, ...]], int] = {}
        known: dict[tuple[object, ...], tuple[int, bool]] = {}  # the same by tags and classes as they are written
        breaks = True
        around: list[tuple[HtmlElement, int, int, int, bool]] = []  # what is open: signature, starts, is it a block
        for place, element in enumerate((*self.elements, None)):
            parent = element.getparent() if element is not None else None
            signature = 0
            while around:
                inner, signature, start, first, is_block = around[-1]
                if inner is parent:
                    break
                around.pop()
                spans[inner] = (start, len(pieces))
                reaches[inner] = (first, place)
                breaks = breaks or is_block
                if around and (text := inner.tail) and not text.isspace():  # what stands after the root is not seen
                    pieces.append(Piece(text, around[-1][0], breaks))
                    breaks = False
            if element is None:
                break
            given = element.keys()
            for name in given:
                having[name].append(place)
            written = (signature, element.tag, element.get("class") if given else None)
            kind = known.get(written)
            if kind is None:
                tag = tag_of(element)
                key = (signature, tag, lasting(element.get("class") or ""))
                kind = known[written] = kinds.setdefault(key, len(kinds) + 1), tag in _BLOCKS
            signature, is_block = kind
            signatures[element] = signature
            around.append((element, signature, len(pieces), place, is_block))
            breaks = breaks or is_block
            if (text := element.text) and not text.isspace():
                pieces.append(Piece(text, element, breaks))
                breaks = False

    @cached_property
    def pointing(self) -> dict[str, list[HtmlElement]]:
        """Tabs and the like, by the id that they show."""
        stated = [
            (place, value.removeprefix("#"))
            for name in _POINTERS
            for place in self._having.get(name, ())
            if (value := self.elements[place].get(name)) and len(value) < 60 and (name != "href" or value[0] == "#")
        ]
        found: dict[str, list[HtmlElement]] = defaultdict(list)
        for place, pointed in sorted(stated, key=itemgetter(0)):
            found[pointed].append(self.elements[place])
        return found

    def having(self, attributes: Iterable[str]) -> list[HtmlElement]:
        """Return the elements with any of some attributes, in page order."""
        places = {place for name in attributes for place in self._having.get(name, ())}
        return [self.elements[place] for place in sorted(places)]

    def places(self, elements: Iterable[HtmlElement]) -> list[int]:
        """Return where elements stand among all, sorted."""
        return sorted(self._reaches[element][0] for element in elements)

    def held(self, element: HtmlElement, places: Sequence[int]) -> list[HtmlElement]:
        """Return those of the elements at some places, sorted, that an element is or holds, in page order."""
        first, end = self._reaches[element]
        return [self.elements[place] for place in places[bisect_left(places, first) : bisect_left(places, end)]]

    def ordered(self, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
        """Return elements in page order."""
        return [self.elements[place] for place in self.places(elements)]

    def span(self, element: HtmlElement) -> Span:
        """Return which pieces an element covers: from, and up to."""
        return self._spans[element]

    def covers(self, outer: HtmlElement, inner: HtmlElement) -> bool:
        """Tell whether an element is another or holds it."""
        first, end = self._reaches[outer]
        return first <= self._reaches[inner][0] < end

    def pieces_of(self, element: HtmlElement, without: Iterable[HtmlElement] = ()) -> Iterator[Piece]:
        """Yield the pieces of an element, less those of some elements in it."""
        start, end = self.span(element)
        gaps = [self.span(one) for one in without]
        for place in range(start, end):
            if not any(first <= place < last for first, last in gaps):
                yield self.pieces[place]

    def text(self, element: HtmlElement, without: Sequence[HtmlElement] = ()) -> str:
        """Return the words of an element as one line, less those of some elements in it."""
        start, end = self.span(element)
        if end - start == 1 and not without:
            return self.lines[start]
        return joined(self.pieces_of(element, without))

    def between(self, start: int, end: int) -> list[Piece]:
        """Return the pieces of a stretch of the page."""
        return self.pieces[max(start, 0) : max(end, 0)]


def line_of(text: str) -> str:
    """Return a text as one line, as :func:`feedsvc.text.one_line` does; ASCII has nothing to clean but its spaces."""
    return " ".join(text.split()) if text.isascii() else one_line(text)


def joined(pieces: Iterable[Piece]) -> str:
    """Return pieces as one line of text: inline markup splits no word, a block or a capital begins a new one."""
    line = ""
    last: HtmlElement | None = None
    for piece in pieces:
        text, owner = piece.text, piece.owner
        if line and (piece.breaks or _meets_capital(line, text) or (owner.getparent() is last and _meets(line, text))):
            line += " "
        line += text
        last = owner
    return line_of(line)


def spaced(pieces: Iterable[Piece]) -> str:
    """Return pieces as one line of text with a space between any two: how parts of a time are read."""
    return line_of(" ".join([piece.text for piece in pieces]))


def _meets(line: str, text: str) -> bool:
    # "…гурток" + <em>"фото"</em>: a style sheet sets a word apart; no word begins plain and ends in an element.
    return line[-2:].isalpha() and text[:2].isalpha()


def _meets_capital(line: str, text: str) -> bool:
    # "…qiymətlər artdı" + "FOTO" are two words, the initial of "Ə" + "lavə" is one.
    left, right = line[-1], text[0]
    return right.isupper() and not left.isspace() and (left.islower() or left in ".!?…»”\"'")


def is_within(element: HtmlElement, elements: Container[HtmlElement]) -> bool:
    """Tell whether an element is one of some elements or stands in one."""
    return element in elements or any(ancestor in elements for ancestor in element.iterancestors())
