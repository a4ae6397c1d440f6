"""What a domain has beside the machines that the cloud knows: servers, controllers, accounts that only look like computers."""

from datetime import timedelta

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Facts, filetime, values
from reconcile.lab.directory.forest import controller
from reconcile.lab.estate.chance import Chance

WORKSTATION, DISABLED = 0x1000, 0x2
READ_ONLY_CONTROLLER = 0x1000 | 0x1000000 | 0x4000000
PASSWORD_STAYS = 0x200 | 0x10000
ADMIN, READER = "svc-reconcile", "svc-reader"
"""Users that something may sign in as, once it is given a password."""
SERVERS = ("SRV-APP1", "SRV-SQL1", "SRV-FS1", "SRV-FS2")
UNSYNCED = 6
"""Workstations that never wrote a certificate."""
PROTECTED = "KIOSK-01"


def add_others(directory: Directory, chance: Chance) -> None:
    base = directory.base
    directory.add(f"OU=Servers,{base}", "organizationalUnit")
    for number, name in enumerate(SERVERS):
        _computer(directory, name, f"OU=Servers,{base}", _alive(directory, number) | _server(name))
    for number in range(UNSYNCED):
        _unsynced(directory, number, chance)
    _computer(directory, PROTECTED, f"OU=Fleet,{base}", _alive(directory, 2) | _windows())
    directory.protect(f"CN={PROTECTED},OU=Fleet,{base}")
    _cluster(directory)
    _controllers(directory)
    _service_accounts(directory)


def _computer(directory: Directory, name: str, place: str, facts: Facts) -> None:
    directory.add(f"CN={name},{place}", "computer", values({"sAMAccountName": f"{name}$"} | facts))


def _alive(directory: Directory, days: int) -> Facts:
    seen = directory.now() - timedelta(days=days)
    made = directory.now() - timedelta(days=900 + days)
    return {"lastLogonTimestamp": filetime(seen), "pwdLastSet": filetime(seen), "whenCreated": made}


def _windows() -> Facts:
    return {"operatingSystem": "Windows 11 Enterprise", "operatingSystemVersion": "10.0 (26100)"}


def _server(name: str) -> Facts:
    system = {"operatingSystem": "Windows Server 2022 Standard", "operatingSystemVersion": "10.0 (20348)"}
    return {**system, "dNSHostName": f"{name.lower()}.aldermoor.example", "servicePrincipalName": [f"HOST/{name}"]}


def _unsynced(directory: Directory, number: int, chance: Chance) -> None:
    """Every third one is disabled; half have not been seen for long."""
    days = 20 + 400 * (number % 2) + chance.below(20, "unsynced", number)
    control = WORKSTATION | (DISABLED if number % 3 == 0 else 0)
    facts = _alive(directory, days) | _windows() | {"userAccountControl": control}
    _computer(directory, f"OLD-WS{number:03d}", f"OU=Desktops,OU=Fleet,{directory.base}", facts)


def _cluster(directory: Directory) -> None:
    """The cluster's own name, and that of a role on it: computers that no machine stands behind."""
    for name in ("CLU-FS", "FILES"):
        spns = [f"MSClusterVirtualServer/{name}", f"MSServerClusterMgmtAPI/{name}", f"HOST/{name}"]
        facts: Facts = {"servicePrincipalName": spns, "description": "Failover cluster virtual network name account"}
        _computer(directory, name, f"OU=Servers,{directory.base}", _alive(directory, 5) | facts)


def _controllers(directory: Directory) -> None:
    """A read-only one, and the object of Entra Kerberos, which looks like one."""
    place = f"OU=Domain Controllers,{directory.base}"
    directory.add(f"CN=RODC1,{place}", "computer", values(controller(directory, "RODC1", READ_ONLY_CONTROLLER)))
    kerberos: Facts = {"userAccountControl": READ_ONLY_CONTROLLER, "isCriticalSystemObject": True}
    _computer(directory, "AzureADKerberos", place, kerberos)


def _service_accounts(directory: Directory) -> None:
    base = directory.base
    facts: Facts = {"servicePrincipalName": ["HOST/autologon.microsoftazuread-sso.com"]}
    _computer(directory, "AZUREADSSOACC", f"CN=Computers,{base}", facts)
    managed: Facts = {"sAMAccountName": "gmsa-backup$", "dNSHostName": "gmsa-backup.aldermoor.example"}
    place = f"CN=Managed Service Accounts,{base}"
    directory.add(f"CN=gmsa-backup,{place}", "msDS-GroupManagedServiceAccount", values(managed))
    for name in (ADMIN, READER):
        user: Facts = {"sAMAccountName": name, "userAccountControl": PASSWORD_STAYS}
        directory.add(f"CN={name},CN=Users,{base}", "user", values(user))
