"""How an administrator would say it: a hybrid row, its computer, a joined laptop, a report from it."""

from dataclasses import replace

from tests.estate.invention import CORP, Domain, ago, dice, guid, hardware, sid
from tests.estate.rows import Account, Cloud, Computer, Part, Report

MODELS = (
    ("Dell Inc.", "Latitude 5450"),
    ("Dell Inc.", "OptiPlex 7020"),
    ("LENOVO", "21MLCTO1WW"),
    ("HP", "HP EliteBook 840 14 inch G11 Notebook PC"),
    ("Microsoft Corporation", "Surface Laptop 6 for Business"),
    ("FUJITSU", "LIFEBOOK U7413"),
)
BUILDS = ("10.0.22631.6060", "10.0.26100.6899", "10.0.26100.7171", "10.0.26200.7019", "10.0.26200.7171")


LATELY = 0
"""Some day of the last two weeks."""
LONG_AGO = 0
"""Some day of the years before it was last seen."""


def _seen(days: int | None, *label: str) -> int | None:
    return dice("lately", *label).randrange(3, 13) if days == LATELY else days


def _since(days: int, after: int | None, *label: str) -> int:
    return (after or 0) + dice("long ago", *label).randrange(60, 1300) if days == LONG_AGO else days


def _row(host: str, tag: str, trust: str, seen: int | None, since: int) -> Cloud:
    roll = dice("model", host, tag)
    maker, model = roll.choice(MODELS)
    seen = _seen(seen, host, tag)
    first = ago(_since(since, seen, host, tag), host, tag, "registered")
    return Cloud(
        object_id=guid("object", host, tag),
        device_id=guid("device", host, tag),
        name=host,
        trust=trust,
        seen=None if seen is None else ago(seen, host, tag, "seen"),
        registered=first,
        created=first,
        version=roll.choice(BUILDS),
        model=model,
        manufacturer=maker,
        hardware=hardware(host, tag),
    )


def hybrid_row(
    host: str, tag: str = "", *, seen: int | None = LATELY, since: int = LONG_AGO, domain: Domain = CORP
) -> Cloud:
    """The cloud half of a hybrid machine; `computer` with the same host and tag is the other half."""
    row = _row(host, tag, "ServerAd", seen, since)
    return replace(row, device_id=guid("computer", host, tag), sid=sid(domain, host, tag), synced=True)


def joined(host: str, tag: str = "", *, seen: int | None = LATELY, since: int = LONG_AGO) -> Cloud:
    return _row(host, tag, "AzureAd", seen, since)


def registered(
    host: str, owner: str | None, tag: str = "", *, seen: int | None = LATELY, since: int = LONG_AGO
) -> Cloud:
    return replace(_row(host, tag, "Workplace", seen, since), owner=owner)


def mobile(host: str, os: str, owner: str | None = None, *, seen: int | None = LATELY, since: int = LONG_AGO) -> Cloud:
    """A phone, tablet or Mac: registered, without a hardware id."""
    version, maker, model = {
        "iOS": ("26.1", "Apple", "iPhone 16"),
        "IPad": ("26.1", "Apple", "iPad Air"),
        "AndroidEnterprise": ("16", "Samsung", "SM-A566B"),
        "MacMDM": ("26.1", "Apple", "MacBook Air"),
        "Linux": ("24.04", "LENOVO", "21MLCTO1WW"),
    }[os]
    row = _row(host, os, "Workplace", seen, since)
    return replace(row, owner=owner, os=os, version=version, manufacturer=maker, model=model, hardware=None)


def computer(
    host: str, tag: str = "", *, logon: int = LATELY, since: int = LONG_AGO, scope: bool = True, domain: Domain = CORP
) -> Computer:
    """A workstation of AD that last logged on, and set its password, about so many days ago."""
    site = dice("site", host).choice(domain.sites)
    logon = _seen(logon, host, tag, "logon") or 0
    since = _since(since, logon, host, tag)
    return Computer(
        guid=guid("computer", host, tag),
        sid=sid(domain, host, tag),
        domain=domain,
        name=host,
        dns=f"{host.lower()}.{domain.dns}",
        sam=f"{host[:15].upper()}$",
        path=f"OU=Workstations,OU={site}",
        logon=ago(logon, host, tag, "logon"),
        password=ago(min(since, logon + dice("password", host, tag).randrange(1, 16)), host, tag, "password"),
        created=ago(since, host, tag, "created"),
        services=tuple(
            f"{service}/{name}" for service in ("HOST", "RestrictedKrbHost") for name in (host, f"{host}.{domain.dns}")
        ),
        certificates=1 if scope else 0,
    )


def server(host: str, *, logon: int = LATELY, since: int = LONG_AGO, domain: Domain = CORP) -> Computer:
    made = computer(host, logon=logon, since=since, scope=False, domain=domain)
    return replace(made, os="Windows Server 2022 Standard", version="10.0 (20348)", path="OU=Servers")


def hybrid(
    host: str,
    tag: str = "",
    *,
    seen: int | None = LATELY,
    logon: int = LATELY,
    since: int = LONG_AGO,
    domain: Domain = CORP,
) -> tuple[Cloud, Computer]:
    """A hybrid machine in order: both halves, under one GUID and SID."""
    since = _since(since, max(seen or 0, logon), host, tag)
    row = hybrid_row(host, tag, seen=seen, since=since, domain=domain)
    return row, computer(host, tag, logon=logon, since=since + 1, domain=domain)


def system_report(host: str, at: int, *, slot: Cloud | None = None, domain: Domain | None = None) -> Report:
    """What the scheduled task collects as SYSTEM: it knows the device, and nothing of any user."""
    owner = f"{domain.netbios}\\{host.upper()}$, {host.upper()}$@{domain.dns}" if domain else "NT AUTHORITY\\SYSTEM"
    return Report(
        host=host,
        at=ago(at, host, "report", str(at)),
        slot=_claim(slot),
        domain=domain,
        account=owner,
        context="system",
    )


def user_report(
    host: str,
    at: int,
    user: str,
    *,
    slot: Cloud | None = None,
    accounts: tuple[Cloud, ...] = (),
    domain: Domain | None = None,
) -> Report:
    """What the logon script writes in the user's own session, as a file."""
    authority = domain.netbios if domain else "AzureAD" if slot else host.upper()
    return Report(
        host=host,
        at=ago(at, host, "report", user, str(at)),
        slot=_claim(slot),
        domain=domain,
        accounts=tuple(Account(_claim(row) or "") for row in accounts),
        account=f"{authority}\\{user.partition('@')[0]}, {user}",
        folder="logon-script",
    )


def _claim(row: Cloud | None) -> str | None:
    return None if row is None else row.device_id


def hosts(parts: tuple[Part, ...]) -> set[str]:
    """The names that these parts bear, case-folded."""
    names = [
        part.host if isinstance(part, Report) else part.name
        for part in parts
        if isinstance(part, Cloud | Computer | Report)
    ]
    return {name.casefold() for name in names}
