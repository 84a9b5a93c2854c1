"""Where a person stood, and what was entered and not begun yet: one small file beside the ledger, so that leaving loses
nothing.

No enrolment exists before its Begun event, and none records which page somebody was reading. All of this is only a help
to memory: a file that cannot be read is as good as none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, field, fields
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.sqlite import translated
from lgpki_tui.procedure.enrolment import Enrolment, State

# The page from which an enrolment is begun.
LAST_STEP = "review"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Answers so far; empty texts are not answered yet. `step`: the page where the person stood; `pages`: the same for
    each enrolment that has begun, by its number."""

    step: str = ""
    certificate_kind: str = ""
    pattern: str = ""
    municipality_code: str = ""
    organization: str = ""
    name: str = ""
    purpose: str = ""
    output_folder: str = ""
    mail_address: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no answer was begun."""
        return not self.step

    def without_answers(self) -> Unfinished:
        """Only where the person stood in what has begun."""
        return Unfinished(pages=self.pages)

    def has_become(self, enrolment: Enrolment) -> bool:
        """Whether this enrolment, whose act was cut short, was begun from these answers: the program ended before it
        could drop them, and who went on from them would be refused."""
        said = (self.certificate_kind, self.organization, self.name, self.purpose, self.mail_address)
        one = enrolment
        begun = (one.certificate_kind, one.organization, one.name, one.purpose, one.mail_address)
        return self.step == LAST_STEP and said == begun and enrolment.state in (State.DRAFT, State.KEY_MADE)


_TEXTS = {each.name for each in fields(Unfinished)} - {"pages"}


class UnfinishedFile:
    """The one file of a login that holds them. It never holds a PIN."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Unfinished:
        """What was saved last; empty answers when there is nothing, or nothing that can be read."""
        with suppress(OSError, ValueError, AttributeError, TypeError):
            found = json.loads(self.path.read_text(encoding="utf-8"))
            pages = found.pop("pages", {})
            texts = {key: value for key, value in found.items() if key in _TEXTS and isinstance(value, str)}
            return Unfinished(**texts, pages={str(key): str(value) for key, value in pages.items()})
        return Unfinished()

    def save(self, answers: Unfinished) -> None:
        """Replace the file, whole or not at all. Raises Refusal: ledger_unwritable."""
        with translated(self.path, Code.LEDGER_UNWRITABLE):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            making = self.path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(answers), file, ensure_ascii=False)
            making.replace(self.path)
