"""What HTML of strangers may enter the store."""

import nh3
from hypothesis import given
from hypothesis import strategies as st

from feedsvc import markup

PARAGRAPHS = st.lists(
    st.text(st.characters(codec="utf-8") | st.sampled_from("<>&;/p\xa0\r\n\0 ")).map("<p>{}</p>".format), min_size=1
)


@given(PARAGRAPHS, st.sampled_from(["", "\n", "\n\n"]))
def test_what_is_taken_for_plain_is_what_the_cleaner_leaves_as_it_is(paragraphs: list[str], between: str) -> None:
    written = between.join(paragraphs)
    cleaner = nh3.Cleaner(tags=nh3.ALLOWED_TAGS, link_rel=None)
    if markup.harmless(written, None) == written:
        assert cleaner.clean(written) == written
