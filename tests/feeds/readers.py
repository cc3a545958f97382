"""Strict readers: what each format says of its entries, read without any of the writer's code."""

import html
import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
from lxml import etree

from feedsvc.model import Format

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
Row = tuple[str, str, str, datetime, datetime, tuple[str, ...], tuple[str, ...]]


def xml(body: bytes) -> Any:
    return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))


def rss_rows(body: bytes) -> list[Row]:
    """RSS does not say whether a title is HTML, so feedparser's guess is taken for it."""
    titles = feedparser_titles(body)
    return [
        (
            item.findtext("guid"),
            title,
            item.findtext("link"),
            parsedate_to_datetime(item.findtext("pubDate")),
            datetime.fromisoformat(item.findtext("atom:updated", namespaces=NS)),
            tuple(element.text for element in item.findall("dc:creator", NS)),
            tuple(element.text for element in item.findall("category")),
        )
        for item, title in zip(xml(body).findall("channel/item"), titles, strict=True)
    ]


def atom_rows(body: bytes) -> list[Row]:
    return [
        (
            entry.findtext("atom:id", namespaces=NS),
            atom_text(entry.find("atom:title", NS)),
            entry.find("atom:link[@rel='alternate']", NS).get("href"),
            datetime.fromisoformat(entry.findtext("atom:published", namespaces=NS)),
            datetime.fromisoformat(entry.findtext("atom:updated", namespaces=NS)),
            tuple(element.text for element in entry.findall("atom:author/atom:name", NS)),
            tuple(element.get("term") for element in entry.findall("atom:category", NS)),
        )
        for entry in xml(body).findall("atom:entry", NS)
    ]


def json_rows(body: bytes) -> list[Row]:
    return [
        (
            item["id"],
            item["title"],
            item["url"],
            datetime.fromisoformat(item["date_published"]),
            datetime.fromisoformat(item["date_modified"]),
            tuple(author["name"] for author in item.get("authors", ())),
            tuple(item.get("tags", ())),
        )
        for item in json.loads(body)["items"]
    ]


def atom_text(element: Any) -> str:
    """The plain text of an Atom text construct (RFC 4287 §3.1)."""
    return html.unescape(element.text) if element.get("type") == "html" else str(element.text)


def feedparser_titles(body: bytes) -> list[str]:
    """The titles as feedparser reads them: plain text, or HTML where it takes them for that."""
    parsed = feedparser.parse(body)
    assert not parsed.bozo, parsed.bozo_exception
    return [
        html.unescape(entry.title) if entry.title_detail.type == "text/html" else entry.title
        for entry in parsed.entries
    ]


ROWS = {Format.RSS: rss_rows, Format.ATOM: atom_rows, Format.JSON: json_rows}
