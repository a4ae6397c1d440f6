"""The routes: which permission each needs, and what answers there."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reconcile.lab import graph_deleted, graph_delta, graph_devices, graph_intune, graph_owners, graph_secrets
from reconcile.lab.call import Call
from reconcile.lab.wire import Answer

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
    _route("GET", "/devices", READ, graph_devices.list_devices),
    _route("GET", r"/devices/\$count", READ, graph_devices.count_devices),
    _route("GET", r"/devices/(?:microsoft\.graph\.)?delta(?:\(\))?", READ, graph_delta.delta),
    _route("GET", DEVICE, READ, graph_devices.get_device),
    _route("PATCH", DEVICE, WRITE, graph_devices.patch_device),
    _route("DELETE", DEVICE, WRITE, graph_devices.delete_device),
    _route("GET", "/devices/(?P<id>[^/]+)/registeredOwners", READ, graph_owners.registered_owners),
    _route("GET", f"{DELETED}/{CAST}", READ, graph_deleted.list_deleted),
    _route("GET", rf"{DELETED}/{CAST}/\$count", READ, graph_deleted.count_deleted),
    _route("GET", f"{DELETED}/(?P<id>[^/]+)(?:/(?P<cast>{CAST}))?", READ, graph_deleted.get_deleted),
    _route("DELETE", f"{DELETED}/(?P<id>[^/]+)", WRITE, graph_deleted.purge_deleted),
    _route("POST", rf"{DELETED}/(?P<id>[^/]+)/(?:microsoft\.graph\.)?restore", WRITE, graph_deleted.restore_deleted),
    _route(
        "GET",
        f"/users/(?P<user>[^/]+)/(?:registered|owned)Devices(?:/{CAST})?",
        USERS,
        graph_owners.users_devices,
    ),
    _route("GET", KEYS_AT, KEYS, graph_secrets.list_keys),
    _route("GET", f"{KEYS_AT}/(?P<id>[^/]+)", KEYS, graph_secrets.get_key),
    _route("GET", "/directory/deviceLocalCredentials", PASSWORDS, graph_secrets.list_credentials),
    _route("GET", "/directory/deviceLocalCredentials/(?P<id>[^/]+)", PASSWORDS, graph_secrets.get_credentials),
    _route("GET", "/deviceManagement/managedDevices", INTUNE, graph_intune.list_managed),
    _route("GET", r"/deviceManagement/managedDevices/\$count", INTUNE, graph_intune.count_managed),
    _route("GET", "/deviceManagement/managedDevices/(?P<id>[^/]+)", INTUNE, graph_intune.get_managed),
    _route("GET", AUTOPILOT_AT, AUTOPILOT, graph_intune.list_autopilot),
    _route("GET", rf"{AUTOPILOT_AT}/\$count", AUTOPILOT, graph_intune.count_autopilot),
    _route("GET", "/directory/onPremisesSynchronization", SYNC, graph_intune.synchronization),
    _route("GET", "/organization", ORGANIZATION, graph_intune.organization),
)
