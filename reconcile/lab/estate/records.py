"""What is kept about a machine beside its device: recovery secrets, Intune's row, its Autopilot identity."""

import base64
from datetime import datetime, timedelta

from reconcile.lab.estate.device import GROUP_TAGS, MODELS, VERSIONS, text, ztd_id
from reconcile.lab.estate.machine import Machine
from reconcile.lab.graph.tenant import Row

NEVER = "0001-01-01T00:00:00Z"


def bitlocker_key(one: Machine) -> Row:
    groups = (int.from_bytes(one.chance.bytes("group", 8 * one.number + at)[:2], "big") * 11 for at in range(8))
    return {
        "id": one.chance.guid("bitlocker", one.number),
        "createdDateTime": text(one.registered + timedelta(hours=2)),
        "volumeType": "operatingSystemVolume",
        "deviceId": one.device_id,
        "key": "-".join(f"{group:06d}" for group in groups),
    }


def local_credential(one: Machine) -> Row:
    """The newest password of the local administrator, in UTF-16 and base64."""
    backed_up = one.seen or one.registered
    word = base64.b32encode(one.chance.bytes("password", one.number)[:10]).decode()
    credential = {
        "accountName": "Administrator",
        "accountSid": f"S-1-5-21-{one.chance.below(2**31, 'sid', one.number)}-1590267884-3984890135-500",
        "backupDateTime": text(backed_up),
        "passwordBase64": base64.b64encode(word.encode("utf-16-le")).decode(),
    }
    return {
        "id": one.device_id,
        "deviceName": one.name,
        "lastBackupDateTime": text(backed_up),
        "refreshDateTime": text(backed_up + timedelta(days=30)),
        "credentials": [credential],
    }


def managed_device(one: Machine, owner: Row | None) -> Row:
    maker, model = one.chance.one_of(MODELS, "model", one.machine_number)
    return {
        "id": _managed_id(one),
        "azureADDeviceId": one.device_id,
        "azureADRegistered": True,
        "deviceName": one.name,
        "complianceState": "compliant" if one.state == "well" else "noncompliant",
        "deviceEnrollmentType": "userEnrollment" if one.kind == "phone" else "windowsAzureADJoin",
        "enrolledDateTime": text(one.registered),
        "lastSyncDateTime": text(_synced(one)),
        "managedDeviceOwnerType": "personal" if one.kind in {"phone", "registered"} else "company",
        "managementAgent": "mdm",
        "manufacturer": maker,
        "model": model,
        "operatingSystem": "Windows" if one.windows else "iOS" if one.name.startswith("iPhone") else "Android",
        "osVersion": one.chance.one_of(VERSIONS, "version", one.machine_number) if one.windows else "17.6",
        "serialNumber": one.serial,
        "userPrincipalName": owner["userPrincipalName"] if owner else "",
    }


def autopilot_identity(one: Machine) -> Row:
    maker, model = one.chance.one_of(MODELS, "model", one.machine_number)
    return {
        "id": ztd_id(one),
        "azureActiveDirectoryDeviceId": one.device_id,
        "managedDeviceId": _managed_id(one) if one.managed else "00000000-0000-0000-0000-000000000000",
        "displayName": "",
        "enrollmentState": "enrolled" if one.managed else "notContacted",
        "groupTag": one.chance.one_of(GROUP_TAGS, "tag", one.number),
        "lastContactedDateTime": text(_synced(one)) if one.managed else NEVER,
        "manufacturer": maker,
        "model": model,
        "serialNumber": one.serial,
        "systemFamily": f"{maker} Workstation",
    }


def _managed_id(one: Machine) -> str:
    return one.chance.guid("managed", one.number)


def _synced(one: Machine) -> datetime:
    """Intune hears of a device more often than the directory does."""
    if one.seen is None:
        return one.now - timedelta(days=2)
    return one.seen + (timedelta() if one.state == "stale" else timedelta(seconds=one.number % 3600))
