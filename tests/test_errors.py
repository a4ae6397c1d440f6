from pathlib import Path

import pytest

from reconcile import errors
from reconcile.errors import (
    AccessRefused,
    InputError,
    LedgerError,
    LinkExpired,
    ReconcileError,
    SettingsError,
    SourceError,
    SourceIncomplete,
    TooManyBadRows,
)

FILE = Path("inputs/retired.csv")

EVERY_ERROR = [
    (
        SettingsError("settings.toml policy", "there is no such setting"),
        2,
        "settings.toml policy: there is no such setting",
    ),
    (SourceError("entra", "no file can be read"), 3, "entra: no file can be read"),
    (SourceIncomplete("entra", "page 2 is missing"), 3, "entra is not complete: page 2 is missing"),
    (LinkExpired("entra", "the link is old"), 3, "entra is not complete: the link is old"),
    (AccessRefused("entra", "GET /devices: 403"), 3, "entra refused: GET /devices: 403"),
    (
        AccessRefused("entra", "GET /devices: 403", "Device.Read.All"),
        3,
        "entra refused: GET /devices: 403. It needs Device.Read.All",
    ),
    (InputError(FILE, "is empty"), 4, f"{FILE}: is empty"),
    (InputError(FILE, "is no SID", 3, "sid"), 4, f"{FILE}, row 3, sid: is no SID"),
    (InputError(FILE, "is cut off", row=3), 4, f"{FILE}, row 3: is cut off"),
    (LedgerError(Path("reports/ledger.db"), "is damaged"), 4, f"{Path('reports/ledger.db')} is damaged"),
    (
        TooManyBadRows("entra", 30, 400, 0.01, Path("1-rejected.csv")),
        4,
        (
            "entra: 30 of 400 rows (7.5 %) are bad, and 1 % are allowed. "
            "Each is listed in 1-rejected.csv; mend the export, or raise [limits] max_rejected in settings.toml"
        ),
    ),
]


@pytest.mark.parametrize(("error", "exit_code", "sentence"), EVERY_ERROR)
def test_an_error_writes_its_own_sentence_and_has_its_exit_code(
    error: ReconcileError, exit_code: int, sentence: str
) -> None:
    assert (error.exit_code, str(error)) == (exit_code, sentence)


def every_kind() -> list[type[ReconcileError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ReconcileError)]


def test_no_error_goes_untested() -> None:
    assert {type(error) for error, _, _ in EVERY_ERROR} == set(every_kind()) - {ReconcileError}


def test_the_drawing_shows_every_error_below_its_parent_with_its_exit_code() -> None:
    drawn: dict[str, tuple[str | None, str]] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        name = line.split()[0] if line.startswith("    ") else ""
        if name:
            depth = len(line) - len(line.lstrip())
            above = [(level, parent) for level, parent in above if level < depth]
            drawn[name] = (above[-1][1] if above else None, "".join(line.split()[1:2]))
            above.append((depth, name))
    for kind in every_kind():
        parent, code = drawn.pop(kind.__name__)
        if kind is not ReconcileError:
            assert (parent, code) == (kind.__bases__[0].__name__, str(kind.exit_code))
    assert drawn == {}
