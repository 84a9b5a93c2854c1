"""The card's process: `python -m lgpki_tui.card.host`. Holds one module and one session.

Requests come on standard input, answers go to standard output, as frames (card/wire.py). Both are moved away before
the module is loaded, so that a module that prints reaches neither the terminal nor the answers. The first frame names
the module: the program starts this process before it knows it.

It ends with its pipe, and so with its parent; but an act of the module that is under way is let finish first. Killed
inside C_SetPIN, SoftHSM leaves a token that nobody can read any more (measured): no key may be lost like that. The
next process waits for this one (`claim`), and a module that hangs is ended by the deadline of its act (serving.py).
"""

from __future__ import annotations

import os
import signal

# Above everything that a module might take for standard streams.
_LOWEST_OWN = 10


def main() -> int:
    """Answer until the pipe ends. Always 0."""
    requests, answers = _move_streams()
    from lgpki_tui.ground.hardening import harden

    harden()
    # The end of a session or a login must not cut an act short either.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    # Here and not above: the module's shared objects come with these imports, and nothing may print before.
    from lgpki_tui.card.serving import serve

    serve(requests, answers)
    return 0


def _move_streams() -> tuple[int, int]:
    """The two pipes under numbers of our own; 0, 1 and 2 lead nowhere."""
    import fcntl

    requests, answers = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_OWN) for fd in (0, 1))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    if nowhere > 2:
        os.close(nowhere)
    return requests, answers


if __name__ == "__main__":
    # No clean-up of the interpreter: a module's own destructors may hang or crash there, after all is done.
    os._exit(main())
