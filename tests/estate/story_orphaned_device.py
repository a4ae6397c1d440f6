"""The device claims a join that the cloud does not have."""

from dataclasses import replace

from tests.estate.invention import CORP, OTHER_TENANT, ago, guid
from tests.estate.machines import computer, joined, registered, server, system_report, user_report
from tests.estate.rows import Account, Finds, Protected, Story

DELETED = "FAILED. Device is either disabled or deleted"
UNTESTED = "FAILED. ERROR"


def cloud_row_deleted() -> Story:
    gone = joined("NB-MUC-0201")
    report = replace(user_report("NB-MUC-0201", 2, "eva.roth@contoso.example", slot=gone), auth=DELETED)
    again = replace(system_report("NB-MUC-0201", 1, slot=gone), auth=DELETED)
    return Story(
        "cloud row deleted, laptop still joined",
        "Somebody deleted NB-MUC-0201 in the portal; the laptop still believes that it is joined.",
        "its id is not in the complete cloud, and its own test fails; two reports, one finding",
        (report, again),
        (Finds("orphaned-device", again, severity="high"),),
    )


def soft_deleted() -> Story:
    gone = replace(joined("NB-MUC-0204", seen=12), deleted=ago(8, "NB-MUC-0204", "deleted"), file="deleted")
    report = replace(system_report("NB-MUC-0204", 1, slot=gone), auth=DELETED)
    return Story(
        "cloud row among the deleted items",
        "NB-MUC-0204 was deleted last week and can still be restored.",
        "deleted is not there; the evidence says that it is restorable",
        (gone, report),
        (Finds("orphaned-device", report, says=("soft",)),),
    )


def hybrid_row_deleted() -> Story:
    now = computer("LT-MUC-0207", logon=4)
    report = replace(system_report("LT-MUC-0207", 1, domain=CORP), slot=now.guid, auth=DELETED)
    return Story(
        "hybrid row deleted in the cloud only",
        "LT-MUC-0207 was deleted in the portal instead of in AD; the next sync has not run yet.",
        "two sides of one loss: the device and its computer object both lack their row",
        (now, report),
        (Finds("orphaned-device", report), Finds("orphaned-directory", now, "recently-active")),
    )


def server_row_deleted() -> Story:
    now = replace(server("SRV-APP11"), certificates=1)
    report = replace(system_report("SRV-APP11", 1, domain=CORP), slot=now.guid, auth=DELETED)
    return Story(
        "a server's cloud row deleted",
        "The hybrid joined server SRV-APP11 lost its cloud row.",
        "the report is found, and held because its computer is a server; the computer itself is no orphan",
        (now, report),
        (Finds("orphaned-device", report, "server"),),
    )


def account_unknown() -> Story:
    host, owner = "WS-BER-0526", "kim.sommer@contoso.example"
    gone = registered(host, owner)
    report = user_report(host, 1, owner, accounts=(gone,), domain=CORP)
    return Story(
        "work account without its registration",
        f"Kim Sommer's registration of {host} was deleted in the portal; her Windows still lists it.",
        "a work account claims its id as well",
        (computer(host, scope=False), report),
        (Finds("orphaned-device", report, claim=gone.device_id),),
    )


def untested() -> Story:
    report = replace(system_report("NB-MUC-0213", 1, slot=joined("NB-MUC-0213")), auth=UNTESTED)
    return Story(
        "joined, but offline when it looked",
        "NB-MUC-0213 had no network when it was asked, and the cloud has no row for it.",
        "found; the device could not test it, which makes it weigh less",
        (report,),
        (Finds("orphaned-device", report, severity="medium"),),
    )


def protected() -> Story:
    report = replace(system_report("BOARD-NB-01", 2, slot=joined("BOARD-NB-01")), auth=DELETED)
    return Story(
        "a board member's laptop",
        "BOARD-NB-01 lost its row, and protected.csv names BOARD-*.",
        "found, held by its name, and left to a person",
        (report, Protected("BOARD-*", "board members: call the service desk lead first")),
        (Finds("orphaned-device", report, "protected-list"),),
    )


def virtual() -> Story:
    report = replace(system_report("AVD-POOL-03", 1, slot=joined("AVD-POOL-03")), auth=DELETED, vdi="AVD")
    return Story(
        "a virtual desktop rebuilt every night",
        "AVD-POOL-03 is thrown away and built anew; its row has gone ahead.",
        "found, and held as a virtual desktop",
        (report,),
        (Finds("orphaned-device", report, "vdi"),),
    )


def other_tenant() -> Story:
    host = "WS-BER-0529"
    report = user_report(host, 1, "kim.sommer@contoso.example", domain=CORP)
    listed = (Account(guid("device", "fabrikam account"), OTHER_TENANT),)
    return Story(
        "work account of a customer",
        f"On {host} somebody is signed in to a customer's tenant.",
        "another tenant's ids are not ours to miss",
        (computer(host, scope=False), replace(report, accounts=listed)),
    )


def old_claim() -> Story:
    return Story(
        "the claim is three weeks old",
        "NB-MUC-0219 was retired properly; its last report from before is still in the folder.",
        "an old report claims nothing",
        (replace(system_report("NB-MUC-0219", 21, slot=joined("NB-MUC-0219")), folder="servicedesk"),),
    )


def malformed_id() -> Story:
    report = system_report("NB-MUC-0222", 1, slot=joined("NB-MUC-0222"))
    return Story(
        "a redacted report",
        "NB-MUC-0222 sent a report with its ids cut for privacy.",
        "what is no id is nowhere missing",
        (replace(report, slot="a41f...9c", folder="servicedesk"),),
    )


def old_layout() -> Story:
    host, owner = "WS-HAM-0531", "kim.sommer@contoso.example"
    row = registered(host, owner)
    report = replace(user_report(host, 1, owner, accounts=(row,), domain=CORP), layout="legacy")
    return Story(
        "Windows 10 1709 prints a DeviceId without a join",
        f"{host} is registered only, but its old dsregcmd prints the work account's id as DeviceId.",
        "AzureAdJoined NO: not a claim of the device",
        (row, replace(computer(host, scope=False), os="Windows 10 Enterprise", version="10.0 (16299)"), report),
    )


STORIES = (
    cloud_row_deleted(),
    soft_deleted(),
    hybrid_row_deleted(),
    server_row_deleted(),
    account_unknown(),
    untested(),
    protected(),
    virtual(),
    other_tenant(),
    old_claim(),
    malformed_id(),
    old_layout(),
)
