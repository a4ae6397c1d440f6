"""A tiny estate as files, and the command line run on it."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from reconcile.cli import main

NOW = "2026-11-23T06:00:00Z"
TENANT = "c0ffee00-0000-4000-8000-000000000001"


def device(number: int, **values: Any) -> dict[str, Any]:
    """A row as Graph serves it: a joined Windows machine, seen lately."""
    return {
        "id": f"aaaaaaaa-0000-4000-8000-{number:012x}",
        "deviceId": f"bbbbbbbb-0000-4000-8000-{number:012x}",
        "displayName": f"PC-{number}",
        "trustType": "AzureAd",
        "accountEnabled": True,
        "approximateLastSignInDateTime": "2026-11-20T08:00:00Z",
        "registrationDateTime": "2025-01-02T03:04:05Z",
        "operatingSystem": "Windows",
        "physicalIds": [],
        "alternativeSecurityIds": [{"type": 2, "key": "WAA1ADAAOQA6AA=="}],
        **values,
    }


@dataclass(frozen=True)
class Small:
    root: Path

    @property
    def inputs(self) -> Path:
        return self.root / "inputs"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def latest(self) -> Path:
        return self.reports / "latest"

    def settings(self, text: str) -> None:
        self.inputs.mkdir(parents=True, exist_ok=True)
        (self.inputs / "settings.toml").write_text(text, encoding="utf-8")

    def entra(self, devices: Iterable[dict[str, Any]], **page: Any) -> None:
        """One page; `count` and `nextLink` are what Graph would say beside it."""
        folder = self.inputs / "entra"
        folder.mkdir(parents=True, exist_ok=True)
        annotations = {f"@odata.{name}": value for name, value in page.items()}
        (folder / "devices.json").write_text(json.dumps({**annotations, "value": list(devices)}), encoding="utf-8")

    def agents(self, *records: dict[str, Any]) -> None:
        folder = self.inputs / "agents"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "collected.jsonl").write_text(
            "".join(json.dumps(record) + "\n" for record in records), encoding="utf-8"
        )

    def run(self, command: str, *options: str, now: str | None = NOW) -> Result:
        clock = ("--now", now) if now and command in {"sweep", "pull", "find"} else ()
        inputs = () if command == "ledger import" else ("--inputs", str(self.inputs))
        words = (*command.split(), *options, *inputs, "--reports", str(self.reports), *clock)
        return CliRunner().invoke(main, words)

    def findings(self) -> list[dict[str, str]]:
        """The latest run's CSV."""
        with (self.latest / "2-findings.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def rejected(self) -> str:
        runs = sorted(path for path in self.reports.iterdir() if path.is_dir() and not path.is_symlink())
        return (runs[-1] / "1-rejected.csv").read_text(encoding="utf-8-sig")
