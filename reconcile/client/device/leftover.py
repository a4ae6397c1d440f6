"""What a device keeps of joins and registrations that are over. What nobody could look into is never called clean."""

from dataclasses import replace
from typing import Any

from reconcile.client.device.channel import Channel
from reconcile.client.device.member import MACHINE, Certificate, WorkplaceJoin
from reconcile.client.device.perform import Act, Answer, perform
from reconcile.client.device.state import DeviceState


async def certificates(channel: Channel, host: str, pause: float) -> Answer:
    act = Act(
        name="certificates",
        stands=_no_certificates,
        doubt=lambda seen: seen.trouble("certificates"),
        image=lambda seen: {"removed": [_shown(one) for one in seen.issued or ()]},
    )
    answer = await perform(channel, host, act, pause)
    unseen = (answer.state.unloaded or ()) if answer.state else ()
    said = "; ".join(part for part in (answer.why, _unloaded(unseen)) if part)
    return replace(answer, unloaded=unseen, why=said)


async def registrations(channel: Channel, host: str, sid: str, pause: float) -> Answer:
    act = Act(
        name="registrations",
        stands=lambda seen: _no_registrations(seen, sid),
        doubt=lambda seen: _unseen(seen, sid),
        image=lambda seen: {"removed": [_shown(one) for one in _of_users(seen, sid)]},
        parameters={"Sid": sid},
    )
    answer = await perform(channel, host, act, pause)
    unloaded = (answer.state.unloaded or ()) if answer.state else ()
    return replace(answer, unloaded=tuple(one for one in unloaded if sid in {"", one}))


def _no_certificates(seen: DeviceState) -> bool | None:
    if seen.issued:
        return False
    return None if seen.trouble("certificates") else True


def _no_registrations(seen: DeviceState, sid: str) -> bool | None:
    if _of_users(seen, sid):
        return False
    return None if _unseen(seen, sid) else True


def _unseen(seen: DeviceState, sid: str) -> str:
    """Why there may be more than can be seen."""
    unloaded = tuple(one for one in seen.unloaded or () if sid in {"", one})
    said = (seen.trouble("workplace_join", "certificates", "unloaded"), _unloaded(unloaded))
    return "; ".join(part for part in said if part)


def _of_users(seen: DeviceState, sid: str) -> list[WorkplaceJoin | Certificate]:
    joins = [one for one in seen.workplace_join or () if sid in {"", one.sid}]
    left = [one for one in seen.issued or () if one.store != MACHINE and sid in {"", one.store}]
    return [*joins, *left]


def _shown(one: WorkplaceJoin | Certificate) -> dict[str, Any]:
    if isinstance(one, Certificate):
        return {"store": one.store, "thumbprint": one.thumbprint, "subject": one.subject}
    return {"sid": one.sid, "account": one.account, "thumbprint": one.thumbprint, "tenant_id": one.tenant_id}


def _unloaded(sids: tuple[str, ...]) -> str:
    if not sids:
        return ""
    return f"unloaded, and what they hold is unknown: {', '.join(sids)}"
