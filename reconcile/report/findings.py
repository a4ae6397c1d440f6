"""`2-findings.csv`: every finding, for Excel and for scripts."""

import codecs
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from reconcile.frame.columns import FINDINGS
from reconcile.report.writing import replacing

FORMULA = r"^[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
"""What a spreadsheet may take for the start of a formula, or skip to find one; the last four are the full-width forms."""


def write_csv(findings: pa.Table, path: Path) -> None:
    """UTF-8 with BOM; times as ISO 8601 to the second; a cell that could become a formula begins with `'`."""
    plain = pa.table([_plain(findings[field.name], field.type) for field in FINDINGS], names=FINDINGS.names)
    with replacing(path) as part, part.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        csv.write_csv(plain, file)


def iso(times: pa.ChunkedArray) -> pa.ChunkedArray:
    """`2026-01-02T03:04:05Z`."""
    seconds = pc.floor_temporal(times.cast(pa.timestamp("us")), unit="second").cast(pa.timestamp("s"))
    text = pc.replace_substring(seconds.cast(pa.string()), " ", "T")
    return pc.binary_join_element_wise(text, "Z", "")


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_timestamp(kind):
        return iso(column)
    return _harmless(column) if pa.types.is_string(kind) else column


def _harmless(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    risky = pc.match_substring_regex(texts, FORMULA)
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts) if pc.any(risky).as_py() else texts
