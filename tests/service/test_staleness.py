"""When a feed's documents are current, so that nothing is made again."""

from contextlib import closing
from dataclasses import replace

from press import Newsroom, page

from feedsvc.config import Config, load
from feedsvc.model import Entry, FeedName, Format, Outcome, Selection, SourceName
from feedsvc.service import Service
from feedsvc.store import Store

FRONT_PAGE, POLITICS = SourceName("front-page"), FeedName("politics")


def _config(newsroom: Newsroom) -> Config:
    return load(newsroom.folder / "config.toml")


def test_a_change_elsewhere_leaves_documents_current(service: Service) -> None:
    service.desk.add(Entry("A ferry is late", section="Harbour"))

    assert service.publish(POLITICS).outcome is Outcome.UNCHANGED
    assert service.prepare() == ()


def test_a_feed_that_an_article_has_left_untold_is_made_again(service: Service) -> None:
    """As when a process dies between storing an edit and publishing what it touches."""
    service.desk.add(Entry("A treaty is signed", section="Politics"))
    [article] = service.desk.list(Selection(sections=("Politics",)), limit=1)
    with closing(Store.open(service.config.store.url)) as store, store.begin() as tx:
        tx.articles.put([replace(article, section="Harbour")])

    assert [run.name for run in service.prepare()] == ["main", "politics"]
    document = service.public.document(POLITICS, Format.RSS)
    assert document is not None
    assert b"A treaty" not in document.body


def test_other_settings_make_documents_again(newsroom: Newsroom, service: Service) -> None:
    newsroom.save(page())
    service.refresh(FRONT_PAGE)
    service.close()
    text = newsroom.configure().read_text("utf-8")
    newsroom.configure(text.replace('title = "Politics"', 'title = "Politics and more"'))
    again = Service(_config(newsroom), Store.open(service.config.store.url), clock=newsroom.clock)

    assert [run.name for run in again.prepare()] == ["politics"]
    again.close()


def test_serving_begins_with_the_main_feed(newsroom: Newsroom) -> None:
    newsroom.configure()
    config = _config(newsroom)
    service = Service(config, Store.open(config.store.url), clock=newsroom.clock)

    assert [run.name for run in service.open()] == ["main"]
    assert [run.name for run in service.prepare()] == ["politics"]
    assert service.open() == ()
    service.close()
