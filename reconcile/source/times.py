"""Times in every form in which the systems and their exports print them, in UTC.

Never (FILETIME 0 and its highest value, year 1, year 1601, year 9999) is null and well-formed; a time without a zone
is null unless the operator has said how to read it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Column: TypeAlias = pa.Array | pa.ChunkedArray
Texts: TypeAlias = pa.StringArray
Micros = npt.NDArray[np.int64]
"""Microseconds since 1970, or one of the two below."""
Form: TypeAlias = tuple[str, Callable[[Texts], Micros]]
"""A pattern, and what reads the texts that match it."""

MICRO = pa.timestamp("us", "UTC")
UNREADABLE = np.iinfo(np.int64).min
NEVER = UNREADABLE + 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
EARLIEST = int((datetime(1602, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()) * SECOND
"""What lies before is a counter's zero in some calendar, not a time."""
LATEST = int((datetime(9999, 12, 31, tzinfo=UTC) - EPOCH).total_seconds()) * SECOND
FILETIME_EPOCH = int((EPOCH - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * SECOND

PLAIN = len("2026-11-23T06:00:00Z")
DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
CLOCK = r"[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
ZONE = r"(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)$"
GENERALIZED = r"^\d{8}([01]\d|2[0-3])[0-5]\d[0-5]\d(\.\d+)?" + ZONE
WITHOUT_ZONE = (
    r"^(\d{1,4}|\pL[\pL\pM]{1,11}\.?)[./ -] ?(\d{1,2}|\pL[\pL\pM]{1,11}\.?)[./ -] ?\d{1,4}\.?"  # 23.11.2026, 11/23/2026, 23-Nov-26
    r"([T,]?[\s\p{Z}]*[^\d:]{0,8}\d{1,2}[:.]\d\d([:.]\d\d([.,]\d+)?)?[^\d:+Z]{0,12})?$"  # 06:00, 6:00:00 AM
)


@dataclass(frozen=True)
class Culture:
    """How local dates are written, as `datetime.strptime` has it, and the zone of their clock."""

    format: str
    zone: str


@dataclass(frozen=True)
class Times:
    values: pa.TimestampArray
    malformed: pa.BooleanArray
    culture: pa.BooleanArray
    """A date that cannot be read without knowing how it was written; its value is null."""


def read_times(values: Column, culture: Culture | None = None) -> Times:
    """The times in UTC; nothing and never are null, and so is whatever is malformed or a culture's."""
    texts = pc.utf8_trim_whitespace(_one(values))
    return _read_plain(texts) or _read_any(texts, culture)


def _read_plain(texts: Texts) -> Times | None:
    """None unless all are as Graph writes them, to the second: these Arrow reads at once."""
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    if lengths != {"min": PLAIN, "max": PLAIN} or not pc.all(pc.ends_with(texts, "Z")).as_py():
        return None
    try:
        micros = _ints(pc.fill_null(texts.cast(MICRO).cast(pa.int64()), NEVER))
    except pa.ArrowInvalid:
        return None
    none = pa.array(np.zeros(len(texts), np.bool_))
    return Times(_known(micros), none, none)


def _read_any(texts: Texts, culture: Culture | None) -> Times:
    micros = np.full(len(texts), NEVER, np.int64)
    rest = np.flatnonzero(_mask(pc.not_equal(texts, "")))
    for pattern, read in _likely_first(texts, rest):
        hit = _mask(pc.match_substring_regex(_pick(texts, rest), pattern))
        micros[rest[hit]] = read(_pick(texts, rest[hit]))
        rest = rest[~hit]
    local = np.zeros(len(texts), np.bool_)
    if culture is None:
        local[rest] = _mask(pc.match_substring_regex(_pick(texts, rest), WITHOUT_ZONE))
        micros[rest] = UNREADABLE
    else:
        micros[rest] = _culture(_pick(texts, rest), culture)
    return Times(_known(micros), pa.array((micros == UNREADABLE) & ~local), pa.array(local))


def _known(micros: Micros) -> pa.TimestampArray:
    return pa.array(micros, pa.int64(), mask=(micros < EARLIEST) | (micros >= LATEST)).cast(MICRO)


def _likely_first(texts: Texts, rows: npt.NDArray[np.int64]) -> list[Form]:
    """A column mostly has one form, that of its first value: the others then find nothing left to match."""
    first = texts[rows[0]].as_py() if len(rows) else ""
    return sorted(FORMS, key=lambda form: re.search(form[0], first) is None)


def _one(values: Column) -> Texts:
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return array.cast(pa.string())


def _mask(values: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), np.bool_)  # noqa: FBT003 - Arrow's own order of arguments


def _pick(texts: Texts, rows: npt.NDArray[np.int64]) -> Texts:
    return texts if len(rows) == len(texts) else texts.take(pa.array(rows))


def _iso(texts: Texts) -> Micros:
    """A day that its month does not have is found by halving: Arrow reads all or none."""
    try:
        return _ints(texts.cast(MICRO).cast(pa.int64()))
    except pa.ArrowInvalid:
        if len(texts) == 1:
            return np.array([UNREADABLE])
        half = len(texts) // 2
        return np.concatenate([_iso(texts[:half]), _iso(texts[half:])])


def _iso_of_net(texts: Texts) -> Micros:
    """Seven digits of a second, as .NET prints them; Arrow reads six."""
    return _iso(_cut(texts, 26, 27, b""))


def _iso_of_any(texts: Texts) -> Micros:
    """Any number of digits of a second, and UTC or a blank before the zone."""
    short = pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1")
    utc = pc.replace_substring_regex(short, r" ?(UTC|Z)$", "Z")
    return _iso(pc.replace_substring_regex(utc, r" ([+-]\S+)$", r"\1"))


def _filetime(texts: Texts) -> Micros:
    """Ticks of 100 ns since 1601."""
    return _ints(texts.cast(pa.int64())) // 10 - FILETIME_EPOCH


def _never(texts: Texts) -> Micros:
    return np.full(len(texts), NEVER)


def _generalized(texts: Texts) -> Micros:
    """20240101120000.0Z"""
    for at, mark in ((12, b":"), (10, b":"), (8, b"T"), (6, b"-"), (4, b"-")):
        texts = _cut(texts, at, at, mark)
    return _iso_of_any(texts) if pc.any(pc.match_substring_regex(texts, r"\.\d{7}")).as_py() else _iso(texts)


def _json_date(texts: Texts) -> Micros:
    """/Date(1700000000000)/: milliseconds since 1970; a zone behind them tells only where they were written."""
    digits = pc.replace_substring_regex(pc.ascii_trim(texts, "/Date()"), r"(\d)[+-]\d{4}$", r"\1")
    millis = _ints(digits.cast(pa.int64()))
    outside = (millis < EARLIEST // 1000) | (millis >= LATEST // 1000)
    return np.where(outside, NEVER, millis * 1000)


def _ints(values: pa.Int64Array) -> Micros:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.int64)


def _cut(texts: Texts, start: int, stop: int, mark: bytes) -> Texts:
    """Replace part of each; the texts are ASCII, and bytes are quicker than characters."""
    return pc.binary_replace_slice(texts.cast(pa.binary()), start, stop, mark).cast(pa.string())


FORMS: tuple[Form, ...] = (
    (DAY + CLOCK + r"(\.\d{1,6})?" + ZONE, _iso),
    (r"^\d{1,18}$", _filetime),
    (r"^\d{19,}$", _never),
    (DAY + CLOCK + r"\.\d{7}" + ZONE, _iso_of_net),
    (DAY + CLOCK + r"(\.\d+)? ?(UTC|" + ZONE.removeprefix("("), _iso_of_any),
    (GENERALIZED, _generalized),
    (r"^/Date\(-?\d{1,18}([+-]\d{4})?\)/$", _json_date),
)
"""Every form that says its zone; where two match, either reads it."""


def _culture(texts: Texts, culture: Culture) -> Micros:
    zone = ZoneInfo(culture.zone)
    unique = texts.dictionary_encode()
    read = [_moment(text, culture.format, zone) for text in unique.dictionary.to_pylist()]
    return np.array(read, np.int64)[_ints(unique.indices)]


def _moment(text: str, style: str, zone: ZoneInfo) -> int:
    try:
        local = datetime.strptime(text, style)  # noqa: DTZ007 - its zone is what the operator says
        return (local.replace(tzinfo=local.tzinfo or zone) - EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError, re.error):
        return UNREADABLE
