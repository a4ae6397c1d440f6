"""What a tenant lets us do: each right tried by the smallest question that needs it, and named where it is missing.

A right to change something is never tried: the token's own word is all that is known of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.check import SKEW, Check
from reconcile.client.graph.connect import sign_in
from reconcile.client.graph.credential import Grant
from reconcile.client.graph.deleted import deleted_listing
from reconcile.client.graph.listing import device_count, sync_deletion_threshold
from reconcile.client.graph.refusal import needing
from reconcile.client.graph.request import get
from reconcile.client.graph.right import (
    READ_AUTOPILOT,
    READ_DELETED,
    READ_DEVICES,
    READ_INTUNE,
    READ_KEYS,
    READ_ORGANIZATION,
    READ_OWNERS,
    READ_PASSWORDS,
    READ_SYNC,
    WRITE_DEVICES,
    Right,
)
from reconcile.client.graph.session import Graph, Reply
from reconcile.errors import ReconcileError, SourceError
from reconcile.settings import Extra, Settings

RIGHTS: dict[Extra, Right] = {
    "owners": READ_OWNERS,
    "deleted": READ_DELETED,
    "intune": READ_INTUNE,
    "autopilot": READ_AUTOPILOT,
    "sync-threshold": READ_SYNC,
}
LATER = (WRITE_DEVICES, READ_KEYS, READ_PASSWORDS, READ_ORGANIZATION)
"""What no sweep needs, and a retirement will."""
NOBODY = "00000000-0000-0000-0000-000000000000"


async def examine(graph: Graph, settings: Settings, now: datetime) -> list[Check]:
    """Every check, in the order in which one depends on another; never raises for what it is there to find."""
    try:
        grant = await sign_in(graph, settings)
    except ReconcileError as error:
        return [Check("token", "missing", str(error))]
    checks = [_token(grant, settings, now), _tenant(grant, settings)]
    try:
        return [*checks, *await _asked(graph, settings, grant, now)]
    except SourceError as error:
        return [*checks, Check("Graph", "missing", str(error))]


async def _asked(graph: Graph, settings: Settings, grant: Grant, now: datetime) -> list[Check]:
    wanted = [RIGHTS[extra] for extra in settings.entra.also]
    others = [right for right in (*RIGHTS.values(), *LATER) if right not in wanted]
    reply, _ = await graph.ask(_probe(graph, READ_DEVICES), msgspec.json.decode)
    checks = [_clock(reply, now), await _devices(graph, reply)]
    checks += [await _right(graph, right, grant, needed=True) for right in wanted]
    checks += [await _right(graph, right, grant, needed=False) for right in others]
    return [*checks, await _threshold(graph, needed="sync-threshold" in settings.entra.also)]


def _token(grant: Grant, settings: Settings, now: datetime) -> Check:
    minutes = int((grant.expires_at - now).total_seconds() // 60)
    who = grant.person or grant.application or "somebody"
    return Check("token", "ok", f"by {settings.entra.credential}, for {who}, good for {minutes} minutes")


def _tenant(grant: Grant, settings: Settings) -> Check:
    if settings.tenant.id:
        return Check("tenant", "ok", f"{grant.tenant}, as settings say")
    if grant.tenant is None:
        return Check("tenant", "unknown", "the token does not say which; set [tenant] id", needed=False)
    return Check(
        "tenant",
        "unknown",
        f"the token says {grant.tenant}; set [tenant] id to it, so that no other is taken",
        needed=False,
    )


def _clock(reply: Reply, now: datetime) -> Check:
    try:
        skew = (now - parsedate_to_datetime(reply.headers.get("date", ""))).total_seconds()
    except (ValueError, TypeError):  # no date, or one without its zone
        return Check("clock", "unknown", "Graph does not tell the time", needed=False)
    told = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} Graph's"
    return (
        Check("clock", "ok", told)
        if abs(skew) <= SKEW
        else Check("clock", "missing", f"{told}: set this machine's clock")
    )


async def _devices(graph: Graph, reply: Reply) -> Check:
    if not reply.ok:
        return _refused(READ_DEVICES, reply, needed=True)
    return Check(READ_DEVICES.does, "ok", f"{await device_count(graph):,} devices are counted")


async def _right(graph: Graph, right: Right, grant: Grant, *, needed: bool) -> Check:
    if right not in _PROBES and right is not READ_DELETED:
        return _by_token(right, grant, needed=needed)
    question = await deleted_listing(graph, ["id"]) if right is READ_DELETED else _probe(graph, right)
    reply, _ = await graph.ask(question, msgspec.json.decode)
    if not reply.ok:
        return _refused(right, reply, needed=needed)
    return (
        _by_token(right, grant, needed=needed)
        if right in _ONLY_BASIC
        else Check(right.does, "ok", f"tried, {right.application}", needed)
    )


def _by_token(right: Right, grant: Grant, *, needed: bool) -> Check:
    if grant.person:
        return Check(right.does, "unknown", f"not tried; it takes {right}", needed=False)
    if right.granted(grant.permissions):
        return Check(right.does, "ok", f"by the token, which lists {right.application}", needed)
    return Check(right.does, "missing", f"the token does not list {right.application}", needed)


def _refused(right: Right, reply: Reply, *, needed: bool) -> Check:
    return Check(right.does, "missing", f"{reply.refusal}{needing(reply.status, right)}", needed)


async def _threshold(graph: Graph, *, needed: bool) -> Check:
    what = "threshold of the sync"
    try:
        threshold = await sync_deletion_threshold(graph)
    except SourceError as error:
        return Check(what, "unknown", str(error), needed)
    told = (
        f"{threshold:,} deletions in one cycle stop the sync"
        if threshold
        else "none: nothing stops a sync that deletes much"
    )
    return Check(what, "ok", told, needed)


def _probe(graph: Graph, right: Right) -> RequestInformation:
    """The smallest question that this right answers."""
    return _PROBES[right](graph.build)


_PROBES: dict[Right, Callable[[Any], RequestInformation]] = {
    READ_DEVICES: lambda build: get(build.devices, select=["id"], top=1),
    READ_INTUNE: lambda build: get(build.device_management.managed_devices, select=["id"], top=1),
    READ_AUTOPILOT: lambda build: get(build.device_management.windows_autopilot_device_identities, top=1),
    READ_SYNC: lambda build: get(build.directory.on_premises_synchronization),
    READ_ORGANIZATION: lambda build: get(build.organization, select=["id"]),
    READ_KEYS: lambda build: get(
        build.information_protection.bitlocker.recovery_keys, filter=f"deviceId eq '{NOBODY}'"
    ),
    READ_PASSWORDS: lambda build: get(build.directory.device_local_credentials, select=["id"], top=1),
}
_ONLY_BASIC: Sequence[Right] = (READ_KEYS, READ_PASSWORDS)
"""Whose probe needs less than the right itself: a secret is not read in order to try."""
