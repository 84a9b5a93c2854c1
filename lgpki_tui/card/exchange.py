"""One request to the card's process and its answer, within a deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lgpki_tui.card import channel, wire
from lgpki_tui.card.process import HostProcess
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.points import Phase
from lgpki_tui.ground.secret import Secret


@dataclass(frozen=True, slots=True)
class Request:
    """An act, what it is about, and the PINs it needs, each of which travels in a frame of its own."""

    act: str
    arguments: Mapping[str, object]
    secrets: Sequence[Secret]

    def message(self, seconds: float) -> bytearray:
        """The frame without the secrets, of which it tells the number. Raises wire.Garbled when it is too large.

        `seconds` is the deadline: should we be gone by then, the process ends itself.
        """
        secrets = len(self.secrets)
        return wire.pack_json({"act": self.act, "arguments": self.arguments, "secrets": secrets, "seconds": seconds})


def naming(module: str, environment: Mapping[str, str], *, prepare: bool) -> bytearray:
    """The first frame: the module to load, the whole environment that it shall see, and whether to get ready for more
    than looks at once. Raises wire.Garbled."""
    return wire.pack_json({"module": module, "environment": environment, "prepare": prepare})


async def greet(host: HostProcess, seconds: float) -> dict[str, object] | None:
    """Wait until the process has loaded its module; None then, else the refusal it ends with.

    Raises TimeoutError, EOFError, OSError, wire.Garbled.
    """
    if host.ready:
        return None
    until = channel.deadline(seconds)
    if host.unsent:
        await channel.send(host.requests, host.unsent, until)
    answer = await channel.receive(host.answers, until)
    host.ready = answer.get("ready") is True
    return None if host.ready else _checked(answer)


async def ask(host: HostProcess, request: Request, seconds: float, mark: Callable[[Phase], None]) -> dict[str, object]:
    """Send a request and read its answer: `done`, or `refusal` and `facts`.

    Raises TimeoutError, EOFError, OSError, wire.Garbled. After any of them, and after a cancellation, the process
    must be ended: an answer may still be on its way.
    """
    message = request.message(seconds)
    mark(Phase.BEFORE)
    until = channel.deadline(seconds)
    await channel.send(host.requests, message, until)
    for secret in request.secrets:
        await _send_secret(host.requests, secret, until)
    mark(Phase.INSIDE)
    answer = _checked(await channel.receive(host.answers, until))
    mark(Phase.AFTER)
    return answer


async def _send_secret(fd: int, secret: Secret, until: float) -> None:
    frame = wire.pack_secret(secret.reveal())
    try:
        await channel.send(fd, frame, until)
    finally:
        frame[:] = bytes(len(frame))


def _checked(answer: dict[str, object]) -> dict[str, object]:
    done = isinstance(answer.get("done"), dict)
    refused = isinstance(answer.get("refusal"), str) and isinstance(answer.get("facts"), dict)
    if not (done or refused):
        raise wire.Garbled
    return answer
