"""A domain as it is on its first day: its containers, its controller, and what a client looks up of its configuration."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import NAMESPACE_DNS, UUID, uuid5

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Facts, filetime, sid_bytes, values
from reconcile.lab.directory.security import secluded

RECYCLE_BIN_FEATURE = UUID("766ddcd8-acd0-445e-f3b9-a7f9b6744f2a")
WELL_KNOWN = {
    "AA312825768811D1ADED00C04FD8D5CD": "CN=Computers",
    "A9D1CA15768811D1ADED00C04FD8D5CD": "CN=Users",
    "A361B2FFFFD211D1AA4B00C04FD7D83A": "OU=Domain Controllers",
    "18E2EA80684F11D2B9AA00C04F79F805": "CN=Deleted Objects",
    "AB8153B7768811D1ADED00C04FD8D5CD": "CN=LostAndFound",
    "AB1D30F3768811D1ADED00C04FD8D5CD": "CN=System",
}
LIMITS = (
    "MaxPageSize=1000",
    "MaxResultSetSize=262144",
    "MaxQueryDuration=120",
    "MaxValRange=1500",
    "MaxConnIdleTime=900",
    "MaxConnections=5000",
    "InitRecvTimeout=120",
    "MaxPoolThreads=4",
    "MaxTempTableSize=10000",
    "MaxActiveQueries=20",
    "MaxReceiveBuffer=10485760",
)
LIFETIME_DAYS = 180
"""Of a tombstone."""
SYSTEM_CONTAINER = -1946157056
"""systemFlags: it is not deleted, moved or renamed."""
LEVEL = 7
"""Of Windows Server 2016."""
AGE = timedelta(days=2000)
CONTROLLER = 0x2000 | 0x80000


def forest(domain: str, domain_sid: str, now: Callable[[], datetime], *, recycle_bin: bool = False) -> Directory:
    """One domain, one controller, nobody in it; its ids follow from its name."""
    directory = Directory(
        domain, domain_sid, now, recycle_bin, invocation_id=uuid5(NAMESPACE_DNS, f"invocation.{domain}")
    )
    _domain(directory)
    _configuration(directory)
    _controller(directory)
    directory.find(directory.base).attributes |= values(
        {"wellKnownObjects": [f"B:32:{guid}:{name},{directory.base}" for guid, name in WELL_KNOWN.items()]}
    )
    return directory


def _new(directory: Directory, dn: str, kind: str, facts: Facts | None = None) -> None:
    known: Facts = {"objectGUID": uuid5(NAMESPACE_DNS, dn.lower()), "whenCreated": directory.now() - AGE}
    directory.add(dn, kind, values(known | (facts or {})))


def _domain(directory: Directory) -> None:
    base, secret = directory.base, secluded(directory.domain_sid)
    facts: Facts = {
        "objectSid": sid_bytes(directory.domain_sid),
        "msDS-Behavior-Version": LEVEL,
        "isCriticalSystemObject": True,
    }
    _new(directory, base, "domainDNS", facts)
    critical: Facts = {"isCriticalSystemObject": True, "systemFlags": SYSTEM_CONTAINER}
    for name, kind in (("Builtin", "builtinDomain"), ("Computers", "container"), ("LostAndFound", "lostAndFound")):
        _new(directory, f"CN={name},{base}", kind, critical)
    for name in ("System", "Users", "Managed Service Accounts", "Program Data"):
        _new(directory, f"CN={name},{base}", "container", critical if name in {"System", "Users"} else None)
    _new(directory, f"OU=Domain Controllers,{base}", "organizationalUnit", critical)
    bin_facts: Facts = critical | {"nTSecurityDescriptor": secret, "isDeleted": True, "showInAdvancedViewOnly": True}
    _new(directory, directory.bin, "container", bin_facts | {"description": "Container for deleted objects"})


def _configuration(directory: Directory) -> None:
    root = directory.configuration
    _new(directory, root, "configuration")
    _new(directory, directory.schema, "dMD", {"objectVersion": 88})
    _new(directory, f"CN=Sites,{root}", "sitesContainer")
    _new(directory, f"CN=Default-First-Site-Name,CN=Sites,{root}", "site")
    _new(directory, f"CN=Servers,CN=Default-First-Site-Name,CN=Sites,{root}", "serversContainer")
    _new(directory, f"CN=Services,{root}", "container")
    _new(directory, f"CN=Windows NT,CN=Services,{root}", "container")
    service = f"CN=Directory Service,CN=Windows NT,CN=Services,{root}"
    _new(directory, service, "nTDSService", {"tombstoneLifetime": LIFETIME_DAYS})
    _new(directory, f"CN=Query-Policies,{service}", "container")
    _new(directory, f"CN=Default Query Policy,CN=Query-Policies,{service}", "queryPolicy", {"lDAPAdminLimits": LIMITS})
    _new(directory, f"CN=Optional Features,{service}", "container")
    feature = f"CN=Recycle Bin Feature,CN=Optional Features,{service}"
    _new(directory, feature, "msDS-OptionalFeature", {"msDS-OptionalFeatureGUID": RECYCLE_BIN_FEATURE})
    enabled: Facts = {"msDS-EnabledFeature": feature} if directory.recycle_bin else {}
    _new(directory, f"CN=Partitions,{root}", "crossRefContainer", enabled | {"msDS-Behavior-Version": LEVEL})
    short = directory.domain.partition(".")[0].upper()
    own: Facts = {"nCName": directory.base, "nETBIOSName": short, "dnsRoot": directory.domain, "systemFlags": 3}
    _new(directory, f"CN={short},CN=Partitions,{root}", "crossRef", own)


def _controller(directory: Directory) -> None:
    dn, host = f"CN=DC1,OU=Domain Controllers,{directory.base}", directory.host
    _new(directory, dn, "computer", controller(directory, "DC1", CONTROLLER))
    _new(directory, f"CN=RID Set,{dn}", "rIDSet")
    _new(directory, directory.server, "server", {"dNSHostName": host, "serverReference": dn})
    naming: Facts = {"hasMasterNCs": directory.contexts, "msDS-HasDomainNCs": directory.base, "options": 1}
    _new(directory, directory.service, "nTDSDSA", naming | {"invocationId": directory.invocation_id})


def controller(directory: Directory, name: str, control: int) -> Facts:
    """What a domain controller's computer object says, alive this very day."""
    host, seen = f"{name.lower()}.{directory.domain}", filetime(directory.now() - timedelta(days=3))
    return {
        "sAMAccountName": f"{name}$",
        "userAccountControl": control,
        "isCriticalSystemObject": True,
        "dNSHostName": host,
        "operatingSystem": "Windows Server 2022 Standard",
        "operatingSystemVersion": "10.0 (20348)",
        "lastLogonTimestamp": seen,
        "pwdLastSet": seen,
        "servicePrincipalName": [
            f"HOST/{name}",
            f"HOST/{host}",
            f"ldap/{host}/{directory.domain}",
            f"GC/{host}/{directory.domain}",
        ],
    }
