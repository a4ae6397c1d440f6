"""A small estate in the rules' own terms: rows by keyword, everything else healthy or unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pandas as pd
import pyarrow as pa

from reconcile.finding.estate import Estate, State
from reconcile.finding.find import find
from reconcile.finding.view import View
from reconcile.frame import columns
from reconcile.settings import Policy
from reconcile.source.protected import Protected

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
TENANT = "c0ffee00-0000-4000-8000-000000000001"
OTHER_TENANT = "c0ffee00-0000-4000-8000-000000000002"
DOMAIN = "corp.example.test"
DOMAIN_SID = "S-1-5-21-1-2-3"


def guid(number: int) -> str:
    return str(UUID(int=0xABCDEF << 100 | number))


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def row(**values: Any) -> dict[str, Any]:
    """An Entra row: a Windows machine that was registered long ago and nobody has seen since an unknown time."""
    name = values.get("name", "pc-1")
    healthy = {
        "object_id": guid(9000 + values["number"]) if "number" in values else None,
        "device_id": guid(values["number"]) if "number" in values else None,
        "name": name,
        "host": name.casefold() if name else None,
        "join": "joined",
        "enabled": True,
        "pending": False,
        "registered_at": ago(400),
        "windows": True,
        "os": "Windows",
        "autopilot": "false",
        "managed_seen_at": None,
        "serial": None,
    }
    return {**healthy, **{key: value for key, value in values.items() if key != "number"}}


def computer(**values: Any) -> dict[str, Any]:
    """An AD computer: an enabled Windows workstation in sync scope, created long ago."""
    number, name = values.get("number", 1), values.get("name", "pc-1")
    healthy = {
        "object_guid": guid(number),
        "sid": f"{DOMAIN_SID}-{number}",
        "domain": DOMAIN,
        "name": name.upper(),
        "hosts": [name.casefold()],
        "dns_name": f"{name}.{DOMAIN}",
        "role": "workstation",
        "enabled": True,
        "in_sync_scope": True,
        "spns_served": True,
        "critical": False,
        "os": "Windows 11 Enterprise",
        "windows": True,
        "created_at": ago(400),
    }
    return {**healthy, **{key: value for key, value in values.items() if key != "number"}}


def report(**values: Any) -> dict[str, Any]:
    """A device report: whole, from yesterday, in the user's session, of a machine that is joined to nothing."""
    name = values.get("name", "pc-1")
    healthy = {
        "host": name.casefold(),
        "name": name,
        "captured_at": ago(1),
        "captured_by": "record",
        "context": "user",
        "entra_joined": "NO",
        "domain_joined": "NO",
        "workplace_joined": "NO",
        "prt": "NO",
        "layout": "modern",
        "confidence": "high",
        "capture": "collected.jsonl:1",
        "work_accounts": [],
    }
    return {**healthy, **values}


def joined_report(number: int, **values: Any) -> dict[str, Any]:
    """A report that claims the device slot in our tenant."""
    return report(**{"entra_joined": "YES", "device_id": guid(number), "tenant_id": TENANT, **values})


def account(number: int | None, tenant: str | None = TENANT) -> dict[str, Any]:
    return {"device_id": None if number is None else guid(number), "tenant_id": tenant, "thumbprint": None}


def frame(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pd.DataFrame:
    return columns.to_frame(pa.Table.from_pylist([dict(item) for item in rows], schema=schema), schema)


@dataclass
class Fleet:
    entra: list[dict[str, Any]] = field(default_factory=list)
    directory: list[dict[str, Any]] = field(default_factory=list)
    agents: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[dict[str, Any]] = field(default_factory=list)
    retired: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    entra_state: State = "complete"
    directory_state: State = "complete"
    domains: tuple[str, ...] = ()
    tenant: str | None = TENANT
    policy: Policy = field(default_factory=Policy)
    protected: tuple[Protected, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def estate(self) -> Estate:
        return Estate(
            entra=frame(self.entra, columns.ENTRA),
            deleted=frame(self.deleted, columns.ENTRA),
            directory=frame(self.directory, columns.DIRECTORY),
            agents=frame(self.agents, columns.AGENTS),
            retired=frame(self.retired, columns.RETIRED),
            entra_state=self.entra_state,
            directory_state=self.directory_state,
            domains=self.domains,
            tenant=self.tenant,
            policy=self.policy,
            protected=self.protected,
            now=NOW,
            excluded=self.excluded,
        )

    def findings(self) -> list[dict[str, Any]]:
        found = find(View(self.estate), frame(self.seen, columns.SEEN))
        rows: list[dict[str, Any]] = columns.to_table(found, columns.FINDINGS).to_pylist()
        return rows

    def kinds(self) -> list[str]:
        return [finding["kind"] for finding in self.findings()]

    def only(self, kind: str) -> dict[str, Any]:
        """The one finding of this kind; fails where there is none or several."""
        found = [finding for finding in self.findings() if finding["kind"] == kind]
        assert len(found) == 1, f"{len(found)} findings of {kind}: {self.kinds()}"
        return found[0]
