"""Disabled, pending, stale: what one row says of itself, and what it does not."""

from dataclasses import replace

from tests.estate.invention import EMEA, OTHER_TENANT, ago, guid
from tests.estate.machines import computer, hybrid, hybrid_row, joined, mobile, registered, system_report
from tests.estate.rows import Finds, Story

ZERO = "00000000-0000-0000-0000-000000000000"


def disabled() -> Story:
    row = replace(joined("NB-BER-0401", seen=61), enabled=False)
    twin = replace(registered("DESKTOP-OLD77", "ina.kern@contoso.example", seen=70), enabled=False)
    return Story(
        "disabled and forgotten",
        "NB-BER-0401 and DESKTOP-OLD77 were disabled in September; nobody came back to delete them.",
        "disabled is not deleted",
        (row, twin),
        (Finds("disabled", row), Finds("disabled", twin)),
    )


def disabled_in_directory() -> Story:
    row, now = hybrid("LT-HAM-0404", seen=45, logon=50)
    row = replace(row, enabled=False)
    return Story(
        "disabled in AD, and so in the cloud",
        "LT-HAM-0404 was disabled in AD; the sync disabled its cloud row.",
        "one finding, on the row; the evidence says that AD is the master",
        (row, replace(now, control=4098)),
        (Finds("disabled", row, says=("master", "directory")),),
    )


def disabled_not_synced() -> Story:
    row, now = hybrid("LT-HAM-0407", seen=3, logon=8)
    return Story(
        "disabled in AD this morning",
        "LT-HAM-0407 was disabled in AD an hour ago; the sync comes next.",
        "a computer with a cloud row speaks through that row, which is not disabled yet",
        (row, replace(now, control=4098)),
    )


def enabled_unknown() -> Story:
    return Story(
        "enabled or not is not served",
        "The row of NB-BER-0410 came without accountEnabled.",
        "unknown is not disabled",
        (replace(joined("NB-BER-0410", seen=41), enabled=None),),
    )


def phone_disabled() -> Story:
    row = replace(mobile("Ina's iPhone 16", "iOS", "ina.kern@contoso.example", seen=52), enabled=False)
    pad = replace(mobile("iPad Messe 3.1", "IPad", seen=5), enabled=False, managed=True, compliant=True)
    return Story(
        "a phone and a tablet, disabled",
        "Ina Kern's old phone and the trade fair's tablet are disabled.",
        "found, but what is not Windows is never ours to retire",
        (row, pad),
        (
            Finds("disabled", row, "not-windows"),
            Finds("disabled", pad, "managed;compliant;recently-active;not-windows"),
        ),
    )


def no_identity() -> Story:
    first = replace(registered("DESKTOP-ZERO1", None, seen=47), device_id=ZERO, enabled=False)
    second = replace(registered("DESKTOP-ZERO1", None, "second"), device_id=ZERO)
    return Story(
        "the all-zero deviceId, twice",
        "Two rows of DESKTOP-ZERO1 carry the all-zero deviceId; one is disabled.",
        "no identity, so no twin and no duplicate: only what the row says of itself",
        (first, second),
        (Finds("disabled", first),),
    )


def malformed_identity() -> Story:
    row = replace(joined("NB-BER-0416", seen=133), device_id="9c41d2e7-55aa-4b1")
    return Story(
        "a broken deviceId",
        "Half of the deviceId of NB-BER-0416 is missing in the export.",
        "listed as a bad value; the row still is stale",
        (row,),
        (Finds("stale", row),),
    )


def never_registered() -> Story:
    row, now = hybrid("LT-MUC-0421", seen=None, logon=54, since=58)
    row = replace(row, registered=None, keyed=False)
    busy, busy_now = hybrid("LT-MAD-0422", seen=None, logon=5, since=41, domain=EMEA)
    busy = replace(busy, registered=None, keyed=False)
    return Story(
        "pending since the first sync",
        "LT-MUC-0421 and LT-MAD-0422 were synced to the cloud in autumn and never registered there.",
        "hybrid, without a key; the one that AD sees is held",
        (row, now, busy, busy_now),
        (Finds("pending", row), Finds("pending", busy, "recently-active")),
    )


def registering() -> Story:
    row, now = hybrid("LT-MUC-0425", seen=None, logon=1, since=2)
    row = replace(row, registered=None, keyed=False)
    return Story(
        "pending since Saturday",
        "LT-MUC-0425 is new, and registers at its user's next sign-in.",
        "found, and protected as new",
        (row, now),
        (Finds("pending", row, "new;recently-active"),),
    )


def registered_without_date() -> Story:
    row, now = hybrid("LT-MUC-0428")
    shell = replace(joined("NB-BER-0429"), keyed=False)
    return Story(
        "not pending",
        "LT-MUC-0428 has a key but no registration time; NB-BER-0429 is joined and has no key.",
        "pending means hybrid without a key, and nothing else",
        (replace(row, registered=None), now, shell),
    )


def silent() -> Story:
    cloud, bring = joined("NB-BER-0433", seen=141), registered("DESKTOP-LONG5", "ina.kern@contoso.example", seen=188)
    row, now = hybrid("LT-HAM-0434", seen=127, logon=119)
    return Story(
        "silent in every system",
        "NB-BER-0433, DESKTOP-LONG5 and LT-HAM-0434 have not been seen since July, or longer, by anything that could see them.",
        "all that answered are older than 90 days",
        (cloud, bring, row, now),
        (Finds("stale", cloud), Finds("stale", bring), Finds("stale", row)),
    )


def silent_and_disabled() -> Story:
    row = replace(joined("NB-BER-0437", seen=223), enabled=False)
    return Story(
        "disabled, then silent",
        "NB-BER-0437 was disabled in spring.",
        "two findings on one row",
        (row,),
        (Finds("disabled", row), Finds("stale", row)),
    )


def silent_phones() -> Story:
    mac = mobile("MacBook of Design", "MacMDM", "ole.fuchs@contoso.example", seen=166)
    phone = mobile("Warehouse Scanner 4", "AndroidEnterprise", seen=201)
    return Story(
        "silent, and not Windows",
        "A Mac and a warehouse scanner have been in a drawer since early summer.",
        "found, and held",
        (mac, phone),
        (Finds("stale", mac, "not-windows"), Finds("stale", phone, "not-windows")),
    )


def unnamed_kind() -> Story:
    row = replace(joined("PRN-HALL-2", seen=154), trust=None, os=None, version=None)
    return Story(
        "neither join nor system known",
        "PRN-HALL-2 has neither a trust type nor an operating system.",
        "no join, no rule about joins; silent it still is",
        (row,),
        (Finds("stale", row),),
    )


def blank() -> Story:
    return Story(
        "no sign-in time at all",
        "NB-BER-0440 and a dedicated Android device have a blank activity time, as some active devices have.",
        "blank is never old",
        (joined("NB-BER-0440", seen=None, since=610), mobile("Dedicated Kiosk Phone", "AndroidEnterprise", seen=None)),
    )


def year_one() -> Story:
    return Story(
        "the year 1",
        "The row of NB-BER-0443 was last seen on 0001-01-01, says the cloud.",
        "a placeholder is no time",
        (replace(joined("NB-BER-0443"), seen="0001-01-01T00:00:00Z"),),
    )


def at_home() -> Story:
    return Story(
        "working from home",
        "LT-MUC-0446 has not been in the office since June; its user signs in to the cloud every day.",
        "AD is silent, Entra is not: the newest of all systems counts",
        hybrid("LT-MUC-0446", seen=1, logon=158),
    )


def in_the_plant() -> Story:
    return Story(
        "in the plant, without internet",
        "LT-HAM-0449 works in a plant without internet; AD sees it daily.",
        "Entra is silent, AD is not",
        hybrid("LT-HAM-0449", seen=149, logon=4),
    )


def last_report() -> Story:
    row = joined("NB-BER-0452", seen=151)
    return Story(
        "an old report is the newest sign of life",
        "NB-BER-0452 is silent in the cloud, but sent a report six weeks ago.",
        "too old to decide anything, young enough to be activity",
        (row, replace(system_report("NB-BER-0452", 43, slot=row), folder="servicedesk")),
    )


def report_of_the_name() -> Story:
    row = joined("NB-BER-0455", seen=137)
    report = replace(system_report("NB-BER-0455", 2), slot=guid("device", "another 0455"), tenant=OTHER_TENANT)
    return Story(
        "a report by name only",
        "A machine named NB-BER-0455 reports from another tenant; ours has been silent since July.",
        "a report that does not claim the id is no activity",
        (row, report),
        (Finds("stale", row),),
    )


def password_only() -> Story:
    row, now = hybrid("LT-HAM-0458", seen=None, logon=130)
    return Story(
        "only the machine password moved",
        "LT-HAM-0458 logs on by cable only; its machine password changed two weeks ago.",
        "the password is a sign of life as well",
        (row, replace(now, password=ago(15, "LT-HAM-0458", "password"))),
    )


def silent_row_only() -> Story:
    row = hybrid_row("LT-HAM-0461", seen=163)
    now = replace(computer("LT-HAM-0461", logon=155), logon=0)
    return Story(
        "silent, as far as anybody knows",
        "LT-HAM-0461 has no logon time in AD; its password and its cloud row are from June.",
        "what is unknown is not asked; what is known is old",
        (row, now),
        (Finds("stale", row),),
    )


STORIES = (
    disabled(),
    disabled_in_directory(),
    disabled_not_synced(),
    enabled_unknown(),
    phone_disabled(),
    no_identity(),
    malformed_identity(),
    never_registered(),
    registering(),
    registered_without_date(),
    silent(),
    silent_and_disabled(),
    silent_phones(),
    unnamed_kind(),
    blank(),
    year_one(),
    at_home(),
    in_the_plant(),
    last_report(),
    report_of_the_name(),
    password_only(),
    silent_row_only(),
)
