"""The proof that somebody can still sign in to a device that is about to leave: a login as its local administrator, just now."""

from datetime import datetime, timedelta
from typing import Any, Literal, NoReturn, final

import msgspec

from reconcile.client.device.channel import Channel
from reconcile.client.device.member import Fault
from reconcile.client.device.perform import Answer, said
from reconcile.client.device.script import script
from reconcile.client.device.state import DeviceState, look
from reconcile.client.remote.output import Output, read

STEP = timedelta(seconds=1)
"""As much may a device's clock be corrected by, and its time of boot with it."""
FILTERED = "its rights are filtered over the network: use the built-in one, or set LocalAccountTokenFilterPolicy to 1 beforehand"


@final
class LoginProof:
    """Only `prove_login` makes one. It is good for one device until that starts again."""

    __slots__ = ("account", "booted_at", "device", "host", "sid")
    host: str
    device: str
    """As it calls itself."""
    account: str
    sid: str
    booted_at: datetime

    def __new__(cls) -> NoReturn:
        """Raises TypeError."""
        raise TypeError("a login is proven by prove_login alone")

    def __init_subclass__(cls) -> NoReturn:
        """Raises TypeError."""
        raise TypeError("there is one kind of proof")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Raises AttributeError."""
        raise AttributeError(f"{name} of a proof cannot be changed")

    def __reduce__(self) -> NoReturn:
        """Raises TypeError: a copy would outlive what it proves."""
        raise TypeError("a proof cannot be copied or stored")

    def __repr__(self) -> str:
        return f"LoginProof(host={self.host!r}, account={self.account!r}, booted_at={self.booted_at.isoformat()!r})"

    def objection(self, host: str, seen: DeviceState) -> str:
        """Why it does not prove that somebody can sign in to this device now; empty where it does."""
        if host.casefold() != self.host.casefold() or seen.host.casefold() != self.device.casefold():
            return f"the login was proven on {self.device}, and this is {seen.host}"
        if seen.booted_at is None:
            return f"whether it has started again since {self.account} signed in is not known"
        if not same_boot(seen.booted_at, self.booted_at):
            return f"it has started again since {self.account} signed in: prove the login once more"
        return "" if usable(seen, self.sid) else f"{self.account} is no enabled local administrator any more"


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """What `whoami` prints."""

    account: str
    sid: str
    host: str
    elevated: bool = False
    errors: tuple[Fault, ...] = ()


async def prove_login(channel: Channel, login: Channel, host: str) -> tuple[Answer, LoginProof | None]:
    """`login` is a way that signs in anew, as the local administrator; `channel` looks before and after, so that both are of one boot."""
    output, before = await look(channel, host)
    if before is None:
        return Answer(host, "unknown", said(output)), None
    output, who = read(await login.run(host, script("whoami")), Who)
    if who is None:
        return Answer(host, _without_login(output), f"no login: {said(output)}", state=before), None
    output, after = await look(channel, host)
    if after is None:
        return Answer(host, "unknown", said(output)), None
    if why := _objection(who, before, after):
        return Answer(host, "refused", why, state=after), None
    assert after.booted_at is not None
    return Answer(host, "done", f"as {who.account}", state=after), _proof(host, who, after.host, after.booted_at)


def usable(seen: DeviceState, sid: str) -> bool:
    """A local administrator that is enabled."""
    one = seen.administrator(sid)
    return one is not None and one.local and one.enabled is True


def same_boot(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= STEP


def _without_login(output: Output) -> Literal["refused", "unknown"]:
    return "refused" if output.outcome in {"authentication", "failed"} else "unknown"


def _objection(who: Who, before: DeviceState, after: DeviceState) -> str:
    if who.host.casefold() != after.host.casefold():
        return f"{who.host} answered there, and not {after.host}"
    if before.booted_at is None or after.booted_at is None:
        return after.trouble("booted_at") or before.trouble("booted_at")
    if not same_boot(before.booted_at, after.booted_at):
        return "it started again meanwhile"
    if not usable(after, who.sid):
        return after.trouble("administrators") or f"{who.account} is no enabled local administrator of it"
    return "" if who.elevated else f"{who.account} signs in, but {FILTERED}"


def _proof(host: str, who: Who, device: str, booted_at: datetime) -> LoginProof:
    kind: Any = LoginProof
    proof: LoginProof = object.__new__(kind)
    members = {"host": host, "device": device, "account": who.account, "sid": who.sid, "booted_at": booted_at}
    for name, value in members.items():
        object.__setattr__(proof, name, value)
    return proof
