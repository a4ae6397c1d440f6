"""Pulls from a domain, one after the other, as the commands make them: each builds on the last one that was published."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from reconcile.client.ldap.bind import Accounts
from reconcile.lab.directory.entry import values
from reconcile.settings import Directory
from reconcile.source.live.directory.earlier import Base
from reconcile.source.live.directory.pull import Ask, pull_directory
from reconcile.source.manifest import load, read_manifest, read_rejected, write_manifest, write_rejected
from reconcile.source.snapshot import Entry, Manifest, Rejected
from reconcile.workspace import Run, Workspace
from tests.client.ldap.domain import Domain, lab_domain

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Pulled:
    run: Run
    entry: Entry
    rejected: list[Rejected]

    @property
    def table(self) -> pa.Table:
        table = load("directory", self.run, read_manifest(self.run))
        assert table is not None
        return table

    @property
    def rows(self) -> Rows:
        """By objectGUID, without where each stood."""
        return {row.pop("objectGUID"): row for row in self.table.drop_columns(["file", "row"]).to_pylist()}

    @property
    def notes(self) -> str:
        return "; ".join(self.entry.notes)

    @property
    def sweeps(self) -> list[int]:
        return [domain.sweeps for domain in self.entry.read]


@dataclass
class Puller:
    domain: Domain
    workspace: Workspace
    settings: Directory = field(default_factory=Directory)
    accounts: Accounts | None = None

    def __post_init__(self) -> None:
        self.settings = replace(
            self.settings, servers=self.settings.servers or (self.domain.url,), ca_file=str(self.domain.ca_file)
        )

    def pull(self) -> Pulled:
        pulled = self._pull(self.last)
        self.workspace.publish(pulled.run)
        return pulled

    def afresh(self) -> Pulled:
        """Everything, whatever was pulled before; not published."""
        return self._pull(None)

    @property
    def last(self) -> Base | None:
        run = self.workspace.latest()
        return Base(run, read_manifest(run).sources["directory"], read_rejected(run, "directory")) if run else None

    def _pull(self, base: Base | None) -> Pulled:
        run = self.workspace.new_run(NOW)
        entry, rejected = pull_directory(Ask(self.settings, self.accounts or self.domain.admin, run), base, NOW)
        write_rejected(run, rejected)
        write_manifest(run, Manifest(run=run.name, taken_at=NOW, sources={"directory": entry}))
        return Pulled(run, entry, rejected)


def puller(domain: Domain, root: Path, **settings: Any) -> Puller:
    return Puller(domain, Workspace(root / "inputs", root / "reports"), Directory(**settings))


@contextmanager
def lab_puller(root: Path, computers: int = 3, **settings: Any) -> Iterator[Puller]:
    """Of the lab's domain, with so many computers named PC-0 and on."""
    with lab_domain(root / "tls") as domain:
        for number in range(computers):
            add(domain, f"PC-{number}")
        yield puller(domain, root, **settings)


def add(domain: Domain, name: str, **attributes: Any) -> str:
    """The objectGUID of a new computer in the lab."""
    assert domain.lab is not None
    directory = domain.lab.directory
    facts = {"sAMAccountName": f"{name}$", "userAccountControl": "4096", "operatingSystem": "Windows 11 Pro"}
    return str(directory.add(f"CN={name},CN=Computers,{directory.base}", "computer", values(facts | attributes)))
