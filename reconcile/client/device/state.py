"""What a device says of itself, read by one script that changes nothing there."""

import re
from datetime import datetime

import msgspec

from reconcile.client.device.channel import Channel
from reconcile.client.device.member import (
    MACHINE,
    Administrator,
    BuiltIn,
    Certificate,
    CloudJoin,
    Fault,
    Rejoin,
    User,
    WorkplaceJoin,
)
from reconcile.client.device.script import script
from reconcile.client.remote.output import Output, read

FLAGS = {"YES": True, "NO": False}
DEVICE_STATE = re.compile(r"^\|\s*Device State\s*\|\s*$", re.MULTILINE)


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """What is None is unknown, never no and never none; a list of which a part failed is not complete."""

    host: str
    captured_at: datetime | None = None
    account: str | None = None
    os: str | None = None
    serial: str | None = None
    domain: str | None = None
    part_of_domain: bool | None = None
    booted_at: datetime | None = None
    is_remote: bool | None = None
    dsregcmd: str | None = None
    dsregcmd_exit: int | None = None
    users: tuple[User, ...] | None = None
    certificates: tuple[Certificate, ...] | None = None
    cloud_join: tuple[CloudJoin, ...] | None = None
    workplace_join: tuple[WorkplaceJoin, ...] | None = None
    unloaded: tuple[str, ...] | None = None
    """SIDs of profiles whose registrations and certificates nobody could read."""
    administrators: tuple[Administrator, ...] | None = None
    built_in: BuiltIn | None = None
    rejoin: Rejoin | None = None
    errors: tuple[Fault, ...] = ()

    @property
    def entra_joined(self) -> bool | None:
        """The machine, as dsregcmd says."""
        return FLAGS.get(self.fact("AzureAdJoined") or "")

    @property
    def device_id(self) -> str | None:
        return self.fact("DeviceId")

    @property
    def issued(self) -> tuple[Certificate, ...] | None:
        """Of the certificates that can be seen, those that Entra's device registration issued."""
        if self.certificates is None:
            return None
        return tuple(one for one in self.certificates if one.of_registration)

    @property
    def machine_certificates(self) -> tuple[Certificate, ...] | None:
        return None if self.issued is None else tuple(one for one in self.issued if one.store == MACHINE)

    def fact(self, key: str) -> str | None:
        """What dsregcmd says of the device itself; what it says of a user is not true of anybody over the network."""
        text = self.dsregcmd or ""
        if not DEVICE_STATE.search(text):
            return None
        found = re.search(rf"^[ \t]*{re.escape(key)} :[ \t]*(\S.*?)[ \t]*\r?$", text, re.MULTILINE)
        return found[1] if found else None

    def trouble(self, *parts: str) -> str:
        """Why these parts are not known, or not all of each; empty where they are."""
        said = [str(fault) for fault in self.errors if fault.part in parts]
        silent = [part for part in parts if getattr(self, part, None) is None and part not in _failed(self)]
        return "; ".join([*said, *(f"{part}: the device does not say" for part in silent)])

    def administrator(self, sid: str) -> Administrator | None:
        return next((one for one in self.administrators or () if one.sid == sid), None)


async def look(channel: Channel, host: str) -> tuple[Output, DeviceState | None]:
    """Nothing where the device could not be asked, and the output says why."""
    return read(await channel.run(host, script("collect")), DeviceState)


def _failed(state: DeviceState) -> set[str]:
    return {fault.part for fault in state.errors}
