"""Columns of findings as the cells of a worksheet's XML: a kernel a column, for openpyxl takes a Python call a cell.

Every text is an inline string, so none is ever a formula, whatever it begins with.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import get_column_letter

ILLEGAL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
"""What XML 1.0 has no way to write."""
ESCAPE = r"_(x[0-9A-Fa-f]{4}_)"
"""Excel reads `_x0041_` as the letter A, unless its first character is escaped the same way."""
MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
RISKY = r"^[=+\-@]"
"""What would become a formula when a person edits the cell, unless it is marked as quoted."""
MAX_LENGTH = 16_000
"""Excel holds 32,767 UTF-16 units in a cell; a character may take two."""
CUT = " (cut; 2-findings.csv has all of it)"
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no zones
FIRST_DATE = datetime(1900, 3, 1)  # noqa: DTZ001 - before it Excel's calendar has a day too many
DAY = 86_400


def clean(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """What Excel can hold and shows as it is."""
    safe = pc.replace_substring_regex(texts, ILLEGAL, "\N{REPLACEMENT CHARACTER}")
    safe = pc.replace_substring_regex(safe, ESCAPE, r"_x005F_\1")
    cut = _joined(pc.utf8_slice_codeunits(safe, 0, MAX_LENGTH), CUT)
    return pc.if_else(pc.greater(pc.utf8_length(safe), MAX_LENGTH), cut, safe)


def clean_text(text: str) -> str:
    cleaned: str = clean(pa.array([text], pa.string()))[0].as_py()
    return cleaned


def texts(column: pa.ChunkedArray, quoted: int) -> pa.ChunkedArray:
    """The cells' attributes and content; `quoted` is the style of texts that look like a formula. Null and empty give no cell."""
    safe = clean(column)
    risky = pc.match_substring_regex(safe, RISKY)
    for mark, reference in MARKUP.items():
        safe = pc.replace_substring(safe, mark, reference)
    head = pc.if_else(risky, f' s="{quoted}"', "")
    cells = _joined(head, ' t="inlineStr"><is><t xml:space="preserve">', safe, "</t></is>")
    return pc.if_else(pc.equal(safe, ""), None, cells)


def dates(column: pa.ChunkedArray, style: int) -> pa.ChunkedArray:
    """Excel's dates to the second, in UTC; unknown, and what Excel's calendar does not reach, is a text."""
    naive = pc.floor_temporal(column.cast(pa.timestamp("us")), unit="second").cast(pa.timestamp("s"))
    days = pc.divide(pc.subtract(naive.cast(pa.int64()), _seconds(EPOCH)).cast(pa.float64()), float(DAY))
    cells = _joined(f' s="{style}"><v>', days.cast(pa.string()), "</v>")
    early = texts(pc.fill_null(naive.cast(pa.string()), "unknown"), style)
    late = pc.greater_equal(naive.cast(pa.int64()), _seconds(FIRST_DATE))
    return pc.coalesce(pc.if_else(late, cells, early), early)


def rows(columns: Sequence[pa.ChunkedArray], first: int) -> pa.ChunkedArray:
    """One `<row>` per row, numbered from `first`."""
    numbers = pa.array(range(first, first + len(columns[0]))).cast(pa.string())
    cells = [
        _joined(f'<c r="{get_column_letter(place)}', numbers, '"', column, "</c>")
        for place, column in enumerate(columns, 1)
    ]
    whole = pc.binary_join_element_wise(*cells, "", null_handling="replace", null_replacement="")
    return _joined('<row r="', numbers, '">', whole, "</row>")


def encoded(lines: pa.ChunkedArray) -> Iterator[bytes]:
    for chunk in lines.chunks:
        yield "".join(chunk.to_pylist()).encode()


def _joined(*parts: pa.ChunkedArray | str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*parts, "")


def _seconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1)) // (datetime(1970, 1, 1, 0, 0, 1) - datetime(1970, 1, 1))  # noqa: DTZ001 - as above
