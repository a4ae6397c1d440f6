"""`python -m tests.estate` writes the sample estate to inputs/; with `table` it prints its stories as Markdown."""

import sys
from pathlib import Path

from tests.estate.files import files
from tests.estate.stories import table

INPUTS = Path(__file__).parents[2] / "inputs"


def write() -> None:
    """Write every generated file, and remove what no story writes any more from the three folders."""
    made = files()
    for system in ("entra", "directory", "agents"):
        for old in (INPUTS / system).rglob("*"):
            if old.is_file() and old.relative_to(INPUTS).as_posix() not in made:
                old.unlink()
    for name, content in made.items():
        file = INPUTS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


if __name__ == "__main__":
    if sys.argv[1:] == ["table"]:
        sys.stdout.write(table())
    else:
        write()
