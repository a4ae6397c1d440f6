"""What could not be judged, and why: an empty report must not be mistaken for a clean fleet."""

from collections.abc import Iterator

import numpy as np

from reconcile.finding.lookup import equals, is_known, is_true
from reconcile.finding.view import View


def withheld(view: View) -> Iterator[str]:
    """Plain sentences, the weightiest first."""
    yield from _entra(view)
    yield from _directory(view)
    yield from _agents(view)
    yield from _columns(view)


def _entra(view: View) -> Iterator[str]:
    if view.estate.entra_state == "incomplete":
        yield "Rows of the Entra export could not be read (1-rejected.csv): nothing is said to be missing in the cloud."
    elif view.estate.entra_state == "absent":
        yield "There is no Entra export: nothing is said of cloud rows, nor of computers and devices that may lack one."


def _directory(view: View) -> Iterator[str]:
    hybrid = int(view.joined("hybrid").sum())
    state = view.presence.directory_state
    if view.presence.missing_domains:
        missing = ", ".join(view.presence.missing_domains)
        yield f"The directory export has no computer of {missing}: it is not complete, and no hybrid row is called orphaned, stale-guid or stale."
    elif state == "incomplete":
        what = (
            "is configured and was not exported"
            if not len(view.estate.directory)
            else "export has rows that could not be read (1-rejected.csv)"
        )
        yield f"The directory {what}: no hybrid row is called orphaned, stale-guid or stale."
    elif state == "absent" and hybrid:
        yield f"There is no directory export: no hybrid row ({hybrid}) is called orphaned or stale-guid."
    elif unknown := int((view.presence.unknown & view.estate.takes_part).sum()):
        yield f"Hybrid rows that may belong to a domain that was not exported ({unknown}) are called neither orphaned nor stale-guid."


def _agents(view: View) -> Iterator[str]:
    estate = view.estate
    if not len(estate.agents):
        yield "There are no device reports: no device's own word was heard."
    elif estate.tenant is None:
        yield "The tenant is not known: no device report claims anything. Set [tenant] id in settings.toml."
    elif not estate.fresh.any():
        newest = (
            np.datetime_as_string(view.claims.at[0], unit="D")
            if len(view.claims.at) and not np.isnat(view.claims.at[0])
            else "unknown"
        )
        yield f"No device report is from the last {estate.policy.agent_fresh_days} days (the newest claim: {newest}): they count as activity only."
    if broken := int(is_known(estate.agents["problem"]).sum()):
        yield f"Device reports that cannot be read ({broken}) say nothing; 1-rejected.csv lists them."


def _columns(view: View) -> Iterator[str]:
    estate = view.estate
    workstations = equals(estate.directory["role"], "workstation")
    if unknown := int((workstations & ~is_known(estate.directory["in_sync_scope"])).sum()):
        yield f"Workstations without userCertificateCount in the export ({unknown}): whether they sync is unknown, and none is called orphaned."
    if unknown := int((~is_known(estate.directory["role"])).sum()):
        yield f"Computers with neither an operating system nor SPNs in the export ({unknown}): their role is unknown, and nothing is said of them."
    if unknown := int((is_true(estate.entra["windows"]) & equals(estate.entra["autopilot"], "unknown")).sum()):
        yield f"Cloud rows without physicalIds in the export ({unknown}): whether Autopilot holds them is unknown, so they are protected."
