"""Found like any other, and held: each protection on a row that a plan would otherwise take."""

from dataclasses import replace

from tests.estate.invention import LAB, guid
from tests.estate.machines import computer, hybrid, joined, registered, server, system_report
from tests.estate.rows import Cloud, Computer, Finds, Part, Protected, Story


def _off(host: str, seen: int = 47) -> Cloud:
    return replace(joined(host, seen=seen), enabled=False)


def autopilot() -> Story:
    row = replace(_off("NB-BER-0801"), tags=(f"[ZTDID]:{guid('ztd', 'NB-BER-0801')}", "[OrderID]:Berlin"))
    return Story(
        "known to Autopilot",
        "NB-BER-0801 is disabled and in the store, ready for Autopilot.",
        "deleting the row would break its next deployment",
        (row,),
        (Finds("disabled", row, "autopilot"),),
    )


def intune() -> Story:
    first, second = replace(_off("NB-BER-0804"), managed=True), replace(_off("NB-BER-0805"), compliant=True)
    return Story(
        "Intune still holds it",
        "NB-BER-0804 is managed; NB-BER-0805 is compliant by another vendor's word.",
        "each is a protection of its own",
        (first, second),
        (Finds("disabled", first, "managed"), Finds("disabled", second, "compliant")),
    )


def azure_vm() -> Story:
    name = "/subscriptions/3e0b9f52-71c4-4d8a-a6f1-08d92c5b7e13/resourceGroups/rg-jump/providers/Microsoft.Compute/virtualMachines/VM-JUMP-02"
    row = replace(_off("VM-JUMP-02"), tags=(f"[AzureResourceId]:{name}",))
    return Story(
        "a virtual machine in Azure",
        "VM-JUMP-02 is stopped and disabled.",
        "its resource in Azure may start again at any time",
        (row,),
        (Finds("disabled", row, "vdi"),),
    )


def virtual_desktop() -> Story:
    row = _off("AVD-POOL-07")
    report = replace(
        system_report("AVD-POOL-07", 1, slot=row), vdi="AVD", auth="FAILED. Device is either disabled or deleted"
    )
    return Story(
        "a virtual desktop, disabled",
        "AVD-POOL-07 is disabled, and still runs.",
        "its own report shows it alive, and virtual",
        (row, report),
        (Finds("disabled", row, "recently-active;vdi"),),
    )


def restricted_unit() -> Story:
    row = replace(_off("NB-EXEC-0809"), restricted=True)
    return Story(
        "in a restricted administrative unit",
        "NB-EXEC-0809 belongs to the executives' restricted unit.",
        "only that unit's administrators may touch it",
        (row,),
        (Finds("disabled", row, "restricted-unit"),),
    )


def listed() -> Story:
    by_object, by_device = _off("NB-BER-0812"), _off("NB-BER-0813")
    by_guid, guid_now = hybrid("LT-BER-0814", seen=47, logon=51)
    by_sid, sid_now = hybrid("LT-BER-0815", seen=47, logon=51)
    by_guid, by_sid = replace(by_guid, enabled=False), replace(by_sid, enabled=False)
    by_name = _off("CEO-TRAVEL-2")
    rows = (by_object, by_device, by_guid, by_sid, by_name)
    lines = (
        Protected(by_object.object_id.upper(), "legal hold 2026-14, by object id"),
        Protected(by_device.device_id or "", "legal hold 2026-14, by device id"),
        Protected(f"{{{guid_now.guid}}}", "legal hold 2026-15, by the computer's GUID"),
        Protected(sid_now.sid, "legal hold 2026-15, by SID"),
        Protected("ceo-travel-?", "ask the chief of staff"),
        Protected(guid("device", "long gone"), "left over from 2024: the sweep warns that it matches nothing"),
    )
    return Story(
        "on the protected list",
        "Legal holds name four devices by their ids, the chief of staff one by its name.",
        "protected.csv takes GUIDs of all three kinds, SIDs and names with globs",
        (*rows, replace(guid_now, control=4098), replace(sid_now, control=4098), *lines),
        tuple(Finds("disabled", row, "protected-list") for row in rows),
    )


def _pending(name: str, now: Computer) -> Cloud:
    row, _ = hybrid(name, seen=None, since=120)
    return replace(row, registered=None, keyed=False, sid=now.sid)


def synced_servers() -> Story:
    app = replace(server("SRV-APP21", logon=48), certificates=1)
    dc = replace(server("DC-BER-01"), control=532_480, group=516, critical=True, path="OU=Domain Controllers")
    rodc = replace(server("RODC-HAM-01"), control=83_890_176, group=521, critical=True, path="OU=Domain Controllers")
    name = replace(server("CLU-FS02"), services=("MSClusterVirtualServer/CLU-FS02", "HOST/CLU-FS02"))
    kinds = (
        (app, "server"),
        (replace(dc, certificates=1), "domain-controller;critical;recently-active"),
        (replace(rodc, certificates=1), "rodc;critical;recently-active"),
        (replace(name, certificates=1), "cluster;recently-active"),
    )
    rows = tuple((_pending(now.name, now), now, held) for now, held in kinds)
    parts: tuple[Part, ...] = tuple(part for row, now, _ in rows for part in (row, now))
    return Story(
        "servers synced by a scope that is too wide",
        "A server, a domain controller, an RODC and a cluster name got a pending row each.",
        "each is held by what its computer is",
        parts,
        tuple(Finds("pending", row, held) for row, _, held in rows),
    )


def cloud_server() -> Story:
    row = replace(joined("VM-WEB-05", seen=122), os="Windows Server 2025 Datacenter", version="10.0.26100.6899")
    return Story(
        "a server joined to the cloud",
        "VM-WEB-05 is no computer of AD; its operating system says that it is a server.",
        "silent, and held",
        (row,),
        (Finds("stale", row, "server"),),
    )


def critical() -> Story:
    now = replace(computer("WS-PKI-01", logon=183, scope=False), critical=True)
    return Story(
        "critical by AD's own word",
        "WS-PKI-01 is silent, and marked isCriticalSystemObject.",
        "held",
        (now,),
        (Finds("stale", now, "critical"),),
    )


def anchors_disagree() -> Story:
    row, now = hybrid("LT-BER-0818", seen=49, logon=53)
    row = replace(row, device_id=guid("device", "LT-BER-0818", "migrated"), enabled=False)
    return Story(
        "disabled, and its anchors disagree",
        "The disabled LT-BER-0818 has its computer's SID, but not its GUID.",
        "found; the evidence says that its anchors disagree, which keeps it out of any plan",
        (row, now),
        (Finds("disabled", row, says=("disagree",)),),
    )


def not_served() -> Story:
    off, pending = replace(joined("KSK-ROM-91", seen=49), enabled=False), joined("KSK-ROM-92", seen=None, since=49)
    now = computer("KSK-ROM-92", logon=44, since=50)
    pending = replace(pending, device_id=now.guid, trust="ServerAd", registered=None)
    return Story(
        "an export without physicalIds",
        "The kiosks come as JSON lines of another script, which asks for few properties.",
        "it cannot say whether Autopilot knows them; pending is told by the missing registration time",
        (replace(off, file="kiosks"), replace(pending, file="kiosks"), now),
        (Finds("disabled", off, "autopilot-unknown"), Finds("pending", pending, "autopilot-unknown")),
    )


def lab() -> Story:
    old, off = (
        computer("BENCH-04", logon=146, domain=LAB),
        replace(computer("BENCH-05", logon=50, domain=LAB), control=4098),
    )
    host = server("BENCH-SRV1", logon=132, domain=LAB)
    bare = replace(computer("BENCH-06", logon=155, domain=LAB), os=None, version=None)
    return Story(
        "a domain exported with the default properties",
        "The lab sends ConvertTo-Json of what Get-ADComputer gives by itself, and a few dates.",
        "no SPNs, so none is known to be no cluster; no certificates, so no orphan; no system, so no finding",
        (old, off, host, bare),
        (
            Finds("stale", old, "cluster-unknown"),
            Finds("disabled", off, "cluster-unknown"),
            Finds("stale", host, "server;cluster-unknown"),
        ),
    )


def registered_and_managed() -> Story:
    row = replace(registered("DESKTOP-B1Y2D3", "ole.fuchs@contoso.example", seen=112), managed=True)
    return Story(
        "a private PC under management",
        "DESKTOP-B1Y2D3 is silent since summer; Intune manages it.",
        "stale, and Intune comes first",
        (row,),
        (Finds("stale", row, "managed"),),
    )


STORIES = (
    autopilot(),
    intune(),
    azure_vm(),
    virtual_desktop(),
    restricted_unit(),
    listed(),
    synced_servers(),
    cloud_server(),
    critical(),
    anchors_disagree(),
    not_served(),
    lab(),
    registered_and_managed(),
)
