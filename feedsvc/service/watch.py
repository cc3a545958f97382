"""Alerts go out: each raised once and cleared once, by webhook and e-mail.

Knows the words and the form of a notice; hides that several processes watch, and that a receiver may be down: what
could not be told is told later.
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Literal
from urllib.parse import urlsplit

from feedsvc.config import Alerts as Settings
from feedsvc.errors import FeedsvcError, FetchError
from feedsvc.model import Alert, Sample, to_json
from feedsvc.outbound import Outbound, mail
from feedsvc.service import samples
from feedsvc.store import Store

log = logging.getLogger(__name__)

Event = Literal["raised", "cleared"]


class Watch:
    """Tells the admin of a site what needs a look."""

    def __init__(self, site: str, settings: Settings, store: Store, outbound: Outbound) -> None:
        self._site = site
        self._settings = settings
        self._store = store
        self._outbound = outbound

    def look(self, standing: Iterable[Alert], kept: Sequence[Sample] = ()) -> None:
        """Note which alerts are new and which are over, given those that stand now, and tell what is untold.

        A notice says how to get the page that is ``kept``.

        Raises:
            StoreError: the store cannot be read or written.
        """
        now = {(alert.code, alert.name): alert for alert in standing}
        with self._store.read() as tx:
            known = {(alert.code, alert.name): (alert, untold) for alert, untold in tx.alerts.list().items()}
        if now.keys() == known.keys() and not any(untold for _, untold in known.values()):
            return
        with self._store.begin() as tx:
            known = {(alert.code, alert.name): (alert, untold) for alert, untold in tx.alerts.list().items()}
            for key in now.keys() - known.keys():
                tx.alerts.put(now[key], "raised")
            for key, (alert, untold) in known.items():
                if key not in now and untold == "raised":
                    tx.alerts.delete(alert)  # over before anybody heard of it
                elif key not in now and not untold:
                    tx.alerts.put(alert, "cleared")
            untold_ones = [(alert, untold) for alert, untold in tx.alerts.list().items() if untold]
            for alert, untold in untold_ones:  # claimed here: no other process tells them too
                if untold == "cleared":
                    tx.alerts.delete(alert)
                else:
                    tx.alerts.put(alert, "")
        for alert, untold in untold_ones:
            event: Event = "raised" if untold == "raised" else "cleared"
            if not self._tell(event, alert, samples.for_alert(kept, alert) if untold == "raised" else None):
                with self._store.begin() as tx:
                    tx.alerts.put(alert, event)

    def _tell(self, event: Event, alert: Alert, sample: Sample | None) -> bool:
        log.warning("alert", extra={"change": event, "code": alert.code, "source": alert.name, "reason": alert.message})
        ways: list[Callable[[Event, Alert, str | None], None]] = []
        if self._settings.webhook:
            ways.append(self._call)
        if self._settings.mail_to and self._settings.smtp:
            ways.append(self._mail)
        told = True
        for way in ways:
            try:
                way(event, alert, samples.command(sample.source, sample.code) if sample else None)
            except FeedsvcError as error:
                log.error("alert_not_told", extra={"reason": str(error)})
                told = False
        return told

    def _call(self, event: Event, alert: Alert, get_page: str | None) -> None:
        notice = {"event": event, "site": self._site, "alert": to_json(alert), "get_page": get_page}
        body = json.dumps(notice, ensure_ascii=False).encode()
        url = self._settings.webhook or ""
        answer = self._outbound.post(url, body, {"Content-Type": "application/json"}, strict=False)
        if answer.status >= 300:
            # The address may hold a secret; the host is enough to find it.
            raise FetchError(urlsplit(url).hostname or "", f"status_{answer.status}", "the webhook did not take it")

    def _mail(self, event: Event, alert: Alert, get_page: str | None) -> None:
        over = "" if event == "raised" else "Over: "
        subject = f"[{self._site}] {over}{alert.name}: {alert.code}"
        text = f"{over}{alert.name}, since {alert.since:%Y-%m-%d %H:%M} UTC:\n\n{alert.message}\n"
        text += f"\nThe page is kept: {get_page}\n" if get_page else ""
        mail.send(self._settings.smtp or "", to=self._settings.mail_to or "", subject=subject, text=text)
