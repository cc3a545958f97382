"""Web pages beyond the corpus: the rules themselves, selectors, articles, and bytes of any kind."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import ArticleSelectors, Complaint, Entry, Harvest, Listing, Selectors, Snapshot
from feedsvc.sources.html import detect, read, read_article
from feedsvc.text import plain

BAKU = ZoneInfo("Asia/Baku")
SAVED = datetime(2025, 2, 8, 13, 0, tzinfo=BAKU)
BASE = "https://www.example.org/az/"
TITLES = [
    "Sahildə yeni cığır salındı",
    "Bazarda ilk gilaslar göründü",
    "Gecə qatarı vaxtında çatdı",
    "Parkda göl təmizləndi",
    "Muzeydə gecə sərgisi açılır",
]
HOURS = ["12:06", "11:40", "09:15", "08:02", "07:30"]


def snapshot(markup: str | bytes, media_type: str = "text/html") -> Snapshot:
    return Snapshot("page.html", markup.encode() if isinstance(markup, str) else markup, SAVED, media_type)


def page(
    markup: str | bytes, selectors: Selectors | None = None, *, base: str = BASE, media_type: str = "text/html"
) -> Harvest:
    return read(snapshot(markup, media_type), zone=BAKU, base=base, selectors=selectors)


def article(markup: str, selectors: ArticleSelectors | None = None) -> tuple[Entry | None, tuple[Complaint, ...]]:
    return read_article(snapshot(markup), zone=BAKU, base=f"{BASE}1.html", selectors=selectors)


def at(hour: str, day: int = 8) -> datetime:
    return datetime.fromisoformat(f"2025-02-{day:02}T{hour}").replace(tzinfo=BAKU)


def listed(item: str, label: str = "Xəbər lenti", titles: list[str] = TITLES) -> str:
    items = "".join(
        item.format(title=title, hour=hour, n=n) for n, (title, hour) in enumerate(zip(titles, HOURS, strict=True))
    )
    return f"<html><body><h3>{label}</h3><ul>{items}</ul></body></html>"


ITEM = "<li><span>{hour}</span> <a href='/n/{n}'>{title}</a></li>"
ENTRIES = [
    Entry(title, published=at(hour), link=f"https://www.example.org/n/{n}")
    for n, (title, hour) in enumerate(zip(TITLES, HOURS, strict=True))
]


def said(harvest: Harvest) -> list[tuple[str, datetime | None, str | None]]:
    return [(entry.title, entry.published, entry.link) for entry in harvest.entries]


EXPECTED = [(entry.title, entry.published, entry.link) for entry in ENTRIES]


# --- what is a news line ----------------------------------------------------------------------------------------------


def test_a_list_of_hours_under_a_label_is_the_news_line() -> None:
    harvest = page(listed(ITEM))
    assert said(harvest) == EXPECTED
    assert harvest.listing is Listing.PRESENT
    assert harvest.complaints == ()


def test_a_label_without_a_list_is_an_empty_one_and_no_label_a_missing_one() -> None:
    assert page("<h3>Xəbər lenti</h3><ul></ul>").listing is Listing.EMPTY
    assert page("<h3>Haqqımızda</h3><p>Sayt haqqında.</p>").listing is Listing.MISSING


@pytest.mark.parametrize("heading", ["Ən çox oxunanlar", "Читайте также", "Most read", "Τα πιο δημοφιλή"])
def test_the_list_of_something_else_is_not_read_though_it_has_times(heading: str) -> None:
    assert page(listed(ITEM, heading)).entries == ()


@pytest.mark.parametrize("element", ["nav", "footer"])
def test_a_menu_or_footer_is_not_the_news_line(element: str) -> None:
    links = "".join(f"<li><a href='/s/{n}'>{title}</a></li>" for n, title in enumerate(TITLES))
    assert page(f"<{element}><ul>{links}</ul></{element}>").entries == ()


def test_bare_headlines_need_a_label_or_addresses_of_articles() -> None:
    bare = "<li><a href='/{n}'>{title}</a></li>"
    assert [entry.title for entry in page(listed(bare)).entries] == TITLES
    assert page(listed(bare, "Bizim komanda")).entries == ()
    named = "<li><a href='/xeber/{n}-bir-gun-kendde.html'>{title}</a></li>"
    assert [entry.title for entry in page(listed(named, "Yazılar")).entries] == TITLES


def test_times_make_a_list_without_a_label() -> None:
    assert said(page(listed(ITEM, "Yazılar"))) == EXPECTED


def test_the_same_address_is_one_entry_and_the_same_headline_two() -> None:
    twice = listed(ITEM, titles=[TITLES[0], *TITLES[1:4], TITLES[0]])
    assert len(page(twice).entries) == 5
    assert len(page(twice.replace("/n/4", "/n/0")).entries) == 4


# --- addresses and pictures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/n/{n}", "https://www.example.org/n/{n}"),
        ("n/{n}", "https://www.example.org/az/n/{n}"),
        ("//m.example.org/n/{n}", "https://m.example.org/n/{n}"),
        ("?id={n}&utm_source=a&fbclid=b", "https://www.example.org/az/?id={n}"),
        ("/n/{n}#comments", "https://www.example.org/n/{n}"),
        ("/n/{n}/şəhər", "https://www.example.org/n/{n}/%C5%9F%C9%99h%C9%99r"),
    ],
)
def test_an_address_is_absolute_and_carries_no_tracking(written: str, meant: str) -> None:
    harvest = page(listed(f"<li><span>{{hour}}</span> <a href='{written}'>{{title}}</a></li>"))
    assert [entry.link for entry in harvest.entries] == [meant.format(n=n) for n in range(5)]


@pytest.mark.parametrize("nowhere", ["#", "javascript:void(0)", "javascript:;", ""])
def test_an_anchor_that_leads_nowhere_gives_no_address(nowhere: str) -> None:
    harvest = page(listed(f"<li><span>{{hour}}</span> <a href='{nowhere}'>{{title}}</a></li>"))
    assert said(harvest) == [(title, moment, None) for title, moment, _ in EXPECTED]


def test_base_href_counts_before_the_pages_own_address() -> None:
    markup = listed("<li><span>{hour}</span> <a href='n/{n}'>{title}</a></li>")
    harvest = page(markup.replace("<body>", "<head><base href='/tr/'></head><body>"))
    assert harvest.entries[0].link == "https://www.example.org/tr/n/0"


def test_without_any_address_a_relative_link_stays_as_it_is() -> None:
    assert page(listed(ITEM), base="").entries[0].link == "/n/0"


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/blank.gif" data-src="/i/{n}.jpg">',
        '<img src="data:image/gif;base64,R0lGOD" data-original="/i/{n}.jpg">',
        '<img srcset="/i/{n}-s.jpg 320w, /i/{n}.jpg 1280w" src="/i/{n}-s.jpg">',
        '<picture><source srcset="/i/{n}.jpg 2x"><img src="/i/{n}-s.jpg"></picture>',
        '<i style="background-image: url(/i/{n}.jpg)"></i>',
    ],
)
def test_a_picture_is_the_real_and_largest_one(image: str) -> None:
    harvest = page(listed(f"<li><a href='/n/{{n}}'>{image}<b>{{title}}</b></a><span>{{hour}}</span></li>"))
    assert [entry.image for entry in harvest.entries] == [f"https://www.example.org/i/{n}.jpg" for n in range(5)]


def test_a_picture_that_every_item_has_is_none() -> None:
    harvest = page(listed("<li><img src='/same.jpg'><a href='/n/{n}'>{title}</a><span>{hour}</span></li>"))
    assert [entry.image for entry in harvest.entries] == [None] * 5


# --- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "time",
    [
        "<time datetime='2025-02-08T{hour}:00+04:00'>bir az əvvəl</time>",
        "<time datetime='2025-02-08'>{hour}</time>",
        "<abbr title='2025-02-08T{hour}:00+04:00'>bir az əvvəl</abbr>",
        "<meta itemprop='datePublished' content='2025-02-08T{hour}:00+04:00'>",
        "<span>08.02.2025</span><span>{hour}</span>",
        "<div><span>8</span><span>fevral</span><span>2025</span><b>{hour}</b></div>",
        "<i>Dərc edilib: 08.02.2025 {hour}</i><i>Yenilənib: 08.02.2025 12:59</i>",
        "<time datetime='2025-02-08T{hour}:00Z'>{hour}</time>",
    ],
)
def test_a_time_is_put_together_from_what_states_it(time: str) -> None:
    assert said(page(listed(f"<li>{time} <a href='/n/{{n}}'>{{title}}</a></li>"))) == EXPECTED


@pytest.mark.parametrize(
    "update",
    [
        "<time class='updated' datetime='2025-02-08T12:55:00+04:00'>8.2.2025</time>",
        "<time itemprop='dateModified' datetime='2025-02-08T12:55:00+04:00'>8.2.2025</time>",
        "<span property='article:modified_time'><time datetime='2025-02-08T12:55:00+04:00'>8.2.2025</time></span>",
        "<i>Yenilənib:</i> <time datetime='2025-02-08T12:55:00+04:00'>8.2.2025</time>",
        "<span class='updated'>08.02.2025 12:55</span>",
        "<span>Yenilənib: 08.02.2025 12:55</span>",
    ],
)
@pytest.mark.parametrize(
    "publication",
    [
        "<time class='entry-date published' datetime='2025-02-08T{hour}:00+04:00'>8.2.2025</time>",
        "<time itemprop='datePublished' datetime='2025-02-08T{hour}:00+04:00'>8.2.2025</time>",
        "<time datetime='2025-02-08T{hour}:00+04:00'>8.2.2025</time>",
        "<span class='published updated'>08.02.2025 {hour}</span>",
        "<span>08.02.2025 {hour}</span>",
    ],
)
def test_the_publication_counts_and_no_update_whichever_stands_first(publication: str, update: str) -> None:
    for times in (f"{publication} {update}", f"{update} {publication}"):
        assert said(page(listed(f"<li>{times} <a href='/n/{{n}}'>{{title}}</a></li>"))) == EXPECTED


def test_an_hour_is_not_replaced_by_the_instant_of_an_update() -> None:
    item = "<time class='updated' datetime='2025-02-08T12:55:00+04:00'>12:55</time> <span class='hour'>{hour}</span>"
    assert said(page(listed(f"<li>{item} <a href='/n/{{n}}'>{{title}}</a></li>"))) == EXPECTED


def test_the_only_date_of_an_item_counts_whatever_its_name() -> None:
    item = "<span class='date updated'>08.02.2025</span> <span class='hour'>{hour}</span>"
    assert said(page(listed(f"<li>{item} <a href='/n/{{n}}'>{{title}}</a></li>"))) == EXPECTED


def test_a_true_utc_is_believed_beside_a_local_hour() -> None:
    item = "<li><time datetime='2025-02-08T0{n}:00:00Z'>0{n}:00 UTC</time> <a href='/n/{n}'>{title}</a></li>"
    published = page(listed(item)).entries[3].published
    assert published == at("07:00")


def test_hours_that_pass_midnight_are_of_the_day_before() -> None:
    hours = ["01:10", "00:20", "23:50", "22:15", "20:00"]
    markup = "".join(
        f"<li><b>{hour}</b> <a href='/n/{n}'>{title}</a></li>"
        for n, (hour, title) in enumerate(zip(hours, TITLES, strict=True))
    )
    published = [entry.published for entry in page(f"<h3>Xəbər lenti</h3><ul>{markup}</ul>").entries]
    assert published == [at("01:10"), at("00:20"), at("23:50", 7), at("22:15", 7), at("20:00", 7)]


def test_a_headline_pinned_to_the_top_moves_no_other_to_yesterday() -> None:
    hours = ["08:00", "12:06", "11:40", "10:10", "09:30"]
    markup = "".join(
        f"<li><b>{hour}</b> <a href='/n/{n}'>{title}</a></li>"
        for n, (hour, title) in enumerate(zip(hours, TITLES, strict=True))
    )
    published = [entry.published for entry in page(f"<h3>Xəbər lenti</h3><ul>{markup}</ul>").entries]
    assert published == [at(hour) for hour in hours]


def test_the_day_that_a_page_was_saved_dates_no_list_without_times() -> None:
    bare = "<li><a href='/n/{n}'>{title}</a></li>"
    markup = listed(bare).replace("<ul>", "<div class='clock'>8 fevral 2025, şənbə</div><ul>")
    assert [entry.published for entry in page(markup).entries] == [None] * 5


@pytest.mark.parametrize("beside", ["<i class='length'>{n}m</i>", "<i class='price'>1{n}.50</i>", "<i>1{n}.02</i>"])
def test_a_length_a_price_and_a_day_that_may_be_an_hour_date_no_entry(beside: str) -> None:
    harvest = page(listed(f"<li><a href='/n/{{n}}'>{{title}}</a> {beside}</li>"))
    assert [entry.published for entry in harvest.entries] == [None] * 5


def test_a_menu_of_years_above_a_list_heads_none_of_its_days() -> None:
    menu = "<p><a href='?y=2024'>2024</a></p><p><a href='?y=2023'>2023</a></p>"
    markup = listed("<li><i>1{n}.01 / 12:00</i> <a href='/n/{n}'>{title}</a></li>").replace("<ul>", f"{menu}<ul>")
    years = {entry.published.year for entry in page(markup).entries if entry.published}
    assert years == {2025}


def test_an_unreadable_time_is_unknown_and_complained_of_with_its_line() -> None:
    harvest = page(listed(ITEM).replace("<ul>", "<ul>\n").replace("11:40", "25:61 08.02.2025"))
    assert [entry.published for entry in harvest.entries][:2] == [at("12:06"), None]
    assert harvest.complaints == (Complaint("page.html:2", "the time is unknown: there is no 25:61 08.02.2025"),)


# --- summaries --------------------------------------------------------------------------------------------------------

TEASER = "Qərar iki il davam edən sınaqdan sonra verilib və bütün sakinlərə göndərilib."


@pytest.mark.parametrize(
    "more",
    [
        " <a class='more-link' href='/n/{n}'>Continue reading <span class='screen-reader-text'>“{title}”</span> →</a>",
        " <a href='/n/{n}'>Continue reading <span class='screen-reader-text'>{title}</span></a>",
        " <a href='/n/{n}?utm_source=list'>Davamı üçün basın</a>",
        " <a href='/go/{n}'>Continue reading “{title}”</a>",
        " <span class='sr-only'>Bu xəbər sakinlərə aiddir.</span>",
        " <span hidden>Bu xəbər sakinlərə aiddir.</span>",
        " <span style='color:red; display: none'>Bu xəbər sakinlərə aiddir.</span>",
        "</p><p class='read-more'><a class='more-link' href='/n/{n}'>Read on <i class='sr-only'>{title}</i></a>",
    ],
)
def test_a_summary_is_what_readers_see_without_the_way_to_the_rest(more: str) -> None:
    item = (
        f"<li><span>{{hour}}</span> <h3><a href='/n/{{n}}'>{{title}}</a></h3><p class='excerpt'>{TEASER}{more}</p></li>"
    )
    harvest = page(listed(item))
    assert said(harvest) == EXPECTED
    assert [entry.summary for entry in harvest.entries] == [TEASER] * 5


@pytest.mark.parametrize(
    "teaser",
    [
        f"<a href='/n/{{n}}'>{TEASER}</a>",
        f"<a href='/n/{{n}}'>{TEASER[:20]}</a>{TEASER[20:]}",
        f"{TEASER[:24]}<a href='/elsewhere'>{TEASER[24:33]}</a>{TEASER[33:]}",
    ],
)
def test_a_link_that_is_text_of_a_summary_stays(teaser: str) -> None:
    harvest = page(listed(f"<li><span>{{hour}}</span> <h3><a href='/n/{{n}}'>{{title}}</a></h3><p>{teaser}</p></li>"))
    assert [entry.summary for entry in harvest.entries] == [TEASER] * 5


# --- authors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "byline",
    [
        "<p class='byline'>by <b class='author vcard'><a class='url fn n' rel='author' href='/u/{n}'>{who}</a></b></p>",
        "<p class='byline'>by <b class='author vcard'><a class='url fn n' href='/u/{n}'>{who}</a></b></p>",
        "<p class='byline'>by {who}</p>",
        "<p class='post-author'>Posted by {who}</p>",
        "<p class='meta'>by <a rel='author' href='/u/{n}'>{who}</a></p>",
        "<p class='meta'><b class='vcard'>{who}</b></p>",
        "<p class='meta'><b class='fn'>{who}</b> · Reporter</p>",
        "<p itemprop='author' itemscope>by <b itemprop='name'>{who}</b></p>",
        "<p class='author'><i class='author-label'>Written by</i> <b class='author-name'>{who}</b></p>",
    ],
)
@pytest.mark.parametrize(
    "authors",
    [
        ("Eleanor Pike", "Tom Hadley", "Eleanor Pike", "Priya Nandakumar", "Aysel von Berg"),
        ("Eleanor Pike",) * 5,
    ],
)
def test_an_author_is_the_name_without_the_words_around_it(byline: str, authors: tuple[str, ...]) -> None:
    items = "".join(
        f"<li><span>{hour}</span> <a href='/n/{n}'>{title}</a> {byline.format(n=n, who=who)}</li>"
        for n, (title, hour, who) in enumerate(zip(TITLES, HOURS, authors, strict=True))
    )
    harvest = page(f"<h3>Xəbər lenti</h3><ul>{items}</ul>")
    assert said(harvest) == EXPECTED
    assert [entry.authors for entry in harvest.entries] == [(who,) for who in authors]


def test_a_headline_in_a_box_called_author_is_no_author() -> None:
    box = "<div class='author'><b class='author-name'>Tom Hadley</b> <a class='title' href='/n/{n}'>{title}</a></div>"
    harvest = page(listed(f"<li><span>{{hour}}</span> {box}</li>"))
    assert said(harvest) == EXPECTED
    assert [entry.authors for entry in harvest.entries] == [("Tom Hadley",)] * 5


def test_no_author_of_several_is_lost() -> None:
    one, other = (f"<a rel='author' href='/u/{name}'>{name}</a>" for name in ("Eleanor Pike", "Tom Hadley"))
    byline = f"<p class='byline'>by {one} and {other}</p>"
    harvest = page(listed(f"<li><span>{{hour}}</span> <a href='/n/{{n}}'>{{title}}</a>{byline}</li>"))
    assert [entry.authors for entry in harvest.entries] == [("Eleanor Pike and Tom Hadley",)] * 5


# --- structured data --------------------------------------------------------------------------------------------------


def json_ld(value: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(value)}</script>"


def news(n: int, hour: str) -> dict[str, str]:
    return {
        "@type": "NewsArticle",
        "headline": TITLES[n],
        "url": f"/n/{n}",
        "datePublished": f"2025-02-08T{hour}:30+04:00",
    }


def test_json_ld_tells_the_instants_of_the_list_beside_it() -> None:
    told = [news(n, hour) for n, hour in enumerate(HOURS)]
    published = [entry.published for entry in page(json_ld(told) + listed(ITEM)).entries]
    assert published == [at(hour) + timedelta(seconds=30) for hour in HOURS]


def test_json_ld_is_the_list_where_the_page_shows_none() -> None:
    told = {"@type": "ItemList", "itemListElement": [news(n, hour) for n, hour in enumerate(HOURS)]}
    harvest = page(json_ld({"@graph": [{"@type": "WebSite", "name": "Site"}, told]}) + "<div id='app'></div>")
    assert [entry.title for entry in harvest.entries] == TITLES
    assert detect(snapshot(json_ld(told)), zone=BAKU, base=BASE) is None


@pytest.mark.parametrize("broken", ["{", "[" * 100_000, '{"@type": 3}', "null", '{"@type":["NewsArticle"],"url":{}}'])
def test_spoilt_json_ld_says_nothing(broken: str) -> None:
    assert said(page(f"<script type='application/ld+json'>{broken}</script>{listed(ITEM)}")) == EXPECTED


# --- selectors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "selectors",
    [
        Selectors(list="ul", item="li", title="a", link="a", time="span"),
        Selectors(list="//ul", item="//li", title="xpath:.//a/text()", link="xpath:.//a/@href", time="//span"),
        Selectors(item="ul > li"),
        Selectors(list="ul", item="> li"),
        Selectors(list="ul"),
        Selectors(title="a"),
    ],
)
def test_selectors_say_where_the_list_is_and_detection_fills_in_the_rest(selectors: Selectors) -> None:
    assert said(page(listed(ITEM), selectors)) == EXPECTED


def test_what_another_selector_takes_is_not_in_the_headline() -> None:
    markup = listed("<li><a href='/n/{n}'><i>{hour}</i> {title} <b>Siyasət</b></a></li>")
    selectors = Selectors(list="ul", item="li", title="a", time="i", section="b")
    entries = page(markup, selectors).entries
    assert [(entry.title, entry.section) for entry in entries] == [(title, "Siyasət") for title in TITLES]


def test_selectors_read_a_list_that_detection_would_not() -> None:
    markup = listed(ITEM, "Ən çox oxunanlar")
    assert said(page(markup, Selectors(list="ul", item="li"))) == EXPECTED


@pytest.mark.parametrize("selector", ["li[", "xpath:li[", "//li[", "li:no-such-thing", "xpath:nosuch()"])
def test_a_selector_that_is_none_is_a_complaint(selector: str) -> None:
    harvest = page(listed(ITEM), Selectors(list="ul", item=selector))
    assert harvest.entries == ()
    assert [complaint.where for complaint in harvest.complaints] == ["page.html"]
    assert repr(selector) in harvest.complaints[0].message


def test_a_list_that_selectors_find_empty_is_told_from_one_they_do_not_find() -> None:
    assert page("<ul></ul>", Selectors(list="ul", item="li")).listing is Listing.EMPTY
    assert page("<ol></ol>", Selectors(list="ul", item="li")).listing is Listing.MISSING


def test_detected_selectors_go_on_reading_when_the_list_moves_on() -> None:
    found = detect(snapshot(listed(ITEM)), zone=BAKU, base=BASE)
    assert found is not None
    later = listed(ITEM, titles=["Körpü yenidən açıldı", *TITLES[:4]])
    assert [entry.title for entry in page(later, found).entries] == ["Körpü yenidən açıldı", *TITLES[:4]]


# --- charsets ---------------------------------------------------------------------------------------------------------

RUSSIAN = listed(ITEM, "Лента новостей", ["В порту открыт новый причал", *TITLES[1:]]).replace("ə", "e")


@pytest.mark.parametrize(
    ("charset", "media_type", "meta"),
    [
        ("utf-8", "text/html", ""),
        ("utf-8-sig", "text/html; charset=windows-1251", ""),
        ("utf-16", "text/html", ""),
        ("cp1251", "text/html; charset=windows-1251", ""),
        ("cp1251", "text/html", "<meta charset=windows-1251>"),
        ("cp1251", "text/html", "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>"),
        ("cp1251", "text/html; charset=ISO-8859-1", "<meta charset=windows-1251>"),
        ("cp1251", "text/html; charset=utf-8", "<meta charset=windows-1251>"),
        ("utf-8", "text/html; charset=windows-1251", ""),
        ("koi8-r", "text/html; charset=koi8-r", "<meta charset=windows-1251>"),
    ],
)
def test_the_charset_is_believed_by_mark_bytes_header_and_meta(charset: str, media_type: str, meta: str) -> None:
    body = (meta + RUSSIAN).encode(charset, "xmlcharrefreplace")
    assert page(body, media_type=media_type).entries[0].title == "В порту открыт новый причал"


def test_a_charset_that_is_claimed_wrongly_is_complained_of() -> None:
    text = RUSSIAN.encode("cp1251", "xmlcharrefreplace") * 3
    harvest = page(text, media_type="text/html; charset=utf-8")
    assert harvest.entries[0].title == "В порту открыт новый причал"
    assert harvest.complaints[0].message == "the page says that its charset is utf-8, which it is not"


# --- what bad input gets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the page is empty"),
        (bytes(range(256)) * 100, "this is no text file (it holds binary data)"),
        (b"x" * 8_000_001, "has 8 MB; a page of more than 8 MB is not read"),
        (b"<br>" * 150_001, "has more than 150,000 elements; such a page is not read"),
        (
            b"<p " + b" ".join(b"a%d" % n for n in range(20_000)) + b">",
            "has a tag with thousands of attributes; such a page is not read",
        ),
        (
            b"<div>" * 10_000 + b"x",
            "elements stand 250 deep in one another; what lies deeper was not read",
        ),
    ],
)
def test_what_cannot_be_read_is_one_complaint(body: bytes, message: str) -> None:
    assert page(body) == Harvest(complaints=(Complaint("page.html", message),))
    assert message in [complaint.message for complaint in read_article(snapshot(body), zone=BAKU, base=BASE)[1]]


def test_entities_are_not_expanded() -> None:
    bomb = "<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
    assert said(page(bomb + listed(ITEM))) == EXPECTED


@pytest.mark.parametrize(
    "markup",
    [
        "".join(f"<li><a href='/n/{n}'>Headline number {n} of the list</a> 12:06</li>" for n in range(6000)),
        "".join(f"<div class=c{chr(97 + n % 26)}><a href='/{n}'>Headline {n} of it</a></div>" for n in range(3000)),
        "<p>" + "12:06 " * 200_000,
        "<" * 300_000,
        "<a href=x>some text here " * 5_000,
        "<img srcset='" + "/a.jpg 1w, " * 100_000 + "'>",
    ],
    ids=["items", "kinds", "times", "brackets", "anchors", "srcset"],
)
def test_time_stays_bounded(markup: str) -> None:
    started = process_time()
    page(markup)
    assert process_time() - started < 10


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    assert page(body) == page(body)
    article_of, _ = read_article(snapshot(body), zone=BAKU, base=BASE)
    assert article_of is None or article_of.title


PARTS = st.sampled_from(
    [
        "<ul>", "</ul>", "<li>", "</li>", "<a href='/n/1'>", "<a href='#'>", "</a>", "<time datetime='2025-02-08'>",
        "</time>", "<div class=item>", "</div>", "<span class=date>", "</span>", "<table><tr><td>", "</table>", "<br>",
        "<base href='http://[x'>", "<img srcset=',,1x'>", "<h2>", "</h2>", "<!--", "-->", "<script>", "12:06", "\0",
        "8 fevral", "08.02.2025", "Dünən", "Xəbər lenti", "Sahildə yeni cığır salındı ", "Parkda göl təmizləndi ",
        "1 365", "&b;", "<div data-url='javascript:'>", "<div onclick=\"location.href='/n/2'\">", "</p>",
        "<p itemprop=headline>",
    ]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PARTS, max_size=60))
def test_no_markup_crashes_the_reader_and_detected_selectors_read_the_same(parts: list[str]) -> None:
    markup = "".join(parts)
    harvest = page(markup)
    found = detect(snapshot(markup), zone=BAKU, base=BASE)
    if found is not None:
        assert page(markup, found).entries == harvest.entries


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 400), min_size=4, max_size=30),
    st.sampled_from(
        [
            "<li><a href='/n/{n}'>{title} {n}</a> <span>{time}</span></li>",
            "<li><time>{time}</time><h3><a href='/n/{n}'>{title} {n}</a></h3></li>",
            "<li><a href='/n/{n}'><b>{time}</b> {title} {n}</a></li>",
            "<li data-url='/n/{n}'><div>{time}</div><div>{title} {n}</div></li>",
        ]
    ),
)
def test_every_entry_of_a_list_is_read_in_order(steps: list[int], item: str) -> None:
    moment, items, wanted = SAVED, [], []
    for n, step in enumerate(steps):
        moment -= timedelta(minutes=step)
        title = TITLES[n % len(TITLES)]
        items.append(item.format(n=n, title=title, time=moment.strftime("%d.%m.%Y %H:%M")))
        wanted.append((f"{title} {n}", moment, f"https://www.example.org/n/{n}"))
    harvest = page(f"<h2>Xəbərlər</h2><ul>{''.join(items)}</ul>")
    assert said(harvest) == wanted
    assert all(later.published <= earlier.published for earlier, later in pairwise(harvest.entries))  # type: ignore[operator]


# --- articles ---------------------------------------------------------------------------------------------------------

TEXT = [
    "Sahil boyunca iki kilometrlik yeni cığır salınıb və bu gündən hamı üçün açıqdır.",
    "Cığırın kənarında oturacaqlar qoyulub, ağaclar əkilib, gecə işıqlandırması da nəzərdə tutulub.",
    "Növbəti mərhələdə cığır limana qədər uzadılacaq və velosiped yolu ilə birləşəcək.",
]


def story(head: str = "", meta: str = "<span class='date'>08.02.2025 12:06</span>", body: str = "") -> str:
    text = body or "".join(f"<p>{line}</p>" for line in TEXT)
    return (
        f"<html><head><title>{TITLES[0]} - Sayt</title>{head}</head><body><nav><a href='/'>Ana səhifə</a></nav>"
        f"<div class='news'><h1>{TITLES[0]}</h1>{meta}<div class='text'>{text}</div></div>"
        f"<div class='popular'><h3>Ən çox oxunanlar</h3><a href='/n/2'>{TITLES[1]}</a></div>"
        "<footer>© 2025 Bütün hüquqlar qorunur</footer></body></html>"
    )


def test_an_article_is_its_headline_time_and_text() -> None:
    entry, complaints = article(story())
    assert entry is not None
    assert (entry.title, entry.published, entry.link) == (TITLES[0], at("12:06"), f"{BASE}1.html")
    assert list(plain(entry.body or "")) == TEXT
    assert complaints == ()


def test_what_a_page_says_to_programs_comes_first_where_it_agrees() -> None:
    told = {
        "@type": "NewsArticle",
        "headline": TITLES[0],
        "datePublished": "2025-02-08T11:59:07+04:00",
        "articleSection": "Cəmiyyət",
        "author": {"@type": "Person", "name": "Leyla Quliyeva"},
        "image": ["/i/1.jpg"],
        "description": "Cığır açıldı.",
    }
    entry, _ = article(story(json_ld(told)))
    assert entry is not None
    assert (entry.published, entry.section, entry.authors) == (
        at("11:59") + timedelta(seconds=7),
        "Cəmiyyət",
        ("Leyla Quliyeva",),
    )
    assert (entry.image, entry.summary) == ("https://www.example.org/i/1.jpg", "Cığır açıldı.")


@pytest.mark.parametrize(
    "byline",
    [
        "<p class='byline'>by <b class='author vcard'><a class='url fn n' rel='author'>Eleanor Pike</a></b></p>",
        "<p class='byline'>by <b class='author vcard'><a class='url fn n'>Eleanor Pike</a></b></p>",
        "<p itemprop='author'>Written by <b itemprop='name'>Eleanor Pike</b></p>",
        "<p class='author'>by Eleanor Pike</p>",
    ],
)
def test_an_article_has_the_author_that_its_byline_names(byline: str) -> None:
    entry, _ = article(story(meta=f"<p>08.02.2025 12:06</p>{byline}"))
    assert entry is not None
    assert (entry.published, entry.authors) == (at("12:06"), ("Eleanor Pike",))


def test_a_claim_about_something_else_loses_to_the_headline_shown() -> None:
    entry, _ = article(story("<meta property='og:title' content='Sayt: son xəbərlər və hadisələr'>"))
    assert entry is not None
    assert entry.title == TITLES[0]


@pytest.mark.parametrize(
    "times",
    [
        "<p class='updated'><time datetime='2025-02-08T12:50+04'></p><p><time datetime='2025-02-08T12:06+04'></p>",
        "<p class='updated'>08.02.2025 12:50</p><p class='published'>08.02.2025 12:06</p>",
    ],
)
def test_an_article_was_published_when_its_publication_says(times: str) -> None:
    entry, _ = article(story(meta=times))
    assert entry is not None
    assert entry.published == at("12:06")


def test_an_update_is_not_the_time_of_publication() -> None:
    meta = "<p>Yenilənib: 08.02.2025 12:50</p><p>Dərc edilib: 08.02.2025 12:06</p>"
    entry, _ = article(story(meta=meta))
    assert entry is not None
    assert entry.published == at("12:06")


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("<p>Mis à jour le 08/02/2025 à 12h50</p><p>Publié le 08/02/2025 à 12h06</p>", "2025-02-08T12:06"),
        ("<p>8 de febrero de 2025 a las 12:06 h</p>", "2025-02-08T12:06"),
        ("<p>8 فبراير 2025 - 12:06 م</p>", "2025-02-08T12:06"),
        ("<p>2025年2月8日（土）12時06分</p>", "2025-02-08T12:06"),
        ("<p>01/31/2025 12:06 PM</p>", "2025-01-31T12:06"),
    ],
)
def test_the_time_at_a_headline_is_read_as_its_language_writes_it(shown: str, moment: str) -> None:
    entry, _ = article(story(meta=shown))
    assert entry is not None
    assert entry.published == datetime.fromisoformat(moment).replace(tzinfo=BAKU)


def test_a_page_without_a_time_has_none() -> None:
    entry, _ = article(story(meta=""))
    assert entry is not None
    assert entry.published is None


def test_a_body_is_sanitised_and_its_addresses_absolute() -> None:
    body = (
        f"<p>{TEXT[0]} <a href='/n/2' onclick='x()'>Ətraflı</a></p><p>{TEXT[1]}</p><script>x()</script><p>{TEXT[2]}</p>"
    )
    entry, _ = article(story(body=body), ArticleSelectors(body="div.text"))
    assert entry is not None
    assert entry.body is not None
    assert "script" not in entry.body
    assert "onclick" not in entry.body
    assert 'href="https://www.example.org/n/2"' in entry.body


def test_selectors_override_what_would_be_found() -> None:
    chosen = ArticleSelectors(
        title="//h3",
        time="xpath://span[@class='date']/text()",
        section="nav a",
        body="div.text",
        without="div.text p + p",
    )
    entry, _ = article(story(), chosen)
    assert entry is not None
    assert (entry.title, entry.section, entry.published) == ("Ən çox oxunanlar", "Ana səhifə", at("12:06"))
    assert list(plain(entry.body or "")) == TEXT[:1]


def test_a_page_without_a_headline_is_no_article() -> None:
    entry, complaints = article("<p>404</p>")
    assert entry is None
    assert [complaint.message for complaint in complaints] == ["no headline was found on the page"]


def test_a_page_without_a_text_is_a_headline_and_a_complaint() -> None:
    entry, complaints = article(f"<h1>{TITLES[0]}</h1><p>Foto</p>")
    assert entry is not None
    assert (entry.title, entry.body) == (TITLES[0], None)
    assert [complaint.message for complaint in complaints] == ["no text of an article was found on the page"]
