"""The one retry policy: what is asked again, when, and for how long in all.

Only what changes nothing is asked again by it; an act that may have happened is looked at first (`act.py`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
import msgspec
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_before_delay, wait_random_exponential

T = TypeVar("T")

AGAIN = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that another try may turn."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)
LOST = (httpx.RequestError, *UNREADABLE)
"""No answer, or one that was cut off on its way."""


HINT = "Where a proxy looks into TLS, [entra] ca_file names the file with its certificate"


class Later(Exception):  # noqa: N818 (a state, not a fault)
    """Not answered now; `wait` is the server's own word in seconds, None where it said nothing."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why if wait is None else f"{why}; to be asked again after {wait:g} s")
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """Seconds: in all for one question, and the first and the longest wait where the server names none."""

    total: float = 300
    first: float = 1
    longest: float = 60
    stranger: float = 30
    """In all, for one who has never answered: more likely it is the wrong address."""


def _known() -> bool:
    return True


async def until_answered(
    ask: Callable[[], Awaitable[T]], patience: Patience, has_answered: Callable[[], bool] = _known
) -> T:
    """What `ask` gives, asked again while it raises Later or its answer is lost. Raises Later when patience ends.

    A wait that would outlast the patience is not begun, and who cannot prove who they are is asked no more.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception(_may_change),
        wait=_wait(patience),
        stop=_stop(patience, has_answered),
        reraise=True,
    )
    try:
        return await retrying(ask)
    except LOST as error:
        raise Later(_why(error)) from error


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds: a number, a fraction, or a date held against the server's own; None where it says nothing."""
    said = headers.get("retry-after", "").strip()
    try:
        wait = float(said)
    except ValueError:
        wait = _until(said, headers.get("date", ""))
    return wait if 0 < wait < float("inf") else None


def _until(said: str, date: str) -> float:
    """The server's clock may differ from ours, but not from itself."""
    try:
        return (parsedate_to_datetime(said) - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):
        return 0


def is_distrusted(error: BaseException) -> bool:
    """Whether it comes of a certificate that no authority vouches for: by its words, which is all that azure-identity keeps."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _may_change(error: BaseException) -> bool:
    return isinstance(error, (Later, *LOST)) and not is_distrusted(error)


def _stop(patience: Patience, has_answered: Callable[[], bool]) -> Callable[[RetryCallState], bool]:
    whole, short = stop_before_delay(patience.total), stop_before_delay(min(patience.stranger, patience.total))

    def stop(state: RetryCallState) -> bool:
        return whole(state) if has_answered() else short(state)

    return stop


def _wait(patience: Patience) -> Callable[[RetryCallState], float]:
    backoff = wait_random_exponential(multiplier=patience.first, max=patience.longest)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        told = error.wait if isinstance(error, Later) else None
        return backoff(state) if told is None else told

    return wait


def _why(error: Exception) -> str:
    if isinstance(error, httpx.RequestError):
        why = f"no answer: {type(error).__name__}: {error}".removesuffix(": ")
        return f"{why}. {HINT}" if is_distrusted(error) else why
    return f"an answer that is cut off: {error}"
