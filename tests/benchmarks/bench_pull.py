"""Pulling a fleet from Graph against bare httpx with msgspec and against the SDK's own models: one server, one run.

Ours leaves a checked snapshot on the disk, proven by the server's count; bare httpx leaves its rows in memory, or with `dropped`
nothing at all. The SDK's models get as many pages as finish. Afterwards one device in a hundred has changed, and is pulled.
Run from the root of the checkout: `python -m tests.benchmarks.bench_pull [devices …]`.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec

from reconcile.client.graph.connect import connect, sign_in
from reconcile.client.graph.listing import device_count
from reconcile.client.graph.session import Graph
from reconcile.settings import Azure, Entra, Settings
from reconcile.source.live.entra.earlier import Base as Earlier
from reconcile.source.live.entra.pull import Ask, pull_entra
from reconcile.source.manifest import read_manifest, read_rejected, write_manifest, write_rejected
from reconcile.source.snapshot import Entry, Manifest
from reconcile.workspace import Run
from tests.benchmarks.bench_read import PAGE
from tests.benchmarks.graph_pages import CHANGED, serving, write
from tests.benchmarks.measure import Cost, answer, cost_of, in_own_process, load, peak_mb, tell

COUNTS = (1_000_000,)
RUNS = 3
MODULE = "tests.benchmarks.bench_pull"
MODEL_PAGES = 3
NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Device(msgspec.Struct, gc=False):
    """What the server serves of a device."""

    id: str
    deviceId: str | None = None  # noqa: N815 - Graph's names
    displayName: str | None = None  # noqa: N815
    trustType: str | None = None  # noqa: N815
    accountEnabled: bool | None = None  # noqa: N815
    approximateLastSignInDateTime: str | None = None  # noqa: N815
    registrationDateTime: str | None = None  # noqa: N815
    createdDateTime: str | None = None  # noqa: N815
    operatingSystem: str | None = None  # noqa: N815
    operatingSystemVersion: str | None = None  # noqa: N815
    onPremisesSecurityIdentifier: str | None = None  # noqa: N815
    isManaged: bool | None = None  # noqa: N815
    isCompliant: bool | None = None  # noqa: N815
    model: str | None = None
    manufacturer: str | None = None
    physicalIds: list[str] = []  # noqa: N815 - msgspec copies it
    alternativeSecurityIds: list[dict[str, str | int]] = []  # noqa: N815


class Page(msgspec.Struct, gc=False):
    value: list[Device]
    next: str | None = msgspec.field(default=None, name="@odata.nextLink")


async def bare(url: str, *, keep: bool) -> list[Device]:
    decode, rows, link = msgspec.json.Decoder(Page).decode, list[Device](), f"{url}/v1.0/devices"
    async with httpx.AsyncClient(timeout=100) as client:
        while link:
            page = decode((await client.get(link)).content)
            rows += page.value if keep else ()
            link = page.next or ""
    return rows


async def models(url: str) -> int:
    """As the SDK is meant to be used, for the first pages."""
    rows = 0
    async with session(url) as graph:
        builder = graph.build.devices
        for _ in range(MODEL_PAGES):
            page = await builder.get()
            rows += len(page.value)
            builder = graph.build.devices.with_url(page.odata_next_link)
    return rows


def settings(url: str) -> Settings:
    return Settings(entra=Entra(live=True, endpoint=url, credential="managed-identity"))


def session(url: str) -> Graph:
    os.environ |= {"IDENTITY_ENDPOINT": f"{url}/msi/token", "IDENTITY_HEADER": "bench"}
    return connect(settings(url), Azure(), print)


async def pull(url: str, run: Run, earlier: Earlier | None) -> tuple[Cost, Entry]:
    """The cost once the session stands: signing in and loading the SDK is the same for every pull."""
    async with session(url) as graph:
        grant = await sign_in(graph, settings(url))
        await device_count(graph)
        run.folder.mkdir()
        wall, cpu = time.perf_counter(), time.process_time()
        entry, rejected = await pull_entra(Ask(graph, settings(url).entra, grant.tenant, run), earlier, NOW)
        cost = Cost(time.perf_counter() - wall, time.process_time() - cpu, peak_mb())
    write_rejected(run, rejected)
    write_manifest(run, Manifest(run=run.name, taken_at=NOW, sources={"entra": entry}))
    return cost, entry


def full(url: str, folder: Path) -> Cost:
    shutil.rmtree(folder / "full", ignore_errors=True)
    return asyncio.run(pull(url, Run(folder / "full"), None))[0]


def changes(url: str, folder: Path) -> Cost:
    shutil.rmtree(folder / "changes", ignore_errors=True)
    run = Run(folder / "full")
    entry, rejected = read_manifest(run).sources["entra"], read_rejected(run, "entra")
    assert entry.live is not None
    cost, changed = asyncio.run(pull(url, Run(folder / "changes"), Earlier(run, entry, entry.live, rejected)))
    assert changed.live is not None
    assert changed.live.parts["changes"].rows == -(-changed.live.count // CHANGED)
    return cost


def compare(devices: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_own_process(MODULE, "write", folder, devices)
        with serving(folder) as url:
            _compare(url, folder, devices)


def _compare(url: str, folder: Path, devices: int) -> None:
    ours = in_own_process(MODULE, "full", url, folder, runs=RUNS)
    _tell("reconcile", devices, ours, ours)
    for by in ("httpx-kept", "httpx-dropped"):
        _tell(by, devices, in_own_process(MODULE, by, url, folder, runs=RUNS), ours)
    slow = in_own_process(MODULE, "models", url, folder)
    rows = MODEL_PAGES * PAGE
    per_second = {
        "models_rows_per_s": round(rows / slow.wall_s),
        "times_models": round(devices / ours.wall_s / (rows / slow.wall_s)),
    }
    tell({"benchmark": "pull", "by": "sdk-models", "devices": rows, **asdict(slow), **per_second, "load": load()})
    changed = in_own_process(MODULE, "changes", url, folder, runs=RUNS)
    share = {"share_of_full": round(changed.wall_s / ours.wall_s, 3)}
    tell(
        {
            "benchmark": "pull.changes",
            "devices": devices,
            "changed": 1 / CHANGED,
            **asdict(changed),
            **share,
            "load": load(),
        }
    )


def _tell(by: str, devices: int, cost: Cost, ours: Cost) -> None:
    """`speed` is ours as a share of the other's, in devices a second."""
    speed = {} if cost is ours else {"speed": round(cost.wall_s / ours.wall_s, 2)}
    rate = {"devices_per_s": round(devices / cost.wall_s)}
    tell({"benchmark": "pull", "by": by, "devices": devices, **asdict(cost), **rate, **speed, "load": load()})


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", target, number]:
            answer(cost_of(lambda: write(Path(target), int(number))))
        case ["full", address, target]:
            answer(full(address, Path(target)))
        case ["changes", address, target]:
            answer(changes(address, Path(target)))
        case ["httpx-kept" | "httpx-dropped" as how, address, _]:
            answer(cost_of(lambda: asyncio.run(bare(address, keep=how == "httpx-kept"))))
        case ["models", address, _]:
            answer(cost_of(lambda: asyncio.run(models(address))))
        case numbers:
            for count in map(int, numbers or COUNTS):
                compare(count)
