"""The card's process as the program sees it: started cheaply, named its module, ended surely.

This file imports next to nothing, so that a program can start the process before its own imports (`start_early`).
"""

from __future__ import annotations

import fcntl
import os
import sys
import time

# Not from `typing`, which takes 2 ms to import; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lgpki_tui.ground.findings import Fact

# Pipes below would be in the way of the child's own standard streams.
_LOWEST_FD = 3
# How long a process may take to vanish after SIGKILL before that is left to a later call: a driver may be stuck in
# the kernel.
_REAP_SECONDS = 0.25
# How long it may take to end by itself once its pipe has ended: C_Logout and C_Finalize.
_LEAVE_SECONDS = 2.0
_STEP_SECONDS = 0.001


_SIGKILL = 9
# What the dynamic linker reads when a process starts, and never again (ld.so(8)).
_LINKER = "LD_"


def host_command() -> tuple[str, ...]:
    """The command that runs card/host.py with this interpreter.

    Of the same version as the program, also where another one is installed. Not `-m`: that would look for modules in
    the working directory first, and costs 4 ms more (measured).
    """
    # pathlib takes 3 ms to import, and `card list` starts this before anything else.
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120  # as above
    path = f"import os,sys;{root!r} in sys.path or sys.path.insert(0,{root!r})"
    return (sys.executable, "-P", "-c", f"{path};from lgpki_tui.card.host import main;os._exit(main())")


def start_early() -> HostProcess:
    """Start a process that HostedCard takes over: it gets ready while the program imports and reads its settings.

    Who does not need it after all calls `leave`. Raises OSError.
    """
    return HostProcess(host_command(), os.environ)


class HostProcess:
    """A started process."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it. Raises OSError when that cannot be done."""
        theirs_in, self._requests = _pipe()
        self._answers, theirs_out = _pipe()
        self._status: int | None = None
        self._linker = _linker(environment)
        self.ready = False
        # Whether somebody else ends it, who was not there yet when it was started early.
        self.taken = False
        # The rest of the naming that did not fit into the pipe at once; None before `name`.
        self.unsent: bytearray | None = None
        try:
            self.pid = os.posix_spawn(
                command[0],
                list(command),
                dict(environment),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs_in, 0),
                    (os.POSIX_SPAWN_DUP2, theirs_out, 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
                # A group of its own: Ctrl+C is for the program, which then decides about the card.
                setpgroup=0,
            )
        except OSError:
            self._close_pipes()
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        os.set_blocking(self._requests, False)
        os.set_blocking(self._answers, False)

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether it can still be given this environment: what the dynamic linker reads must be the same."""
        return self._linker == _linker(environment)

    def name(self, frame: bytearray) -> None:
        """Tell it its module and environment, without waiting. What does not fit now stays in `unsent`."""
        try:
            self.unsent = frame[os.write(self._requests, frame) :]
        except (BlockingIOError, BrokenPipeError):  # it is full, or it is dead: who asks next will see
            self.unsent = frame

    @property
    def requests(self) -> int:
        """The descriptor to write requests to, non-blocking."""
        return self._requests

    @property
    def answers(self) -> int:
        """The descriptor to read answers from, non-blocking."""
        return self._answers

    def signal(self) -> None:
        """Tell it to end at once; who waits for an answer sees the end of the pipe."""
        if not self.gone():
            os.kill(self.pid, _SIGKILL)

    def kill(self) -> bool:
        """End it at once. Whether it is gone; if not yet, ask `gone` later."""
        self.signal()
        self._close_pipes()
        return self._wait(_REAP_SECONDS)

    def leave(self) -> bool:
        """Let it log out and end by itself, and end it when it does not. Whether it is gone."""
        self._close_pipes()
        return self._wait(_LEAVE_SECONDS) or self.kill()

    def abandon(self) -> None:
        """Ask it nothing more and wait for nothing. It ends after what it is doing."""
        self._close_pipes()

    def gone(self) -> bool:
        """Whether it has ended."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def last_words(self) -> dict[str, Fact]:
        """How it ended, after its pipe did: facts `signal` (a name) or `status`. Ends it if it is still there."""
        if not self._wait(_REAP_SECONDS):
            self.kill()
        self._close_pipes()
        if self._status is None:
            return {"signal": None}
        if os.WIFSIGNALED(self._status):
            return {"signal": _signal_name(os.WTERMSIG(self._status))}
        return {"status": os.waitstatus_to_exitcode(self._status)}

    def _wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self.gone():
            if time.monotonic() > end:
                return False
            time.sleep(_STEP_SECONDS)
        return True

    def _close_pipes(self) -> None:
        for fd in (self._requests, self._answers):
            if fd >= 0:
                os.close(fd)
        self._requests = self._answers = -1


def _pipe() -> tuple[int, int]:
    """A pipe for reading and writing whose ends are not inherited and are no standard stream."""
    ends = os.pipe()
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_FD) for fd in ends]
    for fd in ends:
        os.close(fd)
    return moved[0], moved[1]


def _linker(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_LINKER)}


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
