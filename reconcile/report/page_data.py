"""The findings as JSON inside the page: columns, and few-valued ones by number."""

import msgspec
import pyarrow as pa

from reconcile.frame.columns import FINDINGS
from reconcile.report import words
from reconcile.report.findings import iso

CODED = frozenset({"kind", "severity", "system", "join", "activity_source", "owner", "action", "blocked_by"})
ESCAPES = {
    b"<": b"\\u003c",
    b">": b"\\u003e",
    b"&": b"\\u0026",
    b"\xe2\x80\xa8": b"\\u2028",
    b"\xe2\x80\xa9": b"\\u2029",
}
"""What could end the script element or a line of script; inside JSON these stand in texts only."""


def data(findings: pa.Table) -> bytes:
    """Safe to stand in a script element as it is."""
    whole = {
        "rows": len(findings),
        "columns": {field.name: _column(findings[field.name], field) for field in FINDINGS},
        "kinds": {name: msgspec.to_builtins(words.kind(name)) for name in _seen(findings["kind"])},
        "protections": words.PROTECTIONS,
        "systems": words.WITNESSES,
        "joins": words.JOINS,
        "severities": words.SEVERITIES,
    }
    text = msgspec.json.encode(whole)
    for mark, escaped in ESCAPES.items():
        text = text.replace(mark, escaped)
    return text


def _column(column: pa.ChunkedArray, field: pa.Field) -> object:
    if pa.types.is_timestamp(field.type):
        return iso(column).to_pylist()
    if field.name not in CODED:
        return column.to_pylist()
    coded = column.combine_chunks().dictionary_encode()
    return {"words": coded.dictionary.to_pylist(), "index": coded.indices.to_pylist()}


def _seen(kinds: pa.ChunkedArray) -> list[str]:
    return [name for name in kinds.unique().to_pylist() if name is not None]
