"""Ctrl+Z: the wizard as a job of the shell. Imports no Textual."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.app import App
    from textual.drivers.linux_driver import LinuxDriver

    _App = App[Any]
else:
    _App = object


class JobControl(_App):
    """Piece of an App class, before App, for a binding of ctrl+z to `suspend_process`."""

    def action_suspend_process(self) -> None:
        """Stop, as the terminal's own Ctrl+Z would: the whole job, `make` or a script around us too, and only where a
        shell waits that can continue it; elsewhere nothing could ever wake us.

        Textual's way stops this process alone, and a script around it goes on holding the terminal.
        """
        driver = cast("LinuxDriver | None", self._driver)
        if driver is None or not driver.can_suspend or not resumable():
            self.bell()
            return
        self._suspend_signal()
        driver.suspend_application_mode()  # first: the shell has the terminal as soon as the script around us stops
        _stop_job(driver.fileno, lambda: self._exit)
        if self._exit and not in_foreground(driver.fileno):
            # Ended from the shell (`kill %1`), whose terminal it is. Textual would set it, and be stopped for that.
            driver.attrs_before = None
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            return
        driver.resume_application_mode()
        self._resume_signal()
        self.screen.refresh(layout=True)

    def on_driver_signal_resume(self) -> None:
        """After `kill -TSTP`, which Textual answers: paint anew what the shell has scrolled away."""
        self.screen.refresh(layout=True)


def _stop_job(line: int, leaving: Callable[[], bool]) -> None:
    """Stop this process group; returns when it is continued in the foreground, or when the app is to end."""
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTSTP, signal.SIGCONT)}
    try:
        while True:
            os.killpg(os.getpgrp(), signal.SIGTSTP)
            for _moment in range(20):  # in the background by `bg`, or by `kill`: then the watch is about to say so
                if in_foreground(line) or leaving():
                    return
                time.sleep(0.025)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def in_foreground(line: int) -> bool:
    """Whether the terminal is ours, or gone: only a shell that has it forbids us to set it."""
    try:
        return os.tcgetpgrp(line) == os.getpgrp()
    except OSError:
        return True


def resumable() -> bool:
    """Whether our process group has a parent in another group of the session: a shell that can continue it (setpgid(2):
    the group is not orphaned). Not so for `ssh -t HOST COMMAND` or a command that tmux runs."""
    group, session, process = os.getpgrp(), os.getsid(0), os.getpid()
    try:
        while process > 1:
            # proc(5): pid (comm) state ppid pgrp session …; a name may hold blanks and brackets.
            _state, parent, of_group, of_session = (
                Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:4]
            )
            if int(of_session) != session:
                return False
            if int(of_group) != group:
                return True
            process = int(parent)
    except OSError:
        pass
    return False
