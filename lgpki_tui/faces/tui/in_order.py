"""Keys take effect in the order in which they were pressed, however fast they come."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from textual import events

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.screen import Screen

    _App = App[Any]
else:
    _App = object

# These must work also while there is no page: leave, repair, stop.
_AT_ONCE = frozenset(("ctrl+q", "ctrl+c", "ctrl+l", "ctrl+z"))
# A key bubbles from the field to the app and its act to a button; what the button says bubbles to the page.
_PASSES = 3
_STEP_SECONDS = 0.002
# So often the loop is only let go round: most of what a key brings about takes no longer.
_ROUNDS = 100


class KeysInOrder(_App):
    """Piece of an App class, before App. `has_page` says whether there is somewhere for keys to go.

    Textual 8.2.8 gives every key to what has the focus at that moment, while Enter and Tab move the focus some messages
    later. Of keys that come together, over a thin line say, the first digits of a PIN went into the field before it,
    where everybody could read them, or were lost between two pages and the rest went to the card (both measured). So a
    key waits until all that the one before it brought about is done, and until there is a page. Text in a field brings
    about nothing that could move the focus, and is not waited for.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._held: deque[events.Event] = deque()
        self._handing: asyncio.Task[None] | None = None
        self._let_through: events.Event | None = None
        self._moving = False

    def has_page(self) -> bool:
        """Whether a page is shown that keys are for."""
        return bool(self.screen_stack) and self.screen.is_mounted

    def forget_typed_ahead(self) -> None:
        """What was typed for a page that does not come belongs nowhere: a PIN, say, to no field that can be read."""
        kept = [each for each in self._held if isinstance(each, events.Key) and each.key in _AT_ONCE]
        self._held.clear()
        self._held.extend(kept)

    async def on_event(self, event: events.Event) -> None:
        """Hand on a key or a paste, now or when its turn has come."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif event is self._let_through or self._is_free():
            await self._hand_on(event)
        elif isinstance(event, events.Key) and event.key in _AT_ONCE and not self.has_page():
            await super().on_event(event)
        else:
            self._held.append(event)
            if self._handing is None:
                self._handing = asyncio.create_task(self._hand_on_in_order())

    def _is_free(self) -> bool:
        return self._handing is None and not self._moving and self.has_page()

    async def _hand_on(self, event: events.Event) -> None:
        self._moving = not self._is_text(event)
        await super().on_event(event)
        if self._moving and self._handing is None:
            # At once: a key that comes later finds it done, and does not wait (3 ms of 7, measured).
            self._handing = asyncio.create_task(self._hand_on_in_order())

    def _is_text(self, event: events.Event) -> bool:
        field = self.focused
        if field is None:
            return False
        return isinstance(event, events.Paste) or (
            isinstance(event, events.Key) and field.check_consume_key(event.key, event.character)
        )

    async def _hand_on_in_order(self) -> None:
        while (self._held or self._moving) and not self._exit and self.is_running:
            await self._settled()
            if not self._held:
                break
            self._let_through = self._held.popleft()
            self.post_message(self._let_through)
            await self._idle(self)
        self._handing = self._let_through = None

    async def _settled(self) -> None:
        """Wait until what the last key brought about is done, and there is a page."""
        while not self._exit and self.is_running:
            if not self.has_page():
                await asyncio.sleep(_STEP_SECONDS)
                continue
            page = self.screen
            if self._moving and not await self._is_done(page):
                continue
            self._moving = False
            return

    async def _is_done(self, page: Screen[Any]) -> bool:
        """Whether all on the page has done what it had to do; not when the page has gone meanwhile."""
        for _pass in range(_PASSES):
            for pump in (*reversed(page.walk_children()), page, self):
                await self._idle(pump)
                if not self.screen_stack or self.screen is not page:
                    return False
        return True

    async def _idle(self, pump: MessagePump) -> None:
        """Wait until it has dealt with every message that it has now, or has ended."""
        page = self.screen if self.screen_stack else None
        done = asyncio.Event()
        if not pump.call_later(done.set):
            return
        rounds = 0
        while not done.is_set() and pump.is_running and not self._exit:
            if page is not None and (not self.screen_stack or self.screen is not page):
                return
            rounds += 1
            await asyncio.sleep(0 if rounds < _ROUNDS else _STEP_SECONDS)
