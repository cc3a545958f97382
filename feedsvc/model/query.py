"""What readers search by: words, phrases, beginnings of words, and what is not to be there.

Knows the one way in which texts and queries are taken apart into words, so that every database finds the same; hides
Unicode's corners.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from feedsvc.model.article import Article
from feedsvc.model.letters import UNSPACED, folded, usual_folded

# Where words stand without spaces, a character is a word, and what stands together in a query is a phrase.
_NO_SPACES = re.compile(f"[{UNSPACED}]")
_LONGEST = 64
_WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]{{1,{_LONGEST}}}")
_BETWEEN_BLOCKS = re.compile(r"</(?:p|li|h[1-6]|blockquote|div|figcaption|pre|td|th|dt|dd)>|<[bh]r\s*/?>")
_TAG = re.compile(r"<[^>]*>")
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)')

# So much of an article is searched: 10,000 words of most languages, and far below what PostgreSQL takes for one.
_CHARACTERS_READ = 60_000
_CHARACTERS_ASKED = 200
_TERMS_ASKED = 8
# The beginning of fewer letters is that of too many words.
_PREFIX_LETTERS = 3


def search_words(text: str) -> list[str]:
    """Return the words of a text in order, without case and accents; ``İ``, ``I``, ``ı`` and ``i`` are one."""
    return _spaced(text).split()


def _spaced(text: str) -> str:
    """Return the words of a text apart by spaces, of which there may be more."""
    letters = usual_folded(text)
    spaced = letters is not None
    if letters is None:
        letters = folded(text)
        spaced = not _NO_SPACES.search(letters)
    # Most texts have no words but those between spaces, which need not be taken apart.
    return letters if spaced and not _has_long_words(letters) else " ".join(_WORD.findall(letters))


def _has_long_words(letters: str) -> bool:
    # From the last space that is near enough to the next: a tenth of the time of looking at each word.
    begin, end = 0, len(letters)
    while end - begin > _LONGEST:
        space = letters.rfind(" ", begin, begin + _LONGEST + 1)
        if space < 0:
            return True
        begin = space + 1
    return False


@lru_cache(maxsize=4096)
def _spaced_name(name: str) -> str:
    return _spaced(name)


def article_words(article: Article) -> list[str]:
    """Return the words by which an article is found, apart by spaces, those of each text apart.

    No phrase goes from one text to another.
    """
    names = (article.section or "", *article.tags, *article.authors)
    texts = [article.title, *names, _plain(article.summary or ""), _plain(article.body or "")]
    if sum(map(len, texts)) > _CHARACTERS_READ:
        texts = [*_beginning(texts)]
    title, *names_read, summary, body = texts
    return [
        *map(_spaced, filter(None, (title,))),
        *map(_spaced_name, filter(None, names_read)),
        *map(_spaced, filter(None, (summary, body))),
    ]


def _beginning(texts: Iterable[str]) -> Iterator[str]:
    room = _CHARACTERS_READ
    for text in texts:
        yield text[:room]
        room -= len(text[:room])


def _plain(body: str) -> str:
    if not ("<" in body or "&" in body):
        return body
    return html.unescape(_TAG.sub("", _BETWEEN_BLOCKS.sub(" ", body)))


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand next to one another; the last may go on when it is a ``prefix``."""

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False

    def __str__(self) -> str:
        # Composed, for Korean syllables have come apart into letters.
        words = unicodedata.normalize("NFC", " ".join(self.words))
        quoted = f'"{words}"' if len(self.words) > 1 else words
        return f"{'-' if self.excluded else ''}{quoted}{'*' if self.prefix else ''}"

    def matches(self, words: Sequence[str]) -> bool:
        """Tell whether these words follow one another somewhere among those given."""
        length = len(self.words)
        *whole, last = self.words
        return any(
            (words[end - 1].startswith(last) if self.prefix else words[end - 1] == last)
            and [*words[end - length : end - 1]] == whole
            for end in range(length, len(words) + 1)
        )


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: all terms, in the order written, but none of the excluded. Without terms all is found."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        """Return the canonical form: queries that find the same way are written the same way."""
        return " ".join(map(str, self.terms))

    @property
    def asks(self) -> bool:
        """Whether something is to be found, rather than only left out."""
        return any(not term.excluded for term in self.terms)

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Read ``words "a phrase" -excluded begin*``; what is beyond 8 terms or 200 characters is left out.

        Nothing is an error: what has no word in it says nothing, and a quotation without end goes to the end.
        """
        return _parsed(text[:_CHARACTERS_ASKED])

    def matches(self, article: Article) -> bool:
        """Tell whether the article is found."""
        texts = [words.split() for words in article_words(article)]
        return all(any(map(term.matches, texts)) is not term.excluded for term in self.terms)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Query:
    terms = chain.from_iterable(_terms(*found) for found in _TERM.findall(text))
    return Query(tuple(islice(dict.fromkeys(terms), _TERMS_ASKED)))


def _terms(minus: str, phrase: str, word: str, star: str) -> Iterable[Term]:
    prefix = bool(star) or word.endswith("*")
    words = tuple(search_words(phrase or word))
    if words:
        yield Term(words, prefix and len(words[-1]) >= _PREFIX_LETTERS, bool(minus))
