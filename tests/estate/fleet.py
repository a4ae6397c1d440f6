"""The plain healthy fleet: machines in order, as most of any estate are."""

from collections.abc import Iterator
from dataclasses import replace

from tests.estate.invention import CORP, EMEA, LAB, OTHER_TENANT, Domain, dice, guid
from tests.estate.machines import computer, hybrid, joined, mobile, registered, server, system_report, user_report
from tests.estate.rows import Account, Cloud, Computer, Part, Report

FIRST = (
    "anna",
    "ben",
    "clara",
    "david",
    "elif",
    "felix",
    "greta",
    "hugo",
    "ida",
    "jan",
    "katja",
    "luca",
    "maria",
    "noah",
    "olga",
)
LAST = (
    "weber",
    "arnold",
    "moreau",
    "silva",
    "yilmaz",
    "berg",
    "novak",
    "ruiz",
    "lund",
    "conti",
    "dietz",
    "hahn",
    "keller",
)


def parts() -> tuple[Part, ...]:
    return (*_hybrids(), *_joined(), *_registered(), *_mobiles(), *_kiosks(), *_deleted(), *_directory(), *_accounts())


def user(*label: str) -> str:
    roll = dice("user", *label)
    return f"{roll.choice(FIRST)}.{roll.choice(LAST)}@contoso.example"


def _days(kind: str, host: str, low: int, high: int) -> int:
    """Many are seen this week, a few weeks ago: squared dice lean to the low end."""
    return low + int((high - low) * dice(kind, host).random() ** 3)


def _hybrids() -> Iterator[Part]:
    names = [(f"LT-MUC-{2000 + 7 * n}", CORP) for n in range(42)]
    names += [(f"WS-BER-{3000 + 11 * n}", CORP) for n in range(18)]
    names += [(f"LT-PAR-{4000 + 13 * n}", EMEA) for n in range(24)]
    for host, domain in names:
        yield from _hybrid(host, domain)


def _hybrid(host: str, domain: Domain) -> Iterator[Part]:
    since = _days("since", host, 30, 1300)
    row, now = hybrid(
        host, seen=_days("seen", host, 2, 26), logon=_days("logon", host, 3, 28), since=since, domain=domain
    )
    managed = dice("managed", host).random() < 0.4
    yield replace(row, managed=managed, compliant=managed and dice("compliant", host).random() < 0.9)
    yield now
    if dice("reports", host).random() < 0.7:
        yield from _reports(host, row, domain)


def _reports(host: str, row: Cloud, domain: Domain | None) -> Iterator[Report]:
    """The scheduled task runs weekly and nobody clears its folder; one user in seven ran the script as well."""
    at = _days("report", host, 1, 7)
    yield from (system_report(host, days, slot=row, domain=domain) for days in (at, at + 7))
    if dice("session", host).random() < 1 / 7:
        report = user_report(host, at + 1, user(host), slot=row, domain=domain)
        yield report if domain else replace(report, folder=None, context="user")


def _joined() -> Iterator[Part]:
    for number in range(32):
        host = f"NB-HAM-{5000 + 9 * number}"
        row = joined(host, seen=_days("seen", host, 2, 30), since=_days("since", host, 25, 900))
        tags = (f"[ZTDID]:{guid('ztd', host)}", "[OrderID]:Standard") if number % 3 else ()
        yield replace(row, managed=True, compliant=number % 8 != 0, tags=tags, owner=user(host))
        if number % 5:
            yield from _reports(host, row, None)


def _registered() -> Iterator[Part]:
    for number in range(16):
        roll = dice("private", str(number))
        host = "DESKTOP-" + "".join(roll.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=7))
        yield registered(host, user(host), seen=_days("seen", host, 2, 60), since=_days("since", host, 65, 700))


def _mobiles() -> Iterator[Part]:
    systems = ("iOS", "AndroidEnterprise", "IPad", "MacMDM", "iOS", "Linux")
    words = {"iOS": "iPhone", "IPad": "iPad", "AndroidEnterprise": "Galaxy", "MacMDM": "MacBook", "Linux": "Ubuntu"}
    for number in range(18):
        system = systems[number % len(systems)]
        owner = user("mobile", str(number))
        host = f"{owner.split('.')[0].title()}'s {words[system]} {number + 1}"
        row = mobile(host, system, owner, seen=_days("seen", host, 2, 60), since=_days("since", host, 65, 500))
        yield replace(row, managed=number % 2 == 0, compliant=number % 4 == 0)


def _kiosks() -> Iterator[Part]:
    for number in range(1, 13):
        host = f"KSK-ROM-{number:02}"
        yield replace(joined(host, seen=_days("seen", host, 2, 20)), file="kiosks")


def _deleted() -> Iterator[Part]:
    for number, days in enumerate((3, 7, 11, 19, 26), start=1):
        row = joined(f"NB-OLD-{number:02}", seen=days + 31, since=700)
        gone = joined(f"NB-OLD-{number:02}", seen=days).seen
        assert not isinstance(gone, str)
        yield replace(row, deleted=gone, enabled=False, file="deleted")


def _directory() -> Iterator[Computer]:
    for name in (
        "SRV-APP01",
        "SRV-APP02",
        "SRV-SQL01",
        "SRV-SQL02",
        "SRV-FILE01",
        "SRV-WEB01",
        "SRV-CA01",
        "SRV-SYNC01",
    ):
        yield server(name, logon=_days("logon", name, 1, 14))
    for name in ("SRV-PAR-APP1", "SRV-PAR-FILE1", "SRV-MAD-APP1"):
        yield server(name, logon=_days("logon", name, 1, 14), domain=EMEA)
    for name, domain in (("DC-MUC-01", CORP), ("DC-PAR-01", EMEA), ("DC-MAD-01", EMEA)):
        dc = server(name, logon=2, since=2000, domain=domain)
        yield replace(dc, control=532_480, group=516, critical=True, path="OU=Domain Controllers")
    for number in range(1, 7):
        yield computer(f"WS-PLC-{number:02}", logon=_days("logon", f"WS-PLC-{number}", 2, 25), scope=False)
    for number in range(1, 4):
        yield computer(f"BENCH-0{number}", logon=_days("logon", f"BENCH-0{number}", 2, 25), domain=LAB)


def _accounts() -> Iterator[Part]:
    """Work accounts of several tenants in one session, a capture in UTF-16, one over RDP, one of Windows 10 1709."""
    host, owner = "WS-BER-0535", "rosa.engel@contoso.example"
    row = registered(host, owner)
    report = user_report(host, 2, owner, accounts=(row,), domain=CORP)
    customer = Account(guid("device", "customer of Rosa"), OTHER_TENANT)
    yield from (row, computer(host, scope=False), replace(report, accounts=(customer, *report.accounts)))
    for number, changes in enumerate(_oddities(), start=1):
        host = f"LT-ODD-0{number}"
        row, now = hybrid(host)
        yield from (row, now, _oddly(user_report(host, number + 1, user(host), slot=row, domain=CORP), changes))


def _oddities() -> tuple[str, ...]:
    return ("utf-16", "utf-8-sig", "lf", "remote", "cp1252", "legacy")


def _oddly(report: Report, oddity: str) -> Report:
    match oddity:
        case "lf":
            return replace(report, newline="\n")
        case "remote":
            return replace(report, remote=True)
        case "legacy":
            return replace(report, layout="legacy")
        case _:
            return replace(report, encoding=oddity, account="CORP\\jörg.groß, joerg.gross@contoso.example")
