"""A machine as Graph's device, with the members and the shapes that the service serves."""

import base64
from datetime import datetime

from reconcile.lab.estate.machine import Machine
from reconcile.lab.graph.tenant import Row

INTUNE = "0000000a-0000-0000-c000-000000000000"
TRUST = {"hybrid": "ServerAd", "joined": "AzureAd", "registered": "Workplace", "phone": "Workplace"}
VERSIONS = ("10.0.19045.5247", "10.0.22631.4602", "10.0.26100.2605")
MODELS = (("Halvard", "Slate 14"), ("Halvard", "Tower 3"), ("Osterlund", "Note 360"))
SID = "S-1-5-21-1850421077-2711046213-3312908754"
GROUP_TAGS = ("Office", "Lab", "Kiosk")


def device(one: Machine) -> Row:
    return {
        "id": one.object_id,
        "deletedDateTime": None,
        "accountEnabled": one.state != "disabled",
        "approximateLastSignInDateTime": text(one.seen),
        "complianceExpirationDateTime": None,
        "createdDateTime": text(one.registered),
        "deviceCategory": None,
        "deviceId": one.device_id,
        "deviceMetadata": None,
        "deviceVersion": 2,
        "displayName": one.name,
        "profileType": None if one.pending else "RegisteredDevice",
        "registrationDateTime": None if one.pending else text(one.registered),
        "systemLabels": [],
        "trustType": TRUST[one.kind],
        "physicalIds": physical_ids(one),
        "alternativeSecurityIds": [] if one.pending else [security_id(one)],
        "isManagementRestricted": None,
        "isRooted": None if one.windows else False,
        **_system(one),
        **_management(one),
        **_premises(one),
    }


def text(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _system(one: Machine) -> Row:
    number = one.machine_number
    maker, model = one.chance.one_of(MODELS, "model", number)
    if not one.windows:
        system = "iOS" if one.name.startswith("iPhone") else "Android"
        return {"operatingSystem": system, "operatingSystemVersion": "17.6", "manufacturer": None, "model": None}
    version = one.chance.one_of(VERSIONS, "version", number)
    known = {"operatingSystem": "Windows", "operatingSystemVersion": version}
    return known | ({"manufacturer": None, "model": None} if one.pending else {"manufacturer": maker, "model": model})


def _management(one: Machine) -> Row:
    """What is not managed says nothing, or no; the service does both."""
    if not one.managed:
        unsaid = {"deviceOwnership", "enrollmentProfileName", "enrollmentType", "managementType", "mdmAppId"}
        return dict.fromkeys(sorted(unsaid)) | {"isManaged": None if one.number % 2 else False, "isCompliant": None}
    return {
        "deviceOwnership": "Personal" if one.kind in {"phone", "registered"} else "Company",
        "enrollmentProfileName": "Aldermoor Autopilot" if one.autopilot else None,
        "enrollmentType": "UserEnrollment" if one.kind == "phone" else "AzureDomainJoined",
        "managementType": "MDM",
        "mdmAppId": INTUNE,
        "isManaged": True,
        "isCompliant": one.state == "well",
    }


def _premises(one: Machine) -> Row:
    if one.kind != "hybrid":
        names = ("onPremisesSyncEnabled", "onPremisesLastSyncDateTime", "onPremisesSecurityIdentifier")
        return dict.fromkeys(names)
    return {
        "onPremisesSyncEnabled": True,
        "onPremisesLastSyncDateTime": text(one.now),
        "onPremisesSecurityIdentifier": f"{SID}-{1100 + one.number}",
    }


def physical_ids(one: Machine) -> list[str]:
    """The [HWID] is that of the machine: the rows of twins share it."""
    tags = []
    if one.autopilot:
        tags = [f"[ZTDID]:{ztd_id(one)}", f"[OrderID]:{one.chance.one_of(GROUP_TAGS, 'tag', one.number)}"]
    if one.pending or one.unused or not one.windows:
        return tags
    user = one.chance.guid("user of", one.number)
    group = 6_755_000_000_000_000 + one.chance.below(10**12, "gid", one.number)
    hardware = 6_825_000_000_000_000 + one.chance.below(10**12, "hwid", one.machine_number)
    own = [f"[USER-GID]:{user}:{group}", f"[GID]:g:{group}", f"[USER-HWID]:{user}:{hardware}", f"[HWID]:h:{hardware}"]
    return own + tags


def ztd_id(one: Machine) -> str:
    return one.chance.guid("ztd", one.number)


def security_id(one: Machine) -> Row:
    """The thumbprint of the device certificate and the hash of its public key, as UTF-16 text in base64."""
    thumbprint = one.chance.bytes("certificate", one.number)[:20].hex().upper()
    hashed = base64.b64encode(one.chance.bytes("public key", one.number)).decode()
    said = f"X509:<SHA1-TP-PUBKEY>{thumbprint}{hashed}"
    return {"type": 2, "identityProvider": None, "key": base64.b64encode(said.encode("utf-16-le")).decode()}
