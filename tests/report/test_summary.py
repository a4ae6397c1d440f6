from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from reconcile.report.summary import MAX_SWEEPS, Count, Summary, as_json, summarise
from reconcile.report.words import KINDS
from reconcile.settings import PROTECTIONS
from tests.report.invention import FACTS, NOW, finding, table

texts = st.one_of(st.none(), st.sampled_from(["", "x", "=1"]))
times = st.one_of(st.none(), st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the zone is the strategy's
findings = st.lists(
    st.builds(
        finding,
        kind=st.one_of(texts, st.sampled_from(list(KINDS))),
        severity=st.one_of(texts, st.sampled_from(["high", "medium", "low"])),
        system=st.one_of(texts, st.sampled_from(["entra", "directory", "agents"])),
        join=st.one_of(texts, st.sampled_from(["registered", "joined", "hybrid", "unknown"])),
        object_id=texts,
        hostname=texts,
        blocked_by=st.one_of(st.none(), st.lists(st.sampled_from(PROTECTIONS), unique=True).map(";".join)),
        last_activity_at=times,
        first_seen_at=times,
    ),
    max_size=30,
)
histories = st.lists(st.dictionaries(st.sampled_from([*KINDS, "other"]), st.integers(0, 9)), max_size=4).map(
    lambda sweeps: [(NOW - timedelta(days=9 - day), counts) for day, counts in enumerate(sweeps)]
)


def summary_of(*rows: dict[str, Any]) -> Summary:
    return summarise(table(rows), FACTS)


def count_of(counts: tuple[Count, ...], name: str) -> int:
    return next(item.count for item in counts if item.name == name)


@given(findings, histories)
def test_every_breakdown_sums_to_all_findings(rows: list[dict[str, Any]], history: Any) -> None:
    summary = summarise(table(rows), FACTS, history)
    assert summary.total.count == len(rows) == sum(tally.count for tally in summary.kinds)
    for counts in (summary.systems, summary.joins, summary.ages, summary.total.severities):
        assert sum(item.count for item in counts) == len(rows)
        assert len({item.name for item in counts}) == len(counts)


@given(findings, histories)
def test_free_and_held_back_make_the_count(rows: list[dict[str, Any]], history: Any) -> None:
    summary = summarise(table(rows), FACTS, history)
    for tally in (summary.total, *summary.kinds):
        assert tally.free + tally.blocked == tally.count == sum(item.count for item in tally.severities)
    assert summary.total.blocked == sum(bool(row["blocked_by"]) for row in rows)
    assert sum(item.count for item in summary.protections) == sum(
        len((row["blocked_by"] or "").split(";")) for row in rows if row["blocked_by"]
    )


@given(findings, histories)
def test_the_trends_of_the_kinds_add_up_to_the_trend_of_all(rows: list[dict[str, Any]], history: Any) -> None:
    summary = summarise(table(rows), FACTS, history)
    assert len(summary.total.trend) == len(summary.sweeps) == len(history) + 1
    assert list(summary.total.trend) == [
        sum(values) for values in zip(*(tally.trend for tally in summary.kinds), strict=True)
    ]
    if history:
        assert summary.total.new == sum(tally.new or 0 for tally in summary.kinds)
        assert summary.total.change == sum(tally.change or 0 for tally in summary.kinds)


@given(findings)
def test_objects_are_never_more_than_findings(rows: list[dict[str, Any]]) -> None:
    assert (1 if rows else 0) <= summarise(table(rows), FACTS).objects <= len(rows)


def test_no_findings_are_ten_kinds_of_none() -> None:
    summary = summary_of()
    assert [tally.name for tally in summary.kinds] == list(KINDS)
    assert (summary.total.count, summary.objects, summary.protections) == (0, 0, ())


def test_an_object_with_two_findings_is_one_object() -> None:
    assert summary_of(finding(kind="stale"), finding(kind="disabled")).objects == 1


def test_the_same_claimed_id_on_two_hosts_is_two_objects() -> None:
    rows = [finding(system="agents", object_id=None, device_id="0d", hostname=host) for host in ("pc-1", "pc-2")]
    assert summary_of(*rows).objects == 2


def test_the_age_is_told_to_the_instant_so_that_a_stale_row_stands_beyond_the_threshold() -> None:
    at_90 = NOW - timedelta(days=90)
    ages = summary_of(finding(last_activity_at=at_90), finding(last_activity_at=at_90 - timedelta(microseconds=1))).ages
    assert (count_of(ages, "31-90 days"), count_of(ages, "91-180 days")) == (1, 1)


def test_blank_activity_is_unknown_and_never_old() -> None:
    ages = summary_of(finding(last_activity_at=None)).ages
    assert (count_of(ages, "unknown"), count_of(ages, "over a year")) == (1, 0)


def test_a_finding_of_ad_has_no_cloud_row_while_an_entra_row_without_a_join_is_unknown() -> None:
    joins = summary_of(finding(system="directory", join=None), finding(join=None)).joins
    assert (count_of(joins, "none"), count_of(joins, "unknown")) == (1, 1)


def test_a_finding_held_by_two_protections_counts_once_as_held_and_once_for_each() -> None:
    summary = summary_of(finding(blocked_by="vdi;server"), finding(blocked_by="server"))
    assert summary.total.blocked == 2
    assert summary.protections == (Count("server", 2), Count("vdi", 1))


def test_new_is_what_was_first_seen_after_the_last_sweep() -> None:
    last = NOW - timedelta(days=7)
    rows = [finding(first_seen_at=seen) for seen in (NOW, last, None)]
    summary = summarise(table(rows), FACTS, [(last, {"stale": 5})])
    assert (summary.total.new, summary.total.before, summary.total.change) == (1, 5, -2)


def test_the_first_sweep_has_nothing_new_and_no_change() -> None:
    total = summary_of(finding()).total
    assert (total.new, total.before, total.change, total.trend) == (None, None, None, (1,))


def test_a_sweep_that_is_not_earlier_is_no_history() -> None:
    assert summarise(table([finding()]), FACTS, [(NOW, {"stale": 1})]).sweeps == (NOW,)


def test_only_the_last_sweeps_are_kept() -> None:
    history = [(NOW - timedelta(days=100 - day), {"stale": day}) for day in range(90)]
    summary = summarise(table(), FACTS, history)
    assert (len(summary.sweeps), summary.total.trend[-2:]) == (MAX_SWEEPS, (89, 0))


def test_a_kind_that_only_history_knows_is_still_listed() -> None:
    summary = summarise(table(), FACTS, [(NOW - timedelta(days=1), {"retired-kind": 4})])
    assert summary.kinds[-1].trend == (4, 0)


def test_the_summary_is_json_with_the_facts_of_the_run_on_top() -> None:
    told = msgspec.json.decode(msgspec.json.encode(as_json(summary_of(finding()))))
    assert (told["run"], told["now"], told["withheld"]) == (
        FACTS.run,
        "2026-11-23T08:00:00Z",
        ["Of AD nothing can be said."],
    )
    assert told["sources"][1] == {**told["sources"][1], "system": "directory", "state": "absent", "taken_at": None}
    assert told["total"]["count"] == 1
