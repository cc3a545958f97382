"""Saved pages beyond the corpus: the rules themselves, pages made up at random, and text of any kind."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import Complaint, Entry, Harvest, Listing, Snapshot
from feedsvc.sources.page_text import decode, read
from feedsvc.text import plain

BAKU = ZoneInfo("Asia/Baku")
SAVED = datetime(2025, 2, 9, 10, 0, tzinfo=BAKU)


def page(text: str | bytes, taken_at: datetime = SAVED, zone: ZoneInfo = BAKU) -> Harvest:
    body = text.encode() if isinstance(text, str) else text
    return read(Snapshot("page.txt", body, taken_at), zone=zone)


def pairs(harvest: Harvest) -> list[tuple[str, datetime | None]]:
    return [(entry.title, entry.published) for entry in harvest.entries]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BAKU)


# --- the page that the product was made for ---------------------------------------------------------------------------

SEED = Path(__file__).parents[2] / "shared" / "seed" / "news-page.txt"


@pytest.mark.skipif(not SEED.exists(), reason="the seed page is not part of the project")
def test_the_seed_page_is_read_exactly() -> None:
    harvest = page(SEED.read_bytes())
    article = harvest.article
    assert article is not None
    assert article.title.startswith("Azerbaijani MFA issued a statement")
    assert (article.section, article.published) == ("Politics", at("2024-01-19T23:49"))
    assert len(plain(article.body or "")) == 10
    assert len(harvest.entries) == 40
    assert harvest.entries[0].published == at("2025-02-08T12:06")
    assert harvest.entries[-1].published == at("2024-10-25T15:17")
    assert (harvest.complaints, harvest.listing) == ((), Listing.PRESENT)


# --- the listing ------------------------------------------------------------------------------------------------------


def test_a_label_with_nothing_under_it_is_an_empty_list_and_no_label_a_missing_one() -> None:
    assert page("Xəbər lenti\n\nReklam\n").listing is Listing.EMPTY
    assert page("Haqqımızda\nReklam\n").listing is Listing.MISSING


def test_a_word_of_a_label_inside_a_sentence_is_no_label() -> None:
    assert page("Son xəbərlər göstərir ki, qış uzun olacaq.\n").listing is Listing.MISSING


def test_two_times_without_a_label_are_no_list() -> None:
    harvest = page("Şəhərdə yeni park açıldı\n12:06 08.02.2025\nKörpü təmir olunur\n11:00 08.02.2025\n")
    assert harvest.entries == ()


def test_one_pair_under_a_label_is_a_list() -> None:
    assert pairs(page("News line\n\nFerry resumes after fog\n12:06 08.02.2025\nAll news\n")) == [
        ("Ferry resumes after fog", at("2025-02-08T12:06"))
    ]


def test_a_most_read_list_with_times_is_not_read() -> None:
    listed = "".join(f"Headline number {n} of the list\n1{n}:06 08.02.2025\n" for n in range(4))
    assert page(f"Most read\n{listed}").entries == ()
    assert len(page(f"Latest news\n{listed}").entries) == 4


# --- order ------------------------------------------------------------------------------------------------------------

TITLES = [
    "Sahildə yeni cığır salındı",
    "Bazarda ilk gilaslar göründü",
    "Gecə qatarı vaxtında çatdı",
    "Parkda göl təmizləndi",
]
TIMES = ["12:06 08.02.2025", "11:40 08.02.2025", "22:15 07.02.2025", "09:01 07.02.2025"]
INSTANTS = [at("2025-02-08T12:06"), at("2025-02-08T11:40"), at("2025-02-07T22:15"), at("2025-02-07T09:01")]


@pytest.mark.parametrize("label", ["Xəbər lenti", ""])
@pytest.mark.parametrize("first", ["title", "time"])
@pytest.mark.parametrize("gap", ["", "\n"])
def test_the_order_is_found_in_the_same_format_either_way(label: str, first: str, gap: str) -> None:
    groups = [
        f"{title}\n{time}\n" if first == "title" else f"{time}\n{title}\n"
        for title, time in zip(TITLES, TIMES, strict=True)
    ]
    harvest = page(f"{label}\n" + gap.join(groups) + "Hamısı\n")
    assert pairs(harvest) == list(zip(TITLES, INSTANTS, strict=True))


def test_blank_lines_between_groups_outweigh_a_teaser_under_the_label() -> None:
    groups = "\n".join(f"{time}\n{title}\n" for title, time in zip(TITLES, TIMES, strict=True))
    harvest = page(f"Xəbər lenti\nMuzeydə gecə sərgisi açılır\n\n{groups}")
    assert pairs(harvest) == list(zip(TITLES, INSTANTS, strict=True))


def test_the_article_of_the_page_shows_the_order_of_an_ambiguous_list() -> None:
    lines = [line for pair in zip(TITLES, TIMES, strict=True) for line in pair]
    ambiguous = "\n".join([*lines, "Muzeydə gecə sərgisi açılır"])
    article = f"{TITLES[1]}\n{TIMES[1]}\n\nBazarda bu həftə ilk gilaslar görünüb. Satıcılar bol məhsul gözləyir.\n"
    assert pairs(page(f"{article}\nXəbər lenti\n{ambiguous}"))[:4] == list(zip(TITLES, INSTANTS, strict=True))


# --- what is unreadable -----------------------------------------------------------------------------------------------


def test_an_unreadable_time_leaves_its_entry_undated_and_is_complained_of_with_its_line() -> None:
    harvest = page(
        "News line\nFerry resumes after fog\n25:61 08.02.2025\nOrchard opens its gates\n12:06 08.02.2025\nAll news"
    )
    assert pairs(harvest) == [("Ferry resumes after fog", None), ("Orchard opens its gates", at("2025-02-08T12:06"))]
    assert harvest.complaints == (Complaint("page.txt:3", "the time is unknown: there is no 25:61 08.02.2025"),)


def test_a_time_long_after_the_page_was_saved_is_unknown() -> None:
    harvest = page(
        "News line\nFerry resumes after fog\n12:06 08.02.2031\nOrchard opens its gates\n12:06 08.02.2025\nAll news"
    )
    assert [entry.published for entry in harvest.entries] == [None, at("2025-02-08T12:06")]
    assert [complaint.where for complaint in harvest.complaints] == ["page.txt:3"]


def test_a_clock_that_runs_a_little_ahead_is_believed() -> None:
    harvest = page("News line\nFerry resumes after fog\n10:04 09.02.2025\nAll news")
    assert pairs(harvest) == [("Ferry resumes after fog", at("2025-02-09T10:04"))]


# --- bytes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"\n \n"])
def test_an_empty_page_is_one_complaint(body: bytes) -> None:
    assert page(body) == Harvest(complaints=(Complaint("page.txt", "the page is empty"),))


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), b"\x7fELF\x02\x01\x01\x00" * 40]
)
def test_a_binary_page_is_one_complaint(body: bytes) -> None:
    harvest = page(body)
    assert (harvest.article, harvest.entries, harvest.listing) == (None, (), Listing.MISSING)
    assert [complaint.where for complaint in harvest.complaints] == ["page.txt"]


def test_utf8_cut_in_the_middle_of_a_letter_keeps_the_rest() -> None:
    assert decode("Xəbər lenti: ə".encode()[:-1]) == "Xəbər lenti: "


RUSSIAN = "Последние новости\nМост через залив откроют весной, сообщили строители\n12 марта 2019 10:15\nВсе новости\n"
TURKISH = "Son Dakika\nÇarşıda ücretsiz ağaç dağıtımı başladı\n12 Mart 2019 10:15\nTümü\nİletişim ve şikâyet hattı\n"
GREEK = "Ροή ειδήσεων\nΝέο θερινό σινεμά ανοίγει στο λιμάνι\n12 Μαρτίου 2019 10:15\nΌλες οι ειδήσεις\n"
AZERBAIJANI = "Xəbər lenti\nSahildə yeni cığır salındı\n12 Mart 2019 10:15\nHamısı\n"
TEXTS = {
    "cp1251": RUSSIAN,
    "koi8_r": RUSSIAN,
    "utf-16-be": RUSSIAN,
    "cp1254": TURKISH,
    "iso8859_9": TURKISH,
    "cp1253": GREEK,
    "utf-16-le": AZERBAIJANI,
    "utf-16": AZERBAIJANI,
    "utf-8-sig": AZERBAIJANI,
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_charset_is_told_from_the_bytes(encoding: str) -> None:
    assert decode(TEXTS[encoding].encode(encoding)) == TEXTS[encoding]


# --- any page ---------------------------------------------------------------------------------------------------------

_HEADLINES = [
    "Sahildə yeni velosiped yolu salındı",
    "“Köhnə xəritələr” sərgisi uzadıldı - FOTO",
    "Мост через залив откроют весной",
    "Выставка «Зимний сад» отметила столетие",
    "Перший електробус вийшов на маршрут",
    "Çarşıda ücretsiz ağaç dağıtımı başladı",
    "Νέο θερινό σινεμά ανοίγει στο λιμάνι",
    "Գյումրիում բացվեց նոր թանգարան",
    "Toshkentda yangi kutubxona ochildi",
    "Ferry resumes after two days of fog",
    "12 villages get new water pipes",
    'Minister: "We start in April"',
    "Why small theatres matter: an essay",
    "Sazan festivalına hazırlıq başlayır…",
]
_TEASERS = [
    "The works will end in autumn, the press service said.",
    "Работы завершатся осенью, сообщили в пресс-службе.",
    "İşlərin payızda başa çatacağı gözlənilir.",
]
_MONTHS = {
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "el": "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου"
    " Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
    "uz": "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "en": "January February March April May June July August September October November December",
}
_FORMATS = [
    "{t:%H:%M} {t:%d.%m.%Y}",
    "{t:%d.%m.%Y} {t:%H:%M}",
    "{t:%d.%m.%Y}, {t:%H:%M:%S}",
    "{t:%H:%M} / {t:%d-%m-%Y}",
    "{t:%d-%m-%Y} [{t:%H:%M}]",
    "{t:%d/%m/%Y} {t:%H:%M}",
    "{t:%d.%m.%y} | {t:%H:%M}",
    "{t:%Y.%m.%d} / {t:%H:%M}",
    "{t.day} {m} {t.year}, {t:%H:%M}",
    "{t.day} {m} {t.year} {t:%H:%M}",
    "{t:%Y-%m-%dT%H:%M}+04:00",
]
_LABELS = ["Xəbər lenti", "Son xəbərlər", "Лента новостей", "Останні новини", "Son Dakika", "Ροή ειδήσεων", "News line"]
_ENDS = ["Hamısı", "Bütün xəbərlər", "Все новости", "Дивитися все", "Tümü", "All news"]


@st.composite
def written_lists(draw: st.DrawFn) -> tuple[str, list[tuple[str, datetime | None]]]:
    """A labelled list in one format and order, and what it says."""
    titles = draw(st.lists(st.sampled_from(_HEADLINES), min_size=3, max_size=12))
    form = draw(st.sampled_from(_FORMATS))
    months = draw(st.sampled_from(sorted(_MONTHS.values()))).split()
    minutes = draw(st.lists(st.integers(1, 60 * 24 * 300), min_size=len(titles), max_size=len(titles)))
    instants = [SAVED - timedelta(minutes=ago) for ago in sorted(minutes)]
    time_first = draw(st.booleans())
    teaser = draw(st.sampled_from([None, *_TEASERS]))
    blank_between = draw(st.booleans())
    groups = []
    for title, instant in zip(titles, instants, strict=True):
        stamp = form.format(t=instant, m=months[instant.month - 1])
        lines = [stamp, title] if time_first else [title, stamp]
        groups.append("\n".join([*lines, *([teaser] if teaser else [])]))
    label, end = draw(st.sampled_from(_LABELS)), draw(st.sampled_from(_ENDS))
    text = f"{label}\n" + ("\n\n" if blank_between else "\n").join(groups) + f"\n{end}\n"
    return text, list(zip(titles, instants, strict=True))


@settings(max_examples=150)
@given(written_lists())
def test_a_list_in_any_form_and_order_says_what_was_written(
    written: tuple[str, list[tuple[str, datetime | None]]],
) -> None:
    text, want = written
    assert pairs(page(text)) == want


@settings(max_examples=150)
@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from([*_HEADLINES, *_LABELS, *_ENDS, *TIMES, "", "|", "09:15", "Dünən", "-", "12", ",", "Tarix"]),
        max_size=40,
    ).map("\n".join)
)
def test_any_text_at_all_is_read_without_failing(text: str) -> None:
    harvest = page(text)
    assert all(entry.published is None or entry.published.utcoffset() is not None for entry in harvest.entries)
    assert json.dumps([entry.title for entry in harvest.entries])


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_without_failing(body: bytes) -> None:
    assert isinstance(page(body), Harvest)


@settings(max_examples=60)
@given(written_lists(), st.data())
def test_a_page_cut_anywhere_invents_no_time(
    written: tuple[str, list[tuple[str, datetime | None]]], data: st.DataObject
) -> None:
    text, want = written
    cut = data.draw(st.integers(0, len(text)))
    said = {instant for _, instant in want} | {None}
    assert {entry.published for entry in page(text[:cut]).entries} <= said


def test_entries_carry_the_line_of_their_headline() -> None:
    harvest = page("News line\n\nFerry resumes after fog\n12:06 08.02.2025\nAll news")
    assert harvest.entries == (Entry(title="Ferry resumes after fog", published=at("2025-02-08T12:06"), line=3),)


# --- pages cut in the middle ------------------------------------------------------------------------------------------

SAMPLE = (Path(__file__).parents[1] / "feedsvc" / "sample" / "news-page.txt").read_text(encoding="utf-8")
SAMPLE_SAVED = datetime(2025, 3, 15, 9, 0, tzinfo=BAKU)


def test_a_headline_that_the_page_ends_in_is_withheld_and_complained_of() -> None:
    cut = page("News line\n12:06 08.02.2025\nFerry resumes after fog\n11:00 08.02.2025\nOrchard opens its ga")
    assert [entry.title for entry in cut.entries] == ["Ferry resumes after fog"]
    assert cut.complaints == (Complaint("page.txt:5", "the page ends in the middle of a headline"),)


@pytest.mark.parametrize("last", ["Orchard opens its gates\n", "Is the orchard open?", 'He said: "It is open"'])
def test_a_headline_that_ends_as_one_or_with_its_line_is_whole(last: str) -> None:
    whole = page(f"News line\n12:06 08.02.2025\nFerry resumes after fog\n11:00 08.02.2025\n{last}")
    assert [entry.title for entry in whole.entries] == ["Ferry resumes after fog", last.strip()]
    assert whole.complaints == ()


def test_a_page_cut_anywhere_shows_no_headline_that_is_not_on_the_whole_one() -> None:
    whole = page(SAMPLE, SAMPLE_SAVED)
    titles = {entry.title for entry in whole.entries}
    body = SAMPLE.encode()
    for size in range(0, len(body), 40):
        harvest = page(body[:size], SAMPLE_SAVED)
        assert {entry.title for entry in harvest.entries} <= titles
        assert harvest.article is None or harvest.article.title in titles


# --- the article's own time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stated", ["Town 99:99 45.13.2025", "Town 32:00 14.03.2025", "Town 18:40 14.13.2025", "Town 18:40 31.02.2025"]
)
def test_an_impossible_time_leaves_the_article_its_headline_and_section(stated: str) -> None:
    sample = SAMPLE.replace("Town 18:40 14.03.2025", stated)
    assert sample != SAMPLE
    whole, harvest = page(SAMPLE, SAMPLE_SAVED), page(sample, SAMPLE_SAVED)
    assert whole.article is not None
    assert harvest == replace(
        whole,
        article=replace(whole.article, published=None),
        complaints=(Complaint("page.txt:3", f"the time is unknown: there is no {stated.removeprefix('Town ')}"),),
    )


def test_an_impossible_time_leaves_an_entry_its_section() -> None:
    harvest = page(
        "News line\nFerry resumes after fog\nTown 25:61 08.02.2025\nOrchard opens its gates\nFarms 12:06 08.02.2025\n"
        "Choir sings in the tunnel\nTown 11:06 08.02.2025\nAll news\n"
    )
    assert [entry.section for entry in harvest.entries] == ["Town", "Farms", "Town"]
    assert [complaint.where for complaint in harvest.complaints] == ["page.txt:3"]


@pytest.mark.parametrize("blank", ["", "\n"])
def test_short_paragraphs_below_a_headline_and_its_time_are_an_article(blank: str) -> None:
    article = page(
        f"Old depot reopens\n{blank}Town 18:40 08.02.2025\n{blank}The hall opens in May.\n{blank}All are welcome.\n"
        "\nNews line\nFerry resumes after fog\n12:06 08.02.2025\nAll news\n"
    ).article
    assert article is not None
    assert (article.title, article.section, article.published) == ("Old depot reopens", "Town", at("2025-02-08T18:40"))
    assert plain(article.body or "") == ("The hall opens in May.", "All are welcome.")


def test_a_caption_that_stands_twice_and_a_heading_are_no_paragraphs_and_a_bullet_stays() -> None:
    article = page(
        "Old depot reopens in the spring\n18:40 08.02.2025\n\nThe depot on Weir Street.\nThe depot on Weir Street.\n\n"
        "The depot will reopen as a market hall with thirty-two stalls. The work took three years and cost two million."
        "\n\nWhat visitors should know\n\n• Dogs stay outside.\n\n• Bicycles may come in.\n"
    ).article
    assert article is not None
    assert [text[:12] for text in plain(article.body or "")] == ["The depot wi", "• Dogs stay ", "• Bicycles m"]


@pytest.mark.parametrize("glue", ["\n", " "])
def test_hours_below_a_day_that_cannot_be_are_unknown_and_never_of_the_day_above(glue: str) -> None:
    harvest = page(
        f"News line\n08.02.2025\n12:06{glue}Ferry resumes after fog\n11:06{glue}Orchard opens its gates\n31.01.2025\n"
        f"10:06{glue}Harbour clock runs again\n31.02.2025\n22:10{glue}Choir sings in the tunnel\nAll news\n"
    )
    instants = [entry.published for entry in harvest.entries]
    assert instants == [at("2025-02-08T12:06"), at("2025-02-08T11:06"), at("2025-01-31T10:06"), None]
    assert [complaint.message for complaint in harvest.complaints] == ["the time is unknown: there is no 31.02.2025"]


CORPUS_LINES = sorted(
    {
        line
        for file in (Path(__file__).parent / "corpus" / "page-text").glob("*.txt")
        for line in file.read_bytes().decode("utf-8", "replace").splitlines()
    }
    | {"...", '"', "» »", "•", "- ", "©", "::", "12:", "-0-"}
)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(CORPUS_LINES), max_size=40).map("\n".join))
def test_lines_of_real_pages_in_any_order_are_read_without_failing(text: str) -> None:
    harvest = page(text)
    assert all(entry.title for entry in harvest.entries)
