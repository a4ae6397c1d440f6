"""The registered twin of a machine that is joined or hybrid."""

from dataclasses import replace

from tests.estate.invention import CORP, guid, hardware
from tests.estate.machines import hybrid, joined, registered, user_report
from tests.estate.rows import Finds, Story

USER = "nora.haas@contoso.example"


def one_report() -> Story:
    row, now = hybrid("LT-BER-0341")
    twin = registered("LT-BER-0341", USER, "twin", seen=35)
    return Story(
        "one report claims both",
        "LT-BER-0341 is hybrid joined, and Nora Haas has added her work account on it as well.",
        "one capture shows both ids; that very capture shows the twin in use, which holds it",
        (row, now, twin, user_report("LT-BER-0341", 1, USER, slot=row, accounts=(twin,), domain=CORP)),
        (Finds("dual-state", twin, "recently-active"),),
    )


def shared_hardware() -> Story:
    row, now = hybrid("LT-BER-0344")
    twin = replace(registered("LT-BER-0344", USER, "twin", seen=53), hardware=row.hardware)
    return Story(
        "twins by hardware",
        "LT-BER-0344 was registered before it was hybrid joined; Intune manages the hybrid row.",
        "one hardware id, one host; the machine's protection is not its twin's",
        (replace(row, managed=True, compliant=True), now, twin),
        (Finds("dual-state", twin),),
    )


def joined_twin() -> Story:
    row = joined("NB-HAM-0347")
    twin = replace(registered("NB-HAM-0347", None, "twin", seen=68), hardware=row.hardware)
    return Story(
        "twin of a joined laptop",
        "NB-HAM-0347 was a private laptop, registered by its user, before the company bought it and joined it.",
        "one hardware id again",
        (row, twin),
        (Finds("dual-state", twin),),
    )


def virtual_twin() -> Story:
    row = joined("CPC-NORA-01")
    twin = registered("CPC-NORA-01", USER, "twin", seen=34)
    report = replace(user_report("CPC-NORA-01", 1, USER, slot=row, accounts=(twin,)), vdi="Cloud PC")
    return Story(
        "twin on a virtual desktop",
        "Nora Haas has added her account on her cloud PC.",
        "a virtual desktop's report protects the twin too",
        (row, twin, report),
        (Finds("dual-state", twin, "recently-active;vdi"),),
    )


def name_only() -> Story:
    return Story(
        "the same name only",
        "A private PC at home happens to be called LT-BER-0352, like the laptop in the office.",
        "a name alone proves nothing",
        (*hybrid("LT-BER-0352"), registered("LT-BER-0352", USER, "home", seen=40)),
    )


def cloned() -> Story:
    shared = hardware("template of the lab")
    first, first_now = hybrid("VM-TEST-01")
    second, second_now = hybrid("VM-TEST-02")
    twin = registered("VM-TEST-01", USER, "twin", seen=44)
    rows = tuple(replace(row, hardware=shared) for row in (first, second, twin))
    return Story(
        "cloned virtual machines",
        "VM-TEST-01 and VM-TEST-02 were cloned from one template and share its hardware id.",
        "an id that several hosts bear proves nothing",
        (*rows, first_now, second_now),
    )


def anchor() -> Story:
    row = replace(joined("NB-HAM-0356", seen=None), tags=(f"[ZTDID]:{guid('ztd', 'NB-HAM-0356')}",))
    twin = replace(registered("NB-HAM-0356", USER, "twin", seen=42), hardware=row.hardware)
    return Story(
        "an Autopilot anchor is not the machine",
        "NB-HAM-0356 is known to Autopilot but not yet joined; its user has registered it meanwhile.",
        "an anchor that never signed in has no twin",
        (row, twin),
    )


def other_account() -> Story:
    row, now = hybrid("LT-BER-0359")
    twin = registered("LT-BER-0359", "guest.worker@contoso.example", "twin", seen=45)
    return Story(
        "the session does not list it",
        "A colleague's registration bears the name of LT-BER-0359, but Nora's session there lists no account.",
        "nobody claims both, and another's session denies nothing",
        (row, now, twin, user_report("LT-BER-0359", 1, USER, slot=row, domain=CORP)),
    )


STORIES = (
    one_report(),
    shared_hardware(),
    joined_twin(),
    virtual_twin(),
    name_only(),
    cloned(),
    anchor(),
    other_account(),
)
