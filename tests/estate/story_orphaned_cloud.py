"""The row's other half is gone, or somebody says so who cannot know."""

from dataclasses import replace

from tests.estate.invention import CORP, EMEA, FABRIKAM, OTHER_TENANT, guid
from tests.estate.machines import computer, hybrid_row, joined, registered, system_report, user_report
from tests.estate.rows import Finds, Story


def computer_deleted() -> Story:
    row = hybrid_row("LT-BER-0166", seen=55)
    return Story(
        "computer object deleted, cloud row left",
        "LT-BER-0166 was scrapped and its computer object deleted while the sync was paused.",
        "the directory is complete, covers the domain of its SID, and has neither its GUID nor its name",
        (row,),
        (Finds("orphaned-cloud", row),),
    )


def computer_deleted_by_mistake() -> Story:
    row = hybrid_row("LT-PAR-0214", seen=3, domain=EMEA)
    return Story(
        "computer object deleted, laptop still in use",
        "Somebody deleted the computer object of LT-PAR-0214; its user still signs in from home.",
        "found, but a row that signed in this month is not for deletion",
        (row,),
        (Finds("orphaned-cloud", row, "recently-active"),),
    )


def scrapped_long_ago() -> Story:
    row = replace(hybrid_row("WS-HAM-0021", seen=142), managed=True)
    return Story(
        "scrapped long ago, still in Intune",
        "WS-HAM-0021 was scrapped in summer; Intune still manages its row.",
        "two findings; Intune has to let go first",
        (row,),
        (Finds("orphaned-cloud", row, "managed"), Finds("stale", row, "managed")),
    )


def left() -> Story:
    row = joined("NB-MUC-0071", seen=38)
    report = replace(system_report("NB-MUC-0071", 1), folder="servicedesk")
    return Story(
        "joined laptop has left",
        "The service desk ran dsregcmd /leave on NB-MUC-0071; nobody deleted its row.",
        "the device denies the join, and the row has been quiet since before",
        (row, report),
        (Finds("orphaned-cloud", row),),
    )


def disconnected() -> Story:
    owner = "paula.stern@contoso.example"
    row = registered("WS-BER-0511", owner, seen=44)
    return Story(
        "work account disconnected",
        "Paula Stern disconnected her work account on WS-BER-0511.",
        "her own session, in a layout that can tell, says WorkplaceJoined NO",
        (row, computer("WS-BER-0511", scope=False), user_report("WS-BER-0511", 2, owner, domain=CORP)),
        (Finds("orphaned-cloud", row),),
    )


def seen_by_system() -> Story:
    host = "WS-BER-0514"
    return Story(
        "SYSTEM says WorkplaceJoined NO",
        f"The scheduled task on {host} runs as SYSTEM, which has no work accounts of its own.",
        "registrations belong to users; SYSTEM cannot see them",
        (
            registered(host, "paula.stern@contoso.example", seen=41),
            computer(host, scope=False),
            replace(system_report(host, 1, domain=CORP), folder="servicedesk"),
        ),
    )


def seen_by_another() -> Story:
    host = "WS-BER-0517"
    return Story(
        "another user's session says NO",
        f"Jonas Lang ran the capture on {host}; the registration is Paula Stern's.",
        "only the owner's own session can deny a registration",
        (
            registered(host, "paula.stern@contoso.example", seen=41),
            computer(host, scope=False),
            user_report(host, 1, "jonas.lang@contoso.example", domain=CORP),
        ),
    )


def seen_remotely() -> Story:
    host = "WS-BER-0519"
    owner = "karl.winter@contoso.example"
    return Story(
        "a remote session says NO",
        f"The status of {host} was read over WinRM, where the user's state is not loaded.",
        "a remote capture says nothing of registrations",
        (
            registered(host, owner, seen=37),
            computer(host, scope=False),
            replace(user_report(host, 1, owner, domain=CORP), context="remote", account=None, folder=None),
        ),
    )


def seen_in_old_layout() -> Story:
    host = "WS-HAM-0521"
    owner = "karl.winter@contoso.example"
    return Story(
        "Windows 10 1709 says NO",
        f"{host} still runs Windows 10 1709, whose dsregcmd prints another layout.",
        "the old layout cannot deny a registration",
        (
            registered(host, owner, seen=37),
            replace(computer(host, scope=False), os="Windows 10 Enterprise", version="10.0 (16299)"),
            replace(user_report(host, 1, owner, domain=CORP), layout="legacy"),
        ),
    )


def owner_unknown() -> Story:
    host = "WS-BER-0523"
    return Story(
        "nobody knows whose registration it is",
        f"A user's session on {host} says NO; the registration has no owner in the cloud.",
        "without an owner nobody can deny it",
        (
            registered(host, None, seen=50),
            computer(host, scope=False),
            user_report(host, 2, "jonas.lang@contoso.example", domain=CORP),
        ),
    )


def old_report() -> Story:
    row = joined("NB-MUC-0074", seen=49)
    return Story(
        "the report is three weeks old",
        "NB-MUC-0074 said AzureAdJoined NO three weeks ago and has not reported since.",
        "a report older than 14 days decides nothing",
        (row, replace(system_report("NB-MUC-0074", 20), folder="servicedesk")),
    )


def report_before_registration() -> Story:
    return Story(
        "joined after the report",
        "NB-MUC-0077 was not joined when it reported on Wednesday; it joined on Friday.",
        "a report says nothing of a row that is younger than it",
        (joined("NB-MUC-0077", seen=None, since=3), system_report("NB-MUC-0077", 5)),
    )


def active_after_report() -> Story:
    return Story(
        "signed in after the report",
        "NB-MUC-0079 denied the join a week ago, but its row has signed in since.",
        "activity after the report contradicts it",
        (joined("NB-MUC-0079", seen=1), system_report("NB-MUC-0079", 7)),
    )


def another_tenant() -> Story:
    report = replace(system_report("NB-MUC-0082", 1), slot=guid("device", "fabrikam"), tenant=OTHER_TENANT)
    return Story(
        "joined to another tenant",
        "NB-MUC-0082 went with its user to a subsidiary, whose tenant it now reports.",
        "a claim in another tenant is neither claim nor denial here",
        (joined("NB-MUC-0082", seen=57), report),
    )


def truncated() -> Story:
    report = replace(system_report("NB-MUC-0085", 1), folder="servicedesk", damage="truncated")
    return Story(
        "the capture breaks off",
        "The disk of NB-MUC-0085 was full: its capture ends within the first section.",
        "a truncated capture is listed as bad and says nothing, not even NO",
        (joined("NB-MUC-0085", seen=46), report),
    )


def malformed() -> Story:
    report = replace(system_report("NB-MUC-0088", 1), folder="servicedesk", damage="header")
    return Story(
        "the capture is malformed",
        "Somebody pasted the capture of NB-MUC-0088 into a ticket and lost a line of the frame.",
        "what cannot be read for sure is not read",
        (joined("NB-MUC-0088", seen=46), report),
    )


def autopilot_reset() -> Story:
    row = replace(joined("NB-MUC-0091", seen=39), tags=(f"[ZTDID]:{guid('ztd', 'NB-MUC-0091')}",))
    return Story(
        "reset for the next user by Autopilot",
        "NB-MUC-0091 was reset and waits in the store; it will join again with its Autopilot row.",
        "rows with a ZTDID are never orphans",
        (row, system_report("NB-MUC-0091", 1)),
    )


def claimed_by_its_twin() -> Story:
    row = joined("NB-MUC-0094", seen=33)
    return Story(
        "two laptops under one name",
        "There are two machines named NB-MUC-0094; the new one is not joined yet, the other reports the row's id.",
        "a fresh claim of the id outweighs a denial under the name",
        (row, replace(system_report("NB-MUC-0094", 3), slot=row.device_id), system_report("NB-MUC-0094", 1)),
    )


def uncovered_domain() -> Story:
    return Story(
        "hybrid row of a domain that is not in the export",
        "OSL-LT-04 belongs to Fabrikam, whose directory nobody exports yet.",
        "absence from our directory says nothing of another",
        (hybrid_row("OSL-LT-04", seen=51, domain=FABRIKAM),),
    )


def without_sid() -> Story:
    row = replace(hybrid_row("LT-BER-0178", "old", seen=47), sid=None)
    return Story(
        "hybrid row without a SID",
        "The row of LT-BER-0178 has no SID, and there are three domains it could be of.",
        "nobody can say which directory should have it; nor is the computer of its name an orphan then",
        (row, computer("LT-BER-0178")),
    )


STORIES = (
    computer_deleted(),
    computer_deleted_by_mistake(),
    scrapped_long_ago(),
    left(),
    disconnected(),
    seen_by_system(),
    seen_by_another(),
    seen_remotely(),
    seen_in_old_layout(),
    owner_unknown(),
    old_report(),
    report_before_registration(),
    active_after_report(),
    another_tenant(),
    truncated(),
    malformed(),
    autopilot_reset(),
    claimed_by_its_twin(),
    uncovered_domain(),
    without_sid(),
)
