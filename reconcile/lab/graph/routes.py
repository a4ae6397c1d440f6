"""The routes: which permission each needs, and what answers there."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reconcile.lab.graph import deleted, delta, devices, intune, owners, secrets
from reconcile.lab.graph.call import Call
from reconcile.lab.graph.wire import Answer

Handler = Callable[[Call], Answer]

READ = ("Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
WRITE = ("Device.ReadWrite.All",)
USERS = ("User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")
KEYS = ("BitlockerKey.ReadBasic.All", "BitlockerKey.Read.All")
PASSWORDS = ("DeviceLocalCredential.ReadBasic.All", "DeviceLocalCredential.Read.All")
INTUNE = ("DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All")
AUTOPILOT = ("DeviceManagementServiceConfig.Read.All", "DeviceManagementServiceConfig.ReadWrite.All")
SYNC = ("OnPremDirectorySynchronization.Read.All", "OnPremDirectorySynchronization.ReadWrite.All")
ORGANIZATION = ("Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All")

DEVICE = r"/devices(?:/(?P<id>[^/]+)|\(deviceId='(?P<device_id>[^']*)'\))"
CAST = r"(?:microsoft\.)?graph\.device"
DELETED = "/directory/deletedItems"
KEYS_AT = "/informationProtection/bitlocker/recoveryKeys"
AUTOPILOT_AT = "/deviceManagement/windowsAutopilotDeviceIdentities"


@dataclass(frozen=True)
class Route:
    """`roles`: any one of them is enough."""

    method: str
    path: re.Pattern[str]
    roles: tuple[str, ...]
    handler: Handler


def _route(method: str, path: str, roles: tuple[str, ...], handler: Handler) -> Route:
    return Route(method, re.compile(path), roles, handler)


ROUTES = (
    _route("GET", "/devices", READ, devices.list_devices),
    _route("GET", r"/devices/\$count", READ, devices.count_devices),
    _route("GET", r"/devices/(?:microsoft\.graph\.)?delta(?:\(\))?", READ, delta.delta),
    _route("GET", DEVICE, READ, devices.get_device),
    _route("PATCH", DEVICE, WRITE, devices.patch_device),
    _route("DELETE", DEVICE, WRITE, devices.delete_device),
    _route("GET", "/devices/(?P<id>[^/]+)/registeredOwners", READ, owners.registered_owners),
    _route("GET", f"{DELETED}/{CAST}", READ, deleted.list_deleted),
    _route("GET", rf"{DELETED}/{CAST}/\$count", READ, deleted.count_deleted),
    _route("GET", f"{DELETED}/(?P<id>[^/]+)(?:/(?P<cast>{CAST}))?", READ, deleted.get_deleted),
    _route("DELETE", f"{DELETED}/(?P<id>[^/]+)", WRITE, deleted.purge_deleted),
    _route("POST", rf"{DELETED}/(?P<id>[^/]+)/(?:microsoft\.graph\.)?restore", WRITE, deleted.restore_deleted),
    _route(
        "GET",
        f"/users/(?P<user>[^/]+)/(?:registered|owned)Devices(?:/{CAST})?",
        USERS,
        owners.users_devices,
    ),
    _route("GET", KEYS_AT, KEYS, secrets.list_keys),
    _route("GET", f"{KEYS_AT}/(?P<id>[^/]+)", KEYS, secrets.get_key),
    _route("GET", "/directory/deviceLocalCredentials", PASSWORDS, secrets.list_credentials),
    _route("GET", "/directory/deviceLocalCredentials/(?P<id>[^/]+)", PASSWORDS, secrets.get_credentials),
    _route("GET", "/deviceManagement/managedDevices", INTUNE, intune.list_managed),
    _route("GET", r"/deviceManagement/managedDevices/\$count", INTUNE, intune.count_managed),
    _route("GET", "/deviceManagement/managedDevices/(?P<id>[^/]+)", INTUNE, intune.get_managed),
    _route("GET", AUTOPILOT_AT, AUTOPILOT, intune.list_autopilot),
    _route("GET", rf"{AUTOPILOT_AT}/\$count", AUTOPILOT, intune.count_autopilot),
    _route("GET", "/directory/onPremisesSynchronization", SYNC, intune.synchronization),
    _route("GET", "/organization", ORGANIZATION, intune.organization),
)
