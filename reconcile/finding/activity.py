"""When a row was last seen by any system, and which system saw it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from reconcile.finding.claim import Claims
from reconcile.finding.estate import Estate
from reconcile.finding.link import Links
from reconcile.finding.lookup import Times, arrow, merge, newest, positions, take_times, times

SYSTEMS = ("entra", "directory", "agents", "intune")


@dataclass(frozen=True)
class Activity:
    """The newest activity of each row; `seen` is NaT and `source` -1 where no system knows one."""

    seen: Times
    source: npt.NDArray[np.int8]
    """Index into SYSTEMS of the system that decided; the first one on a tie."""
    answered: npt.NDArray[np.int8]
    """The systems that know a time, as bits in the order of SYSTEMS."""


def entra_activity(estate: Estate, links: Links, every: Claims) -> Activity:
    computer = computer_times(estate)
    by_guid, by_sid = take_times(computer, links.by_guid), take_times(computer, links.by_sid)
    return _newest_of(
        believable(estate, times(estate.entra["last_activity_at"])),
        newest(by_guid, by_sid),
        _claimed_at(estate, every, arrow(estate.entra["device_id"])),
        believable(estate, times(estate.entra["managed_seen_at"])),
    )


def directory_activity(estate: Estate, links: Links, every: Claims) -> Activity:
    """The activity of each AD computer, with what its Entra rows, their Intune devices and its reports say."""
    return _newest_of(
        _of_rows(estate, links, "last_activity_at"),
        computer_times(estate),
        _claimed_at(estate, every, arrow(estate.directory["object_guid"])),
        _of_rows(estate, links, "managed_seen_at"),
    )


def _of_rows(estate: Estate, links: Links, column: str) -> Times:
    """Per AD computer the newest time of the Entra rows that are linked to it."""
    seen = believable(estate, times(estate.entra[column]))
    linked = np.full(len(estate.directory), np.datetime64("NaT", "us"))
    for computer in (links.by_guid, links.by_sid):
        rows = np.flatnonzero((computer >= 0) & ~np.isnat(seen))
        merge(linked, computer[rows], seen[rows], np.fmax)
    return linked


def computer_times(estate: Estate) -> Times:
    """The newest of lastLogonTimestamp and pwdLastSet of each AD computer."""
    logon, password = times(estate.directory["last_logon_at"]), times(estate.directory["password_set_at"])
    return newest(believable(estate, logon), believable(estate, password))


def believable(estate: Estate, values: Times) -> Times:
    """The times without those that lie more than a day in the future."""
    return np.where(values > estate.clock + np.timedelta64(1, "D"), np.datetime64("NaT", "us"), values)


def _claimed_at(estate: Estate, every: Claims, ids: pa.Array) -> Times:
    usable = every.only(~np.isnat(believable(estate, every.at)))
    return take_times(usable.at, positions(ids, usable.ids))


def _newest_of(*systems: Times) -> Activity:
    seen = newest(*systems)
    source = np.full(len(seen), -1, dtype=np.int8)
    answered = np.zeros(len(seen), dtype=np.int8)
    for index, answer in reversed(list(enumerate(systems))):
        source[answer == seen] = index
        answered |= (~np.isnat(answer)).astype(np.int8) << index
    return Activity(seen, source, answered)
