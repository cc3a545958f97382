"""The clock: when sources are read, when feeds are regenerated, when the configuration is looked at.

Knows APScheduler; hides it. The database decides who works (leases), so the job store stays in memory and ten machines
may run the same schedule.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feedsvc.config import AUTO_LEAST, Feed, Source
from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.model import FeedName, SourceName
from feedsvc.service import Service

log = logging.getLogger(__name__)

# The jobs that every configuration has.
_OWN_JOBS = {"config", "embargo", "alerts", "begin"}
_FOLLOW_S = 1
# An article is to be everywhere within a second of its instant; rendering and the web's look take half of that.
_LIFT_S = 0.4
_TELL_S = 15
# The files of a mirror are to follow within a second too.
_MIRROR_S = 0.2
# Subscribers are to be told within a second of a change.
_HUB_S = 0.25
_OTHER_HUBS_S = 1
# As long as a delivery may take; word to another hub that takes longer is given again after the next start.
_HUB_ENDS_S = 8.5
_STORE_RETRY_S = 5.0
# A clock is set, and not slowed down, that loses more than this between two looks at it.
_SET_BACK_S = 1.0
_LOOK_AT_CLOCK_S = 1.0
# Sources of one schedule should not all knock at one second: up to a twentieth of the interval, half a minute at most.
_JITTER_SHARE = 20
_JITTER_MOST_S = 30


class Schedule:
    """The scheduled work of one process. ``current`` returns the service, ``follow`` rereads its configuration.

    ``mirror`` brings a mirror up to date, and gives up when what it is given says that the process is to end.
    """

    def __init__(
        self,
        current: Callable[[], Service],
        follow: Callable[[], bool],
        *,
        mirror: Callable[[Callable[[], bool]], object] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._current = current
        self._follow = follow
        self._mirror = mirror
        self._clock = clock
        self._ahead = self._ahead_of_monotonic()
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(4)},
            # A job that comes due while it runs, or while the machine slept, is done once and late rather than often.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def run(self) -> None:
        """Work until SIGTERM or SIGINT (or :meth:`stop`); what is under way is finished first. Main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        if not self._prepare():
            return
        self._plan()
        self._scheduler.add_job(self._publish_stale, id="begin")  # once, at once: sources wait for no feed
        self._scheduler.add_job(self._reread, _Interval(seconds=_FOLLOW_S), id="config")
        self._scheduler.add_job(self._lift, _Interval(seconds=_LIFT_S), id="embargo")
        self._scheduler.add_job(self._tell, _Interval(seconds=_TELL_S), id="alerts")
        # Not jobs: as long as there are deliveries they go on, which APScheduler would warn of at every beat.
        hubs = [
            threading.Thread(target=self._beat, args=(work, every_s), name=work.__name__, daemon=True)
            for work, every_s in ((self._deliver, _HUB_S), (self._tell_hubs, _OTHER_HUBS_S))
        ]
        # Not ended by force, as a delivery is: it looks at every file whether to go on.
        follows = [self._mirror] if self._mirror else []
        mirror = [threading.Thread(target=self._keep_mirror, args=(each,), name="mirror") for each in follows]
        for thread in (*hubs, *mirror):
            thread.start()
        self._scheduler.start()
        log.info("schedule_started", extra={"jobs": len(self._jobs())})
        while not self._stop.wait(_LOOK_AT_CLOCK_S):
            self._keep_time()
        self._scheduler.shutdown(wait=True)
        for thread in hubs:
            thread.join(_HUB_ENDS_S)
        for thread in mirror:
            thread.join()
        log.info("schedule_stopped")

    def stop(self) -> None:
        """End :meth:`run` from another thread."""
        self._stop.set()

    def _ahead_of_monotonic(self) -> float:
        return self._clock() - time.monotonic()

    def _keep_time(self) -> None:
        """Plan anew what a clock that was set back has put off: APScheduler waits until it shows the old time again."""
        before, self._ahead = self._ahead, self._ahead_of_monotonic()
        if before - self._ahead < _SET_BACK_S:
            return
        log.warning("clock_set_back", extra={"seconds": round(before - self._ahead)})
        now = datetime.fromtimestamp(self._clock(), UTC)
        for job in self._scheduler.get_jobs():
            anew = job.trigger.get_next_fire_time(now, now)
            if anew is not None and anew < job.next_run_time:
                self._scheduler.modify_job(job.id, next_run_time=anew)

    def _prepare(self) -> bool:
        """Prepare the service, trying again while the store is out of reach; false when told to stop meanwhile."""
        while not self._stop.is_set():
            try:
                self._current().open()
            except FeedsvcError as error:
                log.error("store_not_ready", extra={"reason": str(error), "retry_s": _STORE_RETRY_S})
                self._stop.wait(_STORE_RETRY_S)
            else:
                return True
        return False

    def _jobs(self) -> Mapping[str, tuple[Callable[[], object], BaseTrigger]]:
        """Return what the configuration asks for, by job id; an id carries its trigger, so a changed one is another."""
        config = self._current().config
        jobs: dict[str, tuple[Callable[[], object], BaseTrigger]] = {}
        for source in config.sources:
            if source.kind == "push":
                continue  # it is sent to, and never looked at
            refresh = partial(self._refresh, source.name)
            jobs[f"refresh {source.name} {source.cron or source.every} {source.timezone}"] = refresh, _trigger(source)
        for feed in config.feeds:
            jobs[f"publish {feed.name} {feed.every}"] = partial(self._publish, feed.name), _trigger(feed)
        return jobs

    # The service is asked for at each run: it is another one once the configuration has been reread.

    def _refresh(self, name: SourceName) -> None:
        try:
            self._current().refresh_if_due(name)
        except StoreError as error:
            log.error("refresh_not_begun", extra={"source": name, "reason": str(error)})

    def _publish(self, name: FeedName) -> None:
        self._current().publish(name)

    def _plan(self) -> None:
        """Make the scheduler's jobs those of the configuration; a new source is read at once."""
        wanted = self._jobs()
        planned = {job.id for job in self._scheduler.get_jobs()} - _OWN_JOBS
        for gone in planned - wanted.keys():
            self._scheduler.remove_job(gone)
        for job_id in wanted.keys() - planned:
            work, trigger = wanted[job_id]
            self._scheduler.add_job(work, trigger, id=job_id, name=job_id)
            if job_id.startswith("refresh "):
                self._scheduler.add_job(self._current().refresh, args=[job_id.split()[1]])  # at once, due or not

    def _lift(self) -> None:
        try:
            self._current().lift_embargoes()
        except StoreError as error:
            log.error("embargoes_not_lifted", extra={"reason": str(error)})

    def _tell(self) -> None:
        try:
            self._current().tell_alerts()
        except StoreError as error:
            log.error("alerts_not_told", extra={"reason": str(error)})

    def _beat(self, work: Callable[[], object], every_s: float) -> None:
        while not self._stop.wait(every_s):
            try:
                work()
            except StoreError as error:
                log.error("hub_without_store", extra={"reason": str(error)})
                self._stop.wait(_STORE_RETRY_S)
            except Exception:
                log.exception("hub_crashed")
                self._stop.wait(_STORE_RETRY_S)

    def _deliver(self) -> None:
        self._current().hub.work(self._stop.is_set)

    def _tell_hubs(self) -> None:
        self._current().hub.tell(self._stop.is_set)

    def _keep_mirror(self, follow: Callable[[Callable[[], bool]], object]) -> None:
        while not self._stop.wait(_MIRROR_S):
            try:
                follow(self._stop.is_set)
            except FeedsvcError as error:
                log.error("mirror_not_written", extra={"reason": str(error), "retry_s": _STORE_RETRY_S})
                self._stop.wait(_STORE_RETRY_S)
            except Exception:
                log.exception("mirror_crashed")
                self._stop.wait(_STORE_RETRY_S)

    def _reread(self) -> None:
        if not self._follow():
            return
        self._plan()
        self._publish_stale()

    def _publish_stale(self) -> None:
        try:
            self._current().prepare(self._stop.is_set)
        except StoreError as error:
            log.error("feeds_not_published", extra={"reason": str(error)})


class _Interval(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """An interval that makes no list of all that a machine has slept through: half a million moments in two days."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        following: datetime | None = super().get_next_fire_time(previous_fire_time, now)
        missed = previous_fire_time is not None and following is not None and following <= now
        return self.get_next_fire_time(now, now) if missed else following


def _trigger(what: Source | Feed) -> BaseTrigger:
    if isinstance(what, Source) and what.cron:
        return CronTrigger.from_crontab(what.cron, timezone=what.zone)
    every = what.every or AUTO_LEAST  # how often to ask whether it is due
    return _Interval(seconds=every.total_seconds(), jitter=_jitter_s(every))


def _jitter_s(every: timedelta) -> int | None:
    return min(int(every.total_seconds()) // _JITTER_SHARE, _JITTER_MOST_S) or None
