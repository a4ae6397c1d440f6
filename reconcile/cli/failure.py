"""Errors as the operator meets them: one sentence on the error stream and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from reconcile.errors import ReconcileError

INTERRUPTED = 6
NOT_READABLE = 4
FINDINGS_EXIST = 10


@contextmanager
def failure() -> Iterator[None]:
    try:
        yield
    except ReconcileError as error:
        _end(str(error), error.exit_code)
    except KeyboardInterrupt:
        _end("interrupted; nothing was changed, run the same command again", INTERRUPTED)
    except OSError as error:
        _end(f"{error.filename or 'a file'}: {error.strerror or error}", NOT_READABLE)


def _end(sentence: str, exit_code: int) -> NoReturn:
    click.echo(f"reconcile: {sentence}", err=True)
    click.get_current_context().exit(exit_code)
