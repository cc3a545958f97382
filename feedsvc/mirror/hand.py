"""Asking for addresses and writing what is said.

Knows what an answer of the web means for the file; hides how files are written. What was done is told, not noted: the
same is done by processes that have no ledger.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, TypeVar

from feedsvc.mirror.asking import ask
from feedsvc.mirror.files import ENDINGS, Files
from feedsvc.mirror.names import file_of, mark_beside
from feedsvc.service import Service

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

# What the web says to whoever asks for what is not there. The addresses themselves are none of ours.
MISSING, RETRACTED = "/404.html", "/410.html"
_NEXT = re.compile(rb'<link rel="next" href="([^"]+)"')

_Tag = TypeVar("_Tag")


class Deed(StrEnum):
    """What was done to a file."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    ABSENT = "absent"  # was to be removed, and was not there


@dataclass(frozen=True, slots=True)
class Errand:
    """Addresses to be written as they stand at one moment; with ``follow`` each with all the pages that follow it."""

    addresses: tuple[str, ...]
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about an address, by the names of files; nothing where the web could not answer just now.

    ``following`` is the address of the page that follows, where that was to be followed.
    """

    address: str
    deeds: tuple[tuple[str, Deed], ...] = ()
    following: str | None = None


class Hands(Protocol):
    """Whoever does errands."""

    def each(self, errands: Iterable[tuple[_Tag, Errand]]) -> Iterator[tuple[_Tag, Iterable[Done]]]:
        """Do errands, of which many may come; yield what was done for each in their order, beside what came with it."""


class Hand:
    """Does errands itself. ``before`` is called before each address, and may raise."""

    def __init__(
        self,
        service: Service,
        web: "WSGIApplication",
        files: Files,
        before: Callable[[], None],
    ) -> None:
        self._service = service
        self._web = web
        self._files = files
        self._before = before

    def each(self, errands: Iterable[tuple[_Tag, Errand]]) -> Iterator[tuple[_Tag, Iterable[Done]]]:
        """Do each errand while it is looked at; see :class:`Hands`."""
        for tag, errand in errands:
            yield tag, self.run(errand)

    def run(self, errand: Errand) -> Iterator[Done]:
        """Do an errand, address by address."""
        with self._service.public.still():
            for address in errand.addresses:
                following: str | None = address
                while following:
                    self._before()
                    done = self._write(following, follow=errand.follow)
                    yield done
                    following = done.following

    def _write(self, address: str, *, follow: bool) -> Done:
        reply, name = ask(self._web, address), file_of(address)
        if reply.status is HTTPStatus.OK or (address, reply.status) == (MISSING, HTTPStatus.NOT_FOUND):
            changed = self._files.write(name, reply.body, lambda: self._forms(address, reply.body))
            following = _following(address, reply.body) if follow else None
            return Done(address, ((name, _deed(changed=changed)),), following)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Done(address)
        deeds = [(name, Deed.REMOVED if self._files.remove(name) else Deed.ABSENT)]
        if reply.status is HTTPStatus.GONE:
            for beside, body in ((mark_beside(name), b""), (file_of(RETRACTED), reply.body)):
                if beside is not None:
                    deeds.append((beside, _deed(changed=self._files.write(beside, body, dict))))
        return Done(address, tuple(deeds))

    def _forms(self, address: str, body: bytes) -> Mapping[str, bytes]:
        """Return the compressed forms that the web has ready, and what it has not."""
        if address == MISSING:
            return {}
        forms: dict[str, bytes] = {}
        for coding in ENDINGS:
            reply = ask(self._web, address, coding)
            if reply.headers.get("content-encoding") == coding:
                forms[coding] = reply.body
        if "zstd" not in forms:
            import zstandard  # noqa: PLC0415 - costs 20 ms, and only a changed file needs it

            forms["zstd"] = zstandard.ZstdCompressor(level=3).compress(body)
        return {coding: form for coding, form in forms.items() if len(form) < len(body)}


def _deed(*, changed: bool) -> Deed:
    return Deed.WRITTEN if changed else Deed.UNCHANGED


def _following(address: str, body: bytes) -> str | None:
    found = _NEXT.search(body)
    return f"{address.partition('?')[0]}?{html.unescape(found[1].decode()).partition('?')[2]}" if found else None
