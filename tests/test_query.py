"""What a query is, and what it finds; the databases are held against this in tests/store."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model import Article, ArticleId, Query, Selection, SourceName, article_words, search_words
from feedsvc.model.letters import UNSPACED
from feedsvc.text import headline_key

AT = datetime(2025, 2, 8, tzinfo=UTC)


def article(**fields):
    given = {"id": ArticleId("a"), "guid": "a", "source": SourceName("s"), "title": "", "slug": "a"}
    return Article(**given | {"published": AT, "first_seen": AT, "updated": AT} | fields)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bridge, re-opened (2024)!", ["bridge", "re", "opened", "2024"]),
        ("snake_case", ["snake", "case"]),
        ("Élan Straße ΑΘΉΝΑ", ["elan", "strasse", "αθηνα"]),
        ("SİYASƏT ısparta Iğdır", ["siyasət", "isparta", "igdir"]),
        ("ﬁne ²", ["fine", "2"]),
        ("東京tower", ["東", "京", "tower"]),
        ("w" * 70, ["w" * 64, "w" * 6]),
        ("", []),
    ],
)
def test_words_are_letters_and_digits_without_case_and_accents(text, words):
    assert search_words(text) == words


def test_texts_are_taken_apart_without_their_markup_and_each_for_itself():
    value = article(
        title="One two", section="Three", tags=("four", "five"), body="<p>six</p><p>se<b>v</b>en&nbsp;8</p>"
    )

    texts = [words.split() for words in article_words(value)]
    assert texts == [["one", "two"], ["three"], ["four"], ["five"], ["six", "seven", "8"]]


def test_of_an_endless_text_the_beginning_is_read():
    [title, body] = article_words(article(title="News", body="word " * 50_000))

    assert (title, len(body.split())) == ("news", 12_000)


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("  Harbour   BRIDGE ", "harbour bridge"),
        ('"Harbour  Bridge"', '"harbour bridge"'),
        ('"bridge"', "bridge"),
        ("-Closed -“x” - --", "-closed -x"),
        ("brid* br*", "brid* br"),
        ('"harbour brid"*', '"harbour brid"*'),
        ("e-mail", '"e mail"'),
        ("Müller müller MULLER", "muller"),
        ('bridge "without end', 'bridge "without end"'),
        ("뉴스", "뉴스"),
        ("a b c d e f g h i j", "a b c d e f g h"),
        ("x" * 300, f'"{"x" * 64} {"x" * 64} {"x" * 64} {"x" * 8}"'),
        ('* - "" \'', ""),
    ],
)
def test_queries_that_find_the_same_way_are_written_the_same_way(asked, canonical):
    assert str(Query.parse(asked)) == canonical


@given(st.text(max_size=60) | st.lists(st.sampled_from(['"', "-", "*", " ", "ab", "né", "東", "İ"])).map("".join))
def test_the_canonical_form_of_a_query_is_that_query(asked):
    query = Query.parse(asked)

    assert Query.parse(str(query)) == query


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("opens harbour", True),
        ("harbour closed", False),
        ('"harbour bridge"', True),
        ('"bridge harbour"', False),
        ('"opens city"', False),
        ("harb*", True),
        ('"the harbour bri"*', True),
        ("harbour -city", False),
        ("harbour -closed", True),
        ('-"harbour opens"', True),
        ("", True),
    ],
)
def test_all_terms_must_be_there_and_none_of_the_excluded(asked, found):
    value = article(title="The Harbour Bridge opens", section="City")

    assert Query.parse(asked).matches(value) is found
    assert Selection(query=asked).selects(value) is found


@given(
    st.text()
    | st.text(st.characters(max_codepoint=0x45F))
    | st.lists(st.sampled_from([*"aIıİß_ -'\u0301\u034f\u1100\u1161東\u0e31\u3000\x1c\x85²ﬁ"])).map("".join)
    | st.lists(st.sampled_from(["a" * 62, "ə" * 64, "b", "東", "ё", " ", ". "])).map("".join)
)
def test_letters_are_folded_as_unicode_says_however_that_is_made_fast(text):
    whole = unicodedata.normalize("NFKD", text).replace("ı", "i").casefold()
    letters = "".join(each for each in whole if not unicodedata.combining(each))

    assert headline_key(text) == " ".join(re.findall(r"[^\W_]+", letters))
    assert search_words(text) == re.findall(rf"[{UNSPACED}]|[^\W_{UNSPACED}]{{1,64}}", letters)
