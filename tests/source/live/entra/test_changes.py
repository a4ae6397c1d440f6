"""What changed, folded into one row a device."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.errors import SourceIncomplete
from reconcile.settings import Entra
from reconcile.source.live.entra.changes import Changes, folded, read_changes
from reconcile.source.overlay import bit
from tests.client.graph.canned import canned, said
from tests.source.live.entra.pulling import Fleet, device, fleet, tenant_of

ID = device(1)["id"]


def fold(*items: Any) -> Changes:
    return folded([msgspec.Raw(item if isinstance(item, bytes) else msgspec.json.encode(item)) for item in items])


def test_a_change_says_which_members_it_names_also_those_that_are_null() -> None:
    (row,) = fold({"id": ID, "displayName": "PC", "isManaged": None, "deviceVersion": 2}).table.to_pylist()

    assert row["served"] == bit("id") | bit("displayName") | bit("isManaged")
    assert (row["displayName"], row["isManaged"], row["removed"]) == ("PC", None, None)


def test_the_last_word_counts_member_by_member() -> None:
    (row,) = fold(
        {"id": ID, "displayName": "first", "isManaged": True},
        {"id": ID, "displayName": "second"},
        {"id": ID, "isManaged": None},
    ).table.to_pylist()

    assert (row["displayName"], row["isManaged"], row["row"]) == ("second", None, 3)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"reason": "changed"}, "changed"),
        ({"reason": "deleted"}, "deleted"),
        ({}, "deleted"),
        ({"reason": 7}, "deleted"),
        ("deleted", "deleted"),
    ],
)
def test_what_is_gone_has_a_reason_and_an_unknown_one_means_for_good(said: object, reason: str) -> None:
    (row,) = fold({"id": ID, "displayName": "PC"}, {"id": ID, "@removed": said}).table.to_pylist()

    assert row["removed"] == reason


def test_what_is_gone_and_there_again_is_there() -> None:
    gone = {"id": ID, "@removed": {"reason": "changed"}}

    assert fold(gone, {"id": ID, "displayName": "PC"}).table["removed"].to_pylist() == [None]
    assert fold({"id": ID, "displayName": "PC"}, gone).table["removed"].to_pylist() == ["changed"]


@pytest.mark.parametrize(
    "item",
    [
        b"7",
        b"null",
        b'"x"',
        b"[]",
        b'{"id": 7}',
        b'{"id": null, "@removed": {}}',
        b'{"displayName": "x"}',
        b'{"id": "\xff"}',
    ],
)
def test_a_change_of_which_nobody_knows_whose_it_is_spoils_all(item: bytes) -> None:
    with pytest.raises(SourceIncomplete, match="among what changed is something"):
        fold({"id": ID}, item)


def test_a_value_of_the_wrong_type_is_listed_and_unknown() -> None:
    changes = fold({"id": ID, "isManaged": "maybe", "displayName": "PC"}, {"id": device(2)["id"], "deviceId": "x"})

    assert changes.table["isManaged"].to_pylist() == [None, None]
    assert changes.table["displayName"].to_pylist() == ["PC", None]
    assert [(item.file, item.row, item.field, item.value, item.reason) for item in changes.rejected] == [
        ("Graph /devices/delta", 1, "isManaged", '"maybe"', "is not of the type that Graph gives it"),
        ("Graph /devices/delta", 2, "deviceId", "x", "is no GUID"),
    ]


def test_the_ids_of_what_is_gone_are_not_judged() -> None:
    assert fold({"id": "x", "@removed": {"reason": "deleted"}}).rejected == ()


def test_nothing_changed_is_no_row() -> None:
    assert len(fold().table) == 0


def test_changes_that_end_without_a_link_are_not_whole() -> None:
    with (
        canned(lambda *_: said({"value": []})) as (graph, runner),
        pytest.raises(SourceIncomplete, match="without a link"),
    ):
        runner.run(read_changes(graph, f"{graph.base}/devices/delta?$deltatoken=x", owners=False))


ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "patch", "remove", "restore", "purge", "pull"]), st.integers(0, 7)), max_size=14
)
MEMBERS = st.sampled_from(
    [
        {"displayName": "A"},
        {"displayName": None},
        {"isManaged": True, "model": "M"},
        {"physicalIds": ["[HWID]:h:1"]},
        {"physicalIds": []},
    ]
)


@settings(max_examples=30)
@given(acts=ACTS, members=MEMBERS, whole=st.booleans(), page=st.integers(1, 3))
def check(entra: Fleet, acts: list[tuple[str, int]], members: dict[str, Any], whole: bool, page: int) -> None:  # noqa: FBT001 - drawn
    start(entra, whole=whole, page=page)
    entra.pull()
    for act, number in [*acts, ("pull", 0)]:
        do(entra, act, number, members)


def start(entra: Fleet, *, whole: bool, page: int) -> None:
    """A tenant of its own, of which nothing has been pulled."""
    entra.lab.tenant = tenant_of(
        *(device(number, trustType="Workplace" if number % 2 else "ServerAd") for number in range(4))
    )
    entra.lab.delta_whole, entra.lab.page_size = whole, page
    (entra.workspace.reports / "latest").unlink(missing_ok=True)


def do(entra: Fleet, act: str, number: int, members: dict[str, Any]) -> None:
    tenant, one = entra.lab.tenant, device(number)["id"]
    if act == "pull":
        pulled = entra.pull()
        assert pulled.live.sweeps > 0
        assert pulled.rows == entra.afresh().rows
        assert set(pulled.rows) == set(tenant.devices)
    elif act == "add" and one not in {*tenant.devices, *tenant.deleted}:
        tenant.add(device(number, trustType="Workplace"))
    elif act == "patch" and one in tenant.devices:
        tenant.patch(one, members)
    elif act == "remove" and one in tenant.devices:
        tenant.remove(one)
    elif act in {"restore", "purge"} and one in tenant.deleted:
        getattr(tenant, act)(one)


def test_pulls_of_changes_give_what_a_full_pull_gives(tmp_path: Path) -> None:
    with fleet(tmp_path, tenant_of()) as entra:
        entra.settings = Entra(full_every=100)
        check(entra)
