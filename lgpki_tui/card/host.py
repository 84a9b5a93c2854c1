"""The card's process: `python -m lgpki_tui.card.host PARENT_PID`. Holds one module and one session.

Requests come on standard input, answers go to standard output, as frames (card/wire.py). Both are moved away before
the module is loaded, so that a module that prints reaches neither the terminal nor the answers. It ends with its
pipe and with its parent. The first frame names the module: the program starts this process before it knows it.
"""

from __future__ import annotations

import os
import sys

# Above everything that a module might take for standard streams.
_LOWEST_OWN = 10


def main(arguments: list[str]) -> int:
    """Answer until the pipe ends. Exit status 0 then; 2 for wrong arguments; 3 when the parent was gone already."""
    if len(arguments) != 1 or not arguments[0].isdigit():
        return 2
    requests, answers = _move_streams()
    from lgpki_tui.ground.hardening import die_with_parent, harden

    harden()
    if not die_with_parent(int(arguments[0])):
        return 3
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
    os._exit(main(sys.argv[1:]))
