"""`card list --watch`: one line for each card or reader that comes or goes, until Ctrl+C. No card is touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue

from lgpki_tui.card.watching import Presence, Readers, ReaderSeen, ReaderWatch
from lgpki_tui.faces.cli.run import Call
from lgpki_tui.ground.codes import Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a reader: `event` is start, inserted, removed, swapped, mute, reader_added or reader_removed."""

    event: str
    reader: ReaderSeen


def watch(call: Call) -> Exit:
    """Tell what is there, then each change. Raises Refusal(pcsc_service) when there is no service to ask."""
    call.workplace.open_readers()
    readers, told = ReaderWatch(), SimpleQueue[Readers | Refusal]()
    # In a thread: libpcsclite goes on waiting when a signal comes, and Ctrl+C would be heard with the next change.
    threading.Thread(target=_follow, args=(readers, told), name="readers", daemon=True).start()
    known: Readers | None = None
    try:
        while not call.out.left:
            seen = told.get()
            if isinstance(seen, Refusal):
                raise seen
            for change in changes(known, seen):
                call.out.answer(_facts(change, seen), [_line(call, change)])
            if known is None and not seen:
                call.out.answer({"event": "start", "readers": []}, [call.out.words.word("watch.none")])
            known = seen
    except KeyboardInterrupt:  # how it is ended
        pass
    finally:
        readers.stop()
    return Exit.DONE


def _follow(readers: ReaderWatch, told: SimpleQueue[Readers | Refusal]) -> None:
    try:
        for seen in readers:
            told.put(seen)
    except Refusal as refusal:
        told.put(refusal)


def changes(before: Readers | None, now: Readers) -> Iterator[Change]:
    """What has happened between two states; `before` None: each reader as it is at the start."""
    known = {each.reader: each for each in before or ()}
    for reader in now:
        event = "start" if before is None else _event(known.get(reader.reader), reader)
        if event:
            yield Change(event, reader)
    there = {each.reader for each in now}
    yield from (Change("reader_removed", each) for each in before or () if each.reader not in there)


def _event(before: ReaderSeen | None, now: ReaderSeen) -> str:
    if before is None:
        return "reader_added"
    if before == now:
        return ""
    if now.card is Presence.ABSENT:
        return "removed" if before.card is not Presence.ABSENT else ""
    if now.card is Presence.MUTE:
        return "mute"
    return "inserted" if before.card is Presence.ABSENT else "swapped"


def _facts(change: Change, seen: Readers) -> dict[str, Fact]:
    return {"event": change.event, **_reader(change.reader), "readers": [_reader(each) for each in seen]}


def _reader(reader: ReaderSeen) -> dict[str, Fact]:
    return {"reader": reader.reader, "card": reader.card.value, "atr": reader.atr or None}


def _line(call: Call, change: Change) -> str:
    word = call.out.words.word
    said = f"watch.{change.reader.card.value}" if change.event == "start" else f"watch.{change.event}"
    return word(said, reader=change.reader.reader)
