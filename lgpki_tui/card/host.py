"""The card's process: `python -m lgpki_tui.card.host MODULE PARENT_PID`. Holds one module and one session.

Requests come on standard input, answers go to standard output, as frames (card/wire.py). Both are moved away before
the module is loaded, so that a module that prints reaches neither the terminal nor the answers. It ends with its
pipe and with its parent. Nothing that is not needed is imported: it starts while the program does.
"""

from __future__ import annotations

import os
import sys

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4  # linux/prctl.h
_SIGKILL = 9
# Above everything that a module might take for standard streams.
_LOWEST_OWN = 10


def main(arguments: list[str]) -> int:
    """Answer until the pipe ends. Exit status 0 then; 2 for wrong arguments; 3 when the parent was gone already."""
    if len(arguments) != 2 or not arguments[1].isdigit():
        return 2
    requests, answers = _move_streams()
    if not _bind_to_parent(int(arguments[1])):
        return 3
    # Here and not above: the module's shared objects come with these imports, and nothing may print before.
    from lgpki_tui.card.serving import serve

    serve(arguments[0], requests, answers)
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


def _bind_to_parent(parent: int) -> bool:
    """Leave no core, be readable by nobody, die with the parent. False when the parent died before that was set."""
    import ctypes
    import resource

    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    return os.getppid() == parent


if __name__ == "__main__":
    # No clean-up of the interpreter: a module's own destructors may hang or crash there, after all is done.
    os._exit(main(sys.argv[1:]))
