"""The lists of feeds that programs read: OPML for feed readers, host-meta for whoever knows but the host.

Knows OPML 2.0 and RFC 6415; hides XML and JSON. Pure.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedsvc import addresses, markup
from feedsvc.feeds import wording
from feedsvc.model import FeedName, Format

if TYPE_CHECKING:
    from feedsvc.config import Site

_XRD = "http://docs.oasis-open.org/ns/xri/xrd-1.0"


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed as lists name it."""

    name: FeedName
    title: str
    description: str = ""
    language: str = ""


def opml(feeds: Sequence[Listed], site: "Site") -> bytes:
    """Return the feeds as subscriptions, in the order given. Source: OPML 2.0, "Subscription lists"."""
    from lxml import etree  # noqa: PLC0415 - 15 ms that only who lists needs

    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = wording.plain(site.title)
    if site.author:
        etree.SubElement(head, "ownerName").text = wording.plain(site.author)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        title = wording.plain(feed.title) or feed.name
        outline = etree.SubElement(body, "outline", type="rss", text=title, title=title)
        outline.set("xmlUrl", _address(site, feed.name, Format.RSS))
        outline.set("htmlUrl", f"{_base(site)}/")
        outline.set("version", "RSS2")
        for name, value in (("description", wording.plain(feed.description)), ("language", feed.language)):
            if value:
                outline.set(name, value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def host_meta(feeds: Sequence[Listed], hubs: Sequence[str], site: "Site") -> bytes:
    """Return every format of the feeds, and the hubs, as links of the host. Source: RFC 6415 §3 (XRD 1.0)."""
    from lxml import etree  # noqa: PLC0415 - likewise

    root = etree.Element(f"{{{_XRD}}}XRD", nsmap={None: _XRD})
    for link in _links(feeds, hubs, site):
        title = link.pop("title", None)
        element = etree.SubElement(root, f"{{{_XRD}}}Link", link)
        if title:
            etree.SubElement(element, f"{{{_XRD}}}Title").text = title
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def host_meta_json(feeds: Sequence[Listed], hubs: Sequence[str], site: "Site") -> bytes:
    """Return the same as JSON. Source: RFC 6415 Appendix A (JRD)."""
    links = [
        {name: value for name, value in link.items() if name != "title"}
        | ({"titles": {"default": link["title"]}} if "title" in link else {})
        for link in _links(feeds, hubs, site)
    ]
    return json.dumps({"links": links}, ensure_ascii=False, indent=1).encode() + b"\n"


def _links(feeds: Sequence[Listed], hubs: Sequence[str], site: "Site") -> list[dict[str, str]]:
    of_feeds = [
        {
            "rel": "alternate",
            "type": format.media_type,
            "href": _address(site, feed.name, format),
            "title": wording.plain(feed.title) or feed.name,
        }
        for feed in feeds
        for format in Format
    ]
    return [*of_feeds, *({"rel": "hub", "href": hub} for hub in hubs)]


def _base(site: "Site") -> str:
    return (markup.absolute(site.base_url) or site.base_url).rstrip("/")


def _address(site: "Site", feed: FeedName, format: Format) -> str:
    return addresses.address(_base(site), feed, format)
