"""Selectors: those of an admin looked up on a page, and those that say what detection found.

Knows CSS and XPath as admins write them and the shortest selector that names some elements and no others; hides both
compilers.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.sources.html.fields import Found
from feedsvc.sources.html.layout import Layout, lasting, name_words, tag_of, word_set

SELF = ":scope"  # the item itself

_PARTS = re.compile(r",(?![^\[(]*[\])])")
_NAME = re.compile(r"^-?[A-Za-z_][\w-]*$", re.ASCII)
_MOST_COMBINED = 3  # ancestors that a selector names before it counts children
_MOST_OPTIONS = 12
_TELLING = word_set(
    "title headline heading name news item article post story list feed line latest lent lenta date time hour day "
    "meta info category section cat rubric author summary text body content link image img photo card block row entry"
)
_LOOKS = word_set("color font hover text btn col row flex grid d md sm lg xs muted has is no w h p m mb mt only")


class InvalidSelector(ValueError):
    """What is wrong with a selector; the message is for an admin."""


@lru_cache(maxsize=256)
def compiled(selector: str) -> etree.XPath:
    """Return a selector ready to use: CSS, or XPath where it begins with ``/`` or ``xpath:``.

    In CSS, ``:scope`` or a leading ``>`` mean the element that is searched.

    Raises:
        InvalidSelector: it is neither.
    """
    selector = selector.strip()
    try:
        if selector.startswith("xpath:"):
            return etree.XPath(selector.removeprefix("xpath:").strip())
        if selector.startswith("/"):
            # From an item, "//a" means those in it.
            return etree.XPath(f".{selector}")
        return etree.XPath(" | ".join(_translated(part.strip()) for part in _PARTS.split(selector)))
    except (etree.XPathError, ValueError, SyntaxError, RuntimeError) as error:  # cssselect's own are two of these
        raise InvalidSelector(f"{selector!r} is no selector: {error}") from error


def _translated(part: str) -> str:
    from cssselect import HTMLTranslator  # noqa: PLC0415 - only pages with selectors need it

    if part in (SELF, "."):
        return "self::*"
    translator = HTMLTranslator()
    if part.startswith((">", f"{SELF} >")):
        return str(translator.css_to_xpath(part.removeprefix(SELF).strip().removeprefix(">").strip(), prefix="child::"))
    return str(translator.css_to_xpath(part.removeprefix(f"{SELF} "), prefix="descendant::"))


def select(selector: str, element: HtmlElement) -> list[Found]:
    """Return what a selector finds in an element, in page order: elements, or strings of attributes and texts."""
    try:
        found = compiled(selector)(element)
    except etree.XPathError as error:
        raise InvalidSelector(f"{selector!r} cannot be looked up: {error}") from error
    if not isinstance(found, list):
        return [str(found)] if isinstance(found, str) and found.strip() else []
    return [one if isinstance(one, HtmlElement) else str(one) for one in found]


def elements(selector: str, element: HtmlElement) -> list[HtmlElement]:
    """Return the elements that a selector finds, in page order."""
    return [one for one in select(selector, element) if not isinstance(one, str)]


# --- writing them -----------------------------------------------------------------------------------------------------


def naming(wanted: Sequence[HtmlElement], layout: Layout) -> Iterator[str]:
    """Yield selectors that find these elements on the page, the ones that find nothing else first."""
    root = layout.root.getroottree().getroot()
    want = list(dict.fromkeys(wanted))
    wider = []
    for selector in _names_of(want):
        found = elements(selector, root)
        if len(found) == len(want) and set(found) == set(want):
            yield selector
        elif len(found) <= len(want) * 2 and set(found) >= set(want):
            wider.append(selector)
    yield from wider
    yield ", ".join(_counted(one) for one in want)


def naming_items(groups: Sequence[tuple[HtmlElement, Sequence[HtmlElement]]]) -> Iterator[str]:
    """Yield selectors that find at least the items of each container, from the container."""
    every = [item for _, items in groups for item in items]
    direct = all(item.getparent() is parent for parent, items in groups for item in items)
    yield from (f"> {step}" if direct else step for step in _steps(every))


def naming_inside(pairs: Sequence[tuple[HtmlElement, tuple[HtmlElement, ...]]], *, first: bool) -> str | None:
    """Return a selector that finds each item's elements from the item, None when there is none to find.

    Items that have none may find anything, if no better selector exists. ``first`` asks only that the first element
    found is the right one.
    """
    having = [(item, wanted) for item, wanted in pairs if wanted]

    def fits(selector: str, tried: Iterable[tuple[HtmlElement, tuple[HtmlElement, ...]]]) -> bool:
        for item, wanted in tried:
            found = elements(selector, item)
            if (found[:1] if first and wanted else found) != list(wanted):
                return False
        return True

    options = list(dict.fromkeys(_inner(having))) if having else []
    for tried in (pairs, having):
        for option in options:
            if fits(option, tried):
                return option
    return None


def _names_of(wanted: Sequence[HtmlElement]) -> Iterator[str]:
    """Yield selectors of growing length that find at least the wanted elements."""
    own = list(_steps(wanted))
    yield from own
    tails = own
    above = list(wanted)
    for _ in range(_MOST_COMBINED):
        parents = [one.getparent() for one in above]
        above = list(dict.fromkeys(one for one in parents if one is not None and one.tag not in ("html", "body")))
        if not above or None in parents:
            return
        tails = [f"{head} > {tail}" for head in _steps(above) for tail in tails][:_MOST_OPTIONS]
        yield from tails


def _steps(wanted: Sequence[HtmlElement]) -> Iterator[str]:
    """Yield what all these elements are, the most telling first."""
    if len(wanted) == 1 and (own := wanted[0].get("id")) and _NAME.match(own) and not any(map(str.isdigit, own)):
        yield f"#{own}"
    tags = {tag_of(one) for one in wanted}
    tag = tags.pop() if len(tags) == 1 else ""
    shared = set.intersection(*(set((one.get("class") or "").split()) for one in wanted))
    classes = sorted((name for name in lasting(" ".join(shared)) if _NAME.match(name)), key=_plainness)
    yield from (f"{tag}.{name}" for name in classes)
    if len(classes) > 1:
        yield tag + "".join(f".{name}" for name in classes)
    if tag:
        yield tag


def _plainness(name: str) -> tuple[bool, bool, str]:
    """Sort the names that say what a thing is before those that say how it looks."""
    words = set(name_words(name))
    return words.isdisjoint(_TELLING), not words.isdisjoint(_LOOKS), name


def _counted(element: HtmlElement) -> str:
    """Return a selector that counts children from the page, or from the nearest id, down to an element."""
    steps: list[str] = []
    one: HtmlElement | None = element
    while one is not None and one.tag not in ("body", "html"):
        own = one.get("id")
        if own and _NAME.match(own) and len(one.getroottree().xpath("//*[@id=$own]", own=own)) == 1:
            steps.append(f"#{own}")
            break
        steps.append(_numbered(one))
        one = one.getparent()
    else:
        steps.append("body")
    return " > ".join(reversed(steps))


def _numbered(one: HtmlElement) -> str:
    place = 1 + sum(1 for before in one.itersiblings(preceding=True) if before.tag == one.tag)
    return f"{tag_of(one)}:nth-of-type({place})"


def _inner(having: Sequence[tuple[HtmlElement, tuple[HtmlElement, ...]]]) -> Iterator[str]:
    items = {item for item, _ in having}
    kinds: dict[tuple[object, ...], list[HtmlElement]] = {}
    for item, wanted in having:
        seen: Counter[tuple[str, ...]] = Counter()
        for one in wanted:
            path = _path(one, item)
            kinds.setdefault((seen[path], *path), []).append(one)
            seen[path] += 1
    yield from _options([one for kind in kinds.values() for one in kind], items)
    if len(kinds) > 1:
        each = [list(_options(kind, items))[:_MOST_OPTIONS] for kind in kinds.values()]
        for rank in range(max(map(len, each))):
            yield ", ".join(dict.fromkeys(options[min(rank, len(options) - 1)] for options in each if options))


def _path(one: HtmlElement, item: HtmlElement) -> tuple[str, ...]:
    path = []
    element: HtmlElement | None = one
    while element is not None and element is not item:
        path.append(f"{tag_of(element)}.{'.'.join(lasting(element.get('class') or ''))}")
        element = element.getparent()
    return tuple(path)


def _options(wanted: Sequence[HtmlElement], items: set[HtmlElement]) -> Iterator[str]:
    """Yield selectors that find at least these elements from their items, the shortest first."""
    if any(one in items for one in wanted):
        if all(one in items for one in wanted):
            yield SELF
        return
    own = list(_steps(wanted))
    yield from own
    above = [parent for one in wanted if (parent := one.getparent()) is not None]
    inside = [one for one in above if one not in items]
    heads = list(_steps(inside)) if len(inside) == len(above) else []
    yield from (f"{head} > {step}" for head in heads for step in own)
    tails = own
    if len(numbers := {_numbered(one) for one in wanted}) == 1:
        tails = [*numbers]
        yield from tails
        yield from (f"{head} > {tail}" for head in heads for tail in tails)
    if not inside:
        yield from (f"> {tail}" for tail in dict.fromkeys((*own, *tails)))
    elif len(numbers := {_numbered(one) for one in inside}) == 1:
        yield from (f"{head} > {tail}" for head in numbers for tail in dict.fromkeys((*own, *tails)))
