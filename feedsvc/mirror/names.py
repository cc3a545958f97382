"""Which file stands for which address.

Knows what a server can find without us: a page has an ending that says what it is, and an article is known by its id
alone, whatever its headline was. Pure.
"""

import re
from urllib.parse import parse_qs, unquote, urlsplit

_ARTICLE = re.compile(r"/articles/([^/]+)/[^/]*")
_PAGES = ("/sections/", "/tags/", "/authors/", "/archive/")


def file_of(address: str) -> str:
    """Return the name of the file of an address: a path, perhaps with ``?before=ID`` or ``?after=NAME``.

    ``/`` is ``index.html``, ``/articles/ID/SLUG`` is ``articles/ID.html``, ``/archive/2025/02?before=ID`` is
    ``archive/2025/02@ID.html``; what has an ending keeps it.
    """
    parts = urlsplit(address)
    path = unquote(parts.path)
    asked = parse_qs(parts.query)
    part = "".join(f"@{beside}" for name in ("before", "after") for beside in asked.get(name, ()))
    if found := _ARTICLE.fullmatch(path):
        return f"articles/{found[1]}.html"
    if path.endswith("/"):
        return f"{path[1:]}index{part}.html"
    return f"{path[1:]}{part}.html" if path.startswith(_PAGES) else path[1:]


def mark_beside(file: str) -> str | None:
    """Return the name of the empty file which says that the article of a file has been retracted; None for others."""
    return file.removesuffix(".html") + ".gone" if file.startswith("articles/") and file.endswith(".html") else None
