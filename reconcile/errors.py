"""Every error that the operator can meet, with the exit code it ends in.

    ReconcileError
      SettingsError           2   a key of settings.toml or an option is wrong
      SourceError             3   a system or its export could not be read to the end
        SourceIncomplete      3     it could, and is not all there
          LinkExpired         3       the server no longer knows the place where reading was to go on
        AccessRefused         3     it said no: a right is missing, or the token
      InputError              4   a file of inputs/ holds what cannot be used
      TooManyBadRows          4   so many rows of a system cannot be used that it is refused
      LedgerError             4   the ledger is damaged, in use, or newer than this reconcile

An error takes facts and writes its own sentence: what is wrong, where, and what to do next.
One device's trouble is never an error: it is a value with a reason.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


class ReconcileError(Exception):
    """What ends a run; `str()` of it is what the operator reads."""

    exit_code: ClassVar[int]


@dataclass
class SettingsError(ReconcileError):
    exit_code: ClassVar[int] = 2
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


@dataclass
class SourceError(ReconcileError):
    exit_code: ClassVar[int] = 3
    system: str
    why: str

    def __str__(self) -> str:
        return f"{self.system}: {self.why}"


@dataclass
class SourceIncomplete(SourceError):  # noqa: N818 (the fact, as the operator reads it)
    """The export is a part of the whole, or looks like it; the last good snapshot stays."""

    def __str__(self) -> str:
        return f"{self.system} is not complete: {self.why}"


@dataclass
class LinkExpired(SourceIncomplete):
    """What changed since then is not known any more; only a full pull is."""


@dataclass
class AccessRefused(SourceError):  # noqa: N818 (as above)
    """`needs` names the right that would have let it pass, where that is known."""

    needs: str | None = None

    def __str__(self) -> str:
        needs = f". It needs {self.needs}" if self.needs else ""
        return f"{self.system} refused: {self.why}{needs}"


@dataclass
class InputError(ReconcileError):
    exit_code: ClassVar[int] = 4
    file: Path | str
    why: str
    row: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        field = "" if self.field is None else f", {self.field}"
        return f"{self.file}{row}{field}: {self.why}"


@dataclass
class TooManyBadRows(ReconcileError):  # noqa: N818 (as above)
    exit_code: ClassVar[int] = 4
    system: str
    bad: int
    rows: int
    allowed: float
    listed_in: Path

    def __str__(self) -> str:
        share = 100 * self.bad / self.rows
        return (
            f"{self.system}: {self.bad} of {self.rows} rows ({share:.1f} %) are bad, and {100 * self.allowed:g} % are allowed. "
            f"Each is listed in {self.listed_in}; mend the export, or raise [limits] max_rejected in settings.toml"
        )


@dataclass
class LedgerError(ReconcileError):
    """The memory of earlier runs is never begun anew because it could not be read."""

    exit_code: ClassVar[int] = 4
    file: Path
    why: str

    def __str__(self) -> str:
        return f"{self.file} {self.why}"
