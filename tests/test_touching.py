"""Which feeds an article touches; asking each of them is what the answer is held against."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.decide import Touching
from feedsvc.model import Article, ArticleId, Selection, SourceName

AT = datetime(2025, 2, 8, tzinfo=UTC)
NAMES = st.lists(st.sampled_from(["Sport", "SPORT", "Siyasət", "SİYASƏT", "x"]), max_size=2, unique=True).map(tuple)
PLAIN = st.builds(Selection, sources=NAMES, sections=NAMES, tags=NAMES, authors=NAMES, languages=NAMES)
SELECTIONS = st.builds(
    Selection,
    sources=NAMES,
    sections=NAMES,
    tags=NAMES,
    authors=NAMES,
    languages=NAMES,
    query=st.sampled_from(["", "bridge", "-bridge"]),
    exclude=st.none() | PLAIN,
)
NAME = st.sampled_from(["Sport", "sport", "siyasət", "y"])


@st.composite
def articles(draw):
    return Article(
        id=ArticleId("a"),
        guid="a",
        source=SourceName(draw(NAME)),
        title=draw(st.sampled_from(["A bridge", "A ferry"])),
        slug="a",
        published=AT,
        first_seen=AT,
        updated=AT,
        section=draw(st.none() | NAME),
        language=draw(st.none() | NAME),
        tags=tuple(draw(st.lists(NAME, max_size=2))),
        authors=tuple(draw(st.lists(NAME, max_size=2))),
    )


@given(st.lists(SELECTIONS, max_size=8), st.lists(articles(), max_size=3))
def test_what_an_article_touches_is_what_selects_it(selections, given_articles):
    touched = Touching(enumerate(selections)).by(given_articles)

    assert touched == tuple(
        number for number, selection in enumerate(selections) if any(map(selection.selects, given_articles))
    )
