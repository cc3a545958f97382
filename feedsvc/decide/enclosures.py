"""Which files belong to an article after another reading of it.

Knows that lengths, and the lead image among the files, may have been measured, which no source says; hides how they
are kept.
"""

from feedsvc.model import Enclosure

_Files = tuple[Enclosure, ...]


def succeeding(old: _Files, new: _Files, *, former: str | None, image: str | None) -> _Files:
    """Return the files when ``new`` is said of what had ``old``; ``former`` and ``image`` are its lead images.

    What is left out is no edit: neither all files, nor a length that is known, nor the lead image among the files while
    it is the lead image. A former one goes.
    """
    if not new:
        return old if former == image else tuple(one for one in old if one.url != former)
    known = {one.url: one for one in old if one.length}
    said = tuple(one if one.length else known.get(one.url, one) for one in new)
    is_said = any(one.url == image for one in said)
    return said if is_said or image is None or image not in known else (*said, known[image])
