import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.finding.find import KINDS, find, sighting
from reconcile.finding.view import View
from reconcile.frame import columns
from tests.finding.fleet import DOMAIN_SID, NOW, Fleet, account, ago, computer, frame, guid, joined_report, report, row

EXCLUSIVE = {"stale-guid", "orphaned-cloud", "duplicate"}


def test_an_empty_estate_has_no_findings_and_all_columns() -> None:
    found = find(View(Fleet().estate), frame([], columns.SEEN))

    assert list(found.columns) == columns.FINDINGS.names
    assert len(found) == 0


def test_a_healthy_fleet_has_no_findings() -> None:
    entra = [
        row(number=1, join="hybrid", sid=f"{DOMAIN_SID}-1", last_activity_at=ago(3)),
        row(number=2, name="pc-2", last_activity_at=ago(3)),
        row(number=3, name="pc-3", join="registered", owners=["ada@contoso.example"], last_activity_at=ago(3)),
    ]
    agents = [
        joined_report(1, domain_joined="YES"),
        joined_report(2, name="pc-2"),
        report(name="pc-3", work_accounts=[account(3)]),
    ]

    assert Fleet(entra=entra, directory=[computer(number=1)], agents=agents).findings() == []


def test_the_first_sweep_that_saw_a_finding_is_remembered() -> None:
    entra = [row(number=1, enabled=False), row(number=2, name="pc-2", enabled=False)]
    seen = [{"kind": "disabled", "system": "entra", "object": guid(9001), "first_seen_at": ago(9)}]
    other = [{"kind": "stale", "system": "entra", "object": guid(9002), "first_seen_at": ago(9)}]

    assert [finding["first_seen_at"] for finding in Fleet(entra=entra, seen=[*seen, *other]).findings()] == [
        ago(9),
        NOW,
    ]


def test_a_sighting_is_keyed_by_the_objects_own_id() -> None:
    fleet = Fleet(
        entra=[row(number=1, enabled=False)],
        directory=[computer(number=2, name="x")],
        agents=[joined_report(3, name="y")],
    )
    table = columns.to_table(find(View(fleet.estate), frame([], columns.SEEN)), columns.FINDINGS)

    assert sorted(sighting(table).to_pylist()) == sorted([guid(9001), guid(2), f"y {guid(3)}"])


def test_evidence_is_json_and_names_a_confirmed_rows_other_host() -> None:
    fleet = Fleet(
        entra=[row(number=1, name="old-name", join="hybrid", enabled=False)],
        directory=[computer(number=1, name="new-name")],
    )

    finding = fleet.only("disabled")

    assert finding["hostname"] == "old-name"
    assert json.loads(finding["evidence"])["confirmed_host"] == "new-name"


def test_a_rows_own_name_stands_where_its_computer_bears_it_too() -> None:
    fleet = Fleet(
        entra=[row(number=1, name="pc-1", enabled=False)], directory=[computer(number=1, hosts=["first", "pc-1"])]
    )

    assert "confirmed_host" not in json.loads(fleet.only("disabled")["evidence"])


@pytest.mark.parametrize(
    ("sid", "number", "expected"),
    [
        (f"{DOMAIN_SID}-7", 1, f"device_id leads to no computer, sid leads to {guid(7)}"),
        (f"{DOMAIN_SID}-8", 7, f"device_id leads to {guid(7)}, sid leads to no computer"),
    ],
)
def test_anchors_that_disagree_are_named(sid: str, number: int, expected: str) -> None:
    fleet = Fleet(entra=[row(number=number, join="hybrid", sid=sid, enabled=False)], directory=[computer(number=7)])

    assert expected in json.loads(fleet.only("disabled")["evidence"])["anchors"]


def test_anchors_that_agree_or_are_missing_are_not_mentioned() -> None:
    for sid in (f"{DOMAIN_SID}-7", None):
        fleet = Fleet(entra=[row(number=7, join="hybrid", sid=sid, enabled=False)], directory=[computer(number=7)])

        assert "anchors" not in json.loads(fleet.only("disabled")["evidence"])


def test_an_id_that_is_none_is_shown_as_served() -> None:
    zero = {
        **row(number=1, enabled=False),
        "device_id": None,
        "device_id_served": "00000000-0000-0000-0000-000000000000",
    }

    assert json.loads(Fleet(entra=[zero]).only("disabled")["evidence"])["device_id_served"].startswith("00000000-")


def test_the_order_of_the_rows_does_not_leak() -> None:
    rows = [row(number=n, name=f"pc-{n % 2}", enabled=False, last_activity_at=ago(100 + n)) for n in (1, 2, 3)]
    expected = Fleet(entra=rows).findings()

    assert all(Fleet(entra=list(order)).findings() == expected for order in permutations(rows))


ROW = st.builds(
    row,
    number=st.integers(1, 6),
    name=st.sampled_from(["pc-1", "PC-2", "Straße 3"]),
    join=st.sampled_from(["registered", "joined", "hybrid", "unknown"]),
    enabled=st.sampled_from([True, False, None]),
    pending=st.sampled_from([True, False, None]),
    windows=st.sampled_from([True, True, False, None]),
    autopilot=st.sampled_from(["true", "false", "unknown"]),
    sid=st.sampled_from([None, f"{DOMAIN_SID}-1", f"{DOMAIN_SID}-2"]),
    last_activity_at=st.sampled_from([None, ago(2), ago(60), ago(200), ago(-9)]),
    registered_at=st.sampled_from([None, ago(1), ago(300)]),
    hardware_ids=st.sampled_from([None, [], ["h1"], ["h1", "h2"]]),
    owners=st.sampled_from([None, [], ["ada@contoso.example"]]),
)
COMPUTER = st.builds(
    computer,
    number=st.integers(1, 6),
    name=st.sampled_from(["pc-1", "pc-2", "strasse 3"]),
    role=st.sampled_from(["workstation", "server", "cluster", None]),
    enabled=st.sampled_from([True, False, None]),
    in_sync_scope=st.sampled_from([True, False, None]),
)
REPORT = st.builds(
    report,
    name=st.sampled_from(["pc-1", "pc-2"]),
    captured_at=st.sampled_from([None, ago(1), ago(5), ago(60), ago(-3)]),
    entra_joined=st.sampled_from(["YES", "NO", "unknown"]),
    device_id=st.sampled_from([None, guid(1), guid(2), guid(9)]),
    tenant_id=st.sampled_from([None, "c0ffee00-0000-4000-8000-000000000001", "c0ffee00-0000-4000-8000-000000000002"]),
    workplace_joined=st.sampled_from(["YES", "NO", "unknown"]),
    work_accounts=st.sampled_from([None, [], [account(3)], [account(None), account(4)]]),
    account=st.sampled_from([None, "X\\ada, ada@contoso.example"]),
)
STATE = st.sampled_from(["complete", "incomplete", "absent"])
FLEETS = st.builds(
    Fleet,
    entra=st.lists(ROW, max_size=8),
    directory=st.lists(COMPUTER, max_size=5, unique_by=lambda item: item["object_guid"]),
    agents=st.lists(REPORT, max_size=5),
    entra_state=STATE,
    directory_state=STATE,
)


@settings(max_examples=150, deadline=None)
@given(FLEETS)
def test_whatever_the_estate_the_rules_hold_together(fleet: Fleet) -> None:
    findings = fleet.findings()
    confirmed_guids = {item["object_guid"] for item in fleet.directory}
    fresh = [item for item in fleet.agents if item["captured_at"] in (ago(1), ago(5))]
    claimed = {
        item["device_id"] for item in fresh if item["entra_joined"] == "YES" and item["tenant_id"] == fleet.tenant
    }

    for finding in findings:
        assert finding["kind"] in KINDS
        assert isinstance(json.loads(finding["evidence"]), dict)
        if finding["kind"] in EXCLUSIVE:
            assert finding["device_id"] not in confirmed_guids | claimed
            if finding["join"] == "hybrid":
                assert fleet.directory_state == "complete"
        if finding["system"] == "agents" or finding["kind"] == "orphaned-directory":
            assert fleet.entra_state == "complete"
        if finding["kind"] == "stale":
            assert finding["last_activity_at"] < ago(90)
    named = [(f["object_id"], f["device_id"], f["hostname"]) for f in findings if f["kind"] in EXCLUSIVE]
    rows_of = [(r["object_id"], r["device_id"], r["name"]) for r in fleet.entra]
    assert all(named.count(item) <= rows_of.count(item) for item in named)


@settings(max_examples=60, deadline=None)
@given(FLEETS)
def test_knowing_less_of_the_directory_never_names_more_hybrid_rows(fleet: Fleet) -> None:
    def hybrid_rows() -> int:
        return sum(finding["kind"] in EXCLUSIVE and finding["join"] == "hybrid" for finding in fleet.findings())

    fleet.directory_state = "complete"
    known = hybrid_rows()
    fleet.directory_state = "incomplete"

    assert hybrid_rows() == 0 <= known
