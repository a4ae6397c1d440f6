import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.dsregcmd import PLACES, Capture, parse
from tests.source.captures import (
    ACCOUNT,
    DEVICE,
    FOOTER,
    RULE,
    TENANT,
    THUMBPRINT,
    joined,
    legacy,
    printed,
    registered,
    section,
    work_account,
)

WHOLE = printed(joined())
LISTED = {"WorkplaceDeviceId": ACCOUNT, "WorkplaceTenantId": TENANT, "WorkplaceThumbprint": THUMBPRINT}
LIST_ACCOUNTS = """Call ListAccounts to list WAM accounts from the current user profile.

User accounts:
Account: u:1.2, user: ada@contoso.example, authority: https://login.example.test/common.
Accounts found: 1.
Default account: u:1.2, user: ada@contoso.example.
"""


def why(text: str) -> str:
    capture = parse(text)
    assert capture.work_accounts is None
    assert capture.layout is None
    assert capture.values.keys() <= {"DeviceName"}
    return str(capture.problem)


def without(title: str) -> dict[str, list[str]]:
    parts = joined()
    del parts[title]
    return parts


# What a whole capture says


def test_a_modern_capture_is_read_from_all_its_sections() -> None:
    assert parse(WHOLE) == Capture(
        {
            "AzureAdJoined": "YES",
            "EnterpriseJoined": "NO",
            "DomainJoined": "NO",
            "DeviceName": "Lap-0042",
            "VirtualDesktop": "NOT SET",
            "DeviceId": DEVICE,
            "Thumbprint": THUMBPRINT,
            "TenantId": TENANT,
            "DeviceAuthStatus": "SUCCESS",
            "WorkplaceJoined": "NO",
            "WamDefaultSet": "YES",
            "AzureAdPrt": "YES",
            "ExecutingAccountName": r"AzureAD\AdaLovelace, ada@contoso.example",
            "SessionIsNotRemote": "YES",
        },
        work_accounts=[],
        layout="modern",
    )


def test_a_legacy_capture_has_its_device_and_its_user_in_two_sections() -> None:
    capture = parse(legacy())

    assert (capture.layout, capture.problem, capture.work_accounts) == ("legacy", None, [LISTED])
    assert capture.values == {
        "AzureAdJoined": "NO",
        "EnterpriseJoined": "NO",
        "DomainJoined": "YES",
        "WorkplaceJoined": "YES",
        "WamDefaultSet": "YES",
        "DeviceId": ACCOUNT,
        "Thumbprint": THUMBPRINT,
        "TenantId": TENANT,
        "AzureAdPrt": "NO",
        "SessionIsNotRemote": "YES",
    }


def test_a_legacy_capture_without_a_work_account_lists_none() -> None:
    assert parse(legacy(workplace="NO")).work_accounts == []


def test_the_oldest_builds_end_below_the_user() -> None:
    text = legacy().partition("AzureAdPrtAuthority")[0].rstrip()

    assert parse(text).values == {k: v for k, v in parse(legacy()).values.items() if k != "SessionIsNotRemote"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n", "     \r\n", "\n\n"])
def test_line_ends_and_padding_change_nothing(end: str) -> None:
    assert parse(printed(joined(), end=end)) == parse(WHOLE)


def test_indentation_changes_nothing() -> None:
    assert parse("\n".join("    " + line for line in WHOLE.splitlines())) == parse(WHOLE)
    assert parse("\n".join(line.strip() for line in WHOLE.splitlines())) == parse(WHOLE)


def test_prompts_and_banners_around_a_capture_are_no_part_of_it() -> None:
    banner = "\ufeffMicrosoft Windows [Version 10.0.26100.1]\n(c) Microsoft Corporation. Alle Rechte vorbehalten.\n\n"
    text = f"{banner}[lap-0042]: PS C:\\Users\\ada> dsregcmd /status\n{WHOLE}\nPS C:\\Users\\ada> "

    assert parse(text) == parse(WHOLE)


def test_a_rule_that_closes_a_section_opens_none() -> None:
    parts = {title: [*lines[:-1], RULE] for title, lines in joined().items()}

    assert parse(printed(parts, footer=False)) == parse(WHOLE)


def test_a_key_needs_no_blank_before_its_colon() -> None:
    assert parse(WHOLE.replace(" : ", ": ")) == parse(WHOLE)


def test_the_same_key_of_another_section_is_another_fact() -> None:
    parts = joined()
    parts["User State"].insert(4, f"DeviceId : {ACCOUNT}")
    parts["Device State"].insert(4, "AzureAdPrt : NO")
    parts["Diagnostic Data"].insert(4, "WorkplaceJoined : YES")

    assert parse(printed(parts)) == parse(WHOLE)


def test_a_value_keeps_its_colons() -> None:
    capture = parse(printed(joined(ExecutingAccountName="CONTOSO\\a : b, a:b@contoso.example")))

    assert capture.values["ExecutingAccountName"] == "CONTOSO\\a : b, a:b@contoso.example"


def test_what_is_printed_empty_is_empty_and_what_is_not_printed_is_missing() -> None:
    values = parse(printed(joined(DeviceName="", DeviceAuthStatus=""))).values

    assert (values["DeviceName"], values["DeviceAuthStatus"], "DomainName" in values) == ("", "", False)


def test_a_waiting_line_and_a_wrapped_value_of_no_interest_are_passed_over() -> None:
    parts = joined()
    parts["Diagnostic Data"][4:4] = [
        "Waiting for Diagnostics Task to complete. This could take a few minutes...",
        " " * 90,
    ]
    parts["Diagnostic Data"].append(
        f"{'Auto Detect PAC Status':>26} : Failed to auto detect the Proxy Auto-Configuration"
    )
    parts["Diagnostic Data"].append("script using WPAD. code: 0x80072f94")

    assert parse(printed(parts)) == parse(WHOLE)


def test_an_account_that_the_console_wrapped_is_put_together() -> None:
    long = "AzureAD\\" + "a" * 60 + ", " + "a" * 60 + "@contoso.example"
    text = printed(joined(ExecutingAccountName=long)).replace(f"{long[:91]}", f"{long[:91]}\r\n")

    assert parse(text).values["ExecutingAccountName"] == long


def test_the_account_may_stand_under_a_proxy_section() -> None:
    parts = without("Diagnostic Data")
    parts["URL Specific Proxy Config"] = section("URL Specific", [("Executing Account Name", r"CONTOSO\LAP-0042$, x")])

    assert parse(printed(parts)).values["ExecutingAccountName"] == r"CONTOSO\LAP-0042$, x"


def test_the_time_of_the_device_is_read() -> None:
    parts = joined()
    parts["Diagnostic Data"].insert(4, "Client Time : 2026-11-14 16:12:22.000 UTC")

    assert parse(printed(parts)).client_time == "2026-11-14 16:12:22.000 UTC"


# Work accounts


def test_every_work_account_is_listed() -> None:
    capture = parse(registered(work_account(1), work_account(2, DEVICE), work_account(3, tenant="ERROR")))

    assert capture.work_accounts == [
        LISTED,
        LISTED | {"WorkplaceDeviceId": DEVICE},
        LISTED | {"WorkplaceTenantId": "ERROR"},
    ]


def test_an_account_that_cannot_be_read_stays_listed() -> None:
    assert parse(registered(work_account(1, device=""))).work_accounts == [LISTED | {"WorkplaceDeviceId": None}]


def test_without_a_list_and_without_a_no_nothing_is_known_of_work_accounts() -> None:
    assert parse(printed(joined(WorkplaceJoined="YES"))).work_accounts is None
    assert parse(printed(joined(WorkplaceJoined="ERROR (0x80070520)"))).work_accounts is None


@pytest.mark.parametrize("account", [1, 2])
def test_fewer_accounts_than_there_are_is_a_truncated_capture(account: int) -> None:
    text = registered(work_account(account), count=2)

    assert why(text).endswith("the capture lists 1 of 2 work accounts")


def test_a_no_for_a_user_who_could_not_be_asked_is_not_passed_on() -> None:
    capture = parse(printed(joined(WamDefaultSet="ERROR (0xd0020017)", AzureAdPrt="NO", IsUserAzureAD="UNKNOWN")))

    assert capture.problem is None
    assert capture.values.keys().isdisjoint({"WorkplaceJoined", "AzureAdPrt"})
    assert capture.work_accounts is None


def test_an_error_of_the_default_account_alone_hides_nothing() -> None:
    assert parse(printed(joined(WamDefaultSet="ERROR"))).values["WorkplaceJoined"] == "NO"


# What is no whole capture


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the capture is empty"),
        (" \r\n\t\r\n", "line 1: the capture is empty"),
        ("'dsregcmd' is not recognized as an internal or external command,\r\n", "line 1: this is no output of dsregcmd /status"),
        ("Access is denied.", "line 1: this is no output of dsregcmd /status"),
        (LIST_ACCOUNTS, "line 1: this is no output of dsregcmd /status"),
        ("\nAzureAdJoined : NO\nWorkplaceJoined : NO\n", "line 2: 'AzureAdJoined' stands above the first section"),
        ("DSREGCMD_END_STATUS\n  DomainJoined : NO\n" + WHOLE, "line 2: 'DomainJoined' stands above the first section"),
        (f"{RULE}\n| Services |\n{RULE}\na : b\n", "line 4: the capture has no section 'Device State'"),
        (f"{RULE}\n| Device State |\n\n AzureAdJoined : NO\n", "line 2: the header of 'Device State' does not close"),
        (f"{RULE}\n| Device State |\n{RULE[:-1]}\n", "line 2: the header of 'Device State' does not close"),
        (f"{RULE}\n| Device Sta\n{RULE}\n", "line 2: the header of 'Device Sta' does not close"),
        (f"{RULE}\n|      |\n{RULE}\n AzureAdJoined : NO\n", "line 2: the header has no title"),
        (f"\n| Device State |\n{RULE}\n AzureAdJoined : NO\n", "line 2: the header of 'Device State' does not open"),
        (f"{RULE[:30]}\n| Device State |\n{RULE}\n", "line 1: the rule is cut"),
        (WHOLE + WHOLE, "line 81: a second capture begins; a file or a record holds one"),
        (printed(without("User State")), "line 70: the capture has no section 'User State'"),
        (printed(without("SSO State")), "line 70: the capture has no section 'SSO State'"),
        (WHOLE.replace("AzureAdJoined", "AzureAdJo"), "line 78: 'Device State' has no AzureAdJoined"),
        (WHOLE.replace("Tenant Details", "Device Details"), "line 23: the section 'Device Details' stands twice"),
        (
            WHOLE.replace("EnterpriseJoined : NO", "AzureAdJoined : NO"),
            "line 7: 'AzureAdJoined' stands twice in 'Device State', with different values",
        ),
    ],
)  # fmt: skip
def test_a_text_that_is_no_capture_has_a_problem_with_its_line(text: str, said: str) -> None:
    assert why(text) == said


@pytest.mark.parametrize(
    "last", [title for title in joined() if title not in {"Diagnostic Data", "WinHttp Default Proxy Config"}]
)
def test_a_capture_that_ends_with_any_other_section_is_truncated(last: str) -> None:
    parts = dict(list(joined().items())[: list(joined()).index(last) + 1])
    parts[last] = [line for line in parts[last] if "PreReqResult" not in line]

    assert f": the capture ends inside '{last}'" in why(printed(parts, footer=False))


def test_a_capture_that_ends_between_two_work_accounts_is_truncated() -> None:
    text = registered(work_account(1), work_account(2)).partition(f"{RULE}\r\n| Work Account 2")[0]

    assert "the capture ends inside 'Work Account 1'" in why(text)


def test_a_capture_that_ends_below_a_header_is_truncated() -> None:
    text = WHOLE.partition(" AadRecovery")[0]

    assert "the capture ends below the header of 'Diagnostic Data'" in why(text.rstrip(" "))


@pytest.mark.parametrize("last", ["Executing Acc", "Executing Account Name : Azure", "AadRecov"])
def test_a_capture_that_ends_inside_a_line_is_truncated(last: str) -> None:
    text = WHOLE.partition(last)[0] + last

    assert f"the capture ends inside the line '{last}" in why(text)


def test_a_broken_capture_still_names_its_device_and_its_time() -> None:
    parts = joined()
    parts["Diagnostic Data"].insert(4, "Client Time : 2026-11-14 16:12:22.000 UTC")
    capture = parse(printed(parts).replace("PreReqResult", "PreReq").replace(FOOTER, ""))

    assert capture.problem is not None
    assert (capture.values, capture.client_time) == ({"DeviceName": "Lap-0042"}, "2026-11-14 16:12:22.000 UTC")


# What holds for every text

WORDS = st.sampled_from(["YES", "NO", "ERROR", "ERROR (0x80070520)", "UNKNOWN", "NOT SET", "", DEVICE, "a : b"])
PRINTED = sorted(set(chain(WHOLE.splitlines(), legacy().splitlines(), work_account(1))))
SOUP = st.lists(st.sampled_from(PRINTED) | st.text(max_size=20), max_size=80).map("\n".join)


def says(text: str, column: str) -> bool:
    """The literal answer, in a section that the column is read from."""
    places = [(title, key) for layout in PLACES.values() for name, title, key in layout if name == column]
    return any(re.search(rf"\| {title} +\|[^|]*?\n *{key} *: *NO *(\r|\n|$)", text) for title, key in places)


@given(st.text() | SOUP)
def test_no_text_makes_the_parser_fail_or_say_no_by_itself(text: str) -> None:
    capture = parse(text)

    for column in ("AzureAdJoined", "DomainJoined", "WorkplaceJoined", "AzureAdPrt"):
        assert capture.values.get(column) != "NO" or says(text, column)


@st.composite
def captures(draw: st.DrawFn) -> str:
    """Whole captures of both layouts, with any answers in any context."""
    if draw(st.booleans()):
        return legacy(joined=draw(WORDS), workplace=draw(st.sampled_from(["YES", "NO"])), device=draw(WORDS))
    if draw(st.booleans()):
        devices = draw(st.lists(WORDS, max_size=3))
        return registered(*(work_account(number, device) for number, device in enumerate(devices, 1)))
    keys = ["AzureAdJoined", "DomainJoined", "DeviceName", "DeviceId", "WorkplaceJoined", "WamDefaultSet", "AzureAdPrt"]
    keys += ["ExecutingAccountName", "IsUserAzureAD", "SessionIsNotRemote", "TenantId", "VirtualDesktop"]
    return printed(joined(**draw(st.dictionaries(st.sampled_from(keys), WORDS))), footer=draw(st.booleans()))


@given(captures(), st.data())
def test_a_part_of_a_capture_says_what_the_whole_says_or_has_a_problem(whole: str, data: st.DataObject) -> None:
    said, part = parse(whole), parse(whole[: data.draw(st.integers(0, len(whole)))])

    assert said.problem is None
    if part.problem is None:
        assert part.values.items() <= said.values.items()
        assert part.work_accounts in (None, said.work_accounts)
        assert part.client_time in (None, said.client_time)
        assert part.layout == said.layout


def test_a_capture_cut_anywhere_keeps_to_what_it_said() -> None:
    whole = registered(work_account(1), work_account(2, DEVICE))
    said = parse(whole)

    for cut in range(len(whole)):
        part = parse(whole[:cut])
        assert part.problem is not None or part.values.items() <= said.values.items()
        assert part.problem is not None or part.work_accounts == said.work_accounts


def _print(capture: Capture) -> str:
    """A capture as Windows would print it."""
    assert capture.layout
    parts: dict[str, dict[str, str]] = {"Device State": {}, "User State": {}}
    for column, title, key in PLACES[capture.layout]:
        if column in capture.values:
            parts.setdefault(title, {})[key] = capture.values[column]
    for number, account in enumerate(capture.work_accounts or [], 1):
        parts[f"Work Account {number}"] = {key: value or "" for key, value in account.items()}
    parts["Diagnostic Data"] = {"Client Time": capture.client_time} if capture.client_time else {"AadRecovery": "NO"}
    if "ExecutingAccountName" in capture.values:
        parts["Diagnostic Data"]["Executing Account Name"] = capture.values["ExecutingAccountName"]
    parts["Ngc Prerequisite Check"] = {"IsUserAzureAD": "NO", "PreReqResult": "WillProvision"}
    return printed({title: section(title, lines.items()) for title, lines in parts.items()})


VALUES = WORDS | st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters=":+|"), min_size=1)
ACCOUNTS = st.fixed_dictionaries({key: st.none() | WORDS.filter(bool) for key in LISTED})
OPTIONAL = [
    "DomainJoined",
    "DeviceName",
    "DeviceId",
    "TenantId",
    "Thumbprint",
    "DeviceAuthStatus",
    "ExecutingAccountName",
]


@given(
    st.fixed_dictionaries(
        {"AzureAdJoined": VALUES, "AzureAdPrt": VALUES, "WorkplaceJoined": st.just("YES")},
        optional=dict.fromkeys(OPTIONAL, VALUES),
    ),
    st.lists(ACCOUNTS, min_size=1, max_size=4),
    st.none() | VALUES.filter(bool),
)
def test_what_was_printed_is_what_is_read(
    values: dict[str, str], accounts: list[dict[str, str | None]], time: str | None
) -> None:
    capture = Capture(values, accounts, "modern", time)

    assert parse(_print(capture)) == capture
