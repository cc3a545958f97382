"""Public addresses have the promised shape."""

import pytest
from newsroom import article

from feedsvc import addresses
from feedsvc.model import MAIN_FEED, FeedName, Format


@pytest.mark.parametrize(
    ("name", "form", "path"),
    [
        (MAIN_FEED, Format.RSS, "/feed.xml"),
        (MAIN_FEED, Format.ATOM, "/atom.xml"),
        (MAIN_FEED, Format.JSON, "/feed.json"),
        (FeedName("politics"), Format.RSS, "/feeds/politics.xml"),
        (FeedName("politics"), Format.ATOM, "/feeds/politics.atom"),
        (FeedName("politics"), Format.JSON, "/feeds/politics.json"),
        (FeedName("a/b ü"), Format.JSON, "/feeds/a%2Fb%20%C3%BC.json"),
    ],
)
def test_feeds_live_at_their_name_and_the_main_feed_at_the_root(name, form, path):
    assert addresses.path(name, form) == path
    assert addresses.address("https://example.org/news", name, form) == "https://example.org/news" + path


def test_articles_live_at_their_id_and_slug():
    assert addresses.article_path(article(7)) == "/articles/0000000007/headline-7"
    assert (
        addresses.permalink("https://example.org", article(7)) == "https://example.org/articles/0000000007/headline-7"
    )
