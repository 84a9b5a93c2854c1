"""The card behind its process: the port's acts, each with a deadline, and a new process after one that died or hung.

Works in an event loop, and without one (card/channel.py): asyncio itself is never imported here.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lgpki_tui.card.address import Address
from lgpki_tui.card.channel import running_loop
from lgpki_tui.card.exchange import Request, ask, greet, naming
from lgpki_tui.card.models import CardModel, CardModels
from lgpki_tui.card.port import CardSeen, KeyFound
from lgpki_tui.card.process import HostProcess, host_command
from lgpki_tui.card.refused import RefusedPins, Which
from lgpki_tui.card.seen import from_json, token_from_json
from lgpki_tui.card.wire import Garbled
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.points import Phase, Point, Watch, unwatched
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.algorithm import Algorithm, Scheme

if TYPE_CHECKING:
    import asyncio

_T = TypeVar("_T")
_POINTS = {
    "format": Point.CARD_FORMAT,
    "set_pin": Point.CARD_SET_PIN,
    "unblock": Point.CARD_UNBLOCK,
    "open": Point.CARD_LOGIN,
    "open_at_pad": Point.CARD_LOGIN,
    "make_key": Point.KEY_MAKE,
    "sign": Point.KEY_SIGN,
    "store_certificate": Point.CERTIFICATE_STORE,
    "leave_receipt": Point.RECEIPT_LEAVE,
    "destroy_leftover": Point.KEY_DESTROY,
}
# Of acts that have no deadline of their own.
_DEADLINES = {"claim": "start", "check_scheme": "find"}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds after which the process is given up, per act of the port and for its start (`[card.deadlines]`)."""

    start: float
    look: float
    format: float
    set_pin: float
    unblock: float
    open: float
    open_at_pad: float
    make_key: float
    find: float
    sign: float
    store_certificate: float
    leave_receipt: float
    receipts: float
    destroy_leftover: float


class HostedCard:
    """A card.port.Card. The process is started by `start`, else by the first act; `close` ends it."""

    def __init__(
        self,
        module: Path,
        *,
        environment: Mapping[str, str],
        models: CardModels,
        deadlines: Deadlines,
        watch: Watch = unwatched,
        command: Sequence[str] | None = None,
        early: HostProcess | None = None,
        lock: Path | None = None,
    ) -> None:
        """Name the module (absolute) and the whole environment of its process. Nothing is started yet; a process that
        was started early (card/process.py) is taken over. `lock`: the file that `claim` holds."""
        self._module = module
        self._environment = dict(environment)
        self._models = models
        self._deadlines = deadlines
        self._watch = watch
        self._command = command
        self._refused = RefusedPins()
        # Of the card that is logged in to.
        self._by_trial = False
        self._early = early
        self._claim = lock
        self._host: HostProcess | None = None
        self._leaving: HostProcess | None = None
        self._abandoned: list[HostProcess] = []
        self._lock: asyncio.Lock | None = None
        self._acting: asyncio.Task[Any] | None = None
        self._closing = False

    def start(self, *, prepare: bool = True) -> None:
        """Start the process now, if there is none. Returns at once. Call it from the thread that lives longest.
        `prepare`: get ready for more than looks, which takes 50 ms of a processor.

        Raises Refusal: module_missing (no absolute path), module_hung (the last process cannot be ended).
        """
        if self._host is None:
            if not self._module.is_absolute():
                raise Refusal(Code.MODULE_MISSING, module=str(self._module), reason="not_absolute")
            if self._leaving is not None and not self._leaving.gone():
                raise Refusal(Code.MODULE_HUNG, act="start", seconds=0, module=str(self._module))
            self._leaving = None
            self._abandoned = [host for host in self._abandoned if not host.gone()]
            self._host = self._spawn(prepare=prepare)

    async def look(self) -> tuple[CardSeen, ...]:
        """Every card that can be reached now, without a PIN. Raises Refusal (card/port.py)."""
        cards = await self._act("look", {"staged": list(self._models.staged)})
        return tuple(from_json(card) for card in cards["cards"])

    async def claim(self) -> None:
        """Wait for an earlier process of this login, hold off the next one (card/port.py). Raises Refusal."""
        if self._claim is not None:
            await self._act("claim", {"lock": str(self._claim)})

    async def format(self, card: CardSeen, label: str, so_pin: Secret, pin: Secret) -> Token:
        """Wipe this card; what it is called afterwards. Raises Refusal (card/port.py), card_label, pin_format."""
        model = self._models.model_of(card)
        model.refuse_unformattable(card)
        model.check_label(label)
        model.check_so_pin(so_pin)
        model.check_pin(pin)
        arguments = {"card": Address.of(card).to_json(), "label": label, **_way(model)}
        initial = () if model.so_pin.initial is None else (Secret(model.so_pin.initial),)
        found = await self._with_pin("format", card.token, Which.SO_PIN, arguments, so_pin, pin, *initial)
        after = token_from_json(found["token"])
        for one in (card.token, after):
            self._refused.forget(one, Which.PIN)
        return after

    async def set_pin(self, card: CardSeen, old: Secret, new: Secret) -> None:
        """Change the user PIN. Raises Refusal (card/port.py), pin_format."""
        self._models.model_of(card).check_pin(new)
        await self._with_pin("set_pin", card.token, Which.PIN, {"card": Address.of(card).to_json()}, old, new)
        self._refused.forget(card.token, Which.PIN)

    async def unblock(self, card: CardSeen, so_pin: Secret, new: Secret) -> None:
        """Give a new PIN to a card whose PIN is locked. Raises Refusal (card/port.py), pin_format, card_unsupported."""
        model = self._models.model_of(card)
        model.refuse_unformattable(card)
        model.check_pin(new)
        arguments = {"card": Address.of(card).to_json(), **_way(model)}
        await self._with_pin("unblock", card.token, Which.SO_PIN, arguments, so_pin, new)
        self._refused.forget(card.token, Which.PIN)

    async def open(self, card: CardSeen, pin: Secret | None) -> None:
        """Log in. Raises Refusal (card/port.py): pin_already_refused before anything is sent."""
        self._by_trial = not self._models.model_of(card).tells_sensitive
        arguments = {"card": Address.of(card).to_json()}
        if pin is None:
            await self._act("open_at_pad", arguments)
        else:
            await self._with_pin("open", card.token, Which.PIN, arguments, pin)

    async def close(self) -> None:
        """Log out and end the process. An act that is under way or waits for its turn ends as `interrupted`; what the
        module is doing at that moment it still finishes."""
        if self._lock is not None and self._lock.locked():
            self._closing = True
            if self._acting is not None:
                self._acting.cancel()
            async with self._lock:
                self._closing = False
        host, self._host, self._early = self._host or self._early, None, None
        if host is not None and not host.leave():
            self._leaving = host

    async def make_key(self, cka_id: bytes, algorithm: Algorithm, label: str) -> bytes:
        """Make a key pair that cannot leave the card; DER SubjectPublicKeyInfo. Raises Refusal (card/port.py)."""
        arguments = {"cka_id": cka_id.hex(), "algorithm": algorithm.value, "label": label, "by_trial": self._by_trial}
        return b64decode((await self._act("make_key", arguments))["public_key"])

    async def find(self, cka_id: bytes) -> KeyFound:
        """What is on the card under this CKA_ID. Raises Refusal (card/port.py)."""
        found = await self._act("find", {"cka_id": cka_id.hex(), "by_trial": self._by_trial})
        public_key = None if found["public_key"] is None else b64decode(found["public_key"])
        certificates = tuple(b64decode(der) for der in found["certificates"])
        return KeyFound(found["private_keys"], public_key, certificates, tuple(found["reasons"]))

    async def check_scheme(self, algorithm: Algorithm, scheme: Scheme) -> None:
        """Whether a key of this kind can sign by this scheme (card/port.py). Raises Refusal: card_scheme."""
        if algorithm.rsa_bits is not None:
            await self._act("check_scheme", {"scheme": scheme.value})

    async def sign(self, cka_id: bytes, message: bytes, scheme: Scheme = Scheme.PKCS1_V15) -> bytes:
        """Sign a message with SHA-256 (card/port.py). Raises Refusal."""
        arguments = {"cka_id": cka_id.hex(), "message": b64encode(message).decode(), "scheme": scheme.value}
        return b64decode((await self._act("sign", arguments))["signature"])

    async def store_certificate(self, cka_id: bytes, der: bytes, label: str) -> None:
        """Store a certificate, read it back, leave nothing after a failure. Raises Refusal (card/port.py)."""
        arguments = {"cka_id": cka_id.hex(), "certificate": b64encode(der).decode(), "label": label}
        await self._act("store_certificate", arguments)

    async def leave_receipt(self, label: str, data: bytes) -> None:
        """Write a binding receipt to the card. Raises Refusal (card/port.py)."""
        await self._act("leave_receipt", {"label": label, "data": b64encode(data).decode()})

    async def receipts(self) -> tuple[bytes, ...]:
        """The binding receipts on all cards. Raises Refusal (card/port.py)."""
        return tuple(b64decode(one) for one in (await self._act("receipts", {}))["receipts"])

    async def destroy_leftover(self, cka_id: bytes) -> None:
        """Remove half a key pair. Raises Refusal: card_error when it is whole (card/port.py)."""
        await self._act("destroy_leftover", {"cka_id": cka_id.hex()})

    async def _with_pin(
        self, act: str, token: Token, which: Which, arguments: Mapping[str, object], *secrets: Secret
    ) -> dict[str, Any]:
        """An act whose first secret the card may refuse; what it has refused before is not sent."""
        self._refused.check(token, which, secrets[0])
        try:
            return await self._act(act, arguments, secrets)
        except Refusal as refusal:
            if refusal.facts.pop("refused", False):
                self._refused.remember(token, which, secrets[0])
            raise

    async def _act(self, act: str, arguments: Mapping[str, object], secrets: Sequence[Secret] = ()) -> dict[str, Any]:
        """One act at a time. What the process answers, or the refusal it answers with."""
        async with self._turn():
            answer = await self._exchange(act, arguments, secrets)
        if "refusal" in answer:
            raise Refusal(Code(answer["refusal"]), **answer["facts"])
        return cast(dict[str, Any], answer["done"])

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for the acts before. Without an event loop there are none."""
        if running_loop() is None:
            yield
            return
        import asyncio

        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            self._acting = asyncio.current_task()
            try:
                yield
            except asyncio.CancelledError:
                if not self._closing or self._acting is None:
                    raise
                self._acting.uncancel()  # it was `close` that cancelled the act, and nobody the task
                raise Refusal(Code.INTERRUPTED) from None
            finally:
                self._acting = None

    async def _exchange(self, act: str, arguments: Mapping[str, object], secrets: Sequence[Secret]) -> dict[str, Any]:
        """Greet a new process, ask it; end it when it does not answer, when it lies in pieces, when we are stopped."""
        self._refuse_closing(act)
        request, stage, seconds = Request(act, arguments, secrets), "start", self._deadlines.start
        self.start(prepare=act != "look")
        host = cast(HostProcess, self._host)
        try:
            refusal = await greet(host, seconds)
            if refusal is not None:
                self._end(host)
                return refusal
            stage, seconds = act, getattr(self._deadlines, _DEADLINES.get(act, act))
            return await ask(host, request, seconds, self._marker(act))
        except TimeoutError:
            self._end(host)
            raise Refusal(Code.MODULE_HUNG, act=stage, seconds=round(seconds), module=str(self._module)) from None
        except (EOFError, OSError, Garbled) as error:
            garbled: dict[str, Fact] = {"reason": "garbled"} if isinstance(error, Garbled) else {}
            words = host.last_words()
            self._end(host)
            self._refuse_closing(act)
            raise Refusal(Code.MODULE_CRASHED, act=stage, module=str(self._module), **words, **garbled) from None
        except BaseException:
            self._abandon(host)
            raise

    def _spawn(self, *, prepare: bool) -> HostProcess:
        early, self._early = self._early, None
        if early is not None and not early.fits(self._environment):
            early.kill()
            early = None
        try:
            host = early or HostProcess(self._command or host_command(), self._environment)
            host.taken = True
        except OSError as error:
            reason = type(error).__name__
            raise Refusal(Code.MODULE_CRASHED, act="start", module=str(self._module), reason=reason) from None
        host.name(naming(str(self._module), self._environment, prepare=prepare))
        return host

    def _end(self, host: HostProcess) -> None:
        if self._host is host:
            self._host = None
        if not host.kill():
            self._leaving = host

    def _abandon(self, host: HostProcess) -> None:
        """Nobody waits for its answer any more, but what it is doing it does to the end (card/host.py)."""
        if self._host is host:
            self._host = None
        host.abandon()
        self._abandoned.append(host)

    def _refuse_closing(self, act: str) -> None:
        if self._closing:
            raise Refusal(Code.INTERRUPTED, act=act)

    def _marker(self, act: str) -> Callable[[Phase], None]:
        point = _POINTS.get(act)
        return lambda phase: self._watch(point, phase) if point is not None else None


def _way(model: CardModel) -> dict[str, object]:
    """How the card's process formats and unblocks a card of this model."""
    return {"way": model.format.value, "programs": dict(model.programs)}


def at_once(act: Coroutine[None, None, _T]) -> _T:
    """Drive one act of the card to its end without an event loop, whose import takes as long as the act (measured).

    Only for a single question: without a loop the acts wait by poll(2), and nothing else goes on meanwhile.
    """
    try:
        act.send(None)
    except StopIteration as end:
        return cast(_T, end.value)
    act.close()
    raise RuntimeError("it waits for an event loop")
