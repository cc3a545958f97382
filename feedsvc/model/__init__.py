"""The frozen values that flow from sources to documents.

Knows the words of docs/glossary.md as types and nothing of files, SQL, HTTP or XML. Every datetime is aware; one that
is not raises ``ValueError`` where it would enter a value.
"""

from feedsvc.model.article import Article, Change, Place, Reading, Revision, Verdict
from feedsvc.model.feed import Document, FeedIdentity, Format, History, Selection
from feedsvc.model.harvest import (
    ArticleSelectors,
    Complaint,
    Enclosure,
    Entry,
    Harvest,
    Listing,
    Selectors,
    Snapshot,
    Via,
)
from feedsvc.model.hub import Delivery, HubCounts, Intent, Mode, Subscription
from feedsvc.model.label import Label, LabelKind
from feedsvc.model.letters import folded
from feedsvc.model.month import Month
from feedsvc.model.names import MAIN_FEED, ArticleId, FeedName, SourceName, TokenId, fold_name, to_json
from feedsvc.model.query import Query, Term, article_words, search_words
from feedsvc.model.run import Alert, Leave, Outcome, Receipt, Run, RunKind, Sample, Token

__all__ = [
    "MAIN_FEED",
    "Alert",
    "Article",
    "ArticleId",
    "ArticleSelectors",
    "Change",
    "Complaint",
    "Delivery",
    "Document",
    "Enclosure",
    "Entry",
    "FeedIdentity",
    "FeedName",
    "Format",
    "Harvest",
    "History",
    "HubCounts",
    "Intent",
    "Label",
    "LabelKind",
    "Leave",
    "Listing",
    "Mode",
    "Month",
    "Outcome",
    "Place",
    "Query",
    "Reading",
    "Receipt",
    "Revision",
    "Run",
    "RunKind",
    "Sample",
    "Selection",
    "Selectors",
    "Snapshot",
    "SourceName",
    "Subscription",
    "Term",
    "Token",
    "TokenId",
    "Verdict",
    "Via",
    "article_words",
    "fold_name",
    "folded",
    "search_words",
    "to_json",
]
