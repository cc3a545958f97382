"""The repeated structures of a page that could be its news line.

Knows how an item's extent is found: it is the largest element that holds one of its kind and no second. Hides the
climbing. What a candidate is worth is for :mod:`feedsvc.sources.html.scoring`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from statistics import median

from lxml.html import HtmlElement

from feedsvc.sources.html.layout import Layout, lasting, tag_of
from feedsvc.sources.html.marks import Marks

_FEWEST = 2
_FEWEST_LETTERS = 8
_MOST_KINDS = 150  # of repeated links, times and texts that are looked at, the most frequent first
_MOST_NAMED = 24  # that are looked at because of their class
_MOST_ITEMS = 2000  # of a list
_MOST_NEIGHBOURS = 1000
_HEADLINE = 0.6
_ROW = 3  # a row of cards; more of a kind side by side are a list of their own


@dataclass(frozen=True, slots=True)
class Cluster:
    """Elements alike in one container, in page order."""

    parent: HtmlElement
    items: tuple[HtmlElement, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Clusters of one structure."""

    clusters: tuple[Cluster, ...]

    @property
    def items(self) -> tuple[HtmlElement, ...]:
        return tuple(item for cluster in self.clusters for item in cluster.items)


def candidates(marks: Marks) -> list[Candidate]:
    """Return the candidates of a page, each set of items once."""
    found: dict[tuple[int, ...], Candidate] = {}
    for members in _seeds(marks):
        for candidate in _spread(members, marks):
            found.setdefault(tuple(map(id, candidate.items)), candidate)
    return list(found.values())


def _seeds(marks: Marks) -> Iterable[tuple[HtmlElement, ...]]:
    """Return elements of one kind that could each mark an item, the most frequent kinds first, and none twice."""
    seeds: list[list[HtmlElement]] = []
    links, times, texts = (_by_kind(found, marks) for found in (_links(marks), _times(marks), _texts(marks)))
    for kinds in (links, times, texts):
        seeds += [alike[:_MOST_ITEMS] for alike in kinds if len(alike) >= _FEWEST]
    most = sorted(seeds, key=lambda seed: -len(seed))[:_MOST_KINDS]
    named = islice(chain(_named_alike(links, marks.layout), _named_alike(times, marks.layout)), _MOST_NAMED)
    return dict.fromkeys([*(_lifted(seed, marks.layout) for seed in most), *named])


def _by_kind(members: Iterable[HtmlElement], marks: Marks) -> list[list[HtmlElement]]:
    kinds: dict[int, list[HtmlElement]] = defaultdict(list)
    for member in members:
        kinds[marks.layout.signature[member]].append(member)
    return list(kinds.values())


def _lifted(alike: Sequence[HtmlElement], layout: Layout) -> tuple[HtmlElement, ...]:
    """Return the elements that hold one of those alike each, as far up as all do: the same for an item's link and time.

    They are of one signature, so all stand equally deep.
    """
    held = tuple(alike)
    while len(above := dict.fromkeys(one.getparent() for one in held)) == len(held) and layout.root not in above:
        held = tuple(one for one in above if one is not None)
    return held


def _named_alike(kinds: Iterable[list[HtmlElement]], layout: Layout) -> Iterator[tuple[HtmlElement, ...]]:
    """Yield links or times of kinds that have one class: in the hero, the grid and the list of a section."""
    named: dict[str, list[list[HtmlElement]]] = defaultdict(list)
    for alike in kinds:
        around = alike[0].getparent()
        name = alike[0].get("class") or (around.get("class") if around is not None else None)
        if name:
            named[name].append(alike)
    for several in named.values():
        if len(several) >= _FEWEST:
            yield tuple(layout.ordered({link for alike in several for link in alike})[:_MOST_ITEMS])


def _links(marks: Marks) -> Iterator[HtmlElement]:
    layout = marks.layout
    wordy = [len(text) >= _FEWEST_LETTERS for text in marks.texts]
    for element in layout.ordered({*marks.leads, *layout.root.iter("a")}):
        start, end = layout.span(element)
        if any(wordy[start:end]):
            yield element


def _times(marks: Marks) -> Iterable[HtmlElement]:
    shown = (piece.owner for piece, stamp in zip(marks.layout.pieces, marks.stamps, strict=True) if stamp is not None)
    return dict.fromkeys((*marks.machine, *shown))


def _texts(marks: Marks) -> Iterable[HtmlElement]:
    pieces = marks.layout.pieces
    qualities = marks.qualities
    return dict.fromkeys(piece.owner for piece, quality in zip(pieces, qualities, strict=True) if quality >= _HEADLINE)


def _spread(members: Sequence[HtmlElement], marks: Marks) -> Iterator[Candidate]:
    clusters = _clusters(members, marks.layout)
    if sum(len(cluster.items) for cluster in clusters) >= _FEWEST:
        yield Candidate(tuple(_with_kin(cluster, marks) for cluster in clusters))
    # Links of one kind may stand two or three in an item: headline, section, author. Then the item is what holds them.
    if len(clusters) >= _FEWEST and 1 < median(len(cluster.items) for cluster in clusters) <= _ROW:
        yield from _spread([cluster.parent for cluster in clusters], marks)


def _clusters(members: Sequence[HtmlElement], layout: Layout) -> list[Cluster]:
    if len(members) < _FEWEST:
        return []
    held = _held(members)
    climbs: list[list[HtmlElement]] = []
    for member in members:
        path = [member]
        above = member.getparent()
        while above is not None and held[above] == 1 and above is not layout.root:
            path.append(above)
            above = above.getparent()
        climbs.append(path)
    # A row with one card left would climb higher than the others.
    height = Counter(map(len, climbs)).most_common(1)[0][0]
    grouped: dict[HtmlElement, list[HtmlElement]] = {}
    for path in climbs:
        item = path[min(height, len(path)) - 1]
        parent = item.getparent()
        if parent is not None and item in layout.signature:
            grouped.setdefault(parent, []).append(item)
    return [Cluster(parent, tuple(items)) for parent, items in grouped.items() if parent in layout.signature]


def _held(members: Iterable[HtmlElement]) -> dict[HtmlElement, int]:
    """Return how many of some elements each ancestor holds."""
    held: dict[HtmlElement, int] = {}
    layer = dict.fromkeys(members, 1)
    while layer:
        above: dict[HtmlElement, int] = {}
        for element, count in layer.items():
            if (parent := element.getparent()) is not None:
                above[parent] = above.get(parent, 0) + count
        for element, count in above.items():
            held[element] = held.get(element, 0) + count
        layer = above
    return held


def _with_kin(cluster: Cluster, marks: Marks) -> Cluster:
    """Return a cluster with the neighbours that are built otherwise inside: a bold item, one with a picture."""
    signature = marks.layout.signature
    kinds = {signature[item]: item for item in cluster.items}  # elements of one signature have one tag and one class
    tags: Counter[str] = Counter()
    for kind, count in Counter(map(signature.__getitem__, cluster.items)).items():
        tags[tag_of(kinds[kind])] += count
    tag = tags.most_common(1)[0][0]
    if (
        tag in ("a", "span", "b", "time", "i", "p")
        or not len(cluster.items) >= _FEWEST
        or len(cluster.parent) > _MOST_NEIGHBOURS
    ):
        return cluster
    classes = {name for item in kinds.values() for name in lasting(item.get("class") or "")}
    known = set(cluster.items)
    items = [
        child
        for child in cluster.parent
        if child in known
        or (child.tag == tag and child in marks.layout.signature and _is_kin(child, classes, cluster.items[-1], marks))
    ]
    return Cluster(cluster.parent, tuple(items))


def _shape(item: HtmlElement) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((tag_of(part), lasting(part.get("class") or "")) for part in item)


def _is_kin(child: HtmlElement, classes: Iterable[str], item: HtmlElement, marks: Marks) -> bool:
    own = set(lasting(child.get("class") or ""))
    # A row that is pinned to the top has a class of its own, and the same cells.
    if (own or classes) and not own & set(classes) and (len(child) < _FEWEST or _shape(child) != _shape(item)):
        return False
    start, end = marks.layout.span(child)
    return max(marks.qualities[start:end], default=0.0) >= _HEADLINE
