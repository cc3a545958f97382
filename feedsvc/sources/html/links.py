"""Where links and pictures of a page lead: real addresses out of lazy, relative, tracked and scripted ones.

Knows the attributes that pages hide addresses in; hides how a picture's best size is chosen.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml.html import HtmlElement

from feedsvc.sources.markup import absolute

ADDRESS_ATTRIBUTES = ("href", "data-url", "data-href", "data-link", "data-permalink", "data-target-url")
_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|yclid|ysclid|_openstat|mc_[ce]id|igshid|wt_mc|xtor|ref_src|from_source)$"
)
_SCRIPTED = re.compile(
    r"(?:location(?:\.href)?\s*=|window\.open\(|location\.(?:assign|replace)\()\s*['\"]([^'\"]+)['\"]"
)
_NOWHERE = re.compile(r"^(?:#|javascript:|mailto:|tel:|data:|whatsapp:|viber:|tg:|void)", re.IGNORECASE)

# In the order of trust: what a script will show later is the picture, what stands in src until then is not.
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-original-src", "data-echo", "data-bg")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:^|[_.-])(?:blank|spacer|placeholder|no[-_]?(?:image|photo|img|foto)|pixel|1x1|transparent|loading|loader|"
    r"lazy|dot|empty|default|icon|logo|avatar)s?(?=[_.-]|\d|$)",
    re.IGNORECASE,
)
_SMALLEST = 40  # pixels; smaller ones are icons
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([wx])$")


def base_of(root: HtmlElement, base: str) -> str:
    """Return what relative addresses count from: ``<base href>``, else the page's own address.

    A page that was saved without its address may still name it (``rel=canonical``, ``og:url``).
    """
    own = base or _first(root, "//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
    declared = _first(root, "//base/@href")
    return absolute(declared, own) or own if declared else own


def _first(root: HtmlElement, *paths: str) -> str:
    for path in paths:
        for found in root.xpath(path):
            if str(found).strip():
                return str(found).strip()
    return ""


def raw_address(element: HtmlElement) -> str | None:
    """Return where an element leads as the page writes it, None for one that leads nowhere."""
    given = element.attrib
    for name in ADDRESS_ATTRIBUTES:
        value = (given.get(name) or "").strip()
        if value and not _NOWHERE.match(value):
            return value
    if (script := given.get("onclick")) and (scripted := _SCRIPTED.search(script)):
        return scripted[1]
    return None


def address(raw: str, base: str) -> str | None:
    """Return a link as an absolute address without tracking and without a place on the page.

    Without a base to count from, a relative one stays as it is.
    """
    raw = raw.strip()
    if not raw or _NOWHERE.match(raw):
        return None
    resolved = absolute(raw, base)
    if resolved is None:
        return None if base or ":" in raw.split("/")[0] else raw
    parts = urlsplit(resolved)
    query = parts.query
    if query and any(_TRACKING.match(pair.partition("=")[0]) for pair in query.split("&")):
        kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if not _TRACKING.match(key)]
        query = urlencode(kept)
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, fragment))


def picture(element: HtmlElement, base: str) -> str | None:
    """Return the address of an element's picture, the largest that it offers, None for icons and stand-ins."""
    given = element.attrib
    if any(size.isdigit() and int(size) < _SMALLEST for size in (given.get("width", ""), given.get("height", ""))):
        return None
    # The parser knows no <source>, and puts what follows it inside.
    around = next(element.iterancestors("picture"), None)
    sources = list(around.iter("source")) if around is not None else []
    written = [given.get(name) for name in _LAZY]
    written += [_largest(one.get(name)) for one in (element, *sources) for name in _SETS]
    written += [given.get("src"), given.get("content"), given.get("href") if element.tag == "link" else None]
    written += [match[1] for match in _BACKGROUND.finditer(given.get("style", ""))]
    for value in written:
        if (
            value
            and not value.startswith("data:")
            and not _PLACEHOLDER.search(value.partition("?")[0].rpartition("/")[2])
        ):
            found = absolute(value, base)
            if found is not None or not base:
                return found or value
    return None


def _largest(srcset: str | None) -> str | None:
    best, size = None, -1.0
    for part in re.split(r",\s+", (srcset or "").strip()):
        address, _, descriptor = part.strip().partition(" ")
        match = _SIZE.search(descriptor.strip())
        width = float(match[1]) * (1000 if match[2] == "x" else 1) if match else 0.0
        if address and width > size:
            best, size = address.rstrip(","), width
    return best
