"""The rights that Graph asks for, each with what it is needed for.

Source: Microsoft Graph's permissions reference, and "Manage device identities" for the directory roles.
"""

from dataclasses import dataclass

DEVICE_DELETERS = ("Cloud Device Administrator", "Intune Administrator", "Windows 365 Administrator")


@dataclass(frozen=True)
class Right:
    """What an app must be granted; a person needs a directory role as well, any one of `roles`."""

    does: str
    application: str
    """The narrowest application permission."""
    also: tuple[str, ...] = ()
    """Wider application permissions that hold it."""
    delegated: str = ""
    roles: tuple[str, ...] = ()

    def __str__(self) -> str:
        role = f", or for a person {self.delegated or self.application}" if self.roles or self.delegated else ""
        one_of = f" with the role {' or '.join(self.roles)}" if self.roles else ""
        return f"{self.application} to {self.does}{role}{one_of}"

    def granted(self, permissions: frozenset[str]) -> bool:
        """Whether an app that has these permissions has the right."""
        return not permissions.isdisjoint({self.application, *self.also})


DIRECTORY = ("Directory.Read.All", "Directory.ReadWrite.All")
READ_DEVICES = Right("read devices", "Device.Read.All", ("Device.ReadWrite.All", *DIRECTORY))
READ_DELETED = Right(
    "read deleted devices",
    "Device.Read.All",
    READ_DEVICES.also,
    roles=("Cloud Device Administrator", "Intune Administrator"),
)
READ_OWNERS = Right("read the owners of devices", "User.Read.All", DIRECTORY)
WRITE_DEVICES = Right(
    "disable, delete and restore devices",
    "Device.ReadWrite.All",
    delegated="Directory.AccessAsUser.All",
    roles=DEVICE_DELETERS,
)
READ_KEYS = Right(
    "read BitLocker keys", "BitlockerKey.Read.All", roles=("Cloud Device Administrator", "Helpdesk Administrator")
)
READ_PASSWORDS = Right(
    "read LAPS passwords",
    "DeviceLocalCredential.Read.All",
    roles=("Cloud Device Administrator", "Intune Administrator"),
)
READ_INTUNE = Right(
    "read Intune's devices",
    "DeviceManagementManagedDevices.Read.All",
    ("DeviceManagementManagedDevices.ReadWrite.All",),
)
READ_AUTOPILOT = Right(
    "read Autopilot's devices",
    "DeviceManagementServiceConfig.Read.All",
    ("DeviceManagementServiceConfig.ReadWrite.All",),
)
READ_SYNC = Right(
    "read the sync's deletion threshold",
    "OnPremDirectorySynchronization.Read.All",
    ("OnPremDirectorySynchronization.ReadWrite.All",),
    roles=("Hybrid Identity Administrator",),
)
READ_ORGANIZATION = Right(
    "read when the last sync was",
    "Organization.Read.All",
    ("Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
)
