"""What a program sends by the API becomes an article, at once, once, or every reason why not."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pushroom import BASE, CONFIG, ITEM, Newsroom, Sender, an_item, one, pointers, said

from feedsvc.model import ArticleId, Enclosure

IN_AN_HOUR = "2025-02-09T11:00:00+04:00"


# --- sending one ------------------------------------------------------------------------------------------------------


def test_an_item_becomes_an_article_with_all_that_it_says(pressroom: Newsroom, sender: Sender) -> None:
    answer = sender.post(ITEM)

    article = pressroom.article()
    permalink = f"{BASE}/articles/{article.id}/harbour-bridge-painted-green"
    assert answer.status_code == 201
    assert answer.headers["Location"] == permalink
    assert said(answer) == {
        "id": "cms-1",
        "verdict": "new",
        "article_id": article.id,
        "guid": article.guid,
        "permalink": permalink,
    }
    assert article == replace(
        article,
        source="cms",
        source_guid="cms-1",
        title=ITEM["title"],
        link=ITEM["url"],
        body=ITEM["content_html"],
        summary=ITEM["summary"],
        published=datetime(2025, 2, 8, 6, 0, tzinfo=UTC),
        stated=datetime(2025, 2, 8, 6, 0, tzinfo=UTC),
        section="Town",
        authors=("Ada Example",),
        tags=("bridge", "paint"),
        image=ITEM["image"],
        language="az",
        enclosures=(Enclosure("https://site.example.org/a.mp3", "audio/mpeg", 5),),
        embargo=None,
    )


def test_when_the_answer_comes_the_feeds_have_it(pressroom: Newsroom, sender: Sender) -> None:
    guid = said(sender.post(ITEM))["guid"]
    assert [item["id"] for item in pressroom.feed()] == [guid]


def test_the_page_of_the_permalink_is_there(sender: Sender) -> None:
    location = sender.post(ITEM).headers["Location"]
    page = sender.client.get(location.removeprefix(BASE))
    assert page.status_code == 200
    assert "It was blue before." in page.get_data(as_text=True)


def test_sections_and_languages_that_an_item_leaves_out_are_the_sources(pressroom: Newsroom) -> None:
    pressroom.sender("blog").post(an_item())
    article = pressroom.article(source="blog")
    assert (article.section, article.language) == ("Blog", "en")


def test_the_same_item_again_changes_nothing(pressroom: Newsroom, sender: Sender) -> None:
    first = said(sender.post(ITEM))
    before = pressroom.articles()
    again = sender.post(ITEM)
    assert again.status_code == 200
    assert said(again) == {**first, "verdict": "unchanged"}
    assert again.headers["Location"] == first["permalink"]
    assert pressroom.articles() == before


def test_a_known_id_revises_its_article_and_what_the_item_leaves_out_stays(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    before = pressroom.article()
    answer = sender.post({"id": "cms-1", "title": "Harbour bridge painted greener"})
    after = pressroom.article()
    assert (answer.status_code, said(answer)["verdict"]) == (200, "changed")
    assert after == replace(
        before,
        title="Harbour bridge painted greener",
        slug="harbour-bridge-painted-greener",
        aliases=("harbour bridge painted green",),
        revision=2,
        updated=after.updated,
        changed=after.changed,
    )
    assert after.updated > before.updated


def test_the_senders_id_is_the_identity_whatever_link_and_headline_are(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    other = sender.post({**ITEM, "id": "cms-2"})
    assert (other.status_code, said(other)["verdict"]) == (201, "new")
    assert len(pressroom.articles()) == 2


def test_an_id_is_known_within_its_source_only(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    assert said(pressroom.sender("blog").post(ITEM))["verdict"] == "new"


def test_an_article_from_before_the_source_was_pushed_to_is_joined_by_its_link(
    pressroom: Newsroom, sender: Sender
) -> None:
    sender.post(ITEM)
    with pressroom.store.begin() as tx:
        tx.articles.put([replace(pressroom.article(), source_guid=None)])
    answer = sender.post({**ITEM, "title": "Another headline altogether"})
    assert said(answer)["verdict"] == "changed"
    assert pressroom.article().source_guid == "cms-1"


def test_the_text_is_made_safe(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(an_item(content_html='<p onclick="x()">A<script>x()</script> <a href="javascript:x()">b</a></p>'))
    body = pressroom.article().body or ""
    assert body.startswith("<p>A <a")
    assert "script" not in body
    assert "onclick" not in body


def test_plain_text_becomes_paragraphs(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(an_item(content_text="One & two.\n\nThree <four>."))
    assert pressroom.article().body == "<p>One &amp; two.</p><p>Three &lt;four&gt;.</p>"


def test_a_number_is_an_id_too(sender: Sender) -> None:
    assert said(sender.post(an_item(id=4711)))["id"] == "4711"


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/feed+json"])
def test_items_come_as_json_or_json_feed(sender: Sender, media_type: str) -> None:
    assert sender.post(ITEM, Content_Type=media_type).status_code == 201


# --- what cannot be taken ---------------------------------------------------------------------------------------------


def test_every_bad_field_is_named_by_its_pointer(pressroom: Newsroom, sender: Sender) -> None:
    answer = sender.post(
        {
            "id": "a\u0000b",
            "title": " ",
            "url": "/story",
            "date_publised": "2025-02-08",
            "date_published": "2025-02-08T10:00:00",
            "tags": "bridge",
            "authors": [{"name": "Ada"}, "Ben"],
            "language": "english",
            "attachments": [{"url": "https://site.example.org/a.mp3", "mime_type": "mp3", "size_in_bytes": -1}],
            "_feedsvc": {"secton": "Town", "publish_at": "tomorrow"},
            "_other": {"is": "left"},
        }
    )
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    problem = said(answer)
    assert (problem["status"], problem["title"], problem["code"], problem["detail"]) == (
        422,
        "Unprocessable Content",  # as docs/push.md and the API's description have it, whatever the Python
        "push_invalid",
        "12 fields cannot be taken.",
    )
    moment = "must be a time with its offset, like 2025-02-09T10:00:00+04:00 (RFC 3339)"
    assert pointers(answer) == {
        "/id": "must not hold control characters",
        "/title": "must not be empty",
        "/url": "must be a whole web address, like https://news.example.org/story",
        "/date_publised": 'is no field of JSON Feed; did you mean "date_published"?',
        "/date_published": moment,
        "/tags": "must be a list in brackets",
        "/authors/1": "must be an object in braces",
        "/language": '"english" is not a language tag; write it like "en", "az" or "pt-BR"',
        "/attachments/0/mime_type": "must be a media type, like audio/mpeg",
        "/attachments/0/size_in_bytes": "must not be negative",
        "/_feedsvc/secton": 'is no field of _feedsvc; did you mean "section"?',
        "/_feedsvc/publish_at": moment,
    }
    assert pressroom.articles() == ()


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"title": "!?"}, "/title", "must have a letter or a digit"),
        ({"title": None}, "/title", "is missing"),
        ({"title": "x" * 501}, "/title", "must be at most 500 characters long"),
        ({"title": "\ufdfa" * 400}, "/title", "is too long for a headline"),
        ({"title": 5}, "/title", "must be text in quotes"),
        ({"id": "x" * 501}, "/id", "must be at most 500 characters long"),
        ({"id": True}, "/id", "must be text in quotes"),
        ({"url": "https://site.example.org/" + "x" * 2000}, "/url", "is too long for an address"),
        ({"date_published": "2025-13-01T00:00:00Z"}, "/date_published", "is no time that exists"),
        ({"date_published": "9999-12-31T23:00:00-12:00"}, "/date_published", "is no time that exists"),
        ({"date_published": "1969-12-31T23:00:00Z"}, "/date_published", "lies before 1970, which no feed can carry"),
        ({"date_published": 1739000000}, "/date_published", "must be a time in quotes, like 2025-02-09T10:00:00+04:00"),
        ({"tags": ["x"] * 101}, "/tags", "must have at most 100 elements"),
        ({"a/b~c": 1}, "/a~1b~0c", "is no field of JSON Feed; fields of your own begin with an underscore"),
    ],
)
def test_a_bad_field_is_told_in_plain_words(sender: Sender, changes: dict, pointer: str, words: str) -> None:
    answer = sender.post(an_item(**changes))
    assert (answer.status_code, pointers(answer)) == (422, {pointer: words})
    assert said(answer)["detail"] == f"{pointer}: {words}"


@pytest.mark.parametrize("sent", [5, [], "text", None, [an_item()]])
def test_what_is_no_object_is_no_item(sender: Sender, sent: object) -> None:
    answer = sender.post(json.dumps(sent))
    assert (answer.status_code, pointers(answer)) == (422, {"": "must be an item of JSON Feed: an object"})


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The body is no JSON: Expecting value in line 1, column 1."),
        (b'{"id": "a",\n title}', "The body is no JSON: Expecting property name enclosed in double quotes in line 2, "),
        (b'{"id": "\xe9"}', "The body is not UTF-8."),
        (b'{"id": NaN}', "The body is no JSON that can be read: NaN is no JSON."),
        (b"[" * 200_000, "The body is no JSON that can be read: "),
        (b'{"id": ' + b"9" * 5000 + b"}", "The body is no JSON that can be read: "),
    ],
)
def test_broken_json_is_a_bad_request(sender: Sender, body: bytes, detail: str) -> None:
    answer = sender.post(body)
    assert answer.status_code == 400
    assert said(answer)["detail"].startswith(detail)


def test_a_body_above_a_million_bytes_is_refused(sender: Sender) -> None:
    assert sender.post(b" " * 1_000_001).status_code == 413
    assert sender.post(json.dumps(an_item()).encode().rjust(1_000_000)).status_code == 201


@pytest.mark.parametrize(
    "headers", [{"Content_Type": ""}, {"Content_Type": "text/plain"}, {"Content_Encoding": "gzip"}]
)
def test_other_media_types_and_codings_are_refused(sender: Sender, headers: dict[str, str]) -> None:
    answer = sender.post(json.dumps(ITEM).encode(), **headers)
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")


# --- sending many -----------------------------------------------------------------------------------------------------


def test_many_items_are_answered_one_by_one_in_their_order(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(an_item(2))
    answer = sender.post({"items": [an_item(1), an_item(2), an_item(3)]})
    assert answer.status_code == 201
    assert "Location" not in answer.headers
    outcomes = said(answer)["items"]
    assert [(each["id"], each["verdict"]) for each in outcomes] == [
        ("cms-1", "new"),
        ("cms-2", "unchanged"),
        ("cms-3", "new"),
    ]
    assert len({article.updated for article in pressroom.articles()}) == 3
    assert sender.post({"items": [an_item(1), an_item(2)]}).status_code == 200


def test_of_many_all_are_stored_or_none(pressroom: Newsroom, sender: Sender) -> None:
    answer = sender.post({"items": [an_item(1), an_item(2, title=""), an_item(3), an_item(1)]})
    assert (answer.status_code, pointers(answer)) == (
        422,
        {
            "/items/1/title": "must not be empty",
            "/items/3/id": "is the id of /items/0 already; give each item its own",
        },
    )
    assert pressroom.articles() == ()


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "must be a list of items, with one at least"),
        ({}, "must be a list of items, with one at least"),
        ([an_item(n) for n in range(101)], "has 101 items; send at most 100 at once"),
    ],
)
def test_a_request_has_one_to_a_hundred_items(sender: Sender, items: object, words: str) -> None:
    answer = sender.post({"items": items})
    assert (answer.status_code, pointers(answer)) == (422, {"/items": words})


def test_a_hundred_items_are_published_once(pressroom: Newsroom, sender: Sender) -> None:
    answer = sender.post({"items": [an_item(number) for number in range(100)]})
    assert answer.status_code == 201
    assert len(pressroom.articles()) == 100
    assert len(pressroom.feed()) == 50


# --- Idempotency-Key --------------------------------------------------------------------------------------------------


def test_a_request_with_a_key_has_the_same_outcome_again(pressroom: Newsroom, sender: Sender) -> None:
    first = sender.post({"items": [an_item(1), an_item(2)]}, Idempotency_Key="k-1")
    again = sender.post({"items": [an_item(1), an_item(2)]}, Idempotency_Key="k-1")
    assert (again.status_code, said(again)) == (first.status_code, said(first))
    assert [each["verdict"] for each in said(again)["items"]] == ["new", "new"]
    assert {article.revision for article in pressroom.articles()} == {1}


def test_a_key_with_another_request_is_refused(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(an_item(1), Idempotency_Key="k-1")
    answer = sender.post(an_item(2), Idempotency_Key="k-1")
    assert (answer.status_code, said(answer)["code"]) == (422, "key_reused")
    assert len(pressroom.articles()) == 1
    assert pressroom.sender().post(an_item(2), Idempotency_Key="k-1").status_code == 201, "a key is one sender's"


def test_a_key_is_remembered_for_a_day(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(an_item(1), Idempotency_Key="k-1")
    pressroom.clock.now += timedelta(hours=23)
    assert sender.post(an_item(2), Idempotency_Key="k-1").status_code == 422
    pressroom.clock.now += timedelta(hours=2)
    assert sender.post(an_item(2), Idempotency_Key="k-1").status_code == 201


def test_a_request_that_was_refused_does_not_use_its_key_up(sender: Sender) -> None:
    assert sender.post(an_item(title=""), Idempotency_Key="k-1").status_code == 422
    assert sender.post(an_item(), Idempotency_Key="k-1").status_code == 201


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k-1"}])
def test_a_request_that_comes_several_times_at_once_is_taken_once(
    pressroom: Newsroom, sender: Sender, headers: dict[str, str]
) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: sender.post(ITEM, **headers), range(6)))
    assert len(pressroom.articles()) == 1
    assert len({said(answer)["guid"] for answer in answers}) == 1
    verdicts = sorted(said(answer)["verdict"] for answer in answers)
    assert verdicts == (["new"] * 6 if headers else ["new", *["unchanged"] * 5])


@pytest.mark.parametrize("key", [" ", "two words", "x" * 256, "ключ".encode().decode("latin-1")])
def test_a_key_is_visible_ascii(sender: Sender, key: str) -> None:
    assert sender.post(an_item(), Idempotency_Key=key).status_code == 400


# --- PUT, DELETE ------------------------------------------------------------------------------------------------------


def test_putting_an_unknown_id_makes_the_article(pressroom: Newsroom, sender: Sender) -> None:
    item = {name: value for name, value in ITEM.items() if name != "id"}
    answer = sender.put("cms-1", item)
    assert (answer.status_code, said(answer)["verdict"]) == (201, "new")
    assert answer.headers["Location"] == said(answer)["permalink"]
    assert pressroom.article().body == ITEM["content_html"]


def test_putting_replaces_and_what_the_item_leaves_out_is_gone(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    before = pressroom.article()
    answer = sender.put("cms-1", {"title": ITEM["title"], "url": "https://site.example.org/moved"})
    after = pressroom.article()
    assert (answer.status_code, said(answer)["verdict"]) == (200, "changed")
    assert after == replace(
        before,
        link="https://site.example.org/moved",
        body=None,
        summary=None,
        section=None,
        authors=(),
        tags=(),
        image=None,
        enclosures=(),
        language="en",
        revision=2,
        updated=after.updated,
        changed=after.changed,
    )


def test_putting_the_same_twice_changes_nothing(pressroom: Newsroom, sender: Sender) -> None:
    sender.put("cms-1", ITEM)
    before = pressroom.articles()
    assert said(sender.put("cms-1", ITEM))["verdict"] == "unchanged"
    assert pressroom.articles() == before


def test_an_article_that_was_read_may_be_put_back_as_it_is(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    sender.post(an_item(2, date_published=IN_AN_HOUR))
    for sender_id in ("cms-1", "cms-2"):
        before = pressroom.article(sender_id)
        assert said(sender.put(sender_id, said(sender.get(sender_id))))["verdict"] == "unchanged"
        assert pressroom.article(sender_id) == before


def test_an_item_whose_id_is_not_that_of_the_address_is_refused(sender: Sender) -> None:
    answer = sender.put("cms-2", ITEM)
    assert (answer.status_code, list(pointers(answer))) == (422, ["/id"])


def test_what_a_hand_has_set_is_not_sent_away(pressroom: Newsroom, sender: Sender) -> None:
    article_id = ArticleId(said(sender.post(ITEM))["article_id"])
    pressroom.service.desk.edit(article_id, title="A headline by hand", section="Politics")
    sender.put("cms-1", {"title": "Another one"})
    article = pressroom.article()
    assert (article.title, article.section, article.body) == ("A headline by hand", "Politics", None)


def test_a_deleted_article_is_retracted(pressroom: Newsroom, sender: Sender) -> None:
    sender.post({"items": [ITEM, an_item(2)]})
    location = f"/articles/{pressroom.article().id}/harbour-bridge-painted-green"
    for _ in range(2):
        answer = sender.delete("cms-1")
        assert (answer.status_code, answer.get_data()) == (204, b"")
    assert sender.client.get(location).status_code == 410
    assert [item["title"] for item in pressroom.feed()] == [an_item(2)["title"]]
    assert (sender.get("cms-1").status_code, said(sender.get("cms-1"))["code"]) == (410, "push_retracted")


def test_sending_does_not_bring_a_retracted_article_back(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    sender.delete("cms-1")
    assert sender.post({**ITEM, "title": "Once more"}).status_code == 410
    many = sender.post({"items": [ITEM, an_item(2)]})
    assert (many.status_code, [each["verdict"] for each in said(many)["items"]]) == (201, ["retracted", "new"])
    assert pressroom.article().retracted


def test_putting_brings_back_what_its_sender_retracted(pressroom: Newsroom, sender: Sender) -> None:
    first = said(sender.post(ITEM))
    sender.delete("cms-1")
    before = pressroom.article()
    answer = sender.put("cms-1", ITEM)
    assert (answer.status_code, said(answer)) == (200, {**first, "verdict": "changed"})
    assert pressroom.article().updated > before.updated
    assert [item["id"] for item in pressroom.feed()] == [first["guid"]]


def test_what_the_admin_retracted_no_sender_brings_back(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    pressroom.service.desk.retract(pressroom.article().id)
    answer = sender.put("cms-1", {**ITEM, "title": "Once more"})
    assert (answer.status_code, said(answer)["code"]) == (410, "push_retracted")
    article = pressroom.article()
    assert (article.title, bool(article.retracted)) == (ITEM["title"], True)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_id_is_not_found(sender: Sender, method: str) -> None:
    answer = sender(method, one("never-sent"))
    assert (answer.status_code, said(answer)["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_can_be_no_id_is_not_found_and_troubles_no_database(sender: Sender, method: str) -> None:
    assert sender(method, one("a\0b"), body={"title": "A story"}).status_code == 404


@pytest.mark.parametrize(
    "sender_id",
    ["https://site.example.org/?p=1&q=a#b", "a/", "/a", "a//b", "ключ", "a b", "a%20b", "a%2Fb", "+", "a;b", "x" * 500],
)
def test_any_id_can_stand_in_an_address(pressroom: Newsroom, sender: Sender, sender_id: str) -> None:
    assert sender.put(sender_id, {"title": "A story"}).status_code == 201
    assert said(sender.get(sender_id))["id"] == sender_id
    assert sender.delete(sender_id).status_code == 204
    assert [article.source_guid for article in pressroom.articles()] == [sender_id]


# --- embargo ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("promise", [{"date_published": IN_AN_HOUR}, {"_feedsvc": {"publish_at": IN_AN_HOUR}}])
def test_an_article_with_a_time_to_come_is_on_no_surface_before(
    pressroom: Newsroom, sender: Sender, promise: dict
) -> None:
    answer = sender.post({**ITEM, **promise})
    page = said(answer)["permalink"].removeprefix(BASE)
    assert (answer.status_code, said(answer)["publish_at"]) == (201, "2025-02-09T07:00:00+00:00")
    assert (pressroom.feed(), said(sender.list())["items"]) == ([], [])
    assert sender.client.get(page).status_code == 404
    assert ITEM["title"] not in sender.client.get("/").get_data(as_text=True)

    pressroom.clock.now += timedelta(hours=1)
    pressroom.service.lift_embargoes()
    assert [item["id"] for item in pressroom.feed()] == [said(answer)["guid"]]
    assert pressroom.feed()[0]["date_published"] == "2025-02-09T07:00:00+00:00"
    assert [item["id"] for item in said(sender.list())["items"]] == ["cms-1"]


def test_its_sender_sees_and_changes_it_meanwhile(pressroom: Newsroom, sender: Sender) -> None:
    sender.post({**ITEM, "_feedsvc": {"publish_at": IN_AN_HOUR}})
    seen = said(sender.get("cms-1"))
    assert seen["_feedsvc"]["publish_at"] == "2025-02-09T07:00:00+00:00"
    assert "published" not in seen["_feedsvc"]
    sender.put("cms-1", {"title": "A quieter headline"})
    article = pressroom.article()
    assert (article.title, bool(article.embargo)) == ("A quieter headline", True), "no date, no earlier publication"
    sender.put("cms-1", {"title": "A quieter headline", "date_published": "2025-02-09T09:00:00+04:00"})
    pressroom.service.lift_embargoes()
    assert [item["title"] for item in pressroom.feed()] == ["A quieter headline"]


def test_what_readers_have_seen_is_not_held_back_again(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    sender.put("cms-1", {**ITEM, "_feedsvc": {"publish_at": IN_AN_HOUR}})
    assert pressroom.article().embargo is None
    assert len(pressroom.feed()) == 1


# --- reading ----------------------------------------------------------------------------------------------------------


def test_an_article_is_read_as_the_item_that_it_was(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    article = pressroom.article()
    assert said(sender.get("cms-1")) == {
        **ITEM,
        "date_published": "2025-02-08T06:00:00+00:00",
        "_feedsvc": {
            "section": "Town",
            "article_id": article.id,
            "guid": article.guid,
            "permalink": f"{BASE}/articles/{article.id}/{article.slug}",
            "published": "2025-02-08T06:00:00+00:00",
            "updated": article.updated.isoformat(),
            "revision": 1,
        },
    }


def test_the_list_has_the_tokens_source_newest_first_page_by_page(pressroom: Newsroom, sender: Sender) -> None:
    for number in range(1, 6):
        sender.post(an_item(number, date_published=f"2025-02-0{number}T10:00:00Z"))
    pressroom.sender("blog").post(an_item(9))
    sender.delete("cms-3")
    found, path = [], "/api/articles?limit=2"
    while path:
        answer = said(sender("GET", path))
        found.append([item["id"] for item in answer["items"]])
        path = answer.get("next_url", "").removeprefix(BASE)
    assert found == [["cms-5", "cms-4"], ["cms-2", "cms-1"]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=-1", "limit=\xff", "before=%00", "before="]
)
def test_a_parameter_that_cannot_be_read_is_a_bad_request(sender: Sender, query: str) -> None:
    assert sender.list(f"?{query}").status_code == 400


def test_a_page_behind_no_article_is_not_found(sender: Sender) -> None:
    assert sender.list("?before=neverminted").status_code == 404


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("given", "challenge"),
    [
        ("", 'Bearer realm="feedsvc"'),
        ("Basic YTpi", 'Bearer realm="feedsvc"'),
        ("Bearer feedsvc_guessed", 'Bearer realm="feedsvc", error="invalid_token"'),
    ],
)
def test_without_a_good_token_nothing_is_told_but_how_to_ask(
    sender: Sender, method: str, given: str, challenge: str
) -> None:
    path = one("cms-1") if method in ("PUT", "DELETE") else "/api/articles"
    answer = sender(method, path, body=ITEM, Authorization=given)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge)
    assert (answer.content_type, said(answer)["code"]) == ("application/problem+json", "token_unknown")


def test_a_revoked_token_is_worthless_at_once(pressroom: Newsroom, sender: Sender) -> None:
    assert sender.list().status_code == 200
    pressroom.service.tokens.revoke(sender.token)
    assert sender.list().status_code == 401


def test_a_token_of_another_source_sees_and_touches_nothing(pressroom: Newsroom, sender: Sender) -> None:
    sender.post(ITEM)
    other = pressroom.sender("blog")
    assert said(other.list())["items"] == []
    assert (other.get("cms-1").status_code, other.delete("cms-1").status_code) == (404, 404)
    other.put("cms-1", {"title": "Their own"})
    assert pressroom.article().title == ITEM["title"]


@pytest.mark.parametrize("kind", ['kind = "page-text"\npath = "x"', ""])
def test_a_token_is_forbidden_once_its_source_is_not_pushed_to(pressroom: Newsroom, sender: Sender, kind: str) -> None:
    kept = CONFIG.replace('[[sources]]\nname = "cms"\nkind = "push"\n', "")
    pressroom.reconfigure(kept + (f'[[sources]]\nname = "cms"\n{kind}\n' if kind else ""))
    answer = sender.list()
    assert (answer.status_code, said(answer)["code"]) == (403, "token_forbidden")


def test_tokens_and_texts_are_never_logged(
    pressroom: Newsroom, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        sender.post(ITEM)
        sender.post({**ITEM, "title": ""})
        sender("POST", "/api/articles", body=ITEM, Authorization="Bearer feedsvc_guessed")
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert ("push" in [record.message for record in caplog.records], "cms" in logged) == (True, True)
    for secret in (sender.secret, "feedsvc_guessed", "It was blue before."):
        assert secret not in logged


# --- the way it answers -----------------------------------------------------------------------------------------------


def test_no_answer_is_kept_by_caches(sender: Sender) -> None:
    answers = [
        sender.post(ITEM),
        sender.get("cms-1"),
        sender.list(),
        sender.delete("cms-1"),
        sender.get("cms-1"),
        sender("GET", "/api/articles", Authorization=""),
        sender("PATCH", "/api/articles"),
        sender("GET", "/api/nothing"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 204, 410, 401, 405, 404]
    for answer in answers:
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Authorization")
        assert len(answer.headers.getlist("Access-Control-Allow-Origin")) == 1
    for answer in answers[4:]:
        assert answer.content_type == "application/problem+json"
    assert set(answers[6].headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_page_elsewhere_may_ask_beforehand(sender: Sender) -> None:
    answer = sender.client.options(one("cms-1"))
    assert answer.status_code == 200
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]


def test_a_store_that_is_out_of_reach_is_told_in_json(
    pressroom: Newsroom, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressroom.store.close()
    (pressroom.folder / "var").rename(pressroom.folder / "gone")
    answer = sender.post(ITEM)
    assert (answer.status_code, said(answer)["code"]) == (503, "store_unavailable")
    assert answer.headers["Retry-After"] == "60"
