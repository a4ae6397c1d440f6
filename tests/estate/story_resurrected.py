"""Retired and verified gone, and back."""

from dataclasses import replace

from tests.estate.invention import CORP, ago, guid, sid
from tests.estate.machines import hybrid, joined, mobile
from tests.estate.rows import Cloud, Computer, Finds, Retired, Story


def back_after_sync() -> Story:
    row, now = hybrid("LT-MUC-0471", logon=5)
    row = replace(row, created=ago(36, "LT-MUC-0471", "back"))
    retired = Retired(
        device_id=now.guid,
        object_guid=now.guid,
        sid=now.sid,
        object_id=guid("object", "LT-MUC-0471", "first"),
        hostname="LT-MUC-0471",
        at=ago(70, "LT-MUC-0471", "retired"),
    )
    return Story(
        "back after a restore in AD",
        "LT-MUC-0471 was retired in September; in October its computer object was restored, and the sync brought it back.",
        "the deviceId is the old one under a new object id: one finding per system",
        (row, now, retired),
        (Finds("resurrected", row, "recently-active"), Finds("resurrected", now, "recently-active")),
    )


def back_by_sid() -> Story:
    row, now = hybrid("LT-MUC-0474", seen=46, logon=41)
    retired = Retired(sid=now.sid, hostname="LT-MUC-0474", at=ago(99, "LT-MUC-0474", "retired"))
    return Story(
        "known by its SID alone",
        "The list of old retirements has no more than the SID of LT-MUC-0474.",
        "the SID is enough, in both systems",
        (row, now, retired),
        (Finds("resurrected", row), Finds("resurrected", now)),
    )


def restored() -> Story:
    row = joined("NB-MUC-0477")
    retired = Retired(
        device_id=row.device_id or "",
        object_id=row.object_id,
        hostname=row.name,
        at=ago(25, "NB-MUC-0477", "retired"),
    )
    return Story(
        "restored from the deleted items",
        "NB-MUC-0477 was retired in October, and its owner restored it in the portal.",
        "the same object is back, and in use",
        (row, retired),
        (Finds("resurrected", row, "recently-active"),),
    )


def phone() -> Story:
    row = mobile("Reception Tablet", "IPad", seen=44)
    retired = Retired(device_id=row.device_id or "", hostname=row.name, at=ago(80, row.name, "retired"))
    return Story(
        "a tablet back from retirement",
        "The reception's tablet was retired in September; its row is there again.",
        "what the ledger knows counts for every row, Windows or not",
        (row, retired),
        (Finds("resurrected", row, "not-windows"),),
    )


def _pending(host: str, *, since: int, logon: int) -> tuple[Cloud, Computer]:
    row, now = hybrid(host, seen=None, since=since, logon=logon)
    return replace(row, registered=None, keyed=False), now


def _retired(host: str, days: int) -> Retired:
    old = guid("device", host, "retired")
    return Retired(
        device_id=old, object_guid=old, sid=sid(CORP, host, "retired"), hostname=host, at=ago(days, host, "retired")
    )


def pending_again() -> Story:
    row, now = _pending("LT-MUC-0481", since=3, logon=1)
    return Story(
        "a pending row under a retired name",
        "LT-MUC-0481 was retired in early November; since Friday a pending row bears its name.",
        "perhaps it is back: reported low, and never planned",
        (row, now, _retired("LT-MUC-0481", 17)),
        (
            Finds("pending", row, "new;recently-active"),
            Finds("resurrected", row, "new;recently-active", severity="low"),
        ),
    )


def pending_before() -> Story:
    row, now = _pending("LT-MUC-0484", since=62, logon=47)
    return Story(
        "pending since before the retirement",
        "Another LT-MUC-0484 was retired in October; this pending row had been there before.",
        "what was there before has not come back",
        (row, now, _retired("LT-MUC-0484", 34)),
        (Finds("pending", row),),
    )


def pending_undated() -> Story:
    row, now = _pending("LT-MUC-0487", since=59, logon=47)
    return Story(
        "pending since nobody knows when",
        "The pending row of LT-MUC-0487 came without its creation time; a machine of that name was retired in October.",
        "creation unknown: no word of resurrection",
        (replace(row, created=None), now, _retired("LT-MUC-0487", 34)),
        (Finds("pending", row),),
    )


def name_reused() -> Story:
    return Story(
        "a retired name used again",
        "A new laptop was given the name of LT-MUC-0490, which was retired in summer.",
        "a name is no identity",
        (*hybrid("LT-MUC-0490", since=100), _retired("LT-MUC-0490", 130)),
    )


def gone_for_good() -> Story:
    return Story(
        "retired, and gone for good",
        "Three laptops were retired in spring and never came back.",
        "their ids are nowhere to be seen",
        tuple(_retired(f"LT-MUC-0{number}", 210 + number % 9) for number in (918, 919, 923)),
    )


STORIES = (
    back_after_sync(),
    back_by_sid(),
    restored(),
    phone(),
    pending_again(),
    pending_before(),
    pending_undated(),
    name_reused(),
    gone_for_good(),
)
