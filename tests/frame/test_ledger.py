from datetime import UTC, datetime

import pyarrow as pa

from reconcile.frame.columns import RETIRED, SEEN, to_table
from reconcile.frame.ledger import retired_frame, seen_frame
from reconcile.ledger.moment import to_micros
from reconcile.ledger.retired import Retired
from reconcile.ledger.sweep import FirstSeen

GUID = "3e0b9f52-71c4-4d8a-a6f1-08d92c5b7e13"
AT = datetime(2025, 3, 31, 14, 0, 0, 250, tzinfo=UTC)


def test_a_retired_identity_has_normal_ids_and_its_time() -> None:
    frame = retired_frame([Retired(f"{{{GUID.upper()}}}", GUID, "s-1-5-21-1", GUID.upper(), "LT-0001", AT)])
    assert to_table(frame, RETIRED).to_pylist() == [
        {
            "device_id": GUID,
            "object_guid": GUID,
            "sid": "S-1-5-21-1",
            "object_id": GUID,
            "hostname": "LT-0001",
            "retired_at": AT,
        }
    ]


def test_what_is_no_identity_is_missing() -> None:
    frame = retired_frame([Retired("00000000-0000-0000-0000-000000000000", "x", "S-1-5-21-1", None, None, AT)])
    (row,) = to_table(frame, RETIRED).to_pylist()
    assert [name for name, value in row.items() if value is not None] == ["sid", "retired_at"]


def test_first_sightings_have_their_time() -> None:
    seen = FirstSeen(["stale", "pending"], ["entra", "entra"], [GUID, "pc-1"], [to_micros(AT), 0])
    assert to_table(seen_frame(seen), SEEN).to_pylist() == [
        {"kind": "stale", "system": "entra", "object": GUID, "first_seen_at": AT},
        {"kind": "pending", "system": "entra", "object": "pc-1", "first_seen_at": datetime(1970, 1, 1, tzinfo=UTC)},
    ]


def test_an_empty_ledger_gives_empty_frames_of_the_same_types() -> None:
    retired, seen = retired_frame([]), seen_frame(FirstSeen([], [], [], []))
    assert (len(retired), len(seen)) == (0, 0)
    assert pa.Schema.from_pandas(retired, preserve_index=False).remove_metadata() == RETIRED
    assert pa.Schema.from_pandas(seen, preserve_index=False).remove_metadata() == SEEN
