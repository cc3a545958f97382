"""The chronicle of a large newsroom, as long as wanted: an export of feedsvc that `feedsvc import` takes in.

Knows what makes a store like a real one: three languages, five sources, 30 sections, 2,000 tags, 300 authors, bodies of
some 600 characters whose words are as unevenly frequent as real ones. The same number is the same article in each.
"""

import json
import random
from base64 import b32encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from uuid import UUID
from zlib import crc32

LANGUAGES = ("en", "az", "ru")
SOURCES = 5
SECTIONS = 30
TAGS = 2_000
AUTHORS = 300
# A word of a single article, whatever the size; and one of each.
RARE_WORD, COMMON_WORD = "serendipity", "northquay"
RARE_AT = 137

_LATEST = datetime(2025, 2, 8, 12, 6, tzinfo=UTC)
_APART = timedelta(minutes=7)
_LETTERS = {"en": "etaoinshrdlucmfwypvbgk", "az": "əaıniredlmsuytükobşçğz", "ru": "оеаинтсрвлкмдпуяызбгчж"}
_WORDS = 20_000
_SENTENCES = 3_000


def export(length: int) -> Iterator[str]:
    """Yield the lines of an export of so many articles, the oldest first."""
    yield json.dumps({"type": "feedsvc", "format": 1, "version": "0.1.0"})
    for number in range(length):
        yield json.dumps({"type": "article", **_record(number, length)}, ensure_ascii=False)


def section(number: int) -> str:
    """Return the name of a section."""
    return f"Section {number % SECTIONS}"


def article_id(number: int) -> str:
    """Return the id of an article: as those that are minted, in no order."""
    return b32encode(number.to_bytes(4) + crc32(str(number).encode()).to_bytes(4))[::-1].decode().strip("=").lower()


def _record(number: int, length: int) -> dict[str, object]:
    dice = random.Random(number)
    language = LANGUAGES[number % len(LANGUAGES)]
    sentences = _sentences(language)
    title = f"{dice.choice(sentences)[:60].rstrip()} {number}"
    body = [dice.choice(sentences) for _ in range(8)]
    if number == RARE_AT:
        body.append(RARE_WORD)
    moment = (_LATEST - _APART * (length - number)).isoformat()
    link = f"https://times.example.org/{language}/{number}.html"
    return {
        "id": article_id(number),
        "guid": UUID(int=dice.getrandbits(128)).urn,
        "source": f"desk-{number % SOURCES}",
        "title": title,
        "slug": f"story-{number}",
        "published": moment,
        "first_seen": moment,
        "updated": moment,
        "revision": 1,
        "section": section(number),
        "link": link,
        "source_guid": link,
        "stated": moment,
        "authors": [f"Author {dice.randrange(AUTHORS)}"],
        "tags": [f"Tag {dice.randrange(TAGS)}", f"Tag {dice.randrange(TAGS)}"],
        "summary": f"{COMMON_WORD.title()}: {dice.choice(sentences)}",
        "body": f"<p>{' '.join(body[:4])}</p><p>{' '.join(body[4:])}</p>",
        "image": None,
        "enclosures": [],
        "via": None,
        "language": language,
        "embargo": None,
        "followed": None,
        "aliases": [],
        "pinned": [],
        "retracted": None,
    }


@lru_cache
def _sentences(language: str) -> tuple[str, ...]:
    dice = random.Random(language)
    words = ["".join(dice.choices(_LETTERS[language], k=2 + dice.randrange(9))) for _ in range(_WORDS)]
    frequent = [*accumulate(1 / rank for rank in range(1, _WORDS + 1))]
    return tuple(
        " ".join(dice.choices(words, cum_weights=frequent, k=11)).capitalize() + "." for _ in range(_SENTENCES)
    )
