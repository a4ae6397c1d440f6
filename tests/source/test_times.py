"""Times in every form in which the systems and their exports print them."""

from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.source.times import Culture, Times, read_times

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
BERLIN = Culture("%d.%m.%Y %H:%M:%S", "Europe/Berlin")


def read(*texts: str | None, culture: Culture | None = None) -> Times:
    return read_times(pa.array(texts, pa.string()), culture)


def facts(times: Times) -> tuple[list[object], list[bool], list[bool]]:
    return times.values.to_pylist(), times.malformed.to_pylist(), times.culture.to_pylist()


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T12:00:00Z",
        "2026-11-23 12:00:00Z",
        "2026-11-23T12:00Z",
        "2026-11-23T12:00:00.0Z",
        "2026-11-23T12:00:00.000000Z",
        "2026-11-23T12:00:00.0000000Z",
        "2026-11-23T12:00:00.000000000Z",
        "2026-11-23T13:00:00+01:00",
        "2026-11-23T07:30:00.0000000-04:30",
        "2026-11-23T13:00:00+0100",
        "2026-11-23 13:00:00 +01:00",
        "2026-11-23 12:00:00.000 UTC",
        "2026-11-23 12:00:00 UTC",
        "134399088000000000",
        "20261123120000.0Z",
        "20261123120000Z",
        "20261123130000.0+0100",
        "/Date(1795435200000)/",
        "/Date(1795435200000+0100)/",
        "  2026-11-23T12:00:00Z ",
    ],
)
def test_every_form_that_says_its_zone_is_read_in_utc(text: str) -> None:
    assert facts(read(text)) == ([NOON], [False], [False])


def test_fractions_are_kept_to_the_microsecond() -> None:
    texts = [f"2026-11-23T12:00:00.{'123456789'[:digits]}Z" for digits in range(1, 10)]
    fractions = [time.microsecond for time in read(*texts).values.to_pylist()]
    assert fractions == [100000, 120000, 123000, 123400, 123450, 123456, 123456, 123456, 123456]


@pytest.mark.parametrize(
    "never",
    [
        None,
        "",
        "  ",
        "0",
        "9223372036854775807",
        "99999999999999999999999999",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00.0000000Z",
        "0001-01-01T00:00:00+14:00",
        "1601-01-01T00:00:00Z",
        "16010101000000.0Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.9999999-12:00",
        "/Date(-62135596800000)/",
        "/Date(999999999999999999)/",
    ],
)
def test_never_is_unknown_and_neither_old_nor_malformed(never: str | None) -> None:
    assert facts(read(never)) == ([None], [False], [False])


@pytest.mark.parametrize(
    "text",
    [
        "23.11.2026 06:00:00",
        "11/23/2026 6:00:00 AM",
        "11/23/2026 6:00:00\u202fAM",
        "23. 11. 2026 6:00:00",
        "23-11-2026 06:00",
        "23-Nov-26 6:00:00 AM",
        "2026. 11. 23. 오전 6:00:00",
        "2026/11/23 6:00:00",
        "2026-11-23T06:00:00",
        "2026-11-23T06:00:00.1234567",
        "2026-11-23 06:00:00",
        "2026-11-23",
    ],
)
def test_a_date_without_its_zone_is_a_culture_s_and_stays_unread(text: str) -> None:
    assert facts(read(text)) == ([None], [False], [True])


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "Pending",
        "-1",
        "12:00",
        "10.0.22631.3007",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "20261301000000.0Z",
        "2026-11-23T25:00:00Z",
        "/Date(x)/",
        "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection",
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    assert facts(read(text)) == ([None], [True], [False])


def test_one_day_that_does_not_exist_spoils_no_other() -> None:
    texts = [f"2026-{month:02d}-30T12:00:00Z" for month in range(1, 13)]
    times = read(*texts)
    assert times.malformed.to_pylist() == [month == 2 for month in range(1, 13)]
    assert times.values.null_count == 1


def test_a_culture_that_is_told_is_read_in_its_zone_with_summer_time() -> None:
    times = read("23.11.2026 13:00:00", "01.07.2026 13:00:00", culture=BERLIN)
    assert times.values.to_pylist() == [NOON, datetime(2026, 7, 1, 11, 0, tzinfo=UTC)]
    assert not any(times.culture.to_pylist())


def test_what_does_not_match_the_told_culture_is_malformed() -> None:
    assert facts(read("11/23/2026 6:00:00 AM", culture=BERLIN)) == ([None], [True], [False])


def test_a_culture_never_reads_what_says_its_zone() -> None:
    odd = Culture("%Y-%m-%dT%H:%M:%SZ", "Europe/Berlin")
    assert read("2026-11-23T12:00:00Z", "134399088000000000", culture=odd).values.to_pylist() == [NOON, NOON]


def test_a_culture_s_year_1_is_never() -> None:
    assert facts(read("01.01.0001 00:00:00", "01.01.1601 01:00:00", culture=BERLIN)) == (
        [None] * 2,
        [False] * 2,
        [False] * 2,
    )


def test_a_format_that_python_refuses_makes_the_dates_malformed() -> None:
    for wrong in ("%", "%d%d", "%!"):
        assert read("23.11.2026", culture=Culture(wrong, "Europe/Berlin")).malformed.to_pylist() == [True]


def test_a_column_may_mix_all_forms() -> None:
    times = read_times(
        pa.chunked_array([["0", "134399088000000000"], [None, "23.11.2026", "/Date(1795435200000)/", "x"]])
    )
    assert facts(times) == (
        [None, NOON, None, None, NOON, None],
        [False, False, False, False, False, True],
        [False, False, False, True, False, False],
    )


MOMENTS = st.datetimes(datetime(1602, 1, 2), datetime(9999, 12, 29), timezones=st.just(UTC))  # noqa: DTZ001 - as hypothesis wants it


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_any_moment_is_read_back_from_iso_8601(moment: datetime, offset: int) -> None:
    local = moment.astimezone(timezone(timedelta(minutes=offset)))
    assert read(local.isoformat()).values.to_pylist() == [moment]


@given(MOMENTS)
@example(datetime(1969, 12, 31, 23, 59, 51, tzinfo=UTC))
def test_any_moment_is_read_back_from_ticks_and_milliseconds(moment: datetime) -> None:
    ticks = (moment - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
    millis = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    from_ticks, from_millis = read(str(ticks), f"/Date({millis})/").values.to_pylist()
    assert from_ticks == (moment if ticks < 10**18 else None)
    assert from_millis == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


PIECES = st.sampled_from(
    ["0", "1", "9", "2026", "-11", "-23", "T", "Z", ":", ".", "+", "/", "/Date(", ")/", " UTC", "12:00:00", "é", " AM"]
)


@given(st.lists(st.none() | st.text(max_size=30) | st.lists(PIECES, max_size=12).map("".join), max_size=6))
@example(["\0", "\u0662\u0660\u0662\u0666-11-23", "/Date()/", "+", "2026-11-23T12:00:00.+01:00"])
def test_no_text_crashes_and_a_value_is_never_malformed(texts: list[str | None]) -> None:
    for culture in (None, BERLIN):
        values, malformed, local = facts(read(*texts, culture=culture))
        assert len(values) == len(malformed) == len(local) == len(texts)
        states = zip(values, malformed, local, strict=True)
        assert all((value is not None) + is_malformed + is_local <= 1 for value, is_malformed, is_local in states)


PLAIN = st.from_regex(r"[0-9+-]{4}[-0-9]([0-3][0-9][-0-9]){2}?[0-9T :.,-]{0,9}Z", fullmatch=True) | st.builds(
    "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}Z".format,
    st.integers(0, 9999),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("T ,"),
    st.integers(0, 25),
    st.integers(0, 61),
    st.integers(0, 61),
)


@given(PLAIN)
@example("0001-01-01T00:00:00Z")
@example("2026-02-29T00:00:00Z")
@example("2026-11-23T12:00:60Z")
@example("20240101120000.0000Z")
def test_a_column_of_graphs_form_alone_says_what_it_says_among_others(text: str) -> None:
    alone, among = facts(read(text, None)), facts(read(text, None, "134399088000000000", "23.11.2026"))

    assert [fact[:2] for fact in alone] == [fact[:2] for fact in among]
