"""One session of a host: a command arrives, and is answered, or not."""

import asyncio
import inspect

import asyncssh
import msgspec

from reconcile.lab.ssh.envelope import answer, invocation, is_ours
from reconcile.lab.ssh.fault import SSHFault
from reconcile.lab.ssh.lab import SSH, Typed
from reconcile.lab.winrm.lab import Invocation, Said

Process = asyncssh.SSHServerProcess[bytes]

BEFORE = (
    b"\x84\x94 Authorised use only. <<<reconcile reconcile>>>\r\nLoading personal and system profiles took 812ms.\r\n"
)
AFTER = b"\r\nGoodbye.\r\n"


async def session(lab: SSH, host: str, process: Process) -> None:
    """Until it is answered, or its connection is cut."""
    line = process.command or ""
    lab.lines.append(line)
    boot = lab.boot(host)
    stdin = await process.stdin.read()
    fault = lab.faults.take(host, "run")
    if fault and await _is_all(process, fault):
        return
    typed = await _typed(lab, host, line, stdin, str(process.get_extra_info("username")))
    if (fault and fault.kind == "lost") or lab.boot(host) != boot:
        _cut(process)
        return
    _write(process, _bent(typed, fault))
    if not (fault and fault.kind == "unended"):
        process.exit(typed.status)


async def _is_all(process: Process, fault: SSHFault) -> bool:
    """Whether nothing is done for what goes wrong."""
    if fault.kind == "drop":
        _cut(process)
    if fault.kind == "silent":
        await process.wait_closed()
    if fault.kind == "flood":
        _write(process, Typed(b"x" * fault.size))
        process.exit(0)
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    return fault.kind in {"drop", "silent", "flood"}


async def _typed(lab: SSH, host: str, line: str, stdin: bytes, user: str) -> Typed:
    if not is_ours(line):
        return lab.shell(host, line, stdin)
    try:
        one = invocation(host, user, stdin)
    except (ValueError, msgspec.DecodeError) as error:
        return Typed(answer(Said(thrown=f"no envelope: {error}")))
    lab.ran.append(one)
    return Typed(answer(await _said(lab, one)))


async def _said(lab: SSH, one: Invocation) -> Said:
    try:
        said = lab.handler(one)
        return await said if inspect.isawaitable(said) else said
    except Exception as error:  # noqa: BLE001 - a handler's own fault is told like a script's, not waited for
        return Said(thrown=repr(error))


def _bent(typed: Typed, fault: SSHFault | None) -> Typed:
    if fault and fault.kind == "noise":
        return Typed(BEFORE + typed.out + AFTER, typed.err, typed.status)
    if fault and fault.kind == "garbled":
        return Typed(typed.out.replace(b"\r\n", b"\r\n!", 2), typed.err, typed.status)
    return typed


def _write(process: Process, typed: Typed) -> None:
    process.stdout.write(typed.out)
    process.stderr.write(typed.err)


def _cut(process: Process) -> None:
    process.get_extra_info("connection").abort()
