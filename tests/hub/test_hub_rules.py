"""What may be asked of the hub, and how long its patience is."""

from datetime import timedelta

import pytest
from hubroom import NOON

from feedsvc.errors import HubRefused
from feedsvc.hub import rules
from feedsvc.model import MAIN_FEED, Delivery, Format, Intent, Mode, Subscription
from feedsvc.outbound.screening import Screen

GOOD = {"hub.mode": "subscribe", "hub.callback": "https://reader.example.org/c?x=1", "hub.topic": "main"}


def read(**changes: str | None) -> Intent:
    form = GOOD | {f"hub.{name}": value for name, value in changes.items()}
    topics = {"main": (MAIN_FEED, Format.RSS)}
    return rules.read_intent({name: [v] for name, v in form.items() if v is not None}, topics.get, Screen())


def test_an_intent_is_what_was_asked_for() -> None:
    assert read(secret="s", lease_seconds="7200") == Intent(
        Mode.SUBSCRIBE, MAIN_FEED, Format.RSS, "https://reader.example.org/c?x=1", "reader.example.org", 7200, "s"
    )


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"mode": None}, "hub.mode"),
        ({"mode": "publish"}, "hub.mode"),
        ({"callback": None}, "hub.callback"),
        ({"callback": "/here"}, "hub.callback"),
        ({"callback": "ftp://reader.example.org/"}, "hub.callback"),
        ({"callback": "https:///path"}, "hub.callback"),
        ({"callback": "https://reader.example.org:99999/"}, "hub.callback"),
        ({"callback": "https://reader.example.org/ü"}, "hub.callback"),
        ({"callback": "https://reader.example.org/a b"}, "hub.callback"),
        ({"callback": "https://reader.example.org/a\r\nX-Y: z"}, "hub.callback"),
        ({"callback": "https://me:word@reader.example.org/"}, "hub.callback"),
        ({"callback": "https://reader.example.org/" + 2000 * "x"}, "hub.callback"),
        ({"callback": "http://127.0.0.1/"}, "hub.callback"),
        ({"callback": "http://[::1]/"}, "hub.callback"),
        ({"callback": "http://10.0.0.7/"}, "hub.callback"),
        ({"callback": "http://169.254.169.254/latest/meta-data"}, "hub.callback"),
        ({"topic": None}, "hub.topic"),
        ({"topic": "elsewhere"}, "hub.topic"),
        ({"lease_seconds": "-1"}, "hub.lease_seconds"),
        ({"lease_seconds": "a week"}, "hub.lease_seconds"),
        ({"secret": 200 * "s"}, "hub.secret"),
        ({"secret": 100 * "ü"}, "hub.secret"),
        ({"secret": "a\0b"}, "hub.secret"),
    ],
)
def test_what_cannot_be_had_is_refused_with_its_parameter(changes: dict[str, str | None], parameter: str) -> None:
    with pytest.raises(HubRefused) as refusal:
        read(**changes)
    assert refusal.value.parameter == parameter
    assert str(refusal.value).startswith(f"{parameter} ")


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", 864_000), ("1", 3_600), ("86400", 86_400), ("99999999999999999999", 2_592_000)],
)
def test_a_lease_lasts_from_an_hour_to_a_month_and_ten_days_by_default(asked: str, given: int) -> None:
    assert read(lease_seconds=asked).lease_s == given


@pytest.mark.parametrize(
    ("callback", "begin"),
    [
        ("https://r.example.org/c", "https://r.example.org/c?hub.mode="),
        ("https://r.example.org/c?", "https://r.example.org/c?hub.mode="),
        ("https://r.example.org/c?a=%20b&a=", "https://r.example.org/c?a=%20b&a=&hub.mode="),
    ],
)
def test_a_verification_goes_behind_the_query_that_a_callback_has(callback: str, begin: str) -> None:
    assert rules.verification(read(callback=callback), "https://t.example.org/", "word").startswith(begin)


def test_a_fragment_is_no_part_of_a_callback() -> None:
    assert read(callback="https://r.example.org/c#top").callback == "https://r.example.org/c"


def test_patience_grows_and_ends() -> None:
    subscription = Subscription(1, MAIN_FEED, Format.RSS, "https://r.example.org/", "r.example.org", NOON)
    pauses = [rules.pause(Delivery(subscription, 1, attempts), 0.5) for attempts in range(8)]
    assert pauses[-1] is None
    waited = [pause for pause in pauses if pause]
    assert waited == sorted(waited)
    assert timedelta(hours=8) < sum(waited, timedelta()) < timedelta(hours=10)
    assert rules.pause(Delivery(subscription, 1, 0), 0.0) == timedelta(seconds=8)


def test_a_signature_is_that_of_rfc_4231() -> None:
    """Test case 2."""
    assert rules.signature("Jefe", b"what do ya want for nothing?") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
