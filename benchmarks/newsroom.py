"""A newsroom to measure: pages of a real page's shape and size, and a folder with configuration, inbox and store.

Knows the page that the goals speak of: an article of ten paragraphs, a teaser, and a news line of forty headlines, 7 kB
in all. Its sentences are our own; another edition shares none of its lines with this one.
"""

import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from feedsvc import wiring
from feedsvc.config import Config, load
from feedsvc.service import Service

ENTRIES = 40

# The lengths of these lists have no common factor: headlines near one another are different news, not variants.
_WHO = (
    "Harbour board",
    '"Not asked": the fleet of Northquay',
    "Minister of Transport",
    "School of Navigation",
    "Lighthouse Foundation",
    "Why the Court of Auditors",
    "Analytics: Britta Holm",
    "Museum of the Sea",
)
_DOES = (
    "publishes its report on",
    "rejects the plan for",
    "opens talks about",
    "asks 14 questions on",
    "signs a treaty on",
    "votes – by 31 to 24 – on",
    "looks back at",
    "leads a debate on",
    "pays for",
)
_WHAT = (
    "the eastern breakwater",
    "the winter ferries",
    "the “quiet harbour” rules",
    "grain at Pier 7",
    "a bridge nobody ordered",
    "the MV Aurora",
    "the dockers' homes",
)
_SENTENCES = (
    "The port authority has published the figures that the regional parliament asked for in the autumn session.",
    'The statement reads: "What was promised to the islands in the spring of 2009 has to be kept in every winter."',
    "Between 19 and 20 January 1990 the storm took the old breakwater, and 150 boats were lost in a single night.",
    "Engineers of three countries have since measured the currents, the silt and the patience of those who live there.",
    "The parliament’s committee on transport, which has met 34 times on the matter, calls the result encouraging.",
    "Families that were moved inland at the time have been invited to return, and two hundred of them have done so.",
    "A second report, on the cost of the ferries and of the piers that they need, is to follow in March 2026.",
    "Nobody at the meeting disputed that the breakwater works; what was disputed, for hours, was who should pay.",
    "The fund for coastal towns carries a third, the state another, and the rest is left to the harbour’s own fees.",
    "In the evening the lights of the new pier were switched on, a little late, and to rather hesitant applause.",
    "Local counter-measures on 19-20 September 2023 showed how quickly the quays can be cleared when it matters.",
)
# How many sentences each paragraph of the article has: in characters that is the real one, about.
_LENGTHS = (1, 2, 4, 5, 3, 3, 3, 3, 4, 4)
_LATEST = datetime(2025, 2, 8, 12, 6)  # noqa: DTZ001 - written on a page, which states no zone
_APART = timedelta(hours=7, minutes=43)

_CONFIG = """
[site]
title = "The Northquay Times"
base_url = "https://news.example.org"
language = "en"
timezone = "Asia/Baku"

[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"
every = "1s"

[[feeds]]
name = "politics"
title = "The Northquay Times: Politics"
sections = ["Politics"]
"""


def headline(number: int) -> str:
    """Return the headline of that number; no two are alike."""
    return f"{_WHO[number % len(_WHO)]} {_DOES[number % len(_DOES)]} {_WHAT[number % len(_WHAT)]}, day {number}"


def paragraphs(edition: int) -> tuple[str, ...]:
    """Return the body of an edition's article, 3.6 kB in ten paragraphs."""
    written = []
    for number, length in enumerate(_LENGTHS):
        first = edition + 4 * number
        sentences = [_SENTENCES[(first + step) % len(_SENTENCES)] for step in range(length)]
        written.append(f"{' '.join(sentences)} ({edition + 1}/{number + 1})")
    return tuple(written)


def page(*, newest: int = ENTRIES, edition: int = 0) -> str:
    """Return a saved page that lists the forty headlines up to number ``newest``, below the article of an edition.

    Headlines keep their times: of two pages with nearby ``newest`` the later one has new lines on top, and the oldest
    ones have dropped out.
    """
    listed = range(newest, newest - ENTRIES, -1)
    line = "\n".join(f"{headline(number)}\n{_LATEST + _APART * (number - ENTRIES):%H:%M %d.%m.%Y}" for number in listed)
    article = f"{edition + 1} years after the storm, Northquay has its breakwater back\n\nPolitics 23:49 19.01.2024"
    body = "\n\n".join(paragraphs(edition))
    return f"{article}\n\n{body}\n\n{headline(newest - 17)}\n\nNews line\n\n{line}\nAll news\n"


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A folder that feedsvc can be started on."""

    folder: Path

    @classmethod
    def found(cls, folder: Path) -> "Newsroom":
        """Make the newsroom in an empty folder, a page in its inbox."""
        room = cls(folder)
        room.page_file.parent.mkdir(parents=True)
        room.config_file.write_text(_CONFIG, encoding="utf-8")
        room.save(page(), age_s=60)
        return room

    @property
    def config_file(self) -> Path:
        """The configuration."""
        return self.folder / "config.toml"

    @property
    def page_file(self) -> Path:
        """The one page of the inbox."""
        return self.folder / "inbox" / "page.txt"

    def config(self) -> Config:
        """Return the configuration as feedsvc reads it."""
        return load(self.config_file)

    def service(self) -> Service:
        """Return the service over the newsroom, ready to work; the caller closes it."""
        service = wiring.service(self.config_file)
        service.prepare()
        return service

    def save(self, text: str, *, age_s: float = 0) -> float:
        """Put a page in the place of the last one, whole at once; return when (seconds since the epoch).

        One saved ``age_s`` ago is read without the wait that a file gets which may still be growing.
        """
        unfinished = self.folder / "page.part"
        unfinished.write_text(text, encoding="utf-8")
        if age_s:
            moment = time.time() - age_s
            os.utime(unfinished, (moment, moment))
        moment = time.time()
        unfinished.replace(self.page_file)
        return moment
