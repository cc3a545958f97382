"""Micropub: the checks of micropub.rocks for servers, by their numbers, as far as they go without a media endpoint.

Where a check wants a person to look at the post, its page is looked at here.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import html
from pushroom import BASE, CONFIG, ITEM, Newsroom, Sender, said
from werkzeug.test import TestResponse

SUNSET, CITY = "https://media.example.org/sunset.jpg", "https://media.example.org/city-at-night.jpg"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


class Editor:
    """A Micropub client with a token."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.client = sender.client

    def form(self, fields: str | list[tuple[str, str]], **headers: str) -> TestResponse:
        body = fields if isinstance(fields, str) else urlencode(fields)
        return self._sender("POST", "/micropub", body=body, **{"Content_Type": FORM, **headers})

    def json(self, body: Any, **headers: str) -> TestResponse:
        return self._sender("POST", "/micropub", body=body, **headers)

    def query(self, query: list[tuple[str, str]]) -> TestResponse:
        return self._sender("GET", f"/micropub?{urlencode(query)}", Content_Type="")

    def source(self, url: str) -> dict[str, Any]:
        answer = self.query([("q", "source"), ("url", url)])
        assert answer.status_code == 200
        properties: dict[str, Any] = said(answer)["properties"]
        return properties

    def page(self, url: str) -> Any:
        answer = self.client.get(url.removeprefix(BASE))
        assert answer.status_code == 200
        return html.document_fromstring(answer.get_data(as_text=True))


@pytest.fixture
def editor(sender: Sender) -> Editor:
    return Editor(sender)


def post(**properties: list[Any]) -> dict[str, Any]:
    return {"type": ["h-entry"], "properties": properties}


def created(answer: TestResponse) -> str:
    """The address of a post that was just made."""
    assert (answer.status_code, answer.get_data()) == (201, b"")
    return answer.headers["Location"]


# --- 100s, 200s: creating ---------------------------------------------------------------------------------------------


def test_100_a_post_is_created_by_a_form(pressroom: Newsroom, editor: Editor) -> None:
    url = created(editor.form("h=entry&content=Micropub+test+of+creating+a+basic+h-entry"))
    assert editor.page(url).cssselect("h1")[0].text == "Micropub test of creating a basic h-entry"
    assert [item["url"] for item in pressroom.feed()] == [url]


def test_101_several_categories_come_in_brackets(pressroom: Newsroom, editor: Editor) -> None:
    created(editor.form("h=entry&content=Two+categories&category[]=test1&category[]=test2"))
    assert pressroom.feed()[0]["tags"] == ["test1", "test2"]


@pytest.mark.parametrize("form", [True, False])
def test_104_203_a_photo_comes_by_its_address(editor: Editor, form: bool) -> None:
    fields = urlencode({"h": "entry", "content": "A photo of a sunset", "photo": SUNSET})
    answer = editor.form(fields) if form else editor.json(post(content=["A photo of a sunset"], photo=[SUNSET]))
    url = created(answer)
    assert [image.get("src") for image in editor.page(url).cssselect(".body img")] == [SUNSET]
    assert (editor.source(url)["photo"], editor.source(url)["content"]) == ([SUNSET], ["A photo of a sunset"])


def test_107_one_category_needs_no_brackets(pressroom: Newsroom, editor: Editor) -> None:
    created(editor.form("h=entry&content=One+category&category=test1"))
    assert pressroom.feed()[0]["tags"] == ["test1"]


def test_200_201_a_post_is_created_by_json(pressroom: Newsroom, editor: Editor) -> None:
    created(editor.json(post(content=["Micropub test"], category=["test1", "test2"])))
    assert pressroom.feed()[0]["tags"] == ["test1", "test2"]


def test_202_html_is_shown_as_html(editor: Editor) -> None:
    written = "<p>This post has <b>bold</b> and <i>italic</i> text.</p>"
    url = created(editor.json(post(content=[{"html": written}])))
    assert editor.page(url).cssselect(".body b")[0].text == "bold"
    assert editor.source(url)["content"] == [{"html": written}]


def test_204_a_nested_object_that_is_not_known_is_left(pressroom: Newsroom, editor: Editor) -> None:
    checkin = {"type": ["h-card"], "properties": {"name": ["Los Gorditos"], "latitude": [45.524330801154]}}
    created(editor.json(post(published=["2024-05-31T12:03:36-07:00"], content=["Lunch meeting"], checkin=[checkin])))
    [item] = pressroom.feed()
    assert (item["title"], item["date_published"]) == ("Lunch meeting", "2024-05-31T19:03:36+00:00")


def test_205_206_photos_keep_their_order_and_their_words(editor: Editor) -> None:
    photos = [{"value": SUNSET, "alt": 'A "sunset" & more'}, CITY]
    url = created(editor.json(post(content=["Two photos"], photo=photos)))
    images = editor.page(url).cssselect(".body img")
    assert [(image.get("src"), image.get("alt")) for image in images] == [(SUNSET, 'A "sunset" & more'), (CITY, "")]
    assert editor.source(url)["photo"] == photos


# --- 300s: multipart --------------------------------------------------------------------------------------------------


def test_multipart_is_a_form_too(pressroom: Newsroom, sender: Sender) -> None:
    fields = {"h": "entry", "content": "In parts", "category[]": ["a", "b"], "access_token": sender.secret}
    answer = sender.client.post("/micropub", data=fields, content_type="multipart/form-data")
    created(answer)
    assert pressroom.feed()[0]["tags"] == ["a", "b"]


def test_300_files_are_refused_with_what_to_do_instead(pressroom: Newsroom, sender: Sender) -> None:
    from io import BytesIO

    fields = {"h": "entry", "content": "A photo", "photo": (BytesIO(b"GIF89a"), "a.gif"), "access_token": sender.secret}
    answer = sender.client.post("/micropub", data=fields, content_type="multipart/form-data")
    assert (answer.status_code, said(answer)) == (
        400,
        {
            "error": "invalid_request",
            "error_description": "files are not taken here; send the address of the photo",
        },
    )
    assert pressroom.articles() == ()


# --- 400s: updating ---------------------------------------------------------------------------------------------------


def test_400_a_property_is_replaced(editor: Editor) -> None:
    url = created(editor.json(post(content=["Micropub update test. This text should be replaced."], category=["a"])))
    new = "This is the updated text. If you can see this you passed the test!"
    answer = editor.json({"action": "update", "url": url, "replace": {"content": [new]}})
    moved = created(answer)  # a note's headline is its text, and its address tells it
    assert moved.startswith(url.rpartition("/")[0])
    assert editor.source(url)["content"] == [new]
    assert editor.source(moved)["category"] == ["a"]
    assert editor.page(moved).cssselect("h1")[0].text == new


@pytest.mark.parametrize(
    ("had", "changes", "has"),
    [
        (["test1"], {"add": {"category": ["test2"]}}, ["test1", "test2"]),
        ([], {"add": {"category": ["test1"]}}, ["test1"]),
        (["test1", "test2"], {"delete": {"category": ["test2"]}}, ["test1"]),
        (["test1"], {"delete": {"category": ["test1"]}}, None),
        (["test1", "test2"], {"delete": ["category"]}, None),
        (["a", "b"], {"add": {"category": ["b", "c"]}, "delete": {"category": ["a"]}}, ["b", "c"]),
        (["a"], {"replace": {"category": ["b"]}, "delete": ["summary", "unknown"]}, ["b"]),
    ],
)
def test_401_402_403_404_values_are_added_and_removed(
    pressroom: Newsroom, editor: Editor, had: list[str], changes: dict, has: list[str] | None
) -> None:
    url = created(editor.json(post(name=["A post"], content=["Its text"], category=had)))
    before = pressroom.articles()[0]
    answer = editor.json({"action": "update", "url": url, **changes})
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert editor.source(url).get("category") == has
    after = pressroom.articles()[0]
    assert (after.title, after.body, after.published, after.stated, after.guid) == (
        before.title,
        before.body,
        before.published,
        before.stated,
        before.guid,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"replace": "This is not a valid update request."},
        {"replace": {"content": "no list"}},
        {"add": ["category"]},
        {"delete": "category"},
        {"delete": [["category"]]},
        {},
    ],
)
def test_405_changes_that_are_no_lists_are_refused(editor: Editor, changes: dict) -> None:
    url = created(editor.json(post(content=["Micropub update test #405."])))
    answer = editor.json({"action": "update", "url": url, **changes})
    assert (answer.status_code, said(answer)["error"]) == (400, "invalid_request")
    assert editor.source(url)["content"] == ["Micropub update test #405."]


def test_an_update_leaves_alone_what_has_no_property(pressroom: Newsroom, sender: Sender, editor: Editor) -> None:
    url = said(sender.post(ITEM))["permalink"]
    before = pressroom.article()
    assert editor.json({"action": "update", "url": url, "add": {"category": ["new"]}}).status_code == 204
    after = pressroom.article()
    assert after.tags == (*before.tags, "new")
    for name in ("link", "section", "body", "summary", "image", "enclosures", "language", "authors", "stated"):
        assert getattr(after, name) == getattr(before, name)


def test_an_update_that_changes_nothing_writes_nothing(pressroom: Newsroom, sender: Sender, editor: Editor) -> None:
    urls = [said(sender.post(ITEM))["permalink"]]
    urls.append(created(editor.json(post(content=["A note\nin two lines"], photo=[SUNSET], summary=["Short"]))))
    urls.append(created(editor.json(post(content=[{"html": "<ul><li>a</li></ul>"}], name=["T"], author=["Ada"]))))
    before = pressroom.articles()
    for url in urls:
        assert editor.json({"action": "update", "url": url, "delete": ["unknown"]}).status_code == 204
    assert pressroom.articles() == before


def test_the_time_of_a_post_that_is_kept_back_can_be_moved(pressroom: Newsroom, editor: Editor) -> None:
    created(editor.json(post(name=["Later"], content=["Text"], published=["2025-02-09T12:00:00"])))
    [article] = _promised(pressroom)
    assert article.embargo is not None
    assert article.embargo.isoformat() == "2025-02-09T08:00:00+00:00", "without an offset it is the source's time"
    url = f"{BASE}/articles/{article.id}/later"
    editor.json({"action": "update", "url": url, "replace": {"published": ["2025-02-09T11:30:00+04:00"]}})
    assert [a.embargo and a.embargo.isoformat() for a in _promised(pressroom)] == ["2025-02-09T07:30:00+00:00"]


def _promised(pressroom: Newsroom) -> Any:
    with pressroom.store.read() as tx:
        return tx.articles.embargoed()


# --- 500s: deleting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [True, False])
def test_500_to_503_a_post_is_deleted_and_undeleted(pressroom: Newsroom, editor: Editor, form: bool) -> None:
    def act(action: str) -> int:
        asked = {"action": action, "url": url}
        return (editor.form(urlencode(asked)) if form else editor.json(asked)).status_code

    url = created(editor.form("h=entry&content=This+post+will+be+deleted+when+the+test+succeeds."))
    assert act("delete") == 204
    assert (editor.client.get(url.removeprefix(BASE)).status_code, pressroom.feed()) == (410, [])
    assert act("delete") == 204
    assert act("undelete") == 204
    assert editor.page(url).cssselect("h1")[0].text == "This post will be deleted when the test succeeds."
    assert [item["url"] for item in pressroom.feed()] == [url]
    assert act("undelete") == 204


def test_what_the_admin_retracted_is_not_undeleted(pressroom: Newsroom, editor: Editor) -> None:
    url = created(editor.form("h=entry&content=Taken+away"))
    pressroom.service.desk.retract(pressroom.articles()[0].id)
    answer = editor.json({"action": "undelete", "url": url})
    assert (answer.status_code, said(answer)["error"]) == (400, "invalid_request")
    assert pressroom.feed() == []


# --- 600s: querying ---------------------------------------------------------------------------------------------------


def test_600_601_there_is_nothing_to_syndicate_to(editor: Editor) -> None:
    config = editor.query([("q", "config")])
    assert (config.status_code, said(config)) == (
        200,
        {"syndicate-to": [], "q": ["config", "source", "syndicate-to"]},
    )
    assert said(editor.query([("q", "syndicate-to")])) == {"syndicate-to": []}


def test_602_603_the_source_of_a_post_is_told_whole_or_in_part(pressroom: Newsroom, editor: Editor) -> None:
    content = "Test of querying the endpoint for the source content"
    url = created(editor.json(post(content=[content], category=["micropub", "test"])))
    answer = editor.query([("q", "source"), ("url", url)])
    assert said(answer) == {
        "type": ["h-entry"],
        "properties": {
            "content": [content],
            "category": ["micropub", "test"],
            "published": [pressroom.articles()[0].published.isoformat()],
            "uid": [pressroom.articles()[0].source_guid],
        },
    }
    some = editor.query([("q", "source"), ("properties[]", "content"), ("properties[]", "category"), ("url", url)])
    assert said(some) == {"properties": {"content": [content], "category": ["micropub", "test"]}}
    one = editor.query([("q", "source"), ("properties", "content"), ("url", url)])
    assert said(one) == {"properties": {"content": [content]}}


@pytest.mark.parametrize(
    "query", ["", "q=everything", "q=source", "q=source&url=https://elsewhere.example.org/articles/x"]
)
def test_a_query_that_cannot_be_answered_is_a_bad_request(sender: Sender, query: str) -> None:
    answer = sender("GET", f"/micropub?{query}")
    assert (answer.status_code, said(answer)["error"]) == (400, "invalid_request")


# --- 800s: tokens -----------------------------------------------------------------------------------------------------


def test_801_802_the_token_may_come_in_the_form_and_is_not_stored(sender: Sender, editor: Editor) -> None:
    fields = [("h", "entry"), ("content", "Testing the token in the body"), ("access_token", sender.secret)]
    url = created(editor.form(fields, Authorization=""))
    assert sender.secret not in json.dumps(editor.source(url))
    assert editor.source(url)["content"] == ["Testing the token in the body"]


@pytest.mark.parametrize("given", ["", "Bearer feedsvc_guessed"])
def test_803_804_without_a_good_token_nothing_is_created(pressroom: Newsroom, editor: Editor, given: str) -> None:
    answers = [
        editor.form("h=entry&content=No+post", Authorization=given),
        editor.json(post(content=["No post"]), Authorization=given),
    ]
    for answer in answers:
        assert (answer.status_code, said(answer)["error"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert pressroom.articles() == ()


def test_805_a_token_in_two_places_is_a_bad_request(pressroom: Newsroom, sender: Sender, editor: Editor) -> None:
    answer = editor.form([("h", "entry"), ("content", "No post"), ("access_token", sender.secret)])
    assert (answer.status_code, said(answer)["error"]) == (400, "invalid_request")
    assert pressroom.articles() == ()


def test_posts_of_another_source_are_forbidden(pressroom: Newsroom, editor: Editor) -> None:
    url = created(editor.form("h=entry&content=Mine"))
    other = Editor(pressroom.sender("blog"))
    for asked in ({"action": "delete"}, {"action": "update", "replace": {"content": ["Yours"]}}):
        answer = other.json({**asked, "url": url})
        assert (answer.status_code, said(answer)["error"]) == (403, "forbidden")
    assert other.query([("q", "source"), ("url", url)]).status_code == 403
    assert len(pressroom.feed()) == 1


def test_posts_of_another_source_that_are_kept_back_are_not_there(pressroom: Newsroom, editor: Editor) -> None:
    url = created(editor.json(post(content=["Secret"], published=["2025-03-01T00:00:00Z"])))
    answer = Editor(pressroom.sender("blog")).json({"action": "delete", "url": url})
    assert (answer.status_code, said(answer)["error"]) == (400, "invalid_request")


# --- beside them ------------------------------------------------------------------------------------------------------


def test_a_title_is_a_title_and_the_rest_stays_as_it_was_sent(pressroom: Newsroom, editor: Editor) -> None:
    url = created(
        editor.json(
            post(
                name=["A title"],
                summary=["In short"],
                content=["First.\n\nSecond <b>."],
                author=[{"type": ["h-card"], "properties": {"name": ["Ada Example"]}}, "Ben"],
                uid=["my-1"],
                featured=[SUNSET],
            )
        )
    )
    article = pressroom.article("my-1")
    assert (article.title, article.body, article.authors, article.image) == (
        "A title",
        "<p>First.</p><p>Second &lt;b&gt;.</p>",
        ("Ada Example", "Ben"),
        SUNSET,
    )
    source = editor.source(url)
    assert (source["name"], source["content"], source["featured"], source["uid"]) == (
        ["A title"],
        ["First.\n\nSecond <b>."],
        [SUNSET],
        ["my-1"],
    )


def test_the_same_note_twice_is_two_posts_unless_a_key_says_otherwise(pressroom: Newsroom, editor: Editor) -> None:
    note = post(content=["Hello World"])
    assert created(editor.json(note)) != created(editor.json(note))
    assert created(editor.json(note, Idempotency_Key="k")) == created(editor.json(note, Idempotency_Key="k"))
    assert len(pressroom.articles()) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (post(), "name is missing, and there is no text to take its place"),
        (post(category=["x"], photo=[SUNSET]), "name is missing, and there is no text to take its place"),
        (post(content=["Text"], photo=["/sunset.jpg"]), "photo must be a whole web address"),
        (post(content=["Text"], published=["tomorrow"]), "published must be a time with its offset"),
        (post(content=["Text"], **{"post-status": ["draft"]}), "post-status can only be published"),
        (post(content=["Text"], visibility=["private"]), "visibility can only be public"),
        ({"type": ["h-event"], "properties": {"name": ["E"]}}, "only posts of the type h-entry are taken"),
        ({"type": "h-card", "properties": {"name": ["E"]}}, "only posts of the type h-entry are taken"),
        ({"properties": {"content": "Text"}}, "properties is an object whose values are lists"),
        ({"properties": [1]}, "properties is an object whose values are lists"),
        ({"action": "publish", "url": "x"}, "action is update, delete or undelete"),
        ({"action": ["delete"]}, "action and url are text"),
        ({"action": "delete"}, "url is missing, or no permalink of this site"),
        ({"action": "delete", "url": f"{BASE}/articles/neverminted"}, "there is no article 'neverminted'"),
        ([1], "the body is an object"),
        ("{", "The body is no JSON"),
    ],
)
def test_what_cannot_be_done_is_told(pressroom: Newsroom, editor: Editor, body: Any, words: str) -> None:
    answer = editor.json(body)
    assert (answer.status_code, said(answer)["error"]) == (400, "invalid_request")
    assert said(answer)["error_description"].startswith(words)
    assert pressroom.articles() == ()


def test_updates_by_form_and_other_media_types_are_refused(editor: Editor) -> None:
    assert editor.form("action=update&url=x").status_code == 400
    assert editor.form("h=event&name=E").status_code == 400
    assert editor.json("x", Content_Type="text/plain").status_code == 415
    assert editor.form("content=" + "x" * 1_000_001).status_code == 413


def test_commands_and_unknown_properties_are_left(pressroom: Newsroom, editor: Editor) -> None:
    created(editor.form("content=Hello&mp-syndicate-to=https://social.example.org&mp-slug=x&in-reply-to=y&like-of=z"))
    assert [item["title"] for item in pressroom.feed()] == ["Hello"]


def test_the_text_is_made_safe(editor: Editor) -> None:
    url = created(editor.json(post(name=["T"], content=[{"html": "<p onclick='x'>A<script>b</script></p>"}])))
    assert editor.source(url)["content"] == ["A"]


def test_answers_are_for_the_editor_alone(editor: Editor) -> None:
    for answer in (
        editor.query([("q", "config")]),
        editor.form("content=A"),
        editor.json({}),
        editor.client.put("/micropub"),
    ):
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Authorization")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in editor.client.options("/micropub").headers["Access-Control-Allow-Headers"]


def test_the_front_page_names_the_endpoint_while_there_is_a_source_to_push_to(pressroom: Newsroom) -> None:
    def named() -> list[str]:
        page = html.document_fromstring(pressroom.client.get("/").get_data(as_text=True))
        return [link.get("href") for link in page.cssselect("head link[rel=micropub]")]

    assert named() == [f"{BASE}/micropub"]
    pressroom.reconfigure(CONFIG.replace('kind = "push"', 'kind = "page-text"\npath = "x"'))
    pressroom.restart_web()
    assert named() == []
