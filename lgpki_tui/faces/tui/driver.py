"""The terminal driver of the wizard: keeps a model of the terminal and sends only the cells that changed.

Why: Textual 8.2.8 sends every repainted region whole, about 150 bytes a key and several thousand for a screen.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Literal

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from lgpki_tui.faces.tui.cells import Picture, is_frame
from lgpki_tui.faces.tui.changes import Shown
from lgpki_tui.faces.tui.line import Line
from lgpki_tui.faces.tui.terminal import SteadyLine

Wire = Literal["diff", "plain"]

_ENTER = "\x1b[?1049h"
# Synchronized output: Textual brackets every frame with it once the terminal has said that it knows it.
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
# A shorter writing reaches the screen in one piece anyway.
_WORTH_SYNC = 256
# What leaves cells, cursor and style alone: bell, OSC, private modes and queries, cursor shape.
_HARMLESS = re.compile(r"(?:\x07|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[?<=>][\d;]*(?:\$p|[a-z])|\x1b\[\d* q)+")
# The shape of the mouse pointer (Screen.update_pointer_shape), sent with every screen even when there is no mouse.
_POINTER = "\x1b]22;"
# Of these only the newest counts while the line is stuck: the bell, an OSC of one kind (title, clipboard).
_REPLACED = re.compile(r"\x07|\x1b\]\d+;")


class DiffDriver(LinuxDriver):
    """Sends what differs between the terminal and the screen, at most once in WINDOW seconds, and nothing when idle.

    The first frame after a pause is sent at once; those that follow within WINDOW are sent together. Another screen is
    sent when it has been still for SETTLE (Textual draws a new screen in up to four frames), LONGEST at most, so that
    nobody sees it half filled and it is one writing; the first screen of all is not kept back. While the line
    has not taken the last writing (a stuck connection), frames go on being merged into the model and cost neither
    memory nor time; only leaving or suspending waits for the line, since the terminal must be restored.

    Other writing to the same terminal is not seen: bind Ctrl+L to `invalidate`.
    """

    # Knows these private parts of Textual 8.2.8: Driver._app, ._loop, ._auto_restart; LinuxDriver._file (what its
    # writer thread writes to), ._sigtstp_application and ._sigcont_application (its signal handlers); that application
    # mode begins by writing _ENTER; that a frame is one write beginning with a cursor position (App._display).

    WINDOW = 0.03
    SETTLE = 0.02
    LONGEST = 0.1

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._has_mouse = mouse
        self._thread = threading.get_ident()
        self._picture = Picture()
        self._shown = Shown()
        assert self._file is not None, "standard error is the terminal"  # noqa: S101  # start.py saw to it
        self._line = Line(self._file, self._taken)
        self._file = self._line  # type: ignore[assignment]  # what is used of a file
        self._sent = 0
        self._waiting: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")
        # Since when another screen is being drawn; since when, and in which version, the picture is as it is.
        self._changing = float("inf")
        self._still, self._version = float("-inf"), 0
        self._screen_sent: Callable[[], object] = lambda: None
        self._synchronized = False
        # Open: the terminal is ours. Drawing: and on the screen of the application. Suspended: by SIGTSTP.
        self._open = self._drawing = self._suspended = False

    def invalidate(self) -> None:
        """Forget what the terminal shows and draw all of it again, from the model: Textual need not repaint."""
        self._shown.forget()
        self.flush()

    def trust_ambiguous(self, narrow: bool) -> None:
        """Tell how wide this terminal draws ambiguous characters (UAX #11), once a cursor report has shown it.

        Until then, and when they are wide, the cursor is placed anew after each of them.
        """
        self._shown.ambiguous_narrow = narrow

    # --- what Textual writes

    def write(self, data: str) -> None:
        """Draw a frame into the model, or pass on anything else in its order. Frames are sent by `flush`."""
        if threading.get_ident() != self._thread:
            # The input thread answers what the terminal reports.
            self._soon(self.write, data)
        elif data in (_SYNC_START, _SYNC_END):
            self._synchronized = True
        elif is_frame(data):
            self._fit()
            self._picture.draw(data)
        else:
            self._pass_on(data)

    def flush(self) -> None:
        """Send what changed: now, or when its time has come."""
        if threading.get_ident() != self._thread or not self._has_changes():
            return
        now = self._loop.time()
        due = max(self._last + self.WINDOW, self._settled(now))
        if due <= now:
            self._send()
        elif self._timer is None or self._timer.when() < due:
            self._cancel_timer()
            self._timer = self._loop.call_at(due, self._send)

    def _settled(self, now: float) -> float:
        """When the screen may be shown, if no other frame comes."""
        if self._screen_of_app() is self._screen_sent() or self._shown.is_blank():
            return now
        self._changing = min(self._changing, now)
        if self._version != self._picture.version:
            self._version, self._still = self._picture.version, now
        return min(self._still + self.SETTLE, self._changing + self.LONGEST)

    def _screen_of_app(self) -> object:
        stack = self._app.screen_stack
        return stack[-1] if stack else None

    def _has_changes(self) -> bool:
        return self._drawing and self._picture.height > 0 and self._shown.differs(self._picture)

    def _fit(self) -> None:
        width, height = self._app.size
        self._picture.fit(width, height)

    def _pass_on(self, data: str) -> None:
        if data.startswith(_POINTER) and not self._has_mouse:
            return
        entering = _ENTER in data
        if entering:
            self._open, self._drawing, self._suspended = True, True, False
        if entering or not _HARMLESS.fullmatch(data):
            self._shown.forget()
        elif self._is_free() and self._timer is not None:
            self._queue(self._changes())
        if not self._open:
            return  # suspended or ended: the terminal is somebody else's
        self._queue(data)
        self._send_waiting()
        if entering:
            self._later()

    # --- what goes to the line

    def _send(self) -> None:
        """Give the line what waits and what changed, in one writing, unless it is still busy with the last."""
        self._cancel_timer()
        if self._open and self._is_free():
            if self._has_changes():
                self._fit()
                self._queue(self._changes())
            self._send_waiting()

    def _send_waiting(self) -> None:
        if self._waiting and self._is_free():
            data = "".join(self._waiting)
            self._waiting.clear()
            self._sent += 1
            super().write(data)

    def _changes(self) -> str:
        self._cancel_timer()
        self._last = self._loop.time()
        self._changing = float("inf")
        self._screen_sent = _reference(self._screen_of_app())
        data = self._shown.changes(self._picture)
        return f"{_SYNC_START}{data}{_SYNC_END}" if self._synchronized and len(data) > _WORTH_SYNC else data

    def _queue(self, data: str) -> None:
        kind = _REPLACED.match(data)
        if kind:
            self._waiting = [older for older in self._waiting if not older.startswith(kind.group())]
        if data:
            self._waiting.append(data)

    def _is_free(self) -> bool:
        return self._line.written == self._sent

    def _taken(self) -> None:
        """The line took a writing (told by the writer thread)."""
        self._soon(self._continue_sending)

    def _continue_sending(self) -> None:
        if self._timer is None:
            self._send()
        else:
            self._send_waiting()

    def _later(self) -> None:
        """Send once WINDOW has passed: more is sure to come."""
        self._last = self._loop.time()
        self.flush()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _soon(self, call: Callable[..., object], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call, *arguments)

    # --- entering, leaving, resizing

    def start_application_mode(self) -> None:
        """Take the terminal; all is drawn anew."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # untyped there
        if self._open:
            self._watch_size()

    def _watch_size(self) -> None:
        """A terminal may lose cells while it is resized, even when its size is the old one in the end."""
        textual_handler = signal.getsignal(signal.SIGWINCH)

        def resized(number: int, frame: FrameType | None) -> None:
            self._soon(self._resized)
            if callable(textual_handler):
                textual_handler(number, frame)

        signal.signal(signal.SIGWINCH, resized)

    def process_message(self, message: Message) -> None:
        """Notice a size that the terminal reports in-band."""
        if isinstance(message, events.Resize):
            self._soon(self._resized)
        super().process_message(message)

    def _resized(self) -> None:
        self._shown.forget()
        self._cancel_timer()
        self._later()

    def stop_application_mode(self) -> None:
        """Give the terminal back. What was not sent yet is dropped: its screen goes away."""
        self._cancel_timer()
        if self._drawing:
            self._drawing = False
            # For terminals without an alternate screen: what follows is below the last screen and in plain style.
            self._queue("\x1b[m" + (f"\x1b[{self._picture.height}H\r\n" if self._picture.height else ""))
        super().stop_application_mode()

    def close(self) -> None:
        """End the writer thread, when the line has taken everything."""
        if self._open:
            self._open = False
            if self._waiting:
                self._sent += 1
                super().write("".join(self._waiting))
                self._waiting.clear()
        super().close()

    # --- SIGTSTP and SIGCONT: handled between two callbacks of the loop, never in the middle of one

    def _sigtstp_application(self, *_: object) -> None:
        if self._open and self._auto_restart:
            self._soon(self._suspend)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _suspend(self) -> None:
        self._suspended = True
        super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        self._soon(self._resume)

    def _resume(self) -> None:
        if not self._auto_restart:
            return  # App.suspend() takes the terminal back itself
        if self._open:
            # Stopped by SIGSTOP, so the terminal was not given back: whoever had it may have changed all of it.
            self.suspend_application_mode()
        elif not self._suspended:
            return  # the application has ended
        self.resume_application_mode()


def _reference(screen: object) -> Callable[[], object]:
    """A screen that was taken down is not kept alive by having been shown last."""
    return (lambda: None) if screen is None else weakref.ref(screen)


def driver_for(wire: Wire) -> type[Driver]:
    """The driver class for `--wire`: "diff" sends changed cells only, "plain" is Textual's own on a steady line."""
    return DiffDriver if wire == "diff" else PlainDriver


class PlainDriver(SteadyLine, LinuxDriver):
    """Textual's driver, not held up by a line that is lost."""


def redraw(app: App[Any]) -> None:
    """Draw the whole terminal again after something else wrote to it (Ctrl+L), whichever driver it has."""
    driver = app._driver  # App has no public way to its driver (Textual 8.2.8)
    if isinstance(driver, DiffDriver):
        driver.invalidate()
    else:
        app.screen.refresh()
