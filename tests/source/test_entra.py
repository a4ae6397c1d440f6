"""The devices of Entra ID from files, put together and judged whole."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError, ReconcileError, SourceIncomplete
from reconcile.source.entra import read_entra
from reconcile.source.reading import Reading
from reconcile.source.schema import ENTRA

LINK = "https://graph.example.test/v1.0/devices?$skiptoken=x"
Device = dict[str, Any]


def guid(number: int) -> str:
    return f"{number:08x}-1111-4111-8111-111111111111"


def device(number: int = 1, **members: Any) -> Device:
    return {"id": guid(number), "deviceId": guid(number + 4096), "displayName": f"PC-{number}", **members}


def fleet(count: int, first: int = 1) -> list[Device]:
    return [device(number) for number in range(first, first + count)]


def page(devices: Iterable[Any], *, more: bool = False, count: int | None = None) -> Device:
    link = {"@odata.nextLink": LINK} if more else {}
    counted = {} if count is None else {"@odata.count": count}
    return {"@odata.context": "https://graph.example.test/$metadata#devices", **counted, **link, "value": list(devices)}


def lines(items: Iterable[Any]) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


def read(root: Path, *contents: str | bytes | Device | list[Any], complete: bool = False) -> Reading:
    """The contents as files in this order, read together."""
    paths = []
    for number, content in enumerate(contents, start=1):
        path = root / "entra" / f"export-{number}"
        path.parent.mkdir(exist_ok=True)
        data = content if isinstance(content, (str, bytes)) else json.dumps(content)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        paths.append(path)
    return read_entra(paths, root, complete)


def names(reading: Reading) -> list[str]:
    return [row["displayName"] for row in reading.table.to_pylist()]


TWO = fleet(2)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(page(TWO)),
        json.dumps(page(TWO), indent=2),
        json.dumps([page(TWO[:1], more=True), page(TWO[1:])], indent=1),
        json.dumps(TWO),
        json.dumps(TWO, indent=4).replace("\n", "\r\n"),
        "[\n" + ",\n".join(json.dumps(item) for item in TWO) + "\n]",
        '{"value":[\n' + ",\n".join(json.dumps(item) for item in TWO) + "\n]}",
        lines(TWO),
        lines(TWO).rstrip(),
        lines(TWO).replace("\n", "\r\n\r\n"),
        lines([page(TWO[:1], more=True), page(TWO[1:])]),
        lines([page(TWO[:1], more=True), page([], more=True), page(TWO[1:])]),
        "displayName,deviceId,objectId\n" + "".join(f"{d['displayName']},{d['deviceId']},{d['id']}\n" for d in TWO),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_every_shape_in_every_encoding_is_the_same_devices(content: str, encoding: str, tmp_path: Path) -> None:
    reading = read(tmp_path, content.encode(encoding))
    assert reading.table.schema == ENTRA
    assert reading.table.select(["id", "deviceId", "displayName"]).to_pylist() == TWO
    assert reading.rejected == ()


def test_a_single_device_is_a_listing_of_one(tmp_path: Path) -> None:
    assert names(read(tmp_path, device())) == ["PC-1"]
    assert names(read(tmp_path, page([]) | {"value": device()})) == ["PC-1"]


def test_the_file_and_its_digest_are_on_record(tmp_path: Path) -> None:
    reading = read(tmp_path, page(TWO, count=2))
    (origin,) = reading.files
    written = (tmp_path / "entra" / "export-1").read_bytes()
    assert (origin.file, origin.sha256) == ("entra/export-1", hashlib.sha256(written).hexdigest())
    assert (origin.shape, origin.encoding, origin.rows, origin.count) == ("Graph JSON, a page", "utf-8", 2, 2)
    assert reading.tenant is None


def test_a_row_is_the_line_of_json_lines_and_the_count_of_its_record_elsewhere(tmp_path: Path) -> None:
    in_lines = read(tmp_path, "\n\n" + lines(TWO[:1]) + "\n" + lines(TWO[1:]))
    assert in_lines.table["row"].to_pylist() == [3, 5]
    in_pages = read(tmp_path, [page(TWO, more=True), page(fleet(1, first=3))])
    assert in_pages.table["row"].to_pylist() == [1, 2, 3]


# completeness


def test_a_short_pull_is_never_a_small_fleet(tmp_path: Path) -> None:
    for short in (page(TWO, more=True), [page(TWO), page(fleet(1, 3), more=True)], lines([page(TWO, more=True)] * 2)):
        with pytest.raises(SourceIncomplete, match=r"entra/export-1 ends with a link to a further page"):
            read(tmp_path, short, complete=True)


def test_pages_may_lie_in_several_files(tmp_path: Path) -> None:
    reading = read(tmp_path, page(fleet(1, 1), more=True, count=3), page(fleet(1, 2), more=True), page(fleet(1, 3)))
    assert names(reading) == ["PC-1", "PC-2", "PC-3"]


def test_a_link_is_not_followed_by_what_is_no_page(tmp_path: Path) -> None:
    for after in (fleet(1, 3), lines(fleet(2, 3)), page(fleet(1, 3), count=1)):
        with pytest.raises(SourceIncomplete, match="export-1"):
            read(tmp_path, page(TWO, more=True), after)


def test_a_count_that_differs_is_incomplete_whatever_the_settings_say(tmp_path: Path) -> None:
    for count in (1, 3):
        with pytest.raises(SourceIncomplete, match=f"there are {count} devices, and 2 are there"):
            read(tmp_path, page(TWO[:1], more=True, count=count), page(TWO[1:]), complete=True)


def test_an_overlap_of_pages_does_not_make_up_for_a_device_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceIncomplete, match="there are 3 devices, and 2 are there"):
        read(tmp_path, page(TWO, more=True, count=3), page(TWO[1:]))
    assert names(read(tmp_path, page(TWO, more=True, count=2), page(TWO[1:]))) == ["PC-1", "PC-2"]


@pytest.mark.parametrize("rows", [100, 999, 1000, 5000])
def test_a_count_of_rows_at_which_exports_stop_looks_cut_off(rows: int, tmp_path: Path) -> None:
    for content in (page(fleet(rows)), fleet(rows), lines(fleet(rows))):
        with pytest.raises(SourceIncomplete, match=rf"exactly {rows} rows.*\[entra\] complete = true"):
            read(tmp_path, content)
        assert len(names(read(tmp_path, content, complete=True))) == rows
    assert len(names(read(tmp_path, page(fleet(rows), count=rows)))) == rows
    assert len(names(read(tmp_path, page(fleet(rows + 2))))) == rows + 2


def test_no_device_at_all_is_a_broken_export(tmp_path: Path) -> None:
    contents: list[str | Device | list[Any]] = [page([]), [], "displayName,deviceId,objectId\n"]
    for nothing in contents:
        with pytest.raises(SourceIncomplete, match=r"no device.*\[entra\] complete = true"):
            read(tmp_path, nothing)
        assert read(tmp_path, nothing, complete=True).table.num_rows == 0


def test_an_empty_listing_beside_a_full_one_is_fine(tmp_path: Path) -> None:
    assert names(read(tmp_path, page([]), page(TWO))) == ["PC-1", "PC-2"]


@pytest.mark.parametrize(
    "content", [json.dumps(page(TWO)), json.dumps(page(TWO), indent=1), json.dumps(TWO), lines(TWO).rstrip()]
)
def test_json_that_ends_early_is_incomplete_wherever_it_ends(content: str, tmp_path: Path) -> None:
    for end in range(2, len(content)):
        if content[:end].rstrip() != content.split("\n", maxsplit=1)[0]:  # the first of several lines is whole
            with pytest.raises(SourceIncomplete, match="export-1: its JSON ends early"):
                read(tmp_path, content[:end])


def test_an_error_in_place_of_a_page_is_incomplete(tmp_path: Path) -> None:
    error = {"error": {"code": "TooManyRequests", "message": "later"}}
    for content in (error, [page(TWO, more=True), error], lines([page(TWO, more=True), error])):
        with pytest.raises(SourceIncomplete, match="TooManyRequests"):
            read(tmp_path, content)


# the wrong folder


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        ("", "empty"),
        (" \r\n", "empty"),
        ([{"ObjectGUID": guid(1), "DistinguishedName": "CN=PC-1", "DeviceId": 1}], "Active Directory"),
        ('"DistinguishedName","Name","ObjectGUID"\n"CN=PC-1","PC-1","x"\n', "Active Directory"),
        ("dn: CN=PC-1,DC=example,DC=test\nobjectClass: computer\n", "LDIF"),
        ("+---+\n| Device State         |\n+---+\n   AzureAdJoined : YES\n", "dsregcmd"),
        (page([{"id": guid(1), "azureADDeviceId": guid(2), "deviceName": "PC-1"}]), "Intune"),
        (page([{"id": guid(1), "deviceId": guid(2), "volumeType": "1", "key": "x"}]), "BitLocker"),
        (page([{"id": guid(1), "userPrincipalName": "a@contoso.example"}]), "users"),
        (lines([{"host": "PC-1", "status": "x", "captured_at": "x"}] * 2), "inputs/agents"),
        (["PC-1", "PC-2"], "no names"),
        ("hello", "hello"),
        ("{]", "not JSON"),
        ('{"value": 1}\n', "no names"),
        ([page(TWO), {"id": 1}], "one of its pages is none"),
    ],
)
def test_a_file_in_the_wrong_folder_is_refused_by_name_and_by_what_it_looks_like(
    content: str | list[Any] | Device, looks_like: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"export-1.*{looks_like}"):
        read(tmp_path, content)


# bad rows


def test_what_is_no_device_is_left_out_and_listed(tmp_path: Path) -> None:
    reading = read(tmp_path, [device(1), None, "PC", 7, device(2)])
    assert names(reading) == ["PC-1", "PC-2"]
    assert [(item.row, item.field, item.value, item.kept) for item in reading.rejected] == [
        (2, "", "null", False),
        (3, "", '"PC"', False),
        (4, "", "7", False),
    ]


def test_a_line_that_is_not_json_is_left_out_and_listed(tmp_path: Path) -> None:
    reading = read(tmp_path, lines(TWO[:1]) + '{"id": nonsense}\n' + lines(TWO[1:]) + '{"a":1} x\n')
    assert names(reading) == ["PC-1", "PC-2"]
    assert [(item.row, item.kept) for item in reading.rejected] == [(2, False), (4, False)]
    assert "not JSON" in reading.rejected[0].reason


def test_an_unreadable_item_counts_as_one_that_is_there(tmp_path: Path) -> None:
    assert names(read(tmp_path, page([device(), None], count=2))) == ["PC-1"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("displayName", 7),
        ("accountEnabled", "yes"),
        ("isManaged", 1),
        ("physicalIds", "[HWID]:h:1"),
        ("physicalIds", [1]),
        ("alternativeSecurityIds", [{"key": 1}]),
        ("alternativeSecurityIds", ["x"]),
        ("registeredOwners", {}),
        ("approximateLastSignInDateTime", 5),
    ],
)
def test_a_value_of_the_wrong_type_is_listed_and_unknown_and_its_row_stays(
    member: str, value: object, tmp_path: Path
) -> None:
    reading = read(tmp_path, [device(1, **{member: value}), device(2)])
    (rejected,) = reading.rejected
    assert (rejected.row, rejected.field, rejected.value, rejected.kept) == (
        1,
        member,
        json.dumps(value).replace(": ", ":"),
        True,
    )
    assert reading.table[member][0].as_py() is None
    assert reading.table.num_rows == 2


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "x"),
        ("deviceId", "a6c91d4e-…"),
        ("onPremisesSecurityIdentifier", "S-1"),
        ("approximateLastSignInDateTime", "soon"),
        ("registrationDateTime", "2026-02-30T00:00:00Z"),
    ],
)
def test_a_malformed_text_is_listed_and_stays_as_served(member: str, value: str, tmp_path: Path) -> None:
    reading = read(tmp_path, [device() | {member: value}])
    (rejected,) = reading.rejected
    assert (rejected.file, rejected.field, rejected.value, rejected.kept) == ("entra/export-1", member, value, True)
    assert reading.table[member].to_pylist() == [value]


@pytest.mark.parametrize("missing", [{"id": None}, {"id": ""}])
def test_a_missing_object_id_is_listed_and_its_row_stays(missing: Device, tmp_path: Path) -> None:
    reading = read(tmp_path, [device(1, **missing), device(2)])
    assert [(item.field, item.reason, item.kept) for item in reading.rejected] == [("id", "is missing", True)]
    assert reading.table.num_rows == 2


@pytest.mark.parametrize("device_id", [None, "00000000-0000-0000-0000-000000000000", ""])
def test_a_null_and_an_all_zero_device_id_are_no_faults(device_id: str | None, tmp_path: Path) -> None:
    assert read(tmp_path, [device(deviceId=device_id)]).rejected == ()


def test_dates_of_a_culture_are_a_note_and_no_bad_rows(tmp_path: Path) -> None:
    reading = read(tmp_path, [device(createdDateTime="23.11.2026 06:00:00")])
    assert reading.rejected == ()
    assert reading.notes[0].startswith("1 dates of createdDateTime have no zone")


# twice


def test_the_same_device_in_the_same_words_counts_once(tmp_path: Path) -> None:
    twice = device(1, physicalIds=["[HWID]:h:1"])
    reading = read(tmp_path, [twice, device(2)], [twice | {"id": twice["id"].upper()}])
    assert names(reading) == ["PC-1", "PC-2"]
    assert reading.rejected == ()
    assert reading.notes == ("devices that stand twice in the same words, counted once: 1",)


def test_the_same_device_in_other_words_is_rejected_and_the_first_stays(tmp_path: Path) -> None:
    reading = read(tmp_path, [device(1)], [device(1, displayName="PC-X"), device(1)])
    assert names(reading) == ["PC-1"]
    (rejected,) = reading.rejected
    assert (rejected.file, rejected.row, rejected.field, rejected.kept) == ("entra/export-2", 1, "id", False)
    assert "entra/export-1, row 1" in rejected.reason


def test_rows_without_an_object_id_are_never_the_same_device(tmp_path: Path) -> None:
    assert read(tmp_path, [device(id=None), device(id=None), device(id="x"), device(id="x")]).table.num_rows == 4


def test_the_removed_entries_of_a_delta_are_no_devices(tmp_path: Path) -> None:
    gone = {"id": guid(9), "@removed": {"reason": "changed"}}
    for content in (page([*TWO, gone]), page([*TWO, gone, None]), lines([gone, *TWO])):
        reading = read(tmp_path, content)
        assert names(reading) == ["PC-1", "PC-2"]
        assert "1 removed entries of a delta are no devices" in reading.notes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ENTRA.names, "value", "@removed", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)
JUNK = st.one_of(
    JSON.map(json.dumps),
    st.lists(JSON, max_size=4).map(lines),
    st.lists(JSON, max_size=4).map(lambda items: json.dumps(page(items))),
    st.text(st.sampled_from('{}[]",:\nn1 ed'), max_size=30),
)


@given(content=JUNK | st.binary(max_size=20))
def test_no_file_crashes_the_reader(content: str | bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        reading = read(tmp_path_factory.getbasetemp(), content, complete=True)
    except ReconcileError:
        return
    assert reading.table.schema == ENTRA


@given(
    numbers=st.lists(st.integers(1, 50), unique=True, min_size=1, max_size=8),
    damaged=st.sets(st.integers(0, 7)),
    damage=st.text("{}x,", max_size=4),
)
def test_every_line_is_either_a_device_or_listed(
    numbers: list[int], damaged: set[int], damage: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    written = [json.dumps(device(number)) for number in numbers]
    broken = [line + damage if at in damaged else line for at, line in enumerate(written)]
    root = tmp_path_factory.getbasetemp()
    reading = read(root, json.dumps(device(99)) + "\n" + "\n".join(broken) + "\n")
    assert reading.table.num_rows + len(reading.rejected) == len(numbers) + 1
