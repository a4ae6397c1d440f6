"""Progress on the error stream: a bar on a terminal, a line a stage elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Stage = Callable[[str], None]
"""Called with the name of the stage that begins."""


@contextmanager
def progress(stages: int) -> Iterator[Stage]:
    """Tell the stages as they begin; `stages` is how many there will be."""
    with _bar(stages) if sys.stderr.isatty() else _lines() as stage:
        yield stage


@contextmanager
def _bar(stages: int) -> Iterator[Stage]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=stages, completed=-1)

        def begin(name: str) -> None:
            bar.update(task, description=name, advance=1)

        yield begin


@contextmanager
def _lines() -> Iterator[Stage]:
    begun = time.monotonic()

    def begin(name: str) -> None:
        click.echo(f"[{time.monotonic() - begun:6.1f} s] {name}", err=True)

    yield begin
