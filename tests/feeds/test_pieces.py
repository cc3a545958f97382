"""A document judged by its parts is judged as it would be as a whole."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import FEED, IDENTITY, SITE, article
from test_gate import BROKEN, GOOD

from feedsvc import feeds
from feedsvc.feeds import gate
from feedsvc.feeds.gate import pieces
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.written import Written
from feedsvc.model import Format

_ENTRIES = {
    Format.RSS: r"  <item>.*?</item>\n",
    Format.ATOM: r"  <entry.*?</entry>\n",
    Format.JSON: r"\{\"id\".*?\}(?=,\n|\n\])",
}
CUT = '<\U000a0000 xmlns=""/>'
_STRAY = (
    *("", "<", '"', "&#0;", "&lt;", "\xff", "\x7f", "\ufffe", "<item/>", "<entry/>", "<!--", "-->", "]]>", "<![CDATA["),
    *("</item><item>", "</entry><entry>", "</channel><channel>", "</feed><feed>", "</item></channel><channel><item>"),
    *("</channel></rss><rss><channel>", "<?x?>", 'xml:lang="en"', 'xmlns="x:"', 'xmlns:media="x:"', "&x;", "<x:y/>"),
    *(CUT, f"-->{CUT}<!--", f"<item/>{CUT}<item/>", f"<entry/>{CUT}<entry/>", f"</channel>{CUT}<channel>"),
    *('"\U000a0000"', ',"\U000a0000",', r',"\ud940\udc00",', r'"\ud940\udc00"', r"\b", "\U000a0000"),
    *("</item></entries><entries><item>", "</entries></feed><feed><entries>", "<place/>", "<![CDATA[<]]>"),
    *("{", "}", "},{", "]", '],"items":[', '\\ud800', '"id":"x",', "urn:x-news:1", "urn:x-news:0", ",", "null", "\n"),
)  # fmt: skip


def parted(form: Format, body: str) -> Written:
    """A document cut around its entries."""
    spans = [found.span() for found in re.finditer(_ENTRIES[form], body, re.DOTALL)]
    between = body[spans[0][1] : spans[1][0]]
    entries = tuple(body[start:end].encode() for start, end in spans)
    written = Written(body[: spans[0][0]].encode(), entries, body[spans[-1][1] :].encode(), between.encode())
    assert written.body == body.encode()
    return written


def is_blocked(written: Written, form: Format) -> bool:
    return any(finding.blocks for finding in gate.findings(written.body, form))


@pytest.fixture
def forgetful(monkeypatch):
    monkeypatch.setattr(pieces, "_known", Memory(1_000_000))


@pytest.mark.parametrize("form", Format)
def test_a_good_document_passes_by_its_parts_and_again_when_they_are_known(form, forgetful):
    written = parted(form, GOOD[form])
    assert len(written.entries) == 2
    assert gate.passes(written, form)
    assert gate.passes(written, form)


@pytest.mark.parametrize(("form", "good", "bad", "rule"), BROKEN)
def test_a_document_that_breaks_a_rule_passes_only_where_the_rule_is_but_told(form, good, bad, rule):
    gate.passes(parted(form, GOOD[form]), form)
    try:
        written = parted(form, GOOD[form].replace(good, bad))
    except (IndexError, AssertionError):
        return  # it cannot be cut: the house would not have written it
    assert not (gate.passes(written, form) and is_blocked(written, form))


@pytest.mark.parametrize("form", Format)
def test_entries_of_one_id_do_not_pass_together(form, forgetful):
    written = parted(form, GOOD[form])
    one, other = written.entries
    assert gate.passes(replace(written, entries=(one,)), form)
    assert not gate.passes(replace(written, entries=(one, other, one)), form)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("by", [-30, -6, 30])
def test_entries_that_are_whole_only_together_do_not_pass(form, by, forgetful):
    written = parted(form, GOOD[form])
    both = b"".join(written.entries) if form is not Format.JSON else written.between.join(written.entries)
    cut = len(written.entries[0]) + by
    assert not gate.passes(replace(written, entries=(both[:cut], both[cut:])), form)


@settings(max_examples=1000)
@given(st.sampled_from(list(Format)), st.data())
def test_whatever_is_mangled_what_passes_by_its_parts_passes_as_a_whole(form, data):
    written = parted(form, GOOD[form])
    parts = [written.head, *written.entries, written.tail]
    for _ in range(data.draw(st.integers(1, 2))):
        which = data.draw(st.integers(0, len(parts) - 1))
        # Where something begins or ends, more often than anywhere.
        edges = [0, len(parts[which]), *(found.start() for found in re.finditer(rb"[<>\"{}]", parts[which]))]
        start = data.draw(st.sampled_from(edges) | st.integers(0, len(parts[which])))
        end = start + data.draw(st.sampled_from([0, 0, 0, 1, 8]))
        parts[which] = parts[which][:start] + data.draw(st.sampled_from(_STRAY)).encode() + parts[which][end:]
    mangled = replace(written, head=parts[0], entries=tuple(parts[1:-1]), tail=parts[-1])
    if gate.passes(mangled, form):
        assert not is_blocked(mangled, form)


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_an_entry_that_passed_is_judged_anew_where_its_names_mean_something_else(form, forgetful):
    written = parted(form, GOOD[form])
    assert gate.passes(written, form)
    strange = replace(written, head=written.head.replace(b"http://search.yahoo.com/mrss/", b"urn:x-other:names"))
    assert gate.passes(strange, form) == (not is_blocked(strange, form))
    unbound = replace(written, head=written.head.replace(b"xmlns:media", b"xmlns:other"))
    assert not gate.passes(unbound, form)


@pytest.mark.parametrize("form", Format)
def test_an_entry_that_begins_as_one_that_passed_is_judged_by_all_of_it(form, forgetful):
    written = parted(form, GOOD[form])
    assert gate.passes(written, form)
    for entry in written.entries:
        for place in range(len(entry)):
            other = entry[:place] + b"\x7f" + entry[place + 1 :]
            assert not gate.passes(replace(written, entries=(other,)), form)


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_an_entry_is_known_wherever_it_passed_and_nowhere_else(form, forgetful, monkeypatch):
    written = parted(form, GOOD[form])
    more = replace(written, head=written.head.replace(b" xmlns:", b' xmlns:x="urn:x-other:names" xmlns:', 1))
    judged = []
    surely = pieces._judged
    monkeypatch.setattr(pieces, "_judged", lambda whole, new, *rest: (judged.append(new), surely(whole, new, *rest))[1])
    everything, nothing = list(written.entries), []
    for document, expected in (
        (written, [everything]),
        (more, [nothing, everything]),
        (written, [nothing]),
        (more, [nothing]),
    ):
        judged.clear()
        assert gate.passes(document, form)
        assert judged == expected


@pytest.mark.parametrize("form", Format)
def test_who_writes_a_cut_is_judged_as_a_whole(form, forgetful):
    written = parted(form, GOOD[form])
    one, other = written.entries
    cut = pieces._JSON_CUT if form is Format.JSON else pieces._XML_CUT
    for entries in ((one + cut + other,), (one + cut, other), (cut.strip(b",") + one, other), (one, cut, other)):
        assert not gate.passes(replace(written, entries=entries), form)
    assert not gate.passes(replace(written, head=written.head + cut, entries=()), form)
    # JSON can also spell it by its numbers, and hide another within an entry.
    spelt = rb'{"id": "a"},"\ud940\udc00",{"id": "b"}'
    assert not gate.passes(replace(written, entries=(one, spelt, b'{"id": [{}', b"{}]}")), form)


@pytest.mark.parametrize("form", Format)
def test_only_new_entries_are_judged(form, forgetful, monkeypatch):
    window = [article(number) for number in range(6)]
    feeds.render(FEED, form, window[1:], SITE, IDENTITY, ttl_s=300)
    asked = []
    judged = pieces._judged
    monkeypatch.setattr(pieces, "_judged", lambda whole, new, *rest: (asked.extend(new), judged(whole, new, *rest))[1])
    monkeypatch.setattr(gate, "findings", None)  # nothing is judged as a whole
    feeds.render(FEED, form, window, SITE, IDENTITY, ttl_s=300)
    (entry,) = asked
    assert window[0].guid.encode() in entry
