"""What is asked again, when, and for how long in all."""

import asyncio
import math
from email.utils import format_datetime

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from reconcile.client.graph.listing import device_count
from reconcile.client.graph.request import get
from reconcile.client.graph.retry import Later, Patience, retry_after, until_answered
from reconcile.client.graph.right import READ_DEVICES
from reconcile.errors import SourceError
from tests.client.graph.canned import canned, said
from tests.client.graph.session import HASTY, NOW, Session

DATE = "Mon, 23 Nov 2026 06:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("2", 2),
        (" 120 ", 120),
        ("2.128", 2.128),
        ("0", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("", None),
        ("soon", None),
        ("Mon, 23 Nov 2026 06:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 05:00:00 GMT", None),
        ("Mon, 23 Nov 2026 06:00:30 -0000", None),
    ],
)
def test_the_wait_is_read_in_every_form(said: str, wait: float | None) -> None:
    assert retry_after({"retry-after": said, "date": DATE}) == wait


def test_a_date_is_held_against_the_servers_own_clock_and_no_other() -> None:
    assert retry_after({}) is None
    assert retry_after({"retry-after": "Mon, 23 Nov 2026 06:00:30 GMT"}) is None
    assert retry_after({"retry-after": format_datetime(NOW, usegmt=True), "date": "today"}) is None


@given(
    st.one_of(st.text(), st.floats().map(str), st.integers().map(str), st.datetimes().map(format_datetime)),
    st.one_of(st.text(), st.just(DATE), st.datetimes().map(format_datetime)),
)
def test_whatever_is_said_the_wait_is_a_time_or_nothing(said: str, date: str) -> None:
    wait = retry_after({"retry-after": said, "date": date})

    assert wait is None or (wait > 0 and math.isfinite(wait))


def listed(entra: Session) -> int:
    """The devices on the first page."""
    page = entra.run(entra.graph.read(get(entra.graph.build.devices, top=10), READ_DEVICES, msgspec.json.decode))
    return len(page["value"])


@pytest.mark.parametrize(
    "fault",
    [
        {"retry_after": "0.02"},
        {"retry_after": "0"},
        {"retry_after": "soon"},
        {},
        {"retry_date": 1},
        {"retry_date": -60},
        {"status": 500},
        {"status": 502},
        {"status": 503, "retry_after": "0.02"},
        {"status": 504},
    ],
)
def test_a_question_that_is_put_off_is_asked_again(entra: Session, fault: dict[str, object]) -> None:
    entra.fault("throttle", path="/devices", **fault)

    assert listed(entra) == 10
    assert [line.status for line in entra.lab.log] == [fault.get("status", 429), 200]


@pytest.mark.parametrize("kind", ["reset", "lost", "truncate", "cut"])
def test_a_question_whose_answer_is_lost_is_asked_again(entra: Session, kind: str) -> None:
    entra.fault(kind, path="/devices", times=2)

    assert listed(entra) == 10
    assert len(entra.asked("/devices")) == 3


def test_the_servers_own_wait_is_kept(entra: Session) -> None:
    entra.fault("throttle", path="/devices", retry_after="0.3")

    async def timed() -> float:
        start = asyncio.get_running_loop().time()
        await entra.graph.ask(get(entra.graph.build.devices, top=1), msgspec.json.decode)
        return asyncio.get_running_loop().time() - start

    assert entra.run(timed()) >= 0.3


def test_patience_ends_and_says_what_was_answered_last(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("throttle", path="/devices", status=503, times=None)

    with pytest.raises(SourceError) as error:
        listed(entra)

    told = str(error.value)
    assert told.startswith("entra: GET /devices: given up: 503 ServiceUnavailable: ")
    assert "(request-id " in told
    assert len(entra.asked("/devices")) > 1


def test_patience_ends_where_nobody_answers(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("reset", path="/devices", times=None)

    with pytest.raises(SourceError, match=r"GET /devices: given up: no answer: ReadError"):
        listed(entra)


def test_patience_ends_where_the_answer_is_always_cut_off(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("cut", path="/devices", times=None)

    with pytest.raises(SourceError, match="given up: an answer that is cut off: "):
        listed(entra)


def test_a_wait_longer_than_patience_is_not_begun(entra: Session) -> None:
    entra.fault("throttle", path="/devices", retry_after="3600", times=None)

    with pytest.raises(SourceError, match=r"429 TooManyRequests: .*; to be asked again after 3600 s$"):
        listed(entra)

    assert len(entra.lab.log) == 1


def test_a_body_that_cannot_be_unpacked_is_an_answer_that_was_lost() -> None:
    answers = [said(b"no gzip", Content_Encoding="gzip"), said({"value": [1]})]

    def answer(_: str, __: bytes) -> web.Response:
        return answers.pop(0)

    with canned(answer) as (graph, runner):
        page = runner.run(graph.read(get(graph.build.devices), READ_DEVICES, msgspec.json.decode))

    assert page == {"value": [1]}


def test_patience_is_short_with_who_has_never_answered_and_whole_with_who_has() -> None:
    asked: list[bool] = []

    def tries(*, known: bool) -> int:
        asked.clear()

        async def ask() -> None:
            asked.append(known)
            raise Later("not now", 0.01)

        with pytest.raises(Later):
            asyncio.run(until_answered(ask, Patience(total=0.3, stranger=0.05), lambda: known))
        return len(asked)

    assert tries(known=False) < tries(known=True)


def test_whoever_has_answered_once_is_no_stranger(entra: Session) -> None:
    entra.graph.patience = Patience(total=2, first=0.01, longest=0.05, stranger=0.001)
    entra.fault("throttle", status=503, times=3)

    assert entra.run(device_count(entra.graph)) == len(entra.lab.tenant.devices)
