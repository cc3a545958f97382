"""config.toml becomes a value, or every reason why not, each with its line."""

import datetime as dt
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedsvc import sample, sources
from feedsvc.config import Config, Feed, Server, Site, Source, Store, load
from feedsvc.config import crontab as crontabs
from feedsvc.config.lines import key_lines, line_of
from feedsvc.config.reading import TABLES
from feedsvc.config.values import ONLY
from feedsvc.errors import ConfigError, NotFound
from feedsvc.model import Selection, Snapshot

ROOT = Path(__file__).parents[1]
KINDS = '"page-text" or "html" or "feed" or "folder" or "push"'
SITE = '[site]\ntitle = "News"\nbase_url = "https://news.example.org"\n'
SOURCE = '[[sources]]\nname = "front-page"\nkind = "page-text"\npath = "inbox/*.txt"\n'

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(document: str) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(document, "utf-8")
        return file

    return write


@pytest.fixture
def problems(write: Write) -> Callable[..., list[str]]:
    """The problems of a document, as an admin sees them in its own folder."""

    def problems(document: str, environ: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(write(document), environ or {})
        return [str(replace(problem, file="config.toml")) for problem in caught.value.problems]

    return problems


# --- values -----------------------------------------------------------------------------------------------------------


def test_the_least_configuration_has_a_main_feed_and_every_default(write):
    file = write(SITE)
    assert load(file) == Config(
        file=file,
        site=Site(title="News", base_url="https://news.example.org", language="en", timezone="UTC"),
        store=Store(url=f"sqlite:///{file.parent}/var/feedsvc.db"),
        server=Server(host="127.0.0.1", port=8080, workers=2),
        feeds=(Feed(name="main", title="News", limit=50, content="full", every=dt.timedelta(minutes=5)),),
    )


def test_sources_and_feeds_take_what_they_lack_from_the_site(write):
    site = SITE + 'language = "az"\ntimezone = "Asia/Baku"\n'
    own = SOURCE.replace("front-page", "own") + 'timezone = "Europe/Berlin"\nlanguage = "de"\n'
    config = load(write(site + SOURCE + own + '[[feeds]]\nname = "f"\ntitle = "F"\nlanguage = "tr"\n'))
    assert [(source.zone, source.language) for source in config.sources] == [
        (ZoneInfo("Asia/Baku"), "az"),
        (ZoneInfo("Europe/Berlin"), "de"),
    ]
    assert [(feed.name, feed.language) for feed in config.feeds] == [("main", "az"), ("f", "tr")]


def test_the_main_feed_comes_first_and_may_be_configured_without_a_title(write):
    config = load(write(SITE + '[[feeds]]\nname = "a"\ntitle = "A"\n[[feeds]]\nname = "main"\nlimit = 7\n'))
    assert [(feed.name, feed.title, feed.limit) for feed in config.feeds] == [("main", "News", 7), ("a", "A", 50)]


def test_a_feed_says_which_articles_it_takes(write):
    lists = 'sources = ["front-page"]\nsections = ["Politics"]\ntags = ["eu"]\nauthors = ["M. Feld"]\n'
    config = load(write(SITE + SOURCE + '[[feeds]]\nname = "p"\ntitle = "P"\n' + lists))
    assert config.feed("p").selection == Selection(("front-page",), ("Politics",), ("eu",), ("M. Feld",))


def test_values_cannot_be_changed(write):
    config = load(write(SITE))
    with pytest.raises(ValidationError):
        config.site.title = "Other"
    assert isinstance(hash(config), int)


def test_an_unknown_name_says_the_nearest(write):
    config = load(write(SITE + SOURCE))
    assert config.source("front-page").path == "inbox/*.txt"
    with pytest.raises(NotFound, match="there is no source 'frontpage'; did you mean 'front-page'"):
        config.source("frontpage")
    with pytest.raises(NotFound, match="there is no feed 'Main'; did you mean 'main'"):
        config.feed("Main")


def test_the_folder_is_absolute_wherever_the_service_is_started(write, monkeypatch):
    file = write(SITE)
    monkeypatch.chdir(file.parent)
    config = load(Path("config.toml"))
    assert config.folder == file.parent
    assert config.store.url == f"sqlite:///{file.parent}/var/feedsvc.db"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1s", 1),
        ("30s", 30),
        ("5m", 300),
        ("2h", 7200),
        ("1d", 86_400),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("365d", 31_536_000),
    ],
)
def test_durations(write, written, seconds):
    assert load(write(SITE + SOURCE + f'every = "{written}"\n')).sources[0].every.total_seconds() == seconds


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://news.example.org/", "https://news.example.org"),
        ("https://news.example.org/town/", "https://news.example.org/town"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("HTTPS://News.Example.ORG", "https://news.example.org"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("https://example.org/čas/", "https://example.org/%C4%8Das"),
    ],
)
def test_a_base_url_is_kept_in_one_form(write, written, kept):
    assert load(write(f'[site]\ntitle = "N"\nbase_url = "{written}"\n')).site.base_url == kept


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "is not a web address"),
        ("https://", "is not a web address"),
        ("ftp://example.org", "is not a web address"),
        ("https://news example.org", "is not a web address"),
        ("https://example.org:99999", "is not a web address"),
        ("https://[example.org", "is not a web address"),
        ("https://example..org", "is not a web address"),
        ("https://example.org/?a=1", "must not hold a user name, a ? or a #"),
        ("https://example.org/#top", "must not hold a user name, a ? or a #"),
        ("https://user:s3cret@example.org", "must not hold a user name, a ? or a #"),
    ],
)
def test_what_is_no_base_url_is_a_problem(problems, written, words):
    (problem,) = problems(f'[site]\ntitle = "N"\nbase_url = "{written}"\n')
    assert words in problem
    assert "s3cret" not in problem


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("en", "en"),
        ("PT-br", "pt-BR"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("en_US", "en-US"),
        ("de-1996", "de-1996"),
    ],
)
def test_a_language_is_kept_in_its_usual_case(write, written, kept):
    assert load(write(SITE + f'language = "{written}"\n')).site.language == kept


def test_windows_line_ends_and_a_byte_order_mark_are_taken(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SITE.replace("\n", "\r\n").encode())
    assert load(file).site.title == "News"


# --- the store's address ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("sqlite:///a/b.db", "sqlite:///{folder}/a/b.db"),
        ("sqlite:///../b.db", "sqlite:///{parent}/b.db"),
        ("sqlite:////srv/b.db", "sqlite:////srv/b.db"),
        ("postgresql://u:p@db.example.org:5432/news", "postgresql+psycopg://u:p@db.example.org:5432/news"),
        ("postgres://db.example.org/news", "postgresql+psycopg://db.example.org/news"),
        ("postgresql+psycopg:///news", "postgresql+psycopg:///news"),
    ],
)
def test_a_store_address_is_kept_as_sqlalchemy_takes_it(write, written, kept):
    file = write(SITE + f'[store]\nurl = "{written}"\n')
    folder = file.parent.resolve()
    assert load(file).store.url == kept.format(folder=folder, parent=folder.parent)


def test_a_store_address_may_come_from_the_environment_or_a_file(write):
    url = "postgresql://u:secret@db.example.org/news"
    file = write(SITE + '[store]\nurl = { env = "STORE_URL" }\n')
    expected = "postgresql+psycopg://u:secret@db.example.org/news"
    assert load(file, {"STORE_URL": url}).store.url == expected
    (file.parent / "store-url").write_text(url + "\n")
    assert load(write(SITE + '[store]\nurl = { file = "store-url" }\n')).store.url == expected


def test_the_process_environment_is_the_default(write, monkeypatch):
    monkeypatch.setenv("FEEDSVC_TEST_STORE", "postgresql://db.example.org/news")
    assert load(write(SITE + '[store]\nurl = { env = "FEEDSVC_TEST_STORE" }\n')).store.url.endswith("/news")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3cret@h/db",
        "postgresql://u:s3cret@x@h/db?sslmode=require",
        "postgresql://h/db?user=u&password=s3cret",
    ],
)
def test_no_representation_shows_the_password(write, url):
    config = load(write(SITE + f'[store]\nurl = "{url}"\n'))
    assert "s3cret" in config.store.url
    for shown in (repr(config), str(config), repr(config.store), str(config.store), config.store.shown_url):
        assert "s3cret" not in shown
    assert "***" in config.store.shown_url


@pytest.mark.parametrize("url", ["postgresql://u:s3cret@h:port/db", "mysql://u:s3cret@h/db", "u:s3cret@h"])
def test_no_problem_shows_the_password(problems, write, url):
    (problem,) = problems(SITE + f'[store]\nurl = "{url}"\n')
    assert "s3cret" not in problem
    with pytest.raises(ConfigError) as caught:
        load(write(SITE + f'[store]\nurl = "{url}"\n'))
    assert "s3cret" not in str(caught.value.__context__)


# --- digests and ages -------------------------------------------------------------------------------------------------


def test_the_digest_is_of_the_settings_and_not_of_how_they_are_written(write):
    first = load(write(SITE)).digest
    assert load(write("# a comment\n" + SITE + "[server]\nport = 8080\n")).digest == first
    assert load(write(SITE + "[server]\nport = 8081\n")).digest != first


@pytest.mark.parametrize(
    "change",
    ['author = "A"\n', 'timezone = "Asia/Baku"\n', '[[feeds]]\nname = "main"\nlimit = 3\n', SOURCE + 'every = "2m"\n'],
)
def test_whatever_decides_the_bytes_of_a_feed_changes_its_settings(write, change):
    plain, changed = load(write(SITE)), load(write(SITE + change))
    assert plain.feed_settings(plain.feed("main")) != changed.feed_settings(changed.feed("main"))


def test_what_does_not_concern_a_feed_leaves_its_settings(write):
    plain = load(write(SITE))
    changed = load(write(SITE + '[server]\nport = 9\n[store]\nurl = "sqlite:///x.db"\n' + SOURCE))
    assert plain.feed_settings(plain.feed("main")) == changed.feed_settings(changed.feed("main"))


@pytest.mark.parametrize(
    ("feed", "source", "age_s"),
    [
        ('every = "10m"', 'every = "2m"', 120),
        ('every = "10m"', 'every = "20m"', 600),
        ('every = "10m"', 'every = "1s"', 60),
        ('every = "1d"', 'every = "1d"', 3600),
        ('every = "10m"', 'cron = "* * * * *"', 600),
        ('every = "10m"\nsources = ["other"]', 'every = "2m"', 540),
    ],
)
def test_the_age_of_a_feed_is_the_shortest_time_in_which_it_may_change(write, feed, source, age_s):
    other = SOURCE.replace("front-page", "other") + 'every = "9m"\n' if "other" in feed else ""
    config = load(write(SITE + f'{SOURCE}{source}\n{other}[[feeds]]\nname = "f"\ntitle = "F"\n{feed}\n'))
    assert config.max_age_s(config.feed("f")) == age_s


# --- problems ---------------------------------------------------------------------------------------------------------


FIVE_FIELDS = (
    "a cron time has five fields: minute, hour, day of the month, month, day of the week; "
    'write it like "*/10 6-23 * * *"'
)
FEED_SETTINGS = "name, title, description, sources, sections, tags, authors, languages, query, exclude, limit, content, tombstones, every, language, access"
NAMES = "use small letters a-z, digits and hyphens, at most 60"


def test_every_problem_is_told_at_once_in_the_order_of_the_file(problems):
    document = """\
[site]
title = ""
base_url = "news.example.org"
langage = "en"
timezone = "Asia/Bakuu"

[server]
port = "80"
workers = 65

[store]
url = { env = "NOT_SET" }

[[sources]]
name = "front-page"
kind = "page-txt"
every = 5

[[sources]]
name = "front-page"
kind = "page-text"
path = "x"
every = "5m"
cron = "* * * *"

[[feeds]]
name = "Town!"
sources = [
  "front-page",
  "frontpage",
  3,
]
limit = 0
content = "ful"
port = 1

[feed]
"""
    assert [problem.removeprefix("config.toml:") for problem in problems(document)] == [
        "2: site.title: must not be empty",
        '3: site.base_url: "news.example.org" is not a web address; write it like "https://news.example.org"',
        '4: site.langage: is no setting here; did you mean "language"?',
        '5: site.timezone: "Asia/Bakuu" is not a known time zone; did you mean "Asia/Baku"?',
        '8: server.port: must be a whole number without quotes, not the text "80"',
        "9: server.workers: must be at most 64",
        "12: store.url: the environment variable NOT_SET is not set",
        f'16: sources.front-page.kind: must be {KINDS}; did you mean "page-text"?',
        '17: sources.front-page.every: 5 is not a duration; write it like "30s", "5m", "2h", "1d" or "1h30m"; or "auto"',
        '20: sources.front-page.name: "front-page" is already the name of another one above; give each its own',
        "24: sources.front-page.cron: say when by every or by cron, not by both",
        f"24: sources.front-page.cron: {FIVE_FIELDS}",
        "26: feeds[1].title: is missing",
        f'27: feeds[1].name: "Town!" cannot be a name; {NAMES}, such as "town"',
        '30: feeds[1].sources[2]: there is no source "frontpage"; did you mean "front-page"?',
        "31: feeds[1].sources[3]: must be text in quotes, not the number 3",
        "33: feeds[1].limit: must be at least 1",
        '34: feeds[1].content: must be "full" or "summary"; did you mean "full"?',
        f"35: feeds[1].port: is no setting here, but one of [server]; known here are {FEED_SETTINGS}",
        '37: feed: is no setting here; did you mean "feeds"?',
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", "1: site: the table [site] is missing"),
        ("site = 3", "1: site: must be a table: [site] and its settings below"),
        (SITE + "[sources]\n", "4: sources: must be written with double brackets: [[sources]]"),
        (SITE + "[[server]]\n", "4: server: must be a table: [server] and its settings below"),
        (
            'file = "x"\n' + SITE,
            "1: file: is no setting here; known are site, store, server, outbound, hub, alerts, admin, sources, feeds, redirects",
        ),
        (
            "port = 1\n" + SITE,
            "1: port: is no setting here, but one of [server]; known here are site, store, server, outbound, hub, alerts, admin, sources, feeds, redirects",
        ),
        (SITE + "[[sources]]\n[[sources]]\n", None),
        (SITE + 'timezone = "Kiev"', '4: site.timezone: "Kiev" is not a known time zone; did you mean "Europe/Kiev"?'),
        (SITE + 'timezone = "Asia"', None),
        (SITE + 'timezone = ""', None),
        (SITE + 'timezone = "../etc"', None),
        (
            SITE + 'language = "english"',
            '4: site.language: "english" is not a language tag; write it like "en", "az" or "pt-BR"',
        ),
        (SITE + "[server]\nport = true", "5: server.port: must be a whole number without quotes, not true"),
        (SITE + "[server]\nport = 80.5", "5: server.port: must be a whole number without quotes, not the number 80.5"),
        (SITE + "author = 1979-05-27", "4: site.author: must be text in quotes, not a date or time"),
        (
            SITE + '[[feeds]]\nname="f"\ntitle="F"\ntags = "eu"',
            '7: feeds.f.tags: must be a list in brackets, not the text "eu"',
        ),
        (SITE + '[[feeds]]\nname="f"', "4: feeds.f.title: is missing"),
        (
            SITE + '[[feeds]]\nname="tag-eu"\ntitle="F"',
            '5: feeds.tag-eu.name: "tag-eu" cannot be a name: feeds named tag-… come by themselves',
        ),
        (
            SITE + SOURCE + 'every = "0s"',
            '8: sources.front-page.every: "0s" is out of range; a duration is from "1s" to "365d"; or "auto"',
        ),
        (SITE + SOURCE + 'every = "366d"', None),
        (SITE + SOURCE + 'every = "5 min"', None),
        (SITE + SOURCE + 'every = ""', None),
        (SITE + SOURCE + 'url = "https://example.org"', None),
        (SITE + '[store]\nurl = "sqlite:///:memory:"', None),
        (
            SITE + '[store]\nurl = "sqlite://var/x.db"',
            '5: store.url: must name a file after three slashes, such as "sqlite:///var/feedsvc.db"',
        ),
        (
            SITE + '[store]\nurl = "sqlite:///x.db?mode=ro"',
            "5: store.url: must be a path without a ?; SQLite takes no options here",
        ),
        (SITE + '[store]\nurl = "var/x.db"', '5: store.url: must start with "sqlite:///" or "postgresql://"'),
        (SITE + "[store]\nurl = 3", "5: store.url: must be text in quotes, not the number 3"),
        (
            SITE + '[store]\nurl = { env = "A", file = "b" }',
            '5: store.url: must be text in quotes, { env = "NAME" } or { file = "PATH" }',
        ),
        (
            SITE + '[store]\nurl = { file = "nowhere" }',
            "5: store.url: the file nowhere cannot be read: No such file or directory",
        ),
    ],
)
def test_a_problem_is_told_in_plain_words(problems, document, problem):
    found = problems(document)
    assert all("Input should" not in each and "valid" not in each for each in found)
    if problem is not None:
        assert found == [f"config.toml:{problem}"]


GARBAGE = [
    '"text"',
    '""',
    "3",
    "-1",
    "1.5",
    "nan",
    "true",
    "[]",
    "[1]",
    '["x"]',
    "{}",
    "{ a = 1 }",
    "1979-05-27",
    "07:32:00",
    "1979-05-27T07:32:00Z",
    '"\\u0000"',
    '"a\\nb"',
    "99999999999999999999",
    "[{}]",
]


@pytest.mark.parametrize("table", [*TABLES, ""])
def test_whatever_stands_at_a_setting_no_sentence_is_a_programmers(write, table):
    """Every kind of TOML value, at every setting: a good one loads, any other gets a sentence of ours."""
    whole = {"sources": SOURCE, "feeds": '[[feeds]]\nname = "f"\ntitle = "F"\n'}
    for setting in TABLES[table].model_fields if table else TABLES:
        for value in GARBAGE:
            line = f"{setting} = {value}\n"
            if not table:
                document = line + ("" if setting == "site" else SITE)
            elif table == "site":
                document = re.sub(rf"^{setting} = .*\n", "", SITE, flags=re.MULTILINE) + line
            else:
                rest = re.sub(rf"^{setting} = .*\n", "", whole.get(table, f"[{table}]\n"), flags=re.MULTILINE)
                document = SITE + rest + line
            try:
                load(write(document), {})
            except ConfigError as error:
                for problem in error.problems:
                    assert problem.line
                    assert not re.search(r"Input should|valid|NoneType|dict|str\b|tuple|Errno", problem.message), (
                        problem
                    )


# --- files that cannot be read ----------------------------------------------------------------------------------------


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "config.toml")
    assert str(caught.value) == (
        f"{tmp_path}/config.toml: there is no such file; run `feedsvc init` to make one, or name another with --config"
    )


def test_a_folder_says_which_file_is_meant(tmp_path):
    with pytest.raises(ConfigError, match=r"is a folder; name the file in it, such as .*/config\.toml"):
        load(tmp_path)


def test_a_forbidden_file_says_so(tmp_path):
    file = tmp_path / "config.toml"
    file.touch(0)
    if os.access(file, os.R_OK):  # root may read all; a name of a zero byte is what even root cannot open
        file = Path("con\0fig.toml")
    with pytest.raises(ConfigError, match="cannot be read: "):
        load(file)


def test_a_file_in_another_encoding_says_where(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(SITE.encode() + "author = 'Zoë'\n".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert str(caught.value) == f"{file}:4: is not UTF-8 text; save the file in the encoding UTF-8"


@pytest.mark.parametrize(
    ("document", "line", "words"),
    [
        ('[site]\ntitle = News\nx = "', 2, "text needs quotes"),
        ('[site]\ntitle = "News\n', 2, "the quotes are not closed"),
        ('[site]\ntitle = """News\n\n', 2, "the quotes are not closed"),
        ("[site]\ntitle\n", 2, "a = is missing"),
        ('[site]\ntitle = "a" "b"\n', 2, "something is left behind the value"),
        ('[site]\ntitle = "a"\ntitle = "b"\n', 3, "this setting was already given above"),
        ("[site]\n[server]\n[site]\n", 3, "this table was already begun above"),
        ("[site\n", 1, "the bracket ] of the table is missing"),
        ("[[feeds]\n", 1, "the brackets ]] of the table are missing"),
        ("[[feeds]]\nsources = [\n'a',\n", 3, "a bracket [ or { above is not closed"),
        ('[store]\nurl = "C:\\data"\n', 2, "a backslash is written twice"),
        ("[site]\n- title\n;\n", 2, "a = is missing"),
        ("[site]\n;\n", 2, "this is no setting"),
    ],
)
def test_a_syntax_error_is_told_with_its_line(problems, document, line, words):
    (problem,) = problems(document)
    assert problem.startswith(f"config.toml:{line}: ")
    assert words in problem


def test_brackets_without_end_are_a_problem_and_no_crash(problems):
    assert problems("a = " + "[" * 100_000) == ["config.toml: is nested too deeply"]


# --- where keys stand -------------------------------------------------------------------------------------------------

LAID_OUT = '''\
# a = 1
top = "# no comment"  # [no.table]

[a.b]            # line 4
c.d.e = 1
"quoted.key" = 2
'literal "key"'.x = 3
text = """
fake = 1
[fake]
\\""" still "" text"""""
literal = \'\'\'
# '' [[fake]]\'\'\'
after = 1979-05-27 07:32:00
list = [
  1, # one ]
  [2,
   3],
  { x = 1, "y z" = [
    4 ] },
]
inline = { p.q = 1, r = "}" }

[[sources]]
name = 'a'
[sources.extra]
deep = true
[[sources]]

[[sources.parts]]
n = 1
[[sources.parts]]
n = 2
[ "a" . b . 'n' ]
last = -1.5e3'''


def test_lines_are_found_in_every_notation():
    lines = key_lines(LAID_OUT)
    assert lines == {
        ("top",): 2,
        ("a",): 4,
        ("a", "b"): 4,
        ("a", "b", "c"): 5,
        ("a", "b", "c", "d"): 5,
        ("a", "b", "c", "d", "e"): 5,
        ("a", "b", "quoted.key"): 6,
        ("a", "b", 'literal "key"'): 7,
        ("a", "b", 'literal "key"', "x"): 7,
        ("a", "b", "text"): 8,
        ("a", "b", "literal"): 12,
        ("a", "b", "after"): 14,
        ("a", "b", "list"): 15,
        ("a", "b", "list", 0): 16,
        ("a", "b", "list", 1): 17,
        ("a", "b", "list", 1, 0): 17,
        ("a", "b", "list", 1, 1): 18,
        ("a", "b", "list", 2): 19,
        ("a", "b", "list", 2, "x"): 19,
        ("a", "b", "list", 2, "y z"): 19,
        ("a", "b", "list", 2, "y z", 0): 20,
        ("a", "b", "inline"): 22,
        ("a", "b", "inline", "p"): 22,
        ("a", "b", "inline", "p", "q"): 22,
        ("a", "b", "inline", "r"): 22,
        ("sources",): 24,
        ("sources", 0): 24,
        ("sources", 0, "name"): 25,
        ("sources", 0, "extra"): 26,
        ("sources", 0, "extra", "deep"): 27,
        ("sources", 1): 28,
        ("sources", 1, "parts"): 30,
        ("sources", 1, "parts", 0): 30,
        ("sources", 1, "parts", 0, "n"): 31,
        ("sources", 1, "parts", 1): 32,
        ("sources", 1, "parts", 1, "n"): 33,
        ("a", "b", "n"): 34,
        ("a", "b", "n", "last"): 35,
    }
    assert line_of(("sources", 0, "missing"), lines) == 24
    assert line_of(("nowhere",), lines) == 1


def paths(value: object, at: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ({at} - {()}).union(*(paths(each, (*at, step)) for step, each in inner))


_KEY = st.sampled_from(["a", "b-c", '"q.k"', "'l k'", '"\\u00e9"', "1", '""'])
_DOTTED = st.lists(_KEY, min_size=1, max_size=3).map(" . ".join)
_SCALAR = st.sampled_from(
    [
        "1",
        "true",
        '"x # y"',
        "'[z]'",
        '"""\n a = 1 \\""" """',
        "'''\n]\n'''",
        "1979-05-27 07:32:00",
        "-inf",
        '"\\\\"',
        '"""a"""""',
    ]
)
_VALUE = st.recursive(
    _SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[ # c ]\n" + ",\n".join(items) + "\n]")
        | st.lists(st.tuples(_DOTTED, inner), max_size=2).map(
            lambda kv: "{" + ", ".join(f"{k}={v}" for k, v in kv) + "}"
        )
    ),
    max_leaves=6,
)
_STATEMENT = (
    st.tuples(_DOTTED, _VALUE).map(lambda kv: f"{kv[0]} = {kv[1]} # c")
    | _DOTTED.map("[{}]".format)
    | _DOTTED.map(" [[ {} ]] # c".format)
    | st.sampled_from(["", "# [x]", "\t"])
)


@given(st.lists(_STATEMENT, max_size=8).map("\n".join))
def test_the_walk_finds_exactly_the_paths_that_tomllib_finds(document):
    try:
        data = tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        return  # statements put together at random may clash; the walk is for valid documents only
    assert set(key_lines(document)) == paths(data)


# --- cron -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("*/10 6-23 * * *", "*/10 6-23 * * *"),
        ("0 6 * * 1-5", "0 6 * * mon,tue,wed,thu,fri"),
        ("0 6 * * 0", "0 6 * * sun"),
        ("0 6 * * 7", "0 6 * * sun"),
        ("0 6 * * 5-7", "0 6 * * sun,fri,sat"),
        ("0 6 * * */2", "0 6 * * sun,tue,thu,sat"),
        ("0 6 * * MON-FRI", "0 6 * * mon,tue,wed,thu,fri"),
        ("0 6 * * 0-6", "0 6 * * *"),
        ("0,30 6 1,15 JAN-mar *", "0,30 6 1,15 1,2,3 *"),
        (" 5-55/10  *  *  *  * ", "5-55/10 * * * *"),
        ("0 0 31 * *", "0 0 31 * *"),
    ],
)
def test_a_cron_time_is_kept_with_its_weekdays_by_name(written, kept):
    assert crontabs.normalized(written) == kept
    CronTrigger.from_crontab(kept, timezone="UTC")  # which is who runs it


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "five fields"),
        ("* * * *", "five fields"),
        ("* * * * * *", "five fields"),
        ("@hourly", "five fields"),
        ("60 * * * *", '"60" is no minute of a cron time; it goes from 0 to 59'),
        ("* 24 * * *", '"24" is no hour'),
        ("* * 0 * *", '"0" is no day of the month'),
        ("* * * 13 *", "it goes from 1 to 12 or jan to dec"),
        ("* * * * 8", "it goes from 0 to 7 or sun to sat"),
        ("* * * * someday", '"someday" is no day of the week'),
        ("5-1 * * * *", "runs backwards"),
        ("*/0 * * * *", "the step leaves it"),
        ("*/60 * * * *", "the step leaves it"),
        ("1,,2 * * * *", "write it like *, */5, 1, 1-5, 1-5/2 or 1,3,5"),
        ("5/10 * * * *", "write it like"),
        ("5-5/1 * * * *", "the step leaves it"),
        ("*-5 * * * *", "write it like"),
        ("٣ * * * *", '"٣" is no minute'),
        ("0 0 13 * 5", "not both"),
        ("0 0 30 2 *", "no month that this cron time names has a day 30"),
    ],
)
def test_a_cron_time_that_programs_would_refuse_or_read_differently_is_a_problem(written, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        crontabs.normalized(written)


YEARS = dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1)  # noqa: DTZ001 - hypothesis wants the bounds naive


def cron_fields(lowest: int, highest: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    value = st.sampled_from([*map(str, range(lowest, highest + 1)), *names])
    span = st.tuples(value, value).map("-".join)
    item = value | span | st.just("*") | st.tuples(span | st.just("*"), st.integers(1, 12).map(str)).map("/".join)
    return st.lists(item, min_size=1, max_size=3).map(",".join) | st.just("*")


@given(
    st.tuples(
        cron_fields(0, 59),
        cron_fields(0, 23),
        cron_fields(1, 31),
        cron_fields(1, 12, ("feb", "OCT")),
        cron_fields(0, 7, ("sun", "Wed")),
    ),
    st.datetimes(*YEARS, timezones=st.just(dt.UTC)),
)
def test_the_scheduler_takes_every_cron_time_that_is_accepted(fields, now):
    try:
        kept = crontabs.normalized(" ".join(fields))
    except ValueError:
        return
    due = CronTrigger.from_crontab(kept, timezone="UTC").get_next_fire_time(None, now)
    assert due is not None
    assert crontabs.normalized(kept) == kept
    if fields[2:] == ("*", "*", "*"):
        assert due - now <= dt.timedelta(days=1)


@given(
    st.sets(st.integers(0, 7), min_size=1, max_size=6).map(sorted),
    st.datetimes(*YEARS, timezones=st.just(dt.UTC)),
)
def test_the_scheduler_reads_a_weekday_as_crontab_does(days, now):
    line = crontabs.normalized(f"0 6 * * {','.join(map(str, days))}")
    due = CronTrigger.from_crontab(line, timezone="UTC").get_next_fire_time(None, now)
    assert due.isoweekday() % 7 in {day % 7 for day in days}
    assert due - now <= dt.timedelta(days=7)


# --- the sample and the documentation ---------------------------------------------------------------------------------


def test_the_checked_in_configuration_is_the_sample():
    assert (ROOT / "config.toml").read_text("utf-8") == (ROOT / "feedsvc/sample/config.toml").read_text("utf-8")


def uncommented(document: str) -> str:
    return re.sub(r"^#(?=\w+ = )", "", document, flags=re.MULTILINE)


def test_what_the_sample_shows_as_left_out_is_what_holds_when_it_is_left_out(write):
    document = (ROOT / "config.toml").read_text("utf-8")
    left_out, written_out = load(write(document)), load(write(uncommented(document)))
    assert written_out.source("front-page").section == "News"  # the one setting whose absence cannot be written
    sources = tuple(source.model_copy(update={"section": None}) for source in written_out.sources)
    assert written_out.model_copy(update={"sources": sources}) == left_out


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('kind = "page-text"', "4: sources.s.path: is missing"),
        ('kind = "html"', "4: sources.s: path or url is missing"),
        ('kind = "html"\npath = "p"\nurl = "https://example.org"', "8: sources.s.url: say where by path or by url, not by both"),
        ('kind = "page-text"\nurl = "https://example.org"', '7: sources.s.url: has no meaning for the kind "page-text", only for "html" or "feed"'),
        ('kind = "feed"\nurl = "example.org"', '7: sources.s.url: "example.org" is not a web address; write it like "https://news.example.org/latest"'),
        ('kind = "feed"\npath = "p"\nselectors = {}', '8: sources.s.selectors: has no meaning for the kind "feed", only for "html"'),
        ('kind = "html"\npath = "p"\nselectors = { itm = "li" }', '8: sources.s.selectors.itm: is no setting here; did you mean "item"?'),
        ('kind = "push"\nevery = "5m"', '7: sources.s.every: has no meaning for the kind "push", only for "page-text" or "html" or "feed" or "folder"'),
        ('kind = "push"\npath = "p"', '7: sources.s.path: has no meaning for the kind "push", only for "page-text" or "html" or "feed" or "folder"'),
        ('kind = "html"\npath = "p"\nfollow = "yes"', '8: sources.s.follow: must be true or false without quotes, not the text "yes"'),
    ],
)  # fmt: skip
def test_a_source_takes_the_settings_of_its_kind(problems, settings, told):
    found = problems(f'{SITE}[[sources]]\nname = "s"\n{settings}\n')
    assert told in [problem.removeprefix("config.toml:") for problem in found]


def test_a_source_that_is_pushed_to_has_no_place_and_no_rhythm(write):
    config = load(
        write(f'{SITE}[[sources]]\nname = "cms"\nkind = "push"\n[[feeds]]\nname = "f"\ntitle = "F"\nevery = "1h"\n')
    )
    assert (config.source("cms").path, config.source("cms").url) == (None, None)
    assert config.max_age_s(config.feed("f")) == 3600


def test_the_sample_shows_every_setting_that_a_saved_page_has():
    shown = tomllib.loads(uncommented((ROOT / "config.toml").read_text("utf-8")))
    other_kinds = {setting for setting, kinds in ONLY.items() if "page-text" not in kinds}
    for name, table in TABLES.items():
        rows = shown[name] if isinstance(shown[name], list) else [shown[name]]
        left_out = {"cron", *other_kinds} if name == "sources" else set()
        # What has no default to show.
        left_out |= {"alerts": {*table.model_fields}, "admin": {*table.model_fields}, "server": {"mirror"}}.get(
            name, set()
        )
        assert {key for row in rows for key in row} | left_out == set(table.model_fields)


def test_the_sample_page_is_read_whole():
    path = ROOT / "feedsvc/sample/news-page.txt"
    snapshot = Snapshot("news-page.txt", path.read_bytes(), dt.datetime(2025, 3, 15, tzinfo=dt.UTC))
    zone = ZoneInfo("Europe/Berlin")
    harvest = sources.read("page-text", snapshot, sources.Manner(zone))
    assert harvest.complaints == ()
    assert harvest.article is not None
    assert (harvest.article.title, harvest.article.section, harvest.article.published) == (
        "Old tram depot to reopen as a market hall in spring",
        "Town",
        dt.datetime(2025, 3, 14, 18, 40, tzinfo=zone),
    )
    assert (harvest.article.body or "").count("<p>") == 4
    assert len(harvest.entries) == 20
    assert harvest.entries[-1].title == "Rowing club looks back on its hundredth season"
    assert all(entry.published for entry in harvest.entries)


def test_the_sample_is_written_once_and_never_over_anything(tmp_path):
    folder = tmp_path / "new" / "site"
    assert sample.write(folder) == (folder / "config.toml", folder / "var/inbox/news-page.txt")
    config = load(folder / "config.toml")
    assert list(config.folder.glob(config.sources[0].path)) == [folder / "var/inbox/news-page.txt"]
    (folder / "config.toml").write_text("mine")
    with pytest.raises(ConfigError, match=r"config.toml: is there already, and is never written over"):
        sample.write(folder)
    assert (folder / "config.toml").read_text() == "mine"


def test_init_keeps_a_page_of_the_same_name(tmp_path):
    page = tmp_path / "var/inbox/news-page.txt"
    page.parent.mkdir(parents=True)
    page.write_text("mine")
    assert sample.write(tmp_path) == (tmp_path / "config.toml",)
    assert page.read_text() == "mine"


def test_only_what_is_missing_is_written_and_an_emptied_inbox_stays_empty(tmp_path):
    (tmp_path / "config.toml").write_text("mine")
    page = tmp_path / "var/inbox/news-page.txt"
    assert sample.write(tmp_path, missing_only=True) == (page,)
    page.unlink()
    assert sample.write(tmp_path, missing_only=True) == ()
    assert (tmp_path / "config.toml").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path):
    (tmp_path / "var").write_text("a file where a folder should be")
    with pytest.raises(ConfigError, match="cannot be written: "):
        sample.write(tmp_path)


def documented() -> dict[str, dict[str, str]]:
    document = (ROOT / "docs/configuration.md").read_text("utf-8")
    sections = re.split(r"^## `\[+(\w+)\]+`$", document, flags=re.MULTILINE)[1:]
    rows = re.compile(r"^\| `(\w+)` \| (.+?) \|", re.MULTILINE)
    return {name: dict(rows.findall(body)) for name, body in zip(sections[::2], sections[1::2], strict=True)}


def test_every_setting_is_documented_and_nothing_else():
    settings = {
        name: list(rows) for name, rows in documented().items() if name != "redirects"
    }  # no settings, addresses
    assert settings == {name: list(table.model_fields) for name, table in TABLES.items()}


def test_documented_defaults_hold(write):
    """A configuration with every documented default written out equals one with none of them."""
    required = {
        "site": {"title": '"T"', "base_url": '"https://example.org"'},
        "sources": {"name": '"s"', "kind": '"page-text"', "path": '"p"'},
        "feeds": {"name": '"f"', "title": '"F"'},
    }
    inherited = {"timezone": '"UTC"', "language": '"en"'}

    def document(*, written_out: bool) -> str:
        lines = []
        for name, rows in documented().items():
            lines.append(f"[[{name}]]" if name in ("sources", "feeds") else f"[{name}]")
            for setting, default in rows.items():
                if default == "required" or setting == "path":
                    lines.append(f"{setting} = {required[name].pop(setting)}")
                elif written_out and default == "the site's":
                    lines.append(f"{setting} = {inherited[setting]}")
                elif written_out and default != "none" and "page-text" in ONLY.get(setting, ("page-text",)):
                    lines.append(f"{setting} = {default.strip('`')}")
        return "\n".join(lines)

    needed = {name: dict(settings) for name, settings in required.items()}
    left_out = load(write(document(written_out=False)))
    assert not any(required.values())  # all that the test knows as required is documented so
    required.update(needed)
    written_out = load(write(document(written_out=True)))
    assert written_out == left_out
    assert isinstance(written_out.sources[0], Source)


def test_the_main_feed_is_never_private(problems):
    found = problems(f'{SITE}[[feeds]]\nname = "main"\naccess = "token"\n')
    assert found == [
        "config.toml:6: feeds.main.access: the main feed is always public; let a feed of another name be private"
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('"short"', "admin.password: is too short for a password; take at least 12 characters"),
        ('"long enough\\u0000"', "admin.password: has signs that nobody can type"),
        ('{ env = "NOSUCH" }', "admin.password: the environment variable NOSUCH is not set"),
    ],
)
def test_a_password_is_long_enough_and_never_repeated(problems, written, told):
    assert problems(f"{SITE}[admin]\npassword = {written}\n") == [f"config.toml:5: {told}"]


def test_the_password_of_the_admin_may_stand_in_a_file_and_is_never_shown(write, tmp_path):
    (tmp_path / "password").write_text("correct horse\n")
    config = load(write(f'{SITE}[admin]\npassword = {{ file = "password" }}\n'))
    assert config.admin.password == "correct horse"
    assert "horse" not in repr(config)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("short", "is too short for a token; take at least 16 characters"),
        ("a token of a program", "has signs that no header carries; take letters, digits and -._~+/"),
    ],
)
def test_the_token_of_the_figures_fits_into_a_header_and_is_never_repeated(problems, written, told):
    found = problems(f'{SITE}[admin]\nmetrics_token = "{written}"\n')
    assert found == [f"config.toml:5: admin.metrics_token: {told}"]


def test_a_feed_may_exclude_what_it_would_select(write):
    feed = (
        '[[feeds]]\nname = "f"\ntitle = "F"\nlanguages = ["AZ", "en"]\nexclude = { tags = ["ad"], sources = ["s"] }\n'
    )
    config = load(write(f'{SITE}[[sources]]\nname = "s"\nkind = "push"\n{feed}'))
    excluded = Selection(tags=("ad",), sources=("s",))
    assert config.feed("f").selection == Selection(languages=("az", "en"), exclude=excluded)


def test_what_is_wrong_in_an_exclusion_is_told_at_its_place(problems):
    found = problems(f'{SITE}[[feeds]]\nname = "f"\ntitle = "F"\nexclude = {{ sources = ["x"], tag = [] }}\n')
    assert [problem.partition(": ")[2] for problem in found] == [
        'feeds.f.exclude.sources[1]: there is no source "x"',
        'feeds.f.exclude.tag: is no setting here; did you mean "tags"?',
    ]
