"""Documents as readers were first sent them: other bytes are a download for every one of them after an upgrade.

``python tests/feeds/golden.py`` writes them anew, which is for whoever means to change them.
"""

from datetime import timedelta
from pathlib import Path

from newsroom import EVENING, FEED, IDENTITY, SITE, article

import feedsvc
from feedsvc import feeds
from feedsvc.model import Enclosure, Format, History, Via

FOLDER = Path(__file__).parent / "golden"
_SITE = SITE.model_copy(update={"title": "Town & <Country>", "author": "The “Desk”"})
_FEED = FEED.model_copy(update={"title": "News of </i> & all", "tombstones": True})
_WINDOW = [
    article(
        0,
        guid="https://old.example/?p=1&q=\"2'",
        title="Who may say </b> & who &amp;",
        language="az",
        link="https://source.example/ü?a=1&b=2",
        summary="It's “AT&T”, &copy; <b>2025</b>;\n twice",
        body='<p title="a &amp; b">1 &lt; 2 ]]&gt; &amp;amp;\r\n\t"q"</p><ul><li>Növbəti 😀 新闻</li></ul>',
        image="https://cdn.example/lead-800x600.jpg?a&b",
        authors=("Ada Example", "D’Arc & Söhne"),
        tags=("R&D", 'the "budget"'),
        enclosures=(
            Enclosure("https://cdn.example/a.mp4?x&y", "video/mp4", 12),
            Enclosure("https://cdn.example/a.mp3", "audio/mpeg", 3_000_000_000),
            Enclosure("https://cdn.example/a.bin", "", None),
        ),
        via=Via("Town & Crier", "https://crier.example/feed.xml?a&b", "urn:uuid:6c1d0d0a-8ae2-4a3c-9d3e-1f6c1d0d0a8c"),
    ),
    article(1, body=None, section=None, tags=(), authors=()),
    article(2, title="A & B, </p>", body="", image="https://cdn.example/picture"),
    article(3, retracted=EVENING),
    article(4, via=Via("A page", "https://page.example/", None), enclosures=(Enclosure("/media/a.pdf", "", 7),)),
    article(5, published=EVENING - timedelta(days=20_000, microseconds=1)),
]
_HISTORY = History("https://news.example.org/feed.xml", previous="https://news.example.org/feeds/a/1?x&y")


def document(form: Format) -> bytes:
    """A document that says all that one can say, without its version."""
    rendering = feeds.render(
        _FEED,
        form,
        _WINDOW,
        _SITE,
        IDENTITY,
        ttl_s=300,
        history=_HISTORY,
        hubs=("https://hub.example/?a&b",),
        stylesheet="d1g&est",
    )
    assert rendering.left_out == (), rendering.left_out
    return rendering.body.replace(feedsvc.__version__.encode(), b"VERSION")


def path(form: Format) -> Path:
    """The file that holds it."""
    return FOLDER / f"feed.{form.value}"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in Format:
        path(one).write_bytes(document(one))
