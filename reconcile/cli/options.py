"""The options that several commands share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401 - click's own signature
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 time such as 2026-11-23T06:00:00Z", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no zone; write 2026-11-23T06:00:00Z", param, ctx)
        return moment.astimezone(UTC)


def folders(command: Command) -> Command:
    """--inputs and --reports."""
    return _folder("inputs", "Where exports and settings lie.")(reports_folder(command))


def reports_folder(command: Command) -> Command:
    """--reports."""
    return _folder("reports", "Where runs and the ledger lie.")(command)


def _folder(name: str, text: str) -> Callable[[Command], Command]:
    kind = click.Path(path_type=Path, file_okay=False)
    return click.option(f"--{name}", type=kind, default=name, show_default=True, help=text)


def clock(command: Command) -> Command:
    """--now, for tests and replays."""
    return click.option("--now", type=Moment(), default=lambda: datetime.now(UTC), hidden=True, help="Set the clock.")(
        command
    )


def outcome(command: Command) -> Command:
    """--json and --exit-code."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
    exit_code = click.option("--exit-code", is_flag=True, help="Exit with 10 if there are findings.")
    return as_json(exit_code(command))
