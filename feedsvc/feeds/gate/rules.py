"""The rules of the gate, one value each.

Knows their stable names, the standards that they come from, and which of them block; hides nothing.
"""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What readers rely on. A document that breaks an ``error`` is not published; a ``warning`` is only told."""

    name: str
    weight: Weight
    source: str
    says: str

    def broken(self, where: str, message: str) -> "Finding":
        """Return the finding that this rule is broken there."""
        return Finding(self, where, message)


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: ``where`` is ``feed`` or an entry's id, ``message`` goes on from there (“has no title”)."""

    rule: Rule
    where: str
    message: str

    @property
    def blocks(self) -> bool:
        """Whether the document must not be published."""
        return self.rule.weight == "error"

    def __str__(self) -> str:
        return f"{self.where} {self.message} [{self.rule.name}]"


# --- the document ---

WELL_FORMED = Rule(
    "well-formed",
    "error",
    "XML 1.0 §2.1; RFC 8259 §2",
    "it is well-formed XML without a DOCTYPE, or JSON",
)
ENCODING = Rule(
    "encoding",
    "error",
    "RFC 3629; RFC 8259 §8.1",
    "it is UTF-8 without a byte order mark",
)
CHARACTERS = Rule(
    "characters",
    "error",
    "XML 1.0 §2.2",
    "no character that XML forbids or discourages stands in it: controls, noncharacters, U+FFFD",
)
DIALECT = Rule(
    "dialect",
    "error",
    "RSS 2.0; RFC 4287 §2; JSON Feed 1.1, version",
    "it is what its address says: RSS 2.0, Atom 1.0 or JSON Feed 1.1",
)
DOCUMENT_SIZE = Rule(
    "document-size",
    "warning",
    "RSS Best Practices Profile; the W3C feed validator's limit",
    "it is not larger than 5 MB, which several readers stop at",
)
MEDIA_TYPE = Rule(
    "media-type",
    "warning",
    "RFC 4287 §7; RSS Best Practices Profile; JSON Feed 1.1, MIME type",
    "it is served as its registered media type (judged where an address is given)",
)
SELF_ELSEWHERE = Rule(
    "self-elsewhere",
    "warning",
    "RFC 4287 §4.2.7.2; WebSub §4",
    "the self link is the address that it is served at",
)

PUBLISHED = Rule(
    "published",
    "warning",
    "feedsvc: every feed is there in every format",
    "the feed has a document in every format (judged by `feedsvc validate`)",
)

# --- the feed ---

FEED_REQUIRED = Rule(
    "feed-required",
    "error",
    "RSS 2.0, channel; RFC 4287 §4.1.1; JSON Feed 1.1, top-level",
    "the feed has what its format requires, once and not empty: title, link, description, lastBuildDate (RSS); "
    "id, title, updated (Atom); title, items (JSON Feed)",
)
FEED_ONCE = Rule(
    "feed-once",
    "error",
    "RSS 2.0, channel; RFC 4287 §4.1.1",
    "what may stand once in the feed does not stand twice",
)
SELF_LINK = Rule(
    "self-link",
    "error",
    "RSS Best Practices Profile, atom:link; RFC 4287 §4.1.1; JSON Feed 1.1, feed_url; WebSub §4",
    "the feed has exactly one link to itself",
)
HUB_LINK = Rule(
    "hub-link",
    "error",
    "WebSub §4; JSON Feed 1.1, hubs",
    "every hub is an absolute http(s) address, named once",
)
LANGUAGE = Rule(
    "language",
    "error",
    "BCP 47 §2.1; RFC 4287 §2; JSON Feed 1.1, language",
    "a language is a well-formed tag, and the feed has one",
)
RSS_IMAGE = Rule(
    "rss-image",
    "error",
    "RSS 2.0, image",
    "the channel's image has an address, the channel's title and link, and is at most 144 by 400",
)
RSS_TTL = Rule(
    "rss-ttl",
    "error",
    "RSS 2.0, ttl",
    "ttl is a number of minutes, at least one",
)
RSS_SYNDICATION = Rule(
    "rss-syndication",
    "error",
    "RSS 1.0 Syndication module",
    "sy:updatePeriod is one of its five words, sy:updateFrequency a number, and nothing is misspelt",
)
ARCHIVE = Rule(
    "archive",
    "error",
    "RFC 5005 §2, §4",
    "a feed is not both complete and archived, an archive names its current document, each relation stands once, "
    "and none leads back to the document itself",
)

# --- the entries ---

ID_PRESENT = Rule(
    "id-present",
    "error",
    "RSS Best Practices Profile, guid; RFC 4287 §4.1.2; JSON Feed 1.1, id",
    "every entry has one id, and it is a string",
)
ID_UNIQUE = Rule(
    "id-unique",
    "error",
    "RSS 2.0, guid; RFC 4287 §4.1.1; JSON Feed 1.1, id",
    "no two entries have the same id",
)
ID_ADDRESS = Rule(
    "id-address",
    "warning",  # readers compare ids as strings, and one that was taken over from an older feed must stay as it was
    "RFC 4287 §4.2.6; RFC 8141 §2",
    "an Atom id is an absolute address or a URN, without spaces",
)
RSS_PERMALINK = Rule(
    "rss-permalink",
    "error",
    "RSS 2.0, guid",
    "isPermaLink is true or false, and true only for a guid that is an http(s) address",
)
ENTRY_REQUIRED = Rule(
    "entry-required",
    "error",
    "RSS 2.0, item; RFC 4287 §4.1.2; JSON Feed 1.1, items",
    "every entry has what its format requires: title or description (RSS); title, updated, an author (Atom); "
    "content (JSON Feed)",
)
ENTRY_ONCE = Rule(
    "entry-once",
    "error",
    "RSS 2.0, item; RFC 4287 §4.1.2",
    "what may stand once in an entry does not stand twice",
)
ENTRY_LINK = Rule(
    "entry-link",
    "error",
    "RSS Best Practices Profile, link; RFC 4287 §4.1.2; JSON Feed 1.1, url",
    "every entry leads to one page",
)
LINK_ABSOLUTE = Rule(
    "link-absolute",
    "error",
    "RSS 2.0, link; RFC 4287 §4.2.7; JSON Feed 1.1, url",
    "every link is an absolute http(s) address, in ASCII and without spaces",
)
NAME_FILLED = Rule(
    "name-filled",
    "error",
    "RFC 4287 §3.2.1, §4.2.2.1; RSS 2.0, category; JSON Feed 1.1, authors",
    "no author and no tag is empty",
)
TITLE_MARKUP = Rule(
    "title-markup",
    "warning",
    "RSS Best Practices Profile, character data; RFC 4287 §3.1",
    "titles and names show no closing tag and no character reference: most likely left from markup",
)
TEXT_TYPE = Rule(
    "text-type",
    "error",
    "RFC 4287 §3.1.1",
    "an Atom text is text, html or xhtml",
)
RSS_SUMMARY_FIRST = Rule(
    "rss-summary-first",
    "warning",
    "RSS Best Practices Profile, content:encoded",
    "the description stands before the full content",
)
RSS_AUTHOR = Rule(
    "rss-author",
    "error",
    "RSS 2.0, author",
    "author and the channel's editors are e-mail addresses; names stand in dc:creator",
)

# --- times ---

DATE_FORM = Rule(
    "date-form",
    "error",
    "RSS Best Practices Profile, dates (RFC 822); RFC 4287 §3.3 (RFC 3339); JSON Feed 1.1, date_published",
    "every time is written as its format wants it, with a four-digit year and a zone",
)
DATE_EARLY = Rule(
    "date-early",
    "error",
    "RSS Best Practices Profile, dates",
    "nothing was published before 1970",
)
DATE_ORDER = Rule(
    "date-order",
    "error",
    "RFC 4287 §4.2.9, §4.2.15",
    "no entry was updated before it was published",
)
DATE_FUTURE = Rule(
    "date-future",
    "warning",
    "RSS Best Practices Profile, pubDate; RFC 4287 §4.2.15",
    "no entry is newer than the feed that carries it",
)
UPDATED_UNIQUE = Rule(
    "updated-unique",
    "warning",
    "RFC 4287 §4.1.1",
    "no two entries of an Atom feed were updated at the same instant",
)

# --- content ---

HTML_SAFE = Rule(
    "html-safe",
    "error",
    "RSS Best Practices Profile, description; RFC 4287 §8.1",
    "content has no script, frame, form, style, handler (on…) and no javascript: address",
)
HTML_ABSOLUTE = Rule(
    "html-absolute",
    "error",
    "RSS Best Practices Profile, description; RFC 4287 §4.1.3",
    "no address in content is relative",
)
ENTRY_SIZE = Rule(
    "entry-size",
    "warning",
    "the limits of readers; none in the standards",
    "an entry's content is not larger than 1 MB, its title not longer than 1,000 characters",
)
ENCLOSURE_ONE = Rule(
    "enclosure-one",
    "error",
    "RSS Best Practices Profile, enclosure",
    "an RSS item has at most one enclosure",
)
ENCLOSURE = Rule(
    "enclosure",
    "error",
    "RSS 2.0, enclosure; RFC 4287 §4.2.7.6; JSON Feed 1.1, attachments",
    "an enclosure has a media type, and its length, where one is given or required, is a number of bytes",
)
TOMBSTONE = Rule(
    "tombstone",
    "error",
    "RFC 6721 §3",
    "a deleted entry has one ref and one when, and is not among the entries",
)

# --- all formats of one feed ---

PARITY = Rule(
    "parity",
    "error",
    "feedsvc: the formats of a feed say the same",
    "the feed's title, language and hubs and every entry's id, title, link, times, authors, tags, language and media "
    "are equal in every format (judged by `feedsvc validate`)",
)

RULES = tuple(rule for rule in globals().copy().values() if isinstance(rule, Rule))
