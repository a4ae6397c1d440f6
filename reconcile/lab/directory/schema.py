"""The part of Active Directory's schema that the lab knows: attributes and classes.

Source: the schema of a Samba domain controller (functional level 2008 R2); LAPS as Microsoft's technical reference has it.
"""

from dataclasses import dataclass
from typing import Literal

Syntax = Literal["text", "exact", "integer", "boolean", "time", "dn", "octets", "sid", "descriptor", "oid"]


@dataclass(frozen=True)
class Attribute:
    """kept: it survives on a tombstone. own: only the directory itself may set it. constructed: never stored."""

    name: str
    syntax: Syntax = "text"
    many: bool = False
    kept: bool = False
    own: bool = False
    constructed: bool = False
    confidential: bool = False
    ambiguous: bool = False
    """It takes part in ambiguous name resolution, the filter `anr`."""


def _named(names: str, syntax: Syntax = "text", **flags: bool) -> list[Attribute]:
    return [Attribute(name, syntax, **flags) for name in names.split()]


_ALL = [
    *_named("cn dc", kept=False),
    *_named("name", kept=True, own=True, ambiguous=True),
    *_named("sAMAccountName", kept=True, ambiguous=True),
    *_named("displayName givenName sn", ambiguous=True),
    *_named("dNSHostName lDAPDisplayName", kept=True),
    *_named("adminDescription adminDisplayName comment gPLink homeDirectory info location nETBIOSName"),
    *_named("operatingSystem operatingSystemServicePack operatingSystemVersion userPrincipalName"),
    *_named("msDS-LastKnownRDN", kept=True, own=True),
    *_named("description dnsRoot lDAPAdminLimits networkAddress ou serialNumber servicePrincipalName url", many=True),
    *_named("msFVE-RecoveryPassword", kept=True, confidential=True),
    *_named("ms-Mcs-AdmPwd msLAPS-Password", kept=True, confidential=True),
    *_named("msFVE-RecoveryGuid msFVE-VolumeGuid", "octets", kept=True),
    *_named("msFVE-KeyPackage msLAPS-EncryptedPassword", "octets", kept=True, confidential=True),
    *_named("msLAPS-EncryptedPasswordHistory", "octets", many=True, kept=True, confidential=True),
    *_named("ms-Mcs-AdmPwdExpirationTime msLAPS-PasswordExpirationTime", "integer"),
    *_named("accountExpires codePage countryCode gPOptions localPolicyFlags lockoutTime maxPwdAge", "integer"),
    *_named("badPasswordTime badPwdCount lastLogoff lastLogon lastLogonTimestamp logonCount", "integer"),
    *_named("lockoutThreshold minPwdLength msDS-Behavior-Version msDS-DeletedObjectLifetime", "integer"),
    *_named("msDS-ManagedPasswordInterval msDS-OptionalFeatureFlags msDS-SupportedEncryptionTypes", "integer"),
    *_named("objectVersion options primaryGroupID pwdLastSet pwdProperties sAMAccountType", "integer"),
    *_named("tombstoneLifetime adminCount operatorCount", "integer"),
    *_named("groupType searchFlags systemFlags userAccountControl", "integer", kept=True),
    *_named("instanceType uSNChanged uSNCreated uSNLastObjRem", "integer", kept=True, own=True),
    *_named("isCriticalSystemObject isSingleValued showInAdvancedViewOnly", "boolean"),
    *_named("isDeleted isRecycled", "boolean", kept=True, own=True),
    *_named("whenChanged whenCreated", "time", kept=True, own=True),
    *_named("dSCorePropagationData", "time", many=True, own=True),
    *_named("distinguishedName", "dn", kept=True, own=True),
    *_named("lastKnownParent", "dn", kept=True, own=True),
    *_named("objectCategory", "dn"),
    *_named("dMDLocation fSMORoleOwner managedBy msDS-KrbTgtLink nCName serverReference", "dn"),
    *_named("hasMasterNCs member msDS-EnabledFeature msDS-HasDomainNCs msDS-HostServiceAccount", "dn", many=True),
    *_named("rIDSetReferences wellKnownObjects", "dn", many=True),
    *_named("memberOf serverReferenceBL", "dn", many=True, own=True),
    *_named("objectClass", "oid", many=True, kept=True),
    *_named("objectGUID", "octets", kept=True, own=True),
    *_named("invocationId msDS-OptionalFeatureGUID replPropertyMetaData", "octets", own=True),
    *_named("msDS-KeyCredentialLink userCertificate", "octets", many=True),
    *_named("objectSid", "sid", kept=True, own=True),
    *_named("mS-DS-CreatorSID", "sid", kept=True, own=True),
    *_named("sIDHistory", "sid", many=True, kept=True),
    *_named("nTSecurityDescriptor", "descriptor", kept=True),
    *_named("msDS-AllowedToActOnBehalfOfOtherIdentity msDS-GroupMSAMembership", "descriptor"),
    *_named("canonicalName", many=True, own=True, constructed=True),
    *_named("createTimeStamp modifyTimeStamp", "time", own=True, constructed=True),
    *_named("msDS-parentdistname subSchemaSubEntry", "dn", own=True, constructed=True),
    *_named("parentGUID", "octets", own=True, constructed=True),
    *_named("structuralObjectClass", "oid", many=True, own=True, constructed=True),
]

ATTRIBUTES = {one.name.lower(): one for one in _ALL}
"""By their names in lower case."""


@dataclass(frozen=True)
class Kind:
    """A class of objects. `category`: the name of its default object category. `account`: it has a SID."""

    name: str
    above: str
    category: str
    rdn: str = "CN"
    account: bool = False


_KINDS = [
    Kind("person", "top", "Person"),
    Kind("organizationalPerson", "person", "Person"),
    Kind("user", "organizationalPerson", "Person", account=True),
    Kind("computer", "user", "Computer", account=True),
    Kind("msDS-GroupManagedServiceAccount", "computer", "ms-DS-Group-Managed-Service-Account", account=True),
    Kind("msDS-ManagedServiceAccount", "computer", "ms-DS-Managed-Service-Account", account=True),
    Kind("group", "top", "Group", account=True),
    Kind("organizationalUnit", "top", "Organizational-Unit", rdn="OU"),
    Kind("container", "top", "Container"),
    Kind("lostAndFound", "top", "Lost-And-Found"),
    Kind("builtinDomain", "top", "Builtin-Domain"),
    Kind("domain", "top", "Domain", rdn="DC"),
    Kind("domainDNS", "domain", "Domain-DNS", rdn="DC"),
    Kind("configuration", "top", "Configuration"),
    Kind("dMD", "top", "DMD"),
    Kind("sitesContainer", "top", "Sites-Container"),
    Kind("site", "top", "Site"),
    Kind("serversContainer", "top", "Servers-Container"),
    Kind("server", "top", "Server"),
    Kind("applicationSettings", "top", "Application-Settings"),
    Kind("nTDSDSA", "applicationSettings", "NTDS-DSA"),
    Kind("nTDSService", "top", "NTDS-Service"),
    Kind("queryPolicy", "top", "Query-Policy"),
    Kind("msDS-OptionalFeature", "top", "ms-DS-Optional-Feature"),
    Kind("crossRefContainer", "top", "Cross-Ref-Container"),
    Kind("crossRef", "top", "Cross-Ref"),
    Kind("msFVE-RecoveryInformation", "top", "ms-FVE-RecoveryInformation"),
    Kind("rIDSet", "top", "RID-Set"),
    Kind("leaf", "top", "Leaf"),
    Kind("connectionPoint", "leaf", "Connection-Point"),
    Kind("serviceConnectionPoint", "connectionPoint", "Service-Connection-Point"),
]

KINDS = {one.name.lower(): one for one in _KINDS}


def chain(name: str) -> list[str]:
    """The class and all above it, `top` first; raises KeyError for one that the lab does not know."""
    names: list[str] = []
    while name != "top":
        kind = KINDS[name.lower()]
        names.append(kind.name)
        name = kind.above
    return ["top", *reversed(names)]


def category_of(name: str) -> str | None:
    """The object category that a filter means by a short name, which is that of a class."""
    kind = KINDS.get(name.lower())
    return kind.category if kind else None
