"""The names that articles carry: sections, tags, authors, sources, languages.

Knows under which address a name stands and which articles carry it; hides nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from feedsvc.model.feed import Selection


class LabelKind(StrEnum):
    """What a label is the name of."""

    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"
    SOURCE = "source"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Label:
    """A name that a visible article has carried.

    ``name`` is as it was first written, ``key`` what its spellings share, ``slug`` its ASCII form in addresses, unique
    within the kind. A label never changes and never goes.
    """

    kind: LabelKind
    key: str
    slug: str
    name: str

    @property
    def selection(self) -> Selection:
        """All articles that carry it."""
        names = (self.name,)
        match self.kind:
            case LabelKind.SECTION:
                return Selection(sections=names)
            case LabelKind.TAG:
                return Selection(tags=names)
            case LabelKind.AUTHOR:
                return Selection(authors=names)
            case LabelKind.SOURCE:
                return Selection(sources=names)
            case LabelKind.LANGUAGE:
                return Selection(languages=names)
