"""/devices/delta: all there is, then what has changed since."""

import base64
import binascii
from collections.abc import Callable

import msgspec

from reconcile.lab.graph.call import ON_SELECT, Call, chosen
from reconcile.lab.graph.listing import Listing
from reconcile.lab.graph.paging import first_page, next_page
from reconcile.lab.graph.refusal import Refusal, unsupported
from reconcile.lab.graph.tenant import Change, Row
from reconcile.lab.graph.wire import Answer

KNOWN = {"$select", "$deltatoken", "$skiptoken"}


Fetch = Callable[[str], Row | None]


class Since(msgspec.Struct, frozen=True, array_like=True):
    """A delta token: what it leads on from, and what was selected when the round began."""

    generation: int
    sequence: int
    select: tuple[str, ...]


def delta(call: Call) -> Answer:
    for name in call.ask.query:
        if name not in KNOWN:
            raise unsupported(f"The query option {name} is not supported for delta queries of devices here.")
    if "$skiptoken" in call.ask.query:
        return _next(call)
    token = call.ask.query.get("$deltatoken")
    if token is None or token == "latest":  # noqa: S105 - a word of the protocol
        return _from_now(call, whole=token is None)
    since = _since(call, token)
    return _round(call, _changes(call, since), lambda key: _changed(call, int(key), since.select), since.select)


def _next(call: Call) -> Answer:
    try:
        return next_page(call)
    except Refusal as error:
        raise _expired(call) from error


def _from_now(call: Call, *, whole: bool) -> Answer:
    devices, select = call.lab.tenant.devices, call.selected()
    return _round(call, list(devices) if whole else [], lambda key: _whole(devices.get(key), select), select)


def _round(call: Call, keys: list[str], fetch: Fetch, select: tuple[str, ...]) -> Answer:
    """What changes while it is paged comes in the next round."""
    lab = call.lab
    listing = Listing(
        path=call.ask.path,
        keys=keys,
        fetch=fetch,
        size=lab.page_size,
        context=call.context("devices"),
        delta=_token(Since(lab.delta_generation, lab.tenant.sequence, select)),
    )
    return first_page(call, listing)


def _changes(call: Call, since: Since) -> list[str]:
    """Each change by its place in the log: an object that changed twice comes twice."""
    changes = call.lab.tenant.since(since.sequence)
    selected = frozenset(since.select)
    told = (one for one in changes if not (one.kind == "changed" and selected and selected.isdisjoint(one.names)))
    return [str(one.sequence - 1) for one in told]


def _changed(call: Call, place: int, select: tuple[str, ...]) -> Row:
    """The object as it is now, whatever it was at the time of the change."""
    lab = call.lab
    change: Change = lab.tenant.changes[place]
    row = lab.tenant.devices.get(change.object_id)
    if row is None:
        reason = "changed" if change.object_id in lab.tenant.deleted else "deleted"
        return {"id": change.object_id, "@removed": {"reason": reason}}
    if change.kind != "changed" or lab.delta_whole:
        return _whole(row, select) or {}
    names = change.names & frozenset(select) if select else change.names - ON_SELECT
    return {"id": change.object_id} | {name: row[name] for name in sorted(names)}


def _whole(row: Row | None, select: tuple[str, ...]) -> Row | None:
    return None if row is None else {"id": row["id"]} | chosen(row, select)


def _token(since: Since) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(since)).rstrip(b"=").decode()


def _since(call: Call, token: str) -> Since:
    try:
        since = msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=Since)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise Refusal(400, "BadRequest", "The delta token is not valid.") from error
    if since.generation != call.lab.delta_generation:
        raise _expired(call)
    return since


def _expired(call: Call) -> Refusal:
    again = {"Location": f"{call.base}{call.ask.path}"}
    message = "Sync state generation was not found; a full synchronization is required."
    return Refusal(call.lab.expired_delta_status, "syncStateNotFound", message, again)
