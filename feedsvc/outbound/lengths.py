"""How long a file is, as its server says without sending it.

Knows the headers that tell a length (RFC 9110 §8.6, §14.4); hides which of them an answer is to be read by.
"""

from http import HTTPStatus

from feedsvc.outbound.request import Answer

# What servers answer that will not hear of HEAD: signed addresses are signed for GET alone, and get 403.
HEAD_REFUSED = frozenset({400, 403, 405, 501})
OF_FILES = frozenset({200, 203, 206})
_MOST_DIGITS = 15


def length_of(answer: Answer) -> int | None:
    """Return the bytes of the whole file; None when the answer does not tell, or tells those of a coded one.

    A length of 0 is one that the server did not know either.
    """
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return None
    told = answer.headers.get("content-length", "")
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        unit, _, span = answer.headers.get("content-range", "").strip().partition(" ")
        told = span.rpartition("/")[2] if unit.lower() == "bytes" else ""
    told = told.strip()
    known = told.isascii() and told.isdecimal() and len(told) <= _MOST_DIGITS
    return (int(told) or None) if known and answer.status in OF_FILES else None
