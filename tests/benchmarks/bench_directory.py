"""Pulling a domain against `ldapsearch` with the same pages, attributes and encryption: one Samba, one run.

Ours leaves a checked snapshot on the disk, and has read what changed meanwhile and counted BitLocker keys; ldapsearch leaves text.
Afterwards nothing has changed, and it is pulled again. Needs Samba, ldapsearch and root.
Run from the root of the checkout: `python -m tests.benchmarks.bench_directory [computers …]`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from reconcile.client.ldap.bind import Account
from reconcile.client.ldap.search import COMPUTERS
from reconcile.settings import Directory
from reconcile.source.live.directory.earlier import Base as Earlier
from reconcile.source.live.directory.pull import Ask, pull_directory
from reconcile.source.live.directory.reading import ATTRIBUTES
from reconcile.source.manifest import read_manifest, read_rejected, write_manifest, write_rejected
from reconcile.source.snapshot import Manifest
from reconcile.workspace import Run
from tests.benchmarks.measure import Cost, answer, cost_of, in_own_process, load, tell
from tests.samba import ADMINISTRATOR, BASE, PASSWORD, Samba, domain_controller, provision

COUNTS = (10_000, 50_000)
RUNS = 3
MODULE = "tests.benchmarks.bench_directory"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SYSTEM_PYTHON = "/usr/bin/python3"


@contextmanager
def controller(computers: int) -> Iterator[Samba]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seed = provision(folder / "seed")
        script = Path(__file__).with_name("clone_computers.py")
        subprocess.run(
            [SYSTEM_PYTHON, script, seed, BASE, str(computers)], check=True, env={"PATH": os.environ["PATH"]}
        )
        database: list[str | Path] = ["-s", seed / "etc" / "smb.conf", "-H", seed / "private" / "sam.ldb"]
        subprocess.run(["samba-tool", "dbcheck", "--reindex", *database], check=True, stdout=subprocess.DEVNULL)
        with domain_controller(seed, folder / "dc", model="prefork") as samba:
            yield samba


def pull(url: str, ca_file: str, folder: Path, name: str, *, full_every: int = 7) -> None:
    """The first pull of a domain where `folder` holds none yet; else the next one."""
    first, run = Run(folder / "first"), Run(folder / name)
    earlier = None
    if first.manifest.exists():
        earlier = Earlier(first, read_manifest(first).sources["directory"], read_rejected(first, "directory"))
    run.folder.mkdir(exist_ok=True)
    settings = Directory(servers=(url,), ca_file=ca_file, full_every=full_every)
    entry, rejected = pull_directory(Ask(settings, Account("simple", ADMINISTRATOR, PASSWORD), run), earlier, NOW)
    write_rejected(run, rejected)
    write_manifest(run, Manifest(run=run.name, taken_at=NOW, sources={"directory": entry}))


def first(url: str, ca_file: str, folder: Path) -> Cost:
    shutil.rmtree(folder / "first", ignore_errors=True)
    return cost_of(lambda: pull(url, ca_file, folder, "first"))


def ldapsearch(samba: Samba) -> float:
    """Seconds of wall clock."""
    who = ["-x", "-H", samba.url, "-D", ADMINISTRATOR, "-w", PASSWORD]
    how = ["-LLL", "-b", BASE, "-E", "pr=1000/noprompt", "-E", "!1.2.840.113556.1.4.801=::MAMCAQQ="]
    environment = os.environ | {"LDAPTLS_CACERT": str(samba.ca_file)}
    started = time.perf_counter()
    subprocess.run(
        ["ldapsearch", *who, *how, COMPUTERS, *ATTRIBUTES], check=True, env=environment, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started


def compare(computers: int) -> None:
    """The first pull over one connection, the next full one over several, and one that brings only what changed: nothing."""
    with controller(computers) as samba, tempfile.TemporaryDirectory() as folder:
        where = (samba.url, samba.ca_file, folder)
        peers, ours = [], {"first": list[Cost](), "full": list[Cost]()}
        for _ in range(RUNS):
            peers.append(ldapsearch(samba))
            for kind, costs in ours.items():
                costs.append(in_own_process(MODULE, kind, *where))
        peer = median(peers)
        for kind, costs in ours.items():
            cost = sorted(costs, key=lambda one: one.wall_s)[RUNS // 2]
            _tell(kind, computers, cost, ldapsearch_s=round(peer, 2), speed=round(peer / cost.wall_s, 2))
        changed = in_own_process(MODULE, "changes", *where, runs=RUNS)
        share = changed.wall_s / median(cost.wall_s for cost in ours["full"])
        _tell("changes", computers, changed, share_of_full=round(share, 3))


def _tell(kind: str, computers: int, cost: Cost, **more: float) -> None:
    """`speed` is ours as a share of ldapsearch's, in computers a second."""
    tell({"benchmark": f"directory.{kind}", "computers": computers, **asdict(cost), **more, "load": load()})


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["first", address, authority, target]:
            answer(first(address, authority, Path(target)))
        case ["full", address, authority, target]:
            answer(cost_of(lambda: pull(address, authority, Path(target), "full", full_every=1)))
        case ["changes", address, authority, target]:
            answer(cost_of(lambda: pull(address, authority, Path(target), "changes")))
        case numbers:
            for count in map(int, numbers or COUNTS):
                compare(count)
