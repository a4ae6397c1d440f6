"""Invented findings for the tests of this room."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from reconcile.frame.columns import FINDINGS
from reconcile.report.summary import Facts, Source

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
COMPLETE = Source("entra", "complete", NOW, 12, 1, "1 file: devices.json (Graph page)")
ABSENT = Source("directory", "absent")
INCOMPLETE = Source("agents", "incomplete", NOW, 3, 0, "live", ("A note.",))
FACTS = Facts(
    "20261123T080000Z", NOW, (COMPLETE, ABSENT, INCOMPLETE), None, "contoso.example", ("Of AD nothing can be said.",)
)
HOSTILE = (
    '=HYPERLINK("http://evil.example","x")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "#N/A",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a\u2028b\u2029c",
    'quo"te, and; more',
    "_x0041_",
    "\x00\x07bell\x1f\ufffe",
    "<!--<script>",
    "]]>&amp;{{summary}}",
    "émile-ß-漢字-😀",
)


def finding(**values: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "kind": "stale",
        "severity": "medium",
        "system": "entra",
        "hostname": "PC-1",
        "object_id": "0b000000-0000-4000-8000-000000000001",
        "device_id": "0d000000-0000-4000-8000-000000000001",
        "object_guid": None,
        "sid": None,
        "join": "hybrid",
        "enabled": True,
        "last_activity_at": datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC),
        "activity_source": "directory",
        "owner": "ada@contoso.example",
        "action": "disable, and delete after the grace period",
        "blocked_by": "",
        "first_seen_at": NOW,
        "evidence": json.dumps({"cutoff": "2026-08-25T08:00:00Z", "asked": ["entra", "directory"]}),
    }
    return {**whole, **values}


def table(rows: Iterable[dict[str, Any]] = ()) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=FINDINGS)


def hostile_table() -> pa.Table:
    """Every hostile text in every column of text that a device or an owner may have a say in."""
    names = ("hostname", "owner", "action", "evidence", "object_id", "device_id", "object_guid", "sid")
    return table(finding(**dict.fromkeys(names, text)) for text in HOSTILE)
