"""The time written on a line of a page: which part of the line states it, and which instant it means in its zone.

Knows how a dozen languages write dates and hours; hides their months, weekdays and clock words from everyone else.
Reading is strict: every word of a time must be known, or the line has none. A time that cannot be true is unknown, and
never "now".
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

# A site's clock may run ahead of ours, and a page may be dated for the morning; further ahead is a misreading.
MOST_AHEAD = timedelta(days=1)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_LONGEST_WORDS = 30
_LONGEST = 160  # characters; nothing longer was ever a time with a section, only a sentence that names a date


@dataclass(frozen=True, slots=True)
class Unknown:
    """A time that was stated and cannot be read, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one line states about time, and the text that stands around it.

    ``date`` is (year, month, day), the year None when the line leaves it out. ``days_back`` counts from the snapshot's
    day (0 is today). ``ago`` counts from its instant. ``form`` is the shape of the expression: two stamps written the
    same way share it. ``fault`` says why the stamp, though shaped like a time, is none.
    """

    form: str
    date: tuple[int | None, int, int] | None = None
    days_back: int | None = None
    hour: time | None = None
    ago: timedelta | None = None
    zone: tzinfo | None = None
    weekday: bool = False
    before: str = ""
    after: str = ""
    fault: str | None = None
    lost: frozenset[str] = frozenset()

    @property
    def has_day(self) -> bool:
        """Tell whether the line says which day it means."""
        return self.date is not None or self.days_back is not None or self.ago is not None or "day" in self.lost

    @property
    def has_hour(self) -> bool:
        """Tell whether the line says which hour it means."""
        return self.hour is not None or self.ago is not None or "hour" in self.lost


def read(text: str, *, taken_at: datetime, zone: ZoneInfo) -> datetime | Unknown:
    """Return the instant that a text of nothing but a time means, in ``zone``."""
    stamp = find(text)
    if stamp is None or stamp.before or stamp.after:
        return Unknown(f"no time can be read in {text.strip()!r}")
    return resolve(stamp, taken_at=taken_at, zone=zone)


def resolve(stamp: Stamp, *, taken_at: datetime, zone: ZoneInfo, day: date | None = None) -> datetime | Unknown:
    """Return the instant that a stamp means, in ``zone`` with the offset that the zone's rules give it then.

    ``day`` is the day that an hour alone belongs to; without it, the hour is the latest one not after ``taken_at``. A
    date without an hour is its midnight; one without a year is the latest one not after ``taken_at``. An hour that the
    clocks skipped counts from before the change, and one that they showed twice is the first.
    """
    if stamp.fault is not None:
        return Unknown(stamp.fault)
    now = taken_at.astimezone(zone)
    if stamp.ago is not None:
        moment = (taken_at - stamp.ago).astimezone(zone).replace(second=0, microsecond=0)
    else:
        local_zone = stamp.zone or zone
        now_there = now if stamp.zone is None else taken_at.astimezone(local_zone)
        on = _day(stamp, now_there.date()) if stamp.has_day else day
        if isinstance(on, Unknown):
            return on
        clock = stamp.hour or time()
        if on is None:
            moment = _instant(now_there.date(), clock, local_zone)
            if moment > taken_at:
                moment = _instant(now_there.date() - timedelta(days=1), clock, local_zone)
        else:
            moment = _instant(on, clock, local_zone)
        moment = moment.astimezone(zone)
    if moment - now > MOST_AHEAD:
        return Unknown(f"{moment.isoformat()} lies ahead of the page itself, saved at {now.isoformat()}")
    if moment < EARLIEST:
        return Unknown(f"{moment.isoformat()} lies before 1970")
    return moment


def day_of(stamp: Stamp, *, taken_at: datetime, zone: ZoneInfo) -> date | None:
    """Return the day that a stamp states for the hours below it, or None when it states none that can be true."""
    if stamp.fault is not None or not stamp.has_day or stamp.ago is not None:
        return None
    on = _day(stamp, taken_at.astimezone(zone).date())
    return None if isinstance(on, Unknown) else on


def _instant(day: date, clock: time, zone: tzinfo) -> datetime:
    # By way of UTC: an hour that the clocks skipped comes back as the one that they showed instead.
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def _day(stamp: Stamp, today: date) -> date | Unknown:
    if stamp.date is None:
        return today - timedelta(days=stamp.days_back or 0)
    year, month, day = stamp.date
    if year is not None:
        return date(year, month, day)
    for candidate in range(today.year, today.year - 9, -1):  # 29 February may lie eight years back (1896, 1904)
        try:
            on = date(candidate, month, day)
        except ValueError:
            continue
        if on <= today:
            return on
    return Unknown(f"there is no day {day} in month {month}")


# --- the words of time ------------------------------------------------------------------------------------------------

# One line a language; within a line the twelve months, each with its forms.
_MONTHS = """
january,jan february,feb march,mar april,apr may june,jun july,jul august,aug september,sept,sep october,oct november,nov december,dec
yanvar,yan fevral,fev mart aprel,apr may iyun,iyn iyul,iyl avqust,avq sentyabr,sen oktyabr,okt noyabr,noy dekabr,dek
ocak,oca şubat,şub,sub mart nisan,nis mayıs haziran,haz temmuz,tem ağustos,ağu,agu eylül,eyl ekim,eki kasım,kas aralık,ara
yanvar fevral mart aprel may iyun iyul avgust,avg sentabr,sent oktabr noyabr dekabr
январ,янв феврал,фев март,мар апрел,апр май июн июл август,авг сентябр,сен октябр,окт ноябр,ноя декабр,дек
январь,января февраль,февраля,февр марта апрель,апреля мая июнь,июня июль,июля августа сентябрь,сентября,сент октябрь,октября ноябрь,ноября,нояб декабрь,декабря
січень,січня,січ лютий,лютого,лют березень,березня,бер,берез квітень,квітня,квіт,кві травень,травня,трав,тра червень,червня,черв,чер липень,липня,лип серпень,серпня,серп,сер вересень,вересня,вер,верес жовтень,жовтня,жовт,жов листопад,листопада,лист,лис грудень,грудня,груд,гру
ιανουάριος,ιανουαρίου,ιαν φεβρουάριος,φεβρουαρίου,φεβ,φεβρ μάρτιος,μαρτίου,μαρ απρίλιος,απριλίου,απρ μάιος,μαΐου,μαϊ ιούνιος,ιουνίου,ιουν,ιούν ιούλιος,ιουλίου,ιουλ,ιούλ αύγουστος,αυγούστου,αυγ σεπτέμβριος,σεπτεμβρίου,σεπ,σεπτ οκτώβριος,οκτωβρίου,οκτ νοέμβριος,νοεμβρίου,νοε,νοεμ δεκέμβριος,δεκεμβρίου,δεκ
γενάρης,γενάρη φλεβάρης,φλεβάρη μάρτης,μάρτη απρίλης,απρίλη μάης,μάη ιούνης,ιούνη ιούλης,ιούλη αυγούστος σεπτέμβρης,σεπτέμβρη οκτώβρης,οκτώβρη νοέμβρης,νοέμβρη δεκέμβρης,δεκέμβρη
հունվար,հունվարի,հնվ,հուն փետրվար,փետրվարի,փտվ,փետ մարտ,մարտի,մրտ,մար ապրիլ,ապրիլի,ապր մայիս,մայիսի,մյս,մայ հունիս,հունիսի,հնս հուլիս,հուլիսի,հլս,հուլ օգոստոս,օգոստոսի,օգս,օգոս,օգո սեպտեմբեր,սեպտեմբերի,սեպ,սեպտ հոկտեմբեր,հոկտեմբերի,հոկ,հոկտ նոյեմբեր,նոյեմբերի,նոյ,նոյեմ դեկտեմբեր,դեկտեմբերի,դեկ,դեկտ
იანვარი,იან თებერვალი,თებ მარტი,მარ აპრილი,აპრ მაისი,მაი ივნისი,ივნ ივლისი,ივლ აგვისტო,აგვ სექტემბერი,სექ ოქტომბერი,ოქტ ნოემბერი,ნოე დეკემბერი,დეკ
қаңтар,қаң ақпан,ақп наурыз,нау сәуір,сәу мамыр,мам маусым,мау шілде,шіл тамыз,там қыркүйек,қыр қазан,қаз қараша,қар желтоқсан,жел
студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня
januar,jänner februar märz april mai juni juli august september oktober,okt november dezember,dez
janvier,janv février,févr,fév mars avril,avr mai juin juillet,juil août septembre octobre novembre décembre,déc
"""  # noqa: E501 - one line a language
_WEEKDAYS = """
monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun
bazar ertəsi çərşənbə axşamı cümə şənbə
pazartesi salı çarşamba perşembe cuma cumartesi pazar
понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
понеділок вівторок середа четвер п'ятниця субота неділя нд
δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή
երկուշաբթի երեքշաբթի չորեքշաբթի հինգշաբթի ուրբաթ շաբաթ կիրակի
dushanba seshanba chorshanba payshanba juma shanba yakshanba
душанба сешанба чоршанба пайшанба жума шанба якшанба
ორშაბათი სამშაბათი ოთხშაბათი ხუთშაბათი პარასკევი შაბათი კვირა
дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі
montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
"""
_DAYS_BACK = {
    0: "today bugün сегодня сьогодні σήμερα այսօր bugun бугун დღეს бүгін heute",
    1: "yesterday dünən dün вчера вчора учора χθες χτες երեկ kecha кеча გუშინ кеше gestern hier",
    2: "позавчера позавчора προχθές",
}
_UNITS = {
    timedelta(
        seconds=1
    ): "second seconds sec secs saniyə saniye секунд секунду секунды сек секунди δευτερόλεπτα soniya сония վայրկյան",
    timedelta(minutes=1): (
        "minute minutes min mins dəqiqə dəq dakika dk минут минуту минуты мин хвилин хвилину хвилини хв"
        " λεπτό λεπτά daqiqa дақиқа րոպե წუთის წუთი"
    ),
    timedelta(hours=1): (
        "hour hours hr hrs saat час часа часов ч година години годину годин год ώρα ώρες soat соат ժամ საათის საათი"
    ),
    timedelta(days=1): "day days gün день дня дней дні днів дн ημέρα ημέρες μέρα μέρες kun кун օր დღის",
    timedelta(weeks=1): "week weeks həftə hafta неделю недели недель тиждень тижні тижнів εβδομάδα εβδομάδες շաբաթ",
}
# Words that are read as what they are and carry no value.
_PLAIN = {
    "g": "ago əvvəl öncə önce назад тому oldin avval олдин аввал առաջ წინ бұрын",
    "G": "πριν",  # "ago" said first
    "o": "an one a bir одну один одна μία ένα",
    "b": "bu",  # "bu gün" is today
    "j": "indicə şimdi щойно",  # just now
    "q": "just только",
    "Q": "now что",
    "s": "st nd rd th ci cı cu cü го е ої",  # the endings of ordinals
    # "at", "o'clock", "of the year", "Baku time": they stand inside a time and add nothing.
    "c": (
        "at on of the saat saatı vaxtı il ili ilin günü в во о об у по на г гг год года году р рік року "
        "времени время часу clock calendar gray icon bakı московскому киевскому бакинскому local στις στο από "
        "και τις ώρα ժամը ժ թ թվականի soat соат yil yili yilning йил йили and və и і ve жылғы жыл წელი um le "
        "à "
    ),
}
_MERIDIEM = {
    0: "am πμ",
    12: "pm μμ",
}
# What sites write behind an hour: names of local time follow their zone's history, EST and the like are American.
_ZONES: dict[str, tzinfo | str] = {
    "utc gmt": UTC,
    "msk мск": "Europe/Moscow",
    "azt": "Asia/Baku",
    "amt": "Asia/Yerevan",
    "get": "Asia/Tbilisi",
    "uzt": "Asia/Tashkent",
    "trt tsi": "Europe/Istanbul",
    "et": "America/New_York",
    "bst cet": timezone(timedelta(hours=1)),
    "eet cest": timezone(timedelta(hours=2)),
    "eest": timezone(timedelta(hours=3)),
    "edt": timezone(timedelta(hours=-4)),
    "est cdt": timezone(timedelta(hours=-5)),
    "cst mdt": timezone(timedelta(hours=-6)),
    "mst pdt": timezone(timedelta(hours=-7)),
    "pst": timezone(timedelta(hours=-8)),
}
_ZONE_LIST = tuple(_ZONES.values())

_APOSTROPHE = re.compile("['’‘ʼʻ`´]")
# Latin letters that stand in Cyrillic words on pages typed by hand.
_LOOK_ALIKE = str.maketrans("aceopxyikmthb", "асеорхуікмтнв")


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    bare = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", word)).replace("ı", "i").casefold()
    return "".join(char for char in bare if not unicodedata.combining(char))


def _vocabulary() -> dict[str, tuple[str, int]]:
    """Return what each known word is (a letter of the grammar below) and its value; the first language wins a tie."""
    months = [
        ("m", number, forms.replace(",", " "))
        for language in _MONTHS.strip().splitlines()
        for number, forms in enumerate(language.split(), start=1)
    ]
    others = [
        *(("r", days, listed) for days, listed in _DAYS_BACK.items()),
        ("w", 0, _WEEKDAYS),
        *(("u", int(unit.total_seconds()), listed) for unit, listed in _UNITS.items()),
        *(("a", hours, listed) for hours, listed in _MERIDIEM.items()),
        *(("z", number, listed) for number, listed in enumerate(_ZONES)),
        *((kind, 0, listed) for kind, listed in _PLAIN.items()),
    ]
    words: dict[str, tuple[str, int]] = {}
    for kind, value, listed in months + others:
        for word in listed.split():
            words.setdefault(_fold(word), (kind, value))
    return words


_VOCABULARY = _vocabulary()


@lru_cache(maxsize=4096)
def _word(word: str) -> tuple[str, int]:
    folded = _fold(word)
    known = _VOCABULARY.get(folded)
    if known is None and not folded.isascii():
        known = _VOCABULARY.get(folded.translate(_LOOK_ALIKE))
    return known or ("W", 0)


@lru_cache(maxsize=1)
def _foreign_months() -> dict[str, int]:
    """Return the months of languages that this module does not know itself, less the words that two dispute."""
    from dateparser.languages.loader import default_loader  # noqa: PLC0415 - half a second, and only for a rare language

    months: dict[str, int] = {}
    disputed: set[str] = set()
    names = [date(2001, number, 1).strftime("%B").lower() for number in range(1, 13)]
    for locale in default_loader.get_locales(languages=_OTHER_LANGUAGES):
        for number, name in enumerate(names, start=1):
            for form in locale.info[name]:
                folded = _fold(form.strip("."))
                if months.setdefault(folded, number) != number:
                    disputed.add(folded)
    return {word: number for word, number in months.items() if word not in disputed}


_OTHER_LANGUAGES = [
    "ar",
    "bg",
    "bs",
    "ca",
    "cs",
    "da",
    "es",
    "et",
    "fa",
    "fi",
    "he",
    "hr",
    "hu",
    "id",
    "it",
    "ky",
    "lt",
    "lv",
    "mk",
    "ms",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "sk",
    "sl",
    "sq",
    "sr",
    "sv",
    "th",
    "vi",
]

# --- the grammar ------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’‘ʼʻ`´][^\W\d_]+)*|[^\s\w]|_")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_DOTTED_MERIDIEM = re.compile(r"\b([ap])\.m\.", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?(?!\w)")

# Each token of a line becomes one letter, and these expressions read the letters: d and D a number of one and of two
# digits, y a year, n another number, m a month, w a weekday, r today or yesterday, u a unit, g "ago", G "ago" said
# first, j "just now", o "one", a am or pm, z a zone, c a filler, s an ordinal's suffix, W any other word; punctuation
# is itself.
_YEAR = r"y(?:-?[sc]\.?)*"
_DATES = (
    r"(?P<ymd>y(?P<s1>[.\-/])[dD](?P=s1)[dD](?!:))"
    r"|(?P<dmy>[dD](?P<s2>[.\-/])[dD](?P=s2)[ynd]|[dD](?P<s3>[.\-/])[dD](?P=s3)D(?!:))"
    rf"|(?P<dm>[dD]\.?(?:-?s)?[.\-]?[mW](?:\.,?|,)?-?{_YEAR}|[dD]\.?(?:-?s)?[.\-]?m\.?)"
    rf"|(?P<ydm>{_YEAR}[,.]?[dD](?:-?s)?-?m|{_YEAR}[,.]?m[dD](?:-?s)?)"
    rf"|(?P<md>m\.?[dD](?:-?s)?,?{_YEAR}|m\.?[dD](?:-?s)?(?![:.]))"
    r"|(?P<short>[dD][./]D(?!:|\.[dDn]|/[dDyn](?!:)))"
)
_PART = re.compile(
    r"(?P<ago>(?:[dDno]?u\.?[,c]?)+g|Gc?(?:[dDno]?u\.?[,c]?)+)"
    rf"|{_DATES}"
    r"|(?P<hour>[dD]:D(?::D(?:\.n)?)?a?|[dD]a)"
    r"|(?P<back>r|bu(?!g))"
    r"|(?P<now>j|qQ)"
    r"|(?P<zone>z(?:[+\-](?:[dD](?::D)?|n))?|\+D:D)"
    r"|(?P<weekday>w+c?)"
)
_SLOT = {"ymd": "date", "dmy": "date", "dm": "date", "ydm": "date", "md": "date", "short": "date", "back": "date"}
_BETWEEN = re.compile(r"[,|/\-()\[\]•·.;c]*(?:u:?(?=[dD]:D))?")
_DOTTED_HOUR = re.compile(r"[,|/\-()\[\]c]*u?:?(?P<hour>[dD]\.D)(?![.dDny])")
_DIGIT = re.compile(r"\d")
_SEPARATORS = " \t\u00a0,|/-–—•·:;"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as letters for the grammar, with each token's value and place."""

    text: str
    letters: str
    values: list[int]
    spans: list[tuple[int, int]]


@lru_cache(maxsize=4096)
def _token(token: str) -> tuple[str, int]:
    """Return the letter of the grammar that a token is, and its value."""
    kind = token[0]
    if kind.isdecimal():
        size = len(token)
        value = int(token) if size <= 4 else -1
        if size <= 2:
            return "dD"[size - 1], value
        return "y" if size == 4 and 1900 <= value <= 2199 else "n", value
    return _word(token) if kind.isalpha() else (kind, 0)


def _tokenise(text: str) -> _Line | None:
    """Return the line for the grammar, or None when no part of it can be a time's: most lines are headlines."""
    # Replacements keep their length, so that the places hold in the line as written.
    if "m." in text or "M." in text:
        text = _DOTTED_MERIDIEM.sub(r"\1m  ", text)
    plain = text if text.isascii() else text.translate(_DASHES)
    tokens = list(map(_token, _TOKEN.findall(plain)))
    letters = "".join([letter for letter, _ in tokens])
    if _PART.search(letters) is None:
        return None
    return _Line(text, letters, [value for _, value in tokens], [match.span() for match in _TOKEN.finditer(plain)])


@lru_cache(maxsize=2048)
def find(text: str) -> Stamp | None:
    """Return the first time that a line states, with the text before and after it, or None.

    A time is an unbroken run of a date, an hour, a weekday and a zone in any order, each at most once; a weekday, a
    zone or a day and month in digits alone are none.
    """
    # Only "yesterday" and the like are times without a digit, and they stand alone.
    if len(text) > _LONGEST or (len(text) > _LONGEST_WORDS and _DIGIT.search(text) is None):
        return None
    if "T" in text and (iso := _ISO.search(text)) is not None:
        return _iso_stamp(text, iso)
    line = _tokenise(text)
    start = 0
    while line is not None and (first := _PART.search(line.letters, start)) is not None:
        parts, end = _run(line, first)
        if (
            "hour" in parts
            or "ago" in parts
            or "now" in parts
            or ("date" in parts and parts["date"].lastgroup != "short")
        ):
            return _stamp(line, parts, first.start(), end)
        start = max(end, first.end())
    return None


def _run(line: _Line, first: re.Match[str]) -> tuple[dict[str, re.Match[str]], int]:
    """Return the parts of a time that follow one another unbroken, by slot, and where they end."""
    parts: dict[str, re.Match[str]] = {}
    part: re.Match[str] | None = first
    end = first.start()
    while part is not None:
        name = part.lastgroup or ""
        slot = _SLOT.get(name, name)
        if slot in parts or (name == "dm" and "W" in part.group() and not _is_foreign_month(line, part)):
            break
        parts[slot] = part
        end = part.end()
        gap = _BETWEEN.match(line.letters, end)
        part = _PART.match(line.letters, gap.end() if gap else end)
        if (
            (part is None or part.lastgroup == "short")
            and "hour" not in parts
            and "y" in line.letters[first.start() : end]
        ):
            part = None
            dotted = _DOTTED_HOUR.match(line.letters, end)
            if dotted is not None:
                parts["hour"] = dotted
                end = dotted.end()
    return parts, end


def _is_foreign_month(line: _Line, part: re.Match[str]) -> bool:
    # The tables of rare languages are asked only for a line that is a date and an hour and little else.
    if len(line.letters) > 12:
        return False
    place = part.start() + part.group().index("W")
    start, end = line.spans[place]
    month = _foreign_months().get(_fold(line.text[start:end]))
    if month is None:
        return False
    line.values[place] = month
    return True


def _before(text: str) -> str:
    return text.strip(_SEPARATORS).rstrip("([" + _SEPARATORS)


def _after(text: str) -> str:
    return text.strip(_SEPARATORS).lstrip(")]" + _SEPARATORS)


def _stamp(line: _Line, parts: dict[str, re.Match[str]], start: int, end: int) -> Stamp:
    letters = line.letters
    form = letters[start:end].replace("D", "d")
    while start > 0 and letters[start - 1] == "c":
        start -= 1
    trailing = end
    while trailing < len(letters) and letters[trailing] in "c.)]":
        trailing += 1
    # "… of the year" belongs to the time, unless a headline begins with the word.
    if trailing == len(letters) or not letters[trailing].isalnum():
        end = trailing
    before = _before(line.text[: line.spans[start][0]])
    after = _after(line.text[line.spans[end - 1][1] :])
    weekday = "weekday" in parts
    if "now" in parts:
        return Stamp(form, ago=timedelta(), before=before, after=after)
    if "ago" in parts:
        return Stamp(form, ago=_ago(line, parts["ago"]), before=before, after=after)
    try:
        on = _stated_date(line, parts["date"]) if "date" in parts else None
        return Stamp(
            form,
            date=on if isinstance(on, tuple) else None,
            days_back=on if isinstance(on, int) else None,
            hour=_stated_hour(line, parts["hour"]) if "hour" in parts else None,
            zone=_stated_zone(line, parts["zone"]) if "zone" in parts else None,
            weekday=weekday,
            before=before,
            after=after,
        )
    except ValueError:
        said = line.text[line.spans[start][0] : line.spans[end - 1][1]]
        lost = frozenset(name for name, slot in (("day", "date"), ("hour", "hour")) if slot in parts)
        return Stamp(form, weekday=weekday, before=before, after=after, fault=f"there is no {said}", lost=lost)


def _numbers(line: _Line, part: re.Match[str], kinds: str) -> list[int]:
    start, end = part.span(part.lastgroup or 0)
    return [line.values[place] for place in range(start, end) if line.letters[place] in kinds]


def _stated_date(line: _Line, part: re.Match[str]) -> tuple[int | None, int, int] | int:
    name = part.lastgroup
    if name == "back":
        return _numbers(line, part, "r")[0] if "r" in part.group() else 0
    year: int | None = None
    if name in ("ymd", "dmy", "short"):
        numbers = _numbers(line, part, "dDyn")
        if name == "ymd":
            year, month, day = numbers
        elif name == "short":
            day, month = numbers
        else:
            day, month, year = numbers
            last = line.letters[part.end() - 1]
            if last == "D":
                year += 2000 if year < 70 else 1900
            elif last != "y":
                raise ValueError(year)
    else:
        (day,) = _numbers(line, part, "dD")
        (month,) = _numbers(line, part, "mW")
        years = _numbers(line, part, "y")
        year = years[0] if years else None
    date(year or 2000, month, day)  # a leap year, so that 29 February stands
    return year, month, day


def _stated_hour(line: _Line, part: re.Match[str]) -> time:
    numbers = _numbers(line, part, "dD")
    hour, minute, second = (*numbers, 0, 0)[:3]
    if "a" in part.group():
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + _numbers(line, part, "a")[0]
    return time(hour, minute, second)


def _stated_zone(line: _Line, part: re.Match[str]) -> tzinfo:
    letters = part.group()
    named = _numbers(line, part, "z")
    zone = _ZONE_LIST[named[0]] if named else UTC
    numbers = _numbers(line, part, "dDn")
    if not numbers:
        return ZoneInfo(zone) if isinstance(zone, str) else zone
    ahead = numbers[0] // 100 * 60 + numbers[0] % 100 if "n" in letters else numbers[0] * 60 + sum(numbers[1:])
    return timezone(timedelta(minutes=-ahead if "-" in letters else ahead))


def _ago(line: _Line, part: re.Match[str]) -> timedelta:
    seconds, amount = 0, 1
    for place in range(part.start(), part.end()):
        if line.letters[place] in "dDn":
            amount = line.values[place]
        elif line.letters[place] == "u":
            seconds += amount * line.values[place]
            amount = 1
    return timedelta(seconds=min(seconds, 10**10))


def _iso_stamp(text: str, match: re.Match[str]) -> Stamp:
    before, after = _before(text[: match.start()]), _after(text[match.end() :])
    try:
        moment = datetime.fromisoformat(match.group())
    except ValueError:
        lost = frozenset(("day", "hour"))
        return Stamp("iso", before=before, after=after, fault=f"there is no {match.group()}", lost=lost)
    day = (moment.year, moment.month, moment.day)
    return Stamp("iso", date=day, hour=moment.time(), zone=moment.tzinfo, before=before, after=after)
