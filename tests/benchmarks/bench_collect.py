"""Collecting from 2,000 devices, by SSH and by WinRM, against a bare loop of the same library with as many at once: one server, one run.

Ours has every tenth device dead besides: it takes no connection, and says nothing. The bare loop is spared those, verifies
no answer and keeps nothing; ours checks each device's identity, reads its answer and writes it down.
Run from the root of the checkout: `python -m tests.benchmarks.bench_collect [devices …]`.
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import asyncssh
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from reconcile.client.device.connect import channel
from reconcile.client.device.script import script
from reconcile.client.ssh.envelope import command_line, envelope
from reconcile.lab.device.devices import devices_of
from reconcile.lab.estate.directory import directory_of
from reconcile.lab.estate.estate import estate
from reconcile.lab.serve import serving
from reconcile.lab.ssh.lab import SSH
from reconcile.lab.ssh.server import serving_ssh
from reconcile.lab.winrm.endpoint import winrm_application
from reconcile.lab.winrm.lab import Invocation, Said, WinRM
from reconcile.settings import Agents
from reconcile.source.live.agents.collecting import Collector, ask
from reconcile.source.live.agents.kept import Kept
from reconcile.source.live.agents.reaching import Reach, Target
from tests.benchmarks.measure import Cost, answer, cost_of, in_own_process, load, tell
from tests.certificates import Authority

COUNTS = (2_000,)
RUNS = 3
AT_ONCE = 50
DEAD = 10
"""One in so many, in ours."""
SECONDS = 5
MODULE = "tests.benchmarks.bench_collect"
USER, PASSWORD = "svc", "correct horse"


def said() -> Said:
    """What one of the lab's devices answers to the script."""
    now = datetime.now(UTC)
    tenant = estate(40, now)
    devices = devices_of(tenant, directory_of(tenant, now), lambda: now)
    host = next(host for host in devices.hosts if devices.plan(host).kind == "hybrid")
    found = devices.answer(Invocation(host, script("collect")))
    assert isinstance(found, Said)
    return found


def serve(transport: str, folder: Path, devices: int) -> None:
    """Until standard input ends; tells the place of each device."""
    whole = said()
    names = [f"pc-{number}" for number in range(devices)]
    with ExitStack() as stack:
        if transport == "ssh":
            listening = stack.enter_context(serving_ssh(SSH(lambda _: whole, {USER: PASSWORD}), names))
            (folder / "known_hosts").write_text(listening.known_hosts, encoding="utf-8")
            places = {name: f"127.0.0.1:{port}" for name, port in listening.ports.items()}
        else:
            context = Authority().issue("localhost").context(folder)
            application = winrm_application(WinRM(lambda _: whole, {USER: PASSWORD}))
            url = stack.enter_context(serving(application, tls=context))
            places = {name: f"{url.removeprefix('https://')}/wsman/{name}" for name in names}
        (folder / "places.json").write_text(json.dumps(places), encoding="utf-8")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


@contextmanager
def served(transport: str, folder: Path, devices: int) -> Iterator[None]:
    command = [sys.executable, "-m", MODULE, "serve", transport, str(folder), str(devices)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        server.stdout.readline()
        try:
            yield
        finally:
            server.stdin.close()


@contextmanager
def nowhere() -> Iterator[str]:
    """A place that takes no more connections, and does not say so."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - the socket's own
            waiting.connect_ex(full.getsockname())
        yield f"127.0.0.1:{full.getsockname()[1]}"


def ours(transport: str, folder: Path) -> int:
    places = json.loads((folder / "places.json").read_text(encoding="utf-8"))
    kept = Kept(folder / "ours.jsonl", folder / "ours.csv", lambda: datetime.now(UTC))
    kept.captures.unlink(missing_ok=True)
    kept.asked.unlink(missing_ok=True)
    with nowhere() as dead, kept:
        absent = {f"dead-{number}": dead for number in range(len(places) // (DEAD - 1))}
        return asyncio.run(_ours(transport, folder, places | absent, kept))


async def _ours(transport: str, folder: Path, places: dict[str, str], kept: Kept) -> int:
    settings = Agents(
        transport="ssh" if transport == "ssh" else "winrm",
        user=USER,
        auth="basic",
        ca_file=str(folder / "ca.pem"),
        known_hosts=str(folder / "known_hosts"),
    )
    with ThreadPoolExecutor(AT_ONCE) as threads, ThreadPoolExecutor(32) as resolvers:
        way = channel(settings, PASSWORD, places, threads)
        collector = Collector(Reach(0, SECONDS, resolvers), partial(ask, way), kept.keep, AT_ONCE, AT_ONCE)
        counts = await collector.collect(Target(name, place) for name, place in places.items())
    assert counts["done"] == len(places) - counts["timed-out"]
    return counts["done"]


async def bare_ssh(folder: Path) -> int:
    places = json.loads((folder / "places.json").read_text(encoding="utf-8"))
    turn, line, text = asyncio.Semaphore(AT_ONCE), command_line(), envelope(script("collect"), {}, {}).decode()

    async def one(place: str) -> int:
        name, _, port = place.partition(":")
        async with turn, asyncssh.connect(name, int(port), username=USER, password=PASSWORD, known_hosts=None) as host:
            return len(str((await host.run(line, input=text)).stdout))

    return sum(length > 0 for length in await asyncio.gather(*map(one, places.values())))


def bare_winrm(folder: Path) -> int:
    places = json.loads((folder / "places.json").read_text(encoding="utf-8"))
    text = script("collect")

    def one(place: str) -> int:
        address, _, path = place.partition("/")
        name, _, port = address.partition(":")
        wsman = WSMan(
            name,
            port=int(port),
            path=path,
            auth="basic",
            username=USER,
            password=PASSWORD,
            cert_validation=str(folder / "ca.pem"),  # type: ignore[arg-type]
        )
        with wsman, RunspacePool(wsman) as pool:
            return len(PowerShell(pool).add_script(text).invoke())

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(one, places.values()))


def compare(devices: int) -> None:
    for transport in ("ssh", "winrm"):
        with tempfile.TemporaryDirectory() as folder, served(transport, Path(folder), devices * (DEAD - 1) // DEAD):
            mine: list[Cost] = []
            bare: list[Cost] = []
            for _ in range(RUNS):
                bare.append(in_own_process(MODULE, "bare", transport, folder))
                mine.append(in_own_process(MODULE, "ours", transport, folder))
            _tell(transport, devices, _middle(mine), _middle(bare))


def _middle(costs: list[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.wall_s)[len(costs) // 2]


def _tell(transport: str, devices: int, mine: Cost, bare: Cost) -> None:
    """`speed` is ours as a share of the bare loop's, in devices that answer a second."""
    alive = devices * (DEAD - 1) // DEAD
    speeds = {"speed": round(bare.wall_s / mine.wall_s, 2), "devices_per_s": round(alive / mine.wall_s, 1)}
    loop = {"bare_s": round(bare.wall_s, 2), "bare_peak_mb": round(bare.peak_mb)}
    tell({"benchmark": f"collect.{transport}", "devices": devices, **asdict(mine), **loop, **speeds, "load": load()})


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", kind, where, number]:
            serve(kind, Path(where), int(number))
        case ["ours", kind, where]:
            answer(cost_of(lambda: ours(kind, Path(where))))
        case ["bare", "ssh", where]:
            answer(cost_of(lambda: asyncio.run(bare_ssh(Path(where)))))
        case ["bare", "winrm", where]:
            answer(cost_of(lambda: bare_winrm(Path(where))))
        case numbers:
            for count in map(int, numbers or COUNTS):
                compare(count)
