"""The index of words, in which articles are searched: FTS5 in SQLite, a table of ``tsvector`` in PostgreSQL.

Knows how either is written and asked; hides that the names which an article carries stand there as words too, so that a
search in a section looks along the shorter of two lists rather than through all that was found.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter

from sqlalchemy import Connection, TextClause, text

from feedsvc.model import Article, Query, Selection, Term, article_words, fold_name
from feedsvc.store import counters
from feedsvc.store.selecting import Span
from feedsvc.text import digest

# No letter of any script, so no word of ours is one of a text; alone it stands before each text, so in every article.
_MARK = "\ue000"
_GONE = f"{_MARK}gone"

# The fields that decide what stands in the index.
FIELDS = ("title", "section", "tags", "authors", "summary", "body", "source", "language", "retracted", "arrival")

_BEYOND = 2**62

# Words come folded and apart by spaces, so the tokeniser is the one that leaves all beyond ASCII as it is. The texts
# stand with the articles alone (content), and nothing is ranked by length (columnsize).
_FTS5 = """
    CREATE VIRTUAL TABLE article_words
    USING fts5(words, tokenize = 'ascii', content = '', columnsize = 0)
"""
# The words of the index, in order.
_KNOWN = "CREATE VIRTUAL TABLE article_words_known USING fts5vocab(article_words, instance)"
_TSVECTOR = """
    CREATE TABLE article_words (
        arrival BIGINT NOT NULL CONSTRAINT pk_article_words PRIMARY KEY,
        words TSVECTOR NOT NULL
    ) WITH (toast_tuple_target = 8160)
"""
# Looked at by the hundred: nothing that would have to be unpacked, or fetched from elsewhere.
_UNPACKED = "ALTER TABLE article_words ALTER words SET STORAGE EXTERNAL"
# Every search reads the whole list of what is not yet in order: a short one.
_GIN = "CREATE INDEX ix_article_words ON article_words USING gin (words) WITH (gin_pending_list_limit = 256)"
CREATE: dict[str, tuple[str, ...]] = {"sqlite": (_FTS5, _KNOWN), "postgresql": (_TSVECTOR, _UNPACKED, _GIN)}

# How a table is made ready to be filled at once, and how it becomes again what it was. FTS5 collects words in more
# memory (bytes; its default is the one given back), no more than is near the processor, and puts the parts that it has
# written into one only at the end.
_OPTIMIZE = "INSERT INTO article_words (article_words) VALUES ('optimize')"
FILL: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "INSERT INTO article_words (article_words, rank) VALUES ('hashsize', 16777216)",
        "INSERT INTO article_words (article_words, rank) VALUES ('automerge', 0)",
        "INSERT INTO article_words (article_words, rank) VALUES ('crisismerge', 1000)",
    ),
    "postgresql": ("DROP INDEX ix_article_words",),
}
FILLED: dict[str, tuple[str, ...]] = {
    "sqlite": (
        _OPTIMIZE,
        "INSERT INTO article_words (article_words, rank) VALUES ('crisismerge', 16)",
        "INSERT INTO article_words (article_words, rank) VALUES ('automerge', 4)",
        "INSERT INTO article_words (article_words, rank) VALUES ('hashsize', 1048576)",
    ),
    "postgresql": (_GIN,),
}

# How it is made in a database of its own: what comes first, how rows are put, what comes last; and the tables that it
# then consists of. There are no others, as it keeps neither texts nor lengths.
ALONE = (_FTS5, *FILL["sqlite"]), "INSERT INTO article_words (rowid, words) VALUES (?, ?)", (_OPTIMIZE,)
PARTS = ("article_words_data", "article_words_idx")

_PUT = {
    "sqlite": text("INSERT INTO article_words (rowid, words) VALUES (:arrival, :words)"),
    "postgresql": text("INSERT INTO article_words (arrival, words) VALUES (:arrival, CAST(:words AS tsvector))"),
}
_DROP = {
    # FTS5 forgets the words that it is told.
    "sqlite": text("INSERT INTO article_words (article_words, rowid, words) VALUES ('delete', :arrival, :words)"),
    "postgresql": text("DELETE FROM article_words WHERE arrival = :arrival"),
}
_CLEAR = {
    "sqlite": "INSERT INTO article_words (article_words) VALUES ('delete-all')",
    "postgresql": "TRUNCATE article_words",
}


def clear(connection: Connection) -> None:
    """Take everything out of the index."""
    connection.execute(text(_CLEAR[connection.dialect.name]))


def drop(connection: Connection, articles: Iterable[Article]) -> None:
    """Take articles out of the index, as they were put in."""
    _write(connection, _DROP, articles)


def put(connection: Connection, articles: Iterable[Article]) -> None:
    """Put articles that are not in the index there, unless they are under an embargo."""
    _write(connection, _PUT, articles)


def _write(connection: Connection, statements: dict[str, TextClause], articles: Iterable[Article]) -> None:
    dialect = connection.dialect.name
    values = [
        {"arrival": arrival, "words": words}
        for arrival, words in rows(((each.arrival, each) for each in articles), dialect)
    ]
    if values:
        connection.execute(statements[dialect], values)


def rows(arrived: Iterable[tuple[int, Article]], dialect: str) -> list[tuple[int, str]]:
    """Return the arrival numbers of articles and their words, as the index of a database takes them."""
    # In order, for FTS5 writes to disk what it has collected when one goes before the last.
    visible = sorted((each for each in arrived if each[0]), key=itemgetter(0))
    rows = [(arrival, _words(each)) for arrival, each in visible]
    return rows if dialect == "sqlite" else [(arrival, _vector(words)) for arrival, words in rows]


def _words(article: Article) -> str:
    labels = [_label("source", article.source)]
    if article.section:
        labels.append(_label("section", article.section))
    labels += [_label("tag", name) for name in article.tags]
    labels += [_label("author", name) for name in article.authors]
    if article.language:
        labels.append(_label("language", article.language))
    if article.retracted:
        labels.append(_GONE)
    return f" {_MARK} ".join([" ".join(dict.fromkeys(labels)), *article_words(article)])


@lru_cache(maxsize=4096)
def _label(kind: str, name: str) -> str:
    return _MARK + digest(kind, name if kind == "source" else fold_name(name))[:16]


def _vector(words: str) -> str:
    # Not to_tsvector: its parser has words of its own, and knows letters beyond ASCII in some locales only.
    places: defaultdict[str, list[str]] = defaultdict(list)
    for place, word in enumerate(words.split(), 1):
        places[word].append(str(place))
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


# --- asking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Notation:
    """How one of the two databases writes what it is asked for."""

    all: str
    any: str
    but_not: str
    term: Callable[[Term], str]


# FTS5 goes along the lists of whole words from the newest article on, and ends at the limit. For a beginning it first
# reads the lists of all words that begin so to their ends and makes one of them. So a beginning is asked for as those
# words, each of which costs two looks into the index; of very many, one long list costs no more.
_MOST_WORDS = 500
# From word to word by leaps: the table has a row for each place where a word stands.
_BEGINNING_WITH = text("""
    WITH RECURSIVE known (word) AS (
        SELECT (SELECT term FROM article_words_known WHERE term >= :first AND term < :last LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM article_words_known WHERE term >= word || char(1) AND term < :last LIMIT 1)
        FROM known WHERE word IS NOT NULL
    )
    SELECT word FROM known WHERE word IS NOT NULL LIMIT :limit
""")
_BEYOND_LETTERS = "\U0010ffff"


def _fts5_term(connection: Connection, term: Term) -> str:
    if not term.prefix:
        return _phrase(term.words)
    *whole, begun = term.words
    values = {"first": begun, "last": begun + _BEYOND_LETTERS, "limit": _MOST_WORDS + 1}
    words = connection.execute(_BEGINNING_WITH, values).scalars().all()
    if not 0 < len(words) <= _MOST_WORDS:
        return f"{_phrase(term.words)} *"
    return " OR ".join(_phrase((*whole, word)) for word in words)


def _phrase(words: Iterable[str]) -> str:
    return f'"{" ".join(words)}"'


def _tsquery_term(term: Term) -> str:
    return " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.prefix else "")


def _notation(connection: Connection) -> _Notation:
    if connection.dialect.name == "sqlite":
        return _Notation(" AND ", " OR ", " NOT ", partial(_fts5_term, connection))
    return _Notation(" & ", " | ", " & !", _tsquery_term)


def _asked(selection: Selection, notation: _Notation, *, retracted: bool) -> str:
    wanted = [*_alternatives(selection, notation)]
    unwanted = [] if retracted else [notation.term(Term((_GONE,)))]
    for term in Query.parse(selection.query).terms:
        (unwanted if term.excluded else wanted).append(notation.term(term))
    if exclude := selection.exclude:
        unwanted += _alternatives(exclude, notation)
        if exclude.query:
            unwanted.append(_asked(Selection(query=exclude.query), notation, retracted=True))
    every = wanted or [notation.term(Term((_MARK,)))]
    return notation.but_not.join(f"({part})" for part in (notation.all.join(f"({each})" for each in every), *unwanted))


def _alternatives(selection: Selection, notation: _Notation) -> Iterator[str]:
    given = {
        "source": selection.sources,
        "section": selection.sections,
        "tag": selection.tags,
        "author": selection.authors,
        "language": selection.languages,
    }
    for kind, names in given.items():
        if names:
            yield notation.any.join(notation.term(Term((_label(kind, name),))) for name in names)


def arrivals(connection: Connection, selection: Selection, span: Span, *, limit: int, retracted: bool) -> list[int]:
    """Return the arrival numbers of the first articles that a selection with a query selects, in order."""
    asked = _asked(selection, _notation(connection), retracted=retracted)
    way = "DESC" if span.newest_first else "ASC"
    found: Sequence[int] = ()
    for statement, part in _searches(connection, span):
        values = {"asked": asked, "above": part.above or 0, "below": part.below or _BEYOND, "limit": limit}
        found = connection.execute(text(statement.format(way=way)), values).scalars().all()
        if len(found) == limit:
            break
    return [*found]


def _searches(connection: Connection, span: Span) -> Iterator[tuple[str, Span]]:
    """Yield what to try one after another until it finds as many as are wanted; the last finds all."""
    if connection.dialect.name == "sqlite":
        yield _ALONG, span
    else:
        greatest = counters.read(connection, counters.ARRIVAL)
        yield from ((_AMONG_THE_NEXT, _beginning(span, length, greatest=greatest)) for length in _NEXT)
        yield _AMONG_ALL, span


def _beginning(span: Span, length: int, *, greatest: int) -> Span:
    if span.newest_first:
        below = min(span.below or _BEYOND, greatest + 1)
        return Span(below, max(span.above or 0, below - length))
    above = span.above or 0
    return Span(min(span.below or _BEYOND, above + length), above, newest_first=False)


# FTS5 goes along its lists in the order of arrival, and ends at the limit.
_ALONG = """
    SELECT rowid FROM article_words WHERE article_words MATCH :asked AND rowid > :above AND rowid < :below
    ORDER BY rowid {way} LIMIT :limit
"""
# PostgreSQL sorts whatever it has found; but a word of every day is found often enough among the next few hundred
# articles, most others among as many thousand, which are looked through in milliseconds. OFFSET 0 keeps it from looking
# the word up all the same.
_NEXT = 500, 5_000
_AMONG_THE_NEXT = """
    SELECT arrival FROM (
        SELECT arrival, words FROM article_words WHERE arrival > :above AND arrival < :below OFFSET 0
    ) AS next
    WHERE words @@ CAST(:asked AS tsquery) ORDER BY arrival {way} LIMIT :limit
"""
# Materialized, or it would walk through all articles in the hope of meeting a rare word soon.
_AMONG_ALL = """
    WITH found AS MATERIALIZED (SELECT arrival FROM article_words WHERE words @@ CAST(:asked AS tsquery))
    SELECT arrival FROM found WHERE arrival > :above AND arrival < :below ORDER BY arrival {way} LIMIT :limit
"""
