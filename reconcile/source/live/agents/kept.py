"""A collection on the disk: what devices said as captures that every sweep reads, and a line for each device that was asked."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from reconcile.client.device.state import DeviceState
from reconcile.source.live.agents.collecting import Heard

COLUMNS = ("host", "outcome", "why", "asked_at")


@dataclass
class Kept:
    """A context manager; both files grow line by line, and each line is on its way to the disk before the next is asked for."""

    captures: Path
    asked: Path
    clock: Callable[[], datetime]

    def __enter__(self) -> Self:
        for path in (self.captures, self.asked):
            path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.asked.exists()
        self._captures: IO[bytes] = self.captures.open("ab")
        self._asked: IO[str] = self.asked.open("a", encoding="utf-8", newline="")
        self._rows = csv.writer(self._asked)
        if is_new:
            self._rows.writerow(COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._captures.close()
        self._asked.close()
        if not self.captures.stat().st_size:
            self.captures.unlink()

    def keep(self, heard: Heard) -> None:
        """What it said first: whoever stands in the list of those that answered need not be asked again."""
        at = f"{self.clock():%Y-%m-%dT%H:%M:%SZ}"
        if heard.state is not None:
            for record in records(heard.target.host, heard.state, at):
                self._captures.write(msgspec.json.encode(record) + b"\n")
            self._captures.flush()
        self._rows.writerow([heard.target.host, heard.outcome, heard.why, at])
        self._asked.flush()


def answered(asked: Path) -> set[str]:
    """The hosts that need not be asked again."""
    if not asked.exists():
        return set()
    with asked.open(encoding="utf-8", newline="") as file:
        return {row["host"] for row in csv.DictReader(file) if row["outcome"] == "done"}


def records(host: str, state: DeviceState, at: str) -> Iterator[dict[str, object]]:
    """One capture of the session that asked, and one of each person who was signed in and could be asked as well.

    `at` is when it was heard, by our clock: the device's own may be wrong.
    """
    common = {"host": state.host or host, "captured_at": at}
    facts = msgspec.to_builtins(state)
    facts.pop("dsregcmd")
    facts["users"] = [user | {"status": None} for user in facts["users"] or ()]
    if state.dsregcmd:
        yield {**common, "context": "remote", "status": state.dsregcmd, "facts": facts}
    for user in state.users or ():
        if user.status:
            yield {**common, "context": "user", "account": user.account, "status": user.status}
