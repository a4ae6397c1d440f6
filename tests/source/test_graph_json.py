"""Devices as Microsoft Graph serves them: what each member becomes."""

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source import graph_lines
from reconcile.source.graph_batch import read_batch
from reconcile.source.graph_item import read_items
from reconcile.source.graph_json import read_graph
from reconcile.source.schema import ENTRA

Device = dict[str, Any]


def values(root: Path, *devices: Device) -> list[Device]:
    path = root / "devices.json"
    path.write_text(json.dumps(list(devices)))
    _, pages = read_graph(path, "devices.json", "utf-8")
    return [row for page in pages for row in page.table.to_pylist()]


def value(root: Path, member: str, device: Device) -> Any:
    """Of a device that is read with many, and of the same read alone, as it is where another is damaged."""
    (quick,) = values(root, {"deviceId": "x"} | device)
    slow = values(root, {"deviceId": "x"} | device, {"id": 7})[0]
    assert quick == slow
    return quick[member]


def test_a_registration_time_that_is_null_was_served_and_one_that_is_absent_was_not(tmp_path: Path) -> None:
    assert value(tmp_path, "registrationDateTime", {"registrationDateTime": None}) == ""
    assert value(tmp_path, "registrationDateTime", {}) is None
    assert value(tmp_path, "registrationDateTime", {"registrationDateTime": "x"}) == "x"


@pytest.mark.parametrize("member", ["physicalIds", "alternativeSecurityIds", "registeredOwners"])
def test_a_list_that_is_not_served_is_not_an_empty_one(member: str, tmp_path: Path) -> None:
    assert value(tmp_path, member, {}) is None
    assert value(tmp_path, member, {member: None}) is None
    assert value(tmp_path, member, {member: []}) == []


def test_of_alternative_security_ids_the_keys_are_kept(tmp_path: Path) -> None:
    keys = [{"type": 2, "identityProvider": None, "key": "QQ=="}, {"type": 2, "key": "Qg=="}]
    assert value(tmp_path, "alternativeSecurityIds", {"alternativeSecurityIds": keys}) == ["QQ==", "Qg=="]


def test_a_key_that_cannot_be_read_is_still_a_key(tmp_path: Path) -> None:
    assert value(tmp_path, "alternativeSecurityIds", {"alternativeSecurityIds": [{"type": 2}]}) == [None]


def test_owners_are_their_user_principal_names_each_once(tmp_path: Path) -> None:
    owners = [{"id": "1", "userPrincipalName": "a@contoso.example"}, {"userPrincipalName": "b@contoso.example"}]
    read = value(tmp_path, "registeredOwners", {"registeredOwners": [*owners, owners[0]]})
    assert read == ["a@contoso.example", "b@contoso.example"]


def test_owners_without_a_name_are_unknown_and_not_none(tmp_path: Path) -> None:
    assert value(tmp_path, "registeredOwners", {"registeredOwners": [{"id": "1", "userPrincipalName": None}]}) is None


def test_unknown_members_are_no_trouble(tmp_path: Path) -> None:
    assert (
        value(tmp_path, "model", {"model": "Book", "extensionAttributes": {"a": [1, {}]}, "isRooted": None}) == "Book"
    )


def test_members_are_known_in_any_case(tmp_path: Path) -> None:
    read = {"DeviceId": "x", "DisplayName": "PC-1", "Model": "Book", "AccountEnabled": True}
    assert [values(tmp_path, read)[0][name] for name in ("deviceId", "displayName", "model", "accountEnabled")] == [
        "x",
        "PC-1",
        "Book",
        True,
    ]


def test_a_member_that_stands_twice_says_what_it_says_last(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    path.write_text('[{"deviceId":"x","model":"a","model":"b"}]')
    (page,) = read_graph(path, "devices.json", "utf-8")[1]
    assert page.table["model"].to_pylist() == ["b"]


@pytest.mark.parametrize("block", [16, 64, 1000])
def test_lines_of_json_are_the_same_in_blocks_of_any_size(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_lines, "BLOCK", block)
    path = tmp_path / "devices.jsonl"
    path.write_text("\n".join(json.dumps({"deviceId": str(number)}) + "\n" * (number % 3) for number in range(40)))
    (page,) = read_graph(path, "devices.jsonl", "utf-8")[1]
    assert page.table["deviceId"].to_pylist() == [str(number) for number in range(40)]
    expected = [at for at, line in enumerate(path.read_text().split("\n"), start=1) if line]
    assert page.table["row"].to_pylist() == expected


TEXT = st.none() | st.text(max_size=12)
UPN = st.none() | st.sampled_from(["a@contoso.example", "b@contoso.example", "nobody", "x y@z"])
MEMBERS = {
    field.name: TEXT if field.type == "string" else st.none() | st.booleans()
    for field in list(ENTRA)[2:]
    if field.type in {"string", "bool"}
} | {
    "physicalIds": st.none() | st.lists(TEXT, max_size=3),
    "alternativeSecurityIds": st.none() | st.lists(st.fixed_dictionaries({}, optional={"key": TEXT}), max_size=3),
    "registeredOwners": st.none()
    | st.lists(st.fixed_dictionaries({}, optional={"userPrincipalName": UPN}), max_size=4),
    "@removed": st.fixed_dictionaries({}, optional={"reason": st.just("changed")}),
    "unknown": st.lists(st.integers() | st.text(), max_size=2),
}


@given(st.lists(st.fixed_dictionaries({}, optional=MEMBERS), min_size=1, max_size=6))
def test_many_at_once_and_one_by_one_are_read_alike(devices: list[Device]) -> None:
    items = [msgspec.Raw(json.dumps(device).encode()) for device in devices]
    rows = np.arange(1, len(items) + 1)
    quick = read_batch("file", b"\n".join(items), items, rows, {})
    slow, rejected, removed = read_items("file", items, rows)
    assert quick is not None
    assert quick[0].to_pylist() == slow.to_pylist()
    assert (quick[1], rejected) == (removed, [])


@pytest.mark.parametrize("item", ["null", "1", '"x"', "[]", '{"id":1}', '{"id":"1"}{"id":"2"}'])
def test_what_is_not_as_expected_is_left_to_the_one_by_one(item: str) -> None:
    items = [msgspec.Raw(b'{"id":"1"}'), msgspec.Raw(item.encode())]
    assert read_batch("file", b"\n".join(items), items, np.arange(2), {}) is None
