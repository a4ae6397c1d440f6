"""The layout of a `dsregcmd /status` capture: lines as sections of keys and values, and what shows that one was cut.

A header is a rule, a title between bars, and a rule. Below it stand `key : value` lines, the keys aligned to the right.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

Section: TypeAlias = dict[str, str]
Sections: TypeAlias = dict[str, Section]
"""By title, in the order printed."""

DEVICE_STATE, DEVICE_DETAILS, TENANT_DETAILS = "Device State", "Device Details", "Tenant Details"
USER_STATE, SSO_STATE = "User State", "SSO State"
NGC_CHECK = "Ngc Prerequisite Check"
WORK_ACCOUNT = "Work Account"
NUMBER = re.compile(r"\d{1,4}", re.ASCII)
FACTS = frozenset({DEVICE_STATE, DEVICE_DETAILS, TENANT_DETAILS, USER_STATE, SSO_STATE})
ONCE = FACTS | {"Diagnostic Data", NGC_CHECK}
MORE_FOLLOWS = ("IE Proxy Config", "URL Specific Proxy Config")
"""Builds that print these sections print others after them, and end with the footer."""
PRE_REQ_RESULT = "PreReqResult"
FOOTER = "For more information, please visit https"
"""The footer, up to the colon of its address."""

KEYS = frozenset(
    {
        "AzureAdJoined",
        "EnterpriseJoined",
        "DomainJoined",
        "DomainName",
        "Device Name",
        "Virtual Desktop",
        "DeviceId",
        "Thumbprint",
        "TenantId",
        "DeviceAuthStatus",
        "WorkplaceJoined",
        "WorkAccountCount",
        "WamDefaultSet",
        "AzureAdPrt",
        "WorkplaceDeviceId",
        "WorkplaceTenantId",
        "WorkplaceThumbprint",
        "Executing Account Name",
        "User Context",
        "Client Time",
        "SessionIsNotRemote",
        "IsUserAzureAD",
        PRE_REQ_RESULT,
        FOOTER,
    }
)
"""The keys that anything is read from."""

RULE = f"+{'-' * 70}+"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a capture counts as unknown."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


def read_sections(lines: list[str], sections: Sections) -> Problem | None:
    """Fill `sections` with the keys that are read, up to the first line that cannot stand where it does.

    The last line is not blank.
    """
    title, section, header_end = "", Section(), 0
    for at, line in enumerate(lines, 1):
        if not line or at <= header_end:
            continue
        # No key holds a colon, so the first one ends it: "Key : value", "Key: value", "KeySignTest: : value".
        key, colon, value = line.partition(":")
        if colon:
            key = key.strip()
            if key in KEYS and section.setdefault(key, value.strip()) != value.strip() and title:
                return Problem(at, f"'{key}' stands twice in '{title}', with different values")
        elif not (text := line.strip()):
            continue
        elif text == RULE or _is_rule(text):
            header = _header(lines, at, sections) if text.endswith("+") else Problem(at, "the rule is cut")
            if isinstance(header, Problem):
                return header
            if header:
                title, header_end = header
                section = sections[title] = sections.pop(title, Section())
        elif len(text) > 1 and text[0] == text[-1] == "|":
            return Problem(at, f"the header of '{_title(text)}' does not open")
        else:
            _continue(lines, at, section)
    return None


def _header(lines: list[str], at: int, sections: Sections) -> tuple[str, int] | Problem | None:
    """The title below a rule and the line of its closing rule; None where the rule only closes a section."""
    end = len(lines)
    text = closing = ""
    while at < end and not (text := lines[at].strip()):
        at += 1
    if not text.startswith("|"):
        return None
    title, rule = _title(text), at + 1
    while rule < end and not (closing := lines[rule].strip()):
        rule += 1
    if not (title and text[-1] == "|" and _is_rule(closing) and closing[-1] == "+"):
        return Problem(at + 1, f"the header of '{title}' does not close" if title else "the header has no title")
    if rule + 1 == end:
        return Problem(rule + 1, f"the capture ends below the header of '{title}'")
    if title in sections and (title in ONCE or title.startswith(WORK_ACCOUNT)):
        return _twice(title, at + 1)
    return title, rule + 1


def _is_rule(text: str) -> bool:
    return text == RULE or (text.startswith("+-") and not text.strip("+-"))


def _title(line: str) -> str:
    return line.strip("| ")


def _twice(title: str, line: int) -> Problem:
    if title == DEVICE_STATE:
        return Problem(line, "a second capture begins; a file or a record holds one")
    return Problem(line, f"the section '{title}' stands twice")


def _continue(lines: list[str], at: int, section: Section) -> None:
    """A console breaks a long value at its width, which is no less than a rule's, and goes on in the first column."""
    before = lines[at - 2] if at > 1 else ""
    key = before.partition(":")[0].strip()
    if len(before) >= len(RULE) and key in KEYS and key in section and not lines[at - 1][0].isspace():
        section[key] += lines[at - 1].strip()


def truncation(lines: list[str], sections: Sections, *, ends_in_a_line: bool) -> Problem | None:
    """What shows that the capture is not all there; `ends_in_a_line` where no line end follows the last one."""
    end, title = len(lines), next(reversed(sections))
    if not _may_end(title, sections):
        return Problem(end, f"the capture ends inside '{title}'")
    missing = [name for name in (DEVICE_STATE, USER_STATE) if name not in sections]
    if missing or (SSO_STATE not in sections and not is_legacy(sections)):
        return Problem(end, f"the capture has no section '{(*missing, SSO_STATE)[0]}'")
    if "AzureAdJoined" not in sections[DEVICE_STATE]:
        return Problem(end, f"'{DEVICE_STATE}' has no AzureAdJoined")
    if ends_in_a_line and not _is_finished(sections[title]) and _may_be_cut(lines[-1]):
        return Problem(end, f"the capture ends inside the line '{lines[-1].strip()[:40]}'")
    listed, expected = _work_accounts(sections)
    return None if listed >= expected else Problem(end, f"the capture lists {listed} of {expected} work accounts")


def is_of_facts(title: str) -> bool:
    """Sections that say what device and user are; the others say how the session and the network fare."""
    return title in FACTS or title.startswith(WORK_ACCOUNT)


def is_legacy(sections: Sections) -> bool:
    """Up to 1709 there is no section for single sign-on: its keys stand in User State."""
    return SSO_STATE not in sections and "AzureAdPrt" in sections.get(USER_STATE, {})


def _may_end(title: str, sections: Sections) -> bool:
    """Whether the last section is one that a build of Windows ends with, and has its end."""
    if _is_finished(sections[title]):
        return True
    if is_of_facts(title):
        return title == USER_STATE and is_legacy(sections)
    return title != NGC_CHECK and not title.startswith(MORE_FOLLOWS)


def _is_finished(section: Section) -> bool:
    """The last line of every layout: the footer, or where there is none the result of the last check."""
    return PRE_REQ_RESULT in section or FOOTER in section


def _may_be_cut(line: str) -> bool:
    """A key without its colon, or a value of which more may follow; the oldest builds end with AzureAdPrt."""
    key, colon, value = (part.strip() for part in line.partition(":"))
    if not colon:
        return bool(key)
    return key in KEYS and not (key == "AzureAdPrt" and value in {"YES", "NO"})


def _work_accounts(sections: Sections) -> tuple[int, int]:
    """How many are listed, and how many there should be."""
    titles = [title for title in sections if title.startswith(WORK_ACCOUNT)]
    counts = [
        sections[USER_STATE].get("WorkAccountCount", ""),
        *(title.removeprefix(WORK_ACCOUNT).strip() for title in titles),
    ]
    return len(titles), max(int(count) if NUMBER.fullmatch(count) else 0 for count in counts)
