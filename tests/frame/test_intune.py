"""What Intune and Autopilot add to Entra's devices."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.frame import entra
from reconcile.frame.columns import ENTRA, to_table
from reconcile.frame.entra import entra_frame
from reconcile.source.schema import ENTRA as SERVED
from reconcile.source.schema import PARTS
from reconcile.workspace import Part, Run

ONE, TWO, THREE = (f"0a0a0a0a-1111-4111-8111-11111111111{number}" for number in (1, 2, 3))
ZERO = "00000000-0000-0000-0000-000000000000"
MONDAY, FRIDAY = "2026-11-16T12:00:00Z", "2026-11-20T12:00:00Z"
TIMES: dict[str, datetime | None] = {
    MONDAY: datetime(2026, 11, 16, 12, tzinfo=UTC),
    FRIDAY: datetime(2026, 11, 20, 12, tzinfo=UTC),
    "0001-01-01T00:00:00Z": None,
    "": None,
}
SERIALS = {"PF-1": "PF-1", " 5CG2 ": "5CG2", "Default string": None, "": None}

Rows = list[dict[str, Any]]


def device(device_id: str | None, sync: str | None = None, serial: str | None = None) -> dict[str, Any]:
    return {"azureADDeviceId": device_id, "lastSyncDateTime": sync, "serialNumber": serial}


def identity(device_id: str | None, serial: str | None = None) -> dict[str, Any]:
    return {"azureActiveDirectoryDeviceId": device_id, "serialNumber": serial}


def frame(rows: Rows, intune: Rows | None = None, autopilot: Rows | None = None) -> pd.DataFrame:
    served = pa.Table.from_pylist(rows, SERVED)
    return entra_frame(served, table_of("intune", intune), table_of("autopilot", autopilot))


def table_of(part: Part, rows: Rows | None) -> pa.Table | None:
    return None if rows is None else pa.Table.from_pylist(rows, PARTS[part])


def told(
    rows: Rows, intune: Rows | None = None, autopilot: Rows | None = None
) -> list[tuple[datetime | None, str | None, str]]:
    """When Intune saw each row, its serial number, and whether Autopilot holds it."""
    table = to_table(frame(rows, intune, autopilot), ENTRA)
    return [(row["managed_seen_at"], row["serial"], row["autopilot"]) for row in table.to_pylist()]


def serial(intune: str | None, autopilot: str | None = None) -> str | None:
    return told([{"deviceId": ONE}], [device(ONE, serial=intune)], [identity(ONE, autopilot)])[0][1]


def test_the_parts_lie_beside_the_snapshot_and_each_has_its_columns() -> None:
    run = Run(Path("run"))

    assert set(PARTS) == set(get_args(Part))
    assert run.part("intune") == Path("run", "1-entra-intune.parquet")
    assert run.part("autopilot") == Path("run", "1-entra-autopilot.parquet")


def test_what_was_not_pulled_or_is_not_linked_is_unknown() -> None:
    unknown = [(None, None, "unknown")]

    assert told([{"deviceId": ONE}]) == unknown
    assert told([{"deviceId": ONE}], [], []) == unknown
    assert told([{"deviceId": ONE}], [device(TWO, MONDAY, "PF-1")], [identity(TWO, "PF-2")]) == unknown


def test_no_rows_have_the_columns_of_the_contract_too() -> None:
    assert to_table(frame([], [device(ONE, MONDAY)], [identity(ONE)]), ENTRA).schema.equals(ENTRA)


def test_a_device_is_linked_by_its_id_in_any_spelling() -> None:
    rows = [{"deviceId": TWO}, {"deviceId": ONE}]

    assert told(rows, [device(f" {{{ONE.upper()}}} ", MONDAY, "PF-1")]) == [
        (None, None, "unknown"),
        (TIMES[MONDAY], "PF-1", "unknown"),
    ]


@pytest.mark.parametrize("nobody", [ZERO, None, "", "a6c91d4e-…"])
def test_what_is_no_identity_links_nothing(nobody: str | None) -> None:
    rows: Rows = [{"deviceId": nobody}, {"deviceId": ONE}]

    assert told(rows, [device(nobody, MONDAY, "PF-1")], [identity(nobody, "PF-2")]) == [(None, None, "unknown")] * 2


def test_every_row_with_the_id_is_linked() -> None:
    rows: Rows = [{"deviceId": ONE}, {"deviceId": ONE, "deletedDateTime": MONDAY}]

    assert told(rows, [device(ONE, MONDAY)]) == [(TIMES[MONDAY], None, "unknown")] * 2


def test_of_several_devices_of_one_id_the_newest_decides_and_one_without_a_time_comes_last() -> None:
    several = [device(ONE, None, "PF-0"), device(ONE, MONDAY, "PF-1"), device(ONE, FRIDAY, "PF-2"), device(ONE, "soon")]

    assert told([{"deviceId": ONE}], several) == [(TIMES[FRIDAY], "PF-2", "unknown")]
    assert told([{"deviceId": ONE}], several[::-1]) == [(TIMES[FRIDAY], "PF-2", "unknown")]


def test_a_device_without_a_serial_number_leaves_it_to_an_older_one() -> None:
    several = [device(ONE, MONDAY, "PF-1"), device(ONE, FRIDAY, "0")]

    assert told([{"deviceId": ONE}], several) == [(TIMES[FRIDAY], "PF-1", "unknown")]


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00Z", "", None, "soon"])
def test_never_is_unknown(never: str | None) -> None:
    assert told([{"deviceId": ONE}], [device(ONE, never, "PF-1")]) == [(None, "PF-1", "unknown")]


@pytest.mark.parametrize(
    "placeholder",
    [
        None,
        "",
        " ",
        "0",
        "00000000",
        "System Serial Number",
        "SystemSerialNumber",
        "system serial number ",
        "Default string",
        "Defaultstring",
        "To be filled by O.E.M.",
        "To Be Filled By O.E.M",
        "ToBeFilledByO.E.M.",
        "None",
        "N/A",
        "Not Specified",
        "Not Applicable",
        "Unknown",
    ],
)
def test_a_placeholder_is_no_serial_number(placeholder: str | None) -> None:
    assert serial(placeholder) is None
    assert serial(placeholder, "PF-2") == "PF-2"
    assert serial(None, placeholder) is None


@pytest.mark.parametrize("text", ["PF-1", "0123", "5CG0000000", "VMware-56 4d 0f", "None-7", "R90default"])
def test_what_only_resembles_a_placeholder_is_a_serial_number(text: str) -> None:
    assert serial(text) == serial(f" {text} ") == text


def test_intune_s_serial_number_stands_before_autopilot_s() -> None:
    assert serial("PF-1", "PF-2") == "PF-1"
    assert serial(None, "PF-2") == "PF-2"


@pytest.mark.parametrize(
    ("physical_ids", "unnamed"), [(["[ZTDID]:x"], "true"), (["[GID]:g:1"], "false"), ([], "false"), (None, "unknown")]
)
def test_autopilot_holds_what_it_names_and_of_others_the_physical_ids_decide(
    physical_ids: list[str] | None, unnamed: str
) -> None:
    rows: Rows = [{"deviceId": number, "physicalIds": physical_ids} for number in (ONE, TWO)]

    assert [row[2] for row in told(rows, None, [identity(ONE.upper())])] == ["true", unnamed]


def test_intune_alone_says_nothing_of_autopilot() -> None:
    assert told([{"deviceId": ONE, "physicalIds": []}], [device(ONE, MONDAY)]) == [(TIMES[MONDAY], None, "false")]


IDS = st.sampled_from([ONE, TWO, THREE, ONE.upper(), ZERO, "", None])
DEVICES = st.lists(
    st.builds(device, IDS, st.sampled_from([*TIMES, None]), st.sampled_from([*SERIALS, None])), max_size=9
)
IDENTITIES = st.lists(st.builds(identity, IDS, st.sampled_from([*SERIALS, None])), max_size=6)


def naive(of: str | None, intune: Rows, autopilot: Rows) -> tuple[datetime | None, str | None, str]:
    """The link of one row, one thing after the other."""
    own = (of or ZERO).lower()
    if own == ZERO:
        return None, None, "unknown"
    devices = [item for item in intune if (item["azureADDeviceId"] or "").lower() == own]
    named = [item for item in autopilot if (item["azureActiveDirectoryDeviceId"] or "").lower() == own]
    never = datetime.min.replace(tzinfo=UTC)
    newest = sorted(devices, key=lambda item: TIMES.get(item["lastSyncDateTime"]) or never, reverse=True)
    times = [time for item in newest if (time := TIMES.get(item["lastSyncDateTime"]))]
    serials = [text for item in [*newest, *named] if (text := SERIALS.get(item["serialNumber"]))]
    return next(iter(times), None), next(iter(serials), None), "true" if named else "unknown"


@given(st.lists(IDS, max_size=9), DEVICES, IDENTITIES)
def test_the_link_of_all_is_that_of_one_row_after_the_other(
    ids: list[str | None], intune: Rows, autopilot: Rows
) -> None:
    assert told([{"deviceId": one} for one in ids], intune, autopilot) == [naive(one, intune, autopilot) for one in ids]


def test_long_tables_are_the_sum_of_their_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [ONE, TWO, THREE, ONE, ZERO]
    intune = [device(one, sync, f"PF-{sync}") for sync in (FRIDAY, MONDAY) for one in ids]
    tables = ([{"deviceId": one} for one in ids], intune, [identity(one) for one in ids])
    whole = frame(*tables)
    monkeypatch.setattr(entra, "SLICE", 2)
    pd.testing.assert_frame_equal(frame(*tables), whole)
