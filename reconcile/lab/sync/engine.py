"""What Microsoft Entra Connect does between the lab's AD and its Entra: one cycle at a time.

In scope is a computer with a userCertificate. The engine deletes only what it has synced itself: rows whose computer was
gone before it first looked are orphans, and stay.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Literal

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Entry
from reconcile.lab.graph.tenant import Row, Tenant

DISABLED = 0x2

Result = Literal["success", "stopped-deletion-threshold-exceeded"]


@dataclass(frozen=True)
class Computer:
    """What the engine knows of a computer in scope."""

    device_id: str
    name: str
    sid: str | None
    enabled: bool
    system: str | None
    version: str | None

    @property
    def mirrored(self) -> Row:
        members = {"operatingSystem": self.system, "operatingSystemVersion": self.version}
        known = {name: value for name, value in members.items() if value is not None}
        return {"displayName": self.name, "onPremisesSecurityIdentifier": self.sid, **known}


@dataclass(frozen=True)
class Exported:
    """What one cycle came to: device ids, and the deletions that wait."""

    result: Result = "success"
    added: Sequence[str] = ()
    restored: Sequence[str] = ()
    updated: Sequence[str] = ()
    deleted: Sequence[str] = ()
    pending: Sequence[str] = ()


@dataclass
class SyncEngine:
    """`threshold_enabled`: whether the tenant's deletion threshold is heeded. `known`: by device id, as last synced."""

    tenant: Tenant
    directory: Directory
    staging: bool = False
    threshold_enabled: bool = True
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    known: dict[str, Computer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Synced before: what is in scope and has a row."""
        for device_id, one in self.read().items():
            if self.tenant.by_device_id(device_id):
                self.known[device_id] = one
        if self.known:
            self.tenant.synced_at = self.tenant.synced_at or self.tenant.now()

    def cycle(self) -> Exported:
        return self.export(self.read())

    def read(self) -> dict[str, Computer]:
        """The import from AD: what is changed after it waits for the next cycle."""
        return {
            one.device_id: one
            for entry in self.directory.computers()
            if entry.attributes.get("userCertificate")
            for one in [_computer(entry)]
        }

    def export(self, scope: dict[str, Computer]) -> Exported:
        """To Entra; nothing in staging mode."""
        gone = [device_id for device_id in self.known if device_id not in scope]
        if self.staging:
            return Exported(pending=gone)
        stopped = self.threshold_enabled and len(gone) > self.tenant.deletion_threshold
        added, restored, updated = self._write(scope)
        deleted = [] if stopped else [device_id for device_id in gone if self._delete(device_id)]
        self.tenant.synced_at = self.tenant.now()
        return Exported(
            "stopped-deletion-threshold-exceeded" if stopped else "success",
            added,
            restored,
            updated,
            deleted,
            gone if stopped else (),
        )

    def _write(self, scope: dict[str, Computer]) -> tuple[list[str], list[str], list[str]]:
        added, restored, updated = [], [], []
        for device_id, one in scope.items():
            if self.tenant.by_device_id(device_id):
                if self._update(one):
                    updated.append(device_id)
            elif self.tenant.reserved(device_id):
                self._restore(one)
                restored.append(device_id)
            else:
                self.tenant.add(self._new(one))
                added.append(device_id)
            self.known[device_id] = one
        return added, restored, updated

    def _update(self, one: Computer) -> bool:
        """What changed in AD, and always whether it is enabled: who disables a synced device in Entra is overruled."""
        row = self.tenant.by_device_id(one.device_id) or {}
        members: Row = {"accountEnabled": one.enabled}
        if self.known.get(one.device_id) != one:
            members |= one.mirrored | {"onPremisesSyncEnabled": True}
        if all(row.get(name) == value for name, value in members.items()):
            return False
        self.tenant.patch(row["id"], members | {"onPremisesLastSyncDateTime": self._now()})
        return True

    def _restore(self, one: Computer) -> None:
        """Under its old object id."""
        object_id = next(
            key for key, row in self.tenant.deleted.items() if str(row.get("deviceId")).lower() == one.device_id
        )
        self.tenant.restore(object_id)
        self.tenant.patch(object_id, self._synced(one))

    def _delete(self, device_id: str) -> bool:
        """Whether there was anything to delete."""
        del self.known[device_id]
        row = self.tenant.by_device_id(device_id)
        if row is not None:
            self.tenant.remove(row["id"])
        return row is not None

    def _synced(self, one: Computer) -> Row:
        return one.mirrored | {
            "accountEnabled": one.enabled,
            "trustType": "ServerAd",
            "onPremisesSyncEnabled": True,
            "onPremisesLastSyncDateTime": self._now(),
        }

    def _new(self, one: Computer) -> Row:
        """Pending: the device itself has not registered yet."""
        unsaid = (
            "deletedDateTime",
            "approximateLastSignInDateTime",
            "complianceExpirationDateTime",
            "deviceCategory",
            "deviceMetadata",
            "deviceOwnership",
            "enrollmentProfileName",
            "enrollmentType",
            "isCompliant",
            "isManaged",
            "isManagementRestricted",
            "isRooted",
            "managementType",
            "manufacturer",
            "mdmAppId",
            "model",
            "operatingSystem",
            "operatingSystemVersion",
            "profileType",
            "registrationDateTime",
        )
        return {
            "id": self.new_id(),
            **dict.fromkeys(unsaid),
            "createdDateTime": self._now(),
            "deviceId": one.device_id,
            "deviceVersion": 2,
            "physicalIds": [],
            "systemLabels": [],
            "alternativeSecurityIds": [],
            **self._synced(one),
        }

    def _now(self) -> str:
        return f"{self.tenant.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _computer(entry: Entry) -> Computer:
    return Computer(
        device_id=str(entry.guid),
        name=entry.text("cn") or "",
        sid=entry.sid,
        enabled=not (entry.number("userAccountControl") or 0) & DISABLED,
        system=entry.text("operatingSystem"),
        version=entry.text("operatingSystemVersion"),
    )
