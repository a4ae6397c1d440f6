"""Pulls from the lab, one after the other, as the commands make them: each builds on the last one that was published."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from reconcile.client.graph.credential import Tokens
from reconcile.client.graph.retry import Patience
from reconcile.client.graph.session import Graph
from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.application import application
from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.tenant import Row, Tenant
from reconcile.lab.graph.wire import Exchange, Logged
from reconcile.lab.serve import serving
from reconcile.settings import Entra, Extra
from reconcile.source.entra import read_entra
from reconcile.source.live.entra.earlier import Base
from reconcile.source.live.entra.parts import OF_DEVICES
from reconcile.source.live.entra.pull import Ask, pull_entra
from reconcile.source.manifest import load, read_manifest, read_rejected, write_manifest, write_rejected
from reconcile.source.snapshot import Entry, Live, Manifest, Rejected
from reconcile.workspace import Run, Workspace
from tests.client.graph.session import SCOPE, Bearer, opened
from tests.graph_lab import graph_lab

QUICK = Patience(total=2, first=0.002, longest=0.05)
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)

Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Pulled:
    run: Run
    entry: Entry
    rejected: list[Rejected]

    @property
    def live(self) -> Live:
        assert self.entry.live is not None
        return self.entry.live

    @property
    def table(self) -> pa.Table:
        table = load("entra", self.run, read_manifest(self.run))
        assert table is not None
        return table

    @property
    def rows(self) -> Rows:
        """By object id, without where each stood."""
        return rows_of(self.table)

    @property
    def notes(self) -> str:
        return "; ".join(self.entry.notes)

    @property
    def removed(self) -> dict[str, str]:
        """Graph's reason by object id."""
        changes = pq.read_table(self.run.part("changes")).to_pylist()
        return {row["id"]: row["removed"] for row in changes if row["removed"]}

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.run.folder.iterdir()}


@dataclass
class Puller:
    graph: Graph
    runner: asyncio.Runner
    workspace: Workspace
    tenant: str | None = None
    settings: Entra = field(default_factory=Entra)

    @property
    def last(self) -> Base | None:
        run = self.workspace.latest()
        entry = read_manifest(run).sources["entra"] if run else None
        if run is None or entry is None or entry.live is None:
            return None
        return Base(run, entry, entry.live, read_rejected(run, "entra"))

    def pull(self) -> Pulled:
        pulled = self._pull(self.last)
        self.workspace.publish(pulled.run)
        return pulled

    def afresh(self) -> Pulled:
        """Everything, whatever was pulled before; not published."""
        return self._pull(None)

    def _pull(self, base: Base | None) -> Pulled:
        run = self.workspace.new_run(NOW)
        ask = Ask(self.graph, self.settings, self.tenant, run)
        entry, rejected = self.runner.run(pull_entra(ask, base, NOW))
        write_rejected(run, rejected)
        write_manifest(run, Manifest(run=run.name, taken_at=NOW, sources={"entra": entry}))
        return Pulled(run, entry, rejected)

    @property
    def left_behind(self) -> set[str]:
        """The files of the newest run."""
        newest = max(path for path in self.workspace.reports.iterdir() if path.is_dir() and not path.is_symlink())
        return {path.name for path in newest.iterdir()}


@dataclass
class Fleet(Puller):
    """With the lab that is pulled from."""

    lab: Lab = field(kw_only=True)
    url: str = field(kw_only=True)

    @property
    def ids(self) -> list[str]:
        return list(self.lab.tenant.devices)

    def soft(self, number: int = 0) -> str:
        """The id of a device that goes to the deleted items."""
        return [key for key, row in self.lab.tenant.devices.items() if row["trustType"] == "AzureAd"][number]

    def hard(self, number: int = 0) -> str:
        return [key for key, row in self.lab.tenant.devices.items() if row["trustType"] == "ServerAd"][number]

    def add(self, number: int, **members: Any) -> str:
        row = device(number, **members)
        self.lab.tenant.add(row)
        return str(row["id"])

    def fault(self, kind: Any, path: str = "/devices", **rest: Any) -> None:
        self.lab.faults.add(Fault(kind=kind, path=path, **rest))

    def when(self, path: str, then: Callable[[], object], number: int = 1) -> None:
        """Once, as soon as so many requests for the path have been answered."""
        seen = []

        def observe(exchange: Exchange) -> None:
            if exchange.path == path:
                seen.append(exchange)
                if len(seen) == number:
                    then()

        self.lab.observers.append(observe)

    def asked(self, path: str) -> list[Logged]:
        return [line for line in self.lab.log if line.path == path]

    def export(self, root: Path) -> pa.Table:
        """The same listing, saved to a file page by page and read as an export."""
        link: str | None = f"{self.url}/v1.0/devices?$top=999&$select={','.join(OF_DEVICES)}"
        pages = []
        while link:
            page = httpx.get(link, headers=self.lab.tokens.bearer()).json()
            pages.append(page)
            link = page.get("@odata.nextLink")
        file = root / "export.json"
        file.write_bytes(msgspec.json.encode(pages))
        return read_entra([file], root, assume_complete=True).table


@contextmanager
def fleet(
    root: Path,
    tenant: Tenant | int = 60,
    *,
    also: tuple[Extra, ...] = (),
    roles: tuple[str, ...] = (),
    checked: bool = True,
) -> Iterator[Fleet]:
    """Of a tenant, or of an invented company with so many devices; unchecked where the lab is to serve what Graph never would."""
    given = estate(tenant, NOW) if isinstance(tenant, int) else tenant
    with (
        (graph_lab if checked else unchecked)(given) as (lab, url),
        opened(url, Tokens(lambda: Bearer(lab, roles), SCOPE)) as one,
    ):
        yield Fleet(
            *one, Workspace(root / "inputs", root / "reports"), given.tenant_id, Entra(also=also), lab=lab, url=url
        )


@contextmanager
def unchecked(tenant: Tenant) -> Iterator[tuple[Lab, str]]:
    lab = Lab(tenant, lambda: datetime.now(UTC))
    with serving(application(lab)) as url:
        yield lab, url


def tenant_of(*rows: Row) -> Tenant:
    tenant = Tenant("c0ffee00-0000-4000-8000-000000000001", "Small", lambda: NOW)
    for row in rows:
        tenant.add(row)
    tenant.changes.clear()
    return tenant


def device(number: int, **members: Any) -> Row:
    """As Graph serves it, whole."""
    return {
        "id": f"aaaaaaaa-0000-4000-8000-{number:012x}",
        "deviceId": f"bbbbbbbb-0000-4000-8000-{number:012x}",
        "displayName": f"PC-{number}",
        "trustType": "AzureAd",
        "accountEnabled": True,
        "approximateLastSignInDateTime": "2026-11-20T08:00:00Z",
        "registrationDateTime": "2025-01-02T03:04:05Z",
        "createdDateTime": "2025-01-02T03:04:05Z",
        "deletedDateTime": None,
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.22631.4602",
        "onPremisesSyncEnabled": None,
        "onPremisesSecurityIdentifier": None,
        "isManaged": None,
        "isCompliant": None,
        "isManagementRestricted": None,
        "model": None,
        "manufacturer": None,
        "profileType": "RegisteredDevice",
        "physicalIds": [],
        "alternativeSecurityIds": [{"type": 2, "identityProvider": None, "key": "WAA1ADAAOQA6AA=="}],
        **members,
    }


def rows_of(table: pa.Table) -> Rows:
    rows = [{name: value for name, value in row.items() if name not in {"file", "row"}} for row in table.to_pylist()]
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found
