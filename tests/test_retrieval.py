"""Files of a pattern become snapshots when they are whole, and complaints when they cannot be read."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.model import Complaint, Reading, SourceName
from feedsvc.sources.retrieval import Retrieved, retrieve

LONG_AGO_S = 1_700_000_000


def put(path: Path, body: bytes = b"A page\n", at: float = LONG_AGO_S) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (at, at))
    return path


def reading_of(path: Path, origin: str) -> Reading:
    state = path.stat()
    return Reading(
        SourceName("s"), origin, "digest", state.st_size, state.st_mtime_ns, datetime.fromtimestamp(state.st_mtime, UTC)
    )


def all_of(pattern: str, folder: Path, known: dict[str, Reading] | None = None, **limits: float) -> list[object]:
    return list(retrieve(pattern, known or {}, folder=folder, **limits))


def articles(folder: Path) -> list[object]:
    found = retrieve("desk", {}, folder=folder, files={".md"})
    return [each.origin if isinstance(each, Retrieved) else each for each in found]


def only(pattern: str, folder: Path, **limits: float) -> object:
    (found,) = all_of(pattern, folder, **limits)
    return found


def origins(pattern: str, folder: Path) -> list[str]:
    return [found.origin for found in all_of(pattern, folder) if isinstance(found, Retrieved)]


@contextmanager
def writer(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has written half a page and holds the file open; close its stdin and it writes the rest."""
    program = (
        "import sys\n"
        "with open(sys.argv[1], 'wb', buffering=0) as file:\n"
        "    file.write(b'first half, '); print('half', flush=True); sys.stdin.read(); file.write(b'second half')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        try:
            yield process
        finally:
            process.communicate()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="feedsvc-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def as_nobody() -> Iterator[None]:
    """Run as a user without privileges; where the tests run as one already, that is enough."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# --- snapshots --------------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_snapshot_of_its_bytes_and_its_own_time(tmp_path):
    path = put(tmp_path / "inbox/page.txt", "Straße\n".encode(), at=1_700_000_000.25)
    found = only("inbox/*.txt", tmp_path)
    assert isinstance(found, Retrieved)
    assert found.snapshot.body == "Straße\n".encode()
    assert found.snapshot.taken_at == datetime(2023, 11, 14, 22, 13, 20, 250_000, UTC)
    assert (found.origin, found.size, found.mtime_ns) == ("inbox/page.txt", 8, path.stat().st_mtime_ns)


def test_bytes_that_are_no_text_are_left_to_the_reader(tmp_path):
    put(tmp_path / "page.txt", b"\x00\xff\xfe")
    assert only("page.txt", tmp_path).snapshot.body == b"\x00\xff\xfe"


def test_the_longest_untouched_comes_first_then_the_name_decides(tmp_path):
    for name, at in (("d", 30), ("c", 10), ("b", 20), ("a", 20)):
        put(tmp_path / f"{name}.txt", at=LONG_AGO_S + at)
    assert origins("*.txt", tmp_path) == ["c.txt", "a.txt", "b.txt", "d.txt"]


def test_an_untouched_file_yields_its_reading_without_being_opened(open_folder):
    path = put(open_folder / "page.txt")
    path.chmod(0)  # nobody can open it, so a reading proves that nobody did
    reading = reading_of(path, "page.txt")
    with as_nobody():
        assert all_of("*.txt", open_folder, {"page.txt": reading}) == [reading]


@pytest.mark.parametrize("touch", ["size", "time"])
def test_a_file_whose_size_or_time_moved_is_read_again(tmp_path, touch):
    path = put(tmp_path / "page.txt")
    reading = reading_of(path, "page.txt")
    put(path, b"A page" if touch == "size" else b"A page\n", at=LONG_AGO_S + (touch == "time"))
    (found,) = all_of("*.txt", tmp_path, {"page.txt": reading})
    assert isinstance(found, Retrieved)


def test_reading_changes_neither_the_file_nor_its_times(tmp_path):
    path = put(tmp_path / "page.txt")
    before = path.stat()
    only("page.txt", tmp_path)
    after = path.stat()
    assert path.read_bytes() == b"A page\n"
    assert (before.st_mtime_ns, before.st_ctime_ns, before.st_mode) == (
        after.st_mtime_ns,
        after.st_ctime_ns,
        after.st_mode,
    )


def test_bodies_are_read_only_when_they_are_asked_for(tmp_path):
    put(tmp_path / "a.txt", at=LONG_AGO_S)
    second = put(tmp_path / "b.txt", at=LONG_AGO_S + 1)
    walk = retrieve("*.txt", {}, folder=tmp_path)
    assert isinstance(next(walk), Retrieved)
    second.unlink()
    assert next(walk) == Complaint("b.txt", "vanished while it was being read")


# --- patterns and origins ---------------------------------------------------------------------------------------------


def test_an_origin_outside_the_folder_is_absolute(tmp_path):
    path = put(tmp_path / "elsewhere/page.txt")
    (tmp_path / "home").mkdir()
    assert origins("../elsewhere/*.txt", tmp_path / "home") == [str(path)]


def test_an_absolute_pattern_into_the_folder_gives_relative_origins(tmp_path):
    put(tmp_path / "inbox/page.txt")
    assert origins(f"{tmp_path}/inbox/*", tmp_path) == ["inbox/page.txt"]


def test_two_stars_span_folders_and_do_not_complain_of_them(tmp_path):
    put(tmp_path / "inbox/a.txt", at=LONG_AGO_S)
    put(tmp_path / "inbox/2024/b.txt", at=LONG_AGO_S + 1)
    assert [found.origin for found in all_of("inbox/**", tmp_path)] == ["inbox/a.txt", "inbox/2024/b.txt"]


@pytest.mark.parametrize("pattern", ["inbox/**/*.txt", "./inbox/**/*.txt", "**/*.txt", "{}/inbox/**/*.txt"])
def test_two_stars_go_into_no_linked_folder_and_nothing_hidden(tmp_path: Path, pattern: str) -> None:
    put(tmp_path / "inbox/2024/a.txt")
    put(tmp_path / "inbox/.trash/b.txt")
    put(tmp_path / "inbox/2024/.c.txt")
    (tmp_path / "inbox" / "self").symlink_to(".")
    (tmp_path / "inbox" / "2024" / "up").symlink_to("..")
    assert [found.origin for found in all_of(pattern.format(tmp_path), tmp_path)] == ["inbox/2024/a.txt"]


def test_two_stars_show_what_is_hidden_where_the_pattern_names_it(tmp_path: Path) -> None:
    put(tmp_path / "inbox/.drop/a.txt")
    assert [found.origin for found in all_of("inbox/.drop/**/*.txt", tmp_path)] == ["inbox/.drop/a.txt"]


def test_hidden_files_are_not_pages(tmp_path):
    put(tmp_path / ".page.txt.part")
    put(tmp_path / "page.txt")
    assert origins("*", tmp_path) == ["page.txt"]


def test_a_name_that_looks_like_a_pattern_is_found_as_it_is(tmp_path):
    put(tmp_path / "page [1].txt")
    assert origins("page [1].txt", tmp_path) == ["page [1].txt"]


def test_a_link_to_a_file_is_followed_and_named_as_itself(tmp_path):
    target = put(tmp_path / "elsewhere/page.txt", b"through the link")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/link.txt").symlink_to(target)
    found = only("inbox/*.txt", tmp_path)
    assert (found.origin, found.snapshot.body) == ("inbox/link.txt", b"through the link")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_utf8_has_an_origin_that_a_database_can_keep(tmp_path):
    put(tmp_path / os.fsdecode(b"caf\xe9.txt"))
    assert origins("*.txt", tmp_path) == ["caf\\xe9.txt"]


# --- complaints -------------------------------------------------------------------------------------------------------


def test_a_pattern_that_no_file_matches_is_a_complaint(tmp_path):
    words = "no file is there; put a saved page into the folder, or correct the path"
    assert only("*.txt", tmp_path) == Complaint("*.txt", words)
    assert only("page.txt", tmp_path) == Complaint("page.txt", words)


def test_a_missing_folder_is_named(tmp_path):
    expected = f"no file is there: there is no folder {tmp_path}/var/inbox"
    assert only("var/inbox/*.txt", tmp_path) == Complaint("var/inbox/*.txt", expected)


def test_a_folder_that_may_not_be_listed_is_not_taken_for_an_empty_one(open_folder):
    put(open_folder / "inbox/page.txt")
    (open_folder / "inbox").chmod(0o700 if os.geteuid() == 0 else 0)
    with as_nobody():
        found = only("inbox/*.txt", open_folder)
    (open_folder / "inbox").chmod(0o700)
    expected = f"no file can be seen: this user may not list the folder {open_folder}/inbox"
    assert found == Complaint("inbox/*.txt", expected)


def test_a_file_that_may_not_be_read_is_a_complaint_and_the_others_are_read(open_folder):
    put(open_folder / "a.txt").chmod(0)
    put(open_folder / "b.txt", at=LONG_AGO_S + 1).chmod(0o644)
    with as_nobody():
        first, second = all_of("*.txt", open_folder)
    assert first == Complaint("a.txt", "may not be read by this user; change its permissions")
    assert second.origin == "b.txt"


def test_an_empty_file_is_a_complaint(tmp_path):
    put(tmp_path / "page.txt", b"")
    assert only("*.txt", tmp_path) == Complaint("page.txt", "is empty; save the page again")


@pytest.mark.parametrize("pattern", ["inbox", "inb*"])
def test_a_folder_is_a_complaint_that_says_how_to_name_its_files(tmp_path, pattern):
    put(tmp_path / "inbox/page.txt")
    expected = Complaint("inbox", "is a folder; name the files in it: inbox/*.txt")
    assert only(pattern, tmp_path) == expected


def test_a_file_of_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "page.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)  # a hole: it costs no disk
    os.utime(path, (LONG_AGO_S, LONG_AGO_S))
    expected = Complaint("page.txt", "has 50 MB: this is no page; 5 MB and more are not read")
    assert only("*.txt", tmp_path) == expected


def test_a_file_just_under_the_limit_is_read(tmp_path):
    put(tmp_path / "page.txt", b"x" * 99)
    assert isinstance(only("*.txt", tmp_path, max_bytes=100), Retrieved)
    assert isinstance(only("*.txt", tmp_path, max_bytes=99), Complaint)


def test_a_link_to_nothing_is_a_complaint(tmp_path):
    (tmp_path / "page.txt").symlink_to(tmp_path / "gone")
    assert only("*.txt", tmp_path) == Complaint("page.txt", "is a link to a file that is not there")


def test_a_ring_of_links_is_a_complaint(tmp_path):
    (tmp_path / "page.txt").symlink_to(tmp_path / "page.txt")
    found = only("*.txt", tmp_path)
    assert isinstance(found, Complaint)
    assert found.message.startswith("cannot be read: ")


def test_a_pipe_a_socket_and_a_device_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "c.txt").symlink_to("/dev/zero")
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(tmp_path / "b.txt"))
        found = all_of("*.txt", tmp_path)
    words = "is a device, a pipe or a socket; only files are read"
    assert sorted(found, key=lambda each: each.where) == [Complaint(f"{name}.txt", words) for name in "abc"]


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="few file systems hold such a time; tmpfs does")
def test_a_time_beyond_the_calendar_is_a_complaint():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        put(Path(name) / "page.txt", at=9e11)
        assert only("*.txt", Path(name)) == Complaint("page.txt", "carries a time beyond the calendar; `touch` it")


# --- folders of articles ----------------------------------------------------------------------------------------------


def test_a_folder_is_all_its_files_with_such_an_ending_but_hidden_ones(tmp_path):
    for name in ("a.md", "sub/b.MD", "sub/[c].md", "d.txt", ".e.md", ".git/f.md"):
        put(tmp_path / "desk" / name)
    assert sorted(articles(tmp_path)) == ["desk/a.md", "desk/sub/[c].md", "desk/sub/b.MD"]


def test_an_empty_folder_is_no_fault(tmp_path):
    (tmp_path / "desk").mkdir()
    assert articles(tmp_path) == []


def test_what_a_link_leads_to_outside_a_folder_is_not_read(tmp_path):
    """Who may put files into the folder could otherwise publish any file of the machine."""
    put(tmp_path / "secret")
    put(tmp_path / "elsewhere/page.md")
    page = put(tmp_path / "desk/page.md")
    (tmp_path / "desk/alias.md").symlink_to(page)
    (tmp_path / "desk/leak.md").symlink_to(tmp_path / "secret")
    (tmp_path / "desk/out").symlink_to(tmp_path / "elsewhere")
    words = "is a link to a file outside the folder, which is not read; put the file itself here"
    assert articles(tmp_path) == [Complaint("desk/leak.md", words), "desk/alias.md", "desk/page.md"]


def test_links_that_lead_in_circles_are_not_walked(tmp_path):
    put(tmp_path / "desk/sub/page.md")
    (tmp_path / "desk/round").symlink_to(tmp_path / "desk")
    (tmp_path / "desk/sub/up").symlink_to(tmp_path / "desk")
    assert articles(tmp_path) == ["desk/sub/page.md"]


def test_a_linked_folder_may_be_the_source(tmp_path):
    put(tmp_path / "elsewhere/page.md")
    (tmp_path / "desk").symlink_to(tmp_path / "elsewhere")
    assert articles(tmp_path) == ["desk/page.md"]


# --- half-written pages -----------------------------------------------------------------------------------------------

UNFINISHED = Complaint("page.txt", "is still being written; it is read at the next refresh")
needs_leases = pytest.mark.skipif(sys.platform != "linux", reason="read leases are Linux's")


@needs_leases
def test_a_page_that_a_process_is_writing_is_read_when_whole(tmp_path):
    path = tmp_path / "page.txt"
    with writer(path):
        os.utime(path, (LONG_AGO_S, LONG_AGO_S))  # an old time does not make it whole
        assert only("*.txt", tmp_path) == UNFINISHED
    assert only("*.txt", tmp_path).snapshot.body == b"first half, second half"


@needs_leases
def test_a_page_that_a_writer_opens_while_it_settles_is_not_taken(tmp_path):
    path = tmp_path / "page.txt"
    path.write_bytes(b"whole, so far")
    opened: list[object] = []
    late = threading.Timer(0.1, lambda: opened.append(path.open("ab")))
    late.start()
    found = only("*.txt", tmp_path)
    late.join()
    opened[0].close()
    assert found == UNFINISHED


def test_a_page_that_grows_while_it_settles_is_not_taken(tmp_path):
    path = tmp_path / "page.txt"
    path.write_bytes(b"first half, ")

    def append() -> None:
        with path.open("ab") as file:
            file.write(b"second half")

    late = threading.Timer(0.1, append)
    late.start()
    found = only("*.txt", tmp_path)
    late.join()
    assert found == UNFINISHED
    assert only("*.txt", tmp_path).snapshot.body == b"first half, second half"


def test_a_page_just_written_waits_no_longer_than_it_must(tmp_path):
    (tmp_path / "page.txt").write_bytes(b"A page")
    began = time.monotonic()
    assert isinstance(only("*.txt", tmp_path, settled_s=0.05, settled_unleased_s=0.05), Retrieved)
    assert time.monotonic() - began >= 0.03


def test_a_time_in_the_future_waits_once_and_is_read(tmp_path):
    put(tmp_path / "page.txt", at=time.time() + 86_400)
    assert isinstance(only("*.txt", tmp_path, settled_s=0.05, settled_unleased_s=0.05), Retrieved)


@needs_leases
def test_where_no_lease_is_to_be_had_the_longer_wait_decides(open_folder):
    if os.geteuid() != 0:
        pytest.skip("needs a file of another owner")
    path = open_folder / "page.txt"
    path.write_bytes(b"first half, ")
    path.chmod(0o644)
    with as_nobody():
        began = time.monotonic()
        assert isinstance(only("*.txt", open_folder, settled_s=0.0, settled_unleased_s=0.2), Retrieved)
        assert time.monotonic() - began >= 0.1


@needs_leases
def test_writers_that_come_and_go_never_end_the_reader_and_never_show_it_half_a_page(tmp_path):
    """A lease that is broken in the moment it is held sends a signal; the default one would end the process."""
    path = put(tmp_path / "page.txt", b"x" * 10_000)
    stop = threading.Event()
    seen: list[object] = []

    def rewrite() -> None:
        while not stop.is_set():
            with path.open("wb") as file:
                file.write(b"x" * 10_000)
            os.utime(path, (LONG_AGO_S, LONG_AGO_S))

    before = signal.getsignal(signal.SIGIO)
    thread = threading.Thread(target=rewrite)
    thread.start()
    try:
        for _ in range(1000):
            seen += all_of("*.txt", tmp_path, settled_s=0, settled_unleased_s=0)
    finally:
        stop.set()
        thread.join()
    assert signal.getsignal(signal.SIGIO) is before
    assert {len(found.snapshot.body) for found in seen if isinstance(found, Retrieved)} <= {10_000}
    assert {found.message for found in seen if isinstance(found, Complaint)} <= {
        UNFINISHED.message,
        "is empty; save the page again",
    }
