"""What moving in asks the store: who was taken from an address, which guids are there."""

from store_samples import article

from feedsvc.store import Store


def test_an_article_is_found_by_its_link_in_whatever_source(store: Store) -> None:
    with store.begin() as tx:
        tx.articles.put(
            [
                article(1, source="one", link="https://old.example.org/a/"),
                article(2, source="two", link="https://www.old.example.org/b?utm_source=x"),
                article(3, source="three"),
            ]
        )
    with store.read() as tx:
        found = {link: tx.articles.get_by_link(f"http://old.example.org/{link}") for link in ("a", "b", "c")}
    assert {link: each and each.id for link, each in found.items()} == {"a": "a0001", "b": "a0002", "c": None}


def test_guids_that_are_there_are_told_from_those_that_are_not(store: Store) -> None:
    with store.begin() as tx:
        tx.articles.put([article(1, guid="one"), article(2, guid="two")])
    with store.read() as tx:
        assert tx.articles.known_guids(["one", "two", *map(str, range(1200))]) == {"one", "two"}
        assert tx.articles.known_guids([]) == set()
