"""Runs one command: arguments, language, workplace, answer, exit status. Nothing else decides an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from lgpki_tui import __version__
from lgpki_tui.faces.cli.opening import LANGUAGES, opening
from lgpki_tui.faces.cli.output import Output
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.faults import where
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.hardening import shut_files, shut_memory
from lgpki_tui.ground.points import Watch, unwatched
from lgpki_tui.pages.language import choose
from lgpki_tui.pages.words import Words

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from lgpki_tui.card.practice_readers import PracticeReaders
    from lgpki_tui.card.process import HostProcess
    from lgpki_tui.faces.cli.opening import Arguments
    from lgpki_tui.faces.cli.pins import PinArgument
    from lgpki_tui.workplace import Workplace


class Call:
    """One command on its way: its arguments, the workplace it acts in, and where its answer goes."""

    def __init__(self, args: Arguments, workplace: Workplace, out: Output) -> None:
        self.args = args
        self.workplace = workplace
        self.out = out

    def pin(self, name: str, *, prompt: str | None = None, twice: bool = False) -> PinArgument:
        """The PIN option of this stem; `prompt` and `twice`: how it is asked for at a terminal."""
        from lgpki_tui.faces.cli.pins import PinArgument

        return PinArgument(self.args, name, self.out.words, prompt=prompt or name, twice=twice)


# A command that awaits nothing is a plain function: asyncio takes 20 to 30 ms to import (measured).
Handler = Callable[[Call], Exit | Awaitable[Exit]]

# The module of this folder that holds a command, by its name or the first word of it; imported when it is called.
_MODULES = {
    "doctor": "upkeep",
    "status": "upkeep",
    "settings": "upkeep",
    "profiles": "profiles",
    "ledger": "upkeep",
    "card": "cards",
    "request": "road",
    "resume": "road",
    "store": "road",
    "abandon": "road",
    "certificate": "road",
    "verify-sheet": "outside",
    "csr": "requests",
    "export": "media",
    "media": "media",
    "sheet": "sheets",
    "desk": "desk",
    "registry": "registries",
    "registry.ask": "registering",
    "municipality": "municipalities",
    "rehearse": "rehearse",
    "wizard": "wizard",
}
# Arguments that the ledger or a file of ours keeps, or that name the folder of what it keeps.
_RECORDED = (
    *("sandbox", "reason", "label", "answers", "output_folder", "organizations", "accounts", "folder", "report"),
    *("organization", "organization_reading", "name", "name_reading", "municipality_code"),
)
# These always ask the card. `store` does not: a certificate that is refused unseen leaves the card alone.
_WITH_CARD = {"card.list", "card.format", "card.set-pin", "card.unblock", "request", "resume"}


def run(argv: Sequence[str], watch: Watch = unwatched, early: HostProcess | None = None) -> int:
    """Run one command and return its exit status. Prints; never raises but SystemExit for --help.

    `early`: a card's process that was started before anything else was imported (card/process.py).
    """
    try:
        return _run(argv, watch, early)
    finally:
        if early is not None and not early.taken:
            early.leave()


def _run(argv: Sequence[str], watch: Watch, early: HostProcess | None) -> int:
    gc.disable()  # until all is imported: what imports make stays, and looking through it takes 4 ms of 47 (measured)
    shut_files()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    words = Words(choose(_language_flag(argv), os.environ))
    out = Output(words, as_json="--json" in argv, practice=any(word.partition("=")[0] == "--sandbox" for word in argv))
    try:
        args = opening(argv) or _parsed(argv, words)
        _refuse_undecodable(args)
        out.sandbox = args.sandbox
        status = _answer(_call(args, out, watch, early))
        return Exit.PLACE if out.unsaid and status == Exit.DONE else status
    except Refusal as refusal:
        if refusal.code is Code.USAGE:
            from lgpki_tui.faces.cli.usage import in_words

            refusal.facts["message"] = in_words(str(refusal.facts.get("message", "")), words.word)
        out.refuse(refusal)
        return refusal.code.exit
    except KeyboardInterrupt:
        out.refuse(Refusal(Code.INTERRUPTED))
        return Exit.INTERRUPTED
    except Exception as error:
        # The last border: our own fault is told as that, without a traceback that might tell more.
        out.refuse(Refusal(Code.INTERNAL_ERROR, error=type(error).__name__, where=where(error)))
        return Exit.FAULT


def _parsed(argv: Sequence[str], words: Words) -> Namespace:
    from lgpki_tui.faces.cli.arguments import parse

    return parse(argv, words.word, __version__)


def _refuse_undecodable(args: Arguments) -> None:
    """Texts and folders that are not UTF-8 (typed at a Shift_JIS terminal, say) cannot be recorded."""
    for name in _RECORDED:
        given = getattr(args, name, None)
        for text in map(str, given if isinstance(given, list) else [given or ""]):
            try:
                text.encode()
            except UnicodeEncodeError:
                raise Refusal(Code.USAGE, message=f"--{name.replace('_', '-')}", reason="not_utf8") from None


def _call(args: Arguments, out: Output, watch: Watch, early: HostProcess | None) -> Call:
    # Imported here, for none of it is needed to refuse arguments.
    from lgpki_tui.workplace import Workplace

    _refuse_closed(args)
    workplace = Workplace(args.sandbox, args.module, os.environ, out.narrate, watch, early, practice_readers)
    out.pretended = workplace.pretended
    return Call(args, workplace, out)


def practice_readers(folder: Path) -> PracticeReaders:
    """Readers with the virtual practice card (a ReaderStarter). Raises Refusal: practice_readers."""
    from lgpki_tui.rehearsal.readers import PracticeCard, Readers

    return Readers(folder, [PracticeCard()])


def _refuse_closed(args: Arguments) -> None:
    """Refuse a `--*-fd` that nobody handed over, before anything is opened: later the number may be that of a file or
    socket of our own, and a PIN would be read from it."""
    for name, descriptor in vars(args).items():
        if not name.endswith("_fd") or descriptor is None:
            continue
        try:
            os.fstat(descriptor)
        except (OSError, OverflowError):
            raise Refusal(Code.PIN_FILE_UNSAFE, file=f"fd:{descriptor}", reason="absent") from None
        os.set_inheritable(descriptor, False)  # the card's process and its module have no business with it


def _answer(call: Call) -> int:
    name: str = call.args.leaf
    if name != "wizard":  # which does it once its first page is there: before, nobody can type a PIN
        shut_memory()
    if name in _WITH_CARD and not getattr(call.args, "watch", False):  # which touches no card
        # The card's process takes 60 ms to be ready, as long as our own imports that come now (measured).
        call.workplace.start_card(prepare=name != "card.list")
    try:
        module = import_module(f"lgpki_tui.faces.cli.{_MODULES.get(name) or _MODULES[name.partition('.')[0]]}")
        handlers: dict[str, Handler] = module.HANDLERS
        gc.enable()
        answer = handlers[name](call)
        return answer if isinstance(answer, Exit) else _awaited(answer, call.workplace)
    except Refusal as refusal:
        if call.workplace.__dict__.get("sources") is not None:  # two sources: which one was it compared with
            import_module("lgpki_tui.faces.cli.origin").name_origin(refusal, call.workplace)
        raise
    finally:
        call.workplace.close_files()


def _awaited(answer: Awaitable[Exit], workplace: Workplace) -> Exit:
    import asyncio

    async def until_closed() -> Exit:
        try:
            return await answer
        finally:
            await workplace.close()

    return asyncio.run(until_closed())


def _language_flag(argv: Sequence[str]) -> str | None:
    """--lang before the arguments are read, for their own help and refusals need words too."""
    for index, word in enumerate(argv):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and index + 1 < len(argv):
            value = argv[index + 1]
        if value in LANGUAGES:
            return value
    return None
