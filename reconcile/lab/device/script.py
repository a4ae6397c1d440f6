"""A script is known by its first line; PowerShell itself is not spoken here."""

import msgspec

from reconcile.lab.device.acts import answered
from reconcile.lab.device.device import Device, Ran
from reconcile.lab.device.sign_in import SYSTEM, session
from reconcile.lab.winrm.lab import Invocation, Said

MARK = "# reconcile "
UNKNOWN = "The term '{name}' is not recognized as the name of a script that this device knows."


def run(device: Device, invocation: Invocation) -> Said:
    """Kept in the device's log; who signed in and may no longer is told so."""
    line = invocation.script.partition("\n")[0].strip()
    who = session(device, invocation.account) if invocation.account else SYSTEM
    if who is None:
        return Said(thrown="Access is denied.")
    name = line.removeprefix(MARK)
    done = answered(device, who, invocation, name) if line.startswith(MARK) else None
    if done is None:
        return Said(thrown=UNKNOWN.format(name=line))
    device.log.append(Ran(device.company.now(), name, who.account, who.elevated, done[1]))
    return Said([msgspec.json.encode(done[0]).decode()])
