from collections.abc import Mapping
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.finding.fleet import Fleet, ago, guid, joined_report, report, row


def pair(older: Mapping[str, object] | None = None, newer: Mapping[str, object] | None = None) -> Fleet:
    return Fleet(
        entra=[
            row(**{"number": 1, "last_activity_at": ago(60), **(older or {})}),
            row(**{"number": 2, "last_activity_at": ago(2), **(newer or {})}),
        ]
    )


def named(fleet: Fleet) -> list[str]:
    return [finding["device_id"] for finding in fleet.findings() if finding["kind"] == "duplicate"]


def test_the_older_of_two_rows_of_the_same_host_and_join_is_a_duplicate_of_low_severity() -> None:
    finding = pair().only("duplicate")

    assert (finding["device_id"], finding["severity"]) == (guid(1), "low")
    assert guid(9002) in finding["evidence"]


def test_a_shared_hardware_id_makes_it_medium() -> None:
    fleet = pair({"hardware_ids": ["h1", "h2"]}, {"hardware_ids": ["h2"]})

    assert fleet.only("duplicate")["severity"] == "medium"


def test_unknown_activity_is_never_named_and_names_nobody() -> None:
    assert named(pair({"last_activity_at": None})) == []
    assert named(pair(newer={"last_activity_at": None})) == []


def test_a_tie_names_nobody() -> None:
    assert named(pair({"last_activity_at": ago(2)})) == []


@pytest.mark.parametrize(
    "fields", [{"name": "pc-2"}, {"join": "registered"}, {"windows": False}, {"device_id": None}, {"host": None}]
)
def test_another_host_join_or_system_is_no_sibling(fields: dict[str, object]) -> None:
    assert named(pair(newer=fields)) == []


def test_hybrid_rows_have_no_duplicates() -> None:
    assert named(pair({"join": "hybrid"}, {"join": "hybrid"})) == []


def test_two_recently_active_rows_of_different_known_hardware_are_two_machines() -> None:
    both_active = ({"last_activity_at": ago(20), "hardware_ids": ["h1"]}, {"hardware_ids": ["h2"]})
    one_quiet = ({"last_activity_at": ago(31), "hardware_ids": ["h1"]}, {"hardware_ids": ["h2"]})
    one_unknown = ({"last_activity_at": ago(20), "hardware_ids": ["h1"]}, {"hardware_ids": None})
    one_empty = ({"last_activity_at": ago(20), "hardware_ids": []}, {"hardware_ids": ["h2"]})

    assert named(pair(*both_active)) == []
    assert named(pair(*one_quiet)) == named(pair(*one_unknown)) == named(pair(*one_empty)) == [guid(1)]


def test_a_third_row_may_prove_what_the_second_cannot() -> None:
    rows = [
        row(number=1, last_activity_at=ago(20), hardware_ids=["h1"]),
        row(number=2, last_activity_at=ago(10), hardware_ids=["h1"]),
        row(number=3, last_activity_at=ago(1), hardware_ids=["h2"]),
    ]
    for order in permutations(rows):
        fleet = Fleet(entra=list(order))

        assert named(fleet) == [guid(1)]
        assert fleet.only("duplicate")["severity"] == "medium"
        assert guid(9002) in fleet.only("duplicate")["evidence"]


def test_registered_rows_need_the_same_owner_or_none_known_on_both() -> None:
    def owners(first: list[str] | None, second: list[str] | None) -> list[str]:
        return named(pair({"join": "registered", "owners": first}, {"join": "registered", "owners": second}))

    assert owners(["ada@contoso.example"], ["ada@contoso.example"]) == owners(None, None) == [guid(1)]
    assert owners(["ada@contoso.example"], ["bob@contoso.example"]) == owners(["ada@contoso.example"], None) == []


def test_a_confirmed_row_is_never_a_duplicate_but_names_others_by_the_host_that_it_reports() -> None:
    confirmed = pair()
    confirmed.agents = [joined_report(1)]
    renamed = pair(newer={"name": "old-name"})
    renamed.agents = [joined_report(2, name="pc-1", captured_at=ago(90))]

    assert guid(1) not in named(confirmed)
    assert named(renamed) == []
    renamed.agents = [joined_report(2, name="pc-1", captured_at=ago(10))]
    assert named(renamed) == []  # the report displaces the old row: stale-guid comes first
    assert "stale-guid" in renamed.kinds()


def test_a_row_that_is_orphaned_still_counts_as_the_newer_sibling() -> None:
    fleet = pair()
    fleet.entra[1]["last_activity_at"] = ago(5)
    fleet.entra[0]["registered_at"] = None
    fleet.agents = [report(captured_at=ago(1))]

    assert fleet.kinds() == ["orphaned-cloud", "duplicate"]


def test_a_row_with_an_autopilot_id_is_never_a_duplicate() -> None:
    assert named(pair({"autopilot": "true"})) == []


ROWS = st.lists(
    st.tuples(
        st.integers(0, 60),  # days since it was seen; over 50 stands for unknown
        st.sampled_from([None, [], ["h1"], ["h2"], ["h1", "h2"]]),
        st.sampled_from(["pc-1", "pc-2"]),
    ),
    max_size=9,
)


@given(ROWS)
def test_the_grouped_answer_equals_the_comparison_of_all_pairs(rows: list[tuple[int, list[str] | None, str]]) -> None:
    known = {n: (None if days > 50 else ago(days), ids or [], host) for n, (days, ids, host) in enumerate(rows)}
    fleet = Fleet(
        entra=[row(number=n, name=host, last_activity_at=at, hardware_ids=ids) for n, (at, ids, host) in known.items()]
    )

    def is_older_sibling(one: int, other: int) -> bool:
        (at, ids, host), (later, other_ids, other_host) = known[one], known[other]
        if at is None or later is None or host != other_host or not later > at:
            return False
        return not (ids and other_ids and not set(ids) & set(other_ids) and at >= ago(30))

    expected = {guid(one) for one in known if any(is_older_sibling(one, other) for other in known)}
    assert set(named(fleet)) == expected


def test_ten_thousand_rows_of_one_name_are_no_burden() -> None:
    rows = [row(number=n, last_activity_at=ago(n / 1000), hardware_ids=[f"h{n % 7}"]) for n in range(10_000)]

    assert len(named(Fleet(entra=rows))) == len(rows) - 7
