"""Taking back what an act changed, by its before-image, as far as that is possible."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, TypeVar

import msgspec

from reconcile.client.device.channel import Channel
from reconcile.client.device.member import Rejoin
from reconcile.client.device.perform import PAUSE, Act, Answer, perform
from reconcile.client.device.script import Name
from reconcile.client.device.state import DeviceState

T = TypeVar("T")

FOR_GOOD: Mapping[str, str] = {
    "certificates": "the private keys are of no use without the join: only joining again makes a certificate anew",
    "leave": "only joining again makes it a device of Entra, with a certificate, and most likely a device id, of its own",
    "leave-domain": "only joining the domain again does that, at the device and with an account that may",
    "registrations": "only the user can register anew, when signed in",
    "restart": "a restart is not taken back",
}
"""Acts that nothing takes back, and why."""
LOCKED_OUT = "it is joined to nothing, so that nobody else may be able to sign in"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The before-image of `administrator`."""

    sid: str
    exists: bool | None = None
    enabled: bool | None = None
    member: bool | None = None

    def was(self, what: Literal["enabled", "member"]) -> bool:
        """What is not known is left as it is."""
        return self.exists is not False and getattr(self, what) is not False


async def undo(channel: Channel, host: str, name: Name, before: Mapping[str, Any], pause: float = PAUSE) -> Answer:
    """What the act of that name changed. Raises ValueError where the before-image is none of that act."""
    if name == "rejoin-off":
        return await rejoin_restore(channel, host, before, pause)
    if name == "administrator":
        return await restore_administrator(channel, host, before, pause)
    return Answer(host, "refused", FOR_GOOD.get(name, "it is not taken back"))


async def rejoin_restore(channel: Channel, host: str, before: Mapping[str, Any], pause: float = PAUSE) -> Answer:
    """Task and policy as they were before `rejoin_off`. Raises ValueError as `undo` does."""
    wanted = _read(before, Rejoin)
    act = Act(
        name="rejoin-restore",
        stands=lambda seen: None if seen.rejoin is None else _same(seen.rejoin, wanted),
        doubt=lambda seen: seen.trouble("rejoin"),
        image=lambda seen: msgspec.to_builtins(seen.rejoin) or {},
        parameters={"Task": wanted.task or "", "Block": _text(wanted.block), "Auto": _text(wanted.auto)},
    )
    return await perform(channel, host, act, pause)


async def restore_administrator(channel: Channel, host: str, before: Mapping[str, Any], pause: float = PAUSE) -> Answer:
    """Disabled again, and no member, if so it was; an account that was made stays, disabled. The old password is lost.

    Refused where the device is joined to nothing any more. Raises ValueError as `undo` does.
    """
    wanted = _read(before, Account)
    enabled, member = wanted.was("enabled"), wanted.was("member")
    act = Act(
        name="administrator-restore",
        stands=partial(_as_before, wanted),
        doubt=lambda seen: seen.trouble("administrators"),
        image=lambda seen: {"sid": wanted.sid, "member": seen.administrator(wanted.sid) is not None},
        refuses=lambda seen: "" if seen.entra_joined or seen.part_of_domain else LOCKED_OUT,
        parameters={"Sid": wanted.sid, "Enabled": enabled, "Member": member},
    )
    return await perform(channel, host, act, pause)


def _as_before(wanted: Account, seen: DeviceState) -> bool | None:
    """Of an account that is no administrator only the built-in one's state can be seen, and it does not matter."""
    if seen.trouble("administrators"):
        return None
    one = seen.administrator(wanted.sid)
    if one is None:
        return True
    return wanted.was("member") and (wanted.was("enabled") or one.enabled is False)


def _same(now: Rejoin, wanted: Rejoin) -> bool:
    return (now.task, now.block, now.auto) == (wanted.task, wanted.block, wanted.auto)


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _read(before: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(dict(before), kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"no before-image of this act: {error}") from error
