"""An entry says what feedgen and lxml would have said, whatever is in it, and its bytes stay what readers know."""

import email.utils
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import feedgen.entry
import golden
import pytest
from feedgen.entry import FeedEntry
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from readers import NS

from feedsvc.feeds import entries, media, wording
from feedsvc.feeds.item import Item
from feedsvc.model import Enclosure, Format, Via

XML = [Format.RSS, Format.ATOM]

# --- any item ---------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*"&<>\"'\r\n\t", "]]>", "<![CDATA[", "</item>", "</entry>", "<!--", "&amp;", "&#13;", "&copy2025", "</b>"]
)
# All that XML can carry (XML 1.0 §2.2).
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\t\n\r\x7f\x85\x9f"
)
TEXT = st.lists(PIECES | st.text(CHARACTERS, max_size=8), min_size=1, max_size=6).map("".join).filter(bool)
ADDRESS = TEXT | TEXT.map(lambda text: f"https://source.example/feed.xml?{text}") | st.just("https://source.example/a")
MOMENT = st.datetimes(timezones=st.just(UTC))
MEDIA_TYPES = st.sampled_from(["audio/mpeg", "image/png", "video/mp4", "application/pdf"]) | TEXT
ENCLOSURE = st.builds(Enclosure, ADDRESS, MEDIA_TYPES, st.none() | st.integers(0, 10**12))
PICTURE = Enclosure("https://cdn.example/a.png", "image/png", 9)
ITEM = st.builds(
    Item,
    guid=TEXT,
    link=ADDRESS,
    title=TEXT,
    published=MOMENT.map(lambda moment: moment.replace(microsecond=0)),
    updated=MOMENT,
    authors=st.lists(TEXT, max_size=2).map(tuple),
    tags=st.lists(TEXT, max_size=2).map(tuple),
    summary=st.none() | TEXT,
    content=st.none() | TEXT,
    language=st.none() | TEXT,
    via=st.none() | ADDRESS,
    image=st.none() | ADDRESS | st.just(PICTURE.url),
    enclosures=st.lists(ENCLOSURE | st.just(PICTURE), max_size=3).map(tuple),
    source=st.none() | st.builds(Via, TEXT, st.none() | ADDRESS, ADDRESS),
)


# --- as feedgen and lxml write it -------------------------------------------------------------------------------------


def by_feedgen(form: Format, item: Item) -> Any:
    """The entry as feedgen's, with what feedgen does not write put where the house has it."""
    entry = FeedEntry()
    entry.id(item.guid)
    entry.title(as_text(item.title))
    entry.link(href=item.link, rel="alternate")
    entry.published(item.published)
    entry.updated(item.updated)
    entry.author([{"name": name} for name in item.authors])
    entry.category([{"term": tag} for tag in item.tags])
    if item.content:
        entry.content(item.content, type="html")
    if item.summary:
        entry.summary(wording.escaped(item.summary), type="html")
    elif form is Format.ATOM:
        entry.summary(as_text(item.title))
    elif item.content:
        entry.summary(wording.escaped(item.title))
    return (
        with_more_of_rss(entry.rss_entry(), item) if form is Format.RSS else with_more_of_atom(entry.atom_entry(), item)
    )


def as_text(title: str) -> str:
    return wording.escaped(title) if wording.markup_like(title) else title


def with_more_of_rss(element: Any, item: Item) -> Any:
    for name in item.authors:
        add(element, "dc:creator", name)
    if item.language:
        add(element, "dc:language", item.language)
    add(element, "atom:updated", item.updated.isoformat())
    if item.via:
        add(element, "atom:link", href=item.via, rel="via")
    if item.source and (address := media.feed_of(item.source)):
        add(element, "source", item.source.title, url=address)
    for kind in ("audio/", "video/", "image/", ""):
        for file in item.enclosures:
            if file.length and file.media_type.startswith(kind) and element.find("enclosure") is None:
                add(element, "enclosure", url=file.url, length=str(file.length), type=file.media_type)
    return with_media(element, item)


def with_more_of_atom(element: Any, item: Item) -> Any:
    if item.language:
        element.set("{http://www.w3.org/XML/1998/namespace}lang", item.language)
    page = element.find("link")  # feedgen drops all of its attributes but href
    page.set("rel", "alternate")
    page.set("type", "text/html")
    if wording.markup_like(item.title):
        element.find("title").set("type", "html")
        element.find("summary").set("type", "html")
    if item.via:
        add(element, "link", href=item.via, rel="via")
    for file in item.media:
        if file.media_type:
            add(element, "link", href=file.url, rel="enclosure", type=file.media_type, length=file.length)
    if item.source:
        source = add(element, "source")
        add(source, "id", item.source.guid)
        add(source, "title", item.source.title)
        add(source, "updated", item.published.isoformat())
        if item.source.link:
            add(source, "link", href=item.source.link, rel="alternate")
        if address := media.feed_of(item.source):
            add(source, "link", href=address, rel="self")
    return with_media(element, item)


def with_media(element: Any, item: Item) -> Any:
    for file in item.media:
        kind = file.media_type.partition("/")[0]
        medium = kind if file.media_type.startswith(("image/", "audio/", "video/")) else None
        medium = medium or ("image" if file.url == item.image else None)
        add(element, "media:content", url=file.url, type=file.media_type, fileSize=file.length, medium=medium)
    return element


def add(parent: Any, name: str, text: str | None = None, **attributes: object) -> Any:
    prefix, _, local = name.rpartition(":")
    element = etree.SubElement(parent, f"{{{NS[prefix]}}}{local}" if prefix else local)
    element.text = text
    for attribute, value in attributes.items():
        if value:
            element.set(attribute, str(value))
    return element


# --- the two compared -------------------------------------------------------------------------------------------------


def as_read(written: bytes) -> Any:
    """The entry as a strict reader finds it in a feed that declares the prefixes, without its indentation."""
    declared = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NS.items())
    (entry,) = etree.fromstring(f"<feed {declared}>\n".encode() + written + b"</feed>")
    for element in entry.iter():
        if len(element):
            assert not element.text.strip()
            element.text = None
        assert not (element.tail or "").strip()
        element.tail = None
    return entry


def canonical(element: Any) -> str:
    # `ns0:encoded` is what feedgen's entry says while nothing declares another prefix.
    return str(etree.canonicalize(etree.tostring(element, encoding="unicode"), rewrite_prefixes=True))


@pytest.fixture(autouse=True, scope="module")
def dates_without_locale() -> Iterator[None]:
    """feedgen's own formatter switches the locale of the process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feedgen.entry, "formatRFC2822", email.utils.format_datetime)
        yield


@pytest.mark.parametrize("form", XML)
@given(item=ITEM)
def test_an_entry_is_the_one_that_feedgen_and_lxml_would_write(form, item):
    written = entries.rss(item) if form is Format.RSS else entries.atom(item)
    assert canonical(as_read(written)) == canonical(by_feedgen(form, item))


@pytest.mark.parametrize("form", Format)
def test_the_bytes_are_those_that_readers_know(form):
    assert golden.document(form).decode() == golden.path(form).read_bytes().decode()
