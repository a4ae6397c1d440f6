"""One act on one device: looked at before, done once, and looked at after. What the look shows counts, not what the act says."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import msgspec

from reconcile.client.device.channel import Channel
from reconcile.client.device.member import Fault
from reconcile.client.device.script import Name, script
from reconcile.client.device.state import DeviceState, look
from reconcile.client.remote.given import NOTHING, Parameter, Secret
from reconcile.client.remote.output import Output, line, read

Outcome = Literal["done", "already", "refused", "unknown"]
PASSING = {"lost", "timed-out", "refused", "unresolved"}
"""What the network does for a moment; nobody answered."""
LOOKS, PAUSE = 3, 2.0
NO_EFFECT = "the device says that it is done, and a look shows that it is not"
TAIL = 300


@dataclass(frozen=True)
class Answer:
    """What became of one act. refused: it was not done, or where there is a before-image not all of it, for the reason in `why`.
    unknown: only another look will tell.

    before: what it changed, or may have, as it was, such as JSON has it; None where nothing was changed.
    begun: the script was sent, so that it may have run. pending: said to be done, and to be seen after a restart only.
    unloaded: SIDs of profiles that nobody looked into; what they hold is unknown, whatever the outcome.
    """

    host: str
    outcome: Outcome
    why: str = ""
    before: Mapping[str, Any] | None = None
    state: DeviceState | None = None
    begun: bool = False
    pending: bool = False
    unloaded: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.outcome in {"done", "already"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a script that acts prints; `before` is as it was just before."""

    did: bool | None = None
    before: dict[str, Any] | None = None
    errors: tuple[Fault, ...] = ()
    sid: str | None = None
    name: str | None = None
    text: str | None = None
    """What the program printed that it left the work to."""


@dataclass(frozen=True)
class Act:
    """`image`: what it would change, of what a look saw, should its own word be lost."""

    name: Name
    stands: Callable[[DeviceState], bool | None]
    """Whether the look shows it as done; None where it does not tell."""
    doubt: Callable[[DeviceState], str]
    """Why the look does not tell."""
    image: Callable[[DeviceState], dict[str, Any]]
    refuses: Callable[[DeviceState], str] = lambda _: ""
    """Why it is not to be done to what was seen; empty where it is."""
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: NOTHING)
    secrets: Mapping[str, Secret] = field(default_factory=lambda: NOTHING)
    afterwards: Callable[[DeviceState, Told | None], bool | None] | None = None
    """In the place of `stands` once the act was asked for; the second is what it said."""

    def happened(self, seen: DeviceState, told: Told | None) -> bool | None:
        return self.stands(seen) if self.afterwards is None else self.afterwards(seen, told)


async def perform(channel: Channel, host: str, act: Act, pause: float = PAUSE) -> Answer:
    """Never raises for what a device does. `pause`: seconds between two looks where nobody answers."""
    answer, _ = await performed(channel, host, act, pause)
    return answer


async def performed(channel: Channel, host: str, act: Act, pause: float) -> tuple[Answer, Told | None]:
    """As `perform`, with what the act itself said, if it did."""
    output, seen = await look_again(channel, host, pause)
    if seen is None:
        return Answer(host, "unknown", said(output)), None
    if settled := _settled(host, act, seen):
        return settled, None
    output, told = await ask(channel, host, act)
    _, after = await look_again(channel, host, pause)
    answer = _judged(act, Answer(host, "unknown", state=after, begun=output.begun), output, told)
    before = ((told.before if told else None) or act.image(seen)) if _changed(answer, told) else None
    return replace(answer, why=line(act.secrets.values(), answer.why), before=before), told


def _changed(answer: Answer, told: Told | None) -> bool:
    """It was, or may have been."""
    return bool(told and told.did) or (answer.begun and answer.outcome in {"done", "unknown"})


async def ask(channel: Channel, host: str, act: Act) -> tuple[Output, Told | None]:
    output = await channel.run(host, script(act.name), act.parameters, act.secrets)
    return read(output, Told)


async def look_again(channel: Channel, host: str, pause: float) -> tuple[Output, DeviceState | None]:
    """A look, and a few more where nobody answers."""
    for _ in range(LOOKS - 1):
        output, seen = await look(channel, host)
        if seen is not None or output.outcome not in PASSING:
            return output, seen
        await asyncio.sleep(pause)
    return await look(channel, host)


def _settled(host: str, act: Act, seen: DeviceState) -> Answer | None:
    """None where the act is to be done."""
    stands = act.stands(seen)
    if stands:
        return Answer(host, "already", state=seen)
    if stands is None:
        return Answer(host, "unknown", act.doubt(seen), state=seen)
    why = act.refuses(seen)
    return Answer(host, "refused", why, state=seen) if why else None


def _judged(act: Act, answer: Answer, output: Output, told: Told | None) -> Answer:
    word = told_of(output, told)
    if answer.state is None:
        return replace(answer, why=_joined("what became of it cannot be looked at", word))
    happened = act.happened(answer.state, told)
    if happened:
        return replace(answer, outcome="already" if _was_so(answer, told) else "done")
    if happened is None:
        return replace(answer, why=_joined(act.doubt(answer.state), word))
    if not answer.begun or output.outcome == "failed" or (told is not None and told.errors):
        return replace(answer, outcome="refused", why=word)
    return replace(answer, why=word if told is None else _joined(NO_EFFECT, (told.text or "")[-TAIL:].strip()))


def _was_so(answer: Answer, told: Told | None) -> bool:
    return not answer.begun or (told is not None and told.did is False)


def told_of(output: Output, told: Told | None) -> str:
    """Why an act was not done, as far as anybody said."""
    return said(output) if told is None else "; ".join(str(fault) for fault in told.errors)


def said(output: Output) -> str:
    return f"{output.outcome}: {output.why}" if output.why else output.outcome


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
