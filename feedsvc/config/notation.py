"""How values are written in config.toml: durations, names, languages, zones and addresses, each into one form.

Every function takes what the admin wrote, returns the form the program works with, and raises ``ValueError`` in words
that say what to write instead.
"""

import difflib
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from feedsvc import text
from feedsvc.model import Query

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# RFC 5646 §2.1: language, script, region, variants. Extensions and private use tell a feed reader nothing.
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
)
_LONGEST = timedelta(days=365)
_PASSWORD_LEAST = 12
_TOKEN_LEAST = 16
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def shown(value: object) -> str:
    """Return a value as a message quotes it, shortened."""
    written = str(value)
    written = f"{written[:57]}…" if len(written) > 60 else written
    return f'"{written}"' if isinstance(value, str) else written


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one most likely means, whatever its case; None when none is close."""
    folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    return folded[close[0]] if close else None


def hint(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "…"?``, or nothing."""
    found = nearest(name, known)
    return f'; did you mean "{found}"?' if found else ""


def line(written: str) -> str:
    """Return the text on one line, as XML can carry it."""
    return text.one_line(written)


def filled_line(written: str) -> str:
    """Return the text on one line; there has to be some."""
    if not (cleaned := text.one_line(written)):
        raise ValueError("must not be empty")
    return cleaned


def query(written: str) -> str:
    """Return what a feed searches for, in its one form; empty: for nothing."""
    parsed = Query.parse(written)
    if written.strip() and all(term.excluded for term in parsed.terms):
        raise ValueError('finds nothing; write words that must be there, such as "harbour -ferry"')
    return str(parsed)


def path(written: str) -> str:
    """Check a path: any text that a file system can hold, as it is."""
    if not written.strip() or "\0" in written:
        raise ValueError("must name a file or a pattern of files")
    return written


def duration(written: object) -> timedelta:
    """Read ``30s``, ``5m``, ``2h``, ``1d``, ``1h30m``: from a second to a year."""
    if isinstance(written, timedelta):
        length = written
    else:
        match = _DURATION.fullmatch(written.replace(" ", "")) if isinstance(written, str) else None
        if match is None or not match.group():
            raise ValueError(f'{shown(written)} is not a duration; write it like "30s", "5m", "2h", "1d" or "1h30m"')
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(seconds=1) <= length <= _LONGEST:
        raise ValueError(f'{shown(written)} is out of range; a duration is from "1s" to "365d"')
    return length


def interval(written: object) -> timedelta | None:
    """Read a duration, or ``auto``, which is None."""
    if written is None or written == "auto":
        return None
    try:
        return duration(written)
    except ValueError as error:
        raise ValueError(f'{error}; or "auto"') from None


def is_name(written: str) -> bool:
    """Tell whether :func:`name` takes it."""
    return len(written) <= 60 and _NAME.fullmatch(written) is not None


def name(written: str) -> str:
    """Check a name: it becomes part of addresses, so small ASCII letters, digits and single hyphens."""
    if not is_name(written):
        raise ValueError(
            f"{shown(written)} cannot be a name; use small letters a-z, digits and hyphens, at most 60, "
            f'such as "{text.slug(written)[:60].strip("-")}"'
        )
    return written


def language(written: str) -> str:
    """Return the language tag in its usual case (``pt-BR``, ``sr-Latn``)."""
    match = _LANGUAGE.fullmatch(written.lower().replace("_", "-"))
    if match is None:
        raise ValueError(f'{shown(written)} is not a language tag; write it like "en", "az" or "pt-BR"')
    region = (match["region"] or "").upper()
    parts = (match["language"], (match["script"] or "").title(), region, match["variants"].removeprefix("-"))
    return "-".join(part for part in parts if part)


def timezone(written: str) -> str:
    """Check the name of a time zone in the IANA database."""
    try:
        ZoneInfo(written)
    except (LookupError, ValueError, OSError):  # a folder's name such as "Asia" is an OSError
        zones = available_timezones()
        cities = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(zones)}
        meant = cities.get(written.strip().replace(" ", "_").casefold())
        advice = f'; did you mean "{meant}"?' if meant else hint(written, zones)
        advice = advice or '; write it like "Europe/Berlin" or "UTC"'
        raise ValueError(f"{shown(written)} is not a known time zone{advice}") from None
    return written


def base_url(written: str) -> str:
    """Return the public address of the site without a trailing slash, its host in ASCII."""
    wrong = f'{shown(written)} is not a web address; write it like "https://news.example.org"'
    if re.search(r"[\s<>\"\\]", written):
        raise ValueError(wrong)
    try:
        parts = urlsplit(written)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:  # a bad port, bracket or label; UnicodeError is one too
        raise ValueError(wrong) from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(wrong)
    if parts.query or parts.fragment or "?" in written or "#" in written or "@" in parts.netloc:
        raise ValueError("must not hold a user name, a ? or a #; feeds and articles are put right behind it")
    host = f"[{host}]" if ":" in host else host
    path = quote(parts.path.rstrip("/"), safe="/%!$&'()*+,;=:@~")
    return f"{parts.scheme}://{host}{'' if port is None else f':{port}'}{path}"


def web_address(written: str) -> str:
    """Check the address of a page or feed to be read."""
    wrong = f'{shown(written)} is not a web address; write it like "https://news.example.org/latest"'
    try:
        parts = urlsplit(written)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(wrong) from None
    if not known or re.search(r"[\s<>\"\\]", written):
        raise ValueError(wrong)
    return written


def mailbox(written: str) -> str:
    """Check the form of an e-mail address."""
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", written):
        raise ValueError(f'{shown(written)} is not an e-mail address; write it like "admin@example.org"')
    return written


def mail_server(written: str) -> str:
    """Check the address of a mail server; no message repeats it, for it may hold a password."""
    try:
        parts = urlsplit(written)
        known = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError('is no mail server; write it like "smtp://user:password@mail.example.org:587"')
    return written


def password(written: str) -> str:
    """Check a password that people type; no message repeats it."""
    if len(written) < _PASSWORD_LEAST:
        raise ValueError(f"is too short for a password; take at least {_PASSWORD_LEAST} characters")
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in written):
        raise ValueError("has signs that nobody can type")
    return written


def bearer(written: str) -> str:
    """Check a token that programs send in a header (RFC 6750 §2.1); no message repeats it."""
    if len(written) < _TOKEN_LEAST:
        raise ValueError(f"is too short for a token; take at least {_TOKEN_LEAST} characters")
    if not _TOKEN.fullmatch(written):
        raise ValueError("has signs that no header carries; take letters, digits and -._~+/")
    return written


def store_url(written: str, folder: Path) -> str:
    """Return the database's address as SQLAlchemy takes it: SQLite's path absolute, PostgreSQL through psycopg 3.

    No message repeats the address, which may hold a password.
    """
    scheme, separator, rest = written.strip().partition("://")
    if not separator or scheme not in ("sqlite", "postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError('must start with "sqlite:///" or "postgresql://"')
    if scheme == "sqlite":
        if not rest.startswith("/") or rest in ("/", "/:memory:") or rest.endswith("/"):
            raise ValueError('must name a file after three slashes, such as "sqlite:///var/feedsvc.db"')
        path = (folder.absolute() / rest[1:]).resolve()
        if "?" in str(path):
            raise ValueError("must be a path without a ?; SQLite takes no options here")
        return f"sqlite:///{path}"
    try:
        _ = urlsplit(f"postgresql://{rest}").port
    except ValueError:
        raise ValueError('is no address; write it like "postgresql://user:password@host:5432/database"') from None
    return f"postgresql+psycopg://{rest}"


def without_password(url: str) -> str:
    """Return the address of a database as logs and pages may show it."""
    scheme, _, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    place = re.sub(r"(?i)([?&](?:ssl)?password=)[^&]*", r"\1***", place)
    return f"{scheme}://{user}{':***' if colon else ''}{at}{place}"
