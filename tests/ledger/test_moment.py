from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from reconcile.ledger.moment import from_micros, to_micros


def test_the_epoch_is_zero() -> None:
    assert to_micros(datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))) == 0


@given(at=st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_to_the_microsecond(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at
