"""What an admin must be told: what stands against pages, sources and feeds.

Knows which findings are failures; hides nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from feedsvc.decide.identity import entries_of
from feedsvc.model import Alert, Change, Complaint, Harvest, Listing, Outcome, Reading, Run, Verdict

# A list of at least so many that keeps less than one in so many has not shrunk by itself.
_LONG = 8
_SHARPLY = 4
_DATES_LOST = 3


def standing_code(
    harvest: Harvest, previous: Reading | None, changes: Sequence[Change] = (), *, lists: bool = True
) -> tuple[str, str] | None:
    """Return the error code and message that stand against a page just read, None when it reads well.

    Nothing is ever removed from a feed for what a page does not show; the admin is told instead. ``changes`` are the
    decisions about the harvest. ``lists`` says whether the kind of source shows lists at all; of the others each page
    is an article, or a draft that is not for reading.
    """
    return next(_findings(harvest, len(previous.listed) if previous else 0, changes, lists=lists), None)


def _findings(harvest: Harvest, before: int, changes: Sequence[Change], *, lists: bool) -> Iterator[tuple[str, str]]:
    said = harvest.complaints[0].message if harvest.complaints and not harvest.entries else None
    stay = "the articles stay in the feeds (saved whole? site changed?)"
    if harvest.listing is not Listing.PRESENT and before:
        what = said or f"its news line is {'gone' if harvest.listing is Listing.MISSING else 'empty'}"
        yield "list_lost", f"{what}, and it listed {before} before; {stay}"
    elif before >= _LONG and _SHARPLY * len(harvest.entries) < before:
        yield "list_shrank", f"its news line shrank from {before} to {len(harvest.entries)}; {stay}"
    undated = sum(c.entry.published is None and c.before is not None and c.before.stated is not None for c in changes)
    if undated >= _DATES_LOST and 2 * undated > len(harvest.entries):
        yield "dates_lost", f"{undated} of its {len(harvest.entries)} entries had times before and have none now"
    if harvest.article is None and harvest.listing is Listing.MISSING:
        if said:
            yield "unreadable", said
        elif lists:
            what = "neither an article nor a news line was found on the page"
            yield "nothing_found", f"{what}; see what is read with `feedsvc preview`"


def alerts(runs: Iterable[Run]) -> tuple[Alert, ...]:
    """Return what stands against sources and feeds, given runs newest first: one alert for each whose last run failed.

    ``since`` is the start of the first run of the unbroken row of failures.
    """
    standing: dict[tuple[str, str], Alert] = {}
    well: set[tuple[str, str]] = set()
    for run in runs:
        key = (run.kind, run.name)
        if key in well:
            continue
        if run.outcome not in (Outcome.FAILED, Outcome.CRASHED):
            well.add(key)
        elif key in standing:
            standing[key] = replace(standing[key], since=run.started)
        else:
            standing[key] = Alert(run.code or str(run.outcome), run.name, run.started, run.message or str(run.outcome))
    return tuple(standing.values())


def counts(harvests: Iterable[tuple[Harvest, Sequence[Change]]], complaints: Sequence[Complaint]) -> Mapping[str, int]:
    """Return the counts of a refresh, all of them, zeros too."""
    pairs = tuple(harvests)
    verdicts = [change.verdict for _, changes in pairs for change in changes]
    entries = [entry for harvest, _ in pairs for entry in entries_of(harvest)]
    return {
        "snapshots": len(pairs),
        "entries": len(entries),
        "dated": sum(entry.published is not None for entry in entries),
        **{str(verdict): verdicts.count(verdict) for verdict in Verdict},
        "complaints": len(complaints),
    }
