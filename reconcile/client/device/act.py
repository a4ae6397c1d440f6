"""Acts on single devices. Each is safe to do again, and says what it changed; what can be undone stands in `undo`.

Before a device leaves Entra or its domain, a login as its local administrator must be proven: see `prove_login`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from reconcile.client.device.channel import Channel
from reconcile.client.device.leftover import certificates, registrations
from reconcile.client.device.perform import PAUSE, Act, Answer, Told, perform, performed
from reconcile.client.device.proof import LoginProof, usable
from reconcile.client.device.state import DeviceState
from reconcile.client.remote.given import Secret

REJOINS = "automatic re-join is not off: it would join again by itself"


@dataclass(frozen=True)
class Unjoin:
    """Who may take a computer out of its domain, and the workgroup that it is put into."""

    user: str
    password: Secret
    workgroup: str = "WORKGROUP"


async def ready_administrator(
    channel: Channel, host: str, password: Secret, name: str = "", pause: float = PAUSE
) -> Answer:
    """A local administrator is there, enabled, and has this password; without a name, the built-in one.

    That he can sign in only `prove_login` shows. The before-image bears his SID.
    """
    act = Act(
        name="administrator",
        stands=lambda seen: None if seen.trouble("administrators") else False,
        afterwards=_is_ready,
        doubt=lambda seen: (
            seen.trouble("administrators") or "whether he has the password is not known: set it once more"
        ),
        image=partial(_account, name=name),
        parameters={"Name": name},
        secrets={"Password": password},
    )
    answer, told = await performed(channel, host, act, pause)
    if answer.before is None or told is None:
        return answer
    return replace(answer, before={**answer.before, "sid": told.sid, "name": told.name})


async def rejoin_off(channel: Channel, host: str, pause: float = PAUSE) -> Answer:
    """The device does not join Entra again by itself: the task is disabled, and policy forbids it."""
    act = Act(
        name="rejoin-off",
        stands=lambda seen: seen.rejoin.off if seen.rejoin else None,
        doubt=lambda seen: seen.trouble("rejoin"),
        image=_rejoin,
    )
    return await perform(channel, host, act, pause)


async def leave(channel: Channel, host: str, proof: LoginProof, pause: float = PAUSE) -> Answer:
    """Entra, where it is joined or hybrid joined; a restart completes it. Refused without a proof of this device's present boot."""
    act = Act(
        name="leave",
        stands=lambda seen: None if seen.entra_joined is None else not seen.entra_joined,
        doubt=lambda seen: seen.trouble("dsregcmd") or "dsregcmd does not say whether it is joined",
        image=lambda seen: {"entra_joined": seen.entra_joined, "device_id": seen.device_id},
        refuses=_unless_proven(proof, host),
    )
    answer = await perform(channel, host, act, pause)
    return replace(answer, why=REJOINS) if answer.ok and not answer.why and _rejoins(answer.state) else answer


async def leave_domain(channel: Channel, host: str, proof: LoginProof, unjoin: Unjoin, pause: float = PAUSE) -> Answer:
    """Its account in AD is disabled by that. Where it is to be seen after a restart only, the answer is unknown, and `pending`.

    Refused without a proof of this device's present boot.
    """
    act = Act(
        name="leave-domain",
        stands=lambda seen: None if seen.part_of_domain is None else not seen.part_of_domain,
        doubt=lambda seen: seen.trouble("part_of_domain"),
        image=lambda seen: {"domain": seen.domain},
        refuses=_unless_proven(proof, host),
        parameters={"Workgroup": unjoin.workgroup, "User": unjoin.user},
        secrets={"Password": unjoin.password},
    )
    answer = await perform(channel, host, act, pause)
    if answer.outcome != "unknown" or not answer.begun or answer.state is None:
        return answer
    return replace(answer, pending=True, why=f"{answer.why}; it may show after a restart only")


async def remove_certificates(channel: Channel, host: str, pause: float = PAUSE) -> Answer:
    """Those that Entra's device registration issued, of the machine and of users who are loaded; of others see `unloaded`."""
    return await certificates(channel, host, pause)


async def remove_registrations(channel: Channel, host: str, sid: str = "", pause: float = PAUSE) -> Answer:
    """What registrations of that user left behind, or of all: then unknown where there are profiles that are not loaded."""
    return await registrations(channel, host, sid, pause)


def _is_ready(seen: DeviceState, told: Told | None) -> bool | None:
    if told is None or seen.trouble("administrators"):
        return None
    return not told.errors and told.sid is not None and usable(seen, told.sid)


def _account(seen: DeviceState, name: str) -> dict[str, object]:
    """As far as a look tells: who is no administrator is not seen."""
    named = (one for one in seen.administrators or () if one.name.rpartition("\\")[2].casefold() == name.casefold())
    sid = next((one.sid for one in named if one.local), None) if name else seen.built_in and seen.built_in.sid
    one = seen.administrator(sid) if sid else None
    enabled = one.enabled if one else seen.built_in and seen.built_in.sid == sid and seen.built_in.enabled
    return {"exists": True if sid else None, "enabled": enabled, "member": one is not None, "sid": sid}


def _rejoin(seen: DeviceState) -> dict[str, object]:
    assert seen.rejoin is not None
    return {"task": seen.rejoin.task, "block": seen.rejoin.block, "auto": seen.rejoin.auto}


def _rejoins(seen: DeviceState | None) -> bool:
    return bool(seen and seen.part_of_domain and seen.rejoin and seen.rejoin.off is False)


def _unless_proven(proof: LoginProof, host: str) -> Callable[[DeviceState], str]:
    if not isinstance(proof, LoginProof):
        return lambda _: "no login as a local administrator is proven"
    return lambda seen: proof.objection(host, seen)
