"""The rootDSE: what the server says of itself to anybody."""

from datetime import UTC

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Plain, encoded

LEVEL = "7"
CONTROLS = (
    "1.2.840.113556.1.4.319",
    "1.2.840.113556.1.4.801",
    "1.2.840.113556.1.4.417",
    "1.2.840.113556.1.4.2064",
    "1.2.840.113556.1.4.805",
    "1.2.840.113556.1.4.1339",
    "1.2.840.113556.1.4.1413",
    "1.2.840.113556.1.4.619",
)
"""Paged results, SD flags, show deleted, show recycled, tree delete, domain scope, permissive modify, lazy commit."""
MECHANISMS = ("GSSAPI", "GSS-SPNEGO", "EXTERNAL", "DIGEST-MD5")
CAPABILITIES = ("800", "1670", "1791", "1935", "2080", "2237")
START_TLS, WHO_AM_I = "1.3.6.1.4.1.1466.20037", "1.3.6.1.4.1.4203.1.11.3"
POLICIES = ("MaxPageSize", "MaxQueryDuration", "MaxValRange", "MaxConnIdleTime")


def root(directory: Directory, *, synchronized: bool = True) -> dict[str, list[bytes]]:
    """Its attributes, in Active Directory's order."""
    name = directory.server.partition(",")[0].partition("=")[2].lower()
    said: dict[str, Plain | list[str] | tuple[str, ...]] = {
        "domainFunctionality": LEVEL,
        "forestFunctionality": LEVEL,
        "domainControllerFunctionality": LEVEL,
        "rootDomainNamingContext": directory.base,
        "ldapServiceName": f"{directory.domain}:{name}$@{directory.domain.upper()}",
        "isGlobalCatalogReady": True,
        "supportedSASLMechanisms": MECHANISMS,
        "supportedLDAPVersion": ["3", "2"],
        "supportedLDAPPolicies": POLICIES,
        "supportedControl": CONTROLS,
        "supportedCapabilities": [f"1.2.840.113556.1.4.{one}" for one in CAPABILITIES],
        "supportedExtension": [START_TLS, WHO_AM_I],
        "subschemaSubentry": f"CN=Aggregate,{directory.schema}",
        "serverName": directory.server,
        "schemaNamingContext": directory.schema,
        "namingContexts": directory.contexts,
        "isSynchronized": synchronized,
        "highestCommittedUSN": directory.usn,
        "dsServiceName": directory.service,
        "dnsHostName": directory.host,
        "defaultNamingContext": directory.base,
        "currentTime": directory.now().astimezone(UTC),
        "configurationNamingContext": directory.configuration,
    }
    return {
        key: [encoded(one) for one in value] if isinstance(value, (list, tuple)) else [encoded(value)]
        for key, value in said.items()
    }
