"""Columns of findings as values that a worksheet can hold and shows as they are."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

ILLEGAL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
"""What XML 1.0 has no way to write."""
ESCAPE = r"_(x[0-9A-Fa-f]{4}_)"
"""Excel reads `_x0041_` as the letter A, unless its first character is escaped the same way."""
RETURN = ("\r", "_x000D_")
"""As Excel itself writes it: bare, it would be read back as the end of a line."""
MAX_LENGTH = 16_000
"""Excel holds 32,767 UTF-16 units in a cell; a character may take two."""
CUT = " (cut; 2-findings.csv has all of it)"
FIRST_DATE = datetime(1900, 3, 1)  # noqa: DTZ001 - Excel knows no zones; before this day its calendar has one too many
LAST_DATE = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - as above


def clean(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    safe = pc.replace_substring_regex(texts, ILLEGAL, "\N{REPLACEMENT CHARACTER}")
    safe = pc.replace_substring_regex(safe, ESCAPE, r"_x005F_\1")
    safe = pc.replace_substring(safe, *RETURN)
    cut = pc.binary_join_element_wise(pc.utf8_slice_codeunits(safe, 0, MAX_LENGTH), CUT, "")
    return pc.if_else(pc.greater(pc.utf8_length(safe), MAX_LENGTH), cut, safe)


def clean_text(text: str) -> str:
    cleaned: str = clean(pa.array([text], pa.string()))[0].as_py()
    return cleaned


def texts(column: pa.ChunkedArray) -> list[str | None]:
    values: list[str | None] = clean(column).to_pylist()
    return values


def dates(column: pa.ChunkedArray) -> list[datetime | str]:
    """To the second, in UTC; unknown, and what Excel's calendar does not reach, is a text."""
    naive = pc.floor_temporal(column.cast(pa.timestamp("us")), unit="second").cast(pa.timestamp("s"))
    reached = pc.and_(pc.greater_equal(naive, FIRST_DATE), pc.less_equal(naive, LAST_DATE))
    known = pc.if_else(reached, naive, None).to_pylist()
    told = pc.if_else(reached, None, naive).cast(pa.string()).to_pylist()
    return [date or text or "unknown" for date, text in zip(known, told, strict=True)]
