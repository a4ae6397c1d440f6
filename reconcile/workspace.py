"""Where everything of one reconciliation lies on disk; the names sort in the order of the flow."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from reconcile.errors import InputError

System = Literal["entra", "directory", "agents"]
SYSTEMS: tuple[System, ...] = get_args(System)
Part = Literal["changes", "deleted", "intune", "autopilot"]
"""What a live pull of Entra leaves beside its devices: what changed since they were read, and what settings ask for."""


@dataclass(frozen=True)
class Run:
    """One sweep's folder: `reports/<UTC time>/`."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    def snapshot(self, system: System) -> Path:
        return self.folder / f"1-{system}.parquet"

    def part(self, part: Part) -> Path:
        return self.folder / f"1-entra-{part}.parquet"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    @property
    def rejected(self) -> Path:
        return self.folder / "1-rejected.csv"

    def differences(self, system: System) -> Path:
        """What a full pull found that the changes since the last one had not told."""
        return self.folder / f"1-{system}-differences.csv"

    @property
    def findings_csv(self) -> Path:
        return self.folder / "2-findings.csv"

    @property
    def findings(self) -> Path:
        return self.folder / "2-findings.parquet"

    @property
    def workbook(self) -> Path:
        return self.folder / "6-report.xlsx"

    @property
    def page(self) -> Path:
        return self.folder / "6-report.html"


@dataclass(frozen=True)
class Collection:
    """What devices were asked at one time: what they said, which every sweep reads, and what became of each."""

    captures: Path
    asked: Path


@dataclass(frozen=True)
class Workspace:
    """The two roots: `inputs/`, which the operator fills, and `reports/`, which the tool fills."""

    inputs: Path
    reports: Path

    @property
    def settings(self) -> Path:
        return self.inputs / "settings.toml"

    @property
    def protected(self) -> Path:
        return self.inputs / "protected.csv"

    @property
    def retired(self) -> Path:
        return self.inputs / "retired.csv"

    @property
    def ledger(self) -> Path:
        return self.reports / "ledger.db"

    def exports(self, system: System) -> list[Path]:
        """Every file of the system's folder, subfolders too, in the order a person would count them. Raises InputError."""
        folder = self.inputs / system
        if not folder.exists():
            return []
        files = (path.relative_to(folder) for path in _files(folder))
        return [
            folder / path for path in sorted(files, key=lambda path: natural_key(str(path))) if not _is_hidden(path)
        ]

    def new_run(self, now: datetime) -> Run:
        """A fresh folder named for the time; a second run in the same second gets a number."""
        stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        for number in range(1, 1000):
            folder = self.reports / (stamp if number == 1 else f"{stamp}-{number}")
            with contextlib.suppress(FileExistsError):
                folder.mkdir(parents=True)
                return Run(folder)
        msg = f"{self.reports} holds a thousand runs of {stamp}"
        raise FileExistsError(msg)

    def collection(self, now: datetime) -> Collection:
        return self._collection(f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")

    def last_collection(self) -> Collection | None:
        """None where there was none."""
        names = sorted(path.stem for path in (self.reports / "collected").glob("*.csv"))
        return self._collection(names[-1]) if names else None

    def _collection(self, name: str) -> Collection:
        captures = self.inputs / "agents" / "collected" / f"{name}.jsonl"
        return Collection(captures, self.reports / "collected" / f"{name}.csv")

    def publish(self, run: Run) -> None:
        """Let `reports/latest` point to the run; a file with its name where links are not allowed."""
        fresh = self.reports / ".latest"
        fresh.unlink(missing_ok=True)
        try:
            fresh.symlink_to(run.name, target_is_directory=True)
        except OSError:  # Windows without developer mode
            fresh.write_text(run.name, encoding="utf-8")
        fresh.replace(self.reports / "latest")

    def latest(self) -> Run | None:
        """The last published run, or None where there was none."""
        pointer = self.reports / "latest"
        if pointer.is_symlink() or pointer.is_dir():
            return Run(pointer.resolve()) if pointer.is_dir() else None
        if pointer.is_file():
            name = pointer.read_text(encoding="utf-8").strip()
            return Run(self.reports / name) if name and (self.reports / name).is_dir() else None
        return None


def natural_key(text: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key under which page2 stands before page10."""
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def _files(folder: Path) -> Iterator[Path]:
    """A subfolder that cannot be read is an error: without it an export would look whole and be a part."""

    def refuse(error: OSError) -> None:
        raise InputError(error.filename, f"cannot be listed: {error.strerror}") from error

    for parent, _, names in os.walk(folder, onerror=refuse, followlinks=True):
        yield from (Path(parent, name) for name in names)


def _is_hidden(path: Path) -> bool:
    """Excel puts a ~$ file beside what it has open."""
    return any(part.startswith((".", "~$")) for part in path.parts) or path.name.casefold() in {
        "thumbs.db",
        "desktop.ini",
    }
