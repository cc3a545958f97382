"""What stands where on a page: its pieces of text in reading order, and which element covers which of them.

Knows when two pieces belong to one word, line or block; hides the walk over the tree. An element is told from its kin
by its *signature*: the tags and lasting classes from the page down to it.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml import etree
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
        self.elements: list[HtmlElement] = []
        self.signature: dict[HtmlElement, int] = {}
        self.pointing: dict[str, list[HtmlElement]] = {}  # tabs and the like, by the id that they show
        self._starts: dict[HtmlElement, int] = {}
        self._ends: dict[HtmlElement, int] = {}
        self._having: dict[str, dict[int, HtmlElement]] = defaultdict(dict)  # by attribute, and by place in elements
        self._walk()
        self._note_pointers()
        self.lines = [line_of(piece.text) for piece in self.pieces]  # each piece as one line

    def _walk(self) -> None:
        pieces, elements, starts, ends, signatures, having = (
            self.pieces, self.elements, self._starts, self._ends, self.signature, self._having
        )  # fmt: skip
        kinds: dict[tuple[int, str, tuple[str, ...]], int] = {}
        breaks = True
        around: list[tuple[HtmlElement, bool, int]] = []  # open elements, whether they are blocks, their signatures
        for event, element in etree.iterwalk(self.root, events=("start", "end")):
            if event == "start":
                tag = tag_of(element)
                given = element.keys()
                for name in given:
                    having[name][len(elements)] = element
                classes = lasting(element.get("class")) if "class" in given else ()
                key = (around[-1][2] if around else 0, tag, classes)
                signature = signatures[element] = kinds.setdefault(key, len(kinds) + 1)
                is_block = tag in _BLOCKS
                around.append((element, is_block, signature))
                elements.append(element)
                starts[element] = len(pieces)
                text, owner = element.text, element
            else:
                _, is_block, _ = around.pop()
                ends[element] = len(pieces)
                if not around:  # what stands after the root is not on the page
                    break
                text, owner = element.tail, around[-1][0]
            breaks = breaks or is_block
            if text and not text.isspace():
                pieces.append(Piece(text, owner, breaks))
                breaks = False

    def _note_pointers(self) -> None:
        for element in self.having(_POINTERS):
            for name in _POINTERS:
                value = element.get(name)
                if value and len(value) < 60 and (name != "href" or value.startswith("#")):
                    self.pointing.setdefault(value.removeprefix("#"), []).append(element)

    def having(self, attributes: Iterable[str]) -> list[HtmlElement]:
        """Return the elements with any of some attributes, in page order."""
        found: dict[int, HtmlElement] = {}
        for name in attributes:
            found |= self._having.get(name, {})
        return [found[place] for place in sorted(found)]

    def span(self, element: HtmlElement) -> tuple[int, int]:
        """Return which pieces an element covers: from, and up to."""
        return self._starts[element], self._ends[element]

    def covers(self, outer: HtmlElement, inner: HtmlElement) -> bool:
        """Tell whether an element is another or holds it."""
        if outer is inner:
            return True
        (start, end), (first, last) = self.span(outer), self.span(inner)
        return start <= first and last <= end and any(ancestor is outer for ancestor in inner.iterancestors())

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
