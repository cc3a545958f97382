"""``[redirects]``: which rule a request meets, and which rules cannot be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedsvc.config import load
from feedsvc.config.redirects import Redirects, Target
from feedsvc.errors import ConfigError

BASE = "https://news.example.org"
SITE = f'[site]\ntitle = "News"\nbase_url = "{BASE}"\n[[feeds]]\nname = "politics"\ntitle = "Politics"\n[redirects]\n'

TABLE = Redirects(
    tuple(
        {
            "/old/feed/": "/feed.xml",
            "/?feed=rss2": "/feed.xml",
            "/?feed=atom&cat=3": "/atom.xml",
            "/caf%C3%A9.html": "/articles/1",
            "/tag/*": "/tags/*",
            "/tag/boats": "https://boats.example.org/",
            "/tag/old/*": "/",
            "/gone.xml": None,
            "/gone/*": None,
        }.items()
    )
)


@pytest.mark.parametrize(
    ("path", "query", "leads_to"),
    [
        ("/old/feed/", "", "/feed.xml"),
        ("/old/feed", "utm_source=x", "/feed.xml"),
        ("/old/feed/atom", "", "-"),
        ("/", "feed=rss2", "/feed.xml"),
        ("/", "x=1&feed=rss2", "/feed.xml"),
        ("/", "feed=atom", "-"),
        ("/", "cat=3&feed=atom", "/atom.xml"),
        ("/", "", "-"),
        ("/café.html", "", "/articles/1"),
        ("/tag/fish", "", "/tags/fish"),
        ("/tag/fish/", "", "/tags/fish/"),
        ("/tag/boats/", "", "https://boats.example.org/"),
        ("/tag/old/thing", "", "/"),
        ("/tag", "", "-"),
        ("/gone.xml", "", None),
        ("/gone/2019/a", "a=b", None),
        ("/gone", "", "-"),
    ],
)
def test_the_most_particular_rule_counts(path: str, query: str, leads_to: str | None) -> None:
    assert TABLE.find(path, query) == (None if leads_to == "-" else Target(leads_to))


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], list[str]]:
    def told(rules: str) -> list[str]:
        file = tmp_path / "config.toml"
        file.write_text(SITE + rules, "utf-8")
        try:
            load(file, {})
        except ConfigError as error:
            return [str(problem).removeprefix(str(file)) for problem in error.problems]
        return []

    return told


def test_rules_that_can_be_are_taken(told: Callable[[str], list[str]], tmp_path: Path) -> None:
    rules = (
        '"/old/feed/" = "/feed.xml"\n"/?feed=rss2" = "/feeds/politics.xml"\n"/feeds/old.xml" = 410\n'
        '"/feeds/older.atom" = "gone"\n"/tag/*" = "/tags/*"\n"/2019/05/story.html" = "https://x.example.org/a"\n'
        '"/rss" = "/feeds/section-town.xml"\n"/archive/story.html" = "/"\n'
    )
    assert told(rules) == []
    assert load(tmp_path / "config.toml", {}).redirects[2:5] == (
        ("/feeds/old.xml", None),
        ("/feeds/older.atom", None),
        ("/tag/*", "/tags/*"),
    )


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ('"/feed.xml" = "/atom.xml"', '"/feed.xml": is an address of this service, which answers there itself'),
        ('"/feeds/politics.xml" = 410', '"/feeds/politics.xml": is an address of this service'),
        ('"/feeds/section-x.atom" = 410', "is an address of this service"),
        ('"/feeds/*" = 410', "is an address of this service"),
        ('"/*" = "/"', "is an address of this service"),
        ('"/articles/1" = "/"', "is an address of this service"),
        ('"/archive/2019/*" = "/"', "is an address of this service"),
        ('"/api/x" = "/"', "is an address of this service"),
        ('"/" = "/feed.xml"', "is an address of this service"),
        ('"/?before=1" = "/feed.xml"', "is an address of this service"),
        ('"/a" = "/a"', '"/a": leads in a circle'),
        ('"/a/*" = "/a/b/*"', "leads in a circle"),
        (f'"/a" = "{BASE}/a?x=1"', "leads in a circle"),
        ('"/a" = "/feeds/politic.xml"', 'there is no feed "politic"; did you mean "politics"?'),
        ('"/a" = "/b/*"', "ends with /*, and so must the address that leads there"),
        ('"a" = "/"', 'a: must be a path of this site such as "/old/feed/"'),
        ('"https://old.example.org/" = "/"', "must be a path of this site"),
        ('"/a*" = "/"', "must be a path of this site"),
        ('"/a#b" = "/"', "must be a path of this site"),
        ('"/a" = 404', "404 leads nowhere; write an address of this site"),
        ('"/a" = "b"', '"b" leads nowhere'),
        ('"/a" = ["/b"]', "leads nowhere"),
    ],
)
def test_a_rule_that_cannot_be_is_a_problem_at_its_line(told: Callable[[str], list[str]], rule: str, says: str) -> None:
    [problem] = told(f"{rule}\n")
    assert problem.startswith(":8: redirects.")
    assert says in problem


def test_a_circle_of_several_and_one_address_twice_are_told(told: Callable[[str], list[str]]) -> None:
    problems = told('"/a" = "/b"\n"/b" = "/a"\n"/c" = "/"\n"/c/" = "/"\n')
    assert [problem.partition(": ")[2] for problem in problems] == [
        'redirects."/a": leads in a circle',
        'redirects."/b": leads in a circle',
        'redirects."/c/": is the same address as "/c" above',
    ]


def test_a_table_it_must_be(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'redirects = 3\n[site]\ntitle = "News"\nbase_url = "{BASE}"\n', "utf-8")
    with pytest.raises(ConfigError, match=r":1: redirects: must be .*table"):
        load(file, {})
