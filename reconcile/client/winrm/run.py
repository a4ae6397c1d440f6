"""A PowerShell script on a host, through a runspace of its own that is closed again."""

import contextlib
import threading
from collections.abc import Mapping
from typing import Any, TypeVar

from pypsrp.complex_objects import PSInvocationState
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.serializer import TaggedValue

from reconcile.client.remote.given import NOTHING, Parameter, Secret
from reconcile.client.remote.output import Output, ScriptError, plain, read, without
from reconcile.client.winrm.host import Account, Host, require_safe
from reconcile.client.winrm.session import Wsman, session
from reconcile.client.winrm.trouble import TROUBLE, TooLong, TooMuch, Unsealed, told

T = TypeVar("T")

IDLE = 240
"""Seconds after which a host forgets a runspace whose owner is gone; its own default is two hours."""
GENTLE = (TooMuch, TooLong)
"""After these the host still listens, and its runspace is closed."""
INT32 = range(-(2**31), 2**31)


def ask(
    host: Host,
    account: Account,
    script: str,
    kind: type[T],
    parameters: Mapping[str, Parameter] = NOTHING,
    secrets: Mapping[str, Secret] = NOTHING,
) -> tuple[Output, T | None]:
    """As `run`, of a script that prints one JSON text; nothing where that did not come, and the output says why."""
    return read(run(host, account, script, parameters, secrets), kind)


def run(
    host: Host,
    account: Account,
    script: str,
    parameters: Mapping[str, Parameter] = NOTHING,
    secrets: Mapping[str, Secret] = NOTHING,
) -> Output:
    """Blocks until there is an outcome; call it in a thread. Secrets arrive as SecureStrings, encrypted once more.

    Raises ValueError where the account and the host do not go together safely; nothing is sent then.
    """
    require_safe(host, account)
    with session(host, account) as wsman:
        output = _Run(wsman, host).output(script, parameters, secrets)
    return without((*account.secrets, *secrets.values()), output)


class _Run:
    def __init__(self, wsman: Wsman, host: Host) -> None:
        self._host = host
        self._pool = RunspacePool(wsman, idle_timeout=IDLE)
        self._begun = False

    def output(self, script: str, parameters: Mapping[str, Parameter], secrets: Mapping[str, Secret]) -> Output:
        try:
            said = self._said(script, parameters, secrets)
        except (*TROUBLE, *GENTLE, Unsealed) as error:
            if isinstance(error, GENTLE):
                self._close()
            return Output(*told(error), begun=self._begun)
        self._close()
        return said

    def _said(self, script: str, parameters: Mapping[str, Parameter], secrets: Mapping[str, Secret]) -> Output:
        self._pool.open()
        if secrets:
            self._pool.exchange_keys()
        shell = PowerShell(self._pool)
        shell.add_script(script)
        shell.add_parameters({name: _number(value) for name, value in parameters.items()})
        shell.add_parameters({name: TaggedValue("SS", secret.text) for name, secret in secrets.items()})
        self._begun = True
        shell.begin_invoke()
        self._wait(shell)
        return _told(shell)

    def _wait(self, shell: PowerShell) -> None:
        """Raises TooLong."""
        late = threading.Event()
        timer = threading.Timer(self._host.run_timeout, late.set)
        timer.daemon = True
        timer.start()
        try:
            while shell.state == PSInvocationState.RUNNING:
                if late.is_set():
                    raise TooLong(f"no end after {self._host.run_timeout:g} s")
                shell.poll_invoke()
        finally:
            timer.cancel()

    def _close(self) -> None:
        with contextlib.suppress(*TROUBLE, TooMuch, Unsealed):
            self._pool.close()


def _told(shell: PowerShell) -> Output:
    objects = tuple(plain(one) for one in shell.output)
    errors = tuple(ScriptError(_message(one), str(one.fq_error or "")) for one in shell.streams.error)
    if shell.state == PSInvocationState.COMPLETED:
        return Output("done", objects=objects, errors=errors, begun=True)
    why = errors[-1].message if errors else "the script was stopped"
    return Output("failed", why, objects, errors, begun=True)


def _message(record: Any) -> str:  # noqa: ANN401 - pypsrp's
    """What PowerShell itself would print of it."""
    exception = getattr(record.exception, "adapted_properties", {})
    return str(record.details_message or exception.get("Message") or record._to_string or record.exception)  # noqa: SLF001 - it has no other name


def _number(value: Parameter) -> object:
    """Pypsrp takes every number for one of 32 bits."""
    if type(value) is int and value not in INT32:
        return TaggedValue("I64", str(value))
    return value if isinstance(value, str | int) else list(value)
