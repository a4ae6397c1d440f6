"""Pages as rows, whatever stands on them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.client.graph.pages import Page, page_of
from reconcile.errors import SourceIncomplete
from reconcile.source.live.entra.reading import read_devices
from reconcile.source.schema import ENTRA
from tests.source.live.entra.pulling import device


def page(*items: object) -> Page:
    return page_of(msgspec.json.encode({"value": items}))


def test_rows_are_numbered_on_from_the_first() -> None:
    rows = read_devices([page(device(1)), page(), page(device(2), device(3))], 7)

    assert rows.table["row"].to_pylist() == [7, 8, 9]
    assert [one[-1] for one in rows.table["id"].to_pylist()] == ["1", "2", "3"]
    assert rows.table.schema == ENTRA


@pytest.mark.parametrize("breaks", [b"\n", b"\r\n", b"\r"])
def test_a_page_in_many_lines_is_one_page(breaks: bytes) -> None:
    body = msgspec.json.format(msgspec.json.encode({"value": [device(1), device(2)]}), indent=2).replace(b"\n", breaks)

    assert read_devices([page_of(body)], 1).table == read_devices([page(device(1), device(2))], 1).table


@pytest.mark.parametrize(
    ("member", "value", "field", "served", "reason"),
    [
        ("accountEnabled", "yes", "accountEnabled", '"yes"', "is not of the type that Graph gives it"),
        ("displayName", 7, "displayName", "7", "is not of the type that Graph gives it"),
        ("physicalIds", "x", "physicalIds", '"x"', "is not of the type that Graph gives it"),
        ("alternativeSecurityIds", [7], "alternativeSecurityIds", "[7]", "is not of the type that Graph gives it"),
        ("id", "x", "id", "x", "is no object id"),
        ("id", None, "id", "", "is missing"),
        ("deviceId", "x", "deviceId", "x", "is no GUID"),
        ("onPremisesSecurityIdentifier", "S-2", "onPremisesSecurityIdentifier", "S-2", "is no SID"),
        ("registrationDateTime", "soon", "registrationDateTime", "soon", "is no time"),
        ("approximateLastSignInDateTime", "x", "approximateLastSignInDateTime", "x", "is no time"),
    ],
)
def test_a_value_that_cannot_be_used_is_listed_with_its_place_and_reason(
    member: str, value: object, field: str, served: str, reason: str
) -> None:
    rows = read_devices([page(device(1)), page(device(2) | {member: value})], 1)

    (item,) = rows.rejected
    assert (item.file, item.row, item.field, item.value, item.reason) == ("Graph /devices", 2, field, served, reason)
    assert item.kept
    assert len(rows.table) == 2


@pytest.mark.parametrize("item", [7, None, "x", [], True])
def test_what_is_no_device_is_left_out_and_listed(item: object) -> None:
    rows = read_devices([page(device(1), item, device(2))], 1)

    assert rows.table["row"].to_pylist() == [1, 3]
    assert [(one.row, one.field, one.reason, one.kept) for one in rows.rejected] == [(2, "", "is no device", False)]


def test_bytes_that_are_no_text_are_left_out_and_listed() -> None:
    good, bad = msgspec.json.encode(device(1)), msgspec.json.encode(device(2)).replace(b"PC-2", b"PC-\xff")
    rows = read_devices([page_of(b'{"value":[' + good + b"," + bad + b"]}")], 1)

    assert rows.table["row"].to_pylist() == [1]
    assert [(one.row, one.field, one.kept) for one in rows.rejected] == [(2, "", False)]


@pytest.mark.parametrize("value", [7, "x", {"a": 1}, True])
def test_a_page_without_a_list_is_no_page(value: object) -> None:
    with pytest.raises(SourceIncomplete, match="a page holds no list"):
        read_devices([page_of(msgspec.json.encode({"value": value}))], 1)


def test_members_that_nobody_knows_are_let_be() -> None:
    rows = read_devices([page(device(1) | {"extensionAttributes": {"a": [1]}, "deviceVersion": 2})], 1)

    assert (len(rows.table), rows.rejected) == (1, [])


SOME = st.fixed_dictionaries(
    {
        "displayName": st.none() | st.text(max_size=4),
        "accountEnabled": st.none() | st.booleans(),
        "registrationDateTime": st.none() | st.just("2025-01-02T03:04:05Z"),
        "physicalIds": st.none() | st.lists(st.text(max_size=3), max_size=2),
        "alternativeSecurityIds": st.none() | st.just([]) | st.just([{"type": 2, "key": "QQ=="}]),
        "registeredOwners": st.none()
        | st.lists(st.sampled_from([{"userPrincipalName": "a@x.example"}, {"id": "1"}]), max_size=2),
    }
)


@given(members=st.lists(SOME, max_size=4))
def test_many_are_read_as_one_by_one(members: list[dict[str, Any]]) -> None:
    """An item that is no device has all of its page read one by one."""
    devices = [device(number) | row for number, row in enumerate(members)]

    quick, slow = read_devices([page(*devices)], 1), read_devices([page(*devices, 7)], 1)

    assert quick.table == slow.table
