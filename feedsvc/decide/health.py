"""What an admin must be told: what stands against pages, sources and feeds.

Knows which findings are failures; hides nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from feedsvc.decide.identity import entries_of
from feedsvc.model import Alert, Change, Complaint, Harvest, Listing, Outcome, Reading, Run, Verdict

# A list of at least so many that keeps less than one in so many has not shrunk by itself.
_LONG = 8
_SHARPLY = 4


def standing_code(harvest: Harvest, previous: Reading | None, *, lists: bool = True) -> tuple[str, str] | None:
    """Return the error code and message that stand against a page just read, None when it reads well.

    Nothing is ever removed from a feed for what a page does not show; the admin is told instead. ``lists`` says whether
    the kind of source shows lists at all; of the others each page is an article, or a draft that is not for reading.
    """
    before = len(previous.listed) if previous else 0
    said = harvest.complaints[0].message if harvest.complaints and not harvest.entries else None
    if harvest.listing is not Listing.PRESENT and before:
        what = said or f"its news line is {'gone' if harvest.listing is Listing.MISSING else 'empty'}"
        return (
            "list_lost",
            f"{what}, and it listed {before} before; the articles stay in the feeds (saved whole? site changed?)",
        )
    if before >= _LONG and _SHARPLY * len(harvest.entries) < before:
        shrank = f"its news line shrank from {before} to {len(harvest.entries)}"
        return "list_shrank", f"{shrank}; the articles stay in the feeds (saved whole? site changed?)"
    if harvest.article is not None or harvest.listing is not Listing.MISSING:
        return None
    if said:
        return "unreadable", said
    if not lists:
        return None
    return (
        "nothing_found",
        "neither an article nor a news line was found on the page; see what is read with `feedsvc preview`",
    )


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
