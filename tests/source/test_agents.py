import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError
from reconcile.source.agents import read_agents
from reconcile.source.reading import Reading
from reconcile.source.schema import AGENTS
from tests.source.captures import ACCOUNT, DEVICE, TENANT, THUMBPRINT, joined, printed, registered, work_account

WHOLE = printed(joined())
CUT = WHOLE.partition("| SSO State")[0]
NOVEMBER = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def timed(told: str = "2026-11-14 16:12:22.000 UTC") -> str:
    parts = joined()
    parts["Diagnostic Data"].insert(4, f"Client Time : {told}")
    return printed(parts)


def write(path: Path, data: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (NOVEMBER.timestamp(), NOVEMBER.timestamp()))
    return path


def read(*files: Path, trust_mtime: bool = True) -> Reading:
    root = files[0].parent
    reading = read_agents(files, root, trust_mtime=trust_mtime)
    assert reading.table.schema == AGENTS
    return reading


def rows(reading: Reading, *columns: str) -> list[Any]:
    """The values of one column, or tuples of several."""
    values = [tuple(row.values()) for row in reading.table.select(columns).to_pylist()]
    return [value[0] for value in values] if len(columns) == 1 else values


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def record(**changed: object) -> dict[str, object]:
    return {"host": "LAP-0042", "captured_at": "2026-11-19T08:00:00Z", "context": "user", "status": WHOLE} | changed


# Shapes


def test_a_capture_is_a_file(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "sub" / "lap-0042.txt", WHOLE), write(tmp_path / "sub" / "b.log", registered()))
    [first, second] = read_agents(
        [tmp_path / "sub" / "lap-0042.txt", tmp_path / "sub" / "b.log"], tmp_path, trust_mtime=True
    ).files

    assert rows(reading, "file", "row", "host", "DeviceId", "layout") == [
        ("lap-0042.txt", 1, "lap-0042", DEVICE, "modern"),
        ("b.log", 1, "b", None, "modern"),
    ]
    assert (first.file, first.shape, first.encoding, first.rows) == ("sub/lap-0042.txt", "dsregcmd /status", "utf-8", 1)
    assert second.sha256 != first.sha256


def test_a_file_outside_the_root_keeps_its_whole_name(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", WHOLE)

    assert rows(read_agents([file], Path("elsewhere"), trust_mtime=True), "file") == [file.as_posix()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("shape", ["text", "JSON lines", "JSON", "CSV"])
def test_every_shape_may_have_any_encoding(tmp_path: Path, encoding: str, shape: str) -> None:
    status = printed(joined(DeviceName="Büro-7"))
    told = json.dumps(record(status=status), ensure_ascii=False)
    text = {
        "text": status,
        "JSON lines": told + "\n",
        "JSON": f"[{told}]",
        "CSV": f'host;status\r\nbüro-7;"{status}"\r\n',
    }[shape]

    assert rows(read(write(tmp_path / "any", text.encode(encoding))), "DeviceName", "DeviceId") == [("Büro-7", DEVICE)]


def test_json_lines_are_records(tmp_path: Path) -> None:
    second = {"HOST": "pc2", "Status": registered(work_account(1)).splitlines()}
    reading = read(write(tmp_path / "a.jsonl", lines(record()) + "\n\n" + lines(second)))

    assert rows(reading, "row", "host", "context", "captured_by") == [
        (1, "LAP-0042", "user", "record"),
        (4, "pc2", None, "mtime"),
    ]
    assert rows(reading, "work_accounts") == [
        [],
        [{"WorkplaceDeviceId": ACCOUNT, "WorkplaceTenantId": TENANT, "WorkplaceThumbprint": THUMBPRINT}],
    ]
    assert reading.files[0].shape == "JSON lines"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("one", [True, False])
def test_json_is_one_record_or_an_array_of_them(tmp_path: Path, indent: int | None, *, one: bool) -> None:
    document = record() if one else [record(), record(host="pc2")]
    reading = read(write(tmp_path / "a.json", json.dumps(document, indent=indent)))

    assert rows(reading, "row", "host") == [(1, "LAP-0042"), (2, "pc2")][: 1 if one else 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_long_line_may_hold_all_records(tmp_path: Path, encoding: str) -> None:
    document = [record(host=f"pc{number}", context="é") for number in range(50)]
    reading = read(write(tmp_path / "a.json", json.dumps(document, ensure_ascii=False).encode(encoding)))

    assert rows(reading, "host") == [f"pc{number}" for number in range(50)]


def test_windows_powershell_wraps_what_its_cmdlets_give(tmp_path: Path) -> None:
    status = {"value": WHOLE, "PSPath": "C:\\lap-0042.txt"}
    time = {"value": "/Date(1795075200000)/", "DisplayHint": 2}
    reading = read(write(tmp_path / "a.json", json.dumps([record(status=status, captured_at=time)])))

    assert rows(reading, "DeviceId", "captured_at") == [(DEVICE, "2026-11-19T08:00:00.000000Z")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_has_a_capture_in_a_cell(tmp_path: Path, delimiter: str) -> None:
    names = ["Host", "Captured_At", "Context", "Status"]
    cells = ["lap-0042", "2026-11-19T08:00:00Z", "System", WHOLE]
    table = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in (names, cells, ["", "", "", WHOLE]))
    reading = read(write(tmp_path / "a.csv", "#TYPE Selected.PSCustomObject\r\n" + table + "\r\n"))

    assert rows(reading, "row", "host", "context", "captured_by", "DeviceId") == [
        (3, "lap-0042", "System", "record", DEVICE),
        (3 + len(WHOLE.splitlines()) + 1, "a", None, "mtime", DEVICE),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "is neither a dsregcmd /status capture, nor JSON, nor CSV"),
        (b"<html><body>dsregcmd</body></html>", "is neither a dsregcmd /status capture, nor JSON, nor CSV"),
        (b"host,captured_at\nlap,2026-11-19T08:00:00Z\n", "has no column 'status'"),
        (b'[{"host": "lap", "status": "', "is not valid JSON"),
        (b'{"host": "lap",\n "status": "', "is not valid JSON"),
    ],
)
def test_a_file_of_no_known_shape_is_an_error_that_names_it(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=f"any.bin: {why}"):
        read(write(tmp_path / "any.bin", data))


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=9) | st.just(WHOLE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*record(), "value"]), inner),
    max_leaves=6,
)


@given(
    st.binary(max_size=99)
    | st.lists(JSON).map(lambda told: lines(*told).encode())
    | JSON.map(lambda told: json.dumps(told).encode("utf-16"))
)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = write(tmp_path_factory.getbasetemp() / "any", data)

    with contextlib.suppress(InputError):
        reading = read(file)
        assert reading.table.num_rows == reading.files[0].rows


# What is left out, and what counts as unknown


def test_a_record_that_cannot_be_used_is_left_out_and_listed(tmp_path: Path) -> None:
    broken = '{"host": "pc1", "status": \n["status"]\n' + lines({"host": "pc2", "status": None}) + lines(record())
    reading = read(write(tmp_path / "a.jsonl", broken))

    assert rows(reading, "row") == [4]
    assert [(item.row, item.field, item.reason.partition(":")[0], item.kept) for item in reading.rejected] == [
        (1, "", "is not JSON", False),
        (2, "", "is no object", False),
        (3, "status", "there is no status", False),
    ]


def test_a_csv_row_of_the_wrong_width_is_left_out_and_listed(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "a.csv", "host,status\npc1\npc2,nothing\n"))

    assert rows(reading, "host") == ["pc2"]
    assert [(item.row, item.value, item.kept) for item in reading.rejected] == [(2, "pc1", False), (3, "nothing", True)]


def test_a_truncated_capture_says_nothing_and_is_listed_with_its_line(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "lap-0042.txt", CUT))
    [row] = reading.table.to_pylist()
    [item] = reading.rejected

    assert {name for name, value in row.items() if value is not None} == {
        "file", "row", "host", "captured_at", "captured_by", "problem", "DeviceName",
    }  # fmt: skip
    assert row["problem"] == f"line {item.row}: the capture ends inside 'User State'"
    assert (item.file, item.field, item.kept) == ("lap-0042.txt", "status", True)
    assert item.reason == "the capture ends inside 'User State'; the capture counts as unknown"


def test_a_broken_capture_in_a_record_is_listed_with_the_record(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "a.jsonl", lines(record(), record(status="a\nDeviceId : 1"))))
    [item] = reading.rejected

    assert (item.row, item.value) == (2, "DeviceId : 1")
    assert item.reason == "line 2: 'DeviceId' stands above the first section of the status; it counts as unknown"


def test_an_empty_file_is_a_capture_that_says_nothing(tmp_path: Path) -> None:
    assert rows(read(write(tmp_path / "pc.txt", "")), "host", "problem") == [("pc", "line 1: the capture is empty")]


def test_a_context_that_is_no_word_of_ours_is_noted(tmp_path: Path) -> None:
    contexts = ["interactive", "USER", " ", "interactive", None]
    reading = read(write(tmp_path / "a.jsonl", lines(*(record(context=word) for word in contexts))))

    assert rows(reading, "context") == ["interactive", "USER", None, "interactive", None]
    [note] = reading.notes
    assert note.startswith("the context of 2 captures is none of user, system, remote, unknown ('interactive')")


# Times


@pytest.mark.parametrize(
    ("recorded", "status", "trusted", "at", "by", "listed"),
    [
        ("2026-11-19T09:00:00+01:00", timed(), True, "2026-11-19T08:00:00", "record", False),
        (None, timed(), True, "2026-11-14T16:12:22", "client-time", False),
        (" ", WHOLE, True, "2026-11-20T06:30:00", "mtime", False),
        (None, WHOLE, False, None, None, False),
        ("yesterday", timed(), True, "2026-11-14T16:12:22", "client-time", True),
        ("yesterday", WHOLE, True, None, None, True),
        ("11/19/2026 8:00:00 AM", WHOLE, True, None, None, True),
        ("0001-01-01T00:00:00Z", WHOLE, True, None, None, True),
        (None, timed("ERROR"), True, "2026-11-20T06:30:00", "mtime", False),
    ],
)
def test_the_time_is_the_records_else_the_devices_else_the_files(
    tmp_path: Path, *, recorded: str | None, status: str, trusted: bool, at: str | None, by: str | None, listed: bool
) -> None:
    file = write(tmp_path / "a.jsonl", lines(record(captured_at=recorded, status=status)))
    reading = read(file, trust_mtime=trusted)

    assert rows(reading, "captured_at", "captured_by") == [(at and f"{at}.000000Z", by)]
    assert [(item.field, item.value, item.kept) for item in reading.rejected] == (
        [("captured_at", recorded, True)] if listed else []
    )


def test_a_broken_capture_keeps_the_time_it_was_taken(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "a.jsonl", lines(record(status=CUT))))

    assert rows(reading, "captured_by", "AzureAdJoined") == [("record", None)]


def test_many_records_are_read_in_slices(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "a.jsonl", lines(*(record(host=f"pc{n}", status="") for n in range(5000)))))

    assert rows(reading, "host") == [f"pc{n}" for n in range(5000)]
    assert (reading.files[0].rows, len(reading.rejected)) == (5000, 5000)
