"""One act on one computer: looked at before, done once, and looked at after.

The act is addressed to the objectGUID, so that nothing else can be hit by it, whatever was renamed in between.
An act whose answer is lost is looked at, through a new connection, before it is done again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from reconcile.client.ldap.look import Look, Pin, look
from reconcile.client.ldap.refusal import NO_SUCH_OBJECT, NOT_LEAF, Lost, Refusal
from reconcile.client.ldap.session import Reply, Session

Outcome = Literal["done", "already", "refused", "unknown"]
TRIES = 3
NO_SUCH_ATTRIBUTE, TIME_LIMIT, ADMIN_LIMIT, UNAVAILABLE, OTHER = 16, 3, 11, 52, 80
CHANGED = frozenset({NO_SUCH_OBJECT, NO_SUCH_ATTRIBUTE, NOT_LEAF})
"""Nothing was done, as the object is no longer what was seen: another look tells."""
DOUBTFUL = frozenset({TIME_LIMIT, ADMIN_LIMIT, UNAVAILABLE, OTHER})
"""After such an answer the act may have happened, or a part of it."""


@dataclass(frozen=True)
class Answer:
    """What became of one act. `refusal` is the server's no, `look` what was seen last.

    `lost` names the attributes that a restored computer had before and has not now.
    """

    pin: Pin
    outcome: Outcome
    why: str = ""
    refusal: Refusal | None = None
    look: Look | None = None
    lost: tuple[str, ...] = ()


class NotDone(Exception):  # noqa: N818 (a decision, not a fault)
    """Nothing was asked of the server, for this reason."""


@dataclass(frozen=True)
class Act:
    happened: Callable[[Look, Look | None], bool | None]
    """Whether the look shows the act as done; None where it can no longer be done, or nothing can be told.

    The second is what was seen when the act was tried and may have happened; None where it was not.
    """
    refuses: Callable[[Look], str]
    """Why it is not to be done to what was seen; empty where it is."""
    do: Callable[[Session, Look], Reply]
    """Raises NotDone, or Lost where no answer came."""


def perform(session: Session, pin: Pin, act: Act) -> Answer:
    """Never raises for what one computer, or the server, does not allow."""
    tried: Look | None = None
    said = Answer(pin, "unknown")
    for _ in range(TRIES):
        seen = look_again(session, pin)
        if settled := _settled(pin, act, seen, tried):
            return settled
        try:
            reply = act.do(session, seen)
        except NotDone as error:
            return Answer(pin, _not_done(tried), str(error), look=seen)
        except Lost as error:
            tried, said = seen, Answer(pin, "unknown", str(error))
            continue
        if reply.ok:
            return _confirmed(pin, act, look_again(session, pin), seen)
        tried = seen if reply.said.code in DOUBTFUL else tried
        said = Answer(pin, _not_done(tried), str(reply.said), reply.said, seen)
        if reply.said.code not in CHANGED | DOUBTFUL:
            return said
    return _last(said, act, look_again(session, pin), tried)


def look_again(session: Session, pin: Pin) -> Look:
    """As `look`, and once more through a new connection where it was lost in between."""
    seen = look(session, pin)
    return look(session, pin) if session.closed else seen


def _settled(pin: Pin, act: Act, seen: Look, tried: Look | None) -> Answer | None:
    """None where the act is to be done."""
    happened = act.happened(seen, tried)
    if happened is None:
        return Answer(pin, "unknown", seen.why or f"it is {seen.state}", look=seen)
    if happened:
        return Answer(pin, "done" if tried else "already", seen.why, look=seen)
    why = act.refuses(seen)
    return Answer(pin, _not_done(tried), why, look=seen) if why else None


def _confirmed(pin: Pin, act: Act, seen: Look, before: Look) -> Answer:
    """The server said that it is done."""
    if act.happened(seen, before) is False:
        return Answer(pin, "unknown", "the server says that it is done, and a look shows that it is not", look=seen)
    return Answer(pin, "done", seen.why, look=seen)


def _last(said: Answer, act: Act, seen: Look, tried: Look | None) -> Answer:
    """After the last try that told nothing."""
    if act.happened(seen, tried):
        return Answer(said.pin, "done" if tried else "already", look=seen)
    return replace(said, look=seen)


def _not_done(tried: Look | None) -> Outcome:
    """So far as this try goes; an earlier one may yet come through."""
    return "unknown" if tried else "refused"
