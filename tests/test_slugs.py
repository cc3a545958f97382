"""The words of permalinks and labels."""

import pytest

from feedsvc.text import slug


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("The Ferry: back at last!", "the-ferry-back-at-last"),
        ("Şəhər xəbərləri: İstək, Ərzaq", "seher-xeberleri-istek-erzaq"),
        ("Новости порта", "novosti-porta"),
        ("Ειδήσεις", "eideseis"),
        ("…", "article"),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)
def test_a_title_in_any_script_has_readable_ascii_words(title: str, words: str) -> None:
    assert slug(title) == words
