import pytest

from reconcile.finding.view import View
from reconcile.finding.withheld import withheld
from tests.finding.fleet import Fleet, ago, computer, joined_report, report, row


def told(**fields: object) -> str:
    whole = {
        "entra": [row(number=1, join="hybrid")],
        "directory": [computer(number=1)],
        "agents": [joined_report(1)],
        **fields,
    }
    return "\n".join(withheld(View(Fleet(**whole).estate)))  # type: ignore[arg-type]  # the fields of a Fleet


def test_where_everything_could_be_judged_nothing_is_withheld() -> None:
    assert told() == ""


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"entra": [], "entra_state": "absent"}, "There is no Entra export"),
        ({"directory": [], "directory_state": "absent"}, "no hybrid row (1) is called orphaned"),
        ({"directory": [], "directory_state": "incomplete"}, "The directory is configured and was not exported"),
        ({"directory_state": "incomplete"}, "The directory export has rows that could not be read"),
        ({"entra_state": "incomplete"}, "Rows of the Entra export could not be read"),
        ({"domains": ("corp.example.test", "emea.example.test")}, "has no computer of emea.example.test"),
        (
            {"entra": [row(number=2, join="hybrid", sid="S-1-5-21-9-9-9-1")]},
            "Hybrid rows that may belong to a domain that was not exported (1)",
        ),
        ({"agents": []}, "There are no device reports"),
        ({"tenant": None}, "Set [tenant] id"),
        (
            {"agents": [joined_report(1, captured_at=ago(20))]},
            "No device report is from the last 14 days (the newest claim: 2026-11-03)",
        ),
        ({"agents": [report(captured_at=None)]}, "the newest claim: unknown"),
        ({"agents": [joined_report(1), report(problem="line 3: cut")]}, "Device reports that cannot be read (1)"),
        (
            {"directory": [computer(number=1, in_sync_scope=None)]},
            "Workstations without userCertificateCount in the export (1)",
        ),
        (
            {"directory": [computer(number=1, role=None)]},
            "Computers with neither an operating system nor SPNs in the export (1)",
        ),
        (
            {"entra": [row(number=1, join="hybrid", autopilot="unknown")]},
            "Cloud rows without physicalIds in the export (1)",
        ),
    ],
)
def test_what_could_not_be_judged_is_told(fields: dict[str, object], sentence: str) -> None:
    assert sentence in told(**fields)
