"""What the lab's directory holds, and the log of its changes that delta queries read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Row = dict[str, Any]
"""One object, with Graph's member names and values exactly as they are served."""

SOFT = {"azuread", "workplace"}
"""Trust types that go to the deleted items first; all others are gone at once (Entra, concept-soft-delete-devices)."""
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Change:
    sequence: int
    object_id: str
    kind: Literal["added", "changed", "soft", "hard", "restored"]
    names: frozenset[str] = frozenset()
    row: Row = field(default_factory=dict)
    """What the object was when it was removed."""


@dataclass
class Tenant:
    """Removing hides nothing from `changes`; `devices` are the live ones only, by object id."""

    tenant_id: str
    name: str
    now: Callable[[], datetime]
    devices: dict[str, Row] = field(default_factory=dict)
    deleted: dict[str, Row] = field(default_factory=dict)
    users: dict[str, Row] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)
    bitlocker_keys: dict[str, Row] = field(default_factory=dict)
    local_credentials: dict[str, Row] = field(default_factory=dict)
    """By device id, in lower case."""
    managed_devices: dict[str, Row] = field(default_factory=dict)
    autopilot_identities: dict[str, Row] = field(default_factory=dict)
    deletion_threshold: int = 500
    synced_at: datetime | None = None
    """When the sync engine last ended an export; None where there is no such engine."""
    changes: list[Change] = field(default_factory=list)
    _by_device_id: dict[str, str] = field(default_factory=dict)
    _owned: dict[str, dict[str, None]] = field(default_factory=dict)
    _keys: dict[str, dict[str, None]] = field(default_factory=dict)

    @property
    def sequence(self) -> int:
        """Of the latest change; it grows with each."""
        return len(self.changes)

    def by_device_id(self, device_id: str) -> Row | None:
        """A live device only: one in the deleted items keeps its id and is not found."""
        return self.devices.get(self._by_device_id.get(device_id.lower(), ""))

    def reserved(self, device_id: str) -> bool:
        """By a live device or by one in the deleted items."""
        return device_id.lower() in self._by_device_id

    def owned(self, user_id: str) -> list[str]:
        """Object ids of the user's live devices."""
        return [object_id for object_id in self._owned.get(user_id, ()) if object_id in self.devices]

    def keys_of(self, device_id: str) -> list[Row]:
        return [self.bitlocker_keys[key] for key in self._keys.get(device_id.lower(), ())]

    def add(self, row: Row, owners: list[str] | None = None) -> None:
        """Raises ValueError where its id, or its deviceId, is taken."""
        object_id, device_id = row["id"], row.get("deviceId")
        if object_id in self.devices or object_id in self.deleted or (device_id and self.reserved(device_id)):
            raise ValueError(f"{object_id} or its deviceId {device_id} is taken")
        self.devices[object_id] = row
        if device_id:
            self._by_device_id[device_id.lower()] = object_id
        for user_id in owners or ():
            self.owners.setdefault(object_id, []).append(user_id)
            self._owned.setdefault(user_id, {})[object_id] = None
        self._changed(object_id, "added")

    def keep_key(self, key: Row) -> None:
        """A BitLocker key; it is lost with its device."""
        self.bitlocker_keys[key["id"]] = key
        self._keys.setdefault(key["deviceId"].lower(), {})[key["id"]] = None

    def patch(self, object_id: str, members: Row) -> None:
        """What is the same already is no change; raises KeyError for a device that is not there."""
        row = self.devices[object_id]
        names = frozenset(name for name, value in members.items() if name not in row or row[name] != value)
        if names:
            self.devices[object_id] = row | members
            self._changed(object_id, "changed", names)

    def remove(self, object_id: str) -> None:
        """To the deleted items, or for good where its trust type is not kept; raises KeyError when it is not there."""
        row = self.devices.pop(object_id)
        if str(row.get("trustType")).lower() in SOFT:
            self.deleted[object_id] = row | {"deletedDateTime": self._now_text(), "isCompliant": None}
            self.changes.append(Change(self.sequence + 1, object_id, "soft", row=row))
        else:
            self._forget(object_id, row)

    def restore(self, object_id: str) -> Row:
        row = self.deleted.pop(object_id) | {"deletedDateTime": None}
        self.devices[object_id] = row
        self._changed(object_id, "restored")
        return row

    def purge(self, object_id: str) -> None:
        """Out of the deleted items, for good; its deviceId is free again."""
        self._forget(object_id, self.deleted.pop(object_id))

    def expire(self) -> None:
        """Purges what has been in the deleted items for its 30 days."""
        limit = f"{self.now().astimezone(UTC) - KEPT:%Y-%m-%dT%H:%M:%SZ}"
        for object_id in [key for key, row in self.deleted.items() if row["deletedDateTime"] < limit]:
            self.purge(object_id)

    def since(self, sequence: int) -> Iterator[Change]:
        return iter(self.changes[sequence:])

    def _forget(self, object_id: str, row: Row) -> None:
        """With it go its BitLocker keys and its LAPS passwords."""
        device_id = str(row.get("deviceId")).lower()
        self._by_device_id.pop(device_id, None)
        self.local_credentials.pop(device_id, None)
        for key in self._keys.pop(device_id, ()):
            del self.bitlocker_keys[key]
        for user_id in self.owners.pop(object_id, ()):
            self._owned[user_id].pop(object_id, None)
        self.changes.append(Change(self.sequence + 1, object_id, "hard", row=row))

    def _changed(
        self, object_id: str, kind: Literal["added", "changed", "restored"], names: frozenset[str] = frozenset()
    ) -> None:
        self.changes.append(Change(self.sequence + 1, object_id, kind, names))

    def _now_text(self) -> str:
        return f"{self.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
