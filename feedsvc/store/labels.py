"""Labels: each name that a visible article has carried, with the slug under which it is addressed.

Knows how slugs are given; hides that a name is written down once, by the first article that brings it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count

from sqlalchemy import Connection, bindparam, select

from feedsvc.model import Article, ArticleId, Label, LabelKind, fold_name
from feedsvc.store.batches import chunks, insert_rows
from feedsvc.store.tables import label
from feedsvc.text import slug

_Name = tuple[LabelKind, str]

# Made once: each page that names labels, and each feed of one, begins with such a look-up, as does each new article.
_ROWS = select(label.c.kind, label.c.key, label.c.slug, label.c.name)
_BY_SLUG = _ROWS.where(label.c.kind == bindparam("of"), label.c.slug == bindparam("at"))
_NAMED = _ROWS.where(label.c.key.in_(bindparam("any", expanding=True)))
_KNOWN = select(label.c.kind, label.c.key).where(label.c.key.in_(bindparam("any", expanding=True)))
_TAKEN = select(label.c.kind, label.c.slug).where(
    label.c.kind.in_([*LabelKind]), label.c.slug.in_(bindparam("any", expanding=True))
)


def get(connection: Connection, kind: LabelKind, slug: str) -> Label | None:
    row = connection.execute(_BY_SLUG, {"of": kind, "at": slug}).first()
    return _label(*row) if row else None


def page(connection: Connection, kind: LabelKind, *, limit: int, after: str) -> tuple[Label, ...]:
    rows = _ROWS.where(label.c.kind == kind, label.c.slug > after).order_by(label.c.slug).limit(limit)
    return tuple(_label(*row) for row in connection.execute(rows))


def named(connection: Connection, names: Iterable[str]) -> tuple[Label, ...]:
    found = (connection.execute(_NAMED, {"any": some}) for some in chunks({*map(fold_name, names)}))
    return tuple(_label(*row) for rows in found for row in rows)


def of(connection: Connection, articles: Sequence[Article]) -> dict[ArticleId, tuple[Label, ...]]:
    names = {each.id: [(kind, fold_name(name)) for kind, name in _names(each)] for each in articles}
    found = {(each.kind, each.key): each for each in named(connection, {n for some in names.values() for _, n in some})}
    return {id_: tuple(found[name] for name in carried if name in found) for id_, carried in names.items()}


def write(connection: Connection, articles: Iterable[Article], known: set[tuple[LabelKind, str]]) -> None:
    """Write down the names of these articles that are not there yet; see :func:`unknown` for ``known``."""
    add(connection, unknown(articles, known))


def unknown(articles: Iterable[Article], known: set[tuple[LabelKind, str]]) -> dict[_Name, str]:
    """Return the names of these articles, by kind and key, that are not among those known.

    ``known`` are names as they were found on articles that were written before in the same transaction; it grows.
    """
    names: dict[_Name, str] = {}
    for kind, carried in _by_kind([*articles]):
        for name in dict.fromkeys(carried):
            if (kind, name) not in known:
                known.add((kind, name))
                names.setdefault((kind, fold_name(name)), name)
    return names


def _by_kind(articles: Sequence[Article]) -> Iterator[tuple[LabelKind, Iterable[str]]]:
    """Yield what :func:`_names` does of many articles, a third of the time for each."""
    yield LabelKind.SOURCE, (each.source for each in articles)
    yield LabelKind.SECTION, (each.section for each in articles if each.section)
    yield LabelKind.LANGUAGE, (each.language for each in articles if each.language)
    yield LabelKind.TAG, chain.from_iterable(each.tags for each in articles)
    yield LabelKind.AUTHOR, chain.from_iterable(each.authors for each in articles)


def add(connection: Connection, names: dict[_Name, str]) -> None:
    """Write down the names, by kind and key, that are not there yet."""
    known: set[_Name] = set()
    for some in chunks({key for _, key in names}):
        known |= {(LabelKind(kind), key) for kind, key in connection.execute(_KNOWN, {"any": some})}
    new = [(*each, slug(name, otherwise="x"), name) for each, name in names.items() if each not in known]
    taken = _taken(connection, {wanted for _, _, wanted, _ in new})
    lines = []
    for kind, key, wanted, name in new:
        free = wanted if (kind, wanted) not in taken else _free_slug(connection, kind, wanted, taken)
        taken.add((kind, free))
        lines.append((key, kind, free, name))
    insert_rows(connection, label, lines)


def _taken(connection: Connection, slugs: Iterable[str]) -> set[_Name]:
    """Return those of the slugs that labels have, by kind."""
    found = (connection.execute(_TAKEN, {"any": some}) for some in chunks(slugs))
    return {(LabelKind(kind), slug) for rows in found for kind, slug in rows}


def _free_slug(connection: Connection, kind: LabelKind, wanted: str, taken: set[_Name]) -> str:
    numbered = ((kind, f"{wanted}-{number}") for number in count(2))
    return next(slug for _, slug in numbered if (kind, slug) not in taken and get(connection, kind, slug) is None)


def _label(kind: str, key: str, slug: str, name: str) -> Label:
    return Label(LabelKind(kind), key, slug, name)


def _names(article: Article) -> Iterator[_Name]:
    yield LabelKind.SOURCE, article.source
    if article.section:
        yield LabelKind.SECTION, article.section
    if article.language:
        yield LabelKind.LANGUAGE, article.language
    yield from ((LabelKind.TAG, tag) for tag in article.tags)
    yield from ((LabelKind.AUTHOR, author) for author in article.authors)
