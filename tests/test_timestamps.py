"""Times as news lines write them: what is read, in which zone, and what is refused."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.timestamps import Stamp, Unknown, calendars, day_of, find, grammar, resolve, spelling

BAKU = ZoneInfo("Asia/Baku")
KYIV = ZoneInfo("Europe/Kyiv")
SAVED = datetime(2025, 2, 9, 10, 0, tzinfo=BAKU)


def read(text: str, taken_at: datetime = SAVED, zone: ZoneInfo = BAKU) -> datetime | Unknown:
    """Return the instant that a text of nothing but a time means."""
    stamp = find(text)
    if stamp is None or stamp.before or stamp.after:
        return Unknown(f"no time can be read in {text.strip()!r}")
    return resolve(stamp, taken_at=taken_at, zone=zone)


def instant(text: str, taken_at: datetime = SAVED, zone: ZoneInfo = BAKU) -> str | None:
    found = read(text, taken_at=taken_at, zone=zone)
    return found.isoformat() if isinstance(found, datetime) else None


def found(text: str) -> Stamp:
    stamp = find(text)
    assert stamp is not None
    return stamp


# One line a way of writing the same instant.
SAME = """
23:49 19.01.2024
23:49, 19.01.2024
23:49 / 19-01-2024
23:49 - 19.01.2024
23:49 19/01/2024
23:49 | 19.01.2024
19.01.2024 23:49
19.01.2024, 23:49
19.01.2024 | 23:49
19.01.2024 – 23:49
19.01.2024, 23:49:00
(19.01.2024 23:49)
[19.01.2024, 23:49]
19-01-2024, 23:49
19-01-2024 [23:49]
19/01/2024 23:49
19.01.24 | 23:49
2024.01.19 / 23:49
2024-01-19 23:49
2024-1-19 23:49
2024-01-19T23:49
2024-01-19T23:49:00+04:00
2024-01-19T19:49:00Z
19 Yanvar 2024 23:49
19 yanvar 2024, 23:49
19 YANVAR 2024 , 23:49
19 yanvar 2024-cü il, 23:49
2024, 19 Yanvar, Cümə, Bakı vaxtı 23:49
19 января 2024, 23:49
19 января 2024 года, 23:49
19 января 2024 г. 23:49
19 января 2024 в 23:49
19 янв. 2024, 23:49
пятница, 19 января 2024, 23:49
19 января 2024 23:49 (UTC+04:00)
19 января 2024 23:49 (UTC +04:00)
19 января 2024 22:49 МСК
19 січня 2024, 23:49
19 січень 2024, 23:49
п’ятниця, 19 січня 2024, 23:49
19 січня 2024 о 23:49
19 Ocak 2024 - 23:49
19 Ocak 2024 Cuma, 23:49
19 Ocak 2024 saat 23.49
19 Ocak 2024 saat 23:49
19 de enero de 2024 a las 23:49
19 de enero de 2024, 23:49
19 de janeiro de 2024 às 23h49
19/01/2024 às 23h49
19 janvier 2024 à 23h49
19 gennaio 2024 alle ore 23.49
19 gennaio 2024, ore 23:49
19 januari 2024 om 23.49 uur
19 stycznia 2024, godz. 23:49
19 stycznia 2024 o godz. 23.49
19. Januar 2024, 23.49 Uhr
Tarih: 19 Ocak 2024 — Saat: 23:49
19 Ιανουαρίου 2024, 23:49
Παρασκευή 19 Ιανουαρίου 2024 23:49
19 Ιαν 2024 | 23:49
19 Հունվարի, 2024 23:49
Հունվարի 19, 2024, 23:49
19 yanvar 2024, 23:49
2024-yil 19-yanvar, 23:49
19-yanvar, 2024-yil 23:49
19 январ 2024 йил, 23:49
19 იანვარი 2024, 23:49
19 қаңтар 2024, 23:49
19. Januar 2024, 23:49
19. Januar 2024, 23:49 Uhr
19.01.2024 um 23.49 Uhr
19.01.24 23.49
19.01.24. 23:49
19 janvier 2024, 23:49
19 janvier 2024 à 23h49
vendredi 19 janvier 2024 à 23 h 49
19/01/2024 à 23:49
19/01/2024 23H49
January 19, 2024 23:49
January 19, 2024 11:49 pm
Jan. 19, 2024, 11:49 p.m.
11:49 PM, Jan 19, 2024
Friday, January 19th, 2024 at 11:49 pm
19 January 2024 23:49 AZT
January 19, 2024 2:49 p.m. EST
19 stycznia 2024, 23:49
19 stycznia 2024 r., godz. 23:49
19 ianuarie 2024, 23:49
vineri, 19 ianuarie 2024, ora 23:49
19.01.2024-cü il, saat 23:49
19 de enero de 2024, 23:49
19 de enero de 2024 a las 23:49 h
19 de janeiro de 2024, às 23h49
19 gennaio 2024 alle ore 23:49
19 januari 2024 om 23:49 uur
19. januar 2024 kl. 23.49
19. ledna 2024 v 23:49
2024. január 19., 23:49
ngày 19 tháng 1 năm 2024 lúc 23:49
19 tháng 1, 2024 23:49
19th of January 2024, 23:49
19 בינואר 2024, בשעה 23:49
19 يناير 2024 - 11:49 م
١٩ كانون الثاني ٢٠٢٤ - ٢٣:٤٩
19 जनवरी 2024 11:49PM
2024年1月19日 23:49
2024年1月19日（金）23時49分
2024年01月19日下午11:49
2024년 1월 19일 오후 11:49
19. Januar 2024, 23 Uhr 49
19 ม.ค. 2567 23:49 น.
19 ม.ค. 67 23:49
วันศุกร์ที่ 19 มกราคม พ.ศ. 2567 เวลา 23.49 น.
۲۹ دی ۱۴۰۲ - ۲۳:۴۹
جمعه ۲۹ دی‌ماه ۱۴۰۲، ساعت ۲۳:۴۹
""".strip().splitlines()


@pytest.mark.parametrize("text", SAME)
def test_one_instant_is_read_however_it_is_written(text: str) -> None:
    stamp = found(text)
    assert {stamp.before, stamp.after} <= {"", "Tarih"}
    assert resolve(stamp, taken_at=SAVED, zone=BAKU) == datetime(2024, 1, 19, 23, 49, tzinfo=BAKU)


RELATIVE = {
    "Bu gün / 09:18": "2025-02-09T09:18:00+04:00",
    "Bugün, 09:18": "2025-02-09T09:18:00+04:00",
    "Сегодня, 09:32": "2025-02-09T09:32:00+04:00",
    "Сьогодні о 09:32": "2025-02-09T09:32:00+04:00",
    "Dünən, 23:55": "2025-02-08T23:55:00+04:00",
    "Dün 23:55": "2025-02-08T23:55:00+04:00",
    "Вчера в 18:40": "2025-02-08T18:40:00+04:00",
    "вчора, 18:40": "2025-02-08T18:40:00+04:00",
    "χθες 18:40": "2025-02-08T18:40:00+04:00",
    "Kecha, 18:40": "2025-02-08T18:40:00+04:00",
    "heute, 09.18 Uhr": "2025-02-09T09:18:00+04:00",
    "gestern um 18.40 Uhr": "2025-02-08T18:40:00+04:00",
    "vor 2 Stunden": "2025-02-09T08:00:00+04:00",
    "vor einer Stunde": "2025-02-09T09:00:00+04:00",
    "Il y a 5 minutes": "2025-02-09T09:55:00+04:00",
    "il y a une heure": "2025-02-09T09:00:00+04:00",
    "35m ago": "2025-02-09T09:25:00+04:00",
    "2h ago": "2025-02-09T08:00:00+04:00",
    "2 tuntia sitten": "2025-02-09T08:00:00+04:00",
    "Eilen klo 18.40": "2025-02-08T18:40:00+04:00",
    "toissapäivänä klo 21.05": "2025-02-07T21:05:00+04:00",
    "I går kl. 18.40": "2025-02-08T18:40:00+04:00",
    "i dag 09:18": "2025-02-09T09:18:00+04:00",
    "i forgårs 21:05": "2025-02-07T21:05:00+04:00",
    "gestern, 18 Uhr 40": "2025-02-08T18:40:00+04:00",
    "دیروز ۱۸:۴۰": "2025-02-08T18:40:00+04:00",
    "۲ ساعت پیش": "2025-02-09T08:00:00+04:00",
    "เมื่อวาน 18:40 น.": "2025-02-08T18:40:00+04:00",
    "Heute um 9.12": "2025-02-09T09:12:00+04:00",
    "8.2. 18.40": "2025-02-08T18:40:00+04:00",
    "8. 2. 18:40": "2025-02-08T18:40:00+04:00",
    "8.2., 18:40 Uhr": "2025-02-08T18:40:00+04:00",
    "Hier à 18h40": "2025-02-08T18:40:00+04:00",
    "Aujourd'hui à 09h32": "2025-02-09T09:32:00+04:00",
    "Aujourd’hui, 09:32": "2025-02-09T09:32:00+04:00",
    "Yesterday at 6:40 pm": "2025-02-08T18:40:00+04:00",
    "позавчера в 21:05": "2025-02-07T21:05:00+04:00",
    "Вчера": "2025-02-08T00:00:00+04:00",
    "8 hours, 41 minutes ago": "2025-02-09T01:19:00+04:00",
    "an hour ago": "2025-02-09T09:00:00+04:00",
    "час назад": "2025-02-09T09:00:00+04:00",
    "5 минут назад": "2025-02-09T09:55:00+04:00",
    "2 години тому": "2025-02-09T08:00:00+04:00",
    "3 saat əvvəl": "2025-02-09T07:00:00+04:00",
    "12 dakika önce": "2025-02-09T09:48:00+04:00",
    "πριν από 2 ώρες": "2025-02-09T08:00:00+04:00",
    "2 soat oldin": "2025-02-09T08:00:00+04:00",
    "2 ժամ առաջ": "2025-02-09T08:00:00+04:00",
    "только что": "2025-02-09T10:00:00+04:00",
    "hace 2 horas": "2025-02-09T08:00:00+04:00",
    "há 2 horas": "2025-02-09T08:00:00+04:00",
    "2 ore fa": "2025-02-09T08:00:00+04:00",
    "2 godz. temu": "2025-02-09T08:00:00+04:00",
    "منذ 2 ساعات": "2025-02-09T08:00:00+04:00",
    "2小时前": "2025-02-09T08:00:00+04:00",
    "15分前": "2025-02-09T09:45:00+04:00",
    "15분 전": "2025-02-09T09:45:00+04:00",
    "昨天20:15": "2025-02-08T20:15:00+04:00",
    "今日 09:15": "2025-02-09T09:15:00+04:00",
    "wczoraj, 18:40": "2025-02-08T18:40:00+04:00",
    "ieri, ore 18:40": "2025-02-08T18:40:00+04:00",
    "8月16日 08:05": "2024-08-16T08:05:00+04:00",
}


def test_the_words_beside_a_time_keep_their_spelling() -> None:
    assert found("14h35 Le bac repart à 18h30").after == "Le bac repart à 18h30"


@pytest.mark.parametrize("text", ["Les 24h 2026", "le lot 0x14h35", "25h70"])
def test_an_h_between_digits_is_not_always_an_hour(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize("text", RELATIVE)
def test_relative_times_count_from_the_snapshot(text: str) -> None:
    assert instant(text) == RELATIVE[text]


def test_an_hour_alone_is_the_latest_one_that_has_been() -> None:
    assert instant("09:59") == "2025-02-09T09:59:00+04:00"
    assert instant("10:01") == "2025-02-08T10:01:00+04:00"


def test_an_hour_alone_belongs_to_the_day_it_stands_under() -> None:
    stamp = found("23:41")
    assert resolve(stamp, taken_at=SAVED, zone=BAKU, day=date(2025, 2, 3)) == datetime(2025, 2, 3, 23, 41, tzinfo=BAKU)


def test_a_date_without_an_hour_is_its_midnight() -> None:
    assert instant("26 aprel 2018") == "2018-04-26T00:00:00+04:00"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("9 Fevral 09:15", 2025),
        ("9 Fevral 22:15", 2025),
        ("10 Fevral 22:15", 2024),
        ("12.03 / 18:22", 2024),
        ("9.2. 09:15", 2025),
    ],
)
def test_a_date_without_a_year_is_the_latest_that_is_not_after_the_snapshots_day(text: str, year: int) -> None:
    assert (instant(text) or "")[:4] == str(year)


def test_the_29th_of_february_without_a_year_is_found_in_a_leap_year() -> None:
    assert instant("29 fevral 12:00") == "2024-02-29T12:00:00+04:00"


@pytest.mark.parametrize(
    "text",
    [
        "25:61 08.02.2025",
        "12:06 31.02.2025",
        "34 мая 2016, 10:00",
        "26:10 18.05.2016",
        "15:17 25.10.202",
        "12:06 08.02.2031",
        "12:06 08.02.1961",
        "13:10 pm, Jan 19, 2024",
        "2024-13-19T23:49",
        "30 ก.พ. 2568 14:35",
        "18 พ.ย. 25 14:35",  # of the year 2525, or 2025
        "31 مهر 1403 14:35",
        "1 مهر 1250 14:35",
        "18 พ.ย. 9999 14:35",
    ],
)
def test_a_time_that_cannot_be_is_unknown_and_never_now(text: str) -> None:
    assert isinstance(resolve(found(text), taken_at=SAVED, zone=BAKU), Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 365",
        "Bazar",
        "USD 1.7000",
        "10 490,12",
        "Нефтчи - Карабах 2:1",
        "COP29: global call",
        "18 000 nəfər",
        "29/12",
        "Mart",
        "2024",
        "sensation of the year",
        "18 เดือน 2568",
        "18 تیر 78",
        "令和7年11月18日",
        "第12届会议",
        "http://news.example.org/2024",
    ],
)
def test_what_is_no_time_is_not_made_one(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("18 listopada 2025", (2025, 11, 18)),
        ("18. listopada 2025.", (2025, 10, 18)),
        ("18. listopadu 2025", (2025, 11, 18)),
    ],
)
def test_a_month_of_two_languages_is_told_by_the_dot_of_the_day(text: str, day: tuple[int, int, int]) -> None:
    assert found(text).date == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1 فروردین 1399", (2020, 3, 20)),
        ("30 اسفند 1399", (2021, 3, 20)),
        ("1 فروردین 1400", (2021, 3, 21)),
        ("22 بهمن 1357", (1979, 2, 11)),
        ("27 آبان 1404", (2025, 11, 18)),
        ("29 ก.พ. 2567", (2024, 2, 29)),
        ("29 ก.พ. 2024", (2024, 2, 29)),
    ],
)
def test_a_day_of_another_calendar_is_ours(text: str, day: tuple[int, int, int]) -> None:
    assert found(text).date == day


def test_every_day_of_the_persian_calendar_follows_the_one_before() -> None:
    days = [
        calendars._persian(year, month, day)
        for year in range(1244, 1473)
        for month in range(1, 13)
        for day in range(1, (31 if month < 7 else 30 if month < 12 or year % 33 in calendars._LEAP else 29) + 1)
    ]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]


@given(st.integers(1, 99), st.sampled_from(sorted(calendars._MONTHS)), st.integers(0, 99) | st.integers(1000, 9999))
def test_a_day_of_another_calendar_keeps_its_place(day: int, month: str, year: int) -> None:
    text = f"{day} {month} {year:02}"
    assert len(calendars.as_ours(text)) == len(text)


def test_slashes_say_what_they_mean_with_the_month_first_too() -> None:
    stamp = found("11/18/2025 2:35 PM")
    assert stamp.fault is not None
    assert stamp.month_first is not None
    assert (stamp.month_first.date, stamp.month_first.hour) == ((2025, 11, 18), time(14, 35))
    assert found("18/11/2025").month_first is None
    assert found("18.11.2025").month_first is None


def test_words_around_a_time_are_given_with_it() -> None:
    stamp = found("Politics 23:49 19.01.2024 | 1 365")
    assert (stamp.before, stamp.after) == ("Politics", "1 365")
    headline = found("14:30 На Неве (у моста) начали готовить ледоколы")
    assert (headline.before, headline.after) == ("", "На Неве (у моста) начали готовить ледоколы")


def test_brackets_of_a_headline_stay_and_those_of_its_time_go() -> None:
    assert found("Матч (плей-офф) (19.09.2023 22:08)").before == "Матч (плей-офф)"


def test_stamps_written_alike_share_a_form() -> None:
    assert found("9:05 1.2.2025").form == found("19:45 21.12.2024").form
    assert found("25.10.20").form != found("25.10.2024").form


# --- zones ------------------------------------------------------------------------------------------------------------


def test_baku_had_summer_time_before_2016_and_has_none_since() -> None:
    assert instant("14:39 26.07.2015") == "2015-07-26T14:39:00+05:00"
    assert instant("14:39 26.07.2016") == "2016-07-26T14:39:00+04:00"


def test_moscow_was_at_plus_four_in_2013() -> None:
    assert instant("14:39 26.01.2013", zone=ZoneInfo("Europe/Moscow")) == "2013-01-26T14:39:00+04:00"


def test_an_hour_that_the_clocks_skipped_counts_from_before_the_change() -> None:
    assert instant("26.03.2017 03:30", zone=KYIV) == "2017-03-26T04:30:00+03:00"


def test_an_hour_that_the_clocks_showed_twice_is_the_first() -> None:
    assert instant("29.10.2017 03:30", zone=KYIV) == "2017-10-29T03:30:00+03:00"


def test_a_stated_offset_beats_the_sites_zone() -> None:
    assert instant("2024-01-19T23:49:00+01:00") == "2024-01-20T02:49:00+04:00"


def test_local_time_by_name_follows_that_places_history() -> None:
    assert instant("26.07.2010 12:00 AMT", zone=ZoneInfo("Asia/Yerevan")) == "2010-07-26T12:00:00+05:00"


# --- rules for anything -----------------------------------------------------------------------------------------------


def test_a_day_header_gives_its_day() -> None:
    assert day_of(found("26 апреля 2018"), taken_at=SAVED, zone=BAKU) == date(2018, 4, 26)
    assert day_of(found("Dünən"), taken_at=SAVED, zone=BAKU) == date(2025, 2, 8)
    assert day_of(found("12:15"), taken_at=SAVED, zone=BAKU) is None


@settings(max_examples=200)
@given(
    st.integers(366 * 24 * 60, 55 * 365 * 24 * 60),
    st.sampled_from(["{t:%H:%M} {t:%d.%m.%Y}", "{t:%d/%m/%Y, %H:%M}", "{t:%Y-%m-%d %H:%M}"]),
)
def test_what_was_formatted_is_read_back(minutes: int, form: str) -> None:
    written = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert read(form.format(t=written), taken_at=SAVED, zone=ZoneInfo("UTC")) == written


def test_what_a_stamp_states_can_be_asked() -> None:
    full, hour, ago = found("23:49 19.01.2024"), found("23:49"), found("2 hours ago")
    assert (full.date, full.hour, full.has_day, full.has_hour) == ((2024, 1, 19), time(23, 49), True, True)
    assert (hour.date, hour.has_day, hour.has_hour) == (None, False, True)
    assert (ago.ago, ago.has_day, ago.has_hour) == (timedelta(hours=2), True, True)


def test_a_stamp_that_cannot_be_true_still_says_what_it_meant_to_state() -> None:
    for text, day, hour in [("18:40 31.02.2025", True, True), ("31.02.2025", True, False), ("25:61", False, True)]:
        assert (found(text).has_day, found(text).has_hour, found(text).date, found(text).hour) == (
            day,
            hour,
            None,
            None,
        )


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("hoy a las 9:05", "09:05"),
        ("hoje às 9h", "09:00"),
        ("aujourd'hui à 9h", "09:00"),
        ("aujourd'hui à 9 heures", "09:00"),
        ("heute, 9 Uhr", "09:00"),
        ("heute, 9.05 Uhr", "09:05"),
        ("oggi alle ore 9.05", "09:05"),
        ("vandaag om 9.05 uur", "09:05"),
        ("vandaag om 9 uur", "09:00"),
        ("dzisiaj, godz. 9:05", "09:05"),
        ("dziś o 9:05", "09:05"),
        ("bugün saat 09:05", "09:05"),
        ("сегодня в 9:05", "09:05"),
        ("сьогодні о 9:05", "09:05"),
        ("bu gün, saat 9:05", "09:05"),
        ("09.02.2025 à 9h", "09:00"),
        ("9 febbraio 2025 ore 9", "09:00"),
        ("oggi, ore 9", "09:00"),
    ],
)
def test_the_hour_of_a_day_as_each_language_says_it(text, hour):
    assert instant(text) == f"2025-02-09T{hour}:00+04:00"


@pytest.mark.parametrize(
    "text",
    ["il y a 2h", "il y a 2 heures", "hace 2h", "hace 2 horas", "há 2h", "há 2 horas", "vor 2h", "2h ago", "2 ore fa",
     "2 uur geleden", "2 godziny temu"],
)  # fmt: skip
def test_two_hours_ago_as_each_language_says_it(text):
    assert instant(text) == "2025-02-09T08:00:00+04:00"


@pytest.mark.parametrize(
    "text", ["il y a 3 j", "hace 3 d", "há 3 dias", "3 giorni fa", "3 dagen geleden", "3 dni temu"]
)
def test_three_days_ago_as_each_language_says_it(text):
    assert found(text).ago == timedelta(days=3)


_PIECES = st.sampled_from(
    ["a las", "a la", "às", "à", "alle", "alle ore", "ore", "om", "o", "godz.", "godz", "saat", "há", "5", "14", "2025",
     ".", ":", ",", "30", "h", "p.m.", "heures", "uur", "Uhr", "de", "mayo", " "]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=10), st.sampled_from([" ", ""]))
def test_the_quick_look_passes_over_no_spelling(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    hours = (spelling._DOTTED_MERIDIEM, spelling._HOUR_WORD, spelling._LETTERED_HOUR, spelling._UHR, spelling._UUR)
    each = (*hours, spelling._HA, spelling._OF, spelling._DOTTED, spelling._AT, spelling._FULL_HOUR)
    assert spelling._SPELT.search(text) or not any(spelt.search(text) for spelt in each)


def test_the_dots_of_an_afternoon_need_no_space_before_them() -> None:
    assert (found("11:49p.m.").hour, found("11:49 p.m.").hour) == (time(23, 49), time(23, 49))
    assert found("11:49 Breakfast until noon, p.m. tea").after == "Breakfast until noon, p.m. tea"


@given(st.text("dDnyompwzrbjquGp+gUNYMBHTacsWk.:,-/;", max_size=12))
def test_the_quick_look_passes_over_no_part(letters: str) -> None:
    quick, _, parts = grammar._PART.pattern.partition(")")
    assert quick.startswith("(?=[")
    assert (grammar._PART.search(letters) is None) == (re.search(parts, letters) is None)


def test_what_stands_beside_how_long_ago_loses_no_letter():
    assert found('il y a 2 heures"Titre"').after == '"Titre"'


@pytest.mark.parametrize(
    "text", ["14 Uhr", "ore 9", "2h", "3 d", "Trains stop at 9h", "Il Milan ha 3 giorni di tempo", "9 uur"]
)
def test_an_hour_without_a_day_or_a_number_of_hours_is_no_time(text):
    assert find(text) is None


@pytest.mark.parametrize("text", ["1.70 1.85", "10.12 10.45", "12.03 18.22", "192.168.10.12"])
def test_rates_and_addresses_are_no_times(text):
    assert find(text) is None


@pytest.mark.parametrize(
    ("text", "after"),
    [("heute 2 h Stau", "2 h Stau"), ("oggi 3 ore", "3 ore"), ("heute 10.12", "10.12"), ("heute 5°", "5°")],
)
def test_what_may_be_something_else_is_no_hour(text, after):
    assert (found(text).hour, found(text).after) == (None, after)
