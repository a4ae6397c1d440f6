"""`inputs/entra/`: Graph's pages, the deleted items, and JSON lines of a script that asks for less."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from tests.estate.invention import dice, guid, thumbprint
from tests.estate.rows import Cloud

PAGE = 100
METADATA = "https://graph.microsoft.com/v1.0/$metadata#devices"
KIOSK_FIELDS = (
    "id",
    "deviceId",
    "displayName",
    "trustType",
    "accountEnabled",
    "operatingSystem",
    "operatingSystemVersion",
    "approximateLastSignInDateTime",
    "registrationDateTime",
    "isManaged",
    "isCompliant",
)


def files(rows: Iterable[Cloud]) -> Iterator[tuple[str, bytes]]:
    ordered = sorted(rows, key=lambda row: row.object_id)
    yield from _pages([row for row in ordered if row.file == "pages"])
    deleted = [record(row) for row in ordered if row.file == "deleted"]
    yield "deleted-items-page1.json", _page({"@odata.context": METADATA}, deleted)
    kiosks = (record(row) for row in ordered if row.file == "kiosks")
    lines = [json.dumps({name: kiosk[name] for name in KIOSK_FIELDS}, ensure_ascii=False) for kiosk in kiosks]
    yield "kiosks.jsonl", ("\n".join(lines) + "\n").encode()


def _pages(rows: list[Cloud]) -> Iterator[tuple[str, bytes]]:
    """As Graph pages: the count on the first one only, a link to the next on all but the last."""
    records = _as_served(rows)
    pages = [records[start : start + PAGE] for start in range(0, len(records), PAGE)]
    for number, page in enumerate(pages, start=1):
        head: dict[str, object] = {"@odata.context": METADATA}
        if number == 1:
            head["@odata.count"] = len(rows)
        if number < len(pages):
            head["@odata.nextLink"] = (
                f"https://graph.microsoft.com/v1.0/devices?$top={PAGE}&$skiptoken={guid('skip', str(number))}"
            )
        yield f"devices-page{number}.json", _page(head, page)


def _as_served(rows: list[Cloud]) -> list[dict[str, object]]:
    """A row that is served twice ends the first page and begins the second."""
    once = [record(row) for row in rows if not row.repeated]
    twice = [record(row) for row in rows if row.repeated]
    return [*once[: PAGE - len(twice)], *twice, *twice, *once[PAGE - len(twice) :]]


def _page(head: dict[str, object], records: list[dict[str, object]]) -> bytes:
    """One device a line, so that a person can find one."""
    start = "".join(f" {json.dumps(key)}: {json.dumps(value)},\n" for key, value in head.items())
    devices = ",\n".join("  " + json.dumps(record, ensure_ascii=False) for record in records)
    return f'{{\n{start} "value": [\n{devices}\n ]\n}}\n'.encode()


def record(row: Cloud) -> dict[str, object]:
    """The row as Graph serves it for the $select of export-entra.ps1."""
    return {
        "id": row.object_id,
        "deviceId": row.device_id,
        "displayName": row.name,
        "accountEnabled": row.enabled,
        "trustType": row.trust,
        "operatingSystem": row.os,
        "operatingSystemVersion": row.version,
        "approximateLastSignInDateTime": _time(row.seen),
        "registrationDateTime": _time(row.registered),
        "createdDateTime": _time(row.created),
        "deletedDateTime": _time(row.deleted),
        "onPremisesSyncEnabled": row.synced,
        "onPremisesSecurityIdentifier": row.sid,
        "isManaged": row.managed,
        "isCompliant": row.compliant,
        "isManagementRestricted": row.restricted,
        "manufacturer": row.manufacturer,
        "model": row.model,
        "profileType": "RegisteredDevice",
        "physicalIds": _physical_ids(row),
        "alternativeSecurityIds": [_key(row)] if row.keyed else [],
        "registeredOwners": [] if row.owner is None else [_owner(row.owner)],
    }


def _time(moment: datetime | str | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if isinstance(moment, datetime) else moment


def _physical_ids(row: Cloud) -> list[str]:
    if row.hardware is None:
        return list(row.tags)
    user, number = (
        guid("user", row.owner or row.name),
        dice("gid", row.object_id).randrange(6_755_000_000_000_000, 6_985_000_000_000_000),
    )
    made = [
        f"[USER-GID]:{user}:{number}",
        f"[GID]:g:{number}",
        f"[USER-HWID]:{user}:{row.hardware}",
        f"[HWID]:h:{row.hardware}",
    ]
    return [*made, *row.tags]


def _key(row: Cloud) -> dict[str, object]:
    """The device certificate: its thumbprint and the hash of its public key, as UTF-16 text in base64."""
    hashed = base64.b64encode(dice("public key", row.object_id).randbytes(32)).decode()
    text = f"X509:<SHA1-TP-PUBKEY>{thumbprint(row.device_id or row.object_id)}{hashed}"
    return {"type": 2, "identityProvider": None, "key": base64.b64encode(text.encode("utf-16-le")).decode()}


def _owner(name: str) -> dict[str, object]:
    return {"@odata.type": "#microsoft.graph.user", "id": guid("user", name), "userPrincipalName": name}
