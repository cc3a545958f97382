"""The HTML within entries.

Knows what a reader that shows it may be harmed by; hides that nearly all of it passes at a glance.
"""

import re
from collections.abc import Iterator

from feedsvc.feeds.gate import rules
from feedsvc.feeds.gate.rules import Finding

_HARMFUL = {
    *("applet", "base", "basefont", "bgsound", "button", "embed", "fieldset", "form", "frame", "frameset", "head"),
    *("iframe", "input", "link", "math", "meta", "noscript", "object", "option", "param", "plaintext", "portal"),
    *("script", "select", "slot", "style", "svg", "template", "textarea", "title"),
}
_ADDRESSES = {
    *("action", "background", "cite", "data", "formaction", "href", "longdesc", "ping", "poster", "src", "srcset"),
}
_ABSOLUTE = re.compile(r"https?://[^\s/]|mailto:|tel:", re.IGNORECASE)

# What the house writes: plain elements, links and pictures with absolute addresses, each attribute in double quotes.
# A body in which every `<` begins one of these needs no parser: 40 bodies of 5 kB pass in a tenth of the time.
_UNKNOWN = re.compile(
    r"<(?!/[a-z][a-z0-9]*>"
    r"|(?:p|a|b|i|u|s|em|strong|br|hr|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|q|cite|code|pre|kbd|samp|var|sub|sup|small"
    r"|span|div|figure|figcaption|img|table|caption|thead|tbody|tfoot|tr|th|td|time|abbr|mark|del|ins|dfn)"
    r'(?: (?:(?:href|src|cite)="https?://[^"\s/][^"]*"'
    r'|(?:alt|title|lang|dir|width|height|datetime|colspan|rowspan|rel|hreflang)="[^"]*"))*+ ?/?>)'
)


def may_harm(html: str) -> bool:
    """Tell at a glance whether a content has to be judged: there is something in it that the house does not write."""
    return _UNKNOWN.search(html) is not None


def judge(where: str, html: str) -> Iterator[Finding]:
    """Yield what is wrong with one content."""
    from lxml import etree  # noqa: PLC0415 - 15 ms that only rendering and validating need

    root = etree.fromstring(f"<div>{html}</div>", etree.HTMLParser(recover=True))
    for element in root.iter("*"):
        if element.tag in _HARMFUL:
            yield rules.HTML_SAFE.broken(where, f"has <{element.tag}> in its content")
        for name, value in element.attrib.items():
            yield from _attribute(where, str(name), str(value))


def _attribute(where: str, name: str, value: str) -> Iterator[Finding]:
    if name.startswith("on") or name in ("style", "srcdoc"):
        yield rules.HTML_SAFE.broken(where, f"has the attribute {name} in its content")
    if name not in _ADDRESSES:
        return
    for one in value.split(",") if name == "srcset" else (value,):
        # Browsers drop blanks and controls within a scheme (WHATWG URL §4.4).
        address = re.sub(r"[\x00-\x20]+", "", one) if ":" in one else one.strip()
        scheme = address.partition(":")[0].lower()
        if scheme in ("javascript", "vbscript", "data"):
            yield rules.HTML_SAFE.broken(where, f"has a {scheme}: address in its content")
        elif not _ABSOLUTE.match(address):
            yield rules.HTML_ABSOLUTE.broken(where, f"has the relative address {value!r} in its content")
