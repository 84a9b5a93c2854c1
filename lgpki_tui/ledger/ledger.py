"""The ledger of one login: its entries, and the enrolments that are their fold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.points import Watch, unwatched
from lgpki_tui.ledger.chain import first_broken
from lgpki_tui.ledger.codec import CARD, Entry, decode, encode
from lgpki_tui.ledger.database import Database
from lgpki_tui.ledger.lock import exclusive
from lgpki_tui.procedure.commands import Command
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.events import CardEvent, EnrolmentEvent, FormatDone, FormatIntended, FormatUndone
from lgpki_tui.procedure.formatting import format_transition
from lgpki_tui.procedure.transition import Refused, Step, transition


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain gave: how many entries, and the first that does not hold."""

    events: int
    first_broken: int | None


class Ledger:
    """Reads whole, appends, never changes. What it holds in memory is always the fold of what is on the disk."""

    def __init__(self, path: Path, watch: Watch = unwatched) -> None:
        """Name the file; nothing is created before the first append. Reading checks the chain.

        `load` raises Refusal: ledger_damaged (with `first_broken`), ledger_newer, ledger_busy, ledger_unwritable.
        """
        self.path = path
        self._watch = watch
        self._database: Database | None = None
        self._enrolments: dict[str, Enrolment] = {}
        self._open_format: FormatIntended | None = None
        self._entries = 0

    def load(self) -> None:
        """Read the file as it is now."""
        self._enrolments, self._open_format, self._entries = {}, None, 0
        if not self._is_there():
            return
        database = self._opened()
        rows, (count, head) = database.rows(), database.head()
        broken = first_broken(rows, count, head)
        if broken is not None:
            raise Refusal(Code.LEDGER_DAMAGED, file=str(self.path), first_broken=broken, events=len(rows))
        for number, text, _ in rows:
            try:
                self._fold(decode(text))
            except (ValueError, TypeError, KeyError, Refusal) as error:
                raise Refusal(
                    Code.LEDGER_DAMAGED, file=str(self.path), first_broken=number, events=len(rows)
                ) from error
        self._entries = len(rows)

    def verify(self) -> Verdict:
        """Look at the whole chain and tell, without refusing a broken one."""
        if not self._is_there():
            return Verdict(0, None)
        database = self._opened()
        rows, (count, head) = database.rows(), database.head()
        return Verdict(len(rows), first_broken(rows, count, head))

    def entries(self) -> tuple[tuple[int, str, str], ...]:
        """(number, entry as canonical JSON, hash) of everything, for export."""
        return tuple(self._opened().rows()) if self._is_there() else ()

    @property
    def enrolments(self) -> tuple[Enrolment, ...]:
        """All enrolments, oldest first."""
        return tuple(self._enrolments.values())

    @property
    def open_format(self) -> FormatIntended | None:
        """A card that was about to be wiped and of which no end is recorded."""
        return self._open_format

    def enrolment(self, number: str) -> Enrolment | None:
        """The enrolment of this number, if there is one."""
        return self._enrolments.get(number)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Hold the ledger for one act: no other program acts meanwhile, and what is read is the newest."""
        with exclusive(self.path.with_suffix(".lock")):
            self.load()
            yield

    def append(self, number: str, *happened: EnrolmentEvent) -> tuple[Enrolment, tuple[Command, ...]]:
        """Record events of one enrolment, all or none; return it and what the last one asks for.

        Raises Refusal with the rule's code when an event does not fit; nothing is written then.
        """
        enrolment = self._enrolments.get(number)
        commands: tuple[Command, ...] = ()
        for event in happened:
            step = _allowed(number, transition(enrolment, event))
            enrolment, commands = step.enrolment, step.commands
        if enrolment is None:
            raise ValueError("no event")
        self._write([Entry(number, event) for event in happened])
        self._enrolments[number] = enrolment
        return enrolment, commands

    def append_card(self, *happened: CardEvent) -> None:
        """Record events of a card that belong to no single enrolment."""
        state = self._open_format
        for event in happened:
            state = _not_refused(format_transition(state, event))
        self._write([Entry(CARD, event) for event in happened])
        self._open_format = state

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _is_there(self) -> bool:
        try:
            return self.path.exists()
        except OSError as error:  # below a folder that may not be entered
            raise Refusal(Code.LEDGER_UNWRITABLE, file=str(self.path), reason=error.strerror or "") from error

    def _opened(self) -> Database:
        if self._database is None:
            self._database = Database(self.path, self._watch)
        return self._database

    def _write(self, entries: list[Entry]) -> None:
        self._opened().append([encode(entry) for entry in entries])
        self._entries += len(entries)

    def _fold(self, entry: Entry) -> None:
        if isinstance(entry.event, FormatIntended | FormatDone | FormatUndone):
            self._open_format = _not_refused(format_transition(self._open_format, entry.event))
            return
        step = _allowed(entry.about, transition(self._enrolments.get(entry.about), entry.event))
        if step.enrolment.number != entry.about:
            raise ValueError("another enrolment's event")
        self._enrolments[entry.about] = step.enrolment


def _allowed(number: str, outcome: Step | Refused) -> Step:
    if isinstance(outcome, Refused):
        raise Refusal(outcome.code, enrolment=number, state=outcome.because)
    return outcome


def _not_refused(outcome: FormatIntended | Refused | None) -> FormatIntended | None:
    if isinstance(outcome, Refused):
        raise Refusal(outcome.code, state=outcome.because)
    return outcome
