"""The rules of WebSub: what a request may ask for, how a callback confirms, how often it is tried again.

Knows W3C WebSub §5 to §7; hides nothing. Pure.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from feedsvc.errors import HubRefused
from feedsvc.model import Delivery, FeedName, Format, Intent, Mode
from feedsvc.outbound.screening import Screen

LEASE_S = 10 * 86_400
LEASE_LEAST_S, LEASE_MOST_S = 3_600, 30 * 86_400
# As long as an index of PostgreSQL can hold, and as any server takes.
CALLBACK_MOST = 2_000
SECRET_MOST_BYTES = 199

# Between the attempts of a delivery; after the last one it is given up, some nine hours after the change.
_PAUSES_S = (10, 30, 120, 600, 1_800, 7_200, 21_600)
_CONFIRMATIONS = 3
_JITTER = 0.2

_URI = re.compile(r"[!-~]+")


def read_intent(
    form: Mapping[str, Sequence[str]],
    topic: Callable[[str], tuple[FeedName, Format] | None],
    screen: Screen,
) -> Intent:
    """Return what a request to the hub asks for; parameters that WebSub does not know are ignored.

    ``form`` holds all values of each parameter, ``topic`` knows the document that an address names, ``screen`` which
    addresses may be called.

    Raises:
        HubRefused: what is asked for cannot be had; it says which parameter is to blame.
    Source: WebSub §5.1.
    """
    given = {name: values[0].strip() for name, values in form.items() if values}
    try:
        mode = Mode(given.get("hub.mode", ""))
    except ValueError:
        raise HubRefused("hub.mode", 'must be "subscribe" or "unsubscribe"') from None
    callback, host = _callback(given.get("hub.callback", ""), screen)
    named = given.get("hub.topic", "")
    if not named:
        raise HubRefused("hub.topic", "is missing")
    found = topic(named)
    if found is None:
        raise HubRefused("hub.topic", "is no feed of this site; take the address that the feed gives as rel=self")
    feed, form_ = found
    return Intent(
        mode,
        feed,
        form_,
        callback,
        host,
        lease_s=_lease_s(given.get("hub.lease_seconds", "")),
        secret=_secret(given.get("hub.secret", "")),
    )


def _callback(written: str, screen: Screen) -> tuple[str, str]:
    name = "hub.callback"
    address = written.partition("#")[0]
    if not address:
        raise HubRefused(name, "is missing")
    if len(address) > CALLBACK_MOST:
        raise HubRefused(name, f"must not be longer than {CALLBACK_MOST} characters")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise HubRefused(name, "is no web address") from None
    if parts.scheme not in ("http", "https") or not host or port == 0 or not _URI.fullmatch(address):
        raise HubRefused(name, "must be an absolute address of http:// or https://, percent-encoded")
    if "@" in parts.netloc:
        raise HubRefused(name, "must not hold a name or password; make the address itself hard to guess")
    try:
        ip_address(host)
    except ValueError:
        return address, host  # a name: what it leads to is looked at when it is called
    if not screen.admits(host, host):
        raise HubRefused(name, "is no public address")
    return address, host


def _lease_s(written: str) -> int:
    if not written:
        return LEASE_S
    if not (written.isascii() and written.isdecimal()):
        raise HubRefused("hub.lease_seconds", "must be a whole number of seconds")
    return min(max(int(written[:12]), LEASE_LEAST_S), LEASE_MOST_S)


def _secret(written: str) -> str | None:
    if len(written.encode()) > SECRET_MOST_BYTES:
        raise HubRefused("hub.secret", f"must be shorter than {SECRET_MOST_BYTES + 1} bytes")
    if "\0" in written:
        raise HubRefused("hub.secret", "must be text")
    return written or None


def verification(intent: Intent, topic: str, challenge: str) -> str:
    """Return the address by which a callback is asked to confirm an intent; its own query stays.

    Source: WebSub §5.3.
    """
    asked = {"hub.mode": intent.mode.value, "hub.topic": topic, "hub.challenge": challenge}
    if intent.mode is Mode.SUBSCRIBE:
        asked["hub.lease_seconds"] = str(intent.lease_s)
    return _with_query(intent.callback, asked)


def denial(intent: Intent, topic: str, reason: str) -> str:
    """Return the address by which a callback is told that its intent was denied.

    Source: WebSub §5.2.
    """
    return _with_query(intent.callback, {"hub.mode": "denied", "hub.topic": topic, "hub.reason": reason})


def _with_query(callback: str, parameters: Mapping[str, str]) -> str:
    joint = "" if callback.endswith(("?", "&")) else "&" if "?" in callback else "?"
    return callback + joint + urlencode(parameters)


def is_success(status: int) -> bool:
    """Tell whether a callback took what it was sent; a redirect is no yes (WebSub §7)."""
    return 200 <= status < 300


def signature(secret: str, body: bytes) -> str:
    """Return the value of ``X-Hub-Signature`` (WebSub §7.1)."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def pause(delivery: Delivery, share: float) -> timedelta | None:
    """Return how long to wait after an attempt that failed; None: that was the last one.

    ``share``, from 0 to 1, spreads those that failed together.
    """
    return _spread(_PAUSES_S, delivery.attempts, share)


def pause_of_intent(intent: Intent, share: float) -> timedelta | None:
    """Return how long to wait until a callback that gave no answer is asked again; None: no more."""
    return _spread(_PAUSES_S[: _CONFIRMATIONS - 1], intent.attempts, share)


def pause_of_notice(attempts: int, share: float) -> timedelta | None:
    """Return how long to wait until another hub that could not be told is told again; None: no more."""
    return _spread(_PAUSES_S, attempts, share)


def _spread(pauses_s: Sequence[int], attempts: int, share: float) -> timedelta | None:
    if attempts >= len(pauses_s):
        return None
    return timedelta(seconds=pauses_s[attempts] * (1 + _JITTER * (2 * share - 1)))
