"""What is wrong with a small file that is used whole or not at all: every fault in one error."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reconcile.errors import InputError

LISTED = 20


@dataclass(frozen=True, order=True)
class Fault:
    """`row` is the line of the file."""

    row: int
    field: str
    why: str


def refuse(file: Path, faults: Sequence[Fault]) -> None:
    """Raise an InputError that names the faults, if there are any."""
    if len(faults) == 1:
        raise InputError(file, faults[0].why, faults[0].row, faults[0].field)
    if faults:
        listed = [f"row {fault.row}, {fault.field}: {fault.why}" for fault in sorted(faults)]
        more = [f"and {len(faults) - LISTED} more"] if len(faults) > LISTED else []
        raise InputError(
            file, "\n  ".join([f"{len(faults)} faults, so nothing of it was used:", *listed[:LISTED], *more])
        )
