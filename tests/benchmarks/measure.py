"""What a job costs in a process of its own: seconds of wall clock and of CPU, and the most memory it had."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Cost:
    wall_s: float
    cpu_s: float
    """Of all threads."""
    peak_mb: float
    """Of the whole process, imports and all."""

    def against(self, other: "Cost") -> dict[str, float]:
        """How many times the other's cost this is."""
        return {
            "wall_ratio": round(self.wall_s / other.wall_s, 2),
            "cpu_ratio": round(self.cpu_s / other.cpu_s, 2),
            "peak_ratio": round(self.peak_mb / other.peak_mb, 2),
        }


def cost_of(job: Callable[[], object]) -> Cost:
    """To be asked once in a process."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = job()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    del result
    return Cost(wall, cpu, peak_mb())


def peak_mb() -> float:
    """VmHWM of this process alone; ru_maxrss starts with what the parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def in_own_process(module: str, *arguments: object, runs: int = 1) -> Cost:
    """The median of so many runs of `python -m module arguments`, each of which ends in `answer`."""
    costs = [_run(module, *arguments) for _ in range(runs)]
    return Cost(*(round(median(getattr(cost, name) for cost in costs), 3) for name in ("wall_s", "cpu_s", "peak_mb")))


def _run(module: str, *arguments: object) -> Cost:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def answer(cost: Cost) -> None:
    tell(asdict(cost))


def tell(facts: dict[str, object]) -> None:
    """One JSON line a result."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def load() -> float:
    """How many processes want a core just now: what else runs on the machine shows in the seconds."""
    return round(os.getloadavg()[0], 1)
