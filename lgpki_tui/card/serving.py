"""Inside the card's process: takes requests from the pipe, has the module do them, and answers.

python-pkcs11 is imported with the first act that needs it, or while nothing is asked yet: a look needs none.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from lgpki_tui.card import wire
from lgpki_tui.card.claim import claim
from lgpki_tui.card.errors import ReturnValue, refusal_of
from lgpki_tui.card.looking import look
from lgpki_tui.card.raw import RawModule
from lgpki_tui.card.seen import to_json
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass

if TYPE_CHECKING:
    from lgpki_tui.card.module import Module

_Arguments = Mapping[str, object]
_Secrets = Sequence[bytes]
_MOST_SECRETS = 3
# The program ends us at the deadline. Only where there is no program any more, SIGALRM does, a little later; nothing
# handles it, so it works inside a module that hangs.
_GRACE_SECONDS = 1.0
# For C_Logout and C_Finalize once the pipe has ended.
_LAST_SECONDS = 5.0


def serve(requests: int, answers: int) -> None:
    """Load the module that is named first, say so, and answer requests until the pipe ends or holds no request."""
    # The program may have gone at any moment: nobody is left to be told.
    with suppress(wire.Garbled, BrokenPipeError):
        frame = wire.read_frame(requests)
        if frame is None:
            return
        naming = wire.unpack_json(frame[1])
        try:
            desk = _Desk(_load(naming))
        except Refusal as refusal:
            wire.write_frame(answers, _refused(refusal))
            return
        wire.write_frame(answers, wire.pack_json({"ready": True}))
        if naming.get("prepare") is True:
            desk.prepare()
        try:
            while (request := _receive(requests)) is not None:
                signal.setitimer(signal.ITIMER_REAL, request.seconds + _GRACE_SECONDS)
                wire.write_frame(answers, desk.perform(request))
                signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            # A module may hang here too, and nobody else would ever end us or free the claim.
            signal.setitimer(signal.ITIMER_REAL, _LAST_SECONDS)
            desk.close()


def _load(naming: Mapping[str, object]) -> RawModule:
    """Take over the environment that the module shall see (SOFTHSM2_CONF, ...), then load it."""
    environment = naming.get("environment")
    if not isinstance(environment, dict):
        raise wire.Garbled
    os.environ.clear()
    os.environ.update(environment)
    return RawModule(str(naming.get("module")))


class _Desk:
    """Where requests are done: the loaded module, and python-pkcs11's view of it once that is needed."""

    def __init__(self, raw: RawModule) -> None:
        self._raw = raw
        self._module: Module | None = None
        self._claim: int | None = None

    def prepare(self) -> Module:
        """Import python-pkcs11, if that has not been done."""
        from lgpki_tui.card import acts  # noqa: F401  # with it comes all that any act needs
        from lgpki_tui.card.module import Module

        self._module = self._module or Module(self._raw)
        return self._module

    def perform(self, request: _Request) -> bytearray:
        """The answer. Of an error only its code, type and place are told: its text could hold a PIN."""
        try:
            return wire.pack_json({"done": self._done(request.act, request.arguments, request.secrets)})
        except Refusal as refusal:
            return _refused(refusal)
        except Exception as error:
            return _refused(self._removed(_foreign(error, request.act)))

    def _removed(self, refusal: Refusal) -> Refusal:
        """An error of the card that comes of its having been pulled, told as that."""
        if refusal.code is Code.CARD_ERROR and self._module is not None and self._module.pulled:
            return Refusal(Code.CARD_REMOVED, **refusal.facts)
        return refusal

    def close(self) -> None:
        """Log out and finalise."""
        if self._module is not None:
            self._module.logout()
            self._module.finalize()

    def _done(self, act: str, arguments: _Arguments, secrets: _Secrets) -> Mapping[str, object]:
        if act == "look":
            # Initialised anew, unless that would end a session: a token that another process made stays invisible to
            # SoftHSM otherwise (measured).
            in_session = self._module is not None and self._module.in_session
            if self._module is not None and not in_session:
                self._module.finalize()
            staged = cast(list[str], arguments.get("staged", []))
            return {"cards": [to_json(card) for card in look(self._raw, in_session=in_session, staged=staged)]}
        if act == "claim":
            self._claim = self._claim or claim(str(arguments["lock"]))
            return {}
        module = self.prepare()
        from lgpki_tui.card.acts import ACTS

        return ACTS[act](module, arguments, secrets)


@dataclass(frozen=True, slots=True)
class _Request:
    act: str
    arguments: _Arguments
    secrets: _Secrets
    seconds: float


def _receive(requests: int) -> _Request | None:
    """One request and the secrets that follow it; None at the end."""
    frame = wire.read_frame(requests)
    if frame is None:
        return None
    message = wire.unpack_json(frame[1])
    count = message["secrets"]
    if not isinstance(count, int) or not 0 <= count <= _MOST_SECRETS:
        raise wire.Garbled
    secrets = []
    for _ in range(count):
        frame = wire.read_frame(requests)
        if frame is None or frame[0] is not wire.Kind.SECRET:
            raise wire.Garbled
        secrets.append(frame[1])
    seconds = message["seconds"]
    if not isinstance(seconds, int | float):
        raise wire.Garbled
    return _Request(str(message["act"]), cast(_Arguments, message["arguments"]), secrets, seconds)


def _foreign(error: Exception, act: str) -> Refusal:
    if isinstance(error, ReturnValue) or any(base.__name__ == "PKCS11Error" for base in type(error).__mro__):
        return refusal_of(error, act=act)
    return Refusal(Code.INTERNAL_ERROR, act=act, error=type(error).__name__, where=_place(error))


def _refused(refusal: Refusal) -> bytearray:
    return wire.pack_json({"refusal": refusal.code.value, "facts": refusal.facts})


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
