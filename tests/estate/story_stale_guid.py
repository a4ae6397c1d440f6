"""Another identity holds the row's place."""

from dataclasses import replace

from tests.estate.invention import CORP, EMEA, guid
from tests.estate.machines import computer, hybrid, hybrid_row, joined, registered, system_report, user_report
from tests.estate.rows import Account, Finds, Story


def reimaged() -> Story:
    old = hybrid_row("LT-MUC-0107", "old", seen=48)
    row, now = hybrid("LT-MUC-0107", since=44)
    return Story(
        "re-imaged hybrid laptop",
        "LT-MUC-0107 was re-imaged and joined the domain anew; its old computer object was deleted, its old cloud row was not.",
        "the AD computer of that name bears another objectGUID; the new row is that computer's",
        (old, row, now, system_report("LT-MUC-0107", 1, slot=row, domain=CORP)),
        (Finds("stale-guid", old),),
    )


def reimaged_this_week() -> Story:
    old = hybrid_row("LT-MUC-0113", "old", seen=4)
    return Story(
        "re-imaged three days ago",
        "The same for LT-MUC-0113, but last Friday: the old identity still signed in the day before.",
        "found, and left alone until it has been quiet for a month",
        (old, *hybrid("LT-MUC-0113", seen=1, logon=1, since=3)),
        (Finds("stale-guid", old, "recently-active"),),
    )


def reimaged_not_synced() -> Story:
    old = hybrid_row("LT-PAR-0209", "old", seen=40, domain=EMEA)
    new = computer("LT-PAR-0209", logon=1, since=2, domain=EMEA)
    return Story(
        "re-imaged, the new identity not yet synced",
        "LT-PAR-0209 has its new computer object since Saturday; the sync has not brought it to the cloud yet.",
        "one finding, on the old row; the waiting computer is part of the same story",
        (old, new),
        (Finds("stale-guid", old),),
    )


def reimaged_out_of_scope() -> Story:
    old = hybrid_row("WS-BER-0031", "old", seen=52)
    return Story(
        "rebuilt without hybrid join",
        "WS-BER-0031 was rebuilt and is in the domain, but no longer meant to be in the cloud (no userCertificate).",
        "the name's computer has another GUID, in sync scope or not",
        (old, computer("WS-BER-0031", scope=False, since=50)),
        (Finds("stale-guid", old),),
    )


def rebuilt_and_disabled() -> Story:
    old = hybrid_row("WS-BER-0033", "old", seen=66)
    new = replace(computer("WS-BER-0033", logon=40, since=64), control=4098)
    return Story(
        "rebuilt, then disabled",
        "WS-BER-0033 was rebuilt in September and disabled in October; its new computer never reached the cloud.",
        "a disabled computer holds the name all the same, and is a finding of its own",
        (old, new),
        (Finds("stale-guid", old), Finds("disabled", new)),
    )


def long_silent() -> Story:
    old = hybrid_row("WS-BER-0044", "old", seen=171)
    return Story(
        "re-imaged half a year ago",
        "Nobody cleaned up after WS-BER-0044; the old row has been silent ever since.",
        "two findings stand beside each other on one row",
        (old, *hybrid("WS-BER-0044", since=168)),
        (Finds("stale-guid", old), Finds("stale", old)),
    )


def truncated_netbios_name() -> Story:
    old = replace(hybrid_row("MARKETING-LAPTOP-07", "old", seen=61), name="MARKETING-LAPTOP-07")
    row, now = hybrid("MARKETING-LAPTOP-07", since=55)
    short = "MARKETING-LAPTO"
    now = replace(now, name=short)
    return Story(
        "a name longer than NetBIOS allows",
        "MARKETING-LAPTOP-07 came back from repair; AD calls it MARKETING-LAPTO and knows its whole name only in DNS.",
        "the DNS name is one of the computer's names",
        (old, replace(row, name=short), now),
        (Finds("stale-guid", old),),
    )


def joined_anew() -> Story:
    old, new = joined("NB-HAM-0044", "old", seen=43), joined("NB-HAM-0044", since=38)
    return Story(
        "joined laptop reset and joined again",
        "NB-HAM-0044 was reset by its user; it now reports another DeviceId than the old row has.",
        "the device itself says which id it bears",
        (old, new, user_report("NB-HAM-0044", 1, "jana.vogel@contoso.example", slot=new)),
        (Finds("stale-guid", old),),
    )


def hybrid_to_cloud() -> Story:
    old, new = hybrid_row("LT-HAM-0151", "old", seen=36), joined("LT-HAM-0151", since=33)
    return Story(
        "moved from hybrid to cloud only",
        "LT-HAM-0151 left the domain and joined Entra directly; its computer object was deleted, the hybrid row stayed.",
        "no computer holds its GUID, and the device reports another id",
        (old, new, system_report("LT-HAM-0151", 2, slot=new)),
        (Finds("stale-guid", old),),
    )


def registered_anew() -> Story:
    owner = "tomas.brandt@contoso.example"
    old, new = registered("WS-BER-0502", owner, "old", seen=47), registered("WS-BER-0502", owner, since=45)
    return Story(
        "work account removed and added again",
        "Tomas Brandt disconnected his account on WS-BER-0502 and added it again; both registrations are in the cloud.",
        "his own session lists the new registration only",
        (
            old,
            new,
            computer("WS-BER-0502", scope=False),
            user_report("WS-BER-0502", 1, owner, accounts=(new,), domain=CORP),
        ),
        (Finds("stale-guid", old),),
    )


def anchors_disagree() -> Story:
    row, now = hybrid("LT-MUC-0121")
    return Story(
        "SID matches, GUID does not",
        "The cloud row of LT-MUC-0121 has its computer's SID, but another deviceId, since a forest was migrated.",
        "one anchor is enough to leave it alone, and the computer has its cloud row",
        (replace(row, device_id=guid("device", "LT-MUC-0121", "migrated")), now),
    )


def vouched_by_directory() -> Story:
    row, now = hybrid("LT-MUC-0126", seen=41, logon=52)
    new = joined("LT-MUC-0126", "joined", since=30)
    return Story(
        "moved to cloud only, computer object still there",
        "LT-MUC-0126 reports a new id of its own, but nobody has deleted its computer object yet.",
        "the row is proven by its computer's GUID: AD has to go first",
        (row, now, new, system_report("LT-MUC-0126", 1, slot=new)),
    )


def autopilot_anchor() -> Story:
    row, now = hybrid("LT-MUC-0133")
    anchor = replace(joined("LT-MUC-0133", "anchor", seen=None), tags=(f"[ZTDID]:{guid('ztd', 'LT-MUC-0133')}",))
    return Story(
        "Autopilot anchor beside the hybrid row",
        "LT-MUC-0133 was deployed by hybrid Autopilot, which leaves a joined row that never signs in.",
        "a row with a ZTDID is never another one's leftover",
        (row, now, anchor, system_report("LT-MUC-0133", 1, slot=row, domain=CORP)),
    )


def unreadable_account() -> Story:
    owner = "mira.klein@contoso.example"
    row = registered("WS-BER-0507", owner, "old", seen=None)
    new = registered("WS-BER-0507", owner)
    seen = user_report("WS-BER-0507", 1, owner, accounts=(new,), domain=CORP)
    listed = (*seen.accounts, Account("5c07...e1"))
    return Story(
        "one of two work accounts is not readable",
        "The log of WS-BER-0507 was redacted by hand: the second work account's id is cut to a few letters.",
        "the missing registration may be the one that cannot be read",
        (row, new, computer("WS-BER-0507", scope=False), replace(seen, accounts=listed)),
    )


def displaced_too_early() -> Story:
    old, new = joined("NB-HAM-0049", "old", seen=2), joined("NB-HAM-0049", since=210)
    new = replace(new, seen=None)
    return Story(
        "the displaced row signed in after the report",
        "NB-HAM-0049 reported another id five days ago, but the row in question has signed in since.",
        "a report says nothing of what came after it",
        (old, new, user_report("NB-HAM-0049", 5, "jana.vogel@contoso.example", slot=new)),
    )


def renamed() -> Story:
    row, now = hybrid("LT-MUC-0138")
    return Story(
        "renamed",
        "LT-MUC-0138 is called LT-LEGAL-02 in AD since this morning; the cloud has not heard of it.",
        "the GUID is the same: one machine, whatever it is called",
        (row, replace(now, name="LT-LEGAL-02", dns="lt-legal-02.corp.contoso.example", sam="LT-LEGAL-02$")),
    )


def other_letters() -> Story:
    row, now = hybrid("LT-MUC-0141")
    assert row.device_id
    return Story(
        "the same ids in other letters",
        "The cloud serves the deviceId of LT-MUC-0141 in capitals and its trust type as ServerAD.",
        "ids and trust types have no case",
        (replace(row, device_id=row.device_id.upper(), trust="ServerAD"), now),
    )


def two_domains() -> Story:
    return Story(
        "one name in two domains",
        "There is a FRONTDESK-01 in Munich and one in Madrid, each hybrid joined.",
        "ids tell them apart",
        (*hybrid("FRONTDESK-01"), *hybrid("FRONTDESK-01", "emea", domain=EMEA)),
    )


def report_just_before() -> Story:
    row, other = joined("NB-HAM-0053", seen=None, since=1), joined("NB-HAM-0053", "before", seen=60)
    return Story(
        "joined again after the report",
        "NB-HAM-0053 reported its old id on Friday and was joined anew on Sunday.",
        "a row younger than the report is not displaced by it",
        (row, other, system_report("NB-HAM-0053", 3, slot=other)),
    )


STORIES = (
    reimaged(),
    reimaged_this_week(),
    reimaged_not_synced(),
    reimaged_out_of_scope(),
    rebuilt_and_disabled(),
    long_silent(),
    truncated_netbios_name(),
    joined_anew(),
    hybrid_to_cloud(),
    registered_anew(),
    anchors_disagree(),
    vouched_by_directory(),
    autopilot_anchor(),
    unreadable_account(),
    displaced_too_early(),
    renamed(),
    other_letters(),
    two_domains(),
    report_just_before(),
)
