"""What one `dsregcmd /status` capture says of its device and its user."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reconcile.source.dsregcmd_layout import (
    DEVICE_DETAILS,
    DEVICE_STATE,
    KEYS,
    SSO_STATE,
    TENANT_DETAILS,
    USER_STATE,
    WORK_ACCOUNT,
    Problem,
    Section,
    Sections,
    is_legacy,
    is_of_facts,
    read_sections,
    truncation,
)

Layout: TypeAlias = Literal["modern", "legacy"]
Place: TypeAlias = tuple[str, str, str]
"""A column of the snapshot, and the section and key that it is read from."""
WorkAccount: TypeAlias = dict[str, str | None]

ACCOUNT_KEYS = ("WorkplaceDeviceId", "WorkplaceTenantId", "WorkplaceThumbprint")
EVERYWHERE: tuple[Place, ...] = (
    *((key, DEVICE_STATE, key) for key in ("AzureAdJoined", "EnterpriseJoined", "DomainJoined", "DomainName")),
    ("DeviceName", DEVICE_STATE, "Device Name"),
    ("VirtualDesktop", DEVICE_STATE, "Virtual Desktop"),
    ("WorkplaceJoined", USER_STATE, "WorkplaceJoined"),
    ("WamDefaultSet", USER_STATE, "WamDefaultSet"),
)
PLACES: dict[Layout, tuple[Place, ...]] = {
    "modern": (
        *EVERYWHERE,
        *((key, DEVICE_DETAILS, key) for key in ("DeviceId", "Thumbprint", "DeviceAuthStatus")),
        ("TenantId", TENANT_DETAILS, "TenantId"),
        ("AzureAdPrt", SSO_STATE, "AzureAdPrt"),
    ),
    "legacy": (
        *EVERYWHERE,
        *((key, DEVICE_STATE, key) for key in ("DeviceId", "Thumbprint", "TenantId")),
        ("AzureAdPrt", USER_STATE, "AzureAdPrt"),
    ),
}
DIAGNOSTICS = {
    "Executing Account Name": "ExecutingAccountName",
    "User Context": "UserContext",
    "SessionIsNotRemote": "SessionIsNotRemote",
    "IsUserAzureAD": "",
    "Client Time": "",
}
"""Keys below the facts, with the column of those that have one; builds differ in the section that they print them in."""
USER_FACTS = frozenset({"WorkplaceJoined", "AzureAdPrt"})


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture; with a problem it says nothing but the device's name and the time."""

    values: dict[str, str]
    """As printed, by column of the snapshot; what is not printed is not in it."""
    work_accounts: list[WorkAccount] | None = None
    """None where the capture has no way to list them; a null id: the account is there and cannot be read."""
    layout: Layout | None = None
    client_time: str | None = None
    problem: Problem | None = None


def parse(text: str) -> Capture:
    """Whatever the text is: one that is no capture, or not a whole one, has a problem."""
    text = text.removeprefix("\ufeff")
    lines, end = text.rstrip().splitlines(), text[len(text.rstrip()) :]
    sections: Sections = {}
    problem = (
        read_sections(lines, sections)
        or _no_capture(lines, sections)
        or truncation(lines, sections, ends_in_a_line="\n" not in end and "\r" not in end)
    )
    below = _diagnostics(sections)
    if problem:
        return Capture(_name(sections), client_time=below.get("Client Time"), problem=problem)
    layout: Layout = "legacy" if is_legacy(sections) else "modern"
    values = {
        column: sections[title][key]
        for column, title, key in PLACES[layout]
        if title in sections and key in sections[title]
    }
    values |= {column: below[key] for key, column in DIAGNOSTICS.items() if column and key in below}
    if not _user_was_asked(values, below):
        values = {column: value for column, value in values.items() if column not in USER_FACTS or value != "NO"}
    return Capture(values, _work_accounts(sections, values, layout), layout, below.get("Client Time"))


def _no_capture(lines: list[str], sections: Sections) -> Problem | None:
    """Keys above the first header, or no header at all: an error message, another command's output, nothing."""
    before = next(iter(sections), None)
    for number, line in enumerate(lines, 1):
        if before is not None and line.strip().startswith("+-"):
            break
        key = line.partition(":")[0].strip()
        if key in KEYS and ":" in line:
            return Problem(number, f"'{key}' stands above the first section")
    if before is not None:
        return None
    return Problem(1, "this is no output of dsregcmd /status" if lines else "the capture is empty")


def _diagnostics(sections: Sections) -> Section:
    """What is read of the sections below the facts: the first of each key."""
    below = [section for title, section in sections.items() if not is_of_facts(title)]
    return {key: section[key] for section in reversed(below) for key in DIAGNOSTICS if key in section}


def _name(sections: Sections) -> dict[str, str]:
    name = sections.get(DEVICE_STATE, {}).get("Device Name")
    return {} if name is None else {"DeviceName": name}


def _user_was_asked(values: dict[str, str], below: Section) -> bool:
    """Over WinRM and the like Windows prints NO for a user whose session it cannot ask; these two errors tell."""
    return not values.get("WamDefaultSet", "").startswith("ERROR") or below.get("IsUserAzureAD") in {"YES", "NO"}


def _work_accounts(sections: Sections, values: dict[str, str], layout: Layout) -> list[WorkAccount] | None:
    listed = [_account(section) for title, section in sections.items() if title.startswith(WORK_ACCOUNT)]
    joined = values.get("WorkplaceJoined")
    if listed:
        return listed
    if joined == "YES" and (layout == "legacy" or ACCOUNT_KEYS[0] in sections[USER_STATE]):
        return [_account(sections[USER_STATE])]
    return [] if joined == "NO" else None


def _account(section: Section) -> WorkAccount:
    return {key: section.get(key) or None for key in ACCOUNT_KEYS}
