"""Errors as the operator meets them: one sentence on the error stream and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from reconcile.errors import ReconcileError

INTERRUPTED = 6
NOT_READABLE = 4
FINDINGS_EXIST = 10


class Failure(click.ClickException):
    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"reconcile: {self.message}", file=file, err=file is None)


@contextmanager
def failure() -> Iterator[None]:
    try:
        yield
    except ReconcileError as error:
        raise Failure(str(error), error.exit_code) from error
    except KeyboardInterrupt as error:
        raise Failure("interrupted; nothing was changed, run the same command again", INTERRUPTED) from error
    except OSError as error:
        raise Failure(f"{error.filename or 'a file'}: {error.strerror or error}", NOT_READABLE) from error
