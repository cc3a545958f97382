"""The true lengths of pictures, sound and film: asked of the servers that have them, once, when an article comes in.

Knows which files are asked for and how many; hides how an answer becomes an enclosure.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from feedsvc import media_types
from feedsvc.errors import FetchError
from feedsvc.model import Article, Enclosure
from feedsvc.outbound import Measured, Outbound
from feedsvc.store import Store
from feedsvc.text import is_web_address

log = logging.getLogger(__name__)

# A host is asked once a second, and the feeds wait for it: so many files a refresh, those of the newest articles.
_AT_ONCE = 10
# One that does not answer is not asked again; after so many of them nobody is.
_MOST_IN_TROUBLE = 2
# What servers say of a file when they know nothing of it.
_ANYTHING = frozenset({"application/octet-stream", "binary/octet-stream"})


def measure(articles: Iterable[Article], store: Store, outbound: Outbound, *, robots: bool) -> None:
    """Ask for the files of unknown length of articles, and keep with them what was told.

    A file that cannot be measured stays as it is.

    Raises:
        StoreUnavailable: the store cannot be read or written.
    """
    newest = sorted(articles, key=lambda article: article.published, reverse=True)
    files: dict[str, Enclosure] = {}
    for article in newest:
        for file in unmeasured(article):
            files.setdefault(file.url, file)
    found = _asked(islice(files.values(), _AT_ONCE), outbound, robots=robots)
    if not found:
        return
    with store.begin() as tx:
        # Asked for again: meanwhile another hand may have been at them.
        current = [tx.articles.get(article.id) for article in newest if _has_any(article, found)]
        tx.articles.put(with_lengths(article, found) for article in current if article)


def unmeasured(article: Article) -> tuple[Enclosure, ...]:
    """Return the files whose length is not known, the lead image first: what may be a picture, sound or film."""
    if article.retracted or "enclosures" in article.pinned:
        return ()
    image = article.image
    is_said = image is None or any(one.url == image for one in article.enclosures)
    files = article.enclosures if is_said or image is None else (Enclosure(image, ""), *article.enclosures)
    return tuple(one for one in files if not one.length and is_web_address(one.url) and _may_be_media(one))


def with_lengths(article: Article, found: Mapping[str, Enclosure]) -> Article:
    """Return the article with what was found of its files, by address; a lead image becomes its last enclosure."""
    open_ = {file.url for file in unmeasured(article)} & found.keys()
    files = tuple(found[one.url] if one.url in open_ else one for one in article.enclosures)
    lead = article.image if article.image in open_ - {one.url for one in files} else None
    return replace(article, enclosures=(*files, found[lead]) if lead else files)


def told(file: Enclosure, answer: Measured) -> Enclosure | None:
    """Return the file as it is known now; None when there is no length, or it is neither picture, sound nor film.

    What the source says of its kind stands; a page in the place of a picture is none.
    """
    answered = "" if answer.media_type in _ANYTHING else answer.media_type
    kinds = (file.media_type, answered, media_types.of_address(file.url) or "")
    kind = next(filter(media_types.is_media, kinds), None)
    if kind is None or answer.length is None or not (answered == "" or media_types.is_media(answered)):
        return None
    return Enclosure(file.url, kind, answer.length)


def _asked(files: Iterable[Enclosure], outbound: Outbound, *, robots: bool) -> dict[str, Enclosure]:
    found: dict[str, Enclosure] = {}
    in_trouble: set[str | None] = set()
    for file in files:
        host = urlsplit(file.url).hostname
        if len(in_trouble) == _MOST_IN_TROUBLE:
            break
        if host in in_trouble:
            continue
        try:
            answer = outbound.measure(file.url, robots=robots)
        except FetchError as error:
            log.debug("not_measured", extra={"reason": str(error)})
            if error.passing:
                in_trouble.add(host)
        else:
            if known := told(file, answer):
                found[file.url] = known
    return found


def _has_any(article: Article, found: Mapping[str, Enclosure]) -> bool:
    return any(file.url in found for file in unmeasured(article))


def _may_be_media(file: Enclosure) -> bool:
    kind = file.media_type.strip().lower()
    return not kind or kind in _ANYTHING or media_types.is_media(kind)
