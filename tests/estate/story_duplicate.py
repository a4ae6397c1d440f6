"""Two rows of one host and join: which is the older, and which are two machines."""

from dataclasses import replace

from tests.estate.invention import ago, guid, hardware
from tests.estate.machines import joined, registered, system_report
from tests.estate.rows import Cloud, Finds, Story


def _pair(host: str, *, seen: int | None, shared: bool | None) -> tuple[Cloud, Cloud]:
    """An older and a newer joined row; their hardware ids shared, different, or (None) not known."""
    since = seen - 1 if seen and seen > 30 else 60
    old, new = joined(host, "old", seen=seen, since=400), joined(host, since=since)
    if shared is None:
        return replace(old, hardware=None), replace(new, hardware=None)
    return (replace(old, hardware=new.hardware), new) if shared else (old, new)


def same_hardware() -> Story:
    old, new = _pair("NB-BER-0061", seen=58, shared=True)
    return Story(
        "the same machine twice",
        "NB-BER-0061 was reset in September; both rows carry the same hardware id.",
        "one machine, the older row",
        (old, new),
        (Finds("duplicate", old, severity="medium"),),
    )


def same_hardware_managed() -> Story:
    old, new = _pair("NB-BER-0063", seen=51, shared=True)
    old = replace(old, managed=True, compliant=True)
    return Story(
        "the same machine twice, both in Intune",
        "NB-BER-0063 was reset too, and Intune still calls the older row compliant.",
        "found, and held until Intune has retired it",
        (old, replace(new, managed=True, compliant=True)),
        (Finds("duplicate", old, "managed;compliant", severity="medium"),),
    )


def no_hardware() -> Story:
    old, new = _pair("NB-BER-0066", seen=64, shared=None)
    return Story(
        "the same name twice, hardware unknown",
        "There are two rows named NB-BER-0066, neither with a hardware id.",
        "probably one machine: reported low",
        (old, new),
        (Finds("duplicate", old, severity="low"),),
    )


def new_hardware() -> Story:
    old, new = _pair("NB-BER-0068", seen=62, shared=False)
    return Story(
        "the name moved to new hardware",
        "NB-BER-0068 was replaced by a new laptop of the same name; the old row has been silent for two months.",
        "other hardware, but only one of the two is in use",
        (old, new),
        (Finds("duplicate", old, severity="low"),),
    )


def two_machines() -> Story:
    old, new = _pair("DESKTOP-7GQ2K1P", seen=6, shared=False)
    return Story(
        "two machines under one name",
        "Two laptops were set up from one image and never renamed: both are DESKTOP-7GQ2K1P.",
        "different hardware, both in use: two machines",
        (old, new),
    )


def blank_activity() -> Story:
    old, new = _pair("NB-BER-0070", seen=None, shared=True)
    return Story(
        "blank activity",
        "One of the two rows of NB-BER-0070 has no sign-in time at all.",
        "blank is never old",
        (old, new),
    )


def tie() -> Story:
    old, new = _pair("NB-BER-0072", seen=46, shared=True)
    return Story(
        "a tie",
        "Both rows of NB-BER-0072 were last seen in the same second.",
        "neither is the older one",
        (old, replace(new, seen=old.seen)),
    )


def same_owner() -> Story:
    host, owner = "DESKTOP-M4R8T0S", "lena.fuchs@contoso.example"
    old, new = registered(host, owner, "old", seen=66), registered(host, owner, since=64)
    return Story(
        "registered twice by one user",
        "Lena Fuchs reinstalled her own PC and registered it again.",
        "same owner, same name, older",
        (replace(old, hardware=new.hardware), new),
        (Finds("duplicate", old, severity="medium"),),
    )


def owner_unknown_on_both() -> Story:
    old, new = registered("DESKTOP-V2B9N6C", None, "old", seen=59), registered("DESKTOP-V2B9N6C", None)
    return Story(
        "registered twice, owners unknown",
        "Two registrations of DESKTOP-V2B9N6C have lost their owners.",
        "unknown on both sides counts as the same, and low",
        (replace(old, hardware=None), replace(new, hardware=None)),
        (Finds("duplicate", old, severity="low"),),
    )


def family_pc() -> Story:
    host = "DESKTOP-H0M3PC1"
    old, new = (
        registered(host, "lena.fuchs@contoso.example", "lena", seen=57),
        registered(host, "ole.fuchs@contoso.example"),
    )
    return Story(
        "one PC, two users",
        "Lena and Ole Fuchs share a PC at home; each has registered it.",
        "a registration belongs to its user",
        (replace(old, hardware=new.hardware), new),
    )


def owner_unknown_on_one() -> Story:
    host = "DESKTOP-X5Z1W7D"
    old, new = registered(host, None, "old", seen=57), registered(host, "ole.fuchs@contoso.example")
    return Story(
        "one owner known, one not",
        "One of two registrations of DESKTOP-X5Z1W7D has lost its owner.",
        "it may be somebody else's",
        (old, new),
    )


def autopilot() -> Story:
    old, new = _pair("NB-BER-0075", seen=48, shared=True)
    return Story(
        "the older row is Autopilot's",
        "NB-BER-0075 has an older row that Autopilot still needs.",
        "a row with a ZTDID is never a duplicate",
        (replace(old, tags=(f"[ZTDID]:{guid('ztd', 'NB-BER-0075')}",)), new),
    )


def folded() -> Story:
    old, new = joined("STRASSE-PC-01", seen=54), joined("Straße-PC-01", since=40)
    return Story(
        "ß and SS",
        "One row says Straße-PC-01, the older one STRASSE-PC-01.",
        "names are case-folded: one host",
        (replace(old, hardware=None), new),
        (Finds("duplicate", old, severity="low"),),
    )


def dotted() -> Story:
    return Story(
        "Turkish İ and I",
        "İZMİR-NB-01 and IZMIR-NB-01 are two laptops in two offices.",
        "a dotted İ is another letter: two hosts",
        (joined("İZMİR-NB-01", seen=45), joined("IZMIR-NB-01")),
    )


def future() -> Story:
    old, new = _pair("NB-BER-0078", seen=39, shared=None)
    other = hardware("NB-BER-0078", "clock")
    return Story(
        "a clock in the future",
        "One of two rows of NB-BER-0078 was last seen in 2099, says the cloud.",
        "a time that cannot be is unknown, and so decides nothing",
        (replace(old, hardware=other), replace(new, hardware=other, seen=ago(-26_500, "NB-BER-0078"))),
    )


def one_device_id() -> Story:
    row = joined("NB-BER-0081")
    copy = replace(joined("NB-BER-0081", "copy", seen=48), device_id=row.device_id)
    return Story(
        "two objects with one deviceId",
        "A restore left NB-BER-0081 with two objects that carry the same deviceId, the one that it reports.",
        "an id that a report claims proves whatever bears it",
        (row, copy, system_report("NB-BER-0081", 2, slot=row)),
    )


def on_two_pages() -> Story:
    return Story(
        "on two pages",
        "Devices were added while Graph was read: NB-BER-0084 ends the first page and begins the second.",
        "the same object twice is one row",
        (replace(joined("NB-BER-0084"), repeated=True),),
    )


STORIES = (
    same_hardware(),
    same_hardware_managed(),
    no_hardware(),
    new_hardware(),
    two_machines(),
    blank_activity(),
    tie(),
    same_owner(),
    owner_unknown_on_both(),
    family_pc(),
    owner_unknown_on_one(),
    autopilot(),
    folded(),
    dotted(),
    future(),
    one_device_id(),
    on_two_pages(),
)
