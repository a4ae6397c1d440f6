import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.small import TENANT, Small, device


@pytest.fixture(name="small")
def small_fixture(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_a_sweep_writes_everything_and_latest_points_to_it(small: Small) -> None:
    small.entra([device(1), device(2, accountEnabled=False)])

    result = small.run("sweep")

    assert result.exit_code == 0, result.output
    assert {path.name for path in small.latest.iterdir()} == {
        "1-entra.parquet",
        "1-rejected.csv",
        "2-findings.csv",
        "2-findings.parquet",
        "6-report.html",
        "6-report.xlsx",
        "manifest.json",
    }
    assert small.latest.resolve().name == "20261123T060000Z"
    assert "disabled" in result.output
    assert "There are no device reports" in result.output


def test_the_csv_and_the_parquet_say_the_same(small: Small) -> None:
    small.entra([device(1, accountEnabled=False)])
    small.run("sweep")

    rows = small.findings()
    table = pq.read_table(small.latest / "2-findings.parquet")

    assert list(rows[0]) == table.column_names
    assert [row["object_id"] for row in rows] == table["object_id"].to_pylist()


def test_the_manifest_says_how_each_snapshot_was_obtained(small: Small) -> None:
    small.entra([device(1)], count=1)
    small.run("sweep")

    manifest = json.loads((small.latest / "manifest.json").read_bytes())

    entry = manifest["sources"]["entra"]
    assert list(manifest["sources"]) == ["entra"]
    assert (entry["rows"], entry["complete"], entry["files"][0]["file"], entry["files"][0]["count"]) == (
        1,
        True,
        "entra/devices.json",
        1,
    )


def test_pull_find_and_report_give_what_the_sweep_gives(small: Small) -> None:
    small.entra([device(1, accountEnabled=False)])

    for command in ("pull", "find", "report"):
        assert small.run(command).exit_code == 0
    by_parts = (small.latest / "2-findings.csv").read_bytes()
    small.run("sweep")

    assert (small.latest / "2-findings.csv").read_bytes() == by_parts


def test_find_and_report_need_a_run(small: Small) -> None:
    small.entra([device(1)])

    assert {small.run(command).exit_code for command in ("find", "report")} == {4}
    assert "there is no run yet" in small.run("find").output


def test_a_short_pull_is_never_a_small_fleet(small: Small) -> None:
    small.entra([device(1), device(2)])
    small.run("sweep")
    good = small.latest.resolve()
    small.entra([device(1)], nextLink="https://graph.microsoft.com/v1.0/devices?$skiptoken=x")

    result = small.run("sweep", now="2026-11-24T06:00:00Z")

    assert result.exit_code == 3
    assert "devices.json" in result.output
    assert small.latest.resolve() == good


def test_a_count_that_differs_is_a_short_pull(small: Small) -> None:
    small.entra([device(1)], count=2)

    assert small.run("sweep").exit_code == 3


@pytest.mark.parametrize("rows", [100, 999, 1000])
def test_a_round_number_of_rows_looks_cut_off_unless_settings_say_otherwise(small: Small, rows: int) -> None:
    small.entra([device(number) for number in range(rows)])

    refused = small.run("pull")
    small.settings("[entra]\ncomplete = true\n")

    assert refused.exit_code == 3
    assert "complete = true" in refused.output
    assert small.run("pull").exit_code == 0


def test_too_many_bad_rows_refuse_the_source_and_each_is_listed(small: Small) -> None:
    small.entra([device(1), device(2, deviceId="not-a-guid")])

    refused = small.run("sweep")
    small.settings("[limits]\nmax_rejected = 0.5\n")
    accepted = small.run("sweep")

    assert refused.exit_code == 4
    assert "1 of 2 rows" in refused.output
    assert "entra,entra/devices.json,2,deviceId,not-a-guid" in small.rejected()
    assert accepted.exit_code == 0


def test_a_capture_that_cannot_be_read_spoils_no_source(small: Small) -> None:
    small.entra([device(1)])
    small.agents({"host": "PC-1", "captured_at": "2026-11-22T06:00:00Z", "context": "system", "status": "+---"})

    result = small.run("sweep")

    assert result.exit_code == 0, result.output
    assert "Device reports that cannot be read (1)" in result.output
    assert "status" in small.rejected()


def test_an_absent_source_is_not_an_empty_one(small: Small) -> None:
    small.entra([device(1, trustType="ServerAd")])

    absent = small.run("sweep")
    small.settings('[directory]\ndomains = ["corp.example.test"]\n')
    incomplete = small.run("sweep")

    assert "There is no directory export" in absent.output
    assert "The directory is configured and was not exported" in incomplete.output
    assert "nothing read   INCOMPLETE" in incomplete.output


def test_an_empty_export_is_refused(small: Small) -> None:
    small.entra([])

    assert small.run("sweep").exit_code == 3


def test_devices_that_do_not_answer_have_said_nothing_and_keep_no_sweep_from_its_end(small: Small) -> None:
    small.settings("[agents]\nlive = true\n")
    small.entra([device(1, displayName="no" * 40)])

    result = small.run("sweep")

    assert result.exit_code == 0, result.output
    (asked,) = (small.reports / "collected").glob("*.csv")
    assert ",unresolved," in asked.read_text(encoding="utf-8")
    assert "agents        absent" in result.output


def test_exit_code_10_means_findings(small: Small) -> None:
    small.entra([device(1)])
    nothing = small.run("sweep", "--exit-code")
    small.entra([device(1, accountEnabled=False)])

    assert nothing.exit_code == 0
    assert small.run("sweep", "--exit-code").exit_code == 10
    assert small.run("sweep").exit_code == 0


def test_the_json_summary_is_alone_on_the_output(small: Small) -> None:
    small.entra([device(1, accountEnabled=False)])

    summary = json.loads(small.run("sweep", "--json").stdout)

    assert summary["total"]["count"] == 1
    assert Path(summary["files"]["page"]).name == "6-report.html"


def test_a_finding_keeps_the_time_of_the_first_sweep_that_saw_it(small: Small) -> None:
    small.entra([device(1, accountEnabled=False)])
    small.run("sweep", now="2026-11-20T06:00:00Z")
    small.entra([device(1, accountEnabled=False), device(2, accountEnabled=False)])
    small.run("sweep")

    assert [row["first_seen_at"] for row in small.findings()] == ["2026-11-20T06:00:00Z", "2026-11-23T06:00:00Z"]


def test_what_was_retired_before_is_recognised_when_it_is_back(small: Small, tmp_path: Path) -> None:
    small.entra([device(1), device(2)])
    header = "device_id,retired_at\n"
    by_hand = tmp_path / "by-hand.csv"
    by_hand.write_text(f"{header}{device(1)['deviceId']},2026-01-01\n", encoding="utf-8")
    (small.inputs / "retired.csv").write_text(f"{header}{device(2)['deviceId']},2026-01-01\n", encoding="utf-8")

    imported = [small.run("ledger import", str(by_hand)).output for _ in range(2)]
    small.run("sweep")
    rows = small.findings()

    assert ["1 new" in imported[0], "0 new" in imported[1]] == [True, True]
    assert [row["kind"] for row in rows] == ["resurrected", "resurrected"]


def test_the_protected_list_is_obeyed_and_its_idle_lines_are_told(small: Small) -> None:
    small.entra([device(1, accountEnabled=False)])
    (small.inputs / "protected.csv").write_text("device,reason\npc-*,the board\nother-*,gone\n", encoding="utf-8")

    result = small.run("sweep")

    assert "protected.csv row 3: other-* matches nothing" in result.output
    assert [row["blocked_by"] for row in small.findings()] == ["recently-active;protected-list"]


def test_a_snapshot_that_was_altered_is_not_judged(small: Small) -> None:
    small.entra([device(1)])
    small.run("pull")
    with (small.latest / "1-entra.parquet").open("ab") as file:
        file.write(b"x")

    result = small.run("find")

    assert result.exit_code == 4
    assert "is not the snapshot that the manifest names" in result.output


def test_a_tenant_in_capitals_is_the_same_tenant(small: Small) -> None:
    small.settings(f'[tenant]\nid = "{TENANT.upper()}"\n')
    small.entra([device(1)])

    assert json.loads(small.run("sweep", "--json").stdout)["tenant_id"] == TENANT


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("[policy]\nstale_days = 20\n", "20 is refused"),
        ("[policy]\nstale_day = 90\n", "did you mean stale_days?"),
        ("[policy]\nstale_days = true\n", "must be a whole number"),
        ("[policy\n", "not valid TOML"),
    ],
)
def test_wrong_settings_end_with_2(small: Small, settings: str, sentence: str) -> None:
    small.settings(settings)

    result = small.run("sweep")

    assert result.exit_code == 2
    assert sentence in result.output


def test_a_missing_inputs_folder_is_said_plainly(small: Small) -> None:
    result = small.run("sweep")

    assert result.exit_code == 4
    assert "run reconcile init" in result.output


def test_a_time_without_its_zone_is_refused(small: Small) -> None:
    small.entra([device(1)])

    assert small.run("sweep", now="2026-11-23T06:00:00").exit_code == 2


def test_a_time_that_is_none_is_refused(small: Small) -> None:
    small.entra([device(1)])

    result = small.run("sweep", now="yesterday")

    assert result.exit_code == 2
    assert "is no ISO 8601 time" in result.output


def test_a_row_that_cannot_be_read_at_all_keeps_everything_from_being_called_missing(small: Small) -> None:
    small.settings("[limits]\nmax_rejected = 0.5\n")
    folder = small.inputs / "entra"
    folder.mkdir()
    lines = [json.dumps(device(number, accountEnabled=False)) for number in (1, 2)]
    (folder / "devices.jsonl").write_text("\n".join([lines[0], '{"id": oops}', lines[1]]) + "\n", encoding="utf-8")

    result = small.run("sweep")

    assert result.exit_code == 0, result.output
    assert "INCOMPLETE" in result.output
    assert "nothing is said to be missing in the cloud" in result.output
    assert [row["kind"] for row in small.findings()] == ["disabled", "disabled"]


def test_without_a_set_clock_it_is_now(small: Small) -> None:
    small.entra([device(1)])
    before = datetime.now(UTC).replace(microsecond=0)

    told = json.loads(small.run("sweep", "--json", now=None).stdout)

    assert before <= datetime.fromisoformat(told["now"]) <= datetime.now(UTC)


def test_a_report_before_the_findings_says_what_to_run(small: Small) -> None:
    small.entra([device(1)])
    small.run("pull")

    result = small.run("report")

    assert result.exit_code == 4
    assert "run reconcile find" in result.output


def test_a_directory_that_lacks_a_listed_domain_is_told_as_incomplete_everywhere(small: Small) -> None:
    small.settings('[directory]\ndomains = ["corp.example.test", "emea.example.test"]\n')
    small.entra([device(1)])
    folder = small.inputs / "directory"
    folder.mkdir()
    dn = "CN=PC-9,DC=corp,DC=example,DC=test"
    line = f'"PC-9","{dn}","cccccccc-0000-4000-8000-000000000009","S-1-5-21-1-2-3-9","computer"\n'
    (folder / "corp.csv").write_text(
        f'"Name","DistinguishedName","ObjectGUID","SID","ObjectClass"\n{line}', encoding="utf-8"
    )

    result = small.run("sweep", "--json")
    told = json.loads(result.stdout)

    assert {source["system"]: source["state"] for source in told["sources"]} == {
        "entra": "complete",
        "directory": "incomplete",
        "agents": "absent",
    }
    assert any("no computer of emea.example.test" in sentence for sentence in told["withheld"])
