"""A domain, a tenant and the sync engine between them, for the tests of all rooms."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from reconcile.client.sync.engine import Engine
from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Entry, values
from reconcile.lab.directory.forest import forest
from reconcile.lab.directory.schema import ATTRIBUTES
from reconcile.lab.directory.values import Change
from reconcile.lab.graph.tenant import Row, Tenant
from reconcile.lab.sync.engine import SyncEngine
from reconcile.lab.sync.server import SyncServer
from tests.winrm_lab import ADMIN, Hosts, winrm_hosts

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
TENANT = "c0ffee00-0000-4000-8000-00000000cafe"
SID = "S-1-5-21-1850421077-2711046213-3312908754"


@dataclass
class Premises:
    """`now` is that of the domain and of the tenant."""

    now: datetime
    directory: Directory
    tenant: Tenant
    engine: SyncEngine

    def join(self, name: str, *, certificate: bool = True, enabled: bool = True) -> str:
        """A computer of AD; its device id."""
        plain = {
            "sAMAccountName": f"{name}$",
            "operatingSystem": "Windows 11 Enterprise",
            "operatingSystemVersion": "10.0 (22631)",
            "userAccountControl": 0x1000 if enabled else 0x1002,
            "userCertificate": [b"a certificate"] if certificate else [],
        }
        return str(self.directory.add(f"CN={name},OU=Fleet,{self.directory.base}", "computer", values(plain)))

    def entry(self, device_id: str) -> Entry:
        return self.directory.entries[UUID(device_id)]

    def change(self, device_id: str, name: str, *new: bytes) -> None:
        self.directory.modify(self.entry(device_id).dn, [Change("replace", ATTRIBUTES[name.lower()], list(new))])

    def delete(self, device_id: str) -> None:
        self.directory.delete(self.entry(device_id).dn)

    def row(self, device_id: str) -> Row | None:
        return self.tenant.by_device_id(device_id)


def premises() -> Premises:
    """Empty, but for an OU."""
    made: list[Premises] = []

    def now() -> datetime:
        return made[0].now if made else NOW

    directory = forest("aldermoor.example", SID, now)
    directory.add(f"OU=Fleet,{directory.base}", "organizationalUnit")
    tenant = Tenant(TENANT, "aldermoor.example", now)
    made.append(Premises(NOW, directory, tenant, SyncEngine(tenant, directory)))
    return made[0]


@dataclass
class Serving:
    """The engine's server, and who may ask it."""

    hosts: Hosts
    server: SyncServer
    premises: Premises
    engine: Engine


@contextmanager
def sync_server(folder: Path) -> Iterator[Serving]:
    here = premises()
    server = SyncServer(here.engine)
    with winrm_hosts(folder, server.answer) as hosts:
        yield Serving(hosts, server, here, Engine(hosts.host, ADMIN))
