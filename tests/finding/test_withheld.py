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
        ({"directory": [], "directory_state": "absent"}, "none of the 1 hybrid rows is called orphaned"),
        ({"directory": [], "directory_state": "incomplete"}, "The directory is configured and was not exported"),
        ({"directory_state": "incomplete"}, "The directory export has rows that could not be read"),
        ({"entra_state": "incomplete"}, "Rows of the Entra export could not be read"),
        ({"domains": ("corp.example.test", "emea.example.test")}, "has no computer of emea.example.test"),
        ({"entra": [row(number=2, join="hybrid", sid="S-1-5-21-9-9-9-1")]}, "1 hybrid rows may belong to a domain"),
        ({"agents": []}, "There are no device reports"),
        ({"tenant": None}, "Set [tenant] id"),
        (
            {"agents": [joined_report(1, captured_at=ago(20))]},
            "No device report is from the last 14 days (the newest claim: 2026-11-03)",
        ),
        ({"agents": [report(captured_at=None)]}, "the newest claim: unknown"),
        ({"agents": [joined_report(1), report(problem="line 3: cut")]}, "1 device reports cannot be read"),
        ({"directory": [computer(number=1, in_sync_scope=None)]}, "1 workstations have no userCertificateCount"),
        ({"directory": [computer(number=1, role=None)]}, "1 computers have neither"),
        ({"entra": [row(number=1, join="hybrid", autopilot="unknown")]}, "1 cloud rows came without physicalIds"),
    ],
)
def test_what_could_not_be_judged_is_told(fields: dict[str, object], sentence: str) -> None:
    assert sentence in told(**fields)
