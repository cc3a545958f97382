"""The files of an article: what was measured stays known until the source says otherwise."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc import decide
from feedsvc.model import Article, ArticleId, Change, Enclosure, Entry, Harvest, SourceName, Verdict
from feedsvc.service.measuring import unmeasured, with_lengths

NOW = datetime(2025, 2, 9, 6, 0, tzinfo=UTC)
A, B = "https://sea.example/a.jpg", "https://sea.example/b.jpg"
PHOTO = Enclosure(A, "image/jpeg", 51)
SOUND = Enclosure("https://sea.example/talk.mp3", "audio/mpeg")
MEASURED = Enclosure(SOUND.url, "audio/mpeg", 42)

URLS = st.sampled_from([A, B, SOUND.url, "https://sea.example/film", "/media/sea/own.jpg"])
KINDS = st.sampled_from(["", "image/jpeg", "audio/mpeg", "application/octet-stream", "application/pdf"])
FILES = st.builds(Enclosure, URLS, KINDS, st.sampled_from([None, None, 0, 7]))
ENTRIES = st.builds(
    lambda image, files: Entry("A ship came in", guid="sea-1", image=image, enclosures=tuple(files)),
    st.none() | URLS,
    st.lists(FILES, max_size=4, unique_by=lambda file: file.url),
)


def said(entry: Entry, *known: Article) -> Change:
    [change] = decide.decide(
        Harvest(entries=(entry,)),
        known,
        source=SourceName("sea"),
        previous=None,
        now=NOW + timedelta(hours=len(known)),
        mint=lambda: (ArticleId("a1"), "urn:a1"),
    )
    return change


def after(entry: Entry, *files: Enclosure, image: str | None = A, pinned: tuple[str, ...] = ()) -> Article | None:
    """Return the article with these files after another reading."""
    first = said(Entry("A ship came in", guid="sea-1", image=image, enclosures=files)).article
    assert first is not None
    before = Article(**{name: getattr(first, name) for name in first.__slots__} | {"pinned": pinned})
    return said(entry, before).article


def entry(image: str | None = None, *files: Enclosure) -> Entry:
    return Entry("A ship came in", guid="sea-1", image=image, enclosures=files)


def test_what_a_source_leaves_out_stays() -> None:
    for again in (entry(), entry(A), entry(A, SOUND)):
        changed = after(again, MEASURED, PHOTO)
        assert changed is not None
        assert changed.enclosures == (MEASURED, PHOTO)


def test_the_file_of_a_former_lead_image_goes_with_it() -> None:
    for again, left in ((entry(B), (MEASURED,)), (entry(B, SOUND), (MEASURED,)), (entry(B, PHOTO), (PHOTO,))):
        changed = after(again, MEASURED, PHOTO)
        assert changed is not None
        assert (changed.image, changed.enclosures) == (B, left)


def test_a_lead_image_set_by_hand_keeps_its_file() -> None:
    changed = after(entry(B, SOUND), PHOTO, pinned=("image",))
    assert changed is not None
    assert (changed.image, changed.enclosures) == (A, (SOUND, PHOTO))


def test_a_length_that_the_source_states_is_taken() -> None:
    stated = Enclosure(SOUND.url, "audio/mpeg", 43)
    changed = after(entry(A, stated), MEASURED)
    assert changed is not None
    assert changed.enclosures == (stated,)


@given(ENTRIES, ENTRIES, st.data())
def test_the_same_said_again_of_what_was_measured_is_no_edit(first: Entry, second: Entry, data: st.DataObject) -> None:
    """However much of an article could be measured, before or after it was edited."""

    def measured(change: Change) -> Article:
        assert change.article is not None
        files = {file.url: Enclosure(file.url, "image/png", 5) for file in unmeasured(change.article)}
        some = data.draw(st.sets(st.sampled_from(sorted(files)))) if files else set()
        return with_lengths(change.article, {url: files[url] for url in some})

    new = measured(said(first))
    assert said(first, new).verdict is Verdict.UNCHANGED
    edited = measured(said(second, new))
    assert said(second, edited).verdict is Verdict.UNCHANGED
    if first.image and second.image and first.image != second.image and not second.enclosures:
        assert first.image not in {file.url for file in edited.enclosures}
