"""What the command line prints: one JSON object, or lines for people. Everything from outside is made inert here."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from lgpki_tui.faces.saying import because, found, question, short
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Facts, Finding, Refusal
from lgpki_tui.ground.inert import inert, inert_lines
from lgpki_tui.pages.words import Words

if TYPE_CHECKING:
    from lgpki_tui.conductor.ports import Progress

# Facts that tell a person nothing.
_NOTHING: tuple[Fact, ...] = (None, "", [], ())
# Where a command in a text names an enrolment by a word only; the refusal may know the number.
_NUMBER = re.compile(r"(lgpki-tui (?:resume|abandon|store)) (?:手続番号|ENROLMENT)")
# The command that a usage line is of.
_USED = re.compile(r"(?:usage: )?(lgpki-tui(?: [a-z][a-z-]*)*)")
# A command of ours in a text, before its sub-command; not one that names its sandbox already.
_COMMAND = re.compile(r"lgpki-tui (?=[a-z])")


class Output:
    """Where one command's answer goes. With JSON, stdout carries the one object and nothing else."""

    def __init__(self, words: Words, *, as_json: bool, practice: bool) -> None:
        self.words = words
        self.as_json = as_json
        self.practice = practice
        self.sandbox: Path | None = None
        self.pretended: Callable[[], Facts] = dict
        # Where it has been said that this is practice: once is enough for a stream, and for a terminal that is both.
        self._practice_said: set[str] = set()
        # Whether an answer could not be given; the act behind it is done all the same.
        self.unsaid = False
        # Whether whoever read stdout has left.
        self.left = False

    def narrate(self, progress: Progress, **facts: Fact) -> None:
        """Say on stderr what is going on."""
        self.say(f"narration.{progress.value}", **facts)

    def say(self, key: str, **facts: Fact) -> None:
        """Say words of ours on stderr."""
        self._say_practice(sys.stderr)
        self._print(self.words.word(key, **facts), sys.stderr)

    def answer(self, facts: Facts, lines: Iterable[str], *, comment: str = "") -> None:
        """Give the answer of a command: the facts as JSON, or the lines. `comment`: what begins a line that a program
        which reads them passes over."""
        if self.as_json:
            self._print_json({"ok": True, "practice": self.practice, **facts})
            return
        self._say_practice(sys.stdout, comment)
        for line in lines:
            self._print(line, sys.stdout)

    def refuse(self, refusal: Refusal, more: Facts | None = None) -> None:
        """Tell why not: as JSON on stdout, and for people on stderr what happened, what to do, which desk to ask."""
        if self.as_json:
            why: Facts = {"ok": False, "practice": self.practice, "code": refusal.code.value, "facts": refusal.facts}
            self._print_json({**why, **(more or {})})
        self._say_practice(sys.stderr)
        for line in self.refusal_lines(refusal):
            self._print(line, sys.stderr)

    def refusal_lines(self, refusal: Refusal) -> list[str]:
        """The words of a refusal with its facts and its code."""
        from lgpki_tui.pages.messages import Messages

        message = Messages.load(self.words.language).message(refusal.code.value, refusal.facts)
        label = self.words.word
        lines = [message.happened, f"  {label('refusal.do')} {message.do}", f"  {label('refusal.ask')} {message.ask}"]
        known = dict(refusal.facts)
        if refusal.code is Code.USAGE:  # these two are words already
            lines[0] = f"{lines[0]} {known.pop('message', '')}".rstrip()
            usage = str(known.pop("usage", ""))
            if named := _USED.match(usage):  # the help of the command that was meant
                lines[1] = lines[1].replace("lgpki-tui --help", f"{named[1]} --help")
            lines.insert(0, usage)
        lines[1:1] = [*(f"  {line}" for line in because(refusal, self.words)), *self._told(known)]
        if number := refusal.facts.get("enrolment"):
            lines = [_NUMBER.sub(lambda found: f"{found[1]} {number}", line) for line in lines]
        facts = "  ".join(f"{key}={short(value)}" for key, value in known.items() if value not in _NOTHING)
        return [*lines, f"  ({refusal.code.value}{'  ' + facts if facts else ''})"]

    def _told(self, known: dict[str, Fact]) -> list[str]:
        """Facts of a wipe or of a text that a person must not overlook, in words; taken out of `known`."""
        valid = cast(list[dict[str, Fact]], known.pop("valid_certificates", None) or [])
        lines = [
            self.words.word("refusal.dies", subject=each["subject"], not_after=short(each["not_after"]))
            for each in valid
        ]
        if known.pop("wiped", False):
            lines.append(self.words.word("refusal.wiped"))
        if "by_class" in known:
            from lgpki_tui.faces.characters import class_lines

            lines += class_lines(Code.TEXT_FORBIDDEN, known, self.words)
            known.pop("by_class")
        return [f"  {line}" for line in lines]

    def check_lines(self, checks: Iterable[Finding]) -> list[str]:
        """A list of checks, worst visible without colour."""
        return [
            f"  [{self.words.word(f'result.{check.result.value}')}] {question(check, self.words)}"
            + (f"  {found(check, self.words)}" if check.found is not None else "")
            for check in checks
        ]

    def _say_practice(self, stream: TextIO | None, comment: str = "") -> None:
        """Whatever a sandbox says begins with that, and with what it pretends (docs/contract.md)."""
        place = "terminal" if _is_terminal(stream) else "stdout" if stream is sys.stdout else "stderr"
        if not self.practice or place in self._practice_said:
            return
        self._practice_said.add(place)
        self._print(comment + self.words.word("practice"), stream)
        if pretended := self.pretended():
            self._print(comment + self.words.word("pretend", what=pretended), stream)

    def _print(self, text: str, stream: TextIO | None) -> None:
        """Print lines; a command that they name is one that can be typed as it stands, also in a sandbox."""
        if self.sandbox is not None:
            import shlex

            named = f"lgpki-tui --sandbox {shlex.quote(str(self.sandbox))} "
            text = _COMMAND.sub(lambda _: named, text)  # a path is no template
        self._emit(inert_lines(text), stream)

    def _print_json(self, facts: Facts) -> None:
        self._emit(json_text(facts), sys.stdout)

    def _emit(self, text: str, stream: TextIO | None) -> None:
        """Write, or learn that nobody can be told. What is being done must never break off because of that."""
        if stream is None:  # closed before we were started
            self.unsaid = self.unsaid or sys.stdout is None
            return
        try:
            print(text, file=stream, flush=True)
        except OSError as error:
            # A reader that has left wanted no more; anything else is an answer lost.
            if stream is sys.stdout:
                self.left = isinstance(error, BrokenPipeError)
                self.unsaid = self.unsaid or not self.left
            # What is still buffered would fail again when Python ends, and change the exit status.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def check_facts(checks: Iterable[Finding]) -> list[dict[str, Fact]]:
    """Checks as the contract's JSON has them."""
    return [
        {"code": str(check.code), "result": check.result.value, "expected": check.expected, "found": check.found}
        for check in checks
    ]


def json_text(value: Mapping[str, Fact]) -> str:
    """One JSON object on one line; C0, C1, bidirectional and zero-width characters as \\uXXXX."""
    # json.dumps escapes C0, quotes and backslashes; what is left to escape is inside strings only.
    return inert(json.dumps(value, ensure_ascii=False))
